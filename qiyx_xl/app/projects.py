"""Use cases: the office's lists of projects, and a plan as a file: written, or drafted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.app.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.plan.importing.drafted import DraftPlan
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.project_list import ProjectList
    from qiyx_xl.core.records.project_record import ProjectBook


@dataclass(frozen=True, slots=True)
class ImportedProjects:
    """The lists that were imported; ``changed`` is False if they equal the lists in force."""

    listed: ProjectList
    changed: bool


def project_list(office: Office) -> ProjectList:
    """Return the office's lists; empty ones if none have been imported yet."""
    return project_book(office).listed


def project_book(office: Office) -> ProjectBook:
    """Return the office's lists with the current reported values; empty without a store."""
    from qiyx_xl.core.records.project_record import NO_PROJECTS

    if not office.has_store():
        return NO_PROJECTS
    with office.open_store(readonly=True) as store:
        return store.project_book()


def write_project_template(office: Office, path: Path) -> ProjectList:
    """Write the workbook in which the office edits its lists, filled with the current ones.

    Raises:
        OSError: the file cannot be written.
    """
    from qiyx_xl.documents.forms.project_list import write_project_template as write

    listed = project_list(office)
    write(path, office.plans.latest, listed)
    return listed


def import_projects(office: Office, path: Path, now: datetime) -> ImportedProjects:
    """Import the lists from a workbook or a JSON document.

    Raises:
        ProjectListError: they cannot be read, or contradict themselves or the plan.
        StoreError: the store cannot be written.
    """
    from qiyx_xl.core.primitives.legible import legible
    from qiyx_xl.intake.office_files.project_list import load_project_list
    from qiyx_xl.intake.workbook.guard import digest_file

    listed = load_project_list(path, office.plans.latest)
    with office.open_store() as store:
        name = legible(path.name)
        changed = store.book_projects(listed, file=name, sha256=digest_file(path), at=now)
    return ImportedProjects(listed, changed)


# --- Use cases: write a plan as a file, and draft one from another district's document ----------


def export_plan(plan: Plan, out: Path) -> None:
    """Write a plan as a workbook to edit (.xlsx) or as a plan file (.json).

    Raises:
        AppError: there is a file at ``out`` already, or its name says neither.
        OSError: the file cannot be written.
    """
    from qiyx_xl.core.plan.written import document_of

    _write_document(document_of(plan), out)


def import_plan(sources: Sequence[Path], out: Path, *, plan_id: str) -> DraftPlan:
    """Draft one plan from one or more documents, with questions for a person.

    Raises:
        AppError: there is a file at ``out`` already, or its name is of no kind of plan file.
        PlanImportError: a document cannot be read, or none has a table of indicators.
        OSError: the file cannot be written.
    """
    from qiyx_xl.core.plan.importing.draft import draft_plan
    from qiyx_xl.intake.documents.apart import read_apart

    _check_out(out)
    draft = draft_plan([read_apart(source) for source in sources], plan_id=plan_id)
    _write_document(draft.document, out, draft)
    return draft


def _check_out(out: Path) -> None:
    from qiyx_xl.app.ledger import check_free

    if out.suffix.lower() not in (".xlsx", ".json"):
        raise AppError(
            f"不知道把方案写成哪一种文件：“{out.name}”。请写成 .xlsx（在表格里改）或 .json。"
        )
    check_free(out)


def _write_document(document: Mapping[str, Any], out: Path, draft: DraftPlan | None = None) -> None:
    from qiyx_xl.core.plan.written import readable_text
    from qiyx_xl.files.placing import replacing

    _check_out(out)
    with replacing(out) as beside:
        if out.suffix.lower() == ".json":
            beside.write_text(readable_text(document), encoding="utf-8", newline="\n")
        else:
            from qiyx_xl.documents.workbooks.plan import write_plan_document

            write_plan_document(beside, document, draft)
