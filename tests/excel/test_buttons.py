"""The buttons on an open ledger: from the press to one plain sentence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from open_books import Book, ComError
from openpyxl import load_workbook

from qiyx_xl import app
from qiyx_xl.core.periods import Period
from qiyx_xl.ledger.build import build_ledger
from qiyx_xl.ledger.host import CONTROLS
from qiyx_xl.shells import buttons, open_book

if TYPE_CHECKING:
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples" / "2026Q3"
BUSY = -2147418111


@pytest.fixture
def ledger(plan: Plan, rules: Rules, tmp_path: Path) -> Path:
    path = tmp_path / "七优享台账.xlsm"
    build_ledger(path, plan, rules, period=Period.parse("2026Q3"))
    return path


def rows(book: Book, sheet: str) -> list[dict[str, object]]:
    """The rows of a log sheet, by header."""
    cells = book.cells()[sheet]
    header = {column: text for (row, column), text in cells.items() if row == 3}
    last = max(row for row, _ in cells)
    return [
        {text: cells.get((row, column)) for column, text in header.items()}
        for row in range(4, last + 1)
    ]


def sentence(book: Book) -> str:
    (only,) = book.app.alerts
    return only


def test_every_control_has_its_action():
    assert [control.action for control in CONTROLS] == list(buttons.ACTIONS)


def test_handing_out_forms_fills_the_folder_the_user_picked(ledger: Path, tmp_path: Path):
    folder = tmp_path / "下发 模板"
    book = Book(ledger, folder)
    buttons.run("distribute", book)
    made = sorted(path.name for path in folder.iterdir())
    assert "区卫健局_2026Q3.xlsx" in made
    assert sentence(book) == (
        f"已生成 {len(made)} 份2026年三季度填报表，在“{folder}”里，可以发给各单位填报。"
    )


def test_checking_lists_what_is_wrong_and_takes_nothing_in(ledger: Path):
    book = Book(ledger, EXAMPLES)
    before = book.cells()
    buttons.run("validate", book)
    found = rows(book, "校验结果")
    assert found
    assert {"文件", "位置", "级别", "代码", "问题与改法"} <= set(found[0])
    assert any(row["级别"] == "必须改" for row in found)
    assert book.shown == "校验结果"
    assert book.fitted == ["校验结果"]
    assert sentence(book).endswith("问题列在“校验结果”表里。")
    after = book.cells()
    assert {name for name in after if after[name] != before[name]} == {"校验结果"}
    assert not ledger.with_suffix(".sqlite").exists()


def test_consolidating_fills_the_open_ledger_like_the_closed_one(
    ledger: Path, tmp_path: Path, plan: Plan
):
    book = Book(ledger, EXAMPLES)
    buttons.run("consolidate", book)
    log = rows(book, "填报记录")
    assert sentence(book).endswith("请保存台账。")
    assert len(log) > 50
    # The command line, on a copy of the same store, writes the same rows into the closed file.
    office = app.Office.at(ledger)
    app.refresh(office, Period.parse("2026Q3"), buttons.datetime.now().astimezone().date())
    closed = Book(ledger)
    assert rows(closed, "填报记录") == log
    assert rows(closed, "汇总日志") == rows(book, "汇总日志")
    goals = {place: cell for place, cell in closed.cells()["任务目标"].items() if place[1] == 13}
    assert goals == {
        place: cell for place, cell in book.cells()["任务目标"].items() if place[1] == 13
    }


def test_refreshing_needs_few_calls_to_excel(ledger: Path):
    buttons.run("consolidate", Book(ledger, EXAMPLES))
    book = Book(ledger)
    buttons.run("refresh", book)
    assert sentence(book) == "已按2026年三季度刷新。请保存台账。"
    assert book.calls <= 40
    assert (book.app.screen_updating, book.app.calculation) == (True, "automatic")
    assert book.app.status_bar is False
    assert book.app.statuses == ["七优享：正在刷新2026年三季度……"]


def test_refreshing_before_anything_was_taken_in_says_what_to_do(ledger: Path):
    book = Book(ledger)
    buttons.run("refresh", book)
    assert sentence(book) == "还没有汇总过，“七优享台账.sqlite”里没有数。请先点“汇总”。"
    assert not ledger.with_suffix(".sqlite").exists()


@pytest.mark.parametrize("action", ["distribute", "validate", "consolidate"])
def test_cancelling_the_picker_does_nothing_and_says_nothing(action: str, ledger: Path):
    book = Book(ledger, None)
    before = book.cells()
    buttons.run(action, book)
    assert book.app.alerts == []
    assert book.cells() == before


def test_the_chosen_period_and_the_chosen_store_are_used(ledger: Path, tmp_path: Path):
    book = Book(ledger, EXAMPLES)
    sheet = book.sheets["设置"]
    row = next(row for (row, column), text in sheet.cells.items() if text == "数据库")
    sheet.cells[row, 3] = "数据/别处.sqlite"
    (tmp_path / "数据").mkdir()
    buttons.run("consolidate", book)
    assert (tmp_path / "数据" / "别处.sqlite").exists()
    assert not ledger.with_suffix(".sqlite").exists()
    book.sheets["指标台账"].cells[3, 3] = 2027.0
    book.app.alerts.clear()
    buttons.run("refresh", book)
    assert sentence(book) == "已按2027年刷新。请保存台账。"


def test_a_period_that_cannot_be_read_is_said_plainly(ledger: Path):
    book = Book(ledger, EXAMPLES)
    book.sheets["指标台账"].cells[3, 3] = "去年"
    buttons.run("validate", book)
    assert sentence(book).startswith("看不懂的数据期“去年”")


def test_a_ledger_on_a_web_drive_is_refused_with_the_cure(ledger: Path):
    book = Book(ledger)
    book.fullname = "https://d.docs.live.net/1/七优享台账.xlsm"
    buttons.run("refresh", book)
    assert sentence(book) == (
        "台账放在网盘上，程序找不到它旁边的数据库。请把台账移到本机文件夹里再打开。"
    )


def test_while_excel_is_busy_the_button_waits(ledger: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(open_book, "_PAUSE", 0.0)
    buttons.run("consolidate", Book(ledger, EXAMPLES))
    book = Book(ledger)
    book.trouble = {"填报记录": [ComError(BUSY), ComError(BUSY)]}
    buttons.run("refresh", book)
    assert sentence(book) == "已按2026年三季度刷新。请保存台账。"
    assert rows(book, "填报记录")


def test_when_writing_fails_the_open_ledger_is_as_it_was(
    ledger: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(buttons.tempfile, "gettempdir", lambda: str(tmp_path))
    buttons.run("consolidate", Book(ledger, EXAMPLES))
    book = Book(ledger)
    before = book.cells()
    book.trouble = {"任务目标": [ComError(-1)]}
    buttons.run("refresh", book)
    assert book.cells() == before
    assert (book.app.screen_updating, book.app.calculation) == (True, "automatic")
    log = tmp_path / "qiyx-error.log"
    assert sentence(book) == (
        f"没有做成，台账里的数没有变。请把“{log}”这个文件发给技术人员，再试一次。"
    )
    assert "com error -1" in log.read_text(encoding="utf-8")


def test_a_shipped_ledger_is_understood_by_the_buttons():
    book = Book(Path(__file__).resolve().parent.parent.parent / "workbook" / "七优享台账.xlsm")
    desk = open_book.OpenBook(book)
    assert desk.period() == Period.parse("2026Q3")
    assert desk.store() is None
    assert load_workbook(book.fullname)["指标台账"]["C3"].value == "2026Q3"
