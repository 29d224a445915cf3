"""The rows of 重大项目清单 and 民生实事: each project and node with its lamp and its source."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.ledger.registry import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.status import LivelihoodLine, NodeLine, ProjectLine, ProjectStatus
    from qiyx_xl.core.records.project_record import LoggedProjectRecord, ProjectRecord, ProjectValue
    from qiyx_xl.ledger.layout.cells import Value

_Logged = dict[tuple[str, str, str, str], "LoggedProjectRecord"]
_NO_LIST = (
    "还没有清单。请用 qiyx projects template 生成一份，填好后用 qiyx projects import 收进来。"
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


def project_note(sheet: Sheet, status: ProjectStatus, period: Period) -> str:
    """Return what stands under the sheet's title: the period, and its lamps counted."""
    lines = status.projects if sheet is Sheet.PROJECTS else status.livelihood
    if not lines:
        return _NO_LIST
    counts = Counter(line.assessment.light for line in lines)
    lamps = "、".join(f"{light.word} {counts[light]}" for light in Light)
    what = "个项目" if sheet is Sheet.PROJECTS else "件实事"
    measures = "投资为万元，序时差为百分点；" if sheet is Sheet.PROJECTS else "序时差为百分点；"
    return f"{period.label}：{len(lines)} {what}，{lamps}。{measures}由程序写入，请不要手工改动。"


def _project_row(line: ProjectLine, known: _Logged) -> list[Value]:
    project, one = line.project, line.assessment
    return [
        project.code,
        project.name,
        project.domain,
        project.agency,
        project.contact,
        project.phone,
        "未定" if line.planned is None else line.planned,
        _reported(line.record),
        one.shown_rate,
        one.schedule_gap_pp,
        "",
        "",
        one.delay_days,
        one.word,
        f"{one.state}：{one.reason}",
        *_source(line.record, known),
    ]


def _node_row(line: ProjectLine, node: NodeLine, known: _Logged) -> list[Value]:
    one = node.assessment
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
        one.delay_days,
        one.word,
        f"{one.state}：{one.reason}",
        *_source(node.record, known),
    ]


def _livelihood_row(line: LivelihoodLine, known: _Logged) -> list[Value]:
    project, one = line.project, line.assessment
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
        one.shown_rate,
        one.schedule_gap_pp,
        one.on_schedule,
        one.word,
        f"{one.state}：{one.reason}",
        *_source(line.record, known),
    ]


def _reported(record: ProjectRecord | None) -> Value:
    """Return a reported value as a cell holds it: a number as a number, a word as a word."""
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
    return {_place(one.record): one for one in logged}


def _place(record: ProjectRecord) -> tuple[str, str, str, str]:
    source = record.source
    return (
        record.code,
        str(record.period),
        "" if source is None else source.sha256,
        "" if source is None else source.cell,
    )
