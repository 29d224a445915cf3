"""Rows of the sheets about projects, and days in cells, judged one by one and held to the letter."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from support.finding_lines import told
from support.paths import ROOT
from support.value_lines import spelled

from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.forms.vocabulary import FormRow
from qiyx_xl.core.plan.project_list import (
    ProjectList,
    list_problems,
    projects_document,
    projects_from_document,
)
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.codec import decode_value, encode_value
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.projects.checks import ProjectTable, check_projects
from qiyx_xl.core.projects.forms import ProjectColumn, project_form
from qiyx_xl.core.projects.snapshot import status_document, status_from_document
from qiyx_xl.core.projects.status import groups_by, project_status, projects_json, with_projects
from qiyx_xl.core.records.project_record import (
    ProjectBook,
    ProjectRecord,
    changes,
    says_anything,
    settle_projects,
    spell_value,
)
from qiyx_xl.core.records.source import Source
from qiyx_xl.intake.office_files.project_list import load_project_list

EXAMPLE = ROOT / "examples" / "projects.json"
Q2, Q3 = Period.parse("2026Q2"), Period.parse("2026Q3")
HEALTH = "区卫健局"
SOURCE = Source("甲.xlsx", "ab" * 32, "", "")


@pytest.fixture
def listed(plan: Any) -> ProjectList:
    return load_project_list(EXAMPLE, plan)


# --- days ------------------------------------------------------------------------------------

DAYS = (
    date(2026, 6, 28), datetime(2026, 6, 28, 9, 30), time(9, 30), True, 46200, 46200.7, 20260628, 20260631,
    0, -5, 1e20, Decimal(46200), date(1999, 12, 31), date(2000, 1, 1), date(2099, 12, 31), date(2100, 1, 1),
    "2026-06-28", "2026-6-28", "2026/6/28", "2026.6.28", "2026年6月28日", "2026年6月28", "20260628", " 2026-06-28 ",
    "2026-06-28 09:30", "２０２６-０６-２８", "2026-02-30", "2026-13-01", "6月28日", "6-28", "2026年6月", "2026-06",
    "已完成", "是", "√", "已开工", "未完成", "否", "不适用", "/", "—", "无", "", " ", "快了", "约2026-06-28", "#N/A",
)  # fmt: skip


def test_a_day_is_read_however_it_is_written(snapshot: Any) -> None:
    lines = []
    for value in DAYS:
        cell = Cell("E6", value)
        reading = read_day(cell)
        finding = reading.finding(cell, "重大项目", "实际完成日期")
        lines += [f"{value!r}: {reading.value}", *([] if finding is None else told([finding]))]
    for cell in (Cell("E6"), Cell("E6", formula=True), Cell("E6", error="#N/A")):
        lines.append(f"{cell}: {read_day(cell)}")
    assert "\n".join(lines) == snapshot


# --- rows ------------------------------------------------------------------------------------

C = ProjectColumn
ROWS: dict[str, list[dict[ProjectColumn, Any]]] = {
    "all well": [
        {C.CODE: "XM01", C.MONEY: 31600}, {C.CODE: "XM01-1", C.DAY: date(2025, 11, 20)},
        {C.CODE: "xm02", C.MONEY: 6800, C.REMARK: "停工"},
    ],
    "money that fell": [{C.CODE: "XM01", C.MONEY: 99}],
    "money as before": [{C.CODE: "XM01", C.MONEY: 100, C.REMARK: "停工"}],
    "negative money": [{C.CODE: "XM01", C.MONEY: -1}],
    "money far over the plan": [{C.CODE: "XM01", C.MONEY: 10**9}],
    "little money without a word": [{C.CODE: "XM01", C.MONEY: 200}],
    "no money": [{C.CODE: "XM01"}],
    "a dash for money": [{C.CODE: "XM01", C.MONEY: "/"}],
    "money in words": [{C.CODE: "XM01", C.MONEY: "三万"}],
    "a day where money belongs": [{C.CODE: "XM01", C.MONEY: 31600, C.DAY: date(2026, 6, 1)}],
    "money where a day belongs": [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.MONEY: 5}],
    "nothing where nothing belongs": [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.MONEY: "—"}],
    "a day yet to come": [{C.CODE: "XM01-1", C.DAY: date(2026, 10, 1)}],
    "the period's last day": [{C.CODE: "XM01-1", C.DAY: date(2026, 9, 30)}],
    "a late node without a word": [{C.CODE: "XM01-1", C.DAY: "未完成"}],
    "a late node with a word": [{C.CODE: "XM01-1", C.DAY: "未完成", C.REMARK: "下雨"}],
    "another name": [{C.CODE: "XM01", C.MONEY: 31600, C.NAME: "别的项目"}],
    "another day planned": [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.PLANNED_DAY: date(2030, 1, 1)}],
    "another plan": [{C.CODE: "XM01", C.MONEY: 31600, C.PLANNED_MONEY: 5}],
    "an open plan": [{C.CODE: "XM01", C.MONEY: 31600, C.PLANNED_MONEY: "未定"}],
    "another target": [{C.CODE: "SS01", C.DONE: 245, C.TARGET: 5}],
    "a count": [{C.CODE: "SS01", C.DONE: 245}],
    "twice": [{C.CODE: "XM01", C.MONEY: 31600}, {C.CODE: "XM01", C.MONEY: 31600}],
    "no code": [{C.MONEY: 5}],
    "no code, a day": [{C.DAY: date(2026, 1, 1), C.NAME: "某"}],
    "an unknown code": [{C.CODE: "XM99", C.MONEY: 5}],
    "another agency's": [{C.CODE: "XM03", C.MONEY: 5}],
    "merged": [{C.CODE: "XM01", C.MONEY: Cell("H5", 31600, merged="H5:H6")}],
    "an error": [{C.CODE: "XM01", C.MONEY: Cell("H5", error="#N/A")}],
}  # fmt: skip


def row(number: int, cells: dict[ProjectColumn, Any]) -> FormRow:
    return FormRow(
        number,
        {
            column: value
            if isinstance(value, Cell)
            else Cell(f"{'ABCDEFGHIJKLMNOP'[place]}{number}", value)
            for place, (column, value) in enumerate(cells.items())
        },
    )


@pytest.mark.parametrize("case", ROWS)
def test_a_row_is_judged_the_same(
    rules: Any, listed: ProjectList, snapshot: Any, case: str
) -> None:
    before = (
        ProjectRecord("XM01", Q2, HEALTH, Decimal(100)),
        ProjectRecord("XM01", Period.parse("2025Q4"), HEALTH, Decimal(9000)),
    )
    headers = {C.MONEY: Cell("H4", "本年\n完成投资")}
    table = ProjectTable(
        "重大项目",
        "重大项目",
        headers,
        tuple(row(n, cells) for n, cells in enumerate(ROWS[case], start=5)),
    )
    verdict = check_projects([table], ProjectBook(listed, before), rules, HEALTH, Q3, SOURCE)
    assert "\n".join([*told(verdict.findings), *map(spelled, verdict.records)]) == snapshot


# --- what is kept ----------------------------------------------------------------------------


def test_lists_come_back_whole_from_their_document(listed: ProjectList, snapshot: Any) -> None:
    full = replace(
        listed,
        projects=tuple(
            replace(
                one, contact="王敏", phone="8600", content="新建", total_investment=Decimal("1.50")
            )
            for one in listed.projects
        ),
        livelihood=tuple(replace(one, contact="李静", phone="8601") for one in listed.livelihood),
    )
    document = json.loads(json.dumps(projects_document(full)))
    assert projects_from_document(document) == full
    assert spelled(projects_document(full)) == snapshot
    for entry in (*document["projects"], *document["livelihood"]):
        for key in ("contact", "phone", "total_investment", "planned_investment", "nodes"):
            entry.pop(key, None)
    for entry in document["projects"]:
        del entry["content"]
    bare = projects_from_document(document)
    assert spelled(bare.entries) == snapshot


def test_what_a_list_contradicts_is_told(plan: Any, listed: ProjectList, snapshot: Any) -> None:
    first, second, *rest = listed.projects
    wrong = replace(
        listed,
        projects=(
            replace(
                first,
                code="9",
                agency="区卫生局",
                domain="善育",
                nodes=(*first.nodes, first.nodes[0]),
            ),
            replace(second, code=listed.livelihood[0].code),
            *rest,
        ),
    )
    assert list(list_problems(wrong, plan)) == snapshot
    assert list(list_problems(listed, plan)) == []


RECORDS = [
    ProjectRecord("XM01", Q3, HEALTH, Decimal(31600), "停工", "31600", replace(SOURCE, sheet="重大项目", cell="H5", saved_at=datetime(2026, 10, 8, 9, tzinfo=UTC))),
    ProjectRecord("XM01-1", Q2, HEALTH, date(2025, 11, 20)),
    ProjectRecord("XM01-2", Q3, HEALTH, Word.IN_PROGRESS, "在建"),
    ProjectRecord("XM02", Q3, HEALTH, Unreadable("约六千", "不是确数")),
    ProjectRecord("XM02-1", Q3, HEALTH, Absence.NOT_APPLICABLE),
    ProjectRecord("SS01", Q3, HEALTH, Decimal(245)),
]  # fmt: skip


@pytest.mark.parametrize("period", [Q3, Period.parse("2026Q4"), Period.parse("2027Q1")])
def test_project_lines_are_told_and_kept_whole(
    plan: Any, rules: Any, listed: ProjectList, snapshot: Any, period: Period
) -> None:
    status = project_status(ProjectBook(listed, tuple(RECORDS)), rules, period, date(2026, 10, 30))
    assert status_from_document(json.loads(json.dumps(status_document(status)))) == status
    assert spelled(projects_json(status)) == snapshot
    groups = [one.to_json() for one in groups_by("task_force", (), status, plan, rules)]
    assert spelled(groups) == snapshot
    owed = with_projects((), status, PeriodContext(plan, rules, period, date(2027, 6, 1)))
    assert spelled(owed) == snapshot
    early = with_projects((), status, PeriodContext(plan, rules, period, date(2026, 10, 1)))
    assert early == ()
    assert len(
        with_projects(
            (), status, PeriodContext(plan, rules, period, date(2026, 10, 1)), due_only=False
        )
    ) == len(owed)


@pytest.mark.parametrize("agency", [HEALTH, "区教育局", "区民政局"])
def test_a_form_asks_for_an_agency_s_projects(
    rules: Any, listed: ProjectList, snapshot: Any, agency: str
) -> None:
    book = ProjectBook(listed, tuple(RECORDS))
    assert spelled(project_form(book, agency, Q3, rules)) == snapshot
    assert spelled(project_form(book, agency, Period.parse("2026-08"), rules)) == snapshot


def test_a_value_comes_back_from_what_is_stored() -> None:
    for one in RECORDS:
        assert decode_value(*encode_value(one.value)) == one.value
    assert [spell_value(one.value) for one in RECORDS[:3]] == ["31600", "2025-11-20", "进行中"]
    blank = ProjectRecord("XM01", Q3, HEALTH, Absence.NOT_REPORTED)
    assert not says_anything(blank)
    assert says_anything(replace(blank, remark="待报"))
    assert says_anything(RECORDS[1])


def test_the_file_saved_later_stands_and_a_blank_replaces_nothing() -> None:
    def version(minute: int, value: Any, remark: str = "") -> ProjectRecord:
        saved = datetime(2026, 10, 8, 9, minute, tzinfo=UTC)
        return ProjectRecord(
            "XM01", Q3, HEALTH, value, remark, source=replace(SOURCE, saved_at=saved)
        )

    five, six = version(1, Decimal(5), "五"), version(2, Decimal(6), "六")
    blank, puzzle = version(3, Absence.NOT_REPORTED), version(4, Unreadable("六七", "不是确数"))
    key = five.key
    assert settle_projects([six, five])[key] == six
    assert settle_projects([five, blank])[key] == five
    assert settle_projects([five, replace(blank, remark="补记")])[key] == replace(
        five, remark="补记"
    )
    assert settle_projects([five, puzzle])[key] == five
    assert settle_projects([puzzle, replace(puzzle, as_written="再")])[key].as_written == "再"
    assert settle_projects([blank, puzzle])[key] == puzzle
    assert changes([], [five]) == ((five,), ())
    assert changes([], [blank]) == ((), ())
    assert changes([six], [five]) == ((), ()), "a file older than what stands revises nothing"
    assert changes([replace(blank, source=None)], [five])[0] == (five,)
    (revision,) = changes([five], [six])[1]
    assert (revision.before, revision.after) == (five, six)
    assert changes([five], [replace(six, value=Decimal(5))]) == ((), ())


def test_a_book_knows_the_last_value_before_a_period(listed: ProjectList) -> None:
    last_year = ProjectRecord("XM01", Period.parse("2025Q4"), HEALTH, Decimal(9))
    records = (last_year, ProjectRecord("XM01", Q2, HEALTH, Decimal(100)), *RECORDS)
    book = ProjectBook(listed, records)
    assert book.latest("XM01", Q3) == RECORDS[0]
    assert book.latest("XM01", Q3, before=True) == records[1]
    assert book.latest("XM01", Q2, before=True) == last_year
    assert book.latest("XM01", Q2, before=True, same_year=True) is None
    assert book.latest("XM02", Q3) is None, "what cannot be read is no value"
    assert book.completed_on("XM01-1", Q3) == date(2025, 11, 20)
    assert book.completed_on("XM01-2", Q3) is None
    assert (
        ProjectBook(listed, (replace(RECORDS[1], value=date(2026, 10, 1)),)).completed_on(
            "XM01-1", Q3
        )
        is None
    )
    assert ProjectBook().is_empty
    assert not book.is_empty
