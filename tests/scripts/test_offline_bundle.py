from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "scripts" / "offline")]

import install  # noqa: E402
import make_offline_bundle as bundle  # noqa: E402
import settings  # noqa: E402
import windows_wheels  # noqa: E402

OFFLINE = ROOT / "scripts" / "offline"


def wheel(folder: Path, name: str, *needs: str) -> Path:
    path = folder / f"{name}-1.0-py3-none-any.whl"
    metadata = "".join(f"Requires-Dist: {need}\n" for need in needs)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr(
            f"{name}-1.0.dist-info/METADATA", f"Name: {name}\nVersion: 1.0\n{metadata}"
        )
    return path


# --- wheels ----------------------------------------------------------------------------------


def test_what_a_wheel_needs_is_read_with_windows_in_mind(tmp_path):
    one = wheel(
        tmp_path,
        "one",
        'pywin32>=224; platform_system == "Windows"',
        'appscript; sys_platform == "darwin"',
        'colorama; sys_platform == "win32"',
        'tomli; python_version < "3.12"',
        'sphinx; extra == "docs"',
        "lxml",
    )
    names = {need.name for need in windows_wheels._needs(one, "3.12")}
    assert names == {"pywin32", "colorama", "lxml"}
    assert "tomli" in {need.name for need in windows_wheels._needs(one, "3.11")}


def test_everything_a_wheel_needs_is_fetched_once_and_what_is_left_out_is_not(
    tmp_path, monkeypatch
):
    stock = {
        "one": wheel(tmp_path, "one", 'two; sys_platform == "win32"', "three"),
        "two": wheel(tmp_path, "two", "one"),
        "three": wheel(tmp_path, "three", "four"),
        "four": wheel(tmp_path, "four"),
    }
    fetched = []

    def fetch(requirement, python, into):
        assert requirement.marker is None, "pip would pass it over"
        fetched.append(requirement.name)
        return stock[requirement.name]

    monkeypatch.setattr(windows_wheels, "_fetch", fetch)
    found = windows_wheels.download(["one>=1"], "3.12", tmp_path / "into", without=["three"])
    assert found == [stock["one"], stock["two"]]
    assert fetched == ["one", "two"]


def test_the_products_own_requirements_are_those_of_pyproject():
    assert "xlwings==0.37.8" in windows_wheels.product_requirements()


# --- the bundle ------------------------------------------------------------------------------


def test_the_requirements_file_pins_every_wheel_by_hash_and_leaves_pip_out(tmp_path):
    wheels = [wheel(tmp_path, "one"), wheel(tmp_path, "pip")]
    (line,) = bundle.requirements(wheels).splitlines()
    assert line.startswith("one==1.0 --hash=sha256:")
    assert len(line) == len("one==1.0 --hash=sha256:") + 64


@pytest.mark.parametrize("path", sorted(OFFLINE.glob("*.bat")), ids=lambda path: path.name)
def test_bat_files_are_pure_ascii_with_windows_line_ends(path):
    data = bundle.as_windows(path)
    assert data.isascii()
    assert data.count(b"\n") == data.count(b"\r\n") > 5


def test_a_bat_file_that_is_not_ascii_is_refused(tmp_path):
    path = tmp_path / "安装.bat"
    path.write_text("echo 安装\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not pure ASCII"):
        bundle.as_windows(path)


def test_the_guide_opens_in_an_old_notepad_too():
    data = bundle.as_windows(OFFLINE / "安装说明.txt")
    assert data.startswith(b"\xef\xbb\xbf")
    text = data.decode("utf-8-sig")
    for file in (
        "install.bat",
        "resident-on.bat",
        "resident-off.bat",
        "uninstall.bat",
        "doctor.bat",
    ):
        assert file in text
    assert len(text.splitlines()) <= 50, "one page"


def test_the_same_files_give_the_same_zip(tmp_path):
    files = {"wheels/one.whl": b"1", "安装说明.txt": "说明".encode()}
    for name in ("a.zip", "b.zip"):
        bundle.write_zip(tmp_path / name, "qiyx", files)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert zipfile.ZipFile(tmp_path / "a.zip").namelist() == [
        "qiyx/wheels/one.whl",
        "qiyx/安装说明.txt",
    ]


# --- install.py ------------------------------------------------------------------------------


@pytest.fixture
def unpacked(tmp_path):
    files = {"七优享台账.xlsm": b"ledger", "wheels/one.whl": b"1"}
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(data)
    (tmp_path / "SHA256SUMS").write_text(bundle.check_sums(files), encoding="utf-8")
    return tmp_path


def test_a_whole_bundle_passes_its_own_checksums(unpacked):
    install.check_sums(unpacked)


def test_a_file_that_is_missing_or_changed_is_named(unpacked):
    (unpacked / "wheels" / "one.whl").write_bytes(b"2")
    with pytest.raises(install.InstallError, match=r"wheels/one.whl 与校验和不符"):
        install.check_sums(unpacked)
    (unpacked / "wheels" / "one.whl").unlink()
    with pytest.raises(install.InstallError, match=r"缺少 wheels/one.whl"):
        install.check_sums(unpacked)


@pytest.mark.parametrize(
    "name", ["hashlib.py", "settings.pyd", "wheels/two.whl", "__pycache__/settings.cpython-311.pyc"]
)
def test_a_file_that_does_not_belong_to_the_bundle_is_refused(unpacked, name):
    (unpacked / name).parent.mkdir(exist_ok=True)
    (unpacked / name).write_bytes(b"")
    with pytest.raises(install.InstallError, match=f"多出了 {name}"):
        install.check_sums(unpacked)


def test_the_python_an_office_puts_beside_is_its_own(unpacked):
    (unpacked / "python").mkdir()
    (unpacked / "python" / "python.exe").write_bytes(b"")
    install.check_sums(unpacked)


def test_a_folder_with_chinese_or_a_space_is_refused_with_an_example(tmp_path):
    for name in ("七优享", "my folder"):
        with pytest.raises(install.InstallError, match=r"如 D:\\qiyx"):
            install.choose_home(tmp_path / name)
        assert not (tmp_path / name).exists()


def test_a_user_with_a_chinese_name_gets_a_folder_elsewhere(tmp_path, monkeypatch):
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "张三" / "AppData"))
    monkeypatch.setattr(install, "_candidates", lambda: [tmp_path / "张三", tmp_path / "qiyx"])
    assert install.choose_home(None) == tmp_path / "qiyx"
    assert not (tmp_path / "张三").exists()


def test_the_users_own_folder_comes_first(monkeypatch):
    monkeypatch.setenv("LOCALAPPDATA", "C:\\Users\\li\\AppData\\Local")
    assert str(install._candidates()[0]).startswith("C:\\Users\\li")


def test_a_ledger_that_is_there_is_never_replaced(unpacked, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(install, "HERE", unpacked)
    home = tmp_path / "home"
    home.mkdir()
    ledger = install.place_ledger(home)
    assert ledger.read_bytes() == b"ledger"
    ledger.write_bytes(b"a year of work")
    assert install.place_ledger(home).read_bytes() == b"a year of work"
    assert "没有改动它" in capsys.readouterr().out


# --- xlwings.conf ----------------------------------------------------------------------------


def test_functions_and_buttons_go_into_the_programs_that_are_asked_for(tmp_path, monkeypatch):
    called = []
    monkeypatch.setattr(
        install.subprocess, "run", lambda command, **_: called.append(command[1:]) or None
    )
    for name, answer in (
        ("check_sums", None),
        ("choose_home", tmp_path),
        ("make_python", tmp_path / "python" / "python.exe"),
        ("add_packages", None),
        ("place_ledger", tmp_path / "ledger" / "七优享台账.xlsm"),
        ("write_settings", None),
    ):
        monkeypatch.setattr(install, name, lambda *_, answer=answer: answer)
    install.install(None, trust=False, hosts=["libreoffice", "wps"])
    hosts = [command[3:] for command in called if command[3:4] == ["host"]]
    assert hosts == [["host", "install", "libreoffice"], ["host", "install", "wps"]]


def test_the_service_beside_wps_comes_with_the_bundle():
    names = {requirement.partition(">")[0] for requirement in windows_wheels.bundled_requirements()}
    assert {"starlette", "uvicorn", "lxml"} <= names


def test_settings_of_others_stay_and_ours_can_be_taken_back(tmp_path):
    path = tmp_path / ".xlwings" / "xlwings.conf"
    path.parent.mkdir()
    path.write_bytes(b'"PYTHONPATH","D:\\own"\r\n"INTERPRETER_WIN","C:\\old\\python.exe"\r\n')
    settings.change(path, INTERPRETER_WIN="D:\\qiyx\\python\\python.exe", DEBUG_UDFS="True")
    assert settings.read(path) == {
        "PYTHONPATH": "D:\\own",
        "INTERPRETER_WIN": "D:\\qiyx\\python\\python.exe",
        "DEBUG UDFS": "True",
    }
    settings.change(path, INTERPRETER_WIN=None, DEBUG_UDFS=None)
    assert path.read_bytes() == b'"PYTHONPATH","D:\\own"\r\n'


def test_a_python_the_user_has_for_other_workbooks_is_left_to_them(tmp_path):
    path, home = tmp_path / "xlwings.conf", tmp_path / "qiyx"
    assert install.is_ours(path, home), "no settings yet"
    settings.change(path, INTERPRETER_WIN=sys.executable)
    assert not install.is_ours(path, home)
    settings.change(path, INTERPRETER_WIN=str(home / "python" / "python.exe"))
    assert install.is_ours(path, home)
    settings.change(path, INTERPRETER_WIN=str(tmp_path / "gone" / "python.exe"))
    assert install.is_ours(path, home)


def test_a_settings_file_with_nothing_left_in_it_goes(tmp_path):
    path = tmp_path / "xlwings.conf"
    settings.change(path, INTERPRETER_WIN="D:\\qiyx\\python.exe")
    settings.change(path, INTERPRETER_WIN=None)
    assert not path.exists()


def test_the_logon_entry_comes_and_goes(tmp_path, monkeypatch):
    monkeypatch.setenv("APPDATA", str(tmp_path))
    settings.start_at_logon(Path("D:/qiyx/resident.bat"))
    (entry,) = tmp_path.rglob("qiyx-resident.bat")
    assert "resident.bat" in entry.read_text()
    settings.start_at_logon(None)
    assert list(tmp_path.rglob("qiyx-resident.bat")) == []
