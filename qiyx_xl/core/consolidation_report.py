"""``consolidate --format json``: schemas/consolidation-report.schema.json."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.project_records import spell_value
from qiyx_xl.core.values import plain, spell

if TYPE_CHECKING:
    from qiyx_xl.core.batch import Revision
    from qiyx_xl.core.conflicts import Conflict
    from qiyx_xl.core.consolidation import Consolidation
    from qiyx_xl.core.findings import Finding
    from qiyx_xl.core.project_records import ProjectRecord, ProjectRevision
    from qiyx_xl.core.submissions import Record, Submission

SCHEMA = "consolidation-report/1"


def consolidation_document(
    consolidation: Consolidation,
    *,
    ledger: str | None = None,
    sha256_before: str | None = None,
    sha256_after: str | None = None,
) -> dict[str, Any]:
    """Return the report as a JSON document.

    Args:
        consolidation: what was, or would be, changed.
        ledger: the ledger's path.
        sha256_before: of the ledger; None if it was not touched.
        sha256_after: of the ledger; None if it was not touched.
    """
    one = consolidation
    return {
        "schema": SCHEMA,
        "period": str(one.period),
        "reason": one.reason or None,
        "accepted": [_accepted(file, one) for file in one.accepted],
        "returned": [_judged(file) for file in one.returned],
        "unreadable": [_judged(file) for file in one.unreadable],
        "unchanged": [_file(file) for file in one.duplicates],
        "revised": [_revision(revision) for revision in one.revised],
        "conflicts": [_conflict(conflict) for conflict in one.conflicts],
        "missing": [
            {"agency": gap.agency, "indicators": [_indicator(code) for code in gap.codes]}
            for gap in one.missing
        ],
        "projects": {
            "new": len(one.new_projects),
            "revised": [_project(revision) for revision in one.revised_projects],
        },
        "ledger": {"path": ledger, "sha256_before": sha256_before, "sha256_after": sha256_after},
    }


def _file(file: Submission) -> dict[str, Any]:
    return {"path": file.shown_path, "sha256": file.sha256, "agency": file.agency}


def _judged(file: Submission) -> dict[str, Any]:
    return {**_file(file), "findings": [_finding(finding) for finding in file.findings]}


def _accepted(file: Submission, one: Consolidation) -> dict[str, Any]:
    def from_it(record: Record) -> bool:
        return record.source is not None and record.source.sha256 == file.sha256

    return {
        **_judged(file),
        "records": len(file.records),
        "new": sum(from_it(record) for record in one.new),
        "revised": sum(from_it(revision.after) for revision in one.revised),
        "stale": sum(from_it(record) for record in one.stale),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "header": finding.header,
        "value": finding.value,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "agency": revision.after.agency,
        "indicator": _indicator(revision.after.code),
        "changed": list(revision.changed),
        "before": _value(revision.before),
        "after": _value(revision.after),
        "source": _source(revision.after),
    }


def _project(revision: ProjectRevision) -> dict[str, Any]:
    before, after = revision.before, revision.after
    return {
        "agency": after.agency,
        "code": after.code,
        "before": spell_value(before.value) or None,
        "after": spell_value(after.value) or None,
        "source": _source(after),
    }


def _conflict(conflict: Conflict) -> dict[str, Any]:
    return {
        "indicator": _indicator(conflict.code),
        "agency": conflict.right.agency,
        "left": _side(conflict.left),
        "right": _side(conflict.right),
    }


def _side(record: Record) -> dict[str, Any]:
    return {"agency": record.agency, **_value(record), "source": _source(record)}


def _value(record: Record) -> dict[str, Any]:
    return {
        "actual": spell(record.actual) if record.is_reported else None,
        "second": None if record.second is None else plain(record.second),
    }


def _source(record: Record | ProjectRecord) -> dict[str, Any] | None:
    source = record.source
    if source is None:
        return None
    return {
        "file": source.file,
        "sha256": source.sha256,
        "sheet": source.sheet,
        "cell": source.cell,
    }


def _indicator(code: str) -> int | str:
    return int(code) if code.isdigit() else code
