"""The extension in a real LibreOffice: functions, both editions of the ledger, errors, help."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from calc_office import CalcOffice
from support.booked_office import HEALTH, SOCIAL, Booked
from support.paths import TESTS

from qiyx_xl.core.rating.rate import Light
from qiyx_xl.data import read_text
from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS
from qiyx_xl.shells.functions import REGISTRY

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

pytestmark = [pytest.mark.libreoffice, pytest.mark.slow]

CASES = json.loads((TESTS / "suite" / "rating.json").read_text(encoding="utf-8"))["cases"]
RATED = ("QYX_STATUS", "QYX_EXPLAIN", "QYX_RATE", "QYX_GAP")
NOT_AVAILABLE, NO_VALUE, NO_NAME = 32767, 519, 525


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> CalcOffice:
    made = CalcOffice(tmp_path_factory.mktemp("calc"))
    made.add_extension()
    return made


def asked(row: int) -> list[str]:
    """The four ratings of a row as the ledger's formulas ask for them."""
    cells = f'A{row};B{row};C{row};D{row}&"";E{row}&"";F{row}'
    return [f"={name}({cells})" for name in RATED]


def cell(text: str | None) -> Any:
    """What a cell holds after this was typed into it."""
    if text is None or text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def typed(case: dict[str, Any]) -> list[Any]:
    given = case["input"]
    confirmed = "已核实" if given.get("confirmed") else None
    cells = [cell(given.get(name)) for name in ("item", "period", "actual", "previous", "second")]
    return [*cells, confirmed]


def variant(case: dict[str, Any]) -> dict[str, Any]:
    given = case["input"]
    return {
        "item": given["item"],
        "change": given.get("change", {}),
        "rules": given.get("rules"),
    }


@pytest.fixture(scope="module")
def suite(office: CalcOffice) -> dict[str, list[list[Any]]]:
    """What LibreOffice shows for every case of the rating suite, by its id."""
    groups: dict[tuple[str, bool], list[dict[str, Any]]] = {}
    for case in CASES:
        is_changed = bool({"change", "rules"} & set(case["input"]))
        key = json.dumps(variant(case), sort_keys=True) if is_changed else ""
        groups.setdefault((key, case["input"].get("due", True)), []).append(case)
    books, found = {}, {}
    for day, is_due in (("2099-01-01", True), ("2000-01-01", False)):
        (office.folder / "day").write_text(day)
        steps, order = [], []
        for number, ((key, due), cases) in enumerate(groups.items()):
            if due is not is_due:
                continue
            name = f"变体{number}.xlsx"
            if key:
                books[name] = json.loads(key)
            steps.append(
                {
                    "step": "type",
                    "cells": [typed(case) for case in cases],
                    "formulas": [asked(row) for row in range(1, len(cases) + 1)],
                    "save": str(office.folder / name) if key else None,
                }
            )
            order.append(cases)
        (office.folder / "variants.json").write_text(json.dumps(books))
        for cases, seen in zip(order, office.run(*steps), strict=True):
            found |= dict(zip((case["id"] for case in cases), seen, strict=True))
    (office.folder / "day").write_text("2099-01-01")
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_rating_suite_holds_through_libreoffice_s_functions(
    case: dict[str, Any], suite: dict[str, list[list[Any]]]
):
    expected = case["expected"]
    (lamp, *_), (reason, *_), (rate, rate_error, _), (gap, gap_error, _) = suite[case["id"]]
    if "light" in expected:
        assert lamp == Light(expected["light"]).word
    if "reason" in expected:
        assert reason.startswith(expected["reason"])
    for flag in expected.get("flags", ()):
        assert flag in reason
    if "schedule_gap_pp" in expected:
        wanted = expected["schedule_gap_pp"]
        if wanted is None:
            assert gap == "—" or gap_error == NO_VALUE
        else:
            assert gap == pytest.approx(float(wanted), abs=0.0501)
    if expected.get("completion_rate"):
        assert rate == pytest.approx(float(expected["completion_rate"]), abs=0.011)
    elif "completion_rate" in expected:
        assert rate == "—" or rate_error == NO_VALUE


def test_a_blank_cell_and_zero_are_two_inputs(office: CalcOffice):
    """Calc hands both over as 0 unless an argument is a text."""
    rows = [[9.0, "2024Q2", None], [9.0, "2024Q2", 0.0], ["T1-2-04", "2026Q3", 5.0, None, None]]
    typed_in = [
        "=QYX_EXPLAIN(A1;B1;C1)",
        "=QYX_EXPLAIN(A2;B2;C2)",
        '=QYX_STATUS(A3;B3;C3;D3&"";E3&"")',
        "=QYX_STATUS(A3;B3;C3;D3;E3)",
        "=QYX_EXPLAIN(A3;B3;C3;D3;E3)",
        "=QYX_STATUS(A3;B3;C3)",
        "=QYX_TARGET(A1;2026;D1)",
    ]
    (
        (blank, *_),
        (zero, *_),
        (safe, *_),
        (_, unsure, _),
        (why, *_),
        (left_out, *_),
        target,
    ) = (each[0] for each in office.run({"step": "type", "cells": rows, "formulas": typed_in})[0])
    assert blank == "已过报送截止日，仍未填报"
    assert zero.startswith(("未达到", "滞后"))
    assert safe == left_out
    # Where the answer hangs on the difference, there is none, and the reason says what to do.
    assert unsure == NO_VALUE
    assert '单元格&""' in why
    assert target[0] == 8.3


def test_errors_are_real_errors(office: CalcOffice):
    formulas = [
        '=QYX_STATUS(99;"2026";1)',
        '=QYX_RATE(9;"去年";1)',
        '=IFERROR(QYX_STATUS(99;"2026";1);"不在方案")',
        "=ISNA(QYX_TARGET(9;2031))",
        '=QYX_RATE(9;"2026Q3";NA())',
        '=QYX_SCORE({"绿";"蓝"})',
        "=QYX_NONE(1)",
        "=QYX_STATUS(9;DATE(2024;6;30);3.3)",
        '=QYX_SCORE({"绿";"红"})',
    ]  # fmt: skip
    seen = [each[0] for each in office.run({"step": "type", "formulas": formulas})[0]]
    errors = [error for _, error, _ in seen]
    assert errors[:2] == [NOT_AVAILABLE, NO_VALUE]
    assert seen[2][0] == "不在方案"
    assert seen[3][0] == 1
    assert errors[4:7] == [NOT_AVAILABLE, NO_VALUE, NO_NAME]
    assert seen[7][0] == "黄"
    assert seen[8][0] == 50


def test_an_array_of_ten_thousand_rows_and_the_whole_plan_come_as_tables(office: CalcOffice):
    plan = REGISTRY["QYX_PLAN"].answer()
    (table,) = office.run(
        {"step": "array", "formula": "=QYX_PLAN()", "rows": len(plan), "columns": len(plan[0])}
    )
    assert [[cell or "" for cell in row] for row in table] == plan


def test_every_function_of_the_registry_is_in_the_wizard_with_its_chinese_help(office: CalcOffice):
    (told,) = office.run({"step": "help"})
    assert {name: entry[0] for name, entry in told.items()} == {
        function.name: function.help for function in FUNCTIONS
    }
    for function in FUNCTIONS:
        assert [[name, text] for name, text, _ in told[function.name][1]] == [
            [argument.name, argument.help] for argument in function.arguments
        ]


# --- the ledger ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def booked(
    built: bytes, plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory
) -> Booked:
    here = Booked(tmp_path_factory.mktemp("booked") / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.9", "2": "69", "3": "65.1"})
    here.send(SOCIAL, {"14": "65.7"})
    here.refresh()
    from qiyx_xl.app.ledger import convert

    convert(here.office.ledger, None, None)
    return here


@pytest.fixture(scope="module")
def recalculated(office: CalcOffice, booked: Booked) -> dict[str, dict[str, Any]]:
    """Both editions, opened and calculated anew."""
    (office.folder / "day").write_text(booked.now.date().isoformat())
    ledgers = [booked.office.ledger.with_suffix(suffix) for suffix in (".xlsm", ".xlsx")]
    steps = [
        {"step": "book", "path": str(path), "save": str(office.folder / f"存过{path.suffix}")}
        for path in ledgers
    ]
    seen = office.run(*steps)
    (office.folder / "day").write_text("2099-01-01")
    return dict(zip((".xlsm", ".xlsx"), seen, strict=True))


def stored(path: Path) -> dict[str, Any]:
    """The values that are stored with formulas, by sheet and place."""
    from openpyxl import load_workbook

    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    return {
        f"{sheet.title}!{each.column - 1},{each.row - 1}": values[sheet.title][
            each.coordinate
        ].value
        for sheet in formulas
        for row in sheet.iter_rows()
        for each in row
        if isinstance(each.value, str) and each.value.startswith("=")
    }


@pytest.mark.parametrize("suffix", [".xlsm", ".xlsx"])
def test_a_hard_recalculation_gives_every_cell_the_value_that_was_stored(
    suffix: str, recalculated: dict[str, dict[str, Any]], booked: Booked
):
    seen = recalculated[suffix]
    expected = stored(booked.office.ledger.with_suffix(suffix))
    assert len(expected) > 900
    assert sum("QYX_" in formula for _, _, formula in seen["after"].values()) > 400
    for when in ("opened", "after"):
        wrong = {
            place: (value, seen[when][place][:2])
            for place, value in expected.items()
            if not same(seen[when][place], value)
        }
        assert wrong == {}, when
    assert seen["unchanged"]
    assert seen["seconds"] < 20


def same(found: list[Any], value: Any) -> bool:
    if isinstance(value, int | float):
        return isinstance(found[0], float) and found[0] == pytest.approx(value, rel=1e-12)
    return found[0] == ("" if value is None else str(value)) and not found[1]


def test_a_ledger_saved_by_libreoffice_keeps_the_names_with_the_namespace(
    recalculated: dict[str, dict[str, Any]], office: CalcOffice
):
    from openpyxl import load_workbook

    for suffix in recalculated:
        book = load_workbook(office.folder / f"存过{suffix}")
        names = Counter(
            "QIYX." in cell.value
            for sheet in book
            for row in sheet.iter_rows()
            for cell in row
            if isinstance(cell.value, str) and "QYX_" in cell.value and cell.value[0] == "="
        )
        assert set(names) == {True}


# --- where the engine does not answer ---------------------------------------------------------


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> CalcOffice:
    made = CalcOffice(tmp_path_factory.mktemp("dead"))
    made.add_extension(str(made.folder / "没有"), pause=60.0)
    return made


def test_without_the_engine_a_ledger_shows_its_values_until_somebody_recalculates(
    dead: CalcOffice, booked: Booked
):
    ledgers = [booked.office.ledger.with_suffix(suffix) for suffix in (".xlsm", ".xlsx")]
    seen = dead.run(
        *({"step": "book", "path": str(path)} for path in ledgers), QIYX_EXPECTS_BINDING="0"
    )
    for path, found in zip(ledgers, seen, strict=True):
        expected = stored(path)
        wrong = [place for place in expected if not same(found["opened"][place], expected[place])]
        assert wrong == []
        assert found["unchanged"]
    # Then every function is asleep, and says so as Excel does; none waits for the other.
    after = [shown for shown in seen[1]["after"].values() if "QYX_STATUS" in shown[2]]
    assert {error for _, error, _ in after} == {NO_NAME}
    assert seen[1]["seconds"] < 5


def test_an_engine_that_hangs_costs_one_wait_and_not_one_for_each_cell(
    tmp_path_factory: pytest.TempPathFactory,
):
    made = CalcOffice(tmp_path_factory.mktemp("hangs"))
    sleeping = made.folder / "sleeping"
    sleeping.write_text("#!/bin/sh\nexec sleep 600\n")
    sleeping.chmod(0o755)
    made.add_extension(str(sleeping), start=2.0, pause=60.0)
    formulas = [f'=QYX_STATUS({1 + at % 21};"2026Q3";{at})' for at in range(200)]
    import time

    began = time.monotonic()
    (seen,) = made.run({"step": "type", "formulas": formulas})
    assert {each[0][1] for each in seen} == {NO_NAME}
    assert time.monotonic() - began < 60


# --- the command -----------------------------------------------------------------------------


def test_the_command_installs_says_how_it_stands_and_takes_it_out_again(
    tmp_path_factory: pytest.TempPathFactory,
):
    made = CalcOffice(tmp_path_factory.mktemp("command"))
    schema = json.loads(read_text("schemas/host-status.schema.json"))

    def status() -> dict[str, Any]:
        done = made.qiyx("host", "status", "--format", "json")
        document = json.loads(done.stdout)
        jsonschema.Draft202012Validator(schema).validate(document)
        return next(each for each in document["hosts"] if each["name"] == "libreoffice")

    assert status()["installed"] is False
    for _ in range(2):  # once more in place of itself
        done = made.qiyx("host", "install", "libreoffice")
        assert (done.returncode, "已装进 LibreOffice" in done.stdout) == (0, True), done.stderr
    found = status()
    assert (found["installed"], found["engine"], found["problems"]) == (True, True, [])
    (seen,) = made.run({"step": "type", "formulas": ['=QYX_STATUS(9;"2024Q2";3.3)']})
    assert seen[0][0][0] == "黄"
    assert made.qiyx("host", "uninstall", "libreoffice").returncode == 0
    assert status()["installed"] is False
    assert "没有装，不用卸" in made.qiyx("host", "uninstall", "libreoffice").stdout
    saved = made.qiyx("host", "install", "libreoffice", "--save", str(made.folder / "分发.oxt"))
    assert saved.returncode == 0
    assert (made.folder / "分发.oxt").stat().st_size > 10_000


def test_the_toolbar_has_every_button_of_the_registry():
    from qiyx_xl.shells.hosts import extension

    xml = extension._addons_xcu()
    for control in CONTROLS:
        assert xml.count(f"service:QIYX.Buttons?{control.action}<") == 2  # menu and toolbar
        assert f">{control.caption}<" in xml


def test_what_a_text_argument_is_follows_from_the_registry():
    from qiyx_xl.shells.hosts import extension

    idl = extension._interface()
    assert (
        "any QYX_RATE([in] com::sun::star::beans::XPropertySet caller, [in] string indicator,"
        in idl
    )
    assert "[in] any baseval" in idl
    for function in FUNCTIONS:
        assert f" {function.name}(" in idl
