"""How the sender's values survive openpyxl: they are restored in the copy and compared.

openpyxl drops the stored results of formulas, so that a phone's preview of the copy would show
empty cells, and it rounds dates. The stored values are put back here. Then every cell of the copy
is compared with the original's; if one differs (openpyxl drops a value hidden under a merged
cell), the copy is not sent.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any, NamedTuple
from zipfile import ZipFile

from qiyx_xl.documents.returns.survey import sheet_parts
from qiyx_xl.files.xml import Q, parse, serialized, shared_strings, text_of
from qiyx_xl.files.zip_writer import USUAL, packed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_CORE = "docProps/core.xml"
_STYLES = "xl/styles.xml"
_CELL = f"{Q}c"
_VALUE, _FORMULA, _INLINE = f"{Q}v", f"{Q}f", f"{Q}is"
# The order in which Excel writes the elements of a font, and which strict parsers require.
_FONT_ORDER = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign"),
    *("sz", "color", "name", "family", "charset", "scheme"),
)
_CREATED = "{http://purl.org/dc/terms/}created"
_MODIFIED = "{http://purl.org/dc/terms/}modified"
_MODIFIED_BY = (
    "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}lastModifiedBy"
)


class StoredCell(NamedTuple):
    """A cell as a file stores it: its type, its text, and whether it has a formula.

    ``kind`` is ``n``, ``text``, ``b`` or ``e``. The ``text`` of a number is ``repr`` of its
    float, so that 1.50 and 1.5 are equal.
    """

    kind: str
    text: str
    is_formula: bool


Cells = dict[str, dict[str, StoredCell]]


def stored_cells(file: IO[bytes], skipped: Iterable[str] = ()) -> Cells:
    """Return the stored cells of a workbook that ``survey`` has passed, by sheet and address.

    Raises:
        OSError, KeyError, ValueError, zipfile.BadZipFile: it cannot be read as a workbook.
    """
    with ZipFile(file) as package:
        strings = _shared_strings(package)
        return {
            sheet: _sheet_cells(package, part, strings)
            for sheet, part in sheet_parts(package).items()
            if sheet not in set(skipped)
        }


def finish(draft: IO[bytes], original: Cells, core: bytes | None) -> bytes:
    """Return openpyxl's draft with the sender's results, numbers and date of saving restored.

    The clock is not read, so the same input gives the same bytes.

    Args:
        draft: the workbook as saved by openpyxl.
        original: the sender's stored cells; results and numbers are restored from them.
        core: the original's ``docProps/core.xml``: when and by whom it was saved.
    """
    parts = {}
    with ZipFile(draft) as source:
        sheets = {part: name for name, part in sheet_parts(source).items()}
        for name in source.namelist():
            content = source.read(name)
            if sheets.get(name) in original:
                content = _with_values(content, original[sheets[name]])
            elif name == _CORE:
                content = _with_saving_of(content, core)
            elif name == _STYLES:
                content = _with_fonts_in_order(content)
            parts[name] = content
    return packed(parts.items(), level=USUAL)


def core_properties(file: IO[bytes]) -> bytes | None:
    """Return a package's ``docProps/core.xml``; None if it has none."""
    with ZipFile(file) as package:
        return package.read(_CORE) if _CORE in package.namelist() else None


def _shared_strings(package: ZipFile) -> list[str]:
    name = next((name for name in package.namelist() if name.endswith("sharedStrings.xml")), None)
    return [] if name is None else shared_strings(package.read(name))


def _sheet_cells(package: ZipFile, part: str, strings: list[str]) -> dict[str, StoredCell]:
    # All cells are kept in memory; ``survey`` has limited their number before.
    found = {}
    for element in parse(package.read(part)).iter(_CELL):
        cell = _stored(element, strings)
        if cell is not None:
            found[element.get("r", "")] = cell
    return found


def _stored(element: Any, strings: list[str]) -> StoredCell | None:
    kind = element.get("t", "n")
    value, is_formula, inline = None, False, None
    for part in element:  # one loop over two or three parts is faster than a search for each
        tag = part.tag
        if tag == _VALUE and value is None:
            value = part.text or ""
        elif tag == _FORMULA:
            is_formula = True
        elif tag == _INLINE and inline is None:
            inline = part
    if kind == "s":
        kind, text = "text", strings[int(value)] if value is not None else ""
    elif kind == "inlineStr":
        kind, text = "text", text_of(inline) if inline is not None else ""
    elif kind == "str":
        kind, text = "text", value or ""
    elif kind == "n":
        text = repr(float(value)) if value else ""  # openpyxl writes an empty <v>
    else:
        text = value or ""
    # An empty text counts as no cell: it shows nothing, and openpyxl does not write it.
    return StoredCell(kind, text, is_formula) if text or is_formula else None


def _with_values(content: bytes, cells: Mapping[str, StoredCell]) -> bytes:
    """Restore the results of formulas, which openpyxl drops, and the exact numbers.

    openpyxl reads a number with a date format as a date, and rounds it.
    """
    from lxml import etree

    root = parse(content)
    for element in root.iter(_CELL):
        known = cells.get(element.get("r", ""))
        if known is None:
            continue
        if not known.is_formula and not (known.kind == element.get("t", "n") == "n"):
            continue
        if (element.find(_FORMULA) is not None) != known.is_formula:
            continue
        for stale in element.findall(_VALUE):
            element.remove(stale)
        element.attrib.pop("t", None)
        if known.kind != "n":
            element.set("t", "str" if known.kind == "text" else known.kind)
        if known.text or known.kind == "text":
            etree.SubElement(element, _VALUE).text = known.text
    return serialized(root)


def _with_saving_of(content: bytes, core: bytes | None) -> bytes:
    root, theirs = parse(content), parse(core) if core is not None else None
    for tag in (_CREATED, _MODIFIED, _MODIFIED_BY):
        ours = root.find(tag)
        known = theirs.find(tag) if theirs is not None else None
        if ours is not None and known is not None:
            ours.text = known.text
        elif ours is not None:
            root.remove(ours)
    return serialized(root)


def _with_fonts_in_order(content: bytes) -> bytes:
    root = parse(content)
    ranks = {f"{Q}{name}": rank for rank, name in enumerate(_FONT_ORDER)}
    for font in root.iter(f"{Q}font"):
        font[:] = sorted(font, key=lambda part: ranks.get(part.tag, len(ranks)))
    return serialized(root)
