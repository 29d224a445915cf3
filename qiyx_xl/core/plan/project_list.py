"""Which projects does the office list? 重大项目清单 and 民生实事, kept apart from the plan.

The plan's section 三 requires both lists but names hardly any project, so the lists are the
office's own data: ``schemas/projects.schema.json``, filled in as a workbook (docs/projects.md).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qiyx_xl.core.plan.model import Plan

PROJECTS_SCHEMA = "projects/1"
PROJECT_TASK_FORCE = "重大项目"
LIVELIHOOD_TITLE = "民生实事"
INVESTMENT_MEASURE = "万元"


@dataclass(frozen=True, slots=True)
class ProjectNode:
    """One step of a project with its planned date (节点). ``number`` counts within the project."""

    number: int
    name: str
    planned: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MajorProject:
    """One major project; amounts are in 万元.

    ``planned_investment`` is the planned investment by year: a year that is missing has no plan yet
    (未定), a year with 0 is planned without investment.
    """

    code: str
    name: str
    domain: str
    agency: str
    contact: str = ""
    phone: str = ""
    content: str = ""
    total_investment: Decimal | None = None
    planned_investment: Mapping[int, Decimal] = field(default_factory=dict)
    nodes: tuple[ProjectNode, ...] = ()

    def node_code(self, node: ProjectNode) -> str:
        """Return the code of a node in forms and records: XM01-2."""
        return f"{self.code}-{node.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LivelihoodProject:
    """One livelihood project (民生实事) of a year: a quantity to reach within the year."""

    code: str
    year: int
    name: str
    domain: str
    agency: str
    content: str
    measure: str
    target: Decimal
    contact: str = ""
    phone: str = ""


Entry = MajorProject | LivelihoodProject


@dataclass(frozen=True)
class ProjectList:
    """Both lists, in the office's order. ``version`` is the office's name for this version."""

    version: str = ""
    projects: tuple[MajorProject, ...] = ()
    livelihood: tuple[LivelihoodProject, ...] = ()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Both lists, one after the other."""
        return (*self.projects, *self.livelihood)

    @cached_property
    def owners(self) -> dict[str, str]:
        """The reporting agency by the code of each project, node and livelihood project."""
        owners = {entry.code: entry.agency for entry in self.entries}
        return owners | {
            project.node_code(node): project.agency
            for project in self.projects
            for node in project.nodes
        }

    def projects_of(self, agency: str) -> tuple[MajorProject, ...]:
        """Return an agency's major projects."""
        return tuple(project for project in self.projects if project.agency == agency)

    def livelihood_in(self, year: int, agency: str | None = None) -> tuple[LivelihoodProject, ...]:
        """Return a year's livelihood projects, of one agency or of all."""
        return tuple(
            project
            for project in self.livelihood
            if project.year == year and agency in (None, project.agency)
        )


def projects_from_document(document: Mapping[str, Any]) -> ProjectList:
    """Build the lists from a document that ``schemas/projects.schema.json`` accepts."""
    return ProjectList(
        version=document["version"],
        projects=tuple(_project(entry) for entry in document["projects"]),
        livelihood=tuple(_livelihood(entry) for entry in document["livelihood"]),
    )


def projects_document(listed: ProjectList) -> dict[str, Any]:
    """Return the lists as the document that ``projects_from_document`` reads back."""
    return {
        "schema": PROJECTS_SCHEMA,
        "version": listed.version,
        "projects": [_project_json(project) for project in listed.projects],
        "livelihood": [_livelihood_json(project) for project in listed.livelihood],
    }


def list_problems(listed: ProjectList, plan: Plan) -> Iterator[str]:
    """Yield a sentence for each contradiction within the lists or with the plan."""
    codes = Counter(entry.code for entry in listed.entries)
    for code, count in codes.items():
        if count > 1:
            yield f"编码“{code}”用了 {count} 次，请改成各不相同"
    agencies = {agency.name for agency in plan.agencies}
    domains = {domain.name for domain in plan.domains}
    for code in sorted(listed.owners.keys() & plan.tasks_by_code.keys()):
        yield f"编码“{code}”与方案里的一项重点任务相同，请换一个编码，如 XM01、SS01"
    for entry in listed.entries:
        if plan.find(entry.code) is not None:
            yield f"编码“{entry.code}”与方案里的一项相同，请换一个编码，如 XM01、SS01"
        if entry.agency not in agencies:
            yield f"“{entry.code} {entry.name}”的责任部门“{entry.agency}”不在方案的单位名录里"
        if entry.domain not in domains:
            yield f"“{entry.code} {entry.name}”的领域“{entry.domain}”不是方案的领域之一"
    for project in listed.projects:
        numbers = Counter(node.number for node in project.nodes)
        for number, count in numbers.items():
            if count > 1:
                yield f"“{project.code} {project.name}”的节点序号 {number} 用了 {count} 次"


def _project(entry: Mapping[str, Any]) -> MajorProject:
    total = entry.get("total_investment")
    return MajorProject(
        code=entry["code"],
        name=entry["name"],
        domain=entry["domain"],
        agency=entry["agency"],
        contact=entry.get("contact", ""),
        phone=entry.get("phone", ""),
        content=entry.get("content", ""),
        total_investment=None if total is None else Decimal(str(total)),
        planned_investment={
            int(year): Decimal(str(value))
            for year, value in entry.get("planned_investment", {}).items()
        },
        nodes=tuple(
            ProjectNode(node["number"], node["name"], date.fromisoformat(node["planned"]))
            for node in entry.get("nodes", ())
        ),
    )


def _livelihood(entry: Mapping[str, Any]) -> LivelihoodProject:
    return LivelihoodProject(
        code=entry["code"],
        year=entry["year"],
        name=entry["name"],
        domain=entry["domain"],
        agency=entry["agency"],
        content=entry["content"],
        measure=entry["measure"],
        target=Decimal(str(entry["target"])),
        contact=entry.get("contact", ""),
        phone=entry.get("phone", ""),
    )


def _project_json(project: MajorProject) -> dict[str, Any]:
    total = project.total_investment
    return {
        "code": project.code,
        "name": project.name,
        "domain": project.domain,
        "agency": project.agency,
        "contact": project.contact,
        "phone": project.phone,
        "content": project.content,
        "total_investment": None if total is None else plain(total),
        "planned_investment": {
            str(year): plain(value) for year, value in sorted(project.planned_investment.items())
        },
        "nodes": [
            {"number": node.number, "name": node.name, "planned": node.planned.isoformat()}
            for node in project.nodes
        ],
    }


def _livelihood_json(project: LivelihoodProject) -> dict[str, Any]:
    return {
        "code": project.code,
        "year": project.year,
        "name": project.name,
        "domain": project.domain,
        "agency": project.agency,
        "content": project.content,
        "measure": project.measure,
        "target": plain(project.target),
        "contact": project.contact,
        "phone": project.phone,
    }
