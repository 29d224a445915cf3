"""Every finding code, once: severity, title, wording.

F: the file as a whole. T: template, agency, period, rows. V: a value. P: a plan file.
C: consolidation. ``docs/codes.md`` explains each, with an example; a test holds both together.
"""

from __future__ import annotations

from qiyx_xl.core.findings import FindingKind, Severity

CATALOGUE: dict[str, FindingKind] = {}


def _error(code: str, title: str, wording: str) -> FindingKind:
    return _add(FindingKind(code, Severity.ERROR, title, wording))


def _warning(code: str, title: str, wording: str) -> FindingKind:
    return _add(FindingKind(code, Severity.WARNING, title, wording))


def _add(kind: FindingKind) -> FindingKind:
    if kind.code in CATALOGUE:
        raise ValueError(f"duplicate finding code {kind.code}")
    CATALOGUE[kind.code] = kind
    return kind


# --- F0: passed over, never opened ------------------------------------------------------------

LOCK_FILE = _warning(
    "F001",
    "Excel 的临时文件",
    "这是 Excel 打开文件时留下的临时文件，已跳过。请关闭 Excel 或 WPS，报送同名的正式文件。",
)
TILDE_NAME = _warning(
    "F002",
    "文件名以 ~$ 开头",
    "文件名以“~$”开头，按临时文件跳过，但里面像是一份工作簿。"
    "如确是报表，请去掉文件名开头的“~$”再报。",
)
SYMLINK = _warning(
    "F003",
    "快捷方式或链接",
    "这是指向别处的链接，已跳过。请把文件本身放进来再报。",
)
NOT_A_SPREADSHEET = _warning(
    "F004",
    "不是电子表格",
    "不是电子表格，已跳过。请报送 .xlsx、.xlsm 或 .xls 文件。",
)
EMPTY_ARCHIVE = _warning(
    "F005",
    "压缩包里没有工作簿",
    "压缩包打不开，或里面没有工作簿，已跳过。请重新压缩，或直接报送工作簿。",
)

# --- F1: cannot be opened safely --------------------------------------------------------------

EMPTY_FILE = _error(
    "F101",
    "空文件",
    "文件是空的（0 字节），可能没有传完。请重新导出或重新发送。",
)
ENCRYPTED = _error(
    "F102",
    "设了打开密码",
    "文件设了打开密码。请在 Excel 或 WPS 中取消密码，保存后再报。",
)
WEB_PAGE = _error(
    "F103",
    "网页改了后缀",
    "文件其实是网页，只是后缀写成了 {suffix}。请用 Excel 或 WPS 打开，另存为 .xlsx 后再报。",
)
PLAIN_TEXT = _error(
    "F104",
    "文本改了后缀",
    "文件其实是文本（如 csv），只是后缀写成了 {suffix}。"
    "请用 Excel 或 WPS 打开，另存为 .xlsx 后再报。",
)
NOT_A_WORKBOOK = _error(
    "F105",
    "不是工作簿",
    "文件内容不是 Excel 工作簿。请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再报。",
)
DAMAGED = _error(
    "F106",
    "文件损坏",
    "文件不完整或已损坏（{detail}）。请用 Excel 或 WPS 打开原件，另存为 .xlsx 后再报。",
)
ZIP_BOMB = _error(
    "F107",
    "解压后过大",
    "文件解压后过大（{detail}），为安全起见没有打开。请把数据粘贴到新下发的模板后再报。",
)
DUPLICATE_PART = _error(
    "F108",
    "内部部件重复",
    "文件内部有两个同名部件（{detail}），不同软件会读出不同的数。"
    "请用 Excel 或 WPS 另存为 .xlsx 后再报。",
)
UNSAFE_PART_NAME = _error(
    "F109",
    "内部路径越界",
    "文件内部有指向文件之外的路径（{detail}），为安全起见没有打开。"
    "请把数据粘贴到新下发的模板后再报。",
)
ENTITIES = _error(
    "F110",
    "内含实体声明",
    "文件内部带有 Excel 从不使用的实体声明（{detail}），为安全起见没有打开。"
    "请把数据粘贴到新下发的模板后再报。",
)
OUTSIDE_GRID = _error(
    "F111",
    "单元格超出表格范围",
    "工作表里有超出 Excel 范围的单元格“{detail}”。请把数据粘贴到新下发的模板后再报。",
)
FAR_CELL = _error(
    "F112",
    "远处有多余内容",
    "工作表一直用到了第 {rows} 行、第 {columns} 列，远远超出填报表。"
    "请删除表格以外的内容（选中多余的行和列，右键删除），保存后再报。",
)
TOO_MANY_CELLS = _error(
    "F113",
    "单元格过多",
    "工作表里有 {count} 个以上的单元格，不像填报表。请只保留填报表，删去其他数据后再报。",
)
BROKE_OFF = _error(
    "F114",
    "读取时中断",
    "读取这份文件时程序异常中断，已跳过它，其他文件不受影响。"
    "请用 Excel 或 WPS 打开，另存为 .xlsx 后再报。",
)
TIMED_OUT = _error(
    "F115",
    "读取超时",
    "读取这份文件超过 {seconds} 秒，已停止，其他文件不受影响。"
    "请删去多余的工作表和空白行列，另存为 .xlsx 后再报。",
)
CANNOT_OPEN = _error(
    "F116",
    "打不开",
    "打不开这份文件（{detail}）。请关闭正在使用它的 Excel 或 WPS，并确认有读取权限，再试一次。",
)
TOO_BIG = _error(
    "F117",
    "文件过大",
    "文件有 {size} MB，超过 {limit} MB，不像填报表。请删去图片和多余的工作表后再报。",
)
OLD_DOCUMENT = _error(
    "F118",
    "不是表格的旧格式文档",
    "文件是旧格式的 Office 文档，但里面没有工作簿。"
    "请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再报。",
)
CELL_TWICE = _error(
    "F119",
    "同一单元格出现两次",
    "单元格 {detail} 在文件里写了两次，不同软件会读出不同的数。"
    "请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再报。",
)

# --- F2: opened, with something to know -------------------------------------------------------

MACROS = _warning(
    "F201",
    "带有宏",
    "文件里带有宏，没有运行，只读取了数。下次请另存为 .xlsx 再报。",
)
EXTERNAL_LINKS = _warning(
    "F202",
    "链接到别的文件",
    "文件里有指向其他文件的链接，只读取了保存时的数。请选择性粘贴为数值后再报。",
)
DDE = _warning(
    "F203",
    "带有动态数据交换",
    "文件里有动态数据交换（DDE）链接，没有运行。请删去后再报。",
)
EMBEDDED = _warning(
    "F204",
    "嵌入了其他文件",
    "文件里嵌入了其他文件或控件，没有打开它们。附件请另行报送。",
)
ROWS_OUT_OF_ORDER = _warning(
    "F205",
    "内部行序颠倒",
    "文件内部的行没有按顺序存放，已按行号读取。请用 Excel 或 WPS 打开核对一遍。",
)
OLD_FORMAT = _warning(
    "F206",
    "旧的 .xls 格式",
    "文件是旧的 .xls 格式：查不到公式、隐藏行和百分比格式，已按所存的数读取。下次请另存为 .xlsx。",
)
SAME_FILE_TWICE = _warning(
    "F207",
    "同一份文件报了两次",
    "与“{other}”内容完全相同，只计一次。",
)
TWO_VERSIONS = _error(
    "F208",
    "同一单位同一期有两份不同的文件",
    "与“{other}”都是{agency} {period}的填报表，但内容不同。请只保留正确的一份再报。",
)

# --- T: template, agency, period --------------------------------------------------------------

NO_FORM = _error(
    "T101",
    "找不到填报表",
    "没有找到填报表：每张工作表都没有“{headers}”这些表头。请把数填进下发的模板再报。",
)
MISSING_HEADER = _error(
    "T102",
    "缺少表头",
    "找到了填报表，但缺少“{header}”这一列。请补上这一列的表头和内容。",
)
UNKNOWN_HEADER = _warning(
    "T103",
    "不认识的表头",
    "不认识表头“{value}”，这一列没有读取。如果是模板里的列改了名，请改回原来的名称。",
)
REPEATED_HEADER = _error(
    "T104",
    "表头重复",
    "“{header}”这一列出现了两次（{first} 和 {second}），不知道以哪一列为准。请只保留一列。",
)
NOT_OUR_TEMPLATE = _warning(
    "T105",
    "没有用下发的模板",
    "这份文件不是下发的模板，已按表头识别读取。请核对结果，下次请用下发的模板填报。",
)
TEMPLATE_VERSION = _error(
    "T106",
    "模板版本不对",
    "模板版本是“{value}”，现在用的是“{expected}”。请换用新下发的模板填报。",
)
PLAN_VERSION = _error(
    "T107",
    "方案版本不对",
    "模板依据的方案是“{value}”，现在用的是“{expected}”。请换用新下发的模板填报。",
)
AGENCY_MISSING = _error(
    "T108",
    "没有填报单位",
    "看不出是哪个单位填报的。请在表头下方写明“填报单位：……”。",
)
AGENCY_UNKNOWN = _error(
    "T109",
    "单位不在名单里",
    "填报单位“{value}”不在方案的单位名单里。请写单位全称{hint}。",
)
AGENCY_CHANGED = _error(
    "T110",
    "填报单位前后不一致",
    "表内写的填报单位是“{value}”，但这份模板是发给“{expected}”的。请用本单位的模板填报。",
)
AGENCY_IN_NAME = _warning(
    "T111",
    "文件名与填报单位不一致",
    "文件名写的是“{value}”，表内是“{expected}”，已按表内的算。请核对有没有发错文件。",
)
PERIOD_MISSING = _error(
    "T112",
    "没有数据期",
    "看不出是哪一期的数。请在表头下方写明“数据期：……”，如“数据期：{example}”。",
)
PERIOD_UNREADABLE = _error(
    "T113",
    "看不懂数据期",
    "看不懂数据期“{value}”。请写成 2026年三季度、2026年9月 或 2026年。",
)
WRONG_PERIOD = _error(
    "T114",
    "数据期不对",
    "这份表是{value}的，现在收的是{expected}。请换用{expected}的模板填报。",
)
PERIOD_CHANGED = _error(
    "T115",
    "数据期前后不一致",
    "表内写的数据期是“{value}”，但这份模板是{expected}的。请用对应数据期的模板填报。",
)
AGENCY_FROM_TITLE = _warning(
    "T116",
    "按标题认出的单位",
    "表里没有写明填报单位，已按标题认作{agency}。请核对；下次请在表头下方写明“填报单位：{agency}”。",
)
UNKNOWN_CODE = _error(
    "T121",
    "不认识的指标编码",
    "方案里没有编码“{value}”。请改回模板里的编码。",
)
NOT_THEIR_ITEM = _error(
    "T122",
    "不由本单位填报",
    "“{value} {name}”由{owner}填报，不在{agency}的填报范围里。请删去这一行，或与专班办公室联系。",
)
REPEATED_CODE = _error(
    "T123",
    "同一指标填了两次",
    "“{value} {name}”在 {other} 已经填过，两处的数不一样。请只保留一处。",
)
REPEATED_ROW = _warning(
    "T124",
    "同一指标重复一行",
    "“{value} {name}”在 {other} 已经填过，两处相同，只计一次。请删去多余的一行。",
)
MISSING_ROW = _error(
    "T125",
    "缺少一行",
    "缺少“{code} {name}”这一行。请从模板里补回这一行并填写。",
)
MISSING_ITEM = _warning(
    "T126",
    "缺少一项",
    "没有找到“{code} {name}”，按未报处理。请补报。",
)
CODE_FROM_NAME = _warning(
    "T127",
    "按名称认出的指标",
    "这一行没有编码，已按名称认作“{code} {name}”。请补上编码。",
)
ROW_WITHOUT_CODE = _error(
    "T128",
    "这一行不知道是哪个指标",
    "这一行填了“{value}”，但没有指标编码，名称也对不上。请补上模板里的编码，或删去这一行。",
)
CLAIMED_TWICE = _warning(
    "T129",
    "由别的单位填报的指标",
    "“{value} {name}”由{owner}填报，{agency}也报了，已一并收下。"
    "两个单位的数不一样时，由专班办公室决定采用哪个。请与{owner}核对。",
)
NAME_CHANGED = _error(
    "T131",
    "指标名称被改",
    "编码 {code} 的名称应为“{suggestion}”，"
    "现在是“{value}”。请改回，并核对这一行填的是不是这个指标的数。",
)
TARGET_CHANGED = _error(
    "T132",
    "目标值被改",
    "{code} {name} 的目标值应为“{suggestion}”，现在是“{value}”。目标值不能改，请改回。",
)
MEASURE_CHANGED = _error(
    "T133",
    "计量单位被改",
    "{code} {name} 的计量单位应为“{suggestion}”，现在是“{value}”。请改回，并按“{suggestion}”填数。",
)
LAST_CHANGED = _warning(
    "T134",
    "上期值与台账不一致",
    "{code} {name} 的上期值台账里是 {suggestion}，现在是“{value}”，已按台账的算。"
    "上期数要更正的，请另行说明。",
)
MERGED_VALUE = _error(
    "T135",
    "数据格被合并",
    "{cell_range} 合并成了一格，分不清是哪几个指标的数。请取消合并，逐行填写。",
)
HIDDEN_ROW = _warning(
    "T136",
    "行或列被隐藏",
    "这一格在隐藏的行或列里，填的“{value}”照常读取。请取消隐藏核对一遍。",
)
HIDDEN_SHEET = _warning(
    "T137",
    "填报表被隐藏",
    "填报表所在的工作表“{value}”被隐藏了，照常读取。请取消隐藏核对一遍。",
)
SECOND_TABLE = _warning(
    "T138",
    "有第二张填报表",
    "除“{first}”外，工作表“{value}”里也有一张填报表，没有读取。请只保留一张。",
)
SECOND_TABLE_DIFFERS = _error(
    "T139",
    "两张填报表的数不一样",
    "工作表“{first}”和“{value}”里都有填报表，而且数不一样。请只保留正确的一张。",
)
CONTACT_MISSING = _warning(
    "T141",
    "没有填报人或联系电话",
    "没有填“{missing}”。请在表下方补上，便于核对数据。",
)
FORM_EMPTY = _error(
    "T142",
    "整张表没有填",
    "这张表还没有填：本期应报的 {count} 项都是空的。请填好后再报。",
)

# --- V1: what stands in a cell ----------------------------------------------------------------

NOT_FILLED = _warning(
    "V101",
    "本期应报未填",
    "{code} {name} 本期应报，还没有填。请补填；确实没有的，请写“不适用”并说明。",
)
TOLERATED = _warning(
    "V102",
    "写法不规范",
    "“{header}”填的是“{value}”（{notes}），已按 {suggestion} 读取。请核对。",
)
NOT_A_NUMBER = _error(
    "V103",
    "不是数字",
    "“{header}”应只填数字，现在填的是“{value}”。请改为{hint}。",
)
UNIT_IN_NUMBER = _error(
    "V104",
    "数值里带单位",
    "“{header}”应只填数字，现在填的是“{value}”。请改为 {suggestion}，不要带单位。",
)
NOT_EXACT = _error(
    "V105",
    "不是确数",
    "“{header}”应填确数，现在填的是“{value}”。请核实后填写；"
    "如果确数就是 {suggestion}，请改为 {suggestion}。",
)
OTHER_MEASURE = _error(
    "V106",
    "计量单位对不上",
    "“{header}”的计量单位是“{measure}”，现在填的是“{value}”。请换算成“{measure}”，只填数字。",
)
DATE_IN_NUMBER = _error(
    "V107",
    "数值格里是日期",
    "“{header}”应填数字，现在是日期“{value}”。请把单元格格式改为“数值”，重新填写。",
)
BOOLEAN_IN_NUMBER = _error(
    "V108",
    "数值格里是 TRUE/FALSE",
    "“{header}”应填数字，现在是“{value}”。请重新填写。",
)
ERROR_CELL = _error(
    "V109",
    "公式出错",
    "“{header}”的公式结果是错误值 {value}。请改正公式，或直接填数字。",
)
NO_CACHED_VALUE = _error(
    "V110",
    "公式没有结果",
    "“{header}”是公式，但文件里没有存下结果。请用 Excel 或 WPS 打开，保存后再报，或直接填数字。",
)
FORMULA = _warning(
    "V111",
    "由公式得出",
    "“{header}”是公式，已按保存时的结果 {value} 读取。请核对，最好粘贴为数值。",
)
TOO_MANY_DIGITS = _error(
    "V112",
    "数字过长",
    "“{header}”里的“{value}”超过 15 位，"
    "Excel 存不下这么长的数。请核对是否把编号、证件号或电话填进了数值格。",
)
WORD_FOR_NUMBER = _error(
    "V113",
    "应填数字而不是文字",
    "“{header}”应填数字，现在填的是“{value}”。请改为 {suggestion}。",
)
DASH = _warning(
    "V114",
    "用符号代替空白",
    "“{header}”填的是“{value}”，按没有填处理。没有数请留空；不适用请写“不适用”；是零请填 0。",
)
NONE_IS_AMBIGUOUS = _error(
    "V115",
    "“无”的意思不清楚",
    "“{header}”填的是“{value}”，分不清是零还是没有数。"
    "是零请填 0；不适用请写“不适用”；还没有数请留空。",
)
PERCENT_FORMAT = _warning(
    "V116",
    "百分比格式",
    "“{header}”是百分比格式，显示为 {value}，已按 {suggestion} 读取。请核对。",
)
MILESTONE_WORD = _error(
    "V117",
    "完成情况写法不对",
    "“{header}”请从“{choices}”中选一个，现在填的是“{value}”{meant}。还没有开始的请留空。",
)

# --- V2: what a value says --------------------------------------------------------------------

NEGATIVE = _error(
    "V201",
    "出现负数",
    "“{header}”不应是负数，现在是 {value}。请核对。",
)
OVER_HUNDRED = _error(
    "V202",
    "占比超过 100%",
    "“{header}”是占比，不应超过 100，现在是 {value}。请核对分子和分母。",
)
MAGNITUDE = _error(
    "V203",
    "数量级可疑",
    "{code} {name} 填的是 {value}，{reason}。"
    "请按“{measure}”核对；如果确是 {value}，请在“情况说明”写明，并请专班办公室确认。",
)
CUMULATIVE_FELL = _error(
    "V205",
    "累计数比上期少",
    "{code} {name} 是累计数，上期（{period}）已报 {known}，本期填的是 {value}，不应减少。"
    "请核对是否只填了当期新增；上期数要更正的，请另行说明。",
)
SECOND_MISSING = _error(
    "V206",
    "缺少补充值",
    "{code} {name} 填了 {value}，还要填“{second}”。请在“{header}”补上。",
)
MORE_THAN_WHOLE = _error(
    "V207",
    "部分大于总数",
    "{code} {name} 填的是 {value}，超过了{second} {known}。请核对两个数。",
)
RED_WITHOUT_REMARK = _error(
    "V208",
    "红灯没有说明",
    "{code} {name} 本期为红灯（{reason}），请在“{header}”写明原因和下一步措施。",
)
YEARLY_EARLY = _warning(
    "V209",
    "年报指标提前报送",
    "{code} {name} 是年报指标，{period}不必报。已读取，到年底请报全年数。",
)
GOAL_DISAGREES = _error(
    "V210",
    "与对应指标的数不一致",
    "{code} {name} 与指标 {other} 是同一个数，"
    "指标处填的是 {known}，这里填的是 {value}。请核对后填成一致，或把这里留空。",
)
STALE_FILE = _warning(
    "V211",
    "比已收的文件旧",
    "这份文件最后保存于 {value}，早于已经收下的那份（{known}）。请核对有没有发错旧文件。",
)
STREET_SUM = _warning(
    "V212",
    "与各街道合计不一致",
    "{code} {name} 填的是 {value}，各街道合计是 {known}。请与街道核对。",
)
NEARLY_COVERED = _warning(
    "V213",
    "“基本全覆盖”不是确数",
    "{code} {name} 填的是“{value}”，无法判定是否达标，先按待核处理。请补填已覆盖人数和应覆盖人数。",
)
SELF_REPORTED_COVERAGE = _warning(
    "V214",
    "全覆盖没有人数",
    "{code} {name} 填的是“{value}”，没有人数可核。请在“{second}”补填应覆盖人数，并填已覆盖人数。",
)
SECOND_NOT_ASKED = _warning(
    "V215",
    "不需要补充值",
    "{code} {name} 不需要填“{header}”，现在填的“{value}”没有读取。请核对是不是填错了行。",
)

QUOTIENT_DISAGREES = _error(
    "V216",
    "占比与分子、分母不符",
    "{code} {name} 填的是 {value}，按分子 {numerator}、分母 {denominator} 计算是 {suggestion}。"
    "请核对这三个数。",
)

# --- V3: rules written in the schema ----------------------------------------------------------

SCHEMA_REQUIRED = _error("V301", "必填项未填", "“{header}”必须填写。请补填。")
SCHEMA_TYPE = _error(
    "V302", "填写类型不对", "“{header}”应{expected}，现在填的是“{value}”。请改正。"
)
SCHEMA_CHOICE = _error(
    "V303", "不在可选范围", "“{header}”应{expected}，现在填的是“{value}”。请改正。"
)
SCHEMA_RANGE = _error("V304", "超出范围", "“{header}”应{expected}，现在填的是“{value}”。请核对。")
SCHEMA_LENGTH = _error("V305", "字数不对", "“{header}”应{expected}，现在有 {length} 个字。请修改。")
SCHEMA_PATTERN = _error("V306", "格式不对", "“{header}”应{expected}，现在填的是“{value}”。请改正。")
SCHEMA_OTHER = _error(
    "V307", "不合填报规则", "“{header}”应{expected}，现在填的是“{value}”。请核对。"
)

# --- V4: 重大项目 and 民生实事 ------------------------------------------------------------------

UNKNOWN_PROJECT = _error(
    "V401",
    "清单里没有的项目",
    "清单里没有编码“{value}”的项目、节点或实事。请改回模板里的编码，或换用新下发的模板。",
)
NOT_THEIR_PROJECT = _error(
    "V402",
    "不由本单位负责的项目",
    "“{value} {name}”由{owner}负责填报，不在{agency}的填报范围里。"
    "请删去这一行，或与专班办公室联系。",
)
PROJECT_TWICE = _error(
    "V403",
    "同一项目或节点填了两次",
    "“{value} {name}”在 {other} 已经填过。请只保留一处。",
)
PROJECT_MISSING = _warning(
    "V404",
    "缺少项目",
    "没有找到 {missing}，按未报处理。请在“{table}”表里补填；表里没有的，请换用新下发的模板。",
)
PROJECT_CHANGED = _warning(
    "V405",
    "与清单不一致",
    "{code} {name} 的“{header}”清单里是“{suggestion}”，表里是“{value}”，已按清单的算。"
    "请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。",
)
NOT_A_DAY = _error(
    "V406",
    "不是日期",
    "“{header}”应填完成的那一天，如 2026-06-28，现在填的是“{value}”{meant}。还没有完成的请留空。",
)
DAY_TOLERATED = _warning(
    "V407",
    "日期写法不规范",
    "“{header}”填的是“{value}”，已按 {suggestion} 读取。请核对。",
)
DAY_AFTER_PERIOD = _error(
    "V408",
    "完成日期在数据期以后",
    "{code} {name} 填的是 {value}，在数据期末 {last_day} 以后。"
    "本期还没有完成的请留空，到下期再填；日期填错的请改正。",
)
FAR_OVER_PLAN = _error(
    "V409",
    "远远超过年度计划",
    "{code} {name} 填的是 {value}{measure}，是{what}{planned}{measure}的 {times} 倍以上。"
    "请核对计量单位是不是“{measure}”；数确实没有错的，请专班办公室核对清单里的计划数。",
)
NOT_ASKED = _warning(
    "V410",
    "这一格不用填",
    "{code} {name} 这一行不用填“{header}”，现在填的“{value}”没有读取。请核对是不是填错了行。",
)

# --- C: consolidation -------------------------------------------------------------------------

PERIOD_CLOSED = _error(
    "C101",
    "数据期已封账",
    "{period}已经封账，这份文件没有收入台账。确需更正的，"
    "请说明理由后按“更正”补录（--as-revision）。",
)
NOT_CONSOLIDATED = _error(
    "C102",
    "不知道是谁的、哪一期的",
    "看不出这份文件的填报单位或数据期，没有收入台账。请用下发的模板填报。",
)
SAVED_AT_ONCE = _warning(
    "C103",
    "分不出先后的两份文件",
    "与“{other}”都是{agency} {period}的填报表，看不出哪份在后，"
    "已按“{value}”计，另一份留底。请核对；不对时请重报正确的一份。",
)
TOTAL_DISAGREES = _warning(
    "C104",
    "与各街道合计不一致",
    "{code} {name} {agency}报的是 {value}，各街道合计是 {known}（{parts}）。"
    "两个数都已保留，暂按{agency}的计，请用 qiyx decide 决定采用哪个。",
)
