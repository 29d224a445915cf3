"""What people write on the sheet 设置 holds for the buttons and for the command line alike."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from open_books import Book
from support.paths import ROOT
from support.spreadsheet_hands import type_over

from qiyx_xl.ledger.file.replace import backups_of
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.registry import LedgerSheet
from qiyx_xl.shells import buttons
from qiyx_xl.shells.cli import qiyx
from qiyx_xl.shells.ranges import ExcelBook

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.ledger.layout.cells import Cell

EXAMPLES = ROOT / "examples" / "2026Q3"


def set_to(ledger: Path, setting: str, value: Cell) -> None:
    """Type a setting into the closed ledger."""
    sheet = Book(ledger).cells()["设置"]
    row = next(row for (row, _), text in sheet.items() if text == setting)
    where = address(row - 1, layout.SETTINGS_COLUMN)
    type_over(ledger, LedgerSheet.SETTINGS, where, value)


def run(*arguments: object) -> None:
    result = CliRunner().invoke(qiyx, [str(each) for each in arguments], standalone_mode=False)
    assert result.exception is None, result.exception


@pytest.mark.slow
def test_the_store_that_is_set_is_the_one_of_commands_and_buttons(ledger: Path, tmp_path: Path):
    (tmp_path / "数据").mkdir()
    store = tmp_path / "数据" / "别处.sqlite"
    set_to(ledger, layout.STORE_SETTING, "数据/别处.sqlite")
    run("consolidate", EXAMPLES, "--ledger", ledger, "--period", "2026Q3")
    book = Book(ledger, EXAMPLES)
    buttons.run("consolidate", ExcelBook(book))
    assert "新增 0 个数" in book.app.alerts[0], "the command has taken them in already"
    buttons.run("refresh", ExcelBook(book))
    assert book.app.alerts[1] == "已按2026年三季度刷新。请保存台账。"
    assert store.is_file()
    assert not ledger.with_suffix(".sqlite").exists()


@pytest.mark.slow
def test_as_many_backups_are_kept_as_are_set(ledger: Path):
    run("consolidate", EXAMPLES, "--ledger", ledger, "--period", "2026Q3")
    set_to(ledger, layout.BACKUPS_SETTING, Decimal(2))
    for period in ("2026Q2", "2026Q3", "2026Q1", "2026Q3"):
        run("ledger", "refresh", ledger, "--period", period)
    assert len(backups_of(ledger)) == 2
