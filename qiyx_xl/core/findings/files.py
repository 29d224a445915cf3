"""Which findings concern a file as a whole? Not looked at (F0), not opened (F1), opened (F2)."""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue

FILES = Catalogue("F")

# --- F0: passed over, never opened ------------------------------------------------------------

LOCK_FILE = FILES.warning(
    "F001",
    "Excel 的临时文件",
    "这是 Excel 打开文件时留下的临时文件，已跳过。请关闭 Excel 或 WPS，报送同名的正式文件。",
)
TILDE_NAME = FILES.warning(
    "F002",
    "文件名以 ~$ 开头",
    "文件名以“~$”开头，按临时文件跳过，但里面像是一份工作簿。"
    "如确是报表，请去掉文件名开头的“~$”再报。",
)
SYMLINK = FILES.warning(
    "F003",
    "快捷方式或链接",
    "这是指向别处的链接，已跳过。请把文件本身放进来再报。",
)
NOT_A_SPREADSHEET = FILES.warning(
    "F004",
    "不是 Excel 工作簿",
    "不是 .xlsx、.xlsm 或 .xls 文件，已跳过。如果是报表，请用 Excel 或 WPS 另存为 .xlsx 后再报。",
)
EMPTY_ARCHIVE = FILES.warning(
    "F005",
    "压缩包里没有工作簿",
    "压缩包打不开，或里面没有工作簿，已跳过。请重新压缩，或直接报送工作簿。",
)

# --- F1: cannot be opened safely --------------------------------------------------------------

EMPTY_FILE = FILES.error(
    "F101",
    "空文件",
    "文件是空的（0 字节），可能没有传完。请重新导出或重新发送。",
)
ENCRYPTED = FILES.error(
    "F102",
    "设了打开密码",
    "文件设了打开密码。请在 Excel 或 WPS 中取消密码，保存后再报。",
)
WEB_PAGE = FILES.error(
    "F103",
    "网页改了后缀",
    "文件其实是网页（{what}），后缀却是 {suffix}。"
    "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再报。",
)
PLAIN_TEXT = FILES.error(
    "F104",
    "文本改了后缀",
    "文件其实是文本（如 csv），后缀却是 {suffix}。"
    "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再报。",
)
NOT_A_WORKBOOK = FILES.error(
    "F105",
    "不是工作簿",
    "文件内容不是 Excel 工作簿。请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再报。",
)
DAMAGED = FILES.error(
    "F106",
    "文件损坏",
    "文件不完整或已损坏（{detail}）。请用 Excel 或 WPS 打开原件，另存为 .xlsx 后再报。",
)
ZIP_BOMB = FILES.error(
    "F107",
    "解压后过大",
    "文件解压后过大（{detail}），为安全起见没有打开。请把数据粘贴到新下发的模板后再报。",
)
DUPLICATE_PART = FILES.error(
    "F108",
    "内部部件重复",
    "文件内部有两个同名部件（{detail}），不同软件会读出不同的数。"
    "请用 Excel 或 WPS 另存为 .xlsx 后再报。",
)
UNSAFE_PART_NAME = FILES.error(
    "F109",
    "内部路径越界",
    "文件内部有指向文件之外的路径（{detail}），为安全起见没有打开。"
    "请把数据粘贴到新下发的模板后再报。",
)
ENTITIES = FILES.error(
    "F110",
    "内含实体声明",
    "文件内部带有 Excel 从不使用的实体声明（{detail}），为安全起见没有打开。"
    "请把数据粘贴到新下发的模板后再报。",
)
OUTSIDE_GRID = FILES.error(
    "F111",
    "单元格超出表格范围",
    "工作表里有超出 Excel 范围的单元格“{detail}”。请把数据粘贴到新下发的模板后再报。",
)
FAR_CELL = FILES.error(
    "F112",
    "远处有多余内容",
    "工作表一直用到了第 {rows} 行、第 {columns} 列，远远超出填报表。"
    "请删除表格以外的内容（选中多余的行和列，右键删除），保存后再报。",
)
TOO_MANY_CELLS = FILES.error(
    "F113",
    "单元格过多",
    "工作表里有 {count} 个以上的单元格，不像填报表。请只保留填报表，删去其他数据后再报。",
)
BROKE_OFF = FILES.error(
    "F114",
    "读取时中断",
    "读取这份文件时程序异常中断，已跳过它，其他文件不受影响。"
    "请用 Excel 或 WPS 打开，另存为 .xlsx 后再报。",
)
TIMED_OUT = FILES.error(
    "F115",
    "读取超时",
    "读取这份文件超过 {seconds} 秒，已停止，其他文件不受影响。"
    "请删去多余的工作表和空白行列，另存为 .xlsx 后再报。",
)
CANNOT_OPEN = FILES.error(
    "F116",
    "打不开",
    "打不开这份文件（{detail}）。请关闭正在使用它的 Excel 或 WPS，并确认有读取权限，再试一次。",
)
TOO_BIG = FILES.error(
    "F117",
    "文件过大",
    "文件有 {size} MB，超过 {limit} MB，不像填报表。请删去图片和多余的工作表后再报。",
)
OLD_DOCUMENT = FILES.error(
    "F118",
    "不是表格的旧格式文档",
    "文件是旧格式的 Office 文档，但里面没有工作簿。"
    "请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再报。",
)
CELL_TWICE = FILES.error(
    "F119",
    "同一单元格出现两次",
    "单元格 {detail} 在文件里写了两次，不同软件会读出不同的数。"
    "请用 Excel 或 WPS 打开核对，另存为 .xlsx 后再报。",
)

PROTECTED_UNASKED = FILES.error(
    "F120",
    "设了保护或标记为最终状态",
    "文件设了工作簿保护（或标记为最终状态），Excel 打开时不问密码，但内容是加了密的，所以没有读取。"
    "请在 Excel 中打开，在“审阅”中撤销“保护工作簿”和“保护共享工作簿”，"
    "在“文件－信息”中取消“标记为最终”，再另存为“Excel 工作簿（*.xlsx）”后报送。",
)
RIGHTS_MANAGED = FILES.error(
    "F121",
    "设了权限管理",
    "文件设了权限管理（IRM 或带加密的敏感度标签），只有得到授权的账号才能打开。"
    "请有“完全控制”权限的人（一般是作者）在 Excel 的“文件－信息－保护工作簿－限制访问”中"
    "改为“无限制访问”，有敏感度标签的改为不加密的标签，另存后再报。",
)
SECURITY_SOFTWARE = FILES.error(
    "F122",
    "被加密软件加了密",
    "文件被{name}加了密（文件头有“{mark}”），离开装有该软件的电脑就打不开。"
    "请在能打开它的电脑上，按本单位规定申请解密（或外发审批），再报送解密后的文件。",
)
SCRAMBLED = FILES.error(
    "F123",
    "像是被加密软件加了密",
    "文件后缀是 {suffix}，内容却是看不出格式的密文，多半是本单位的文档加密软件（透明加密）加的密，"
    "也可能是传输中损坏。请在能打开它的电脑上申请解密（或外发审批），再报送解密后的文件；"
    "没有装加密软件的，请重新导出、重新发送。",
)
OTHER_WORKBOOK = FILES.error(
    "F124",
    "另一种格式的表格",
    "文件其实是“{what}”，不是 .xlsx。"
    "请用 {program} 打开，另存为（或导出为）“Excel 工作簿（*.xlsx）”后再报。",
)
OTHER_DOCUMENT = FILES.error(
    "F125",
    "不是表格的文件",
    "文件其实是“{what}”，不是工作簿。请把数据填在下发的填报表（.xlsx）里再报。",
)
OTHER_ARCHIVE = FILES.error(
    "F126",
    "压缩包改了后缀",
    "文件其实是“{what}”，不是工作簿。请先解压，再报送里面的工作簿（.xlsx）。",
)
CELLS_LOST = FILES.error(
    "F127",
    "单元格没有读全",
    "工作表里存有 {stored} 个单元格，读出来的却与之不符（读到 {read} 个时发现），为免漏数没有采用。"
    "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（*.xlsx）”后再报。",
)

# --- F2: opened, with something to know -------------------------------------------------------

MACROS = FILES.warning(
    "F201",
    "带有宏",
    "文件里带有宏，没有运行，只读取了数。下次请另存为 .xlsx 再报。",
)
EXTERNAL_LINKS = FILES.warning(
    "F202",
    "链接到别的文件",
    "文件里有指向其他文件的链接，只读取了保存时的数。请选择性粘贴为数值后再报。",
)
DDE = FILES.warning(
    "F203",
    "带有动态数据交换",
    "文件里有动态数据交换（DDE）链接，没有运行。请删去后再报。",
)
EMBEDDED = FILES.warning(
    "F204",
    "嵌入了其他文件",
    "文件里嵌入了其他文件或控件，没有打开它们。附件请另行报送。",
)
ROWS_OUT_OF_ORDER = FILES.warning(
    "F205",
    "内部行序颠倒",
    "文件内部的行没有按顺序存放，已按行号读取。请用 Excel 或 WPS 打开核对一遍。",
)
OLD_FORMAT = FILES.warning(
    "F206",
    "旧的 .xls 格式",
    "文件是旧的 .xls 格式，已照样读取，公式、错误值、隐藏的行列和数字格式也同样查过。"
    "下次请另存为 .xlsx 再报。",
)
SAME_FILE_TWICE = FILES.warning(
    "F207",
    "同一份文件报了两次",
    "与“{other}”内容完全相同，只计一次。",
)
TWO_VERSIONS = FILES.error(
    "F208",
    "同一单位同一期有两份不同的文件",
    "与“{other}”都是{agency} {period}的填报表，但{differing}不一样。请只保留正确的一份再报。",
)
SAME_NUMBERS = FILES.warning(
    "F209",
    "两份文件报的数相同",
    "与“{other}”都是{agency} {period}的填报表，报的数和说明完全相同，只计一次。"
    "请核对，下次只报一份。",
)
