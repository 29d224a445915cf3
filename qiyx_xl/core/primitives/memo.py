"""How repeated work on small texts and workbook parts is cached.

The same small texts and parts occur in file after file. Large ones are not cached: a batch of them
would fill a worker's memory, and the file being read would be blamed for it.
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
A_PART = 1 << 18  # bytes: a part of an office's template has a tenth of this

_Function = TypeVar("_Function", bound=Callable[..., Any])


def bounded_cache(most: int, largest: int) -> Callable[[_Function], _Function]:
    """Cache a function of texts and bytes, but only for small arguments.

    Args:
        most: how many results are kept.
        largest: characters or bytes of all arguments together, up to which a result is kept.
    """

    def decorate(function: _Function) -> _Function:
        if function.__code__.co_argcount == 1:
            return cast("_Function", _Known(function, most, largest).__getitem__)
        known = lru_cache(maxsize=most)(function)

        @wraps(function)
        def answer(*parts: str | bytes) -> object:
            return (known if sum(map(len, parts)) <= largest else function)(*parts)

        answer.__dict__["cache_info"] = known.cache_info
        return cast("_Function", answer)

    return decorate


class _Known(dict[str | bytes, object]):
    """The results of a function of one argument; looking one up takes no call of Python code.

    When it is full it is emptied: what is needed again soon comes back.
    """

    def __init__(self, function: Callable[..., Any], most: int, largest: int) -> None:
        super().__init__()
        self.function, self._most, self._largest = function, most, largest

    def __missing__(self, part: str | bytes) -> object:
        result = self.function(part)
        if len(part) <= self._largest:
            if len(self) >= self._most:
                self.clear()
            self[part] = result
        return result


# --- Keeping Python's cyclic collector out of work that makes very many objects -----------------

SELDOM = 50_000  # objects; checking a file makes a few thousand, hardly any of them in cycles


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Turn the cyclic garbage collector off for the duration of the ``with`` block.

    For building hundreds of thousands of objects without reference cycles: reference counting frees
    them, and the collector would only search through them.
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
    """Let the garbage collector run only after every ``SELDOM`` new objects, within the block.

    For long-running work that makes hardly any reference cycles.
    """
    youngest, *others = gc.get_threshold()
    gc.set_threshold(max(youngest, SELDOM), *others)
    try:
        yield
    finally:
        gc.set_threshold(youngest, *others)
