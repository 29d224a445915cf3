"""One array formula over a long column: rated as columns, not cell by cell.

The answers are those of the cell functions, which still answer every cell that holds something
out of the ordinary: a word, an error, an item that is not in the plan.
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
"""Rows from which columns are worth while; below it loading numpy would cost more."""


def answer_columns(
    answer: Callable[[Rating], Any],
    grids: Sequence[Grid],
    yardstick_of: Callable[[Any, Any], Yardstick | None],
    confirmation_of: Callable[[Any], bool | None],
    one: Callable[[list[Any]], Any],
) -> list[list[Any]] | None:
    """Answer single columns of indicator, period, actual, previous, second number, confirmation.

    Args:
        answer: which of the answers about a rating is wanted.
        grids: the six arguments; each one column of full height, or a single cell.
        yardstick_of: what an indicator's and a period's cell name; None where they name nothing.
        confirmation_of: whether a cell says that a value is confirmed; None where it is unclear.
        one: answers one row of cells.

    Returns:
        One column of answers; None where the arguments are not long single columns, or the
        answer is a sentence: those are worked out one by one.
    """
    height = max(map(len, grids))
    if height < LONG or answer not in _ANSWERS:
        return None
    if any(len(grid) not in {1, height} or len(grid[0]) != 1 for grid in grids):
        return None
    columns = [[row[0] for row in grid] for grid in grids]
    try:
        import numpy as np
    except ImportError:  # quarantined or damaged: the cells are answered one by one
        return None

    from qiyx_xl.vectorized.numbers import column
    from qiyx_xl.vectorized.rate import rate_columns

    yardsticks, which = _named(columns[0], columns[1], yardstick_of)
    actual, previous, second = (column(_of_height(cells, height)) for cells in columns[2:5])
    places = np.broadcast_to(np.array(which, dtype=np.int64), height)
    confirmed, unclear = _confirmations(columns[5], height, confirmation_of)
    rated = rate_columns(yardsticks, places, actual, previous, second, confirmed)
    answers = _ANSWERS[answer](rated)
    for place in np.flatnonzero(rated.left | unclear).tolist():
        answers[place] = one([cells[place if len(cells) > 1 else 0] for cells in columns])
    rows: list[list[Any]] = answers.reshape(-1, 1).tolist()
    return rows


def _named(
    indicators: Cells, periods: Cells, yardstick_of: Callable[[Any, Any], Yardstick | None]
) -> tuple[list[Yardstick], list[int]]:
    # A type belongs to the key, for True is not the indicator 1, though it equals it.
    height = max(len(indicators), len(periods))
    indicators, periods = _of_height(indicators, height), _of_height(periods, height)
    places: dict[Any, int] = {}
    yardsticks: list[Yardstick] = []
    which = []
    mixed = bool in set(map(type, indicators)) | set(map(type, periods))
    for indicator, period in zip(indicators, periods, strict=True):
        key = (indicator, period, type(indicator), type(period)) if mixed else (indicator, period)
        place = places.get(key)
        if place is None:
            yardstick = yardstick_of(indicator, period)
            place = -1 if yardstick is None else len(yardsticks)
            places[key] = place
            if yardstick is not None:
                yardsticks.append(yardstick)
        which.append(place)
    return yardsticks, which


def _confirmations(
    cells: Cells, height: int, confirmation_of: Callable[[Any], bool | None]
) -> tuple[Array, Array]:
    """Return where a value is confirmed, and where that is unclear."""
    import numpy as np

    said = {cell: confirmation_of(cell) for cell in set(cells)}
    confirmed = np.array([said[cell] is True for cell in cells])
    unclear = np.array([said[cell] is None for cell in cells])
    return np.broadcast_to(confirmed, height), np.broadcast_to(unclear, height)


def _of_height(cells: Cells, height: int) -> Cells:
    return [cells[0]] * height if len(cells) == 1 else cells


def _shares(rated: RatedColumns) -> Array:
    return _numbers(rated.shown_rate)


def _gaps(rated: RatedColumns) -> Array:
    return _numbers(rated.gap)


def _numbers(values: Array) -> Array:
    answers = values.astype(object)
    answers[values != values] = NO_NUMBER  # noqa: PLR0124 - NaN, which equals nothing
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
