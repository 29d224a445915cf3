"""Workbooks drawn in the test as Markdown, written as real .xlsx files, and what is said of them.

A drawing is one or more sheets, each ``# name`` and a table whose first row is row 1. A cell is
text as it stands; what looks like a number is one. Special cells:

=G2*2 → 8     a formula with a cached result        =G2*2 →      a formula without one
#N/A          an error cell                         65%%         0.65 formatted as 0%
'96           text, whatever it looks like          @2026-09-30  a date
TRUE          a boolean                             ·            a space
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import xlsxwriter

from qiyx_xl.core.forms.vocabulary import FORM_SCHEMA, IDENTITY_SHEET
from qiyx_xl.core.plan.model import (
    Agency,
    Comparator,
    Direction,
    Frequency,
    Goal,
    GoalKind,
    Indicator,
    Milestone,
    Plan,
    SecondInput,
    StatusRule,
    Target,
)
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.history import RecordHistory
from qiyx_xl.core.records.record import Record
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.records.history import History
    from qiyx_xl.core.records.submission import Submission

AGENCY, OTHER_AGENCY = "区卫健局", "区教育局"
PERIOD = Period.parse("2026Q3")
_TO_FILL = Target("5", Comparator.AT_LEAST, Decimal(5))


def _indicator(number: int, name: str, measure: str, target: str, **more: object) -> Indicator:
    value = None if target == "全覆盖" else Decimal(target)
    about: dict[str, object] = {
        "code": str(number),
        "number": number,
        "name": name,
        "domain": "幼有善育",
        "clause": f"表-{number}",
        "lead_agency": AGENCY,
        "measure": measure,
        "direction": Direction.HIGHER_IS_BETTER,
        "status_rule": StatusRule.RATIO,
        "frequency": Frequency.QUARTERLY,
        "targets": {
            year: Target(target, Comparator.TEXT if value is None else Comparator.AT_LEAST, value)
            for year in range(2023, 2028)
        },
    }
    return Indicator(**(about | more))  # type: ignore[arg-type]


_INDICATORS = (
    _indicator(1, "托位数", "个", "300"),
    _indicator(2, "普惠托位占比", "%", "70"),
    _indicator(3, "户籍人口", "万人", "60"),
    _indicator(6, "毛入学率", "%", "75", may_exceed_hundred=True, frequency=Frequency.YEARLY),
    _indicator(9, "培训累计数", "万人次", "8", cumulative=True, frequency=Frequency.MONTHLY),
    _indicator(11, "死亡率", "‰", "8", direction=Direction.LOWER_IS_BETTER, status_rule=StatusRule.STEP),
    _indicator(
        15, "长期护理保险覆盖人群", "万人", "全覆盖", status_rule=StatusRule.HOLD,
        second_input=SecondInput.COVERAGE_BASE,
    ),
    _indicator(18, "物业服务覆盖率", "%", "96", status_rule=StatusRule.HOLD),
    _indicator(19, "最低生活保障年人均标准", "元", "16500"),
    _indicator(20, "“浙里惠民保”投保率", "%", "70", lead_agency=OTHER_AGENCY),
)  # fmt: skip
_GOALS = (
    Goal(
        code="T1-1-01", name="物业覆盖", domain="幼有善育", clause="一(一)-1", lead_agency=AGENCY,
        measure="%", direction=Direction.HIGHER_IS_BETTER, status_rule=StatusRule.HOLD,
        frequency=Frequency.QUARTERLY, kind=GoalKind.HOLD, first_year=2023, target=_TO_FILL, deadline_year=2027,
        deadline_inferred=False, repeats="18",
    ),
    Goal(
        code="T7-1-02", name="救助标准倍数", domain="弱有众扶", clause="一(七)-1", lead_agency=AGENCY,
        measure="倍", direction=Direction.EXACT, status_rule=StatusRule.EXACT,
        frequency=Frequency.QUARTERLY, kind=GoalKind.STANDARD, first_year=2023,
        target=Target("1.7", Comparator.EXACTLY, Decimal("1.7")), deadline_year=2027,
        deadline_inferred=False,
    ),
)  # fmt: skip
_MILESTONES = (
    Milestone(
        code="M01", name="三级托育网络建成", domain="幼有善育", clause="二(一)-2", lead_agency=AGENCY,
        measure="", direction=Direction.MILESTONE, status_rule=StatusRule.MILESTONE,
        frequency=Frequency.MILESTONE, due=date(2027, 12, 31), deadline_inferred=True,
    ),
)  # fmt: skip


def small_plan(codes: Iterable[str] | None = None) -> Plan:
    """A plan with the drawn items only, so that nothing but the drawing is spoken of."""
    wanted = None if codes is None else set(codes)

    def chosen(items):
        return tuple(i for i in items if wanted is None or i.code in wanted)

    return replace(
        load_plan(),
        plan_id="drawn",
        version="1",
        agencies=(Agency(AGENCY, "区级"), Agency(OTHER_AGENCY, "区级")),
        indicators=chosen(_INDICATORS),
        goals=chosen(_GOALS),
        milestones=chosen(_MILESTONES),
    )


IDENTITY = {
    "schema": FORM_SCHEMA,
    "plan_id": "drawn",
    "plan_version": "1",
    "agency": AGENCY,
    "period": str(PERIOD),
}
CONTACTS = ("填报人", "王芳", "联系电话", "0574-12345678")

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_FORMULA = re.compile(r"(=.*?) →\s*(.*)")


def sheets_of(drawing: str) -> dict[str, list[list[str]]]:
    """Take a drawing apart."""
    sheets: dict[str, list[list[str]]] = {}
    rows: list[list[str]] = []
    for line in drawing.strip().splitlines():
        text = line.strip()
        if text.startswith("# "):
            rows = sheets.setdefault(text[2:].strip(), [])
        elif text.startswith("|"):
            rows.append([cell.strip() for cell in text.strip("|").split("|")])
        elif not text and rows:
            rows.append([])
    return sheets


def write_drawing(
    path: Path,
    drawing: str,
    *,
    identity: dict[str, str] | None = IDENTITY,
    contacts: bool = True,
    hidden_rows: Iterable[int] = (),
    merges: Iterable[str] = (),
    hidden_sheets: Iterable[str] = (),
) -> Path:
    """Write a drawing as a workbook."""
    book = xlsxwriter.Workbook(path)
    percent, day = (
        book.add_format({"num_format": "0%"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    cover = book.add_worksheet("封面") if set(hidden_sheets) else None
    for name, rows in sheets_of(drawing).items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                _write(sheet, at, column, text, percent, day)
        if contacts:
            sheet.write_row(len(rows) + 1, 0, CONTACTS)
        for row_number in hidden_rows:
            sheet.set_row(row_number - 1, None, None, {"hidden": True})
        for merged in merges:
            sheet.merge_range(merged, "")
            first = merged.partition(":")[0]
            column, row_number = ord(first[0]) - 65, int(first[1:])
            _write(sheet, row_number - 1, column, rows[row_number - 1][column], percent, day)
        if name in set(hidden_sheets):
            sheet.hide()
    if cover is not None:
        cover.activate()
    if identity is not None:
        sheet = book.add_worksheet(IDENTITY_SHEET)
        for at, pair in enumerate(identity.items()):
            sheet.write_row(at, 0, pair)
        sheet.very_hidden()
    book.close()
    return path


def _write(sheet, row: int, column: int, text: str, percent, day) -> None:
    text = text.replace("·", " ")
    formula = _FORMULA.fullmatch(text)
    if formula:
        sheet.write_formula(row, column, formula[1], None, formula[2])
    elif text.startswith("#") and not text.startswith("##"):
        sheet.write_formula(row, column, "=NA()", None, text)
    elif text.endswith("%%"):
        sheet.write_number(row, column, float(Decimal(text[:-2]) / 100), percent)
    elif text.startswith("@"):
        sheet.write_datetime(row, column, datetime.fromisoformat(text[1:]), day)
    elif text in {"TRUE", "FALSE"}:
        sheet.write_boolean(row, column, text == "TRUE")
    elif _NUMBER.fullmatch(text):
        sheet.write_number(row, column, float(text))
    elif text:
        sheet.write_string(row, column, text.removeprefix("'"))


def codes_in(drawing: str) -> set[str]:
    """The item codes that a drawing's tables speak of."""
    return {cell.strip("'") for rows in sheets_of(drawing).values() for row in rows for cell in row}


def submission(
    drawing: str,
    *,
    plan: Plan | None = None,
    period: Period | None = PERIOD,
    name: str = "报表.xlsx",
    records: Iterable[Record] = (),
    history: History | None = None,
    **options: object,
) -> Submission:
    """Write a drawing and check it; the plan holds just the items drawn."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_drawing(Path(folder) / name, drawing, **options)  # type: ignore[arg-type]
        (result,) = check_files(
            [path],
            plan or small_plan(codes_in(drawing)),
            load_rules(),
            period=period,
            history=RecordHistory(records) if history is None else history,
        )
    return result


def messages(drawing: str, **options: object) -> list[str]:
    """Return what is said of a drawing, each finding as one line."""
    return [str(finding) for finding in submission(drawing, **options).findings]  # type: ignore[arg-type]


def found(drawing: str, **options: object) -> list[str]:
    """Return each finding as its code and place: ``V104 D2``."""
    return [
        f"{finding.code} {finding.cell or finding.sheet or ''}".strip()
        for finding in submission(drawing, **options).findings  # type: ignore[arg-type]
    ]


def record(code: str, period: str, actual: str, **more: object) -> Record:
    """A record accepted earlier."""
    return Record(code, Period.parse(period), AGENCY, Decimal(actual), **more)  # type: ignore[arg-type]
