"""What people do to a ledger in a spreadsheet program, done to its XML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.sheet_xml import patch_cells

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.ledger.layout.cells import Cell
    from qiyx_xl.ledger.registry import LedgerSheet


def sheet_xml(path: Path, sheet: LedgerSheet) -> str:
    opened = OpenedLedger(path.read_bytes(), path.name)
    return opened.read(opened.part(sheet)).decode()


def rewrite(path: Path, sheet: LedgerSheet, xml: str) -> None:
    opened = OpenedLedger(path.read_bytes(), path.name)
    assert xml != opened.read(opened.part(sheet)).decode()
    path.write_bytes(with_parts(opened.package, {opened.part(sheet): xml.encode()}))


def type_over(path: Path, sheet: LedgerSheet, where: str, value: Cell) -> None:
    """Type a value into a cell, whatever stood in it."""
    from qiyx_xl.ledger.layout.cells import column_of

    row = int(where.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) - 1
    opened = OpenedLedger(path.read_bytes(), path.name)
    part = opened.part(sheet)
    xml = patch_cells(opened.read(part), {(row, column_of(where)): value})
    path.write_bytes(with_parts(opened.package, {part: xml}))


def delete_row(path: Path, sheet: LedgerSheet, number: int) -> None:
    """Empty a row of a log sheet."""
    xml = sheet_xml(path, sheet)
    rewrite(path, sheet, re.sub(rf'<row r="{number}".*?</row>', "", xml, flags=re.DOTALL))
