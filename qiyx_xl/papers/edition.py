"""Which data the papers of one period are written from, gathered before anything is written.

晾晒榜, 通报, 催报清单, meeting papers, 年度评价表 and 口径卡 are all written from one ``Edition``,
so that no two of them can disagree. ``papers.gather.gather`` makes it from the current records.
An edition reads no file and no clock.

To add a paper:

1. write a module under ``qiyx_xl/documents`` with ``write_<paper>(path: Path, edition: Edition)
   -> None``: build the file in memory, then ``path.write_bytes``. It uses only the edition's
   data; every text from outside goes through ``files.untrusted_text``; the same edition gives the
   same bytes (use ``edition.today``, never a clock). Import heavy libraries inside functions.
2. add one line to ``PAPERS`` in ``qiyx_xl/app/publishing.py``: its key for ``--only``, its Chinese
   name, its suffix and its writer. ``publish`` does the rest: temporary files, replacing all or
   none, timings, the log, the JSON report.
3. test it with ``tests/support/editions.py`` (no data, one agency, all green, 300 agencies) and
   its rendering with ``tests/support/rendering.py``.

If a paper needs data that an edition lacks, add it here and in ``papers.gather``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl.core.history.publications import TASK_FORCE, VIEWS, Publication, placings
from qiyx_xl.core.plan.model import Goal, Indicator, Milestone
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.projects.status import NO_STATUS, ProjectStatus, task_forces
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import (
    Group,
    StatusLine,
    View,
    counted_in,
    levels_with_parts,
    parts_of,
    reporting,
    summarise,
    summarise_level,
)
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.core.tasks.status import NO_TASKS, TaskStatus, task_counts
from qiyx_xl.papers.outlook import Outlook, outlook

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.plan.model import Agency, Item, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedFile, LoggedFinding
    from qiyx_xl.core.records.missing import Reminder
    from qiyx_xl.core.records.record import Record


class EditionError(QiyxError):
    """Counts do not add up: a fault of the program or of the plan file; the message says where."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One period of the history: as it was closed, else as its current records are rated now."""

    period: Period
    lines: tuple[StatusLine, ...]
    closing: Closing | None = None

    def line(self, code: str) -> StatusLine | None:
        """Return an item's line."""
        return next((line for line in self.lines if line.item.code == code), None)


@dataclass(frozen=True, slots=True)
class Remark:
    """An agency's 情况说明 on a figure; it may begin with 典型做法."""

    agency: str
    item: Item
    text: str


@dataclass(frozen=True, kw_only=True)
class Edition:
    """The data of one period from which all its papers are written.

    - ``rules``: those by which the lines were rated, with ``rules_version`` and ``plan_version``;
      of a closed period (``closing`` is set), those at the time of closing.
    - ``lines``: in the plan's order.
    - ``previous``: the publication with which ranks are compared.
    - ``published``: the publications before this period, one for each period, earliest first; the
      last is ``previous``.
    - ``history``: the earlier periods that have data and, last, this period; one per month end.
    - ``reminders``: the figures that are late, by agency.
    - ``records``: the current records of all periods.
    - ``files`` and ``findings``: the files sent for the period and what was found in them.
    - ``contacts``: the contact that each agency last wrote into a form.
    - ``template``: the office's own template of the 通报, if it has one.
    - ``projects``: the lines of the office's lists of projects; empty if it has none.
    - ``tasks``: the lines of the plan's tasks; empty if it has none.
    """

    plan: Plan
    rules: Rules
    period: Period
    today: date
    lines: tuple[StatusLine, ...]
    rules_version: str
    plan_version: str
    closing: Closing | None = None
    previous: Publication | None = None
    published: tuple[Publication, ...] = ()
    history: tuple[Snapshot, ...] = ()
    reminders: tuple[Reminder, ...] = ()
    records: tuple[Record, ...] = ()
    files: tuple[LoggedFile, ...] = ()
    findings: tuple[LoggedFinding, ...] = ()
    contacts: Mapping[str, str]
    template: Path | None = None
    projects: ProjectStatus = NO_STATUS
    tasks: TaskStatus = NO_TASKS

    # --- who and when ------------------------------------------------------------------------

    @property
    def district(self) -> str:
        """The plan's district: 北仑区."""
        return self.plan.words.district

    @property
    def heading(self) -> str:
        """What the papers' titles begin with: 北仑区“七优享”."""
        return self.plan.words.heading

    @property
    def office_name(self) -> str:
        """Who publishes: 北仑区“七优享”工程工作专班办公室."""
        return self.plan.words.office

    @property
    def everywhere(self) -> str:
        """The whole district in a sentence: 全区, 全县."""
        return f"全{self.plan.words.kind_of_place}"

    @property
    def number_prefix(self) -> str:
        """The 文号字头 of a 通报: the plan's, else its short name and 办."""
        return self.plan.words.number_prefix or f"{self.plan.words.short_name}办"

    @property
    def addressees(self) -> str:
        """Whom a 通报 is sent to: as the plan says, else its levels, the lowest first."""
        if self.plan.words.addressees:
            return self.plan.words.addressees
        *upper, lowest = self.plan.levels
        units = f"{'、'.join(upper or [lowest])}各有关单位"
        return f"各{self.plan.lowest_level}，{units}" if upper else units

    @property
    def copies(self) -> str:
        """The four offices of the district that get a copy (区委办公室，区人大常委会……)."""
        kind = self.plan.words.kind_of_place
        return f"{kind}委办公室，{kind}人大常委会、{kind}政府、{kind}政协办公室"

    @property
    def versions_text(self) -> str:
        """The line with rule and plan version that every paper prints."""
        text = f"评分规则 {self.rules_version}　方案 {self.plan_version}"
        if self.closing is not None:
            text += f"　{self.closing.at:%Y-%m-%d} 封账"
        return text

    # --- lines -------------------------------------------------------------------------------

    @cached_property
    def indicators(self) -> tuple[StatusLine, ...]:
        """The indicators' lines."""
        return tuple(line for line in self.lines if isinstance(line.item, Indicator))

    @cached_property
    def goals(self) -> tuple[StatusLine, ...]:
        """The lines of goals that are counted: those that repeat an indicator are left out."""
        return tuple(line for line in self.lines if isinstance(line.item, Goal) and line.counts)

    @cached_property
    def milestones(self) -> tuple[StatusLine, ...]:
        """The lines of milestones that are counted."""
        return tuple(
            line for line in self.lines if isinstance(line.item, Milestone) and line.counts
        )

    @cached_property
    def _by_code(self) -> dict[str, StatusLine]:
        return {line.item.code: line for line in self.lines}

    def line(self, code: str) -> StatusLine | None:
        """Return an item's line."""
        return self._by_code.get(code)

    def curve(self, code: str) -> tuple[StatusLine, ...]:
        """Return an item's line in each period of the history, earliest first."""
        return self._curves.get(code, ())

    @cached_property
    def _curves(self) -> dict[str, tuple[StatusLine, ...]]:
        curves: dict[str, list[StatusLine]] = {}
        for snapshot in self.history:
            for line in snapshot.lines:
                curves.setdefault(line.item.code, []).append(line)
        return {code: tuple(lines) for code, lines in curves.items()}

    @cached_property
    def outlook(self) -> Outlook:
        """The year ends to expect, and the lamps in a row."""
        return outlook(
            self.lines,
            self.curve,
            self.rules,
            published=self.published,
            agencies=self.groups("agency"),
            projects=self.projects,
        )

    # --- the scorecard -----------------------------------------------------------------------

    def groups(self, view: View) -> tuple[Group, ...]:
        """Return the rows of one view of the 晾晒榜, in the plan's order."""
        return self._groups[view]

    @cached_property
    def _groups(self) -> dict[str, tuple[Group, ...]]:
        return {view: summarise(self.lines, self.plan, self.rules, by=view) for view in VIEWS}

    @cached_property
    def level_groups(self) -> dict[str, tuple[Group, ...]]:
        """The agencies of each level below the highest by what was broken down to them.

        Ranked among their level; empty where nothing was broken down.
        """
        return {
            level: summarise_level(self.lines, self.plan, self.rules, level)
            for level in levels_with_parts(self.lines, self.plan)
        }

    @cached_property
    def task_forces(self) -> tuple[Group, ...]:
        """The task forces: the domains, and 重大项目 where the office lists projects."""
        return task_forces(self.lines, self.projects, self.plan, self.rules)

    def groups_of(self, view: str) -> tuple[Group, ...]:
        """Return the rows of one of the three views, or of a level (``level_groups``)."""
        return self.level_groups.get(view) or self._groups[view]

    def rank_change(self, view: str, group: Group) -> int | None:
        """Return 排名升降: the places a row went up (+) or down (−) since ``previous``.

        None where it is not ranked now, was not ranked then, or nothing was published before.
        """
        return self._rank_change(view, group)

    def task_force_change(self, group: Group) -> int | None:
        """Return 排名升降 of a task force among the task forces; None as in ``rank_change``."""
        return self._rank_change(TASK_FORCE, group)

    def _rank_change(self, view: str, group: Group) -> int | None:
        before = None if self.previous is None else self.previous.placing(view, group.name)
        if before is None or before.rank is None or group.rank is None:
            return None
        return before.rank - group.rank

    def reporting_of(self, agency: Agency) -> tuple[int, int]:
        """Return how many of the plan's figures an agency has to report, and how many are late."""
        codes = {item.code for item in self.plan.reported_by(agency)}
        owed = codes & {owing.item.code for late in self._late(agency) for owing in late.items}
        return len(owed | (self._sent.get(agency.name, set()) & codes)), len(owed)

    @cached_property
    def _sent(self) -> dict[str, set[str]]:
        """The codes that each agency has reported for the period."""
        sent: dict[str, set[str]] = {}
        for record in self.records:
            if record.period == self.period and record.is_reported:
                sent.setdefault(record.agency, set()).add(record.code)
        return sent

    def _late(self, agency: Agency) -> Sequence[Reminder]:
        return [reminder for reminder in self.reminders if reminder.agency.name == agency.name]

    @property
    def publication(self) -> Publication:
        """The part of this edition that the log keeps when it is published."""
        from qiyx_xl.core.history.snapshot import figures

        return Publication(
            self.period,
            self.today,
            self.plan_version,
            self.rules_version,
            figures(self.lines),
            placings(self.lines, self.plan, self.rules, self.projects),
        )

    # --- what agencies sent ------------------------------------------------------------------

    @property
    def returned(self) -> tuple[LoggedFile, ...]:
        """The files that were not accepted, even if their agency sent an accepted one later."""
        return tuple(file for file in self.files if file.status is not SubmissionStatus.ACCEPTED)

    @cached_property
    def remarks(self) -> tuple[Remark, ...]:
        """The agencies' 情况说明 on the period's figures, in the plan's order.

        Remarks without content (/, 无, 同上) are left out: the log keeps them, no paper prints
        them.
        """
        places = {item.code: (place, item) for place, item in enumerate(self.plan.items())}
        written = [
            (places[record.code], record)
            for record in self.records
            if record.period == self.period
            and record.code in places
            and not explains_nothing(record.remark)
        ]
        written.sort(key=lambda entry: (entry[0][0], entry[1].agency))
        return tuple(
            Remark(record.agency, item, record.remark.strip()) for (_, item), record in written
        )


def verify(edition: Edition) -> None:
    """Check that the groups of every view add up to the lamps and the reporting it counts.

    Raises:
        EditionError: the sums over a view's groups differ from the counts over the lines.
    """
    for view in VIEWS:
        wanted = counted_in(edition.lines, edition.plan, view)
        _verify_view(edition, view, edition.groups(view), wanted)
        _verify_tasks(edition, view)
    for level, groups in edition.level_groups.items():
        parts = [
            part
            for part in parts_of(edition.lines)
            if part.item.reporting_agency in {group.name for group in groups}
        ]
        _verify_view(edition, level, groups, parts)
    broken_down = [group for groups in edition.level_groups.values() for group in groups]
    everybody = (*edition.groups("agency"), *broken_down)
    _verify_view(edition, "level", everybody, counted_in(edition.lines, edition.plan, "level"))


def _verify_view(
    edition: Edition, view: str, groups: Sequence[Group], lines: Sequence[StatusLine]
) -> None:
    lights = [line.rating.light for line in lines]
    wanted = tuple(lights.count(light) for light in Light)
    due, missing = reporting(line.rating for line in lines)
    counted = tuple(
        sum(numbers)
        for numbers in zip(
            *((group.green, group.amber, group.red, group.grey) for group in groups),
            strict=True,
        )
    ) or (0, 0, 0, 0)
    if counted != wanted:
        raise EditionError(
            f"{edition.period.label}晾晒榜的灯数对不上（{view}）：分组合计 {counted}，"
            f"逐项 {wanted}，没有写出任何文件。请检查方案文件里的领域和单位。"
        )
    owed = (sum(group.due for group in groups), sum(group.missing for group in groups))
    if owed != (due, missing):
        raise EditionError(
            f"{edition.period.label}晾晒榜的应报数对不上（{view}）：分组合计 {owed}，"
            f"逐项 {(due, missing)}，没有写出任何文件。请检查方案文件里的领域和单位。"
        )


def _verify_tasks(edition: Edition, view: View) -> None:
    counts = task_counts(edition.tasks, edition.plan, view)
    for light, wanted in edition.tasks.count.lights.items():
        counted = sum(one.lights[light] for one in counts)
        if counted != wanted:
            raise EditionError(
                f"{edition.period.label}重点任务的灯数对不上（{view}）：分组合计{light.word}灯 "
                f"{counted}，逐项 {wanted}，没有写出任何文件。请检查方案文件里的领域和单位。"
            )
