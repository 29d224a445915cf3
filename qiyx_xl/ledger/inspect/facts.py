"""What a closed ledger says of itself to whoever has to make it run: VBA version, settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger, Q, parse_xml
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, XLWINGS_MODULE, Sheet

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = re.compile(r'XLWINGS_VERSION As String = "([^"]+)"')
_UNSAFE_START = '" -B -c ""import'  # without -P, see vba.starting_safely


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """``vba_version`` is None where the workbook has no xlwings module of its own.

    ``is_older``: it was built before the ledgers of now, and its functions know less.
    """

    vba_version: str | None
    uses_addin: bool
    settings: dict[str, str] = field(default_factory=dict)
    is_older: bool = False
    looks_around: bool = False
    """Whether its macros start Python so that it takes modules from the current folder."""


def workbook_facts(path: Path) -> WorkbookFacts:
    """Read a ledger's xlwings version and its sheet xlwings.conf.

    Raises:
        LedgerError: it is no ledger of ours, or its macros are gone or cannot be read.
        OSError: it cannot be opened.
    """
    book = OpenedLedger(path.read_bytes(), path.name)
    module, uses_addin = _vba(path)
    found = _VERSION.search(module)
    return WorkbookFacts(
        None if found is None else found[1],
        uses_addin,
        _settings(book),
        is_older=book.schema != LEDGER_SCHEMA,
        looks_around=_UNSAFE_START in module,
    )


def _vba(path: Path) -> tuple[str, bool]:
    """Return the text of xlwings' module, and whether its add-in is called instead."""
    from pyopenvba import ExcelFile, PyOpenVBAError

    try:
        with ExcelFile(path) as book:
            if not book.has_vba_project():
                raise LedgerError(
                    f"“{path.name}”里没有宏，可能另存成了 .xlsx。请换回 .xlsm 格式的台账。"
                )
            modules = book.module_names()
            text = book.get_module(XLWINGS_MODULE) if XLWINGS_MODULE in modules else ""
            references = [str(reference) for reference in book.references()]
    except PyOpenVBAError as wrong:
        raise LedgerError(f"“{path.name}”里的宏读不出来。请换回备份的台账。") from wrong
    calls_addin = any("xlwings" in one.lower() for one in references)
    return text, calls_addin and _VERSION.search(text) is None


def _settings(book: OpenedLedger) -> dict[str, str]:
    settings = {}
    for row in parse_xml(book.read(book.part(Sheet.CONFIG))).iter(f"{Q}row"):
        cells = {cell.get("r"): cell for cell in row}
        number = int(row.get("r")) - 1
        key, value = (book.cell_text(cells.get(address(number, column))) for column in (0, 1))
        if key:
            settings[key] = value
    return settings
