"""The offline bundle as an office PC installs it: unzipped into a folder with Chinese and a space."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import setup_wine
from support.planted_modules import Plants
from wine_machine import ready_folder, run_in_wine, windows_path

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import make_offline_bundle  # noqa: E402

pytestmark = pytest.mark.wine

LEDGER = "七优享台账.xlsm"
_EMBEDDABLE = ("*.exe", "*.pyd", "python3*.dll", "lib*.dll", "sqlite3.dll", "vcruntime*.dll")


@dataclass
class Installed:
    """What an installation printed, and where it lies."""

    source: Path
    home: Path
    user: Path
    code: int
    said: str

    def run(self, command: str, *arguments: str) -> tuple[int, str]:
        done = run_in_wine("cmd", "/c", windows_path(self.home / command), *arguments)
        return done.returncode, done.stdout.decode("gbk", errors="replace")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ready_folder()
    try:
        return make_offline_bundle.make_bundle(
            tmp_path_factory.mktemp("bundle"),
            (setup_wine.PYTHON,),
            without=setup_wine.NOT_UNDER_WINE,
        )
    except subprocess.CalledProcessError as wrong:
        pytest.skip(f"做不出离线安装包：{wrong}")


def embeddable_python(into: Path) -> None:
    """Put Python beside install.bat as the office gets it from python.org, plus what Wine lacks."""
    source = setup_wine.windows_python(ready_folder()).parent
    into.mkdir()
    for pattern in (*_EMBEDDABLE, "python311.zip", setup_wine.RANDOM_DLL):
        for path in source.glob(pattern):
            shutil.copy(path, into)
    (into / "python311._pth").write_text("python311.zip\n.\n", encoding="ascii")


@pytest.fixture(scope="module")
def installed(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("office")
    with zipfile.ZipFile(bundle) as package:
        package.extractall(folder / "下载 目录")
    (source,) = (folder / "下载 目录").iterdir()
    embeddable_python(source / "python")
    home = folder / "qiyx"
    (user,) = (ready_folder() / "prefix" / "drive_c" / "users").glob("[!P]*")
    forget(user)
    done = run_in_wine("cmd", "/c", "install.bat", windows_path(home), "--trust", cwd=source)
    yield Installed(source, home, user, done.returncode, done.stdout.decode("gbk", "replace"))
    forget(user)


CMD = r"C:\windows\system32\cmd.exe"


def forget(user: Path) -> None:
    """Take away what an installation leaves in the user's folder: the prefix is used again."""
    shutil.rmtree(user / ".xlwings", ignore_errors=True)
    for entry in user.rglob("qiyx-resident.bat"):
        entry.unlink()


def test_it_installs_without_a_network_and_ends_with_an_examination(installed):
    assert installed.code == 0, installed.said
    assert "四、体检……" in installed.said
    assert "装好了。请打开" in installed.said
    assert (installed.home / "ledger" / LEDGER).is_file()


def test_what_is_installed_works_and_knows_where_it_is(installed):
    _, out = installed.run("doctor.bat", "--format", "json")
    report = json.loads(out)
    states = {check["name"]: check["state"] for check in report["checks"]}
    for name in ("python", "xlwings", "dll", "addin", "config", "names", "macros"):
        assert states[name] == "ok", next(c for c in report["checks"] if c["name"] == name)
    assert states["cold_start"] in ("ok", "attention")
    assert report["facts"]["python"]["unloadable"] == []


def test_excel_is_told_where_python_lies_in_both_places(installed):
    line = f'"INTERPRETER_WIN","{windows_path(installed.home)}\\python\\python.exe"'
    for folder in (installed.home / "ledger", installed.user / ".xlwings"):
        assert line in (folder / "xlwings.conf").read_text(encoding="ascii")


def test_a_file_that_was_changed_stops_the_installation(installed):
    victim = installed.source / LEDGER
    good = victim.read_bytes()
    victim.write_bytes(good + b" ")
    try:
        done = run_in_wine("cmd", "/c", "install.bat", "Z:\\nowhere", cwd=installed.source)
    finally:
        victim.write_bytes(good)
    assert done.returncode == 2
    assert "与校验和不符" in done.stdout.decode("gbk")


def test_what_lies_beside_the_installer_or_where_it_is_called_does_not_run(installed, tmp_path):
    # By its whole path: asked for "cmd", Wine itself would take the planted one.
    plants = Plants(tmp_path / "ran.txt", seen_as=windows_path(tmp_path / "ran.txt"))
    elsewhere = tmp_path / "桌面"
    elsewhere.mkdir()
    plants.plant(elsewhere)
    for name in ("py", "python", "cmd"):
        mark = windows_path(tmp_path / "ran.txt")
        (elsewhere / f"{name}.bat").write_text(f"@echo {name}>>{mark}\r\n", encoding="ascii")
    beside = installed.source / "hashlib.py"
    shutil.copy(elsewhere / "hashlib.py", beside)
    script = windows_path(installed.source / "install.bat")
    try:
        done = run_in_wine(CMD, "/c", script, "Z:\\nowhere", cwd=elsewhere)
    finally:
        beside.unlink()
    assert done.returncode == 2, done.stdout.decode("gbk", "replace")
    assert "多出了 hashlib.py" in done.stdout.decode("gbk")
    installed_from = run_in_wine(CMD, "/c", script, windows_path(installed.home), cwd=elsewhere)
    assert installed_from.returncode == 0, installed_from.stdout.decode("gbk", "replace")
    run_in_wine(CMD, "/c", windows_path(installed.home / "doctor.bat"), cwd=elsewhere)
    assert plants.ran == []


def test_installing_again_keeps_the_ledger(installed):
    ledger = installed.home / "ledger" / LEDGER
    ledger.write_bytes(ledger.read_bytes() + b"mine")
    done = run_in_wine(
        "cmd", "/c", "install.bat", windows_path(installed.home), cwd=installed.source
    )
    assert done.returncode == 0, done.stdout.decode("gbk", "replace")
    assert ledger.read_bytes().endswith(b"mine")


def test_the_resident_server_is_switched_on_and_off(installed):
    config = installed.home / "ledger" / "xlwings.conf"
    code, said = installed.run("resident-on.bat")
    assert code == 0, said
    assert '"DEBUG UDFS","True"' in config.read_text(encoding="ascii")
    (entry,) = installed.user.rglob("qiyx-resident.bat")
    assert "resident.bat" in entry.read_text(encoding="gbk")
    code, said = installed.run("resident-off.bat")
    assert code == 0, said
    assert "DEBUG UDFS" not in config.read_text(encoding="ascii")
    assert list(installed.user.rglob("qiyx-resident.bat")) == []


def test_uninstalling_leaves_the_ledger_and_nothing_else(installed):
    installed.run("uninstall.bat")
    left = sorted(path.relative_to(installed.home) for path in installed.home.rglob("*"))
    assert left == [Path("ledger"), Path("ledger") / LEDGER]
    assert not (installed.user / ".xlwings" / "xlwings.conf").exists()
