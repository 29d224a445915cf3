"""Which sheets, columns, labels and words the fill-in workbook has.

Shared by the code that writes it and the code that reads it back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.plan.model import Comparator, Goal, Indicator, Item, Milestone, SecondInput
from qiyx_xl.core.plan.schedule import deadline, expects, is_done
from qiyx_xl.core.primitives.values import Word, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.core.plan.model import Agency, Frequency, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.record import Record

FORM_SCHEMA = "form/1"

FORM_SHEET = "填报表"
HELP_SHEET = "填报说明"
IDENTITY_SHEET = "_qiyx"

# Used where the document gives no date for a baseline (docs/rating.md, section 6).
DEFAULT_BASELINE_DATE = date(2022, 12, 31)


class FormColumn(StrEnum):
    """The columns of the form by their header, in the printed order."""

    CODE = "指标编码"
    CLASS = "类别"
    NAME = "指标名称"
    MEASURE = "计量单位"
    TARGET = "目标值"
    LAST = "上期值"
    ACTUAL = "本期实际值"
    SECOND_NAME = "补充项"
    SECOND = "补充值"
    REMARK = "情况说明"


EVIDENCE_HEADER = "佐证材料"
"""The header of one more column, where the plan asks for evidence to an item of the form."""


class IdentityKey(StrEnum):
    """Keys of the very-hidden identity sheet: key in column A, value in column B."""

    SCHEMA = "schema"
    PLAN_ID = "plan_id"
    PLAN_VERSION = "plan_version"
    PLAN_SHA256 = "plan_sha256"
    AGENCY = "agency"
    PERIOD = "period"


class HeadLabel(StrEnum):
    """Labels of the line under the title; each cell reads ``填报单位：区卫健局``."""

    AGENCY = "填报单位"
    PERIOD = "数据期"
    DEADLINE = "报送截止日"


class ContactLabel(StrEnum):
    """Labels of the signature block; the cell to fill in is the next one to the right."""

    REPORTER = "填报人"
    PHONE = "联系电话"
    REVIEWER = "审核人"
    DATE = "填报日期"
    SEAL = "单位盖章"


class ItemClass(StrEnum):
    """The class of an item, as printed in the column 类别 and in the section rows."""

    INDICATOR = "指标"
    GOAL = "任务目标"
    MILESTONE = "里程碑"


# The choices for items that are passed or done rather than measured. Blank means not begun.
MILESTONE_WORDS = (Word.DONE, Word.IN_PROGRESS, Word.FAILED)
ASSESSMENT_WORDS = (Word.PASSED, Word.IN_PROGRESS, Word.FAILED)


def item_class(item: Item) -> ItemClass:
    """Return the class of an item."""
    match item:
        case Indicator():
            return ItemClass.INDICATOR
        case Goal():
            return ItemClass.GOAL
        case _:
            return ItemClass.MILESTONE


def form_items(
    plan: Plan, agency: Agency, period: Period, last_values: Mapping[str, Record] | None = None
) -> tuple[Item, ...]:
    """Return the items that an agency fills in for a period, in the plan's order.

    They depend on the reporting frequency. A milestone is included every quarter until it is
    reported as done; a goal that repeats an indicator is filled in only at the indicator.
    """
    known = last_values or {}
    return tuple(
        item
        for item in plan.reported_by(agency)
        if expects(item, period) and not _is_over(item, known.get(item.code))
    )


def form_deadlines(items: Iterable[Item], period: Period, rules: Rules) -> dict[Frequency, date]:
    """Return the deadline of each frequency among the items, in order of first appearance."""
    frequencies = dict.fromkeys(item.frequency for item in items)
    return {frequency: deadline(frequency, period, rules) for frequency in frequencies}


def _is_over(item: Item, last: Record | None) -> bool:
    # Indicators stay in the form even when done, with the last reported value beside them.
    return isinstance(item, Milestone) and last is not None and is_done(item, last.actual)


def printed_target(item: Item, year: int) -> str:
    """Return the target as the form prints it; for an indicator, the plan's text for the year.

    A goal shows comparator and value, a milestone its date; empty where there is no target.
    """
    match item:
        case Indicator():
            target = item.targets.get(year)
            return target.printed if target is not None else ""
        case Goal():
            target = item.in_year(year).target
            if target.value is None:
                return target.printed
            sign = "" if target.comparator is Comparator.EXACTLY else target.comparator.sign
            return f"{sign}{plain(target.value)}"
        case Milestone():
            return f"{item.due.year}年底前"
    return ""


def second_name(item: Item) -> str:
    """Return the name of the second number that an item asks for; empty if there is none.

    A baseline is in the row's own measure; the other names include their measure.
    """
    match item.second_input:
        case None:
            return ""
        case SecondInput.BASELINE:
            since = item.baseline_date or DEFAULT_BASELINE_DATE
            return f"{since.year}年底{item.second_input.label}"
        case SecondInput.DENOMINATOR if item.parts is not None:
            return f"{item.parts.denominator}（{item.measure}）"
        case _:
            return f"{item.second_input.label}（{item.measure}）"


# --- A form as an agency filled it in: cells with addresses, before anything is judged ----------

_NOTHING = Cell()


LOCKED_KEYS = ("code", "class", "name", "measure", "target", "second_name", "last")
FILLED_KEYS = ("actual", "second", "remark")


class FormRow(NamedTuple):
    """One row of the table. ``number`` is the sheet's row; ``cells`` are by column key.

    ``bare`` are the values under ``LOCKED_KEYS`` and ``FILLED_KEYS``, in this order, where the
    table has exactly these columns and the row's cells have nothing but values; else None.
    ``column`` is then the letter of the column 本期实际值. ``sum_word`` is the text before the
    reported number where that may name a total (合计) and not an item.
    """

    number: int
    cells: Mapping[str, Cell]
    bare: tuple[CellValue, ...] | None = None
    column: str = ""
    sum_word: str = ""

    def cell(self, key: str) -> Cell:
        """Return the cell of a column; an empty one without address if there is none."""
        try:
            return self.cells[key]
        except KeyError:
            return _NOTHING


@dataclass(frozen=True, slots=True)
class FilledForm:
    """One filled-in form.

    ``identity`` is the hidden identity sheet (empty if the file is not the issued template),
    ``headers`` the header cells by column key, ``stated`` the cells under the title (填报单位,
    数据期), ``heading`` all text above the table, ``contacts`` the signature block, ``foot`` the
    row below the table.
    """

    sheet: str
    headers: Mapping[str, Cell]
    rows: tuple[FormRow, ...]
    identity: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[HeadLabel, Cell] = field(default_factory=dict)
    contacts: Mapping[ContactLabel, Cell] = field(default_factory=dict)
    foot: int = 0
    heading: str = ""

    def header(self, key: str) -> str:
        """Return a column's header as written in the file."""
        cell = self.headers.get(key)
        return "" if cell is None else cell.text.replace("\n", "")
