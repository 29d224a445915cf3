"""The command line with which Excel starts Python, and its greatest length.

xlwings' VBA (``XLPyCommand`` in xlwings.bas) writes the workbook's path into it twice, with every
backslash doubled, and passes it to the DLL in the computer's code page. The DLL copies it into
2,048 bytes without checking the length: a longer one crashes Excel without a message.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import Environment

# The same number as COMMAND_LIMIT in macros/Qiyx.bas: the DLL's 2,048 bytes less a margin,
# because the DLL replaces $(CLSID) by an id of 38 characters.
LIMIT = 2000

RESIDENT_CLSID = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
"""The COM id of the resident server (``xlwings.serve()``), which Excel uses with DEBUG UDFS."""


def python_path(environment: Environment, workbook: str) -> str:
    """Return what xlwings passes as PYTHONPATH: six settings first, then the folders."""
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
    """Return the command that starts the server for the workbook with this full path."""
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
    """Return the most bytes that a text needs in any code page Windows uses for Chinese.

    It counts 1 for ASCII and 3 for any other UTF-16 unit, like ``MostBytes`` in macros/Qiyx.bas.
    """
    in_all = len(text.encode("utf-16-le")) // 2
    in_ascii = sum(character.isascii() for character in text)
    return in_ascii + 3 * (in_all - in_ascii)


def fits_code_page(text: str, code_page: int) -> bool:
    """Whether a text can be encoded in a Windows code page without loss."""
    try:
        text.encode(encoding_of(code_page))
    except UnicodeEncodeError:
        return False
    return True


def encoding_of(code_page: int) -> str:
    """Return Python's name of a Windows code page; "utf-8" if Python does not know it."""
    name = f"cp{code_page}"
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "utf-8"
