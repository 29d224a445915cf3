"""Whose functions answer a workbook? Those of the office around it, by its own plan.

The ledger's macros hand over the full path of their workbook and the id of the plan it was written
by, with every question. An office's plans are read once; whether they have changed is asked at most
once a second, for a sheet may ask thousands of times.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.shells.functions import Functions, shipped

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = 1.0
_MOST = 16
_URL = "://"

_Stamp = tuple[tuple[int, int] | None, ...]


@dataclass(slots=True)
class _Known:
    """An office as it was read last; ``functions`` is None if its plan could not be told."""

    functions: Functions | None
    store: Path | None
    stamp: _Stamp
    asked: float


class Offices:
    """The functions of the offices that have asked, by the path of their workbook."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._known: dict[tuple[str, str], _Known] = {}

    def functions_of(self, workbook: str, plan_id: str) -> Functions | None:
        """Return the functions that answer a workbook; None if its plan cannot be told.

        Args:
            workbook: its full path, or an address where it lies on a server.
            plan_id: the plan it says it was written by; "" if it is no ledger.
        """
        now = self._clock()
        known = self._known.get((workbook, plan_id))
        if known is not None and now - known.asked < _SECONDS:
            return known.functions
        if known is None or _stamp(workbook, known.store) != known.stamp:
            known = self._read(workbook, plan_id, None if known is None else known.functions)
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[workbook, plan_id] = known
        known.asked = now
        return known.functions

    def forget(self) -> None:
        """Read every office again when it asks next, as its plan was changed in this process."""
        self._known.clear()

    def _read(self, workbook: str, plan_id: str, before: Functions | None) -> _Known:
        if not workbook or _URL in workbook or not Path(workbook).is_file():
            # Nothing lies beside it that could say more: not saved yet, or on a server.
            functions = shipped() if plan_id in ("", shipped().plans.latest.plan_id) else None
            return _Known(functions, None, _stamp(workbook, None), 0)
        from qiyx_xl.app.office import Office

        stamp = _stamp(workbook, None)
        try:
            office = Office.at(Path(workbook))
        except (QiyxError, OSError):
            return _Known(None, None, stamp, 0)
        functions = before
        if before is None or (before.plans, before.rules) != (office.plans, office.rules):
            functions = Functions(office.plans, office.rules)
        return _Known(functions, office.store, _stamp(workbook, office.store), 0)


def _stamp(workbook: str, store: Path | None) -> _Stamp:
    """Return what changes when a workbook or its store is written."""
    return tuple(None if path is None else _file_stamp(path) for path in (Path(workbook), store))


def _file_stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    return found.st_mtime_ns, found.st_size


OFFICES = Offices()
"""Those of this process: one server answers all open workbooks."""
