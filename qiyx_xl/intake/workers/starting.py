"""How a new Python process is started without running files of the current folder.

Started with ``-m`` or ``-c``, Python looks for modules in the current folder first, and Windows
looks there for programs and DLLs. Here the current folder may be an inbox full of files from
outside. So Python is always started with ``-P``, in this package's own folder.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import qiyx_xl

PYTHON: tuple[str, ...] = (sys.executable, "-P")
"""The first arguments of every command that starts Python."""

OWN_FOLDER = Path(qiyx_xl.__file__).resolve().parent
"""The current folder of such a process while it imports its modules."""


def environment() -> dict[str, str]:
    """Return the environment for such a process; it finds this package, installed or not.

    Relative folders in PYTHONPATH (``.``, or nothing between two separators) are left out,
    because they would be searched in the current folder.
    """
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(OWN_FOLDER.parent), *filter(os.path.isabs, given)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def here() -> str:
    """Return the current folder; the package's own if the current one has been deleted."""
    try:
        return os.getcwd()  # noqa: PTH109 - the process needs it as a text
    except OSError:
        return str(OWN_FOLDER)
