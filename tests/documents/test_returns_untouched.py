"""Files that are not marked: the index stands beside the untouched original."""

from __future__ import annotations

import struct
import time
import zipfile
import zlib
from io import BytesIO

import openpyxl
import pytest
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from support.returned_forms import (
    edited,
    error,
    head_text,
    index_rows,
    simple_book,
    submission,
    with_part,
)

from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.returns.survey import survey
from qiyx_xl.documents.returns.write import write_return

SHEET = "xl/worksheets/sheet1.xml"
OFFICE = "application/vnd.openxmlformats-officedocument"
MICROSOFT = "application/vnd.ms-office"


def png() -> bytes:
    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0\0"))
        + chunk(b"IEND", b"")
    )


def drawn(path, draw):
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("填报表")
    page.write("A1", 1)
    page.write("A2", "320个")
    draw(book, page)
    book.close()
    return path


def with_chart(book, page):
    chart = book.add_chart({"type": "column"})
    chart.add_series({"values": "=填报表!$A$1:$A$1"})
    if isinstance(page, xlsxwriter.chartsheet.Chartsheet):
        page.set_chart(chart)
    else:
        page.insert_chart("D2", chart)


def with_picture(book, page):
    page.insert_image("D2", "x.png", {"image_data": BytesIO(png())})


DRAWN = {
    "图表": with_chart,
    "图片": with_picture,
    "图片、图表或形状": lambda book, page: page.insert_textbox("D2", "字"),
    "控件": lambda book, page: page.insert_button("D2", {"caption": "按"}),
    "迷你图": lambda book, page: page.add_sparkline("D1", {"range": "填报表!A1:A2"}),
    "新式条件格式": lambda book, page: page.conditional_format(
        "A1:A2", {"type": "data_bar", "data_bar_2010": True}
    ),
    "动态数组公式": lambda book, page: page.write_dynamic_array_formula("D1:D2", "=A1:A2*2"),
    "图表工作表": lambda book, page: with_chart(book, book.add_chartsheet()),
}


@pytest.mark.parametrize(("what", "draw"), DRAWN.items())
def test_what_openpyxl_would_lose_keeps_the_original_untouched_and_is_named(tmp_path, what, draw):
    path = drawn(tmp_path / "表 甲.xlsx", draw)
    sent = write_return(path, submission(path, error("A2", "请改为 320。")), tmp_path / "out")
    assert not sent.is_marked
    assert what.split("、")[0] in sent.reason
    assert (sent.path.name, sent.original.name) == ("表 甲_退回说明.xlsx", "表 甲_原件.xlsx")
    assert sent.original.read_bytes() == path.read_bytes()
    assert openpyxl.load_workbook(sent.path).sheetnames == ["退回说明"]
    assert index_rows(sent.path)[0][6] == "请改为 320。"
    head = head_text(sent.path)
    assert "“表 甲_原件.xlsx”是您报送的原件，一字未动。" in head
    assert "标注会弄丢它们" in head
    page = openpyxl.load_workbook(sent.path).active
    assert not [cell for row in page.iter_rows() for cell in row if cell.hyperlink]


PARTS = {
    "xl/vbaProject.bin": (f"{MICROSOFT}.vbaProject", "宏"),
    "xl/externalLinks/externalLink1.xml": (
        f"{OFFICE}.spreadsheetml.externalLink+xml",
        "链接到其他文件",
    ),
    "xl/pivotTables/pivotTable1.xml": (f"{OFFICE}.spreadsheetml.pivotTable+xml", "数据透视表"),
    "xl/slicers/slicer1.xml": ("application/vnd.ms-excel.slicer+xml", "切片器"),
    "xl/timelines/timeline1.xml": ("application/vnd.ms-excel.timeline+xml", "日程表"),
    "xl/ctrlProps/ctrlProp1.xml": ("application/vnd.ms-excel.controlproperties+xml", "控件"),
    "xl/activeX/activeX1.xml": (f"{MICROSOFT}.activeX+xml", "控件"),
    "xl/embeddings/oleObject1.bin": (f"{OFFICE}.oleObject", "嵌入的文件"),
    "xl/threadedComments/threadedComment1.xml": (
        "application/vnd.ms-excel.threadedcomments+xml",
        "会话批注",
    ),
    "xl/connections.xml": (f"{OFFICE}.spreadsheetml.connections+xml", "数据连接"),
    "xl/cellimages.xml": ("application/vnd.wps-officedocument.cellimage+xml", "嵌入单元格的图片"),
    "customUI/customUI14.xml": ("application/xml", "自定义功能区"),
    "_xmlsignatures/sig1.xml": (
        "application/vnd.openxmlformats-package.digital-signature-xmlsignature+xml",
        "数字签名",
    ),
    "xl/从没见过.xml": ("application/vnd.example.new+xml", "其他特殊内容"),
}


@pytest.mark.parametrize("name", PARTS)
def test_a_part_that_openpyxl_drops_is_recognised_by_its_kind(tmp_path, name):
    kind, what = PARTS[name]
    path = with_part(simple_book(tmp_path / "表.xlsx"), name, b"<x/>", kind)
    assert what in "、".join(survey(path).holds)


SECTIONS = {
    '<drawing xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:id="rId9"/>': "图片、图表或形状",
    "<protectedRanges/>": "允许编辑区域",
    "<customSheetViews/>": "自定义视图",
    "<oleObjects/>": "嵌入的文件",
    '<extLst><ext uri="{CCE6A557-97BC-4B89-ADB6-D9C93CAAB3DF}"/></extLst>': "引用其他工作表的下拉列表",
    '<extLst><ext uri="{00000000-0000-0000-0000-000000000000}"/></extLst>': "其他特殊内容",
    "<neverSeen/>": "其他特殊内容",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_a_sheet_that_openpyxl_drops_is_recognised(tmp_path, section):
    path = edited(
        simple_book(tmp_path / "表.xlsx"), SHEET, "</sheetData>", f"</sheetData>{section}"
    )
    assert survey(path).holds == (SECTIONS[section],)


@pytest.mark.parametrize(
    "section",
    [
        '<phoneticPr fontId="1" type="noConversion"/>',
        '<ignoredErrors><ignoredError sqref="A1"/></ignoredErrors>',
    ],
)
def test_what_nobody_misses_does_not_stop_the_marking(tmp_path, section):
    path = edited(
        simple_book(tmp_path / "表.xlsx"), SHEET, "</sheetData>", f"</sheetData>{section}"
    )
    assert survey(path).is_plain


FAR_FORMULAS = {
    "cmd|'/c calc'!A1": "动态数据交换",
    "DDE(1)": "引用其他文件",
    "[1]Sheet1!A1": "引用其他文件",
    "'C:\\\\[别的.xlsx]表'!A1": "引用其他文件",
    'WEBSERVICE("http://x")': "引用其他文件",
}


@pytest.mark.parametrize("formula", FAR_FORMULAS)
def test_a_formula_that_reaches_out_is_never_saved_again_by_us(tmp_path, formula):
    path = edited(
        simple_book(tmp_path / "表.xlsx"), SHEET, "<v>66.5</v>", f"<f>{formula}</f><v>66.5</v>"
    )
    sent = write_return(path, submission(path, error("B2")), tmp_path / "out")
    assert FAR_FORMULAS[formula] in sent.reason
    assert sent.original.read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    "formula", ["A1*2", 'IF(A1=1,"甲|乙","[1]x!")', "SUM(表1[实际])", "填报表!B3"]
)
def test_an_ordinary_formula_of_theirs_stays(tmp_path, formula):
    path = edited(
        simple_book(tmp_path / "表.xlsx"), SHEET, "<v>66.5</v>", f"<f>{formula}</f><v>66.5</v>"
    )
    sent = write_return(path, submission(path, error("B2")), tmp_path / "out")
    assert sent.is_marked, sent.reason
    assert openpyxl.load_workbook(sent.path)["填报表"]["B3"].value == f"={formula}"


def test_the_list_of_what_is_kept_is_what_openpyxl_keeps(tmp_path):
    """The other way round: a workbook with all that is on the list comes out with all of it."""
    path = tmp_path / "都有.xlsx"
    book = xlsxwriter.Workbook(str(path))
    page = book.add_worksheet("填报表")
    rich, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_row("A1", ["甲", "乙"])
    page.write_rich_string("A9", "前", rich, "粗", "后")
    page.write_number("B9", 45000, day)
    page.add_table("D1:E3", {"columns": [{"header": "子"}, {"header": "丑"}]})
    page.write_comment("A1", "批注")
    page.conditional_format("A1:A5", {"type": "cell", "criteria": ">", "value": 3, "format": rich})
    page.data_validation("B2", {"validate": "list", "source": ["是", "否"]})
    page.write_url("A5", "https://example.org/", string="链接")
    page.merge_range("A6:B7", "合并")
    page.freeze_panes(1, 1)
    page.set_row(3, 40, None, {"hidden": True})
    page.set_column("C:C", 30)
    page.set_h_pagebreaks([20])
    page.set_header("&C页眉")
    page.protect("x")
    page.print_area("A1:E9")
    page.repeat_rows(0)
    book.define_name("范围", "=填报表!$A$1")
    book.close()
    sent = write_return(path, submission(path, error("B2")), tmp_path / "out")
    assert sent.is_marked, sent.reason
    before, after = (openpyxl.load_workbook(one, rich_text=True) for one in (path, sent.path))
    left, right = before["填报表"], after["填报表"]
    assert right["A9"].value == left["A9"].value
    assert right["A1"].comment.text == "批注"
    assert right["A5"].hyperlink.target == "https://example.org/"
    assert right.tables.keys() == left.tables.keys()
    assert str(right.merged_cells) == str(left.merged_cells)
    assert right.row_dimensions[4].hidden
    assert right.column_dimensions["C"].width == left.column_dimensions["C"].width
    assert right.freeze_panes == left.freeze_panes
    assert len(right.conditional_formatting) == 1
    assert right.data_validations.dataValidation[0].formula1 == '"是,否"'
    assert [one.id for one in right.row_breaks.brk] == [20]
    assert right.oddHeader.center.text == "页眉"
    assert (right.print_area, right.print_title_rows) == (left.print_area, left.print_title_rows)
    assert after.defined_names["范围"].value == "填报表!$A$1"


# --- made to stop whoever opens them ------------------------------------------------------------


def rows_of(count, cells):
    return "".join(f'<row r="{r}">{cells(r)}</row>' for r in range(1, count + 1))


HOSTILE = {
    "merge over the grid": '</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>',
    "link over the grid": '</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="A1"/></hyperlinks>',
    "link over a column": '</sheetData><hyperlinks><hyperlink ref="A:A" location="A1"/></hyperlinks>',
    "far cell": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>',
    "many ranges": "</sheetData><mergeCells>" + '<mergeCell ref="A1:A2"/>' * 6000 + "</mergeCells>",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_workbook_made_to_hang_openpyxl_is_not_opened_by_it(tmp_path, monkeypatch, case):
    path = edited(simple_book(tmp_path / "表.xlsx"), SHEET, "</sheetData>", HOSTILE[case])
    monkeypatch.setattr(openpyxl, "load_workbook", lambda *_, **__: pytest.fail("opened"))
    started = time.monotonic()
    sent = write_return(path, submission(path, error("B2")), tmp_path / "out")
    assert time.monotonic() - started < 5
    assert not sent.is_marked
    assert sent.original.read_bytes() == path.read_bytes()


def test_a_million_styled_blank_rows_are_given_up_early(tmp_path):
    many = rows_of(100_000, lambda _: "").replace("></row>", ' s="1" customFormat="1"/>')
    path = edited(simple_book(tmp_path / "表.xlsx"), SHEET, "</sheetData>", f"{many}</sheetData>")
    assert survey(path).obstacle == "原件用到的范围太大"


def test_a_comment_on_a_whole_column_is_refused(tmp_path):
    path = drawn(tmp_path / "表.xlsx", lambda _, page: page.write_comment("A1", "批注"))
    edited(path, "xl/comments1.xml", 'ref="A1"', 'ref="A1:XFD1048576"')
    assert not survey(path).is_plain


def test_entities_are_never_handed_on(tmp_path):
    for part in (SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"):
        path = edited(
            simple_book(tmp_path / "表.xlsx"), part, "?>", '?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
        )
        assert not survey(path).is_plain, part


def test_a_bomb_is_measured_by_what_it_says_of_itself(tmp_path):
    path = simple_book(tmp_path / "表.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as package:
        package.writestr("xl/大.xml", b"\0" * (65 << 20))
    assert survey(path).obstacle == "原件用到的范围太大"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"PK\x03\x04 cut off",
        b"<html></html>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
    ],
)
def test_what_cannot_be_opened_goes_back_with_an_index_beside_it(tmp_path, content):
    path = tmp_path / "坏.xls"
    path.write_bytes(content)
    sent = write_return(
        path, submission(path, error(None, "请另存为 .xlsx。", sheet=None)), tmp_path / "out"
    )
    assert sent.original.name == "坏_原件.xls"
    assert sent.original.read_bytes() == content
    assert sent.reason


def test_a_workbook_that_the_marker_cannot_load_goes_back_with_that_as_the_reason(tmp_path):
    path = simple_book(tmp_path / "表.xlsx")
    # Excel and our reader pass over a family of fonts that there is not; openpyxl gives up.
    edited(path, "xl/styles.xml", '<family val="2"', '<family val="99"')
    sent = write_return(path, submission(path, error("B2")), tmp_path / "out")
    assert not sent.is_marked
    assert "打不开" in sent.reason
    assert "对不上" not in sent.reason


def test_an_unreadable_file_is_not_even_looked_into(tmp_path, monkeypatch):
    path = simple_book(tmp_path / "表.xlsx")
    monkeypatch.setattr(
        "qiyx_xl.documents.returns.write.survey", lambda _: pytest.fail("looked into")
    )
    sent = write_return(
        path,
        submission(path, error(None, sheet=None), status=SubmissionStatus.UNREADABLE),
        tmp_path / "out",
    )
    assert sent.reason == "原件读不了"
    assert sent.original.read_bytes() == path.read_bytes()


def test_openpyxl_failing_on_a_file_is_no_failure_of_ours(tmp_path, monkeypatch):
    path = simple_book(tmp_path / "表.xlsx")

    def broken(*_, **__):
        raise TypeError("expected <class 'int'>")

    monkeypatch.setattr(openpyxl, "load_workbook", broken)
    sent = write_return(path, submission(path, error("B2")), tmp_path / "out")
    assert not sent.is_marked
    assert sent.original.read_bytes() == path.read_bytes()


def test_a_chart_made_by_openpyxl_itself_counts_too(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = 1
    chart = BarChart()
    chart.add_data(Reference(book.active, min_col=1, min_row=1))
    book.active.add_chart(chart, "C3")
    book.save(tmp_path / "图.xlsx")
    assert not survey(tmp_path / "图.xlsx").is_plain
