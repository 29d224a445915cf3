"""Their numbers untouched: what a workbook's cells hold, compared before and after openpyxl.

openpyxl drops the stored results of formulas, so that a phone's preview of the copy would show
empty cells, and it rounds dates; what was stored is put back here. Then every cell of the copy is
compared with the original's: where one differs (a value hidden under a merge is gone), the copy
is not sent out.
"""

from __future__ import annotations

from io import BytesIO
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from qiyx_xl.documents.returns.survey import sheet_parts
from qiyx_xl.files.xml import Q, parse, written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a .zip can say; the same input, the same bytes
_CORE = "docProps/core.xml"
_STYLES = "xl/styles.xml"
_CELL = f"{Q}c"
_VALUE, _FORMULA, _INLINE = f"{Q}v", f"{Q}f", f"{Q}is"
# The order in which Excel writes what a font is made of, and a strict reader wants it.
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
    """A cell as a file stores it: its type, its text, and whether a formula made it.

    ``kind`` is ``n``, ``text``, ``b`` or ``e``; a number's ``text`` is spelled by ``repr``, so
    that 1.50 and 1.5 are the same.
    """

    kind: str
    text: str
    is_formula: bool


Cells = dict[str, dict[str, StoredCell]]


def stored_cells(file: IO[bytes], skipped: Iterable[str] = ()) -> Cells:
    """Return what every cell of a surveyed workbook holds, by sheet and address.

    Raises:
        OSError, KeyError, ValueError, zipfile.BadZipFile: not a workbook that could be marked.
    """
    with ZipFile(file) as package:
        strings = _shared_strings(package)
        return {
            sheet: _sheet_cells(package, part, strings)
            for sheet, part in sheet_parts(package).items()
            if sheet not in set(skipped)
        }


def finish(draft: IO[bytes], original: Cells, core: bytes | None) -> bytes:
    """Return openpyxl's draft made whole: stored results back in, saving date theirs, no clock.

    Args:
        draft: what openpyxl saved.
        original: what the sender's cells hold; results and numbers are put back.
        core: the original's ``docProps/core.xml``, for when and by whom it was saved.
    """
    out = BytesIO()
    with ZipFile(draft) as source, ZipFile(out, "w", ZIP_DEFLATED) as package:
        sheets = {part: name for name, part in sheet_parts(source).items()}
        for name in source.namelist():
            content = source.read(name)
            if sheets.get(name) in original:
                content = _with_values(content, original[sheets[name]])
            elif name == _CORE:
                content = _with_saving_of(content, core)
            elif name == _STYLES:
                content = _with_fonts_in_order(content)
            package.writestr(_entry(name), content)
    return out.getvalue()


def core_properties(file: IO[bytes]) -> bytes | None:
    """Return a package's ``docProps/core.xml``; None where it has none."""
    with ZipFile(file) as package:
        return package.read(_CORE) if _CORE in package.namelist() else None


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    entry.create_system = 3
    return entry


def _shared_strings(package: ZipFile) -> list[str]:
    name = next((name for name in package.namelist() if name.endswith("sharedStrings.xml")), None)
    if name is None:
        return []
    return [_text(item) for item in parse(package.read(name)).iter(f"{Q}si")]


def _text(element: Any) -> str:
    # Readings (rPh) stand beside a text and are not part of it.
    return "".join(
        part.text or "" for part in element.iter(f"{Q}t") if part.getparent().tag != f"{Q}rPh"
    )


def _sheet_cells(package: ZipFile, part: str, strings: list[str]) -> dict[str, StoredCell]:
    # Surveyed before: as many cells as there are stand in memory.
    found = {}
    for element in parse(package.read(part)).iter(_CELL):
        cell = _stored(element, strings)
        if cell is not None:
            found[element.get("r", "")] = cell
    return found


def _stored(element: Any, strings: list[str]) -> StoredCell | None:
    kind = element.get("t", "n")
    value, is_formula, inline = None, False, None
    for part in element:  # one look at two or three parts: a search for each takes longer
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
        kind, text = "text", _text(inline) if inline is not None else ""
    elif kind == "str":
        kind, text = "text", value or ""
    elif kind == "n":
        text = repr(float(value)) if value else ""  # openpyxl writes an empty <v>
    else:
        text = value or ""
    # An empty text shows nothing and reads as nothing; openpyxl writes none.
    return StoredCell(kind, text, is_formula) if text or is_formula else None


def _with_values(content: bytes, cells: Mapping[str, StoredCell]) -> bytes:
    """Put back the results of formulas, which openpyxl drops, and numbers to the last digit.

    openpyxl reads a number under a date format as a date, and rounds it.
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
    return written(root)


def _with_saving_of(content: bytes, core: bytes | None) -> bytes:
    root, theirs = parse(content), parse(core) if core is not None else None
    for tag in (_CREATED, _MODIFIED, _MODIFIED_BY):
        ours = root.find(tag)
        known = theirs.find(tag) if theirs is not None else None
        if ours is not None and known is not None:
            ours.text = known.text
        elif ours is not None:
            root.remove(ours)
    return written(root)


def _with_fonts_in_order(content: bytes) -> bytes:
    root = parse(content)
    ranks = {f"{Q}{name}": rank for rank, name in enumerate(_FONT_ORDER)}
    for font in root.iter(f"{Q}font"):
        font[:] = sorted(font, key=lambda part: ranks.get(part.tag, len(ranks)))
    return written(root)
