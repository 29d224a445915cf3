"""How long it takes to consolidate few and many files into empty and full ledgers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from python_calamine import CalamineError

from benchmarks.harness import Case, Row, Way, measure
from benchmarks.validate import read_with_calamine
from benchmarks.workbooks import PERIOD as TOWNS_PERIOD
from benchmarks.workbooks import plan_of_towns, write_workbooks
from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan

TITLE = "汇总"
ROOT = Path(__file__).resolve().parent.parent
INBOX = ROOT / "examples" / "2026Q3"
PERIOD = Period.parse("2026Q3")
NOW = datetime.fromisoformat("2027-01-20T09:00:00+08:00")
MANY, HAND_ROUNDS = 500, 2
LEDGER = "七优享台账.xlsm"
_FLOOR = "用 calamine 读出收件的每一格，并复制一遍台账和数据库的字节"
_BY_HAND = "pandas 逐份读，openpyxl 打开台账（keep_vba），逐行接在后面，存盘；不校验、不留来源"


@dataclass(frozen=True)
class _Batch:
    """The files of a folder, with the period and plan for them (None: the shipped plan)."""

    inbox: Path
    files: list[Path]
    period: Period
    plan: Plan | None = None

    def office(self, folder: Path) -> app.Office:
        return app.Office.at(folder / LEDGER, plan=self.plan)


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    few = _Batch(
        INBOX, [path for path in sorted(INBOX.glob("*.xlsx")) if _is_readable(path)], PERIOD
    )
    towns = scratch / "收件"
    many = _Batch(towns, write_workbooks(towns, MANY), TOWNS_PERIOD, plan_of_towns(MANY))
    empty, full, large = scratch / "空", scratch / "满", scratch / "大"
    for folder in (empty, full, large):
        folder.mkdir()
    app.build_ledger(few.office(empty))
    app.build_ledger(many.office(large))
    records = _fill(full)
    table = measure(
        [
            _case(f"{len(few.files)} 份，汇总进空台账", empty, few),
            _case(f"{MANY} 份，汇总进空台账", large, many),
            _case(f"{len(few.files)} 份，汇总进已有 {records:,} 条记录的台账", full, few),
        ]
    )
    return table, [
        "包括校验、存原件、写数据库、备份并重写台账。",
        "原件逐份落盘，时间随磁盘而变；机器忙时各行都偏大。",
    ]


def _is_readable(path: Path) -> bool:
    """Whether calamine can read a sample; samples broken on purpose are left out."""
    try:
        read_with_calamine(path)
    except CalamineError:
        return False
    return True


def _fill(folder: Path) -> int:
    """Make a store and a ledger of 38 agencies and five years; return the number of records."""
    made = folder / "made"
    made.mkdir()
    command = [sys.executable, "-m", "benchmarks.refresh", "--way", "make", "--folder", str(made)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    shutil.move(made / "先前.xlsm", made / LEDGER)
    for path in made.iterdir():
        if path.suffix != ".xlsx":  # the sent files are not needed: the store has copies
            shutil.move(path, folder / path.name)
    shutil.rmtree(made)
    return int(float(done.stdout.split()[0]))


def _case(title: str, state: Path, batch: _Batch) -> Case:
    def fresh() -> Path:
        """Return a fresh copy of the office's folder; making it is not measured."""
        target = state.with_name("一轮")
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(state, target)
        return target

    def ours(folder: Path) -> None:
        result = app.consolidate(batch.office(folder), [batch.inbox], batch.period, now=NOW)
        assert result.refreshed is not None

    def floor(folder: Path) -> None:
        for file in batch.files:
            read_with_calamine(file)
        for path in (folder / LEDGER, (folder / LEDGER).with_suffix(".sqlite")):
            if path.exists():
                shutil.copyfile(path, path.with_suffix(".copy"))

    return Case(
        title,
        Way("", ours, fresh),
        Way(_FLOOR, floor, fresh),
        Way(_BY_HAND, partial(_by_hand, batch.files), fresh),
        hand_rounds=HAND_ROUNDS,
    )


def _by_hand(files: list[Path], folder: Path) -> None:
    import pandas as pd
    from openpyxl import load_workbook

    table = pd.concat(
        [pd.read_excel(file, header=None, skiprows=5).assign(file=file.name) for file in files]
    )
    book = load_workbook(folder / LEDGER, keep_vba=True)
    sheet = book["填报记录"]
    for row in table.astype(object).where(table.notna(), None).itertuples(index=False):
        sheet.append(list(row))
    book.save(folder / LEDGER)
