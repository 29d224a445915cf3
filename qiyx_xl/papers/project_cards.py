"""口径卡 of projects: the rule, the inputs, the arithmetic and the lamp of each, in words."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.plan.project_list import INVESTMENT_MEASURE
from qiyx_xl.core.plan.schedule import share_of_year
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.projects.rating import points_text
from qiyx_xl.core.rating.completion import NO_RATE, fixed, percent
from qiyx_xl.core.records.project_record import spell_value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.projects.rating import Assessment
    from qiyx_xl.core.projects.status import LivelihoodLine, NodeLine, ProjectLine
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.papers.edition import Edition


class ProjectWords(NamedTuple):
    """One project, node or livelihood project on a card, in words."""

    code: str
    name: str
    rule: str
    inputs: str
    arithmetic: str
    assessment: Assessment
    source: str


def project_words(edition: Edition, agency: str) -> Iterator[ProjectWords]:
    """Yield what an agency's card says about its projects, in the list's order."""
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
    said = _said(line.record, INVESTMENT_MEASURE)
    return ProjectWords(
        line.project.code,
        f"{line.project.name}（投资）",
        _share_rule(edition.rules),
        f"完成投资 {said}；年度计划投资 {planned}",
        _arithmetic(edition, line.invested, line.planned, line.investment),
        line.investment,
        _place(line.record),
    )


def _node(edition: Edition, line: ProjectLine, node: NodeLine) -> ProjectWords:
    own = edition.rules.projects
    done = "未完成" if node.completed is None else node.completed.isoformat()
    days = node.assessment.delay_days
    return ProjectWords(
        node.code,
        f"{line.project.name}·{node.node.name}",
        f"完成为绿；离计划日期{own.node_near_days}天以内、或滞后不超过"
        f"{own.node_late_amber_days}天为黄，再滞后为红",
        f"计划 {node.node.planned}；实际 {done}",
        f"滞后 {days} 天" if days else "",
        node.assessment,
        _place(node.record),
    )


def _livelihood(edition: Edition, entry: LivelihoodLine) -> ProjectWords:
    project = entry.project
    said = _said(entry.record, project.measure)
    return ProjectWords(
        project.code,
        project.name,
        _share_rule(edition.rules),
        f"完成值 {said}；目标值 {plain(project.target)}{project.measure}",
        _arithmetic(edition, entry.done, project.target, entry.assessment),
        entry.assessment,
        _place(entry.record),
    )


def _share_rule(rules: Rules) -> str:
    own = rules.projects
    amber = fixed(Fraction(-own.gap_amber_pp), 1).removesuffix(".0")
    return f"与序时比：不落后为绿，落后不超过{amber}个百分点为黄，再落后为红；年末未完成不为绿"


def _arithmetic(
    edition: Edition, done: Decimal | None, planned: Decimal | None, one: Assessment
) -> str:
    if done is None or planned is None or one.completion_rate is None:
        return ""
    elapsed = share_of_year(edition.period, edition.rules)
    return "\n".join(
        (
            f"完成率 = {plain(done)} ÷ {plain(planned)} = {one.display}",
            f"序时 = {edition.period.end_month} ÷ 12 = {percent(elapsed)}"
            if edition.rules.elapsed_by == "months"
            else f"序时（按天）= {percent(elapsed)}",
            f"相差 {points_text(one.schedule_gap_pp)} 个百分点",
        )
    )


def _said(record: ProjectRecord | None, measure: str) -> str:
    if record is None:
        return "未报"
    text = spell_value(record.value) or "空白"
    return f"{text}{measure}" if isinstance(record.value, Decimal) else text or NO_RATE


def _place(record: ProjectRecord | None) -> str:
    source = None if record is None else record.source
    return "" if source is None else f"{source.file} ▸ {source.sheet}!{source.cell}"
