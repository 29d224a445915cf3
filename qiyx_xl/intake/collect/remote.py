"""Files that lie behind a URL (s3://…, hdfs://…, an fsspec file system) instead of in a folder.

They go by ``Path`` like any other: a path folds the two slashes of a URL into one, and that is how
it is told from a folder's name.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDED = re.compile(r"([a-z][a-z0-9+.-]+):/(?!/)")  # two letters at least: C:/ is a drive


class RemoteError(RuntimeError):
    """A URL that cannot be read; the message is one Chinese sentence with a cure."""


def url_of(path: Path | str) -> str | None:
    """Return the URL a path stands for; None for a path of this machine.

    On Linux a folder may be called ``http:``; a path into one that is there is no URL.
    """
    text = path.replace("\\", "/") if isinstance(path, str) else path.as_posix()
    found = _FOLDED.match(text)
    if found is None or os.path.lexists(f"{found[1]}:"):
        return None
    # file:///folder and memory:///folder name no host, and lose two of three slashes.
    slashes = ":///" if found[1] in {"file", "local", "memory"} else "://"
    return found[1] + slashes + text[found.end() :]


def walk_url(url: str) -> Iterator[Path]:
    """Yield the files under a URL, sorted, without hidden ones; the file itself if it is one.

    Raises:
        RemoteError: the URL cannot be listed, or there is nothing.
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
    """Copy a file into a folder, under its own name.

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
