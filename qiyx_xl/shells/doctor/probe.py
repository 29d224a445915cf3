"""How facts about this computer are collected; the checks judge them."""

from __future__ import annotations

import csv
import hashlib
import os
import platform
import re
import struct
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, replace
from importlib import import_module, metadata
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.intake.workers.starting import OWN_FOLDER, PYTHON, environment
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.shells.doctor.facts import (
    ConfigFile,
    DllFacts,
    Environment,
    HostFacts,
    LedgerFacts,
    PlanFacts,
    PythonFacts,
    StartFacts,
    WindowsFacts,
    XlwingsFacts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

# --- Where a file is: kind of drive, sync folder, zone it came from -----------------------------

# OneDrive sets these variables to its folders; other sync programs are known by folder name.
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
    """Return the sync folder that a path is in; None if it is in no known one."""
    parents = [str(parent).lower() for parent in path.parents]
    for name in _SYNC_VARIABLES:
        folder = variables.get(name)
        if folder and folder.rstrip("\\/").lower() in parents:
            return folder
    for parent in path.parents:
        name = parent.name.lower()
        # The folder of a work account is named like "OneDrive - 某某局".
        if name in _SYNC_NAMES or name.startswith("onedrive - "):
            return str(parent)
    return None


def drive_of(path: Path) -> str:
    """Return the kind of drive: local, network, removable or unknown."""
    if str(path).startswith("\\\\"):
        return "network"
    if sys.platform != "win32":
        return "unknown"
    import ctypes

    kind = ctypes.windll.kernel32.GetDriveTypeW(path.anchor)
    return _DRIVE_KINDS.get(kind, "unknown")


def zone_of(path: Path) -> int | None:
    """Return the zone that Windows recorded when the file was downloaded; None without one."""
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


# --- All facts of this computer -----------------------------------------------------------------

PRODUCT = "qiyx-xl"
_CONFIG_NAME = "xlwings.conf"
_START_LIMIT = 120.0  # seconds
# Compiled modules, each with its own DLLs, which antivirus software or old systems may block.
_COMPILED = ("lxml.etree", "jsonschema_rs", "python_calamine")
_WARM_UP = "from qiyx_xl.shells import udfs; udfs.warm_up()"
_DLL_OF_BITS = {"32": "xlwings32-{version}.dll", "64": "xlwings64-{version}.dll"}


def look(ledger: Path) -> Environment:
    """Collect the facts of this computer and of a ledger; the ledger need not exist."""
    seen = Environment(
        system=platform.system(),
        python=_python(),
        xlwings=XlwingsFacts(version=None, pinned=""),
        ledger=_ledger(ledger),
        folder_config=read_config(ledger.absolute().parent / _CONFIG_NAME),
        user_config=read_config(Path.home() / ".xlwings" / _CONFIG_NAME),
        interpreter_exists=None,
        windows=_windows(),
        start=_cold_start(),
        hosts=_hosts(),
    )
    interpreter = seen.interpreter
    home = Path(sys.executable if interpreter is None else interpreter).parent
    return replace(
        seen,
        xlwings=_xlwings(home),
        interpreter_exists=None if interpreter is None else Path(interpreter).is_file(),
    )


def _hosts() -> tuple[HostFacts, ...]:
    from qiyx_xl.shells.hosts import libreoffice, wps

    return tuple(HostFacts(**asdict(each.status())) for each in (libreoffice, wps))


# --- Python and its packages -----------------------------------------------------------------


def _python() -> PythonFacts:
    major, minor, micro = sys.version_info[:3]
    return PythonFacts(
        version=(major, minor, micro),
        bits=struct.calcsize("P") * 8,
        executable=sys.executable,
        missing=_missing(),
        unloadable=tuple(name for name in _COMPILED if not _loads(name)),
    )


def _missing() -> tuple[str, ...] | None:
    if _version(PRODUCT) is None:
        return None
    names = [
        re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
        for requirement in _requirements()
        if "extra ==" not in requirement
    ]
    # xlwings requires it, on Windows only.
    windows = ["pywin32"] if platform.system() == "Windows" else []
    return tuple(name for name in (*names, *windows) if _version(name) is None)


def _loads(module: str) -> bool:
    """Whether a module can be loaded; also True if it is not installed: `_missing` reports that."""
    try:
        import_module(module)
    except ModuleNotFoundError:
        return True
    except ImportError:
        return False
    return True


def _requirements() -> list[str]:
    try:
        return metadata.requires(PRODUCT) or []
    except metadata.PackageNotFoundError:
        # The program runs from a source folder that was never installed.
        return []


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _pinned(name: str) -> str:
    """Return the version that the product requires; if it names none, the installed one."""
    for requirement in _requirements():
        if found := re.fullmatch(rf"{name}==([\w.]+)", requirement.replace(" ", "")):
            return found[1]
    return _version(name) or ""


def _xlwings(home: Path) -> XlwingsFacts:
    """Find the DLLs where the VBA looks for them: beside Python, or in the folder above it."""
    version = _version("xlwings")
    pinned = _pinned("xlwings")
    if platform.system() != "Windows" or version is None:
        return XlwingsFacts(version, pinned)
    dlls = {}
    for bits, pattern in _DLL_OF_BITS.items():
        name = pattern.format(version=version)
        places = (home / name, home.parent / name)
        path = next((place for place in places if place.is_file()), places[0])
        digest = hashlib.sha256(path.read_bytes()).digest() if path.is_file() else None
        dlls[bits] = DllFacts(
            path=str(path),
            sha256=None if digest is None else digest.hex(),
            as_installed=_as_recorded(name, digest),
        )
    return XlwingsFacts(version, pinned, dlls)


def _as_recorded(name: str, digest: bytes | None) -> bool | None:
    for file in metadata.files("xlwings") or ():
        if file.name == name and file.hash is not None and digest is not None:
            return file.hash.value == urlsafe_b64encode(digest).rstrip(b"=").decode()
    return None


def _cold_start() -> StartFacts:
    """Start Python once more and load the functions, as Excel does for the day's first cell."""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            [*PYTHON, "-B", "-c", _WARM_UP],
            env=environment(),
            cwd=OWN_FOLDER,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_START_LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as wrong:
        return StartFacts(None, type(wrong).__name__)
    if done.returncode != 0:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return StartFacts(None, "".join(last) or f"exit code {done.returncode}")
    return StartFacts(round(time.perf_counter() - began, 2))


# --- the ledger and the settings -------------------------------------------------------------


def _ledger(path: Path) -> LedgerFacts | None:
    from qiyx_xl.ledger.inspect.verify import workbook_facts
    from qiyx_xl.shells.doctor.probe import drive_of, sync_folder, zone_of

    if not path.is_file():
        return None
    full = path.absolute()
    here = LedgerFacts(
        str(full),
        vba_version=None,
        uses_addin=False,
        zone=zone_of(full),
        drive=drive_of(full),
        synced_by=sync_folder(full),
    )
    try:
        facts = workbook_facts(full)
    except LedgerError as wrong:
        return replace(here, trouble=str(wrong))
    except OSError as wrong:
        return replace(here, trouble=f"打不开“{full.name}”：{wrong.strerror}")
    return replace(
        here,
        vba_version=facts.vba_version,
        uses_addin=facts.uses_addin,
        settings=facts.settings,
        is_older=facts.is_older,
        looks_around=facts.looks_around,
        plan=plan_facts(full),
        has_macros=facts.has_macros,
    )


def plan_facts(ledger: Path) -> PlanFacts:
    """Return the plan in force at the period that a ledger shows, or why it cannot be told."""
    from qiyx_xl import app
    from qiyx_xl.app.custody.maintenance import shown_period

    try:
        adoption = app.Office.at(ledger).plans.adoption_at(shown_period(ledger))
    except QiyxError as wrong:
        return PlanFacts(trouble=str(wrong))
    plan, since = adoption.plan, adoption.since
    return PlanFacts(
        plan.plan_id,
        plan.title,
        plan.version,
        since="" if since is None else since.label,
        is_shipped=plan.plan_id == app.load_plan().plan_id,
        from_store=adoption.at is not None,
    )


def read_config(path: Path) -> ConfigFile | None:
    """Read an xlwings.conf as the VBA does: lines of ``"KEY","value"`` in the code page."""
    if not path.is_file():
        return None
    data = path.read_bytes()
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        return ConfigFile(str(path), trouble="bom")
    try:
        text = data.decode("ascii")
    except UnicodeDecodeError:
        try:
            text = data.decode(_ansi())
        except UnicodeDecodeError:
            return ConfigFile(str(path), trouble="encoding")
    rows = [row for row in csv.reader(text.splitlines()) if row]
    if any(len(row) != 2 for row in rows):  # noqa: PLR2004 - a name and a value
        return ConfigFile(str(path), trouble="lines")
    return ConfigFile(str(path), dict(row for row in rows))


def _ansi() -> str:
    return "mbcs" if os.name == "nt" else "gbk"


# --- Windows ---------------------------------------------------------------------------------


def _windows() -> WindowsFacts | None:
    if sys.platform != "win32":
        return None
    from qiyx_xl.shells.doctor import probe_windows as windows

    return windows.look()
