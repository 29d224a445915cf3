"""What the 口径卡 contain: for each of an agency's items the rule, inputs, arithmetic and lamp.

Nothing is rated here: rate, progress and lamp are taken from the rating. Where the arithmetic as
written would not give the rating's number, it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.plan.model import Agency, Direction, StatusRule
from qiyx_xl.core.plan.project_list import INVESTMENT_MEASURE
from qiyx_xl.core.plan.schedule import milestone_due, share_of_year
from qiyx_xl.core.primitives.values import plain, spell
from qiyx_xl.core.rating.completion import NO_RATE, fixed, percent
from qiyx_xl.core.rating.period_target import Course, PeriodTarget, period_target
from qiyx_xl.core.rating.rate import effective_item
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.core.tasks.rating import SILENT_PERIODS
from qiyx_xl.papers.phrases import actual_text, gap_text, target_text, with_measure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.projects.rating import Assessment
    from qiyx_xl.core.projects.status import LivelihoodLine, NodeLine, ProjectLine
    from qiyx_xl.core.rating.lamps import Light
    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.papers.edition import Edition

# --- 口径卡 of projects: the rule, the inputs, the arithmetic and the lamp of each, in words ----


class ProjectWords(NamedTuple):
    """One project, node, livelihood project or task on a card, as texts."""

    code: str
    name: str
    rule: str
    inputs: str
    arithmetic: str
    assessment: Assessment
    source: str


def project_words(edition: Edition, agency: str) -> Iterator[ProjectWords]:
    """Yield the texts on an agency's projects, in the order of the lists."""
    for line in edition.projects.projects:
        if line.project.agency == agency:
            yield _investment(edition, line)
            for node in line.nodes:
                yield _node(edition, line, node)
    for entry in edition.projects.livelihood:
        if entry.project.agency == agency:
            yield _livelihood(edition, entry)


def _investment(edition: Edition, line: ProjectLine) -> ProjectWords:
    planned = "未定" if line.planned is None else f"{plain(line.planned)}{INVESTMENT_MEASURE}"
    reported = _value_text(line.record, INVESTMENT_MEASURE)
    return ProjectWords(
        line.project.code,
        f"{line.project.name}（投资）",
        _share_rule(edition.rules),
        f"完成投资 {reported}；年度计划投资 {planned}",
        _arithmetic(edition, line.invested, line.planned, line.investment),
        line.investment,
        _source_text(line.record),
    )


def _node(edition: Edition, line: ProjectLine, node: NodeLine) -> ProjectWords:
    project_rules = edition.rules.projects
    done = "未完成" if node.completed is None else node.completed.isoformat()
    days = node.assessment.delay_days
    return ProjectWords(
        node.code,
        f"{line.project.name}·{node.node.name}",
        f"完成为绿；离计划日期{project_rules.node_near_days}天以内、或滞后不超过"
        f"{project_rules.node_late_amber_days}天为黄，再滞后为红",
        f"计划 {node.node.planned}；实际 {done}",
        f"滞后 {days} 天" if days else "",
        node.assessment,
        _source_text(node.record),
    )


def _livelihood(edition: Edition, entry: LivelihoodLine) -> ProjectWords:
    project = entry.project
    reported = _value_text(entry.record, project.measure)
    return ProjectWords(
        project.code,
        project.name,
        _share_rule(edition.rules),
        f"完成值 {reported}；目标值 {plain(project.target)}{project.measure}",
        _arithmetic(edition, entry.done, project.target, entry.assessment),
        entry.assessment,
        _source_text(entry.record),
    )


def task_words(edition: Edition, agency: str) -> Iterator[ProjectWords]:
    """Yield the texts on the tasks that an agency leads, in the plan's order."""
    near = edition.rules.milestone_amber_days
    for line in edition.tasks.lines:
        if line.task.lead_agency == agency:
            inputs = [f"状态 {line.shown_state}", f"期限 {line.task.due}"]
            if not explains_nothing(line.words):
                inputs.insert(1, f"进展 {line.words}")
            inputs += [f"佐证材料 {line.evidence_count}"] if line.evidence_count else []
            yield ProjectWords(
                line.task.code,
                line.task.name,
                f"按状态：已完成为绿，受阻、过期为红；连续{SILENT_PERIODS}期没有报、逾期未启动、"
                f"离期限{near}天以内为黄",
                "\n".join(inputs),
                f"完成标准：{line.task.done_when}" if line.task.done_when else "",
                line.assessment,
                _source_text(line.record),
            )


def _share_rule(rules: Rules) -> str:
    project_rules = rules.projects
    amber = fixed(Fraction(-project_rules.gap_amber_pp), 1).removesuffix(".0")
    return f"与序时比：不落后为绿，落后不超过{amber}个百分点为黄，再落后为红；年末未完成不为绿"


def _arithmetic(
    edition: Edition, done: Decimal | None, planned: Decimal | None, assessment: Assessment
) -> str:
    if done is None or planned is None or assessment.completion_rate is None:
        return ""
    elapsed = share_of_year(edition.period, edition.rules)
    return "\n".join(
        (
            f"完成率 = {plain(done)} ÷ {plain(planned)} = {assessment.display}",
            f"序时 = {edition.period.end_month} ÷ 12 = {percent(elapsed)}"
            if edition.rules.elapsed_by == "months"
            else f"序时（按天）= {percent(elapsed)}",
            f"相差 {gap_text(assessment.schedule_gap_pp)} 个百分点",
        )
    )


def _value_text(record: ProjectRecord | None, measure: str) -> str:
    if record is None:
        return "未报"
    text = spell_value(record.value) or "空白"
    return f"{text}{measure}" if isinstance(record.value, Decimal) else text or NO_RATE


def _source_text(record: ProjectRecord | None) -> str:
    source = None if record is None else record.source
    return "" if source is None else f"{source.file} ▸ {source.sheet}!{source.cell}"


# --- 口径卡: for each of an agency's items the rule, the inputs, the arithmetic and the lamp ----

_SHOWN = Fraction(1, 2000)  # half of 0.1%: rates are shown as percentages with one decimal


@dataclass(frozen=True, slots=True)
class CardLine:
    """One item on a card, as texts; ``line`` is None for a project or a task."""

    code: str
    name: str
    rule: str
    inputs: str
    arithmetic: str
    line: StatusLine | None
    light: Light
    lamp: str
    reason: str
    source: str


@dataclass(frozen=True, slots=True)
class Card:
    """One agency's card: its items in the plan's order, then its projects, then its tasks."""

    agency: Agency
    lines: tuple[CardLine, ...]


def cards(edition: Edition) -> tuple[Card, ...]:
    """Return a card for each agency that reports anything, in the plan's order."""
    sent = {
        (record.agency, record.code): record
        for record in edition.records
        if record.period == edition.period
    }
    found = []
    for agency in edition.plan.agencies:
        lines = tuple(
            _card_line(edition, agency, line, sent)
            for item in edition.plan.reported_by(agency)
            if (line := _line_of(edition, agency, item)) is not None
        )
        lines += tuple(_project_line(words) for words in project_words(edition, agency.name))
        lines += tuple(_project_line(words) for words in task_words(edition, agency.name))
        if lines:
            found.append(Card(agency, lines))
    return tuple(found)


def _line_of(edition: Edition, agency: Agency, item: Item) -> StatusLine | None:
    """Return the line by which an agency is judged: its own part, else the district's."""
    line = edition.line(item.code)
    parts = () if line is None else line.parts
    return next((part for part in parts if part.item.reporting_agency == agency.name), line)


def _card_line(
    edition: Edition,
    agency: Agency,
    line: StatusLine,
    sent: dict[tuple[str, str], Record],
) -> CardLine:
    item = effective_item(edition.plan, line.item)
    aim = period_target(
        item, edition.period, edition.rules, previous=line.previous, second=line.second
    )
    record = sent.get((agency.name, line.item.code))
    inputs = _inputs(line, aim)
    if agency.is_street and line.item.reporting_agency != agency.name:
        reported = "未报" if record is None else with_measure(_reported_text(record), item)
        inputs = f"本单位报{reported}\n{edition.everywhere}：{inputs}"
    source = None if record is None else record.source
    return CardLine(
        code=line.item.printed_code,
        name=line.item.name,
        rule="" if aim is None else rule_text(aim, edition.rules),
        inputs=inputs,
        arithmetic="\n".join(arithmetic(line, item, aim, edition.rules)),
        line=line,
        light=line.rating.light,
        lamp=line.rating.lamp,
        reason=line.rating.reason,
        source="" if source is None else f"{source.file} ▸ {source.sheet}!{source.cell}",
    )


def _project_line(words: ProjectWords) -> CardLine:
    assessment = words.assessment
    return CardLine(
        code=words.code,
        name=words.name,
        rule=words.rule,
        inputs=words.inputs,
        arithmetic=words.arithmetic,
        line=None,
        light=assessment.light,
        lamp=assessment.lamp,
        reason=assessment.reason,
        source=words.source,
    )


def _reported_text(record: Record) -> str:
    return spell(record.actual) or "空白"


def _bracketed(number: Decimal) -> str:
    return f"({plain(number)})" if number < 0 else plain(number)


def _inputs(line: StatusLine, aim: PeriodTarget | None) -> str:
    rating, item = line.rating, line.item
    due = milestone_due(item)
    if due is not None:
        return f"进展 {actual_text(rating, item)}\n期限 {due}"
    parts = [f"实际A {actual_text(rating, item)}", f"目标T {target_text(rating, item)}"]
    if aim is not None and aim.start is not None:
        name = (
            "上年实际"
            if line.previous is not None and aim.start == line.previous
            else "上年目标"
            if aim.start == aim.last_target
            else "起点"
        )
        parts.append(f"{name}S {plain(aim.start)}")
    if line.second is not None and item.second_input is not None:
        parts.append(f"{item.second_input.label} {plain(line.second)}")
    return "\n".join(parts)


# --- the rule in words ------------------------------------------------------------------------


def rule_text(aim: PeriodTarget, rules: Rules) -> str:
    """Return the rule by which the lamp is judged as a sentence, with the rule file's numbers."""
    if aim.course is Course.DATED:
        return f"按节点：通过（完成）为绿，离期限{rules.milestone_amber_days}天以内为黄，过期为红"
    if aim.course is Course.EARLY:
        return "年度项目：年底前达标为绿，未达标不判"
    if aim.course is Course.SCHEDULED:
        green = "不超过" if rules.gap_green_inclusive else "不到"
        return (
            f"按序时：达标即绿；落后序时{green}{plain(-rules.gap_green_pp)}个百分点为绿，"
            f"不超过{plain(-rules.gap_amber_pp)}个为黄，再多为红"
        )
    share = {
        StatusRule.RATIO: rules.ratio_amber,
        StatusRule.EXACT: rules.ratio_amber,
        StatusRule.HOLD: rules.hold_amber,
        StatusRule.ZERO: rules.zero_amber,
    }.get(aim.rule)
    if share is not None:
        return f"按完成率：达标为绿，不低于{_percent(share)}为黄，再低为红"
    if aim.rule is StatusRule.CEILING:
        return f"按控制线：突破为红，超过控制线的{_percent(rules.ceiling_near)}为黄，其余为绿"
    last = "" if aim.last_target is None else f"（{plain(aim.last_target)}）"
    return f"按台阶：达标为绿，不差于上年目标{last}为黄，再差为红"


def _percent(share: Decimal) -> str:
    return f"{plain(share * 100)}%"


# --- the arithmetic ---------------------------------------------------------------------------


def arithmetic(
    line: StatusLine, item: Item, aim: PeriodTarget | None, rules: Rules
) -> tuple[str, ...]:
    """Return the arithmetic of 完成率 and of the gap; a step is left out if it has no number."""
    rating = line.rating
    if aim is None or not isinstance(rating.actual, Decimal):
        return ()
    steps = []
    rate = _rate(line, item, aim, rules)
    if rate is not None:
        steps.append(rate)
    steps += _schedule(rating, aim)
    return tuple(steps)


def _schedule(rating: Rating, aim: PeriodTarget) -> list[str]:
    if (
        rating.progress is None
        or rating.scheduled_progress is None
        or rating.schedule_gap_pp is None
        or aim.start is None
        or aim.value is None
        or aim.start == aim.value
        or not isinstance(rating.actual, Decimal)
    ):
        return []
    start, target = Fraction(aim.start), Fraction(aim.value)
    done = (Fraction(rating.actual) - start) / (target - start)
    # The rating of a closed period is frozen, and the plan may have changed since.
    if abs(done - Fraction(rating.progress)) > _SHOWN:
        return []
    a, s, t = (_bracketed(number) for number in (rating.actual, aim.start, aim.value))
    scheduled = percent(Fraction(rating.scheduled_progress))
    gap = gap_text(rating.schedule_gap_pp)
    return [
        f"p＝(A－S)÷(T－S)＝({a}－{s})÷({t}－{s})＝{percent(done)}",
        f"P＝{scheduled}；序时差p－P＝{gap}个百分点",
    ]


def _rate(line: StatusLine, item: Item, aim: PeriodTarget, rules: Rules) -> str | None:
    rating = line.rating
    if rating.completion_rate is None or not isinstance(rating.actual, Decimal):
        return None
    formula, value = _formula(rating.actual, line.second, item, aim, rules)
    if formula is None or value is None:
        return None
    clipped = min(max(value, Fraction(0)), Fraction(rules.rate_maximum))
    # The rating of a closed period is frozen, and the plan may have changed since: no arithmetic
    # is better than a wrong one.
    if abs(clipped - Fraction(rating.completion_rate)) > _SHOWN:
        return None
    text = f"R＝{formula}＝{percent(value)}"
    if clipped != value:
        text += f"，按{percent(clipped)}计"
    if percent(clipped) != rating.display:
        text += f"，未达标显示{rating.display}"
    return text


def _formula(
    actual: Decimal, second: Decimal | None, item: Item, aim: PeriodTarget, rules: Rules
) -> tuple[str | None, Fraction | None]:
    a, exact = plain(actual), Fraction(actual)
    if aim.is_word:
        if second is None or second == 0:
            return None, None
        return f"A÷应覆盖＝{a}÷{plain(second)}", exact / Fraction(second)
    if aim.value is None:
        return None, None
    t, target = plain(aim.value), Fraction(aim.value)
    if target <= 0:
        if aim.baseline is None or aim.baseline == aim.value:
            return None, None
        b, base = plain(aim.baseline), Fraction(aim.baseline)
        return f"(B－A)÷(B－T)＝({b}－{a})÷({b}－{t})", (base - exact) / (base - target)
    if item.direction is not Direction.LOWER_IS_BETTER:
        return f"A÷T＝{a}÷{t}", exact / target
    if rules.lower_is_better_rate == "two_minus_ratio":
        return f"2－A÷T＝2－{a}÷{t}", 2 - exact / target
    return (None, None) if exact == 0 else (f"T÷A＝{t}÷{a}", target / exact)
