"""A changed plan in a ledger that is open in Excel: it follows as a closed one does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from open_books import Book, ComError
from openpyxl import load_workbook
from support import second_plan
from support.changed_plans import changed_plan, renamed
from support.examples import tried
from support.ledger_views import QUARTER, view_of
from support.paths import TESTS
from support.spreadsheet_hands import type_over

from qiyx_xl import app
from qiyx_xl.core.plan.timeline import Adoption, Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.registry import LedgerSheet
from qiyx_xl.shells import buttons
from qiyx_xl.shells.open_ledger import OpenBook
from qiyx_xl.shells.ranges import ExcelBook

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.ledger.content.view import LedgerView

Q3 = Period.parse("2026Q3")
WRITING = ("distribute", "remind", "scorecard", "bulletin", "static", "export")
OURS = ("操作台", "指标台账", "任务目标", "里程碑", "_qiyx")


def adopted(old: Plan, new: Plan, rules: Rules) -> LedgerView:
    """What an office shows that has adopted a new plan from the period shown on."""
    rows = [row for row in QUARTER if new.item(row[0]) is not None]
    plans = Plans([Adoption(old), Adoption(new, Q3)])
    return replace(view_of(new, rules, rows), plans=plans)


def shown(book: Book) -> dict[str, dict[tuple[int, int], Any]]:
    return {
        name: {place: str(cell).removesuffix(".0") for place, cell in cells.items()}
        for name, cells in book.cells().items()
        if name in OURS
    }


@tried(0.3)
@given(seed=st.integers(0, 10_000))
def test_an_open_ledger_follows_a_changed_plan_like_a_closed_one(
    seed: int, plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory
):
    path = tmp_path_factory.mktemp("open") / "七优享台账.xlsm"
    build_ledger(path, plan, rules, period=Q3)
    view = adopted(plan, changed_plan(plan, seed), rules)
    for where, value in (("AB8", "旁边的话"), ("AB9", Decimal("3.5")), ("AC11", "再一句")):
        type_over(path, LedgerSheet.INDICATORS, where, value)
    book = Book(path, formulas=True)
    before = view_of(plan, rules, period="2026Q2")
    for shows in (view, replace(before, plans=view.plans)):
        OpenBook(ExcelBook(book)).write(shows)
        refresh_ledger(path, shows)
        closed, here = shown(Book(path, formulas=True)), shown(book)
        for name in OURS:
            assert here[name] == closed[name], name
    assert here["指标台账"][8, 28] == "旁边的话"
    assert [other.name for other in path.parent.iterdir() if "改方案" in other.name] == []


# --- an office that has adopted a revised plan -------------------------------------------------


def revise(ledger: Path, new: Plan) -> Path:
    """Adopt a revised plan beside a ledger, which goes on showing the one before."""
    office, now = app.Office.at(ledger), datetime(2026, 10, 30, 9, tzinfo=UTC)
    proposal = app.propose(office, new, since=None, today=now.date())
    app.adopt(office, proposal, now=now, today=now.date(), by="王敏", refreshes=False)
    return ledger


@pytest.fixture
def revised(plan: Plan, ledger: Path) -> Path:
    """A ledger that still shows the first plan; another one has been adopted beside it."""
    indicators = (replace(plan.indicators[0], name="改过的名称"), *plan.indicators[2:])
    return revise(ledger, renamed(plan, indicators=indicators))


def named(book: Book) -> list[object]:
    """The names of the indicators on 指标台账."""
    return [book.cells()["指标台账"].get((row, 3)) for row in range(6, 9)]


def test_refreshing_brings_the_open_ledger_to_the_plan_in_force(revised: Path, plan: Plan):
    book = Book(revised)
    book.sheets["指标台账"].cells[8, 28] = "第三行旁边的话"
    assert named(book) == [item.name for item in plan.indicators[:3]]
    buttons.run("refresh", ExcelBook(book))
    assert book.app.alerts == ["已按2026年三季度刷新。请保存台账。"]
    assert named(book)[:2] == ["改过的名称", plan.indicators[2].name]
    assert book.cells()["指标台账"][7, 28] == "第三行旁边的话"
    said = {row: text for (row, column), text in book.cells()["_qiyx"].items() if column <= 2}
    assert "2026.7" in said.values()
    calls = book.calls
    buttons.run("refresh", ExcelBook(book))
    assert book.calls - calls < 100


def test_when_excel_refuses_half_way_a_copy_is_kept_and_it_says_what_to_do(revised: Path):
    book = Book(revised)
    book.trouble = {"里程碑": [ComError(-1)]}
    buttons.run("refresh", ExcelBook(book))
    (sentence,) = book.app.alerts
    assert "没有改完。请不要保存，关闭后重新打开台账，再点“刷新”" in sentence
    assert (revised.parent / "七优享台账_改方案以前.xlsm").is_file()


def test_a_row_deleted_by_hand_is_told_before_anything_changes(revised: Path):
    book = Book(revised)
    cells = book.sheets["指标台账"].cells
    for place in [place for place in cells if place[0] == 8]:
        del cells[place]
    before = book.cells()
    buttons.run("refresh", ExcelBook(book))
    assert "请撤销对它的删除或改动，再试一次。" in book.app.alerts[0]
    assert book.cells() == before


@pytest.mark.parametrize("action", ["validate", "consolidate", "refresh", "distribute", "remind"])
def test_a_ledger_and_a_store_of_different_plans_are_refused_by_every_button(
    action: str, revised: Path, tmp_path: Path
):
    second = second_plan.plan()
    other = tmp_path / "别处" / "民生八有台账.xlsm"
    other.parent.mkdir()
    build_ledger(other, second, load_rules(), period=Q3)
    store = revised.with_suffix(".sqlite")
    other.with_suffix(".sqlite").write_bytes(store.read_bytes())
    book = Book(other, tmp_path)
    before, files = book.cells(), {p: p.read_bytes() for p in other.parent.iterdir()}
    buttons.run(action, ExcelBook(book))
    (sentence,) = book.app.alerts
    assert "“anji-2026-2030”" in sentence
    assert "什么都没有动" in sentence
    assert book.cells() == before
    assert {p: p.read_bytes() for p in other.parent.iterdir()} == files


def test_an_open_ledger_of_an_earlier_version_is_not_given_ids_that_its_macros_do_not_know(
    ledger: Path, plan: Plan
):
    first = replace(plan.indicators[0], number=41)
    revise(ledger, renamed(plan, indicators=(first, *plan.indicators[1:])))
    book = Book(TESTS / "ledger" / "built_as_ledger_1.xlsm")
    book.fullname = str(ledger)
    before = book.cells()
    buttons.run("refresh", ExcelBook(book))
    assert "请先运行 qiyx ledger migrate 升级台账，再刷新。" in book.app.alerts[0]
    assert book.cells() == before


# --- 导出方案 and 采用方案 ---------------------------------------------------------------------


@pytest.fixture
def edited(ledger: Path, tmp_path: Path) -> Path:
    """A plan that was exported by the button and then edited in the workbook."""
    book = Book(ledger, tmp_path / "方案 们")
    buttons.run("export", ExcelBook(book))
    (file,) = (tmp_path / "方案 们").iterdir()
    assert file.name == "方案_2023.2.xlsx"
    assert f"“{file}”" in book.app.alerts[0]
    with_other_agency(file)
    return file


def with_other_agency(file: Path) -> None:
    """Let another agency report indicator 12, as a keeper does in 方案.xlsx."""
    book = load_workbook(file)
    sheet = book["年度指标"]
    headers = [cell.value for cell in sheet[3]]
    agency, number = headers.index("责任单位"), headers.index("序号")
    row = next(cells for cells in sheet.iter_rows(min_row=4) if cells[number].value == 12)
    row[agency].value = "区医保部门"
    book.save(file)


def test_adopting_says_what_changes_asks_books_and_shows_it(ledger: Path, edited: Path):
    book = Book(ledger, edited)
    buttons.run("adopt", ExcelBook(book))
    (question,) = book.app.questions
    assert "从头起采用" in question
    assert "指标12" in question
    assert "区医保部门" in question
    assert book.app.alerts[0].startswith("已采用“")
    (_, adoption) = app.Office.at(ledger).plans.adoptions
    assert (adoption.by, adoption.reason) == ("王敏", "台账“采用方案”")
    agencies = [book.cells()["指标台账"].get((row, 6)) for row in range(6, 30)]
    assert "区医保部门" in agencies


def test_saying_no_or_cancelling_adopts_nothing(ledger: Path, edited: Path):
    book = Book(ledger, edited)
    book.app.says = "no"
    before = book.cells()
    buttons.run("adopt", ExcelBook(book))
    assert book.app.alerts == ["没有采用，什么都没有改。"]
    assert book.cells() == before
    assert not ledger.with_suffix(".sqlite").exists()


def test_a_plan_that_is_wrong_is_not_adopted_and_says_where(ledger: Path, edited: Path):
    wrong = load_workbook(edited)
    wrong["基本信息"].delete_rows(1, 30)
    wrong.save(edited)
    book = Book(ledger, edited)
    buttons.run("adopt", ExcelBook(book))
    (sentence,) = book.app.alerts
    assert "方案" in sentence
    assert not ledger.with_suffix(".sqlite").exists()


def test_the_period_from_which_it_holds_can_be_chosen(ledger: Path, plan: Plan, tmp_path: Path):
    first = replace(plan.indicators[0], name="改过的名称")
    revise(ledger, renamed(plan, indicators=(first, *plan.indicators[1:])))
    buttons.run("export", ExcelBook(Book(ledger, tmp_path)))
    (file,) = tmp_path.glob("方案_*.xlsx")
    with_other_agency(file)
    book = Book(ledger, file)
    book.app.typed = "2027Q1"
    buttons.run("adopt", ExcelBook(book))
    assert book.app.questions[0].startswith("从哪一期起采用？")
    assert "从2027年一季度起采用" in book.app.questions[1]
    assert book.app.alerts[0].startswith("已采用“")
    assert app.Office.at(ledger).plans.adoptions[-1].since == Period.parse("2027Q1")


# --- every button by the plan of another district ----------------------------------------------


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """The ledger of the second plan's office."""
    plan, now = second_plan.plan(), datetime(2026, 10, 30, tzinfo=UTC)
    office = app.begin(tmp_path / "乙", plan, load_rules(), period=Q3, now=now, by="张三")
    return office.ledger


def everything_in(folder: Path) -> str:
    """The names of the files in a folder, and all texts in those that are workbooks."""
    found = []
    for path in sorted(folder.iterdir()):
        found.append(path.name)
        if path.suffix == ".xlsx":
            for sheet in load_workbook(path):
                found += [str(c.value) for row in sheet.iter_rows() for c in row if c.value]
    return "\n".join(found)


def test_every_button_answers_by_the_plan_of_the_ledgers_own_office(second: Path, tmp_path: Path):
    plan, inbox = second_plan.plan(), tmp_path / "收件"
    said = []
    for action in ("distribute", *buttons.ACTIONS):
        if action in ("examine", "adopt"):
            continue
        takes_in = action in ("validate", "consolidate")
        book = Book(second, inbox if takes_in else tmp_path / action)
        buttons.run(action, ExcelBook(book))
        said += [*book.app.alerts, *book.app.statuses]
        if action == "distribute":
            second_plan.filled_forms(tmp_path / action, inbox)
        if action == "refresh":
            log = {text for (_, column), text in book.cells()["填报记录"].items() if column == 4}
            assert log - {"填报单位"} <= {agency.name for agency in plan.agencies} | {"各乡镇合计"}
    assert any("新增" in sentence for sentence in said)
    made = "\n".join(everything_in(tmp_path / action) for action in WRITING)
    assert "递铺镇_2026Q3.xlsx" in made
    for word in second_plan.foreign_words():
        assert word not in made
        assert word not in "\n".join(said)


def test_refreshing_adopts_what_is_typed_beside_the_responsible_agency(ledger: Path):
    book = Book(ledger)
    header = {text: place[1] for place, text in book.cells()["指标台账"].items() if place[0] == 5}
    for column, text in (("改由", "区医保部门"), ("从哪一期起", "2027Q1")):
        book.sheets["指标台账"].cells[17, header[column]] = text
    buttons.run("refresh", ExcelBook(book))
    (question,) = book.app.questions
    assert "从2027年一季度起改由区医保部门填报" in question
    (_, adoption) = app.Office.at(ledger).plans.adoptions
    assert (adoption.by, adoption.reason) == ("王敏", "台账“改由”栏")
    assert book.cells()["指标台账"].get((17, header["改由"])) is None
    assert book.cells()["指标台账"].get((17, header["从哪一期起"])) is None


def test_saying_no_to_a_typed_change_leaves_it_typed(ledger: Path):
    book = Book(ledger)
    book.app.says = "no"
    header = {text: place[1] for place, text in book.cells()["指标台账"].items() if place[0] == 5}
    for column, text in (("改由", "区医保部门"), ("从哪一期起", "2027Q1")):
        book.sheets["指标台账"].cells[17, header[column]] = text
    buttons.run("refresh", ExcelBook(book))
    assert not ledger.with_suffix(".sqlite").exists()
    assert book.cells()["指标台账"][17, header["改由"]] == "区医保部门"
