"""How a plain function is registered with xlwings, which calls it from Excel."""

from __future__ import annotations

from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

import xlwings as xw

from qiyx_xl.ledger.registry import CATEGORY

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.ledger.registry import Function


def exposed(function: Function, answer: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that xlwings registers; every argument arrives as rows of cells.

    Error cells arrive as their text. On Linux xlwings' decorators do nothing, so the plain
    function is returned.
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
    # This must be last: each of xlwings' decorators overwrites the category.
    return xw.func(category=CATEGORY)(made)
