"""Consolidating a quarter's workbooks into an empty ledger, and into one that holds five years."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from python_calamine import CalamineError

from benchmarks.harness import Case, Row, Way, measure
from benchmarks.validate import read_with_calamine
from qiyx_xl import app
from qiyx_xl.core.periods import Period

if TYPE_CHECKING:
    from collections.abc import Callable

TITLE = "汇总"
ROOT = Path(__file__).resolve().parent.parent
INBOX = ROOT / "examples" / "2026Q3"
PERIOD = Period.parse("2026Q3")
NOW = datetime.fromisoformat("2026-10-20T09:00:00+08:00")
LEDGER = "七优享台账.xlsm"
_FLOOR = "用 calamine 读出收件的每一格，并复制一遍台账和数据库的字节"
_BY_HAND = "pandas 逐份读，openpyxl 打开台账（keep_vba），逐行接在后面，存盘；不校验、不留来源"


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    empty, full = scratch / "空", scratch / "满"
    empty.mkdir()
    full.mkdir()
    app.build_ledger(app.Office.at(empty / LEDGER))
    records = _fill(full)
    files = [path for path in sorted(INBOX.glob("*.xlsx")) if _is_readable(path)]
    table = measure(
        [
            _case(f"{len(files)} 份，汇总进空台账", scratch, empty, files),
            _case(f"{len(files)} 份，汇总进已有 {records:,} 条记录的台账", scratch, full, files),
        ]
    )
    return table, ["包括校验、存原件、写数据库、备份并重写台账。"]


def _is_readable(path: Path) -> bool:
    """Some samples are broken on purpose: only we can be asked about those."""
    try:
        read_with_calamine(path)
    except CalamineError:
        return False
    return True


def _fill(folder: Path) -> int:
    """Make five years of 38 agencies, as ``benchmarks.refresh`` does."""
    made = folder / "made"
    made.mkdir()
    command = [sys.executable, "-m", "benchmarks.refresh", "--way", "make", "--folder", str(made)]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    shutil.move(made / "先前.xlsm", made / LEDGER)
    for path in made.iterdir():
        if path.suffix != ".xlsx":  # what was sent is in the store
            shutil.move(path, folder / path.name)
    shutil.rmtree(made)
    return int(float(done.stdout.split()[0]))


def _case(title: str, scratch: Path, state: Path, files: list[Path]) -> Case:
    numbers = itertools.count()

    def fresh() -> Path:
        """A folder as it is before the button is pressed; making it is not measured."""
        target = scratch / f"一轮{next(numbers)}"
        shutil.copytree(state, target)
        return target

    def ours(folder: Path) -> None:
        office = app.Office.at(folder / LEDGER)
        result = app.consolidate(office, [INBOX], PERIOD, now=NOW)
        assert result.refreshed is not None
        shutil.rmtree(folder)

    def floor(folder: Path) -> None:
        for file in files:
            read_with_calamine(file)
        for path in (folder / LEDGER, (folder / LEDGER).with_suffix(".sqlite")):
            if path.exists():
                shutil.copyfile(path, path.with_suffix(".copy"))
        shutil.rmtree(folder)

    return Case(title, Way("", ours, fresh), Way(_FLOOR, floor, fresh), _by_hand(files, fresh))


def _by_hand(files: list[Path], fresh: Callable[[], Path]) -> Way:
    def run(folder: Path) -> None:
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
        shutil.rmtree(folder)

    return Way(_BY_HAND, run, fresh)
