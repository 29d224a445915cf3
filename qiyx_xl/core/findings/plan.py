"""Which findings can a plan file get? P1: the file, P2: its shape, P3: its content, P4: its cells.

``docs/plan.md`` explains each code; a test keeps the two in step. ``{header}`` is the place as
people read it: 指标9 · 2024年目标.
"""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue

PLAN_CATALOGUE = Catalogue("P")

# --- P1: the file -----------------------------------------------------------------------------

NOT_FOUND = PLAN_CATALOGUE.error(
    "P101",
    "找不到方案文件",
    "找不到方案文件“{value}”。请检查文件名和所在文件夹；不指定文件时用自带的方案。",
)
NOT_READABLE = PLAN_CATALOGUE.error(
    "P102",
    "打不开方案文件",
    "打不开方案文件“{value}”。请确认它是一个文件、没有被别的程序占用、您有权读取，然后重试。",
)
TOO_LARGE = PLAN_CATALOGUE.error(
    "P103",
    "文件过大",
    "方案文件有 {value}，超过 {limit}，不像是方案文件。请检查是否选错了文件。",
)
NOT_UTF8 = PLAN_CATALOGUE.error(
    "P104",
    "编码不是 UTF-8",
    "方案文件不是 UTF-8 编码，像是 {value}。请用记事本打开，“另存为”时把编码选为 UTF-8 再试。",
)
BYTE_ORDER_MARK = PLAN_CATALOGUE.warning(
    "P105",
    "开头有 BOM 标记",
    "文件开头有 BOM 标记，已忽略。请另存为不带 BOM 的 UTF-8，以免别的程序读不了。",
)
NOT_JSON = PLAN_CATALOGUE.error(
    "P106",
    "不是合法的 JSON",
    "第 {line} 行第 {column} 个字符处读不懂。请检查这里和前一行有没有漏掉或多出逗号、引号、括号。",
)
TOO_MUCH = PLAN_CATALOGUE.error(
    "P107",
    "嵌套过深或内容过多",
    "方案文件嵌套超过 {depth} 层或内容超过 {nodes} 项，不像是方案文件。请以自带的方案为样本改写。",
)
WRITTEN_TWICE = PLAN_CATALOGUE.error(
    "P108",
    "同一项写了两次",
    "{header}：“{value}”写了两次，不知以哪个为准。请只保留一个。",
)
BAD_NUMBER = PLAN_CATALOGUE.error(
    "P109",
    "数字写法不能用",
    "“{value}”不是能用的数字。请写成普通的十进制数，如 4.5，不超过 15 位。",
)
BAD_TEXT = PLAN_CATALOGUE.error(
    "P110",
    "文字残缺或含控制字符",
    "{header}：文字中有残缺或不可见的字符。请删掉后重新输入。",
)
EMPTY = PLAN_CATALOGUE.error(
    "P111",
    "文件是空的",
    "方案文件里没有内容。请检查是否选错了文件，或重新保存后再试。",
)

WORKBOOK_UNREADABLE = PLAN_CATALOGUE.error(
    "P112",
    "方案工作簿读不了",
    "方案工作簿“{value}”读不了：{detail}。请另存为 .xlsx，或用 qiyx plan export 重新导出一本再改。",
)

# --- P2: the shape ----------------------------------------------------------------------------

MISSING_FIELD = PLAN_CATALOGUE.error("P201", "缺少一项", "{header}：缺少“{value}”。请补上。")
WRONG_TYPE = PLAN_CATALOGUE.error(
    "P202",
    "填的类型不对",
    "{header}：这里应填{wanted}，现在是“{value}”。请改正。",
)
UNKNOWN_WORD = PLAN_CATALOGUE.error(
    "P203",
    "不认识的写法",
    "{header}：不认识“{value}”。请从这些写法中选一个：{choices}。",
)
UNKNOWN_FIELD = PLAN_CATALOGUE.error(
    "P204",
    "多出的一项",
    "{header}：不认识“{value}”这一项。请删去，或对照说明改成正确的写法。",
)
OUT_OF_SHAPE = PLAN_CATALOGUE.error(
    "P205",
    "不合格式",
    "{header}：“{value}”不合格式，应为{wanted}。请改正。",
)
UNKNOWN_DIRECTION = PLAN_CATALOGUE.error(
    "P206",
    "不认识的方向",
    "{header}：不认识“{value}”，无法判断高好还是低好。请从这些写法中选一个：{choices}。",
)
BAD_DATE = PLAN_CATALOGUE.error(
    "P207",
    "日期不存在",
    "{header}：“{value}”不是一个日期。请写成 2025-12-31 的样子。",
)

# --- P3: the content --------------------------------------------------------------------------

YEARS_BROKEN = PLAN_CATALOGUE.error(
    "P301",
    "规划年份不连续",
    "{header}：年份应从早到晚、逐年相连，现在是“{value}”。请改正。",
)
YEAR_OUTSIDE = PLAN_CATALOGUE.error(
    "P302",
    "年份不在规划期内",
    "{header}：{value} 年不在规划期 {first}—{last} 年内。请改成规划期内的年份，或删去。",
)
YEAR_MISSING = PLAN_CATALOGUE.warning(
    "P303",
    "缺一年的目标",
    "{header}：没有 {value} 年的目标。请补上；文件确实没有定的，该年将显示“未定目标”。",
)
TARGET_UNREADABLE = PLAN_CATALOGUE.error(
    "P304",
    "目标读不懂",
    "{header}：目标“{value}”读不出数值。请照文件改成“32”“≥32”“32以上”“全覆盖”这样的写法。",
)
PRINTED_DISAGREES = PLAN_CATALOGUE.error(
    "P305",
    "原文与登记的目标不一致",
    "{header}：原文“{value}”应读作 {suggestion}，登记的却是 {recorded}。请对照文件改成一致。",
)
PRINTED_MEASURE = PLAN_CATALOGUE.error(
    "P306",
    "原文的计量单位换算不了",
    "{header}：原文“{value}”的计量单位换算不成“{measure}”。请核对计量单位。",
)
CODE_TWICE = PLAN_CATALOGUE.error(
    "P307",
    "编号重复",
    "{header}：编号“{value}”已经用过。请给它一个不重复的编号。",
)
NUMBER_MISSING = PLAN_CATALOGUE.warning(
    "P308",
    "序号有空号",
    "{header}：序号编到 {last}，没有 {value}。已取消的项可以空着号；漏写的请补上。",
)
NAME_TWICE = PLAN_CATALOGUE.warning(
    "P309",
    "名称重复",
    "{header}：名称“{value}”与{other}相同。请核对是否同一项；是同一项的，请注明重复的指标。",
)
STEP_BACKWARDS = PLAN_CATALOGUE.warning(
    "P310",
    "目标比上年倒退",
    "{header}：{direction}指标的目标 {value} 比 {year} 年的 {before} 差。请对照文件核对。",
)
CUMULATIVE_FALLS = PLAN_CATALOGUE.error(
    "P311",
    "累计目标回落",
    "{header}：累计数的目标 {value} 小于 {year} 年的 {before}。累计数不会减少，请对照文件改正。",
)
TABLE_AND_TEXT = PLAN_CATALOGUE.warning(
    "P312",
    "表与正文不一致",
    "{header}：正文的目标是 {value}，表中指标{indicator}的 {year} 年目标是 {recorded}。"
    "默认以表为准，请对照文件核对；文件本身不一致的，请登记为待确认问题。",
)
TABLE_AND_TEXT_SIGN = PLAN_CATALOGUE.warning(
    "P313",
    "表与正文的比较符不一致",
    "{header}：正文的目标是 {value}，表中指标{indicator}的 {year} 年目标是 {recorded}，"
    "数值相同而比较符不同。请核对；文件本身如此的，请登记为待确认问题。",
)
MEASURES_DIFFER = PLAN_CATALOGUE.error(
    "P314",
    "重复项的计量单位换算不了",
    "{header}：“{value}”与指标{indicator}的“{measure}”不是同一类计量单位。请核对是否同一项。",
)
REPEATS_NOTHING = PLAN_CATALOGUE.error(
    "P315",
    "重复的指标不存在",
    "{header}：表中没有指标“{value}”。请改成表中已有的序号，或删去。",
)
UNKNOWN_AGENCY = PLAN_CATALOGUE.error(
    "P316",
    "单位不在名录里",
    "{header}：单位“{value}”不在单位名录里。请改成名录里的名称，或把它加进名录。",
)
UNKNOWN_DOMAIN = PLAN_CATALOGUE.error(
    "P317",
    "领域不在领域表里",
    "{header}：领域“{value}”不在领域表里。请改成领域表里的名称。",
)
LEAD_DIFFERS = PLAN_CATALOGUE.warning(
    "P318",
    "牵头单位与领域的不同",
    "{header}：“{value}”不是“{domain}”领域的牵头单位{lead}。请核对；如另有人填报，请改填责任单位。",
)
LISTED_TWICE = PLAN_CATALOGUE.error(
    "P319",
    "名录里写了两次",
    "{header}：“{value}”已经列过。请只保留一个。",
)
DEADLINE_OUTSIDE = PLAN_CATALOGUE.error(
    "P320",
    "期限不在规划期内",
    "{header}：{value} 不在规划期 {first}—{last} 年内。请对照文件改正。",
)
DUE_MISSING = PLAN_CATALOGUE.error(
    "P321",
    "节点指标没有到期日",
    "{header}：按节点判断的指标要有到期日。请补上，如 2025-12-31。",
)
RULE_MISFIT = PLAN_CATALOGUE.error(
    "P322",
    "判灯规则用不上",
    "{header}：{reason}，不能用“{value}”。请改成{suggestion}。",
)
COMPARATOR_MISFIT = PLAN_CATALOGUE.error(
    "P323",
    "比较符与方向相反",
    "{header}：{direction}指标的比较符不应是“{value}”。请核对方向和比较符，改正其中一个。",
)
OVER_HUNDRED = PLAN_CATALOGUE.error(
    "P324",
    "百分比目标超过100",
    "{header}：目标 {value}% 超过100。请核对；确可超过100的，请注明可超过100。",
)
NEGATIVE_TARGET = PLAN_CATALOGUE.error(
    "P325", "目标是负数", "{header}：目标 {value} 小于 0。请对照文件改正。"
)
UNKNOWN_ITEM = PLAN_CATALOGUE.error(
    "P326",
    "涉及的项不存在",
    "{header}：方案里没有编号“{value}”。请改成已有的编号，或删去。",
)
CLAUSE_MISFIT = PLAN_CATALOGUE.warning(
    "P327",
    "出处与编号对不上",
    "{header}：编号“{code}”对应的出处应是“{suggestion}”，现在是“{value}”。请核对。",
)
SECOND_INPUT_MISFIT = PLAN_CATALOGUE.error(
    "P328",
    "补充项不对",
    "{header}：{reason}，要另填{suggestion}。请把补充项改成它。",
)
BASELINE_UNDATED = PLAN_CATALOGUE.warning(
    "P329",
    "基期日期没有基期值",
    "{header}：填了基期日期，却没有基期值。请补上基期值，或删去日期。",
)
PARTS_MISSING = PLAN_CATALOGUE.error(
    "P330",
    "没有写分子和分母",
    "{header}：各下级单位报分子和分母的（ratio_of_sums），要写明分子、分母和计量单位。"
    "请补上“分子和分母”，或改汇总方式。",
)
PARTS_UNUSED = PLAN_CATALOGUE.warning(
    "P331",
    "分子和分母用不上",
    "{header}：汇总方式是“{value}”，用不到分子和分母。请改汇总方式，或删去分子和分母。",
)
ID_TWICE = PLAN_CATALOGUE.error(
    "P332",
    "固定编号重复",
    "{header}：固定编号“{value}”已经是{other}的，数会记混。请给它另一个固定编号。",
)
UNKNOWN_LEVEL = PLAN_CATALOGUE.error(
    "P333",
    "层级不在层级表里",
    "{header}：层级表里没有“{value}”。请改成其中一个：{choices}。",
)
EARLIER_NAME_TAKEN = PLAN_CATALOGUE.error(
    "P334",
    "曾用名是别的单位的",
    "{header}：“{value}”是{other}的名称，用它报来的数分不清是谁的。请删去这个曾用名，或改正。",
)
SEVERAL_NAMES = PLAN_CATALOGUE.warning(
    "P335",
    "曾用名像是几个名称",
    "{header}：“{value}”像是几个名称写在一起。请分开，一个名称一条（工作簿里一行一个）。",
)

START_AFTER_DUE = PLAN_CATALOGUE.error(
    "P336",
    "开始晚于到期",
    "{header}：开始日期 {value} 晚于到期日 {due}。请对照文件改正。",
)
BROKEN_DOWN_TWICE = PLAN_CATALOGUE.error(
    "P337",
    "同一个目标分解了两次",
    "{header}：“{value}”给{agency}的{year}目标已经分解过。请只保留一个。",
)
NO_TARGET_TO_BREAK_DOWN = PLAN_CATALOGUE.error(
    "P338",
    "没有可分解的目标",
    "{header}：{reason}。请改成有目标的项和年份，或删去。",
)
SHARE_OF_THE_REPORTER = PLAN_CATALOGUE.error(
    "P345",
    "分解给了填报单位自己",
    "{header}：“{value}”是这一项的填报单位，报的是全区的数，不能再分到一份。请删去这一行。",
)
SHARES_DO_NOT_ADD_UP = PLAN_CATALOGUE.warning(
    "P346",
    "分解的目标加起来和全区的不一样",
    "{header}：{year}各单位的目标加起来是 {value}，全区的目标是 {known}。请核对分解是否齐全。",
)

# --- P4: the plan's workbook ------------------------------------------------------------------

SHEET_MISSING = PLAN_CATALOGUE.error(
    "P401",
    "缺一张工作表",
    "方案工作簿里没有“{value}”表。请把它放回来；改了表名的请改回去。",
)
COLUMN_MISSING = PLAN_CATALOGUE.error(
    "P402",
    "缺一列",
    "找不到表头“{value}”。请把这一列放回来；改了表头的请改回“{value}”。",
)
COLUMN_ABSENT = PLAN_CATALOGUE.warning(
    "P403",
    "没有这一列，按空白读",
    "没有“{value}”这一列，都按空白读。误删的请把这一列放回来。",
)
COLUMN_IGNORED = PLAN_CATALOGUE.warning(
    "P404",
    "不认识的列",
    "不认识“{value}”这一列，没有读。写在这里的内容不算方案的一部分；改错了表头的请改回去。",
)
SHEET_IGNORED = PLAN_CATALOGUE.warning(
    "P405",
    "不认识的工作表",
    "不认识“{value}”这张表，没有读。写在这里的内容不算方案的一部分；改错了表名的请改回去。",
)
COLUMN_TWICE = PLAN_CATALOGUE.error(
    "P406",
    "表头重复",
    "“{value}”这一列有两个，不知以哪个为准。请只保留一个。",
)
CELL_ERROR = PLAN_CATALOGUE.error(
    "P407",
    "单元格是错误值",
    "“{header}”这一格显示的是错误值“{value}”。请改成正确的内容。",
)
FORMULA_EMPTY = PLAN_CATALOGUE.error(
    "P408",
    "公式没有算出结果",
    "“{header}”这一格是公式，没有保存计算结果。请在表格软件里打开，重新保存，或直接填内容。",
)
CELLS_MERGED = PLAN_CATALOGUE.warning(
    "P409",
    "合并的单元格",
    "“{header}”有合并的单元格（{value}），每一格都按左上角的“{shown}”读。请核对是不是都一样。",
)
TOO_MANY_ROWS = PLAN_CATALOGUE.error(
    "P410",
    "行数过多",
    "表头下面超过 {limit} 行，不像是方案。请删去多余的行。",
)
READING_UNREADABLE = PLAN_CATALOGUE.error(
    "P411",
    "“读作”读不懂",
    "“{header}”这一格的“{value}”读不懂。请写成 ≥32、<3.5、=0、文字 或 ≥参照值，或清空按原文读。",
)
YEAR_UNREADABLE = PLAN_CATALOGUE.error(
    "P412",
    "年份读不懂",
    "“{header}”这一格的“{value}”读不懂。请写成 {wanted} 的样子。",
)
SHEET_ABSENT = PLAN_CATALOGUE.warning(
    "P413",
    "没有这张表，按空白读",
    "没有“{value}”这张表，按里面什么都没有读。误删的请把它放回来。",
)
IDS_MOVED = PLAN_CATALOGUE.error(
    "P414",
    "固定编号错了位",
    "“{value}”的固定编号本来是 {own}，现在这一行是 {here}，像是排序或粘贴时没有带上隐藏的 A、B 列，"
    "历年的数会记到别的项名下。请撤销那次排序，或重新导出再改。",
)
OLD_NAME_READ = PLAN_CATALOGUE.warning(
    "P415",
    "旧名按新名读",
    "{header}：各表里的“{value}”都按新名“{now}”读。请核对是改名，不是换了单位。",
)
