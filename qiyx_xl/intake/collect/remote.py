"""How files behind a URL (s3://…, hdfs://…, any fsspec file system) are listed and fetched.

They are passed around as ``Path``, like other files. ``Path`` turns the two slashes of a URL into
one, and by that single slash after the colon a URL is recognised again.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from array import array
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast, overload

from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDED = re.compile(r"([a-z][a-z0-9+.-]+):/(?!/)")  # two letters at least: C:/ is a drive


class RemoteError(QiyxError):
    """A URL that cannot be read; the message is one Chinese sentence with a cure."""


def url_of(path: Path | str) -> str | None:
    """Return the URL that a path was made from; None for a path of this machine.

    On Linux a folder may be named ``http:``; if there is one, the path is not a URL.
    """
    text = path.replace("\\", "/") if isinstance(path, str) else path.as_posix()
    found = _FOLDED.match(text)
    if found is None or os.path.lexists(f"{found[1]}:"):
        return None
    # file:///folder and memory:///folder have no host; Path removed two of their three slashes.
    slashes = ":///" if found[1] in {"file", "local", "memory"} else "://"
    return found[1] + slashes + text[found.end() :]


def walk_url(url: str) -> Iterator[Path]:
    """Yield the files under a URL, sorted, without hidden ones; for a file's URL, the file.

    Raises:
        RemoteError: the URL cannot be listed, or has no files.
    """
    system, root = _open(url)
    scheme = url.partition("://")[0]
    try:
        names: list[str] = sorted(system.find(root))
    except (OSError, ValueError) as error:
        raise RemoteError(f"打不开“{url}”：{error}。请检查地址和访问权限。") from error
    if not names:
        raise RemoteError(f"“{url}”里没有文件。请检查地址。")
    for name in names:
        if not any(part.startswith(".") for part in name.removeprefix(root).split("/")):
            yield Path(f"{scheme}://{name}")


def fetch(url: str, folder: Path) -> Path:
    """Copy a file from a URL into a folder, with its own name; return the copy's path.

    Raises:
        OSError: it cannot be read.
    """
    system, name = _open(url)
    target = folder / Path(name).name
    with system.open(name, "rb") as source, target.open("wb") as copy:
        shutil.copyfileobj(cast("IO[bytes]", source), copy)
    return target


def _open(url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise RemoteError(f"读“{url}”要先装组件：python -m pip install fsspec。") from error
    try:
        system, root = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise RemoteError(f"不能访问“{url}”：{error}。请检查地址，或安装它需要的组件。") from error
    return system, root


# --- Very many paths: a ``Path`` takes about 1,000 bytes, its encoded text about 80 ------------

Task = tuple[int, str]
"""A file's number in its batch, and its path."""

_ENCODING = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()


class Paths(Sequence[Path]):
    """Paths in the order they were added, stored as bytes and built anew on each access."""

    def __init__(self, paths: Iterable[Path] = ()) -> None:
        # One bytearray: thousands of small objects would keep the memory between them from
        # being freed.
        self._spelled, self._ends = bytearray(), array("Q")
        for path in paths:
            self.append(os.fsencode(path))

    def append(self, encoded: bytes) -> None:
        """Add a path at the end, given as the bytes of ``os.fsencode``."""
        self._spelled += encoded
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
        """Return a path as a text, which takes a tenth of the time of building a ``Path``."""
        index = range(len(self))[index]
        start = self._ends[index - 1] if index else 0
        return self._spelled[start : self._ends[index]].decode(*_ENCODING)

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
    """The files of a batch with their numbers, each pair built on access."""

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
