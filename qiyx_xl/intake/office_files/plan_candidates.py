"""Which sentences of a drafted plan a person has chosen: they become milestones or tasks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.workbook.sheets import CANDIDATES
from qiyx_xl.intake.office_files.plan_rows import read_table

if TYPE_CHECKING:
    from qiyx_xl.intake.office_files.plan_cells import Cells
    from qiyx_xl.intake.workbook.reader import Sheet

_LISTS = ("milestones", "tasks")
_MILESTONE_ONLY = ("deadline_inferred",)
_MOST_CODES = 99


def read_candidates(sheet: Sheet, document: dict[str, Any], cells: Cells) -> None:
    """Add the chosen rows to the document's milestones and tasks, with their places."""
    entries, _ = read_table(sheet, CANDIDATES, cells, {})
    for number, entry in enumerate(entries):
        taken, listing = entry.pop("taken", False), entry.pop("listing", None)
        if taken is not True:
            continue
        listing = listing if listing in _LISTS else _LISTS[0]
        own: list[dict[str, Any]] = document.setdefault(listing, [])
        _move(cells, (CANDIDATES.listing, number), (listing, len(own)))
        own.append(_as_item(entry, listing, own))


def _as_item(entry: dict[str, Any], listing: str, own: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the row as an entry of its list, with a code where it has none."""
    taken = {one.get("code") for one in own}
    letter = "M" if listing == "milestones" else "R"
    code = entry.get("code")
    if code is None:
        numbers = range(1, _MOST_CODES + 1)
        code = next((f"{letter}{k:02}" for k in numbers if f"{letter}{k:02}" not in taken), None)
    elif listing == "tasks":
        code = re.sub(r"^M(?=[0-9])", "R", str(code))
    if listing == "tasks":
        entry = {key: value for key, value in entry.items() if key not in _MILESTONE_ONLY}
    return entry if code is None else entry | {"code": code}


def _move(cells: Cells, old: tuple[str, int], new: tuple[str, int]) -> None:
    """Let the places and findings of a row be those of the entry that it has become."""
    for path in [path for path in cells.places if path[:2] == old]:
        cells.places[(*new, *path[2:])] = cells.places[path]
    cells.parts_with_findings |= {
        (*new, *path[2:]) for path in cells.parts_with_findings if path[:2] == old
    }
