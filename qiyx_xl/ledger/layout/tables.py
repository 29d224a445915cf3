"""Where each table of the ledger is: columns, rows and defined names of every sheet.

Building the workbook, refreshing it and writing into it while it is open in Excel all use these
places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

from qiyx_xl.ledger.layout.cells import column_letter
from qiyx_xl.ledger.registry import SCHEMA_BEFORE_CONFIRMED, SCHEMA_BEFORE_IDS, LedgerSheet


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
class SheetColumn:
    """One column: its header, its width in characters, and its look."""

    header: str
    width: float
    style: Style = Style.TEXT
    hidden: bool = False


@dataclass(frozen=True)
class SheetTable:
    """A sheet's table. Rows are counted from 0; its formats end at ``last_row``.

    ``name_column`` is the header of the last column that stays in sight when scrolling,
    ``code_column`` of the column that identifies an item. On the plan's sheets, ``lamp_counts``
    is the column in the status row where the lamp counts begin: 绿, its count, 黄, its count, and
    so on for 红 and 灰.
    """

    sheet: LedgerSheet
    title: str
    header_row: int
    columns: tuple[SheetColumn, ...]
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
        """Whether any column wraps its texts over several lines."""
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
        """Return the data range of a column, as an absolute address with the sheet's name."""
        return self._area(self.letter(header), self.letter(header))

    @cached_property
    def headers(self) -> frozenset[str]:
        """The headers of all columns."""
        return frozenset(self._places)

    @property
    def visible(self) -> int:
        """The number of columns that are shown; the hidden ones are the last."""
        return sum(not column.hidden for column in self.columns)

    @property
    def whole(self) -> str:
        """The data range of all columns, as an absolute address with the sheet's name."""
        return self._area(column_letter(0), column_letter(len(self.columns) - 1))

    def _area(self, left: str, right: str) -> str:
        return f"{self.sheet.value}!${left}${self.first_row + 1}:${right}${self.last_row + 1}"


def before_confirmed(table: SheetTable) -> SheetTable:
    """Return a table as in a ledger of ``SCHEMA_BEFORE_CONFIRMED``: without the column 核实."""
    return _without(table, CONFIRMED)


def as_built(table: SheetTable, schema: str) -> SheetTable:
    """Return a table with the columns it has in a ledger of a schema."""
    if schema == SCHEMA_BEFORE_CONFIRMED:
        table = before_confirmed(table)
    if schema in (SCHEMA_BEFORE_CONFIRMED, SCHEMA_BEFORE_IDS):
        for header in (CHANGE_TO, CHANGE_SINCE, EXPECTED):
            table = _without(table, header)
        if table.code_column == ID:
            table = replace(_without(table, ID), code_column=NUMBER)
    return table


def _without(table: SheetTable, header: str) -> SheetTable:
    columns = tuple(column for column in table.columns if column.header != header)
    return replace(table, columns=columns)


PLAN_HEADER_ROW = 4
STATUS_ROW = 2
PERIOD_CELL = (STATUS_ROW, 2)
ELAPSED_CELL = (STATUS_ROW, 4)
SCORE_CELL = (STATUS_ROW, 16)
SETTINGS_HEADER_ROW = 3
SETTINGS_COLUMN = 2
SETTINGS_ROWS = 9
SCHEMA_CELL = (0, 1)  # on the hidden sheet _qiyx
PERIODS_COLUMN = 12  # there: the periods that can be chosen
KEPT_COLUMN = 14  # there: what people wrote beside items that are not shown
STORE_SETTING = "数据库"
BACKUPS_SETTING = "备份份数"
TODAY_SETTING = "刷新日期"
POSITION_SETTING = "数据库进度"

ACTUAL, PREVIOUS, SECOND = "本期实际值", "上年实际", "补充值"
RATE, SCHEDULED, GAP = "完成率", "序时进度", "较序时\n（百分点）"
LAMP, REASON, NOTE = "状态", "状态说明", "备注"
BASELINE = "基期值"
EXPECTED = "预计年底"
"""The year end to expect, with its lamp: a text, blank where the figures bear no forecast."""
NUMBER, RESPONSIBLE = "序号", "责任单位"
ID = "标识"
"""An indicator's stable id, under which its figures are recorded; its number may change."""
CONFIRMED = "核实"
CHANGE_TO, CHANGE_SINCE = "改由", "从哪一期起"
"""Where people type which other agency shall report an item, and from when on."""
MOST_PLAN_COLUMNS = 64
"""No plan sheet has more columns of ours."""
CODE = "编号"
PERIOD_KEY, MONTH_KEY, YEAR_END_KEY, DONE_KEY = (
    "按期查找键",
    "按月末查找键",
    "按年末查找键",
    "完成查找键",
)
LOCATOR, PREVIOUS_LOCATOR = "记录行", "上年记录行"


def year_column(header: str) -> SheetColumn:
    """Return the column with the targets of a year."""
    return SheetColumn(header, 8, Style.TARGET)


def indicator_table(years: tuple[int, ...], count: int) -> SheetTable:
    """Return the table of 指标台账 for a plan of these years and ``count`` indicators."""
    return SheetTable(
        LedgerSheet.INDICATORS,
        "指标台账",
        PLAN_HEADER_ROW,
        (
            SheetColumn("领域", 9, Style.CENTRED),
            SheetColumn(NUMBER, 5, Style.CENTRED),
            SheetColumn("指标", 29, Style.WRAPPED),
            SheetColumn("计量单位", 8.5, Style.CENTRED),
            SheetColumn("牵头单位", 12.5, Style.CENTRED),
            SheetColumn(RESPONSIBLE, 12.5, Style.CENTRED),
            *(year_column(f"{year}年") for year in years),
            SheetColumn(ACTUAL, 10.5, Style.NUMBER),
            SheetColumn(PREVIOUS, 9, Style.NUMBER),
            SheetColumn(SECOND, 9, Style.NUMBER),
            SheetColumn(RATE, 8.5, Style.PERCENT),
            SheetColumn(SCHEDULED, 8.5, Style.PERCENT),
            SheetColumn(GAP, 10.5, Style.POINTS),
            SheetColumn(LAMP, 6.5, Style.LAMP),
            SheetColumn(REASON, 26, Style.WRAPPED),
            SheetColumn(EXPECTED, 10.5, Style.CENTRED),
            SheetColumn(CONFIRMED, 7, Style.CENTRED),
            SheetColumn(CHANGE_TO, 11, Style.INPUT),
            SheetColumn(CHANGE_SINCE, 9, Style.INPUT),
            SheetColumn(NOTE, 13, Style.INPUT),
            SheetColumn(LOCATOR, 8, Style.MUTED, hidden=True),
            SheetColumn(PREVIOUS_LOCATOR, 8, Style.MUTED, hidden=True),
            SheetColumn(ID, 8, Style.MUTED, hidden=True),
        ),
        PLAN_HEADER_ROW + count,
        name_column="指标",
        code_column=ID,
        lamp_counts=6,
        shows_elapsed=True,
    )


def goal_table(count: int) -> SheetTable:
    """Return the table of 任务目标 for ``count`` goals."""
    return SheetTable(
        LedgerSheet.GOALS,
        "任务目标",
        PLAN_HEADER_ROW,
        (
            SheetColumn("领域", 9, Style.CENTRED),
            SheetColumn("编号", 9, Style.CENTRED),
            SheetColumn("任务目标", 34, Style.WRAPPED),
            SheetColumn("出处", 8.5, Style.CENTRED),
            SheetColumn("计量单位", 8.5, Style.CENTRED),
            SheetColumn("牵头单位", 12.5, Style.CENTRED),
            SheetColumn(RESPONSIBLE, 12.5, Style.CENTRED),
            SheetColumn("目标", 11, Style.TARGET),
            SheetColumn("完成年度", 8.5, Style.CENTRED),
            SheetColumn("频次", 6, Style.CENTRED),
            SheetColumn(ACTUAL, 10.5, Style.NUMBER),
            SheetColumn(PREVIOUS, 9, Style.NUMBER),
            SheetColumn(BASELINE, 9, Style.NUMBER),
            SheetColumn(SECOND, 9, Style.NUMBER),
            SheetColumn(RATE, 8.5, Style.PERCENT),
            SheetColumn(GAP, 10.5, Style.POINTS),
            SheetColumn(LAMP, 6.5, Style.LAMP),
            SheetColumn(REASON, 26, Style.WRAPPED),
            SheetColumn(CONFIRMED, 7, Style.CENTRED),
            SheetColumn(CHANGE_TO, 11, Style.INPUT),
            SheetColumn(CHANGE_SINCE, 9, Style.INPUT),
            SheetColumn(NOTE, 13, Style.INPUT),
            SheetColumn(LOCATOR, 8, Style.MUTED, hidden=True),
            SheetColumn(PREVIOUS_LOCATOR, 8, Style.MUTED, hidden=True),
        ),
        PLAN_HEADER_ROW + count,
        name_column="任务目标",
        code_column="编号",
        lamp_counts=6,
        shows_elapsed=True,
    )


def milestone_table(count: int) -> SheetTable:
    """Return the table of 里程碑 for ``count`` milestones."""
    return SheetTable(
        LedgerSheet.MILESTONES,
        "里程碑",
        PLAN_HEADER_ROW,
        (
            SheetColumn("领域", 10, Style.CENTRED),
            SheetColumn("编号", 7, Style.CENTRED),
            SheetColumn("里程碑", 52, Style.WRAPPED),
            SheetColumn("出处", 10, Style.CENTRED),
            SheetColumn("牵头单位", 15, Style.CENTRED),
            SheetColumn(RESPONSIBLE, 15, Style.CENTRED),
            SheetColumn("完成时限", 12, Style.CENTRED),
            SheetColumn("进展", 11, Style.CENTRED),
            SheetColumn(LAMP, 7, Style.LAMP),
            SheetColumn(REASON, 30, Style.WRAPPED),
            SheetColumn(CHANGE_TO, 11, Style.INPUT),
            SheetColumn(CHANGE_SINCE, 9, Style.INPUT),
            SheetColumn(NOTE, 16, Style.INPUT),
            SheetColumn(LOCATOR, 8, Style.MUTED, hidden=True),
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
    # These names are ASCII because the macros, whose source is pure ASCII, use them.
    ALL_RECORDS = "QiyxRecords"
    GOAL_CODES = "QiyxGoals"
    BASELINES = "QiyxBaselines"


# --- The tables of the log sheets ---------------------------------------------------------------

LOG_ROWS = 100_000  # last row of the log sheets' formats and names, which so never have to grow

RECORD_TABLE = SheetTable(
    LedgerSheet.RECORDS,
    "填报记录",
    2,
    (
        SheetColumn("数据期", 9, Style.CENTRED),
        SheetColumn("编号", 10, Style.CENTRED),
        SheetColumn("名称", 36),
        SheetColumn("填报单位", 14, Style.CENTRED),
        SheetColumn("实际值", 11, Style.NUMBER),
        SheetColumn("补充值", 11, Style.NUMBER),
        SheetColumn("情况说明", 28),
        SheetColumn("原样填写", 12),
        SheetColumn("来源文件", 26),
        SheetColumn("工作表", 10, Style.CENTRED),
        SheetColumn("单元格", 8, Style.CENTRED),
        SheetColumn("文件校验码", 14, Style.MUTED),
        SheetColumn("接收时间", 17, Style.TIME),
        SheetColumn("批次", 6, Style.COUNT),
        SheetColumn("效力", 9, Style.CENTRED),
        SheetColumn("更正原因", 20),
        SheetColumn(CONFIRMED, 9, Style.CENTRED),
        # The keys by which the other sheets' formulas find a figure: ledger/content/lookup.py.
        SheetColumn(PERIOD_KEY, 12, Style.MUTED, hidden=True),
        SheetColumn(MONTH_KEY, 12, Style.MUTED, hidden=True),
        SheetColumn(YEAR_END_KEY, 12, Style.MUTED, hidden=True),
        SheetColumn(DONE_KEY, 12, Style.MUTED, hidden=True),
    ),
    LOG_ROWS,
    name_column="名称",
)

FINDING_TABLE = SheetTable(
    LedgerSheet.FINDINGS,
    "校验结果",
    2,
    (
        SheetColumn("文件", 28),
        SheetColumn("填报单位", 14, Style.CENTRED),
        SheetColumn("数据期", 9, Style.CENTRED),
        SheetColumn("位置", 14, Style.CENTRED),
        SheetColumn("级别", 9, Style.CENTRED),
        SheetColumn("代码", 7, Style.CENTRED),
        SheetColumn("栏目", 12, Style.CENTRED),
        SheetColumn("现在填的", 16),
        SheetColumn("问题与改法", 70, Style.WRAPPED),
        SheetColumn("建议值", 12),
        SheetColumn("文件校验码", 14, Style.MUTED),
        SheetColumn("发现时间", 17, Style.TIME),
        SheetColumn("批次", 6, Style.COUNT),
    ),
    LOG_ROWS,
    name_column="文件",
)

CHOSEN, REASON_TYPED, DECIDED_BY = "采用单位", "理由", "决定人"

CONFLICT_TABLE = SheetTable(
    LedgerSheet.CONFLICTS,
    "冲突",
    2,
    (
        SheetColumn("状态", 7, Style.CENTRED),
        SheetColumn("数据期", 9, Style.CENTRED),
        SheetColumn("编号", 10, Style.CENTRED),
        SheetColumn("名称", 26, Style.WRAPPED),
        SheetColumn("单位一", 13, Style.CENTRED),
        SheetColumn("单位一报的数", 11, Style.NUMBER),
        SheetColumn("单位一出处", 25, Style.WRAPPED),
        SheetColumn("单位二", 13, Style.CENTRED),
        SheetColumn("单位二报的数", 11, Style.NUMBER),
        SheetColumn("单位二出处", 25, Style.WRAPPED),
        SheetColumn(CHOSEN, 13, Style.CENTRED),
        SheetColumn(REASON_TYPED, 26, Style.WRAPPED),
        SheetColumn(DECIDED_BY, 11, Style.CENTRED),
        SheetColumn("决定时间", 16, Style.TIME),
        SheetColumn("提示", 24, Style.WRAPPED),
    ),
    LOG_ROWS,
    name_column="名称",
)

DIFFERENCE_TABLE = SheetTable(
    LedgerSheet.DIFFERENCE,
    "差异说明",
    2,
    (
        SheetColumn("编号", 10, Style.CENTRED),
        SheetColumn("名称", 38, Style.WRAPPED),
        SheetColumn("填报单位", 14, Style.CENTRED),
        SheetColumn("上期值", 11, Style.NUMBER),
        SheetColumn("本期值", 11, Style.NUMBER),
        SheetColumn("增减", 10, Style.SIGNED),
        SheetColumn("增减幅度", 10, Style.SIGNED_PERCENT),
        SheetColumn("上期灯", 7, Style.LAMP),
        SheetColumn("本期灯", 7, Style.LAMP),
        SheetColumn("变化", 8, Style.CENTRED),
        SheetColumn("本期状态说明", 36, Style.WRAPPED),
        SheetColumn("来源文件", 28, Style.WRAPPED),
        SheetColumn("工作表", 10, Style.CENTRED),
        SheetColumn("单元格", 8, Style.CENTRED),
    ),
    LOG_ROWS,
    name_column="名称",
)

MATTER_TABLE = SheetTable(
    LedgerSheet.MATTERS,
    "调度事项",
    2,
    (
        SheetColumn("编号", 13, Style.CENTRED),
        SheetColumn("事项", 48, Style.WRAPPED),
        SheetColumn("责任单位", 15, Style.CENTRED),
        SheetColumn("时限", 12, Style.CENTRED),
        SheetColumn("提出日期", 12, Style.CENTRED),
        SheetColumn("现在的灯", 16, Style.CENTRED),
        SheetColumn("销号状态", 10, Style.CENTRED),
        SheetColumn("超过天数", 9, Style.COUNT),
        SheetColumn("销号日期", 12, Style.CENTRED),
        SheetColumn("办理情况", 36, Style.WRAPPED),
    ),
    LOG_ROWS,
    name_column="事项",
)

LOG_NOTE_CELL = (1, 0)

RUN_TABLE = SheetTable(
    LedgerSheet.RUNS,
    "汇总日志",
    2,
    (
        SheetColumn("批次", 7, Style.COUNT),
        SheetColumn("时间", 18, Style.TIME),
        SheetColumn("数据期", 11, Style.CENTRED),
        SheetColumn("通过（份）", 11, Style.COUNT),
        SheetColumn("退回（份）", 11, Style.COUNT),
        SheetColumn("读不了（份）", 12, Style.COUNT),
        SheetColumn("新增（个数）", 12, Style.COUNT),
        SheetColumn("更正（个数）", 12, Style.COUNT),
        SheetColumn("未变（个数）", 12, Style.COUNT),
        SheetColumn("冲突（个数）", 12, Style.COUNT),
        SheetColumn("更正原因", 32),
    ),
    LOG_ROWS,
    name_column="批次",
)


_SOURCE_COLUMNS = (
    SheetColumn("情况说明", 28, Style.WRAPPED),
    SheetColumn("来源文件", 26),
    SheetColumn("工作表", 10, Style.CENTRED),
    SheetColumn("单元格", 8, Style.CENTRED),
    SheetColumn("文件校验码", 14, Style.MUTED),
    SheetColumn("接收时间", 17, Style.TIME),
)

PROJECT_TABLE = SheetTable(
    LedgerSheet.PROJECTS,
    "重大项目清单",
    2,
    (
        SheetColumn("项目编码", 10, Style.CENTRED),
        SheetColumn("项目或节点", 34, Style.WRAPPED),
        SheetColumn("领域", 10, Style.CENTRED),
        SheetColumn("责任部门", 14, Style.CENTRED),
        SheetColumn("联系人", 10, Style.CENTRED),
        SheetColumn("联系电话", 16, Style.CENTRED),
        SheetColumn("年度计划投资", 13, Style.NUMBER),
        SheetColumn("完成投资", 11, Style.NUMBER),
        SheetColumn("投资完成率", 11, Style.PERCENT),
        SheetColumn("序时差", 9, Style.POINTS),
        SheetColumn("节点计划日期", 13, Style.CENTRED),
        SheetColumn("节点实际日期", 13, Style.CENTRED),
        SheetColumn("滞后天数", 9, Style.COUNT),
        SheetColumn(LAMP, 7, Style.LAMP),
        SheetColumn(REASON, 44, Style.WRAPPED),
        *_SOURCE_COLUMNS,
    ),
    LOG_ROWS,
    name_column="项目或节点",
)

LIVELIHOOD_TABLE = SheetTable(
    LedgerSheet.LIVELIHOOD,
    "民生实事",
    2,
    (
        SheetColumn("编码", 10, Style.CENTRED),
        SheetColumn("项目名称", 28, Style.WRAPPED),
        SheetColumn("领域", 10, Style.CENTRED),
        SheetColumn("责任部门", 14, Style.CENTRED),
        SheetColumn("联系人", 10, Style.CENTRED),
        SheetColumn("联系电话", 16, Style.CENTRED),
        SheetColumn("项目内容", 34, Style.WRAPPED),
        SheetColumn("计量单位", 9, Style.CENTRED),
        SheetColumn("目标值", 10, Style.NUMBER),
        SheetColumn("完成值", 10, Style.NUMBER),
        SheetColumn("完成率", 9, Style.PERCENT),
        SheetColumn("序时差", 9, Style.POINTS),
        SheetColumn("是否达序", 9, Style.CENTRED),
        SheetColumn(LAMP, 7, Style.LAMP),
        SheetColumn(REASON, 40, Style.WRAPPED),
        *_SOURCE_COLUMNS,
    ),
    LOG_ROWS,
    name_column="项目名称",
)

SHARE_TABLE = SheetTable(
    LedgerSheet.SHARES,
    "目标分解台账",
    2,
    (
        SheetColumn("编号", 10, Style.CENTRED),
        SheetColumn("分解的项", 34, Style.WRAPPED),
        SheetColumn("单位", 14, Style.CENTRED),
        SheetColumn("层级", 8, Style.CENTRED),
        SheetColumn("计量单位", 9, Style.CENTRED),
        SheetColumn("本单位目标", 11, Style.CENTRED),
        SheetColumn(ACTUAL, 11, Style.NUMBER),
        SheetColumn(PREVIOUS, 10, Style.NUMBER),
        SheetColumn(RATE, 9, Style.PERCENT),
        SheetColumn("序时差", 9, Style.POINTS),
        SheetColumn(LAMP, 7, Style.LAMP),
        SheetColumn(REASON, 40, Style.WRAPPED),
        *_SOURCE_COLUMNS,
    ),
    LOG_ROWS,
    name_column="分解的项",
)

TASK_TABLE = SheetTable(
    LedgerSheet.TASKS,
    "重点任务",
    2,
    (
        SheetColumn("任务编号", 10, Style.CENTRED),
        SheetColumn("任务", 30, Style.WRAPPED),
        SheetColumn("领域", 10, Style.CENTRED),
        SheetColumn("牵头单位", 14, Style.CENTRED),
        SheetColumn("配合单位", 18, Style.WRAPPED),
        SheetColumn("出处", 11, Style.CENTRED),
        SheetColumn("开始日期", 12, Style.CENTRED),
        SheetColumn("完成期限", 12, Style.CENTRED),
        SheetColumn("完成标准", 30, Style.WRAPPED),
        SheetColumn("所报状态", 9, Style.CENTRED),
        SheetColumn("进展情况", 44, Style.WRAPPED),
        SheetColumn("报于", 11, Style.CENTRED),
        SheetColumn("未报期数", 9, Style.CENTRED),
        SheetColumn("应附材料", 18, Style.WRAPPED),
        SheetColumn("佐证材料", 24, Style.WRAPPED),
        SheetColumn("件数和类型", 20, Style.WRAPPED),
        SheetColumn(LAMP, 7, Style.LAMP),
        SheetColumn(REASON, 40, Style.WRAPPED),
        *_SOURCE_COLUMNS[1:],
    ),
    LOG_ROWS,
    name_column="任务",
)

LOG_TABLES = (
    PROJECT_TABLE,
    LIVELIHOOD_TABLE,
    SHARE_TABLE,
    TASK_TABLE,
    RECORD_TABLE,
    FINDING_TABLE,
    CONFLICT_TABLE,
    DIFFERENCE_TABLE,
    MATTER_TABLE,
    RUN_TABLE,
)
"""The tables of the log sheets, in the order of their tabs."""

_SINCE_IDS = frozenset({LedgerSheet.SHARES, LedgerSheet.TASKS})
"""The sheets that ledgers of the schemas before ids do not have."""


def has_sheet(table: SheetTable, schema: str) -> bool:
    """Whether a ledger of a schema has a table's sheet."""
    return table.sheet not in _SINCE_IDS or schema not in (
        SCHEMA_BEFORE_CONFIRMED,
        SCHEMA_BEFORE_IDS,
    )
