"""Very many paths: a ``Path`` takes a kilobyte, its bytes take eighty."""

from __future__ import annotations

import os
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import overload

Task = tuple[int, str]
"""A file's number in its batch, and its path."""

_SPELLING = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


class Paths(Sequence[Path]):
    """Paths in the order they were added, each made anew whenever it is looked at."""

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        # In one piece: thousands of small ones would keep what lay between them from being freed.
        self._spelled, self._ends = bytearray(), array("Q")
        for path in paths:
            self.append(os.fsencode(path))

    def append(self, spelled: bytes) -> None:
        """Add a path at the end, given as its bytes."""
        self._spelled += spelled
        self._ends.append(len(self._spelled))

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, index: int) -> Path: ...
    @overload
    def __getitem__(self, index: slice) -> Paths: ...
    def __getitem__(self, index: int | slice) -> Path | Paths:
        if isinstance(index, slice):
            return Paths(self[at] for at in range(*index.indices(len(self))))
        return Path(self.text(index))

    def text(self, index: int) -> str:
        """Return a path as a text, which takes a tenth of the time."""
        index = range(len(self))[index]
        start = self._ends[index - 1] if index else 0
        return self._spelled[start : self._ends[index]].decode(*_SPELLING)

    def texts(self) -> Iterator[str]:
        """Yield all paths as texts."""
        return map(self.text, range(len(self)))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return f"Paths({list(self)!r})"


class Tasks(Sequence[Task]):
    """The files of a batch with their numbers, each pair made when it is asked for."""

    def __init__(self, paths: Paths) -> None:
        self._paths = paths

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, index: int) -> Task: ...
    @overload
    def __getitem__(self, index: slice) -> list[Task]: ...
    def __getitem__(self, index: int | slice) -> Task | list[Task]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        number = range(len(self))[index]
        return number, self._paths.text(number)
