"""Which plan does an office go by? What ledger, store and a plan given by hand must agree on.

The store is the authority. Nothing is read, shown, written or booked by another plan: whoever opens
an office gets its plans from here, or an error that names both plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.intake.office_files.plan import load_plan

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.timeline import Adoption

_DIGITS = 8
"""So many digits of a digest tell two plans with equal names apart in a message."""


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What a ledger says about its office: its plan, and where its store is.

    ``plan_sha256`` is empty in ledgers of earlier versions; ``store`` is the setting 数据库, empty
    for the default.
    """

    plan_id: str
    plan_version: str
    plan_sha256: str
    store: str


def ledger_facts(ledger: Path) -> LedgerFacts | None:
    """Return what a ledger says; None if it is not there or cannot be read.

    A damaged ledger is left to whoever opens it.
    """
    if not ledger.exists():  # then nothing that reads ledgers need be loaded
        return None
    from qiyx_xl.ledger.errors import LedgerError
    from qiyx_xl.ledger.glance import STORE_SETTING, glance

    try:
        seen = glance(ledger)
        if seen is None:
            from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error

            with raising_damaged_ledger_error(ledger.name):
                opened = OpenedLedger(ledger.read_bytes(), ledger.name, is_checked=False)
                seen = opened.identity, opened.setting(STORE_SETTING)
    except (OSError, LedgerError):
        return None
    identity, named = seen
    return LedgerFacts(
        identity.get("plan_id", ""),
        identity.get("plan_version", ""),
        identity.get("plan_sha256", ""),
        named.strip(),
    )


def plans_of(ledger: Path, store: Path | None, given: Plan | None) -> Plans:
    """Return the plans of an office of which nothing else is needed.

    Raises:
        AppError: ledger, store and the plan given do not agree about the plan.
        StoreError: there is a store, and it cannot be read.
    """
    shown = ledger_facts(ledger)
    place = store_beside(ledger, shown) if store is None else store
    return agreed_plans(ledger, place, shown, given)


def store_beside(ledger: Path, shown: LedgerFacts | None) -> Path:
    """Return the store that a ledger's 设置 names, else the one beside it with its name."""
    if shown is not None and shown.store:
        return ledger.parent / shown.store
    return ledger.with_suffix(".sqlite")


def agreed_plans(
    ledger: Path,
    store: Path,
    shown: LedgerFacts | None,
    given: Plan | None,
    *,
    despite_damage: bool = False,
) -> Plans:
    """Return the plans of an office, on which ledger, store and the plan given agree.

    Args:
        ledger: the ledger's path.
        store: the store's path.
        shown: what the ledger says, if it is there.
        given: a plan given by hand.
        despite_damage: whether a store that cannot be read, or is lost, may be passed over: its
            journal is then asked.

    Raises:
        AppError: they do not agree.
        StoreError: there is a store, and it cannot be read.
    """
    adopted = _adopted(ledger, store, despite_damage=despite_damage)
    if not adopted:
        plan = load_plan() if given is None else given
        if given is None and shown is not None and shown.plan_id not in ("", plan.plan_id):
            raise AppError(
                f"台账“{ledger.name}”是按方案“{shown.plan_id}”（{shown.plan_version}）写的，它的数据库"
                f"“{store.name}”却不在旁边，自带的“{plan.plan_id}”不是它的方案，什么都没有动。"
                "请把数据库放回来，或用 --store 指明它在哪里；"
                "还没有数据库的，请用 --plan 给出方案文件。"
            )
        _check_ledger_goes_by(ledger, shown, (plan,), "--plan 给的却是", by_id=given is None)
        return Plans.only(plan)
    plans = Plans(adopted)
    known = [adoption.plan for adoption in adopted]
    _check_ledger_goes_by(ledger, shown, known, f"数据库“{store.name}”里却是")
    if given is not None and given.sha256 != plans.latest.sha256:
        raise AppError(
            f"--plan 给的是方案{_named(given)}，数据库“{store.name}”里现行的却是"
            f"{_named(plans.latest)}，什么都没有动。请去掉 --plan；要改用别的方案，"
            "请运行 qiyx plan adopt。"
        )
    return plans


def _adopted(ledger: Path, store: Path, *, despite_damage: bool) -> tuple[Adoption, ...]:
    if not any(place.exists() for place in (ledger, store)):
        return ()  # then nothing that reads stores need be loaded
    if not despite_damage and store.is_file() and store.stat().st_size > 0:
        from qiyx_xl.store.plans import adopted_plans

        known = adopted_plans(store)
        if known is not None:
            return known
    from qiyx_xl.store import Store, StoreError

    if not Store.is_there(store):
        if not Store.traces(store):
            return ()
        if not despite_damage:
            Store.check_lost(store)
    else:
        try:
            with Store.open(store, readonly=True, alone=despite_damage) as opened:
                return opened.plans()
        except StoreError:
            if not despite_damage:
                raise
    try:
        with Store.replayed(store) as opened:
            return opened.plans()
    except StoreError:
        return ()


def _check_ledger_goes_by(
    ledger: Path,
    shown: LedgerFacts | None,
    plans: Sequence[Plan],
    said: str,
    *,
    by_id: bool = False,
) -> None:
    """Check that the plan by which a ledger was written is one of these.

    Args:
        ledger: its path.
        shown: what it says.
        plans: the plans known here, the one to be named last.
        said: how the message goes on about that plan.
        by_id: whether the plan's id is enough, as for the shipped plan, whose content may be newer.

    Raises:
        AppError: it is another plan.
    """
    if shown is None or not shown.plan_id:
        return
    for plan in plans:
        if shown.plan_sha256 and not by_id:
            if plan.sha256 == shown.plan_sha256:
                return
        elif plan.plan_id == shown.plan_id:
            return
    theirs = f"“{shown.plan_id}”（{shown.plan_version}"
    if shown.plan_id == plans[-1].plan_id and shown.plan_sha256:
        theirs += f"，摘要 {shown.plan_sha256[:_DIGITS]}"
    raise AppError(
        f"台账“{ledger.name}”是按方案{theirs}）写的，{said}方案{_named(plans[-1])}，什么都没有动。"
        "请用 --plan 给出台账的方案文件，或换一个台账；台账旁边的数据库不是它的，请放回它自己的。"
    )


def _named(plan: Plan) -> str:
    return f"“{plan.plan_id}”（{plan.version}，{plan.title}，摘要 {plan.sha256[:_DIGITS]}）"
