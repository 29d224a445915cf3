"""Use cases: list what waits for a person's decision, and book the decision."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.app.rating import find_item
from qiyx_xl.core.consolidation.conflicts import (
    Conflict,
    Decision,
    DecisionKind,
    choose,
)
from qiyx_xl.core.consolidation.current import CurrentFigures, conflicts_in
from qiyx_xl.core.consolidation.versions import Doubt, WaitingChoice
from qiyx_xl.core.forms.cell_parser import read_cell
from qiyx_xl.core.history.closing import closing_in_force
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.rating.lamps import LampState
from qiyx_xl.core.rating.scorecard import parts_of, status_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.log_entries import LoggedRecord
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.ledger.content.view import ConflictLine
    from qiyx_xl.ledger.inspect.typed_choices import TypedChoice
    from qiyx_xl.store import Store


def waiting(office: Office, today: date, period: Period | None = None) -> WaitingChoice:
    """Return the open conflicts and the values in doubt, of one period or all periods.

    Values in doubt of a closed period are left out: they are frozen.

    Raises:
        StoreError: there is no store, or it cannot be read.
    """
    with office.open_store(readonly=True) as store, store.reading():
        records, decisions = store.current_records(), store.decisions()
        closings = store.closings()
    conflicts = conflicts_in(office.plans, records, decisions)
    current_figures = CurrentFigures.of(office.plans, records, decisions)
    periods = sorted({record.period for record in records})
    doubts = tuple(
        doubt
        for record_period in periods
        if period in (None, record_period) and closing_in_force(closings, record_period) is None
        for doubt in _doubts(office, current_figures, record_period, today)
    )
    return WaitingChoice(
        tuple(conflict for conflict in conflicts if period in (None, conflict.left.period)),
        doubts,
    )


def decide(
    office: Office,
    period: Period,
    code: str,
    agency: str,
    *,
    now: datetime,
    by: str,
    reason: str,
    seen: Mapping[str, str] | None = None,
) -> tuple[Decision, ...]:
    """Settle a conflict: this agency's value is the district's figure.

    Args:
        office: the plan and the store.
        period: the figure's period.
        code: the item.
        agency: whose value is right.
        now: the moment of the decision.
        by: who decides.
        reason: why.
        seen: the formatted values that the person saw, by agency.

    Returns:
        The logged decisions: one for each other value.

    Raises:
        AppError: there is no such conflict, the agency is not part of it, a reason is missing, or
            a value has changed since the person saw it.
        StoreError: there is no store, or it cannot be written.
    """
    item = find_item(office.plan_at(period), code)
    by, reason = _name_and_reason(by, reason)
    with office.open_store(create=False) as store, store.writing():
        sides = _sides(office, store, period, item)
        if not sides:
            raise AppError(
                f"{period.label}的“{item.name}”没有冲突，不用决定。"
                "请运行 qiyx decide（不带参数），看有哪些冲突。"
            )
        chosen = next((side for side in sides if side.agency == agency), None)
        if chosen is None:
            names = "”“".join(side.agency for side in sides)
            raise AppError(f"“{agency}”不在这处冲突里。请从“{names}”中选一个。")
        for side in sides:
            now_is = spell(side.actual)
            if seen is not None and seen.get(side.agency, now_is) != now_is:
                raise AppError(
                    f"{side.agency}报的数现在是 {now_is}，与刚才看到的不同，决定没有记入。"
                    "请看过新的数再决定。"
                )
        decisions = tuple(
            choose(Conflict(chosen, other), agency, at=now, by=by, reason=reason)
            for other in sides
            if other.actual != chosen.actual
        )
        known = store.decisions(period)
        booked = tuple(_booked_before(decision, known) for decision in decisions)
        if all(booked):
            return tuple(decision for decision in booked if decision is not None)
        for decision in decisions:
            store.decide(decision)
    return decisions


def confirm(
    office: Office,
    period: Period,
    code: str,
    agency: str,
    *,
    now: datetime,
    by: str,
    reason: str,
    value: str | None = None,
) -> Decision:
    """Confirm that an implausible value is right.

    A current value is rated from then on. If the file was returned because of the value, it is
    accepted when the agency sends it again.

    Args:
        office: the plan, the rules and the store.
        period: the value's period.
        code: the item.
        agency: who sent it.
        now: the moment of the decision.
        by: who decides.
        reason: why.
        value: the value as written in a cell; the current one if not given.

    Raises:
        AppError: there is no such agency, item or value, or a reason is missing.
        StoreError: there is no store, or it cannot be written.
    """
    item = find_item(office.plan_at(period), code)
    by, reason = _name_and_reason(by, reason)
    _check_agency(office, agency)
    with office.open_store(create=False) as store, store.writing():
        formatted = _current_value(store, period, item, agency) if value is None else None
        if value is not None:
            formatted = _formatted_number(value, item)
        if not formatted:
            raise AppError(
                f"{agency}还没有报过{period.label}的“{item.name}”，没有数可核实。"
                "数在被退回的文件里的，请用 --value 写明是哪个数。"
            )
        decision = Decision(
            DecisionKind.CONFIRMED, now, by, reason, period, item.code, agency, formatted
        )
        known = _booked_before(decision, store.decisions(period))
        if known is not None:
            return known
        store.decide(decision)
    return decision


def prefer(
    office: Office,
    period: Period,
    code: str,
    agency: str,
    sha256: str,
    *,
    now: datetime,
    by: str,
    reason: str,
) -> Decision:
    """Make an agency's older version of a figure current again; later files still replace it.

    Args:
        office: the plan and the store.
        period: the figure's period.
        code: the item.
        agency: who sent it.
        sha256: the hash of the file with that version, or its first characters.
        now: the moment of the decision.
        by: who decides.
        reason: why.

    Raises:
        AppError: no version or more than one fits, or a reason is missing.
        StoreError: there is no store, or it cannot be written.
    """
    item = find_item(office.plan_at(period), code)
    by, reason = _name_and_reason(by, reason)
    with office.open_store(create=False) as store, store.writing():
        versions = [
            version
            for version in store.versions(period, code=item.code)
            if version.record.agency == agency and version.record.is_reported
        ]
        wanted = _version(versions, sha256.strip().lower(), item)
        source = wanted.record.source
        decision = Decision(
            DecisionKind.VERSION,
            now,
            by,
            reason,
            period,
            item.code,
            agency,
            spell(wanted.record.actual),
            sha256="" if source is None else source.sha256,
        )
        known = _booked_before(decision, store.decisions(period))
        if known is not None and wanted.current:
            return known
        store.decide(decision)
    return decision


# --- inside ----------------------------------------------------------------------------------


def _doubts(
    office: Office, current_figures: CurrentFigures, period: Period, today: date
) -> Iterable[Doubt]:
    stands = current_figures.at(period)
    lines = status_lines(
        stands.plan, office.rules, period, stands.records, today, confirmed=stands.confirmed
    )
    sent = {record.key: record for record in stands.records}
    for line in (*lines, *parts_of(lines)):
        if not line.counts or line.record is None or line.rating.state != LampState.IN_DOUBT:
            continue
        # A part of a ratio is rated by the quotient; what was sent is what a person confirms.
        record = sent[line.record.key]
        # Only a number can be confirmed. A confirmed one may still be in doubt for another
        # reason, such as a missing denominator, which a person cannot decide here.
        is_new = record.key not in stands.confirmed
        if record.period == period and isinstance(record.actual, Decimal) and is_new:
            yield Doubt(record, line.rating.reason)


def _sides(office: Office, store: Store, period: Period, item: Item) -> list[Record]:
    """Return the records that conflict about a figure, decided or not; the reporter's first."""
    rivals = [
        conflict
        for conflict in conflicts_in(office.plans, store.current_records())
        if conflict.left.period == period and conflict.code == item.code
    ]
    return [rivals[0].left, *(conflict.right for conflict in rivals)] if rivals else []


def _version(versions: Sequence[LoggedRecord], sha256: str, item: Item) -> LoggedRecord:
    fitting = {
        version.record.source.sha256: version
        for version in versions
        if version.record.source is not None and version.record.source.sha256.startswith(sha256)
    }
    if len(fitting) == 1 and sha256:
        return next(iter(fitting.values()))
    known = counted_names(
        [
            f"{spell(version.record.actual)}（{version.record.source.sha256[:12]}）"
            for version in versions
            if version.record.source is not None
        ]
    )
    if not known:
        raise AppError(f"没有收到过“{item.name}”的数，没有可改用的版本。请核对单位和数据期。")
    which = (
        f"没有校验值以“{sha256}”开头的文件"
        if not fitting
        else f"不止一份文件的校验值以“{sha256}”开头"
    )
    raise AppError(f"{which}。收到过的有：{known}。请从中选一份，照它的校验值写。")


def _current_value(store: Store, period: Period, item: Item, agency: str) -> str:
    key = (str(period), item.code, agency)
    return next(
        (spell(record.actual) for record in store.current_records() if record.key == key), ""
    )


def _formatted_number(value: str, item: Item) -> str:
    number = read_cell(value, item).value
    if not isinstance(number, Decimal):
        raise AppError(f"--value 应是一个数，现在是“{value}”。请照退回单上的数填写。")
    return spell(number)


def _check_agency(office: Office, agency: str) -> None:
    if office.plans.agency(agency) is None:
        known = office.plans.latest.agencies[0].name
        raise AppError(f"方案的单位名单里没有“{agency}”。请写单位全称，如“{known}”。")


def _booked_before(decision: Decision, known: Iterable[Decision]) -> Decision | None:
    """Return the last decision about the same figure if it equals this one; else None.

    So a command that is run again after an interruption books nothing twice.
    """
    last = None
    about = {decision.agency, decision.other}
    for earlier in known:
        if (earlier.kind, earlier.code) == (decision.kind, decision.code):
            last = earlier if {earlier.agency, earlier.other} == about else last
    return last if last is not None and replace(last, at=decision.at) == decision else None


def _name_and_reason(by: str, reason: str) -> tuple[str, str]:
    by, reason = by.strip(), reason.strip()
    if not reason:
        raise AppError("决定要写明理由。请用 --reason 写明，理由会记入日志。")
    if not by:
        raise AppError("决定要写明是谁作的。请用 --by 写明姓名。")
    return by, reason


# --- Use case: book the decisions that people have typed into the ledger's sheet 冲突 -----------

BY = "台账“冲突”表"

_NO_REASON = "请在“理由”里写明为什么。"
_NO_AGENCY = "请在“采用单位”里写明采用哪个单位的数。"
_NUMBERS_CHANGED = "这两个单位有新的数，上次的决定没有记入。请看过新的数，再填“采用单位”。"
_NO_SIDE = "“采用单位”请填“{left}”或“{right}”。"


def book_choices(office: Office, typed: Sequence[TypedChoice], now: datetime) -> int:
    """Book the complete choices whose numbers have not changed since; return how many.

    The other choices stay in the sheet; `with_choices` adds the reason.

    Raises:
        StoreError: the store cannot be opened or written.
    """
    if not typed or not office.has_store():
        return 0
    with office.open_store(readonly=True) as store, store.reading():
        open_conflicts = conflicts_in(office.plans, store.current_records(), store.decisions())
    booked = 0
    for typed_choice in typed:
        conflict = next(
            (
                open_conflict
                for open_conflict in open_conflicts
                if typed_choice.is_about(open_conflict)
            ),
            None,
        )
        if conflict is None or _problem(typed_choice, conflict):
            continue
        try:
            decide(
                office,
                conflict.left.period,
                conflict.code,
                typed_choice.choice.agency,
                now=now,
                by=typed_choice.choice.by or BY,
                reason=typed_choice.choice.reason,
                seen={side.agency: spell(side.actual) for side in (conflict.left, conflict.right)},
            )
        except AppError:
            continue  # decided or changed by somebody else meanwhile: the sheet will show it
        booked += 1
    return booked


def with_choices(
    lines: Iterable[ConflictLine], typed: Sequence[TypedChoice]
) -> tuple[ConflictLine, ...]:
    """Return the lines with the choices that were typed but not booked, and what is wrong."""
    return tuple(_with_choice(line, typed) for line in lines)


def _with_choice(line: ConflictLine, typed: Sequence[TypedChoice]) -> ConflictLine:
    if line.decision is not None:
        return line
    typed_choice = next(
        (candidate for candidate in typed if candidate.is_about(line.conflict)), None
    )
    if typed_choice is None:
        return line
    problem = _problem(typed_choice, line.conflict)
    # A choice between the old numbers must not be booked for the new ones at the next refresh.
    choice = (
        replace(typed_choice.choice, agency="")
        if problem == _NUMBERS_CHANGED
        else typed_choice.choice
    )
    return replace(line, choice=replace(choice, problem=problem))


def _problem(typed_choice: TypedChoice, conflict: Conflict) -> str:
    left, right = conflict.left.agency, conflict.right.agency
    choice = typed_choice.choice
    if choice.agency and not typed_choice.has_numbers_of(conflict):
        return _NUMBERS_CHANGED
    if not choice.agency:
        return _NO_AGENCY
    if choice.agency not in (left, right):
        return _NO_SIDE.format(left=left, right=right)
    return "" if choice.reason else _NO_REASON
