"""Modules named like Python's own and like those we depend on, each leaving a mark when it runs."""

from __future__ import annotations

import sys
from importlib.metadata import packages_distributions
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# What Python itself loads before it can be told anything is not looked for in a folder of ours.
NAMES = sorted(
    {*sys.stdlib_module_names, *(name.split(".")[0] for name in packages_distributions())}
    | {"qiyx_xl", "sitecustomize", "usercustomize"}
)


class Plants:
    """Planted modules, and which of them have run."""

    def __init__(self, mark: Path, *, seen_as: str | None = None) -> None:
        self._mark = mark
        self._path = seen_as or str(mark)

    def plant(self, folder: Path) -> None:
        """Put one of each into a folder."""
        for name in NAMES:
            if name.isidentifier():
                text = f"open({self._path!r}, 'a').write({name + chr(10)!r})\n"
                (folder / f"{name}.py").write_text(text, encoding="utf-8")

    @property
    def ran(self) -> list[str]:
        """The names of those that have run."""
        if not self._mark.exists():
            return []
        return sorted(set(self._mark.read_text(encoding="utf-8").split()))
