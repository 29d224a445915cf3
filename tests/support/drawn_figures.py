"""Figures as a closing keeps them, drawn for tests."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

from qiyx_xl.core.history.snapshot import Figure
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.rate import Rating
from qiyx_xl.core.records.source import Source
from support.rating_suite import bare_rating

PERIOD = Period.parse("2026Q3")


def drawn_figure(**known: Any) -> Figure:
    """Return a figure; ``known`` are fields of its own, of its rating and of its source."""
    given = {"light": Light.GREEN, "state": "达标", "display": "", "reason": "", **known}
    bare = replace(bare_rating(Light.GREEN, "", None), period=PERIOD)
    rating = {one.name: given.pop(one.name) for one in fields(Rating) if one.name in given}
    source = {one.name: given.pop(one.name, "") for one in fields(Source)[:4]}
    return Figure(rating=replace(bare, **rating), source=Source(**source), **given)
