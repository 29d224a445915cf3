"""The rows that the formulas find are those the core takes, whatever records there are."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st
from support.ledger_views import view_of

from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.ledger.content.lookup import Lookup
from qiyx_xl.ledger.content.workbook import Content

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

PERIODS = ["2025", "2025Q4", "2025-12", "2026Q3", "2026-09", "2026-08", "2026Q2", "2024"]
DONE = {Word.PASSED, Word.DONE, Decimal(100)}
NUMBERS = st.sampled_from(["", "不适用", "7", "8.1", "0"])
WORDS = st.sampled_from(["", "进行中", "已通过", "100", "未通过"])


@st.composite
def logs(draw: st.DrawFn) -> list[tuple[str, str, str, dict[str, object]]]:
    cells = st.tuples(st.sampled_from(["9", "T2-1-02", "4", "M07"]), st.sampled_from(PERIODS))
    rows = []
    for code, period in draw(st.lists(cells, unique=True, max_size=16)):
        value = draw(WORDS if code in ("4", "M07") else NUMBERS)
        options: dict[str, object] = {}
        if draw(st.integers(0, 9)) == 0:
            options["agency"] = "新碶街道"
        rows.append((code, period, value, options))
    return rows


@given(rows=logs(), period=st.sampled_from(PERIODS))
def test_formulas_find_the_very_records_that_the_core_rates(
    plan: Plan, rules: Rules, rows: list, period: str
):
    view = view_of(plan, rules, rows, period)
    lookup = Lookup(Plans.only(plan), view.records)
    for line in view.lines:
        item = line.item
        if item.code not in ("9", "T2-1-02", "4", "M07"):
            continue
        find = lookup.milestone if item.code in ("4", "M07") else lookup.at
        row = find(item, view.period)
        found = None if row == "" else view.records[int(row) - 1].record
        if line.record is None or line.record.actual is Absence.NOT_REPORTED:
            # A blank is found or not; either way the cell is empty.
            assert found is None or found.actual is Absence.NOT_REPORTED
        else:
            assert found is not None
            both = {found.actual, line.record.actual}
            assert len(both) == 1 or (item.code in ("4", "M07") and both <= DONE)
        row = lookup.year_end(item, view.period.year - 1)
        closing = None if row == "" else view.records[int(row) - 1].record.actual
        assert closing == line.previous


def test_a_streets_figure_is_never_taken_for_the_districts(plan: Plan, rules: Rules):
    rows = [("9", "2026Q3", "8", {"agency": "新碶街道"})]
    view = view_of(plan, rules, rows)
    assert Lookup(Plans.only(plan), view.records).keys == [("", "", "", "")]
    assert Content(view).record_rows()[0][-4:] == ["", "", "", ""]


def test_a_replaced_number_cannot_be_found(plan: Plan, rules: Rules):
    rows = [("9", "2026Q3", "8", {"current": False}), ("9", "2026Q3", "7")]
    keys = Lookup(Plans.only(plan), view_of(plan, rules, rows).records).keys
    assert keys == [("", "", "", ""), ("9|2026Q3", "9|2026-09", "", "")]


def test_the_quarter_is_found_by_its_month_and_the_other_way_round(plan: Plan, rules: Rules):
    view = view_of(plan, rules, [("9", "2026Q3", "8"), ("8", "2026-09", "95")], "2026-09")
    lookup = Lookup(Plans.only(plan), view.records)
    assert lookup.at(plan.find("9"), view.period) == 1
    view = view_of(plan, rules, [("8", "2026-09", "95")], "2026Q3")
    assert Lookup(Plans.only(plan), view.records).at(plan.find("8"), view.period) == 1
