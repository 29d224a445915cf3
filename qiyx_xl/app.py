"""The use cases: what the commands, buttons and the Python API do.

Everything here takes the day (``today``) or the moment (``now``) as an argument; the shells own
the clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.cells import read_cell
from qiyx_xl.core.overrides import Override
from qiyx_xl.core.periods import Period
from qiyx_xl.core.rating import Rating, effective_item
from qiyx_xl.core.rating import rate as rate_item
from qiyx_xl.core.scorecard import StatusLine, status_lines
from qiyx_xl.core.submissions import NoHistory, RecordHistory, Submission, SubmissionStatus
from qiyx_xl.intake.plan_files import load_plan as load_plan  # noqa: PLC0414 - public API
from qiyx_xl.intake.rule_files import load_rules as load_rules  # noqa: PLC0414 - public API

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from qiyx_xl.core.consolidation import Consolidation
    from qiyx_xl.core.plan import Item, Plan
    from qiyx_xl.core.rules import Rules
    from qiyx_xl.core.submissions import History, Record
    from qiyx_xl.documents.forms import FormSummary
    from qiyx_xl.intake.batch import Skipped
    from qiyx_xl.ledger.patch import RefreshResult
    from qiyx_xl.ledger.view import LedgerView
    from qiyx_xl.store import Store

LEDGER_NAME = "七优享台账.xlsm"


class AppError(RuntimeError):
    """Work that cannot start or go on; the message is one Chinese sentence with a cure."""


@dataclass(frozen=True, slots=True)
class Office:
    """What every use case works with: the plan, the rules, and where the ledger and store lie.

    ``store`` defaults to the ledger's name with ``.sqlite``, beside it.
    """

    plan: Plan
    rules: Rules
    ledger: Path
    store: Path

    @classmethod
    def at(
        cls,
        ledger: Path,
        *,
        store: Path | None = None,
        plan: Plan | None = None,
        rules: Rules | None = None,
    ) -> Office:
        """Return the office around a ledger, with the shipped plan and rules by default."""
        return cls(
            plan=load_plan() if plan is None else plan,
            rules=load_rules() if rules is None else rules,
            ledger=ledger,
            store=ledger.with_suffix(".sqlite") if store is None else store,
        )

    def open_store(self, *, readonly: bool = False) -> Store:
        """Open the store; for writing it is made if it is not there."""
        from qiyx_xl.store import Store

        return Store.open(self.store, readonly=readonly)

    def records(self) -> tuple[Record, ...]:
        """Return the records in force; none where there is no store yet."""
        if not self.store.exists():
            return ()
        with self.open_store(readonly=True) as store:
            return store.current_records()


# --- rating ----------------------------------------------------------------------------------


def rate(
    indicator: str | int | None,
    period: str | Period,
    actual: str | Decimal | float,
    *,
    previous: Decimal | str | None = None,
    second: Decimal | str | None = None,
    due: bool = True,
    override: Override | None = None,
    plan: Plan | None = None,
    rules: Rules | None = None,
) -> Rating:
    """Rate one value: 完成率, 序时 and lamp, with the reason.

    Args:
        indicator: a number 1-21, a goal or milestone id, or an exact name; None for a value
            outside the plan, which then needs ``override``.
        period: ``2026``, ``2026Q3``, ``2026-09``, or as people write them.
        actual: the value as it would stand in a cell, in the item's own measure.
        previous: last year's actual, in the same measure.
        second: the second number the item asks for: 应覆盖人数, 参照值 or 基期值.
        due: whether a blank is overdue (未报) or not yet due (未到期).
        override: another target, comparator or status rule than the plan's.
        plan: the shipped plan if not given.
        rules: the shipped rules if not given.

    Raises:
        AppError: the plan has no such item, or a number cannot be read.
        OverrideError: a word of the override cannot be used.
        PeriodError: ``period`` names no period.
    """
    plan = load_plan() if plan is None else plan
    override = Override() if override is None else override
    period = period if isinstance(period, Period) else Period.parse(period)
    if indicator is None:
        item = override.outside_the_plan(period)
    else:
        item = override.applied_to(effective_item(plan, find_item(plan, str(indicator))), period)
    return rate_item(
        item,
        period,
        read_cell(actual, item).value,
        rules=load_rules() if rules is None else rules,
        previous=_number(previous, "上年实际值"),
        second=_number(second, "补充值"),
        due=due,
    )


def find_item(plan: Plan, key: str) -> Item:
    """Return the item of this number, id or exact name.

    Raises:
        AppError: the plan has none.
    """
    item = plan.find(key)
    if item is None:
        raise AppError(
            f"方案里没有“{key}”。请填指标序号 1–{len(plan.indicators)}、任务目标编号"
            "（如 T3-3-01）、里程碑编号（如 M07）或完整名称；用 qiyx plan show 查看。"
        )
    return item


def _number(value: Decimal | str | None, name: str) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    try:
        number = Decimal(value.strip())
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise AppError(f"{name}应是一个数，现在是“{value}”。请只写数字，如 66.5。")
    return number


# --- status ----------------------------------------------------------------------------------


def status(office: Office, period: Period, today: date) -> tuple[StatusLine, ...]:
    """Rate every item of the plan at a period from what the store holds.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store:
        records = store.current_records()
    return status_lines(office.plan, office.rules, period, records, today)


# --- fill-in workbooks -----------------------------------------------------------------------


def distribute(office: Office, period: Period, out: Path) -> list[FormSummary]:
    """Write one fill-in workbook per agency that has something to report, into ``out``."""
    from qiyx_xl.documents.forms import distribute_forms

    history = RecordHistory(office.records())
    return distribute_forms(out, office.plan, office.rules, period, history)


# --- validation ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ValidationReport:
    """The files checked, in the order given, and what was passed over."""

    submissions: tuple[Submission, ...]
    skipped: tuple[Skipped, ...]
    rules_version: str

    def count(self, status: SubmissionStatus) -> int:
        """How many files ended so."""
        return sum(one.status is status for one in self.submissions)

    @property
    def is_clean(self) -> bool:
        """Whether nothing at all was found."""
        return not any(one.findings for one in self.submissions)


def validate_files(
    paths: Sequence[Path],
    *,
    plan: Plan | None = None,
    rules: Rules | None = None,
    period: Period | None = None,
    history: History | None = None,
    jobs: int = 1,
    on_done: Callable[[Submission], None] | None = None,
    on_start: Callable[[int], None] | None = None,
) -> ValidationReport:
    """Check files and folders of returned workbooks; one bad file never stops the others.

    Args:
        paths: workbooks, folders of them (searched through), or .zip files.
        plan: the shipped plan if not given.
        rules: the shipped rules if not given.
        period: the period they should be for; None takes each file's own.
        history: what was accepted before, for the rules that compare.
        jobs: worker processes.
        on_done: called with each file's result as it is ready.
        on_start: called once with the number of files found.

    Raises:
        AppError: a path does not exist, or there is no workbook under the paths.
    """
    from qiyx_xl.intake.batch import check_files, collect_files

    for path in paths:
        if not path.exists():
            raise AppError(f"找不到“{path}”。请检查路径；含空格的路径要加引号。")
    files, skipped = collect_files(paths)
    if not files:
        where = "、".join(str(path) for path in paths)
        raise AppError(f"“{where}”里没有可校验的工作簿（.xlsx、.xlsm、.xls）。请检查文件夹。")
    if on_start is not None:
        on_start(len(files))
    plan = load_plan() if plan is None else plan
    rules = load_rules() if rules is None else rules
    submissions = check_files(
        files,
        plan,
        rules,
        period=period,
        history=NoHistory() if history is None else history,
        jobs=jobs,
        on_done=on_done,
    )
    return ValidationReport(tuple(submissions), tuple(skipped), rules.version)


# --- consolidation ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConsolidationResult:
    """What a consolidation did, or would do.

    ``refreshed`` is None in a dry run, and where the ledger is open and was written there.
    """

    report: ValidationReport
    consolidation: Consolidation
    refreshed: RefreshResult | None

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found, returned, or left for a person to settle."""
        outcome = self.consolidation
        return self.report.is_clean and not (outcome.returned or outcome.conflicts)


def consolidate(
    office: Office,
    paths: Sequence[Path],
    period: Period,
    *,
    now: datetime,
    dry_run: bool = False,
    jobs: int = 1,
    on_done: Callable[[Submission], None] | None = None,
    on_start: Callable[[int], None] | None = None,
    write: Callable[[LedgerView], None] | None = None,
) -> ConsolidationResult:
    """Check files, take in what is clean, and refresh the ledger.

    ``write`` writes the ledger where it is open in Excel; otherwise the closed file is refreshed.

    The store commits first, in one transaction; the ledger is then rewritten from it. Whatever
    fails before the commit changes nothing; a ledger that could not be written afterwards is
    brought up to date by the next run.

    Raises:
        AppError: nothing to check.
        LedgerError: the ledger is missing, open, read-only or not ours.
        StoreError: the store cannot be opened or written.
    """
    from qiyx_xl.ledger.patch import check_ledger

    if write is None:
        check_ledger(office.ledger)
    records = office.records()
    report = validate_files(
        paths,
        plan=office.plan,
        rules=office.rules,
        period=period,
        history=RecordHistory(records),
        jobs=jobs,
        on_done=on_done,
        on_start=on_start,
    )
    if dry_run:
        outcome = _merge(office, period, report.submissions, now, None)
        return ConsolidationResult(report, outcome, None)
    with office.open_store() as store, store.writing():
        outcome = _merge(office, period, report.submissions, now, store)
        store.commit(outcome, _originals(report.submissions), now)
    if write is None:
        return ConsolidationResult(report, outcome, refresh(office, period, now.date()))
    write(ledger_view(office, period, now.date()))
    return ConsolidationResult(report, outcome, None)


def _merge(
    office: Office,
    period: Period,
    submissions: Sequence[Submission],
    now: datetime,
    store: Store | None,
) -> Consolidation:
    from qiyx_xl.core.consolidation import consolidate as merge

    if store is None and office.store.exists():
        with office.open_store(readonly=True) as reading:
            return _merge(office, period, submissions, now, reading)
    return merge(
        office.plan,
        period,
        () if store is None else store.logged_records(),
        submissions,
        frozenset() if store is None else store.known_hashes(),
        at=now,
        decisions=() if store is None else store.decisions(),
    )


def _originals(submissions: Sequence[Submission]) -> dict[str, Path]:
    from pathlib import Path

    return {one.sha256: Path(one.path) for one in submissions}


# --- the ledger ------------------------------------------------------------------------------


def build_ledger(office: Office) -> Path:
    """Build a new, empty ledger at the office's ledger path.

    Raises:
        AppError: there is a file already.
    """
    from qiyx_xl.ledger.build import build_ledger as build

    if office.ledger.exists():
        raise AppError(f"“{office.ledger}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")
    office.ledger.parent.mkdir(parents=True, exist_ok=True)
    build(office.ledger, office.plan, office.rules)
    return office.ledger


def ledger_view(office: Office, period: Period, today: date) -> LedgerView:
    """Gather everything the ledger shows at a period from the store."""
    with office.open_store() as store, store.reading():
        return _view(office, store, period, today)


def _view(office: Office, store: Store, period: Period, today: date) -> LedgerView:
    from qiyx_xl.ledger.view import LedgerView

    records = store.current_records()
    return LedgerView(
        plan=office.plan,
        rules=office.rules,
        period=period,
        lines=status_lines(office.plan, office.rules, period, records, today),
        records=store.all_records(),
        findings=store.findings(period),
        runs=store.runs(),
    )


def refresh(office: Office, period: Period, today: date) -> RefreshResult:
    """Rewrite the ledger's record sheets and lamps from the store.

    Raises:
        LedgerError: the ledger is missing, open, read-only or not ours.
    """
    from qiyx_xl.ledger.patch import refresh_ledger

    # Under the write lock, so that no slower run can write an older view over this one.
    with office.open_store() as store, store.writing():
        return refresh_ledger(office.ledger, _view(office, store, period, today))
