"""Which other parts must change when cells of our sheets change: calculation chain, tables.

A new ledger has neither: Excel adds the calculation chain, and people create the tables.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from qiyx_xl.files import opc
from qiyx_xl.files.xml import Q, parse, serialized
from qiyx_xl.ledger.file.opened import WORKBOOK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.ledger.file.log_sheet import LogSheet
    from qiyx_xl.ledger.file.opened import OpenedLedger
    from qiyx_xl.ledger.layout.tables import SheetTable

CHAIN = "/calcChain"
"""How the type of the calculation chain's relationship ends."""

_CELL_WITH_FORMULA = re.compile(rb'<c\s[^>]*?\br="([A-Z]+[0-9]+)"[^>]*><f[\s>/]')
_REF = re.compile(r"(\$?[A-Z]+\$?)([0-9]+):(\$?[A-Z]+\$?)([0-9]+)")
_RELATIONS = opc.relations_part(WORKBOOK)


def stale_chain(ledger: OpenedLedger, parts: Mapping[str, bytes | LogSheet]) -> str | None:
    """Return the name of the calculation chain's part if it lists a cell without a formula.

    Excel offers to repair a file with such a chain. Without a chain, it makes a new one silently.
    """
    chain = ledger.related(CHAIN)
    if chain is None:
        return None
    sheets = {sheet_id: parts[part] for sheet_id, part in ledger.sheet_ids() if part in parts}
    formulas = {
        sheet_id: {found.decode() for found in _CELL_WITH_FORMULA.findall(xml)}
        for sheet_id, sheet in sheets.items()
        # Our rows of a log sheet have no formulas.
        for xml in (sheet if isinstance(sheet, bytes) else sheet.others,)
    }
    sheet_id = ""
    for cell in parse(ledger.read(chain)).iter(f"{Q}c"):
        sheet_id = cell.get("i", sheet_id)  # without ``i``, the sheet is that of the entry before
        if sheet_id in sheets and cell.get("r") not in formulas.get(sheet_id, ()):
            return chain
    return None


def without_part(ledger: OpenedLedger, part: str) -> dict[str, bytes]:
    """Return the workbook's relationships and the content types, both without a part."""
    kinds, relations = (parse(ledger.read(name)) for name in (opc.CONTENT_TYPES, _RELATIONS))
    folder = posixpath.dirname(WORKBOOK)
    for root, attribute, its_folder in ((kinds, "PartName", ""), (relations, "Target", folder)):
        for child in list(root):
            if opc.resolved(its_folder, child.get(attribute, "")) == part:
                root.remove(child)
    return {opc.CONTENT_TYPES: serialized(kinds), _RELATIONS: serialized(relations)}


def grown_tables(
    ledger: OpenedLedger, part: str, table: SheetTable, count: int
) -> dict[str, bytes]:
    """Return the tables that people created over a log sheet's rows, extended to its last row.

    Args:
        ledger: the ledger.
        part: the sheet's part.
        table: our table; one of theirs is extended if its header row is ours.
        count: the number of rows now.
    """
    last = table.first_row + max(count, 1)
    grown = {}
    for name in ledger.related_to(part, "/table"):
        root = parse(ledger.read(name))
        changed = False
        for element in (root, *root.iter(f"{Q}autoFilter")):
            found = _REF.fullmatch(element.get("ref", ""))
            if found is None or int(found[2]) != table.header_row + 1 or int(found[4]) >= last:
                continue
            element.set("ref", f"{found[1]}{found[2]}:{found[3]}{last}")
            changed = True
        if changed:
            grown[name] = serialized(root)
    return grown
