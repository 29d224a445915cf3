"""Which findings concern a value? Its notation (V1), its meaning (V2), the schema's rules (V3)."""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue
from qiyx_xl.core.primitives.signs import is_blank, visible

VALUES = Catalogue("V1", "V2", "V3")


def not_explained(written: str) -> str:
    """Return the clause of ``RED_WITHOUT_REMARK`` about such words; "" for a blank."""
    return "" if is_blank(written) else f"现在写的“{visible(written)}”没有说明原因，"


# --- V1: the cell's notation ------------------------------------------------------------------

NOT_FILLED = VALUES.warning(
    "V101",
    "本期应报未填",
    "{code} {name} 本期应报，还没有填。请补填；确实没有的，请写“不适用”并说明。",
)
TOLERATED = VALUES.warning(
    "V102",
    "写法不规范",
    "“{header}”填的是“{value}”（{notes}），已按 {suggestion} 读取。请核对。",
)
NOT_A_NUMBER = VALUES.error(
    "V103",
    "不是数字",
    "“{header}”应只填数字，现在填的是“{value}”。{hint}。",
)
MEASURE_IN_NUMBER = VALUES.error(
    "V104",
    "数值里带单位",
    "“{header}”应只填数字，现在填的是“{value}”。请改为 {suggestion}，不要带单位。",
)
NOT_EXACT = VALUES.error(
    "V105",
    "不是确数",
    "“{header}”应填确数，现在填的是“{value}”。请核实后填写；"
    "如果确数就是 {suggestion}，请改为 {suggestion}。",
)
OTHER_MEASURE = VALUES.error(
    "V106",
    "计量单位对不上",
    "“{header}”的计量单位是“{measure}”，现在填的是“{value}”。"
    "请换算成“{measure}”，只填数字{meant}。",
)
DATE_IN_NUMBER = VALUES.error(
    "V107",
    "数值格里是日期",
    "“{header}”应填数字，现在是日期或时间“{value}”。"
    "请改填数字；填的数显示成了日期的，请先把单元格格式改为“数值”。",
)
BOOLEAN_IN_NUMBER = VALUES.error(
    "V108",
    "数值格里是 TRUE/FALSE",
    "“{header}”应填数字，现在是“{value}”。请改填数字。",
)
ERROR_CELL = VALUES.error(
    "V109",
    "公式出错",
    "“{header}”里是错误值 {value}。请改正公式，或直接填数字。",
)
NO_CACHED_VALUE = VALUES.error(
    "V110",
    "公式没有结果",
    "“{header}”是公式，但文件里没有存下结果。请用 Excel 或 WPS 打开，保存后再报，或直接填数字。",
)
FORMULA = VALUES.warning(
    "V111",
    "由公式得出",
    "“{header}”是公式，已按保存时的结果 {value} 读取。请核对，最好粘贴为数值。",
)
TOO_MANY_DIGITS = VALUES.error(
    "V112",
    "数字过长",
    "“{header}”里的“{value}”超过 15 位，"
    "Excel 存不下这么长的数。请核对是否把编号、证件号或电话填进了数值格。",
)
WORD_FOR_NUMBER = VALUES.error(
    "V113",
    "应填数字而不是文字",
    "“{header}”应填数字，现在填的是“{value}”。请改为 {suggestion}。",
)
DASH = VALUES.warning(
    "V114",
    "用符号代替空白",
    "“{header}”填的是“{value}”，按没有填处理。没有数请留空；不适用请写“不适用”；是零请填 0。",
)
NONE_IS_AMBIGUOUS = VALUES.error(
    "V115",
    "“无”的意思不清楚",
    "“{header}”填的是“{value}”，分不清是零还是没有数。"
    "是零请填 0；不适用请写“不适用”；还没有数请留空。",
)
PERCENT_FORMAT = VALUES.warning(
    "V116",
    "百分比格式",
    "“{header}”是百分比格式，显示为 {value}，已按 {suggestion} 读取。请核对。",
)
MILESTONE_WORD = VALUES.error(
    "V117",
    "完成情况写法不对",
    "“{header}”请从“{choices}”中选一个，现在填的是“{value}”{meant}。还没有开始的请留空。",
)

STRUCK_OUT = VALUES.error(
    "V121",
    "画了删除线",
    "“{header}”里的“{struck}”画了删除线，分不清还算不算数。"
    "请核对：作废的请删去，有效的请去掉删除线{meant}。",
)
UNSEEN = VALUES.warning(
    "V122",
    "填的数看不见",
    "“{header}”填的“{value}”在表上看不见（{hint}），照常读取。请把它显示出来核对一遍。",
)
SHOWN_OTHERWISE = VALUES.error(
    "V123",
    "显示的和存的不一样",
    "“{header}”显示为“{value}”，存的却是 {hint}，是数字格式造成的。"
    "请把单元格格式改为“常规”，核对后按“{measure}”填写。",
)

# --- V2: the value's meaning ------------------------------------------------------------------

NEGATIVE = VALUES.error(
    "V201",
    "出现负数",
    "“{header}”不应是负数，现在是 {value}。请核对。",
)
OVER_HUNDRED = VALUES.error(
    "V202",
    "占比超过 100%",
    "“{header}”是占比，不应超过 100，现在是 {value}。请核对分子和分母；"
    "如果确是 {value}，请在“情况说明”写明，并请专班办公室确认。",
)
MAGNITUDE = VALUES.error(
    "V203",
    "数量级可疑",
    "{code} {name} 填的是 {value}，{reason}。"
    "请按“{measure}”核对；如果确是 {value}，请在“情况说明”写明，并请专班办公室确认。",
)
CUMULATIVE_FELL = VALUES.error(
    "V205",
    "累计数比上期少",
    "{code} {name} 是累计数，上期（{period}）已报 {known}，本期填的是 {value}，不应减少。"
    "请核对是否只填了当期新增；上期数要更正的，请另行说明。",
)
SECOND_MISSING = VALUES.error(
    "V206",
    "缺少补充值",
    "{code} {name} 填了 {value}，还要填“{second}”。请在“{header}”补上。",
)
MORE_THAN_WHOLE = VALUES.error(
    "V207",
    "部分大于总数",
    "{code} {name} 填的是 {value}，超过了{second} {known}。请核对两个数。",
)
RED_WITHOUT_REMARK = VALUES.error(
    "V208",
    "红灯没有说明",
    "{code} {name} 本期为红灯（{reason}），{written}请在“{header}”写明原因和下一步措施。",
)
YEARLY_EARLY = VALUES.warning(
    "V209",
    "年报指标提前报送",
    "{code} {name} 是年报指标，{period}不必报。已读取，到年底请报全年数。",
)
GOAL_DISAGREES = VALUES.error(
    "V210",
    "与对应指标的数不一致",
    "{code} {name} 与指标 {other} 是同一个数，"
    "指标处填的是 {known}，这里填的是 {value}。请核对后填成一致，或把这里留空。",
)
STALE_FILE = VALUES.warning(
    "V211",
    "比已收的文件旧",
    "这份文件最后保存于 {value}，早于已经收下的那份（{known}）。请核对有没有发错旧文件。",
)
STREET_SUM = VALUES.warning(
    "V212",
    "与下级合计不一致",
    "{code} {name} 填的是 {value}，各{level}合计是 {known}。请与{level}核对。",
)
NEARLY_COVERED = VALUES.warning(
    "V213",
    "“基本全覆盖”不是确数",
    "{code} {name} 填的是“{value}”，无法判定是否达标，先按待核处理。请补填已覆盖人数和应覆盖人数。",
)
SELF_REPORTED_COVERAGE = VALUES.warning(
    "V214",
    "全覆盖没有人数",
    "{code} {name} 填的是“{value}”，没有人数可核。请改填已覆盖的人数，并补填{second}。",
)
SECOND_NOT_ASKED = VALUES.warning(
    "V215",
    "不需要补充值",
    "{code} {name} 不需要填“{header}”，现在填的“{value}”没有读取。请核对是不是填错了行。",
)

QUOTIENT_DISAGREES = VALUES.error(
    "V216",
    "占比与分子、分母不符",
    "{code} {name} 填的是 {value}，按分子 {numerator}、分母 {denominator} 计算是 {suggestion}。"
    "请核对这三个数。",
)

UNUSUAL_CHANGE = VALUES.warning(
    "V217",
    "异常波动",
    "{code} {name} 填的是 {value}，上一个数（{period}）是 {known}；"
    "照以前各期的变化，应在 {low} 到 {high} 之间。请核对；确实如此的，请在“情况说明”写明原因。",
)

# --- V3: rules written in the schema ----------------------------------------------------------

SCHEMA_REQUIRED = VALUES.error("V301", "必填项未填", "“{header}”必须填写。请补填。")
SCHEMA_TYPE = VALUES.error(
    "V302", "填写类型不对", "“{header}”应{expected}，现在填的是“{value}”。请改正。"
)
SCHEMA_CHOICE = VALUES.error(
    "V303", "不在可选范围", "“{header}”应{expected}，现在填的是“{value}”。请改正。"
)
SCHEMA_RANGE = VALUES.error(
    "V304", "超出范围", "“{header}”应{expected}，现在填的是“{value}”。请核对。"
)
SCHEMA_LENGTH = VALUES.error(
    "V305", "字数不对", "“{header}”应{expected}，现在有 {length} 个字。请修改。"
)
SCHEMA_PATTERN = VALUES.error(
    "V306", "格式不对", "“{header}”应{expected}，现在填的是“{value}”。请改正。"
)
SCHEMA_OTHER = VALUES.error(
    "V307", "不合填报规则", "“{header}”应{expected}，现在填的是“{value}”。请核对。"
)


# --- Every finding of 汇总, where several files meet --------------------------------------------

CONSOLIDATION = Catalogue("C")

PERIOD_CLOSED = CONSOLIDATION.error(
    "C101",
    "数据期已封账",
    "{period}已经封账，这份文件没有收入台账。确需更正的，"
    "请说明理由后按“更正”补录（--as-revision）。",
)
NOT_CONSOLIDATED = CONSOLIDATION.error(
    "C102",
    "不知道是谁的、哪一期的",
    "看不出这份文件的填报单位或数据期，没有收入台账。请用下发的模板填报。",
)
SAVED_AT_ONCE = CONSOLIDATION.warning(
    "C103",
    "分不出先后的两份文件",
    "与“{other}”都是{agency} {period}的填报表，看不出哪份在后，"
    "已按“{value}”计，另一份留底。请核对；不对时请重报正确的一份。",
)
TOTAL_DISAGREES = CONSOLIDATION.warning(
    "C104",
    "与下级合计不一致",
    "{code} {name} {agency}报的是 {value}，各{level}合计是 {known}（{parts}）。"
    "两个数都已保留，暂按{agency}的计，请用 qiyx decide 决定采用哪个。",
)


# --- Every finding about 重大项目 and 民生实事 --------------------------------------------------

PROJECTS = Catalogue("V4")

UNKNOWN_PROJECT = PROJECTS.error(
    "V401",
    "清单里没有的项目",
    "清单里没有编码“{value}”的项目、节点或实事。请改回模板里的编码，或换用新下发的模板。",
)
NOT_THEIR_PROJECT = PROJECTS.error(
    "V402",
    "不由本单位负责的项目",
    "“{value} {name}”由{owner}负责填报，不在{agency}的填报范围里。"
    "请删去这一行，或与专班办公室联系。",
)
PROJECT_TWICE = PROJECTS.error(
    "V403",
    "同一项目或节点填了两次",
    "“{value} {name}”在 {other} 已经填过。请只保留一处。",
)
PROJECT_MISSING = PROJECTS.warning(
    "V404",
    "缺少项目",
    "没有找到 {missing}，按未报处理。请在“{table}”表里补填；表里没有的，请换用新下发的模板。",
)
PROJECT_CHANGED = PROJECTS.warning(
    "V405",
    "与清单不一致",
    "{code} {name} 的“{header}”清单里是“{suggestion}”，表里是“{value}”，已按清单的算。"
    "请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。",
)
NOT_A_DAY = PROJECTS.error(
    "V406",
    "不是日期",
    "“{header}”应填完成的那一天，如 2026-06-28，现在填的是“{value}”{meant}。还没有完成的请留空。",
)
DAY_TOLERATED = PROJECTS.warning(
    "V407",
    "日期写法不规范",
    "“{header}”填的是“{value}”，已按 {suggestion} 读取。请核对。",
)
DAY_AFTER_PERIOD = PROJECTS.error(
    "V408",
    "完成日期在数据期以后",
    "{code} {name} 填的是 {value}，在数据期末 {last_day} 以后。"
    "本期还没有完成的请留空，到下期再填；日期填错的请改正。",
)
FAR_OVER_PLAN = PROJECTS.error(
    "V409",
    "远远超过年度计划",
    "{code} {name} 填的是 {value}{measure}，是{what}{planned}{measure}的 {times} 倍以上。"
    "请核对计量单位是不是“{measure}”；数确实没有错的，请专班办公室核对清单里的计划数。",
)
NOT_ASKED = PROJECTS.warning(
    "V410",
    "这一格不用填",
    "{code} {name} 这一行不用填“{header}”，现在填的“{value}”没有读取。请核对是不是填错了行。",
)
