"""Which items people want another agency to report: what they typed on the plan's sheets.

Beside 责任单位 there are two cells to fill in, 改由 and 从哪一期起.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.files.xml import Q, parse
from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


PLAN_SHEETS = (LedgerSheet.INDICATORS, LedgerSheet.GOALS, LedgerSheet.MILESTONES)


@dataclass(frozen=True, slots=True)
class TypedReporter:
    """What is typed beside an item: the agency that shall report it, and from which period on.

    ``place`` is the row and the column of 改由, from 0. Either text may be empty, not both.
    """

    sheet: LedgerSheet
    code: str
    agency: str
    since: str
    place: tuple[int, int]


def read_reporters(path: Path) -> tuple[TypedReporter, ...]:
    """Return what is typed on the plan's sheets of a closed ledger.

    Raises:
        LedgerError: it is not a ledger, a sheet is missing, or it is damaged.
        OSError: it cannot be read.
    """
    with raising_damaged_ledger_error(path.name):
        ledger = OpenedLedger(path.read_bytes(), path.name)
        found: list[TypedReporter] = []
        for sheet in PLAN_SHEETS:
            root = parse(ledger.read(ledger.part(sheet)))
            rows: dict[int, dict[int, str]] = {}
            for row in root.iter(f"{Q}row"):
                number = int(row.get("r")) - 1
                if number < layout.PLAN_HEADER_ROW:
                    continue
                cells = {cell.get("r"): cell for cell in row}
                rows[number] = {
                    place: text
                    for place in range(layout.MOST_PLAN_COLUMNS)
                    if (text := ledger.cell_text(cells.get(address(number, place))))
                }
            found += typed_reporters(sheet, rows)
        return tuple(found)


def typed_reporters(sheet: LedgerSheet, rows: dict[int, dict[int, str]]) -> Sequence[TypedReporter]:
    """Return what is typed in the rows of a plan sheet, its header row included.

    Args:
        sheet: which sheet it is.
        rows: the texts by row and column, from 0.
    """
    header = {text: place for place, text in rows.get(layout.PLAN_HEADER_ROW, {}).items()}
    wanted = (layout.CHANGE_TO, layout.CHANGE_SINCE)
    code_at = header.get(layout.ID, header.get(layout.CODE))
    if code_at is None or not set(wanted) <= header.keys():
        return ()  # a ledger of an earlier version
    agency_at, since_at = (header[text] for text in wanted)
    found = []
    for number, cells in sorted(rows.items()):
        code = cells.get(code_at, "").removesuffix(".0")
        agency, since = (cells.get(place, "").strip() for place in (agency_at, since_at))
        if number > layout.PLAN_HEADER_ROW and code and (agency or since):
            since = since.removesuffix(".0")
            found.append(TypedReporter(sheet, code, agency, since, (number, agency_at)))
    return found
