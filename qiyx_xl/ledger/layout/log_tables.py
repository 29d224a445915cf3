"""Where everything stands on the sheets that list what is logged: their columns and rows."""

from __future__ import annotations

from qiyx_xl.ledger.layout.tables import (
    CONFIRMED,
    DONE_KEY,
    LAMP,
    MONTH_KEY,
    PERIOD_KEY,
    REASON,
    YEAR_END_KEY,
    Column,
    Style,
    Table,
)
from qiyx_xl.ledger.registry import Sheet

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
