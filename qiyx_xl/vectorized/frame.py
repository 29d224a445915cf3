"""How a pandas frame of values is rated, for a province's quarter rather than one office's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qiyx_xl.core.forms.cell_parser import read_cell, read_number
from qiyx_xl.core.plan.schedule import is_due
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.rate import Yardstick, effective_item
from qiyx_xl.vectorized.numbers import Numbers, column
from qiyx_xl.vectorized.rate import rate_columns
from qiyx_xl.vectorized.result import FLAGS, LIGHTS, STATES, RatedColumns

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.vectorized.numbers import Array


class FrameError(QiyxError, ValueError):
    """A frame that cannot be rated; the message can be shown to the user."""


def rate_frame(frame: pd.DataFrame, plan: Plan, rules: Rules, *, today: date) -> pd.DataFrame:
    """Rate every row of a frame; the results equal ``core.rating.rate`` row by row.

    Args:
        frame: columns ``indicator`` (number, id or exact name), ``period`` and ``actual``;
            optional columns ``previous`` (last year's actual), ``second`` (应覆盖人数, 参照值 or
            基期值) and ``confirmed`` (true or false). Numbers are floats, integers, decimals or
            texts, in the items' own measures; None, NaN and "" are blank.
        plan: the plan that has the items.
        rules: the rule file.
        today: decides whether a blank is late (未报) or not yet due (未到期).

    Returns:
        A frame with the same index: ``light`` and ``word`` (绿), ``state``, ``met`` (nullable),
        ``completion_rate``, ``shown_rate``, ``scheduled_progress``, ``progress`` (shares),
        ``schedule_gap_pp`` (percentage points), ``flags``. Numbers are the floats nearest to
        the core's decimals, NaN where the core has None.

    Raises:
        FrameError: a column is missing, or an indicator or a period is unknown.
    """
    lacking = [name for name in ("indicator", "period", "actual") if name not in frame]
    if lacking:
        raise FrameError(f"表里缺少列：{'、'.join(lacking)}。请补上后再算。")
    yardsticks, which = _yardsticks(frame, plan, rules, today)
    cells = {name: _cells(frame, name) for name in ("actual", "previous", "second")}
    confirmed = None
    if "confirmed" in frame:
        confirmed = frame["confirmed"].fillna(value=False).to_numpy(dtype=bool)
    actual, previous, second = (_column(given, len(frame)) for given in cells.values())
    rated = rate_columns(yardsticks, which, actual, previous, second, confirmed)
    for place in np.flatnonzero(rated.left).tolist():
        rating = _by_core(
            yardsticks[which[place]],
            {name: None if given is None else given[place] for name, given in cells.items()},
            confirmed=confirmed is not None and bool(confirmed[place]),
        )
        rated.put(place, rating)
    return _as_frame(rated, frame.index)


def _yardsticks(
    frame: pd.DataFrame, plan: Plan, rules: Rules, today: date
) -> tuple[list[Yardstick], Array]:
    items, indicators = pd.factorize(frame["indicator"])
    periods, names = pd.factorize(frame["period"])
    found = [_item(plan, name) for name in indicators]
    when = [name if isinstance(name, Period) else Period.parse(_text(name)) for name in names]
    if items.min(initial=0) < 0 or periods.min(initial=0) < 0:
        raise FrameError("有的行没有填指标或数据期。请补上后再算。")
    pairs, which = np.unique(items * max(len(names), 1) + periods, return_inverse=True)
    yardsticks = []
    for pair in pairs:
        item, period = found[pair // len(names)], when[pair % len(names)]
        yardsticks.append(Yardstick(item, period, rules, due=is_due(item, period, today, rules)))
    return yardsticks, which


def _item(plan: Plan, key: Any) -> Item:
    item = plan.find(_text(key))
    if item is None:
        raise FrameError(f"方案里没有“{_text(key)}”。请填指标序号、任务目标编号或完整名称。")
    return effective_item(plan, item)


def _text(key: Any) -> str:
    return str(int(key)) if isinstance(key, float | np.floating) and key == int(key) else str(key)


def _cells(frame: pd.DataFrame, name: str) -> Sequence[Any] | Array | None:
    if name not in frame:
        return None
    values = frame[name]
    if values.dtype.kind in "if":
        numbers: Array = values.to_numpy()
        return numbers
    return [None if blank else value for value, blank in zip(values, values.isna(), strict=True)]


def _column(cells: Sequence[Any] | Array | None, size: int) -> Numbers:
    return column([None] * size if cells is None else cells)


def _by_core(yardstick: Yardstick, cells: dict[str, Any], *, confirmed: bool) -> Rating:
    item = yardstick.item
    return yardstick.rate(
        read_cell(_plain(cells["actual"]), item).value,
        previous=_number(cells["previous"], item),
        second=_number(cells["second"], item),
        confirmed=confirmed,
    )


def _number(cell: Any, item: Item) -> Decimal | None:
    value = read_number(_plain(cell), item.measure).value
    if isinstance(value, Absence):
        return None
    if isinstance(value, Unreadable | Word):
        raise FrameError(f"“{cell}”不是可用的数（{item.name}）。请改成数字，或留空。")
    return value


def _plain(cell: Any) -> Any:
    if isinstance(cell, np.generic):
        cell = cell.item()
    return None if isinstance(cell, float) and np.isnan(cell) else cell


def _as_frame(rated: RatedColumns, index: pd.Index) -> pd.DataFrame:
    lights = pd.Categorical.from_codes(rated.light, [light.value for light in LIGHTS])
    words = pd.Categorical.from_codes(rated.light, [light.word for light in LIGHTS])
    met = pd.arrays.BooleanArray(rated.met == 1, rated.met < 0)
    return pd.DataFrame(
        {
            "light": lights,
            "word": words,
            "state": pd.Categorical.from_codes(rated.state, [state.value for state in STATES]),
            "met": met,
            "completion_rate": rated.rate,
            "shown_rate": rated.shown_rate,
            "scheduled_progress": rated.scheduled,
            "progress": rated.progress,
            "schedule_gap_pp": rated.gap,
            "flags": pd.Categorical.from_codes(rated.flags, ["、".join(one) for one in FLAGS]),
        },
        index=index,
    )
