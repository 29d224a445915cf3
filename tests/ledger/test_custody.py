"""Store, list, originals and ledger: whatever happens to one of them, nobody is told otherwise."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import jsonschema
import pytest
from support.booked_office import HEALTH, SOCIAL, Booked
from support.spreadsheet_hands import rewrite, sheet_xml

from qiyx_xl import app
from qiyx_xl.app.custody.rebuild import Origin, Proof, rebuild
from qiyx_xl.app.custody.verify import LedgerCheck, verify_ledger
from qiyx_xl.core.history.closing import ClosingError
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.data import resource
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.registry import LedgerSheet
from qiyx_xl.store import Store, StoreError
from qiyx_xl.store.journal import Journal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

pytestmark = pytest.mark.slow

Q3 = Period.parse("2026Q3")
FLIPS = int(os.environ.get("QIYX_FLIPS", "60" if os.environ.get("QIYX_CI") else "18"))


@pytest.fixture
def booked(built: bytes, plan: Plan, rules: Rules, tmp_path: Path) -> Booked:
    here = Booked(tmp_path / "七优享", plan, rules, built)
    here.send(HEALTH, {"1": "4.9", "2": "69"})
    here.send(SOCIAL, {"1": "5.2", "14": "65.7"})
    here.send(HEALTH, {"2": "69.5"})
    here.refresh()
    return here


def journal_of(booked: Booked) -> Path:
    return Store.journal_of(booked.office.store)


def checked(booked: Booked) -> LedgerCheck:
    check = verify_ledger(booked.office, booked.now.date())
    schema = json.loads(resource("schemas/ledger-verify.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(check.to_json())
    return check


def states(check: LedgerCheck) -> tuple[str, str, str, str]:
    return (
        check.store.state,
        check.journal.state,
        check.originals.state,
        check.ledger.state,
    )


def numbers(booked: Booked) -> object:
    with Store.open(booked.office.store, readonly=True, alone=True) as store:
        return (store.all_records(), store.runs(), store.decisions(), store.closings())


def bytes_of(booked: Booked) -> dict[str, bytes]:
    folder = booked.office.store.parent
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def tampered(booked: Booked, *statements: str) -> None:
    """Change the store as somebody would who knows SQLite: without the triggers, put back after."""
    connection = sqlite3.connect(booked.office.store)
    triggers = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall()
    for name, _ in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    for _, sql in triggers:
        connection.execute(sql)
    connection.commit()
    connection.close()


# --- the truth is checked, too ---------------------------------------------------------------


def test_a_whole_office_is_said_to_be_whole(booked: Booked):
    check = checked(booked)
    assert states(check) == ("whole",) * 4
    assert check.is_clean


def test_a_digit_changed_in_the_store_is_the_stores_fault_and_refresh_does_not_hide_it(
    booked: Booked,
):
    before = booked.office.ledger.read_bytes()
    tampered(booked, "UPDATE records SET actual = '96.5' WHERE actual = '69.5'")
    check = checked(booked)
    assert states(check) == ("damaged", "whole", "whole", "whole")
    assert any("69.5" in one and "96.5" in one for one in check.store.problems)
    assert "qiyx ledger rebuild" in check.store.cure and "不要刷新" in check.store.cure
    with pytest.raises(StoreError, match="已经损坏"):
        app.refresh(booked.office, Q3, booked.now.date(), now=booked.now)
    assert booked.office.ledger.read_bytes() == before
    report = rebuild(booked.office, booked.now.date(), now=booked.now)
    assert (report.origin, report.proof, report.is_clean) == (Origin.JOURNAL, Proof.STORE, True)
    assert checked(booked).is_clean
    assert booked.office.ledger.read_bytes() == before


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ("DROP TRIGGER records_keeps_update", "少了触发器 records_keeps_update"),
        (
            "CREATE TRIGGER sly AFTER INSERT ON runs BEGIN SELECT 1; END",
            "多出触发器 sly",
        ),
        ("CREATE TABLE theirs (a)", "多出表 theirs"),
        ("DROP INDEX records_by_code", "少了索引 records_by_code"),
    ],
)
def test_a_trigger_or_table_put_in_or_taken_out_is_named_and_nothing_more_is_written(
    booked: Booked, statement: str, named: str
):
    connection = sqlite3.connect(booked.office.store)
    connection.execute(statement)
    connection.commit()
    connection.close()
    check = checked(booked)
    assert check.store.state == "damaged"
    assert named in check.store.problems
    before = bytes_of(booked)
    with pytest.raises(StoreError, match=named):
        booked.send(HEALTH, {"3": "60"}, name="新.xlsx")
    (booked.office.store.parent / "新.xlsx").unlink()
    assert bytes_of(booked) == before


def test_a_row_that_no_program_booked_is_noticed_and_nothing_is_put_on_top_of_it(booked: Booked):
    connection = sqlite3.connect(booked.office.store)
    connection.execute(
        "INSERT INTO decisions (kind, at, by, reason, period, code, agency, value, other,"
        " other_value, sha256) SELECT 'confirmed', at, '某人', '无', period, '1', '区卫健局', '9',"
        " '', '', '' FROM runs LIMIT 1"
    )
    connection.commit()
    connection.close()
    check = checked(booked)
    assert check.store.state == "damaged"
    assert any("不是本程序写的" in one for one in check.store.problems)
    with pytest.raises(StoreError, match="不是本程序记入的行"):
        booked.refresh()


def test_originals_that_the_log_does_not_know_are_named(booked: Booked):
    folder = booked.office.store.with_name("七优享台账.原件")
    extra = folder / "ab" / f"{'ab' * 32}.xlsx"
    extra.parent.mkdir(exist_ok=True)
    extra.write_bytes(b"of a booking that is lost")
    check = checked(booked)
    assert check.unknown == (extra.name,)
    assert not check.is_clean


def test_numbers_are_held_against_the_cells_of_the_originals(
    built: bytes, plan: Plan, rules: Rules, tmp_path: Path
):
    here = Booked(tmp_path / "七优享", plan, rules, built)
    app.consolidate(here.office, [resource("examples/2026Q3")], Q3, now=here.now)
    whole = checked(here)
    assert whole.is_clean
    assert whole.read.files > 5
    assert whole.read.values > 50
    assert whole.read.unread == 0
    # Somebody forges store and list alike: what the file says cannot be forged with them.
    with Store.open(here.office.store, readonly=True) as store:
        one = next(one for one in store.versions() if one.record.code == "1")
    forged = str(one.record.actual + 1)
    tampered(
        here,
        f"UPDATE records SET actual = '{forged}' WHERE code = '1'",  # noqa: S608 - our own
        "DELETE FROM entries",
    )
    journal_of(here).unlink()
    Store.open(here.office.store).close()
    check = checked(here)
    assert (check.store.state, check.journal.state) == ("whole", "whole")
    assert any(f"“{forged}”" in said for said in check.read.differences)
    assert not check.is_clean


# --- a store that is lost, empty, or older ---------------------------------------------------


def emptied(booked: Booked) -> None:
    booked.office.store.write_bytes(b"")


def lost(booked: Booked) -> None:
    booked.office.store.unlink()


def only_the_ledger_is_left(booked: Booked) -> None:
    booked.office.store.unlink()
    shutil.rmtree(booked.office.store.with_name("七优享台账.原件"))


def only_originals_are_left(booked: Booked) -> None:
    booked.office.store.write_bytes(b"")
    journal_of(booked).unlink()
    booked.office.ledger.unlink()


@pytest.mark.parametrize("loss", [emptied, lost, only_the_ledger_is_left, only_originals_are_left])
def test_where_there_was_a_store_no_command_begins_an_empty_one(
    booked: Booked, loss: Callable[[Booked], None]
):
    loss(booked)
    before = bytes_of(booked)
    day, office = booked.now.date(), booked.office
    tries: list[Callable[[], object]] = [
        office.open_store,
        lambda: office.history(Q3),
        lambda: office.open_store(readonly=True),
        lambda: app.state(office, Q3, day),
        lambda: app.reminders(office, Q3, day),
        lambda: app.close(office, Q3, now=booked.now, by="张三"),
        lambda: app.waiting(office, day),
        lambda: app.matters(office),
    ]
    if office.ledger.exists():
        tries.append(lambda: app.refresh(office, Q3, day, now=booked.now))
        tries.append(
            lambda: app.consolidate(
                office, [resource("examples/2026Q3")], Q3, now=booked.now, dry_run=True
            )
        )
    for attempt in tries:
        with pytest.raises(StoreError, match="没有另建一个空的。请运行 qiyx ledger rebuild"):
            attempt()
    assert bytes_of(booked) == before


def test_reading_writes_nothing_not_even_beside_a_store_of_an_earlier_program(booked: Booked):
    as_before_the_chain(booked)
    before = bytes_of(booked)
    assert app.state(booked.office, Q3, booked.now.date()).lines
    assert checked(booked).store.state == "whole"
    assert bytes_of(booked) == before


def test_an_older_store_put_back_is_told_by_the_list_and_by_the_ledger(booked: Booked):
    backup = booked.office.store.read_bytes()
    booked.send(HEALTH, {"3": "60"})
    booked.refresh()
    whole = numbers(booked)
    booked.office.store.write_bytes(backup)
    before = bytes_of(booked)
    assert states(checked(booked)) == ("behind", "whole", "whole", "whole")
    for attempt in (booked.refresh, lambda: app.state(booked.office, Q3, booked.now.date())):
        with pytest.raises(StoreError, match="旧，或者不是同一个"):
            attempt()
    assert bytes_of(booked) == before
    report = rebuild(booked.office, booked.now.date(), now=booked.now)
    assert report.is_clean
    assert numbers(booked) == whole
    assert [path.name for path in report.aside] == ["七优享台账.旧1.sqlite"]
    # The same without a list: only the ledger knows.
    booked.office.store.write_bytes(backup)
    journal_of(booked).unlink()
    with pytest.raises(StoreError, match="是照另一个或更新的数据库写的（4 次汇总）"):
        booked.refresh()
    check = checked(booked)
    assert (check.ledger.state, check.originals.state) == ("ahead", "apart")
    assert len(check.unknown) == 1


# --- rebuilding says what it could not bring back --------------------------------------------


def cut_behind(booked: Booked, marks: int) -> None:
    """Cut the list behind so many marks."""
    lines = journal_of(booked).read_bytes().splitlines(keepends=True)
    ends = [at for at, line in enumerate(lines, start=1) if line.startswith(b'{"mark"')]
    journal_of(booked).write_bytes(b"".join(lines[: ends[marks - 1]]))


def test_a_list_that_was_cut_is_not_said_to_be_the_whole(booked: Booked):
    cut_behind(booked, 2)
    check = checked(booked)
    assert states(check) == ("whole", "behind", "whole", "whole")
    ledger = booked.office.ledger.read_bytes()
    booked.office.store.unlink()
    report = rebuild(booked.office, booked.now.date(), now=booked.now)
    assert (report.origin, report.proof, report.runs) == (Origin.JOURNAL, Proof.NONE, 2)
    assert report.missing == ("台账写成时数据库里有3 次汇总；重建后有2 次汇总，少了的没有找回来",)
    assert len(report.unknown) == 1
    assert not report.is_clean
    (aside,) = report.aside
    assert aside.read_bytes() == ledger, "the ledger that showed more is kept"


def test_a_list_behind_a_whole_store_is_brought_up_to_date_by_whoever_writes_next(booked: Booked):
    whole = journal_of(booked).read_bytes()
    cut_behind(booked, 1)
    booked.refresh()
    assert journal_of(booked).read_bytes() == whole


def test_a_booking_torn_at_the_lists_end_is_said_to_be_missing(booked: Booked):
    journal_of(booked).write_bytes(journal_of(booked).read_bytes()[:-30])
    booked.office.store.unlink()
    report = rebuild(booked.office, booked.now.date(), now=booked.now)
    assert report.runs == 2
    assert "行没有写完" in report.missing[0]
    assert not report.is_clean
    assert journal_of(booked).with_name("清单.旧1.jsonl").exists()


@pytest.mark.parametrize("spoil", [lambda mark: b"{}\n", lambda mark: mark[:40] + b"\n"])
def test_a_broken_mark_with_more_behind_it_is_refused_and_nothing_is_touched(
    booked: Booked, spoil: Callable[[bytes], bytes]
):
    lines = journal_of(booked).read_bytes().splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if line.startswith(b'{"mark"'))
    lines[at] = spoil(lines[at])
    journal_of(booked).write_bytes(b"".join(lines))
    assert checked(booked).journal.state == "damaged"
    booked.office.store.write_bytes(b"rotten" * 999)
    before = bytes_of(booked)
    assert states(checked(booked))[:2] == ("damaged", "damaged")
    with pytest.raises(StoreError, match="行为止有一处被改动过或损坏了"):
        rebuild(booked.office, booked.now.date(), now=booked.now)
    assert bytes_of(booked) == before


def test_two_histories_are_told_apart_and_neither_is_preferred(booked: Booked, tmp_path: Path):
    other = tmp_path / "别处"
    shutil.copytree(booked.office.store.parent, other)
    booked.send(HEALTH, {"3": "60"})
    twin = Booked.__new__(Booked)
    twin.office = app.Office.at(
        other / booked.office.ledger.name,
        plan=booked.office.plans.latest,
        rules=booked.office.rules,
    )
    twin.now = booked.now
    twin.send(SOCIAL, {"14": "66"}, name="另一份.xlsx")
    shutil.copy2(journal_of(twin), journal_of(booked))
    check = checked(booked)
    assert (check.store.state, check.journal.state) == ("apart", "apart")
    before = bytes_of(booked)
    with pytest.raises(app.AppError, match="不是同一段历史"):
        rebuild(booked.office, booked.now.date(), now=booked.now)
    assert bytes_of(booked) == before


# --- offices of earlier programs -------------------------------------------------------------


def drop_tasks_and_evidence(connection: sqlite3.Connection) -> None:
    """Take away what the step after version 8 adds; nothing may have been said there."""
    for table, column in (
        ("closings", "tasks"),
        ("records", "evidence"),
        ("project_records", "evidence"),
    ):
        connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")


def test_a_store_from_before_tasks_goes_on_with_the_same_seals(booked: Booked):
    before = numbers(booked)
    connection = sqlite3.connect(booked.office.store)
    drop_tasks_and_evidence(connection)
    connection.execute("PRAGMA user_version = 8")
    connection.commit()
    connection.close()
    journal = journal_of(booked).read_bytes()
    assert checked(booked).store.state == "whole"
    booked.refresh()
    assert numbers(booked) == before
    assert journal_of(booked).read_bytes() == journal
    assert checked(booked).is_clean


def as_before_the_chain(booked: Booked) -> None:
    """Make store, list and ledger what the program before the chain would have left."""
    connection = sqlite3.connect(booked.office.store)
    for table in ("entries", "plans"):
        for action in ("update", "delete"):
            connection.execute(f"DROP TRIGGER {table}_keeps_{action}")
        connection.execute(f"DROP TABLE {table}")
    connection.execute("ALTER TABLE closings DROP COLUMN plan")
    drop_tasks_and_evidence(connection)
    connection.execute("PRAGMA user_version = 6")
    connection.commit()
    connection.close()
    journal = journal_of(booked)
    lines = [b'{"format":"journal/1"}\n']
    segment: list[bytes] = []
    for line in journal.read_bytes().splitlines(keepends=True)[1:]:
        if not line.startswith(b'{"mark"'):
            segment += [] if line.startswith(b'["plans"') else [line]
            continue
        rows = {table: row for table, row in json.loads(line)["mark"].items() if table != "plans"}
        mark = {
            "mark": {table: [number, "0" * 16] for table, number in rows.items()},
            "sha256": hashlib.sha256(b"".join(segment)).hexdigest(),
        }
        lines += [*segment, json.dumps(mark, separators=(",", ":")).encode() + b"\n"]
        segment = []
    journal.write_bytes(b"".join(lines))
    if booked.office.ledger.exists():
        settings = sheet_xml(booked.office.ledger, LedgerSheet.SETTINGS)
        plain = re.sub(r"([0-9]\.[0-9]\.[0-9]) #[0-9]+-[0-9a-f]{16}<", r"\1<", settings)
        assert plain != settings
        rewrite(booked.office.ledger, LedgerSheet.SETTINGS, plain)


def test_an_office_of_an_earlier_program_goes_on_and_gets_a_chain(booked: Booked):
    before = numbers(booked)
    as_before_the_chain(booked)
    old = journal_of(booked).read_bytes()
    assert checked(booked).store.state == "whole"
    booked.refresh()
    assert numbers(booked) == before
    assert journal_of(booked).with_name("清单.旧1.jsonl").read_bytes() == old
    assert checked(booked).is_clean


def test_a_list_of_an_earlier_program_is_still_replayed(booked: Booked):
    before = numbers(booked)
    as_before_the_chain(booked)
    booked.office.store.unlink()
    report = rebuild(booked.office, booked.now.date(), now=booked.now)
    assert (report.origin, report.runs, report.missing) == (Origin.JOURNAL, 3, ())
    assert numbers(booked) == before
    assert checked(booked).is_clean


def test_an_earlier_programs_store_that_differs_from_its_list_is_not_sealed(booked: Booked):
    as_before_the_chain(booked)
    tampered(booked, "UPDATE records SET actual = '96.5' WHERE actual = '69.5'")
    assert checked(booked).store.state == "damaged"
    with pytest.raises(StoreError, match="与清单不同"):
        booked.refresh()


# --- kills after the commit ------------------------------------------------------------------


def interrupted(monkeypatch: pytest.MonkeyPatch, command: Callable[[], object]) -> None:
    """Run a command that is stopped between its COMMIT and everything after it."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Journal, "_append", killed)
        with pytest.raises(InterruptedAfterBookingError, match="已记入数据库"):
            command()


def test_a_close_or_reopening_stopped_after_its_commit_is_completed_by_the_same_command(
    booked: Booked, monkeypatch: pytest.MonkeyPatch
):
    office, by = booked.office, "张三"
    settle(booked)
    booked.refresh()
    before = office.ledger.read_bytes()

    def close() -> object:
        return app.close(office, Q3, now=booked.now, by=by)

    def reopen() -> object:
        return app.reopen(office, Q3, now=booked.now, by=by, reason="审计")

    for number, command in enumerate((close, reopen), start=1):
        interrupted(monkeypatch, command)
        assert office.ledger.read_bytes() == before
        check = checked(booked)
        assert (check.journal.state, check.ledger.state) == ("behind", "behind")
        command()
        assert len(app.closings(office)) == number, "it is booked once"
        assert checked(booked).is_clean
        before = office.ledger.read_bytes()
    with pytest.raises(ClosingError, match="没有封账"):
        reopen()


def settle(booked: Booked) -> tuple[object, ...]:
    return app.decide(
        booked.office, Q3, "1", HEALTH, now=booked.now, by="张三", reason="以卫健为准"
    )


def test_a_decision_repeated_after_an_interruption_is_booked_once(
    booked: Booked, monkeypatch: pytest.MonkeyPatch
):
    office = booked.office

    def confirm() -> object:
        return app.confirm(
            office, Q3, "2", HEALTH, now=booked.now, by="张三", reason="已核实", value="69"
        )

    def prefer() -> object:
        with Store.open(office.store, readonly=True, alone=True) as store:
            old = next(one for one in store.versions(Q3, code="2"))
        sha256 = old.record.source.sha256
        return app.prefer(
            office, Q3, "2", HEALTH, sha256, now=booked.now, by="张三", reason="新件填错"
        )

    def add() -> object:
        day = booked.now.date()
        return app.add_matter(office, "协调用房", HEALTH, day=day, now=booked.now, by="张三")

    known: tuple[Sequence[object], Sequence[object]] = ((), ())
    for command in (lambda: settle(booked), confirm, prefer, add):
        interrupted(monkeypatch, command)
        with office.open_store() as store:
            known = (store.decisions(), store.matter_events())
        booked.now += timedelta(minutes=5)
        command()
        with office.open_store() as store:
            assert (store.decisions(), store.matter_events()) == known
    # Said for another reason it is news.
    app.decide(office, Q3, "1", HEALTH, now=booked.now, by="张三", reason="复核后仍以卫健为准")
    with office.open_store() as store:
        assert len(store.decisions()) == len(known[0]) + 1


# --- nonsense -------------------------------------------------------------------------------


def test_nonsense_in_the_store_is_said_to_be_damage(booked: Booked):
    connection = sqlite3.connect(booked.office.store)
    columns = {
        "records": ("period", "kind", "actual", "second"),
        "runs": ("at", "period"),
        "submissions": ("saved_at",),
    }
    connection.close()
    whole = booked.office.store.read_bytes()
    for table, names in columns.items():
        for name in names:
            booked.office.store.write_bytes(whole)
            value = "'word'" if name == "kind" else "'不是这里该有的'"
            tampered(booked, f"UPDATE {table} SET {name} = {value}")  # noqa: S608 - our own
            with pytest.raises(StoreError, match="已经损坏") as stopped:
                numbers(booked)
            assert "qiyx ledger rebuild" in str(stopped.value), (table, name)
            assert checked(booked).store.state == "damaged"


@pytest.mark.parametrize("version", [-3, 0, 3, 6, 99])
def test_a_wrong_schema_version_is_said_in_chinese(booked: Booked, version: int):
    connection = sqlite3.connect(booked.office.store)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.close()
    before = bytes_of(booked)
    for readonly in (True, False):
        with pytest.raises(StoreError, match=r"已经损坏|新版本程序写的|别的程序的"):
            booked.office.open_store(readonly=readonly)
    assert checked(booked).store.state == "damaged"
    assert bytes_of(booked) == before


# --- one bit, one cut ------------------------------------------------------------------------


def flipped(data: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]


def cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


@pytest.mark.parametrize("part", ["store", "journal", "ledger"])
@pytest.mark.parametrize("harm", [flipped, cut])
def test_after_any_flipped_bit_or_cut_the_damaged_one_is_named_or_nothing_is_different(
    booked: Booked, part: str, harm: Callable[[bytes, random.Random], bytes]
):
    chance = random.Random(f"{part}{harm.__name__}20261130")
    path = {
        "store": booked.office.store,
        "journal": journal_of(booked),
        "ledger": booked.office.ledger,
    }[part]
    whole, values = path.read_bytes(), numbers(booked)
    for turn in range(FLIPS):
        path.write_bytes(harm(whole, chance))
        try:
            check = checked(booked)
        except (StoreError, LedgerError, app.AppError) as error:
            assert path.name in str(error), (turn, str(error))  # noqa: PT017 - one of two answers
            continue
        found = dict(zip(("store", "journal", "originals", "ledger"), states(check), strict=True))
        blamed = {name for name, state in found.items() if state not in ("whole", "unchecked")}
        assert blamed <= {part}, (turn, found, check.to_json())
        if not blamed:
            assert numbers(booked) == values, turn
    path.write_bytes(whole)
    assert checked(booked).is_clean
