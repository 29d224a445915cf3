"""Remembering what small texts and parts of a workbook mean, for they come up again and again.

What a huge one means is worked out each time. A batch of them, each kept for the files to come,
would fill a worker's memory, and the file at hand would be blamed.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from contextlib import contextmanager
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

A_WORD = 60  # characters: names, measures, numbers
A_LINE = 400  # characters: titles and notes
A_PART = 1 << 18  # bytes: a part of an office's template takes a tenth

_Function = TypeVar("_Function", bound=Callable[..., Any])


def bounded_cache(most: int, largest: int) -> Callable[[_Function], _Function]:
    """Have a function of texts and bytes remember its last answers, but of small ones only.

    Args:
        most: so many are kept.
        largest: characters or bytes of all that the function is given.
    """

    def decorate(function: _Function) -> _Function:
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(*parts: str | bytes) -> object:
            return (known if sum(map(len, parts)) <= largest else function)(*parts)

        @wraps(function)
        def answer_one(part: str | bytes) -> object:  # the same in less time
            return known(part) if len(part) <= largest else function(part)

        chosen: Any = answer_one if function.__code__.co_argcount == 1 else answer
        chosen.cache_info = known.cache_info
        return cast("_Function", chosen)

    return decorate


# --- Keeping Python's cyclic collector out of work that makes very many objects -----------------

SELDOM = 50_000  # objects; a file that is checked makes a few thousand, and hardly any in cycles


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Keep the collector from looking through hundreds of thousands of new objects meanwhile.

    For objects that refer to each other one way only: they go without it.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@contextmanager
def seldom_interrupted() -> Iterator[None]:
    """Have the collector look after every so many thousand objects meanwhile.

    For work without end that makes hardly any cycles.
    """
    youngest, *others = gc.get_threshold()
    gc.set_threshold(max(youngest, SELDOM), *others)
    try:
        yield
    finally:
        gc.set_threshold(youngest, *others)
