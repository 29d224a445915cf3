"""What an edition gathers, and that its counts add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support import editions, second_plan
from support.editions import Q2, Q3, TODAY, record

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.history.closing import close
from qiyx_xl.core.history.publications import VIEWS, published_before
from qiyx_xl.core.history.snapshot import figures, frozen_lines
from qiyx_xl.core.plan.model import Words
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.papers.edition import Edition, EditionError, verify
from qiyx_xl.papers.gather import gather

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def test_every_view_counts_every_indicator_once(plan: Plan, rules: Rules) -> None:
    edition = editions.quarter(plan, rules)
    lights = [line.rating.light for line in edition.indicators]
    for view in VIEWS:
        groups = edition.groups(view)
        assert sum(group.total for group in groups) == len(plan.indicators)
        assert sum(group.red for group in groups) == lights.count(Light.RED)


@pytest.mark.parametrize(
    "name",
    ["quarter", "empty", "one_agency", "all_green", pytest.param("many", marks=pytest.mark.slow)],
)
def test_no_edition_fails_its_own_check(name: str, plan: Plan, rules: Rules) -> None:
    verify(getattr(editions, name)(plan, rules))


def test_counts_that_do_not_add_up_are_refused(plan: Plan, rules: Rules) -> None:
    class Forgetful(Edition):
        def groups(self, view):  # type: ignore[no-untyped-def]
            return super().groups(view)[1:] if view == "agency" else super().groups(view)

    whole = editions.quarter(plan, rules)
    fields = {name: getattr(whole, name) for name in Edition.__dataclass_fields__}
    with pytest.raises(EditionError, match="对不上（agency）"):
        verify(Forgetful(**fields))


def test_ranks_are_compared_with_the_last_published_quarter(plan: Plan, rules: Rules) -> None:
    edition = editions.quarter(plan, rules)
    assert edition.previous is not None
    assert edition.previous.period == Q2
    before = {p.name: p.rank for p in edition.previous.placings if p.view == "domain"}
    for group in edition.groups("domain"):
        was, now = before[group.name], group.rank
        wanted = None if was is None or now is None else was - now
        assert edition.rank_change("domain", group) == wanted
    assert {edition.rank_change("domain", g) for g in edition.groups("domain")} > {None}


def test_places_gained_and_lost_since_the_last_time_are_told_with_their_sign(
    plan: Plan, rules: Rules
) -> None:
    edition = editions.with_projects(plan, rules)
    domains = {one.name: edition.rank_change("domain", one) for one in edition.groups("domain")}
    assert domains == {
        "幼有善育": 0,
        "学有优教": None,
        "劳有所得": -3,
        "病有良医": -5,
        "老有康养": 2,
        "住有宜居": -2,
        "弱有众扶": 3,
    }
    agencies = {one.name: edition.rank_change("agency", one) for one in edition.groups("agency")}
    assert agencies == {
        "区卫健局": -1,
        "区教育局": None,
        "区人力社保局": -1,
        "区民政局": 2,
        "区住建局": -2,
    }
    assert [edition.rank_change("level", one) for one in edition.groups("level")] == [0]


@pytest.mark.parametrize("make", [editions.quarter, editions.all_green])
def test_frozen_lines_are_the_lines_they_were_frozen_from(
    plan: Plan, rules: Rules, make: Callable[[Plan, Rules], Edition]
) -> None:
    edition = make(plan, rules)
    frozen = frozen_lines(plan, figures(edition.lines))
    for line, kept in zip(edition.lines, frozen, strict=True):
        assert (kept.item, kept.rating) == (line.item, line.rating)
        assert (kept.second, kept.previous) == (line.second, line.previous)
        if line.record is not None:
            record = replace(line.record, period=edition.period, second=line.second, as_written="")
            assert kept.record == record


def test_nothing_published_before_gives_no_change(plan: Plan, rules: Rules) -> None:
    edition = editions.all_green(plan, rules)
    assert edition.previous is None
    assert {edition.rank_change("agency", group) for group in edition.groups("agency")} == {None}


def test_a_quarter_looks_back_to_a_quarter_and_else_to_whatever_there_is(
    plan: Plan, rules: Rules
) -> None:
    def published(text: str) -> object:
        period = Period.parse(text)
        return editions.edition(plan, rules, period=period).publication

    log = [
        published(text) for text in ("2026Q1", "2026-08", "2026Q2", "2026-08", "2026Q3", "2026Q1")
    ]
    assert str(published_before(log, Q3)[-1].period) == "2026Q2"  # type: ignore[arg-type, union-attr]
    assert str(published_before(log[1:2], Q3)[-1].period) == "2026-08"  # type: ignore[arg-type, union-attr]
    assert published_before(log, Period.parse("2026Q1")) == ()  # type: ignore[arg-type]


def test_a_period_published_again_counts_as_published_last(plan: Plan, rules: Rules) -> None:
    first = editions.edition(plan, rules, period=Q2).publication
    again = replace(first, day=date(2026, 8, 1))
    assert published_before([first, again], Q3) == (again,)


def test_history_has_each_month_end_once_and_ends_with_the_period(plan: Plan, rules: Rules) -> None:
    records = [
        record(plan, "9", text, value)
        for text, value in (
            ("2024", "4.5"),
            ("2025Q4", "6.4"),
            ("2025-12", "6.4"),
            ("2026-06", "7"),
        )
    ]
    edition = editions.edition(plan, rules, records)
    assert [str(one.period) for one in edition.history] == ["2024", "2025Q4", "2026-06", "2026Q3"]
    actuals = [line.rating.actual for line in edition.curve("9")]
    assert actuals[:3] == [Decimal("4.5"), Decimal("6.4"), Decimal(7)]


def test_a_closed_period_is_told_as_it_was_closed(plan: Plan, rules: Rules) -> None:
    early = [record(plan, "2", "2026Q3", "67.5")]
    before = editions.edition(plan, rules, early)
    closing = close(plan, rules, Q3, before.lines, [], at=NOON, by="张三")
    corrected = CurrentFigures(Plans.only(plan), (record(plan, "2", "2026Q3", "71"),))
    other_rules = replace(rules, score_amber=Decimal(10), version="9999.9")
    after = gather(other_rules, Q3, TODAY, corrected, closings=[closing])
    assert after.lines[1].rating == before.lines[1].rating
    assert after.rules_version == rules.version
    assert after.groups("domain") == before.groups("domain")
    assert "2026-10-20 封账" in after.versions_text


def test_remarks_come_in_the_plans_order_with_their_agency(plan: Plan, rules: Rules) -> None:
    records = [
        record(plan, "9", "2026Q3", "7", remark=" 台风停训 "),
        record(plan, "2", "2026Q3", "69", remark="新增两家"),
        record(plan, "2", "2026Q2", "68", remark="旧话"),
        record(plan, "1", "2026Q3", "4.9", remark="  "),
    ]
    remarks = editions.edition(plan, rules, records).remarks
    assert [(one.item.code, one.agency, one.text) for one in remarks] == [
        ("2", "区卫健局", "新增两家"),
        ("9", "区人力社保局", "台风停训"),
    ]


def test_what_an_agency_owes_and_has_sent_is_counted_once(plan: Plan, rules: Rules) -> None:
    agency = plan.agency("区人力社保局")
    assert agency is not None
    nothing = editions.empty(plan, rules)
    due, missing = nothing.reporting_of(agency)
    assert due == missing > 3
    one = editions.edition(plan, rules, [record(plan, "9", "2026Q3", "7")])
    assert one.reporting_of(agency) == (due, missing - 1)


def test_district_and_office_are_the_plans_own_words(plan: Plan, rules: Rules) -> None:
    assert editions.empty(plan, rules).office_name == "北仑区“七优享”工程工作专班办公室"
    elsewhere = editions.empty(second_plan.plan(), rules)
    assert (elsewhere.district, elsewhere.heading) == ("安吉县", "安吉县“民生八有”")
    assert (elsewhere.office_name, elsewhere.everywhere) == ("安吉县民生实事推进办", "全县")
    assert (elsewhere.number_prefix, elsewhere.addressees) == (
        "安民办发",
        "各乡镇人民政府，县级各有关单位",
    )
    unsaid = Words(short_name="民生", district="本市", office="专班")
    bare = editions.empty(replace(second_plan.plan(), words=unsaid), rules)
    assert bare.number_prefix == "民生办"
    assert bare.addressees == "各乡镇，市级、区县各有关单位"
    assert bare.copies.startswith("市委办公室，市人大常委会")
