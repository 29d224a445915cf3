from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import editions, rendering
from support.pages import safe

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.completion import percent
from qiyx_xl.core.rating.period_target import period_target
from qiyx_xl.documents.workbooks.method_cards import write_cards
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules, preset
from qiyx_xl.papers.method_cards import arithmetic, cards

EDGES = (
    editions.quarter,
    editions.empty,
    editions.one_agency,
    editions.all_green,
    pytest.param(editions.many, marks=pytest.mark.slow),
)
PLAN, RULES = load_plan(), load_rules()


def line(edition, code, agency=None):
    return next(
        one
        for card in cards(edition)
        if agency is None or card.agency.name == agency
        for one in card.lines
        if one.code == code
    )


def value(formula):
    """What a formula on a card comes to; only numbers, brackets and signs are in it."""
    assert re.fullmatch(r"[0-9.()－÷-]+", formula), formula
    python = re.sub(r"[0-9]+(?:\.[0-9]+)?", r"Fraction('\g<0>')", formula)
    return eval(python.replace("－", "-").replace("÷", "/"))  # noqa: S307 - checked above


def test_a_card_explains_a_lamp_in_numbers(plan, rules):
    edition = editions.quarter(plan, rules)
    card = line(edition, "12")
    assert card.inputs == "实际A 61%\n目标T ≥70%\n上年实际S 60"
    assert card.arithmetic == (
        "R＝A÷T＝61÷70＝87.1%\n"
        "p＝(A－S)÷(T－S)＝(61－60)÷(70－60)＝10.0%\n"
        "P＝75.0%；序时差p－P＝-65.0个百分点"
    )
    assert (card.lamp, card.reason) == ("红·严重滞后", "滞后序时65.0个百分点")
    assert card.rule == "按序时：达标即绿；落后序时不超过0.05个百分点为绿，不超过10个为黄，再多为红"
    assert line(edition, "7").arithmetic == "R＝2－A÷T＝2－3.45÷3.5＝101.4%"
    assert line(edition, "18").arithmetic.endswith("，未达标显示99.9%")
    assert line(edition, "13").arithmetic.endswith("＝306.3%，按200.0%计")
    assert line(edition, "20").arithmetic == ""


def as_text(one):
    """One item of a card as a page shows it."""
    told = (one.rule, one.inputs, one.arithmetic, one.source)
    lines = [line for text in told if text for line in text.split("\n")]
    head = f"{one.code} {one.name} —— {one.light.word}：{one.lamp}，{one.reason}"
    return safe("\n".join((head, *(f"    {line}" for line in lines))))


def test_the_cards_of_a_small_quarter_read_like_this(plan, rules, snapshot):
    lines = [
        part
        for card in cards(editions.small(plan, rules))
        for part in (f"【{card.agency.name}】", *map(as_text, card.lines))
    ]
    assert "\n".join(lines) == snapshot


def test_where_the_plan_has_changed_since_a_closing_no_sum_is_told_that_does_not_come_out(
    plan, rules
):
    item = plan.find("12")
    (found,) = (
        one.line for one in cards(editions.quarter(plan, rules))[0].lines if one.code == "12"
    )
    aim = period_target(item, editions.Q3, rules, previous=found.previous)
    assert len(arithmetic(found, item, aim, rules)) == 3
    raised = replace(aim, value=Decimal(80))
    assert arithmetic(found, item, raised, rules) == ()


def test_the_rule_is_told_with_the_rule_files_own_numbers(plan):
    yinchuan = editions.edition(plan, preset("银川"))
    assert "落后序时不到10个百分点为绿，不超过30个为黄" in line(yinchuan, "12").rule
    year_end = editions.edition(plan, RULES, period=Period.parse("2026Q4"))
    assert line(year_end, "12").rule == "按完成率：达标为绿，不低于90%为黄，再低为红"
    assert line(year_end, "8").rule.startswith("按台阶：达标为绿，不差于上年目标（95）为黄")
    assert "离期限90天以内为黄" in line(year_end, "M07").rule


def test_where_a_number_came_from_is_said(plan, rules):
    edition = editions.quarter(plan, rules)
    assert line(edition, "12").source == "区卫健局_2026Q3.xlsx ▸ 填报表!G6"
    assert line(edition, "6").source == ""


def test_a_street_sees_its_own_figure_beside_the_districts(plan, rules):
    records = [
        editions.record(plan, "T6-2-04", "2026Q3", "12", agency=agency.name)
        for agency in plan.agencies
        if agency.level == "街道"
    ]
    edition = editions.edition(plan, rules, records)
    assert line(edition, "T6-2-04", "新碶街道").inputs.startswith("本单位报12台\n全区：")
    nothing = editions.edition(plan, rules)
    assert line(nothing, "T6-2-04", "新碶街道").inputs.startswith("本单位报未报")


@pytest.mark.slow
@given(
    item=st.sampled_from([*PLAN.indicators, *PLAN.goals]),
    actual=st.decimals("-5", "200", places=2),
    previous=st.none() | st.decimals("0.1", "150", places=1),
    period=st.sampled_from(["2023Q2", "2025Q4", "2026Q3", "2026-05", "2027"]),
)
def test_the_arithmetic_written_down_gives_the_number_behind_it(item, actual, previous, period):
    when = Period.parse(period)
    records = [editions.record(PLAN, item.code, period, actual, second=Decimal(90))]
    if previous is not None:
        records.append(editions.record(PLAN, item.code, f"{when.year - 1}Q4", previous))
    edition = editions.edition(PLAN, RULES, records, period=when)
    for card in cards(edition):
        for one in card.lines:
            for step in one.arithmetic.split("\n"):
                if not step.startswith(("R＝", "p＝")):
                    continue
                _, _, formula, result = re.split("＝", step.split("，")[0])
                assert percent(Fraction(value(formula))) == result
                if step.startswith("p＝"):
                    assert result == percent(Fraction(one.line.rating.progress))
                elif "，" in step:
                    assert step.endswith(
                        (f"按{one.line.rating.display}计", one.line.rating.display)
                    )
                else:
                    assert result == one.line.rating.display


@pytest.mark.parametrize("make", EDGES)
def test_every_agency_that_answers_for_anything_has_its_card_from_a_new_page_on(
    tmp_path, plan, rules, make
):
    edition = make(plan, rules)
    path = tmp_path / "口径卡.xlsx"
    write_cards(path, edition)
    sheet = openpyxl.load_workbook(path).active
    column = [cell.value for cell in sheet["A"]]
    found = cards(edition)
    heads = [
        next(n for n, text in enumerate(column) if str(text).startswith(f"{card.agency.name}　"))
        for card in found
    ]
    assert heads == sorted(heads)
    assert [one.id for one in sheet.row_breaks.brk] == heads[1:]
    assert sum(len(card.lines) for card in found) == sum(
        len(edition.plan.reported_by(agency)) for agency in edition.plan.agencies
    )


def test_the_same_edition_gives_the_same_bytes_and_only_text(tmp_path, plan, rules):
    one, other = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    write_cards(one, editions.quarter(plan, rules))
    write_cards(other, editions.quarter(plan, rules))
    assert one.read_bytes() == other.read_bytes()
    cells = [cell for row in openpyxl.load_workbook(one).active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


@pytest.mark.libreoffice
@pytest.mark.parametrize("make", [editions.quarter])
def test_it_is_printed_whole(tmp_path, plan, rules, make):
    path = tmp_path / "口径卡.xlsx"
    write_cards(path, make(plan, rules))
    rendering.printed(path, tmp_path).check(pages=range(16, 30))
