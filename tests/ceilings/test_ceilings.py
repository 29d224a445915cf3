"""Where Excel ends, a sentence says so; nothing is cut silently."""

from __future__ import annotations

import io
import json
import weakref
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.checking import stretched
from benchmarks.workbooks import PERIOD, plan_of_towns, workbook
from qiyx_xl import validate_files
from qiyx_xl.core import findings as say
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.documents.check_report import html as check_report_html
from qiyx_xl.documents.check_report import xlsx as check_report_xlsx
from qiyx_xl.documents.check_report.html import render_page
from qiyx_xl.documents.check_report.summary import CheckSummary
from qiyx_xl.documents.check_report.write import write_report
from qiyx_xl.documents.check_report.xlsx import write_workbook
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.log_sheet import check_room
from qiyx_xl.ledger.file.xml_cells import value_cell
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout.cells import LONGEST_TEXT, Formula, fitted
from qiyx_xl.papers.json.validation import validation_text

TODAY = date(2026, 10, 20)


def units(text):
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


# --- 32,767 characters in a cell ---------------------------------------------------------------


@given(st.sampled_from(["进展", "x", "𠮷", "\ud800"]), st.integers(32_000, 34_000))
def test_a_text_too_long_for_a_cell_is_cut_at_the_limit_and_says_so(letter, count):
    text = letter * count
    kept = fitted(text)
    assert units(kept) <= LONGEST_TEXT
    if units(text) <= LONGEST_TEXT:
        assert kept == text
    else:
        assert kept.endswith(f"……（原文共 {units(text):,} 个字，一格放不下，全文见原件）")
        assert text.startswith(kept.partition("……")[0])


def test_a_long_remark_in_the_ledgers_xml_says_that_it_was_cut():
    cell = value_cell("A1", "", "进" * 40_000)
    assert "原文共 40,000 个字" in cell


# --- formulas ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ['LEN("' + "长" * 256 + '")', "+".join(["A1"] * 3000), '"' + '""' * 256 + '"'],
)
def test_a_formula_excel_would_refuse_is_refused_before_the_ledger_is_written(text):
    with pytest.raises(LedgerError, match=r"公式太长.*请缩短"):
        Formula(text, Decimal(1))


@pytest.mark.parametrize(
    "text", ['LEN("' + "长" * 255 + '")', '"甲"&"' + "乙" * 250 + '"', "+".join(["A1"] * 2000)]
)
def test_a_formula_at_the_limit_is_fine(text):
    assert Formula(text, None).text == text


# --- rows --------------------------------------------------------------------------------------


def test_a_log_sheet_that_is_full_names_both_numbers_and_the_cure():
    table = log_tables.RECORD_TABLE
    most = table.last_row - table.first_row + 1
    check_room(table, most)
    with pytest.raises(
        LedgerError, match=rf"放不下 {most + 1:,} 行（这张表最多 {most:,} 行）"
    ) as told:
        check_room(table, most + 1)
    assert "数据库里一条不少" in str(told.value)


def submission(number, findings):
    found = tuple(
        say.NOT_EXACT.at("填报表", f"G{row}", value="约95", hint=" 95") for row in range(findings)
    )
    status = SubmissionStatus.RETURNED if found else SubmissionStatus.ACCEPTED
    return Submission(
        f"收件/{number}.xlsx", f"{number:064x}", status, f"第{number}街道", PERIOD, findings=found
    )


def texts(data, sheet):
    rows = openpyxl.load_workbook(io.BytesIO(data))[sheet].iter_rows(values_only=True)
    return [cell for row in rows for cell in row if cell is not None]


def summary(*submissions):
    return CheckSummary(submissions, "规则", PERIOD, TODAY)


def render_workbook(counted):
    out = io.BytesIO()
    write_workbook(out, counted)
    return out.getvalue()


def test_a_report_longer_than_a_sheet_says_first_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(check_report_xlsx, "MAX_LISTED", 20)
    monkeypatch.setattr(check_report_xlsx, "MAX_FILES", 3)
    data = render_workbook(summary(*(submission(n, n * 5) for n in range(5))))
    overview = texts(data, "汇总")
    assert overview[3] == (
        "内容太多，一张表放不下：单位和文件各只列问题最多的 3 个；"
        "问题清单只列前 20 处，共 50 处。要全部，请加 --findings 文件夹。"
    )
    assert "共 5 份" in overview[2]  # the counts are of all of them
    assert [text for text in overview if str(text).endswith("街道") and "第" in str(text)] == [
        "第4街道", "第3街道", "第2街道", "第4街道", "第3街道", "第2街道",
    ]  # fmt: skip
    listed = texts(data, "问题清单")
    assert any("共 50 处，一张表放不下，只列出前 20 处" in str(text) for text in listed)


def test_a_page_longer_than_a_browser_likes_says_first_what_it_leaves_out(monkeypatch):
    monkeypatch.setattr(check_report_html, "MAX_LISTED", 20)
    monkeypatch.setattr(check_report_html, "MAX_FILES", 3)
    page = "".join(render_page(summary(*(submission(n, n * 5) for n in range(5)))))
    said = (
        "内容太多，一页放不下：单位和文件各只列问题最多的 3 个；问题清单只列前 20 处，共 50 处。"
        "合计数是全部的。要全部，请加 --findings 文件夹；要更长的清单，请把 --report 存成 .xlsx。"
    )
    assert page.count(said) == 1
    assert page.index(said) < page.index("<main>")
    assert page.count("<tr data-") == 20
    assert "只列前 20 处，共 50 处</p>" in page
    assert page.count(">4.xlsx</td>") == 1 + 0  # among the files; its findings are cut
    assert ">0.xlsx</td>" not in page
    assert "<li>文件<b>5</b>" in page  # the counts are of all of them


def test_a_report_that_fits_says_nothing_of_the_kind():
    data = render_workbook(summary(submission(1, 3)))
    assert not any("放不下" in str(text) for text in texts(data, "汇总") + texts(data, "问题清单"))
    assert "放不下" not in "".join(render_page(summary(submission(1, 3))))


class Watched(Submission):
    """A submission that can be seen to be gone."""


class ReadAnew(Sequence):
    """Submissions that are made whenever they are looked at, as a batch's are."""

    def __init__(self, count):
        self.count, self.alive, self.most = count, weakref.WeakSet(), 0

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index >= self.count:
            raise IndexError(index)
        one = submission(index, 3)
        one = Watched(**{each.name: getattr(one, each.name) for each in fields(one)})
        self.alive.add(one)
        self.most = max(self.most, len(self.alive))
        return one


@pytest.mark.parametrize("suffix", [".xlsx", ".html"])
def test_a_report_never_holds_more_than_a_few_files_at_once(tmp_path, suffix):
    batch = ReadAnew(300)
    write_report(
        tmp_path / f"报告{suffix}", batch, rules_version="规则", period=PERIOD, today=TODAY
    )
    assert batch.most < 5


def test_json_never_holds_more_than_a_few_files_at_once():
    batch = ReadAnew(300)
    document = json.loads("".join(validation_text(batch, "规则")))
    assert len(document["files"]) == document["summary"]["files"] == 300
    assert document["summary"]["findings"] == 900
    assert batch.most < 5


def test_excels_own_limit_of_rows_is_beyond_ours():
    assert check_report_xlsx.MAX_LISTED + 2 < 1_048_576
    assert check_report_xlsx.MAX_FILES * 2 + 100 < 1_048_576
    assert log_tables.LOG_ROWS + 100 < 1_048_576


# --- ten thousand findings in one file ---------------------------------------------------------


@pytest.mark.slow
def test_ten_thousand_findings_in_one_file_are_all_told(tmp_path):
    path = tmp_path / "第000000街道_2026Q4.xlsx"
    path.write_bytes(stretched(workbook(0), 10_000))
    (checked,) = validate_files([path], plan=plan_of_towns(1), period=PERIOD).submissions
    assert len(checked.findings) >= 10_000
    rows = {int(f.cell[1:]) for f in checked.findings if f.cell}
    assert max(rows) - min(rows) + 1 == len(rows) >= 10_000
    data = render_workbook(summary(replace(checked, path="甲.xlsx")))
    last = openpyxl.load_workbook(io.BytesIO(data), read_only=True)["问题清单"].max_row
    assert last == len(checked.findings) + 1
