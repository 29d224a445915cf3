"""One file, from its bytes to a verdict: guard → cells → form → rows → rules → Submission."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qiyx_xl.core import catalogue as say
from qiyx_xl.core.findings import Finding, Severity
from qiyx_xl.core.submissions import Submission, SubmissionStatus
from qiyx_xl.core.validation import validate
from qiyx_xl.intake.guard import Guarded, digest, digest_file, guard, read_bytes
from qiyx_xl.intake.layout import find_form
from qiyx_xl.intake.reading import read_sheets
from qiyx_xl.intake.refusal import Refused
from qiyx_xl.intake.schema_check import row_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from qiyx_xl.core.setting import Setting

logger = logging.getLogger(__name__)

_MODIFIED = re.compile(rb"<dcterms:modified[^>]*>([0-9T:.\-]{19,30})Z?</dcterms:modified>")
_ADDRESS = re.compile(r"([A-Z]+)([0-9]+)")


def check_file(path: Path, setting: Setting) -> Submission:
    """Check one file in this process; whatever is wrong with it becomes findings."""
    sha256 = ""
    try:
        data = read_bytes(path)
        sha256 = digest(data)
        guarded = guard(data, path.suffix)
    except Refused as refused:
        return unreadable(path, sha256, refused.finding)
    return check_guarded(path, guarded, setting)


def check_file_safely(path: Path, setting: Setting) -> Submission:
    """Check one file; whatever breaks, even in our own code, is a finding about this file."""
    try:
        return check_file(path, setting)
    except Exception:
        logger.exception("checking %s broke off", path)
        return unreadable(path, digest_file(path), say.BROKE_OFF.at())


def check_guarded(path: Path, guarded: Guarded, setting: Setting) -> Submission:
    """Check a file that passed the guard."""
    schema = row_schema()
    try:
        form, findings = find_form(read_sheets(guarded), schema.columns)
    except Refused as refused:
        status = _status_of_refusal(refused.finding)
        findings = [*guarded.findings, refused.finding]
        return Submission(str(path), guarded.sha256, status, findings=tuple(findings))
    modified = _modified(guarded.parts)
    verdict = validate(form, setting, file_name=path.name, sha256=guarded.sha256, modified=modified)
    findings += verdict.findings
    findings += schema.judge(verdict.cases)
    return Submission(
        path=str(path),
        sha256=guarded.sha256,
        status=status_of(findings),
        agency=verdict.agency,
        period=verdict.period,
        contact=verdict.contact,
        modified=modified,
        records=verdict.records,
        findings=(*guarded.findings, *in_sheet_order(findings)),
    )


def unreadable(path: Path, sha256: str, finding: Finding) -> Submission:
    """Return the submission of a file that cannot be read."""
    return Submission(str(path), sha256, SubmissionStatus.UNREADABLE, findings=(finding,))


def status_of(findings: Iterable[Finding]) -> SubmissionStatus:
    """Return what becomes of a readable file: one error sends it back."""
    has_error = any(finding.severity is Severity.ERROR for finding in findings)
    return SubmissionStatus.RETURNED if has_error else SubmissionStatus.ACCEPTED


def in_sheet_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings as a reader meets them: the file, the sheet, then row by row."""
    return sorted(findings, key=_place)


def _place(finding: Finding) -> tuple[int, int, int, str]:
    found = _ADDRESS.fullmatch(finding.cell or "")
    if found is None:
        return (0 if finding.sheet is None else 1, 0, 0, finding.code)
    return (2, int(found[2]), len(found[1]) * 100 + ord(found[1][-1]), finding.code)


def _status_of_refusal(finding: Finding) -> SubmissionStatus:
    # T: it could be read, but there is no form in it; that is for the sender to put right.
    is_template = finding.code.startswith("T")
    return SubmissionStatus.RETURNED if is_template else SubmissionStatus.UNREADABLE


def _modified(parts: Mapping[str, bytes]) -> datetime | None:
    """Return when the workbook says it was last saved (UTC); None if it does not."""
    found = _MODIFIED.search(parts.get("docProps/core.xml", b""))
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[1].decode()).replace(tzinfo=UTC)
    except ValueError:
        return None
