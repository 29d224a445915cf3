"""The two editions of a ledger: built, refreshed, verified, and one made from the other."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment
from support import open_xml_sdk
from support.booked_office import HEALTH, Booked
from support.commands import Commands
from support.libreoffice import sheets_of
from support.paths import TESTS
from support.spreadsheet_hands import type_over

from qiyx_xl.app.custody.maintenance import static_copy
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.app.ledger import convert
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.found import ledger_in
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Formula
from qiyx_xl.ledger.layout.spelling import spelled
from qiyx_xl.ledger.registry import CONTROLS, LedgerEdition, LedgerSheet
from qiyx_xl.ledger.remake.convert import converted

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

EXCEL, ADDIN = LedgerEdition.EXCEL, LedgerEdition.ADDIN
Q3 = Period.parse("2026Q3")


@pytest.fixture(scope="module")
def addin(plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("addin") / "七优享台账.xlsx"
    build_ledger(path, plan, rules, period=Q3, edition=ADDIN)
    return path.read_bytes()


def opened(path: Path) -> OpenedLedger:
    return OpenedLedger(path.read_bytes(), path.name)


def formulas(path: Path) -> dict[tuple[str, str], str]:
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in load_workbook(path)
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }


@pytest.mark.parametrize(
    ("typed", "plain", "namespaced"),
    [
        ("QYX_RATE(B6,数据期,L6)", "QYX_RATE(B6,数据期,L6)", "QIYX.QYX_RATE(B6,数据期,L6)"),
        ("QIYX.QYX_RATE(B6)+1", "QYX_RATE(B6)+1", "QIYX.QYX_RATE(B6)+1"),
        ("org.qiyx.xl.qyx_gap (1)", "QYX_GAP (1)", "QIYX.QYX_GAP (1)"),
        ('IF(qyx_status(A1)="绿",1,0)', 'IF(QYX_STATUS(A1)="绿",1,0)', 'IF(QIYX.QYX_STATUS(A1)="绿",1,0)'),
        ('"见 QYX_RATE("&A1', '"见 QYX_RATE("&A1', '"见 QYX_RATE("&A1'),
        ("[1]!QYX_RATE(A1)", "[1]!QYX_RATE(A1)", "[1]!QYX_RATE(A1)"),
        ("MYQYX_RATE(A1)", "MYQYX_RATE(A1)", "MYQYX_RATE(A1)"),
        ("QYX_RATE+1", "QYX_RATE+1", "QYX_RATE+1"),
        ("'QYX_RATE('!A1", "'QYX_RATE('!A1", "'QYX_RATE('!A1"),
    ],
)  # fmt: skip
def test_only_the_names_of_our_functions_are_spelled_by_edition(typed, plain, namespaced):
    assert spelled(typed, EXCEL) == plain
    assert spelled(typed, ADDIN) == namespaced


def test_the_edition_without_macros_has_the_same_cells_and_its_own_spelling(
    addin: bytes, built: bytes, tmp_path: Path
):
    one, other = tmp_path / "a.xlsx", tmp_path / "b.xlsm"
    one.write_bytes(addin)
    other.write_bytes(built)
    ours = formulas(one)
    asking = [text for text in ours.values() if "QYX_" in text]
    assert len(asking) > 400
    assert all("QIYX.QYX_" in text for text in asking)
    assert {place: spelled(text, EXCEL) for place, text in ours.items()} == formulas(other)
    values, others = (load_workbook(path, data_only=True) for path in (one, other))
    for sheet in ("指标台账", "任务目标", "里程碑", "设置"):
        assert list(values[sheet].values) == list(others[sheet].values)
    assert not {"vba", "customui"} & set(opened(one).part_names())
    assert opened(one).edition is ADDIN
    assert opened(other).edition is EXCEL


def test_no_program_finds_fault_with_the_edition_without_macros(addin: bytes, tmp_path: Path):
    path = tmp_path / "七优享台账.xlsx"
    path.write_bytes(addin)
    assert open_xml_sdk.errors(path) == []


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.9", "2": "69", "3": "65.1"})
    here.refresh()
    return here


@pytest.mark.slow
def test_a_converted_ledger_verifies_refreshes_to_the_same_bytes_and_comes_back(
    booked: Booked, tmp_path: Path
):
    ledger = booked.office.ledger
    type_over(ledger, LedgerSheet.INDICATORS, "AL7", "会上说过")
    type_over(ledger, LedgerSheet.INDICATORS, "AM7", Formula("QYX_TARGET(2,2026)", None))
    before = ledger.read_bytes()
    out = convert(ledger, None, None)
    assert out == ledger.with_suffix(".xlsx")
    assert ledger.read_bytes() == before
    ledger.unlink()
    booked.office = booked.office.__class__.at(out)
    assert opened(out).edition is ADDIN
    text = opened(out).read(opened(out).part(LedgerSheet.INDICATORS)).decode()
    assert "会上说过" in text
    assert "<f>QIYX.QYX_TARGET(2,2026)</f>" in text
    assert verify_ledger(booked.office, booked.now.date()).is_clean
    once = out.read_bytes()
    booked.refresh()
    assert out.read_bytes() == once
    back = convert(out, tmp_path / "回来.xlsm", None)
    assert opened(back).edition is EXCEL
    assert formulas(back) == formulas_of(before, tmp_path)
    package = opened(back)
    buttons = package.read("xl/drawings/vmlDrawingQiyx.vml").decode()
    assert all(f"Qiyx.{control.sub}<" in buttons for control in CONTROLS)
    assert {"xl/vbaProject.bin", "customUI/customUI14.xml"} <= package.part_names()
    for path in (out, back):
        assert open_xml_sdk.errors(path) == []


def formulas_of(package: bytes, folder: Path) -> dict[tuple[str, str], str]:
    path = folder / "以前.xlsm"
    path.write_bytes(package)
    return formulas(path)


@pytest.mark.slow
def test_a_mixed_spelling_is_named_with_its_cell_and_a_refresh_mends_it(booked: Booked):
    ledger = booked.office.ledger
    type_over(ledger, LedgerSheet.INDICATORS, "AM7", Formula("QIYX.QYX_TARGET(2,2026)", None))
    check = verify_ledger(booked.office, booked.now.date())
    assert [(one.kind.value, one.sheet, one.cell, one.expected) for one in check.mismatches] == [
        ("spelling", "指标台账", "AM7", "QYX_TARGET(2,2026)")
    ]
    assert "函数名的写法是另一种台账的" in str(check.mismatches[0])
    booked.refresh()
    assert verify_ledger(booked.office, booked.now.date()).is_clean
    assert formulas(ledger)["指标台账", "AM7"] == "=QYX_TARGET(2,2026)"


@pytest.mark.slow
def test_our_own_formulas_in_the_other_spelling_are_named_as_that_and_nothing_else(
    booked: Booked,
):
    ledger = booked.office.ledger
    book = opened(ledger)
    part = book.part(LedgerSheet.GOALS)
    ledger.write_bytes(
        with_parts(book.package, {part: book.read(part).replace(b">QYX_RATE", b">QIYX.QYX_RATE")})
    )
    kinds = {one.kind.value for one in verify_ledger(booked.office, booked.now.date()).mismatches}
    assert kinds == {"spelling"}


@pytest.mark.libreoffice
def test_the_edition_without_macros_shows_the_same_where_there_is_no_add_in(
    addin: bytes, built: bytes, tmp_path: Path
):
    for name, package in (("a.xlsx", addin), ("b.xlsm", built)):
        (tmp_path / name).write_bytes(package)
    one = sheets_of(tmp_path / "a.xlsx", tmp_path / "a")
    other = sheets_of(tmp_path / "b.xlsm", tmp_path / "b")
    for sheet in ("指标台账", "任务目标", "里程碑"):
        assert one[sheet] == other[sheet]
        assert "#NAME" not in str(one[sheet])


def test_comments_that_people_made_on_the_first_sheet_stay_when_the_buttons_come_and_go(
    addin: bytes, tmp_path: Path
):
    path = tmp_path / "七优享台账.xlsx"
    path.write_bytes(addin)
    book = load_workbook(path)
    book[LedgerSheet.CONSOLE.value]["A1"].comment = Comment("会前看一眼", "王敏")
    book.save(path)
    faults = open_xml_sdk.errors(path)  # of openpyxl's
    path.write_bytes(converted(opened(path), EXCEL))
    drawing = next(part for part in opened(path).part_names() if part.endswith(".vml"))
    text = opened(path).read(drawing)
    assert text.count(b"FmlaMacro>") == 2 * len(CONTROLS)
    assert b'ObjectType="Note"' in text
    assert open_xml_sdk.errors(path) == faults
    path.write_bytes(converted(opened(path), ADDIN))
    text = opened(path).read(drawing)
    assert b"FmlaMacro" not in text
    assert b'ObjectType="Note"' in text
    assert load_workbook(path)[LedgerSheet.CONSOLE.value]["A1"].comment.text == "会前看一眼"


def test_what_the_first_sheet_says_of_the_functions_follows_the_edition(
    built: bytes, addin: bytes, tmp_path: Path
):
    path = tmp_path / "七优享台账.xlsm"
    path.write_bytes(built)
    made = tmp_path / "转换.xlsx"
    made.write_bytes(converted(opened(path), ADDIN))
    fresh = tmp_path / "新建.xlsx"
    fresh.write_bytes(addin)
    one, other = (load_workbook(book)[LedgerSheet.CONSOLE.value] for book in (made, fresh))
    assert list(one.values) == list(other.values)
    assert texts.ADDIN_STATE in {cell for row in one.values for cell in row}
    made.write_bytes(converted(opened(made), EXCEL))
    path.write_bytes(built)
    assert list(load_workbook(made)[LedgerSheet.CONSOLE.value].values) == list(
        load_workbook(path)[LedgerSheet.CONSOLE.value].values
    )


def test_a_static_copy_of_either_edition_has_no_formula_and_is_no_ledger(
    addin: bytes, tmp_path: Path
):
    path = tmp_path / "七优享台账.xlsx"
    path.write_bytes(addin)
    copy = static_copy(path, tmp_path / "副本.xlsx")
    assert formulas(copy) == {}
    assert ledger_in(tmp_path) == path


def test_of_two_editions_in_a_folder_none_is_guessed(addin: bytes, built: bytes, tmp_path: Path):
    (tmp_path / "七优享台账.xlsx").write_bytes(addin)
    assert ledger_in(tmp_path) == tmp_path / "七优享台账.xlsx"
    (tmp_path / "七优享台账.xlsm").write_bytes(built)
    answer = Commands(tmp_path)("status", "--period", "2026Q3")
    assert answer.code == 2
    assert "2 本台账" in answer.err


def test_an_edition_is_built_converted_and_refused_on_the_command_line(tmp_path: Path):
    qiyx = Commands(tmp_path)
    assert qiyx("ledger", "build", "--edition", "addin").code == 0
    path = tmp_path / "七优享台账.xlsx"
    assert opened(path).edition is ADDIN
    answer = qiyx("ledger", "build", "新.xlsx", "--edition", "excel")
    assert answer.code == 2
    assert "以 .xlsm 结尾" in answer.err
    assert qiyx("ledger", "convert", path.name).code == 0
    assert opened(path.with_suffix(".xlsm")).edition is EXCEL
    again = qiyx("ledger", "convert", path.name)
    assert again.code == 2
    assert "已经存在" in again.err
    same = qiyx("ledger", "convert", path.name, "别.xlsx", "--edition", "addin")
    assert same.code == 2
    assert "不用转换" in same.err


def test_a_ledger_of_an_earlier_version_is_to_be_migrated_first(tmp_path: Path):
    old = shutil.copy(TESTS / "ledger" / "built_as_ledger_2.xlsm", tmp_path / "旧.xlsm")
    answer = Commands(tmp_path)("ledger", "convert", old.name)
    assert answer.code == 2
    assert "qiyx ledger migrate" in answer.err
