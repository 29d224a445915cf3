"""Which project does each row of the project sheets concern, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.forms.cell_parser import read_number
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.plan.project_list import (
    INVESTMENT_MEASURE,
    LivelihoodProject,
    MajorProject,
    ProjectNode,
)
from qiyx_xl.core.primitives.text import same_text
from qiyx_xl.core.primitives.values import Absence, plain
from qiyx_xl.core.projects.forms import LIVELIHOOD_SHEET, MAJOR_SHEET, ProjectColumn, project_form
from qiyx_xl.core.projects.rating import Assessment, assess_node, assess_share
from qiyx_xl.core.projects.rows import ListedTable, RowKinds, match_rows
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.project_record import ProjectRecord
from qiyx_xl.core.records.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.forms.cell import Cell
    from qiyx_xl.core.forms.vocabulary import FormRow
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectBook, ProjectValue

_PRINTED_FOR_NOTHING = frozenset({"", "—", "-", "－", "未定", "无"})
_KINDS = RowKinds(
    ProjectColumn.CODE,
    (ProjectColumn.MONEY, ProjectColumn.DAY, ProjectColumn.DONE),
    say.UNKNOWN_PROJECT,
    say.NOT_THEIR_PROJECT,
    say.PROJECT_TWICE,
)


@dataclass(frozen=True, slots=True)
class ProjectVerdict:
    """The records and findings of the sheets, sheet by sheet and row by row."""

    records: tuple[ProjectRecord, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Target:
    """The subject of a row: a project's investment, one of its nodes, or a livelihood project."""

    code: str
    project: MajorProject | LivelihoodProject
    node: ProjectNode | None = None

    @property
    def name(self) -> str:
        return self.project.name if self.node is None else f"{self.project.name}·{self.node.name}"

    @property
    def owner(self) -> str:
        return self.project.agency

    @property
    def fill(self) -> ProjectColumn:
        if self.node is not None:
            return ProjectColumn.DAY
        is_major = isinstance(self.project, MajorProject)
        return ProjectColumn.MONEY if is_major else ProjectColumn.DONE

    @property
    def measure(self) -> str:
        is_major = isinstance(self.project, MajorProject)
        return INVESTMENT_MEASURE if is_major else self.project.measure  # type: ignore[union-attr]

    @property
    def what(self) -> str:
        return "年度计划投资" if isinstance(self.project, MajorProject) else "全年目标"

    def planned(self, year: int) -> Decimal | None:
        if isinstance(self.project, MajorProject):
            return self.project.planned_investment.get(year)
        return self.project.target


@dataclass(frozen=True, slots=True)
class _ProjectRow:
    """One row with its subject."""

    table: ListedTable
    row: FormRow
    target: _Target
    book: ProjectBook
    rules: Rules
    period: Period

    def finding(self, kind: FindingKind, column: ProjectColumn, **words: object) -> Finding:
        cell = self.row.cell(column)
        about: dict[str, object] = {
            "header": self.table.header(column),
            "value": cell.error or cell.text,
            "code": self.target.code,
            "name": self.target.name,
            "measure": self.target.measure,
        }
        return kind.at(self.table.sheet, cell.address or None, **(about | words))  # type: ignore[arg-type]


def check_projects(
    tables: Sequence[ListedTable],
    book: ProjectBook,
    rules: Rules,
    agency: str,
    period: Period,
    source: Source,
) -> ProjectVerdict:
    """Check what an agency filled in about its projects.

    Args:
        tables: the sheets found, in the workbook's order.
        book: the office's lists, with what was accepted before.
        rules: the rule file.
        agency: who filled them in.
        period: the period they are for.
        source: the file, for the records' sources; its sheet and cell are filled in here.
    """
    targets = {target.code: target for target in _targets(book, period)}
    records: list[ProjectRecord] = []
    findings: list[Finding] = []
    for table, row, target in match_rows(tables, targets, _KINDS, agency, findings):
        case = _ProjectRow(table, row, target, book, rules, period)
        records.append(_judge(case, agency, source, findings))
    seen = {record.code for record in records}
    findings += _missing(book, rules, agency, period, seen)
    return ProjectVerdict(tuple(records), tuple(findings))


def _targets(book: ProjectBook, period: Period) -> Iterator[_Target]:
    for project in book.listed.projects:
        yield _Target(project.code, project)
        for node in project.nodes:
            yield _Target(project.node_code(node), project, node)
    for livelihood in book.listed.livelihood_in(period.year):
        yield _Target(livelihood.code, livelihood)


def _judge(
    case: _ProjectRow, agency: str, source: Source, findings: list[Finding]
) -> ProjectRecord:
    """Parse a row's value, run every rule on it, and return it as a record."""
    target, column = case.target, case.target.fill
    cell = case.row.cell(column)
    value: ProjectValue
    if target.node is None:
        reading = read_number(cell, target.measure)
        value, about = (
            reading.value,
            reading.finding(cell, case.table.sheet, case.table.header(column), target.measure),
        )
    else:
        said = read_day(cell)
        value, about = said.value, said.finding(cell, case.table.sheet, case.table.header(column))
    if about is not None:
        findings.append(about)
    if cell.merged is not None:
        findings.append(case.finding(say.MERGED_VALUE, column, cell_range=cell.merged))
    findings += _check_listed(case)
    findings += _check_not_asked(case)
    findings += _check_node(case, value) if target.node else _check_share(case, value, about)
    remark = case.row.cell(ProjectColumn.REMARK).text
    return ProjectRecord(
        target.code,
        case.period,
        agency,
        value,
        remark,
        cell.error or cell.text,
        Source(source.file, source.sha256, case.table.sheet, cell.address),
    )


def _check_share(
    case: _ProjectRow, value: ProjectValue, about: Finding | None
) -> Iterator[Finding]:
    target, column = case.target, case.target.fill
    if value is Absence.NOT_REPORTED and about is None:
        yield case.finding(say.NOT_FILLED, column)
    if not isinstance(value, Decimal):
        return
    if value < 0:
        yield case.finding(say.NEGATIVE, column)
        return
    last = case.book.latest(target.code, case.period, before=True, same_year=True)
    if last is not None and isinstance(last.value, Decimal) and value < last.value:
        yield case.finding(
            say.CUMULATIVE_FELL, column, period=last.period.label, known=plain(last.value)
        )
    planned = target.planned(case.period.year)
    if planned is not None and planned > 0 and value > planned * case.rules.magnitude_high:
        yield case.finding(
            say.FAR_OVER_PLAN,
            column,
            what=target.what,
            planned=plain(planned),
            times=plain(case.rules.magnitude_high),
        )
        return
    assessed = assess_share(
        value,
        planned,
        case.period,
        case.rules,
        due=False,
        measure=target.measure,
        what=target.what,
    )
    yield from _check_remark(case, assessed)


def _check_node(case: _ProjectRow, value: ProjectValue) -> Iterator[Finding]:
    node, column = case.target.node, ProjectColumn.DAY
    if node is None:
        return
    day = value if isinstance(value, date) else None
    if day is not None and day > case.period.last_day:
        yield case.finding(
            say.DAY_AFTER_PERIOD, column, value=day.isoformat(), last_day=case.period.last_day
        )
        return
    assessed = assess_node(node, day, value, case.period, case.rules, reported=True, due=True)
    yield from _check_remark(case, assessed)


def _check_remark(case: _ProjectRow, assessed: Assessment) -> Iterator[Finding]:
    written = case.row.cell(ProjectColumn.REMARK).text
    if assessed.light is Light.RED and explains_nothing(written):
        yield case.finding(
            say.RED_WITHOUT_REMARK,
            ProjectColumn.REMARK,
            reason=assessed.reason,
            written=say.not_explained(written),
        )


def _check_listed(case: _ProjectRow) -> Iterator[Finding]:
    """Require the listed name, date and plan as they were printed."""
    target = case.target
    name = case.row.cell(ProjectColumn.NAME).text
    if name and not same_text(name, target.project.name):
        yield case.finding(say.PROJECT_CHANGED, ProjectColumn.NAME, suggestion=target.project.name)
    if target.node is not None:
        printed = case.row.cell(ProjectColumn.PLANNED_DAY)
        if not _is_nothing(printed) and read_day(printed).value != target.node.planned:
            yield case.finding(
                say.PROJECT_CHANGED,
                ProjectColumn.PLANNED_DAY,
                suggestion=target.node.planned.isoformat(),
            )
        return
    is_major = isinstance(target.project, MajorProject)
    column = ProjectColumn.PLANNED_MONEY if is_major else ProjectColumn.TARGET
    printed, planned = case.row.cell(column), target.planned(case.period.year)
    if _is_nothing(printed) or read_number(printed, target.measure).value == planned:
        return
    suggestion = "未定" if planned is None else plain(planned)
    yield case.finding(say.PROJECT_CHANGED, column, suggestion=suggestion)


def _check_not_asked(case: _ProjectRow) -> Iterator[Finding]:
    other = {ProjectColumn.MONEY: ProjectColumn.DAY, ProjectColumn.DAY: ProjectColumn.MONEY}
    column = other.get(case.target.fill)
    if column is not None and not _is_nothing(case.row.cell(column)):
        yield case.finding(say.NOT_ASKED, column)


def _is_nothing(cell: Cell) -> bool:
    return cell.is_blank or squeeze(cell.text)[0] in _PRINTED_FOR_NOTHING


def _missing(
    book: ProjectBook, rules: Rules, agency: str, period: Period, seen: AbstractSet[str]
) -> Iterator[Finding]:
    """Find projects that have no row; a node may be left out, which means no report."""
    asked = project_form(book, agency, period, rules)
    for sheet, entries in (
        (MAJOR_SHEET, [row.project for row in asked.projects]),
        (LIVELIHOOD_SHEET, [row.project for row in asked.livelihood]),
    ):
        missing = [
            f"{project.code} {project.name}" for project in entries if project.code not in seen
        ]
        if missing:
            yield say.PROJECT_MISSING.at(missing="、".join(missing), table=sheet)
