"""退回单 on the sender's own workbook."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from openpyxl.comments import Comment
from support import open_xml_sdk as open_xml
from support.returned_forms import (
    Q3,
    RED,
    edited,
    error,
    fill_of,
    head_text,
    index_rows,
    index_texts,
    simple_book,
    submission,
    warning,
)

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.documents.returns.write import write_return, write_returns
from qiyx_xl.intake.batch import check_files

YELLOW = "FFFFD75E"


def comment_of(path, cell, sheet="填报表"):
    comment = openpyxl.load_workbook(path)[sheet][cell].comment
    return None if comment is None else comment.text


# --- marks --------------------------------------------------------------------------------------


def test_an_error_is_red_and_a_warning_yellow_each_with_its_sentence_as_a_comment(tmp_path):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(
        book,
        submission(book, error("B2", "请改为 320，不要带单位。"), warning("B3", "请核对。")),
        tmp_path / "out",
    )
    assert sent.is_marked
    assert (sent.errors, sent.warnings, sent.marked) == (1, 1, 2)
    assert fill_of(sent.path, "B2") == RED
    assert fill_of(sent.path, "B3") == YELLOW
    assert comment_of(sent.path, "B2") == "【必须改】请改为 320，不要带单位。（第 1 条）"
    assert comment_of(sent.path, "B3") == "【请核对】请核对。（第 2 条）"
    assert comment_of(sent.path, "A2") is None


def test_a_cell_with_an_error_and_a_warning_is_red_and_tells_both(tmp_path):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(
        book, submission(book, warning("B2", "核对甲。"), error("B2", "改乙。")), tmp_path / "out"
    )
    assert fill_of(sent.path, "B2") == RED
    assert (
        comment_of(sent.path, "B2") == "【必须改】改乙。（第 1 条）\n【请核对】核对甲。（第 2 条）"
    )


def test_a_mark_inside_a_merged_range_stands_on_its_first_cell(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "填报表"
    book.active["B2"] = 5
    book.active.merge_cells("B2:C4")
    book.save(tmp_path / "合并.xlsx")
    sent = write_return(
        tmp_path / "合并.xlsx",
        submission(tmp_path / "合并.xlsx", error("C4", "请取消合并。")),
        tmp_path / "out",
    )
    assert fill_of(sent.path, "B2") == RED
    assert "请取消合并。" in comment_of(sent.path, "B2")


def test_a_range_is_coloured_whole(tmp_path):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(book, submission(book, error("A2:B3")), tmp_path / "out")
    assert [fill_of(sent.path, cell) for cell in ("A2", "A3", "B2", "B3")] == [RED] * 4
    assert index_rows(sent.path)[0][3] == "A2:B3"


@pytest.mark.parametrize("cell", ["XFE1", "A1048577", "A0", "第三行", "=A1", "A1:ZZZZ9", ""])
def test_a_place_that_is_no_cell_stays_in_the_index_and_marks_nothing(tmp_path, cell):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(book, submission(book, error(cell)), tmp_path / "out")
    assert (sent.is_marked, sent.marked) == (True, 0)
    assert len(index_rows(sent.path)) == 1


def test_their_own_comment_is_kept_under_ours(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "填报表"
    book.active["B2"] = "320个"
    book.active["B2"].comment = Comment("这是张三填的", "李四")
    book.save(tmp_path / "批注.xlsx")
    sent = write_return(
        tmp_path / "批注.xlsx",
        submission(tmp_path / "批注.xlsx", error("B2", "请改。")),
        tmp_path / "out",
    )
    assert comment_of(sent.path, "B2") == "【必须改】请改。（第 1 条）\n原批注：这是张三填的"


# --- their numbers untouched --------------------------------------------------------------------


def test_numbers_words_formulas_and_their_results_are_what_they_were(tmp_path):
    path = tmp_path / "数.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("填报表")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    share = book.add_format({"num_format": "0.0%"})
    page.write_number("A1", 0.1 + 0.2)
    page.write_number("A2", 330206199001011234)
    page.write_number("A3", 0.65, share)
    page.write_number("A4", 45000.123456, day)
    page.write_string("A5", " 前后有空格 ")
    page.write_boolean("A6", True)
    page.write_formula("A7", "=A1*2", None, 0.6)
    page.write_formula("A8", '="甲"&"乙"', None, "甲乙")
    page.write_formula("A9", "=1/0", None, "#DIV/0!")
    page.write_formula("A10", "=A1>0", None, True)
    page.write_string("A11", "320个")
    book.close()
    sent = write_return(path, submission(path, error("A11"), error("A7")), tmp_path / "out")
    assert sent.is_marked
    before, after = (
        openpyxl.load_workbook(one, data_only=True)["填报表"] for one in (path, sent.path)
    )
    assert [row[0].value for row in after.iter_rows(max_col=1)] == [
        row[0].value for row in before.iter_rows(max_col=1)
    ]
    assert openpyxl.load_workbook(sent.path)["填报表"]["A7"].value == "=A1*2"
    assert after["A3"].number_format == "0.0%"


def test_a_copy_that_would_differ_in_one_cell_is_not_sent(tmp_path):
    path = tmp_path / "合并藏数.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "填报表"
    book.active["A1"], book.active["B1"] = 1, 2
    book.save(path)
    # A number hidden under a merge: Excel keeps it, openpyxl throws it away.
    edited(
        path,
        "xl/worksheets/sheet1.xml",
        "</sheetData>",
        '</sheetData><mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>',
    )
    sent = write_return(path, submission(path, error("A1")), tmp_path / "out")
    assert not sent.is_marked
    assert "对不上" in sent.reason
    assert sent.original.read_bytes() == path.read_bytes()


def test_the_original_is_never_written_to(tmp_path):
    path = simple_book(tmp_path / "表.xlsx")
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    write_return(path, submission(path, error("B2")), tmp_path)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


def test_protection_validation_hidden_rows_and_print_set_up_are_kept(tmp_path, plan, rules):
    agency = next(one for one in plan.agencies if one.name == "区卫健局")
    path = tmp_path / "表.xlsx"
    write_form(path, plan, rules, agency, Q3, last_values={})
    sent = write_return(path, submission(path, error("G6")), tmp_path / "out")
    assert sent.is_marked
    before, after = (openpyxl.load_workbook(one)["填报表"] for one in (path, sent.path))
    assert before.protection.sheet
    assert vars(after.protection) == vars(before.protection)
    assert after["G6"].protection.locked is False
    assert (
        len(after.data_validations.dataValidation)
        == len(before.data_validations.dataValidation)
        > 0
    )
    assert after.print_area == before.print_area
    assert after.print_title_rows == before.print_title_rows
    assert after.freeze_panes == before.freeze_panes
    assert {at: row.height for at, row in after.row_dimensions.items()} == {
        at: row.height for at, row in before.row_dimensions.items()
    }
    hidden = openpyxl.load_workbook(sent.path)["_qiyx"]
    assert hidden.sheet_state == "veryHidden"


def test_a_password_on_the_sheet_stays(tmp_path):
    path = tmp_path / "锁.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("填报表")
    page.write("A1", 1)
    page.protect("秘密")
    book.close()
    sent = write_return(path, submission(path, error("A1")), tmp_path / "out")
    before, after = (openpyxl.load_workbook(one)["填报表"].protection for one in (path, sent.path))
    assert after.password == before.password is not None
    assert after.sheet


# --- many, and again ----------------------------------------------------------------------------


@pytest.mark.slow
def test_ten_thousand_findings_are_all_listed_and_the_comments_capped_with_a_word(tmp_path):
    path = tmp_path / "多.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("填报表")
    for row in range(10_000):
        page.write_string(row, 1, "320个")
    book.close()
    findings = [error(f"B{row}", "请改为 320。", value="320个") for row in range(1, 10_001)]
    started = time.monotonic()
    sent = write_return(path, submission(path, *findings), tmp_path / "out")
    assert time.monotonic() - started < 30
    assert sent.marked == 10_000
    assert len(index_rows(sent.path)) == 10_000
    page = openpyxl.load_workbook(sent.path)["填报表"]
    assert sum(cell.comment is not None for (cell,) in page.iter_rows(min_col=2, max_col=2)) == 500
    assert page["B10000"].fill.fgColor.rgb == RED
    assert "要改的格子有 10000 个，批注只加在前 500 个上" in head_text(sent.path)


@pytest.mark.slow
def test_a_corrected_copy_comes_in_clean_and_a_second_return_has_only_the_new_marks(
    tmp_path, plan, rules
):
    agency = next(one for one in plan.agencies if one.name == "区卫健局")
    path = tmp_path / "区卫健局_2026Q3.xlsx"
    write_form(path, plan, rules, agency, Q3, last_values={})
    book = openpyxl.load_workbook(path)
    book["填报表"]["G6"], book["填报表"]["G7"] = "4.2个", "约70"
    book["填报表"]["G7"].comment = Comment("张三", "李四")
    book.save(path)

    def check(file):
        (found,) = check_files([file], plan, rules, period=Q3, history=NoHistory())
        return found

    first = write_return(path, check(path), tmp_path / "第一次")
    assert {fill_of(first.path, "G6"), fill_of(first.path, "G7")} == {RED}
    book = openpyxl.load_workbook(first.path)
    book["填报表"]["G6"] = 5.2
    corrected = tmp_path / "区卫健局_2026Q3(改).xlsx"
    book.save(corrected)

    again = check(corrected)
    assert again.status is SubmissionStatus.RETURNED
    assert "G6" not in {one.cell for one in again.findings}
    assert {one.sheet for one in again.findings} == {"填报表", "重点任务"}, (
        "our own sheets are not complained about"
    )
    second = write_return(corrected, again, tmp_path / "第二次")
    assert openpyxl.load_workbook(second.path).sheetnames.count("退回说明") == 1
    assert openpyxl.load_workbook(second.path).sheetnames[0] == "退回说明"
    assert fill_of(second.path, "G6") == fill_of(path, "G6")
    assert comment_of(second.path, "G6") is None
    assert fill_of(second.path, "G7") == RED
    assert comment_of(second.path, "G7").count("张三") == 1
    assert comment_of(second.path, "G7").count("【必须改】") == 1


@pytest.mark.slow
def test_the_same_input_gives_the_same_bytes(tmp_path):
    path = simple_book(tmp_path / "表.xlsx")
    one = write_return(path, submission(path, error("B2")), tmp_path / "一")
    time.sleep(1.1)
    two = write_return(path, submission(path, error("B2")), tmp_path / "二")
    assert one.path.read_bytes() == two.path.read_bytes()


@pytest.mark.slow
def test_the_same_input_gives_the_same_index_beside_an_original_left_untouched(tmp_path):
    path = tmp_path / "表.xlsx"
    path.write_bytes(b"<html>no workbook</html>")
    one = write_return(path, submission(path, error("B2")), tmp_path / "一")
    time.sleep(1.1)
    two = write_return(path, submission(path, error("B2")), tmp_path / "二")
    assert not one.is_marked
    assert one.path.read_bytes() == two.path.read_bytes()


# --- a whole batch ------------------------------------------------------------------------------


def test_only_what_must_go_back_goes_back_each_under_its_own_name(tmp_path):
    files = []
    for folder in ("甲", "乙", "丙"):
        (tmp_path / folder).mkdir()
        files.append(simple_book(tmp_path / folder / "报表.xlsx", sheet=f"填报表{folder}"))
    sent = write_returns(
        [
            submission(files[0], error("B2", sheet="填报表甲")),
            submission(files[1], error("B2", sheet="填报表乙")),
            submission(files[2], warning("B2"), status=SubmissionStatus.ACCEPTED),
        ],
        {hashlib.sha256(file.read_bytes()).hexdigest(): file for file in files},
        tmp_path / "退回",
    )
    assert sorted(one.name for one in (tmp_path / "退回").iterdir()) == [
        "报表(2)_退回单.xlsx",
        "报表_退回单.xlsx",
    ]
    assert fill_of(sent[0].path, "B2", "填报表甲") == RED
    assert fill_of(sent[1].path, "B2", "填报表乙") == RED


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        (r"D:\收件\卫健 局 2026Q3.xlsx", "卫健 局 2026Q3"),
        ("收件.zip ▸ 甲街道/表.xlsx", "表"),
        ('a<b>:"c|d?*.xlsx', "a_b___c_d__"),
        ("CON.xlsx", "_CON"),
        ("长" * 200 + ".xlsx", "长" * 60),
        ("..xlsx", "xlsx"),
        ("", "未命名"),
        ("表\x00\u202e\n.xlsx", "表_ "),
    ],
)
def test_any_file_name_becomes_one_that_every_system_takes(tmp_path, name, stem):
    path = simple_book(tmp_path / "x.xlsx")
    sent = write_return(path, submission(name, error("B2")), tmp_path / "out")
    assert sent.path.name.endswith("_退回单.xlsx")
    if "\n" not in name:
        assert sent.path.name == f"{stem}_退回单.xlsx"
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f\u202e]', sent.path.name)
    assert len(sent.path.name.encode()) < 255
    assert sent.path.exists()


def test_originals_are_taken_from_where_they_were_checked(tmp_path):
    """Also of files that could not be read, whose bytes have no digest to be known by."""
    said = []
    for name in ("甲.xlsx", "乙.xlsx"):
        (tmp_path / name).write_bytes(name.encode())
        one = submission(
            tmp_path / name, error(None, sheet=None), status=SubmissionStatus.UNREADABLE
        )
        said.append(replace(one, sha256=""))
    said.append(submission("没了.xlsx", error("B2")))
    first, second, gone = write_returns(said, None, tmp_path / "退回")
    assert first.original.read_bytes() == "甲.xlsx".encode()
    assert second.original.read_bytes() == "乙.xlsx".encode()
    assert gone.original is None


def test_a_missing_original_still_gives_the_index(tmp_path):
    (sent,) = write_returns([submission("没了.xlsx", error("B2"))], {}, tmp_path)
    assert (sent.path.name, sent.original) == ("没了_退回说明.xlsx", None)
    assert "没有找到原件" in head_text(sent.path)
    assert len(index_rows(sent.path)) == 1


def test_nothing_half_written_is_left_when_the_disk_says_no(tmp_path, monkeypatch):
    path = simple_book(tmp_path / "表.xlsx")
    out = tmp_path / "out"
    sent = write_return(path, submission(path, error("B2")), out)
    before = sent.path.read_bytes()

    def refuse(*_):
        raise PermissionError(13, "open in Excel")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(PermissionError):
        write_return(path, submission(path, error("B3")), out)
    assert [one.name for one in out.iterdir()] == [sent.path.name]
    assert sent.path.read_bytes() == before


@pytest.mark.libreoffice
def test_libreoffice_opens_the_copy_with_index_and_colours(tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = simple_book(tmp_path / "表.xlsx")
    sent = write_return(path, submission(path, error("B2", "请改为 320。")), tmp_path / "out")
    subprocess.run(
        [
            soffice,
            f"-env:UserInstallation=file://{tmp_path / 'lo'}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            tmp_path / "lo_out",
            sent.path,
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    again = tmp_path / "lo_out" / sent.path.name
    assert openpyxl.load_workbook(again)["填报表"]["B2"].value == "320个"
    assert fill_of(again, "B2") == RED
    assert "请改为 320。" in comment_of(again, "B2")
    assert index_texts(again)[0][0] == "退回说明"


@pytest.mark.node
def test_the_open_xml_sdk_finds_nothing_wrong_in_what_we_write(tmp_path, plan, rules):
    agency = next(one for one in plan.agencies if one.name == "区卫健局")
    path = tmp_path / "表.xlsx"
    write_form(path, plan, rules, agency, Q3, last_values={})
    findings = (error("G6", value="=1+1"), error("A6:B7"), warning(None, sheet=None))
    marked = write_return(path, submission(path, *findings), tmp_path / "out")
    assert marked.is_marked
    assert open_xml.errors(marked.path) == []
    (beside,) = write_returns([submission("没了.xlsx", *findings)], {}, tmp_path / "out")
    assert open_xml.errors(beside.path) == []
