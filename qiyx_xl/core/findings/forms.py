"""Which findings concern a form? Its template, its agency, its period and its rows (T)."""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue

FORMS = Catalogue("T")

NO_FORM = FORMS.error(
    "T101",
    "找不到填报表",
    "没有找到填报表：没有一张工作表同时有“{headers}”这些表头。请把数填进下发的模板再报。",
)
MISSING_HEADER = FORMS.error(
    "T102",
    "缺少表头",
    "找到了填报表，但没有认出“{header}”这一列{unknown}。请补上这一列，或把它的表头改成“{header}”。",
)
UNKNOWN_HEADER = FORMS.warning(
    "T103",
    "不认识的表头",
    "不认识表头“{value}”，这一列没有读取。如果是模板里的列改了名，请改回原来的名称。",
)
REPEATED_HEADER = FORMS.error(
    "T104",
    "表头重复",
    "“{header}”有不止一列（{places}），不知道以哪一列为准。请只保留要报的那一列。",
)
NOT_OUR_TEMPLATE = FORMS.warning(
    "T105",
    "没有用下发的模板",
    "这份文件不是下发的模板，已按表头识别读取。请核对结果，下次请用下发的模板填报。",
)
TEMPLATE_VERSION = FORMS.error(
    "T106",
    "模板版本不对",
    "模板版本是“{value}”，现在用的是“{expected}”。请换用新下发的模板填报。",
)
PLAN_VERSION = FORMS.error(
    "T107",
    "不是这份方案的模板",
    "模板依据的方案是“{value}”，这里用的是“{expected}”。请换用新下发的模板填报。",
)
AGENCY_MISSING = FORMS.error(
    "T108",
    "没有填报单位",
    "看不出是哪个单位填报的。请在表头下方写明“填报单位：……”。",
)
AGENCY_UNKNOWN = FORMS.error(
    "T109",
    "单位不在名单里",
    "填报单位“{value}”与方案的单位名单对不上。请核对{hint}。",
)
AGENCY_CHANGED = FORMS.error(
    "T110",
    "填报单位前后不一致",
    "表内写的填报单位是“{value}”，但这份模板是发给“{expected}”的。请用本单位的模板填报。",
)
AGENCY_IN_NAME = FORMS.warning(
    "T111",
    "文件名与填报单位不一致",
    "文件名写的是“{value}”，表内是“{expected}”，已按表内的算。请核对有没有发错文件。",
)
PERIOD_MISSING = FORMS.error(
    "T112",
    "没有数据期",
    "看不出是哪一期的数。请在表头下方写明“数据期：……”，如“数据期：{example}”。",
)
PERIOD_UNREADABLE = FORMS.error(
    "T113",
    "看不懂数据期",
    "看不懂数据期“{value}”。请写成 2026年三季度、2026年9月 或 2026年。",
)
WRONG_PERIOD = FORMS.error(
    "T114",
    "数据期不对",
    "这份表是{value}的，现在收的是{expected}。请换用{expected}的模板填报。",
)
PERIOD_CHANGED = FORMS.error(
    "T115",
    "数据期前后不一致",
    "表内写的数据期是“{value}”，但这份模板是{expected}的。请用对应数据期的模板填报。",
)
AGENCY_FROM_TITLE = FORMS.warning(
    "T116",
    "按标题认出的单位",
    "表里没有写明填报单位，已按标题认作{agency}。请核对；下次请在表头下方写明“填报单位：{agency}”。",
)
PERIOD_OTHERWISE = FORMS.warning(
    "T117",
    "数据期另有写法",
    "数据期写的是“{value}”，已按{period}的数收。请核对；下次请写“数据期：{period}”。",
)
AGENCY_EARLIER = FORMS.warning(
    "T118",
    "单位用了原来的名称",
    "填报单位写的是原来的名称“{value}”，已认作{agency}。请核对；下次请写“{agency}”。",
)
UNKNOWN_CODE = FORMS.error(
    "T121",
    "不认识的指标编码",
    "方案里没有编码“{value}”，按名称也认不出是哪一项。请改回模板里的编码{hint}。",
)
NOT_THEIR_ITEM = FORMS.error(
    "T122",
    "不由本单位填报",
    "“{value} {name}”由{owner}填报，不在{agency}的填报范围里。请删去这一行，或与专班办公室联系。",
)
REPEATED_CODE = FORMS.error(
    "T123",
    "同一指标填了两次",
    "“{value} {name}”在 {other} 已经填过，两处的数不一样。请只保留一处。",
)
REPEATED_ROW = FORMS.warning(
    "T124",
    "同一指标重复一行",
    "“{value} {name}”在 {other} 已经填过，两处相同，只计一次。请删去多余的一行。",
)
MISSING_ROW = FORMS.error(
    "T125",
    "缺少一行",
    "缺少“{code} {name}”这一行。请从模板里补回这一行并填写。",
)
MISSING_ITEM = FORMS.warning(
    "T126",
    "缺少一项",
    "没有找到“{code} {name}”，按未报处理。请补报。",
)
CODE_FROM_NAME = FORMS.warning(
    "T127",
    "按名称认出的指标",
    "这一行没有编码，已按名称认作“{code} {name}”。请补上编码。",
)
ROW_WITHOUT_CODE = FORMS.error(
    "T128",
    "这一行不知道是哪个指标",
    "这一行填了“{value}”，但没有指标编码，名称也对不上。"
    "请补上模板里的编码；如果这一行不是指标，请删去。",
)
CLAIMED_TWICE = FORMS.warning(
    "T129",
    "由别的单位填报的指标",
    "“{value} {name}”由{owner}填报，{agency}也报了，已一并收下。"
    "两个单位的数不一样时，由专班办公室决定采用哪个。请与{owner}核对。",
)
NUMBER_IS_NO_CODE = FORMS.warning(
    "T130",
    "编码与名称对不上，按名称认",
    "“{header}”写的是“{value}”，名称是“{name}”，已按名称认作“{code} {name}”。"
    "请核对，并把编码改为“{code}”。",
)
NAME_CHANGED = FORMS.error(
    "T131",
    "指标名称被改",
    "编码 {code} 的名称应为“{suggestion}”，"
    "现在是“{value}”。请改回，并核对这一行填的是不是这个指标的数。",
)
TARGET_CHANGED = FORMS.error(
    "T132",
    "目标值被改",
    "{code} {name} 的目标值应为“{suggestion}”，现在是“{value}”。目标值不能改，请改回。",
)
MEASURE_CHANGED = FORMS.error(
    "T133",
    "计量单位被改",
    "{code} {name} 的计量单位应为“{suggestion}”，现在是“{value}”。请改回，并按“{suggestion}”填数。",
)
LAST_CHANGED = FORMS.warning(
    "T134",
    "上期值与台账不一致",
    "{code} {name} 的上期值台账里是 {suggestion}，现在是“{value}”，已按台账的算。"
    "上期数要更正的，请另行说明。",
)
MERGED_VALUE = FORMS.error(
    "T135",
    "数据格被合并",
    "{cell_range} 合并成了一格，分不清是哪几个指标的数。请取消合并，逐行填写。",
)
HIDDEN_ROW = FORMS.warning(
    "T136",
    "行或列被隐藏",
    "这一格在隐藏的行或列里，填的“{value}”照常读取。请取消隐藏核对一遍。",
)
HIDDEN_SHEET = FORMS.warning(
    "T137",
    "填报表被隐藏",
    "填报表所在的工作表“{value}”被隐藏了，照常读取。请取消隐藏核对一遍。",
)
SECOND_TABLE = FORMS.warning(
    "T138",
    "有第二张填报表",
    "除“{first}”外，工作表“{value}”里也有一张填报表，没有读取。请只保留一张。",
)
SECOND_TABLE_DIFFERS = FORMS.error(
    "T139",
    "两张填报表的数不一样",
    "工作表“{first}”和“{value}”里都有填报表，而且数不一样。请只保留正确的一张。",
)
ITEM_RETIRED = FORMS.warning(
    "T146",
    "方案不再考核的项",
    "{code} {name} 在方案修订后不再考核，这一行没有收，其余照收。下一期请用新下发的模板。",
)
ITEM_MOVED = FORMS.warning(
    "T147",
    "已改由别的单位填报的项",
    "{code} {name} 在方案修订后改由{owner}填报，这一行没有收，其余照收。请告诉{owner}。",
)
TARGET_REVISED = FORMS.warning(
    "T148",
    "目标在下发以后改过",
    "{code} {name} 的目标在方案修订后由“{value}”改为“{expected}”；数照收，按新目标判断。请留意。",
)
MEASURE_REVISED = FORMS.error(
    "T149",
    "计量单位在下发以后改过",
    "{code} {name} 的计量单位在方案修订后由“{value}”改为“{expected}”。"
    "请换用新下发的模板，按“{expected}”填数。",
)
CONTACT_MISSING = FORMS.warning(
    "T141",
    "没有填报人或联系电话",
    "没有填“{missing}”。请在表下方补上，便于核对数据。",
)
SAME_PERSON = FORMS.warning(
    "T140",
    "填报人和审核人是同一个人",
    "填报人和审核人写的都是“{value}”。填的人和核的人应是两个人，请核对；由别人核过的，请改写核的人。",
)
SUM_ROW = FORMS.warning(
    "T143",
    "合计行",
    "这一行写的是“{value}”，不是指标，行里的数没有收。请核对；下次请删去合计、小计、其中这样的行。",
)
CODE_OF_ANOTHER = FORMS.error(
    "T144",
    "编码与名称不是同一项",
    "编码 {code} 在方案里是“{known}”，由{owner}填报，这一行的名称却是“{value}”。"
    "请核对这一行是哪一项，按模板写明编码和名称。",
)
RUNNING_NUMBER = FORMS.error(
    "T145",
    "只有顺序号",
    "“{header}”这一列是顺序号，不能按它认指标，这一行的名称“{value}”方案里又没有。"
    "请写明模板里的编码和名称。",
)
FORM_EMPTY = FORMS.error(
    "T142",
    "整张表没有填",
    "这张表还没有填：本期应报的 {count} 项都是空的。请填好后再报。",
)
