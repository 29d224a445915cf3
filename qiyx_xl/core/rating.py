"""One value, rated: 完成率, 序时, lamp, state and the reason, by docs/rating.md."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.aims import Aim, Course, aim_of, progress, target_text
from qiyx_xl.core.completion import (
    completion_rate,
    decimal_of,
    display,
    fixed,
    is_met,
    shown,
)
from qiyx_xl.core.lamps import Case, Light, State, Verdict, at_full_target, on_schedule
from qiyx_xl.core.plan import (
    Comparator,
    Direction,
    Goal,
    Indicator,
    Item,
    Milestone,
    Plan,
    StatusRule,
)
from qiyx_xl.core.plausibility import doubt
from qiyx_xl.core.schedule import deadline, expects, is_due
from qiyx_xl.core.values import Absence, Actual, Unreadable, Word, plain, spell

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.rules import Rules

__all__ = [
    "Light",
    "Rating",
    "State",
    "deadline",
    "effective_item",
    "expects",
    "is_due",
    "rate",
]

REVIEW = "超额待核"
SELF_REPORTED = "无分母·自报"
ABOVE_STANDARD = "高于规定"

_PASSED = (Word.PASSED, Word.DONE)
_WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A rated value.

    ``completion_rate`` is a clipped share, ``scheduled_progress`` (P) and ``progress`` (p) are
    shares, ``schedule_gap_pp`` is in percentage points, all unrounded and None where they do not
    exist. ``target`` is in the item's own measure; None where it is a word.
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
    def shown_rate(self) -> Decimal | None:
        """The rate for a cell formatted as %: of an unmet value at most 99.9%."""
        if self.completion_rate is None:
            return None
        return decimal_of(shown(Fraction(self.completion_rate), met=self.met is True))

    def to_json(self) -> dict[str, Any]:
        """Return the document of ``rate --format json`` (schemas/rating.schema.json)."""
        indicator = int(self.code) if self.code.isascii() and self.code.isdigit() else self.code
        blank = self.actual is Absence.NOT_REPORTED
        return {
            "indicator": indicator,
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judgement:
    """What comes out of judging, before it is put on paper."""

    verdict: Verdict
    met: bool | None = None
    rate: Fraction | None = None
    scheduled: Fraction | None = None
    progress: Fraction | None = None
    flags: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """Everything a judgement may look at."""

    item: Item
    period: Period
    rules: Rules
    previous: Decimal | None
    second: Decimal | None
    due: bool
    confirmed: bool


def effective_item(plan: Plan, item: Item) -> Item:
    """Return the indicator that a goal repeats, else the item itself.

    Rule: docs/rating.md, section 6: a goal that repeats an indicator has no lamp of its own.
    """
    if isinstance(item, Goal) and item.repeats is not None:
        return plan.find(item.repeats) or item
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
        due: whether a blank is late; a milestone's blank is judged by its date alone.
        confirmed: a person has confirmed an implausible value.
        targets_of: the indicator whose target, comparator and lamp a repeating goal shows.
    """
    question = _Question(
        item=targets_of or item,
        period=period,
        rules=rules,
        previous=_finite(previous),
        second=_finite(second),
        due=due,
        confirmed=confirmed,
    )
    aim = aim_of(question.item, period, rules, previous=question.previous, second=question.second)
    judgement = _judge(question, aim, actual)
    gap = None
    if judgement.progress is not None and judgement.scheduled is not None:
        gap = (judgement.progress - judgement.scheduled) * 100
    return Rating(
        code=item.code,
        period=period,
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


def _judge(question: _Question, aim: Aim | None, actual: Actual) -> _Judgement:
    # Section 1: the state of the data comes first; the first line that fits.
    if actual is Absence.NOT_APPLICABLE:
        return _grey(State.NOT_APPLICABLE, "本期不适用，不计入评价")
    if aim is None:
        return _grey(State.NO_TARGET, f"{question.period.year}年未定目标")
    if isinstance(actual, Decimal) and not actual.is_finite():
        actual = Unreadable(str(actual), f"“{actual}”不是可用的数值")
    if isinstance(actual, Unreadable):
        return _grey(State.IN_DOUBT, actual.reason or f"“{actual.text}”无法识别")
    if aim.course is Course.DATED:
        return _milestone(question, aim, actual)
    if actual is Absence.NOT_REPORTED:
        if question.due:
            return _grey(State.NOT_REPORTED, "已过报送截止日，仍未填报")
        return _grey(State.NOT_DUE, "尚未到报送截止日")
    if aim.is_word:
        return _coverage(question, aim, actual)
    if not isinstance(actual, Decimal):
        return _grey(State.IN_DOUBT, f"应填数字，现填“{spell(actual)}”")
    return _number(question, aim, actual)


def _grey(state: State, reason: str, *, met: bool | None = None) -> _Judgement:
    return _Judgement(verdict=Verdict(Light.GREY, state, reason), met=met)


def _number(question: _Question, aim: Aim, actual: Decimal) -> _Judgement:
    item, rules = question.item, question.rules
    if not question.confirmed:
        reason = doubt(item, actual, rules, previous=question.previous, target=aim.value)
        if reason is not None:
            return _grey(State.IN_DOUBT, reason)
    if aim.needs_reference or aim.value is None or aim.comparator is None:
        return _grey(State.NO_REFERENCE, "没有同年参照值，无法判定")
    tolerance = rules.exact_tolerance if aim.rule is StatusRule.EXACT else None
    met = is_met(actual, aim.value, aim.comparator, tolerance=tolerance)
    share = completion_rate(actual, aim.value, item.direction, rules, aim.baseline)
    case = Case(
        actual=actual,
        target=aim.value,
        comparator=aim.comparator,
        direction=item.direction,
        met=met,
        rate=share,
        target_text=target_text(aim, item.measure),
        horizon=aim.horizon,
        measure=item.measure,
        last_target=aim.last_target,
        baseline=aim.baseline,
    )
    judgement = replace(_by_course(question, aim, case), rate=share, met=met)
    return replace(judgement, flags=_flags(case, aim, rules))


def _flags(case: Case, aim: Aim, rules: Rules) -> tuple[str, ...]:
    if aim.rule is StatusRule.EXACT:
        return (ABOVE_STANDARD,) if case.actual > case.target + rules.exact_tolerance else ()
    if (
        case.direction is Direction.HIGHER_IS_BETTER
        and case.rate is not None
        and case.rate > Fraction(rules.review_above)
    ):
        return (REVIEW,)
    return ()


def _by_course(question: _Question, aim: Aim, case: Case) -> _Judgement:
    match aim.course:
        case Course.EARLY:
            if case.met:
                return _Judgement(verdict=_early(case))
            return _grey(State.NOT_DUE, "年度指标，年底前不判进度")
        case Course.SCHEDULED:
            return _scheduled(question, aim, case)
        case _:
            return _Judgement(verdict=at_full_target(aim.rule, case, question.rules))


def _early(case: Case) -> Verdict:
    return Verdict(Light.GREEN, State.MET_EARLY, f"已提前达到{case.horizon}{case.target_text}")


def _scheduled(question: _Question, aim: Aim, case: Case) -> _Judgement:
    start, rules = aim.start, question.rules
    scheduled = aim.scheduled
    if start is None or scheduled is None:
        verdict = (
            _early(case)
            if case.met
            else Verdict(Light.GREY, State.NO_BASELINE, "没有上年实际值或基期值，无法计算序时进度")
        )
        return _Judgement(verdict=verdict, scheduled=scheduled)
    start_meets = start == case.target or is_met(start, case.target, case.comparator)
    if start_meets:
        # There is no way left to go, so there is no schedule: the full target holds already.
        verdict = _early(case) if case.met else at_full_target(aim.rule, case, rules)
        return _Judgement(verdict=verdict, scheduled=scheduled)
    done = progress(case.actual, start, case.target)
    if case.met or done is None:
        return _Judgement(verdict=_early(case), scheduled=scheduled, progress=done)
    verdict = on_schedule(done - scheduled, rules)
    return _Judgement(verdict=verdict, scheduled=scheduled, progress=done)


def _coverage(question: _Question, aim: Aim, actual: Actual) -> _Judgement:
    # 15: covered / to be covered, T = 100%; or the word itself, which has no denominator.
    item, rules, to_cover = question.item, question.rules, question.second
    if actual is Word.FULL_COVERAGE:
        early = aim.course is Course.EARLY
        verdict = Verdict(
            Light.GREEN,
            State.MET_EARLY if early else State.MET,
            "自报全覆盖，没有应覆盖人数可核",
        )
        return _Judgement(verdict=verdict, met=True, flags=(SELF_REPORTED,))
    if not isinstance(actual, Decimal):
        return _grey(State.IN_DOUBT, f"“{spell(actual)}”不能判定，应填已覆盖数和应覆盖人数")
    if to_cover is None or to_cover <= 0:
        return _grey(State.IN_DOUBT, "只有已覆盖数，缺少应覆盖人数")
    if not question.confirmed:
        reason = doubt(item, actual, rules, previous=question.previous, target=to_cover)
        if reason is not None:
            return _grey(State.IN_DOUBT, reason)
    if actual > to_cover:
        return _grey(State.IN_DOUBT, f"已覆盖数{plain(actual)}超过应覆盖人数{plain(to_cover)}")
    met = actual >= to_cover
    share = completion_rate(actual, to_cover, item.direction, rules)
    case = Case(
        actual=actual,
        target=to_cover,
        comparator=Comparator.AT_LEAST,
        direction=item.direction,
        met=met,
        rate=share,
        target_text=aim.printed,
        horizon=aim.horizon,
        measure=item.measure,
    )
    return replace(_by_course(question, aim, case), rate=share, met=met)


def _milestone(question: _Question, aim: Aim, actual: Actual) -> _Judgement:
    # Section 4: days are counted from the period's end to the due date, in any period.
    due = _due_date(question.item)
    if actual in _PASSED or actual == _WHOLE:
        # A passed assessment is a rate of 100 where the year's target is a number.
        share = (
            None
            if aim.value is None
            else completion_rate(_WHOLE, aim.value, Direction.HIGHER_IS_BETTER, question.rules)
        )
        verdict = Verdict(Light.GREEN, State.MET, "已按要求完成")
        return _Judgement(verdict=verdict, met=True, rate=share)
    if actual is Word.FAILED:
        return _Judgement(verdict=Verdict(Light.RED, State.FAILED, "评估未通过"), met=False)
    blank = actual is Absence.NOT_REPORTED
    if not blank and actual is not Word.IN_PROGRESS:
        return _grey(State.IN_DOUBT, f"应填已通过、已完成、进行中或未通过，现填“{spell(actual)}”")
    met = None if blank else False
    days = (due - question.period.last_day).days
    if days > question.rules.milestone_amber_days:
        return _grey(State.NOT_DUE, f"距完成期限{due}还有{days}天", met=met)
    if days >= 0:
        reason = f"距完成期限{due}只剩{days}天，尚未完成" if days else "完成期限已到，尚未完成"
        return _Judgement(verdict=Verdict(Light.AMBER, State.DUE_SOON, reason), met=met)
    if blank:
        return _grey(State.NOT_REPORTED, f"已过完成期限{due}，仍未填报")
    reason = f"已过完成期限{due}共{-days}天，仍在进行"
    return _Judgement(verdict=Verdict(Light.RED, State.OVERDUE, reason), met=False)


def _due_date(item: Item) -> date:
    due = item.due if isinstance(item, Indicator | Milestone) else None
    if due is None:
        raise ValueError(f"“{item.name}”按节点评价，但没有完成期限。")
    return due


def _finite(value: Decimal | None) -> Decimal | None:
    return value if value is not None and value.is_finite() else None


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else decimal_of(value)


def _json_number(value: Decimal | None, decimals: int) -> str | None:
    return None if value is None else plain(Decimal(fixed(Fraction(value), decimals)))
