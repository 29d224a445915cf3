from __future__ import annotations

import errno
import hashlib
import os
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import TYPE_CHECKING

import pytest
from support.desk import HEALTH, INSURANCE, MORNING, Q2, Q3, TODAY

from qiyx_xl import app
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.history.closing import ClosingError
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.rating.scorecard import summarise
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.refresh import check_ledger
from qiyx_xl.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from support.desk import Desk

NOON = MORNING.replace(hour=12)
EVENING = MORNING.replace(hour=18)


@pytest.fixture
def closed(desk: Desk) -> Desk:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9, "2": 69.5, "12": 60}))
    app.close(desk.office, Q3, now=NOON, by="张三")
    return desk


@pytest.mark.slow
def test_a_file_for_a_closed_period_is_returned_with_the_reason(closed: Desk) -> None:
    before = closed.lines()
    late = closed.consolidate(closed.file(HEALTH, {"1": 6}, saved=600), hour=5)
    (returned,) = late.consolidation.returned
    assert [one.code for one in returned.findings][-1] == "C101"
    assert "2026年三季度已经封账" in returned.findings[-1].message
    assert late.consolidation.accepted == ()
    assert not late.is_clean
    assert closed.lines() == before


@pytest.mark.slow
def test_a_revision_is_booked_with_its_reason_and_the_frozen_figures_stay(closed: Desk) -> None:
    file = closed.file(HEALTH, {"1": 5.5}, saved=600)
    done = closed.consolidate(file, hour=5, revision_reason="审计调整")
    assert done.consolidation.reason == "审计调整"
    state = app.state(closed.office, Q3, TODAY)
    assert state.closing is not None
    assert (state.closing.by, state.revisions) == ("张三", 1)
    assert closed.shown("1").startswith("4.9"), "the published figure stays"
    found = app.differences(closed.office, Q3, "封账", TODAY)
    (change,) = found.changes
    assert (change.code, change.delta) == ("1", Decimal("0.6"))
    assert "封账时" in found.before
    assert found.after == "2026年三季度（现在）"
    with closed.office.open_store(readonly=True) as store:
        assert [one.reason for one in store.versions(Q3, code="1")] == ["", "审计调整"]


@pytest.mark.slow
def test_a_closed_period_is_rated_as_it_was_whatever_the_rules_say_now(closed: Desk) -> None:
    before = app.state(closed.office, Q3, TODAY)
    strict = replace(
        closed.office.rules, version="9.9", gap_green_pp=Decimal(50), score_amber=Decimal(1)
    )
    changed = replace(closed.office, rules=strict)
    after = app.state(changed, Q3, TODAY)
    assert after.lines == before.lines
    assert after.rules_version == before.rules_version
    scores = [
        [group.score for group in summarise(one.lines, closed.plan, one.rules, "agency")]
        for one in (before, after)
    ]
    assert scores[0] == scores[1]
    assert app.status(changed, Q2, TODAY) != app.status(closed.office, Q3, TODAY)


@pytest.mark.slow
def test_the_ledger_s_copy_is_kept_and_shows_the_closed_period(desk: Desk) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.4}, period=Q2), period=Q2)
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}), hour=1)
    made = app.close(desk.office, Q2, now=NOON, by="张三")
    assert made.copy is not None
    data = made.copy.read_bytes()
    assert hashlib.sha256(data).hexdigest() == made.closing.ledger
    assert OpenedLedger(data, "副本").shown_period() == "2026Q2"
    app.refresh(desk.office, Q3, TODAY)
    assert made.copy.read_bytes() == data


@pytest.mark.slow
def test_what_was_due_and_never_came_is_frozen_and_told(closed: Desk) -> None:
    with closed.office.open_store(readonly=True) as store:
        closing = store.closing(Q3)
    assert closing is not None
    lines = closing.lines(closed.plan)
    assert {line.rating.state for line in lines if line.item.code == "13"} == {"未报"}
    assert len(lines) == len(list(closed.plan.items()))


@pytest.mark.slow
def test_closing_needs_settled_figures(desk: Desk) -> None:
    desk.consolidate(desk.file(HEALTH, {"12": 60}), desk.file(INSURANCE, {"12": 65}))
    with pytest.raises(app.AppError, match=r"还有 1 处冲突没有定（“浙里惠民保”投保率），没有封账"):
        app.close(desk.office, Q3, now=NOON, by="张三")
    app.decide(desk.office, Q3, "12", INSURANCE, now=NOON, by="张三", reason="以参保库为准")
    app.close(desk.office, Q3, now=NOON, by="张三")
    assert desk.shown("12").startswith("65")


@pytest.mark.slow
def test_a_period_is_closed_once_and_needs_a_name_and_figures(closed: Desk) -> None:
    with pytest.raises(ClosingError, match="没有重复封账"):
        app.close(closed.office, Q3, now=EVENING, by="张三")
    with pytest.raises(app.AppError, match="还没有收到过数"):
        app.close(closed.office, Q2, now=EVENING, by="张三")
    with pytest.raises(app.AppError, match="请用 --by 写明姓名"):
        app.close(closed.office, Q2, now=EVENING, by=" ")
    assert [one.action.value for one in app.closings(closed.office)] == ["close"]


def test_an_open_ledger_stops_the_closing_and_nothing_is_frozen(desk: Desk) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    ledger = desk.office.ledger
    before = ledger.read_bytes()
    lock = ledger.with_name(f"~${ledger.name}")
    lock.write_bytes(b"")
    with pytest.raises(LedgerError, match="正在 Excel 或 WPS 中打开"):
        app.close(desk.office, Q3, now=NOON, by="张三")
    assert app.closings(desk.office) == ()
    assert ledger.read_bytes() == before


@pytest.mark.slow
def test_reopening_needs_a_reason_and_lets_files_in_again(closed: Desk) -> None:
    with pytest.raises(ClosingError, match="要说明理由"):
        app.reopen(closed.office, Q3, now=EVENING, by="张三", reason=" ")
    app.reopen(closed.office, Q3, now=EVENING, by="李四", reason="漏报一项")
    assert app.state(closed.office, Q3, TODAY).closing is None
    closed.consolidate(closed.file(HEALTH, {"1": 5.5}, saved=600), hour=12)
    assert closed.shown("1").startswith("5.5")
    assert [one.action.label for one in app.closings(closed.office, Q3)] == ["封账", "启封"]


def test_a_revision_of_an_open_period_is_refused(desk: Desk) -> None:
    file = desk.file(HEALTH, {"1": 4.9})
    with pytest.raises(app.AppError, match="没有封账，不用按“更正”补录"):
        desk.consolidate(file, revision_reason="审计调整")
    assert not desk.office.store.exists()


@pytest.mark.slow
def test_somebody_closes_the_period_while_files_are_being_checked(desk: Desk) -> None:
    """The booking is worked out under the lock, so the closing counts, not what was read before."""
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    late = desk.file(HEALTH, {"1": 6}, saved=600)

    def close_meanwhile(_: object) -> None:
        app.close(desk.office, Q3, now=NOON, by="张三")

    done = desk.consolidate(late, hour=5, on_done=close_meanwhile)
    assert [one.findings[-1].code for one in done.consolidation.returned] == ["C101"]
    assert desk.shown("1").startswith("4.9")


@pytest.mark.slow
def test_a_rebuilt_store_shows_closed_periods_as_before(closed: Desk) -> None:
    before = app.state(closed.office, Q3, TODAY)
    closed.office.store.unlink()
    Store.rebuild(closed.office.store)
    assert app.state(closed.office, Q3, TODAY) == before


def test_without_a_store_there_is_nothing_to_close(desk: Desk) -> None:
    moment: datetime = NOON
    with pytest.raises(StoreError, match="找不到数据库"):
        app.close(desk.office, Q3, now=moment, by="张三")
    assert not desk.office.store.exists()


@pytest.mark.slow
def test_wherever_the_disk_gives_up_the_period_is_closed_or_it_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.consolidate(desk.file(HEALTH, {"1": 4.9}))
    desk.consolidate(desk.file(HEALTH, {"1": 4.4}, period=Q2), period=Q2)  # the ledger shows it
    shown, real = [line.rating for line in desk.lines().values()], os.fsync
    refused: list[str] = []
    for survives in count():
        left = iter(range(survives))

        def sync(handle: int, left: Iterator[int] = left) -> None:
            if next(left, None) is None:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            real(handle)

        monkeypatch.setattr(os, "fsync", sync)
        try:
            app.close(desk.office, Q3, now=NOON, by="张三")
        except (StoreError, LedgerError, InterruptedAfterBookingError) as error:
            refused.append(str(error))
        monkeypatch.setattr(os, "fsync", real)
        check_ledger(desk.office.ledger)
        assert [line.rating for line in desk.lines().values()] == shown
        if app.closings(desk.office):
            break
    assert len(refused) >= 3, "the ledger, its copy, and their folders are put on the disk"
    assert all("磁盘" in sentence for sentence in refused)
    (closing,) = app.closings(desk.office)
    with desk.office.open_store(readonly=True) as store:
        kept = store.originals.find(closing.ledger)
        assert kept is not None
        assert store.originals.damaged() == ()
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == closing.ledger
    assert OpenedLedger(kept.read_bytes(), kept.name).shown_period() == "2026Q3"
    app.refresh(desk.office, Q3, NOON.date())
    assert verify_ledger(desk.office, NOON.date()).is_clean
