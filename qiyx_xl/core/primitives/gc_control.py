"""Keeping Python's cyclic collector out of work that makes very many objects."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

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
