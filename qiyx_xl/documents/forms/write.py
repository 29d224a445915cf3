"""How the fill-in workbooks are written: one for each agency and period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.forms.vocabulary import (
    FORM_SCHEMA,
    IDENTITY_SHEET,
    IdentityKey,
    ItemClass,
    form_deadlines,
    form_items,
    item_class,
)
from qiyx_xl.core.plan.model import Frequency
from qiyx_xl.core.plan.schedule import projects_deadline
from qiyx_xl.core.projects.forms import ProjectForm, project_form
from qiyx_xl.core.records.project_record import NO_PROJECTS, ProjectBook
from qiyx_xl.core.tasks.forms import tasks_asked
from qiyx_xl.documents.forms.form_sheet import FormContent, draw_form_sheet
from qiyx_xl.documents.forms.help_sheet import draw_help_sheet
from qiyx_xl.documents.forms.project_sheets import draw_project_sheets
from qiyx_xl.documents.forms.task_sheet import draw_task_sheet
from qiyx_xl.documents.style.theme import text_workbook
from qiyx_xl.files.placing import placing, written
from qiyx_xl.files.untrusted_text import free_stem, safe_stem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from qiyx_xl.core.plan.model import Agency, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.history import History
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.tasks.forms import AskedTask
    from qiyx_xl.files.placing import Placement

DISTRIBUTE_SCHEMA = "distribute-report/1"


@dataclass(frozen=True, slots=True)
class FormSummary:
    """A written workbook and the number of items on it, by kind.

    ``deadlines`` has the last day for each frequency of its items. ``projects`` and
    ``livelihood`` are the numbers of major and of livelihood projects, ``tasks`` that of tasks.
    """

    agency: str
    level: str
    period: Period
    path: Path
    indicators: int
    goals: int
    milestones: int
    deadlines: Mapping[Frequency, date]
    projects: int = 0
    livelihood: int = 0
    tasks: int = 0

    @property
    def items(self) -> int:
        """The number of indicators, goals and milestones to fill in."""
        return self.indicators + self.goals + self.milestones


def form_file_name(agency: Agency, period: Period) -> str:
    """Return the name of an agency's workbook: 区卫健局_2026Q3.xlsx."""
    return f"{form_stem(agency, period)}.xlsx"


def form_stem(agency: Agency, period: Period) -> str:
    """Return the name of an agency's workbook without its suffix.

    Names of two agencies can be equal; ``distribute_forms`` then numbers the second.
    """
    return f"{safe_stem(agency.name)}_{period}"


def write_form(
    path: Path,
    plan: Plan,
    rules: Rules,
    agency: Agency,
    period: Period,
    *,
    last_values: Mapping[str, Record],
    projects: ProjectBook = NO_PROJECTS,
    within: Placement | None = None,
) -> FormSummary:
    """Write one agency's fill-in workbook; the same input gives the same bytes.

    The file appears complete or not at all.

    Args:
        path: where to write; an existing file is replaced.
        plan: the plan.
        rules: the rules; they give the deadlines.
        agency: the agency that fills the form in.
        period: the period for which it is filled in.
        last_values: the last accepted record of each item, by code, printed as 上期值.
        projects: the lists of projects, with what was accepted before.
        within: the placement with whose other files the form appears; by default it appears
            alone.

    Returns:
        A summary of the written workbook.

    Raises:
        OSError: the file cannot be written.
    """
    items = form_items(plan, agency, period, last_values)
    deadlines = form_deadlines(items, period, rules)
    asked = project_form(projects, agency.name, period, rules)
    tasks = tasks_asked(plan, projects, agency.name, period, rules)
    if tasks or not asked.is_empty:
        frequency = Frequency(rules.projects.frequency)
        deadlines.setdefault(frequency, projects_deadline(period, rules))
    content = FormContent(plan, agency, period, items, deadlines, last_values)
    with written(path, within) as beside:
        beside.write_bytes(_workbook(content, asked, tasks))
    count = [item_class(item) for item in items].count
    return FormSummary(
        agency=agency.name,
        level=agency.level,
        period=period,
        path=path,
        indicators=count(ItemClass.INDICATOR),
        goals=count(ItemClass.GOAL),
        milestones=count(ItemClass.MILESTONE),
        deadlines=deadlines,
        projects=len(asked.projects),
        livelihood=len(asked.livelihood),
        tasks=len(tasks),
    )


def distribute_forms(
    out: Path, plan: Plan, rules: Rules, period: Period, history: History
) -> list[FormSummary]:
    """Write a fill-in workbook for every agency that has something due, streets included.

    All files appear together, or none does.

    Args:
        out: the folder to write into; created if missing.
        plan: the plan.
        rules: the rules.
        period: the period for which the workbooks are filled in.
        history: the records accepted before; they give the values printed as 上期值.

    Returns:
        One summary per workbook, in the plan's order of agencies.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    summaries = []
    taken: set[str] = set()
    with placing() as forms:
        for agency in plan.agencies:
            last_values = {
                item.code: record
                for item in plan.reported_by(agency)
                if (record := history.last(item.code, agency.name, period)) is not None
            }
            asked = project_form(history.projects, agency.name, period, rules)
            tasks = tasks_asked(plan, history.projects, agency.name, period, rules)
            if form_items(plan, agency, period, last_values) or tasks or not asked.is_empty:
                summaries.append(
                    write_form(
                        out / f"{free_stem(form_stem(agency, period), taken)}.xlsx",
                        plan,
                        rules,
                        agency,
                        period,
                        last_values=last_values,
                        projects=history.projects,
                        within=forms,
                    )
                )
    return summaries


def distribute_document(plan: Plan, period: Period, forms: list[FormSummary]) -> dict[str, Any]:
    """Return the document of ``distribute --format json``.

    Schema: ``schemas/distribute-report.schema.json``.
    """
    asked = {form.agency for form in forms}
    return {
        "schema": DISTRIBUTE_SCHEMA,
        "plan_id": plan.plan_id,
        "plan_version": plan.version,
        "period": str(period),
        "summary": {
            "files": len(forms),
            "items": sum(form.items for form in forms),
        },
        "forms": [
            {
                "path": str(form.path),
                "agency": form.agency,
                "level": form.level,
                "indicators": form.indicators,
                "goals": form.goals,
                "milestones": form.milestones,
                "projects": form.projects,
                "livelihood": form.livelihood,
                **({"tasks": form.tasks} if plan.tasks else {}),
                "deadlines": {
                    frequency.value: day.isoformat() for frequency, day in form.deadlines.items()
                },
            }
            for form in forms
        ],
        "nothing_due": [agency.name for agency in plan.agencies if agency.name not in asked],
    }


def _workbook(content: FormContent, asked: ProjectForm, tasks: Sequence[AskedTask]) -> bytes:
    written = BytesIO()
    book = text_workbook(written)
    # The period's last day and not the clock, so that the same form gives the same bytes.
    last = content.period.last_day
    book.set_properties(
        {
            "title": content.title,
            "subject": content.period.label,
            "company": content.agency.name,
            "created": datetime(last.year, last.month, last.day, tzinfo=UTC).replace(tzinfo=None),
        }
    )
    draw_form_sheet(book, content)
    name = content.plan.words.short_name
    draw_project_sheets(book, asked, content.agency.name, content.period, name)
    draw_task_sheet(book, tasks, content.agency.name, content.period, name)
    draw_help_sheet(book, content)
    _draw_identity(book, content)
    book.close()
    return written.getvalue()


def _draw_identity(book: Any, content: FormContent) -> None:
    sheet = book.add_worksheet(IDENTITY_SHEET)
    sheet.very_hidden()
    identity = {
        IdentityKey.SCHEMA: FORM_SCHEMA,
        IdentityKey.PLAN_ID: content.plan.plan_id,
        IdentityKey.PLAN_VERSION: content.plan.version,
        IdentityKey.PLAN_SHA256: content.plan.sha256,
        IdentityKey.AGENCY: content.agency.name,
        IdentityKey.PERIOD: str(content.period),
    }
    for row, (key, value) in enumerate(identity.items()):
        sheet.write_string(row, 0, key.value)
        sheet.write_string(row, 1, value)
