"""Whether one file is accepted: guard → cells → form → rows → rules."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from qiyx_xl.core import findings as say
from qiyx_xl.core.checks.form_check import validate
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.forms.vocabulary import HELP_SHEET, IdentityKey
from qiyx_xl.core.primitives.legible import legible
from qiyx_xl.core.projects.checks import ProjectVerdict, check_projects
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.core.tasks.checks import TaskSetting, check_tasks
from qiyx_xl.files.addresses import parse_address
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.form.finder import find_form
from qiyx_xl.intake.form.packed import Judged
from qiyx_xl.intake.form.project_schema import judge_projects
from qiyx_xl.intake.form.project_tables import PROJECT_SHEETS, TASK_SHEETS, ListedTables
from qiyx_xl.intake.form.row_schema import row_schema
from qiyx_xl.intake.workbook.guard import Guarded, NotSmall, digest, digest_file, guard, read_bytes
from qiyx_xl.intake.workbook.reader import read_sheets
from qiyx_xl.intake.xlsx.book import saved_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from qiyx_xl.core.checks.context import CheckContext
    from qiyx_xl.core.checks.form_check import FormResult
    from qiyx_xl.core.forms.vocabulary import FilledForm
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectRecord
    from qiyx_xl.core.records.submission import Submission

logger = logging.getLogger(__name__)


def prepare() -> None:
    """Import and compile in advance what every file needs.

    Raises:
        ImportError: something is missing from the installation.
    """
    import lxml.etree  # noqa: F401 - the reader imports it only when it first needs it

    row_schema()


def check_file(path: Path, setting: CheckContext) -> Submission:
    """Check one file in this process; all its faults become findings."""
    return judge_file(path, setting).submission()


def judge_file(path: Path, setting: CheckContext, *, only_small: bool = False) -> Judged:
    """Judge one file in this process; all its faults become findings.

    Raises:
        NotSmall: ``only_small`` is set, and it is not a small workbook.
    """
    sha256 = ""
    try:
        data = read_bytes(path, only_small=only_small)
        sha256 = digest(data)
        guarded = guard(data, path.suffix, only_small=only_small)
    except Refused as refused:
        return unreadable(path, sha256, refused.finding)
    return _judge_guarded(path, sha256, guarded, setting)


def judge_file_safely(path: Path, setting: CheckContext, *, only_small: bool = False) -> Judged:
    """Judge one file; an exception, even from a fault of this program, becomes a finding.

    Raises:
        ImportError: something is missing from the installation, which is not the file's fault.
        NotSmall: ``only_small`` is set, and it is not a small workbook.
    """
    try:
        return judge_file(path, setting, only_small=only_small)
    except (ImportError, NotSmall):
        raise
    except Exception:
        logger.exception("checking %s broke off", path)
        return unreadable(path, digest_file(path), say.BROKE_OFF.at())


def _judge_guarded(path: Path, sha256: str, guarded: Guarded, setting: CheckContext) -> Judged:
    """Judge a file that the guard has let through."""
    schema = row_schema()
    modified = guarded.saved_at if guarded.kind == "xls" else saved_at(guarded.parts)
    tables = ListedTables(_sought(setting))
    try:
        form, findings = find_form(
            tables.passing(read_sheets(guarded, skipped={HELP_SHEET})), schema.columns
        )
    except Refused as refused:
        status = _status_of_refusal(refused.finding)
        return Judged(str(path), sha256, status, (*guarded.findings, refused.finding))
    file_facts: dict[str, Any] = {
        "file_name": legible(path.name),
        "sha256": sha256,
        "modified": modified,
    }
    verdict = validate(form, setting, **file_facts)
    if not schema.accepts(verdict.plain):
        # The schema, which an office may extend, rejects a row that passed the built-in rules.
        verdict = validate(form, setting, **file_facts, in_full=True)
    findings += verdict.findings
    findings += schema.judge(verdict.cases)
    projects = _judge_listed(
        tables, setting, (form, verdict), Source(file_facts["file_name"], sha256, "", "")
    )
    return Judged(
        path=str(path),
        sha256=sha256,
        status=status_of((*findings, *projects.findings)),
        findings=(*guarded.findings, *in_sheet_order(findings), *projects.findings),
        modified=modified,
        agency=verdict.agency,
        period=verdict.period,
        judged_for=verdict.judged_for,
        contact=verdict.contact,
        sheet=form.sheet,
        rows=tuple(verdict.rows),
        projects=projects.records,
    )


def _sought(setting: CheckContext) -> set[str]:
    """Return the kinds of sheets beside the form of which the office has something."""
    plans = (
        [setting.plan]
        if setting.plans is None
        else [adoption.plan for adoption in setting.plans.adoptions]
    )
    projects = () if setting.history.projects.is_empty else PROJECT_SHEETS
    tasks = TASK_SHEETS if any(plan.tasks for plan in plans) else ()
    return {*projects, *tasks}


def _judge_listed(
    tables: ListedTables,
    setting: CheckContext,
    checked: tuple[FilledForm, FormResult],
    source: Source,
) -> ProjectVerdict:
    """Judge the sheets of projects and of tasks."""
    form, verdict = checked
    book, agency, period = setting.history.projects, verdict.agency, verdict.judged_for
    if agency is None or period is None:
        return ProjectVerdict()
    records: list[ProjectRecord] = []
    findings: list[Finding] = []
    if not book.is_empty:
        found = tables.of(PROJECT_SHEETS)
        projects = check_projects(found, book, setting.rules, agency, period, source)
        records += projects.records
        findings += (*projects.findings, *judge_projects(found))
    now = setting.at(period)
    issued = now.issued(form, period)
    if now.plan.tasks or issued.plan.tasks:
        found = tables.of(TASK_SHEETS)
        tasks = check_tasks(found, _task_setting(now, issued, form, agency, period), source)
        records += tasks.records
        findings += (*tasks.findings, *judge_projects(found))
    return ProjectVerdict(tuple(records), tuple(findings))


def _task_setting(
    now: CheckContext, issued: CheckContext, form: FilledForm, agency: str, period: Period
) -> TaskSetting:
    known = now.plan.agency(agency)
    printed_digest = form.identity.get(IdentityKey.PLAN_SHA256, "")
    return TaskSetting(
        plan=now.plan,
        issued=issued.plan,
        book=now.history.projects,
        rules=now.rules,
        agency=agency,
        sender=agency if known is None else issued.agency_in_plan(known).name,
        period=period,
        is_ours=printed_digest == issued.plan.sha256,
    )


def unreadable(path: Path, sha256: str, finding: Finding) -> Judged:
    """Return the result for a file that cannot be read."""
    return Judged(str(path), sha256, SubmissionStatus.UNREADABLE, (finding,))


def status_of(findings: Iterable[Finding]) -> SubmissionStatus:
    """Return the status of a readable file: a single error means that it is returned."""
    has_error = any(finding.severity is Severity.ERROR for finding in findings)
    return SubmissionStatus.RETURNED if has_error else SubmissionStatus.ACCEPTED


def in_sheet_order(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: about the file, about the sheet, then by row and column."""
    return sorted(findings, key=_sheet_order)


def _sheet_order(finding: Finding) -> tuple[int, int, int, str]:
    place = parse_address(finding.cell or "")
    if place is None:
        return (0 if finding.sheet is None else 1, 0, 0, finding.code)
    return (2, *place, finding.code)


def _status_of_refusal(finding: Finding) -> SubmissionStatus:
    # T: the file could be read but contains no form, which the sender can correct.
    is_template = finding.code.startswith("T")
    return SubmissionStatus.RETURNED if is_template else SubmissionStatus.UNREADABLE
