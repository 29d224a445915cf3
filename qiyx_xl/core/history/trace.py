"""The whole history of a number: who sent it, from which cell, and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.versions import Outcome, resolve_versions
from qiyx_xl.core.primitives.values import plain, spell
from qiyx_xl.core.records.source import instant
from qiyx_xl.core.records.submission import SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from qiyx_xl.core.consolidation.conflicts import Decision
    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedFile, LoggedRecord
    from qiyx_xl.core.records.record import Record


@dataclass(frozen=True, slots=True)
class Step:
    """One event: a file accepted or returned, a decision, a closing.

    ``outcome`` is what happened to a number, None for other events. ``run`` is 0 for an event
    without a file. ``sha256`` is the file's.
    """

    at: datetime
    text: str
    run: int = 0
    outcome: Outcome | None = None
    record: Record | None = None
    sha256: str = ""

    @property
    def when(self) -> tuple[datetime, bool, int]:
        """The sort key: events at the same moment are ordered files first, then decisions."""
        return (instant(self.at), self.run == 0, self.run)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}  {self.text}"


def trace(
    period: Period,
    versions: Sequence[LoggedRecord],
    decisions: Sequence[Decision],
    closings: Sequence[Closing],
    files: Iterable[LoggedFile] = (),
) -> tuple[Step, ...]:
    """Return the events of an item's figure in a period, earliest first.

    Args:
        period: the period in question.
        versions: all versions of the item's figure, of all agencies, in order of receipt.
        decisions: those about the item.
        closings: of all periods.
        files: those that the item's agencies sent for the period; rejected ones are listed, too.
    """
    theirs = [version for version in versions if version.record.period == period]
    steps = []
    for agency in dict.fromkeys(version.record.agency for version in theirs):
        figure = [version for version in theirs if version.record.agency == agency]
        outcomes = resolve_versions([version.record for version in figure]).outcomes
        steps += [
            _sent(version, outcome) for version, outcome in zip(figure, outcomes, strict=True)
        ]
    steps += [
        Step(decision.at, decision_text(decision))
        for decision in decisions
        if decision.period == period
    ]
    steps += [
        Step(
            closing.at,
            f"{closing.by}对{period.label}{closing.action.label}"
            + (f"，理由：{closing.reason}" if closing.reason else ""),
        )
        for closing in closings
        if closing.period == period
    ]
    known = {step.sha256 for step in steps if step.sha256}
    steps += [_refused(file) for file in files if file.sha256 not in known and _is_refused(file)]
    # The sort is stable, so events at the same moment stay in the order sent, decided, closed.
    return tuple(sorted(steps, key=lambda step: step.when))


def _is_refused(file: LoggedFile) -> bool:
    return file.status is not SubmissionStatus.ACCEPTED


def _refused(file: LoggedFile) -> Step:
    found = f"，查出 {file.errors} 处错误" if file.errors else ""
    text = (
        f"{file.agency or '不知何单位'}的“{file.file}”{file.status.label}{found}，没有收入，"
        f"校验值 {file.sha256[:12]}"
    )
    return Step(file.at, text, file.run, sha256=file.sha256)


def _sent(logged: LoggedRecord, outcome: Outcome) -> Step:
    record = logged.record
    said = spell(record.actual) or "空白"
    if record.second is not None:
        said += f"（补充值 {plain(record.second)}）"
    text = f"{record.agency}报 {said}"
    if record.as_written not in ("", spell(record.actual)):
        text += f"，原文“{record.as_written}”"
    source = record.source
    if source is not None:
        text += f"，{source.file} ▸ {source.sheet}!{source.cell}，校验值 {source.sha256[:12]}"
    text += f"，第 {logged.run} 次汇总收入"
    if logged.reason:
        text += f"（更正：{logged.reason}）"
    sha256 = "" if source is None else source.sha256
    return Step(logged.accepted_at, f"{text}；{outcome.value}", logged.run, outcome, record, sha256)


def decision_text(decision: Decision) -> str:
    """Return who decided what, and why, as a sentence without a full stop."""
    match decision.kind.value:
        case "figure":
            what = (
                f"采用{decision.agency}的 {decision.value}，"
                f"不用{decision.other}的 {decision.other_value}"
            )
        case "version":
            what = (
                f"改用{decision.agency}较早报送的 {decision.value}（校验值 {decision.sha256[:12]}）"
            )
        case _:
            what = f"核实{decision.agency}的 {decision.value} 无误"
    return f"{decision.by}决定：{what}，理由：{decision.reason}"
