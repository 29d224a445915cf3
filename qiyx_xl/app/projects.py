"""Use cases: the office's lists of projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app.office import Office
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
