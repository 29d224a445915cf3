"""Offices that are made once for every process of tests, and copied for each test."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from support.commands import Commands

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LEDGER = "七优享台账.xlsm"


class Templates:
    """Folders by name: the first who asks makes one, everybody gets a copy."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[str, Path] = {}

    def copy(self, name: str, make: Callable[[Path], object], target: Path) -> Path:
        """Copy the folder of this name to where nothing is yet; make it before if need be."""
        if name not in self._made:
            folder = self._folder / name
            folder.mkdir()
            make(folder)
            self._made[name] = folder
        shutil.copytree(self._made[name], target, dirs_exist_ok=True)
        return target


def build_ledger(folder: Path) -> None:
    """Build an empty ledger in the folder, by the command."""
    answer = Commands(folder)("ledger", "build", LEDGER)
    assert answer.code == 0, answer.err
