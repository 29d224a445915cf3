from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from support import editions, rendering

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.history.closing import close
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.documents.workbooks.evaluation import write_evaluation
from qiyx_xl.papers.evaluation import five_years, year_columns
from qiyx_xl.papers.gather import gather

EDGES = (
    editions.quarter,
    editions.empty,
    editions.one_agency,
    editions.all_green,
    pytest.param(editions.many, marks=pytest.mark.slow),
)
Q4 = Period.parse("2025Q4")


def nine(edition):
    return next(one for one in five_years(edition) if one.item.code == "9")


def test_each_year_shows_its_end_and_the_running_year_how_far_it_has_come(plan, rules):
    records = [
        editions.record(plan, "9", period, value)
        for period, value in (
            *(("2023Q4", "2.4"), ("2024Q2", "3.3"), ("2024Q4", "4.6")),
            *(("2025Q4", "6.4"), ("2026Q3", "7.7"), ("2026Q4", "9")),
        )
    ]
    edition = editions.edition(plan, rules, records)
    assert [one.heading for one in year_columns(edition)] == [
        "2023年（未封账）",
        "2024年（未封账）",
        "2025年（未封账）",
        "2026年（截至三季度）",
        "2027年（没有数据）",
    ]
    found = nine(edition)
    assert [cell.text for cell in found.cells] == ["2.4 绿", "4.6 绿", "6.4 黄", "7.7 黄", "—"]
    assert [cell.target for cell in found.cells] == ["≥2.3", "≥4.5", "≥6.5", "≥8.3", "≥10"]
    assert (found.final_target, found.reached) == ("≥10", "77.0%")


def test_a_closed_year_keeps_the_values_it_was_closed_with(plan, rules):
    then = [editions.record(plan, "9", "2025Q4", "6.4")]
    lines = status_lines(plan, rules, Q4, then, date(2026, 1, 20))
    closing = close(
        plan, rules, Q4, lines, (), at=datetime(2026, 1, 20, 9, 0, tzinfo=UTC), by="王敏"
    )
    later = [editions.record(plan, "9", "2025Q4", "6.6"), editions.record(plan, "9", "2026Q3", "8")]
    edition = gather(
        rules,
        editions.Q3,
        editions.TODAY,
        CurrentFigures(Plans.only(plan), tuple(later)),
        closings=[closing],
    )
    headings = [one.heading for one in year_columns(edition)]
    assert headings[2] == "2025年（已封账）"
    assert nine(edition).cells[2].text == "6.4 黄"
    open_still = gather(
        rules, editions.Q3, editions.TODAY, CurrentFigures(Plans.only(plan), tuple(later))
    )
    assert nine(open_still).cells[2].text == "6.6 绿"


def test_a_value_in_doubt_is_not_held_against_the_last_target(plan, rules):
    edition = editions.edition(plan, rules, [editions.record(plan, "19", "2026Q3", "1.7")])
    found = next(one for one in five_years(edition) if one.item.code == "19")
    assert found.reached == "—"
    assert found.cells[3].text == "1.7 灰"


@pytest.mark.parametrize(
    ("code", "final", "reached", "cells"),
    [
        ("1", "≥5.5", "89.1%", "≥4 — 灰 / ≥4.3 — 灰 / ≥4.6 4.6 绿 / ≥5 4.9 绿 / ≥5.5 —"),
        ("3", "≥96", "—", "≥86 — 灰 / ≥92 — 灰 / ≥95 — 灰 / ≥96 200 灰 / ≥96 —"),
        ("6", "≥76", "95.8%", "≥74.3 — 灰 / ≥74.6 72.4 红 / ≥75 72.8 红 / ≥75.5 — 灰 / ≥76 —"),
        ("7", "<3.5", "101.4%", "<3.5 — 灰 / <3.5 — 灰 / <3.5 3.2 绿 / <3.5 3.45 黄 / <3.5 —"),
        ("9", "≥10", "77.0%", "≥2.3 2.4 绿 / ≥4.5 4.6 绿 / ≥6.5 6.4 黄 / ≥8.3 7.7 黄 / ≥10 —"),
        ("11", "≤8.3", "—", "≤9.1 — 灰 / ≤8.9 — 灰 / ≤8.7 — 灰 / ≤8.5 — 灰 / ≤8.3 —"),
        ("13", "≥32", "200.0%", "≥30 — 灰 / ≥31 — 灰 / ≥32 — 灰 / ≥32 98 绿 / ≥32 —"),
        ("15", "全覆盖", "—", "全覆盖 — 灰 / 全覆盖 — 灰 / 全覆盖 — 灰 / 全覆盖 63.2 灰 / 全覆盖 —"),
        ("18", "≥96", "99.9%", "≥96 — 灰 / ≥96 — 灰 / ≥96 — 灰 / ≥96 95.96 黄 / ≥96 —"),
        ("20", "≥90", "—", "≥82 — 灰 / ≥83 — 灰 / ≥85 — 灰 / ≥87 不适用 灰 / ≥90 —"),
        ("21", "≥100", "100.0%", "≥100 — 灰 / ≥100 — 灰 / ≥100 — 灰 / ≥100 100 绿 / ≥100 —"),
    ],
)  # fmt: skip
def test_five_years_of_an_indicator_read_like_this(plan, rules, code, final, reached, cells):
    found = {one.item.code: one for one in five_years(editions.quarter(plan, rules))}[code]
    told = " / ".join(f"{cell.target} {cell.text}" for cell in found.cells)
    assert (found.final_target, found.reached, told) == (final, reached, cells)


def test_words_that_set_no_number_are_told_as_printed_and_a_year_without_target_as_a_dash(
    plan, rules
):
    first, *rest = plan.indicators
    targets = {year: target for year, target in first.targets.items() if year != 2024}
    told = {
        one.item.code: [cell.target for cell in one.cells]
        for one in five_years(
            editions.edition(
                replace(plan, indicators=(replace(first, targets=targets), *rest)), rules
            )
        )
    }
    assert told["1"] == ["≥4", "—", "≥4.6", "≥5", "≥5.5"]
    assert told["4"][:2] == ["2022年已通过省级评估 预计2025年底前通过国家级评估"] * 2


@pytest.mark.parametrize("make", EDGES)
def test_scores_and_ranks_are_those_of_the_scorecard_and_lamps_add_up(tmp_path, plan, rules, make):
    edition = make(plan, rules)
    path = tmp_path / "年度评价表.xlsx"
    write_evaluation(path, edition)
    book = openpyxl.load_workbook(path)
    rows = [list(row) for row in book["年度评价"].iter_rows(values_only=True)]
    for view, heading in (("domain", "一、分领域评价"), ("agency", "二、分单位评价")):
        start = next(n for n, row in enumerate(rows) if row[0] == heading) + 2
        groups = edition.groups(view)
        table = {row[0]: row for row in rows[start : start + len(groups)]}
        assert set(table) == {group.name for group in groups}
        for group in groups:
            row = table[group.name]
            assert row[2:7] == [group.total, group.green, group.amber, group.red, group.grey]
            assert row[8] == group.score_text
            assert row[9] == ("不排名" if group.rank is None else str(group.rank))
        assert sum(row[2] for row in table.values()) == len(edition.indicators)
    years = [row[0] for row in book["五年进展"].iter_rows(min_row=5, values_only=True)]
    assert years[: len(edition.indicators)] == [line.item.code for line in edition.indicators]


def test_the_same_edition_gives_the_same_bytes(tmp_path, plan, rules):
    one, other = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    write_evaluation(one, editions.quarter(plan, rules))
    write_evaluation(other, editions.quarter(plan, rules))
    assert one.read_bytes() == other.read_bytes()


def test_what_a_plan_file_says_stays_text(tmp_path, plan, rules):
    first, *rest = plan.indicators
    strange = replace(plan, indicators=(replace(first, name=editions.NASTY), *rest))
    path = tmp_path / "年度评价表.xlsx"
    write_evaluation(path, editions.edition(strange, rules))
    cells = [c for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows() for c in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


@pytest.mark.libreoffice
@pytest.mark.parametrize("make", [editions.quarter])
def test_it_is_printed_whole(tmp_path, plan, rules, make):
    path = tmp_path / "年度评价表.xlsx"
    write_evaluation(path, make(plan, rules))
    rendering.printed(path, tmp_path).check(pages=range(2, 3))
