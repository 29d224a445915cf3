"""An office with a real ledger and store, and the workbooks that agencies send to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import xlsxwriter

from qiyx_xl import app
from qiyx_xl.core.forms.vocabulary import FormColumn
from qiyx_xl.core.primitives.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qiyx_xl.app import ConsolidationResult, Office
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.rating.scorecard import StatusLine

Q2, Q3 = Period.parse("2026Q2"), Period.parse("2026Q3")
MORNING = datetime(2026, 10, 30, 9, 0, tzinfo=UTC)
TODAY = date(2026, 10, 30)
HEALTH, SOCIAL, HOUSING = "区卫健局", "区民政局", "区住建局"
INSURANCE = "区医保部门"

Value = float | int | str | tuple[float | str, float]


@dataclass
class Desk:
    """The office's desk: what came in lies in ``inbox``."""

    folder: Path
    office: Office
    number: int = field(default=0)

    @property
    def plan(self) -> Plan:
        return self.office.plans.latest

    def file(
        self,
        agency: str,
        values: Mapping[str, Value],
        *,
        period: Period = Q3,
        saved: int = 0,
        name: str = "",
        remark: str = "情况属实",
    ) -> Path:
        """Write what an agency sends: item code → value, or value and second number.

        ``saved`` is in minutes after eight o'clock that day. Every row has a remark, so that
        a red lamp is explained.
        """
        self.number += 1
        path = self.folder / "收件" / (name or f"{agency}_{period}_{self.number}.xlsx")
        path.parent.mkdir(exist_ok=True)
        named = self.plan.agency(agency)
        theirs = {item.code: item for item in self.plan.reported_by(named)} if named else {}
        with xlsxwriter.Workbook(path) as book:
            book.set_properties({"created": MORNING.replace(hour=8) + timedelta(minutes=saved)})
            sheet = book.add_worksheet("填报表")
            sheet.write_row(0, 0, ["填报表"])
            sheet.write_row(1, 0, [f"填报单位：{agency}", "", f"数据期：{period.label}"])
            headers = (
                FormColumn.CODE,
                FormColumn.NAME,
                FormColumn.MEASURE,
                FormColumn.ACTUAL,
                FormColumn.SECOND,
            )
            sheet.write_row(2, 0, [*(one.value for one in headers), FormColumn.REMARK.value])
            for row, (code, value) in enumerate(values.items(), start=3):
                item = theirs.get(code) or self.plan.find(code)
                assert item is not None
                actual, second = value if isinstance(value, tuple) else (value, None)
                sheet.write_row(row, 0, [code, item.name, item.measure, actual, second, remark])
        return path

    def consolidate(
        self, *paths: Path, period: Period = Q3, hour: int = 0, **more: object
    ) -> ConsolidationResult:
        """Consolidate, ``hour`` hours after nine o'clock."""
        now = MORNING + timedelta(hours=hour)
        return app.consolidate(self.office, list(paths), period, now=now, **more)  # type: ignore[arg-type]

    def lines(self, period: Period = Q3) -> dict[str, StatusLine]:
        """What a paper would say, by item code."""
        return {line.item.code: line for line in app.status(self.office, period, TODAY)}

    def shown(self, code: str, period: Period = Q3) -> str:
        """A figure and its lamp in two words."""
        line = self.lines(period)[code]
        return f"{line.rating.actual} {line.rating.word}"
