"""Files that appear whole or not at all."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a path beside the target to write to; it takes the target's place at the end.

    Raises:
        OSError: the target cannot be replaced, say because it is open in Excel.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Short, whatever the target is called: some names are as long as a name may be.
    beside = path.with_name(f".qiyx-{os.getpid()}-{abs(hash(path.name)):x}.tmp")
    try:
        yield beside
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
