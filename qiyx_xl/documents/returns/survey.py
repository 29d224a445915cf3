"""Whether openpyxl can open and save an .xlsx file without loss, judged by its parts and XML.

openpyxl rewrites a workbook from its own model: what it does not know, it drops silently. So the
lists here name what it keeps, and a part or element that is not on them counts as lost. A file
can also make it hang (a merged cell over the whole grid becomes 17 billion cells), so everything
that it would expand is counted first.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from qiyx_xl.files import opc
from qiyx_xl.files.addresses import parse_address, parse_range
from qiyx_xl.files.xml import Q, parse, walk

if TYPE_CHECKING:
    from pathlib import Path

# --- What openpyxl keeps when it loads and saves a file, and Chinese names for the rest ----------
# The lists follow the code of openpyxl 3.1.5 (``worksheet/_reader.py``, ``worksheet/_writer.py``,
# ``packaging/workbook.py``); the tests compare them with a real load and save.

OTHER_CONTENT = "其他特殊内容"

_OFFICE = "application/vnd.openxmlformats-officedocument."
_SHEET = f"{_OFFICE}spreadsheetml."
_PACKAGE = "application/vnd.openxmlformats-package."

# Content types. The first is that of a workbook that is neither macro-enabled nor a template.
KEPT_PARTS = (
    opc.PLAIN_WORKBOOK,
    f"{_SHEET}worksheet+xml",
    f"{_SHEET}sharedStrings+xml",
    f"{_SHEET}styles+xml",
    f"{_SHEET}table+xml",
    f"{_SHEET}comments+xml",
    f"{_OFFICE}theme+xml",
    f"{_OFFICE}vmlDrawing",  # only for comments; ``_see_vml`` checks its content
    f"{_OFFICE}extended-properties+xml",
    f"{_OFFICE}custom-properties+xml",
    f"{_PACKAGE}core-properties+xml",
    f"{_PACKAGE}relationships+xml",
    # These are lost, but nobody needs them: order of calculation, settings of a printer,
    # metadata of a document server.
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
        # These are lost, but nobody needs them: window positions, versions of features.
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

# Lost, but not needed: green corners (ignoredErrors), furigana, data of old Excel features.
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

# Names by a piece of the part's name or content type; the first that matches is used.
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

# customXml has metadata of document servers; its content type is plain application/xml.
# docProps/thumbnail is a picture of the first page, which is made anew at every save.
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
# x14:ignoredErrors: green corners, too.
_HARMLESS_EXTENSIONS = frozenset({"{01252117-D84E-4E92-8308-4BE1C098FCBB}"})


def lost_part(name: str, kind: str) -> str:
    """Return the Chinese name of what is lost with a part; "" if nobody needs it."""
    lower = name.lower()
    if lower in _UNMISSED_NAMES or lower.startswith(_UNMISSED_FOLDERS):
        return ""
    name_and_kind = f"{lower} {kind.lower()}"
    return next((words for piece, words in _PARTS if piece in name_and_kind), OTHER_CONTENT)


def lost_in_sheet(section: str) -> str:
    """Return the Chinese name of what is lost with a section of a worksheet."""
    return _SECTIONS.get(section, OTHER_CONTENT)


def lost_extension(uri: str) -> str:
    """Return the Chinese name of what is lost with an extension; "" if nobody needs it."""
    if uri.upper() in _HARMLESS_EXTENSIONS:
        return ""
    return _EXTENSIONS.get(uri.upper(), OTHER_CONTENT)


# --- The survey of a file -------------------------------------------------------------------------


MAX_PARTS = 2_000
MAX_BYTES = 64 << 20  # of all parts together, unpacked
MAX_CELLS = 200_000
MAX_ROWS = 50_000
MAX_AREA = 5_000_000  # last row × last column of a sheet
MAX_RANGES = 5_000

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_ZIP_MAGIC = b"PK\x03\x04"
_STRING_LITERAL = re.compile(r'"[^"]*"')
_OTHER_WORKBOOK = re.compile(r"\[[^\[\]]*\][^\[\]!,()]*!")
_FAR_FUNCTIONS = re.compile(r"\b(WEBSERVICE|RTD|CALL|REGISTER(\.ID)?|EXEC|DDE)\s*\(", re.IGNORECASE)

Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Survey:
    """Whether a workbook can be marked with openpyxl.

    ``holds`` are the Chinese names of what would be lost; ``obstacle`` is a clause that says why
    it cannot even be opened. If both are empty, it can be marked.
    """

    holds: tuple[str, ...] = ()
    obstacle: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it can be marked."""
        return not self.holds and not self.obstacle


class _TooBig(Exception):  # noqa: N818 - not an error of ours, a measure of theirs
    pass


def survey(path: Path) -> Survey:
    """Examine a package without opening it as a workbook.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as file:
        magic = file.read(4)
        if magic == _OLE_MAGIC:
            return Survey(obstacle="原件是旧的 .xls 格式")
        if magic != _ZIP_MAGIC:
            return Survey(obstacle="原件不是 .xlsx 格式")
        try:
            with ZipFile(file) as package:
                return _Look(package).survey()
        except _TooBig:
            return Survey(obstacle="原件用到的范围太大")
        except (BadZipFile, KeyError, ValueError, NotImplementedError, EOFError):
            return Survey(obstacle="原件的内部结构不规范")


class _Look:
    """One pass over a package; ``_holds`` collects the names of what openpyxl would lose."""

    def __init__(self, package: ZipFile) -> None:
        self._package = package
        self._holds: dict[str, None] = {}
        self._cells = self._rows = self._ranges = self._area = 0

    def survey(self) -> Survey:
        entries = self._package.infolist()
        names = [entry.filename for entry in entries if not entry.is_dir()]
        if len(names) != len(set(names)):
            raise BadZipFile("the same part twice")
        if len(names) > MAX_PARTS or sum(entry.file_size for entry in entries) > MAX_BYTES:
            raise _TooBig
        kinds = opc.ContentTypes(self._package.read(opc.CONTENT_TYPES))
        types = {name: kinds.of(name) for name in names}
        for name in names:
            self._see_part(name, types[name])
        # If a part would be lost, the file cannot be marked, and the rest need not be examined.
        if not self._holds:
            for name in names:
                self._see_inside(name, types[name])
        return Survey(holds=tuple(self._holds))

    def _see_part(self, name: str, kind: str) -> None:
        if kind not in KEPT_PARTS:
            self._hold(lost_part(name, kind))

    def _see_inside(self, name: str, kind: str) -> None:
        if kind.endswith("worksheet+xml"):
            with self._package.open(name) as stream:
                self._see_sheet(stream)
        elif kind.endswith("sheet.main+xml"):
            self._see_workbook(name)
        elif kind.endswith("vmlDrawing"):
            self._see_vml(self._package.read(name))
        elif kind.endswith("comments+xml"):
            self._see_references(name, f"{Q}comment", limit=1)
        elif kind.endswith("table+xml"):
            self._see_references(name, f"{Q}table", limit=MAX_CELLS)
        elif kind.endswith("+xml"):
            parse(self._package.read(name))

    def _hold(self, name: str) -> None:
        if name:
            self._holds.setdefault(name)

    def _see_workbook(self, name: str) -> None:
        root = parse(self._package.read(name))
        for child in root:
            if isinstance(child.tag, str) and child.tag.removeprefix(Q) not in KEPT_WORKBOOK:
                self._hold(OTHER_CONTENT)
        for defined in root.iter(f"{Q}definedName"):
            self._count_ranges(1)
            self._see_formula(defined.text)

    def _see_vml(self, content: bytes) -> None:
        # VML contains the shapes of comments, but also buttons, list boxes and header pictures.
        kinds = re.findall(rb"ObjectType\s*=\s*[\"'](\w+)[\"']", content)
        if any(kind != b"Note" for kind in kinds) or b"imagedata" in content.lower():
            self._hold("控件")

    def _see_references(self, name: str, tag: str, limit: int) -> None:
        for element in parse(self._package.read(name)).iter(tag):
            self._count_ranges(1)
            self._count_area(element.get("ref", ""), limit)

    def _see_sheet(self, stream: IO[bytes]) -> None:
        far: Corner = (0, 0)
        depth = 0
        for event, element in walk(stream):
            if event == "start":
                depth += 1
                if depth == 2:  # noqa: PLR2004 - a child of the worksheet
                    self._see_section(element)
                continue
            depth -= 1
            tag = element.tag
            if tag == f"{Q}c":
                far = self._see_cell(element, far)
            elif tag == f"{Q}row":
                self._rows += 1
                element.clear()
            elif depth == 1:
                self._see_whole_section(element)
                element.clear()
            if self._cells > MAX_CELLS or self._rows > MAX_ROWS or far[0] * far[1] > MAX_AREA:
                raise _TooBig

    def _see_section(self, element: Any) -> None:
        name = str(element.tag)
        local = name.removeprefix(Q)
        if not name.startswith(Q):
            self._hold(OTHER_CONTENT)
        elif local not in KEPT_IN_SHEET and local not in HARMLESS_IN_SHEET and local != "extLst":
            self._hold(lost_in_sheet(local))

    def _see_whole_section(self, element: Any) -> None:
        for extension in element.iter(f"{Q}ext") if element.tag == f"{Q}extLst" else ():
            self._hold(lost_extension(extension.get("uri", "")))
        for part in element.iter():
            reference = part.get("ref") or part.get("sqref")
            if reference is None:
                continue
            expands = part.tag in (f"{Q}mergeCell", f"{Q}hyperlink")
            self._count_ranges(len(reference.split()))
            if expands:
                self._count_area(reference, MAX_CELLS)
        for formula in ("formula", "formula1", "formula2"):
            for part in element.iter(f"{Q}{formula}"):
                self._see_formula(part.text)

    def _see_cell(self, element: Any, far: Corner) -> Corner:
        self._cells += 1
        formula = element.find(f"{Q}f")
        if formula is not None:
            self._see_formula(formula.text)
        place = parse_address(element.get("r", ""))
        return far if place is None else (max(far[0], place[0]), max(far[1], place[1]))

    def _see_formula(self, text: str | None) -> None:
        # The sender's formulas are kept, except these: they fetch data from outside the workbook
        # when it is opened and somebody clicks 更新, and a file saved by us must not do that.
        bare = _STRING_LITERAL.sub("", text or "")
        if "|" in bare:
            self._hold("动态数据交换（DDE）公式")
        elif _OTHER_WORKBOOK.search(bare) or _FAR_FUNCTIONS.search(bare):
            self._hold("引用其他文件的公式")

    def _count_ranges(self, count: int) -> None:
        self._ranges += count
        if self._ranges > MAX_RANGES:
            raise _TooBig

    def _count_area(self, reference: str, limit: int) -> None:
        cells = parse_range(reference)
        if cells is None:
            raise ValueError(reference)
        top, left, bottom, right = cells
        area = (abs(bottom - top) + 1) * (abs(right - left) + 1)
        self._area += area
        if area > limit or self._area > MAX_CELLS:
            raise _TooBig


def sheet_parts(package: ZipFile) -> dict[str, str]:
    """Return the part of each worksheet, by the sheet's name, in the workbook's order.

    Raises:
        KeyError: the package has no workbook or lacks a part.
        Damaged: one of the lists cannot be read.
    """
    kinds = opc.ContentTypes(package.read(opc.CONTENT_TYPES))
    book = next((name for name in package.namelist() if kinds.of(name) == KEPT_PARTS[0]), None)
    if book is None:
        raise KeyError("workbook")
    links = opc.read_relations(package.read(opc.relations_part(book)), posixpath.dirname(book))
    targets = {link.id: link.target for link in links}
    return {
        str(sheet.get("name")): targets[sheet.get(f"{opc.R}id")]
        for sheet in parse(package.read(book)).iter(f"{Q}sheet")
    }
