"""How a closed ledger is refreshed: only the cells of our sheets are written.

Every other part (VBA, buttons, ribbon, charts, other people's sheets) is copied byte for byte,
unless a changed plan moves rows or columns to which it refers (``plan_shape``).
The file is replaced in one step, so that a power cut leaves either the old ledger or the new one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.files.xml import parse, serialized
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.linked_parts import grown_tables, stale_chain, without_part
from qiyx_xl.ledger.file.log_sheet import LogSheet, patch_log_sheet
from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.file.own_words import check_plan, identity_parts, typed_agencies
from qiyx_xl.ledger.file.plan_shape import with_shape_of
from qiyx_xl.ledger.file.replace import read_closed, replace_closed
from qiyx_xl.ledger.file.sheet_xml import (
    cells_of,
    differing,
    patch_cells,
    put_cells,
    rows_in,
    settings_cells,
)
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.spelling import respelled
from qiyx_xl.ledger.registry import LedgerEdition, LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.ledger.content.view import LedgerView

__all__ = ["LedgerError", "RefreshResult", "check_ledger", "refresh_ledger", "refreshed"]


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """The ledger file's sha256 (hex) before and after; equal if nothing had to change."""

    sha256_before: str
    sha256_after: str


def check_ledger(path: Path) -> None:
    """Check that a ledger can be written, before any other work is done.

    Raises:
        LedgerError: it is missing, open, read-only, or not a ledger.
    """
    OpenedLedger(read_closed(path).data, path.name)


def refresh_ledger(path: Path, view: LedgerView) -> RefreshResult:
    """Write a view into a closed ledger; the same view twice gives the same bytes.

    Raises:
        LedgerError: it is missing, open, read-only, not a ledger, or of a plan that the office
            never had; the file is then unchanged.
    """
    before = read_closed(path)
    ledger = OpenedLedger(before.data, path.name)
    after = refreshed(ledger, view, path.name)
    if after != before.data:
        replace_closed(before, after, backups=backups_kept(ledger))
    return RefreshResult(before.sha256, hashlib.sha256(after).hexdigest())


def refreshed(ledger: OpenedLedger, view: LedgerView, name: str) -> bytes:
    """Return the ledger's package with the view written into the cells of our sheets.

    Raises:
        LedgerError: the ledger is of another plan, its tables were moved, or it is damaged.
    """
    with raising_damaged_ledger_error(name):
        plain = respelled(ledger.package, LedgerEdition.EXCEL)
        if plain is not ledger.package:
            ledger = OpenedLedger(plain, ledger.name)
        package = _refreshed(ledger, view)
        if ledger.edition is LedgerEdition.EXCEL:
            return package
        return respelled(package, ledger.edition)


def _refreshed(ledger: OpenedLedger, view: LedgerView) -> bytes:
    check_plan(ledger, view)
    ledger = with_shape_of(ledger, view)
    content = Content(view, ledger.schema)
    sheets = {
        table.sheet: parse(ledger.read(ledger.part(table.sheet))) for table in content.plan_tables
    }
    there = {sheet: cells_of(root) for sheet, root in sheets.items()}
    for table in content.plan_tables:
        content.set_item_rows(table, rows_in(ledger, there[table.sheet], table))
    parts: dict[str, bytes | LogSheet] = {}
    for table, rows in content.plan_sheets():
        root, old = sheets[table.sheet], there[table.sheet]
        notes = typed_agencies(ledger, old, content, table)
        put_cells(root, notes | differing(ledger, root, old, content.sheet_cells(table, rows)))
        parts[ledger.part(table.sheet)] = serialized(root)
    for table, values in content.log_sheets():
        part = ledger.part(table.sheet)
        sheet = patch_log_sheet(ledger, ledger.read(part), table, values)
        note = content.log_note(table.sheet)
        parts[part] = (
            sheet if note is None else patch_cells(bytes(sheet), {log_tables.LOG_NOTE_CELL: note})
        )
        parts |= grown_tables(ledger, part, table, len(values))
    part = ledger.part(LedgerSheet.CONSOLE)
    parts[part] = patch_cells(ledger.read(part), content.console.cells())
    part = ledger.part(LedgerSheet.SETTINGS)
    parts[part] = patch_cells(ledger.read(part), settings_cells(content.settings()))
    parts |= identity_parts(ledger, content)
    chain = stale_chain(ledger, parts)
    if chain is None:
        return with_parts(ledger.package, parts)
    parts |= without_part(ledger, chain)
    return with_parts(ledger.package, parts, without={chain})


def backups_kept(ledger: OpenedLedger) -> int:
    """Return how many backups to keep: the office's setting, or ``texts.BACKUPS``."""
    text = ledger.setting(layout.BACKUPS_SETTING).removesuffix(".0")
    return int(text) if text.isascii() and text.isdigit() else texts.BACKUPS
