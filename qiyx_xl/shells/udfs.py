"""The cell functions that Excel calls through xlwings, each made from its registry entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.shells import functions
from qiyx_xl.shells.xlwings_decorator import exposed

if TYPE_CHECKING:
    from collections.abc import Callable


def warm_up() -> None:
    """Load the plan and the rules, so that the first cell does not wait for them."""
    functions.shipped().version()


def _made(name: str) -> Callable[..., Any]:
    registered = functions.REGISTRY[name]
    return exposed(registered.function, registered.answer)


QYX_TARGET = _made("QYX_TARGET")
QYX_RATE = _made("QYX_RATE")
QYX_STATUS = _made("QYX_STATUS")
QYX_GAP = _made("QYX_GAP")
QYX_EXPLAIN = _made("QYX_EXPLAIN")
QYX_PACE = _made("QYX_PACE")
QYX_FORECAST = _made("QYX_FORECAST")
QYX_SCORE = _made("QYX_SCORE")
QYX_INFO = _made("QYX_INFO")
QYX_PLAN = _made("QYX_PLAN")
QYX_VERSION = _made("QYX_VERSION")
