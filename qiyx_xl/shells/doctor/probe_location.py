"""Where a file lies: on which kind of drive, under which sync folder, from which zone."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# Sync programs tell where their folders are in these variables; others are known by name.
_SYNC_VARIABLES = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")
_SYNC_NAMES = (
    "onedrive",
    "dropbox",
    "坚果云",
    "nutstore",
    "baidusyncdisk",
    "baidunetdiskworkspace",
    "wpsdrive",
    "wps云盘",
)
_DRIVE_KINDS = {2: "removable", 3: "local", 4: "network"}


def sync_folder(path: Path, variables: Mapping[str, str] = os.environ) -> str | None:
    """Return the sync folder a path lies in; None if it lies in none that is known."""
    parents = [str(parent).lower() for parent in path.parents]
    for name in _SYNC_VARIABLES:
        folder = variables.get(name)
        if folder and folder.rstrip("\\/").lower() in parents:
            return folder
    for parent in path.parents:
        name = parent.name.lower()
        # "OneDrive - 某某局" is how a work account is named.
        if name in _SYNC_NAMES or name.startswith("onedrive - "):
            return str(parent)
    return None


def drive_of(path: Path) -> str:
    """Return local, network, removable or unknown."""
    if str(path).startswith("\\\\"):
        return "network"
    if sys.platform != "win32":
        return "unknown"
    import ctypes

    kind = ctypes.windll.kernel32.GetDriveTypeW(path.anchor)
    return _DRIVE_KINDS.get(kind, "unknown")


def zone_of(path: Path) -> int | None:
    """Return the zone Windows noted when the file was fetched; None if there is no such note."""
    if sys.platform != "win32":
        return None
    try:
        with open(f"{path}:Zone.Identifier", encoding="ascii", errors="replace") as note:  # noqa: PTH123 - a stream beside the file, not a path
            lines = note.read().splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip().lower() == "zoneid" and value.strip().isdigit():
            return int(value)
    return None
