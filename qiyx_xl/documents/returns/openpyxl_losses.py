"""What openpyxl carries through a load and a save, and what people call the rest.

Found by reading openpyxl 3.1.5 (``worksheet/_reader.py``, ``worksheet/_writer.py``,
``packaging/workbook.py``); the tests hold it to a real load and save.
"""

from __future__ import annotations

OTHER_CONTENT = "其他特殊内容"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHEET = f"{_OFFICE}spreadsheetml."
_PACKAGE = "application/vnd.openxmlformats-package."

# The first is the workbook itself: neither macro-enabled nor a template.
KEPT_PARTS = (
    f"{_SHEET}sheet.main+xml",
    f"{_SHEET}worksheet+xml",
    f"{_SHEET}sharedStrings+xml",
    f"{_SHEET}styles+xml",
    f"{_SHEET}table+xml",
    f"{_SHEET}comments+xml",
    f"{_OFFICE}theme+xml",
    f"{_OFFICE}vmlDrawing",  # looked into: comments only
    f"{_OFFICE}extended-properties+xml",
    f"{_OFFICE}custom-properties+xml",
    f"{_PACKAGE}core-properties+xml",
    f"{_PACKAGE}relationships+xml",
    # Not kept, and missed by nobody: an order of calculation, one printer's own settings,
    # and what a document server notes for itself.
    f"{_SHEET}calcChain+xml",
    f"{_SHEET}printerSettings",
    f"{_OFFICE}customXmlProperties+xml",
)

KEPT_WORKBOOK = frozenset(
    {
        "fileVersion",
        "workbookPr",
        "workbookProtection",
        "bookViews",
        "sheets",
        "definedNames",
        "calcPr",
        # Not kept and not missed: where a window stood, which features a calculation used.
        "extLst",
        "fileRecoveryPr",
        "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent",
        "{http://schemas.microsoft.com/office/spreadsheetml/2014/revision}revisionPtr",
    }
)

KEPT_IN_SHEET = frozenset(
    {
        "sheetPr",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "cols",
        "sheetData",
        "sheetProtection",
        "scenarios",
        "autoFilter",
        "mergeCells",
        "conditionalFormatting",
        "dataValidations",
        "hyperlinks",
        "printOptions",
        "pageMargins",
        "pageSetup",
        "headerFooter",
        "rowBreaks",
        "colBreaks",
        "legacyDrawing",
        "tableParts",
    }
)

# Green corners, furigana, old wizards' notes.
HARMLESS_IN_SHEET = frozenset(
    {"phoneticPr", "ignoredErrors", "sheetCalcPr", "cellWatches", "smartTags"}
)

_SECTIONS = {
    "drawing": "图片、图表或形状",
    "legacyDrawingHF": "页眉页脚里的图片",
    "drawingHF": "页眉页脚里的图片",
    "picture": "背景图片",
    "oleObjects": "嵌入的文件",
    "controls": "控件",
    "protectedRanges": "允许编辑区域",
    "customSheetViews": "自定义视图",
    "dataConsolidate": "合并计算",
}

# By a piece of the part's name or content type, the more telling ones first.
_PARTS = (
    ("vba", "宏"),
    ("macroenabled", "宏"),
    ("macrosheet", "宏"),
    ("customui", "自定义功能区"),
    ("externallink", "链接到其他文件的数据"),
    ("pivot", "数据透视表"),
    ("slicer", "切片器"),
    ("timeline", "日程表"),
    ("sparkline", "迷你图"),
    ("ctrlprop", "控件"),
    ("activex", "控件"),
    ("oleobject", "嵌入的文件"),
    ("embeddings", "嵌入的文件"),
    ("package/2006/digital-signature", "数字签名"),
    ("digital-signature", "数字签名"),
    ("chartsheet", "图表工作表"),
    ("chart", "图表"),
    ("cellimages", "嵌入单元格的图片"),
    ("richdata", "嵌入单元格的图片或数据类型"),
    ("media/", "图片"),
    ("image/", "图片"),
    ("drawing", "图片、图表或形状"),
    ("threadedcomment", "会话批注"),
    ("persons/", "会话批注"),
    ("connections", "数据连接"),
    ("querytable", "数据连接"),
    ("sheetmetadata", "动态数组公式"),
    ("template", "模板格式"),
)

# customXml holds notes of document servers; its content type is plain application/xml.
# docProps/thumbnail is a picture of the first page, made anew at every save.
_UNMISSED_FOLDERS = ("customxml/", "docprops/thumbnail")
_UNMISSED_NAMES = frozenset({"[content_types].xml"})

_EXTENSIONS = {
    "{05C60535-1F16-4FD2-B633-F4F36F0B64E0}": "迷你图",
    "{78C0D931-6437-407D-A8EE-F0AAD7539E65}": "新式条件格式",
    "{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}": "引用其他工作表的下拉列表",
    "{A8765BA9-456A-4DAB-B4F3-ACF838C121DE}": "切片器",
    "{3A4CF648-6AED-40F4-86FF-DC5316D8AED3}": "切片器",
    "{7E03D99C-DC04-49D9-9315-930204A7B6E9}": "日程表",
    "{FC87AEE6-9EDD-4A0A-B7FB-166176984837}": "允许编辑区域",
}
# x14 ignoredErrors: green corners again.
_HARMLESS_EXTENSIONS = frozenset({"{01252117-D84E-4E92-8308-4BE1C098FCBB}"})


def lost_part(name: str, kind: str) -> str:
    """Name what a part that is not kept holds; nothing where nobody misses it."""
    lower = name.lower()
    if lower in _UNMISSED_NAMES or lower.startswith(_UNMISSED_FOLDERS):
        return ""
    both = f"{lower} {kind.lower()}"
    return next((words for piece, words in _PARTS if piece in both), OTHER_CONTENT)


def lost_in_sheet(section: str) -> str:
    """Name what a section of a worksheet that is not kept holds."""
    return _SECTIONS.get(section, OTHER_CONTENT)


def lost_extension(uri: str) -> str:
    """Name what an extension of a worksheet holds; nothing where nobody misses it."""
    if uri.upper() in _HARMLESS_EXTENSIONS:
        return ""
    return _EXTENSIONS.get(uri.upper(), OTHER_CONTENT)
