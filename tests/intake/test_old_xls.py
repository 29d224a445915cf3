"""An old .xls is looked at like an .xlsx: what a person sees is what is read, or it is said."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import xlwt
from support.compound_files import compound
from support.drawn_forms import PERIOD, small_plan
from support.old_forms import error_at, formula, old_form, records, spelled, workbook_stream

from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.intake.workbook.guard import guard
from qiyx_xl.intake.workbook.reader import read_sheets

NUMBER, FORMULA, DIMENSIONS, BOUND_SHEET, LABEL_SST, TEXT_RESULT = (
    0x0203,
    0x0006,
    0x0200,
    0x0085,
    0x00FD,
    0x0207,
)
BOF, EOF, ROW = 0x0809, 0x000A, 0x0208


@pytest.fixture
def told(tmp_path):
    """What is said of an .xls: its status, what was booked, and each finding's code and place."""

    def tell(data: bytes):
        path = tmp_path / "表.xls"
        path.write_bytes(data)
        (result,) = check_files(
            [path], small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory()
        )
        actual = result.records[0].actual if result.records else None
        said = [f"{f.code} {f.cell or ''}".strip() for f in result.findings if f.code != "F206"]
        return result.status.value, actual, said

    return tell


def saved_with(stream: bytes, name: str = "Workbook", **more: bytes) -> bytes:
    return compound({name: stream, **more})


def test_a_plain_number_is_booked_and_nothing_is_said_but_that_it_is_old(told):
    assert told(old_form(320)) == ("accepted", Decimal(320), [])


ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A",
}  # fmt: skip


@pytest.mark.parametrize(("code", "error"), ERRORS.items(), ids=ERRORS.values())
def test_an_error_is_one_and_no_blank(told, code, error):
    status, actual, said = told(old_form(None, and_then=error_at(1, 3, code)))
    assert (status, actual.text, said) == ("returned", error, ["V109 D2"])


@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK", "workbook", "WorkBook", "Book", "BOOK"])
def test_the_workbook_is_found_however_its_stream_is_called(told, name):
    assert told(saved_with(workbook_stream(old_form(320)), name)) == ("accepted", Decimal(320), [])


# --- formulas ---------------------------------------------------------------------------------


def with_formula(
    result: bytes, *, flags: int = 0, text: str | None = None, is_excels: bool = True
) -> bytes:
    """A form whose D2 is a formula with this stored result."""
    found = []
    for number, data in records(workbook_stream(old_form(formula("160*2")))):
        is_formula = number == FORMULA
        new = data[:6] + result + struct.pack("<H", flags) + data[16:]
        found.append((number, new if is_formula else data))
        if number == FORMULA and text is not None:
            found.append((TEXT_RESULT, struct.pack("<HB", len(text), 1) + text.encode("utf-16-le")))
    if is_excels:
        found.insert(1, (0x01C1, struct.pack("<HHI", 0x01C1, 0, 0x2EDF0)))
    return saved_with(spelled(found))


def special(kind: int, value: int = 0) -> bytes:
    return bytes([kind, 0, value, 0, 0, 0, 0xFF, 0xFF])


@pytest.mark.parametrize(
    ("data", "actual", "said"),
    [
        (with_formula(struct.pack("<d", 320.0)), Decimal(320), "V111 D2"),
        (with_formula(struct.pack("<d", 0.0)), Decimal(0), "V111 D2"),
        (with_formula(struct.pack("<d", 0.0), flags=2), "公式没有结果", "V110 D2"),
        (with_formula(special(2, 0x2A)), "公式出错", "V109 D2"),
        (with_formula(special(0), text="320"), Decimal(320), "V111 D2"),
        (with_formula(special(0), text=""), Absence.NOT_REPORTED, "T142"),
        (with_formula(special(3)), Absence.NOT_REPORTED, "T142"),
        (with_formula(special(3), is_excels=False), "公式没有结果", "V110 D2"),
        (with_formula(special(0)), "公式没有结果", "V110 D2"),
    ],
    ids=["a number", "zero", "zero, still to be worked out", "an error", "a text", "an empty text",
         "nothing, by Excel", "nothing, by another program", "a text that is not there"],
)  # fmt: skip
def test_a_formula_is_worth_its_stored_result_if_it_has_one(told, data, actual, said):
    _, found, codes = told(data)
    assert getattr(found, "reason", found) == actual
    assert said in codes


# --- how it looks -----------------------------------------------------------------------------


def style(number_format: str = "General", **font: object) -> xlwt.XFStyle:
    made = xlwt.XFStyle()
    made.num_format_str = number_format
    for name, value in font.items():
        setattr(made.font, name, value)
    return made


def test_a_percentage_is_read_as_it_is_shown(told):
    _, actual, said = told(old_form(3.2, style("0%")))
    assert actual.text == "320%"
    assert [one[:4] for one in said] == ["V106"]


LOOKS = {
    "a percent sign that is only padding": (style("0.0_%"), "accepted", []),
    "a percent sign in quotes": (style('0"%"'), "returned", ["V106"]),
    "another measure, from the format": (style('0"万个"'), "returned", ["V104"]),
    "a format that shows nothing": (style(";;;"), "accepted", ["V122"]),
    "white on white": (style(colour_index=1), "accepted", ["V122"]),
    "a font nobody can read": (style(height=20), "accepted", ["V122"]),
    "struck out": (style(struck_out=True), "returned", ["V121"]),
    "plain, with thousands": (style("#,##0.00"), "accepted", []),
}


@pytest.mark.parametrize(("made", "status", "codes"), LOOKS.values(), ids=LOOKS)
def test_a_number_is_looked_at_as_in_an_xlsx(told, tmp_path, made, status, codes):
    found = told(old_form(320, made))
    assert (found[0], [one[:4] for one in found[2]]) == (status, codes)


def test_a_raised_footnote_is_no_digit(told):
    raised = xlwt.Font()
    raised.escapement = xlwt.Font.ESCAPEMENT_SUPERSCRIPT
    _, actual, said = told(old_form(["320", ("1", raised)]))
    assert actual != Decimal(3201)
    assert said


def test_what_is_struck_out_beside_a_number_is_no_part_of_it(told):
    struck = xlwt.Font()
    struck.struck_out = True
    _, actual, said = told(old_form([("60", struck), "320"]))
    assert (actual.text, actual.reason) == ("320", "画了删除线")
    assert [one[:4] for one in said] == ["V121"]


def test_the_cells_own_font_strikes_out_only_what_has_no_other(told):
    (sheet, _) = read_sheets(
        guard(old_form(["60", (" 56", xlwt.Font())], style(struck_out=True)), ".xls")
    )
    cell = sheet.cell(2, 4)
    assert (cell.text, cell.look.struck) == ("56", "60")


def hide_row(sheet):
    sheet.row(1).hidden = True


def flatten_row(sheet):
    sheet.row(1).height_mismatch = True
    sheet.row(1).height = 0


def hide_column(sheet):
    sheet.col(3).hidden = True


def narrow_column(sheet):
    sheet.col(3).width = 0


@pytest.mark.parametrize("hide", [hide_row, flatten_row, hide_column, narrow_column])
def test_a_number_in_a_hidden_row_or_column_is_asked_about(told, hide):
    _, actual, said = told(old_form(320, and_then=hide))
    assert actual == Decimal(320)
    assert said == ["T136 D2"]


def test_a_merged_range_is_worth_its_first_cell(tmp_path):
    def merge(sheet):
        sheet.merge(1, 1, 3, 4)
        sheet.write(1, 4, 105)

    (sheet, _) = read_sheets(guard(old_form(100, and_then=merge), ".xls"))
    assert sheet.facts.merges == [(2, 4, 2, 5)]
    assert sheet.rows[1][3:] == [100.0, None]


@pytest.mark.parametrize(
    ("counted_from_1904", "day"), [(False, "2026-09-30"), (True, "2030-10-01")]
)
def test_days_are_counted_from_where_the_workbook_counts_them(counted_from_1904, day):
    made = old_form(46295, style("yyyy-mm-dd"), dates_1904=counted_from_1904)
    (sheet, _) = read_sheets(guard(made, ".xls"))
    assert str(sheet.cell(2, 4).value) == day


def test_a_hidden_sheet_is_one():
    form, identity = read_sheets(guard(old_form(), ".xls"))
    assert (form.is_hidden, identity.is_hidden) == (False, True)


# --- what is stored is what is read -----------------------------------------------------------


def changed(change, value: object = 320) -> bytes:
    """A form whose records are changed: each is given as a list of what takes its place."""
    found = [new for old in records(workbook_stream(old_form(value))) for new in change(*old)]
    return saved_with(spelled(found))


def test_rows_that_stand_before_their_dimensions_are_not_lost(told):
    moved = records(workbook_stream(old_form(320)))
    dimensions = [r for r in moved if r[0] == DIMENSIONS]
    rest = [r for r in moved if r[0] != DIMENSIONS]
    ends = [at for at, r in enumerate(rest) if r[0] == EOF]
    rest.insert(ends[1], dimensions[0])
    assert told(saved_with(spelled(rest))) == ("accepted", Decimal(320), [])


def test_cells_of_a_chart_in_the_sheet_are_no_cells_of_it(told):
    chart = [
        (BOF, struct.pack("<HHHHII", 0x0600, 0x0020, 0, 0x07CC, 0, 0)),
        (NUMBER, struct.pack("<HHHd", 1, 3, 0, 999.0)),
        (EOF, b""),
    ]
    found = records(workbook_stream(old_form(320)))
    ends = [at for at, record in enumerate(found) if record[0] == EOF]
    found[ends[1] : ends[1]] = chart
    stream = spelled_with_charts(found)
    assert told(saved_with(stream)) == ("accepted", Decimal(320), [])


def spelled_with_charts(found) -> bytes:
    stream, at, begins, depth = spelled(found), 0, [], 0
    for number, data in found:
        if number == BOF:
            if depth == 0:
                begins.append(at)
            depth += 1
        elif number == EOF:
            depth -= 1
        at += 4 + len(data)
    result, at, sheets = bytearray(stream), 0, iter(begins[1:])
    for number, data in found:
        if number == BOUND_SHEET:
            struct.pack_into("<I", result, at + 4, next(sheets))
        at += 4 + len(data)
    return bytes(result)


def test_text_boxes_and_links_that_are_broken_do_not_matter(told):
    rubbish = [
        (0x01B6, b"\xff" * 9),
        (0x01B8, b"\x00"),
        (0x001C, b"\xff"),
        (0x01B0, b"\x01"),
        (0x005D, b"\x09" * 3),
    ]
    found = records(workbook_stream(old_form(320)))
    ends = [at for at, record in enumerate(found) if record[0] == EOF]
    found[ends[1] : ends[1]] = rubbish
    found.insert(1, (0x0018, b"\xff" * 20))
    assert told(saved_with(spelled(found))) == ("accepted", Decimal(320), [])


def test_a_reader_that_loses_a_cell_is_found_out(monkeypatch):
    import xlrd

    opened = xlrd.open_workbook

    def losing(**how):
        book = opened(**how)
        by_index = book.sheet_by_index

        def without_the_number(index):
            sheet = by_index(index)
            for cells in (sheet._cell_types, sheet._cell_values, sheet._cell_xf_indexes):
                del cells[1][3:]
            return sheet

        book.sheet_by_index = without_the_number
        return book

    monkeypatch.setattr(xlrd, "open_workbook", losing)
    # Read here: a worker may be a process of its own, which knows nothing of what is replaced here.
    with pytest.raises(Refused) as refused:
        list(read_sheets(guard(old_form(320), ".xls")))
    assert refused.value.finding.code == "F127"


def test_a_cell_that_is_there_twice_is_refused(told):
    def twice(number, data):
        is_value = number in {0x027E, NUMBER}
        return [(number, data), (number, data)] if is_value else [(number, data)]

    assert told(changed(twice, 320.5))[2] == ["F119"]


def test_a_sheet_in_gbk_of_excel_95_is_read():
    (sheet,) = read_sheets(
        guard(excel_95({(0, 0): "指标编码", (0, 1): "本期实际值", (1, 0): "一"}), ".xls")
    )
    assert sheet.name == "填报表"
    assert [sheet.text(1, 1), sheet.text(1, 2), sheet.text(2, 1)] == [
        "指标编码",
        "本期实际值",
        "一",
    ]
    assert sheet.rows[1][1] == 320.0


@pytest.mark.parametrize("code_page", [936, None])
def test_the_code_page_of_excel_95_may_go_unsaid(code_page):
    (sheet,) = read_sheets(guard(excel_95({(0, 0): "指标编码"}, code_page), ".xls"))
    assert sheet.text(1, 1) == "指标编码"


def excel_95(texts: dict[tuple[int, int], str], code_page: int | None = 936) -> bytes:
    """A workbook of Excel 95: texts in GBK, B2 is 320."""

    def bof(kind: int) -> tuple[int, bytes]:
        return BOF, struct.pack("<HHHH", 0x0500, kind, 0x0DBB, 0x07CC)

    name = "填报表".encode("gbk")
    font = struct.pack("<HHHHHBBBB", 200, 0, 0x7FFF, 400, 0, 0, 0, 134, 0) + b"\x05Arial"
    found = [bof(0x0005)]
    if code_page is not None:
        found.append((0x0042, struct.pack("<H", code_page)))
    found += [(0x0031, font)] * 4 + [(0x00E0, struct.pack("<HHH10x", 0, 0, 0xFFF5))]
    found += [
        (BOUND_SHEET, struct.pack("<IBBB", 0, 0, 0, len(name)) + name),
        (EOF, b""),
        bof(0x0010),
    ]
    for (row, column), text in texts.items():
        found.append(
            (
                0x0204,
                struct.pack("<HHHH", row, column, 0, len(text.encode("gbk"))) + text.encode("gbk"),
            )
        )
    found += [(NUMBER, struct.pack("<HHHd", 1, 1, 0, 320.0)), (EOF, b"")]
    return saved_with(spelled(found), "Book")


# --- broken and hostile -----------------------------------------------------------------------


def test_a_cell_far_away_is_refused_before_anything_is_laid_out(told):
    assert told(old_form(320, and_then=lambda sheet: sheet.write(65535, 255, 1)))[2] == ["F112"]


@pytest.mark.slow
def test_every_shorter_and_every_changed_file_is_a_finding_or_the_right_number(told):
    whole = old_form(320)
    for size in range(0, len(whole), 331):
        if size:
            status, actual, said = told(whole[:size])
            assert status == "unreadable" or actual == Decimal(320), (size, said)
            assert "F114" not in said, (size, said)
    for at in range(0, len(whole), 211):
        broken = bytearray(whole)
        broken[at] ^= 0xFF
        assert "F114" not in told(bytes(broken))[2], at


def test_chains_that_go_round_end(told):
    whole = bytearray(old_form(320))
    table = struct.unpack_from("<I", whole, 76)[0]
    for at in range(20):
        struct.pack_into("<I", whole, 512 * (table + 1) + 4 * at, 0)
    assert told(bytes(whole))[0] == "unreadable"


@pytest.mark.parametrize("at", [44, 64, 72])
def test_tables_longer_than_the_file_are_refused(told, at):
    whole = bytearray(old_form(320))
    struct.pack_into("<I", whole, at, 0x7FFFFFFF)
    assert told(bytes(whole))[2] == ["F106"]


def test_two_workbooks_in_one_file_are_refused(told):
    stream = workbook_stream(old_form(320))
    assert told(saved_with(stream, "Workbook", WORKBOOK=stream))[2] == ["F106"]


def test_two_sheets_of_one_name_are_refused_by_that_name():
    found = records(workbook_stream(old_form(320)))
    names = [data for number, data in found if number == BOUND_SHEET]
    same = [(number, names[0] if number == BOUND_SHEET else data) for number, data in found]
    with pytest.raises(Refused, match="有两张工作表都叫“填报表”"):
        list(read_sheets(guard(saved_with(spelled(same)), ".xls")))


_SUMMARY_OF = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")


def summary(filetime: int, kind: int = 0x40) -> bytes:
    """A document's summary (MS-OLEPS) that says when it was last saved, and nothing else."""
    section = struct.pack("<LLLLLQ", 28, 1, 0x0D, 16, kind, filetime)
    head = struct.pack("<HHL16sL16sL", 0xFFFE, 0, 0x20105, b"", 1, _SUMMARY_OF, 48)
    return head + section


def ticks(moment: datetime) -> int:
    """A moment as Windows counts it: in tenths of microseconds since 1601."""
    return (moment - datetime(1601, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1) * 10


SAVED = datetime(2026, 10, 8, 10, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (summary(ticks(SAVED)), SAVED),
        (summary(0), None),
        (summary(ticks(SAVED), kind=0x03), None),
        (summary(2**63), None),
        (summary(ticks(SAVED))[:50], None),
        (b"\xff" * 400, None),
        (b"\xff" * (1 << 17), None),
    ],
    ids=["said", "1601", "a number", "far future", "cut", "no summary", "huge"],
)
def test_when_a_workbook_was_saved_is_what_its_summary_says(tmp_path, said, expected):
    stream = workbook_stream(old_form(320))
    path = tmp_path / "表.xls"
    path.write_bytes(saved_with(stream, **{"\x05SummaryInformation": said}))
    (result,) = check_files(
        [path], small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory()
    )
    assert result.status.value == "accepted"
    assert result.modified == expected


def test_macros_and_embedded_files_are_said(told):
    stream = workbook_stream(old_form(320))
    data = compound(
        {"Workbook": stream, "_VBA_PROJECT_CUR/VBA/dir": b"x", "MBD0001/CONTENTS": b"x"}
    )
    assert told(data) == ("accepted", Decimal(320), ["F201", "F204"])


def link(path: bytes) -> tuple[int, bytes]:
    return 0x01AE, struct.pack("<HHB", 1, len(path), 0) + path


@pytest.mark.parametrize(
    ("records_more", "code"),
    [
        ([link(b"\x01\x04other.xls")], ["F202"]),
        ([link(b"cmd\x03/c calc")], ["F203"]),
        ([(0x01AE, struct.pack("<HH", 2, 0x0401))], []),
        ([(BOUND_SHEET, struct.pack("<IBBBB", 0, 0, 1, 1, 0) + b"M")], ["F201"]),
    ],
    ids=["to another workbook", "to a program", "to itself", "a sheet of old macros"],
)
def test_links_and_old_macros_are_said(told, records_more, code):
    found = records(workbook_stream(old_form(320)))
    at = next(at for at, record in enumerate(found) if record[0] == BOUND_SHEET) + 2
    assert told(saved_with(spelled([*found[:at], *records_more, *found[at:]]))) == (
        "accepted",
        Decimal(320),
        code,
    )


def test_an_old_and_a_new_format_give_the_same_cells(tmp_path):
    from support.drawn_forms import write_drawing

    drawing = (
        "# 填报表\n| 指标编码 | 指标名称 | 计量单位 | 本期实际值 |\n| '1 | 托位数 | 个 | 320 |"
    )
    new, _ = read_sheets(guard(write_drawing(tmp_path / "表.xlsx", drawing).read_bytes(), ".xlsx"))
    old, _ = read_sheets(guard(old_form(320), ".xls"))
    assert old.rows == new.rows
    assert old.facts == new.facts
