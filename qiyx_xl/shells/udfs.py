"""The cell functions as Excel calls them through xlwings: made from the registry, one by one.

Every range argument arrives as rows of cells (``ndim=2``) with error cells as their text. On
Linux xlwings' decorators do nothing, and these are the plain functions.
"""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import xlwings as xw

from qiyx_xl.ledger.host import CATEGORY
from qiyx_xl.shells import functions

if TYPE_CHECKING:
    from collections.abc import Callable


def warm_up() -> None:
    """Load the plan and the rules, so that the first cell does not wait for them."""
    functions.version()


def _made(registered: functions.Registered) -> Callable[..., Any]:
    function = registered.function

    def call(*cells: Any) -> Any:
        return registered.answer(*cells)

    call.__name__ = call.__qualname__ = function.name
    call.__doc__ = function.help
    # xlwings and its generator read the arguments from the signature.
    call.__signature__ = Signature(  # type: ignore[attr-defined]
        [
            Parameter(
                argument.name,
                Parameter.POSITIONAL_OR_KEYWORD,
                default=None if argument.optional else Parameter.empty,
            )
            for argument in function.arguments
        ]
    )
    made: Callable[..., Any] = call
    for argument in function.arguments:
        made = xw.arg(argument.name, ndim=2, err_to_str=True, doc=argument.help)(made)
    # Last, for each of xlwings' decorators sets the category anew.
    return xw.func(category=CATEGORY)(made)


QYX_TARGET = _made(functions.REGISTRY["QYX_TARGET"])
QYX_RATE = _made(functions.REGISTRY["QYX_RATE"])
QYX_STATUS = _made(functions.REGISTRY["QYX_STATUS"])
QYX_GAP = _made(functions.REGISTRY["QYX_GAP"])
QYX_EXPLAIN = _made(functions.REGISTRY["QYX_EXPLAIN"])
QYX_SCORE = _made(functions.REGISTRY["QYX_SCORE"])
QYX_INFO = _made(functions.REGISTRY["QYX_INFO"])
QYX_PLAN = _made(functions.REGISTRY["QYX_PLAN"])
QYX_VERSION = _made(functions.REGISTRY["QYX_VERSION"])
