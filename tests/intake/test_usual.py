"""The one-pass reader and the XML parser say the same of every workbook both read."""

from __future__ import annotations

import random

import pytest
from support.drawn_forms import write_drawing
from support.hostile_files import packed, sheet
from support.hostile_files import parts as parts_by_hand
from support.paths import ROOT
from test_fuzz import DRAWING, damaged_structure
from test_fuzz import parts_of as unzipped

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.intake.cells import styles
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook import reader as reading
from qiyx_xl.intake.workbook.guard import guard
from qiyx_xl.intake.workbook.reader import read_sheets
from qiyx_xl.intake.xlsx import fast_reader as usual
from qiyx_xl.intake.xlsx import sheet_parser
from qiyx_xl.intake.xlsx.fast_reader import Unusual

EXAMPLES = sorted((ROOT / "examples").rglob("*.xlsx"))


def told(data: bytes) -> object:
    """Everything that is known of a workbook's cells, or why it cannot be read."""
    try:
        return [
            (
                one.name,
                one.is_hidden,
                [[None if value == "" else value for value in row] for row in one.rows],
                one.facts,
            )
            for one in read_sheets(guard(data, ".xlsx"))
        ]
    except Refused as refused:
        return refused.finding.code


def trimmed(told_of: object) -> object:
    """Leave out the blank cells at the right and below: one lays out formatted ones, one not."""
    if isinstance(told_of, str):
        return told_of
    return [
        (name, is_hidden, [row[: facts.columns] for row in rows[: facts.rows]], facts)
        for name, is_hidden, rows, facts in told_of
    ]


@pytest.fixture
def both(monkeypatch):
    """Read a workbook both ways; the third answer is whether the one-pass reader read it."""

    def read(data: bytes) -> tuple[object, object, bool]:
        has_stepped_aside = False

        def step_aside(*_: object) -> None:
            raise Unusual

        def watch(*args: object) -> object:
            nonlocal has_stepped_aside
            try:
                return original(*args)
            except Unusual:
                has_stepped_aside = True
                raise

        original = reading.read_usual
        with monkeypatch.context() as patch:
            patch.setattr(reading, "read_usual", watch)
            quick = trimmed(told(data))
        with monkeypatch.context() as patch:
            # Every row is read like the rows of a list far below.
            patch.setattr(usual, "_LAST_OF_A_FORM", 0)
            assert trimmed(told(data)) == quick
        with monkeypatch.context() as patch:
            patch.setattr(reading, "read_usual", step_aside)
            slow = trimmed(told(data))
        return quick, slow, not has_stepped_aside

    return read


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_both_say_the_same_of_what_offices_send(both, path):
    quick, slow, _ = both(path.read_bytes())
    assert quick == slow


def test_our_own_form_is_read_in_one_pass(both, tmp_path, plan, rules):
    path = tmp_path / "表.xlsx"
    write_form(path, plan, rules, plan.agencies[0], Period.parse("2026Q3"), last_values={})
    quick, slow, was_quick = both(path.read_bytes())
    assert was_quick
    assert quick == slow


@pytest.mark.parametrize(
    "cell",
    [
        "320", "-1.50", "1E5", "0", "'=1+1", "a & b < c > \"d\" 'e'", "65%%", "@2026-09-30", "TRUE",
        "#N/A", "=1+1 → 2", "=1+1 →", "'96", "·前后·", "'", "第一行\n第二行", "_x000D_", "😀",
    ],
)  # fmt: skip
def test_both_say_the_same_of_a_cell(both, tmp_path, cell):
    drawing = f"# 填报表\n| 指标编码 | 指标名称 | 本期实际值 |\n| 1 | 托位数 | {cell.replace(chr(10), '⏎')} |"
    path = write_drawing(tmp_path / "表.xlsx", drawing, hidden_rows=[2], merges=["A1:B2"])
    quick, slow, _ = both(path.read_bytes().replace("⏎".encode(), b"\n"))
    assert quick == slow


@pytest.mark.slow
def test_both_say_the_same_of_damaged_workbooks(both, tmp_path):
    path = write_drawing(tmp_path / "表.xlsx", DRAWING.replace("=30+31 → 61", "61"))
    original, dice = path.read_bytes(), random.Random(3)
    read_in_one_pass = 0
    for _ in range(300):
        quick, slow, was_quick = both(damaged_structure(original, dice))
        if was_quick and slow != "F106":
            read_in_one_pass += 1
            assert quick == slow
    assert read_in_one_pass > 30


SPELLINGS = {
    "an index without a text": '<c r="D2" t="s"><v>99</v></c>',
    "a negative index": '<c r="D2" t="s"><v>-1</v></c>',
    "an underscore in a number": '<c r="D2"><v>1_000</v></c>',
    "a number with a space": '<c r="D2"><v> 320</v></c>',
    "infinity": '<c r="D2"><v>inf</v></c>',
    "single quotes": "<c r='D2'><v>320</v></c>",
    "another order of attributes": '<c t="n" r="D2"><v>320</v></c>',
    "a text of its own in runs": '<c r="D2" t="inlineStr"><is><r><t>320</t></r></is></c>',
    "a text of its own beside a value": '<c r="D2" t="inlineStr"><is><t>320</t></is><v>1</v></c>',
    "a text of its own under another kind": '<c r="D2" t="str"><is><t>320</t></is></c>',
    "a reference to nothing": '<c r="D2" t="inlineStr"><is><t>320&no;</t></is></c>',
    "a number split by a comment": '<c r="D2"><v>3<!-- -->20</v></c>',
    "a number split by an instruction": '<c r="D2"><v>3<?x y?>20</v></c>',
    "a number in CDATA": '<c r="D2"><v><![CDATA[3]]>20</v></c>',
    "a number spelled by references": '<c r="D2"><v>&#51;20</v></c>',
    "a truth": '<c r="D2" t="b"><v>1</v></c>',
    "a comment around it": '<!-- <c r="D2"><v>1</v></c> --><c r="D2"><v>320</v></c>',
    "an unknown style": '<c r="D2" s="7"><v>320</v></c>',
    "a cell of another row": '<c r="D3"><v>320</v></c>',
    "a cell twice": '<c r="D2"><v>320</v></c><c r="D2"><v>321</v></c>',
    "from right to left": '<c r="E2"><v>320</v></c><c r="D2"><v>321</v></c>',
    "something after the value": '<c r="D2"><v>320</v></c><extLst/>',
    "a column beyond the last": '<c r="XFE2"><v>320</v></c>',
    "rows from below": '</row><row r="9"><c r="A9"><v>1</v></c></row><row r="8"><c r="A8"/>',
    "a row of the same number": '</row><row r="2"><c r="D2"><v>320</v></c>',
    "a row without a number": "</row><row><c><v>320</v></c>",
    "a row of another namespace": '</row><row r="3" xmlns="urn:x"><c r="D3"><v>320</v></c>',
    "a row in a row": '<row r="3"/>',
}


def of_numbers(row_2: str) -> bytes:
    """A workbook of numbers alone, whose second row goes on like this."""
    row_1 = '<row r="1"><c r="A1"><v>1</v></c></row>'
    form = sheet(f'{row_1}<row r="2"><c r="A2"><v>2</v></c>{row_2}</row>')
    return packed(parts_by_hand(form) | {"xl/worksheets/sheet2.xml": sheet("")})


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS)
def test_what_is_spelled_otherwise_is_left_to_the_parser(both, spelling):
    quick, slow, was_quick = both(of_numbers(spelling))
    assert not was_quick
    assert quick == slow


COLUMNS = {
    "a space before the sign": '<cols><col min="4" max="4" hidden ="1"/></cols>',
    "a space behind the sign": '<cols><col min="4" max="4" hidden= "1"/></cols>',
    "a prefixed attribute": '<cols><col min="4" max="4" x:hidden="1" xmlns:x="urn:x"/></cols>',
    "an end tag": '<cols><col min="4" max="4" hidden="1"></col></cols>',
    "no width": '<cols><col min="4" max="4" width="0.4"/></cols>',
    "a usual one": '<cols><col min="1" max="4" width="9.7" customWidth="1"/></cols>',
}


@pytest.mark.parametrize("columns", COLUMNS.values(), ids=COLUMNS)
def test_both_say_the_same_of_columns(both, columns):
    row_1 = '<row r="1"><c r="A1"><v>1</v></c><c r="D1"><v>4</v></c></row>'
    quick, slow, _ = both(packed(parts_by_hand(sheet(row_1, before=columns))))
    assert quick == slow


ROWS = {
    "texts in their cells": '<c r="D2" t="str"><v>三 &amp; 二</v></c><c r="E2" t="inlineStr"><is><t>&#19977;</t></is></c>',
    "rows without cells": '</row><row r="3" spans="1:4"/><row r="5" ht="15" hidden="1"/><row r="9">',
    "an empty row": '</row><row r="3"></row><row r="7" hidden="true">',
    "rows without cells at the end": '</row><row r="4"><c r="D4"><v>7</v></c></row><row r="8"/><row r="9">',
    "white space": '\n</row>\n  <row r="3"><c r="B3"><v>1</v></c>\n<c r="D3"><v>2</v></c> ',
    "texts of their own": '<c r="D2" t="inlineStr"><is><t>a &amp; b&#19975;&#x4e07;</t></is></c>'
    '<c r="E2" t="inlineStr"></c>',
    "blank cells": '<c r="E2"/><c r="F2" s="0"/><c r="G2" s="0" /><c r="H2"><v>5</v></c>',
    "a far cell": '<c r="AB2"><v>5</v></c></row><row r="40"><c r="A40"><v>6</v></c>',
}


SHARED = {
    "names": "a &amp; b &lt;c&gt; &quot;d&quot; &apos;e&apos;",
    "numbers": "&#19975;&#x4e07;&#65;",
    "a name of a name": "&amp;lt;",
    "nothing": "a &no; b",
    "an ampersand alone": "a & b",
    "a sign that XML forbids": "a&#0;b",
}


_A_RUN = "<r><rPr><b/><sz val='11'/></rPr><t>甲</t></r>".replace("'", '"')
_READ_ALOUD = '<phoneticPr fontId="1" type="noConversion"/>'
RUNS = {
    "two runs": f"{_A_RUN}{_A_RUN}",
    "one run": _A_RUN,
    "a run without a format": f"<r><t>乙</t></r>{_A_RUN}",
    "a run that keeps its spaces": f'{_A_RUN}<r><t xml:space="preserve"> 丙 </t></r>',
    "a note on reading aloud": f"<t>甲</t>{_READ_ALOUD}",
    "a note after runs": f"{_A_RUN}{_A_RUN}{_READ_ALOUD}",
    "a note in a text": f"<t>甲{_READ_ALOUD}乙</t>",
    "a note and another text": f"<t>甲</t>{_READ_ALOUD}<t>乙</t>",
    "a text read aloud": f'{_A_RUN}<rPh sb="0" eb="1"><t>jia</t></rPh>{_READ_ALOUD}',
    "a text in a format": "<r><rPr><t>甲</t></rPr><t>乙</t></r>",
    "an item in a format": "<r><rPr><si/></rPr><t>乙</t></r>",
    "a format of two parts": "<r><rPr><b></b></rPr><t>乙</t></r>",
    "a run without a text": f"{_A_RUN}<r><rPr><b/></rPr></r>",
    "a run with an empty text": f"{_A_RUN}<r><t/></r>{_A_RUN}",
    "two texts": "<t>甲</t><t>乙</t>",
    "a reference": "<r><rPr><b/></rPr><t>a &amp;</t></r><r><t>lt; b</t></r>",
}


@pytest.mark.parametrize("item", RUNS.values(), ids=RUNS)
def test_both_say_the_same_of_shared_texts_in_runs(item):
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    items = f"<si><t>前</t></si><si>{item}</si><si><t>后</t></si><si>{item}</si>"
    strings = f'<sst xmlns="{namespace}">{items}</sst>'.encode()
    try:
        read = usual.read_strings(strings)
    except Unusual:
        return
    assert read == sheet_parser.parse_texts(strings).texts


@pytest.mark.parametrize("text", SHARED.values(), ids=SHARED)
def test_both_say_the_same_of_references_in_shared_texts(both, text):
    row_1 = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
    namespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    shared = f'<sst xmlns="{namespace}"><si><t>{text}</t></si></sst>'
    members = parts_by_hand(sheet(row_1)) | {"xl/sharedStrings.xml": shared}
    relations = str(members["xl/_rels/workbook.xml.rels"])
    members["xl/_rels/workbook.xml.rels"] = relations.replace(
        "</Relationships>",
        '<Relationship Id="rId8" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    quick, slow, _ = both(packed(members))
    assert quick == slow
    strings = shared.encode()
    try:
        read = usual.read_strings(strings)
    except Unusual:
        return
    assert read == sheet_parser.parse_texts(strings).texts


@pytest.mark.parametrize("spelling", ROWS.values(), ids=ROWS)
def test_both_say_the_same_of_rows(both, spelling):
    quick, slow, was_quick = both(of_numbers(spelling))
    assert was_quick
    assert quick == slow


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "F112"),
        ("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(1, 2000)), "F112"),
    ],
)
def test_a_sheet_too_wide_is_refused_before_it_is_laid_out(both, rows, code):
    quick, slow, _ = both(packed(parts_by_hand(sheet(rows))))
    assert quick == slow == code


def test_no_long_spelling_is_kept_in_memory_for_the_files_to_come(both):
    padding = " " * 5000
    row_3 = f'<row r="3" spans="{"1" * 5000}"><c r="A3" s="0"/>{padding}'
    quick, slow, was_quick = both(of_numbers(f"</row>{row_3}"))
    assert was_quick
    assert quick == slow
    known = (usual._BEGINNINGS, usual._STYLES_AND_KINDS, usual._SPELLINGS, usual._CONTENTS)
    assert all(len(spelled) < 1000 for meanings in known for spelled in meanings)


LONG = 1500  # rows


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A1400", "A1400"),
        ("A1400", "A1401"),
        ("A1400", "A140"),
        ("A1400", "A01400"),
        ("A1400", "a1400"),
        ("B1400", "C1400"),
        ("B1400", "A1400"),
        ("B1400", "ZZZ1400"),
        ('"B1400"', '"B1400" s="7"'),
        ('"B1400"', '"B1" s="1400"'),
        ('"B1400"><v>1400</v></c>', '"B1400"/>'),
        ('"B1400"><v>1400</v></c>', '"B1400"><v>14_00</v></c>'),
        ('"B1400"><v>1400</v></c>', '"B1400" t="s"><v>999</v></c>'),
        ('"B1400"><v>1400</v></c>', '"B1400" t="inlineStr"><is><t>B1400" s="1</t></is></c>'),
        ('<row r="1400">', '<row r="1400" hidden="1">'),
        ('<row r="1400">', '<row r="1399">'),
        ('<row r="1400">', '<row r="1400"/><row r="1400">'),
    ],
)
def test_both_say_the_same_of_a_cell_far_below(both, old, new):
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>甲</t></is></c>'
        f'<c r="B{n}"><v>{n}</v></c></row>'
        for n in range(1, LONG)
    )
    assert rows.count(old) == 1
    quick, slow, was_quick = both(packed(parts_by_hand(sheet(rows.replace(old, new)))))
    assert quick == slow
    assert was_quick or old != new


def test_a_long_list_leaves_room_for_what_the_forms_to_come_repeat(both):
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>甲</v></c><c r="B{n}"><v>{n}.5</v></c></row>'
        for n in range(1, 3000)
    )
    known = (usual._BEGINNINGS, usual._ADDRESSES, usual._SPELLINGS, usual._CONTENTS)
    before = sum(map(len, known))
    _, _, was_quick = both(packed(parts_by_hand(sheet(rows))))
    assert was_quick
    assert sum(map(len, known)) - before < 5000  # of 3,000 rows and 6,000 cells


def test_a_text_with_runs_is_read_alike(both, tmp_path):
    import xlsxwriter

    path = tmp_path / "表.xlsx"
    book = xlsxwriter.Workbook(path)
    page = book.add_worksheet("填报表")
    page.write_row(0, 0, ["指标编码", "指标名称", "本期实际值"])
    page.write_rich_string(1, 0, "托", book.add_format({"bold": True}), "位", "数")
    book.close()
    quick, slow, _ = both(path.read_bytes())
    assert quick == slow
    assert "托位数" in str(slow)
    assert unzipped(path.read_bytes())


def test_no_huge_styles_are_kept_in_memory_for_the_files_to_come():
    before = len(styles.read_styles.__self__)
    huge = (
        b'<styleSheet><cellXfs><xf numFmtId="9"/></cellXfs>' + b" " * (1 << 19) + b"</styleSheet>"
    )
    assert styles.read_styles(huge).percent == {b"", b"0"}
    assert len(styles.read_styles.__self__) == before
