"""What is one value's rating? 完成率, 序时, lamp, state and reason, by docs/rating.md."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Comparator, Goal, Item, Plan, item_json
from qiyx_xl.core.plan.schedule import deadline, expects, is_due
from qiyx_xl.core.primitives.ratio import Ratio, decimal_of
from qiyx_xl.core.primitives.values import Absence, Actual, plain, spell
from qiyx_xl.core.rating.completion import MOST_UNMET, display, fixed
from qiyx_xl.core.rating.judgement import judge
from qiyx_xl.core.rating.lamps import LampState, Light, lamp_text
from qiyx_xl.core.rating.period_target import period_target

if TYPE_CHECKING:
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.period_target import PeriodTarget

__all__ = [
    "LampState",
    "Light",
    "Rating",
    "Yardstick",
    "deadline",
    "effective_item",
    "expects",
    "is_due",
    "rate",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A rated value.

    ``completion_rate`` is a clipped share, ``scheduled_progress`` (P) and ``progress`` (p) are
    shares, ``schedule_gap_pp`` is in percentage points; all are unrounded, and None where they are
    undefined. ``target`` is in the item's own measure; None where it is a word.
    """

    code: str
    period: Period
    actual: Actual
    comparator: Comparator | None
    target: Decimal | None
    target_printed: str
    met: bool | None
    completion_rate: Decimal | None
    display: str
    scheduled_progress: Decimal | None
    progress: Decimal | None
    schedule_gap_pp: Decimal | None
    light: Light
    state: str
    flags: tuple[str, ...]
    reason: str

    @property
    def word(self) -> str:
        """The word printed beside the colour."""
        return self.light.word

    @property
    def lamp(self) -> str:
        """The colour's word with the state: 黄·滞后."""
        return lamp_text(self.light, self.state)

    @property
    def shown_rate(self) -> Decimal | None:
        """The rate for a cell formatted as %: at most 99.9% for an unmet value."""
        rate = self.completion_rate
        return rate if rate is None or self.met is True else min(rate, MOST_UNMET)

    def to_json(self) -> dict[str, Any]:
        """Return the document of ``rate --format json`` (schemas/rating.schema.json)."""
        blank = self.actual is Absence.NOT_REPORTED
        return {
            "indicator": item_json(self.code),
            "period": str(self.period),
            "actual": None if blank else spell(self.actual),
            "comparator": None if self.comparator is None else self.comparator.value,
            "target": None if self.target is None else plain(self.target),
            "met": self.met,
            "completion_rate": _json_number(self.completion_rate, 4),
            "display": self.display,
            "scheduled_progress": _json_number(self.scheduled_progress, 4),
            "progress": _json_number(self.progress, 4),
            "schedule_gap_pp": _json_number(self.schedule_gap_pp, 1),
            "light": self.light.value,
            "word": self.word,
            "state": self.state,
            "flags": list(self.flags),
            "reason": self.reason,
        }


def effective_item(plan: Plan, item: Item) -> Item:
    """Return the indicator that a goal repeats, else the item itself.

    Rule: docs/rating.md, section 6: a goal that repeats an indicator has no lamp of its own.
    """
    if isinstance(item, Goal) and item.repeats is not None:
        return plan.item(item.repeats) or item
    return item


def rate(
    item: Item,
    period: Period,
    actual: Actual,
    *,
    rules: Rules,
    previous: Decimal | None = None,
    second: Decimal | None = None,
    due: bool = True,
    confirmed: bool = False,
    targets_of: Item | None = None,
) -> Rating:
    """Rate one value.

    Rule: docs/rating.md. Any finite number is rated, however large or small.

    Args:
        item: the indicator, goal or milestone; for a goal that repeats an indicator, the
            indicator (see ``effective_item``), or give it as ``targets_of``.
        period: the period the value is for.
        actual: the value, in the item's own measure.
        rules: the rule file.
        previous: last year's recorded actual, in the same measure.
        second: the item's second number: 应覆盖人数 (15), 参照值 (relative goals), else 基期值.
        due: whether a blank is late; a milestone's blank is rated by its date alone.
        confirmed: a person has confirmed an implausible value.
        targets_of: the indicator whose target, comparator and lamp a repeating goal shows.
    """
    yardstick = Yardstick(targets_of or item, period, rules, due=due, code=item.code)
    return yardstick.rate(actual, previous=previous, second=second, confirmed=confirmed)


class Yardstick:
    """One item in one period, for rating many values: shared computations are done once."""

    def __init__(
        self, item: Item, period: Period, rules: Rules, *, due: bool = True, code: str | None = None
    ) -> None:
        """Prepare for values of ``item``; see ``rate`` for the arguments.

        ``code`` is the item's own code where it shows another item's targets.
        """
        self.item = item
        self.period = period
        self.rules = rules
        self.due = due
        self.code = item.code if code is None else code

    @cached_property
    def _usual_aim(self) -> PeriodTarget | None:
        return period_target(self.item, self.period, self.rules)

    def aim(
        self, previous: Decimal | None = None, second: Decimal | None = None
    ) -> PeriodTarget | None:
        """Return the item's target; None where the year has no target."""
        usual = self._usual_aim
        return None if usual is None else usual.given(previous, second)

    def rate(
        self,
        actual: Actual,
        *,
        previous: Decimal | None = None,
        second: Decimal | None = None,
        confirmed: bool = False,
    ) -> Rating:
        """Rate one value of the item; see ``rate`` for the arguments."""
        aim = self.aim(_finite(previous), _finite(second))
        judgement = judge(self, aim, actual, confirmed=confirmed)
        gap = None
        if judgement.progress is not None and judgement.scheduled is not None:
            gap = (judgement.progress - judgement.scheduled) * _HUNDRED
        return Rating(
            code=self.code,
            period=self.period,
            actual=actual,
            comparator=None if aim is None else aim.comparator,
            target=None if aim is None else aim.value,
            target_printed="" if aim is None else aim.printed,
            met=judgement.met,
            completion_rate=_decimal(judgement.rate),
            display=display(judgement.rate, met=judgement.met is True),
            scheduled_progress=_decimal(judgement.scheduled),
            progress=_decimal(judgement.progress),
            schedule_gap_pp=_decimal(gap),
            light=judgement.verdict.light,
            state=judgement.verdict.state.value,
            flags=judgement.flags,
            reason=judgement.verdict.reason,
        )


_HUNDRED = Ratio(100)


def _finite(value: Decimal | None) -> Decimal | None:
    return value if value is not None and value.is_finite() else None


def _decimal(value: Ratio | None) -> Decimal | None:
    return None if value is None else decimal_of(value)


def _json_number(value: Decimal | None, decimals: int) -> str | None:
    return None if value is None else plain(Decimal(fixed(Ratio.of(value), decimals)))
