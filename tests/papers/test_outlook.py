"""预警, 连续红灯 and 由红转绿 in the papers, and nothing of them with one period of data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from support import editions
from support.pages import text_of
from support.paths import ROOT

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.status import project_status
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.documents.scorecard.html import render_scorecard
from qiyx_xl.documents.scorecard.xlsx import write_scorecard
from qiyx_xl.intake.office_files.project_list import load_project_list
from qiyx_xl.papers.bulletin import sections
from qiyx_xl.papers.bulletin.bulletin import bulletin

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.papers.edition import Edition

FOUR = ("2025Q4", "2026Q1", "2026Q2", "2026Q3")


def figures(plan: Plan, code: str, *values: str) -> list[Record]:
    return [
        editions.record(plan, code, period, value)
        for period, value in zip(FOUR[-len(values) :], values, strict=True)
    ]


def published(plan: Plan, rules: Rules, records: list[Record]) -> Edition:
    """The third quarter, after each quarter with figures was published."""
    before: list[object] = []
    for text in FOUR:
        period = Period.parse(text)
        known = [one for one in records if one.period <= period]
        edition = editions.edition(
            plan, rules, known, period=period, today=editions.TODAY, publications=before
        )
        before.append(edition.publication)
    return edition


def told(blocks: object) -> str:
    return "\n".join(map(text_of, blocks))


def all_of(edition: Edition) -> str:
    return told(block for blocks in bulletin(edition).passages.values() for block in blocks)


SAGGING = ("6.4", "7.4", "7.6", "7.8")  # of 8.3 for indicator 9; green in the first quarter


def test_what_is_amber_and_expected_to_miss_is_warned_of(plan, rules):
    edition = published(plan, rules, figures(plan, "9", *SAGGING))
    said = told(sections.behind(edition))
    assert "预警（1项）" in said
    assert (
        "现亮黄灯，预计年底8.1万人次，亮黄灯（按近4期走势推算）；"
        "还需每月增加0.167万人次，近期每月增加0.111万人次。"
    ) in said
    assert "预警（1项）" in told(sections.behind(edition, in_bulletin=False))


def test_what_is_red_already_or_will_be_green_is_not_warned_of(plan, rules):
    for values in (("6.4", "6.5", "6.6", "6.7"), ("6.4", "7.1", "7.7", "8.2")):
        edition = published(plan, rules, figures(plan, "9", *values))
        assert edition.outlook.forecasts["9"]
        assert "预警" not in told(sections.behind(edition))


def test_without_this_period_s_figure_nothing_is_expected(plan, rules):
    edition = published(plan, rules, figures(plan, "9", *SAGGING)[:3])
    assert edition.outlook.forecasts == {}


def test_items_and_agencies_that_stay_red_are_told_with_how_long(plan, rules):
    red = [*figures(plan, "9", "5.0", "5.1", "5.2", "5.3"), *figures(plan, "7", *["3.6"] * 3)]
    edition = published(plan, rules, red)
    said = told(sections.behind(edition))
    assert (
        "指标。连续4期红灯的有开展职业技能培训累计数（区人力社保局）；连续3期红灯的有城镇登记失业率"
        in said
    )
    assert "单位总灯。连续3期红灯的有区人力社保局。" in said
    page = render_scorecard(edition)
    assert "；连续4期红灯</td>" in page  # the item's
    assert "<td>连续3期红灯" in page  # its agency's: in the first quarter it was grey


def test_what_was_made_good_is_told(plan, rules):
    edition = published(plan, rules, figures(plan, "9", "5.0", "5.1", "5.2", "8.4"))
    assert "由红转绿\n开展职业技能培训累计数（区人力社保局）（此前连续3期红灯）。" in told(
        sections.ahead(edition)
    )
    assert "由红转绿" in told(sections.behind(edition, in_bulletin=False))
    assert "由红转绿" in render_scorecard(edition)


def test_a_project_that_stays_red_is_told_in_the_text_and_in_its_list(plan, rules):
    listed = load_project_list(ROOT / "examples" / "projects.json", plan)
    edition: Edition | None = None
    before: list[object] = []
    for text in FOUR[-2:]:
        period = Period.parse(text)
        book = ProjectBook(listed, (ProjectRecord("XM01", period, "区卫健局", Decimal(1), ""),))
        status = project_status(book, rules, period, date(2026, 10, 30))
        drawn = editions.edition(plan, rules, (), period=period, publications=before)
        edition = replace(drawn, projects=status)
        before.append(edition.publication)
    assert edition is not None
    name = edition.projects.projects[0].project.name
    assert f"连续2期红灯的有{name}" in told(sections.behind(edition))
    assert "（连续2期红灯）" in render_scorecard(edition)


def test_the_workbook_has_a_column_of_expected_year_ends_only_where_there_are_any(
    plan, rules, tmp_path: Path
):
    headers = []
    for name, values in (("有", SAGGING), ("无", SAGGING[-1:])):
        path = tmp_path / f"{name}.xlsx"
        write_scorecard(path, published(plan, rules, figures(plan, "9", *values)))
        sheet = openpyxl.load_workbook(path)["指标明细"]
        cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
        headers.append(("预计年底" in cells, "8.1 黄" in cells))
    assert headers == [(True, True), (False, False)]


def test_the_page_continues_the_curve_with_dots_to_the_expected_year_end(plan, rules):
    page = render_scorecard(published(plan, rules, figures(plan, "9", *SAGGING)))
    assert '<th scope="col" data-h="预计年底">' in page
    assert "2026年底预计：8.1万人次（黄，按近4期走势推算）" in page
    assert page.count('stroke-dasharray="2 4"') == 1
    assert "点线是按走势推算的年底" in page


@pytest.mark.parametrize("values", [SAGGING[-1:], SAGGING[-2:]])
def test_with_too_few_figures_no_paper_says_anything_of_the_year_end(plan, rules, values):
    edition = published(plan, rules, figures(plan, "9", *values))
    said = all_of(edition) + render_scorecard(edition)
    assert not any(word in said for word in ("预计", "推算", 'stroke-dasharray="'))


def test_where_nothing_was_published_before_nothing_is_said_of_runs(plan, rules):
    edition = editions.edition(plan, rules, figures(plan, "9", "5.0", "5.1", "5.2", "5.3"))
    said = all_of(edition) + render_scorecard(edition)
    assert "连续" not in said
    assert "由红转绿" not in said


def test_a_value_without_a_lamp_to_expect_is_printed_alone(plan, rules):
    edition = published(plan, rules, figures(plan, "T2-2-01", "60", "61", "62", "63"))
    found = edition.outlook.forecasts["T2-2-01"]
    assert found.value == 64
    page = render_scorecard(edition)
    assert ">64</button>" in page
    assert "预计年底64%（按近4期走势推算）" in page
