"""Showing a plain function to xlwings, which calls it from Excel."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import xlwings as xw

from qiyx_xl.ledger.registry import CATEGORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.ledger.registry import Function


def exposed(function: Function, answer: Callable[..., Any]) -> Callable[..., Any]:
    """Return what xlwings calls for a function: every argument arrives as rows of cells.

    Error cells arrive as their text. On Linux xlwings' decorators do nothing, and this is the
    plain function.
    """

    def call(*cells: Any) -> Any:
        return answer(*cells)

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
