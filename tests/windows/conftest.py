"""A Windows Python under Wine, code page 936, and everything that was seen there in one session."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import setup_wine

from qiyx_xl.data import resource

if TYPE_CHECKING:
    from collections.abc import Callable

PERIOD = "2026Q3"
SAMPLES = ("区教育局_2026Q3.xlsx", "大碶街道_2026Q3.xlsx", "区民政局七优享9月.xlsx")
_LONGEST = 300.0  # seconds; the session takes about 80
_HERE = Path(__file__).resolve().parent


def wine_folder() -> Path:
    """Where the Windows Python is kept between runs."""
    given = os.environ.get("QIYX_WINE_DIR")
    return Path(given) if given else Path.home() / ".cache" / "qiyx-wine"


@cache
def ready_folder() -> Path:
    """Return the folder with a Windows Python, made now if need be; skip where it cannot be."""
    if shutil.which("wine") is None:
        pytest.skip("Wine 没有安装（scripts/ci/install_wine.sh）")
    locales = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout
    if "zh_CN.utf8" not in locales:
        pytest.skip(
            "缺少区域设置 zh_CN.UTF-8，Wine 的代码页不会是 936（scripts/ci/install_wine.sh）"
        )
    folder = wine_folder().absolute()
    if not setup_wine.is_ready(folder):
        try:
            setup_wine.set_up(folder)
        except (OSError, subprocess.CalledProcessError) as wrong:
            pytest.skip(f"装不好 Windows 版 Python：{wrong}")
    return folder


def run_in_wine(*command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Run a command under Wine; nothing else runs in the prefix, before or afterwards."""
    environment = setup_wine.environment(ready_folder())
    end_all = partial(subprocess.run, ["wineserver", "-k"], env=environment, check=False)
    end_all()
    # Wine wants a pipe for its output, and no terminal.
    process = subprocess.Popen(
        ["wine", *command],
        env=environment,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    # A server that lives on holds the pipe open: the end is that of the command, not of the pipe.
    said: list[bytes] = []
    reader = threading.Thread(target=lambda: said.extend(process.stdout or ()))
    reader.start()
    try:
        code = process.wait(_LONGEST)
    finally:
        end_all()
        process.kill()
        reader.join()
    return subprocess.CompletedProcess(command, code, b"".join(said))


def windows_path(path: Path) -> str:
    return "Z:" + str(path).replace("/", "\\")


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Chinese and a space: the ledger, 收件, and a copy of the ledger for each way."""
    python = windows_path(setup_wine.windows_python(ready_folder()))
    folder = tmp_path_factory.mktemp("wine") / "台账 目录"
    (folder / "收件").mkdir(parents=True)
    for name in SAMPLES:
        shutil.copy(resource(f"examples/{PERIOD}/{name}"), folder / "收件")
    for place in (folder, folder / "经服务", folder / "独立进程"):
        for empty in ("空", "下发"):
            (place / empty).mkdir(parents=True)
        shutil.copy(resource("workbook/七优享台账.xlsm"), place)
        (place / "xlwings.conf").write_text(f'"INTERPRETER_WIN","{python}"\r\n', encoding="ascii")
    return folder


@pytest.fixture(scope="session")
def session(office_folder: Path) -> dict[str, Any]:
    """What was seen in one session under Wine, by section."""
    python = str(setup_wine.windows_python(ready_folder()))
    script = windows_path(_HERE / "session.py")
    done = run_in_wine(python, "-X", "utf8", script, windows_path(office_folder))
    seen = office_folder / "seen.json"
    assert seen.is_file(), done.stdout.decode(errors="replace")
    result: dict[str, Any] = json.loads(seen.read_text(encoding="utf-8"))
    return result


@pytest.fixture
def seen(session: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """One section of the session; an error in it is shown as it was."""

    def section(name: str) -> dict[str, Any]:
        assert name in session, f"the session ended before {name}"
        assert "error" not in session[name], session[name]["error"]
        found: dict[str, Any] = session[name]
        return found

    return section
