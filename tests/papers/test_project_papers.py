"""Where the papers say something about projects."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support.paths import ROOT

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.plan.project_list import ProjectList
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.projects.status import project_status
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.documents.scorecard.items import project_sections
from qiyx_xl.intake.office_files.project_list import load_project_list
from qiyx_xl.papers.bulletin.bulletin import bulletin
from qiyx_xl.papers.dashboard import Dashboard, dashboard
from qiyx_xl.papers.gather import gather
from qiyx_xl.papers.phrases import Body, Heading
from qiyx_xl.papers.reminder_messages import calls

Q3, TODAY = Period.parse("2026Q3"), date(2026, 10, 20)
EXAMPLE = ROOT / "examples" / "projects.json"
HEALTH = "区卫健局"


def record(code, value, agency=HEALTH, remark="", period=Q3):
    return ProjectRecord(code, period, agency, value, remark)


REPORTED = (
    record("XM01", Decimal(20000), remark="=征地<b>滞后</b>"),
    record("XM01-1", date(2025, 11, 20)),
    record("XM01-2", date(2026, 6, 25)),
    record("XM02", Decimal(7000)),
    record("XM02-1", date(2026, 3, 28)),
    record("XM02-2", date(2026, 8, 30)),
    record("SS01", Decimal(180)),
    record("SS02", Decimal(450), "区教育局"),
)


@pytest.fixture(scope="session")
def listed(plan) -> ProjectList:
    return load_project_list(EXAMPLE, plan)


@pytest.fixture(scope="session")
def make(plan, rules, listed):
    def edition(records=REPORTED, today=TODAY, lists=None):
        book = ProjectBook(listed if lists is None else lists, tuple(records))
        status = project_status(book, rules, Q3, today)
        return gather(rules, Q3, today, CurrentFigures(Plans.only(plan)), projects=status)

    return edition


def text(blocks) -> str:
    return "\n".join(
        block.text if isinstance(block, Heading) else block.lead + block.text
        for block in blocks
        if isinstance(block, Heading | Body)
    )


# --- 通报 --------------------------------------------------------------------------------------


def test_the_bulletin_counts_the_projects_and_tells_those_that_lag(make):
    said = bulletin(make())
    overall = text(said.passages["总体情况"])
    assert "重大项目和民生实事情况" in overall
    assert "列入清单的重大项目4个，绿灯1个、红灯1个、灰灯2个。" in overall
    assert "年度计划投资7.22亿元，已报完成2.7亿元。" in overall
    assert "民生实事3件，达序1件、未达序1件、暂不评价1件。未达序的是：新增公办托位。" in overall
    behind = text(said.passages["进展滞后"])
    assert "滞后的重大项目和民生实事（2个）" in behind
    assert "1. 甬江科创通道三甲标准医疗机构（区卫健局）。红·严重滞后：" in behind
    assert "单位说明：=征地<b>滞后</b>" in behind
    assert "加快推进重大项目和民生实事" in text(said.passages["下一步"])


def test_words_that_say_nothing_are_not_printed_for_a_projects_explanation(make):
    records = [replace(one, remark="同上") for one in REPORTED]
    assert "单位说明" not in text(bulletin(make(records)).passages["进展滞后"])


def test_both_lists_are_attached_whole(make):
    tables = {table.caption: table for table in bulletin(make()).passages["附件"]}
    majors = tables["2026年三季度重大项目清单"]
    assert len(majors.rows) == 4 + 12
    assert majors.rows[0] == (
        "XM01", "甬江科创通道三甲标准医疗机构", "区卫健局", "42000", "20000", "47.6%", "0",
        "红·严重滞后",
    )  # fmt: skip
    assert majors.rows[1][3:5] == ("2025-11-30", "2025-11-20")
    livelihood = tables["2026年三季度民生实事完成情况表"]
    assert [row[7] for row in livelihood.rows] == ["否", "是", "—"]
    assert len(bulletin(make()).passages["附件说明"]) == len(tables)


def test_an_office_without_lists_says_nothing_about_projects(make):
    said = bulletin(make((), lists=ProjectList()))
    assert all("重大项目" not in text(blocks) for blocks in said.passages.values())
    assert not any("重大项目" in table.caption for table in said.passages["附件"])


def test_lists_on_which_nobody_has_reported_make_a_bulletin(make):
    said = bulletin(make(()))
    assert "灰灯4个" in text(said.passages["总体情况"])
    assert "已报完成0亿元" in text(said.passages["总体情况"])
    assert "滞后的重大项目" not in text(said.passages["进展滞后"])


def finished(listed: ProjectList) -> list[ProjectRecord]:
    """Everything on the lists done."""
    done = [
        record(project.code, Decimal(10**6), project.agency) for project in listed.projects
    ] + [
        record(project.node_code(node), date(2026, 1, 5), project.agency)
        for project in listed.projects
        for node in project.nodes
    ]  # fmt: skip
    return done + [record(one.code, one.target, one.agency) for one in listed.livelihood]


def test_all_green_is_praised_without_a_list_of_what_lags(make, listed):
    said = bulletin(make(finished(listed)))
    assert "列入清单的重大项目4个，绿灯4个。" in text(said.passages["总体情况"])
    assert "滞后的重大项目" not in text(said.passages["进展滞后"])


# --- 晾晒榜 ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "printed"), [(3, "，排名升降 ↑2"), (1, "，排名升降 持平"), (None, "")]
)
def test_the_eighth_task_force_rises_and_falls_among_the_eight(make, plan, listed, then, printed):
    now = make(finished(listed))
    assert now.task_force_change(now.task_forces[-1]) is None
    published = now.publication
    forces = [one for one in published.placings if one.view == "task_force"]
    assert [one.name for one in forces] == list(plan.task_forces)
    assert forces[-1].rank == 1
    before = replace(
        published,
        period=Q3.before,
        placings=tuple(
            replace(one, rank=then) if one == forces[-1] else one for one in published.placings
        ),
    )
    (found,) = re.findall("<p>(重大项目专项组：.*?)</p>", "".join(
        project_sections(replace(now, previous=before))
    ))  # fmt: skip
    assert found.endswith(f"在 8 个专项组中排第 1{printed}")


def test_a_publication_from_before_task_forces_were_placed_has_nothing_to_compare(make, listed):
    now = make(finished(listed))
    before = replace(
        now.publication,
        placings=tuple(one for one in now.publication.placings if one.view != "task_force"),
    )
    assert "排名升降" not in "".join(project_sections(replace(now, previous=before)))


def test_without_projects_the_task_forces_are_the_domains_and_placed_once(make):
    views = {one.view for one in make((), lists=ProjectList()).publication.placings}
    assert views == {"domain", "agency", "level"}


# --- 催报 --------------------------------------------------------------------------------------


def board_of(plan, rules, edition, today) -> Dashboard:
    return dashboard(
        rules,
        Q3,
        CurrentFigures(Plans.only(plan)),
        logged=(),
        findings=(),
        today=today,
        projects=edition.projects,
    )


def owed(edition) -> dict[str, list[str]]:
    return {
        one.agency.name: [item.item.code for item in one.items if item.item.code[0] in "XS"]
        for one in edition.reminders
    }


def test_what_was_not_reported_is_asked_for_with_its_days_late(make):
    edition = make()
    late = owed(edition)
    assert late[HEALTH] == []
    assert late["区教育局"] == ["XM03"]
    assert late["区民政局"] == ["XM04", "SS03"]
    call = next(one for one in calls(edition) if one.agency == "区民政局")
    assert "XM04 重大项目“区社会福利中心二期”本年累计完成投资（万元）" in call.message
    assert "SS03 民生实事“困难老年人家庭适老化改造”本年完成值（户）" in call.message


def test_before_the_deadline_nothing_is_asked_for_but_it_is_owed(plan, rules, make):
    early = date(2026, 10, 3)
    edition = make((), today=early)
    assert all(codes == [] for codes in owed(edition).values())
    upcoming = {
        item.item.code
        for one in board_of(plan, rules, edition, early).missing
        for item in one.items
    }
    assert {"XM01", "XM04", "SS03"} <= upcoming


def test_not_applicable_and_a_year_without_a_plan_are_not_asked_for(make, listed):
    none = replace(listed.projects[3], planned_investment={2026: Decimal(0)})
    lists = replace(listed, projects=(*listed.projects[:3], none))
    reported = (*REPORTED, record("XM03", Absence.NOT_APPLICABLE, "区教育局"))
    late = owed(make(reported, lists=lists))
    assert late["区教育局"] == []
    assert late["区民政局"] == ["SS03"]


# --- 调度单、年度评价表 ---------------------------------------------------------------------------


def test_a_red_project_is_a_matter_until_it_is_green(make, rules):
    from qiyx_xl.papers.matters import raise_matters, suggestion

    matters = raise_matters(make(), (), TODAY, rules)
    mine = {one.item: one for one in matters if one.item[0] in "XS"}
    assert set(mine) == {"XM01", "SS01"}
    assert mine["XM01"].title.startswith("XM01 甬江科创通道三甲标准医疗机构亮红灯：完成20000万元")
    assert mine["XM01"].agency == HEALTH
    assert raise_matters(make(), matters, TODAY, rules) == ()
    assert suggestion(mine["XM01"], make()) == "红·严重滞后"
    caught_up = (record("XM01", Decimal(32000)), *REPORTED[1:])
    assert suggestion(mine["XM01"], make(caught_up)) == "绿·达序时，可销号"


def test_the_yearly_evaluation_shows_both_lists(make, tmp_path):
    import openpyxl

    from qiyx_xl.documents.workbooks.evaluation import write_evaluation

    path = tmp_path / "年度评价表.xlsx"
    write_evaluation(path, make())
    book = openpyxl.load_workbook(path)
    assert {"重大项目", "民生实事"} <= set(book.sheetnames)
    first = path.read_bytes()
    write_evaluation(path, make())
    assert path.read_bytes() == first
    write_evaluation(path, make((), lists=ProjectList()))
    assert "重大项目" not in openpyxl.load_workbook(path).sheetnames


def test_a_card_shows_rule_inputs_and_arithmetic_of_each_project(make):
    from qiyx_xl.papers.method_cards import cards

    card = next(one for one in cards(make()) if one.agency.name == HEALTH)
    lines = {line.code: line for line in card.lines}
    investment = lines["XM01"]
    assert investment.inputs == "完成投资 20000万元；年度计划投资 42000万元"
    assert investment.arithmetic.splitlines() == [
        "完成率 = 20000 ÷ 42000 = 47.6%",
        "序时 = 9 ÷ 12 = 75.0%",
        "相差 -27.4 个百分点",
    ]
    assert (investment.lamp, investment.light.word) == ("红·严重滞后", "红")
    assert lines["XM01-2"].inputs == "计划 2026-06-30；实际 2026-06-25"
    assert lines["SS01"].inputs == "完成值 180个；目标值 320个"
    education = next(one for one in cards(make()) if one.agency.name == "区教育局")
    silent = next(line for line in education.lines if line.code == "XM03")
    assert (silent.inputs, silent.arithmetic) == ("完成投资 未报；年度计划投资 16000万元", "")


def test_the_console_counts_the_same_as_missing_as_the_reminders(plan, rules, make):
    edition = make()
    assert board_of(plan, rules, edition, TODAY).missing == edition.reminders
