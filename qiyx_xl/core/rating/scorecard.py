"""How are ratings combined into the 晾晒榜? Lamp counts, score, rank and the domain's lamp.

Rule: docs/rating.md, section 8.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal, Protocol

from qiyx_xl.core.consolidation.street_totals import Total, street_totals, value_of_parts
from qiyx_xl.core.plan.model import Indicator, Item, Milestone, Plan, SecondInput
from qiyx_xl.core.plan.schedule import PeriodContext, is_done, is_due, milestone_due
from qiyx_xl.core.primitives.ratio import decimal_of
from qiyx_xl.core.primitives.values import Absence, Actual, Word, plain
from qiyx_xl.core.rating.completion import NO_RATE, fixed, percent
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.core.rating.rate import Rating, effective_item, rate

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence
    from datetime import date

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.core.records.record import Record


_Key = tuple[str, str, str]

# --- One line per item of the plan: the value reported for a period, and its rating ---------------


@dataclass(frozen=True, slots=True)
class StatusLine:
    """One item in one period: the value reported for it, and its rating.

    ``record`` is the district's figure, None if there is none. For a goal that repeats an
    indicator, record and rating are the indicator's, under the goal's own code. ``total`` is the
    total of the streets' figures, where streets report the item, too. ``parts`` are the lines of
    the agencies to which the item was broken down, in the plan's order; each part's item has the
    agency's own target and names it as the reporting agency.
    """

    item: Item
    record: Record | None
    previous: Decimal | None
    second: Decimal | None
    rating: Rating
    total: Total | None = None
    parts: tuple[StatusLine, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether it is counted: an item that repeats an indicator is counted only there."""
        return not getattr(self.item, "repeats", None)


def status_lines(
    plan: Plan,
    rules: Rules,
    period: Period,
    records: Sequence[Record],
    today: date,
    *,
    confirmed: Collection[_Key] = (),
    with_parts: bool = True,
) -> tuple[StatusLine, ...]:
    """Rate every item of the plan for a period, in the plan's order.

    Args:
        plan: the items.
        rules: the rule file.
        period: the period to rate.
        records: the current records, of all periods.
        today: decides which blanks are late.
        confirmed: keys (``Record.key``) of implausible values that a person has confirmed.
        with_parts: whether what was broken down to agencies is rated, too.
    """
    context, seen = PeriodContext(plan, rules, period, today), frozenset(confirmed)
    book = _Book(records)
    totals = {total.item.code: total for total in street_totals(plan, _ending(period, records))}
    parts = _parts(context, records, seen) if with_parts else {}
    lines = (_line(context, item, book, seen) for item in plan.items())
    return tuple(
        replace(line, total=totals.get(line.item.code), parts=parts.get(line.item.code, ()))
        if totals or parts
        else line
        for line in lines
    )


def _parts(
    context: PeriodContext, records: Sequence[Record], confirmed: frozenset[_Key]
) -> dict[str, tuple[StatusLine, ...]]:
    """Return the lines of all shares, by the item's id."""
    shares = context.plan.shares
    if not shares:
        return {}
    own = (
        _in_own_measure(share, record)
        for record in records
        for share in (context.plan.share(record.code, record.agency),)
        if share is not None
    )
    book = _Book(own)
    return {
        code: tuple(_line(context, share, book, confirmed) for share in by_agency.values())
        for code, by_agency in shares.items()
    }


def _in_own_measure(item: Item, record: Record) -> Record:
    """Return a part's record in the item's measure: of a ratio, the quotient of the two figures."""
    if not item.sums_ratio or not isinstance(record.actual, Decimal):
        return record
    value = value_of_parts(item, record.actual, record.second)
    return replace(record, actual=Absence.NOT_REPORTED if value is None else value, second=None)


def _ending(period: Period, records: Sequence[Record]) -> list[Record]:
    """Return the records of periods that end on the same day as this one."""
    ends = {
        each for each in {record.period for record in records} if each.last_day == period.last_day
    }
    return [record for record in records if record.period in ends]


class _Book:
    """The records by item and agency, oldest first."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._entries: dict[tuple[str, str], list[Record]] = {}
        for record in sorted(records, key=lambda record: record.period.order):
            self._entries.setdefault((record.code, record.agency), []).append(record)

    def of(self, item: Item) -> Sequence[Record]:
        return self._entries.get((item.code, item.reporting_agency), ())

    def at(self, item: Item, period: Period) -> Record | None:
        """Return the period's record, else one of a period that ends with the same month."""
        same_end = [
            r
            for r in self.of(item)
            if (r.period.year, r.period.end_month) == (period.year, period.end_month)
        ]
        exact = [r for r in same_end if r.period == period]
        reported = [r for r in same_end if r.is_reported]
        return next(iter((*exact, *reversed(reported), *same_end)), None)

    def year_end(self, item: Item, year: int) -> Decimal | None:
        """Return the number recorded for the end of a year."""
        for record in reversed(self.of(item)):
            closes = record.period.year == year and record.period.is_year_end
            if closes and isinstance(record.actual, Decimal):
                return record.actual
        return None

    def until(self, item: Item, period: Period) -> list[Record]:
        """Return the records whose period ends no later, latest first."""
        return [r for r in reversed(self.of(item)) if r.period.last_day <= period.last_day]


def _line(
    context: PeriodContext, item: Item, book: _Book, confirmed: frozenset[_Key]
) -> StatusLine:
    plan, rules, period = context.plan, context.rules, context.period
    judged = effective_item(plan, item)
    record = book.at(judged, period)
    if milestone_due(judged) is not None and (record is None or not record.is_reported):
        # A milestone once passed stays passed: it is not reported again every quarter.
        done = (r for r in book.until(judged, period) if is_done(judged, r.actual))
        record = next(done, record)
    actual: Actual = Absence.NOT_REPORTED if record is None else record.actual
    if isinstance(judged, Milestone) and judged.repeats and actual is Absence.NOT_REPORTED:
        actual = _of_repeated(plan, book, period, judged)
    previous = book.year_end(judged, period.year - 1)
    second = _second(judged, record, book.until(judged, period))
    rating = rate(
        item,
        period,
        actual,
        rules=rules,
        previous=previous,
        second=second,
        due=is_due(judged, period, context.today, rules),
        confirmed=record is not None and record.key in confirmed,
        targets_of=judged,
    )
    return StatusLine(item, record, previous, second, rating)


def _of_repeated(plan: Plan, book: _Book, period: Period, item: Milestone) -> Actual:
    # A milestone that repeats indicators is reported there: it is done when all of them are.
    repeated = [plan.item(code) for code in item.repeats]
    done = all(
        other is not None and any(is_done(other, r.actual) for r in book.until(other, period))
        for other in repeated
    )
    return Word.DONE if done else Absence.NOT_REPORTED


def _second(item: Item, record: Record | None, until: Sequence[Record]) -> Decimal | None:
    if item.has_whole or item.second_input is SecondInput.REFERENCE:
        # 应覆盖人数 and 参照值 belong to their own period.
        return None if record is None else record.second
    return next((r.second for r in until if r.second is not None), item.baseline)


# --- The 晾晒榜: lamp counts, score, rank and the domain's lamp -----------------------------------

__all__ = [
    "Group",
    "Rated",
    "StatusLine",
    "View",
    "counted_in",
    "domain_light",
    "group_of",
    "levels_with_parts",
    "mean_rate",
    "parts_of",
    "ranked",
    "reporting",
    "score",
    "score_decimal",
    "score_of_lights",
    "status_lines",
    "summarise",
    "summarise_level",
]

View = Literal["domain", "agency", "level"]

_NOT_OWED = frozenset({LampState.NO_TARGET, LampState.NOT_DUE, LampState.NOT_APPLICABLE})


class Rated(Protocol):
    """What can be counted in a group: a ``Rating``, or a project's ``Assessment``."""

    @property
    def light(self) -> Light:
        """The lamp."""

    @property
    def state(self) -> str:
        """The text after the lamp's colour."""

    @property
    def completion_rate(self) -> Decimal | None:
        """完成率 as an unrounded share; None where it is undefined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One row of the 晾晒榜: a domain, an agency or a level, over its indicators.

    ``score`` and ``mean_rate`` are exact; None where all lamps are grey (or none of the others has
    a rate). ``reported_share`` is 填报率, None where nothing is due. ``rank`` is None for a group
    that is not ranked.
    """

    name: str
    green: int
    amber: int
    red: int
    grey: int
    score: Fraction | None
    mean_rate: Fraction | None
    due: int
    missing: int
    reported_share: Fraction | None
    ranked: bool
    rank: int | None
    light: Light

    @property
    def total(self) -> int:
        """The number of its indicators."""
        return self.green + self.amber + self.red + self.grey

    @property
    def score_text(self) -> str:
        """The score as printed: 86.7, or — where all lamps are grey."""
        return NO_RATE if self.score is None else fixed(self.score, 1)

    @property
    def reported_text(self) -> str:
        """填报率 as printed: 95.2%, or — where nothing is due."""
        return NO_RATE if self.reported_share is None else percent(self.reported_share)

    def counts_json(self) -> dict[str, int]:
        """Return its lamp counts for the status report."""
        return {
            "green": self.green,
            "amber": self.amber,
            "red": self.red,
            "grey": self.grey,
            "total": self.total,
        }

    def to_json(self) -> dict[str, Any]:
        """Return its entry in the status report."""
        return {
            "name": self.name,
            "light": self.light.value,
            "word": self.light.word,
            "counts": self.counts_json(),
            "score": None if self.score is None else plain(Decimal(fixed(self.score, 4))),
            "due": self.due,
            "missing": self.missing,
            "reported_share": (
                None
                if self.reported_share is None
                else plain(Decimal(fixed(self.reported_share, 4)))
            ),
            "ranked": self.ranked,
            "rank": self.rank,
        }


def score(ratings: Iterable[Rated], rules: Rules) -> Fraction | None:
    """Return 晾晒得分: the mean over the lamps that are not grey; None where all are grey."""
    return score_of_lights((rating.light for rating in ratings), rules)


def score_of_lights(lights: Iterable[Light], rules: Rules) -> Fraction | None:
    """Return 晾晒得分 of lamps; grey ones are left out."""
    worth = {
        Light.GREEN: Fraction(rules.score_green),
        Light.AMBER: Fraction(rules.score_amber),
        Light.RED: Fraction(rules.score_red),
    }
    return _mean([worth[light] for light in lights if light in worth])


def mean_rate(ratings: Iterable[Rated]) -> Fraction | None:
    """Return the mean of min(R, 1) over the ratings that are not grey and have a rate; for ties."""
    return _mean(
        [
            min(Fraction(rating.completion_rate), Fraction(1))
            for rating in ratings
            if rating.light is not Light.GREY and rating.completion_rate is not None
        ]
    )


def reporting(ratings: Iterable[Rated]) -> tuple[int, int]:
    """Return how many figures are due, and how many of them have not been reported."""
    owed = [rating for rating in ratings if rating.state not in _NOT_OWED]
    return len(owed), sum(rating.state == LampState.NOT_REPORTED for rating in owed)


def domain_light(ratings: Sequence[Rated], rules: Rules) -> Light:
    """Return the lamp of a whole group of indicators."""
    lit = [rating.light for rating in ratings if rating.light is not Light.GREY]
    due, missing = reporting(ratings)
    if not lit or due == 0:
        return Light.GREY
    if Fraction(due - missing, due) < Fraction(rules.domain_minimum_reported):
        return Light.GREY
    red, amber = lit.count(Light.RED), lit.count(Light.AMBER)
    if red >= rules.domain_red_count or Fraction(red, len(lit)) >= rules.domain_red_share:
        return Light.RED
    if red > 0 or Fraction(amber, len(lit)) >= rules.domain_amber_share:
        return Light.AMBER
    return Light.GREEN


def group_of(name: str, ratings: Sequence[Rated], rules: Rules) -> Group:
    """Combine ratings into a group of this name, without a rank yet."""
    due, missing = reporting(ratings)
    share = None if due == 0 else Fraction(due - missing, due)
    points = score(ratings, rules)
    lights = [rating.light for rating in ratings]
    return Group(
        name=name,
        green=lights.count(Light.GREEN),
        amber=lights.count(Light.AMBER),
        red=lights.count(Light.RED),
        grey=lights.count(Light.GREY),
        score=points,
        mean_rate=mean_rate(ratings),
        due=due,
        missing=missing,
        reported_share=share,
        ranked=(
            points is not None
            and share is not None
            and share >= Fraction(rules.ranking_minimum_reported)
        ),
        rank=None,
        light=domain_light(ratings, rules),
    )


def ranked(groups: Sequence[Group]) -> tuple[Group, ...]:
    """Return the groups, in the same order, with their ranks (ties share one: 1, 1, 3)."""
    keys = [_rank_key(group) for group in groups if group.ranked]
    return tuple(
        replace(group, rank=1 + sum(key > _rank_key(group) for key in keys))
        if group.ranked
        else group
        for group in groups
    )


def parts_of(lines: Iterable[StatusLine]) -> list[StatusLine]:
    """Return the lines of the agencies to which items were broken down, in the items' order."""
    return [part for line in lines for part in line.parts]


def summarise(
    lines: Sequence[StatusLine], plan: Plan, rules: Rules, by: View | str = "domain"
) -> tuple[Group, ...]:
    """Combine the indicators' lines by domain, agency or level, in the plan's order.

    By agency and by level, what was broken down to an agency is counted, too: by agency for those
    of the highest level, among whom the lead agencies are; by level for all.

    Raises:
        ValueError: ``by`` is not one of the three.
    """
    names, name_of = _view(plan, by)
    members: dict[str, list[Rating]] = {name: [] for name in names}
    for line in counted_in(lines, plan, by):
        members.setdefault(name_of(line.item), []).append(line.rating)
    return ranked([group_of(name, ratings, rules) for name, ratings in members.items() if ratings])


def counted_in(lines: Sequence[StatusLine], plan: Plan, by: View | str) -> list[StatusLine]:
    """Return the lines that a view counts: the indicators', and of parts those it shows."""
    indicators = [line for line in lines if isinstance(line.item, Indicator)]
    if by == "domain":
        return indicators
    levels = plan.levels if by == "level" else plan.levels[:1]
    return indicators + [part for part in parts_of(lines) if level_of(plan, part) in levels]


def level_of(plan: Plan, line: StatusLine) -> str:
    """Return the level of the agency that reports a line; "" if the plan does not know it."""
    agency = plan.agency(line.item.reporting_agency)
    return "" if agency is None else agency.level


def levels_with_parts(lines: Sequence[StatusLine], plan: Plan) -> tuple[str, ...]:
    """Return the levels below the highest whose agencies have a share of an item."""
    found = {level_of(plan, part) for part in parts_of(lines)}
    return tuple(level for level in plan.levels[1:] if level in found)


def summarise_level(
    lines: Sequence[StatusLine], plan: Plan, rules: Rules, level: str
) -> tuple[Group, ...]:
    """Combine what was broken down to a level's agencies, one group each, ranked among them."""
    members: dict[str, list[Rating]] = {
        agency.name: [] for agency in plan.agencies if agency.level == level
    }
    for part in parts_of(lines):
        if part.item.reporting_agency in members:
            members[part.item.reporting_agency].append(part.rating)
    return ranked([group_of(name, ratings, rules) for name, ratings in members.items() if ratings])


def _view(plan: Plan, by: str) -> tuple[list[str], Callable[[Item], str]]:
    agencies = {agency.name: agency for agency in plan.agencies}
    match by:
        case "domain":
            return [domain.name for domain in plan.domains], lambda item: item.domain
        case "agency":
            return list(agencies), lambda item: item.reporting_agency
        case "level":
            return list(plan.levels_used), lambda item: agencies[item.reporting_agency].level
        case _:
            raise ValueError(f"不能按“{by}”汇总，请用 domain、agency 或 level。")


def _rank_key(group: Group) -> tuple[Fraction, Fraction]:
    # A group without any rate cannot win a tie, so it comes after those with a rate.
    return (
        Fraction(-1) if group.score is None else group.score,
        Fraction(-1) if group.mean_rate is None else group.mean_rate,
    )


def _mean(numbers: Sequence[Fraction]) -> Fraction | None:
    return sum(numbers, Fraction(0)) / len(numbers) if numbers else None


def score_decimal(points: Fraction | None) -> Decimal | None:
    """Return a score as a decimal of 28 digits, for a cell."""
    return None if points is None else decimal_of(points)
