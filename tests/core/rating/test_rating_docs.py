"""docs/rating.md says what the program does: its numbers and its examples are recomputed."""

from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction

import pytest
from support.page_tables import table_of
from support.paths import ROOT
from support.rating_suite import typed

from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.plan.rules import Rules
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.rate import effective_item, rate
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules, preset

PAGE = (ROOT / "docs" / "rating.md").read_text(encoding="utf-8")
SHIPPED, YINCHUAN = load_rules(), preset("银川")
SECONDS = {"应覆盖": "second", "基期": "second", "参照": "second", "上年": "previous"}


def spelled(value: object) -> str:
    match value:
        case bool():
            return "是" if value else "否"
        case tuple():
            return "、".join(map(str, value))
        case _:
            return str(value)


def value_of(rules: Rules, name: str) -> str:
    field, _, key = name.partition(".")
    value = getattr(rules, field)
    if value is None:
        return "方案的第一年"
    if not key:
        return spelled(value)
    return spelled(value[key] if isinstance(value, dict) else getattr(value, key))


def same(printed: str, value: str) -> bool:
    try:
        return Fraction(Decimal(printed)) == Fraction(Decimal(value))
    except ArithmeticError:
        return printed == value


@pytest.mark.parametrize("row", table_of("rating.md", "名称"), ids=lambda row: row[0].strip("`"))
def test_every_number_in_the_table_is_the_rule_files(row):
    name, _, default, yinchuan = row[0].strip("`"), *row[1:]
    assert same(default, value_of(SHIPPED, name))
    assert same(yinchuan or default, value_of(YINCHUAN, name))


def test_the_table_leaves_no_rule_out():
    listed = {row[0].strip("`").partition(".")[0] for row in table_of("rating.md", "名称")}
    assert listed == {entry.name for entry in fields(Rules)} - {"version", "name", "calendar"}
    days = {row[0].strip("`") for row in table_of("rating.md", "名称") if "deadline" in row[0]}
    assert days == {f"deadline_days.{key}" for key in SHIPPED.deadline_days}
    projects = {row[0].strip("`") for row in table_of("rating.md", "名称") if "projects" in row[0]}
    assert projects == {f"projects.{entry.name}" for entry in fields(SHIPPED.projects)}


@pytest.mark.parametrize("row", table_of("rating.md", "项目"), ids=lambda row: "·".join(row[:4]))
def test_every_example_is_what_the_program_says(row):
    code, period, actual, given, display, lamp, reason = row
    plan = load_plan()
    known, _, number = given.partition(" ")
    more = {SECONDS[known]: Decimal(number)} if number else {}
    rating = rate(
        effective_item(plan, plan.find(code)),
        Period.parse(period),
        typed(actual),
        rules=SHIPPED,
        due=given != "截止前",
        **more,
    )
    assert f"{rating.word}·{rating.state}" == lamp
    assert (rating.display, rating.reason) == (display, reason)


@pytest.mark.parametrize(
    "row", table_of("rating.md", "规则")[:4], ids=lambda row: row[0].split("`")[1]
)
def test_the_page_names_the_indicators_of_each_rule(row):
    rule = row[0].split("`")[1]
    codes = [item.code for item in load_plan().indicators if item.status_rule == rule]
    assert row[1].split() == codes


def test_the_page_shows_the_contracts_command_with_its_result(plan, rules):
    rating = rate(plan.find("9"), Period.parse("2024Q2"), Decimal("3.3"), rules=rules)
    said = f"完成率 {rating.display}，{rating.word}·{rating.state}，{rating.reason}"
    assert said in PAGE


def test_the_yearly_items_named_on_the_page_are_the_plans(plan):
    yearly = [
        i.code for i in plan.indicators if isinstance(i, Indicator) and i.frequency == "yearly"
    ]
    assert f"**年报项**（{' '.join(yearly)}）" in PAGE


def test_the_page_mentions_both_shipped_rule_files():
    for name in ("rules.json", "rules-yinchuan.json"):
        assert name in PAGE
    assert json.dumps(SHIPPED.version) not in PAGE  # versions change; the page does not repeat them
