"""How a change is said, and how numbers are rounded where they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from support.drawn_figures import PERIOD, drawn_figure
from support.drawn_records import HEALTH, SOCIAL, row
from support.value_lines import spelled

from qiyx_xl.core.history.differences import Change, difference, difference_document
from qiyx_xl.core.history.snapshot import Figure, figures
from qiyx_xl.core.plan.model import Aggregation, Comparator, Parts
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.rate import rate
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.missing import missing, missing_items
from qiyx_xl.papers.reminder_messages import named


def figure(
    actual: Any = "5", light: Light = Light.GREEN, *, code: str = "1", **more: Any
) -> Figure:
    value = Decimal(actual) if type(actual) is str else actual  # a word is a str, too
    return drawn_figure(code=code, actual=value, light=light, **more)


SIDES = {
    "up by less than one": (figure("5"), figure("5.4")),
    "down": (figure("5"), figure("4", Light.AMBER)),
    "up from below nothing": (figure("-5"), figure("5")),
    "up from nothing": (figure("0"), figure("5", agency=HEALTH, file="甲.xlsx", sheet="填报表", cell="G6")),
    "the same number, another lamp": (figure("5", Light.RED), figure("5", Light.AMBER)),
    "nothing to something": (None, figure("5")),
    "something to nothing": (figure("5", agency=HEALTH, file="甲.xlsx"), None),
    "a blank filled": (figure(Absence.NOT_REPORTED, Light.GREY), figure("5")),
    "a word": (figure(Word.IN_PROGRESS, Light.AMBER), figure(Word.PASSED)),
    "another second": (figure("5"), replace(figure("5"), second=Decimal(3))),
}  # fmt: skip


def test_a_change_is_said_in_one_sentence(snapshot: Any) -> None:
    told = []
    for name, (before, after) in SIDES.items():
        one = Change("1", before, after)
        told.append(
            f"{name}: {one.describe('托位数')} {one.delta} {one.share} {one.turned} {one.direction} {one.word}"
        )
    assert told == snapshot


def test_only_what_differs_is_listed_in_the_plan_s_order(plan: Any, snapshot: Any) -> None:
    before = [figure(code=code) for code in ("T1-1-01", "2", "1", "ZZ", "AA")]
    after = [figure("6", code=one.code) for one in before]
    repeats = next(goal.code for goal in plan.goals if goal.repeats)
    after += [figure("6", code=repeats), figure(code="12")]
    changes = difference(plan, [*before, figure(code="12")], after)
    assert [one.code for one in changes] == ["1", "2", "T1-1-01", "AA", "ZZ"]
    for field, value in (
        ("second", Decimal(3)), ("light", Light.RED), ("state", "未达标"), ("actual", Decimal(7)),
    ):  # fmt: skip
        assert len(difference(plan, [figure()], [figure(**{field: value})])) == 1
    for field in ("file", "agency", "reason", "display"):
        assert difference(plan, [figure()], [figure(**{field: "别的"})]) == ()
    sides = [Change("1", *one) for one in SIDES.values()]
    assert spelled(difference_document(plan, sides, period="2026Q3", against="2026Q2")) == snapshot


def test_a_figure_comes_back_whole_from_its_document(plan: Any, rules: Any) -> None:
    q3 = Period.parse("2026Q3")
    records = [
        row("1", "4.9", remark="说明"),
        row("15", "63", second="64.5"),
        row("2", "69", SOCIAL),
    ]
    for one in figures(status_lines(plan, rules, q3, records, date(2026, 10, 30))):
        assert Figure.from_json(one.to_json(), q3) == one
    old = figure().to_json()
    for key in ("comparator", "flags", "previous", "met", "target_printed", "remark"):
        del old[key]
    assert Figure.from_json(old, PERIOD) == figure()


def test_a_document_tells_four_decimals_of_a_share_and_one_of_a_gap(plan: Any, rules: Any) -> None:
    rating = rate(
        plan.find("1"), Period.parse("2026-02"), Decimal("4.7777"), rules=rules,
        previous=Decimal("4.6111"),
    )  # fmt: skip
    told = rating.to_json()
    shares = [told[key] for key in ("completion_rate", "scheduled_progress", "progress")]
    assert shares == ["0.9555", "0.1667", "0.4284"]
    assert told["schedule_gap_pp"] == "26.2"


def test_a_line_that_is_no_whole_percent_is_told_with_its_decimal(plan: Any, rules: Any) -> None:
    odd = replace(rules, ratio_amber=Decimal("0.855"), hold_amber=Decimal("0.855"))
    year = Period.parse("2026")
    for light, value in ((Light.AMBER, "4.3"), (Light.RED, "4.2")):
        rating = rate(plan.find("1"), year, Decimal(value), rules=odd)
        assert rating.light is light
        assert rating.reason.endswith("黄灯线85.5%")
    assert rate(plan.find("1"), year, Decimal("4.2"), rules=rules).reason.endswith("线90%")


def test_a_street_fills_in_its_part_of_a_ratio_without_the_district_s_target(plan: Any) -> None:
    parts = Parts("有证托位数", "托位总数", "个")
    for item in (plan.indicators[1], plan.goals[0]):
        part = replace(item, aggregation=Aggregation.RATIO_OF_SUMS, parts=parts).street_part()
        assert (part.name, part.measure) == (f"{item.name}（有证托位数）", "个")
        assert (part.baseline, part.decimals) == (None, 0)
        if hasattr(part, "targets"):
            assert part.targets == {}
        else:
            assert part.target.printed == ""
            assert (part.target.comparator, part.target.value) == (Comparator.TEXT, None)
        assert item.street_part() is item


def test_what_an_agency_owes_is_listed_with_its_days(plan: Any, rules: Any, snapshot: Any) -> None:
    q3 = Period.parse("2026Q3")
    records = [row("1", "4.9"), row("2", Absence.NOT_REPORTED), row("12", Absence.NOT_APPLICABLE)]
    told = []
    for today in (date(2026, 10, 5), date(2026, 10, 10), date(2026, 10, 11), date(2026, 11, 30)):
        for due_only in (True, False):
            found = missing(PeriodContext(plan, rules, q3, today), records, due_only=due_only)
            counts = [(one.agency.name, len(one.items)) for one in found]
            told.append(f"{today} {due_only} {counts[:3]} {len(found)}")
            told += (
                [f"  {one.item.code} {one.deadline} {one.days_late}" for one in found[0].items[:4]]
                if found
                else []
            )
    for agency in (
        plan.agencies[0],
        next(one for one in plan.agencies if one.is_street),
    ):
        told.append(" ".join(one.code for one in missing_items(plan, agency, q3, records)))
    told += [named(plan.find(code)) for code in ("1", "4", "T1-1-01", "M01")]
    assert "\n".join(told) == snapshot
