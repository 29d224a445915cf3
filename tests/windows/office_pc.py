"""An office PC under Wine: a folder with a ledger and returned files, and a session in it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import setup_wine
from support import second_plan
from support.planted_modules import Plants
from support.revised_plans import moved
from wine_machine import ready_folder, run_in_wine, windows_path

from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.data import resource
from qiyx_xl.documents.workbooks.plan import write_plan

PERIOD = "2026Q3"
SECOND = "另一个区"
"""The folder of another district's office on the same computer."""
REVISED = "修订.xlsx"
"""A revision of that district's plan, which its office may adopt."""
SAMPLES = ("区教育局_2026Q3.xlsx", "大碶街道_2026Q3.xlsx", "区民政局七优享9月.xlsx")
_HERE = Path(__file__).resolve().parent


def lay_out(folder: Path) -> Path:
    """Put the ledger, 收件, and a copy of the ledger for each way of pressing into a folder."""
    python = windows_path(setup_wine.windows_python(ready_folder()))
    (folder / "收件").mkdir(parents=True)
    for name in SAMPLES:
        shutil.copy(resource(f"examples/{PERIOD}/{name}"), folder / "收件")
    for place in (folder, folder / "经服务", folder / "独立进程"):
        for empty in ("空", "下发"):
            (place / empty).mkdir(parents=True)
        shutil.copy(resource("workbook/七优享台账.xlsm"), place)
        (place / "xlwings.conf").write_text(f'"INTERPRETER_WIN","{python}"\r\n', encoding="ascii")
    _second_office(folder / SECOND)
    (folder / SECOND / "xlwings.conf").write_text(
        f'"INTERPRETER_WIN","{python}"\r\n', encoding="ascii"
    )
    plants_of(folder).plant(folder)
    return folder


def _second_office(folder: Path) -> None:
    """Begin the office of another district, with the filled-in forms of a quarter."""
    period = Period.parse(PERIOD)
    office = app.begin(
        folder,
        second_plan.plan(),
        app.load_rules(),
        period=period,
        now=datetime(2026, 10, 30, 9, tzinfo=UTC),
        by="王敏",
    )
    app.distribute(office, period, folder / "发出")
    second_plan.filled_forms(folder / "发出", folder / "收件")
    (folder / "材料").mkdir()
    revised = moved(second_plan.plan(), "22", second_plan.NEW_REPORTER)
    write_plan(folder / REVISED, replace(revised, version="2026.2"))


def plants_of(folder: Path) -> Plants:
    """The modules that lie beside the ledger of a session, where Excel stands, too."""
    mark = folder.parent / "ran.txt"
    return Plants(mark, seen_as=windows_path(mark))


def run_session(folder: Path, *sections: str) -> dict[str, Any]:
    """Run a session (session.py), all of it or some sections, and return what was seen.

    Raises:
        RuntimeError: it ended before anything was seen.
    """
    python = str(setup_wine.windows_python(ready_folder()))
    script = windows_path(_HERE / "session.py")
    done = run_in_wine(python, "-X", "utf8", script, windows_path(folder), *sections)
    seen = folder / "seen.json"
    if not seen.is_file():
        raise RuntimeError(done.stdout.decode(errors="replace"))
    result: dict[str, Any] = json.loads(seen.read_text(encoding="utf-8"))
    return result
