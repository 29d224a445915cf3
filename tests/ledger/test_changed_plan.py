"""A ledger follows a changed plan: its rows, years and words; people's own things stay by item."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given
from hypothesis import strategies as st
from openpyxl import load_workbook
from support.changed_plans import changed_plan, renamed
from support.examples import tried
from support.ledger_views import QUARTER, parts_of, view_of
from support.libreoffice import profile, sheets_of
from support.open_xml_sdk import errors
from support.own_sheets import MAIN, OWN, with_bound_part, with_own_sheet
from support.spreadsheet_hands import type_over
from test_round_trip import EDITOR, python_with_uno

from qiyx_xl.core.plan.timeline import Adoption, Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file import refresh as patch
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.file.sheet_xml import put_cells
from qiyx_xl.ledger.inspect.verify import verify_ledger
from qiyx_xl.ledger.layout.cells import Formula, column_letter
from qiyx_xl.ledger.layout.tables import NOTE
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.ledger.content.view import LedgerView

Q3 = Period.parse("2026Q3")
SHEETS = {
    LedgerSheet.INDICATORS: "标识",
    LedgerSheet.GOALS: "编号",
    LedgerSheet.MILESTONES: "编号",
}
CHART = "xl/charts/chart1.xml"
HEADER, FIRST = 5, 6  # the rows of the headers and of the first item
# A seed cannot be made simpler.
NO_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)


def adopted(old: Plan, new: Plan, rules: Rules) -> LedgerView:
    """What an office shows that has adopted a new plan from the period shown on."""
    rows = [row for row in QUARTER if new.item(row[0]) is not None]
    plans = Plans([Adoption(old), Adoption(new, Q3)])
    return replace(view_of(new, rules, rows), plans=plans)


# --- what people have in a ledger ------------------------------------------------------------


@lru_cache(maxsize=8)
def _book(path: Path, written: int) -> Any:
    return load_workbook(path)


def book(path: Path) -> Any:
    """The workbook; it is read only once after each change."""
    return _book(path, path.stat().st_mtime_ns)


def places_of(path: Path, sheet: LedgerSheet) -> tuple[dict[str, int], dict[str, int]]:
    """The row of each item by its id, and the column of each header, from 1."""
    cells = book(path)[sheet.value]
    headers = {str(cell.value): cell.column for cell in cells[HEADER] if cell.value is not None}
    rows = {}
    row = FIRST
    while (code := cells.cell(row, headers[SHEETS[sheet]]).value) is not None:
        rows[str(code)] = row
        row += 1
    return rows, headers


def edited(book: Path, out: Path) -> None:
    """Save a ledger in LibreOffice."""
    command = [python_with_uno(), str(EDITOR), str(book), str(out), profile(), "[]"]
    subprocess.run(command, check=True, capture_output=True, timeout=180)


def furnish(path: Path) -> None:
    """Write a note beside every item, columns of one's own, and a sheet that refers to each."""
    opened = patch.OpenedLedger(path.read_bytes(), path.name)
    parts: dict[str, bytes] = {}
    formulas: dict[str, str] = {}
    for sheet in SHEETS:
        rows, headers = places_of(path, sheet)
        own = max(headers.values())
        root = patch.parse(opened.read(opened.part(sheet)))
        cells: dict[tuple[int, int], Any] = {(HEADER - 1, own + 1): "我的列", (0, own + 1): "角上"}
        for code, row in rows.items():
            cells[row - 1, headers[NOTE] - 1] = f"记{code}"
            cells[row - 1, own + 1] = f"我的{code}"
            cells[row - 1, own + 2] = Formula(f"$A{row}&C{row}&{column_letter(own + 1)}{row}", "")
            formulas[f"{sheet.value}|{code}"] = f"{sheet.value}!$C${row}"
        cells[max(rows.values()) + 4, 1] = "表下面写的"
        formulas[f"{sheet.value}合计"] = f"COUNTA({sheet.value}!$C${FIRST}:$C${max(rows.values())})"
        put_cells(root, cells)
        parts[opened.part(sheet)] = patch.serialized(root)
    path.write_bytes(patch.with_parts(opened.package, parts))
    name = {"我的名字": f"{LedgerSheet.GOALS.value}!$C$7"}
    with_own_sheet(path, formulas, name)


@pytest.fixture(scope="session")
def furnished(plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("摆好的") / "七优享台账.xlsm"
    build_ledger(path, plan, rules, period=Q3)
    refresh_ledger(path, view_of(plan, rules))
    furnish(path)
    return path


def shown_cells(path: Path, sheet: LedgerSheet) -> Iterator[tuple[str, Any]]:
    """Every cell of our table and above it, without the notes."""
    rows, headers = places_of(path, sheet)
    cells = book(path)[sheet.value]
    last = max(place for header, place in headers.items() if header != "我的列")
    for row in cells.iter_rows(max_row=max(rows.values()) + 1, max_col=last):
        for cell in row:
            is_note = cell.column == headers[NOTE] and cell.row in rows.values()
            if not is_note and cell.value not in (None, ""):
                yield cell.coordinate, cell.value


def assert_fresh(path: Path, fresh: Path) -> None:
    """Our cells are those of a fresh ledger, and so is what is merged and coloured."""
    for sheet in SHEETS:
        assert dict(shown_cells(path, sheet)) == dict(shown_cells(fresh, sheet)), sheet
        ours, theirs = (book(each)[sheet.value] for each in (path, fresh))
        assert set(map(str, ours.merged_cells.ranges)) == set(map(str, theirs.merged_cells.ranges))
        assert ours.auto_filter.ref == theirs.auto_filter.ref
        assert ours.freeze_panes == theirs.freeze_panes
        assert formats_of(ours) == formats_of(theirs)
    assert names_of(path) == names_of(fresh)
    charts = [
        re.findall("<c:f>(.*?)</c:f>", parts_of(each)[CHART].decode()) for each in (path, fresh)
    ]
    assert charts[0] == charts[1] != []
    ours, theirs = (book(each)[LedgerSheet.CONSOLE.value] for each in (path, fresh))
    assert texts_of(ours) == texts_of(theirs)
    assert ours.print_area == theirs.print_area


def texts_of(sheet: Any) -> dict[str, Any]:
    return {
        cell.coordinate: cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def formats_of(sheet: Any) -> list[tuple[str, list[str]]]:
    return sorted(
        (str(each.sqref), [rule.formula[0] for rule in each.rules])
        for each in sheet.conditional_formatting
    )


def names_of(path: Path) -> dict[str, str]:
    names = book(path).defined_names
    return {name: each.value for name, each in names.items() if name != "我的名字"}


def assert_kept(path: Path, before: Path) -> None:
    """Notes, people's columns and references stay with their items; lost ones say so."""
    own = book(path)[OWN]
    formulas = {own.cell(row, 1).value: own.cell(row, 2).value for row in range(1, own.max_row + 1)}
    for sheet in SHEETS:
        rows, headers = places_of(path, sheet)
        old_rows, _ = places_of(before, sheet)
        cells = book(path)[sheet.value]
        mine = headers["我的列"]
        assert cells.cell(1, mine).value == "角上"
        for code, row in rows.items():
            is_new = code not in old_rows
            assert cells.cell(row, mine).value == (None if is_new else f"我的{code}")
            if not is_new:
                assert cells.cell(row, headers[NOTE]).value == f"记{code}"
                letter = column_letter(mine - 1)
                assert cells.cell(row, mine + 1).value == f"=$A{row}&C{row}&{letter}{row}"
        for code in old_rows:
            wanted = f"={sheet.value}!$C${rows[code]}" if code in rows else "=#REF!"
            assert formulas[f"{sheet.value}|{code}"] == wanted
        last = max(rows.values())
        assert formulas[f"{sheet.value}合计"] == f"=COUNTA({sheet.value}!$C${FIRST}:$C${last})"
        assert cells.cell(last + 5, 2).value == "表下面写的"


def assert_all_there(path: Path, before: Path) -> None:
    """Every item has its row again, and what people wrote beside it."""
    for sheet in SHEETS:
        rows, headers = places_of(path, sheet)
        assert rows == places_of(before, sheet)[0]
        cells, mine = book(path)[sheet.value], headers["我的列"]
        letter = column_letter(mine - 1)
        for code, row in rows.items():
            written = [cells.cell(row, column).value for column in (headers[NOTE], mine, mine + 1)]
            assert written == [f"记{code}", f"我的{code}", f"=$A{row}&C{row}&{letter}{row}"]


@pytest.mark.slow
def test_after_any_change_of_the_plan_the_sheets_are_a_fresh_ledgers_and_notes_stay_by_item(
    furnished: Path, plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory
):
    @tried(0.3, suppress_health_check=list(HealthCheck), phases=NO_SHRINKING)
    @given(st.integers(0, 10_000))
    def after(seed: int) -> None:
        changed = changed_plan(plan, seed)
        folder = tmp_path_factory.mktemp("改")
        path, fresh = folder / "台账.xlsm", folder / "新.xlsm"
        shutil.copy(furnished, path)
        view = adopted(plan, changed, rules)
        refresh_ledger(path, view)
        data = path.read_bytes()
        refresh_ledger(path, view)
        assert path.read_bytes() == data
        build_ledger(fresh, changed, rules, period=Q3)
        refresh_ledger(fresh, view)
        assert_fresh(path, fresh)
        assert_kept(path, furnished)
        opened = patch.OpenedLedger(data, path.name)
        assert opened.identity["plan_sha256"] == changed.sha256
        assert verify_ledger(opened, view).mismatches == ()
        # Back, as when an earlier period is shown, and forth again: nothing of people is lost.
        rows, headers = places_of(path, LedgerSheet.GOALS)
        where = f"{column_letter(headers[NOTE] - 1)}{rows['T9-9-99']}"
        type_over(path, LedgerSheet.GOALS, where, "新写的")
        refresh_ledger(path, replace(view_of(plan, rules), plans=view.plans, period=Q3.before))
        assert_all_there(path, furnished)
        refresh_ledger(path, view)
        assert book(path)[LedgerSheet.GOALS.value][where].value == "新写的"
        refresh_ledger(path, replace(view_of(plan, rules), plans=view.plans, period=Q3.before))
        assert_all_there(path, furnished)
        shutil.rmtree(folder)

    after()


def test_a_row_that_was_deleted_by_hand_is_refused_also_when_the_plan_changes(
    furnished: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    path = tmp_path / "台账.xlsm"
    shutil.copy(furnished, path)
    type_over(path, LedgerSheet.GOALS, "B9", "我加的")
    before = path.read_bytes()
    with pytest.raises(LedgerError, match="“任务目标”表里找不到“T1-2-03”这一行"):
        refresh_ledger(path, adopted(plan, changed_plan(plan, 1), rules))
    assert path.read_bytes() == before


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_ledger_of_the_old_plan(
    step: str,
    furnished: Path,
    plan: Plan,
    rules: Rules,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "台账.xlsm"
    shutil.copy(furnished, path)
    before = path.read_bytes()
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    with pytest.raises(LedgerError, match="没有写成，原来的台账没有变"):
        refresh_ledger(path, adopted(plan, changed_plan(plan, 1), rules))
    assert path.read_bytes() == before


def test_a_table_and_comments_of_people_over_our_rows_move_along(
    ledger: Path, plan: Plan, rules: Rules
):
    refresh_ledger(ledger, view_of(plan, rules))
    sheet = book(ledger)[LedgerSheet.INDICATORS.value]
    names = [str(cell.value) for cell in sheet[HEADER]]
    columns = "".join(
        f'<tableColumn id="{number}" name="{name.replace(chr(10), "_x000a_")}"/>'
        for number, name in enumerate(names, start=1)
    )
    with_bound_part(
        ledger,
        LedgerSheet.INDICATORS,
        "xl/tables/table7.xml",
        "table",
        "spreadsheetml.table",
        f'<table xmlns="{MAIN}" id="7" name="表7" displayName="表7" ref="A5:X26">'
        f'<autoFilter ref="A5:X26"><filterColumn colId="11"/></autoFilter>'
        f'<tableColumns count="{len(names)}">{columns}</tableColumns></table>',
    )
    with_bound_part(
        ledger,
        LedgerSheet.INDICATORS,
        "xl/comments7.xml",
        "comments",
        "spreadsheetml.comments",
        f'<comments xmlns="{MAIN}"><authors><author/></authors><commentList>'
        '<comment ref="C6" authorId="0"><text><t>一</t></text></comment>'
        '<comment ref="C8" authorId="0"><text><t>三</t></text></comment></commentList></comments>',
    )
    another = replace(plan.indicators[2], code="22", number=22)
    changed = renamed(
        plan,
        years=(*plan.years, 2028),
        indicators=tuple(
            replace(item, targets=item.targets | {2028: item.targets[2027]})
            for item in (*plan.indicators[1:], another)
        ),
        goals=(),
        milestones=(),
    )
    refresh_ledger(ledger, adopted(plan, changed, rules))
    parts = parts_of(ledger)
    table = parts["xl/tables/table7.xml"].decode()
    assert table.count('ref="A5:Y26"') == 2
    assert '<filterColumn colId="12"/>' in table
    assert re.findall('name="([^"]*)"', table)[11:13] == ["2027年", "2028年"]
    assert 'tableColumns count="25"' in table
    assert re.findall('comment ref="(\\w+)"', parts["xl/comments7.xml"].decode()) == ["C7"]


@pytest.mark.node
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_sdk_finds_nothing_wrong_after_a_change(
    seed: int, furnished: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    path = tmp_path / "台账.xlsm"
    shutil.copy(furnished, path)
    refresh_ledger(path, adopted(plan, changed_plan(plan, seed), rules))
    assert errors(path) == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("seed", [1, 2])
def test_libreoffice_shows_the_changed_plan_and_calculates_peoples_references(
    seed: int, furnished: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    path = tmp_path / "台账.xlsm"
    shutil.copy(furnished, path)
    changed = changed_plan(plan, seed)
    view = adopted(plan, changed, rules)
    refresh_ledger(path, view)
    sheets = sheets_of(path, tmp_path / "csv")
    for table, rows in Content(view).plan_sheets():
        lines = sheets[table.sheet.value]
        for row, (code, cells) in enumerate(rows.items(), table.first_row):
            for header in (table.code_column, table.name_column, "责任单位", "状态", "状态说明"):
                cell = cells.get(header)
                expected = cell.value if isinstance(cell, Formula) else cell
                shown = lines[row][table.place(header)]
                assert shown == ("" if expected is None else str(expected)), (code, header)
    names = {item.code: item.name for item in changed.items()}
    own = {row[0]: row[1] for row in sheets[OWN]}
    old = {f"{sheet.value}|{code}" for sheet in SHEETS for code in places_of(furnished, sheet)[0]}
    for label in old:
        code = label.partition("|")[2]
        assert own[label] == names.get(code, "#REF!")
    for sheet in SHEETS:
        assert own[f"{sheet.value}合计"] == str(len(places_of(path, sheet)[0]))


def test_a_plan_of_another_short_name_is_named_on_every_sheet_and_on_the_ribbon(
    ledger: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    changed = renamed(plan, words=replace(plan.words, short_name="八优享"))
    view = adopted(plan, changed, rules)
    refresh_ledger(ledger, view)
    fresh = tmp_path / "新.xlsm"
    build_ledger(fresh, changed, rules, period=Q3)
    refresh_ledger(fresh, view)
    for sheet in LedgerSheet:
        assert texts_of(book(ledger)[sheet.value]) == texts_of(book(fresh)[sheet.value]), sheet
    ribbon = "customUI/customUI14.xml"
    assert parts_of(ledger)[ribbon] == parts_of(fresh)[ribbon]
    assert "八优享" in parts_of(ledger)[ribbon].decode()


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", [".xlsm", ".xlsx"])
def test_a_ledger_that_was_saved_in_libreoffice_follows_as_well(
    suffix: str, furnished: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    path = tmp_path / f"台账{suffix}"
    edited(furnished, path)
    changed = changed_plan(plan, 1)
    view = adopted(plan, changed, rules)
    refresh_ledger(path, view)
    fresh = tmp_path / "新.xlsm"
    build_ledger(fresh, changed, rules, period=Q3)
    refresh_ledger(fresh, view)
    for sheet in SHEETS:
        assert dict(shown_cells(path, sheet)) == dict(shown_cells(fresh, sheet)), sheet
    assert_kept(path, furnished)
    opened = patch.OpenedLedger(path.read_bytes(), path.name)
    assert verify_ledger(opened, view).mismatches == ()
    refresh_ledger(path, replace(view_of(plan, rules), plans=view.plans, period=Q3.before))
    assert_all_there(path, furnished)
