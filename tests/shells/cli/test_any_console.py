"""Answers on any console: JSON stays UTF-8, text ends no command, and a lost answer is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.paths import ROOT

from qiyx_xl.store import Store

pytestmark = pytest.mark.slow

CONSOLES = {
    "gbk": {"PYTHONIOENCODING": "gbk"},
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "a French Windows": {"PYTHONIOENCODING": "cp1252"},
    "a GBK console that is strict": {"PYTHONIOENCODING": "gbk:strict"},
    "LANG=C": {"LANG": "C", "LC_ALL": "C"},
    "UTF-16": {"PYTHONIOENCODING": "utf-16"},
}
RARE = "区𠮷局😀"  # neither character is in GBK


def run(folder, *words, console=None, stdout=subprocess.PIPE):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_"))
    }
    environment |= {"PYTHONPATH": str(ROOT), **(console or {})}
    return subprocess.run(
        [sys.executable, "-m", "qiyx_xl", *map(str, words)],
        cwd=folder,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        env=environment,
        timeout=120,
    )


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "收件"
    folder.mkdir()
    (folder / f"{RARE}.xlsx").write_bytes(b"no workbook")
    return folder


@pytest.mark.parametrize("console", CONSOLES.values(), ids=CONSOLES)
def test_json_is_utf8_whatever_the_console_is(tmp_path, inbox, console):
    for words in (("validate", inbox), ("plan", "show"), ("rate", "--indicator", "9")):
        values = ("--period", "2024Q2", "--actual", "3.3") if words[0] == "rate" else ()
        done = run(tmp_path, *words, *values, "--format", "json", console=console)
        assert done.returncode in (0, 1), done.stderr
        document = json.loads(done.stdout.decode("utf-8"))
        if words[0] == "validate":
            assert document["files"][0]["path"].endswith(f"{RARE}.xlsx")
        assert b"Traceback" not in done.stderr


@pytest.mark.parametrize("console", CONSOLES.values(), ids=CONSOLES)
def test_text_that_a_console_cannot_show_ends_no_command(tmp_path, inbox, console):
    for words in (
        ("validate", inbox),
        ("plan", "show"),
        ("status", "--period", "2026Q3"),
        ("--help",),
        ("validate", f"没有的{RARE}"),
        ("rate", f"--{RARE}"),
    ):
        done = run(tmp_path, *words, console=console)
        assert done.returncode in (0, 1, 2)
        assert b"Traceback" not in done.stderr
        assert done.stdout or done.stderr


@pytest.mark.skipif(os.name == "nt", reason="names are always Unicode there")
def test_where_no_chinese_name_can_be_written_the_cure_is_said(tmp_path, inbox):
    plain = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = run(tmp_path, "validate", inbox, console=plain)
    assert done.returncode == 2
    assert "export PYTHONUTF8=1" in done.stderr.decode("utf-8")
    assert run(tmp_path, "validate", inbox, console=plain | {"PYTHONUTF8": "1"}).returncode == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_booking_goes_on_to_its_end_though_its_answer_cannot_be_written(tmp_path):
    """The answer goes to a full disk: what was to be done is done, and 2 would say it is not."""
    assert run(tmp_path, "ledger", "build", "七优享台账.xlsm").returncode == 0
    words = ("matter", "add", "--title", "甲", "--agency", "区卫健局", "--deadline", "2026-12-31")
    consolidated = run(tmp_path, "consolidate", ROOT / "examples/2026Q3", "--period", "2026Q3")
    assert consolidated.returncode == 1, consolidated.stderr
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = run(tmp_path, *words, "--by", "张三", stdout=full)
    assert done.returncode == 3
    assert "不用重做" in done.stderr.decode()
    with Store.open(tmp_path / "七优享台账.sqlite", readonly=True) as store:
        assert len(store.matter_events()) == 1
    assert run(tmp_path, "ledger", "verify", "七优享台账.xlsm").returncode == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_question_whose_answer_cannot_be_written_ends_with_2_and_says_so(tmp_path, form):
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device
        done = run(tmp_path, "plan", "show", "--format", form, stdout=full)
    assert done.returncode == 2
    assert done.stderr.decode().strip() == "结果没有写出来（磁盘已满）。请换一个位置再运行一次。"


@pytest.mark.skipif(os.name == "nt", reason="pipes are different there")
def test_a_reader_that_leaves_is_told_nothing_more(tmp_path):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        done = run(tmp_path, "plan", "show", stdout=pipe)
    assert done.returncode == 2
    assert done.stderr == b""


def test_a_message_names_a_file_or_none_and_is_short_enough_to_be_read():
    from qiyx_xl.app import AppError
    from qiyx_xl.shells.cli.common import describe

    for error in (OSError(28, "x"), OSError(5, "x"), PermissionError(13, "x"), OSError(36, "x")):
        said = describe(error)
        assert "“" not in said
        assert "None" not in said
    assert describe(OSError(5, "Input/output error", "报告.xlsx")) == (
        "读写“报告.xlsx”出错：磁盘读写出错。请检查磁盘空间和权限后再试。"
    )
    many = "、".join(f"第{number}个单位" for number in range(500))
    said = describe(AppError(f"这些单位没有报：{many}。\n请核对名单，再运行一次。"))
    assert len(said) <= 510
    assert said.endswith("请核对名单，再运行一次。")
    assert "\n" not in said
