"""Excel: its functions and buttons travel in the ledger; only which Python they start is set here.

The setting is one line of the user's xlwings.conf, which the ledger's macros read.
"""

from __future__ import annotations

import csv
import io
import locale
import sys
from pathlib import Path

from qiyx_xl.shells.hosts.status import HostError, HostStatus

HOST = "excel"
_INTERPRETER = "INTERPRETER_WIN"
_ONLY_WINDOWS = (
    "Excel 的函数和按钮只在 Windows 上能用。这台电脑请用 LibreOffice 或 WPS，或用命令行。"
)
_REGISTERED = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


def install() -> HostStatus:
    """Let Excel's macros start this Python.

    Raises:
        HostError: this is not Windows.
    """
    if sys.platform != "win32":
        raise HostError(_ONLY_WINDOWS)
    pythonw = Path(sys.executable).with_name("pythonw.exe")
    _change(str(pythonw if pythonw.exists() else sys.executable))
    return status()


def uninstall() -> bool:
    """Take the setting out; return whether it was there."""
    if _INTERPRETER not in _read():
        return False
    _change(None)
    return True


def save(_path: Path) -> Path:
    """There is nothing to hand out.

    Raises:
        HostError: always.
    """
    raise HostError("Excel 的函数和按钮就在 .xlsm 台账里，没有要另外分发的。请直接分发台账。")


def status(*, asks: bool = True) -> HostStatus:
    """Return whether Excel is there, and whether its macros know a Python that exists.

    Args:
        asks: not used; whether Excel can start that Python is for ``qiyx doctor`` to say.
    """
    del asks
    interpreter = _read().get(_INTERPRETER)
    problems: tuple[str, ...] = ()
    if interpreter is not None and not Path(interpreter).exists():
        problems = (f"设置里的 Python 不在了：{interpreter}。请运行 qiyx host install excel。",)
    return HostStatus(HOST, installed=interpreter is not None, program=_excel(), problems=problems)


def _excel() -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    try:
        return winreg.QueryValue(winreg.HKEY_LOCAL_MACHINE, _REGISTERED)
    except OSError:
        return None


def _config() -> Path:
    return Path.home() / ".xlwings" / "xlwings.conf"


def _read() -> dict[str, str]:
    try:
        text = _config().read_bytes().decode(_encoding(), errors="replace")
    except OSError:
        return {}
    return {row[0]: row[1] for row in csv.reader(io.StringIO(text)) if len(row) == 2}  # noqa: PLR2004


def _change(interpreter: str | None) -> None:
    """Write the line, or remove it (None); the other settings stay."""
    settings = _read()
    settings.pop(_INTERPRETER, None)
    if interpreter is not None:
        settings[_INTERPRETER] = interpreter
    path = _config()
    if not settings:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerows(settings.items())
    beside = path.with_name(f"{path.name}.new")
    beside.write_bytes(text.getvalue().encode(_encoding()))
    beside.replace(path)


def _encoding() -> str:
    # Excel's macros read it in the computer's code page.
    return "mbcs" if sys.platform == "win32" else locale.getpreferredencoding(do_setlocale=False)
