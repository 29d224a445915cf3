"""How 晾晒榜.xlsx is written: a first page for leaders, three views, single items, all facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.documents.scorecard.broken_down import (
    draw_grid,
    fits_on_a_page,
    level_headline,
    short_level,
)
from qiyx_xl.documents.scorecard.cover import draw_cover
from qiyx_xl.documents.scorecard.facts import GOAL, INDICATOR, MILESTONE, facts, rows
from qiyx_xl.documents.scorecard.items import (
    draw_facts,
    draw_items,
    draw_project_list,
    draw_trends,
    project_lists,
)
from qiyx_xl.documents.scorecard.views import draw_reporting, draw_view
from qiyx_xl.documents.style.workbook import paper_book, set_up_page
from qiyx_xl.papers.broken_down import grids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from qiyx_xl.core.rating.scorecard import View
    from qiyx_xl.papers.edition import Edition

COVER, REPORTING, TRENDS, FACTS = "晾晒榜", "报送情况", "五年走势", "数据"
VIEW_SHEETS: dict[View, str] = {"domain": "分领域", "agency": "分单位", "level": "分层级"}
ITEM_SHEETS = {INDICATOR: "指标明细", GOAL: "任务目标", MILESTONE: "里程碑"}
SHEETS = (COVER, *VIEW_SHEETS.values(), REPORTING, *ITEM_SHEETS.values(), TRENDS, FACTS)


def write_scorecard(path: Path, edition: Edition) -> None:
    """Write the 晾晒榜 as .xlsx, with every sheet set up for printing on A4.

    Raises:
        EditionError: the views do not add up to the table of facts.
    """
    table = facts(edition)
    views = {view: rows(edition, view, table) for view in VIEW_SHEETS}
    title = f"{edition.heading}工程{edition.period.label}晾晒榜"
    with paper_book(path, title, edition.today) as book:
        lists = project_lists(edition)
        levels = {short_level(grid.level): grid for grid in grids(edition)}
        names = _with(SHEETS, lists, [name for level in levels for name in _sheets_of(level)])
        sheets = {name: book.book.add_worksheet(name) for name in names}
        drawn = {
            view: draw_view(sheets[name], book, edition, view, views[view])
            for view, name in VIEW_SHEETS.items()
        }
        for name, grid in levels.items():
            ranking, of_items = (sheets[sheet] for sheet in _sheets_of(name))
            level = grid.level
            parts = [part for entry in grid.rows for part in entry.parts if part is not None]
            origin = level_headline(parts, level)
            draw_view(ranking, book, edition, level, rows(edition, level, table), origin)
            draw_grid(of_items, book, edition, grid)
        draw_reporting(sheets[REPORTING], book, edition)
        trends = draw_trends(sheets[TRENDS], book, edition)
        for kind, name in ITEM_SHEETS.items():
            items = [fact for fact in table if fact.kind == kind]
            draw_items(sheets[name], book, edition, kind, items, trends)
        for name, listed in lists.items():
            draw_project_list(sheets[name], book, edition, listed)
        draw_facts(sheets[FACTS], book, edition, table)
        draw_cover(sheets[COVER], book, edition, table, drawn["domain"], drawn["agency"], title)
        footer = f"{edition.period.label}晾晒榜　{edition.versions_text}"
        for sheet in sheets.values():
            set_up_page(sheet, footer)
        for name, grid in levels.items():
            if fits_on_a_page(grid):
                sheets[_sheets_of(name)[1]].fit_to_pages(1, 1)
        sheets[COVER].fit_to_pages(1, 1)
        sheets[COVER].activate()


def _sheets_of(level: str) -> tuple[str, str]:
    """Return the names of a level's two sheets: 分街道, 街道分解."""
    return f"分{level}", f"{level}分解"


def _with(names: Sequence[str], lists: Iterable[str], levels: Sequence[str]) -> list[str]:
    """Return the sheets' names: the levels' after the views, the lists after the plan's items."""
    after_views, place = names.index(REPORTING), names.index(TRENDS)
    return [
        *names[:after_views],
        *levels,
        *names[after_views:place],
        *lists,
        *names[place:],
    ]
