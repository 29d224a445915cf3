"""What the rows of the log sheets contain: one record, finding, conflict or run per row."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.evidence import counted_evidence
from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.ledger.layout.tables import Style
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.core.history.differences import Change
    from qiyx_xl.core.history.matters import Matter
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.projects.status import LivelihoodLine, NodeLine, ProjectLine, ProjectStatus
    from qiyx_xl.core.records.log_entries import LoggedFinding, LoggedRecord, LoggedRun
    from qiyx_xl.core.records.project_record import LoggedProjectRecord, ProjectRecord, ProjectValue
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.tasks.status import TaskLine, TaskStatus
    from qiyx_xl.ledger.content.lookup import Keys
    from qiyx_xl.ledger.content.view import ConflictLine
    from qiyx_xl.ledger.layout.cells import Value
    from qiyx_xl.ledger.layout.tables import SheetTable

_LINE, _MARGIN = 15.0, 6.0  # points
_MOST_LINES = 20


def row_height(table: SheetTable, values: Sequence[Value]) -> float | None:
    """Return the height, in points, that a row's wrapped texts need; None if it has none.

    The height is stored because programs other than Excel do not fit rows to their text when
    they open a file.
    """
    lines = [
        _lines(value, column.width)
        for column, value in zip(table.columns, values, strict=True)
        if column.style is Style.WRAPPED and isinstance(value, str)
    ]
    return _MARGIN + _LINE * min(max(lines), _MOST_LINES) if lines else None


def _lines(text: str, width: float) -> int:
    room = width - 3  # less the indent, and a margin for characters wider than a digit
    # A Chinese character is as wide as two ASCII characters.
    widths = (2 * len(line) - len(line.encode("ascii", "ignore")) for line in text.split("\n"))
    return sum(max(1, ceil(width / room)) for width in widths)


def value_of(actual: Actual) -> Value:
    """Return a reported value as a cell's value: a number as a number, a word as its text."""
    return actual if isinstance(actual, Decimal) else spell(actual)


def record_row(logged: LoggedRecord, name: str, confirmed: str, keys: Keys) -> list[Value]:
    """Return a record and its source, in the order of 填报记录's columns."""
    record = logged.record
    source = record.source
    return [
        str(record.period),
        record.code,
        name,
        record.agency,
        value_of(record.actual),
        record.second,
        _remark(record),
        record.as_written,
        "" if source is None else source.file,
        "" if source is None else source.sheet,
        "" if source is None else source.cell,
        "" if source is None else source.sha256,
        logged.accepted_at.replace(tzinfo=None),  # local time; Excel has no time zones
        logged.run,
        "现行" if logged.current else "已被替代",
        logged.reason,
        confirmed,
        *keys,
    ]


def _remark(record: Record) -> str:
    """Return what was said beside a figure, and what was attached to it."""
    if not record.evidence:
        return record.remark
    attached = f"【佐证材料{counted_evidence([record.evidence])}：{record.evidence}】"
    return f"{record.remark}{attached}"


def finding_row(logged: LoggedFinding) -> list[Value]:
    """Return a finding in the order of 校验结果's columns.

    The column of the run is blank for run 0, a check that did not consolidate.
    """
    finding = logged.finding
    return [
        logged.file,
        logged.agency,
        str(logged.period),
        finding.place,
        finding.severity.label,
        finding.code,
        finding.header,
        finding.value,
        finding.message,
        finding.suggestion,
        logged.sha256,
        logged.found_at,
        logged.run or None,
    ]


def conflict_row(line: ConflictLine, name: str) -> list[Value]:
    """Return a conflict in the order of 冲突's columns.

    A choice that a person typed and that is not booked yet is repeated as typed, with its problem.
    """
    left, right = line.conflict.left, line.conflict.right
    cells: list[Value] = [
        "待定" if line.decision is None else "已定",
        str(left.period),
        left.code,
        name,
        left.agency,
        value_of(left.actual),
        _place_of(left),
        right.agency,
        value_of(right.actual),
        _place_of(right),
    ]
    if line.decision is not None:
        decision = line.decision
        return [*cells, decision.agency, decision.reason, decision.by, decision.at, ""]
    choice = line.choice
    if choice is None or choice.is_blank:
        return [*cells, "", "", "", None, "请在“采用单位”和“理由”里填写"]
    return [*cells, choice.agency, choice.reason, choice.by, None, choice.problem]


def _place_of(record: Record) -> str:
    source = record.source
    return "" if source is None else f"{source.file} ▸ {source.sheet}!{source.cell}"


_BETTER, _WORSE = "变好", "变差"


def change_row(change: Change, name: str) -> list[Value]:
    """Return a difference in the order of 差异's columns."""
    before, after = change.before, change.after
    word = {1: _BETTER, -1: _WORSE}.get(change.direction, "变灯" if change.turned else "")
    return [
        change.code,
        name,
        "" if after is None else after.agency,
        None if before is None else value_of(before.actual),
        None if after is None else value_of(after.actual),
        change.delta,
        change.share,
        "" if before is None else before.light.word,
        "" if after is None else after.light.word,
        word,
        "" if after is None else after.rating.reason,
        "" if after is None else after.source.file,
        "" if after is None else after.source.sheet,
        "" if after is None else after.source.cell,
    ]


def matter_row(matter: Matter, light: str, today: date | None) -> list[Value]:
    """Return a matter in the order of 调度事项's columns; ``light`` is its item's lamp."""
    days_over = 0 if today is None else matter.days_over(today)
    return [
        matter.number,
        matter.title,
        matter.agency,
        matter.deadline.isoformat(),
        matter.raised.isoformat(),
        light,
        matter.word,
        days_over or None,
        "" if matter.settled is None else matter.settled.isoformat(),
        matter.note,
    ]


def run_row(run: LoggedRun) -> list[Value]:
    """Return a consolidation in the order of 汇总日志's columns."""
    return [
        run.run,
        run.at,
        str(run.period),
        run.accepted,
        run.returned,
        run.unreadable,
        run.new,
        run.revised,
        run.unchanged,
        run.conflicts,
        run.reason,
    ]


# --- The rows of 重大项目清单 and 民生实事: each project and node with its lamp and its source ---

_Logged = dict[tuple[str, str, str, str], "LoggedProjectRecord"]
_NO_LIST = (
    "还没有清单。请用 qiyx projects template 生成一份，填好后用 qiyx projects import 收进来。"
)


_NO_TASKS = (
    "方案里没有重点任务。要列的，请用 qiyx plan export 导出方案，填好“重点任务”表，"
    "再用 qiyx plan adopt 采用。"
)


def project_rows(status: ProjectStatus, logged: Sequence[LoggedProjectRecord]) -> list[list[Value]]:
    """Return a row per project and, below it, per node, in the order of the sheet's columns."""
    known = _by_place(logged)
    rows = []
    for line in status.projects:
        rows.append(_project_row(line, known))
        rows += [_node_row(line, node, known) for node in line.nodes]
    return rows


def livelihood_rows(
    status: ProjectStatus, logged: Sequence[LoggedProjectRecord]
) -> list[list[Value]]:
    """Return a row per livelihood project of the year, in the order of the sheet's columns."""
    known = _by_place(logged)
    return [_livelihood_row(line, known) for line in status.livelihood]


def project_note(sheet: LedgerSheet, status: ProjectStatus, period: Period) -> str:
    """Return the line under the sheet's title: the period and the number of each lamp."""
    lines = status.projects if sheet is LedgerSheet.PROJECTS else status.livelihood
    if not lines:
        return _NO_LIST
    counts = Counter(line.assessment.light for line in lines)
    lamps = "、".join(f"{light.word} {counts[light]}" for light in Light)
    unit = "个项目" if sheet is LedgerSheet.PROJECTS else "件实事"
    measures = (
        "投资为万元，序时差为百分点；" if sheet is LedgerSheet.PROJECTS else "序时差为百分点；"
    )
    return f"{period.label}：{len(lines)} {unit}，{lamps}。{measures}由程序写入，请不要手工改动。"


def _project_row(line: ProjectLine, known: _Logged) -> list[Value]:
    project, assessment = line.project, line.assessment
    return [
        project.code,
        project.name,
        project.domain,
        project.agency,
        project.contact,
        project.phone,
        "未定" if line.planned is None else line.planned,
        _reported(line.record),
        assessment.shown_rate,
        assessment.schedule_gap_pp,
        "",
        "",
        assessment.delay_days,
        assessment.word,
        f"{assessment.state}：{assessment.reason}",
        *_source(line.record, known),
    ]


def _node_row(line: ProjectLine, node: NodeLine, known: _Logged) -> list[Value]:
    assessment = node.assessment
    return [
        node.code,
        f"　{node.node.name}",
        line.project.domain,
        line.project.agency,
        line.project.contact,
        line.project.phone,
        None,
        None,
        None,
        None,
        node.node.planned.isoformat(),
        "" if node.completed is None else node.completed.isoformat(),
        assessment.delay_days,
        assessment.word,
        f"{assessment.state}：{assessment.reason}",
        *_source(node.record, known),
    ]


def _livelihood_row(line: LivelihoodLine, known: _Logged) -> list[Value]:
    project, assessment = line.project, line.assessment
    return [
        project.code,
        project.name,
        project.domain,
        project.agency,
        project.contact,
        project.phone,
        project.content,
        project.measure,
        project.target,
        _reported(line.record),
        assessment.shown_rate,
        assessment.schedule_gap_pp,
        assessment.on_schedule,
        assessment.word,
        f"{assessment.state}：{assessment.reason}",
        *_source(line.record, known),
    ]


def task_rows(status: TaskStatus, logged: Sequence[LoggedProjectRecord]) -> list[list[Value]]:
    """Return a row per task of the plan, in the order of the sheet's columns."""
    known = _by_place(logged)
    return [_task_row(line, known) for line in status.lines]


def task_note(status: TaskStatus, period: Period) -> str:
    """Return the line under the sheet's title: the period, the counts by state and by lamp."""
    if status.is_empty:
        return _NO_TASKS
    count = status.count
    parts = (
        "、".join(f"{state} {n}" for state, n in count.states.items() if n),
        "、".join(f"{light.word} {count.lights[light]}" for light in Light),
        *((f"佐证材料 {status.evidence_count}",) if status.evidence_count else ()),
        "由程序写入，请不要手工改动。",
    )
    return f"{period.label}：{count.total} 项，{'；'.join(parts)}"


def _task_row(line: TaskLine, known: _Logged) -> list[Value]:
    task, assessment, record = line.task, line.assessment, line.record
    return [
        task.code,
        task.name,
        task.domain,
        task.lead_agency,
        "、".join(task.cooperating_agencies),
        task.clause,
        "" if task.start is None else task.start.isoformat(),
        task.due.isoformat(),
        task.done_when,
        line.shown_state,
        line.words,
        "" if record is None else str(record.period),
        line.silent,
        task.evidence,
        line.evidence,
        line.evidence_count or ("应附未附" if line.lacks_evidence else ""),
        assessment.word,
        f"{assessment.state}：{assessment.reason}",
        *_source(record, known)[1:],
    ]


def _reported(record: ProjectRecord | None) -> Value:
    """Return a reported value as a cell's value: a number as a number, a word as its text."""
    value: ProjectValue | None = None if record is None else record.value
    if value is None:
        return None
    return value if isinstance(value, Decimal) else spell_value(value)


def _source(record: ProjectRecord | None, known: _Logged) -> list[Value]:
    source = None if record is None else record.source
    if record is None or source is None:
        return ["", "", "", "", "", None]
    logged = known.get(_place(record))
    accepted = None if logged is None else logged.accepted_at
    return [record.remark, source.file, source.sheet, source.cell, source.sha256, accepted]


def _by_place(logged: Sequence[LoggedProjectRecord]) -> _Logged:
    return {_place(entry.record): entry for entry in logged}


def _place(record: ProjectRecord) -> tuple[str, str, str, str]:
    source = record.source
    return (
        record.code,
        str(record.period),
        "" if source is None else source.sha256,
        "" if source is None else source.cell,
    )
