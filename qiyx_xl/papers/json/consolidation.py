"""The document of ``consolidate --format json`` (schemas/consolidation-report.schema.json)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import item_json
from qiyx_xl.core.records.project_record import spell_value
from qiyx_xl.papers.json.parts import finding_json, side_json, source_json, value_json

if TYPE_CHECKING:
    from qiyx_xl.core.consolidation.batch import Revision
    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.records.project_record import ProjectRevision
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.submission import Submission

SCHEMA = "consolidation-report/1"


def consolidation_document(
    plan: Plan | Plans,
    consolidation: Consolidation,
    *,
    ledger: str | None = None,
    sha256_before: str | None = None,
    sha256_after: str | None = None,
) -> dict[str, Any]:
    """Return the report as a JSON document.

    Args:
        plan: for the numbers that are printed.
        consolidation: what was changed, or would be changed.
        ledger: the ledger's path.
        sha256_before: the ledger's hash before; None if it was not written.
        sha256_after: the ledger's hash afterwards; None if it was not written.
    """
    merged = consolidation
    return {
        "schema": SCHEMA,
        "period": str(merged.period),
        "reason": merged.reason or None,
        "accepted": [_accepted(file, merged) for file in merged.accepted],
        "returned": [_judged(file) for file in merged.returned],
        "unreadable": [_judged(file) for file in merged.unreadable],
        "unchanged": [_file(file) for file in merged.duplicates],
        "revised": [_revision(plan, revision) for revision in merged.revised],
        "conflicts": [_conflict(plan, conflict) for conflict in merged.conflicts],
        "missing": [
            {
                "agency": gap.agency,
                "indicators": [item_json(plan.printed(code)) for code in gap.codes],
            }
            for gap in merged.missing
        ],
        "projects": {
            "new": len(merged.new_projects),
            "revised": [_project(revision) for revision in merged.revised_projects],
        },
        **_tasks(merged),
        "ledger": {"path": ledger, "sha256_before": sha256_before, "sha256_after": sha256_after},
    }


def _file(file: Submission) -> dict[str, Any]:
    return {"path": file.shown_path, "sha256": file.sha256, "agency": file.agency}


def _judged(file: Submission) -> dict[str, Any]:
    return {**_file(file), "findings": [finding_json(finding) for finding in file.findings]}


def _accepted(file: Submission, merged: Consolidation) -> dict[str, Any]:
    def from_it(record: Record) -> bool:
        return record.source is not None and record.source.sha256 == file.sha256

    return {
        **_judged(file),
        "records": len(file.records),
        "new": sum(from_it(record) for record in merged.new),
        "revised": sum(from_it(revision.after) for revision in merged.revised),
        "stale": sum(from_it(record) for record in merged.stale),
    }


def _revision(plan: Plan | Plans, revision: Revision) -> dict[str, Any]:
    return {
        "agency": revision.after.agency,
        "indicator": item_json(plan.printed(revision.after.code)),
        "changed": list(revision.changed),
        "before": value_json(revision.before),
        "after": value_json(revision.after),
        "source": source_json(revision.after.source),
    }


def _project(revision: ProjectRevision) -> dict[str, Any]:
    before, after = revision.before, revision.after
    return {
        "agency": after.agency,
        "code": after.code,
        "before": spell_value(before.value) or None,
        "after": spell_value(after.value) or None,
        "source": source_json(after.source),
    }


def _tasks(merged: Consolidation) -> dict[str, Any]:
    """Return the part ``tasks``, where anything was reported about tasks."""
    if not (merged.new_tasks or merged.revised_tasks):
        return {}
    revised = [_project(revision) for revision in merged.revised_tasks]
    return {"tasks": {"new": len(merged.new_tasks), "revised": revised}}


def _conflict(plan: Plan | Plans, conflict: Conflict) -> dict[str, Any]:
    return {
        "indicator": item_json(plan.printed(conflict.code)),
        "agency": conflict.right.agency,
        "left": side_json(conflict.left),
        "right": side_json(conflict.right),
    }
