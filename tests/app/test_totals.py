"""District totals: sums and ratios of sums over the streets, against the lead agency's figure."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import HOUSING, MORNING, Q3, TODAY
from support.examples import tried

from qiyx_xl import app
from qiyx_xl.core.consolidation.conflicts import apply_decisions, find_conflicts
from qiyx_xl.core.consolidation.street_totals import street_totals
from qiyx_xl.core.plan.model import Aggregation, Parts, SecondInput
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.values import Absence, rounded, spell
from qiyx_xl.core.records.record import Record
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.ledger.content.lookup import Lookup
from qiyx_xl.papers.json.consolidation import consolidation_document

if TYPE_CHECKING:
    from support.desk import Desk

    from qiyx_xl.core.plan.model import Plan

SUMMED, RATIO, TOTAL = "T6-2-03", "18", "各街道合计"
PLAN = load_plan()
STREETS = [one.name for one in PLAN.agencies if one.is_street]
PARTS = Parts("有专业物业的小区数", "小区总数", "个")
SAID = {"now": MORNING, "by": "张三", "reason": "街道口径一致"}


def with_ratio(plan: Plan) -> Plan:
    """The plan with 18 (住宅小区专业物业服务覆盖率) added up from the streets' numbers."""
    return replace(
        plan,
        indicators=tuple(
            replace(one, aggregation=Aggregation.RATIO_OF_SUMS, parts=PARTS)
            if one.code == RATIO
            else one
            for one in plan.indicators
        ),
    )


def part(street: str, actual: Decimal, second: Decimal | None = None, code: str = SUMMED) -> Record:
    return Record(code, Q3, street, actual, second)


numbers = st.decimals(0, 10_000, places=2, allow_nan=False)


# --- the arithmetic ---------------------------------------------------------------------------


@given(st.lists(numbers, min_size=len(STREETS), max_size=len(STREETS)), st.randoms())
def test_a_sum_is_exact_whatever_the_order_of_the_records(values, random) -> None:
    records = [part(street, value) for street, value in zip(STREETS, values, strict=True)]
    random.shuffle(records)
    (total,) = street_totals(PLAN, records)
    assert total.value == sum(values)
    assert [one.agency for one in total.parts] == STREETS
    assert total.agrees_with(sum(values)) and not total.agrees_with(sum(values) + Decimal("0.01"))


@given(
    st.lists(
        st.tuples(st.integers(0, 500), st.integers(0, 500)),
        min_size=len(STREETS),
        max_size=len(STREETS),
    )
)
def test_a_ratio_is_that_of_the_sums_and_never_the_mean_of_the_ratios(pairs) -> None:
    plan = with_ratio(PLAN)
    records = [
        part(street, Decimal(min(pair)), Decimal(max(pair)), RATIO)
        for street, pair in zip(STREETS, pairs, strict=True)
    ]
    (total,) = street_totals(plan, records)
    numerator, denominator = sum(map(min, pairs)), sum(map(max, pairs))
    assert (total.numerator, total.denominator) == (numerator, denominator)
    if denominator == 0:
        assert total.value is None
        return
    assert total.value is not None
    exact = Fraction(numerator * 100, denominator)
    assert abs(Fraction(total.value) - exact) < Fraction(1, 10**20)
    assert 0 <= total.value <= 100
    assert total.agrees_with(rounded(total.value, 1))
    assert total.agrees_with(rounded(total.value, 2))


@given(st.sets(st.sampled_from(STREETS), min_size=1, max_size=len(STREETS) - 1))
def test_part_of_a_total_is_no_total_and_says_who_is_missing(absent) -> None:
    records = [part(street, Decimal(1)) for street in STREETS if street not in absent]
    totals = street_totals(PLAN, records)
    if not records:
        assert totals == ()
        return
    (total,) = totals
    assert total.value is None and total.record() is None
    assert set(total.absent) == absent
    assert total.numerator == len(records)
    assert apply_decisions(PLAN, records, ()) == tuple(records)
    assert all(street in total.summary for street in absent)


def test_a_street_that_has_none_of_it_is_not_waited_for() -> None:
    records = [part(street, Decimal(2)) for street in STREETS[1:]]
    records.append(replace(records[0], agency=STREETS[0], actual=Absence.NOT_APPLICABLE))
    (total,) = street_totals(PLAN, records)
    assert total.value == 2 * (len(STREETS) - 1)
    assert total.absent == ()


def test_a_ratio_s_part_without_its_denominator_is_not_counted() -> None:
    records = [part(street, Decimal(3), Decimal(4), RATIO) for street in STREETS]
    records[0] = replace(records[0], second=None)
    (total,) = street_totals(with_ratio(PLAN), records)
    assert total.value is None
    assert total.absent == (STREETS[0],)


def test_what_only_the_lead_agency_reports_has_no_total() -> None:
    assert street_totals(PLAN, [part(STREETS[0], Decimal(1), code="9")]) == ()


def test_covered_people_are_summed_with_those_to_be_covered() -> None:
    """15 carries its denominator already: both are added up, the rating divides them."""
    plan = replace(
        PLAN,
        indicators=tuple(
            replace(one, aggregation=Aggregation.RATIO_OF_SUMS) if one.code == "15" else one
            for one in PLAN.indicators
        ),
    )
    records = [part(street, Decimal("5.7"), Decimal("5.8"), "15") for street in STREETS]
    (stands,) = [one for one in apply_decisions(plan, records, ()) if one.agency == "区民政局"]
    assert (stands.actual, stands.second) == (Decimal("62.7"), Decimal("63.8"))


# --- against the lead agency's figure -----------------------------------------------------------


@tried(0.3)
@given(numbers, st.lists(numbers, min_size=len(STREETS), max_size=len(STREETS)))
def test_a_disagreement_is_never_settled_silently(lead, values) -> None:
    own = part(HOUSING, lead)
    records = [own, *(part(s, value) for s, value in zip(STREETS, values, strict=True))]
    conflicts = find_conflicts(PLAN, records)
    if lead == sum(values):
        assert conflicts == ()
    else:
        (conflict,) = conflicts
        assert conflict.left == own
        assert (conflict.right.agency, conflict.right.actual) == (TOTAL, sum(values))
        assert all(street in conflict.right.remark for street in STREETS)
    assert apply_decisions(PLAN, records, ()) == tuple(records), "nobody has decided"


def streets(desk: Desk, value: int = 2, **more: object) -> list:
    return [desk.file(street, {SUMMED: value}, **more) for street in STREETS]  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_total_that_disagrees_is_a_finding_and_waits_for_a_person(desk: Desk) -> None:
    desk.consolidate(desk.file(HOUSING, {SUMMED: 20}))
    *_, last = streets(desk)
    done = desk.consolidate(*sorted(last.parent.glob("*街道*")), hour=1)
    (finding,) = [
        one for file in done.consolidation.accepted for one in file.findings if one.code == "C104"
    ]
    assert "区住建局报的是 20，各街道合计是 22（11 个街道：新碶街道 2" in finding.message
    assert not done.is_clean
    document = consolidation_document(desk.office.plans, done.consolidation)
    schema = json.loads(read_text("schemas/consolidation-report.schema.json"))
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(document)))
    assert document["conflicts"][0]["right"]["agency"] == TOTAL
    (conflict,) = app.waiting(desk.office, TODAY).conflicts
    assert (spell(conflict.left.actual), spell(conflict.right.actual)) == ("20", "22")
    assert desk.shown(SUMMED).startswith("20 ")
    app.decide(desk.office, Q3, SUMMED, TOTAL, **SAID)  # type: ignore[arg-type]
    assert desk.shown(SUMMED).startswith("22 ")
    assert app.waiting(desk.office, TODAY).is_empty
    # One street sends another number: the decision was about 22, so it is open again.
    desk.consolidate(desk.file(STREETS[0], {SUMMED: 3}, saved=90), hour=2)
    (conflict,) = app.waiting(desk.office, TODAY).conflicts
    assert spell(conflict.right.actual) == "23"


@pytest.mark.slow
def test_a_whole_total_is_the_figure_where_the_lead_agency_has_reported_none(desk: Desk) -> None:
    desk.consolidate(*streets(desk))
    line = desk.lines()[SUMMED]
    assert spell(line.rating.actual) == "22"
    assert line.total is not None
    assert len(line.total.parts) == len(STREETS)
    assert line.record is not None
    assert line.record.remark.startswith("11 个街道：新碶街道 2、")
    app.refresh(desk.office, Q3, TODAY)


def test_the_ledger_shows_the_total_with_its_parts_as_a_row_of_its_own(desk: Desk) -> None:
    desk.consolidate(*streets(desk))
    view = app.ledger_view(desk.office, Q3, TODAY)
    (row,) = [one for one in view.records if one.record.agency == TOTAL]
    assert spell(row.record.actual) == "22"
    assert row.current
    assert row.run == 1
    item = desk.plan.find(SUMMED)
    assert item is not None
    found = Lookup(Plans.only(desk.plan), view.records, view.decisions).at(item, Q3)
    assert isinstance(found, int)
    assert view.records[found - 1] == row, "the ledger's formula finds it"


@pytest.mark.slow
def test_a_street_fills_in_numerator_and_denominator_of_a_ratio(desk: Desk) -> None:
    desk.office = replace(desk.office, plans=Plans.only(with_ratio(desk.plan)))
    street = desk.plan.agency(STREETS[0])
    assert street is not None
    (asked,) = [one for one in desk.plan.reported_by(street) if one.code == RATIO]
    assert asked.name == "住宅小区专业物业服务覆盖率（有专业物业的小区数）"
    assert (asked.measure, asked.second_input) == ("个", SecondInput.DENOMINATOR)
    files = [desk.file(one, {RATIO: (9 + place % 2, 10)}) for place, one in enumerate(STREETS)]
    done = desk.consolidate(*files)
    assert len(done.consolidation.accepted) == len(STREETS)
    line = desk.lines()[RATIO]
    # 5 streets with 10 of 10 and 6 with 9 of 10: 104 of 110
    assert line.total is not None
    assert (line.total.numerator, line.total.denominator) == (104, 110)
    assert spell(line.rating.actual).startswith("94.545454")
    desk.consolidate(desk.file(HOUSING, {RATIO: 94.5}, saved=60), hour=1)
    assert app.waiting(desk.office, TODAY).is_empty, "the same, to one decimal"
    assert desk.shown(RATIO).startswith("94.5 ")


@pytest.mark.parametrize(
    ("value", "code"), [((11, 10), "V207"), ((9, -10), "V207"), ("94.5%", "V106"), (9, "V206")]
)
def test_a_street_s_part_of_a_ratio_is_checked_as_a_part(desk: Desk, value, code) -> None:
    desk.office = replace(desk.office, plans=Plans.only(with_ratio(desk.plan)))
    done = desk.consolidate(desk.file(STREETS[0], {RATIO: value}))
    (returned,) = done.consolidation.returned
    assert code in {one.code for one in returned.findings}


def test_the_form_for_a_street_asks_for_both_numbers(desk: Desk, tmp_path) -> None:
    from openpyxl import load_workbook

    office = replace(desk.office, plans=Plans.only(with_ratio(desk.plan)))
    app.distribute(office, Q3, tmp_path / "下发")
    sheet = load_workbook(next((tmp_path / "下发").glob(f"{STREETS[0]}*")))["填报表"]
    (row,) = [list(one) for one in sheet.iter_rows(values_only=True) if RATIO in map(str, one)]
    texts = [str(one) for one in row if one is not None]
    assert "住宅小区专业物业服务覆盖率（有专业物业的小区数）" in texts
    assert "小区总数（个）" in texts
    assert "96" not in texts, "the target is the district's"
