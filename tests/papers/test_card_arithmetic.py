"""The rule, the inputs and the arithmetic on a 口径卡, case by case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support import editions

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.period_target import period_target
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.papers.method_cards import arithmetic, cards, rule_text

PLAN, USUAL = load_plan(), load_rules()
TOLD_APART = replace(
    USUAL,
    gap_green_pp=Decimal("-0.5"),
    gap_amber_pp=Decimal(-12),
    ratio_amber=Decimal("0.91"),
    hold_amber=Decimal("0.92"),
    zero_amber=Decimal("0.935"),
    ceiling_near=Decimal("0.94"),
    milestone_amber_days=55,
)
"""Rules of which every threshold is another number."""
RULES = {
    "usual": USUAL,
    "apart": TOLD_APART,
    "strict": replace(TOLD_APART, gap_green_inclusive=False),
    "inverse": replace(USUAL, lower_is_better_rate="ratio"),
}


def figure(code, period, actual, rules=USUAL, *, start="3", second=Decimal(60)):
    """An item's line with its aim; the year before ended with ``start``."""
    item = PLAN.find(code)
    when = Period.parse(period)
    records = [editions.record(PLAN, code, period, actual, second=second)]
    if start is not None:
        records.append(editions.record(PLAN, code, f"{when.year - 1}Q4", start))
    lines = status_lines(PLAN, rules, when, records, date(when.year + 1, 1, 30))
    line = next(one for one in lines if one.item.code == code)
    return (
        line,
        item,
        period_target(item, when, rules, previous=line.previous, second=line.second),
    )


# --- the rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "period", "rules", "told"),
    [
        ("1", "2026Q3", "apart", "按序时：达标即绿；落后序时不超过0.5个百分点为绿，不超过12个为黄，再多为红"),
        ("1", "2026Q3", "strict", "按序时：达标即绿；落后序时不到0.5个百分点为绿，不超过12个为黄，再多为红"),
        ("1", "2026Q4", "apart", "按完成率：达标为绿，不低于91%为黄，再低为红"),
        ("T7-1-02", "2026Q4", "apart", "按完成率：达标为绿，不低于91%为黄，再低为红"),
        ("18", "2026Q3", "apart", "按完成率：达标为绿，不低于92%为黄，再低为红"),
        ("T6-3-02", "2027Q4", "apart", "按完成率：达标为绿，不低于93.5%为黄，再低为红"),
        ("7", "2026Q3", "apart", "按控制线：突破为红，超过控制线的94%为黄，其余为绿"),
        ("11", "2026Q3", "apart", "年度项目：年底前达标为绿，未达标不判"),
        ("11", "2026Q4", "apart", "按台阶：达标为绿，不差于上年目标（8.7）为黄，再差为红"),
        ("5", "2026Q3", "apart", "按节点：通过（完成）为绿，离期限55天以内为黄，过期为红"),
        ("M02", "2026Q3", "apart", "按节点：通过（完成）为绿，离期限55天以内为黄，过期为红"),
    ],
)  # fmt: skip
def test_the_rule_is_told_in_words_with_the_rule_files_numbers(code, period, rules, told):
    aim = period_target(PLAN.find(code), Period.parse(period), RULES[rules])
    assert rule_text(aim, RULES[rules]) == told


def test_without_a_target_of_the_year_before_the_rule_of_steps_names_no_number():
    aim = replace(period_target(PLAN.find("11"), Period.parse("2026Q4"), USUAL), last_target=None)
    assert rule_text(aim, USUAL) == "按台阶：达标为绿，不差于上年目标为黄，再差为红"


# --- the arithmetic ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "period", "rules", "actual", "steps"),
    [
        # Higher is better: rate, progress and schedule; from 200% on the rate is cut.
        ("1", "2026Q3", "usual", "0", "R＝A÷T＝0÷5＝0.0% / p＝(A－S)÷(T－S)＝(0－3)÷(5－3)＝-150.0% / P＝75.0%；序时差p－P＝-225.0个百分点"),
        ("1", "2026Q3", "usual", "4.5", "R＝A÷T＝4.5÷5＝90.0% / p＝(A－S)÷(T－S)＝(4.5－3)÷(5－3)＝75.0% / P＝75.0%；序时差p－P＝0.0个百分点"),
        ("1", "2026Q3", "usual", "10", "R＝A÷T＝10÷5＝200.0% / p＝(A－S)÷(T－S)＝(10－3)÷(5－3)＝350.0% / P＝75.0%；序时差p－P＝+275.0个百分点"),
        ("1", "2026Q3", "usual", "10.5", "R＝A÷T＝10.5÷5＝210.0%，按200.0%计 / p＝(A－S)÷(T－S)＝(10.5－3)÷(5－3)＝375.0% / P＝75.0%；序时差p－P＝+300.0个百分点"),
        ("1", "2026Q2", "usual", "4", "R＝A÷T＝4÷5＝80.0% / p＝(A－S)÷(T－S)＝(4－3)÷(5－3)＝50.0% / P＝50.0%；序时差p－P＝0.0个百分点"),
        # At the end of the year there is no schedule any more.
        ("1", "2026Q4", "usual", "4", "R＝A÷T＝4÷5＝80.0%"),
        # What is nearly met is not shown as 100.0%.
        ("18", "2026Q3", "usual", "95.999", "R＝A÷T＝95.999÷96＝100.0%，未达标显示99.9%"),
        ("18", "2026Q3", "usual", "96", "R＝A÷T＝96÷96＝100.0%"),
        # Lower is better: two ways to reckon, and below zero the rate is cut.
        ("7", "2026Q3", "usual", "0", "R＝2－A÷T＝2－0÷3.5＝200.0%"),
        ("7", "2026Q3", "usual", "7", "R＝2－A÷T＝2－7÷3.5＝0.0%"),
        ("7", "2026Q3", "usual", "14", "R＝2－A÷T＝2－14÷3.5＝-200.0%，按0.0%计"),
        ("7", "2026Q3", "inverse", "14", "R＝T÷A＝3.5÷14＝25.0%"),
        ("7", "2026Q3", "inverse", "1.4", "R＝T÷A＝3.5÷1.4＝250.0%，按200.0%计"),
        ("7", "2026Q3", "inverse", "0", ""),
        # A target in words is reckoned by how many there are to be covered.
        ("15", "2026Q3", "usual", "40", "R＝A÷应覆盖＝40÷60＝66.7%"),
        ("15", "2026Q3", "usual", "60", "R＝A÷应覆盖＝60÷60＝100.0%"),
        # A goal begins each year at zero; one that lacks its baseline has no progress.
        ("T3-3-01", "2026Q3", "usual", "40", "R＝A÷T＝40÷50＝80.0% / p＝(A－S)÷(T－S)＝(40－0)÷(50－0)＝80.0% / P＝75.0%；序时差p－P＝+5.0个百分点"),
        ("T4-1-01", "2026Q3", "usual", "1", "R＝A÷T＝1÷2＝50.0%"),
        # What is in doubt, or is no number, has no arithmetic.
        ("1", "2026Q3", "usual", "-3", ""),
        ("18", "2026Q3", "usual", "100.1", ""),
        ("15", "2026Q3", "usual", "61", ""),
        ("5", "2026Q3", "usual", Word.IN_PROGRESS, ""),
        ("20", "2026Q3", "usual", Absence.NOT_APPLICABLE, ""),
        ("20", "2026Q3", "usual", Unreadable("约", "不是确数"), ""),
    ],
)  # fmt: skip
def test_the_arithmetic_shows_the_numbers_that_were_put_in(code, period, rules, actual, steps):
    line, item, aim = figure(code, period, actual, RULES[rules])
    assert " / ".join(arithmetic(line, item, aim, RULES[rules])) == steps


@pytest.mark.parametrize(
    ("actual", "baseline", "steps"),
    [
        ("5", "20", "R＝(B－A)÷(B－T)＝(20－5)÷(20－0)＝75.0%"),
        ("20", "20", "R＝(B－A)÷(B－T)＝(20－20)÷(20－0)＝0.0%"),
        ("25", "20", "R＝(B－A)÷(B－T)＝(20－25)÷(20－0)＝-25.0%，按0.0%计"),
        ("0", "20", "R＝(B－A)÷(B－T)＝(20－0)÷(20－0)＝100.0%"),
        ("5", "0", ""),
        ("5", None, ""),
    ],
)
def test_a_target_of_zero_is_reckoned_from_the_baseline(actual, baseline, steps):
    second = None if baseline is None else Decimal(baseline)
    line, item, aim = figure("T6-3-02", "2027Q4", actual, start=None, second=second)
    assert " / ".join(arithmetic(line, item, aim, USUAL)) == steps


def test_a_number_below_zero_stands_in_brackets():
    line, item, aim = figure("1", "2026Q3", "4.5")
    rating = replace(line.rating, actual=Decimal(-3), progress=Decimal(-3), completion_rate=None)
    first, _ = arithmetic(replace(line, rating=rating), item, aim, USUAL)
    assert first == "p＝(A－S)÷(T－S)＝((-3)－3)÷(5－3)＝-300.0%"


@pytest.mark.parametrize(
    ("of", "off_by", "steps"),
    [
        ("completion_rate", "0.0005", 3),
        ("completion_rate", "0.0006", 2),
        ("completion_rate", "-0.0005", 3),
        ("completion_rate", "-0.0006", 2),
        ("progress", "0.0005", 3),
        ("progress", "0.0006", 1),
        ("progress", "-0.0006", 1),
    ],
)
def test_a_step_whose_result_is_half_a_tenth_of_a_percent_off_the_frozen_one_is_left_out(
    of, off_by, steps
):
    line, item, aim = figure("1", "2026Q3", "4.5")
    frozen = {of: getattr(line.rating, of) + Decimal(off_by)}
    line = replace(line, rating=replace(line.rating, **frozen))
    assert len(arithmetic(line, item, aim, USUAL)) == steps


@pytest.mark.parametrize("lost", ["progress", "scheduled_progress", "schedule_gap_pp"])
def test_without_a_part_of_the_schedule_only_the_rate_is_shown(lost):
    line, item, aim = figure("1", "2026Q3", "4.5")
    line = replace(line, rating=replace(line.rating, **{lost: None}))
    assert arithmetic(line, item, aim, USUAL) == ("R＝A÷T＝4.5÷5＝90.0%",)


def test_a_start_that_is_the_target_or_unknown_gives_no_progress():
    line, item, aim = figure("1", "2026Q3", "4.5")
    for start in (aim.value, None):
        assert len(arithmetic(line, item, replace(aim, start=start), USUAL)) == 1
    assert arithmetic(line, item, replace(aim, value=None), USUAL) == ()
    assert arithmetic(line, item, None, USUAL) == ()


@pytest.mark.parametrize("baseline", [None, Decimal(0)])
def test_a_frozen_rate_is_not_explained_by_a_target_that_is_now_zero_without_a_baseline(baseline):
    line, item, aim = figure("18", "2026Q3", "96")
    now = replace(aim, value=Decimal(0), baseline=baseline)
    assert arithmetic(line, item, now, USUAL) == ()


@pytest.mark.parametrize("second", [None, Decimal(0)])
def test_a_frozen_rate_is_not_explained_where_nobody_is_to_be_covered(second):
    line, item, aim = figure("15", "2026Q3", "40")
    assert arithmetic(replace(line, second=second), item, aim, USUAL) == ()


# --- what a card shows ------------------------------------------------------------------------


def card_line(code, records, *, agency=None, period="2026Q3", rules=USUAL):
    edition = editions.edition(PLAN, rules, records, period=Period.parse(period))
    return next(
        line
        for card in cards(edition)
        if agency in (None, card.agency.name)
        for line in card.lines
        if line.code == code
    )


@pytest.mark.parametrize(
    ("code", "rows", "inputs"),
    [
        ("12", [("2025Q4", "60"), ("2026Q3", "61")], "实际A 61% / 目标T ≥70% / 上年实际S 60"),
        ("12", [("2026Q3", "61")], "实际A 61% / 目标T ≥70% / 上年目标S 50"),
        ("T3-3-01", [("2026Q3", "32")], "实际A 32场/年 / 目标T ≥50场/年 / 起点S 0"),
        ("12", [], "实际A — / 目标T ≥70% / 上年目标S 50"),
        ("20", [("2026Q3", Absence.NOT_APPLICABLE)], "实际A 不适用 / 目标T ≥87% / 上年目标S 85"),
        ("15", [("2026Q3", "63.2", "64.5")], "实际A 63.2万人 / 目标T 全覆盖 / 应覆盖人数 64.5"),
        ("7", [("2026Q3", "3.45")], "实际A 3.45% / 目标T <3.5%"),
        ("5", [("2026Q3", Word.IN_PROGRESS)], "进展 进行中 / 期限 2025-12-31"),
        ("M02", [("2026Q3", Word.DONE)], "进展 已完成 / 期限 2027-12-31"),
        ("M07", [], "进展 — / 期限 2027-12-31"),
    ],
)  # fmt: skip
def test_the_inputs_are_told_by_name(code, rows, inputs):
    records = [
        editions.record(PLAN, code, period, actual, second=Decimal(second[0]) if second else None)
        for period, actual, *second in rows
    ]
    assert card_line(code, records).inputs == inputs.replace(" / ", "\n")


@pytest.mark.parametrize(
    ("actual", "reported"),
    [
        ("12", "12台"),
        (Absence.NOT_REPORTED, "空白"),
        (Absence.NOT_APPLICABLE, "不适用"),
        (None, "未报"),
    ],
)
def test_a_street_is_shown_what_it_reported_itself(actual, reported):
    street = "新碶街道"
    records = [
        editions.record(PLAN, "T6-2-04", "2026Q3", value, agency=agency)
        for agency, value in ((street, actual), ("大碶街道", "8"))
        if value is not None
    ]
    told = card_line("T6-2-04", records, agency=street).inputs
    assert told.split("\n")[:2] == [f"本单位报{reported}", "全区：实际A —"]
