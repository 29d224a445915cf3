"""WPS 表格: where it is, our add-in in its folder, and the service that answers the add-in."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import ProxyHandler, Request, build_opener

from qiyx_xl import __version__
from qiyx_xl.shells.hosts import publish
from qiyx_xl.shells.hosts.status import HostError, HostStatus
from qiyx_xl.shells.hosts.wps_addin import FOLDER, NAME, addin

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "wps"
_SERVICE = "qiyx_xl.shells.engine.service"
_STARTS_AT_LOGON = "qiyx-wps"
_PLACES = (
    "/opt/kingsoft/wps-office/office6",
    "/opt/apps/cn.wps.wps-office-pro/files/kingsoft/wps-office/office6",
    "/opt/apps/cn.wps.wps-office/files/kingsoft/wps-office/office6",
    "/usr/lib/office6",
)
_REGISTERED = r"Software\Kingsoft\Office\6.0\Common"
_UP_WITHIN, _ASKED = 20.0, 10.0
_OURS = re.compile(rf"{NAME}_[0-9][\w.+-]*")
_NOT_FOUND = "没有找到 WPS 表格。加载项已经放好，装了 WPS 就能用；装在别处的，不用管这一句。"
_NO_LIBRARIES = (
    "少了 starlette、uvicorn，本机服务起不来。请用 pip 装好这两个库，再运行 qiyx host install wps。"
)


def folder() -> Path:
    """Return WPS's folder of offline add-ins for this person."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", str(Path.home()))) / "kingsoft" / "wps" / "jsaddons"
    return Path.home() / ".local" / "share" / "Kingsoft" / "wps" / "jsaddons"


def install() -> HostStatus:
    """Put the add-in into WPS, start the service now and at every logon.

    Raises:
        HostError: a library is missing, or WPS's list of add-ins is damaged.
        OSError: WPS's folder cannot be written.
    """
    if not _has_libraries():
        raise HostError(_NO_LIBRARIES)
    where = folder()
    publish.entry_of(where / "publish.xml", NAME)  # a damaged list stops us before anything else
    _place(where)
    publish.enter(where / "publish.xml", NAME, FOLDER, __version__)
    for old in _ours(where):
        if old.name != FOLDER:
            shutil.rmtree(old, ignore_errors=True)
    _at_logon(True)
    _stop_service()
    _start_service()
    return status()


def save(path: Path) -> Path:
    """Write the add-in's folder into a folder, for those who hand it out by themselves."""
    _place(path)
    return path / FOLDER


def uninstall() -> bool:
    """Take the add-in out of WPS and stop the service; return whether it was there.

    Raises:
        HostError: WPS's list of add-ins is damaged.
        OSError: WPS's folder cannot be written.
    """
    where = folder()
    was_there = publish.remove(where / "publish.xml", NAME)
    for old in _ours(where):
        was_there = True
        shutil.rmtree(old)
    _at_logon(False)
    _stop_service()
    return was_there


def status(*, asks: bool = True) -> HostStatus:
    """Return whether WPS is there, and the add-in in it.

    Args:
        asks: whether the service is asked.
    """
    where = folder()
    program, version = _program()
    problems: list[str] = []
    entry = None
    try:
        entry = publish.entry_of(where / "publish.xml", NAME)
    except HostError as wrong:
        problems.append(str(wrong))
    placed = sorted(_ours(where))
    installed = entry is not None and bool(placed)
    engine = None
    if installed or placed or entry is not None:
        problems += _faults(where, entry)
        engine = _service_answers() if asks else None
        if engine is False:
            problems.append("本机服务没有应答。请重新登录电脑，或运行 qiyx host install wps。")
        if program is None:
            problems.append(_NOT_FOUND)
    return HostStatus(
        HOST,
        installed=installed,
        program=program,
        program_version=version,
        addin_version=None if entry is None else entry.get("version"),
        engine=engine,
        problems=tuple(problems),
    )


def _faults(where: Path, entry: dict[str, str] | None) -> Iterator[str]:
    again = "请运行 qiyx host install wps。"
    if entry is None:
        yield f"WPS 的加载项清单里没有这一项（可能被别的安装程序覆盖了）。{again}"
    elif entry.get("url") != FOLDER:
        yield f"加载项是 {entry.get('version')} 版，程序是 {__version__} 版。{again}"
    wanted = addin()
    here = where / FOLDER
    missing = [name for name in wanted if not (here / name).is_file()]
    there = wanted.keys() - set(missing)
    changed = [name for name in sorted(there) if (here / name).read_bytes() != wanted[name]]
    if missing:
        yield f"加载项少了 {len(missing)} 个文件（{missing[0]}），可能被杀毒软件隔离了。{again}"
    elif changed:
        yield f"加载项有 {len(changed)} 个文件被改过（{changed[0]}）。{again}"


def _place(where: Path) -> None:
    """Write the add-in's folder beside its place, then move it there."""
    new, there = where / f".{FOLDER}.new", where / FOLDER
    shutil.rmtree(new, ignore_errors=True)
    for name, data in addin().items():
        (new / name).parent.mkdir(parents=True, exist_ok=True)
        (new / name).write_bytes(data)
    shutil.rmtree(there, ignore_errors=True)
    new.replace(there)


def _ours(where: Path) -> list[Path]:
    if not where.is_dir():
        return []
    return [path for path in where.iterdir() if path.is_dir() and _OURS.fullmatch(path.name)]


def _program() -> tuple[str | None, str | None]:
    """Return the folder of WPS's programs and its version, as far as it says."""
    if sys.platform == "win32":
        import winreg

        for root in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
            try:
                with winreg.OpenKey(root, _REGISTERED) as key:
                    where = str(winreg.QueryValueEx(key, "InstallRoot")[0])
                    return where, str(winreg.QueryValueEx(key, "Version")[0])
            except OSError:
                continue
        return None, None
    for place in _PLACES:
        if (Path(place) / "et").exists():
            return place, _version_in(Path(place) / "cfgs" / "setup.cfg")
    found = shutil.which("et")
    return (None if found is None else str(Path(found).resolve().parent)), None


def _version_in(path: Path) -> str | None:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(r"(?im)^\s*version\s*=\s*([0-9][0-9.]*)", text)
    return None if found is None else found[1]


# --- the service -------------------------------------------------------------------------------


def _has_libraries() -> bool:
    return all(find_spec(name) is not None for name in ("starlette", "uvicorn"))


def _command() -> list[str]:
    python = Path(sys.executable)
    pythonw = python.with_name("pythonw.exe")
    return [str(pythonw if pythonw.exists() else python), "-P", "-m", _SERVICE]


def _start_service() -> None:
    """Start the service, and wait until it answers.

    Raises:
        HostError: it does not.
    """
    flags: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        flags = {"creationflags": subprocess.DETACHED_PROCESS | subprocess.CREATE_NO_WINDOW}
    subprocess.Popen(
        _command(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=Path.home(),
        **flags,
    )
    until = time.monotonic() + _UP_WITHIN
    while time.monotonic() < until:
        if _service_answers():
            return
        time.sleep(0.1)
    raise HostError(
        "本机服务没有起来。请看杀毒软件有没有拦住 Python，放行后再运行 qiyx host install wps。"
    )


def _stop_service() -> None:
    state = _state()
    if state is not None and _ask("/stop", state) is not None:
        until = time.monotonic() + _ASKED
        while _answers(state) and time.monotonic() < until:
            time.sleep(0.1)
    _state_file().unlink(missing_ok=True)


def _service_answers() -> bool:
    state = _state()
    return state is not None and _answers(state)


def _answers(state: dict[str, Any]) -> bool:
    told = _ask("/function", state, name="QYX_VERSION", cells=[])
    return told is not None and __version__ in str(told.get("value"))


def _state_file() -> Path:
    return Path.home() / ".qiyx" / "server.json"


def _state() -> dict[str, Any] | None:
    # As ``engine.service.read_state``, which needs the libraries that may be missing.
    try:
        state = json.loads(_state_file().read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
    return state if isinstance(state, dict) and {"port", "token"} <= state.keys() else None


def _ask(path: str, state: dict[str, Any], **values: Any) -> dict[str, Any] | None:
    """Ask the service; None where nothing answers."""
    body = json.dumps({"token": state["token"], **values}).encode()
    address = f"http://127.0.0.1:{int(state['port'])}{path}"
    request = Request(address, body, {"Content-Type": "text/plain"})
    try:
        # Past any proxy of the office.
        with build_opener(ProxyHandler({})).open(request, timeout=_ASKED) as answer:
            told: dict[str, Any] = json.loads(answer.read())
    except (URLError, OSError, ValueError):
        return None
    return told


def _at_logon(starts: bool) -> None:  # noqa: FBT001 - one of two states
    """Start the service when this person logs on, or no longer."""
    if sys.platform == "win32":
        entry = (
            Path(os.environ.get("APPDATA", str(Path.home())))
            / r"Microsoft\Windows\Start Menu\Programs\Startup"
            / f"{_STARTS_AT_LOGON}.bat"
        )
        quoted = " ".join(f'"{word}"' for word in _command())
        text = f'@start "" /b {quoted}\r\n'
    else:
        config = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        entry = Path(config) / "autostart" / f"{_STARTS_AT_LOGON}.desktop"
        quoted = " ".join(f'"{word}"' for word in _command())
        text = f"[Desktop Entry]\nType=Application\nName=qiyx-wps\nExec={quoted}\nNoDisplay=true\n"
    if not starts:
        entry.unlink(missing_ok=True)
        return
    entry.parent.mkdir(parents=True, exist_ok=True)
    encoding = "mbcs" if sys.platform == "win32" else "utf-8"
    entry.write_bytes(text.encode(encoding))
