from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from cases import CASES, ERROR

from qiyx_xl.ledger.registry import FUNCTIONS
from qiyx_xl.shells.functions import REGISTRY
from qiyx_xl.shells.plan_sheets import FUNCTIONS as FUNCTION_NAMES
from qiyx_xl.shells.plan_sheets import HEADER

pytestmark = pytest.mark.wine

PERIOD = "2026Q3"
_REAL_ERRORS = {"#QYX:N/A": "#N/A", "#QYX:VALUE": "#VALUE!"}


def answer_here(function: str, arguments: tuple[Any, ...]) -> Any:
    """What the function says of the same cells without Excel, as Excel would show it."""
    grids = [one if isinstance(one, list) else [[one]] for one in arguments]
    return as_shown(REGISTRY[function].answer(*grids))


def as_shown(answer: Any) -> Any:
    if isinstance(answer, list):
        return [as_shown(each) for each in answer]
    if isinstance(answer, (float, Decimal)):
        return pytest.approx(float(answer), rel=1e-12)
    return _REAL_ERRORS.get(answer, answer)


@pytest.mark.parametrize(("title", "function", "arguments"), CASES, ids=[case[0] for case in CASES])
def test_a_function_called_by_the_generated_wrapper_answers_as_it_does_without_excel(
    seen, title, function, arguments
):
    expected = answer_here(function, arguments)
    assert seen("functions")["answers"][title] == expected
    assert seen("functions")["plainly"][title] == expected


def test_every_function_of_the_registry_is_tried_on_cells_and_constants_good_and_bad(seen):
    assert set(seen("functions")["defined"]) == {function.name for function in FUNCTIONS}
    assert {function for _, function, _ in CASES} == {function.name for function in FUNCTIONS}
    rate = [arguments for _, function, arguments in CASES if function == "QYX_RATE"]
    cells = [
        cell
        for one in rate
        for grid in one
        if isinstance(grid, list)
        for row in grid
        for cell in row
    ]
    assert {ERROR, None, 0.0} <= set(cells)


def test_errors_are_real_errors_element_by_element(seen):
    column = seen("functions")["answers"]["rate, columns with every kind of cell"]
    assert [row[0] for row in column][3:] == ["#N/A", "", "#VALUE!", "#VALUE!"]


def test_the_functions_run_in_a_process_of_their_own(seen):
    assert seen("functions")["server_is_another_process"]


def test_nothing_was_asked_of_excel_that_the_stand_in_lacks(seen):
    for section in ("functions", "buttons_through_server", "buttons_in_process"):
        assert seen(section)["unknown"] == []


def test_xlwings_hands_a_single_row_over_with_one_dimension_as_our_macros_expect(seen):
    dimensions = seen("functions")["dimensions"]
    assert dimensions["rate, one row"] == 1
    assert dimensions["score"] == 0
    assert dimensions["gap"] == 2


def test_one_call_answers_every_cell_of_the_plan_sheets_and_asks_nothing_back(seen):
    found = seen("plan_sheets")
    assert found["asked_back"] == 0
    header, *rows = found["rows"]
    assert header == HEADER
    assert len(rows) > 100
    for row in rows:
        arguments = [[[cell]] for cell in (row[0], PERIOD, *row[1:4], row[8])]
        for name, answer in zip(FUNCTION_NAMES, row[4:8], strict=True):
            expected = REGISTRY[name].answer(*arguments)
            assert answer == (pytest.approx(expected) if isinstance(expected, float) else expected)


def test_one_call_over_ten_thousand_rows_is_a_hundred_times_cheaper_per_value(seen):
    speed = seen("speed")
    assert speed["rows"] == 10_000
    assert speed["scalar_ms"] >= 100 * speed["array_ms"], speed
    assert speed["plain_scalar_ms"] >= speed["scalar_ms"], speed
