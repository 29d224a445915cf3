"""What a person sees of a cell is what is read: number formats, runs, strikes, merges, colours."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Color, Font, PatternFill
from support.drawn_forms import PERIOD, small_plan, write_drawing
from support.hostile_files import FORM, sheet, written

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

DRAWING = """
    # 填报表
    | 指标编码 | 指标名称     | 计量单位 | 上期值 | 本期实际值 | 情况说明 |
    | 1       | 托位数       | 个      |       | 320       | 好      |
    | 2       | 普惠托位占比 | %       |       | 71        |         |
    | 3       | 户籍人口     | 万人    |       | 61        |         |
"""
COUNT, SHARE, PEOPLE = "E2", "E3", "E4"


@pytest.fixture
def read(tmp_path: Path) -> Callable[..., tuple[list[str], object]]:
    """Change a form; return what is found and the number read for the cell that was changed."""

    def change_and_read(change: Callable[[Worksheet], None], cell: str) -> tuple[list[str], object]:
        path = write_drawing(tmp_path / "表.xlsx", DRAWING)
        book = openpyxl.load_workbook(path)
        change(book["填报表"])
        book.save(path)
        plan = small_plan({"1", "2", "3"})
        (result,) = check_files(
            [path], plan, load_rules(), period=PERIOD, history=NoHistory(), jobs=1
        )
        found = [f"{one.code} {one.cell or one.sheet}" for one in result.findings]
        values = {one.source.cell: one.actual for one in result.records if one.source}
        return found, values.get(cell)

    return change_and_read


def put(cell: str, value: object, *, number_format: str = "General", **style: object) -> Callable:
    def change(sheet: Worksheet) -> None:
        sheet[cell] = value
        sheet[cell].number_format = number_format
        for name, part in style.items():
            setattr(sheet[cell], name, part)

    return change


FORMATS = [
    # cell, stored, format → findings, number
    (COUNT, 320, "0.0_%", [], "320"),
    (COUNT, 320, '0"个"', [], "320"),
    (COUNT, 320, 'General"个"', [], "320"),
    (COUNT, 320, '#,##0"人"', ["V106 E2"], None),
    (COUNT, 320, '0"万个"', ["V104 E2"], None),
    (COUNT, 3200, "0.0,", ["V123 E2"], None),
    (COUNT, 320, '"约"0', ["V105 E2"], None),
    (COUNT, 320, '"完成"', ["V123 E2"], None),
    (COUNT, 320, "0!.0", ["V123 E2"], None),
    (COUNT, 320, ";;;", ["V122 E2"], "320"),
    (COUNT, 320, "000000", [], "320"),
    (COUNT, "320", '@"个"', [], "320"),
    (COUNT, "320", '@"万个"', ["V104 E2"], None),
    (COUNT, "320", ";;;", ["V122 E2"], "320"),
    (SHARE, 69.5, "0.0_%", [], "69.5"),
    (SHARE, 69.5, "0.0\\%", [], "69.5"),
    (SHARE, 69.5, '0.0"%"', [], "69.5"),
    (SHARE, 0.695, "0.0%", ["V116 E3"], "69.5"),
    (SHARE, 0.695, "[Red][<1]0.0%;0.0", ["V116 E3"], "69.5"),
    (SHARE, 69.5, "[Red][<1]0.0%;0.0", [], "69.5"),
    (SHARE, 69.5, '0.0"‰"', ["V106 E3"], None),
    (PEOPLE, 61, '0"亿人"', ["V104 E4"], None),
    (PEOPLE, 61, '0.00"万人"', [], "61"),
    (PEOPLE, 61, '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', [], "61"),
]


@pytest.mark.parametrize(("cell", "stored", "code", "found", "number"), FORMATS)
def test_a_number_is_read_as_its_format_shows_it(read, cell, stored, code, found, number):
    findings, value = read(put(cell, stored, number_format=code), cell)
    assert findings == found
    if number is None:
        assert not isinstance(value, Decimal)
    else:
        assert value == Decimal(number)


def rich(*runs: tuple[str, dict[str, object]]) -> CellRichText:
    return CellRichText(*(TextBlock(InlineFont(**font), text) for text, font in runs))


@pytest.mark.parametrize(
    "runs",
    [
        [("100", {}), ("1", {"vertAlign": "superscript"})],
        [("320", {}), ("２", {"vertAlign": "superscript"})],
        [("1", {"vertAlign": "superscript"}), ("320", {})],
        [("32", {}), ("0", {"vertAlign": "subscript"})],
    ],
    ids=["a footnote", "a wide footnote", "a footnote in front", "lowered"],
)
def test_a_raised_digit_is_no_digit_of_the_number(read, runs):
    findings, value = read(put(COUNT, rich(*runs)), COUNT)
    assert findings != []
    assert value in {Decimal(100), Decimal(320)} or not isinstance(value, Decimal)


def test_a_measure_with_a_raised_digit_is_the_measure(read):
    findings, _ = read(put("B2", rich(("托位数", {}), ("*", {"vertAlign": "superscript"}))), COUNT)
    assert findings == []


@pytest.mark.parametrize(
    ("value", "font"),
    [
        (rich(("60", {"strike": True}), ("56", {})), Font()),
        (rich(("56", {}), ("60", {"strike": True})), Font()),
        (56, Font(strike=True)),
        ("56", Font(strike=True)),
    ],
    ids=["beside it", "behind it", "a number", "a text"],
)
def test_what_is_struck_out_is_asked_about(read, value, font):
    findings, read_as = read(put(COUNT, value, font=font), COUNT)
    assert findings == ["V121 E2"]
    assert not isinstance(read_as, Decimal)


def test_an_explanation_is_read_without_what_is_struck_out(read):
    findings, value = read(
        put("F2", rich(("去年的说明", {"strike": True}), ("台风停工", {}))), COUNT
    )
    assert (findings, value) == ([], Decimal(320))


def solid(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color)


UNSEEN = {
    "white on white": {"font": Font(color="FFFFFFFF")},
    "the theme's white": {"font": Font(color=Color(theme=0))},
    "the palette's white": {"font": Font(color=Color(indexed=9))},
    "white on pale yellow": {"font": Font(color="FFFFFFFF"), "fill": solid("FFFFF7CC")},
    "black on black": {"font": Font(color="FF000000"), "fill": solid("FF000000")},
    "blue on the same blue": {"font": Font(color="FF1F4E79"), "fill": solid("FF1F4E79")},
    "very pale grey": {"font": Font(color="FFF5F5F5")},
    "one point high": {"font": Font(size=1)},
}
SEEN = {
    "white on blue": {"font": Font(color="FFFFFFFF"), "fill": solid("FF1F4E79")},
    "grey on white": {"font": Font(color="FF808080")},
    "red on white": {"font": Font(color="FFFF0000")},
    "yellow on white": {"font": Font(color="FFFFFF00")},
    "black on yellow": {"fill": solid("FFFFFF00")},
    "on a pattern": {"fill": PatternFill("gray125")},
}


@pytest.mark.parametrize("style", UNSEEN.values(), ids=UNSEEN)
@pytest.mark.parametrize("value", [320, "320"], ids=["number", "text"])
def test_a_number_that_nobody_sees_is_pointed_out(read, style, value):
    assert read(put(COUNT, value, **style), COUNT) == (["V122 E2"], Decimal(320))


@pytest.mark.parametrize("style", SEEN.values(), ids=SEEN)
def test_a_number_in_colour_is_read_without_a_word(read, style):
    assert read(put(COUNT, 320, **style), COUNT) == ([], Decimal(320))


def test_a_row_without_height_and_a_column_without_width_are_hidden(read):
    def flat(sheet: Worksheet) -> None:
        sheet.row_dimensions[2].height = 0.1

    def narrow(sheet: Worksheet) -> None:
        sheet.column_dimensions["E"].width = 0.05

    assert read(flat, COUNT) == (["T136 E2"], Decimal(320))
    assert read(narrow, COUNT)[0] == ["T136 E2", "T136 E3", "T136 E4"]


def test_a_zero_on_a_sheet_that_shows_no_zeros_is_pointed_out(read):
    def zero(sheet: Worksheet) -> None:
        sheet[COUNT] = 0
        sheet.sheet_view.showZeros = False

    findings, value = read(zero, COUNT)
    assert "V122 E2" in findings
    assert value == Decimal(0)


def test_a_number_below_a_merged_cell_is_not_read(read):
    def merge(sheet: Worksheet) -> None:
        sheet["D2"] = 100
        sheet.merge_cells("D2:E2")
        sheet._cells[2, 5] = openpyxl.cell.Cell(sheet, 2, 5, 105)  # as other programs leave it

    findings, value = read(merge, COUNT)
    assert findings == ["T135 E2"]
    assert not isinstance(value, Decimal)


def test_a_range_merged_to_the_right_of_the_number_is_worth_its_first_cell(read):
    def merge(sheet: Worksheet) -> None:
        sheet.merge_cells("E2:F2")
        sheet._cells[2, 6] = openpyxl.cell.Cell(sheet, 2, 6, "看不见的说明")

    assert read(merge, COUNT) == ([], Decimal(320))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="D2" t="str"><f>""</f><v></v></c>', "T142"),
        ('<c r="D2" t="str"><f>""</f></c>', "T142"),
        ('<c r="D2"><f>A1</f><v></v></c>', "V110"),
        ('<c r="D2"><f>A1</f></c>', "V110"),
    ],
)
def test_a_formula_that_gives_an_empty_text_is_not_filled_in(tmp_path, cell, code):
    form = sheet(FORM.replace('<c r="D2"><v>320.0</v></c>', cell))
    (result,) = check_files(
        [written(tmp_path / "表.xlsx", form)],
        small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory(), jobs=1,
    )  # fmt: skip
    assert code in {one.code for one in result.findings}
    assert [one.code for one in result.findings] == [code]


@pytest.mark.parametrize("is_1904", [False, True])
def test_a_small_number_shown_as_a_date_is_offered_as_the_number(tmp_path, is_1904):
    path = write_drawing(tmp_path / "表.xlsx", DRAWING)
    book = openpyxl.load_workbook(path)
    cell = book["填报表"][COUNT]
    cell.value, cell.number_format = 9, "yyyy/m/d"
    if is_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.save(path)
    (result,) = check_files(
        [path], small_plan({"1", "2", "3"}), load_rules(), period=PERIOD, history=NoHistory()
    )
    (finding,) = [one for one in result.findings if one.cell == COUNT]
    assert (finding.code, finding.suggestion) == ("V107", "9")
    assert "1904" in finding.message if is_1904 else "1900-01-09" in finding.message
