"""The document of ``validate --format json`` (schemas/validation-report.schema.json)."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.records.submission import Outline, Submission, SubmissionStatus
from qiyx_xl.papers.json.parts import finding_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

REPORT_SCHEMA = "validation-report/1"


def validation_text(submissions: Sequence[Submission], rules_version: str) -> Iterator[str]:
    """Yield the report on a batch as pieces of JSON text.

    It is written file by file, so that a large report is never in memory as a whole.
    """
    yield "{"
    for key, value in _head(submissions, rules_version).items():
        yield f'\n  "{key}": {_nested(value, 1).lstrip()},'
    yield '\n  "files": ['
    for number, submission in enumerate(submissions):
        comma = "," if number else ""
        yield f"{comma}\n{_nested(_file(submission), 2)}"
    end = "\n  " if len(submissions) else ""
    yield f"{end}]\n}}\n"


def _nested(value: object, depth: int) -> str:
    """Return a value as JSON, indented for its depth in the document."""
    margin = "  " * depth
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # json.dumps escapes a line feed within a value, so each line feed here is a line's end.
    return margin + text.replace("\n", f"\n{margin}")


def _head(submissions: Sequence[Submission], rules_version: str) -> dict[str, Any]:
    """Return the members of the document before ``files``."""
    counts: Counter[SubmissionStatus] = Counter()
    findings = 0
    # Some batches parse each submission anew on access; their outlines have the counts ready.
    outlines: Sequence[Outline | Submission] = getattr(submissions, "outlines", submissions)
    for outline in outlines:
        counts[outline.status] += 1
        findings += outline.findings if isinstance(outline, Outline) else len(outline.findings)
    return {
        "schema": REPORT_SCHEMA,
        "rules_version": rules_version,
        "summary": {
            "files": len(submissions),
            "accepted": counts[SubmissionStatus.ACCEPTED],
            "returned": counts[SubmissionStatus.RETURNED],
            "unreadable": counts[SubmissionStatus.UNREADABLE],
            "findings": findings,
        },
    }


def _file(submission: Submission) -> dict[str, Any]:
    return {
        "path": submission.shown_path,
        "sha256": submission.sha256 or None,
        "status": submission.status.value,
        "agency": submission.agency,
        "period": None if submission.period is None else str(submission.period),
        "records": sum(record.is_reported for record in submission.records),
        "findings": [finding_json(finding) for finding in submission.findings],
    }
