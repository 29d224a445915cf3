"""The buttons on an open ledger: from the press to one plain sentence."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from open_books import AUTOMATIC, Book, ComError
from openpyxl import load_workbook
from support.paths import ROOT, TESTS

from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.registry import CONTROLS
from qiyx_xl.shells import buttons
from qiyx_xl.shells import open_ledger as open_book
from qiyx_xl.shells import ranges as whole_ranges
from qiyx_xl.shells.ranges import ExcelBook

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

EXAMPLES = ROOT / "examples" / "2026Q3"
BEFORE = TESTS / "ledger" / "built_as_ledger_1.xlsm"
BUSY = -2147418111
FEW = 104
UNTOUCHED = (True, AUTOMATIC, False)


@pytest.fixture(scope="module")
def taken_in(built: bytes, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty ledger beside a store that has taken the samples in."""
    folder = tmp_path_factory.mktemp("taken in")
    path = folder / "七优享台账.xlsm"
    path.write_bytes(built)
    buttons.run("consolidate", ExcelBook(Book(path, EXAMPLES)))
    return folder


@pytest.fixture
def filled(taken_in: Path, tmp_path: Path) -> Path:
    """A ledger of one's own that has yet to be refreshed."""
    shutil.copytree(taken_in, tmp_path / "台账")
    return tmp_path / "台账" / "七优享台账.xlsm"


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
    buttons.run("distribute", ExcelBook(book))
    made = sorted(path.name for path in folder.iterdir())
    assert "区卫健局_2026Q3.xlsx" in made
    assert sentence(book) == (
        f"已生成 {len(made)} 份2026年三季度填报表，在“{folder}”里，可以发给各单位填报。"
    )


def test_checking_lists_what_is_wrong_and_takes_nothing_in(ledger: Path):
    book = Book(ledger, EXAMPLES)
    before = book.cells()
    buttons.run("validate", ExcelBook(book))
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


@pytest.mark.slow
def test_consolidating_fills_the_open_ledger_like_the_closed_one(
    ledger: Path, tmp_path: Path, plan: Plan
):
    book = Book(ledger, EXAMPLES)
    buttons.run("consolidate", ExcelBook(book))
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


def test_a_ledger_built_before_is_refreshed_as_it_was_built(filled: Path):
    shutil.copy(BEFORE, filled)
    book = Book(filled)
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book) == "已按2026年三季度刷新。请保存台账。"
    log = rows(book, "填报记录")
    assert len(log) > 50
    assert "核实" not in log[0]
    assert {row["按期查找键"] for row in log} >= {"9|2026Q3", "T3-3-01|2026Q3"}


def test_refreshing_needs_few_calls_to_excel(filled: Path):
    book = Book(filled)
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book) == "已按2026年三季度刷新。请保存台账。"
    assert book.calls <= FEW
    assert book.settings == UNTOUCHED
    assert book.app.statuses == ["七优享：正在刷新2026年三季度……"]


def test_refreshing_before_anything_was_taken_in_says_what_to_do(ledger: Path):
    book = Book(ledger)
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book) == "还没有汇总过，“七优享台账.sqlite”里没有数。请先点“汇总”。"
    assert not ledger.with_suffix(".sqlite").exists()


@pytest.mark.parametrize(
    "action", [action for action in buttons.ACTIONS if action not in ("refresh", "examine")]
)
def test_cancelling_the_picker_does_nothing_and_says_nothing(action: str, ledger: Path):
    book = Book(ledger, None)
    before = book.cells()
    buttons.run(action, ExcelBook(book))
    assert book.app.alerts == []
    assert book.cells() == before


def test_the_chosen_period_and_the_chosen_store_are_used(ledger: Path, tmp_path: Path):
    book = Book(ledger, EXAMPLES)
    sheet = book.sheets["设置"]
    row = next(row for (row, column), text in sheet.cells.items() if text == "数据库")
    sheet.cells[row, 3] = "数据/别处.sqlite"
    (tmp_path / "数据").mkdir()
    buttons.run("consolidate", ExcelBook(book))
    assert (tmp_path / "数据" / "别处.sqlite").exists()
    assert not ledger.with_suffix(".sqlite").exists()
    book.sheets["指标台账"].cells[3, 3] = 2027.0
    book.app.alerts.clear()
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book) == "已按2027年刷新。请保存台账。"


def test_a_period_that_cannot_be_read_is_said_plainly(ledger: Path):
    book = Book(ledger, EXAMPLES)
    book.sheets["指标台账"].cells[3, 3] = "去年"
    buttons.run("validate", ExcelBook(book))
    assert sentence(book).startswith("看不懂数据期“去年”")


def test_a_ledger_on_a_web_drive_is_refused_with_the_cure(ledger: Path):
    book = Book(ledger)
    book.fullname = "https://d.docs.live.net/1/七优享台账.xlsm"
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book) == (
        "台账放在网盘上，程序找不到它旁边的数据库。请把台账移到本机文件夹里再打开。"
    )


def test_while_excel_is_busy_the_button_waits(filled: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(whole_ranges, "_PAUSE", 0.0)
    book = Book(filled)
    book.trouble = {"填报记录": [ComError(BUSY), ComError(BUSY)]}
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book) == "已按2026年三季度刷新。请保存台账。"
    assert rows(book, "填报记录")


def test_when_writing_fails_the_open_ledger_is_as_it_was(
    filled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setattr(buttons.tempfile, "gettempdir", lambda: str(tmp_path))
    book = Book(filled)
    before = book.cells()
    book.trouble = {"任务目标": [ComError(-1)]}
    buttons.run("refresh", ExcelBook(book))
    assert book.cells() == before
    assert book.settings == UNTOUCHED
    log = tmp_path / "qiyx-error.log"
    assert sentence(book) == (
        f"没有做成，台账里的数没有变。请把“{log}”这个文件发给技术人员，再试一次。"
    )
    assert "com error -1" in log.read_text(encoding="utf-8")


def test_a_shipped_ledger_is_understood_by_the_buttons():
    book = Book(ROOT / "workbook" / "七优享台账.xlsm")
    desk = open_book.OpenBook(ExcelBook(book))
    assert desk.period() == Period.parse("2026Q3")
    assert desk.store() is None
    assert load_workbook(book.fullname)["指标台账"]["C3"].value == "2026Q3"


def test_the_period_is_written_as_plain_text_into_its_text_cell(filled: Path):
    book = Book(filled)
    today = buttons.datetime.now().astimezone().date()
    view = app.ledger_view(app.Office.at(filled), Period.parse("2026Q2"), today)
    open_book.OpenBook(ExcelBook(book)).write(view)
    assert book.cells()["指标台账"][3, 3] == "2026Q2"


def test_a_date_chosen_as_the_period_is_its_month(ledger: Path):
    book = Book(ledger)
    book.sheets["指标台账"].cells[3, 3] = 46295.0
    assert open_book.OpenBook(ExcelBook(book)).period() == Period.parse("2026-09")


def test_a_table_that_was_moved_about_is_not_written_into(filled: Path):
    book = Book(filled)
    book.sheets["填报记录"].cells[3, 2] = "我的栏"
    before = book.cells()
    buttons.run("refresh", ExcelBook(book))
    assert sentence(book).startswith("“填报记录”表的行列被移动过：B3 原来是“编号”。")
    assert book.cells() == before


def test_a_sheet_that_was_renamed_is_named(ledger: Path):
    book = Book(ledger)
    book.sheets["台账"] = book.sheets.pop("指标台账")
    buttons.run("validate", ExcelBook(book))
    assert sentence(book) == "台账里没有“指标台账”表。请把改了名的表改回来再试。"


@pytest.mark.slow
def test_when_the_open_ledger_cannot_be_written_what_was_booked_stands_and_it_says_so(
    ledger: Path,
):
    book = Book(ledger, EXAMPLES)
    before = book.cells()
    book.trouble = {"操作台": [PermissionError(13, "denied", "台账")]}
    buttons.run("consolidate", ExcelBook(book))
    assert sentence(book).startswith("收到的数已记入数据库“七优享台账.sqlite”，只是台账没有更新：")
    assert sentence(book).endswith("之后点“刷新”即可，不用重做。")
    assert book.cells() == before
    assert book.settings == UNTOUCHED
    after = Book(ledger)
    buttons.run("refresh", ExcelBook(after))
    assert rows(after, "填报记录")


def test_the_reminders_are_listed_in_the_folder_the_user_picked(ledger: Path, tmp_path: Path):
    book = Book(ledger, tmp_path / "催报")
    buttons.run("remind", ExcelBook(book))
    assert (tmp_path / "催报" / "催报清单_2026Q3.xlsx").is_file()
    assert re.match(r"2026年三季度：\d+ 个单位、\d+ 项逾期未报。清单", sentence(book))


@pytest.mark.parametrize(("action", "name"), [("scorecard", "晾晒榜"), ("bulletin", "通报")])
def test_a_paper_is_written_into_the_folder_the_user_picked(
    action: str, name: str, filled: Path, tmp_path: Path
):
    book = Book(filled, tmp_path / "材料")
    buttons.run(action, ExcelBook(book))
    made = sorted(path.name for path in (tmp_path / "材料").iterdir())
    assert made
    assert all(file.startswith(f"{name}_2026Q3") for file in made)
    assert sentence(book).startswith(f"2026年三季度{name}已生成：")
    assert all(file in sentence(book) for file in made)


@pytest.mark.parametrize("action", ["scorecard", "bulletin"])
def test_there_is_no_paper_before_anything_was_taken_in(action: str, ledger: Path, tmp_path: Path):
    book = Book(ledger, tmp_path)
    buttons.run(action, ExcelBook(book))
    assert sentence(book).startswith("还没有汇总过")
    assert not ledger.with_suffix(".sqlite").exists()


def test_a_static_copy_holds_what_is_on_screen_and_no_macros(ledger: Path, tmp_path: Path):
    book = Book(ledger, tmp_path / "给领导")
    buttons.run("static", ExcelBook(book))
    (made,) = (tmp_path / "给领导").iterdir()
    assert made.name == "七优享台账_2026Q3_静态副本.xlsx"
    assert load_workbook(made)["指标台账"]["C3"].value == "2026Q3"
    assert f"“{made}”" in sentence(book)


@pytest.mark.slow
def test_an_examination_ends_with_its_sentence(ledger: Path):
    book = Book(ledger)
    buttons.run("examine", ExcelBook(book))
    assert sentence(book).startswith("体检完成：")


def test_a_paper_that_is_open_elsewhere_is_named_and_stays(
    ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_: object) -> None:
        raise PermissionError(13, "denied", "催报清单_2026Q3.xlsx")

    monkeypatch.setattr(app, "write_reminders", refuse)
    book = Book(ledger, tmp_path)
    buttons.run("remind", ExcelBook(book))
    assert sentence(book).startswith("“催报清单_2026Q3.xlsx”写不进去：它可能正在 Excel 或 WPS")
