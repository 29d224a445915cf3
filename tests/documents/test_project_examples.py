"""The sample returns say something about the sample lists of projects."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from support.paths import ROOT

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.status import project_status
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.project_record import ProjectBook
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.batch import check_files, collect_files
from qiyx_xl.intake.office_files.project_list import load_project_list

EXAMPLES = ROOT / "examples"
Q3 = Period.parse("2026Q3")


@pytest.fixture(scope="module")
def listed(plan):
    return load_project_list(EXAMPLES / "projects.json", plan)


@pytest.fixture(scope="module")
def submissions(plan, rules, listed):
    files, _ = collect_files([EXAMPLES / "2026Q3"])
    history = RecordHistory((), projects=ProjectBook(listed))
    checked = check_files(files, plan, rules, period=Q3, history=history)
    sheets = {"重大项目", "民生实事"}
    return {
        one.agency: one
        for one in checked
        if sheets & {record.source.sheet for record in one.projects}
    }


def test_three_agencies_report_on_their_projects(submissions):
    assert set(submissions) == {"区卫健局", "区教育局", "区民政局"}
    status = {agency: one.status for agency, one in submissions.items()}
    assert status["区卫健局"] is SubmissionStatus.ACCEPTED
    assert status["区教育局"] is SubmissionStatus.ACCEPTED
    about = {
        agency: [f.code for f in one.findings if f.sheet in ("重大项目", "民生实事")]
        for agency, one in submissions.items()
    }
    assert about == {"区卫健局": [], "区教育局": [], "区民政局": ["V104"]}


def test_a_file_saved_by_libreoffice_is_read_to_the_day(submissions):
    values = {one.code: one.value for one in submissions["区教育局"].projects}
    assert values["XM03"] == Decimal(9200)
    assert values["XM03-1"] == date(2026, 2, 20)


def test_the_accepted_projects_light_every_lamp(submissions, listed, rules):
    records = [
        record
        for one in submissions.values()
        if one.status is SubmissionStatus.ACCEPTED
        for record in one.projects
    ]
    status = project_status(ProjectBook(listed, tuple(records)), rules, Q3, date(2026, 10, 30))
    lamps = {line.project.code: line.assessment.word for line in status.projects}
    assert lamps == {"XM01": "绿", "XM02": "黄", "XM03": "红", "XM04": "灰"}
    assert {line.project.code: line.assessment.on_schedule for line in status.livelihood} == {
        "SS01": "是",
        "SS02": "是",
        "SS03": "—",
    }


def test_without_the_lists_the_sheets_are_left_alone(plan, rules):
    files, _ = collect_files([EXAMPLES / "2026Q3"])
    checked = check_files(files, plan, rules, period=Q3, history=NoHistory())
    read = {record.source.sheet for one in checked for record in one.projects}
    assert read == {"重点任务"}
    sheets = {finding.sheet for one in checked for finding in one.findings}
    assert sheets.isdisjoint({"重大项目", "民生实事"})


def test_the_readme_counts_what_the_lists_hold(listed):
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    nodes = sum(len(project.nodes) for project in listed.projects)
    said = re.search(r"(\d+) 个重大项目（(\d+) 个节点）、(\d+) 件民生实事", text)
    assert said is not None
    assert tuple(map(int, said.groups())) == (len(listed.projects), nodes, len(listed.livelihood))
