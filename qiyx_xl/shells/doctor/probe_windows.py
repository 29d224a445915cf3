"""How facts are collected on Windows: registry, security products, resident server."""

from __future__ import annotations

import csv
import ctypes
import os
import platform
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from qiyx_xl.shells.doctor.command_line import RESIDENT_CLSID
from qiyx_xl.shells.doctor.facts import (
    OfficeFacts,
    SecurityFacts,
    TrustedLocation,
    TrustFacts,
    WindowsFacts,
)

# mypy checks the branch of the system it runs on; this module is imported only on Windows.
assert sys.platform == "win32"  # noqa: S101

import winreg  # noqa: E402

_OFFICE_VERSION = "16.0"  # the same for Office 2016, 2019, 2021 and 365
_ASR = r"Windows Defender\Windows Defender Exploit Guard\ASR\Rules"
_STORE_PACKAGES = (
    r"Software\Classes\Local Settings\Software\Microsoft\Windows\CurrentVersion"
    r"\AppModel\Repository\Packages"
)
_TASKLIST_LIMIT = 20.0
_SYSTEM = Path(os.environ.get("SYSTEMROOT", r"C:\Windows")) / "System32"
_MACHINE_BITS = {0x8664: 64, 0xAA64: 64, 0x014C: 32}

# The security products most common on office PCs, by the name of one of their processes.
_GUARDS = {
    "360tray.exe": "360安全卫士",
    "360sd.exe": "360杀毒",
    "360entclient.exe": "360企业版",
    "hipsdaemon.exe": "火绒",
    "hipstray.exe": "火绒",
    "qaxtray.exe": "奇安信天擎",
    "tqclient.exe": "奇安信天擎",
    "qqpctray.exe": "腾讯电脑管家",
    "ravmond.exe": "瑞星",
    "kxetray.exe": "金山毒霸",
    "edragent.exe": "亚信或深信服 EDR",
    "sfavsvc.exe": "深信服 EDR",
    "msmpeng.exe": "Microsoft Defender",
}


def look() -> WindowsFacts:
    """Collect the facts that exist only on Windows."""
    return WindowsFacts(
        release=platform.platform(),
        code_page=ctypes.windll.kernel32.GetACP(),
        office=_office(),
        trust=_trust(),
        security=SecurityFacts(_asr_rules(), tuple(_guards())),
        resident_server=_resident_server(),
        is_wine=hasattr(ctypes.windll.ntdll, "wine_get_version"),
    )


# --- registry --------------------------------------------------------------------------------


def _value(root: int, key: str, name: str = "") -> object:
    # A 32-bit Office on a 64-bit Windows registers in the other view of the registry.
    for view in (winreg.KEY_WOW64_64KEY, winreg.KEY_WOW64_32KEY):
        with (
            suppress(OSError),
            winreg.OpenKey(root, key, access=winreg.KEY_READ | view) as opened,
        ):
            return winreg.QueryValueEx(opened, name)[0]
    return None


def _text(root: int, key: str, name: str = "") -> str | None:
    value = _value(root, key, name)
    return value if isinstance(value, str) else None


def _number(root: int, key: str, name: str) -> int | None:
    value = _value(root, key, name)
    if isinstance(value, str) and value.strip().isdigit():
        return int(value)
    return value if isinstance(value, int) else None


def _subkeys(root: int, key: str) -> list[str]:
    try:
        with winreg.OpenKey(root, key) as opened:
            return [winreg.EnumKey(opened, at) for at in range(winreg.QueryInfoKey(opened)[0])]
    except OSError:
        return []


def _values(root: int, key: str) -> dict[str, object] | None:
    try:
        with winreg.OpenKey(root, key) as opened:
            count = winreg.QueryInfoKey(opened)[1]
            return {
                name: value
                for name, value, _ in (winreg.EnumValue(opened, at) for at in range(count))
            }
    except FileNotFoundError:
        return {}
    except OSError:
        return None


# --- Office and WPS --------------------------------------------------------------------------


def _office() -> OfficeFacts:
    server = _server_of("Excel.Application")
    program = None if server is None else _program(server)
    current = _text(winreg.HKEY_CLASSES_ROOT, r"Excel.Application\CurVer")
    return OfficeFacts(
        excel_server=server,
        excel_exists=None if program is None else program.is_file(),
        bits=None if program is None else _bits(program),
        version=None if current is None else f"{current.rpartition('.')[2]}.0",
        wps_server=_server_of("Ket.Application"),
        store_package=next(
            (
                name
                for name in _subkeys(winreg.HKEY_CURRENT_USER, _STORE_PACKAGES)
                if name.startswith("Microsoft.Office.Desktop_")
            ),
            None,
        ),
    )


def _server_of(name: str) -> str | None:
    """Return the command line of the program registered under a COM name."""
    clsid = _text(winreg.HKEY_CLASSES_ROOT, rf"{name}\CLSID")
    if clsid is None:
        return None
    return _text(winreg.HKEY_CLASSES_ROOT, rf"CLSID\{clsid}\LocalServer32")


def _program(command: str) -> Path:
    """Return the program's path in a command line such as ``"…EXCEL.EXE" /automation``."""
    text = command.strip()
    if text.startswith('"'):
        return Path(text[1:].partition('"')[0])
    end = text.lower().find(".exe")
    return Path(text if end < 0 else text[: end + 4])


def _bits(program: Path) -> int | None:
    """Return the bitness from a program's PE header."""
    try:
        with program.open("rb") as file:
            head = file.read(0x40)
            file.seek(int.from_bytes(head[0x3C:0x40], "little"))
            mark = file.read(6)
    except OSError:
        return None
    if mark[:4] != b"PE\0\0":
        return None
    return _MACHINE_BITS.get(int.from_bytes(mark[4:6], "little"))


def _trust() -> TrustFacts:
    own = rf"Software\Microsoft\Office\{_OFFICE_VERSION}\Excel\Security"
    policy = rf"Software\Policies\Microsoft\Office\{_OFFICE_VERSION}\Excel\Security"
    user, machine = winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE

    def setting(name: str) -> tuple[int | None, bool]:
        for root, key in ((user, policy), (machine, policy)):
            if (value := _number(root, key, name)) is not None:
                return value, True
        return _number(user, own, name), False

    warnings, by_policy = setting("VBAWarnings")
    access, _ = setting("AccessVBOM")
    blocks, _ = setting("blockcontentexecutionfrominternet")
    locations = [
        TrustedLocation(path, _number(user, rf"{folder}\{name}", "AllowSubfolders") == 1)
        for folder in (rf"{policy}\Trusted Locations", rf"{own}\Trusted Locations")
        for name in _subkeys(user, folder)
        if (path := _text(user, rf"{folder}\{name}", "Path"))
    ]
    trusted = rf"{own}\Trusted Locations"
    return TrustFacts(
        vba_warnings=warnings,
        by_policy=by_policy,
        access_vbom=None if access is None else access == 1,
        blocks_internet=None if blocks is None else blocks == 1,
        locations=tuple(locations),
        locations_disabled=_number(user, trusted, "AllLocationsDisabled") == 1,
        network_locations=_number(user, trusted, "AllowNetworkLocations") == 1,
    )


# --- security software -----------------------------------------------------------------------


def _asr_rules() -> dict[str, int] | None:
    """Return the attack surface reduction rules; the group policy overrides the PC's own."""
    found: dict[str, int] = {}
    readable = False
    for key in (rf"SOFTWARE\Microsoft\{_ASR}", rf"SOFTWARE\Policies\Microsoft\{_ASR}"):
        values = _values(winreg.HKEY_LOCAL_MACHINE, key)
        readable = readable or values is not None
        for name, value in (values or {}).items():
            if str(value).isdigit():
                found[name.strip("{}").upper()] = int(str(value))
    return found if readable else None


def _guards() -> list[str]:
    try:
        done = subprocess.run(
            # By its full path, because Windows would search the current folder first.
            [str(_SYSTEM / "tasklist.exe"), "/fo", "csv", "/nh"],
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_TASKLIST_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return []
    rows = csv.reader(done.stdout.decode("mbcs", errors="replace").splitlines())
    running = {row[0].strip().lower() for row in rows if row}
    return sorted({name for process, name in _GUARDS.items() if process in running})


def _resident_server() -> bool | None:
    """Whether the resident server (``xlwings.serve()``) can be reached under its COM id."""
    try:
        import pythoncom
    except ImportError:
        return None
    try:
        pythoncom.CoCreateInstance(
            pythoncom.MakeIID(RESIDENT_CLSID),
            None,
            pythoncom.CLSCTX_LOCAL_SERVER,
            pythoncom.IID_IDispatch,
        )
    except pythoncom.com_error:
        return False
    return True
