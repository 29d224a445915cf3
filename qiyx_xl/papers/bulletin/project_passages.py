"""What the papers contain on 重大项目 and 民生实事: passages and attachments, as blocks."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.completion import NO_RATE
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.papers.phrases import Block, Body, LampCount, Table, gap_text, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.projects.rating import Assessment
    from qiyx_xl.core.projects.status import LivelihoodLine, NodeLine, ProjectLine
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.papers.edition import Edition

TITLE = "重大项目和民生实事"
_MOST_LISTED = 10
_REMARK_LIMIT = 120
_LATE = (Light.RED, Light.AMBER)


def overall_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return one paragraph on each list of projects; none for a list without projects."""
    blocks: list[Block] = []
    majors, livelihood = edition.projects.projects, edition.projects.livelihood
    if majors:
        counts = count_lamps([line.assessment for line in majors])
        text = f"列入清单的重大项目{len(majors)}个，{_in_projects(counts)}。"
        planned = [line.planned for line in majors if line.planned is not None]
        if planned:
            invested = [line.invested for line in majors if line.invested is not None]
            text += f"年度计划投资{_money(planned)}亿元，已报完成{_money(invested)}亿元。"
        text += _task_force(edition)
        blocks.append(Body(text))
    if livelihood:
        done = [line for line in livelihood if line.assessment.on_schedule == "是"]
        behind = [line for line in livelihood if line.assessment.on_schedule == "否"]
        silent = len(livelihood) - len(done) - len(behind)
        parts = [f"达序{len(done)}件", f"未达序{len(behind)}件"]
        parts += [f"暂不评价{silent}件"] if silent else []
        names = [line.project.name for line in behind]
        text = f"民生实事{len(livelihood)}件，{'、'.join(parts)}。"
        if names:
            text += f"未达序的是：{counted_names(names)}。"
        blocks.append(Body(text))
    return tuple(blocks)


def late_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return a paragraph for each project that lags behind, red lamps first.

    At most ``_MOST_LISTED`` are listed; the last paragraph then gives their total number.
    """
    lines = late_lines(edition)
    blocks: list[Block] = []
    for number, line in enumerate(lines[:_MOST_LISTED], start=1):
        assessment = line.assessment
        text = f"{assessment.lamp}：{assessment.reason}"
        if not explains_nothing(line.remark):
            text += f"。单位说明：{shortened(line.remark, _REMARK_LIMIT)}"
        lead = f"{number}. {line.project.name}（{line.project.agency}）。"
        blocks.append(Body(text if text.endswith("。") else f"{text}。", lead=lead))
    if len(lines) > _MOST_LISTED:
        blocks.append(Body(f"滞后的共{len(lines)}个，其余见附件。"))
    return tuple(blocks)


def late_lines(edition: Edition) -> list[ProjectLine | LivelihoodLine]:
    """Return the major projects and livelihood projects with a red or amber lamp, red first."""
    late = [line for line in edition.projects.lines if line.assessment.light in _LATE]
    return sorted(late, key=lambda line: _LATE.index(line.assessment.light))


def project_tables(edition: Edition) -> tuple[Table, ...]:
    """Return the attachments: one table for each of the two lists that has projects."""
    tables = []
    if edition.projects.projects:
        rows = []
        for line in edition.projects.projects:
            rows.append(_major_row(line, _lamp(edition, line)))
            rows += [_node_row(line, node) for node in line.nodes]
        tables.append(
            Table(
                f"{edition.period.label}重大项目清单",
                ("编码", "项目或节点", "责任部门", "计划", "完成", "完成率", "滞后天数", "灯"),
                tuple(rows),
                (27, 47, 27, 36, 36, 21, 18, 32),
                left=frozenset({1}),
                lamp_column=7,
                note="投资单位为万元；节点的计划和完成为日期；滞后天数是没有完成的节点里最多的。",
            )
        )
    if edition.projects.livelihood:
        tables.append(
            Table(
                f"{edition.period.label}民生实事完成情况表",
                ("编码", "实事", "责任部门", "目标", "完成", "完成率", "序时差", "是否达序", "灯"),
                tuple(
                    _livelihood_row(line, _lamp(edition, line))
                    for line in edition.projects.livelihood
                ),
                (18, 46, 28, 26, 24, 22, 20, 18, 34),
                left=frozenset({1}),
                lamp_column=8,
                note="序时差为完成率与时间进度之差，单位为百分点，超前为正、滞后为负。",
            )
        )
    return tuple(tables)


def count_lamps(assessments: Sequence[Assessment]) -> LampCount:
    """Count the lamps of some projects."""
    lights = [assessment.light for assessment in assessments]
    green, amber, red, grey = (
        lights.count(light) for light in (Light.GREEN, Light.AMBER, Light.RED, Light.GREY)
    )
    return LampCount(green, amber, red, grey, len(lights))


def _in_projects(counts: LampCount) -> str:
    return "、".join(f"{light.word}灯{n}个" for light, n in counts.by_light if n)


def _task_force(edition: Edition) -> str:
    force = edition.task_forces[-1]
    return f"重大项目专项组总灯为{force.light.word}。"


def _money(amounts: Sequence[Decimal]) -> str:
    # Amounts are reported in 万元; sentences give them in 亿元.
    return plain((sum(amounts, Decimal(0)) / 10000).quantize(Decimal("0.01")))


def _lamp(edition: Edition, line: ProjectLine | LivelihoodLine) -> str:
    """Return a project's lamp, and how many published periods it has been so."""
    run = edition.outlook.projects.get(line.project.code)
    lamp = line.assessment.lamp
    return lamp if run is None else f"{lamp}（{run.words}）"


def _major_row(line: ProjectLine, lamp: str) -> tuple[str, ...]:
    project, assessment = line.project, line.assessment
    return (
        project.code,
        project.name,
        project.agency,
        "未定" if line.planned is None else plain(line.planned),
        _reported_text(line.record),
        assessment.display,
        NO_RATE if assessment.delay_days is None else str(assessment.delay_days),
        lamp,
    )


def _node_row(line: ProjectLine, node: NodeLine) -> tuple[str, ...]:
    assessment = node.assessment
    return (
        node.code,
        node.node.name,
        line.project.agency,
        node.node.planned.isoformat(),
        NO_RATE if node.completed is None else node.completed.isoformat(),
        NO_RATE,
        NO_RATE if assessment.delay_days is None else str(assessment.delay_days),
        assessment.lamp,
    )


def _livelihood_row(line: LivelihoodLine, lamp: str) -> tuple[str, ...]:
    project, assessment = line.project, line.assessment
    done = _reported_text(line.record)
    return (
        project.code,
        project.name,
        project.agency,
        f"{plain(project.target)}{project.measure}",
        f"{done}{project.measure}" if line.done is not None else done,
        assessment.display,
        gap_text(assessment.schedule_gap_pp),
        assessment.on_schedule,
        lamp,
    )


def _reported_text(record: ProjectRecord | None) -> str:
    return (None if record is None else spell_value(record.value)) or NO_RATE
