"""Use cases: adopt a revised plan from a period on (采用方案), and begin a new office."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.importing.plan import export_plan
from qiyx_xl.app.ledger import build_ledger, check_free, refresh, refresh_booked, take_choices
from qiyx_xl.app.office import Office
from qiyx_xl.app.projects import project_list
from qiyx_xl.core.history.closing import closing_in_force
from qiyx_xl.core.history.plan_changes import (
    ChangeKind,
    PlanChange,
    changes_between,
    identified,
    title,
)
from qiyx_xl.core.plan.agency_names import AgencyNames
from qiyx_xl.core.plan.model import Item
from qiyx_xl.core.plan.timeline import Adoption, Plans
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.primitives.periods import Period, PeriodError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from qiyx_xl.core.history.closing import Closing
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.ledger.inspect.typed_reporters import TypedReporter

PLAN_NAME = "方案.xlsx"
"""The workbook beside the ledger in which the office edits its plan."""

_Item = TypeVar("_Item", bound=Item)
_NUMBERED = re.compile(r"^(.*?)([0-9]{1,6})$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that may be adopted: from when on, and what it changes, in sentences.

    ``before`` is the plan in force at that period now; ``since`` is None where nothing has been
    booked yet, so that the plan holds from the beginning. Without ``changes`` there is nothing to
    adopt.
    """

    plan: Plan
    before: Plan
    since: Period | None
    changes: tuple[PlanChange, ...]


def propose(office: Office, plan: Plan, *, since: Period | None, today: date) -> Proposal:
    """Return what adopting a plan would change; nothing is written.

    Args:
        office: the office that is to adopt it.
        plan: the checked plan.
        since: the first period for which it holds; by default the first quarter that is neither
            closed nor over.
        today: the day.

    Raises:
        AppError: it is another plan, not a revision of this one; an item cannot be told from a
            former one; or a period that the plan would change is closed.
        StoreError: there is a store, and it cannot be read.
    """
    has_figures, closed = _booked(office)
    now = office.plans.latest
    if plan.plan_id != now.plan_id and has_figures:
        raise AppError(
            f"“{plan.plan_id}”（{plan.title}）是另一份方案，不是“{now.plan_id}”（{now.title}）的修订，"
            "这里已经收了数，没有采用。修订现行方案的，请先用 qiyx plan export 导出再改；"
            "另起一份的，请用 qiyx init 新建。"
        )
    plan, unclear = identified(plan, office.plans)
    if unclear:
        first = unclear[0]
        raise AppError(
            f"{title(first.item)}用的是{title(first.former)}的编号，名称和计量单位却都不同，"
            "分不清是改了名还是换了一项，没有采用。另是一项的，请给它一个没有用过的固定编号；"
            "是同一项的，请先只改名称、再改计量单位，分两次采用。"
        )
    _check_task_codes(office, plan)
    if not has_figures and since is None and len(office.plans.adoptions) == 1:
        before = now
    else:
        since = _default_start(now, closed, today) if since is None else since
        if since.year not in plan.years:
            raise AppError(
                f"{since.label}不在方案的年份里（{plan.years[0]}—{plan.years[-1]}年），没有采用。"
                "请用 --from 写规划期内的数据期。"
            )
        _check_open(closed, since)
        before = office.plans.at(since)
    if replace(plan, version=before.version) == before:
        plan = before  # the keeper's file may have missed a version that was counted on here
    elif plan.version in {adoption.plan.version for adoption in office.plans.adoptions}:
        plan = replace(plan, version=_next_version(now.version))
    changes = (*_replaced(office.plans, since), *changes_between(before, plan, since))
    return Proposal(plan, before, since, changes)


def adopt(
    office: Office,
    proposal: Proposal,
    *,
    now: datetime,
    today: date,
    by: str,
    reason: str = "",
    refreshes: bool = True,
) -> Office:
    """Put a proposed plan in force, and bring the ledger along.

    The adoption is booked first; if the ledger cannot be written afterwards, the next command
    completes it.

    Args:
        office: the office, as it was when the plan was proposed.
        proposal: made by ``propose``.
        now: the moment, for the log.
        today: decides which blanks are late.
        by: who adopts it.
        reason: why, as the log keeps it.
        refreshes: whether the closed ledger file is rewritten; not for one that is open in Excel.

    Returns:
        The office with the plan in force.

    Raises:
        AppError: no name is given.
        LedgerError: the ledger is open, read-only or damaged; nothing was booked.
        StoreError: the store cannot be written, or somebody else has adopted a plan meanwhile.
        InterruptedAfterBookingError: the plan is in force, but the ledger does not show it yet.
    """
    from qiyx_xl.app.custody.maintenance import shown_period
    from qiyx_xl.ledger.file.refresh import check_ledger

    if not proposal.changes:
        return office
    if not by.strip():
        raise AppError("采用方案要写明是谁办的。请用 --by 写明姓名。")
    follows = refreshes and office.ledger.exists()
    if follows:
        check_ledger(office.ledger)
    adoption = Adoption(proposal.plan, proposal.since, now, by.strip(), reason.strip())
    with office.open_store() as store, store.writing():
        store.check_sound()
        if proposal.since is not None:
            _check_open(_closings_in_force(store.closings()), proposal.since)
        store.book_plan(adoption)
    revised = replace(office, plans=Plans((*office.plans.adoptions, adoption)))
    if follows:
        refresh_booked(revised, shown_period(office.ledger), today, "方案")
    return revised


@dataclass(frozen=True, slots=True)
class Reassigned:
    """What became of the changes of who reports, as typed into the ledger.

    ``office`` goes by the plan they made. ``adopted`` are the items whose change is in force;
    ``changes`` says what was changed, ``problems`` what was not, and why.
    """

    office: Office
    adopted: frozenset[str] = frozenset()
    changes: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def reassign(
    office: Office,
    typed: Sequence[TypedReporter],
    *,
    now: datetime,
    today: date,
    by: str,
    ask: Callable[[Proposal], bool],
) -> Reassigned:
    """Adopt the changes of who reports that people have typed beside 责任单位.

    What is incomplete or cannot be adopted stays where it is typed.

    Args:
        office: the office as it is.
        typed: what is typed.
        now: the moment, for the log.
        today: the day.
        by: who has typed it, as the log keeps it.
        ask: whether the plan that a change makes is to be adopted.

    Raises:
        StoreError: the store cannot be read or written.
    """
    problems, adopted, said = [], set(), []
    wanted: dict[Period, dict[str, str]] = {}
    for one in typed:
        since, agency, problem = _read_change(office, one)
        if problem or since is None:
            problems.append(f"{one.sheet.value}的“{one.code}”：{problem}")
        elif not agency:
            adopted.add(one.code)
        else:
            wanted.setdefault(since, {})[one.code] = agency
    for since in sorted(wanted):
        plan = _reported_by(office.plans.at(since), wanted[since])
        try:
            proposal = propose(office, plan, since=since, today=today)
        except AppError as error:
            problems.append(str(error))
            continue
        if not ask(proposal):
            continue
        office = adopt(
            office, proposal, now=now, today=today, by=by, reason=TYPED_REASON, refreshes=False
        )
        adopted |= wanted[since].keys()
        said += [change.sentence for change in proposal.changes]
    return Reassigned(office, frozenset(adopted), tuple(said), tuple(problems))


def refresh_typed(
    office: Office, period: Period, today: date, *, now: datetime, by: str
) -> Reassigned:
    """Refresh the closed ledger, after adopting the changes of who reports that are typed in it.

    Args:
        office: the office as it is.
        period: the period shown.
        today: decides which blanks are late.
        now: the moment, for the log.
        by: who adopts.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours; nothing was booked.
        StoreError: the store cannot be opened or written, or is damaged.
        InterruptedAfterBookingError: a change is in force, but the ledger does not show it yet.
    """
    from qiyx_xl.ledger.file.refresh import check_ledger
    from qiyx_xl.ledger.inspect.typed_reporters import read_reporters

    check_ledger(office.ledger)
    typed = read_reporters(office.ledger)
    done = reassign(office, typed, now=now, today=today, by=by, ask=lambda _: True)
    if done.changes:
        take_choices(done.office, now)
        refresh_booked(done.office, period, today, "方案", adopted=done.adopted)
    else:
        refresh(done.office, period, today, now=now, adopted=done.adopted)
    return done


TYPED_REASON = "台账“改由”栏"


def _read_change(office: Office, typed: TypedReporter) -> tuple[Period | None, str, str]:
    """Return the period, the agency, and what is wrong; no agency if it reports it already."""
    if not typed.agency or not typed.since:
        return None, "", "请把“改由”和“从哪一期起”都填上。"
    try:
        since = Period.parse(typed.since)
    except PeriodError as error:
        return None, "", str(error)
    later = [a.since for a in office.plans.adoptions if a.since is not None]
    if any(start.first_day > since.first_day for start in later):
        return None, "", (f"从{max(later).label}起已经定了另一份方案。请用“导出方案”“采用方案”改。")
    plan = office.plans.at(since)
    item, agency = plan.item(typed.code), AgencyNames(plan).named(typed.agency).agency
    if item is None:
        return None, "", f"{since.label}的方案里没有这一项，请清空这两格。"
    if getattr(item, "repeats", None):
        return None, "", "它随别的指标填报，请改那一项。"
    if agency is None:
        names = "、".join(known.name for known in plan.agencies[:3])
        return None, "", f"单位名录里没有“{typed.agency}”。请写名录里的名称，如{names}。"
    return since, "" if item.reporting_agency == agency.name else agency.name, ""


def _reported_by(plan: Plan, agencies: Mapping[str, str]) -> Plan:
    """Return a plan in which these items are reported by other agencies."""

    def moved(item: _Item) -> _Item:
        name = agencies.get(item.code)
        if name is None:
            return item
        return replace(item, responsible_agency=None if name == item.lead_agency else name)

    return replace(
        plan,
        indicators=tuple(map(moved, plan.indicators)),
        goals=tuple(map(moved, plan.goals)),
        milestones=tuple(map(moved, plan.milestones)),
    )


def begin(
    folder: Path,
    plan: Plan,
    rules: Rules,
    *,
    period: Period | None,
    now: datetime,
    by: str,
) -> Office:
    """Begin an office: a store with the plan in force, an empty ledger, and 方案.xlsx.

    If an earlier run was stopped halfway, this completes it.

    Args:
        folder: created if it does not exist.
        plan: the plan of the office.
        rules: the rule file.
        period: the period that the ledger shows; by default the last one that has ended.
        now: the moment, for the log.
        by: who begins it.

    Raises:
        AppError: the folder has an office already.
        StoreError: the store cannot be written.
        OSError: a file cannot be written.
    """
    from qiyx_xl.files.placing import recover
    from qiyx_xl.store import Store

    folder.mkdir(parents=True, exist_ok=True)
    recover(folder)
    ledger = folder / ledger_name(plan)
    there = [path.name for path in sorted(folder.iterdir()) if path.suffix in (".xlsm", ".sqlite")]
    if there and not _is_unfinished(ledger, plan, there):
        raise AppError(
            f"“{folder}”里已经有“{there[0]}”，没有改动它。请换一个文件夹；"
            "要换方案，请用 qiyx plan adopt。"
        )
    office = Office.at(ledger, plan=plan, rules=rules)
    was_there = office.store.exists()
    try:
        _start_with(office, now=now, by=by)
    except InterruptedAfterBookingError:
        raise
    except BaseException:
        if not was_there:
            Store.discard_unbooked(office.store)
        raise
    with _completing(office):
        if not ledger.exists():
            build_ledger(office, period=period or last_ended(plan, now.date()))
        if not (folder / PLAN_NAME).exists():
            export_plan(plan, folder / PLAN_NAME)
    return office


def new_ledger(
    office: Office, *, period: Period | None, now: datetime, by: str, books_plan: bool
) -> Path:
    """Build an empty ledger, and book the plan that it is of, before it is there.

    Args:
        office: the plan and the rules, and where the ledger is to be.
        period: the period that it shows; by default the last one that has ended.
        now: the moment, for the log.
        by: who begins it.
        books_plan: whether the plan was given; the shipped one need not be booked.

    Raises:
        AppError: there is a file already.
        StoreError: the store cannot be written.
    """
    check_free(office.ledger)
    if books_plan:
        office.ledger.parent.mkdir(parents=True, exist_ok=True)
        _start_with(office, now=now, by=by)
    shown = period or last_ended(office.plans.latest, now.date())
    if not books_plan:
        return build_ledger(office, period=shown)
    with _completing(office):
        return build_ledger(office, period=shown)


def _start_with(office: Office, *, now: datetime, by: str) -> None:
    with office.open_store() as store, store.writing():
        if not store.plans():
            store.expect(Plans((Adoption(office.plans.latest, None, now, by, "新建"),)))
            store.book_first_plan()


def ledger_name(plan: Plan) -> str:
    """Return the file name of a new ledger: 七优享台账.xlsm."""
    return f"{plan.words.short_name}台账.xlsm"


def last_ended(plan: Plan, today: date) -> Period:
    """Return the last quarter of a plan that has ended; before its first end, its first quarter."""
    quarter = Period.of_quarter(today.year, (today.month - 1) // 3 + 1).before
    first = Period.of_quarter(plan.years[0], 1)
    last = Period.of_quarter(plan.years[-1], 4)
    return min(max(quarter, first), last)


@contextmanager
def _completing(office: Office) -> Iterator[None]:
    """Say what stands where files cannot be written after the plan was booked.

    Raises:
        InterruptedAfterBookingError: a file could not be written, or the run was stopped.
    """
    from qiyx_xl.files.reasons import reason_of

    booked = f"方案已记入数据库“{office.store.name}”，只是后面的文件没有写完"
    again = "请把同一条命令再运行一次，会接着做完。"
    try:
        yield
    except OSError as error:
        where = f"“{error.filename}”" if error.filename else "文件"
        raise InterruptedAfterBookingError(
            f"{booked}：写{where}出错（{reason_of(error)}）。", f"请检查磁盘和权限，{again}"
        ) from error
    except KeyboardInterrupt as stopped:
        raise InterruptedAfterBookingError(f"{booked}：被中止了。", again) from stopped


def _is_unfinished(ledger: Path, plan: Plan, there: Sequence[str]) -> bool:
    """Whether a folder holds only what beginning this very office leaves when it is stopped."""
    from qiyx_xl.app.plan_in_force import ledger_facts
    from qiyx_xl.store import Store

    store = ledger.with_suffix(".sqlite")
    if not {ledger.name, store.name}.issuperset(there):
        return False
    shown = ledger_facts(ledger)
    if ledger.exists() and (shown is None or shown.plan_sha256 != plan.sha256):
        return False
    if not Store.is_there(store):
        return not Store.traces(store) and not ledger.exists()
    with Store.open(store, readonly=True, alone=True) as opened:
        adopted = {adoption.plan.sha256 for adoption in opened.plans()}
        return adopted <= {plan.sha256} and not opened.runs()


def _replaced(plans: Plans, since: Period | None) -> Iterator[PlanChange]:
    """Yield what was adopted for later periods, and gives way to a plan that begins before."""
    for adoption in plans.adoptions:
        start = adoption.since
        if start is not None and (since is None or start.first_day > since.first_day):
            sentence = f"原定从{start.label}起采用的方案（{adoption.plan.version}）由这一份代替。"
            yield PlanChange(ChangeKind.WORDS, sentence)


def _booked(office: Office) -> tuple[bool, tuple[Closing, ...]]:
    """Return whether any figure was ever booked, and the closings in force."""
    if not office.has_store():
        return False, ()
    with office.open_store(readonly=True) as store, store.reading():
        return bool(store.runs()), _closings_in_force(store.closings())


def _closings_in_force(closings: Sequence[Closing]) -> tuple[Closing, ...]:
    periods = sorted({closing.period for closing in closings})
    found = (closing_in_force(closings, period) for period in periods)
    return tuple(closing for closing in found if closing is not None)


def _check_task_codes(office: Office, plan: Plan) -> None:
    """Refuse a task with the code of a listed project: what is reported of both is kept by it."""
    same = sorted(project_list(office).owners.keys() & plan.tasks_by_code.keys())
    if same:
        raise AppError(
            f"重点任务的编号“{same[0]}”与清单里的一个项目、节点或实事相同，没有采用。"
            "请给这项任务换一个编号，如 R1-1-01。"
        )


def _check_open(closed: Sequence[Closing], since: Period) -> None:
    hit = [one.period for one in closed if since.first_day <= one.period.last_day]
    if hit:
        last = max(hit)
        raise AppError(
            f"{last.label}已经封账，方案不能从{since.label}起改，什么都没有动。"
            "请从封账以后的数据期起采用（--from），或先用 qiyx reopen 启封。"
        )


def _default_start(plan: Plan, closed: Sequence[Closing], today: date) -> Period:
    quarter = Period.of_quarter(today.year, (today.month - 1) // 3 + 1)
    quarter = max(quarter, Period.of_quarter(plan.years[0], 1))
    quarter = min(quarter, Period.of_quarter(plan.years[-1], 4))
    while any(quarter.first_day <= one.period.last_day for one in closed):
        quarter = quarter.after
    return quarter


def _next_version(version: str) -> str:
    """Return the version after this one: 2023.1 → 2023.2."""
    found = _NUMBERED.match(version)
    return f"{version}.1" if found is None else f"{found[1]}{int(found[2]) + 1}"
