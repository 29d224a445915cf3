"""What the installation changes outside its own folder: xlwings.conf, logon, trusted location.

It uses only the standard library, because it runs before anything is installed.
"""

from __future__ import annotations

import csv
import io
import locale
import os
import sys
from contextlib import suppress
from pathlib import Path

INTERPRETER = "INTERPRETER_WIN"
_TRUSTED = r"Software\Microsoft\Office\16.0\Excel\Security\Trusted Locations\qiyx"
_STARTUP = r"Microsoft\Windows\Start Menu\Programs\Startup"
_STARTUP_FILE = "qiyx-resident.bat"


def user_config() -> Path:
    """Return the path at which xlwings' macros look for the user's xlwings.conf."""
    return Path.home() / ".xlwings" / "xlwings.conf"


def read(path: Path) -> dict[str, str]:
    """Return the settings of an xlwings.conf; none if the file does not exist."""
    if not path.is_file():
        return {}
    text = path.read_bytes().decode(_encoding(), errors="replace")
    return {row[0]: row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}  # noqa: PLR2004


def change(path: Path, **changes: str | None) -> None:
    """Set settings in an xlwings.conf, or remove them (None); the others stay.

    Names are given with ``_`` for a space. The file is written in the computer's code page,
    because Excel's macros read it so.
    """
    settings = read(path)
    for key, value in changes.items():
        name = INTERPRETER if key == INTERPRETER else key.replace("_", " ")
        settings.pop(name, None)
        if value is not None:
            settings[name] = value
    if not settings:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(settings.items())
    path.write_bytes(text.getvalue().encode(_encoding()))


def start_at_logon(server: Path | None) -> None:
    """Start a program at the user's logon; None removes the entry."""
    folder = os.environ.get("APPDATA")
    if not folder:
        return
    entry = Path(folder) / _STARTUP / _STARTUP_FILE
    if server is None:
        entry.unlink(missing_ok=True)
        return
    entry.parent.mkdir(parents=True, exist_ok=True)
    entry.write_bytes(f'@call "{server}"\r\n'.encode(_encoding()))


def trust(folder: Path | None) -> None:
    """Make a folder a trusted location of Excel; None removes the entry."""
    if sys.platform != "win32":
        return
    import winreg

    if folder is None:
        with suppress(FileNotFoundError):
            winreg.DeleteKey(winreg.HKEY_CURRENT_USER, _TRUSTED)
        return
    with winreg.CreateKey(winreg.HKEY_CURRENT_USER, _TRUSTED) as key:
        winreg.SetValueEx(key, "Path", 0, winreg.REG_SZ, f"{folder}\\")
        winreg.SetValueEx(key, "AllowSubfolders", 0, winreg.REG_DWORD, 0)


def _encoding() -> str:
    return "mbcs" if sys.platform == "win32" else locale.getpreferredencoding(do_setlocale=False)
