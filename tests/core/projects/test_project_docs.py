"""docs/projects.md says what the program does: its examples are recomputed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support.page_tables import table_of
from support.paths import ROOT

from qiyx_xl.core.plan.project_list import ProjectNode
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.projects.rating import assess_node, assess_share
from qiyx_xl.core.rating.completion import NO_RATE
from qiyx_xl.papers.phrases import gap_text

PAGE = (ROOT / "docs" / "projects.md").read_text(encoding="utf-8")
NODE = ProjectNode(1, "主体结构封顶", date(2026, 8, 31))
PLANNED = {2026: Decimal(12000)}


def value(text: str):
    match text:
        case "":
            return Absence.NOT_REPORTED
        case "不适用":
            return Absence.NOT_APPLICABLE
    return date.fromisoformat(text) if text.count("-") == 2 else Decimal(text)


def assessed_share(row, rules):
    what, period, filled = row[:3]
    period = Period.parse(period)
    is_money = what == "投资"
    return assess_share(
        value(filled),
        PLANNED.get(period.year) if is_money else Decimal(400),
        period,
        rules,
        due=True,
        measure="万元" if is_money else "户",
        what="年度计划投资" if is_money else "全年目标",
    )


def assessed_node(row, rules):
    case, period, filled = row[:3]
    said = value(filled)
    completed = said if isinstance(said, date) else None
    reported = case != "没有报表"
    period = Period.parse(period)
    return assess_node(NODE, completed, said, period, rules, reported=reported, due=True)


@pytest.mark.parametrize(
    "row", table_of("projects.md", "投资或实事"), ids=lambda row: "·".join(row[:3])
)
def test_every_share_example_is_what_the_program_says(row, rules):
    rate, gap, lamp, reason = row[3:]
    found = assessed_share(row, rules)
    assert (found.display, gap_text(found.schedule_gap_pp)) == (rate, gap)
    assert (found.lamp, found.reason) == (lamp, reason)


@pytest.mark.parametrize("row", table_of("projects.md", "节点"), ids=lambda row: "·".join(row[:2]))
def test_every_node_example_is_what_the_program_says(row, rules):
    days, lamp, reason = row[3:]
    found = assessed_node(row, rules)
    shown = NO_RATE if found.delay_days is None else str(found.delay_days)
    assert (found.lamp, found.reason, shown) == (lamp, reason, days)


@pytest.mark.parametrize(
    ("name", "nearby"),
    [
        ("gap_green_pp", Decimal(-4)),
        ("gap_amber_pp", Decimal("-9.9")),
        ("gap_amber_pp", Decimal("-10.1")),
        ("node_near_days", 62),
        ("node_late_amber_days", 29),
        ("node_late_amber_days", 61),
    ],
)
def test_a_rule_changed_a_little_changes_an_example(name, nearby, rules):
    mutant = replace(rules, projects=replace(rules.projects, **{name: nearby}))
    shares, nodes = table_of("projects.md", "投资或实事"), table_of("projects.md", "节点")
    assert any(assessed_share(row, mutant) != assessed_share(row, rules) for row in shares) or any(
        assessed_node(row, mutant) != assessed_node(row, rules) for row in nodes
    )


def test_the_thresholds_named_on_the_page_are_the_rule_files(rules):
    own = rules.projects
    assert f"落后不超过 {-own.gap_amber_pp} 个百分点" in PAGE
    assert f"离计划日期 {own.node_near_days} 天以内" in PAGE
    assert f"滞后不超过 {own.node_late_amber_days} 天" in PAGE
    assert own.frequency == "quarterly"
    assert "每季度报" in PAGE
