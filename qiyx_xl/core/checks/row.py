"""One row on its way through the rules: its item, what it says, and what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl.core.forms.vocabulary import Column
from qiyx_xl.core.plan.model import Goal, Indicator
from qiyx_xl.core.primitives.values import Absence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.forms.cell_parser import Reading
    from qiyx_xl.core.forms.form import FilledForm, FormRow
    from qiyx_xl.core.plan.model import Agency, Item, Plan, Target
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import History, Record

_HEADERS = {
    "code": Column.CODE, "name": Column.NAME, "measure": Column.MEASURE, "target": Column.TARGET,
    "last": Column.LAST, "actual": Column.ACTUAL, "second": Column.SECOND, "remark": Column.REMARK,
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One row with its item, its readings, and what was accepted before.

    ``second`` is None where the item asks for no second number; ``last`` is the latest older
    record, ``standing`` the one already accepted for this period, ``previous`` the number at the
    end of last year.
    """

    form: FilledForm
    plan: Plan
    rules: Rules
    history: History
    agency: Agency
    period: Period
    row: FormRow
    item: Item
    reading: Reading
    second: Reading | None
    last: Record | None
    standing: Record | None
    previous: Decimal | None

    @property
    def number(self) -> Decimal | None:
        """The number reported; None if there is none."""
        return self.reading.value if isinstance(self.reading.value, Decimal) else None

    @property
    def second_number(self) -> Decimal | None:
        """The second number; None if there is none."""
        second = None if self.second is None else self.second.value
        return second if isinstance(second, Decimal) else None

    @property
    def is_blank(self) -> bool:
        """Whether neither number was filled in."""
        return self.reading.value is Absence.NOT_REPORTED and self.second_number is None

    @property
    def is_part(self) -> bool:
        """Whether the figure is one street's part of the district's: the target is not its own."""
        return self.agency.name != self.item.reporting_agency

    @property
    def is_confirmed(self) -> bool:
        """Whether a person has confirmed this very value, however implausible."""
        return self.history.is_confirmed(
            self.item.code, self.agency.name, self.period, self.reading.value
        )

    def header(self, key: str) -> str:
        """Return a column's header as it stands in the file, else as the template prints it."""
        return self.form.header(key) or _HEADERS[key].value

    def row_findings(self) -> Iterator[Finding]:
        """Yield what the readings themselves found."""
        for key, reading in (("actual", self.reading), ("second", self.second)):
            if reading is not None:
                finding = reading.finding(
                    self.row.cell(key), self.form.sheet, self.header(key), self.item.measure
                )
                if finding is not None:
                    yield finding

    def finding(self, kind: FindingKind, key: str = "actual", **words: object) -> Finding:
        """Return a finding about a cell of this row."""
        cell = self.row.cell(key)
        about: dict[str, object] = {
            "header": self.header(key),
            "value": cell.error or cell.text,
            "code": self.item.code,
            "name": self.item.name,
            "measure": self.item.measure,
        }
        return kind.at(self.form.sheet, cell.address or None, **(about | words))  # type: ignore[arg-type]

    @cached_property
    def target(self) -> Target | None:
        """The target of the period's year; None where there is none."""
        match self.item:
            case Indicator():
                return self.item.targets.get(self.period.year)
            case Goal():
                return self.item.target
            case _:
                return None
