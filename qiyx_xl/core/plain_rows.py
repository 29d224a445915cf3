"""Rows about which no rule has anything to say, recognised without asking every rule.

Most rows of most files are alike: the locked cells as the template prints them, and a plain number
of the expected size. Once all rules have passed one such row, every row with the same locked cells
and a number within the same window passes them, too: what else the rules look at is the same.
Anything else is judged in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.filled import LOCKED_KEYS
from qiyx_xl.core.plan import Goal, Indicator, StatusRule
from qiyx_xl.core.submissions import Record, Source
from qiyx_xl.core.values import decimal_from_float, plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from qiyx_xl.core.cells import CellValue
    from qiyx_xl.core.filled import FormRow
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Agency, Item
    from qiyx_xl.core.row_checks import Case
    from qiyx_xl.core.rules import Rules

_LOCKED = len(LOCKED_KEYS)
_WHOLE = Decimal(100)
_LARGEST = 1e14  # below the 15 digits from which on a number is taken for an identity number
_MARGIN = 1e-9  # the window is drawn this much narrower than the rule, which counts in fractions


@dataclass(frozen=True, slots=True)
class Window:
    """The numbers of an item that no rule doubts.

    ``is_part`` is whether the figure is one street's part; ``locked`` are the row's locked cells
    as the schema sees them.
    """

    item: Item
    is_part: bool
    low: float
    high: float
    locked: dict[str, str | None]


class PlainRow(NamedTuple):
    """A row without findings: the item's code, its number, the remark, and the number's cell."""

    code: str
    number: float
    remark: str
    cell: str

    def record(self, period: Period, agency: str, source: Source) -> Record:
        """Return what it says as a record; ``source`` is the file and the sheet."""
        actual = decimal_from_float(self.number)
        return Record(
            code=self.code,
            period=period,
            agency=agency,
            actual=actual,
            remark=self.remark,
            as_written=plain(actual),
            source=Source(source.file, source.sha256, source.sheet, self.cell),
        )


class PlainRows:
    """The windows learned so far, for one period and senders of whom nothing is on record."""

    def __init__(self) -> None:
        self._windows: dict[tuple[CellValue, ...], Window] = {}

    def recognise(
        self, row: FormRow, agency: Agency, own: Collection[str]
    ) -> tuple[Window, PlainRow] | None:
        """Return a plain row's window and what it says; None for any other row.

        Args:
            row: the row.
            agency: who sent it.
            own: the codes of what the agency reports.
        """
        bare = row.bare
        window = None if bare is None else self._windows.get(bare[:_LOCKED])
        if bare is None or window is None:
            return None
        number, second, remark = bare[_LOCKED:]
        if not isinstance(number, float) or not window.low <= number <= window.high:
            return None
        if second is not None and second != "":
            return None
        text = remark or ""
        if not isinstance(text, str):
            return None
        text = text.strip()
        item = window.item
        if not text and not window.is_part:
            return None  # it must be explained if the lamp is red: that is for the rules to judge
        is_part = agency.name != item.reporting_agency
        if is_part is not window.is_part or item.code not in own:
            return None
        return window, PlainRow(item.code, number, text, f"{row.column}{row.number}")

    def learn(self, case: Case) -> None:
        """Remember a row that all rules have passed.

        Nothing is learned from a row that takes more than its number to be judged.
        """
        item, bare = case.item, case.row.bare
        if bare is None or case.number is None or not isinstance(item, Indicator | Goal):
            return
        is_measured = item.status_rule is not StatusRule.MILESTONE and item.second_input is None
        is_first = case.last is None and case.standing is None and case.previous is None
        if is_measured and is_first and getattr(item, "repeats", None) is None:
            target = None if case.target is None or case.is_part else case.target.value
            low, high = _bounds(item, target, case.setting.rules)
            if low < high:
                locked = {key: case.row.cell(key).text or None for key in LOCKED_KEYS}
                self._windows[bare[:_LOCKED]] = Window(item, case.is_part, low, high, locked)


def _bounds(item: Item, target: Decimal | None, rules: Rules) -> tuple[float, float]:
    """Return between which numbers neither sign, share nor magnitude is in doubt."""
    low, high = 0.0, _LARGEST
    if item.is_percent and not item.may_exceed_hundred:
        high = float(_WHOLE)
    if target is not None and target > 0:
        low = float(target * rules.magnitude_low) * (1 + _MARGIN)
        high = min(high, float(target * rules.magnitude_high) * (1 - _MARGIN))
    elif target is not None and target < 0:
        high = -1.0  # no window
    return low, high
