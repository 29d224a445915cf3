"""Which task does each row of 重点任务 concern, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell_parser import read_choice
from qiyx_xl.core.forms.item_codes import code_key
from qiyx_xl.core.primitives.text import counted_names, same_text, tidy
from qiyx_xl.core.primitives.values import Absence, Word
from qiyx_xl.core.projects.rows import RowKinds, match_rows
from qiyx_xl.core.records.evidence import read_evidence
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.project_record import ProjectRecord
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.tasks.forms import (
    STATE_WORDINGS,
    TASK_SHEET,
    TASK_TO_FILL,
    TaskColumn,
    tasks_asked,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.forms.vocabulary import FormRow
    from qiyx_xl.core.plan.model import Plan, Task
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.projects.rows import ListedTable
    from qiyx_xl.core.records.project_record import ProjectBook

_KINDS = RowKinds(
    TaskColumn.CODE, TASK_TO_FILL, say.UNKNOWN_TASK, say.NOT_THEIR_TASK, say.TASK_TWICE
)
_CHOICES = "、".join(STATE_WORDINGS)
_NAMED = 5  # tasks named in a finding about several
_FEWEST_REPEATED = 6  # characters; shorter words may well be the same again


@dataclass(frozen=True, slots=True)
class TaskSetting:
    """What the sheet of an agency is checked against.

    ``issued`` is the plan that issued the form, ``plan`` the one in force at the period; ``sender``
    is what the former calls the agency. ``is_ours``: the form is a template of one of the office's
    plans, so a task without a row was taken out.
    """

    plan: Plan
    issued: Plan
    book: ProjectBook
    rules: Rules
    agency: str
    sender: str
    period: Period
    is_ours: bool = True


@dataclass(frozen=True, slots=True)
class TaskVerdict:
    """The records and findings of the sheet, row by row."""

    records: tuple[ProjectRecord, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Subject:
    """A task as a row's subject; ``owner`` is who may fill the row in."""

    task: Task
    owner: str

    @property
    def code(self) -> str:
        return self.task.code

    @property
    def name(self) -> str:
        return self.task.name


@dataclass(frozen=True, slots=True)
class _TaskRow:
    table: ListedTable
    row: FormRow
    task: Task

    def finding(self, kind: FindingKind, column: TaskColumn, **words: object) -> Finding:
        cell = self.row.cell(column)
        about: dict[str, object] = {
            "header": self.table.header(column),
            "value": cell.error or cell.text,
            "code": self.task.code,
            "name": self.task.name,
        }
        return kind.at(self.table.sheet, cell.address or None, **(about | words))  # type: ignore[arg-type]


def check_tasks(tables: Sequence[ListedTable], setting: TaskSetting, source: Source) -> TaskVerdict:
    """Check what an agency filled in about the tasks that it leads.

    Args:
        tables: the sheets found, in the workbook's order.
        setting: the plans, the values accepted before, the agency and the period.
        source: the file, for the records' sources; its sheet and cell are filled in here.
    """
    records: list[ProjectRecord] = []
    findings: list[Finding] = []
    blank: list[_TaskRow] = []
    in_force = setting.plan.tasks_by_code
    coded = [_with_plain_codes(table, setting) for table in tables]
    for table, row, subject in match_rows(
        coded, _subjects(setting), _KINDS, setting.agency, findings
    ):
        now = in_force.get(subject.code)
        case = _TaskRow(table, row, subject.task)
        if now is None:
            findings.append(case.finding(say.ITEM_RETIRED, TaskColumn.CODE))
        elif now.lead_agency != setting.agency:
            findings.append(case.finding(say.ITEM_MOVED, TaskColumn.CODE, owner=now.lead_agency))
        else:
            records.append(_judge(case, setting, source, findings, blank))
    findings += _about_blanks(blank)
    findings += _missing(setting, {record.code for record in records}, tables)
    return TaskVerdict(tuple(records), tuple(findings))


def _subjects(setting: TaskSetting) -> dict[str, _Subject]:
    """Return the tasks that a row may be about: those of the plan in force, and of the form's."""
    issued = {
        task.code: _Subject(
            task, setting.agency if task.lead_agency == setting.sender else task.lead_agency
        )
        for task in setting.issued.tasks
    }
    now = {task.code: _Subject(task, task.lead_agency) for task in setting.plan.tasks}
    # A task that the form was issued with may have been given to another agency since.
    theirs = {code: one for code, one in issued.items() if one.owner == setting.agency}
    return issued | now | theirs


def _with_plain_codes(table: ListedTable, setting: TaskSetting) -> ListedTable:
    """Return a table whose codes are spelled as the plans spell them: r2—1—1 is R2-1-01."""
    codes = {
        key: task.code
        for plan in (setting.issued, setting.plan)
        for task in plan.tasks
        if (key := code_key(task.code)) is not None
    }
    rows = []
    for row in table.rows:
        cell = row.cell(TaskColumn.CODE)
        key = code_key(cell.text)
        known = None if key is None else codes.get(key)
        if known is not None and known != cell.text:
            cells = {**row.cells, TaskColumn.CODE: cell._replace(value=known)}
            row = row._replace(cells=cells)  # noqa: PLW2901 - the row as its code is meant
        rows.append(row)
    return type(table)(table.kind, table.sheet, table.headers, tuple(rows))


def _judge(
    case: _TaskRow,
    setting: TaskSetting,
    source: Source,
    findings: list[Finding],
    blank: list[_TaskRow],
) -> ProjectRecord:
    """Parse a row, run every rule on it, and return it as a record."""
    cell = case.row.cell(TaskColumn.STATE)
    words = case.row.cell(TaskColumn.WORDS).text
    evidence = case.row.cell(TaskColumn.EVIDENCE).text
    reading = read_choice(cell, STATE_WORDINGS, say.TASK_STATE)
    about = reading.finding(cell, case.table.sheet, case.table.header(TaskColumn.STATE), "")
    if about is not None:
        findings.append(about)
    if cell.merged is not None:
        findings.append(case.finding(say.MERGED_VALUE, TaskColumn.STATE, cell_range=cell.merged))
    findings += _check_name(case)
    state = reading.value
    if state is Absence.NOT_REPORTED:
        if (words and not explains_nothing(words)) or read_evidence(evidence):
            findings.append(case.finding(say.STATE_MISSING, TaskColumn.STATE, choices=_CHOICES))
        elif about is None:
            blank.append(case)
    elif isinstance(state, Word):
        findings += _check_words(case, setting, state, words)
        findings += _check_evidence(case, state, evidence)
    return ProjectRecord(
        case.task.code,
        setting.period,
        setting.agency,
        state,
        words,
        cell.error or cell.text,
        Source(source.file, source.sha256, case.table.sheet, cell.address),
        evidence if read_evidence(evidence) else "",
    )


def _check_name(case: _TaskRow) -> Iterator[Finding]:
    name = case.row.cell(TaskColumn.NAME).text
    if name and not same_text(name, case.task.name):
        yield case.finding(say.TASK_CHANGED, TaskColumn.NAME, suggestion=case.task.name)


def _check_words(
    case: _TaskRow, setting: TaskSetting, state: Word, words: str
) -> Iterator[Finding]:
    if explains_nothing(words):
        if state is Word.BLOCKED:
            yield case.finding(
                say.BLOCKED_WITHOUT_REASON,
                TaskColumn.WORDS,
                written=say.not_explained(words),
            )
        elif state is not Word.NOT_STARTED:
            yield case.finding(say.WORDS_MISSING, TaskColumn.WORDS, state=state)
        return
    last = setting.book.latest(case.task.code, setting.period, before=True)
    if last is not None and len(tidy(words)) >= _FEWEST_REPEATED and same_text(words, last.remark):
        yield case.finding(say.WORDS_REPEATED, TaskColumn.WORDS, period=last.period.label)


def _check_evidence(case: _TaskRow, state: Word, evidence: str) -> Iterator[Finding]:
    """Require the evidence that the plan asks for, once the task is done."""
    if case.task.evidence and state is Word.DONE and not read_evidence(evidence):
        yield case.finding(say.EVIDENCE_MISSING, TaskColumn.EVIDENCE, asked=case.task.evidence)


def _about_blanks(blank: Sequence[_TaskRow]) -> Iterator[Finding]:
    """Report all rows without a state at once, at the first of them."""
    if blank:
        codes = counted_names([case.task.code for case in blank], _NAMED)
        yield blank[0].finding(
            say.TASK_BLANK,
            TaskColumn.STATE,
            table=blank[0].table.sheet,
            count=len(blank),
            missing=codes,
            choices=_CHOICES,
        )


def _missing(
    setting: TaskSetting, seen: set[str], tables: Sequence[ListedTable]
) -> Iterator[Finding]:
    """Find tasks that the form should have, and has no row for."""
    asked = tasks_asked(setting.plan, setting.book, setting.agency, setting.period, setting.rules)
    issued = setting.issued.tasks_by_code
    missing = [
        one.task.code for one in asked if one.task.code not in seen and one.task.code in issued
    ]
    if missing and (setting.is_ours or tables):
        yield say.TASK_MISSING.at(
            tables[0].sheet if tables else None,
            missing=counted_names(missing, _NAMED),
            table=TASK_SHEET,
        )
