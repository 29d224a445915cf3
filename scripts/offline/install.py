"""Install or uninstall the product, and turn the resident server on or off.

    python -I -S install.py install [FOLDER] [--trust] [--host libreoffice] [--host wps]
    python -I -S install.py uninstall | resident-on | resident-off

The .bat files of the offline bundle call this. It uses only the standard library, and needs neither
administrator rights nor a network. Files beside it are run only if the list of checksums names
them: ``-I`` keeps this folder and the current one out of Python's search path, and the bundle's own
module is loaded by its full path.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
SUPPORTED = ((3, 11), (3, 14))
LEDGER = "七优享台账.xlsm"
LEDGER_FOLDER = "ledger"
SUMS = "SHA256SUMS"
HOSTS = ("libreoffice", "wps")
"""Programs beside Excel into which functions and buttons can be put."""
_OFFICES_PYTHON = "python"
"""The folder in which an office without Python puts one; it has no checksums in our list."""

_KEPT_IN_HOME = ("install.py", "settings.py", "uninstall.bat")

_RESIDENT = """@echo off
rem Start the server that Excel asks where it may not start programs itself.
start "" /d "{folder}" "{pythonw}" -P -B -c "import xlwings; xlwings.serve()"
"""
_SWITCH = """@echo off
cd /d "%SystemRoot%\\System32"
"{python}" -I -S "%~dp0install.py" resident-{word}
if not defined QIYX_NO_PAUSE pause
"""
_HOST = """@echo off
"{python}" -P -m qiyx_xl host %*
if not defined QIYX_NO_PAUSE pause
"""
_DOCTOR = """@echo off
"{python}" -P -m qiyx_xl doctor --ledger "%~dp0ledger\\{ledger}" %*
if not defined QIYX_NO_PAUSE pause
"""


class InstallError(RuntimeError):
    """The installation cannot start or continue; the message is one sentence with a cure."""


@cache
def settings() -> ModuleType:
    """Return the module settings.py; ``install`` calls this only after checking the checksums."""
    path = HERE / "settings.py"
    module = ModuleType(path.stem)
    # Not by ``import``, which could load a compiled file from __pycache__ instead.
    exec(compile(path.read_bytes(), path, "exec"), module.__dict__)  # noqa: S102
    return module


# --- install -------------------------------------------------------------------------------------


def install(folder: Path | None, *, trust: bool, hosts: Sequence[str] = ()) -> None:
    """Check the bundle, set up a separate Python, and install the product and a ledger there.

    ``hosts`` are the programs beside Excel that get functions and buttons, too.
    """
    if not SUPPORTED[0] <= sys.version_info[:2] <= SUPPORTED[1] or sys.maxsize < 1 << 32:
        raise InstallError("请用 64 位的 Python 3.11 至 3.14 运行安装。")
    say("一、核对安装包……")
    check_sums(HERE)
    home = choose_home(folder)
    say(f"二、装到 {home}……")
    python = make_python(home)
    add_packages(python)
    say("三、放好台账和设置……")
    ledger = place_ledger(home)
    write_settings(home, python, ledger)
    if trust:
        settings().trust(ledger.parent)
    for host in hosts:
        command_of_host(python, "install", host)
    say("四、体检……")
    examine = [str(python), "-P", "-m", "qiyx_xl", "doctor", "--ledger", str(ledger)]
    subprocess.run(examine, cwd=home, check=False)
    say(f"装好了。请打开 {ledger}，点“启用内容”。有问题时双击 {home / 'doctor.bat'} 再体检。")
    if not hosts:
        say(
            "要在 LibreOffice 或 WPS 里用的，关掉那个软件，在命令行里运行 "
            f"{home / 'host.bat'} install libreoffice（或 wps）。"
        )


def command_of_host(python: Path, command: str, host: str) -> None:
    """Put functions and buttons into a program, or take them out; it says itself how that went."""
    asked = [str(python), "-P", "-m", "qiyx_xl", "host", command, host]
    subprocess.run(asked, cwd=python.parent, check=False)


def check_sums(folder: Path) -> None:
    """Compare every file of the bundle with the list of checksums.

    Raises:
        InstallError: a file is missing, was changed, or does not belong to the bundle.
    """
    listed = {}
    for line in (folder / SUMS).read_text(encoding="utf-8").splitlines():
        expected, _, name = line.partition("  ")
        listed[name] = expected
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == SUMS or name.split("/")[0].lower() == _OFFICES_PYTHON:
            continue
        if name not in listed:
            raise InstallError(
                f"安装包的文件夹里多出了 {name}，不是安装包里的。"
                "请把安装包解压到一个新的空文件夹再装。"
            )
    for name, expected in listed.items():
        path = folder / name
        if not path.is_file():
            raise InstallError(
                f"安装包里缺少 {name}，可能被杀毒软件隔离。请恢复后再装，或重新解压。"
            )
        if hashlib.sha256(path.read_bytes()).hexdigest() != expected:
            raise InstallError(f"安装包里的 {name} 与校验和不符。请重新复制并解压安装包。")


def choose_home(folder: Path | None) -> Path:
    """Return the folder to install into, created if needed; its path is ASCII without spaces.

    Raises:
        InstallError: the given folder's path is not ASCII or has spaces, or none can be created.
    """
    if folder is not None:
        folder = Path(os.environ.get("QIYX_CALLED_IN", "")) / folder
        if not str(folder).isascii() or " " in str(folder):
            raise InstallError(
                f"“{folder}”里有中文或空格。请改用只有英文字母和数字的文件夹，如 D:\\qiyx。"
            )
        folder.mkdir(parents=True, exist_ok=True)
        return folder.resolve()
    for candidate in _candidates():
        if str(candidate).isascii() and " " not in str(candidate) and _can_write(candidate):
            return candidate
    raise InstallError("找不到可以写入的英文路径。请指定一个文件夹：install.bat D:\\qiyx")


def _candidates() -> list[Path]:
    """Return the folders to try, best first: the user's own, then drive D:, then the system's."""
    places = [os.environ.get("LOCALAPPDATA"), "D:\\", os.environ.get("SYSTEMDRIVE", "C:") + "\\"]
    return [Path(place) / "qiyx" for place in places if place]


def _can_write(folder: Path) -> bool:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / "write-probe"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError:
        return False
    return True


def make_python(home: Path) -> Path:
    """Set up a Python in the folder and return the path of its program.

    An embeddable Python is copied, and the path of its packages is written into its ``._pth``; for
    an installed Python, a virtual environment is made.
    """
    python = home / "python"
    shutil.rmtree(python, ignore_errors=True)
    source = Path(sys.executable).parent
    if not list(source.glob("python3*._pth")):
        if find_spec("venv") is None:
            raise InstallError("这个 Python 不完整。请安装 python.org 的 Python，或用它的嵌入版。")
        making = [sys.executable, "-I", "-m", "venv", "--without-pip", str(python)]
        subprocess.run(making, cwd=home, check=True)
        return python / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    shutil.copytree(source, python, ignore=shutil.ignore_patterns("Lib", "Scripts"))
    (paths,) = python.glob("python3*._pth")
    library = next(python.glob("python3*.zip")).name
    paths.write_text(f"{library}\n.\nLib\\site-packages\nimport site\n", encoding="ascii")
    return python / "python.exe"


def add_packages(python: Path) -> None:
    """Install the wheels of the bundle, each checked against its hash."""
    wheels = HERE / "wheels"
    pip = next(wheels.glob("pip-*.whl"))
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    command = [
        *(str(python), "-I", str(pip / "pip"), "install", "--isolated", "--quiet"),
        *("--no-index", "--no-deps"),
        *("--disable-pip-version-check", "--no-warn-script-location", "--require-hashes"),
        *("--find-links", str(wheels), "-r", str(HERE / f"requirements-{version}.txt")),
    ]
    if subprocess.run(command, cwd=python.parent, check=False).returncode:
        raise InstallError("依赖包没有装全。请把安装包解压到本机文件夹，关闭杀毒软件的拦截后再试。")
    # Python finds these DLLs of pywin32 only if they are beside its program.
    for dll in python.parent.parent.glob("**/pywin32_system32/*.dll"):
        shutil.copy(dll, python.parent)


def place_ledger(home: Path) -> Path:
    """Copy an empty ledger into the folder; an existing one is never replaced."""
    ledger = home / LEDGER_FOLDER / LEDGER
    ledger.parent.mkdir(exist_ok=True)
    if ledger.exists():
        say(f"已有台账 {ledger}，没有改动它。")
    else:
        shutil.copy(HERE / LEDGER, ledger)
    return ledger


def write_settings(home: Path, python: Path, ledger: Path) -> None:
    """Write the path of Python into xlwings' settings, and write the .bat files."""
    settings().change(ledger.parent / "xlwings.conf", INTERPRETER_WIN=str(python))
    # For ledgers in other folders, unless the user has set another Python for other workbooks.
    if is_ours(settings().user_config(), home):
        settings().change(settings().user_config(), INTERPRETER_WIN=str(python))
    pythonw = python.with_name("pythonw.exe")
    texts = {
        "resident.bat": _RESIDENT.format(folder=pythonw.parent, pythonw=pythonw),
        "resident-on.bat": _SWITCH.format(python=python, word="on"),
        "resident-off.bat": _SWITCH.format(python=python, word="off"),
        "host.bat": _HOST.format(python=python),
        "doctor.bat": _DOCTOR.format(python=python, ledger=LEDGER),
    }
    for name, text in texts.items():
        encoding = "mbcs" if os.name == "nt" else "gbk"
        (home / name).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    for name in _KEPT_IN_HOME:
        shutil.copy(HERE / name, home)


# --- after the installation ----------------------------------------------------------------------


def set_resident(*, on: bool) -> None:
    """Turn the use of the resident server on or off."""
    for path in _configs():
        settings().change(path, DEBUG_UDFS="True" if on else None)
    settings().start_at_logon(HERE / "resident.bat" if on else None)
    if on:
        # The server keeps running, so it must not inherit this window's output.
        subprocess.run(
            [os.environ.get("COMSPEC", "cmd.exe"), "/c", str(HERE / "resident.bat")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
        )
        say("常驻服务已启动，以后登录时会自动启动。请重新打开台账。")
    else:
        say("以后不再用常驻服务。请注销一次或重启电脑，再打开台账。")


def uninstall() -> None:
    """Undo the changes outside the folder; uninstall.bat removes the folder's content."""
    python = HERE / "python" / ("python.exe" if os.name == "nt" else "bin/python")
    if not python.is_file():
        python = HERE / "python" / "Scripts" / "python.exe"
    for host in HOSTS if python.is_file() else ():
        command_of_host(python, "uninstall", host)
    settings().start_at_logon(None)
    settings().trust(None)
    for path in _configs():
        settings().change(path, DEBUG_UDFS=None, INTERPRETER_WIN=None)
    say(f"程序已移除。台账和数据库还在 {HERE / LEDGER_FOLDER}，请自行保管或删除。")


def is_ours(config: Path, home: Path) -> bool:
    """Whether a settings file names the Python in ``home``, none, or one that does not exist."""
    named = settings().read(config).get(settings().INTERPRETER)
    return named is None or Path(named).is_relative_to(home) or not Path(named).is_file()


def _configs() -> list[Path]:
    user = settings().user_config()
    beside = HERE / LEDGER_FOLDER / "xlwings.conf"
    return [beside, user] if is_ours(user, HERE) else [beside]


def say(text: str) -> None:
    """Print a line; characters that the console's code page lacks are replaced."""
    encoding = sys.stdout.encoding or "ascii"
    print(text.encode(encoding, errors="replace").decode(encoding), flush=True)


def main() -> int:
    """Run one of the commands; return 2 if it failed."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    installing = commands.add_parser("install")
    installing.add_argument("folder", type=Path, nargs="?")
    installing.add_argument("--trust", action="store_true")
    installing.add_argument("--host", action="append", default=[], choices=HOSTS)
    for name in ("uninstall", "resident-on", "resident-off"):
        commands.add_parser(name)
    chosen = parser.parse_args()
    try:
        if chosen.command == "install":
            install(chosen.folder, trust=chosen.trust, hosts=chosen.host)
        elif chosen.command == "uninstall":
            uninstall()
        else:
            set_resident(on=chosen.command == "resident-on")
    except InstallError as error:
        say(str(error))
        return 2
    except (OSError, subprocess.CalledProcessError) as error:
        say(f"没有装成：{error}。请关闭 Excel 和 WPS 后再试；仍不行，请把这一行发给技术人员。")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
