"""The validation report as a document: what ``validate --format json`` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.submissions import Submission, SubmissionStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.findings import Finding

REPORT_SCHEMA = "validation-report/1"


def validation_document(submissions: Sequence[Submission], rules_version: str) -> dict[str, Any]:
    """Return the report on a batch, as ``schemas/validation-report.schema.json`` describes it."""

    def count(status: SubmissionStatus) -> int:
        return sum(submission.status is status for submission in submissions)

    return {
        "schema": REPORT_SCHEMA,
        "rules_version": rules_version,
        "summary": {
            "files": len(submissions),
            "accepted": count(SubmissionStatus.ACCEPTED),
            "returned": count(SubmissionStatus.RETURNED),
            "unreadable": count(SubmissionStatus.UNREADABLE),
            "findings": sum(len(submission.findings) for submission in submissions),
        },
        "files": [_file(submission) for submission in submissions],
    }


def _file(submission: Submission) -> dict[str, Any]:
    return {
        "path": submission.shown_path,
        "sha256": submission.sha256 or None,
        "status": submission.status.value,
        "agency": submission.agency,
        "period": None if submission.period is None else str(submission.period),
        "records": sum(record.is_reported for record in submission.records),
        "findings": [_finding(finding) for finding in submission.findings],
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
