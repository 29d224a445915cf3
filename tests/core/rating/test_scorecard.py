from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from support.examples import tried
from support.rating_suite import bare_rating

from qiyx_xl.core.plan.model import Goal
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.rating.rate import Light
from qiyx_xl.core.rating.scorecard import group_of, ranked, score_decimal, status_lines, summarise
from qiyx_xl.core.records.record import Record
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.papers.json.status import status_document

TODAY = date(2026, 11, 23)
Q3 = Period.parse("2026Q3")


def record(plan, code, period, actual, second=None, agency=None):
    value = actual if isinstance(actual, Word | Absence) else Decimal(actual)
    return Record(
        code=code,
        period=Period.parse(period),
        agency=agency or plan.find(code).reporting_agency,
        actual=value,
        second=None if second is None else Decimal(second),
    )


def lines(plan, rules, *records, period=Q3, today=TODAY, **more):
    found = status_lines(plan, rules, period, records, today, **more)
    return {line.item.code: line for line in found}


def test_there_is_one_line_per_item_in_the_plans_order(plan, rules):
    found = status_lines(plan, rules, Q3, [], TODAY)
    assert [line.item.code for line in found] == [item.code for item in plan.items()]


def test_a_blank_before_the_deadline_is_not_due_and_after_it_not_reported(plan, rules):
    assert lines(plan, rules, today=date(2026, 10, 10))["2"].rating.state == "未到期"
    assert lines(plan, rules, today=date(2026, 10, 11))["2"].rating.state == "未报"
    assert lines(plan, rules)["10"].rating.state == "未到期"


def test_the_figure_is_that_of_the_reporting_agency_and_of_the_period(plan, rules):
    found = lines(
        plan,
        rules,
        record(plan, "2", "2026Q3", "1", agency="新碶街道"),
        record(plan, "2", "2026Q2", "68"),
        record(plan, "2", "2026Q3", "69.5"),
    )["2"]
    assert found.rating.actual == Decimal("69.5")
    assert found.record is not None
    assert found.record.period == Q3


def test_a_record_of_the_quarters_last_month_stands_in_for_the_quarter(plan, rules):
    monthly = record(plan, "9", "2026-09", "8")
    assert lines(plan, rules, monthly)["9"].rating.actual == Decimal(8)
    own = record(plan, "9", "2026Q3", "7.9")
    assert lines(plan, rules, monthly, own)["9"].rating.actual == Decimal("7.9")
    blank = record(plan, "9", "2026-09", Absence.NOT_REPORTED)
    assert lines(plan, rules, blank)["9"].rating.state == "未报"


def test_last_years_actual_is_taken_from_its_year_end(plan, rules):
    found = lines(
        plan,
        rules,
        record(plan, "2", "2025Q3", "60"),
        record(plan, "2", "2025Q4", "66"),
        record(plan, "2", "2026Q3", "69"),
    )["2"]
    assert found.previous == Decimal(66)
    assert found.rating.progress == Decimal("0.75")


def test_a_year_end_that_holds_no_number_is_no_last_years_actual(plan, rules):
    found = lines(plan, rules, record(plan, "8", "2025-12", Absence.NOT_APPLICABLE))
    assert found["8"].previous is None


def test_a_baseline_recorded_earlier_still_counts_and_a_later_one_does_not(plan, rules):
    records = [
        record(plan, "T2-1-06", "2024Q4", "82", second="80"),
        record(plan, "T2-1-06", "2026Q3", "87.5"),
        record(plan, "T2-1-06", "2026Q4", "88", second="60"),
    ]
    found = lines(plan, rules, *records)["T2-1-06"]
    assert found.second == Decimal(80)
    assert found.rating.schedule_gap_pp == 0


def test_a_denominator_belongs_to_its_own_period(plan, rules):
    found = lines(
        plan,
        rules,
        record(plan, "15", "2025", "64", second="64.5"),
        record(plan, "15", "2026", "64"),
        period=Period.of_year(2026),
        today=date(2027, 2, 1),
    )["15"]
    assert (found.second, found.rating.state) == (None, "待核")


def test_a_milestone_passed_once_stays_passed(plan, rules):
    passed = record(plan, "4", "2025Q4", Word.PASSED)
    assert lines(plan, rules, passed)["4"].rating.light is Light.GREEN
    later = record(plan, "4", "2026Q4", Word.PASSED)
    assert lines(plan, rules, later)["4"].rating.state == "未报"
    again = record(plan, "4", "2026Q3", Word.FAILED)
    assert lines(plan, rules, passed, again)["4"].rating.light is Light.RED


def test_a_milestone_that_repeats_indicators_is_done_when_all_of_them_are(plan, rules):
    four, five = (record(plan, code, "2025Q4", Word.PASSED) for code in "45")
    assert lines(plan, rules, four, five)["M04"].rating.light is Light.GREEN
    half = lines(plan, rules, four)["M04"]
    assert half.rating.state == "未到期"
    assert not half.counts


def test_a_goal_that_repeats_an_indicator_shows_its_lamp_and_is_not_counted(plan, rules):
    found = lines(plan, rules, record(plan, "7", "2026Q3", "3.5"))
    goal, indicator = found["T3-1-02"], found["7"]
    assert goal.rating == replace(indicator.rating, code="T3-1-02")
    assert goal.rating.comparator.value == "<"
    assert (goal.counts, indicator.counts) == (False, True)


def test_a_confirmed_value_is_rated(plan, rules):
    odd = record(plan, "2", "2026Q3", "0.7")
    assert lines(plan, rules, odd)["2"].rating.state == "待核"
    assert lines(plan, rules, odd, confirmed={odd.key})["2"].rating.light is Light.RED


def test_groups_come_in_the_plans_order_and_cover_every_indicator_once(plan, rules):
    found = status_lines(plan, rules, Q3, [], TODAY)
    by_domain = summarise(found, plan, rules)
    assert [group.name for group in by_domain] == [domain.name for domain in plan.domains]
    assert sum(group.total for group in by_domain) == len(plan.indicators)
    assert [group.name for group in summarise(found, plan, rules, by="level")] == ["区级"]
    agencies = [group.name for group in summarise(found, plan, rules, by="agency")]
    assert agencies == [a.name for a in plan.agencies if a.name in set(agencies)]


def test_an_unknown_view_is_refused(plan, rules):
    with pytest.raises(ValueError, match="domain、agency 或 level"):
        summarise([], plan, rules, by="street")


def test_a_group_prints_its_score_and_reported_share(rules):
    green = bare_rating(Light.GREEN, "达标", Decimal(1))
    amber = bare_rating(Light.AMBER, "滞后", None)
    blank = bare_rating(Light.GREY, "未报", None)
    group = group_of("甲", [green, green, amber], rules)
    assert (group.score_text, group.reported_text) == ("86.7", "100.0%")
    assert score_decimal(group.score).quantize(Decimal("0.001")) == Decimal("86.667")
    nothing = group_of("乙", [blank], rules)
    assert (nothing.score_text, nothing.reported_text, nothing.rank) == ("—", "0.0%", None)
    assert group_of("丙", [], rules).reported_text == "—"
    assert score_decimal(None) is None


PLAN, RULES = load_plan(), load_rules()

some_records = st.lists(
    st.builds(
        lambda item, value: Record(
            code=item.code, period=Q3, agency=item.reporting_agency, actual=value
        ),
        st.sampled_from(list(PLAN.items())),
        st.one_of(
            st.decimals(0, 120, places=1),
            st.sampled_from([*Absence, Word.PASSED, Word.IN_PROGRESS, Word.FAILED]),
        ),
    ),
    max_size=80,
)


@tried(0.4)
@given(records=some_records, today=st.dates(date(2026, 9, 1), date(2026, 12, 1)))
def test_lamp_counts_add_up_in_every_view(records, today):
    found = status_lines(PLAN, RULES, Q3, records, today)
    views = {by: summarise(found, PLAN, RULES, by=by) for by in ("domain", "agency", "level")}
    document = status_document(PLAN, RULES, Q3, today, found, by=list(views))
    counts = document["counts"]
    assert counts["total"] == len(PLAN.indicators)
    assert sum(counts[light.value] for light in Light) == counts["total"]
    for groups in views.values():
        for light in Light:
            assert sum(getattr(group, light.value) for group in groups) == counts[light.value]
        assert all(0 <= group.missing <= group.due <= group.total for group in groups)
    assert document["goal_counts"]["total"] == sum(goal.repeats is None for goal in PLAN.goals)


@tried(2)
@given(
    st.lists(
        st.lists(
            st.builds(
                bare_rating,
                st.sampled_from([Light.GREEN, Light.AMBER, Light.RED]),
                st.just("达标"),
                st.sampled_from([None, Decimal(1), Decimal("0.9"), Decimal("1.5")]),
            ),
            max_size=3,
        ),
        max_size=7,
    )
)
def test_ranks_are_shared_exactly_by_equals_and_skip_as_many(members):
    groups = ranked([group_of(str(n), ratings, RULES) for n, ratings in enumerate(members)])
    keys = {
        g.name: (g.score, -1 if g.mean_rate is None else g.mean_rate) for g in groups if g.ranked
    }
    for group in groups:
        if group.name not in keys:
            assert group.rank is None
            continue
        ahead = sum(key > keys[group.name] for key in keys.values())
        assert group.rank == ahead + 1


def test_equal_scores_share_a_rank(rules):
    one = bare_rating(Light.GREEN, "达标", Decimal(1))
    groups = ranked([group_of(name, [one], rules) for name in "甲乙"])
    assert [group.rank for group in groups] == [1, 1]
    assert groups[0].score == Fraction(100)


def test_the_status_report_fits_its_schema(plan, rules):
    schemas = [
        json.loads(read_text(f"schemas/{name}.schema.json")) for name in ("rating", "status-report")
    ]
    registry = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in schemas)
    validator = Draft202012Validator(schemas[1], registry=registry)
    found = status_lines(plan, rules, Q3, [record(plan, "9", "2026Q3", "7.6")], TODAY)
    document = status_document(plan, rules, Q3, TODAY, found, by=["domain", "agency", "level"])
    assert not list(validator.iter_errors(document))
    broken = document | {"items": [document["items"][0] | {"extra": 1}]}
    assert list(validator.iter_errors(broken))
    nine = next(item for item in document["items"] if item["indicator"] == 9)
    assert (nine["name"], nine["domain"]) == ("开展职业技能培训累计数", "劳有所得")
    assert nine["agency"] == plan.find("9").reporting_agency
    assert document["rules_version"] == rules.version
    assert {group["by"] for group in document["groups"]} == {"domain", "agency", "level"}
    goals = [item for item in document["items"] if item["kind"] == "goal"]
    assert len(goals) == sum(isinstance(item, Goal) for item in plan.items())
