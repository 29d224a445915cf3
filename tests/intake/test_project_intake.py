from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from support.examples import tried
from support.paths import ROOT

from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.intake.form.check import check_file, judge_file
from qiyx_xl.intake.form.packed import outlined, unpack
from qiyx_xl.intake.office_files.project_list import load_project_list

Q3 = Period.parse("2026Q3")
Q2 = Period.parse("2026Q2")
EXAMPLE = ROOT / "examples" / "projects.json"
HEALTH = "区卫健局"

# 重大项目 of 区卫健局: XM01 in row 5, its nodes 1-4 in rows 6-9, XM02 in row 10, nodes in 11-13.
GOOD = {
    "重大项目": {
        "H5": 31600, "E6": date(2025, 11, 20), "E7": date(2026, 6, 25), "H10": 6800,
        "E11": "2026-03-28", "E12": datetime(2026, 8, 30),
    },
    "民生实事": {"G5": 245},
}  # fmt: skip


@pytest.fixture(scope="session")
def book(plan) -> ProjectBook:
    return ProjectBook(load_project_list(EXAMPLE, plan))


@pytest.fixture(scope="session")
def form(plan, rules, book, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("下发") / "区卫健局_2026Q3.xlsx"
    agency = plan.agency(HEALTH)
    summary = write_form(path, plan, rules, agency, Q3, last_values={}, projects=book)
    assert (summary.projects, summary.livelihood) == (2, 1)
    return path


@pytest.fixture
def send(plan, rules, book, form, tmp_path):
    """Fill in a copy of the form and check it."""

    def check(cells, known=(), *, change=None, listed=None, name="区卫健局_2026Q3.xlsx"):
        path = tmp_path / name
        workbook = openpyxl.load_workbook(form)
        for sheet, changes in cells.items():
            for address, value in changes.items():
                workbook[sheet][address] = value
        if change is not None:
            change(workbook)
        workbook.save(path)
        projects = ProjectBook(book.listed if listed is None else listed, tuple(known))
        history = RecordHistory((), projects=projects)
        return check_file(path, CheckContext(plan, rules, history, Q3))

    return check


def merged(good, more):
    return {sheet: good.get(sheet, {}) | more.get(sheet, {}) for sheet in {*good, *more}}


def about_projects(submission):
    return [one for one in submission.findings if one.sheet in ("重大项目", "民生实事", "项目")]


def codes(submission):
    return [(one.code, one.cell) for one in about_projects(submission)]


def record(code, value, period=Q2):
    return ProjectRecord(code, period, HEALTH, value)


def test_a_form_filled_in_well_has_no_finding_and_every_value_knows_its_cell(send):
    submission = send(GOOD)
    assert about_projects(submission) == []
    values = {one.code: (one.value, one.source.cell) for one in submission.projects}
    assert values["XM01"] == (Decimal(31600), "H5")
    assert values["XM01-1"] == (date(2025, 11, 20), "E6")
    assert values["XM01-3"] == (Absence.NOT_REPORTED, "E8")
    assert values["XM02-2"] == (date(2026, 8, 30), "E12")
    assert values["SS01"] == (Decimal(245), "G5")
    assert {one.source.file for one in submission.projects} == {"区卫健局_2026Q3.xlsx"}
    assert all(one.source.sha256 == submission.sha256 for one in submission.projects)


@pytest.mark.parametrize(
    ("cells", "code", "cell", "said"),
    [
        ({"H5": "31600万元"}, "V104", "H5", "请改为 31600"),
        ({"H5": "约3万"}, "V105", "H5", "确数"),
        ({"H5": -1}, "V201", "H5", "不应是负数"),
        ({"H5": None}, "V101", "H5", "XM01 甬江科创通道三甲标准医疗机构 本期应报"),
        ({"H5": 316000000}, "V409", "H5", "是年度计划投资42000万元的 20 倍以上"),
        ({"H5": 9000}, "V208", "I5", "滞后序时53.6个百分点"),
        ({"E7": None}, "V208", "I7", "已滞后92天"),
        ({"E7": "6月25日"}, "V406", "E7", "还要写明年份"),
        ({"E7": "2026.6.25"}, "V407", "E7", "已按 2026-06-25 读取"),
        ({"E8": date(2026, 10, 9)}, "V408", "E8", "数据期末 2026-09-30 以后"),
        ({"E5": date(2026, 6, 1)}, "V410", "E5", "不用填“实际完成日期”"),
        ({"H7": 500}, "V410", "H7", "不用填"),
        ({"F5": 30000}, "V405", "F5", "清单里是“42000”，表里是“30000”"),
        ({"D7": "2026-12-31"}, "V405", "D7", "清单里是“2026-06-30”"),
        ({"B5": "区人民医院"}, "V405", "B5", "甬江科创通道三甲标准医疗机构"),
        ({"A5": "XM77"}, "V401", "A5", "没有编码“XM77”"),
        ({"A5": "XM03"}, "V402", "A5", "由区教育局负责填报"),
        ({"A6": "XM01-2"}, "V403", "A7", "在 重大项目!A6 已经填过"),
        ({"A5": None}, "T128", "H5", "没有指标编码"),
    ],
    ids=lambda value: str(value),
)  # fmt: skip
def test_each_mistake_is_said_at_its_cell(send, cells, code, cell, said):
    submission = send(merged(GOOD, {"重大项目": cells}))
    found = [one for one in about_projects(submission) if one.code == code]
    assert [one.cell for one in found] == [cell]
    assert said in found[0].message
    assert submission.status is SubmissionStatus.RETURNED or found[0].severity == "warning"


@pytest.mark.parametrize("empty", ["/", "无", "同上", "已填", "见附件"])
def test_words_that_say_nothing_beside_a_red_lamp_are_not(send, empty):
    submission = send(merged(GOOD, {"重大项目": {"H5": 9000, "I5": empty}}))
    (finding,) = about_projects(submission)
    assert (finding.code, finding.cell) == ("V208", "I5")
    assert f"现在写的“{empty}”没有说明原因，请在“情况说明”写明" in finding.message


def test_a_remark_beside_a_red_lamp_is_enough(send):
    late = merged(GOOD, {"重大项目": {"H5": 9000, "I5": "征地滞后，四季度追赶"}})
    assert about_projects(send(late)) == []


def test_a_years_count_may_not_fall_within_the_year_but_starts_anew_the_next(send):
    fell = send(GOOD, [record("XM01", Decimal(32000)), record("SS01", Decimal(240))])
    assert codes(fell) == [("V205", "H5")]
    last_year = send(GOOD, [record("XM01", Decimal(32000), Period.parse("2025Q4"))])
    assert codes(last_year) == []


def test_a_missing_sheet_or_row_is_pointed_out_once_with_the_projects(send):
    def remove(workbook):
        workbook["重大项目"].delete_rows(10, 4)
        del workbook["民生实事"]

    submission = send({"重大项目": {"H5": 31600}}, change=remove)
    found = [one for one in submission.findings if one.code == "V404"]
    assert [one.severity for one in found] == ["warning", "warning"]
    assert "没有找到 XM02 “一场两馆”补短板工程，" in found[0].message
    assert "没有找到 SS01 新增公办托位，" in found[1].message


def test_a_renamed_sheet_with_inserted_rows_and_columns_is_still_found(send):
    def rework(workbook):
        sheet = workbook["重大项目"]
        sheet.title = "项目"
        sheet.insert_rows(1, 2)
        sheet.insert_cols(3)
        sheet["I6"] = "完成投资"

    submission = send(GOOD, change=rework)
    assert about_projects(submission) == []
    values = {one.code: (one.value, one.source.sheet) for one in submission.projects}
    assert values["XM01"] == (Decimal(31600), "项目")
    assert values["XM02-2"] == (date(2026, 8, 30), "项目")


def test_words_take_a_day_back_and_not_applicable_is_its_own_value(send):
    submission = send(
        merged(GOOD, {"重大项目": {"E7": "未完成", "I7": "图纸变更", "H10": "不适用"}})
    )
    values = {one.code: one.value for one in submission.projects}
    assert values["XM01-2"] is Word.IN_PROGRESS
    assert values["XM02"] is Absence.NOT_APPLICABLE
    assert about_projects(submission) == []


def test_an_office_without_lists_reads_no_project_sheet(plan, rules, form):
    submission = check_file(form, CheckContext(plan, rules, NoHistory(), Q3))
    assert {one.source.sheet for one in submission.projects} == {"重点任务"}
    assert not any(one.code.startswith("V4") for one in submission.findings)


def test_what_a_worker_sends_back_is_what_it_found(plan, rules, book, form):
    setting = CheckContext(plan, rules, RecordHistory((), projects=book), Q3)
    judged = judge_file(form, setting)
    packed = judged.pack()
    assert judged.projects
    assert unpack(outlined(packed.head, str(form)), packed.rest).projects == judged.projects


def test_a_node_reported_done_is_not_asked_again_and_last_values_are_printed(
    plan, rules, book, tmp_path
):
    known = (record("XM01", Decimal(20000)), record("XM01-1", date(2025, 11, 20)))
    path = tmp_path / "一.xlsx"
    write_form(
        path, plan, rules, plan.agency(HEALTH), Q3, last_values={},
        projects=ProjectBook(book.listed, known),
    )  # fmt: skip
    sheet = openpyxl.load_workbook(path)["重大项目"]
    shown = {row[0].value: row for row in sheet.iter_rows(min_row=5)}
    assert "XM01-1" not in shown
    assert "XM01-2" in shown
    assert shown["XM01"][6].value == 20000


def test_an_agency_with_projects_alone_gets_a_workbook_that_comes_back_clean(
    plan, rules, book, tmp_path
):
    from dataclasses import replace

    from qiyx_xl.core.plan.project_list import ProjectList

    agency = plan.agency("区残联")
    project = replace(book.listed.projects[0], agency=agency.name)
    alone = ProjectBook(ProjectList("一", (project,)))
    path = tmp_path / "区残联_2026Q3.xlsx"
    write_form(path, plan, rules, agency, Q3, last_values={}, projects=alone)
    workbook = openpyxl.load_workbook(path)
    workbook["重大项目"]["H5"] = 32000
    workbook["重大项目"]["E6"] = "2025-11-20"
    workbook["重大项目"]["E7"] = "2026-06-20"
    workbook.save(path)
    submission = check_file(path, CheckContext(plan, rules, RecordHistory((), projects=alone), Q3))
    assert {one.code for one in submission.findings} <= {"T141"}
    assert submission.status is SubmissionStatus.ACCEPTED
    assert {one.code: one.value for one in submission.projects}["XM01"] == 32000


def test_the_return_marks_the_wrong_cell_of_the_project_sheet(send, tmp_path):
    from qiyx_xl.documents.returns.write import write_returns

    submission = send(merged(GOOD, {"重大项目": {"H5": "31600万元"}}))
    write_returns([submission], {submission.sha256: Path(submission.path)}, tmp_path / "退回")
    (made,) = (path for path in (tmp_path / "退回").rglob("*.xlsx") if "卫健局" in path.name)
    cell = openpyxl.load_workbook(made)["重大项目"]["H5"]
    assert cell.value == "31600万元"
    assert "请改为 31600" in cell.comment.text


def test_partial_consolidation_takes_the_rows_that_are_right(plan, send):
    from datetime import UTC

    from qiyx_xl.core.consolidation.merge import consolidate

    submission = send(merged(GOOD, {"重大项目": {"H5": "31600万元"}, "填报表": {"G6": 5}}))
    when = datetime(2026, 10, 9, tzinfo=UTC)
    whole = consolidate(plan, Q3, (), [submission], (), at=when)
    assert (whole.accepted, whole.new_projects) == ((), ())
    part = consolidate(plan, Q3, (), [submission], (), at=when, partial=True)
    taken = {record.code for record in part.new_projects}
    assert "XM01" not in taken
    assert {"XM01-1", "XM02", "SS01"} <= taken


@tried(0.15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(
        st.tuples(
            st.sampled_from(["重大项目", "民生实事"]),
            st.sampled_from(["A4", "A5", "B5", "D7", "E6", "E7", "F5", "G5", "H5", "H6", "I5"]),
            st.one_of(
                st.none(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False),
                st.text("=+-@XMS0129年月日约亿.%#", max_size=30), st.dates(), st.booleans(),
            ),
        ),
        max_size=4,
    )
)  # fmt: skip
def test_whatever_is_typed_into_the_sheets_is_read_or_named(send, changes):
    cells: dict[str, dict[str, object]] = {}
    for sheet, address, value in changes:
        cells.setdefault(sheet, {})[address] = value
    submission = send(cells)
    if submission.status is SubmissionStatus.UNREADABLE:
        # A number beyond any calendar in a cell formatted as a day: the reader itself gives up.
        assert [finding.code for finding in submission.findings] == ["F106"]
    assert all(finding.message for finding in submission.findings)


def test_a_day_typed_without_signs_into_a_cell_for_days_is_understood(send):
    submission = send(merged(GOOD, {"重大项目": {"E7": 20260625}}))
    assert codes(submission) == [("V407", "E7")]
    assert {one.code: one.value for one in submission.projects}["XM01-2"] == date(2026, 6, 25)
