"""A form as an agency filled it in: cells with addresses, before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.forms.cell import Cell

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.core.forms.vocabulary import ContactLabel, HeadLabel

_NOTHING = Cell()


LOCKED_KEYS = ("code", "class", "name", "measure", "target", "second_name", "last")
FILLED_KEYS = ("actual", "second", "remark")


class FormRow(NamedTuple):
    """One row of the table. ``number`` is the sheet's row; ``cells`` go by column key.

    ``bare`` are the values under ``LOCKED_KEYS`` and ``FILLED_KEYS``, in this order, where the
    table has just these columns and nothing but the values is to be known of the row's cells; else
    None. ``column`` then is the letters of the number's column.

    ``sum_word`` is what stands before the number if that may name a sum (合计) and not an item.
    """

    number: int
    cells: Mapping[str, Cell]
    bare: tuple[CellValue, ...] | None = None
    column: str = ""
    sum_word: str = ""

    def cell(self, key: str) -> Cell:
        """Return the cell of a column; an empty one without address if there is none."""
        try:
            return self.cells[key]
        except KeyError:
            return _NOTHING


@dataclass(frozen=True, slots=True)
class FilledForm:
    """One filled-in form.

    ``identity`` is the hidden identity sheet (empty if the file is not our template),
    ``headers`` the header cells by column key, ``stated`` what stands under the title
    (填报单位, 数据期), ``heading`` all that stands above the table, ``contacts`` the signature
    block; ``foot`` is the row below the table.
    """

    sheet: str
    headers: Mapping[str, Cell]
    rows: tuple[FormRow, ...]
    identity: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[HeadLabel, Cell] = field(default_factory=dict)
    contacts: Mapping[ContactLabel, Cell] = field(default_factory=dict)
    foot: int = 0
    heading: str = ""

    def header(self, key: str) -> str:
        """Return a column's header as it stands in the file."""
        cell = self.headers.get(key)
        return "" if cell is None else cell.text.replace("\n", "")
