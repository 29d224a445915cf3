"""Which functions, buttons and sheets the workbook has in Excel.

The workbook, the help of the function wizard, the ribbon, the VBA wrapper and the Python behind
them are generated from this registry, or a test compares them with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# What xlwings calls the functions. People see the category that the macros read from the sheet
# _qiyx: the plan's short name.
CATEGORY = "QIYX"
FUNCTION_MODULE = "qiyx_xl.shells.udfs"
OUR_MODULE, WRAPPER_MODULE, XLWINGS_MODULE = "Qiyx", "xlwings_udfs", "xlwings"
LEDGER_SCHEMA = "ledger/3"
# Ledgers of the first schema have no column 核实, and their macros' functions have no such
# argument. Those of both older schemas find an indicator by its printed number. A refresh keeps
# their columns as they are; ``qiyx ledger migrate`` makes them ledgers of the present schema.
SCHEMA_BEFORE_CONFIRMED, SCHEMA_BEFORE_IDS = "ledger/1", "ledger/2"
LEDGER_SCHEMAS = (SCHEMA_BEFORE_CONFIRMED, SCHEMA_BEFORE_IDS, LEDGER_SCHEMA)

# What stands before a function's name in a formula of the edition ``addin``: LibreOffice and WPS
# find their add-ins' functions by it, straight from the file.
ADDIN_NAMESPACE = "QIYX"


EDITION_KEY = "edition"  # on the sheet _qiyx; ledgers without it are for Excel


class LedgerEdition(StrEnum):
    """For which programs a ledger is made.

    EXCEL: with macros, buttons and ribbon; the functions have plain names.
    ADDIN: without macros, for LibreOffice and WPS with their add-ins; the functions' names have
        the namespace. Its stored values are right without any add-in.
    """

    EXCEL = "excel"
    ADDIN = "addin"

    @property
    def suffix(self) -> str:
        """The suffix of its files."""
        return ".xlsm" if self is LedgerEdition.EXCEL else ".xlsx"


# Python cannot return an Excel error through COM. It returns one of these texts, and the VBA
# wrapper converts them to #N/A and #VALUE!.
NOT_IN_PLAN = "#QYX:N/A"
NOT_READABLE = "#QYX:VALUE"


class LedgerSheet(StrEnum):
    """The names of the ledger's sheets, in the order of their tabs."""

    CONSOLE = "操作台"
    INDICATORS = "指标台账"
    GOALS = "任务目标"
    MILESTONES = "里程碑"
    PROJECTS = "重大项目清单"
    LIVELIHOOD = "民生实事"
    SHARES = "分解台账"
    TASKS = "重点任务"
    RECORDS = "填报记录"
    FINDINGS = "校验结果"
    CONFLICTS = "冲突"
    DIFFERENCE = "差异"
    MATTERS = "调度事项"
    RUNS = "汇总日志"
    SETTINGS = "设置"
    CONFIG = "xlwings.conf"
    IDENTITY = "_qiyx"

    @property
    def code_name(self) -> str:
        """The sheet's name in VBA: ASCII, so that it is the same under every code page."""
        return f"Sheet{self.name.title()}"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a cell function; ``help`` is its text in the function wizard.

    ``is_range``: it is given a whole range. ``is_number``: a blank cell and 0 are two things to it,
    also where it may be left out; some programs hand over 0 for both.
    """

    name: str
    help: str
    optional: bool = False
    is_range: bool = False
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """One cell function, with its texts for the function wizard."""

    name: str
    help: str
    arguments: tuple[Argument, ...] = ()
    is_table: bool = False
    """Whether its answer is always a whole table, however large."""


_INDICATOR = Argument(
    "indicator",
    "指标序号、任务目标编号（如 T3-3-01）、里程碑编号（如 M07），或完整名称；可选区域",
)
_PERIOD = Argument("period", "数据期：2026、2026Q3、2026-09、2026年三季度，或一个日期")
_ACTUAL = Argument("actual", "本期实际值，按该指标的计量单位；空白是未填，0 是零，也可填“不适用”")
_PREVIOUS = Argument(
    "previous",
    "上年末实际值，用作序时进度的起点；不填则用上年目标值",
    optional=True,
    is_number=True,
)
# Not "base": in LibreOffice's Basic that word is reserved (Option Base).
_BASE = Argument(
    "base_value",
    "补充值：全覆盖类填应覆盖人数，对比类目标填参照值，其他填基期值；没有可不填",
    optional=True,
    is_number=True,
)
_CONFIRMED = Argument(
    "confirmed",
    "已核实：数看上去不对、但人工核实无误的，填“已核实”“是”或 TRUE，照报的数评灯；空白是没有核实",
    optional=True,
)
_AGENCY = Argument(
    "agency",
    "单位：填了，就按方案里分解给这个单位的目标评；没有分解给它的得 #N/A。不填按全区的目标",
    optional=True,
)
_RATED = (_INDICATOR, _PERIOD, _ACTUAL, _PREVIOUS, _BASE, _CONFIRMED, _AGENCY)

FUNCTIONS = (
    Function(
        "QYX_TARGET",
        "某一年的目标值。方案里没有的指标或年份得 #N/A。",
        (
            _INDICATOR,
            Argument("year", "年份，如 2026；也可填数据期，取其年份"),
            Argument(
                "form", "不填得数值；填“原文”得方案印出的写法，如 <3.5、≥32、全覆盖", optional=True
            ),
        ),
    ),
    Function(
        "QYX_RATE",
        "完成率（小数，请把单元格设为百分比）。算不出时得“—”，读不懂的数得 #VALUE!。",
        _RATED,
    ),
    Function("QYX_STATUS", "状态灯：绿、黄、红或灰。", _RATED),
    Function("QYX_GAP", "比序时进度超前（正）或滞后（负）多少个百分点；不适用时得“—”。", _RATED),
    Function("QYX_EXPLAIN", "为什么是这个灯，一句话。", _RATED),
    Function(
        "QYX_PACE",
        "为达到目标平均每月还要增加多少（要下降的为负），已达到的得 0；"
        "不按进度评的、没有剩余月份的得 #N/A。",
        (_INDICATOR, _PERIOD, _ACTUAL, _PREVIOUS),
    ),
    Function(
        "QYX_FORECAST",
        "按给出的各期数推算的年底值；不足三个数、推不到年底、不按进度评的得 #N/A。",
        (
            _INDICATOR,
            Argument(
                "periods",
                "各数所属的数据期，一片区域；一个指标一行时，可以共用一行数据期",
                is_range=True,
            ),
            Argument("actuals", "各期实际值，与数据期一一对应；空白和“不适用”不计", is_range=True),
        ),
    ),
    Function(
        "QYX_SCORE",
        "一组状态灯的晾晒得分：按规则文件给绿、黄、红计分后取平均，灰不计入。",
        (Argument("statuses", "状态灯所在的区域，内容是绿、黄、红或灰", is_range=True),),
    ),
    Function(
        "QYX_INFO",
        "指标的一项信息。",
        (
            _INDICATOR,
            Argument("field", "名称、计量单位、领域、牵头单位、责任单位、方向、频次、出处 之一"),
        ),
    ),
    Function("QYX_PLAN", "整张指标表（含表头），按数组公式展开。", is_table=True),
    Function("QYX_VERSION", "程序、方案和规则的版本。"),
)


@dataclass(frozen=True, slots=True)
class Control:
    """One button, on the sheet 操作台 and on the ribbon.

    ``action`` is the function in ``shells.buttons`` that it calls. ``image`` is the name of one
    of Office's own icons (imageMso).
    """

    action: str
    caption: str
    tip: str
    image: str

    @property
    def sub(self) -> str:
        """The VBA Sub that a click on the sheet runs."""
        return f"Qiyx{self.action.title()}"

    @property
    def callback(self) -> str:
        """The VBA Sub that a click on the ribbon runs."""
        return f"Ribbon{self.action.title()}"


CONTROLS = (
    Control(
        "validate",
        "校验收件",
        "检查收到的填报表，问题列到“校验结果”，不改动任何数",
        "ReviewTrackChanges",
    ),
    Control("consolidate", "汇总", "把检查通过的填报表收进台账；有错的退回，不收", "ImportExcel"),
    Control("refresh", "刷新", "换了数据期以后，按已收的数重新列出各表", "Refresh"),
    Control(
        "remind",
        "催报清单",
        "列出逾期未报的单位和项目，给每个单位一段可以直接发送的话",
        "FileSendAsAttachment",
    ),
    Control("scorecard", "晾晒榜", "按数据期出一份晾晒榜，存到您选的文件夹", "ChartInsert"),
    Control("bulletin", "通报", "按数据期出一份通报，存到您选的文件夹", "CreateReport"),
    Control(
        "distribute",
        "下发模板",
        "按数据期给每个填报单位生成一份填报表，存到您选的文件夹",
        "FileSaveAs",
    ),
    Control(
        "static",
        "静态副本",
        "另存一份只有数、没有宏和公式的台账，样子不变，可以发给领导看",
        "FileSave",
    ),
    Control(
        "export",
        "导出方案",
        "把现行方案写成 方案.xlsx，存到您选的文件夹；改好以后点“采用方案”",
        "ExportExcel",
    ),
    Control(
        "adopt",
        "采用方案",
        "选一份改过的方案，先说改了什么、从哪一期起，问过再采用，台账跟着变",
        "FileOpen",
    ),
    Control("examine", "体检", "看看这台电脑上什么妨碍函数和按钮，该怎么办", "Info"),
)
