from __future__ import annotations

import itertools
import shutil
import sqlite3
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.examples import tried
from support.store_office import MORNING, Q3, Office

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.store import Store, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

HEALTH, SOCIAL = "区卫健局", "区民政局"


def rows(office: Office) -> list[tuple[object, ...]]:
    """Everything the ledger's record sheets show of the log."""
    with Store.open(office.path) as store:
        return (
            [(row.record, row.accepted_at, row.run, row.current) for row in store.all_records()]
            + list(store.runs())
            + list(store.findings(Q3))
        )


def test_every_number_comes_back_with_its_file_sheet_cell_hash_and_time(office: Office) -> None:
    sent = office.file("卫健局.xlsx", HEALTH, {"1": "4.90", "10": "82.75"}, saved=0)
    office.take(sent)
    with Store.open(office.path) as store:
        logged = store.all_records()
    assert [row.record.code for row in logged] == ["1", "10"]
    first = logged[0]
    assert str(first.record.actual) == "4.90"
    source = first.record.source
    assert source is not None
    assert (source.file, source.sha256, source.sheet, source.cell) == (
        "卫健局.xlsx",
        sent.sha256,
        "填报表",
        "G6",
    )
    assert source.saved_at == MORNING
    assert (first.accepted_at.hour, first.run, first.current) == (10, 1, True)


@pytest.mark.parametrize(
    "actual",
    [
        Decimal(0),
        Decimal("-0.10"),
        Decimal("123456789012345678.90"),
        Decimal("1E+2"),
        Word.FULL_COVERAGE,
        Absence.NOT_APPLICABLE,
        Unreadable("约九成", "不是确数"),
    ],
)
def test_a_value_comes_back_as_it_went_in(office: Office, actual: object) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": actual}))  # type: ignore[dict-item]
    stands = office.current_actuals()["1"]
    assert stands == actual
    assert type(stands) is type(actual)


def test_the_same_files_again_change_nothing_not_even_the_log(office: Office) -> None:
    files = [
        office.file("一.xlsx", HEALTH, {"1": "4.9"}),
        office.file("二.xlsx", SOCIAL, {"13": "30"}),
        office.file(
            "坏.xlsx",
            "区住建局",
            {"17": "2.7"},
            status=SubmissionStatus.RETURNED,
            findings=(Finding("V104", Severity.ERROR, "请改。", "填报表", "G6"),),
        ),
    ]
    office.take(*files)
    bytes_before = office.path.read_bytes()
    outcome = office.take(*files, hour=5)
    assert office.path.read_bytes() == bytes_before
    assert [one.agency for one in outcome.duplicates] == [HEALTH, SOCIAL]
    assert (outcome.accepted, outcome.new, outcome.revised) == ((), (), ())


def test_a_later_file_of_the_same_agency_wins_and_both_are_kept(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0))
    outcome = office.take(office.file("二.xlsx", HEALTH, {"1": "5.1"}, saved=30), hour=2)
    (revision,) = outcome.revised
    assert (revision.before.actual, revision.after.actual) == (Decimal("4.9"), Decimal("5.1"))
    with Store.open(office.path) as store:
        assert [(str(row.record.actual), row.current) for row in store.all_records()] == [
            ("4.9", False),
            ("5.1", True),
        ]


def test_an_older_file_that_arrives_late_is_kept_but_not_used(office: Office) -> None:
    office.take(office.file("新.xlsx", HEALTH, {"1": "5.1"}, saved=30))
    outcome = office.take(office.file("旧.xlsx", HEALTH, {"1": "4.9"}, saved=0), hour=2)
    assert [str(record.actual) for record in outcome.stale] == ["4.9"]
    assert outcome.revised == ()
    assert office.current_actuals() == {"1": Decimal("5.1")}
    with Store.open(office.path) as store:
        assert len(store.all_records()) == 2


def test_repeating_a_number_adds_no_row_and_keeps_its_first_source(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0))
    outcome = office.take(office.file("二.xlsx", HEALTH, {"1": "4.90"}, saved=9), hour=2)
    assert len(outcome.unchanged) == 1
    with Store.open(office.path) as store:
        (row,) = store.all_records()
        assert row.record.source is not None
        assert row.record.source.file == "一.xlsx"
        assert len(store.versions()) == 2


def test_findings_of_a_file_are_those_of_its_last_check(office: Office) -> None:
    def returned(message: str) -> object:
        finding = Finding("V104", Severity.ERROR, message, "填报表", "G6", "本期实际值", "3个", "3")
        return office.file(
            "一.xlsx", HEALTH, {"1": "4.9"}, status=SubmissionStatus.RETURNED, findings=(finding,)
        )

    office.take(returned("甲"))  # type: ignore[arg-type]
    office.take(returned("乙"), hour=2)  # type: ignore[arg-type]
    with Store.open(office.path) as store:
        (found,) = store.findings(Q3)
    assert (found.finding.message, found.finding.suggestion) == ("乙", "3")
    assert (found.file, found.agency, found.run) == ("一.xlsx", HEALTH, 2)


VERSIONS = st.lists(
    st.tuples(
        st.sampled_from([HEALTH, SOCIAL]),
        st.dictionaries(
            st.sampled_from(["1", "2", "13"]),
            st.sampled_from(["1", "2", "3", Absence.NOT_REPORTED, Absence.NOT_APPLICABLE]),
            min_size=1,
        ),
        st.dictionaries(st.sampled_from(["1", "2"]), st.sampled_from(["7", "8"])),
        st.sampled_from(["", "甲", "乙"]),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@tried(0.4)
@given(batch=VERSIONS, data=st.data())
def test_any_order_of_the_same_files_gives_the_same_log(
    new_office: Callable[[], Office], batch: list[tuple], data: st.DataObject
) -> None:
    """In one batch; saving times may coincide or be missing."""
    saved = data.draw(
        st.lists(st.sampled_from([0, 1, 2, None]), min_size=len(batch), max_size=len(batch))
    )
    order = data.draw(st.permutations(range(len(batch))))
    first, second = new_office(), new_office()
    results = []
    for office, places in ((first, range(len(batch))), (second, order)):
        files = [
            office.file(
                f"{index}.xlsx",
                agency,
                values,
                saved=when,
                seconds=seconds,
                remarks=dict.fromkeys(values, remark),
            )
            for index, ((agency, values, seconds, remark), when) in enumerate(
                zip(batch, saved, strict=True)
            )
        ]
        outcome = office.take(*(files[place] for place in places))
        results.append((rows(office), outcome.records, outcome.new, outcome.revised))
    assert results[0] == results[1]


@pytest.mark.slow
@tried(0.4)
@given(batch=VERSIONS, data=st.data())
def test_files_that_say_when_they_were_saved_may_come_in_any_order_in_any_batches(
    new_office: Callable[[], Office], batch: list[tuple], data: st.DataObject
) -> None:
    order = data.draw(st.permutations(range(len(batch))))
    at_once, piecemeal = new_office(), new_office()
    standing = []
    for office in (at_once, piecemeal):
        files = [
            office.file(
                f"{index}.xlsx",
                agency,
                values,
                saved=index,
                seconds=seconds,
                remarks=dict.fromkeys(values, remark),
            )
            for index, (agency, values, seconds, remark) in enumerate(batch)
        ]
        if office is at_once:
            office.take(*files)
        else:
            for hour, place in enumerate(order, start=1):
                office.take(files[place], hour=hour)
        with Store.open(office.path) as store:
            standing.append(
                (
                    store.current_records(),
                    {(row.record, row.current) for row in store.all_records()},
                )
            )
    assert standing[0] == standing[1]


@tried(0.3)
@given(batch=VERSIONS)
def test_no_accepted_number_is_lost_or_doubled(
    new_office: Callable[[], Office], batch: list[tuple]
) -> None:
    office = new_office()
    sent = []
    for index, (agency, values, _, _) in enumerate(batch):
        file = office.file(f"{index}.xlsx", agency, values, saved=index)
        office.take(file, hour=index)
        office.take(file, hour=index + 1)
        sent += [(one.key, one.actual, file.sha256) for one in file.records if one.is_reported]
    with Store.open(office.path) as store:
        logged = [
            (one.record.key, one.record.actual, one.record.source.sha256)
            for one in store.versions()
            if one.record.source is not None
        ]
        current = [row.record.key for row in store.all_records() if row.current]
    assert sorted(map(repr, logged)) == sorted(map(repr, sent))
    assert sorted(current) == sorted({key for key, _, _ in sent})


def test_nothing_in_the_log_can_be_changed_or_removed(office: Office) -> None:
    office.take(
        office.file(
            "一.xlsx",
            HEALTH,
            {"1": "4.9"},
            findings=(Finding("V201", Severity.WARNING, "请核对。"),),
        )
    )
    connection = sqlite3.connect(office.path)
    tables = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    ]
    assert len(tables) == 14
    filled = 0
    for table, change in itertools.product(tables, ("DELETE FROM {}", "UPDATE {} SET rowid = 99")):
        if connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,):  # noqa: S608
            continue
        filled += 1
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            connection.execute(change.format(table))
    assert filled == 12


def test_originals_are_kept_by_hash_to_the_last_byte(office: Office) -> None:
    sent = office.file("卫健局.xlsx", HEALTH, {"1": "4.9"})
    content = (office.inbox / "卫健局.xlsx").read_bytes()
    office.take(sent)
    shutil.rmtree(office.inbox)
    with Store.open(office.path) as store:
        kept = store.originals.find(sent.sha256)
        assert store.originals.damaged() == ()
    assert kept == office.folder / "七优享台账.原件" / sent.sha256[:2] / f"{sent.sha256}.xlsx"
    assert kept.read_bytes() == content


def test_a_file_changed_after_its_check_stops_everything(office: Office) -> None:
    good = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    changed = office.file("二.xlsx", SOCIAL, {"13": "30"})
    (office.inbox / "二.xlsx").write_bytes(b"something else")
    with pytest.raises(StoreError) as stopped:
        office.take(good, changed)
    assert str(stopped.value) == (
        "“二.xlsx”在校验之后又被改动过，这次没有写入任何内容。请关闭正在编辑它的程序，再汇总一次。"
    )
    assert office.current_actuals() == {}


def test_a_damaged_original_is_replaced_when_its_file_is_kept_again(office: Office) -> None:
    sent = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    office.take(sent)
    with Store.open(office.path) as store:
        kept = store.originals.find(sent.sha256)
        assert kept is not None
        kept.write_bytes(b"rotten")
        assert store.originals.damaged() == (kept,)
        assert store.originals.keep(sent.sha256, office.inbox / "一.xlsx") == kept
        assert store.originals.damaged() == ()


def test_the_state_as_of_an_earlier_run_can_still_be_seen(office: Office) -> None:
    office.take(office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0))
    office.take(office.file("二.xlsx", HEALTH, {"1": "5.1"}, saved=30), hour=2)
    with Store.open(office.path) as store:
        (then,) = store.current_records(until=1)
        (now,) = store.current_records()
    assert (then.actual, now.actual) == (Decimal("4.9"), Decimal("5.1"))


def test_the_position_changes_with_every_booking_and_only_then(office: Office) -> None:
    def position() -> str:
        with Store.open(office.path) as store:
            return store.position()

    file = office.file("一.xlsx", HEALTH, {"1": "4.9"})
    assert position() == "0.0.0"
    office.take(file)
    assert position() == "1.0.0"
    office.take(file)
    assert position() == "1.0.0"
