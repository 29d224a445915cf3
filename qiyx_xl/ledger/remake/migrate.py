"""How a ledger of an earlier version becomes one of the present version.

It gets the present macros, ribbon, help texts and columns. Everything that people wrote stays, also
their own macros. All is made in memory first; a ledger that cannot be migrated is not touched.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.data import read_text
from qiyx_xl.files.xml import Q, parse, serialized
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.build.ribbon import RIBBON_PART, ribbon_of, with_ribbon
from qiyx_xl.ledger.build.vba import VBA_PART, ForeignMacrosError, updated_project
from qiyx_xl.ledger.content.identity import help_cells, identity
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.file.own_words import check_plan, kept_cells, kept_sheet
from qiyx_xl.ledger.file.plan_shape import with_shape_of
from qiyx_xl.ledger.file.refresh import backups_kept, refreshed
from qiyx_xl.ledger.file.replace import read_closed, replace_closed
from qiyx_xl.ledger.file.sheet_xml import put_cells
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, LedgerEdition, LedgerSheet
from qiyx_xl.ledger.remake.added_sheets import missing_sheets, with_log_sheets

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.layout.cells import Cell


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done: the schema before, columns and sheets added, whether the macros changed."""

    before: str
    columns: tuple[str, ...]
    sheets: tuple[str, ...]
    macros: bool

    @property
    def is_needed(self) -> bool:
        """Whether anything was changed."""
        return self.macros or bool(self.sheets) or self.before != LEDGER_SCHEMA


def migrate_ledger(path: Path, view: LedgerView) -> Migration:
    """Turn a closed ledger into one of the present schema that shows a view.

    Raises:
        LedgerError: it is missing, open, read-only, not a ledger, of another plan, or its macros
            cannot be replaced; the file is then unchanged.
    """
    old = read_closed(path)
    ledger = OpenedLedger(old.data, path.name)
    with raising_damaged_ledger_error(path.name):
        done, package = _migrated(ledger, view)
    if done.is_needed:
        after = refreshed(OpenedLedger(package, path.name), view, path.name)
        replace_closed(old, after, backups=backups_kept(ledger))
    return done


def _migrated(ledger: OpenedLedger, view: LedgerView) -> tuple[Migration, bytes]:
    check_plan(ledger, view, schema=LEDGER_SCHEMA)
    has_macros = ledger.edition is LedgerEdition.EXCEL
    try:
        project = updated_project(ledger.package) if has_macros else None
    except ForeignMacrosError as wrong:
        raise LedgerError(
            f"台账“{ledger.name}”升级不了，没有改动它：{wrong}。请换回 .xlsm 的台账，或用 "
            "qiyx ledger build 另建一本，把自己写的抄过去。"
        ) from wrong
    source, name = read_text("macros/customUI14.xml"), view.plan.words.short_name
    ribbon = ribbon_of(source, name)
    is_ribbon = not has_macros or (
        RIBBON_PART in ledger.part_names() and ledger.read(RIBBON_PART) == ribbon
    )
    columns = tuple(_added_columns(ledger.schema, view))
    macros = project is not None or not is_ribbon
    done = Migration(ledger.schema, columns, missing_sheets(ledger), macros)
    if not done.is_needed:
        return done, ledger.package
    shaped = with_log_sheets(with_shape_of(ledger, view, schema=LEDGER_SCHEMA), view.plan)
    parts = {shaped.part(LedgerSheet.IDENTITY): _identity_sheet(shaped, view)}
    if project is not None:
        parts[VBA_PART] = project
    package = with_parts(shaped.package, parts)
    if not has_macros:
        return done, package
    if RIBBON_PART in shaped.part_names():
        return done, with_parts(package, {RIBBON_PART: ribbon})
    return done, with_ribbon(package, source, name)


def _added_columns(schema: str, view: LedgerView) -> list[str]:
    """Return the headers of the visible columns that a ledger of a schema does not have."""
    before, after = (Content(view, each) for each in (schema, LEDGER_SCHEMA))
    pairs = zip(
        (*before.plan_tables, before.records), (*after.plan_tables, after.records), strict=True
    )
    added = [
        column.header
        for old, new in pairs
        for column in new.columns
        if column.header not in old.headers and not column.hidden
    ]
    return list(dict.fromkeys(added))


def _identity_sheet(ledger: OpenedLedger, view: LedgerView) -> bytes:
    """Return the very hidden sheet with the present schema, messages and help texts."""
    root = parse(ledger.read(ledger.part(LedgerSheet.IDENTITY)))
    data = root.find(f"{Q}sheetData")
    for row in list(data):
        data.remove(row)
    pairs = (*identity(view, ledger.edition), *texts.messages(view.plan).items())
    cells: dict[tuple[int, int], Cell] = dict(help_cells())
    for row_number, (key, text) in enumerate(pairs):
        cells |= {(row_number, 0): key, (row_number, 1): text}
    put_cells(root, cells)
    return kept_sheet(serialized(root), kept_cells(ledger))
