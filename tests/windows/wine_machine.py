"""A Windows Python under Wine, and how to run something in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from functools import cache, partial
from pathlib import Path

import pytest
import setup_wine

_LONGEST = 900.0  # seconds; the session takes a few minutes


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
