"""What the papers contain on 重点任务: passages, what is demanded, and two tables, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.rating.lamps import Light, lamp_text
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.missing import lacks_evidence
from qiyx_xl.core.tasks.status import COUNTED_STATES, TROUBLES, task_counts
from qiyx_xl.papers.phrases import Block, Body, Table, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.tasks.status import TaskCount, TaskLine
    from qiyx_xl.papers.edition import Edition

TITLE = "重点任务"
SUMMARY_TITLE = "重点任务汇总"
_MOST_LISTED = 10
_MOST_NAMED = 10
_EVIDENCE = 6  # the place of the column 佐证材料
_WORDS_LIMIT = 120
_VIEWS = {"domain": "领域", "agency": "单位", "level": "层级"}
_NOTE = (
    "状态以最近一次报的为准；受阻、逾期的亮红灯，久无进展（连续两期没有报）、逾期未启动、"
    "临期的亮黄灯，已完成的亮绿灯，其余不亮灯。"
)


def overall_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return a paragraph with the counts by state and by lamp; none without tasks."""
    status = edition.tasks
    if status.is_empty:
        return ()
    count = status.count
    states = "、".join(f"{state}{n}项" for state, n in count.states.items() if n)
    text = f"方案的重点任务{count.total}项，{states}；{lamps_text(count)}。"
    behind = [
        f"{one.name}{one.lights[Light.RED]}项"
        for one in task_counts(status, edition.plan, "agency")
        if one.lights[Light.RED]
    ]
    if behind:
        text += f"亮红灯的，{'、'.join(behind)}。"
    attached = status.evidence_count
    if attached:
        text += f"各单位随附佐证材料{attached}。"
    return (Body(text),)


def trouble_blocks(edition: Edition, *, rest: str) -> tuple[Block, ...]:
    """Return a paragraph for each task that is red or amber.

    Args:
        edition: the period.
        rest: where those are listed for which there is no room.
    """
    lines = troubled(edition)
    blocks: list[Block] = []
    for number, line in enumerate(lines[:_MOST_LISTED], start=1):
        text = f"{line.assessment.lamp}：{line.assessment.reason}"
        if not explains_nothing(line.words):
            text += f"。单位说明：{shortened(line.words, _WORDS_LIMIT)}"
        lead = f"{number}. {line.task.name}（{line.task.lead_agency}）。"
        blocks.append(Body(text if text.endswith("。") else f"{text}。", lead=lead))
    if len(lines) > _MOST_LISTED:
        blocks.append(Body(f"滞后的重点任务共{len(lines)}项，其余见{rest}。"))
    return tuple(blocks)


def demanded_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return a paragraph that names what was reported without the evidence asked for."""
    names = demanded(edition)
    if not names:
        return ()
    listed = counted_names(names, _MOST_NAMED)
    return (Body(f"以下{len(names)}项报了数或报了完成，没有附佐证材料，请补交：{listed}。"),)


def demanded(edition: Edition) -> list[str]:
    """Return the items and tasks that lack evidence, with the agencies that reported them."""
    items = [
        f"{item.name}（{record.agency}）"
        for item in edition.plan.items()
        if item.evidence
        for record in edition.records
        if (record.code, record.period) == (item.code, edition.period)
        and lacks_evidence(item, record)
    ]
    tasks = [
        f"{line.task.name}（{line.task.lead_agency}）" for line in edition.tasks.without_evidence
    ]
    return items + tasks


def troubled(edition: Edition) -> list[TaskLine]:
    """Return the tasks with a red or amber lamp: red ones first, then by what is wrong."""
    return sorted(
        edition.tasks.troubled,
        key=lambda line: (
            line.assessment.light is not Light.RED,
            TROUBLES.index(line.assessment.state),
        ),
    )


def lamps_text(count: TaskCount) -> str:
    """Return the number of each lamp: 绿灯18项、黄灯4项、红灯5项、灰灯143项."""
    return "、".join(f"{light.word}灯{count.lights[light]}项" for light in Light)


def summary_table(edition: Edition) -> Table:
    """Return the counts by domain, by agency and by level, each adding up to all tasks."""
    status = edition.tasks
    rows = []
    for view, word in _VIEWS.items():
        counts = task_counts(status, edition.plan, view)
        rows += [_count_row(f"分{word}", count) for count in counts]
    rows.append(_count_row("合计", status.count))
    return Table(
        f"{edition.period.label}重点任务汇总表",
        ("视角", "名称", "任务数", *COUNTED_STATES, *(light.word for light in Light)),
        tuple(rows),
        (18, 34, 16, *(18,) * len(COUNTED_STATES), *(14,) * len(Light)),
        left=frozenset({1}),
        note=_NOTE,
    )


def task_table(lines: Sequence[TaskLine], caption: str) -> Table:
    """Return tasks with their state, words, evidence and lamp."""
    return Table(
        caption,
        ("编号", "任务", "牵头单位", "完成期限", "状态", "进展情况", "佐证材料", "灯"),
        tuple(_row(line) for line in lines),
        (20, 42, 24, 24, 18, 68, 28, 26),
        left=frozenset({1, 5}),
        lamp_column=7,
        note=_NOTE,
    )


def behind_table(edition: Edition) -> Table:
    """Return the tasks that lag behind, for a page in portrait."""
    lines = troubled(edition)
    return Table(
        f"{edition.period.label}滞后的重点任务",
        ("编号", "任务", "牵头单位", "完成期限", "状态", "进展情况", "灯"),
        tuple((*row[:_EVIDENCE], *row[_EVIDENCE + 1 :]) for row in map(_row, lines)),
        (27, 44, 27, 33, 23, 54, 38),
        left=frozenset({1, 5}),
        lamp_column=6,
        note=_NOTE,
    )


def task_tables(edition: Edition) -> dict[str, Table]:
    """Return the whole list and its summary by the names of their sheets; none without tasks."""
    if edition.tasks.is_empty:
        return {}
    caption = f"{edition.period.label}重点任务进展情况表"
    return {
        SUMMARY_TITLE: summary_table(edition),
        TITLE: task_table(edition.tasks.lines, caption),
    }


def attached_tables(edition: Edition) -> tuple[Table, ...]:
    """Return the attachments of the 通报: the summary, and the tasks that lag behind."""
    if edition.tasks.is_empty:
        return ()
    behind = (behind_table(edition),) if edition.tasks.troubled else ()
    return (summary_table(edition), *behind)


def _count_row(view: str, count: TaskCount) -> tuple[str, ...]:
    return (
        view,
        count.name,
        str(count.total),
        *(str(count.states[state]) for state in COUNTED_STATES),
        *(str(count.lights[light]) for light in Light),
    )


def _row(line: TaskLine) -> tuple[str, ...]:
    task, assessment = line.task, line.assessment
    return (
        task.code,
        task.name,
        task.lead_agency,
        task.due.isoformat(),
        line.shown_state,
        shortened(line.words, _WORDS_LIMIT) or "—",
        line.evidence_count or ("应附未附" if line.lacks_evidence else "—"),
        lamp_text(assessment.light, assessment.state),
    )
