"""The command line with which Excel starts Python, and how long it may be.

xlwings' VBA (``XLPyCommand`` in xlwings.bas) writes the workbook's path into it twice, with every
backslash doubled, and hands it to the DLL in the machine's code page. The DLL copies it into
2,048 bytes without looking: a longer one ends Excel itself, without a message.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import Environment

# The same number as COMMAND_LIMIT in macros/Qiyx.bas: the DLL's 2,048 bytes less a margin, for
# it also puts a 38-character id in place of $(CLSID).
LIMIT = 2000

RESIDENT_CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
"""The id under which ``xlwings.serve()`` waits, and which DEBUG UDFS makes Excel ask for."""


def python_path(environment: Environment, workbook: str) -> str:
    """Return what xlwings calls PYTHONPATH: six settings that come first, then the folders."""
    pieces = [
        environment.setting("ADD_WORKBOOK_TO_PYTHONPATH") or "true",
        workbook,
        workbook,
        *(
            environment.setting(key) or ""
            for key in ("ONEDRIVE_CONSUMER_WIN", "ONEDRIVE_COMMERCIAL_WIN", "SHAREPOINT_WIN")
        ),
        environment.setting("PYTHONPATH") or "",
    ]
    return ";".join(pieces)


def server_command(environment: Environment, workbook: str) -> str:
    """Return the command that starts the server for a workbook at this full path."""
    if environment.is_on("DEBUG UDFS"):
        return RESIDENT_CLSID
    path = python_path(environment, workbook)
    path = path.replace("\\", "\\\\").replace("'", "\\'").replace("&", "^&")
    interpreter = environment.interpreter or "pythonw"
    console = "/showconsole" if environment.is_on("SHOW CONSOLE") else ""
    return (
        f'cmd.exe {console} /K ""{interpreter}" -P -B -c "import sys, os;import xlwings.utils;'
        f'xlwings.utils.prepare_sys_path(\\"{path}\\");'
        "sys.path[:]=filter(None,sys.path);import xlwings; "
        "xlwings.serve('$(CLSID)')\"\""
    )


def most_bytes(text: str) -> int:
    """Return the most bytes a text takes in any code page Windows uses for Chinese.

    The same count as ``MostBytes`` in macros/Qiyx.bas, which goes through UTF-16 units.
    """
    in_all = len(text.encode("utf-16-le")) // 2
    in_ascii = sum(character.isascii() for character in text)
    return in_ascii + 3 * (in_all - in_ascii)


def fits_code_page(text: str, code_page: int) -> bool:
    """Whether a text can be written in a Windows code page without loss."""
    try:
        text.encode(encoding_of(code_page))
    except UnicodeEncodeError:
        return False
    return True


def encoding_of(code_page: int) -> str:
    """Return Python's name of a Windows code page; UTF-8 for one it does not know."""
    name = f"cp{code_page}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"
