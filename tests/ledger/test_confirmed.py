"""What a person has confirmed: the lamp in the ledger is what its formulas say, too."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from support.booked_office import HEALTH, Q3, SOCIAL, Booked
from support.spreadsheet_hands import type_over

from qiyx_xl import app
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.inspect.static_copy import static_copy
from qiyx_xl.ledger.registry import NOT_READABLE, LedgerSheet
from qiyx_xl.shells import functions, plan_sheets

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from openpyxl.workbook import Workbook

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

BEFORE = Path(__file__).with_name("built_as_ledger_1.xlsm")
"""A ledger as the program built it before its formulas knew of confirmations."""
PLAN_SHEETS = ("指标台账", "任务目标", "里程碑")
GOAL = "T2-1-02"

_CALL = re.compile(r"=(QYX_\w+)\((.*)\)")
_CELL = re.compile(r"\$?([A-Z]+)\$?(\d+)")
_FOUND = re.compile(r'=IF\((\w+)="","",IF\(INDEX\((\S+?),\1\)="","",INDEX\(\2,\1\)\)\)')
_REFERENCE = re.compile(r"=(指标台账)!\$([A-Z]+)\$(\d+)")


def office(folder: Path, plan: Plan, rules: Rules, ledger: bytes) -> Booked:
    """Three values that are hard to believe; a person has confirmed two of them."""
    here = Booked(folder, plan, rules, ledger)
    here.send(HEALTH, {"1": "5100"}, period=Period.parse("2025"))
    here.send(HEALTH, {"1": "5.1", "2": "690"})
    goal = plan.find(GOAL)
    assert goal is not None
    here.send(goal.reporting_agency, {GOAL: "-3"})
    confirm(here, "2", HEALTH)
    confirm(here, GOAL, goal.reporting_agency)
    here.refresh()
    return here


def confirm(here: Booked, code: str, agency: str, value: str | None = None) -> None:
    app.confirm(
        here.office, Q3, code, agency, now=here.now, by="张三", reason="已电话核实", value=value
    )


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    return office(tmp_path / "七优享", plan, rules, built)


@pytest.fixture
def older(plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    return office(tmp_path / "旧台账", plan, rules, BEFORE.read_bytes())


@pytest.fixture
def asked_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Set the day on which the functions judge blanks."""
    return lambda day: monkeypatch.setattr(functions, "_today", lambda: day)


class Recalculated:
    """A ledger's cells: what is stored in them, and what their formulas give."""

    def __init__(self, path: Path) -> None:
        self.formulas = load_workbook(path)
        self.stored = load_workbook(path, data_only=True)

    def wrong(self) -> tuple[int, list[tuple[str, str, Any, Any]]]:
        """Count the formulas tried, and list those that give another value than is stored."""
        tried, wrong = 0, []
        for name in PLAN_SHEETS:
            for row in self.formulas[name].iter_rows(min_row=6):
                for cell in row:
                    given = self._given(name, str(cell.value))
                    if given is _NOT_TRIED:
                        continue
                    tried += 1
                    stored = self.stored[name][cell.coordinate].value
                    if not same(given, stored):
                        wrong.append((name, cell.coordinate, given, stored))
        return tried, wrong

    def _given(self, sheet: str, formula: str) -> Any:
        if call := _CALL.fullmatch(formula):
            cells = [self._argument(sheet, text) for text in call[2].split(",")]
            return functions.REGISTRY[call[1]].answer(*([[cell]] for cell in cells))
        if found := _FOUND.fullmatch(formula):
            row = self._argument(sheet, found[1])
            return None if row is None else self._named(found[2], row)
        if refers := _REFERENCE.fullmatch(formula):
            return self.stored[refers[1]][refers[2] + refers[3]].value
        return _NOT_TRIED

    def _argument(self, sheet: str, text: str) -> Any:
        if text == "数据期":
            return self.stored["指标台账"]["C3"].value
        place, as_text, _ = text.partition('&""')
        assert _CELL.fullmatch(place), text
        value = self.stored[sheet][place].value
        if as_text:
            return "" if value is None else str(value)
        return float(value) if type(value) is int else value

    def _named(self, name: str, row: float) -> Any:
        ((sheet, area),) = self.formulas.defined_names[name].destinations
        column, first = _CELL.match(area).groups()
        return self.stored[sheet][f"{column}{int(first) + int(row) - 1}"].value


_NOT_TRIED = object()


def same(given: Any, stored: Any) -> bool:
    if isinstance(given, float) and isinstance(stored, float | int):
        return given == pytest.approx(stored, rel=1e-12)
    return ("#VALUE!" if given == NOT_READABLE else given or None) == stored


def row(book: Workbook, sheet: str, code: str | int) -> dict[str, Any]:
    """A row of a plan sheet, by header."""
    headers, *rows = list(book[sheet].iter_rows(min_row=5, values_only=True))
    (found,) = (one for one in rows if str(one[1]) == str(code))
    return dict(zip(headers, found, strict=True))


@pytest.mark.slow
def test_the_formulas_say_of_a_confirmed_value_what_the_ledger_shows(
    booked: Booked, asked_on: Callable[[date], None]
):
    asked_on(booked.now.date())
    ledger = Recalculated(booked.office.ledger)
    tried, wrong = ledger.wrong()
    assert wrong == []
    assert tried > 700
    shown = row(ledger.stored, "指标台账", 2)
    assert (shown["核实"], shown["状态"], shown["完成率"]) == ("已核实", "绿", 2)
    assert row(ledger.stored, "任务目标", GOAL)["核实"] == "已核实"
    assert row(ledger.stored, "任务目标", GOAL)["状态"] == "红"
    doubtful = row(ledger.stored, "指标台账", 1)
    assert (doubtful["核实"], doubtful["状态"]) == (None, "灰")


@pytest.mark.slow
def test_the_one_call_for_the_plan_sheets_knows_what_was_confirmed(
    booked: Booked, asked_on: Callable[[date], None]
):
    asked_on(booked.now.date())
    book = load_workbook(booked.office.ledger, data_only=True)
    answers = {line["indicator"]: line for line in fetched(book)}
    for sheet, code, key in (("指标台账", 1, 1.0), ("指标台账", 2, 2.0), ("任务目标", GOAL, GOAL)):
        shown = row(book, sheet, code)
        assert answers[key]["QYX_STATUS"] == shown["状态"]
        assert answers[key]["QYX_EXPLAIN"] == shown["状态说明"]
        assert (answers[key]["confirmed"] or None) == shown["核实"]


def fetched(book: Workbook) -> list[dict[str, Any]]:
    """What the macros ask once for all three sheets, from the cells that they hand over."""
    records = [row for row in book["填报记录"].iter_rows(min_row=4, values_only=True) if row[0]]
    goals = [row for row in book["任务目标"].iter_rows(min_row=6, values_only=True) if row[1]]
    header, *rows = plan_sheets.answers_at(
        [["2026Q3"]], records, [[one[1]] for one in goals], [[one[12]] for one in goals]
    )
    return [dict(zip(header, line, strict=True)) for line in rows]


@pytest.mark.slow
def test_a_number_sent_afterwards_is_not_confirmed(booked: Booked):
    booked.send(HEALTH, {"2": "700"})
    booked.refresh()
    book = load_workbook(booked.office.ledger, data_only=True)
    shown = row(book, "指标台账", 2)
    assert (shown["本期实际值"], shown["核实"], shown["状态"]) == (700, None, "灰")
    log = [line for line in book["填报记录"].iter_rows(min_row=4, values_only=True) if line[0]]
    assert [(line[4], line[14], line[16]) for line in log if line[1] in (2, "2")] == [
        (690, "已被替代", "已核实"),
        (700, "现行", None),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("confirmed", "mark", "lamp"), [(SOCIAL, "已核实", "绿"), (HEALTH, None, "灰")]
)
def test_of_two_figures_the_one_chosen_is_rated_by_its_own_confirmation(
    booked: Booked,
    asked_on: Callable[[date], None],
    confirmed: str,
    mark: str | None,
    lamp: str,
):
    asked_on(booked.now.date())
    booked.send(HEALTH, {"3": "800"})
    booked.send(SOCIAL, {"3": "900"})
    confirm(booked, "3", confirmed)
    app.decide(booked.office, Q3, "3", SOCIAL, now=booked.now, by="张三", reason="以民政统计为准")
    booked.refresh()
    ledger = Recalculated(booked.office.ledger)
    shown = row(ledger.stored, "指标台账", 3)
    assert (shown["本期实际值"], shown["核实"], shown["状态"]) == (900, mark, lamp)
    assert ledger.wrong()[1] == []


@pytest.mark.slow
def test_a_mark_typed_by_hand_is_named_and_gone_after_the_next_refresh(booked: Booked):
    path = booked.office.ledger
    before = path.read_bytes()
    assert verify_ledger(booked.office, booked.now.date()).is_clean
    type_over(path, LedgerSheet.INDICATORS, "U6", "已核实")
    (found,) = verify_ledger(booked.office, booked.now.date()).mismatches
    assert str(found) == "指标台账!U6 “核实”（1）：这里原来是公式，现在是“已核实”。"
    app.refresh(booked.office, Q3, booked.now.date())
    assert row(load_workbook(path, data_only=True), "指标台账", 1)["核实"] is None
    assert verify_ledger(booked.office, booked.now.date()).is_clean
    assert before != b""


@pytest.mark.slow
def test_a_static_copy_says_what_was_confirmed(booked: Booked, tmp_path: Path):
    path = booked.office.ledger
    copy = tmp_path / "副本.xlsx"
    copy.write_bytes(static_copy(OpenedLedger(path.read_bytes(), path.name), path.name))
    assert row(load_workbook(copy), "指标台账", 2)["核实"] == "已核实"


# --- ledgers built before ----------------------------------------------------------------------


@pytest.mark.slow
def test_a_ledger_built_before_is_refreshed_as_it_was_built(older: Booked):
    path = older.office.ledger
    first = path.read_bytes()
    app.refresh(older.office, Q3, older.now.date())
    assert path.read_bytes() == first, "the same view twice gives the same bytes"
    assert verify_ledger(older.office, older.now.date()).is_clean
    stored, formulas = load_workbook(path, data_only=True), load_workbook(path)
    shown = row(stored, "指标台账", 2)
    assert "核实" not in shown
    assert (shown["本期实际值"], shown["状态"]) == (690, "绿")
    assert row(formulas, "指标台账", 2)["状态"] == "=QYX_STATUS(B7,数据期,L7,M7,N7)"
    built = load_workbook(BEFORE)
    for name in (*PLAN_SHEETS, "填报记录"):
        at = 3 if name == "填报记录" else 5
        assert [cell.value for cell in formulas[name][at]] == [
            cell.value for cell in built[name][at]
        ]
    assert formulas.defined_names.keys() == built.defined_names.keys()


@pytest.mark.slow
def test_the_formulas_of_a_ledger_built_before_still_find_their_figures(
    older: Booked, asked_on: Callable[[date], None]
):
    asked_on(older.now.date())
    ledger = Recalculated(older.office.ledger)
    tried, wrong = ledger.wrong()
    assert tried > 500
    # What its functions cannot be told is all that differs.
    rows = {(sheet, int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))) for sheet, cell, *_ in wrong}
    assert len(rows) == 2
    # Its macros read the first eight columns by their places.
    assert plan_sheets.HEADER[:8] == [
        *("indicator", "actual", "previous", "base_value"),
        *("QYX_RATE", "QYX_GAP", "QYX_STATUS", "QYX_EXPLAIN"),
    ]
    answers = {line["indicator"]: line for line in fetched(ledger.stored)}
    assert (answers[2.0]["actual"], answers[2.0]["QYX_STATUS"]) == (690, "灰")
    assert answers[1.0]["previous"] == 5100
