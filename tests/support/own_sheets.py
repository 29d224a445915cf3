"""A sheet of people's own in a ledger: formulas over our sheets, a chart, a table, a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.file.opened import OpenedLedger
from support.ledger_views import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from qiyx_xl.ledger.registry import LedgerSheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument"
_TYPES, _BOOK, _RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
OWN, OWN_PART = "我的表", "xl/worksheets/sheet99.xml"


def typed(kind: str, part: str, types: str) -> str:
    """The content types with one more part."""
    entry = f'<Override PartName="/{part}" ContentType="{_KIND}.{kind}+xml"/></Types>'
    return types.replace("</Types>", entry)


def with_own_sheet(path: Path, formulas: Mapping[str, str], names: Mapping[str, str]) -> None:
    """Add a sheet with a formula in each row of column A, and defined names."""
    parts = parts_of(path)
    rows = "".join(
        f'<row r="{number}"><c r="A{number}" t="inlineStr"><is><t>{escape(label)}</t></is></c>'
        f'<c r="B{number}"><f>{escape(formula)}</f></c></row>'
        for number, (label, formula) in enumerate(formulas.items(), start=1)
    )
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    book = parts[_BOOK].decode()
    book = book.replace("</sheets>", f'<sheet name="{OWN}" sheetId="99" r:id="rId990"/></sheets>')
    defined = "".join(
        f'<definedName name="{name}">{escape(text)}</definedName>' for name, text in names.items()
    )
    book = book.replace("</definedNames>", f"{defined}</definedNames>")
    entry = (
        f'<Relationship Id="rId990" Type="{OFFICE}/worksheet" Target="worksheets/sheet99.xml"/>'
        "</Relationships>"
    )
    changed = {
        OWN_PART: sheet.encode(),
        _BOOK: book.encode(),
        _RELATIONS: parts[_RELATIONS].decode().replace("</Relationships>", entry).encode(),
        _TYPES: typed("spreadsheetml.worksheet", OWN_PART, parts[_TYPES].decode()).encode(),
    }
    path.write_bytes(with_parts(path.read_bytes(), changed))


def with_bound_part(
    path: Path, sheet: LedgerSheet, part: str, kind: str, content_type: str, content: str
) -> None:
    """Add a part (a table, comments) that belongs to one of our sheets."""
    parts = parts_of(path)
    opened = OpenedLedger(path.read_bytes(), path.name)
    relations = opened.part(sheet).replace("worksheets/", "worksheets/_rels/") + ".rels"
    there = parts.get(relations, f'<Relationships xmlns="{PACKAGE}"></Relationships>'.encode())
    entry = (
        f'<Relationship Id="rId{len(parts)}" Type="{OFFICE}/{kind}"'
        f' Target="../{part.removeprefix("xl/")}"/></Relationships>'
    )
    changed = {
        part: content.encode(),
        relations: there.decode().replace("</Relationships>", entry).encode(),
        _TYPES: typed(content_type, part, parts[_TYPES].decode()).encode(),
    }
    path.write_bytes(with_parts(path.read_bytes(), changed))
