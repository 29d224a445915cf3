"""Use cases: the office's lists of projects, and drafting a plan file from a document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.plan.importer import DraftPlan
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


# --- Use case: draft a plan file from another district's document -------------------------------


def import_plan(source: Path, out: Path, *, plan_id: str) -> DraftPlan:
    """Convert a document's table of indicators to a plan file, with questions for a person.

    Raises:
        AppError: there is a file at ``out`` already.
        PlanImportError: the document cannot be read, or has no table of indicators.
    """
    from qiyx_xl.core.plan.importer import draft_plan
    from qiyx_xl.files.placing import replacing
    from qiyx_xl.intake.office_files.plan_source import read_plan_source

    if out.exists():
        raise AppError(f"“{out}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")
    draft = draft_plan(read_plan_source(source), name=source.stem, plan_id=plan_id)
    text = json.dumps(draft.document, ensure_ascii=False, indent=2) + "\n"
    with replacing(out) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return draft
