from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from qiyx_xl.core.plan.project_list import (
    LivelihoodProject,
    MajorProject,
    ProjectList,
    ProjectNode,
    list_problems,
    projects_document,
    projects_from_document,
)
from qiyx_xl.core.primitives.codec import decode_value, encode_value
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.projects.rating import assess_node, assess_share, overall
from qiyx_xl.core.projects.status import project_status, task_forces
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.project_record import (
    ProjectBook,
    ProjectRecord,
    changes,
    current_project_records,
)
from qiyx_xl.core.records.source import Source
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.rules import load_rules

RULES = load_rules()
Q3 = Period.parse("2026Q3")
WORST_FIRST = (Light.RED, Light.AMBER, Light.GREEN)
AFTER_DEADLINE = date(2026, 11, 1)

PROJECT = MajorProject(
    code="XM01",
    name="区妇幼保健院迁建",
    domain="病有良医",
    agency="区卫健局",
    planned_investment={2026: Decimal(12000), 2027: Decimal(0)},
    nodes=(
        ProjectNode(1, "开工", date(2026, 3, 31)),
        ProjectNode(2, "主体结构封顶", date(2026, 8, 31)),
        ProjectNode(3, "投用", date(2027, 6, 30)),
    ),
)
LIVELIHOOD = LivelihoodProject(
    code="SS01",
    year=2026,
    name="居家适老化改造",
    domain="老有康养",
    agency="区民政局",
    content="困难老年人家庭改造",
    measure="户",
    target=Decimal(400),
)
LISTED = ProjectList("一", (PROJECT,), (LIVELIHOOD,))


def record(code, value, period="2026Q3", *, saved=0, agency="区卫健局", remark=""):
    moment = datetime(2026, 10, 1, tzinfo=UTC) + timedelta(hours=saved)
    source = Source(f"{saved}.xlsx", "0" * 64, "重大项目", "F6", moment)
    return ProjectRecord(code, Period.parse(period), agency, value, remark, "", source)


def status(*records, period=Q3, today=AFTER_DEADLINE, listed=LISTED):
    book = ProjectBook(listed, tuple(current_project_records(records).values()))
    return project_status(book, RULES, period, today)


def share(value, planned=Decimal(12000), period=Q3):
    return assess_share(
        value, planned, period, RULES, due=True, measure="万元", what="年度计划投资"
    )


# --- shares ------------------------------------------------------------------------------------

amounts = st.decimals(min_value=0, max_value=10**7, places=2)
periods = st.sampled_from([Period.parse(t) for t in ("2026-02", "2026Q1", "2026Q3", "2026")])


@given(amounts, amounts, periods)
def test_more_done_is_never_a_worse_lamp(one, other, period):
    less, more = sorted((one, other))
    worse, better = (share(value, period=period).light for value in (less, more))
    assert WORST_FIRST.index(worse) <= WORST_FIRST.index(better)


@given(amounts, st.decimals(min_value="0.01", max_value=10**7, places=2))
def test_at_year_end_green_is_exactly_what_reached_the_plan(done, planned):
    found = share(done, planned, Period.parse("2026"))
    assert (found.light is Light.GREEN) == (done >= planned)
    assert found.display != "100.0%" or done >= planned


@given(st.decimals(allow_nan=False, allow_infinity=False), periods)
def test_any_finite_number_is_rated_and_a_negative_one_is_in_doubt(value, period):
    found = share(value, period=period)
    assert (found.light is Light.GREY) == (value < 0)
    assert found.reason


def test_blank_zero_not_applicable_and_unreadable_are_four_things():
    said = [
        share(value).lamp
        for value in (
            Absence.NOT_REPORTED,
            Decimal(0),
            Absence.NOT_APPLICABLE,
            Unreadable("约9000", "不是确数"),
        )
    ]
    assert said == ["灰·未报", "红·严重滞后", "灰·不适用", "灰·待核"]


def test_a_plan_of_zero_and_no_plan_are_two_things_and_neither_divides():
    assert share(Decimal(5), Decimal(0)).lamp == "灰·不适用"
    assert share(Decimal(5), None).lamp == "灰·未定目标"


# --- nodes -------------------------------------------------------------------------------------

days = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@given(days, days, periods)
def test_a_later_planned_day_is_never_a_worse_lamp(one, other, period):
    def light(planned):
        node = ProjectNode(1, "封顶", planned)
        blank = Absence.NOT_REPORTED
        return assess_node(node, None, blank, period, RULES, reported=True, due=True).light

    order = (Light.RED, Light.AMBER, Light.GREY)
    earlier, later = sorted((one, other))
    assert order.index(light(earlier)) <= order.index(light(later))


@given(days, st.none() | days, periods, st.booleans())
def test_what_is_not_reported_is_never_red(planned, completed, period, due):
    found = assess_node(
        ProjectNode(1, "封顶", planned), completed, Absence.NOT_REPORTED, period, RULES,
        reported=False, due=due,
    )  # fmt: skip
    assert found.light is not Light.RED


@given(days, days, periods)
def test_a_day_after_the_period_is_not_done_yet(planned, completed, period):
    node = ProjectNode(1, "封顶", planned)
    found = assess_node(node, completed, completed, period, RULES, reported=True, due=True)
    assert (found.light is Light.GREEN) == (completed <= period.last_day)


# --- a whole project ----------------------------------------------------------------------------


def test_a_project_shows_its_worst_lamp_and_says_where_it_comes_from():
    (line,) = status(
        record("XM01", Decimal(9000)), record("XM01-1", date(2026, 3, 20), "2026Q1")
    ).projects
    assert line.investment.lamp == "绿·达序时"
    assert line.assessment.lamp == "黄·滞后"
    assert line.assessment.display == "75.0%"
    assert line.assessment.delay_days == 30
    assert line.assessment.reason.startswith("节点“主体结构封顶”计划2026-08-31完成")


def test_a_node_once_done_stays_done_until_somebody_says_it_is_not():
    done = record("XM01-1", date(2026, 3, 20), "2026Q1")
    assert status(done).projects[0].nodes[0].assessment.state == "按期完成"
    again = record("XM01-1", Word.IN_PROGRESS, "2026Q2")
    assert status(done, again).projects[0].nodes[0].completed is None
    assert status(done, again, period=Period.parse("2026Q1")).projects[0].nodes[0].completed


def test_nothing_reported_is_grey_before_the_deadline_and_missing_after_it():
    before = status(today=date(2026, 10, 10)).projects[0].assessment
    after = status().projects[0].assessment
    assert (before.lamp, after.lamp) == ("灰·未到期", "灰·未报")


def test_what_was_done_earlier_does_not_make_an_unreported_project_green():
    (line,) = status(record("XM01-1", date(2026, 3, 20), "2026Q1")).projects
    assert line.nodes[0].assessment.light is Light.GREEN
    assert line.assessment.lamp == "灰·未报"


def test_livelihood_projects_of_another_year_are_not_shown():
    assert [line.project.code for line in status().livelihood] == ["SS01"]
    assert status(period=Period.parse("2027Q1")).livelihood == ()


def test_a_month_shows_what_the_quarter_that_ends_with_it_reported():
    (line,) = status(record("SS01", Decimal(300)), period=Period.parse("2026-09")).livelihood
    assert (line.done, line.assessment.on_schedule) == (300, "是")


def test_the_eighth_task_force_stands_beside_the_seven_domains(plan, rules):
    from qiyx_xl.core.rating.scorecard import status_lines

    lines = status_lines(plan, rules, Q3, (), AFTER_DEADLINE)
    found = task_forces(lines, status(record("XM01", Decimal(100))), plan, rules)
    assert [group.name for group in found] == list(plan.task_forces)
    assert (found[-1].red, found[-1].total, found[-1].light) == (1, 1, Light.RED)
    without = task_forces(lines, status(listed=ProjectList()), plan, rules)
    assert [group.name for group in without] == [domain.name for domain in plan.domains]


@given(st.permutations([Light.RED, Light.AMBER, Light.GREEN, Light.GREY]))
def test_the_worst_lit_lamp_wins_wherever_it_stands(order):
    first, *rest = [replace(share(Decimal(1)), light=light, reason=light.word) for light in order]
    found = overall(first, [(f"节点{n}", one) for n, one in enumerate(rest)])
    assert found.light is Light.RED
    assert "红" in found.reason


# --- which version stands -----------------------------------------------------------------------


def test_what_stands_does_not_depend_on_the_order_of_arrival():
    versions = [
        record("XM01", Decimal(1), saved=1),
        record("XM01", Decimal(2), saved=2),
        record("XM01", Absence.NOT_REPORTED, saved=3),
        record("XM01", Unreadable("?", "不是数字"), saved=4),
    ]
    for arrived in permutations(versions):
        (found,) = current_project_records(arrived).values()
        assert found.value == 2


def test_of_two_agencies_the_one_that_answers_for_it_now_is_heard():
    before, now = record("XM01", Decimal(1), agency="区民政局"), record("XM01", Decimal(2))
    for records in permutations([before, now]):
        assert ProjectBook(LISTED, tuple(records)).at("XM01", Q3).value == 2
        assert ProjectBook(LISTED, tuple(records)).latest("XM01", Q3).value == 2
    assert ProjectBook(LISTED, (before,)).at("XM01", Q3).value == 1


def test_changes_tell_new_from_revised():
    logged = [record("XM01", Decimal(1), saved=1)]
    sent = [record("XM01", Decimal(2), saved=2), record("SS01", Decimal(3), saved=2)]
    new, revised = changes(logged, sent)
    assert [one.code for one in new] == ["SS01"]
    assert [(one.before.value, one.after.value) for one in revised] == [(1, 2)]
    assert changes(logged, [record("XM01", Decimal(1), saved=9)]) == ((), ())


values = st.one_of(
    st.decimals(allow_nan=False, allow_infinity=False, places=3),
    st.dates(),
    st.sampled_from([Word.IN_PROGRESS, *Absence]),
    st.builds(Unreadable, st.text(alphabet="约3.5a—"), st.just("不是数字")),
)


@given(values)
def test_a_value_comes_back_from_the_log_as_it_went_in(value):
    assert decode_value(*encode_value(value)) == value


# --- the lists ----------------------------------------------------------------------------------


def test_the_lists_survive_their_document_and_it_fits_the_schema():
    schema = json.loads(read_text("schemas/projects.schema.json"))
    Draft202012Validator.check_schema(schema)
    document = projects_document(LISTED)
    Draft202012Validator(schema).validate(document)
    assert projects_from_document(document) == LISTED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"agency": "区交通局"}, "不在方案的单位名录里"),
        ({"domain": "出有畅行"}, "不是方案的领域之一"),
        ({"code": "M01"}, "与方案里的一项相同"),
        ({"code": "SS01"}, "用了 2 次"),
        ({"nodes": (PROJECT.nodes[0], PROJECT.nodes[0])}, "节点序号 1 用了 2 次"),
    ],
)
def test_lists_that_contradict_themselves_or_the_plan_are_named(plan, change, said):
    assert list(list_problems(LISTED, plan)) == []
    listed = ProjectList("一", (replace(PROJECT, **change),), (LIVELIHOOD,))
    assert any(said in problem for problem in list_problems(listed, plan))
