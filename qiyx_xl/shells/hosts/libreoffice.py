"""LibreOffice: where it is, and our extension in it.

``unopkg``, which comes with it, adds and removes extensions, for the person who runs it; root adds
them for everybody.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiyx_xl import __version__
from qiyx_xl.files.scratch import temporary_folder
from qiyx_xl.shells.hosts.extension import IDENTIFIER, NAME, extension
from qiyx_xl.shells.hosts.status import HostError, HostStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "libreoffice"
_UNOPKG = {"win32": "unopkg.com"}.get(sys.platform, "unopkg")
_PLACES = (
    *("/usr/lib/libreoffice/program", "/usr/lib64/libreoffice/program"),
    *("/opt/libreoffice*/program", "/usr/local/lib/libreoffice/program"),
    "/Applications/LibreOffice.app/Contents/MacOS",
)
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
_PATIENCE = 180.0
_ANSWER = 60.0
_VERSION = re.compile(r"LibreOffice\w* ([0-9][0-9.]*)")
_LISTED = re.compile(rf"Identifier: {re.escape(IDENTIFIER)}\s+Version: (\S+)")
_NOT_THERE = (
    "这台电脑上没有找到 LibreOffice。请先安装（Debian、统信、麒麟：apt install libreoffice-calc "
    "python3-uno），再试一次。"
)
_AGAIN = "qiyx host install libreoffice"
_NO_PYTHON = "LibreOffice 缺少 Python 支持，扩展用不了。请安装 python3-uno，再试一次。"
_ASK = (
    "import sys;from importlib.util import find_spec as f;r=sys.argv[1];s=f('qiyx_xl');"
    "(s and s.submodule_search_locations[0].startswith(r)) or sys.path.insert(0,r);"
    "from qiyx_xl.shells.engine.answers import answer;print(bool(answer('QYX_VERSION',[],'','')))"
)


@dataclass(frozen=True, slots=True)
class Program:
    """LibreOffice on this computer: the folder of its programs."""

    folder: Path

    @property
    def unopkg(self) -> Path:
        """The program that adds extensions."""
        return self.folder / _UNOPKG

    @property
    def has_python(self) -> bool:
        """Whether extensions written in Python can run."""
        beside = self.folder.parent / "Resources"  # where a Mac keeps it
        return any((folder / "pythonloader.py").exists() for folder in (self.folder, beside))

    def version(self) -> str | None:
        """Return its version; None if it does not say."""
        found = shutil.which("soffice", path=str(self.folder)) or str(self.folder / "soffice")
        try:
            done = _run([found, "--version"])
        except (OSError, subprocess.TimeoutExpired):
            return None
        said = _VERSION.search(done.stdout)
        return None if said is None else said[1]


def find() -> Program | None:
    """Return the LibreOffice of this computer; None if there is none."""
    for folder in _folders():
        # The folder of the programs themselves, not one that only leads to them.
        has_office = folder.name == "MacOS" or any(
            (folder / name).exists() for name in ("soffice.bin", "soffice.exe")
        )
        if has_office and (folder / _UNOPKG).exists():
            return Program(folder)
    return None


def _folders() -> Iterator[Path]:
    for name in ("soffice", "libreoffice", _UNOPKG):
        found = shutil.which(name)
        if found is not None:
            yield Path(found).resolve().parent
    for pattern in _PLACES:
        root = Path(pattern)
        if "*" in pattern:
            yield from sorted(Path(root.anchor).glob(pattern.lstrip("/")), reverse=True)
        else:
            yield root
    for variable in ("ProgramFiles", "ProgramFiles(x86)"):
        if os.environ.get(variable):
            yield Path(os.environ[variable], "LibreOffice", "program")


def install() -> HostStatus:
    """Put the extension into LibreOffice, in place of an older one.

    Raises:
        HostError: LibreOffice is not there, cannot run Python, or refuses.
    """
    program = _needed()
    if not program.has_python:
        raise HostError(_NO_PYTHON)
    with temporary_folder() as folder:
        package = folder / NAME
        package.write_bytes(extension())
        _unopkg(program, "add", "--force", "--suppress-license", str(package))
    return status()


def save(path: Path) -> Path:
    """Write the extension into a file, for those who install it by themselves."""
    from qiyx_xl.files.placing import replacing

    target = path / NAME if path.is_dir() else path
    target.parent.mkdir(parents=True, exist_ok=True)
    with replacing(target) as beside:
        beside.write_bytes(extension())
    return target


def uninstall() -> bool:
    """Take the extension out of LibreOffice; return whether it was there.

    Raises:
        HostError: LibreOffice is not there, or refuses.
    """
    program = _needed()
    if _installed_version(program) is None:
        return False
    _unopkg(program, "remove", IDENTIFIER)
    return True


def status(*, asks: bool = True) -> HostStatus:
    """Return whether LibreOffice is there, and the extension in it.

    Args:
        asks: whether the engine is asked, which takes about a second.
    """
    program = find()
    if program is None:
        return HostStatus(HOST, installed=False)
    version, problems, engine = None, [], None
    try:
        version = _installed_version(program)
    except HostError as wrong:
        problems.append(str(wrong))
    if not program.has_python:
        problems.append(_NO_PYTHON)
    if version is not None:
        if version != __version__:
            problems.append(f"扩展是 {version} 版，程序是 {__version__} 版。请运行 {_AGAIN}。")
        engine = _answers() if asks else None
        if engine is False:
            problems.append(f"扩展记下的 Python 不应答（可能移动或卸载过）。请运行 {_AGAIN}。")
    return HostStatus(
        HOST,
        installed=version is not None,
        program=str(program.folder),
        program_version=program.version(),
        addin_version=version,
        engine=engine,
        problems=tuple(problems),
    )


def _needed() -> Program:
    program = find()
    if program is None:
        raise HostError(_NOT_THERE)
    return program


def _installed_version(program: Program) -> str | None:
    found = _LISTED.search(_unopkg(program, "list"))
    return None if found is None else found[1]


def _unopkg(program: Program, command: str, *arguments: str) -> str:
    """Run a command of unopkg and return what it says.

    Raises:
        HostError: it failed.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    layer = ("--shared",) if is_root else ()
    try:
        done = _run([str(program.unopkg), command, *layer, *arguments])
    except (OSError, subprocess.TimeoutExpired) as wrong:
        raise HostError(
            f"LibreOffice 的 unopkg 没有应答（{type(wrong).__name__}）。"
            "请关闭所有 LibreOffice 窗口，再试一次。"
        ) from wrong
    if done.returncode != 0:
        said = " ".join((done.stderr or done.stdout).split())[:200]
        raise HostError(
            f"LibreOffice 没有照办：{said or done.returncode}。"
            "请关闭所有 LibreOffice 窗口，再试一次。"
        )
    return done.stdout


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # LibreOffice's programs run its own Python, which must find neither this one's settings nor,
    # by the search path, this one.
    environment = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("PYTHON") and key != "VIRTUAL_ENV"
    }
    if os.name == "posix":
        environment["PATH"] = _SYSTEM_PATH
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=_PATIENCE,
        check=False,
        stdin=subprocess.DEVNULL,
        env=environment,
    )


# --- the extension as it is installed --------------------------------------------------------


def _answers() -> bool:
    """Ask what the installed extension asks: the Python that it was made with."""
    settings = _settings()
    if settings is None:
        return False
    try:
        done = subprocess.run(
            [settings["python"], "-P", "-B", "-c", _ASK, settings["root"]],
            capture_output=True,
            text=True,
            timeout=_ANSWER,
            check=False,
            stdin=subprocess.DEVNULL,
            env={key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        )
    except (OSError, KeyError, subprocess.TimeoutExpired):
        return False
    return done.stdout.strip() == "True"


def _settings() -> dict[str, Any] | None:
    """Return the settings of the extension that was installed last."""
    found = [
        path
        for folder in _packages()
        for path in folder.glob(f"*/{NAME}/settings.json")
        if path.is_file()
    ]
    for path in sorted(found, key=lambda each: each.stat().st_mtime, reverse=True):
        try:
            settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        return settings
    return None


def _packages() -> Iterator[Path]:
    inside = Path("uno_packages", "cache", "uno_packages")
    if sys.platform == "win32":
        yield Path(os.environ.get("APPDATA", ""), "LibreOffice", "4", "user") / inside
    elif sys.platform == "darwin":
        yield Path.home() / "Library/Application Support/LibreOffice/4/user" / inside
    else:
        config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        yield Path(config, "libreoffice", "4", "user") / inside
    program = find()
    if program is not None:
        yield program.folder.parent / "share" / inside
