"""汇总: how a batch of checked files changes the records.

Without side effects, and independent of the order of the files: they are processed in the order in
which they were saved, files with equal times in the order of their hashes. docs/store.md explains
the rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.batch import Batch, with_disagreements
from qiyx_xl.core.consolidation.current import CurrentFigures, conflicts_in
from qiyx_xl.core.consolidation.versions import by_figure
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.records.missing import by_agency, missing_items
from qiyx_xl.core.records.project_record import changes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import datetime

    from qiyx_xl.core.consolidation.batch import Revision
    from qiyx_xl.core.consolidation.conflicts import Conflict, Decision
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectRecord, ProjectRevision
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.submission import Submission


@dataclass(frozen=True, slots=True)
class Missing:
    """The figures an agency has not sent: item codes in the plan's order."""

    agency: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Consolidation:
    """The changes made by a batch. All orders are independent of the order of the files.

    ``accepted`` are the files accepted now, earliest saved first, their records marked with the
    time of saving; ``duplicates`` are files accepted before, or present twice in the batch.
    ``stale`` are numbers from files older than the current version: stored, not used. ``records``
    are all current records of the period afterwards. The last four fields are the changes of
    projects and of tasks.
    """

    period: Period
    accepted: tuple[Submission, ...]
    returned: tuple[Submission, ...]
    unreadable: tuple[Submission, ...]
    duplicates: tuple[Submission, ...]
    new: tuple[Record, ...]
    unchanged: tuple[Record, ...]
    revised: tuple[Revision, ...]
    stale: tuple[Record, ...]
    conflicts: tuple[Conflict, ...]
    missing: tuple[Missing, ...]
    records: tuple[Record, ...]
    reason: str = ""
    new_projects: tuple[ProjectRecord, ...] = ()
    revised_projects: tuple[ProjectRevision, ...] = ()
    new_tasks: tuple[ProjectRecord, ...] = ()
    revised_tasks: tuple[ProjectRevision, ...] = ()


def consolidate(
    plan: Plan,
    period: Period,
    logged: Sequence[Record],
    submissions: Iterable[Submission],
    known: Collection[str],
    *,
    at: datetime,
    decisions: Sequence[Decision] = (),
    closed: bool = False,
    revision_reason: str = "",
    partial: bool = False,
    logged_projects: Sequence[ProjectRecord] = (),
    plans: Plans | None = None,
) -> Consolidation:
    """Compute what the files change.

    Args:
        plan: who should report what.
        period: the period being consolidated; a file for another one is returned.
        logged: every version in the log, in its order. Only the current versions work, too, but
            then a file older than a revised number may be treated differently.
        submissions: the checked files, in any order.
        known: hashes of the files accepted before.
        at: now. A file without a time of saving, or with one in the future, counts as saved now.
        decisions: those made so far, so that a settled conflict is not raised again.
        closed: whether the period is closed (封账): new files are then returned, unless there is
            a ``revision_reason``.
        revision_reason: why files are booked into a closed period as 更正.
        partial: accept the rows without an error from files that have errors elsewhere.
        logged_projects: every version of the records about projects and tasks, in the log's order.
        plans: all plans of the office, of which ``plan`` is the one in force at the period: who
            was in charge of an item before has reported it for whoever is now.
    """
    plans = Plans.only(plan) if plans is None else plans
    batch = Batch(
        period,
        by_figure(record for record in logged if record.period == period),
        known,
        at=at,
        closed=closed and not revision_reason,
        partial=partial,
    )
    batch.put_all(submissions)
    return _outcome(plans, batch, logged, logged_projects, decisions, revision_reason)


def _outcome(
    plans: Plans,
    batch: Batch,
    logged: Sequence[Record],
    logged_projects: Sequence[ProjectRecord],
    decisions: Sequence[Decision],
    reason: str,
) -> Consolidation:
    """Return the changes that a processed batch makes to what was logged before."""
    plan, records = plans.at(batch.period), batch.tally.records()
    conflicts = conflicts_in(plans, records, decisions)
    fresh, altered = changes(
        logged_projects, [record for one in batch.taken for record in one.projects]
    )
    tasks = plan.tasks_by_code
    return Consolidation(
        period=batch.period,
        accepted=tuple(with_disagreements(plan, batch.taken, conflicts)),
        returned=tuple(batch.returned),
        unreadable=tuple(batch.unreadable),
        duplicates=tuple(batch.duplicates),
        new=tuple(batch.tally.new),
        unchanged=tuple(batch.tally.unchanged),
        revised=tuple(batch.tally.revised),
        stale=tuple(batch.tally.stale),
        conflicts=conflicts,
        missing=missing_records(plans, batch.period, [*logged, *records]),
        records=records,
        reason=reason if batch.taken else "",
        new_projects=tuple(one for one in fresh if one.code not in tasks),
        revised_projects=tuple(one for one in altered if one.after.code not in tasks),
        new_tasks=tuple(one for one in fresh if one.code in tasks),
        revised_tasks=tuple(one for one in altered if one.after.code in tasks),
    )


def missing_records(plans: Plans, period: Period, records: Sequence[Record]) -> tuple[Missing, ...]:
    """Return what each agency should have sent and has not, whether or not it is late.

    What another agency had sent that was in charge of an item before is not asked for again.
    """
    plan, seen = plans.at(period), records
    if plans.is_revised:
        seen = CurrentFigures.of(plans, records, ()).at(period).records
    theirs = by_agency(seen)
    gaps = (
        Missing(
            agency.name,
            tuple(
                item.code
                for item in missing_items(plan, agency, period, theirs.get(agency.name, ()))
            ),
        )
        for agency in plan.agencies
    )
    return tuple(gap for gap in gaps if gap.codes)
