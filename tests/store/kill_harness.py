"""Run under the shim by test_store_kills.py: strike a booking at every call that changes the disk.

    python kill_harness.py shim kill|halfway|full|broken STEP FOLDER
    python kill_harness.py random COUNT FOLDER

``shim`` strikes at every STEPth call. Prints how many strikes were made; fails with the first store that was not all or nothing.
"""

from __future__ import annotations

import ctypes
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
from pathlib import Path

from support.store_office import Office

from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.files.durable import TEMPORARY
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.store import Store, StoreError

MODES = {"kill": 1, "halfway": 2, "full": 3, "broken": 4}
HEALTH, SOCIAL = "区卫健局", "区民政局"
REFUSED, SPARED, INTERRUPTED = 77, 78, 79


def prepared(folder: Path, plan, later: int) -> tuple[Office, list]:
    """An office that has one file, and a batch of later ones to take in."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    office = Office(folder, plan)
    office.take(office.file("先.xlsx", HEALTH, {"1": "4.9", "2": "66"}))
    agencies = [agency.name for agency in plan.agencies]
    batch = [
        office.file(
            f"{number}.xlsx",
            agencies[number % len(agencies)],
            {"1": f"5.{number}", "13": str(number)},
            saved=number + 1,
        )
        for number in range(later)
    ]
    # What goes back is kept as well, and must not stand in the way of what is taken in.
    wrong = Finding("V103", Severity.ERROR, "不是数字。", "填报表", "G6")
    batch.append(
        office.file(
            "退回.xlsx",
            SOCIAL,
            {"13": "三十"},
            status=SubmissionStatus.RETURNED,
            findings=(wrong,),
        )
    )
    return office, batch


def bytes_of(office: Office) -> dict[Path, bytes]:
    """Every file of the office but the inbox; what a crash leaves half-written is nothing."""
    return {
        path: path.read_bytes()
        for path in office.folder.rglob("*")
        if path.is_file() and office.inbox not in path.parents and path.suffix != TEMPORARY
    }


def changed(office: Office, before: dict[Path, bytes], *, gone: bool) -> list[str]:
    """Name what is not as before.

    A disk that is ``gone`` lets nobody take away what was copied in or begun, nor SQLite undo
    what it had begun to write: that is for the next opening.
    """
    if gone:
        Store.open(office.path, readonly=True).close()
    now = bytes_of(office)
    odd = [path for path in before.keys() | now.keys() if before.get(path) != now.get(path)]
    return [path.name for path in odd if not gone or path in before]


def content(office: Office) -> tuple:
    with Store.open(office.path) as store:
        return (store.all_records(), store.versions(), store.runs(), store.known_hashes())


def examine(office: Office, batch: list, before: tuple, after: tuple, what: str) -> None:
    """The store holds all or nothing of the batch, and the next run heals the rest."""
    state = content(office)
    if state not in (before, after):
        raise SystemExit(f"{what}: neither before nor after")
    check = sqlite3.connect(office.path)
    verdict = check.execute("PRAGMA integrity_check").fetchall()
    foreign = check.execute("PRAGMA foreign_key_check").fetchall()
    check.close()
    if verdict != [("ok",)] or foreign:
        raise SystemExit(f"{what}: {verdict} {foreign}")
    with Store.open(office.path) as store:
        lost = [one for one in store.known_hashes() if store.originals.find(one) is None]
        if lost or store.originals.damaged():
            raise SystemExit(f"{what}: originals lost {lost} {store.originals.damaged()}")
    office.take(*batch, hour=2)
    if content(office) != after:
        raise SystemExit(f"{what}: the next run does not heal it")
    found = Store.examine(office.path)
    if not found.is_clean:
        raise SystemExit(f"{what}: {found}")
    office.path.unlink()
    Store.rebuild(office.path)
    if content(office) != after:
        raise SystemExit(f"{what}: the list beside the originals is not the log")
    if list(office.folder.rglob(f"*{TEMPORARY}")):
        raise SystemExit(f"{what}: unfinished files are left about")


def expected(folder: Path, plan, later: int) -> tuple[tuple, tuple]:
    office, batch = prepared(folder, plan, later)
    before = content(office)
    office.take(*batch, hour=2)
    return before, content(office)


def child(office: Office, batch: list, strike=lambda: None, spared=lambda: False) -> int:
    """Book in a child process that may not live to see the end; return its number."""
    number = os.fork()
    if number == 0:
        try:
            strike()
            office.take(*batch, hour=2)
        except StoreError:
            os._exit(REFUSED)
        except InterruptedAfterBookingError:
            os._exit(INTERRUPTED)
        except BaseException as error:  # noqa: BLE001 - a child must not run on as the parent
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(SPARED if spared() else 0)
    return number


def undo_half_done(office: Office) -> None:
    """Have SQLite undo what it had begun, as the next opening does, if it has left its journal."""
    if office.path.with_name(f"{office.path.name}-journal").exists():
        store = sqlite3.connect(office.path)
        store.execute("SELECT count(*) FROM sqlite_master").fetchall()
        store.close()


def every_call(mode: str, step: int, folder: Path) -> int:
    shim = ctypes.CDLL(None)
    shim.qiyx_strike.argtypes = (ctypes.c_int, ctypes.c_long)
    shim.qiyx_left.restype = ctypes.c_long
    plan = load_plan()
    before, after = expected(folder / "whole", plan, 2)
    for struck, call in enumerate(range(1, 10_000, step)):
        office, batch = prepared(folder / "struck", plan, 2)
        untouched = bytes_of(office)
        number = child(
            office,
            batch,
            lambda at=call: shim.qiyx_strike(MODES[mode], at),
            lambda: shim.qiyx_left() > 0,
        )
        _, status = os.waitpid(number, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == SPARED:
            return struck
        fails = mode in ("full", "broken")
        what = f"{mode} at call {call}"
        if code not in ((0, REFUSED, INTERRUPTED) if fails else (-signal.SIGKILL,)):
            raise SystemExit(f"{what}: ended with {code}")
        if code == REFUSED:
            undo_half_done(office)
        if code == REFUSED and (odd := changed(office, untouched, gone=mode == "broken")):
            raise SystemExit(f"{what}: refused, and {odd} changed")
        if code in (0, INTERRUPTED) and content(office) != after:
            raise SystemExit(f"{what}: ended with {code}, and is not booked")
        examine(office, batch, before, after, what)
    raise SystemExit("no end in sight")


def random_moments(count: int, folder: Path, files: int = 100) -> int:
    plan = load_plan()
    before, after = expected(folder / "whole", plan, files)
    chance = random.Random(20261123)
    office, batch = prepared(folder / "timed", plan, files)
    started = time.perf_counter()
    os.waitpid(child(office, batch), 0)
    lasts = time.perf_counter() - started
    killed = 0
    for turn in range(count):
        office, batch = prepared(folder / "struck", plan, files)
        number = child(office, batch)
        time.sleep(chance.uniform(0, lasts))
        os.kill(number, signal.SIGKILL)
        _, status = os.waitpid(number, 0)
        killed += os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        examine(office, batch, before, after, f"random kill {turn}")
    return killed


if __name__ == "__main__":
    how, *what, where = sys.argv[1:]
    if how == "shim":
        made = every_call(what[0], int(what[1]), Path(where))
    else:
        made = random_moments(int(what[0]), Path(where))
    print(made)  # noqa: T201
