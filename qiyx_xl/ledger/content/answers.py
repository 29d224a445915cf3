"""What the cell functions answer for a rating: one place for Excel and for stored values."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import Unreadable
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import score_decimal, score_of_lights
from qiyx_xl.ledger.layout.cells import CellError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.rate import Rating

NO_NUMBER = "—"

Answer = Decimal | str | CellError


def rate_answer(rating: Rating) -> Answer:
    """Return 完成率 as a share; "—" where there is none, #VALUE! for a value that cannot be read.

    A cell formatted 0.0% must not show 100.0% for a target that is missed, so the share is the
    shown one (docs/rating.md, section 3).
    """
    if isinstance(rating.actual, Unreadable):
        return CellError.VALUE
    share = rating.completion_rate
    if share is None:
        return NO_NUMBER
    shown = rating.shown_rate
    return shown if shown is not None and rating.met is False and shown < share else share


def gap_answer(rating: Rating) -> Answer:
    """Return percentage points ahead of (+) or behind (−) 序时; "—" where that is not measured."""
    if isinstance(rating.actual, Unreadable):
        return CellError.VALUE
    return NO_NUMBER if rating.schedule_gap_pp is None else rating.schedule_gap_pp


def status_answer(rating: Rating) -> str:
    """Return 绿, 黄, 红 or 灰."""
    return rating.light.word


def explain_answer(rating: Rating) -> str:
    """Return why this lamp, in one sentence, with what a person should look at in brackets."""
    flags = "、".join(rating.flags)
    return f"{rating.reason}（{flags}）" if flags else rating.reason


def score_answer(words: Iterable[str], rules: Rules) -> Answer:
    """Return 晾晒得分 of lamps by their words: the mean over those lit; "—" when none is.

    Rule: docs/rating.md, section 8. A word that is no lamp gives #VALUE!.
    """
    lights = {light.word: light for light in Light}
    shown = [word for word in words if word]
    if any(word not in lights for word in shown):
        return CellError.VALUE
    score = score_decimal(score_of_lights((lights[word] for word in shown), rules))
    return NO_NUMBER if score is None else score
