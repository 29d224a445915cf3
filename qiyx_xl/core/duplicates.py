"""What only shows when the files of a batch lie side by side."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core import catalogue as say
from qiyx_xl.core.plan import AgencyLevel, Aggregation
from qiyx_xl.core.submissions import Submission, SubmissionStatus
from qiyx_xl.core.values import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.findings import Finding
    from qiyx_xl.core.plan import Plan

_SEPARATORS = ("/", "\\")


def check_together(submissions: Sequence[Submission], plan: Plan) -> list[Submission]:
    """Return the submissions with the findings that only show across files.

    The same file under two names counts once and is only a warning; two different files of one
    agency for one period are both sent back, for nobody but the sender knows which is right.
    """
    found: dict[int, list[Finding]] = defaultdict(list)
    _find_copies(submissions, found)
    _find_versions(submissions, found)
    _compare_with_streets(submissions, plan, found)
    return [
        _with(submission, found[index]) if index in found else submission
        for index, submission in enumerate(submissions)
    ]


def _with(submission: Submission, findings: Iterable[Finding]) -> Submission:
    status = submission.status
    findings = tuple(findings)
    if status is SubmissionStatus.ACCEPTED and any(f.severity.value == "error" for f in findings):
        status = SubmissionStatus.RETURNED
    return replace(submission, status=status, findings=(*findings, *submission.findings))


def _name(submission: Submission) -> str:
    name = submission.path
    for separator in _SEPARATORS:
        name = name.rpartition(separator)[2]
    return name


def _find_copies(submissions: Sequence[Submission], found: dict[int, list[Finding]]) -> None:
    first: dict[str, Submission] = {}
    for index, submission in enumerate(submissions):
        if not submission.sha256:
            continue
        known = first.setdefault(submission.sha256, submission)
        if known is not submission:
            found[index].append(say.SAME_FILE_TWICE.at(other=_name(known)))


def _find_versions(submissions: Sequence[Submission], found: dict[int, list[Finding]]) -> None:
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, submission in enumerate(submissions):
        if submission.agency is not None and submission.period is not None:
            groups[submission.agency, str(submission.period)].append(index)
    for indexes in groups.values():
        for index in indexes:
            mine = submissions[index]
            others = [submissions[i] for i in indexes if submissions[i].sha256 != mine.sha256]
            if not others or mine.period is None:
                continue
            found[index].append(
                say.TWO_VERSIONS.at(
                    other="”“".join(sorted({_name(other) for other in others})),
                    agency=mine.agency,
                    period=mine.period.label,
                )
            )


def _compare_with_streets(
    submissions: Sequence[Submission], plan: Plan, found: dict[int, list[Finding]]
) -> None:
    """Hold the reporting agency's figure against the sum of all streets, where all have sent it."""
    streets = {a.name for a in plan.agencies if a.level is AgencyLevel.STREET}
    summed = {i.code: i for i in plan.items() if i.aggregation is Aggregation.SUM}
    if not streets or not summed:
        return
    parts: dict[tuple[str, str], dict[str, Decimal]] = defaultdict(dict)
    for submission in submissions:
        for record in submission.records:
            if record.agency in streets and isinstance(record.actual, Decimal):
                parts[record.code, str(record.period)][record.agency] = record.actual
    for index, submission in enumerate(submissions):
        for record in submission.records:
            sent = parts.get((record.code, str(record.period)), {})
            if record.code not in summed or record.agency in streets or set(sent) != streets:
                continue
            total = sum(sent.values(), Decimal(0))
            if isinstance(record.actual, Decimal) and record.actual != total:
                source = record.source
                found[index].append(
                    say.STREET_SUM.at(
                        None if source is None else source.sheet,
                        None if source is None else source.cell,
                        code=record.code,
                        name=summed[record.code].name,
                        value=plain(record.actual),
                        known=plain(total),
                    )
                )
