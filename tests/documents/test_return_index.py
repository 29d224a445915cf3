"""The index in front of a 退回单, and what strangers wrote in it."""

from __future__ import annotations

from datetime import date
from zipfile import ZipFile

import openpyxl
import pytest
from support.returned_forms import (
    RED,
    edited,
    error,
    fill_of,
    head_text,
    index_rows,
    simple_book,
    submission,
    warning,
)

from qiyx_xl.documents.returns.write import ReplyTo, write_return


def test_the_index_is_first_selected_alone_and_says_who_what_and_by_when(tmp_path):
    path = simple_book(tmp_path / "卫健局 三季度.xlsx")
    sent = write_return(
        path,
        submission(path, error("B2"), error("B4"), warning("B3")),
        tmp_path / "out",
        reply=ReplyTo(by=date(2026, 11, 30), contact="王工 86780000"),
    )
    book = openpyxl.load_workbook(sent.path)
    assert book.sheetnames == ["退回说明", "填报表", "_qiyx_return"]
    assert book.active.title == "退回说明"
    assert [sheet.title for sheet in book.worksheets if sheet.sheet_view.tabSelected] == [
        "退回说明"
    ]
    assert book["_qiyx_return"].sheet_state == "veryHidden"
    head = head_text(sent.path)
    assert "区卫健局　2026年三季度" in head
    assert "文件：卫健局 三季度.xlsx" in head
    assert (
        "必须改的 2 处，请核对的 1 处。请于2026年11月30日前改好后报送专班办公室（联系人：王工 86780000）。"
        in head
    )
    assert "您填的数没有改动过。" in head


def test_every_finding_is_a_row_with_what_is_there_and_what_to_do_errors_first(tmp_path):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(
        book,
        submission(
            book,
            warning("B3", "请核对。", header="本期实际值", value="66.5"),
            error("B2", "请改为 320。", header="本期实际值", value="320个", suggestion="320"),
            error(None, "请换用新模板。", sheet=None),
        ),
        tmp_path / "out",
    )
    assert index_rows(sent.path) == [
        [1, "必须改", "填报表", "B2", "本期实际值", "320个", "请改为 320。", "320", "V104"],
        [2, "必须改", "整个文件", "—", None, None, "请换用新模板。", None, "V104"],
        [3, "请核对", "填报表", "B3", "本期实际值", "66.5", "请核对。", None, "V102"],
    ]


@pytest.mark.parametrize(
    "sheet",
    [
        "填报表",
        "它's 'quoted' 表",
        "二〇二六年度区公共服务 第三季度 指标（最终版）甲乙丙丁戊己庚辛壬癸子丑",
    ],
)
def test_links_go_to_the_cell_in_this_workbook_whatever_the_sheet_is_called(tmp_path, sheet):
    path = simple_book(tmp_path / "表.xlsx", sheet[:31])
    if len(sheet) > 31:  # other programs write longer names than Excel allows
        path = edited(path, "xl/workbook.xml", sheet[:31], sheet)
    sent = write_return(
        path, submission(path, error("B2", sheet=sheet), error(None, sheet=sheet)), tmp_path / "out"
    )
    page = openpyxl.load_workbook(sent.path)["退回说明"]
    links = [cell.hyperlink for row in page.iter_rows() for cell in row if cell.hyperlink]
    quoted = sheet.replace("'", "''")
    assert [link.location for link in links] == [f"'{quoted}'!B2", f"'{quoted}'!A1"]
    assert all(link.target is None and link.id is None for link in links)


def test_a_sheet_that_is_not_there_gets_no_link(tmp_path):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(book, submission(book, error("B2", sheet="别的表")), tmp_path / "out")
    page = openpyxl.load_workbook(sent.path)["退回说明"]
    assert not [cell for row in page.iter_rows() for cell in row if cell.hyperlink]
    assert sent.marked == 0
    assert "没有标色的格子" in head_text(sent.path)


def test_a_sheet_of_theirs_with_the_index_name_is_left_alone(tmp_path):
    book = simple_book(tmp_path / "表.xlsx", "退回说明")
    sent = write_return(book, submission(book, error("B2", sheet="退回说明")), tmp_path / "out")
    assert openpyxl.load_workbook(sent.path).sheetnames[:2] == ["退回说明(2)", "退回说明"]
    assert fill_of(sent.path, "B2", "退回说明") == RED


# --- nothing a stranger wrote becomes live ------------------------------------------------------

NASTY = [
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "http://evil.example/",
    '=HYPERLINK("http://x","y")',
]


@pytest.mark.parametrize("text", NASTY)
def test_what_a_stranger_wrote_is_text_in_the_index(tmp_path, text):
    book = simple_book(tmp_path / "表.xlsx")
    finding = error("B2", f"{text} 不对", header=text, value=text, suggestion=text)
    sent = write_return(book, submission(book, finding, agency=text), tmp_path / "out")
    page = openpyxl.load_workbook(sent.path)["退回说明"]
    cells = [
        cell
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and text in cell.value
    ]
    assert len(cells) >= 4
    assert {cell.data_type for cell in cells} == {"s"}
    starts = [cell for cell in cells if cell.value == text]
    if text[0] != "h":
        assert all(cell.quotePrefix for cell in starts)
    with ZipFile(sent.path) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
        rels = [name for name in package.namelist() if "worksheets/_rels" in name]
        assert not any(b"External" in package.read(name) for name in rels)


def test_their_text_that_looks_like_a_formula_stays_text_in_their_copy(tmp_path):
    book = simple_book(tmp_path / "表.xlsx")
    sent = write_return(book, submission(book, error("B4")), tmp_path / "out")
    cell = openpyxl.load_workbook(sent.path)["填报表"]["B4"]
    assert (cell.data_type, cell.value) == ("s", "=cmd|'/c calc'!A1")


@pytest.mark.parametrize(
    "text", ["\x00\x07", "\ud800", "\u202exslx.exe", "_x003D_1+1", "a" * 40_000, "行\r\n行", "&P&N"]
)
def test_text_that_no_cell_can_hold_is_made_writable(tmp_path, text):
    book = simple_book(tmp_path / "表.xlsx")
    finding = error("B2", f"现在是“{text}”。", value=text, header=text)
    sent = write_return(book, submission(book, finding, agency=text), tmp_path / "out")
    assert sent.is_marked
    shown = index_rows(sent.path)[0][5]
    assert "\u202e" not in (shown or "")
    assert len(shown or "") < 600
    if text.startswith(
        "_x"
    ):  # what Excel would decode is escaped once, so that it shows as written
        with ZipFile(sent.path) as package:
            assert b"_x005F_x003D_1+1" in package.read("xl/worksheets/sheet1.xml")
