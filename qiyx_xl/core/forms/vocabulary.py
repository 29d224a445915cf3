"""The fill-in workbook's vocabulary, shared by what writes it and what reads it back."""

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

# Where the document gives no date for a starting value (docs/rating.md, section 6).
DEFAULT_BASELINE_DATE = date(2022, 12, 31)


class FormColumn(StrEnum):
    """The columns of the form, by the header printed above them, in their printed order."""

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


class IdentityKey(StrEnum):
    """Keys of the very-hidden identity sheet: key in column A, value in column B."""

    SCHEMA = "schema"
    PLAN_ID = "plan_id"
    PLAN_VERSION = "plan_version"
    AGENCY = "agency"
    PERIOD = "period"


class HeadLabel(StrEnum):
    """Labels of the line under the title; each cell reads ``填报单位：区卫健局``."""

    AGENCY = "填报单位"
    PERIOD = "数据期"
    DEADLINE = "报送截止日"


class ContactLabel(StrEnum):
    """Labels of the signature block; the cell to fill in is the one to the right."""

    REPORTER = "填报人"
    PHONE = "联系电话"
    REVIEWER = "审核人"
    DATE = "填报日期"
    SEAL = "单位盖章"


class ItemClass(StrEnum):
    """What an item is, as printed in the column 类别 and in the section rows."""

    INDICATOR = "指标"
    GOAL = "任务目标"
    MILESTONE = "里程碑"


# The words offered for items that are passed or done rather than measured. Not yet begun is blank.
MILESTONE_WORDS = (Word.DONE, Word.IN_PROGRESS, Word.FAILED)
ASSESSMENT_WORDS = (Word.PASSED, Word.IN_PROGRESS, Word.FAILED)


def item_class(item: Item) -> ItemClass:
    """Return what an item is."""
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
    """Return what an agency fills in for a period, in the plan's order.

    By reporting frequency; a milestone is asked for every quarter until it is reported done;
    a goal that repeats an indicator is filled in once, at the indicator.
    """
    known = last_values or {}
    return tuple(
        item
        for item in plan.reported_by(agency)
        if expects(item, period) and not _is_over(item, known.get(item.code))
    )


def form_deadlines(items: Iterable[Item], period: Period, rules: Rules) -> dict[Frequency, date]:
    """Return the last day to send in each frequency's items, in order of first appearance."""
    frequencies = dict.fromkeys(item.frequency for item in items)
    return {frequency: deadline(frequency, period, rules) for frequency in frequencies}


def _is_over(item: Item, last: Record | None) -> bool:
    # The table's own indicators stay in the form, with what was last reported beside them.
    return isinstance(item, Milestone) and last is not None and is_done(item, last.actual)


def printed_target(item: Item, year: int) -> str:
    """Return the target as the form prints it: an indicator's as the plan prints that year's.

    A goal shows sign and value; a milestone its date. Nothing where there is no target.
    """
    match item:
        case Indicator():
            target = item.targets.get(year)
            return target.printed if target is not None else ""
        case Goal():
            if item.target.value is None:
                return item.target.printed
            sign = (
                "" if item.target.comparator is Comparator.EXACTLY else item.target.comparator.sign
            )
            return f"{sign}{plain(item.target.value)}"
        case Milestone():
            return f"{item.due.year}年底前"
    return ""


def second_name(item: Item) -> str:
    """Name the second number an item asks for; nothing if it asks for none.

    A starting value is in the row's own measure; the others say theirs.
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
    """One row of the table. ``number`` is the sheet's row; ``cells`` go by column key.

    ``bare`` are the values under ``LOCKED_KEYS`` and ``FILLED_KEYS``, in this order, where the
    table has just these columns and nothing but the values is to be known of the row's cells; else
    None. ``column`` then is the letters of the number's column.

    ``sum_word`` is what stands before the number if that may name a sum (合计) and not an item.
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

    ``identity`` is the hidden identity sheet (empty if the file is not our template),
    ``headers`` the header cells by column key, ``stated`` what stands under the title
    (填报单位, 数据期), ``heading`` all that stands above the table, ``contacts`` the signature
    block; ``foot`` is the row below the table.
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
        """Return a column's header as it stands in the file."""
        cell = self.headers.get(key)
        return "" if cell is None else cell.text.replace("\n", "")
