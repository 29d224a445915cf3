"""The rows of the log sheets: every number, every finding, every consolidation."""

from __future__ import annotations

from decimal import Decimal
from math import ceil
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import spell
from qiyx_xl.ledger.layout.tables import Style

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.core.history.differences import Change
    from qiyx_xl.core.history.matters import Matter
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.records.submission import LoggedFinding, LoggedRecord, LoggedRun, Record
    from qiyx_xl.ledger.content.lookup import Keys
    from qiyx_xl.ledger.content.view import ConflictLine
    from qiyx_xl.ledger.layout.cells import Value
    from qiyx_xl.ledger.layout.tables import Table


_LINE, _MARGIN = 15.0, 6.0  # points
_MOST_LINES = 20


def row_height(table: Table, values: Sequence[Value]) -> float | None:
    """Return the height, in points, that a row's wrapped texts need; None if none wraps.

    Programs other than Excel do not fit rows to their text when they open a file.
    """
    lines = [
        _lines(value, column.width)
        for column, value in zip(table.columns, values, strict=True)
        if column.style is Style.WRAPPED and isinstance(value, str)
    ]
    return _MARGIN + _LINE * min(max(lines), _MOST_LINES) if lines else None


def _lines(text: str, width: float) -> int:
    room = width - 3  # the indent, and a little for letters wider than a digit
    # A letter of ours is as wide as two of theirs.
    widths = (2 * len(line) - len(line.encode("ascii", "ignore")) for line in text.split("\n"))
    return sum(max(1, ceil(width / room)) for width in widths)


def value_of(actual: Actual) -> Value:
    """Return a reported value as a cell holds it: a number as a number, a word as a word."""
    return actual if isinstance(actual, Decimal) else spell(actual)


def record_row(logged: LoggedRecord, name: str, confirmed: str, keys: Keys) -> list[Value]:
    """Return a number in the order of 填报记录's columns, with where it came from."""
    record = logged.record
    source = record.source
    return [
        str(record.period),
        record.code,
        name,
        record.agency,
        value_of(record.actual),
        record.second,
        record.remark,
        record.as_written,
        "" if source is None else source.file,
        "" if source is None else source.sheet,
        "" if source is None else source.cell,
        "" if source is None else source.sha256,
        logged.accepted_at.replace(tzinfo=None),  # as its own clock said
        logged.run,
        "现行" if logged.current else "已被替代",
        logged.reason,
        confirmed,
        *keys,
    ]


def finding_row(logged: LoggedFinding) -> list[Value]:
    """Return a finding in the order of 校验结果's columns; run 0 is a check without taking in."""
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
    """Return a conflict in the order of 冲突's columns; what a person typed stays as typed."""
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
        "" if after is None else after.reason,
        "" if after is None else after.file,
        "" if after is None else after.sheet,
        "" if after is None else after.cell,
    ]


def matter_row(matter: Matter, light: str, today: date | None) -> list[Value]:
    """Return a matter in the order of 调度事项's columns; ``light`` is that of its item."""
    over = 0 if today is None else matter.days_over(today)
    return [
        matter.number,
        matter.title,
        matter.agency,
        matter.deadline.isoformat(),
        matter.raised.isoformat(),
        light,
        matter.word,
        over or None,
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
