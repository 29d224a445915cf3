"""Remembering what small parts of a workbook mean: offices share a template, and so its parts.

What a huge part means is worked out each time. A batch of them, each kept for the files to come,
would fill a worker's memory, and the file at hand would be blamed.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, TypeVar

LARGEST_KEPT = 1 << 18  # bytes of what a function is given; of an office's template, a tenth
_MOST_KEPT = 64

_Function = TypeVar("_Function", bound=Callable[..., Any])


def kept_if_small(function: _Function) -> _Function:
    """Have a function of texts and bytes remember its answers, but of small ones only."""
    known = lru_cache(maxsize=_MOST_KEPT)(function)

    @wraps(function)
    def answer(*parts: str | bytes) -> object:
        return (known if sum(map(len, parts)) <= LARGEST_KEPT else function)(*parts)

    answer.cache_info = known.cache_info  # type: ignore[attr-defined]
    return answer  # type: ignore[return-value]
