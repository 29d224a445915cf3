"""A plan's table of indicators is read right in every layout, or what is doubtful is said."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pdf import pdf
from support.plan_layouts import (
    HEADER,
    ITEMS,
    LAYOUTS,
    TITLE,
    YEARS,
    full_rows,
    joined,
    named,
    printed,
    word,
    workbook,
)

from qiyx_xl.core.plan.importing.draft import draft_plan
from qiyx_xl.core.plan.importing.source import PlanImportError, SourceText, Table
from qiyx_xl.core.plan.importing.tables.whole import read_indicators, refusal
from qiyx_xl.intake.documents.apart import read_apart
from qiyx_xl.intake.documents.reading import read_document

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.importing.tables.whole import Indicators

RIGHT = {item["number"]: item for item in ITEMS}


def written(folder: Path, suffix: str, data: bytes) -> Path:
    path = folder / f"方案{suffix}"
    path.write_bytes(data)
    return path


def squeezed(text: str) -> str:
    """A target without what is printed otherwise and means the same: blanks, % behind a share."""
    return "".join(text.replace("，", "").split()).rstrip("%")


def differences(found: Indicators) -> list[Any]:
    """What of the table was read otherwise than printed, without a doubt about it."""
    wrong: list[Any] = []
    for row in found.rows:
        item = RIGHT[row.number]
        if "row" in row.doubts:
            continue
        facts = (item["name"], item["measure"], item["domain"])
        known = row.domain if row.domain and not row.shifted else item["domain"]  # else it is asked
        if (row.name, row.measure, known) != facts:
            wrong.append((row.number, row.name, row.measure, row.domain))
        wrong += [
            (row.number, year, row.cells[int(year)])
            for year, text in zip(YEARS, printed(item), strict=True)
            if squeezed(row.cells.get(int(year), "")) != squeezed(text) and year not in row.doubts
        ]
    missing = sorted(set(RIGHT) - {row.number for row in found.rows})
    told = [set(text.split(" | ")) for text in found.unread]
    missing = [k for k in missing if not any({str(k), named(RIGHT[k])} & cells for cells in told)]
    if missing and not any("缺序号" in issue for issue, _ in found.remarks):
        wrong.append(("missing", missing))
    return wrong


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_table_is_read_whole_in_every_layout(tmp_path, layout):
    suffix, draw = LAYOUTS[layout]
    source = read_document(written(tmp_path, suffix, draw()))
    found = read_indicators([source])
    assert [row.number for row in found.rows] == list(RIGHT)
    assert differences(found) == []
    for row in found.rows:
        for year, text in zip(YEARS, printed(RIGHT[row.number]), strict=True):
            assert squeezed(row.cells[int(year)]) == squeezed(text), (row.number, year)
    draft = draft_plan([source], plan_id="x")
    assert (draft.document["goals"], draft.candidates) == ([], ())  # no row is taken for a sentence


def test_a_percent_format_is_read_as_the_sheet_shows_it(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["序号", "指标", "单位", "2023年", "2024年"])
    book.active.append([1, "普惠托位占比", "%", 0.65, 0.7])
    for cell in book.active[2][3:]:
        cell.number_format = "0%"
    book.save(tmp_path / "表.xlsx")
    (row,) = read_indicators([read_document(tmp_path / "表.xlsx")]).rows
    assert row.cells == {2023: "65%", 2024: "70%"}
    document = draft_plan([read_document(tmp_path / "表.xlsx")], plan_id="x").document
    assert [t["value"] for t in document["indicators"][0]["targets"].values()] == [65, 70]


def test_a_column_of_the_year_before_is_the_baseline_and_no_target(tmp_path):
    rows = [[*HEADER[:3], "2022年", *HEADER[3:]], *([*r[:3], "50", *r[3:]] for r in full_rows())]
    draft = draft_plan([read_document(written(tmp_path, ".txt", joined(rows)))], plan_id="x")
    assert draft.document["years"] == [int(year) for year in YEARS]
    one = draft.document["indicators"][0]
    assert (one["baseline"], one["baseline_date"]) == (50, "2022-12-31")
    assert any("2022年一列" in question.issue for question in draft.questions)


def test_a_dash_is_no_target_and_no_node():
    table = Table((("序号", "指标", "2023年", "2024年"), ("1", "及格率(%)", "—", "90")))
    (one,) = draft_plan([SourceText((), (table,), "表")], plan_id="x").document["indicators"]
    assert one["direction"] == "higher_is_better"
    assert list(one["targets"]) == ["2024"]
    assert "second_input" not in one


@pytest.mark.parametrize("text", ["65-70", "60左右", "持续推进", "约60"])
def test_a_target_that_is_no_certain_number_is_to_be_confirmed(text):
    table = Table((("序号", "指标", "2023年", "2024年"), ("1", "占比(%)", text, "70")))
    draft = draft_plan([SourceText((), (table,), "表")], plan_id="x")
    (one,) = draft.document["indicators"]
    assert one["direction"] == "higher_is_better"
    assert one["targets"]["2023"]["to_confirm"] is True
    assert draft.drafted["indicators"][0].doubts_about(("targets", "2023", "printed"))
    assert not draft.drafted["indicators"][0].doubts_about(("targets", "2024", "printed"))


def test_two_columns_of_agencies_are_kept_and_several_names_are_asked_about():
    header = (*HEADER[:3], "2023年", "2024年", "牵头单位", "责任单位")
    rows = (
        ("幼有善育", "1", "托位数(个)", "4", "5", "区卫健局", "区教育局"),
        ("幼有善育", "2", "占比(%)", "65", "70", "区卫健局、区教育局", "区财政局、区审计局"),
    )
    draft = draft_plan([SourceText((), (Table((header, *rows)),), "表")], plan_id="x")
    one, two = draft.document["indicators"]
    assert (one["lead_agency"], one["responsible_agency"]) == ("区卫健局", "区教育局")
    assert two["lead_agency"] == "区卫健局"
    assert set(draft.drafted["indicators"][1].doubts) == {"lead_agency", "responsible_agency"}
    names = [agency["name"] for agency in draft.document["agencies"]]
    assert set(names) == {"区卫健局", "区教育局", "区财政局", "区审计局"}


def test_numbers_that_repeat_are_given_anew_and_asked_about():
    rows = (("甲", "1", "数(个)", "4", "5"), ("乙", "1", "率(%)", "65", "70"))
    table = Table(((*HEADER[:3], "2023年", "2024年"), *rows))
    draft = draft_plan([SourceText((), (table,), "表")], plan_id="x")
    assert [one["number"] for one in draft.document["indicators"]] == [1, 2]
    assert any("重新编号" in question.default for question in draft.questions)


def test_several_documents_make_one_plan(tmp_path):
    halves = []
    for name, rows in (("一", full_rows()[:10]), ("二", full_rows()[10:])):
        path = tmp_path / f"{name}.txt"
        path.write_bytes(joined([HEADER, *rows]))
        halves.append(read_document(path))
    found = read_indicators(halves)
    assert differences(found) == []
    assert len(found.rows) == len(ITEMS)
    assert found.rows[0].source.startswith("一 ▸ ")


def test_a_name_that_a_page_break_cut_in_two_is_joined_and_asked_about():
    header = tuple(HEADER[:5])
    first = Table((header, ("幼有善育", "1", "每千人口拥有3岁以下婴", "4", "4.3")))
    second = Table((("", "", "幼儿托位数(个)", "", ""), ("", "2", "普惠托位占比(%)", "65", "66")))
    found = read_indicators([SourceText((TITLE,), (first, second), "方案")])
    one, two = found.rows
    assert (one.name, one.measure) == ("每千人口拥有3岁以下婴幼儿托位数", "个")
    assert "断成两段" in one.doubts["name"]
    assert (two.domain, two.name) == ("幼有善育", "普惠托位占比")


def test_the_paragraphs_of_a_pdf_are_joined_over_lines_and_pages(tmp_path):
    pytest.importorskip("pdfplumber")
    paragraphs = [
        "二、重点任务",
        "1.做好服务。坚持为群众办实事，到2027年，服务驿站持证率达到95%，镇域办结率保持在91%以上。"
        * 3,
        "2.建好设施。新建驿站12家，绿道30公里。",
    ]
    lines = [
        (62.0 if begin == 0 else 44.0, text[begin : begin + 40])
        for text in paragraphs
        for begin in range(0, len(text), 40)
    ]
    pages = [
        (
            [
                *((left, 60.0 + 20 * row, text) for row, (left, text) in enumerate(part)),
                (400, 580, "- 1 -"),
            ],
            [],
        )
        for part in (lines[:3], lines[3:])
    ]
    read = read_document(written(tmp_path, ".pdf", pdf(pages)))
    assert read.paragraphs == tuple(paragraphs)


# --- what is no plan ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            ("序号", "指标名称", "单位", "目标值", "完成值", "完成率", "是否达序时"),
            "history import",
        ),
        (("序号", "项目名称", "建设内容", "责任单位"), "projects import"),
        (("序号", "姓名", "电话"), "序号、姓名、电话"),
    ],
)
def test_a_table_that_is_no_plan_is_named(header, said):
    source = SourceText(
        (), (Table((header, ("1", "甲", "乙", "1", "2", "3", "4")[: len(header)])),)
    )
    assert not read_indicators([source]).rows
    assert said in str(refusal([source]))
    with pytest.raises(PlanImportError, match=said):
        draft_plan([source], plan_id="x")


def test_a_scan_is_refused_with_the_cure(tmp_path):
    pytest.importorskip("pdfplumber")
    scan = pdf([([], [(0, 0, 100, 100)])] * 3)
    with pytest.raises(PlanImportError, match=r"扫描件.*转成文字"):
        read_document(written(tmp_path, ".pdf", scan))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("方案.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "另存为 .docx"),
        ("方案.wps", b"{\\rtf1", "另存为 .docx"),
        ("方案.png", b"\x89PNG\r\n", "图片"),
        ("方案.abc", b"abc", "不认识"),
    ],
)
def test_other_kinds_are_refused_with_what_to_save_them_as(tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PlanImportError, match=said):
        read_document(tmp_path / name)


def answer(path: Path) -> str:
    """What is said about a document that may be damaged."""
    try:
        draft = draft_plan([read_document(path)], plan_id="x")
    except PlanImportError as refused:
        return str(refused)
    return f"读出{len(draft.document['indicators'])}项。"


# --- hostile documents -----------------------------------------------------------------------------


def test_a_page_of_endless_depth_and_endless_spans_is_read_or_refused(tmp_path):
    deep = b"<html>" + b"<div>" * 200_000 + "深".encode() + b"</div>" * 200_000
    assert read_document(written(tmp_path, ".html", deep)).paragraphs == ("深",)
    nested = b"<html>" + b"<table><tr><td>" * 5000
    with pytest.raises(PlanImportError, match="过深"):
        read_document(written(tmp_path, ".html", nested))
    spans = b"<html><table>" + b"<tr><td rowspan=1000 colspan=1000>x</td></tr>" * 50
    with pytest.raises(PlanImportError, match="过大"):
        read_document(written(tmp_path, ".html", spans))


@pytest.mark.slow
def test_a_zip_bomb_in_word_s_clothes_is_refused(tmp_path):
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(word())) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "word/document.xml":
                data = data.replace(b"</w:body>", b"<!-- " + b" " * (80 << 20) + b" --></w:body>")
            new.writestr(name, data, zipfile.ZIP_DEFLATED)
    with pytest.raises(PlanImportError, match="过大"):
        read_apart(written(tmp_path, ".docx", out.getvalue()))


@pytest.mark.slow
def test_a_document_that_takes_too_long_is_stopped(tmp_path):
    texts = [(10.0 + x % 800, 10.0 + x % 570, "字") for x in range(2000)]
    path = written(
        tmp_path, ".pdf", pdf([(texts, [(0, 5.0 * k, 800, 5.0 * k) for k in range(100)])] * 60)
    )
    with pytest.raises(PlanImportError, match="还没有读完"):
        read_apart(path, seconds=2)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", [".docx", ".xlsx", ".pdf", ".html", ".csv"])
def test_damaged_documents_end_in_an_answer_or_a_sentence(tmp_path, suffix):
    draw = next(draw for kind, draw in LAYOUTS.values() if kind == suffix)
    whole, dice = draw(), random.Random(suffix)
    for _ in range(12):
        data = bytearray(whole)
        for _ in range(dice.randrange(1, 6)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        cut = data[: dice.randrange(len(data))] if dice.random() < 0.3 else data
        assert answer(written(tmp_path, suffix, bytes(cut))).endswith("。")


# --- whatever happens to a table, no value is silently wrong -----------------------------------------


@st.composite
def disturbed(draw: Any) -> tuple[list[list[str]], bool, int]:
    """The table with its columns in another order, cut into pages, and with rows in between."""
    order = draw(st.permutations(range(len(HEADER))))
    rows = [[row[k] for k in order] for row in full_rows()]
    header = [HEADER[k] for k in order]
    spread = draw(st.booleans())
    blank = [""] * (len(HEADER) - 1)
    between = {
        "page": ["— 4 —", *blank], "note": ["注：数据按年末统计", *blank], "header": header,
        "rule": ["---"] * len(HEADER), "empty": ["", *blank], "remark": ["备注：2023年为预计数", *blank],
    }  # fmt: skip
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(1, len(rows)))
        rows.insert(at, list(between[draw(st.sampled_from(sorted(between)))]))
    cut = draw(st.integers(1, len(rows)))
    return [header, *rows], spread, cut


@settings(deadline=None)
@given(disturbed())
def test_a_disturbed_table_is_read_right_or_what_is_doubtful_is_said(table):
    rows, spread, cut = table
    parts = (
        Table(tuple(map(tuple, rows[:cut])), spread),
        Table(tuple(map(tuple, rows[cut:])), spread),
    )
    found = read_indicators([SourceText((TITLE,), parts, "方案")])
    assert differences(found) == []
    assert len(found.rows) == len(ITEMS)


@settings(deadline=None)
@given(st.data())
def test_a_table_that_lost_cells_is_never_read_wrong_without_a_word(data):
    rows = full_rows()
    for _ in range(data.draw(st.integers(1, 5))):
        row = rows[data.draw(st.integers(0, len(rows) - 1))]
        del row[data.draw(st.integers(0, len(row) - 1))]
        row.append("")
    source = SourceText((TITLE,), (Table(tuple(map(tuple, [HEADER, *rows]))),), "方案")
    found = read_indicators([source])
    assert differences(found) == []


def test_a_workbook_s_layouts_are_what_they_say():
    assert workbook(HEADER, full_rows(), merge=True).startswith(b"PK")
