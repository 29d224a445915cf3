"""``--today`` moves deadlines; what the log calls its times is the clock's, whatever is asked for.

A time of the log decides which version of a number counts (docs/store.md), so an option that
moved it would let an older file replace a newer one.
"""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import zipfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click
import pytest

from qiyx_xl.data import read_text, resource
from qiyx_xl.shells.cli import qiyx as commands
from qiyx_xl.store import Store

if TYPE_CHECKING:
    from pathlib import Path

Q3 = ("--period", "2026Q3")
FAR = ("--today", "2031-05-06")
BOOKING = {
    "consolidate": lambda here: ("consolidate", "收件", *Q3),
    "decide": lambda here: (
        *("decide", *Q3, "--indicator", "12", "--agency", "区卫健局", "--confirm"),
        *("--value", "96", "--reason", "已核实", "--by", "张三"),
    ),
    "projects import": lambda here: ("projects", "import", str(resource("examples/projects.json"))),
    "history adopt": lambda here: ("history", "adopt", str(confirmed_workbook(here))),
    "matter add": lambda here: (
        *("matter", "add", "--title", "协调用房", "--agency", "区卫健局", "--by", "张三"),
    ),
    "matter done": lambda here: ("matter", "done", "M-2031-01", "--by", "张三"),
    "matter reopen": lambda here: ("matter", "reopen", "M-2031-01", "--note", "未通过"),
    "publish": lambda here: ("publish", *Q3, "--out", "发布"),
    "close": lambda here: ("close", *Q3, "--by", "张三"),
    "reopen": lambda here: ("reopen", *Q3, "--by", "张三", "--reason", "审计"),
    "plan adopt": lambda here: ("plan", "adopt", str(revised_plan(here)), "--yes", "--by", "张三"),
    "ledger refresh": lambda here: ("ledger", "refresh", "七优享台账.xlsm"),
    "ledger rebuild": lambda here: ("ledger", "rebuild", "七优享台账.xlsm"),
}


def revised_plan(here: Path) -> Path:
    document = json.loads(read_text("plan.json"))
    document["indicators"][11]["responsible_agency"] = "区医保部门"
    path = here / "改过.json"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def confirmed_workbook(here: Path) -> Path:
    (here / "进度.csv").write_text("序号,指标,2024年完成值\n2,普惠托位占比,66\n", encoding="utf-8")
    words = ["history", "import", str(here / "进度.csv"), "--out", str(here / "确认.xlsx")]
    commands.main([*words, "--ledger", str(here / "七优享台账.xlsm")], standalone_mode=False)
    return here / "确认.xlsx"


READING = {
    *(
        "diff",
        "ledger migrate",
        "ledger verify",
        "matter list",
        "remind",
        "status",
        "trace",
        "validate",
    ),
    *("history import", "plan check", "plan show", "rate"),
}


def with_today(group: click.Group, context: click.Context, before: str = "") -> set[str]:
    """Every command that takes ``--today``, by the words that call it."""
    found: set[str] = set()
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        words = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            found |= with_today(command, context, words)
        elif any("--today" in one.opts for one in command.params):
            found.add(words)
    return found


def times(store: Path) -> list[datetime]:
    """Every moment that any table of the log holds."""
    connection = sqlite3.connect(store)
    tables = [
        name
        for (name,) in connection.execute(
            "SELECT m.name FROM sqlite_schema m, pragma_table_info(m.name) c"
            " WHERE m.type = 'table' AND c.name = 'at'"
        )
    ]
    found = [
        datetime.fromisoformat(at)
        for table in tables
        for (at,) in connection.execute(f"SELECT at FROM {table}")  # noqa: S608 - our own names
        if at  # the plan that an office began with was adopted by nobody
    ]
    connection.close()
    return found


def test_every_command_that_takes_a_day_is_tried_here() -> None:
    known = with_today(commands, click.Context(commands))
    assert known <= BOOKING.keys() | READING


@pytest.mark.slow
def test_no_command_moves_a_time_of_the_log(with_ledger) -> None:
    qiyx, here = with_ledger, with_ledger.here
    began = datetime.now().astimezone() - timedelta(seconds=1)
    shutil.copytree(resource("examples/2026Q3"), here / "收件")
    for name, words in BOOKING.items():
        done = qiyx(*words(here), *FAR)
        assert done.code in (0, 1), (name, done.err)
        moments = times(here / "七优享台账.sqlite")
        ended = datetime.now().astimezone() + timedelta(seconds=1)
        assert all(began <= at <= ended for at in moments), (name, moments)
    assert len(moments) > len(BOOKING) - 4


@pytest.mark.slow
@pytest.mark.parametrize("day", ["2020-01-01", "2099-12-31"])
def test_no_day_asked_for_changes_which_version_counts(with_ledger, day: str) -> None:
    """Two files without a saved time: the one taken in later counts."""
    qiyx, here = with_ledger, with_ledger.here
    (source,) = resource("examples/2026Q3").glob("大碶街道_*.xlsx")
    for number, value in ((1, "11"), (2, "12")):
        folder = here / f"收件{number}"
        folder.mkdir()
        _without_saved_time(source, folder / "大碶.xlsx", value)
    qiyx("consolidate", "收件1", *Q3)
    qiyx("consolidate", "收件2", *Q3, "--today", day)
    with Store.open(here / "七优享台账.sqlite", readonly=True) as store:
        values = {str(one.actual) for one in store.current_records()}
    assert "12" in values
    assert "11" not in values


def _without_saved_time(source: Path, target: Path, value: str) -> None:
    """Copy a form with another first number, and with no time of saving in it."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"<dcterms:(modified|created).*?</dcterms:\1>", b"", data)
            if name == "xl/worksheets/sheet1.xml":
                data = re.sub(rb'(<c r="G8"[^>]*><is><t>)9<', rf"\g<1>{value}<".encode(), data)
            new.writestr(name, data)
