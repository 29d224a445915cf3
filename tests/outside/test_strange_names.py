"""Names that strangers chose: of files, of folders, and of agencies in a plan."""

from __future__ import annotations

import csv
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.paths import ROOT

from qiyx_xl.core.primitives.legible import inert, legible
from qiyx_xl.data import resource
from qiyx_xl.files.untrusted_text import free_stem, safe_stem, split_name
from qiyx_xl.intake.collect.remote import url_of

LEDGER = "七优享台账.xlsm"
Q = ("--period", "2026Q3")
linux = pytest.mark.skipif(sys.platform != "linux", reason="names that are no text need Linux")

ESCAPE = "\x1b]0;hijacked\x07\x1b[31m"
HOSTILE = [
    "北京局\ud83d", "../../外面", "..\\..\\外面", "C:\\Windows\\x", "C:x", "/etc/x", "con", "CON.局", "nul ", "aux",
    "com1", "LPT9.txt", "com¹", "conin$", "局. . ", " .局", "~$局", "a" * 400, "局" * 400, "局\u202ecod.exe", "局\n二行",
    "局\0x", ESCAPE + "局", "a:b", '什么?*<>|"', "", "...", ".", "..",
]  # fmt: skip


def run(folder: Path, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "qiyx_xl", *map(str, arguments)], cwd=folder, check=False,
        capture_output=True, timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


# --- one function for names of files that are made of data -------------------------------------


def is_plain(name: str) -> bool:
    """Whether a name is one part of a path on Windows and Linux, not reserved, and shows itself."""
    windows = PureWindowsPath(f"{name}.xlsx")
    return (
        windows.parts == (f"{name}.xlsx",) == PurePosixPath(f"{name}.xlsx").parts
        and windows.drive == ""
        and not windows.is_reserved()
        and len(f"{name}.xlsx".encode()) < 250
        and name == name.strip(" .")
        and not set(name) & set('<>:"/\\|?*')
        and legible(name) == name
    )


@given(st.text(max_size=300))
@example("CON.x")
@example("\ud800")
def test_any_text_at_all_gives_a_name_that_stays_in_its_folder(text):
    assert is_plain(safe_stem(text)), repr(safe_stem(text))
    stem, suffix = split_name(text)
    assert is_plain(stem)
    assert suffix == "" or suffix[1:].isalnum()


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_give_names_that_stay_in_their_folder(name):
    assert is_plain(safe_stem(name)), repr(safe_stem(name))


def test_an_ordinary_name_stays_as_it_is():
    for name in ("区卫健局", "区人力社保局（盖章）", "大榭街道_2026Q3 (1)"):
        assert safe_stem(name) == name


def test_names_that_are_one_file_on_some_system_get_numbers():
    taken: set[str] = set()
    given_out = [free_stem(name, taken) for name in ("Ärzte", "ärzte", "A\u0308rzte", "局", "局")]
    assert given_out == ["Ärzte", "ärzte(2)", "A\u0308rzte(3)", "局", "局(2)"]


@pytest.mark.slow
def test_agencies_of_hostile_names_get_their_forms_and_nothing_is_written_outside(tmp_path):
    plan = json.loads(run(tmp_path, "plan", "show", "--format", "json").stdout or "{}")
    source = json.loads(resource("plan.json").read_text(encoding="utf-8"))
    text = json.dumps(plan or source, ensure_ascii=False)
    streets = [a["name"] for a in source["agencies"] if a["level"] == "街道"][:3]
    assert len(streets) == 3
    for street, name in zip(streets, ("../../外面", "大/局", "大\\局"), strict=True):
        text = text.replace(
            json.dumps(street, ensure_ascii=False), json.dumps(name, ensure_ascii=False)
        )
    (tmp_path / "方案.json").write_text(text, encoding="utf-8")
    here = tmp_path / "深" / "处"
    here.mkdir(parents=True)
    done = run(here, "distribute", *Q, "--plan", "../../方案.json", "--out", "下发")
    if done.returncode == 2:  # the check of plans refuses such names, which is as good
        assert not (here / "下发").exists()
    names = {path.name for path in (here / "下发").glob("*")}
    assert {path.relative_to(tmp_path).parts[0] for path in tmp_path.rglob("*.xlsx")} <= {"深"}
    assert {path.parent for path in tmp_path.rglob("*.xlsx")} <= {here / "下发"}
    assert done.returncode == 2 or {"大_局_2026Q3.xlsx", "大_局_2026Q3(2).xlsx"} <= names


# --- text that goes to a terminal, a table or the store ----------------------------------------


@given(st.text())
def test_what_is_shown_can_be_written_as_utf_8_and_commands_nothing(text):
    for shown in (legible(text), inert(text)):
        shown.encode("utf-8")
        assert not set(shown) & {chr(code) for code in (0x1B, 0x9B, 0x07, 0x08, 0x0D, 0x202E)}
        assert inert(legible(shown)) == legible(shown)
    assert "\n" not in legible(text)
    assert inert(text).count("\n") == text.count("\n")


def test_two_names_that_are_no_text_stay_two():
    one, other = (os.fsdecode(name) for name in (b"\xb1\xa8.xlsx", b"\xb1\xa9.xlsx"))
    assert (legible(one), legible(other)) == ("%B1%A8.xlsx", "%B1%A9.xlsx")


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """An inbox with a file whose name is GBK, one whose name gives orders, and a bad one of each."""
    here = tmp_path_factory.mktemp("office")
    inbox = here / "收件"
    inbox.mkdir()
    shutil.copy(resource(f"workbook/{LEDGER}"), here)
    forms = sorted(resource("examples/2026Q3").glob("*.xlsx"))
    for form, name in zip(
        forms[1:6],
        ("区卫健局.xlsx".encode("gbk"), f"{ESCAPE}甲.xlsx".encode(), b"\xff\xfe.xlsx", b"=1+1.xlsx", b"[red]x.xlsx"),
        strict=False,
    ):  # fmt: skip
        shutil.copy(form, os.fsencode(inbox) + b"/" + name)
    (inbox / os.fsdecode("坏的.xlsx".encode("gbk"))).write_bytes(b"PK nonsense")
    (inbox / f"坏{ESCAPE}.xlsx").write_bytes(b"PK nonsense")
    (inbox / os.fsdecode("说明.txt".encode("gbk"))).write_bytes(b"no spreadsheet")
    return here


def commands_nothing(data: bytes) -> bool:
    data.decode("utf-8")
    return b"\x1b" not in data and b"\x07" not in data


@pytest.mark.slow
@pytest.mark.slow
@linux
@pytest.mark.parametrize(
    "words",
    [
        ["validate", "收件", *Q],
        ["validate", "收件", *Q, "--jobs", "2", "--returns", "退回", "--report", "结果.html"],
        ["validate", "收件", *Q, "--report", "结果.xlsx"],
        ["validate", "收件", *Q, "--findings", "问题.csv"],
        ["validate", "收件", *Q, "--format", "json"],
        ["consolidate", "收件", *Q, "--dry-run"],
        ["consolidate", "收件", *Q, "--format", "json"],
        ["consolidate", "收件", *Q],
        ["ledger", "verify", LEDGER],
        ["ledger", "rebuild", LEDGER],
        ["trace", "--indicator", "1", *Q],
        ["publish", *Q, "--out", "材料"],
    ],
    ids=" ".join,
)
def test_no_name_ends_a_command_or_reaches_the_terminal_raw(office, words):
    done = run(office, *words)
    assert b"Traceback" not in done.stderr, done.stderr.decode(errors="replace")
    assert done.returncode in (0, 1), done.stderr.decode(errors="replace")
    assert commands_nothing(done.stdout)
    assert commands_nothing(done.stderr)
    if "json" in words:
        assert "%" in json.dumps(json.loads(done.stdout), ensure_ascii=False)


@pytest.mark.slow
@linux
def test_the_store_the_returns_and_the_tables_go_by_the_escaped_names(office):
    run(
        office,
        "validate",
        "收件",
        *Q,
        "--returns",
        "退回",
        "--findings",
        "问题.csv",
        "--report",
        "结果.html",
    )
    run(office, "consolidate", "收件", *Q)
    with sqlite3.connect(office / "七优享台账.sqlite") as store:
        dump = "\n".join(store.iterdump())
    assert "%C7%F8" in dump
    assert "\x1b" not in dump
    assert list((office / "退回").glob("*%BB%B5%B5%C4*"))
    with (office / "问题.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert any("%BB%B5%B5%C4.xlsx" in row["path"] for row in rows)
    assert "%BB%B5%B5%C4" in (office / "结果.html").read_text(encoding="utf-8")


# --- folders and links that are named ----------------------------------------------------------


@pytest.mark.slow
@linux
def test_a_folder_called_like_a_scheme_is_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert url_of("http:/收件") == "http://收件"
    (tmp_path / "http:" / "收件").mkdir(parents=True)
    shutil.copy(resource("examples/2026Q3/区教育局_2026Q3.xlsx"), tmp_path / "http:" / "收件")
    assert url_of("http:/收件") is None
    done = run(tmp_path, "validate", "http:/收件", *Q, "--format", "json")
    assert json.loads(done.stdout)["summary"]["files"] == 1


@pytest.mark.slow
@linux
def test_a_linked_folder_or_file_that_is_named_is_read_and_links_in_an_inbox_are_not(tmp_path):
    real = tmp_path / "真的"
    real.mkdir()
    form = shutil.copy(resource("examples/2026Q3/区教育局_2026Q3.xlsx"), real)
    (tmp_path / "链接").symlink_to(real)
    (tmp_path / "一份.xlsx").symlink_to(form)
    (real / "别处.xlsx").symlink_to(form)
    for named in ("链接", "一份.xlsx"):
        done = run(tmp_path, "validate", named, *Q, "--format", "json")
        report = json.loads(done.stdout)
        assert report["summary"]["files"] == 1, (named, report)
