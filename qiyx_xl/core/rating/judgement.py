"""How is a value rated? First the state of the data, then the lamp.

Rules: docs/rating.md, sections 1 and 4 to 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.plan.model import Comparator, Direction, Indicator, Item, Milestone, StatusRule
from qiyx_xl.core.primitives.ratio import Ratio, decimal_of, exact, line
from qiyx_xl.core.primitives.values import Absence, Actual, Unreadable, Word, plain, spell
from qiyx_xl.core.rating.completion import completion_rate, is_met
from qiyx_xl.core.rating.lamps import (
    LampState,
    LampVerdict,
    Light,
    TargetComparison,
    at_full_target,
    on_schedule,
)
from qiyx_xl.core.rating.period_target import Course, PeriodTarget, progress

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.rating.rate import Yardstick


# --- Implausible numbers, which are rejected before a rate is computed ----------------------------
# Rule: docs/rating.md, section 7.

_TEN_THOUSAND = "万"
_GREATER = {3: "千", 4: "万", 8: "亿"}
_GREATER_THAN_TEN_THOUSAND = {3: "千万", 4: "亿", 8: "万亿"}
_ALL = Decimal(100)


class Implausible(NamedTuple):
    """Why a value is implausible, and the value that was probably meant, if one fits."""

    reason: str
    meant: Decimal | None = None


def doubt(
    item: Item,
    actual: Decimal,
    rules: Rules,
    *,
    previous: Decimal | None,
    target: Decimal | None,
) -> Implausible | None:
    """Return why a value is implausible; None if it is plausible.

    Args:
        item: what was reported.
        actual: the value, in the item's own measure.
        rules: the rule file.
        previous: last year's actual; the reference where it is recorded and not 0.
        target: the year's target; otherwise the reference.
    """
    if actual < 0:
        return Implausible(f"数值{plain(actual)}为负，不合常理")
    if item.is_percent and not item.may_exceed_hundred and actual > _ALL:
        return Implausible(f"占比{plain(actual)}%超过100%")
    reference = previous if previous is not None and previous != 0 else target
    if reference is None or reference == 0 or actual == 0:
        return None
    return _magnitude(item, exact(actual), line(reference), rules)


def _magnitude(item: Item, actual: Ratio, reference: Ratio, rules: Rules) -> Implausible | None:
    share = actual / reference
    low = line(rules.magnitude_low)
    if low <= share <= line(rules.magnitude_high):
        return None
    for power in powers(item, rules):
        for k in (power, -power):
            corrected = actual * (Ratio(10**k) if k > 0 else Ratio(1, 10**-k))
            match = corrected / reference
            if line(rules.magnitude_match_low) <= match <= line(rules.magnitude_match_high):
                return _probable(item, k, decimal_of(corrected))
    if item.is_percent and item.direction is Direction.LOWER_IS_BETTER and share < low:
        value, known = plain(decimal_of(actual)), plain(decimal_of(reference))
        return Implausible(f"数值{value}%不到参照值{known}%的二十分之一")
    return None


def powers(item: Item, rules: Rules) -> tuple[int, ...]:
    """Return the powers of ten by which a value of the item may be wrong."""
    if item.cumulative:
        return rules.magnitude_powers_cumulative
    return rules.magnitude_powers_percent if item.is_percent else rules.magnitude_powers


def _probable(item: Item, k: int, meant: Decimal) -> Implausible:
    return Implausible(f"{_slip(item, k)}，应为{plain(meant)}{item.measure}", meant)


def _slip(item: Item, k: int) -> str:
    """Return the probable mistake in a value that is wrong by the factor 10 to the power ``k``."""
    if item.is_percent and abs(k) == 2:  # noqa: PLR2004 - 10²
        return "疑似填成了小数" if k > 0 else "疑似多乘了100"
    named = None if item.is_percent else _measure_meant(item.measure, k)
    return f"疑似单位为{named}" if named else _shifted(k)


def _measure_meant(measure: str, k: int) -> str | None:
    if not measure.startswith(_TEN_THOUSAND):
        return f"{_GREATER[k]}{measure}" if k in _GREATER else None
    bare = measure.removeprefix(_TEN_THOUSAND)
    if k == -4:  # noqa: PLR2004 - 万
        return bare
    prefix = _GREATER_THAN_TEN_THOUSAND.get(k)
    return f"{prefix}{bare}" if prefix else None


def _shifted(k: int) -> str:
    times = {2: "100倍", 3: "1000倍", 4: "1万倍", 8: "1亿倍"}.get(abs(k), f"10的{abs(k)}次方倍")
    return f"疑似{'缩小' if k > 0 else '放大'}了{times}"


# --- The rating of one value ----------------------------------------------------------------------

REVIEW = "超额待核"
SELF_REPORTED = "无分母·自报"
ABOVE_STANDARD = "高于规定"

_PASSED = (Word.PASSED, Word.DONE)
_WHOLE = Decimal(100)
_LONGEST_QUOTE = 20  # characters of a cell's text quoted in a message


@dataclass(slots=True, kw_only=True)  # made for every rating, where freezing costs
class Judgement:
    """The result of rating a value, before it is formatted."""

    verdict: LampVerdict
    met: bool | None = None
    rate: Ratio | None = None
    scheduled: Ratio | None = None
    progress: Ratio | None = None
    flags: tuple[str, ...] = ()


def judge(
    yardstick: Yardstick, aim: PeriodTarget | None, actual: Actual, *, confirmed: bool
) -> Judgement:
    """Rate one value; ``aim`` is None where the year has no target.

    ``confirmed`` says that a person has confirmed the value, however implausible it is.
    """
    # Section 1: the state of the data is checked first; the first condition that applies decides.
    if actual is Absence.NOT_APPLICABLE:
        return _grey(LampState.NOT_APPLICABLE, "本期不适用，不计入评价")
    if aim is None:
        return _grey(LampState.NO_TARGET, f"{yardstick.period.year}年未定目标")
    if isinstance(actual, Decimal) and not actual.is_finite():
        actual = Unreadable(str(actual), f"“{actual}”不是可用的数值")
    if isinstance(actual, Unreadable):
        return _grey(LampState.IN_DOUBT, _one_line(actual.reason) or f"{_quoted(actual)}无法识别")
    if aim.course is Course.DATED:
        return _rate_milestone(yardstick, aim, actual)
    if actual is Absence.NOT_REPORTED:
        if yardstick.due:
            return _grey(LampState.NOT_REPORTED, "已过报送截止日，仍未填报")
        return _grey(LampState.NOT_DUE, "尚未到报送截止日")
    if aim.is_word:
        return _rate_coverage(yardstick, aim, actual, confirmed=confirmed)
    if not isinstance(actual, Decimal):
        return _grey(LampState.IN_DOUBT, f"应填数字，现填{_quoted(actual)}")
    return _rate_number(yardstick, aim, actual, confirmed=confirmed)


def _grey(state: LampState, reason: str, *, met: bool | None = None) -> Judgement:
    return Judgement(verdict=LampVerdict(Light.GREY, state, reason), met=met)


def _rate_number(
    yardstick: Yardstick, aim: PeriodTarget, actual: Decimal, *, confirmed: bool
) -> Judgement:
    item, rules = yardstick.item, yardstick.rules
    if not confirmed:
        doubted = doubt(item, actual, rules, previous=aim.previous, target=aim.value)
        if doubted is not None:
            return _grey(LampState.IN_DOUBT, doubted.reason)
    if aim.value is None or aim.comparator is None:
        return _grey(LampState.NO_REFERENCE, "没有同年参照值，无法判定")
    tolerance = rules.exact_tolerance if aim.rule is StatusRule.EXACT else None
    met = is_met(actual, aim.value, aim.comparator, tolerance=tolerance)
    share = completion_rate(actual, aim.value, item.direction, rules, aim.baseline)
    case = TargetComparison(
        actual=actual,
        target=aim.value,
        comparator=aim.comparator,
        direction=item.direction,
        met=met,
        rate=share,
        horizon=aim.horizon,
        measure=item.measure,
        last_target=aim.last_target,
    )
    return _by_course(rules, aim, case, _flags(case, aim, rules))


def _flags(case: TargetComparison, aim: PeriodTarget, rules: Rules) -> tuple[str, ...]:
    if aim.rule is StatusRule.EXACT:
        return (ABOVE_STANDARD,) if case.actual > case.target + rules.exact_tolerance else ()
    if (
        case.direction is Direction.HIGHER_IS_BETTER
        and case.rate is not None
        and case.rate > line(rules.review_above)
    ):
        return (REVIEW,)
    return ()


def _by_course(
    rules: Rules, aim: PeriodTarget, case: TargetComparison, flags: tuple[str, ...] = ()
) -> Judgement:
    scheduled = done = None
    if aim.course is Course.SCHEDULED:
        scheduled, done = aim.scheduled, _done(aim, case)
        verdict = _scheduled(rules, aim, case, done)
    elif aim.course is not Course.EARLY:
        verdict = at_full_target(aim.rule, case, rules)
    elif case.met:
        verdict = _early(case)
    else:
        verdict = LampVerdict(Light.GREY, LampState.NOT_DUE, "年度指标，年底前不判进度")
    return Judgement(
        verdict=verdict,
        met=case.met,
        rate=case.rate,
        scheduled=scheduled,
        progress=done,
        flags=flags,
    )


def _early(case: TargetComparison) -> LampVerdict:
    return LampVerdict(
        Light.GREEN, LampState.MET_EARLY, f"已提前达到{case.horizon}{case.target_text}"
    )


def _done(aim: PeriodTarget, case: TargetComparison) -> Ratio | None:
    """Return p; None where the start is unknown or already meets the target."""
    start = aim.start
    if start is None or aim.scheduled is None or start == case.target:
        return None
    if is_met(start, case.target, case.comparator):
        return None
    return progress(case.actual, start, case.target)


def _scheduled(
    rules: Rules, aim: PeriodTarget, case: TargetComparison, done: Ratio | None
) -> LampVerdict:
    if case.met:
        return _early(case)
    if aim.start is None or aim.scheduled is None:
        return LampVerdict(
            Light.GREY, LampState.NO_BASELINE, "没有上年实际值或基期值，无法计算序时进度"
        )
    if done is None:
        # The start already meets the target, so there is no schedule and the full target applies.
        return at_full_target(aim.rule, case, rules)
    return on_schedule(done - aim.scheduled, rules)


def _rate_coverage(
    yardstick: Yardstick, aim: PeriodTarget, actual: Actual, *, confirmed: bool
) -> Judgement:
    # Indicator 15: covered / to be covered, T = 100%; or the word itself, which has no denominator.
    item, rules, to_cover = yardstick.item, yardstick.rules, aim.second
    if actual is Word.FULL_COVERAGE:
        early = aim.course is Course.EARLY
        verdict = LampVerdict(
            Light.GREEN,
            LampState.MET_EARLY if early else LampState.MET,
            "自报全覆盖，没有应覆盖人数可核",
        )
        return Judgement(verdict=verdict, met=True, flags=(SELF_REPORTED,))
    if not isinstance(actual, Decimal):
        return _grey(LampState.IN_DOUBT, f"{_quoted(actual)}不能判定，应填已覆盖数和应覆盖人数")
    if to_cover is None or to_cover <= 0:
        return _grey(LampState.IN_DOUBT, "只有已覆盖数，缺少应覆盖人数")
    if not confirmed:
        doubted = doubt(item, actual, rules, previous=aim.previous, target=to_cover)
        if doubted is not None:
            return _grey(LampState.IN_DOUBT, doubted.reason)
    if actual > to_cover:
        return _grey(LampState.IN_DOUBT, f"已覆盖数{plain(actual)}超过应覆盖人数{plain(to_cover)}")
    met = actual >= to_cover
    share = completion_rate(actual, to_cover, item.direction, rules)
    case = TargetComparison(
        actual=actual,
        target=to_cover,
        comparator=Comparator.AT_LEAST,
        direction=item.direction,
        met=met,
        rate=share,
        printed=aim.printed,
        horizon=aim.horizon,
        measure=item.measure,
    )
    return _by_course(rules, aim, case)


def _rate_milestone(yardstick: Yardstick, aim: PeriodTarget, actual: Actual) -> Judgement:
    # Section 4: in every period, days are counted from the period's end to the due date.
    due = _due_date(yardstick.item)
    if actual in _PASSED or actual == _WHOLE:
        # Where the year's target is a number, a passed assessment counts as 100.
        share = (
            None
            if aim.value is None
            else completion_rate(_WHOLE, aim.value, Direction.HIGHER_IS_BETTER, yardstick.rules)
        )
        verdict = LampVerdict(Light.GREEN, LampState.MET, "已按要求完成")
        return Judgement(verdict=verdict, met=True, rate=share)
    if actual is Word.FAILED:
        return Judgement(verdict=LampVerdict(Light.RED, LampState.FAILED, "评估未通过"), met=False)
    blank = actual is Absence.NOT_REPORTED
    if not blank and actual is not Word.IN_PROGRESS:
        return _grey(
            LampState.IN_DOUBT, f"应填已通过、已完成、进行中或未通过，现填{_quoted(actual)}"
        )
    met = None if blank else False
    days = (due - yardstick.period.last_day).days
    if days > yardstick.rules.milestone_amber_days:
        return _grey(LampState.NOT_DUE, f"距完成期限{due}还有{days}天", met=met)
    if days >= 0:
        reason = f"距完成期限{due}只剩{days}天，尚未完成" if days else "完成期限已到，尚未完成"
        return Judgement(verdict=LampVerdict(Light.AMBER, LampState.DUE_SOON, reason), met=met)
    if blank:
        return _grey(LampState.NOT_REPORTED, f"已过完成期限{due}，仍未填报")
    reason = f"已过完成期限{due}共{-days}天，仍在进行"
    return Judgement(verdict=LampVerdict(Light.RED, LampState.OVERDUE, reason), met=False)


def _due_date(item: Item) -> date:
    due = item.due if isinstance(item, Indicator | Milestone) else None
    if due is None:
        raise ValueError(f"“{item.name}”按节点评价，但没有完成期限。")
    return due


def _quoted(actual: Actual) -> str:
    text = _one_line(spell(actual))
    return f"“{text[:_LONGEST_QUOTE]}…”" if len(text) > _LONGEST_QUOTE else f"“{text}”"


def _one_line(text: str) -> str:
    return " ".join(text.split())
