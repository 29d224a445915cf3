"""Which Chinese texts the ledger itself contains: steps, settings, messages for the VBA."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.ledger.registry import LedgerEdition

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan


def title(plan: Plan) -> str:
    """Return what the ledger is called: 七优享台账."""
    return f"{plan.words.short_name}台账"


def sheet_title(plan: Plan, title: str) -> str:
    """Return a sheet's title: “七优享”指标台账."""
    return f"“{plan.words.short_name}”{title}"


STEPS_TITLE = "每期怎么做"
STEPS = (
    (
        "选数据期",
        "在“指标台账”左上角的黄色格里选要看的数据期（如 2026Q3）。三张表都跟着它走。",
    ),
    (
        "下发模板",
        "点“下发模板”，选一个文件夹，每个填报单位得到一份填报表，发给他们填。",
    ),
    (
        "校验收件",
        "收齐后放在一个文件夹里，点“校验收件”。问题逐条列到“校验结果”，写明哪一格、怎么改。这一步不改动台账里的数。",
    ),
    (
        "汇总",
        (
            "点“汇总”，再选那个文件夹。没有错的收进台账，每个数都记下来自哪个文件、哪一格；"
            "有错的请退回改好再报。两个单位报得不一样的，到“冲突”表里写明采用哪家。"
        ),
    ),
    (
        "看台账",
        "“指标台账”“任务目标”“里程碑”给出完成率、是否赶上序时进度、红黄绿灯和一句话说明。浅黄色的格子（备注）可以自己填。",
    ),
)

ASLEEP_TITLE = "函数没有反应时（单元格显示 #NAME?，或按钮点了没有动静）"
ASLEEP_STEPS = (
    (
        "打开时如有“启用内容”“启用宏”的提示，请点“启用”。"
        "文件来自网络或 U 盘的，请先关闭，在文件上点右键，选“属性”，勾选“解除锁定”。"
    ),
    (
        "这台电脑要装好 Python 和 qiyx-xl，安装由技术人员做一次即可。"
        "命令行里运行 qiyx doctor 会逐项说明缺什么、怎么办。"
    ),
    "台账请放在本机文件夹里，路径不要太长，不要放在网盘同步文件夹里直接打开。",
    "用 WPS 或没有 Python 的电脑也能打开看：表里显示的是上一次算好的数，请不要重新计算后保存。",
    (
        "汇总不依赖 Excel：技术人员可用命令 "
        "qiyx consolidate 收件文件夹 --ledger 台账文件 --period 数据期。"
    ),
)
STATE_LABEL = "函数状态"
STATE_UNKNOWN = "还没有在 Excel 里打开过。启用宏以后，这里会写明函数是否就绪。"

# The same of the edition without macros; one line for each line above.
ADDIN_BUTTONS = (
    "按钮在 LibreOffice 的工具栏、WPS 的选项卡里（名字是方案的简称）。没有的，请技术人员运行 "
    "qiyx host install libreoffice 或 qiyx host install wps。"
)
ADDIN_ASLEEP_STEPS = (
    (
        "函数和按钮由这台电脑上的 qiyx-xl 答。技术人员装一次：先装 Python 和 qiyx-xl，再运行 "
        "qiyx host install libreoffice 或 qiyx host install wps，然后重新启动表格软件。"
    ),
    "命令行里运行 qiyx host status 和 qiyx doctor 会逐项说明缺什么、怎么办。",
    "台账请放在本机文件夹里，不要放在网盘同步文件夹里直接打开。",
    "没有装的电脑也能打开看：表里显示的是上一次算好的数，请不要重新计算后保存。",
    (
        "汇总不依赖表格软件：技术人员可用命令 "
        "qiyx consolidate 收件文件夹 --ledger 台账文件 --period 数据期。"
    ),
)
ADDIN_STATE = (
    "这一本没有宏，供 LibreOffice、WPS 用。要在 Excel 里用按钮，请用 qiyx ledger convert 转换。"
)


def instructions(edition: LedgerEdition) -> tuple[str, ...]:
    """Return what 操作台 says of buttons and functions, in the same order for every edition."""
    if edition is LedgerEdition.ADDIN:
        return (ADDIN_STATE, *ADDIN_ASLEEP_STEPS)
    return (STATE_UNKNOWN, *ASLEEP_STEPS)


LEGEND = (
    "绿：已达标，或赶上、超过序时进度；黄：略有滞后；红：明显滞后或未达标；"
    "灰：未报、未到期、待核、不适用或未定目标，不计入得分。分界线见“设置”里的规则版本。"
)

CONFIRMED_LEGEND = "核实：写着“已核实”的，数看上去不对、但有人核实无误，照报的数评灯。"

SETTINGS_NOTE = "黄色格可以改，其他由程序写入。改了之后点“刷新”。"

STORE_NOTE = (
    "汇总进来的数存在哪个文件。空着就是与台账同一文件夹、同名的 .sqlite 文件。请与台账一起备份。"
)

BACKUPS = 20
BACKUPS_NOTE = (
    "每次改写台账之前，先把原来的台账另存一份到旁边的“备份”文件夹，最多留这么多份。填 0 不备份。"
)

POSITION_NOTE = (
    "台账照数据库写到哪里：第几次汇总、第几个决定、第几次封账。与数据库不一致的，请点“刷新”。"
)

CHANGE_TO_PROMPT = "这一项要改由哪个单位填报。写单位名录里的名称，再写从哪一期起，然后点“刷新”。"
CHANGE_SINCE_PROMPT = "从哪一期起改由它填报，如 2026Q4。以前各期的数不变。"

CONFLICT_NOTE = (
    "两个单位对同一个数报得不一样，两个都留着，由人决定。请在黄色格里写明采用哪个单位的数、为什么，"
    "存盘后再汇总或刷新，决定即记入数据库。"
)
MATTER_NOTE = (
    "例会列入调度的事项，未销号的在前。由程序按数据库列出；销号、改时限请在调度单里填写，"
    "用 qiyx meeting --settle 读回。"
)
DIFFERENCE_NOTE = "由程序按数据库列出；数、补充值或状态灯不同的才列。"

# Messages that the VBA shows. Its source must be pure ASCII, so it looks them up by key on the
# sheet _qiyx.
CATEGORY_KEY = "category"


def messages(plan: Plan) -> dict[str, str]:
    """Return the messages of a plan's ledger by their keys; the category also titles them."""
    name = plan.words.short_name
    return {
        CATEGORY_KEY: name,
        "running": f"{name}：正在处理，请稍候……",
        "awake": "函数已就绪。",
        "asleep": "函数没有启动，表里显示的是上一次算好的数。请按“操作台”下方的说明处理。原因：",
        "path_too_long": (
            "台账所在的文件夹路径太长。请把台账移到较短的路径下（如 D:\\台账）再打开。"
        ),
    }


# The settings of xlwings on the sheet xlwings.conf. The path of Python and whether a resident
# server is used are left to each computer's own xlwings.conf, which this sheet would override.
XLWINGS_CONFIG = (
    ("UDF MODULES", "qiyx_xl.shells.udfs"),
    ("USE UDF SERVER", "True"),
    ("ADD_WORKBOOK_TO_PYTHONPATH", "False"),
    # Blank on purpose: otherwise an xlwings.conf beside the ledger could put its own folders
    # first on Python's search path.
    ("PYTHONPATH", ""),
)
