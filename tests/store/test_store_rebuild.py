from __future__ import annotations

import errno
import os
import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.store_office import MORNING, Q3, Office

from qiyx_xl.core.consolidation.conflicts import Decision, DecisionKind, choose
from qiyx_xl.core.consolidation.merge import consolidate
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.history.closing import close, reopen
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.files.durable import sha256_of
from qiyx_xl.store import Store, StoreError
from qiyx_xl.store.journal import NAME, Journal

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.rules import Rules

HEALTH, SOCIAL = "区卫健局", "区民政局"
NOON = datetime(2026, 10, 20, 12, 0, tzinfo=UTC)


def everything(path: Path) -> tuple[object, ...]:
    with Store.open(path) as store:
        return (
            store.all_records(),
            store.versions(),
            store.runs(),
            store.findings(Q3),
            store.decisions(),
            store.closings(),
            store.known_hashes(),
            store.position(),
        )


def list_of(office: Office) -> Path:
    return office.folder / "七优享台账.原件" / NAME


@pytest.fixture
def lived(office: Office, rules: Rules) -> Office:
    """An office with a history: revisions, a returned file, a conflict decided, a closing."""
    warning = Finding("V201", Severity.WARNING, "请核对。", "填报表", "G6", value="4.9")
    office.take(
        office.file("一.xlsx", HEALTH, {"1": "4.90", "2": "66"}, findings=(warning,)),
        office.file(
            "退.xlsx",
            "区住建局",
            {},
            status=SubmissionStatus.RETURNED,
            findings=(Finding("F101", Severity.ERROR, "空文件。"),),
        ),
    )
    outcome = office.take(office.file("二.xlsx", SOCIAL, {"1": "5.5"}, saved=3), hour=2)
    office.take(office.file("三.xlsx", HEALTH, {"2": "67"}, saved=5), hour=3)
    ledger = office.folder / "七优享台账.xlsm"
    ledger.write_bytes(b"a ledger")
    with Store.open(office.path) as store:
        store.decide(choose(outcome.conflicts[0], SOCIAL, at=NOON, by="张三", reason="以民政为准"))
        lines = status_lines(office.plan, rules, Q3, store.current_records(), date(2026, 10, 20))
        closing = close(
            office.plan,
            rules,
            Q3,
            lines,
            store.closings(),
            at=NOON,
            by="张三",
            ledger=sha256_of(ledger),
        )
        store.book_closing(closing, ledger.read_bytes())
    return office


def test_a_closing_keeps_the_figures_and_a_copy_of_the_ledger(lived: Office) -> None:
    with Store.open(lived.path) as store:
        closing = store.closing(Q3)
        assert closing is not None
        kept = store.originals.find(closing.ledger)
    assert kept is not None
    assert (kept.suffix, kept.read_bytes()) == (".xlsm", b"a ledger")
    frozen = {figure.code: figure for figure in closing.figures}
    assert (frozen["2"].actual, frozen["2"].source.file) == (Decimal(67), "三.xlsx")


def test_a_closed_period_refuses_what_was_worked_out_before_it_was_closed(lived: Office) -> None:
    late = lived.file("晚.xlsx", HEALTH, {"2": "70"}, saved=90)
    with Store.open(lived.path) as store:
        outcome = consolidate(lived.plan, Q3, store.logged_records(), [late], (), at=NOON)
        with pytest.raises(StoreError, match="已于 2026-10-20 12:00 封账，这次没有写入任何内容"):
            store.commit(outcome, {late.sha256: lived.inbox / "晚.xlsx"}, NOON)
    lived.take(late, hour=600, closed=True, revision_reason="审计调整")
    with Store.open(lived.path) as store:
        rows = [row for row in store.all_records() if row.record.code == "2" and row.current]
        assert [(str(row.record.actual), row.reason) for row in rows] == [("70", "审计调整")]
        assert store.runs()[-1].reason == "审计调整"
        store.book_closing(reopen(Q3, store.closings(), at=NOON, by="张三", reason="误操作"))
        assert store.closing(Q3) is None


def test_a_preferred_earlier_version_stands_until_the_agency_sends_again(office: Office) -> None:
    old = office.file("旧.xlsx", HEALTH, {"1": "4.9"}, saved=0)
    office.take(old)
    office.take(office.file("新.xlsx", HEALTH, {"1": "49"}, saved=9), hour=2)
    decision = Decision(
        DecisionKind.VERSION,
        NOON,
        "张三",
        "新件错了一位",
        Q3,
        "1",
        HEALTH,
        "4.9",
        sha256=old.sha256,
    )
    with Store.open(office.path) as store:
        store.decide(decision)
        assert store.decisions(Q3) == (decision,)
        assert [str(one.actual) for one in store.current_records()] == ["4.9"]
        assert [str(one.actual) for one in store.current_records(until=2)] == ["49"]
        assert [one.current for one in store.versions()] == [True, False]


def test_a_lost_log_is_rebuilt_from_the_originals_to_the_last_cell(lived: Office) -> None:
    before = everything(lived.path)
    lived.path.unlink()
    shutil.rmtree(lived.inbox)
    rebuilt = Store.rebuild(lived.path)
    assert everything(lived.path) == before
    assert (rebuilt.runs, rebuilt.records, rebuilt.unfinished) == (3, 4, 0)


def test_a_rebuilt_log_goes_on_as_before(lived: Office) -> None:
    lived.path.unlink()
    Store.rebuild(lived.path)
    lived.take(
        lived.file("四.xlsx", SOCIAL, {"13": "30"}, saved=70),
        hour=9,
        closed=True,
        revision_reason="补报",
    )
    before = everything(lived.path)
    lived.path.unlink()
    Store.rebuild(lived.path)
    assert everything(lived.path) == before
    assert len(list(list_of(lived).parent.glob("清单*"))) == 1


def test_a_store_that_is_still_there_is_not_rebuilt(lived: Office) -> None:
    before = lived.path.read_bytes()
    with pytest.raises(StoreError, match="还在，没有重建"):
        Store.rebuild(lived.path)
    assert lived.path.read_bytes() == before


def test_rebuilding_names_the_originals_that_are_lost(lived: Office) -> None:
    with Store.open(lived.path) as store:
        (sha256, kept), *_ = store.originals.all()
    kept.unlink()
    extra = lived.folder / "别处.xlsx"
    extra.write_bytes(b"from a booking that is lost")
    unknown = sha256_of(extra)
    lived.path.unlink()
    Store.rebuild(lived.path)
    with Store.open(lived.path) as store:
        store.originals.keep(unknown, extra)
        assert store.strays() == ((f"{sha256}{kept.suffix}",), (), (f"{unknown}.xlsx",))


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda text: text.replace('"4.90"', '"9.40"'), "第 [0-9]+ 行为止有一处被改动过或损坏"),
        (
            lambda text: text.replace("journal/2", "journal/9"),
            "第 [0-9]+ 行为止有一处被改动过或损坏",
        ),
        (lambda _: None, "没有它不能照原样重建"),
    ],
)
def test_a_list_that_somebody_changed_is_not_believed(
    lived: Office, spoil: object, sentence: str
) -> None:
    path = list_of(lived)
    text = spoil(path.read_text(encoding="utf-8"))  # type: ignore[operator]
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    lived.path.unlink()
    with pytest.raises(StoreError, match=sentence):
        Store.rebuild(lived.path)
    assert [one.name for one in lived.folder.glob("*.sqlite*")] == []


@pytest.mark.parametrize("torn", [1, 40, 4000])
def test_a_list_torn_at_its_end_is_mended_by_the_next_booking(lived: Office, torn: int) -> None:
    path = list_of(lived)
    content = path.read_bytes()
    path.write_bytes(content[:-torn])
    lived.take()
    assert path.read_bytes() == content


def test_a_booking_stands_even_if_the_list_cannot_be_written_and_the_next_run_mends_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    two = office.file("二.xlsx", SOCIAL, {"13": "30"})

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(list_of(office)))

    with monkeypatch.context() as broken:
        broken.setattr(Journal, "_append", full)
        with pytest.raises(
            InterruptedAfterBookingError, match=r"已记入数据库.*没有续上.*再运行一次"
        ):
            office.take(two, hour=2)
    behind = list_of(office).read_bytes()
    assert len(office.current_actuals()) == 2
    assert list_of(office).read_bytes().startswith(behind)
    assert list_of(office).read_bytes() != behind
    before = everything(office.path)
    office.path.unlink()
    Store.rebuild(office.path)
    assert everything(office.path) == before


def test_an_older_log_put_back_does_not_overwrite_the_list_of_the_later_one(
    office: Office,
) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    backup = office.path.read_bytes()
    office.take(office.file("二.xlsx", SOCIAL, {"13": "30"}), hour=2)
    later = list_of(office).read_bytes()
    office.path.write_bytes(backup)
    third = office.file("三.xlsx", SOCIAL, {"13": "31"}, saved=3)
    for how in ({}, {"readonly": True}):
        with pytest.raises(StoreError, match=r"数据库比旁边的“清单\.jsonl”旧"):
            Store.open(office.path, **how)
    assert (office.path.read_bytes(), list_of(office).read_bytes()) == (backup, later)
    # Whoever means it moves the list away; then a new one is begun from the older log.
    list_of(office).rename(office.folder / "移走的清单.jsonl")
    office.take(third, hour=3)
    before = everything(office.path)
    office.path.unlink()
    Store.rebuild(office.path)
    assert everything(office.path) == before


def test_times_keep_their_zone(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}))
    with Store.open(office.path) as store:
        (row,) = store.all_records()
    assert row.accepted_at.utcoffset() == MORNING.utcoffset()
