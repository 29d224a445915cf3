"""How this program starts Python anew: nothing that lies where a user stands is ever run.

Python looks for modules in the current folder first when it is started with ``-m`` or ``-c``, and
Windows looks there for programs and DLLs. The current folder is an inbox here, full of strangers'
files. So every start is made with ``-P`` and from a folder of our own.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import qiyx_xl

PYTHON: tuple[str, ...] = (sys.executable, "-P")
"""The beginning of every command that starts Python."""

OWN_FOLDER = Path(qiyx_xl.__file__).resolve().parent
"""Where such a process stands while it looks for its modules."""


def environment() -> dict[str, str]:
    """Return the environment for such a process: it finds this package, installed or not.

    Folders of PYTHONPATH that are named from where one stands (``.``, or nothing between two
    separators) would be looked for below the current folder, so they are left out.
    """
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    paths = [str(OWN_FOLDER.parent), *filter(os.path.isabs, given)]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths)}


def here() -> str:
    """Return the current folder, which may have been deleted; then our own."""
    try:
        return os.getcwd()  # noqa: PTH109 - as it is handed to the process
    except OSError:
        return str(OWN_FOLDER)
