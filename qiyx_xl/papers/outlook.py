"""What a period's papers say beyond its lamps: year ends to expect, and lamps in a row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.forecast.expected import forecast, readings_of
from qiyx_xl.core.forecast.streaks import red_before_green, run_of
from qiyx_xl.core.history.publications import PROJECT
from qiyx_xl.core.primitives.ratio import exact
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.completion import fixed
from qiyx_xl.core.rating.lamps import Light

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from decimal import Decimal

    from qiyx_xl.core.forecast.expected import Forecast
    from qiyx_xl.core.forecast.streaks import Run
    from qiyx_xl.core.history.publications import Publication
    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.projects.status import ProjectStatus
    from qiyx_xl.core.rating.scorecard import Group, StatusLine

_LIT_WELL = (Light.GREEN, Light.AMBER)
_MISSED = (Light.RED, Light.AMBER)
_FINER = 2  # decimals of a pace beyond the item's own

Lamps = dict[str, tuple[Light, ...]]


@dataclass(frozen=True, slots=True)
class Outlook:
    """Forecasts by item, and the runs of items, agencies and projects, by code or name.

    ``turned`` has how many periods an item or a project had been red before it turned green.
    """

    forecasts: Mapping[str, Forecast]
    items: Mapping[str, Run]
    agencies: Mapping[str, Run]
    projects: Mapping[str, Run]
    turned: Mapping[str, int]
    turned_projects: Mapping[str, int]


def outlook(
    lines: Sequence[StatusLine],
    curve: Callable[[str], Sequence[StatusLine]],
    rules: Rules,
    *,
    published: Sequence[Publication],
    agencies: Sequence[Group],
    projects: ProjectStatus,
) -> Outlook:
    """Return what a period's lines and the publications before it let one say.

    Args:
        lines: the period's lines.
        curve: returns an item's lines until then, earliest first, by its code.
        rules: those by which the lines were rated.
        published: the publications before, one for each period, earliest first.
        agencies: the agencies' rows of the 晾晒榜.
        projects: the projects' lines.
    """
    items = _item_lamps(lines, published)
    of_projects = _placed_lamps(
        published, PROJECT, ((one.project.code, one.assessment.light) for one in projects.lines)
    )
    return Outlook(
        forecasts={
            line.item.code: found
            for line in lines
            if line.counts
            for found in (forecast_of(line, curve(line.item.code), rules),)
            if found is not None
        },
        items=_runs(items),
        agencies=_runs(
            _placed_lamps(published, "agency", ((group.name, group.light) for group in agencies))
        ),
        projects=_runs(of_projects),
        turned=_turned(items),
        turned_projects=_turned(of_projects),
    )


def expected_to_miss(lines: Iterable[StatusLine], seen: Outlook) -> list[StatusLine]:
    """Return the lines now green or amber whose year end is expected to miss, red ones first."""
    missed = [
        line
        for line in lines
        if line.rating.light in _LIT_WELL
        and (found := seen.forecasts.get(line.item.code)) is not None
        and found.rating.light in _MISSED
    ]
    missed.sort(key=lambda line: _MISSED.index(seen.forecasts[line.item.code].rating.light))
    return missed


def forecast_text(found: Forecast) -> str:
    """Return a forecast as cells print it: 8.1 黄; without a lamp where there is none to expect."""
    value, light = plain(found.value), found.rating.light
    return value if light is Light.GREY else f"{value} {light.word}"


def forecast_sentence(found: Forecast) -> str:
    """Return a forecast in words: 预计年底8.1万人次，亮黄灯（按近4期走势推算）；还需每月……."""
    item = found.item
    value = f"{plain(found.value)}{item.measure}"
    light = found.rating.light
    lamp = "" if light is Light.GREY else f"，亮{light.word}灯"
    text = f"预计年底{value}{lamp}（{found.words}）"
    paces = [
        f"{name}每月{_pace_text(pace, item)}"
        for name, pace in (("还需", found.needed), ("近期", found.recent))
        if pace is not None
    ]
    return f"{text}；{'，'.join(paces)}" if paces else text


def _pace_text(pace: Decimal, item: Item) -> str:
    text = fixed(exact(abs(pace)), item.decimals + _FINER).rstrip("0").rstrip(".")
    if text == "0":
        return "持平"
    return f"{'增加' if pace > 0 else '下降'}{text}{item.measure.removesuffix('/年')}"


def forecast_of(line: StatusLine, until: Sequence[StatusLine], rules: Rules) -> Forecast | None:
    """Return the year end to expect of a period's line; ``until`` are its lines, it the last."""
    readings = readings_of(until, line.item)
    if not readings or readings[-1].period.last_day != line.rating.period.last_day:
        return None  # there is no figure of this period from which to go on
    return forecast(line.item, readings, rules, previous=line.previous, second=line.second)


# --- lamps in a row --------------------------------------------------------------------------


def _item_lamps(lines: Sequence[StatusLine], published: Sequence[Publication]) -> Lamps:
    then = [{one.code: one.light for one in earlier.figures} for earlier in published]
    return {
        line.item.code: _row(line.item.code, line.rating.light, then)
        for line in lines
        if line.counts
    }


def _placed_lamps(
    published: Sequence[Publication], view: str, now: Iterable[tuple[str, Light]]
) -> Lamps:
    then = [
        {one.name: one.light for one in earlier.placings if one.view == view}
        for earlier in published
    ]
    return {name: _row(name, light, then) for name, light in now}


def _row(name: str, now: Light, then: Sequence[Mapping[str, Light]]) -> tuple[Light, ...]:
    """Return the lamps of the published periods and of this one; grey where there was none."""
    return (*(lamps.get(name, Light.GREY) for lamps in then), now)


def _runs(lamps: Lamps) -> dict[str, Run]:
    runs = {name: run for name, row in lamps.items() if (run := run_of(row)) is not None}
    return dict(sorted(runs.items(), key=lambda entry: entry[1].order))


def _turned(lamps: Lamps) -> dict[str, int]:
    turned = {name: red for name, row in lamps.items() if (red := red_before_green(row))}
    return dict(sorted(turned.items(), key=lambda entry: -entry[1]))
