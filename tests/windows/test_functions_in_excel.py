from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from cases import CASES, ERROR

from qiyx_xl.ledger.host import FUNCTIONS
from qiyx_xl.shells.functions import REGISTRY

pytestmark = pytest.mark.wine

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
    assert seen("functions")["answers"][title] == answer_here(function, arguments)


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


def test_one_call_over_ten_thousand_rows_is_a_hundred_times_cheaper_per_value(seen):
    speed = seen("speed")
    assert speed["rows"] == 10_000
    assert speed["scalar_ms"] >= 100 * speed["array_ms"], speed
