"""A small, slow workbook reader that only parses the XML, following ECMA-376 strictly.

``compare_readers`` uses it for workbooks that openpyxl cannot open. It shares no code with the
program's own reader.
"""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from posixpath import join, normpath
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import unquote

from lxml import etree
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from readings import CellReading, Day, Place, Reading, SheetReading, Value, shows_percent, unescaped

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAIN = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
_CHINESE_DATES = frozenset({*range(27, 37), *range(50, 59)})
_FROM_1900_TO_1904 = 1462  # days
_NUMBER = re.compile(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?")
_ADDRESS = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]*)", re.IGNORECASE)


class Unreadable(Exception):  # noqa: N818 - it is an answer
    """The workbook cannot be read according to the standard."""


def read(data: bytes) -> Reading:
    """Read an .xlsx.

    Raises:
        Unreadable: it cannot be read.
    """
    try:
        return Reading("plain", dict(_sheets(_Package(data))))
    except (
        zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, ValueError, IndexError, EOFError,
        OSError, NotImplementedError, RuntimeError, TypeError,
    ) as error:  # fmt: skip
        raise Unreadable(str(error)) from None
    except Exception as error:
        if type(error).__module__ == "zlib":
            raise Unreadable(str(error)) from None
        raise


class _Package:
    """The parts of a workbook, by name and by relationship."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(BytesIO(data))
        self._names = {name.lower(): name for name in self._archive.namelist()}

    def xml(self, part: str) -> Any:
        """Parse a part and return its root, without comments and processing instructions."""
        parser = etree.XMLParser(
            remove_comments=True, remove_pis=True, resolve_entities=False, no_network=True,
            strip_cdata=True, huge_tree=True,
        )  # fmt: skip
        return etree.fromstring(self._archive.read(self._names[part.lower()]), parser)

    def related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return a part's relationships by id: their kind and the part they refer to."""
        folder, _, name = part.rpartition("/")
        relations = join(folder, "_rels", f"{name}.rels")
        if relations.lower() not in self._names:
            return {}
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                normpath(join("/", folder, unquote(relation.get("Target", "")))).lstrip("/"),
            )
            for relation in self.xml(relations)
        }


def _sheets(package: _Package) -> Iterator[tuple[str, SheetReading]]:
    main = next(part for kind, part in package.related("").values() if kind == "officeDocument")
    book, related = package.xml(main), package.related(main)
    by_kind = dict(related.values())
    texts = []
    if "sharedStrings" in by_kind:
        texts = [_text(item) for item in _children(package.xml(by_kind["sharedStrings"]), "si")]
    (about_book,) = _all(book, "workbookPr")[:1] or [{}]
    from_1904 = _is_on(about_book.get("date1904"))
    formats = _formats(package.xml(by_kind["styles"])) if "styles" in by_kind else []
    for about in _all(book, "sheet"):
        reference = next((v for k, v in about.attrib.items() if k.endswith("}id")), "")
        kind, part = related.get(reference, ("", ""))
        if kind == "worksheet":
            is_hidden = about.get("state", "visible") != "visible"
            yield (
                about.get("name", ""),
                SheetReading(
                    is_hidden, _cells(package.xml(part), _Known(texts, formats, from_1904))
                ),
            )


def _all(root: Any, name: str) -> list[Any]:
    return [element for main in _MAIN for element in root.iter(f"{{{main}}}{name}")]


def _children(element: Any, *names: str) -> list[Any]:
    return [
        child
        for child in element
        if etree.QName(child).namespace in _MAIN and etree.QName(child).localname in names
    ]


def _text(item: Any) -> str:
    """Return a string item's text, single or in runs, without its phonetic text."""
    pieces = []
    for child in _children(item, "t", "r"):
        ends = [child] if etree.QName(child).localname == "t" else _children(child, "t")
        pieces += [end.text or "" for end in ends]
    return unescaped("".join(pieces))


def _formats(styles: Any) -> list[tuple[int, str]]:
    custom = {
        int(number_format.get("numFmtId")): number_format.get("formatCode", "")
        for number_format in _all(styles, "numFmt")
    }
    (cells,) = _all(styles, "cellXfs")
    numbers = [int(cell_format.get("numFmtId", "0")) for cell_format in _children(cells, "xf")]
    return [(at, custom.get(at, BUILTIN_FORMATS.get(at, "General"))) for at in numbers]


class _Known(NamedTuple):
    """What cells refer to: the workbook's shared strings, number formats and date system."""

    texts: list[str]
    formats: list[tuple[int, str]]
    has_1904_dates: bool


def _cells(sheet: Any, known: _Known) -> dict[Place, CellReading]:
    hidden_columns = [
        (int(column.get("min")), int(column.get("max")))
        for column in _all(sheet, "col")
        if _is_on(column.get("hidden"))
    ]
    merges = [_range(merge.get("ref")) for merge in _all(sheet, "mergeCell")]
    cells: dict[Place, CellReading] = {}
    row = 0
    for data in _children(sheet, "sheetData"):
        for line in _children(data, "row"):
            row = int(line.get("r", row + 1))
            column = 0
            for cell in _children(line, "c"):
                address = cell.get("r")
                at = (row, column + 1) if address is None else _place(address)
                column = at[1]
                reading = _read_cell(cell, known)
                if reading.is_filled:
                    cells[at] = reading._replace(
                        is_hidden=_is_on(line.get("hidden"))
                        or any(first <= column <= last for first, last in hidden_columns)
                    )
    return _merged(cells, merges)


def _merged(
    cells: dict[Place, CellReading], merges: list[tuple[Place, Place]]
) -> dict[Place, CellReading]:
    """Keep only the first of merged cells, the only visible one, and note its range."""
    for (top, left), (bottom, right) in merges:
        for row, column in list(cells):
            if not (top <= row <= bottom and left <= column <= right):
                continue
            if (row, column) != (top, left):
                del cells[row, column]
            elif top < bottom:
                span = f"{_letters(left)}{top}:{_letters(right)}{bottom}"
                cells[row, column] = cells[row, column]._replace(merged=span)
    return cells


def _read_cell(cell: Any, known: _Known) -> CellReading:
    kind = cell.get("t", "n")
    is_formula = bool(_children(cell, "f"))
    written = "".join(child.text or "" for child in _children(cell, "v")[:1])
    value: Value = None
    if kind == "inlineStr":
        value = "".join(_text(child) for child in _children(cell, "is")[:1]) or None
    elif written == "" or (kind == "n" and written.isspace()):
        return CellReading(is_formula=is_formula, is_empty_text=is_formula and kind == "str")
    elif kind == "e":
        return CellReading(error=written, is_formula=is_formula)
    elif kind == "s":
        value = known.texts[int(written)] or None
    elif kind == "b":
        value = bool(int(written))
    elif kind == "str":
        value = unescaped(written)
    elif kind != "n":
        raise Unreadable(kind)
    elif _NUMBER.fullmatch(written.strip(" \t\r\n")) is None:
        value = written  # not a number: return the text
    else:
        number = float(written)
        at, code = known.formats[int(cell.get("s", "0"))] if known.formats else (0, "General")
        if at in _CHINESE_DATES or is_date_format(code):
            # Times of day and durations do not depend on the date system.
            is_late = known.has_1904_dates and number >= 1 and not is_timedelta_format(code)
            value = Day(number + _FROM_1900_TO_1904 if is_late else number)
        else:
            return CellReading(number, None, is_formula, shows_percent(code, number))
    return CellReading(value, None, is_formula)


def _is_on(value: str | None) -> bool:
    return value in {"1", "true", "on"}


def _place(address: str) -> Place:
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError(address)
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    return int(found[2]), column


def _range(ref: str) -> tuple[Place, Place]:
    first, _, last = ref.partition(":")
    return _place(first), _place(last or first)


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
