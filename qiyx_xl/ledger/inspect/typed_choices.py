"""Which choices people have typed on the sheet 冲突: the agency whose number to use, and why.

A choice is valid for the two numbers in its row only. Before it is booked, they have to be
compared with the log (``TypedChoice.has_numbers_of``).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import SIGNIFICANT_DIGITS, spell
from qiyx_xl.files.xml import Q, parse
from qiyx_xl.ledger.content.view import Choice
from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.core.records.record import Record


@dataclass(frozen=True, slots=True)
class TypedChoice:
    """One row of 冲突 with a typed choice; ``left`` and ``right`` are agency and number."""

    period: str
    code: str
    left: tuple[str, str]
    right: tuple[str, str]
    choice: Choice

    def is_about(self, conflict: Conflict) -> bool:
        """Whether its row has this conflict's period, item and agencies, with any numbers."""
        left, right = conflict.left, conflict.right
        return (self.period, self.code, self.left[0], self.right[0]) == (
            str(left.period),
            left.code,
            left.agency,
            right.agency,
        )

    def has_numbers_of(self, conflict: Conflict) -> bool:
        """Whether the numbers in its row equal those of the conflict."""
        return _same(self.left[1], conflict.left) and _same(self.right[1], conflict.right)


def read_choices(path: Path) -> tuple[TypedChoice, ...]:
    """Return the choices typed on the sheet 冲突 of a closed ledger.

    Raises:
        LedgerError: it is not a ledger, the sheet is missing, or it is damaged.
        OSError: it cannot be read.
    """
    with raising_damaged_ledger_error(path.name):
        return _read_choices(path)


def _read_choices(path: Path) -> tuple[TypedChoice, ...]:
    ledger = OpenedLedger(path.read_bytes(), path.name)
    table = log_tables.CONFLICT_TABLE
    root = parse(ledger.read(ledger.part(LedgerSheet.CONFLICTS)))
    rows = []
    for row in root.iter(f"{Q}row"):
        number = int(row.get("r")) - 1
        if number < table.first_row:
            continue
        cells = {cell.get("r"): cell for cell in row}
        rows.append(
            [
                ledger.cell_text(cells.get(address(number, place)))
                for place in range(len(table.columns))
            ]
        )
    return typed_choices(rows)


def typed_choices(rows: Sequence[Sequence[str]]) -> tuple[TypedChoice, ...]:
    """Return the choices typed in rows of 冲突, given as texts in the order of its columns."""
    table = log_tables.CONFLICT_TABLE
    found = []
    for row in rows:
        cell = {
            column.header: text.strip() for column, text in zip(table.columns, row, strict=True)
        }
        choice = Choice(
            cell[log_tables.CHOSEN], cell[log_tables.REASON_TYPED], cell[log_tables.DECIDED_BY]
        )
        if cell["状态"] == "待定" and not choice.is_blank:
            found.append(
                TypedChoice(
                    cell["数据期"],
                    cell["编号"].removesuffix(".0"),
                    (cell["单位一"], cell["单位一报的数"]),
                    (cell["单位二"], cell["单位二报的数"]),
                    choice,
                )
            )
    return tuple(found)


def _same(cell_text: str, record: Record) -> bool:
    formatted = spell(record.actual)
    if cell_text == formatted:
        return True
    try:
        return _rounded(cell_text) == _rounded(formatted)
    except InvalidOperation:
        return False


def _rounded(text: str) -> str:
    return format(Decimal(text), f".{SIGNIFICANT_DIGITS - 1}E")
