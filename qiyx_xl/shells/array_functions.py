"""How an array formula over a long column is rated as a column instead of cell by cell.

The results equal those of the cell functions, which still compute the rows that contain anything
unusual: a word, an error, an item that is not in the plan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.ledger.content.lookup import NO_NUMBER, gap_answer, rate_answer, status_answer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiyx_xl.core.rating.rate import Rating, Yardstick
    from qiyx_xl.vectorized.numbers import Array
    from qiyx_xl.vectorized.result import RatedColumns

    Cells = Sequence[Any]
    Grid = Sequence[Sequence[Any]]

LONG = 256
"""The least number of rows to rate as columns; with fewer, loading numpy would cost more."""


def answer_columns(
    answer: Callable[[Rating], Any],
    grids: Sequence[Grid],
    yardstick_of: Callable[[Any, Any, Any], Yardstick | None],
    confirmation_of: Callable[[Any], bool | None],
    answer_row: Callable[[list[Any]], Any],
) -> list[list[Any]] | None:
    """Compute a function for columns of what the rating functions are given.

    Args:
        answer: the function that converts a rating to the cell's result.
        grids: indicator, period, actual, previous, second, confirmed, agency; each is one column of
            full height, or a single cell.
        yardstick_of: returns the yardstick for the cells of indicator, period and agency; None if
            one cannot be read.
        confirmation_of: returns whether a cell confirms a value; None if that is unclear.
        answer_row: computes the result for one row of cells.

    Returns:
        One column of results; None if the arguments are not long single columns, or the result
        is a sentence: then the caller computes them cell by cell.
    """
    height = max(map(len, grids))
    if height < LONG or answer not in _ANSWERS:
        return None
    if any(len(grid) not in {1, height} or len(grid[0]) != 1 for grid in grids):
        return None
    columns = [[row[0] for row in grid] for grid in grids]
    try:
        import numpy as np
    except ImportError:  # numpy is quarantined or damaged: the caller computes cell by cell
        return None

    from qiyx_xl.vectorized.numbers import column
    from qiyx_xl.vectorized.rate import rate_columns

    yardsticks, which = _named((columns[0], columns[1], columns[6]), yardstick_of)
    actual, previous, second = (column(_of_height(cells, height)) for cells in columns[2:5])
    places = np.broadcast_to(np.array(which, dtype=np.int64), height)
    confirmed, unclear = _confirmations(columns[5], height, confirmation_of)
    rated = rate_columns(yardsticks, places, actual, previous, second, confirmed)
    answers = _ANSWERS[answer](rated)
    for place in np.flatnonzero(rated.left | unclear).tolist():
        answers[place] = answer_row([cells[place if len(cells) > 1 else 0] for cells in columns])
    rows: list[list[Any]] = answers.reshape(-1, 1).tolist()
    return rows


def _named(
    columns: Sequence[Cells], yardstick_of: Callable[[Any, Any, Any], Yardstick | None]
) -> tuple[list[Yardstick], list[int]]:
    # The types are part of the key, because True == 1, but True is not the indicator 1.
    height = max(map(len, columns))
    mixed = any(bool in set(map(type, cells)) for cells in columns)
    places: dict[Any, int] = {}
    yardsticks: list[Yardstick] = []
    which = []
    for cells in zip(*(_of_height(cells, height) for cells in columns), strict=True):
        key = (*cells, *map(type, cells)) if mixed else cells
        place = places.get(key)
        if place is None:
            yardstick = yardstick_of(*cells)
            place = -1 if yardstick is None else len(yardsticks)
            places[key] = place
            if yardstick is not None:
                yardsticks.append(yardstick)
        which.append(place)
    return yardsticks, which


def _confirmations(
    cells: Cells, height: int, confirmation_of: Callable[[Any], bool | None]
) -> tuple[Array, Array]:
    """Return two masks: the rows whose value is confirmed, and those where that is unclear."""
    import numpy as np

    known = {cell: confirmation_of(cell) for cell in set(cells)}
    confirmed = np.array([known[cell] is True for cell in cells])
    unclear = np.array([known[cell] is None for cell in cells])
    return np.broadcast_to(confirmed, height), np.broadcast_to(unclear, height)


def _of_height(cells: Cells, height: int) -> Cells:
    return [cells[0]] * height if len(cells) == 1 else cells


def _shares(rated: RatedColumns) -> Array:
    return _numbers(rated.shown_rate)


def _gaps(rated: RatedColumns) -> Array:
    return _numbers(rated.gap)


def _numbers(values: Array) -> Array:
    answers = values.astype(object)
    answers[values != values] = NO_NUMBER  # noqa: PLR0124 - only NaN differs from itself
    return answers


def _words(rated: RatedColumns) -> Array:
    import numpy as np

    from qiyx_xl.vectorized.result import LIGHTS

    words: Array = np.array([light.word for light in LIGHTS], dtype=object)[rated.light]
    return words


_ANSWERS: dict[Callable[..., Any], Callable[[RatedColumns], Array]] = {
    rate_answer: _shares,
    gap_answer: _gaps,
    status_answer: _words,
}
