"""What consolidation itself points out about the files it takes in or returns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.street_totals import STREET_TOTAL
from qiyx_xl.core.findings import SAVED_AT_ONCE, STREET_SUM, TOTAL_DISAGREES
from qiyx_xl.core.primitives.values import spell

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.records.submission import Record, Submission, SubmissionStatus


def same_time(submission: Submission, rivals: Sequence[Submission]) -> Finding:
    """Return what is said where two files of one agency were saved at the same moment."""
    return SAVED_AT_ONCE.at(
        other="、".join(file_name(rival) for rival in rivals),
        agency=submission.agency,
        period=submission.period.label if submission.period is not None else "",
        value=file_name(submission),
    )


def with_disagreements(
    plan: Plan, taken: Iterable[Submission], conflicts: Iterable[Conflict]
) -> Iterator[Submission]:
    """Point out, in the file that brought it about, where a figure is not the streets' total.

    In the reporting agency's file if it came with this batch, else in the last street's.
    """
    files = list(taken)
    disputed = [one for one in conflicts if one.right.agency == STREET_TOTAL]
    places = _places(files, {one.code for one in disputed})
    for conflict in disputed:
        left = conflict.left
        place = _last_place(plan, places.get(left.code, ()), left)
        if place is None:
            continue
        index, record = place
        source = record.source
        sheet, cell = (None, None) if source is None else (source.sheet, source.cell or None)
        file = files[index]
        if any(one.code == STREET_SUM.code and one.cell == cell for one in file.findings):
            continue  # the streets' files came with it, and it has been said
        item = plan.find(left.code)
        finding = TOTAL_DISAGREES.at(
            sheet,
            cell,
            code=left.code,
            name="" if item is None else item.name,
            agency=left.agency,
            value=spell(left.actual),
            known=spell(conflict.right.actual),
            parts=conflict.right.remark,
        )
        files[index] = with_finding(file, finding)
    yield from files


def with_finding(
    submission: Submission, finding: Finding, status: SubmissionStatus | None = None
) -> Submission:
    """Return a file with one more finding, and another status if one is given."""
    return replace(
        submission,
        status=submission.status if status is None else status,
        findings=(*submission.findings, finding),
    )


def file_name(submission: Submission) -> str:
    """Return the file's own name, without its folders or archive."""
    return submission.shown_name


def _places(
    files: Iterable[Submission], codes: Collection[str]
) -> dict[str, list[tuple[int, Record]]]:
    """Return, by item, what the files report of it, each with the place of its file."""
    places: dict[str, list[tuple[int, Record]]] = {}
    for index, file in enumerate(files):
        for record in file.records:
            if record.code in codes and record.is_reported:
                places.setdefault(record.code, []).append((index, record))
    return places


def _last_place(
    plan: Plan, places: Sequence[tuple[int, Record]], figure: Record
) -> tuple[int, Record] | None:
    """Return the file, by its place, and the record in it that the finding belongs to."""
    own = [one for one in places if one[1].agency == figure.agency]
    item = plan.find(figure.code)
    others = [one for one in places if item is None or one[1].agency not in item.claimants]
    return next(reversed(own or others), None)
