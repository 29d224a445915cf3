"""操作台: what people see first."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from support.booked_office import HEALTH, SOCIAL, Booked
from support.ledger_views import parts_of, view_of
from support.libreoffice import sheets_of

from qiyx_xl import app
from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.data import resource
from qiyx_xl.ledger.content import dashboard as console
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.registry import CONTROLS
from qiyx_xl.papers.dashboard import Returned, dashboard

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

TODAY = date(2026, 10, 30)


@pytest.fixture
def quarter(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    """A quarter of the sample forms, some returned and some missing."""
    here = Booked(tmp_path / "七优享", plan, rules, built)
    for period in ("2025Q4", "2026Q3"):
        app.consolidate(
            here.office, [resource(f"examples/{period}")], Period.parse(period), now=here.now
        )
    return here


def grid(path: Path) -> dict[str, object]:
    sheet = load_workbook(path, data_only=True)["操作台"]
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


@pytest.mark.slow
def test_lamps_by_domain_add_up_to_the_indicators(quarter: Booked):
    shown = grid(quarter.office.ledger)
    view = app.ledger_view(quarter.office, Period.parse("2026Q3"), quarter.now.date())
    lamps = [line.rating.light for line in view.lines if isinstance(line.item, Indicator)]
    first, total = console.FIRST_DOMAIN_ROW + 1, console.FIRST_DOMAIN_ROW + 1 + 7
    for column, light in zip("CDEF", Light, strict=True):
        by_domain = [shown[f"{column}{row}"] for row in range(first, total)]
        assert sum(by_domain) == shown[f"{column}{total}"] == lamps.count(light)
    assert shown[f"G{total}"] == 21
    assert shown[f"B{total}"] == "合计"
    score = load_workbook(quarter.office.ledger, data_only=True)["指标台账"]["Q3"].value
    assert shown[f"H{total}"] == pytest.approx(score)


@pytest.mark.slow
def test_missing_and_returned_say_who_how_many_and_since_when(quarter: Booked):
    shown = grid(quarter.office.ledger)
    texts = [str(value) for value in shown.values()]
    assert any(text.startswith("还缺哪些：2026年三季度") for text in texts)
    assert "霞浦街道_2026Q3.xlsx" in texts
    assert "认不出单位" in texts
    late = [text for text in texts if re.fullmatch(r"(逾期|还有) \d+ 天|今天截止", text)]
    assert len(late) >= 4


@pytest.mark.libreoffice
def test_every_formula_on_it_gives_in_libreoffice_what_is_stored(quarter: Booked, tmp_path: Path):
    book = load_workbook(quarter.office.ledger)["操作台"]
    stored = grid(quarter.office.ledger)
    opened = sheets_of(quarter.office.ledger, tmp_path / "csv")["操作台"]
    formulas = [
        c.coordinate for row in book.iter_rows() for c in row if str(c.value).startswith("=")
    ]
    assert len(formulas) > 60
    for where in formulas:
        column, row = re.fullmatch(r"([A-Z]+)(\d+)", where).groups()
        seen = opened[int(row) - 1][ord(column) - ord("A")]
        value = stored.get(where, "")
        if isinstance(value, int | float):
            number = float(seen.rstrip("%")) / (100 if seen.endswith("%") else 1)
            assert number == pytest.approx(value, rel=1e-6), where
        else:
            assert seen == str(value), where


def test_the_chart_draws_the_trend_in_the_lamps_colours(ledger: Path):
    chart = parts_of(ledger)["xl/charts/chart1.xml"].decode()
    assert re.findall(r'<a:srgbClr val="(5FAE68|F2B705|D9534F)"', chart) == [
        "5FAE68",
        "F2B705",
        "D9534F",
    ]
    assert 'grouping val="stacked"' in chart
    assert len(re.findall(r"<c:f>操作台!", chart)) == 9


def test_there_is_room_for_eleven_buttons_and_none_lies_over_another(ledger: Path):
    drawing = next(data for name, data in parts_of(ledger).items() if "vmlDrawing" in name).decode()
    anchors = [
        [int(number) for number in found.split(",")]
        for found in re.findall(r"<x:Anchor>\s*([\d, ]+)</x:Anchor>", drawing)
    ]
    assert len(anchors) == len(CONTROLS) <= 11
    ends = 0
    for left, left_offset, top, _, right, right_offset, bottom, _ in anchors:
        start = left * 10_000 + left_offset
        assert start >= ends
        ends = right * 10_000 + right_offset
        assert (top, bottom) == (console.BUTTON_ROW, console.BUTTON_ROW)
        assert right <= console.LAST_COLUMN + 1


def test_a_new_ledger_has_no_figures_and_says_when_they_come(ledger: Path):
    texts = list(map(str, grid(ledger).values()))
    assert texts.count("汇总以后，这里会列出来。") == 2
    assert "0 处" in texts


@pytest.mark.slow
def test_more_than_fits_is_counted_and_long_names_are_cut_in_the_middle(
    ledger: Path, plan: Plan, rules: Rules
):
    view = view_of(plan, rules, ())
    board = dashboard(
        rules, view.period, CurrentFigures(Plans.only(plan)), logged=(), findings=(), today=TODAY
    )
    long = "关于报送“七优享”指标三季度数据的函（修改稿）（领导签批）最终版2.xlsx"
    moment = view.runs[0].at
    files = tuple(Returned("区卫健局", long, 3, moment) for _ in range(11))
    refresh_ledger(ledger, replace(view, dashboard=replace(board, returned=files)))
    texts = list(map(str, grid(ledger).values()))
    assert f"另有 {len(board.missing) - 8} 家，见催报清单。" in texts
    assert "另有 3 份，见“校验结果”。" in texts
    cut = next(text for text in texts if text.startswith("关于报送"))
    assert (len(cut), cut.endswith("批）最终版2.xlsx"), "…" in cut) == (30, True, True)


def test_what_excel_is_given_as_blocks_is_what_stands_in_the_file(plan: Plan, rules: Rules):
    view = view_of(plan, rules)
    board = dashboard(
        rules, view.period, CurrentFigures(Plans.only(plan)), logged=(), findings=(), today=TODAY
    )
    content = Content(replace(view, dashboard=board)).console
    cells = content.cells()
    covered = {
        (top + down, left + along): cell
        for (top, left), rows in content.value_blocks()
        for down, row in enumerate(rows)
        for along, cell in enumerate(row)
    }
    from qiyx_xl.ledger.layout.cells import Formula

    values = {at: cell for at, cell in cells.items() if not isinstance(cell, Formula)}
    fixed = {at for at in values if at[1] == console.LEFT and at[0] <= content.last_table_row}
    fixed |= {(console.SECTION_ROW, console.RIGHT)}
    assert {at: covered.get(at) for at in values if at not in fixed | {(4, 1)}} == {
        at: cell for at, cell in values.items() if at not in fixed | {(4, 1)}
    }
    assert not any(isinstance(cell, Formula) for cell in covered.values())


@pytest.mark.slow
def test_the_difference_names_both_periods_and_what_turned(quarter: Booked):
    rows = list(
        load_workbook(quarter.office.ledger, data_only=True)["差异"].iter_rows(values_only=True)
    )
    assert str(rows[1][0]).startswith("2026年三季度与2026年二季度相比：")
    header, *data = rows[2:]
    first = dict(zip(header, data[0], strict=True))
    assert first == first | {"编号": "1", "上期灯": "灰", "变化": "变灯"}
    assert first["本期值"] is not None
    assert first["来源文件"] == "区卫健局_2026Q3.xlsx"


@pytest.mark.slow
def test_a_figure_that_changed_between_two_quarters_shows_by_how_much(
    built: bytes, plan: Plan, rules: Rules, tmp_path: Path
):
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"2": "68"}, period=Period.parse("2026Q2"))
    here.send(HEALTH, {"2": "69.7"})
    here.send(SOCIAL, {"14": "65.7"}, period=Period.parse("2026Q2"))
    here.refresh()
    rows = list(
        load_workbook(here.office.ledger, data_only=True)["差异"].iter_rows(
            min_row=3, values_only=True
        )
    )
    header, *data = rows
    changed = {row[0]: dict(zip(header, row, strict=True)) for row in data}
    assert (changed["2"]["上期值"], changed["2"]["本期值"], changed["2"]["增减"]) == (68, 69.7, 1.7)
    assert changed["2"]["增减幅度"] == pytest.approx(0.025)
    assert (changed["14"]["上期值"], changed["14"]["本期值"]) == (65.7, None)
