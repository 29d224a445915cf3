"""How the rows of 目标分解 become entries of a plan file: a row has the targets of all years."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.workbook.breakdowns import ROWS, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.plan.lenient import Path
    from qiyx_xl.intake.office_files.plan_cells import Cells

_LISTING = "breakdowns"


def spread(rows: Sequence[dict[str, Any]], cells: Cells) -> list[dict[str, Any]]:
    """Return the entries of all rows, and move the places of their parts with them."""
    places, with_findings = _by_row(cells.places), _by_row(cells.parts_with_findings)
    entries: list[dict[str, Any]] = []
    for number, row in enumerate(rows):
        for keys, entry in entries_of(row):
            to = (_LISTING, len(entries))
            for path in places[number]:
                for moved in _moved(path, keys):
                    cells.places[*to, *moved] = cells.places[ROWS, number, *path]
            cells.parts_with_findings |= {
                (*to, *moved) for path in with_findings[number] for moved in _moved(path, keys)
            }
            entries.append(entry)
    return entries


def _by_row(paths: Iterable[Path]) -> defaultdict[int, list[Path]]:
    """Return the paths inside each row."""
    found: defaultdict[int, list[Path]] = defaultdict(list)
    for path in paths:
        if path[:1] == (ROWS,) and isinstance(path[1], int):
            found[path[1]].append(path[2:])
    return found


def _moved(path: Path, keys: tuple[str, ...]) -> list[Path]:
    """Return where a part of a row is in the entry of one target: nowhere, or in several places."""
    if path[: len(keys)] == keys:
        rest = path[len(keys) :]
        return [("target", *rest)] if rest else [("target",), ("year",)]
    return [path] if path in ((), ("item",), ("agency",)) else []
