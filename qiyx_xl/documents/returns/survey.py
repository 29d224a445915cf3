"""What an .xlsx package holds, judged by its parts and their XML, before openpyxl opens it.

openpyxl rewrites a workbook from its own model: what it does not know is gone, silently. So this
is a list of what it keeps, not of what it loses: a part or element that is not on the list counts
as lost. It can also be made to hang (a merge over the whole grid becomes 17 billion cells), so
everything that it would expand is counted first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from qiyx_xl.documents.returns.openpyxl_losses import (
    HARMLESS_IN_SHEET,
    KEPT_IN_SHEET,
    KEPT_PARTS,
    KEPT_WORKBOOK,
    OTHER_CONTENT,
    lost_extension,
    lost_in_sheet,
    lost_part,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
_RELATIONSHIP = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

MAX_PARTS = 2_000
MAX_BYTES = 64 << 20  # of all parts together, unpacked
MAX_CELLS = 200_000
MAX_ROWS = 50_000
MAX_AREA = 5_000_000  # rows × columns that a sheet reaches over
MAX_RANGES = 5_000

_OLE_MAGIC = b"\xd0\xcf\x11\xe0"
_ZIP_MAGIC = b"PK\x03\x04"
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})\Z")
_STRING_LITERAL = re.compile(r'"[^"]*"')
_OTHER_WORKBOOK = re.compile(r"\[[^\[\]]*\][^\[\]!,()]*!")
_FAR_FUNCTIONS = re.compile(r"\b(WEBSERVICE|RTD|CALL|REGISTER(\.ID)?|EXEC|DDE)\s*\(", re.IGNORECASE)

Corner = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Survey:
    """Whether a workbook can be marked with openpyxl.

    ``holds`` names in Chinese what it would lose; ``obstacle`` says in a clause why it cannot
    even be opened. Both empty: it can be marked.
    """

    holds: tuple[str, ...] = ()
    obstacle: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.holds and not self.obstacle


class _TooBig(Exception):  # noqa: N818 - not an error of ours, a measure of theirs
    pass


def survey(path: Path) -> Survey:
    """Look through a package without opening it as a workbook.

    Raises:
        OSError: the file cannot be read.
    """
    from lxml.etree import XMLSyntaxError

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
        except (BadZipFile, XMLSyntaxError, KeyError, ValueError, NotImplementedError, EOFError):
            return Survey(obstacle="原件的内部结构不规范")


class _Look:
    """One pass over a package; ``holds`` collects what openpyxl would lose, each once."""

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
        types = content_types(self._package, names)
        for name in names:
            self._see_part(name, types[name])
        # A package that is not plain already needs no closer look.
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
            self._see_references(name, f"{MAIN}comment", limit=1)
        elif kind.endswith("table+xml"):
            self._see_references(name, f"{MAIN}table", limit=MAX_CELLS)
        elif kind.endswith("+xml"):
            parse(self._package.read(name))

    def _hold(self, what: str) -> None:
        if what:
            self._holds.setdefault(what)

    def _see_workbook(self, name: str) -> None:
        root = parse(self._package.read(name))
        for child in root:
            if isinstance(child.tag, str) and child.tag.removeprefix(MAIN) not in KEPT_WORKBOOK:
                self._hold(OTHER_CONTENT)
        for defined in root.iter(f"{MAIN}definedName"):
            self._count_ranges(1)
            self._see_formula(defined.text)

    def _see_vml(self, content: bytes) -> None:
        # Comments are drawn in VML, and so are buttons, list boxes and header pictures.
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
        for event, element in iterate(stream):
            if event == "start":
                depth += 1
                if depth == 1:
                    refuse_entities(element)
                elif depth == 2:  # noqa: PLR2004 - a child of the worksheet
                    self._see_section(element)
                continue
            depth -= 1
            tag = element.tag
            if tag == f"{MAIN}c":
                far = self._see_cell(element, far)
            elif tag == f"{MAIN}row":
                self._rows += 1
                element.clear()
            elif depth == 1:
                self._see_whole_section(element)
                element.clear()
            if self._cells > MAX_CELLS or self._rows > MAX_ROWS or far[0] * far[1] > MAX_AREA:
                raise _TooBig

    def _see_section(self, element: Any) -> None:
        name = str(element.tag)
        local = name.removeprefix(MAIN)
        if not name.startswith(MAIN):
            self._hold(OTHER_CONTENT)
        elif local not in KEPT_IN_SHEET and local not in HARMLESS_IN_SHEET and local != "extLst":
            self._hold(lost_in_sheet(local))

    def _see_whole_section(self, element: Any) -> None:
        for extension in element.iter(f"{MAIN}ext") if element.tag == f"{MAIN}extLst" else ():
            self._hold(lost_extension(extension.get("uri", "")))
        for part in element.iter():
            reference = part.get("ref") or part.get("sqref")
            if reference is None:
                continue
            expands = part.tag in (f"{MAIN}mergeCell", f"{MAIN}hyperlink")
            self._count_ranges(len(reference.split()))
            if expands:
                self._count_area(reference, MAX_CELLS)
        for formula in ("formula", "formula1", "formula2"):
            for part in element.iter(f"{MAIN}{formula}"):
                self._see_formula(part.text)

    def _see_cell(self, element: Any, far: Corner) -> Corner:
        self._cells += 1
        formula = element.find(f"{MAIN}f")
        if formula is not None:
            self._see_formula(formula.text)
        place = _CELL.match(element.get("r", ""))
        if place is None:
            return far
        return max(far[0], int(place[2])), max(far[1], column_number(place[1]))

    def _see_formula(self, text: str | None) -> None:
        # Their own formulas are theirs and stay. These reach out of the workbook as soon as it is
        # opened and somebody clicks 更新; a file saved by us must not do that.
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
        corners = [_CELL.match(corner) for corner in reference.split(":")]
        if len(corners) not in (1, 2) or None in corners:
            raise ValueError(reference)
        rows = [int(corner[2]) for corner in corners if corner]
        columns = [column_number(corner[1]) for corner in corners if corner]
        area = (max(rows) - min(rows) + 1) * (max(columns) - min(columns) + 1)
        self._area += area
        if area > limit or self._area > MAX_CELLS:
            raise _TooBig


def content_types(package: ZipFile, names: list[str]) -> dict[str, str]:
    """Return each part's content type; empty where the package gives none.

    Raises:
        KeyError: there is no ``[Content_Types].xml``.
        lxml.etree.XMLSyntaxError: it cannot be parsed.
    """
    root = parse(package.read("[Content_Types].xml"))
    extensions = {
        one.get("Extension", "").lower(): one.get("ContentType", "")
        for one in root.iter(f"{_TYPES}Default")
    }
    parts = {
        one.get("PartName", "").lstrip("/"): one.get("ContentType", "")
        for one in root.iter(f"{_TYPES}Override")
    }
    found = {
        name: parts.get(name, extensions.get(name.rpartition(".")[2].lower(), "")) for name in names
    }
    found["[Content_Types].xml"] = "application/xml"
    return found


def column_number(letters: str) -> int:
    """Return a column's number: A is 1."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def parse(content: bytes) -> Any:
    """Parse a part with entities and network switched off.

    Raises:
        lxml.etree.XMLSyntaxError: not well-formed.
        ValueError: it declares a document type.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    root = etree.fromstring(content, parser)
    refuse_entities(root)
    return root


def refuse_entities(root: Any) -> None:
    """Refuse a part that declares entities: other parsers than ours might expand them.

    Raises:
        ValueError: it has a document type declaration, which no spreadsheet program writes.
    """
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("document type declaration")


def iterate(stream: IO[bytes]) -> Iterator[tuple[str, Any]]:
    """Go through a part as it is parsed, entities and network switched off."""
    from lxml import etree

    yield from etree.iterparse(
        stream,
        events=("start", "end"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def sheet_parts(package: ZipFile) -> dict[str, str]:
    """Return the part of each worksheet, by the sheet's name, in the workbook's order.

    Raises:
        KeyError: the package has no workbook or lacks a part.
    """
    names = package.namelist()
    types = content_types(package, names)
    book = next((name for name in names if types[name] == KEPT_PARTS[0]), None)
    if book is None:
        raise KeyError("workbook")
    folder, _, base = book.rpartition("/")
    links = parse(package.read(f"{folder}/_rels/{base}.rels".lstrip("/")))
    targets = {link.get("Id"): str(link.get("Target")) for link in links}
    found = {}
    for sheet in parse(package.read(book)).iter(f"{MAIN}sheet"):
        target = targets[sheet.get(f"{_RELATIONSHIP}id")]
        part = target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/")
        found[str(sheet.get("name"))] = part
    return found
