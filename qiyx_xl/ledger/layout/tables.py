"""Where everything stands in the ledger: columns, rows and names of each sheet.

What builds the workbook, what refreshes it and what writes into it while it is open in Excel all
read the places from here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from qiyx_xl.ledger.layout.cells import column_letter
from qiyx_xl.ledger.registry import Sheet


class Style(StrEnum):
    """How the cells of a column look."""

    TEXT = "text"
    WRAPPED = "wrapped"
    CENTRED = "centred"
    TARGET = "target"
    NUMBER = "number"
    PERCENT = "percent"
    POINTS = "points"
    SIGNED = "signed"
    SIGNED_PERCENT = "signed percent"
    LAMP = "lamp"
    MUTED = "muted"
    COUNT = "count"
    TIME = "time"
    INPUT = "input"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, its width in characters, and its look."""

    header: str
    width: float
    style: Style = Style.TEXT
    hidden: bool = False


@dataclass(frozen=True)
class Table:
    """A sheet's table. Rows are counted from 0; ``last_row`` is as far as its formats reach.

    ``name_column`` is the header of what stays in sight when scrolling, ``code_column`` of what
    tells an item apart. On the plan's sheets
    ``lamp_counts`` is the column where the row above the table begins to count lamps: 绿 and its
    count, 黄 and its count, 红, 灰.
    """

    sheet: Sheet
    title: str
    header_row: int
    columns: tuple[Column, ...]
    last_row: int
    name_column: str
    code_column: str = ""
    lamp_counts: int = 0
    shows_elapsed: bool = False

    @property
    def first_row(self) -> int:
        """The first row of data."""
        return self.header_row + 1

    @cached_property
    def wraps(self) -> bool:
        """Whether texts in it run over several lines."""
        return any(column.style is Style.WRAPPED for column in self.columns)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {column.header: place for place, column in enumerate(self.columns)}

    def place(self, header: str) -> int:
        """Return the number, from 0, of the column with this header."""
        return self._places[header]

    def letter(self, header: str) -> str:
        """Return the letter of the column with this header."""
        return column_letter(self.place(header))

    def span(self, header: str) -> str:
        """Return the whole data range of a column, absolute and with its sheet."""
        return self._area(self.letter(header), self.letter(header))

    @property
    def whole(self) -> str:
        """The data range of all columns, absolute and with its sheet."""
        return self._area(column_letter(0), column_letter(len(self.columns) - 1))

    def _area(self, left: str, right: str) -> str:
        return f"{self.sheet.value}!${left}${self.first_row + 1}:${right}${self.last_row + 1}"


def before_confirmed(table: Table) -> Table:
    """Return a table as it stands in a ledger of ``SCHEMA_BEFORE_CONFIRMED``: without 核实."""
    columns = tuple(column for column in table.columns if column.header != CONFIRMED)
    return replace(table, columns=columns)


PLAN_HEADER_ROW = 4
STATUS_ROW = 2
PERIOD_CELL = (STATUS_ROW, 2)
ELAPSED_CELL = (STATUS_ROW, 4)
SCORE_CELL = (STATUS_ROW, 16)
SETTINGS_HEADER_ROW = 3
SETTINGS_COLUMN = 2
SETTINGS_ROWS = 9
SCHEMA_CELL = (0, 1)  # of the hidden sheet that says what this ledger is
STORE_SETTING = "数据库"
BACKUPS_SETTING = "备份份数"
TODAY_SETTING = "刷新日期"
POSITION_SETTING = "数据库进度"

ACTUAL, PREVIOUS, SECOND = "本期实际值", "上年实际", "补充值"
RATE, SCHEDULED, GAP = "完成率", "序时进度", "较序时\n（百分点）"
LAMP, REASON, NOTE = "状态", "状态说明", "备注"
BASELINE = "基期值"
CONFIRMED = "核实"
PERIOD_KEY, MONTH_KEY, YEAR_END_KEY, DONE_KEY = (
    "按期查找键",
    "按月末查找键",
    "按年末查找键",
    "完成查找键",
)
LOCATOR, PREVIOUS_LOCATOR = "记录行", "上年记录行"


def indicator_table(years: tuple[int, ...], count: int) -> Table:
    """Return the table of the sheet 指标台账 for a plan of these years and so many indicators."""
    return Table(
        Sheet.INDICATORS,
        "指标台账",
        PLAN_HEADER_ROW,
        (
            Column("领域", 9, Style.CENTRED),
            Column("序号", 5, Style.CENTRED),
            Column("指标", 29, Style.WRAPPED),
            Column("计量单位", 8.5, Style.CENTRED),
            Column("牵头单位", 12.5, Style.CENTRED),
            Column("责任单位", 12.5, Style.INPUT),
            *(Column(f"{year}年", 8, Style.TARGET) for year in years),
            Column(ACTUAL, 10.5, Style.NUMBER),
            Column(PREVIOUS, 9, Style.NUMBER),
            Column(SECOND, 9, Style.NUMBER),
            Column(RATE, 8.5, Style.PERCENT),
            Column(SCHEDULED, 8.5, Style.PERCENT),
            Column(GAP, 10.5, Style.POINTS),
            Column(LAMP, 6.5, Style.LAMP),
            Column(REASON, 26, Style.WRAPPED),
            Column(CONFIRMED, 7, Style.CENTRED),
            Column(NOTE, 13, Style.INPUT),
            Column(LOCATOR, 8, Style.MUTED, hidden=True),
            Column(PREVIOUS_LOCATOR, 8, Style.MUTED, hidden=True),
        ),
        PLAN_HEADER_ROW + count,
        name_column="指标",
        code_column="序号",
        lamp_counts=6,
        shows_elapsed=True,
    )


def goal_table(count: int) -> Table:
    """Return the table of the sheet 任务目标 for so many goals."""
    return Table(
        Sheet.GOALS,
        "任务目标",
        PLAN_HEADER_ROW,
        (
            Column("领域", 9, Style.CENTRED),
            Column("编号", 9, Style.CENTRED),
            Column("任务目标", 34, Style.WRAPPED),
            Column("出处", 8.5, Style.CENTRED),
            Column("计量单位", 8.5, Style.CENTRED),
            Column("牵头单位", 12.5, Style.CENTRED),
            Column("责任单位", 12.5, Style.INPUT),
            Column("目标", 11, Style.TARGET),
            Column("完成年度", 8.5, Style.CENTRED),
            Column("频次", 6, Style.CENTRED),
            Column(ACTUAL, 10.5, Style.NUMBER),
            Column(PREVIOUS, 9, Style.NUMBER),
            Column(BASELINE, 9, Style.NUMBER),
            Column(SECOND, 9, Style.NUMBER),
            Column(RATE, 8.5, Style.PERCENT),
            Column(GAP, 10.5, Style.POINTS),
            Column(LAMP, 6.5, Style.LAMP),
            Column(REASON, 26, Style.WRAPPED),
            Column(CONFIRMED, 7, Style.CENTRED),
            Column(NOTE, 13, Style.INPUT),
            Column(LOCATOR, 8, Style.MUTED, hidden=True),
            Column(PREVIOUS_LOCATOR, 8, Style.MUTED, hidden=True),
        ),
        PLAN_HEADER_ROW + count,
        name_column="任务目标",
        code_column="编号",
        lamp_counts=6,
        shows_elapsed=True,
    )


def milestone_table(count: int) -> Table:
    """Return the table of the sheet 里程碑 for so many milestones."""
    return Table(
        Sheet.MILESTONES,
        "里程碑",
        PLAN_HEADER_ROW,
        (
            Column("领域", 10, Style.CENTRED),
            Column("编号", 7, Style.CENTRED),
            Column("里程碑", 52, Style.WRAPPED),
            Column("出处", 10, Style.CENTRED),
            Column("牵头单位", 15, Style.CENTRED),
            Column("责任单位", 15, Style.INPUT),
            Column("完成时限", 12, Style.CENTRED),
            Column("进展", 11, Style.CENTRED),
            Column(LAMP, 7, Style.LAMP),
            Column(REASON, 30, Style.WRAPPED),
            Column(NOTE, 16, Style.INPUT),
            Column(LOCATOR, 8, Style.MUTED, hidden=True),
        ),
        PLAN_HEADER_ROW + count,
        name_column="里程碑",
        code_column="编号",
        lamp_counts=3,
    )


class Name(StrEnum):
    """Defined names of the workbook, so that its formulas read as sentences."""

    PERIOD = "数据期"
    PERIODS = "可选数据期"
    YEAR = "年度"
    ELAPSED = "时间进度"
    MONTH = "期末"
    PERIOD_KEYS = "按期键"
    MONTH_KEYS = "按月末键"
    YEAR_END_KEYS = "按年末键"
    DONE_KEYS = "完成键"
    VALUES = "填报值"
    SECONDS = "填报补充值"
    CONFIRMATIONS = "填报核实"
    STATE = "QiyxState"
    # ASCII, for the macros read these.
    ALL_RECORDS = "QiyxRecords"
    GOAL_CODES = "QiyxGoals"
    BASELINES = "QiyxBaselines"


# --- Where everything stands on the sheets that list what is logged: their columns and rows -----

LOG_ROWS = 100_000  # formats and names of the log sheets reach this far, so that they never move

RECORD_TABLE = Table(
    Sheet.RECORDS,
    "填报记录",
    2,
    (
        Column("数据期", 9, Style.CENTRED),
        Column("编号", 10, Style.CENTRED),
        Column("名称", 36),
        Column("填报单位", 14, Style.CENTRED),
        Column("实际值", 11, Style.NUMBER),
        Column("补充值", 11, Style.NUMBER),
        Column("情况说明", 28),
        Column("原样填写", 12),
        Column("来源文件", 26),
        Column("工作表", 10, Style.CENTRED),
        Column("单元格", 8, Style.CENTRED),
        Column("文件校验码", 14, Style.MUTED),
        Column("接收时间", 17, Style.TIME),
        Column("批次", 6, Style.COUNT),
        Column("效力", 9, Style.CENTRED),
        Column("更正原因", 20),
        Column(CONFIRMED, 9, Style.CENTRED),
        # What the formulas of the other sheets look a figure up by; see ledger/lookup.py.
        Column(PERIOD_KEY, 12, Style.MUTED, hidden=True),
        Column(MONTH_KEY, 12, Style.MUTED, hidden=True),
        Column(YEAR_END_KEY, 12, Style.MUTED, hidden=True),
        Column(DONE_KEY, 12, Style.MUTED, hidden=True),
    ),
    LOG_ROWS,
    name_column="名称",
)

FINDING_TABLE = Table(
    Sheet.FINDINGS,
    "校验结果",
    2,
    (
        Column("文件", 28),
        Column("填报单位", 14, Style.CENTRED),
        Column("数据期", 9, Style.CENTRED),
        Column("位置", 14, Style.CENTRED),
        Column("级别", 9, Style.CENTRED),
        Column("代码", 7, Style.CENTRED),
        Column("栏目", 12, Style.CENTRED),
        Column("现在填的", 16),
        Column("问题与改法", 70, Style.WRAPPED),
        Column("建议值", 12),
        Column("文件校验码", 14, Style.MUTED),
        Column("发现时间", 17, Style.TIME),
        Column("批次", 6, Style.COUNT),
    ),
    LOG_ROWS,
    name_column="文件",
)

CHOSEN, REASON_TYPED, DECIDED_BY = "采用单位", "理由", "决定人"

CONFLICT_TABLE = Table(
    Sheet.CONFLICTS,
    "冲突",
    2,
    (
        Column("状态", 7, Style.CENTRED),
        Column("数据期", 9, Style.CENTRED),
        Column("编号", 10, Style.CENTRED),
        Column("名称", 26, Style.WRAPPED),
        Column("单位一", 13, Style.CENTRED),
        Column("单位一报的数", 11, Style.NUMBER),
        Column("单位一出处", 25, Style.WRAPPED),
        Column("单位二", 13, Style.CENTRED),
        Column("单位二报的数", 11, Style.NUMBER),
        Column("单位二出处", 25, Style.WRAPPED),
        Column(CHOSEN, 13, Style.CENTRED),
        Column(REASON_TYPED, 26, Style.WRAPPED),
        Column(DECIDED_BY, 11, Style.CENTRED),
        Column("决定时间", 16, Style.TIME),
        Column("提示", 24, Style.WRAPPED),
    ),
    LOG_ROWS,
    name_column="名称",
)

DIFFERENCE_TABLE = Table(
    Sheet.DIFFERENCE,
    "差异说明",
    2,
    (
        Column("编号", 10, Style.CENTRED),
        Column("名称", 38, Style.WRAPPED),
        Column("填报单位", 14, Style.CENTRED),
        Column("上期值", 11, Style.NUMBER),
        Column("本期值", 11, Style.NUMBER),
        Column("增减", 10, Style.SIGNED),
        Column("增减幅度", 10, Style.SIGNED_PERCENT),
        Column("上期灯", 7, Style.LAMP),
        Column("本期灯", 7, Style.LAMP),
        Column("变化", 8, Style.CENTRED),
        Column("本期状态说明", 36, Style.WRAPPED),
        Column("来源文件", 28, Style.WRAPPED),
        Column("工作表", 10, Style.CENTRED),
        Column("单元格", 8, Style.CENTRED),
    ),
    LOG_ROWS,
    name_column="名称",
)

MATTER_TABLE = Table(
    Sheet.MATTERS,
    "调度事项",
    2,
    (
        Column("编号", 13, Style.CENTRED),
        Column("事项", 48, Style.WRAPPED),
        Column("责任单位", 15, Style.CENTRED),
        Column("时限", 12, Style.CENTRED),
        Column("提出日期", 12, Style.CENTRED),
        Column("现在的灯", 16, Style.CENTRED),
        Column("销号状态", 10, Style.CENTRED),
        Column("超过天数", 9, Style.COUNT),
        Column("销号日期", 12, Style.CENTRED),
        Column("办理情况", 36, Style.WRAPPED),
    ),
    LOG_ROWS,
    name_column="事项",
)

LOG_NOTE_CELL = (1, 0)

RUN_TABLE = Table(
    Sheet.RUNS,
    "汇总日志",
    2,
    (
        Column("批次", 7, Style.COUNT),
        Column("时间", 18, Style.TIME),
        Column("数据期", 11, Style.CENTRED),
        Column("通过（份）", 11, Style.COUNT),
        Column("退回（份）", 11, Style.COUNT),
        Column("读不了（份）", 12, Style.COUNT),
        Column("新增（个数）", 12, Style.COUNT),
        Column("更正（个数）", 12, Style.COUNT),
        Column("未变（个数）", 12, Style.COUNT),
        Column("冲突（个数）", 12, Style.COUNT),
        Column("更正原因", 32),
    ),
    LOG_ROWS,
    name_column="批次",
)


_SOURCE_COLUMNS = (
    Column("情况说明", 28, Style.WRAPPED),
    Column("来源文件", 26),
    Column("工作表", 10, Style.CENTRED),
    Column("单元格", 8, Style.CENTRED),
    Column("文件校验码", 14, Style.MUTED),
    Column("接收时间", 17, Style.TIME),
)

PROJECT_TABLE = Table(
    Sheet.PROJECTS,
    "重大项目清单",
    2,
    (
        Column("项目编码", 10, Style.CENTRED),
        Column("项目或节点", 34, Style.WRAPPED),
        Column("领域", 10, Style.CENTRED),
        Column("责任部门", 14, Style.CENTRED),
        Column("联系人", 10, Style.CENTRED),
        Column("联系电话", 16, Style.CENTRED),
        Column("年度计划投资", 13, Style.NUMBER),
        Column("完成投资", 11, Style.NUMBER),
        Column("投资完成率", 11, Style.PERCENT),
        Column("序时差", 9, Style.POINTS),
        Column("节点计划日期", 13, Style.CENTRED),
        Column("节点实际日期", 13, Style.CENTRED),
        Column("滞后天数", 9, Style.COUNT),
        Column(LAMP, 7, Style.LAMP),
        Column(REASON, 44, Style.WRAPPED),
        *_SOURCE_COLUMNS,
    ),
    LOG_ROWS,
    name_column="项目或节点",
)

LIVELIHOOD_TABLE = Table(
    Sheet.LIVELIHOOD,
    "民生实事",
    2,
    (
        Column("编码", 10, Style.CENTRED),
        Column("项目名称", 28, Style.WRAPPED),
        Column("领域", 10, Style.CENTRED),
        Column("责任部门", 14, Style.CENTRED),
        Column("联系人", 10, Style.CENTRED),
        Column("联系电话", 16, Style.CENTRED),
        Column("项目内容", 34, Style.WRAPPED),
        Column("计量单位", 9, Style.CENTRED),
        Column("目标值", 10, Style.NUMBER),
        Column("完成值", 10, Style.NUMBER),
        Column("完成率", 9, Style.PERCENT),
        Column("序时差", 9, Style.POINTS),
        Column("是否达序", 9, Style.CENTRED),
        Column(LAMP, 7, Style.LAMP),
        Column(REASON, 40, Style.WRAPPED),
        *_SOURCE_COLUMNS,
    ),
    LOG_ROWS,
    name_column="项目名称",
)
