"""Run by test_kills.py: strike a whole consolidation, files to ledger, and see what is left.

    python kill_consolidate.py shim kill|halfway|full FIRST STEP FOLDER   (kill_shim.so preloaded)
    python kill_consolidate.py random SEED COUNT FOLDER

``shim`` strikes at every STEPth call that changes the disk; ``random`` kills at random moments of
taking in 100 files, and lets the next run go on from what is left. Prints how many strikes were
made; fails with the first state in which store or ledger is neither as before nor as after, in
which the ledger is ahead of the store, or from which the next command does not heal both.
"""

from __future__ import annotations

import ctypes
import hashlib
import io
import os
import random
import shutil
import signal
import sqlite3
import sys
import time
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl import app
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.data import resource
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.replace import BACKUP_SUFFIX
from qiyx_xl.ledger.file.sheet_xml import patch_cells
from qiyx_xl.store import Store, StoreError

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan

MODES = {"kill": 1, "halfway": 2, "full": 3}
REFUSED, SPARED, INTERRUPTED = 77, 78, 79
NOW = datetime(2026, 10, 20, 9, 0, tzinfo=UTC)
Q3 = Period.parse("2026Q3")
UNFINISHED = ".未完成"
_AGENCY = (4, 1)  # on the hidden sheet of a form


def drawn(street: str, number: int) -> bytes:
    """A street's returned form; each has numbers of its own."""
    (source,) = resource("examples/2026Q3").glob("大碶街道_*.xlsx")
    with zipfile.ZipFile(source) as package:
        form = package.read("xl/worksheets/sheet1.xml")
        identity = package.read("xl/worksheets/sheet3.xml")
    cells = {
        (1, 0): f"填报单位：{street}",
        (7, 6): Decimal(9 + number),
        (8, 6): Decimal(18 + number),
    }
    parts = {
        "xl/worksheets/sheet1.xml": patch_cells(form, cells),
        "xl/worksheets/sheet3.xml": patch_cells(identity, {_AGENCY: street}),
    }
    return with_parts(source.read_bytes(), parts)


def plan_of(streets: int) -> Plan:
    """The shipped plan, in a district with so many streets more."""
    plan = app.load_plan()
    known = next(one for one in plan.agencies if one.is_street)
    more = (replace(known, name=f"试验{number}街道") for number in range(streets))
    return replace(plan, agencies=(*plan.agencies, *more))


def prepared(folder: Path, files: int) -> None:
    """An office that has taken in one file, and an inbox with more."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "收件").mkdir(parents=True)
    (folder / "先").mkdir()
    office = office_at(folder)
    app.build_ledger(office)
    (folder / "先" / "大碶街道.xlsx").write_bytes(drawn("大碶街道", 0))
    take(office, folder / "先")
    for number in range(files):
        street = f"试验{number}街道"
        (folder / "收件" / f"{street}.xlsx").write_bytes(drawn(street, number))


PLAN, RULES = plan_of(100), app.load_rules()


def office_at(folder: Path) -> app.Office:
    return app.Office.at(folder / "七优享台账.xlsm", plan=PLAN, rules=RULES)


def take(office: app.Office, inbox: Path) -> None:
    app.consolidate(office, [inbox], Q3, now=NOW)


def booked(office: app.Office) -> str:
    """Everything the store holds, as one digest."""
    with office.open_store() as store:
        state = (store.all_records(), store.versions(), store.runs(), sorted(store.known_hashes()))
    return hashlib.sha256(repr(state).encode()).hexdigest()


class Ends:
    """The two states that an office may be in: before a batch, and after it."""

    def __init__(self, folder: Path, files: int) -> None:
        self.start = folder / "start"
        prepared(self.start, files)
        self.folder = folder / "struck"
        self.again()
        office = office_at(self.folder)
        self.before = (booked(office), office.ledger.read_bytes())
        started = time.perf_counter()
        take(office, self.folder / "收件")
        self.lasts = time.perf_counter() - started
        with office.open_store() as store:
            taken = len(store.known_hashes()) - 1
            if taken != files or len(store.current_records()) != 4 * (files + 1):
                raise SystemExit(f"only {taken} of {files} files were taken in")
        self.after = (booked(office), office.ledger.read_bytes())
        if self.before[0] == self.after[0] or self.before[1] == self.after[1]:
            raise SystemExit("the batch changes nothing")
        check = verify_ledger(office, NOW.date())
        if not check.is_clean:
            raise SystemExit(f"the whole batch is not what the store says: {check.to_json()}")

    def again(self) -> None:
        """Go back to the state before."""
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.start, self.folder)
        self.untouched = self.now()

    def now(self) -> dict[Path, bytes]:
        """Every file that counts: ledger, store, list, originals."""
        return {
            path: path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and path.suffix != UNFINISHED and "备份" not in str(path)
        }

    def undo_half_done(self) -> None:
        """Have SQLite undo what it had begun, as the next opening does, if it left its journal."""
        store = office_at(self.folder).store
        if store.with_name(f"{store.name}-journal").exists():
            connection = sqlite3.connect(store)
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
            connection.close()

    def examine(self, what: str) -> bool:
        """Look at what a strike has left; return whether the batch is whole."""
        office = office_at(self.folder)
        store, ledger = booked(office), office.ledger.read_bytes()
        if store not in (self.before[0], self.after[0]):
            raise SystemExit(f"{what}: the store is neither before nor after")
        if ledger not in (self.before[1], self.after[1]):
            raise SystemExit(f"{what}: the ledger is neither before nor after")
        if ledger == self.after[1] and store != self.after[0]:
            raise SystemExit(f"{what}: the ledger is ahead of the store")
        with zipfile.ZipFile(io.BytesIO(ledger)) as package:
            if package.testzip() is not None:
                raise SystemExit(f"{what}: the ledger is torn")
        connection = sqlite3.connect(office.store)
        verdict = connection.execute("PRAGMA integrity_check").fetchall()
        connection.close()
        if verdict != [("ok",)]:
            raise SystemExit(f"{what}: {verdict}")
        return (store, ledger) == self.after

    def heal(self, what: str) -> None:
        """Let the next command run, and see that nothing is missing or there twice."""
        office = office_at(self.folder)
        take(office, self.folder / "收件")
        if (booked(office), office.ledger.read_bytes()) != self.after:
            raise SystemExit(f"{what}: the next run does not heal it")
        with Store.open(office.store) as store:
            lost = [one for one in store.known_hashes() if store.originals.find(one) is None]
            if lost or store.originals.damaged():
                raise SystemExit(f"{what}: originals lost {lost}")
        check = verify_ledger(office, NOW.date())
        if not check.is_clean:
            raise SystemExit(f"{what}: {check.to_json()}")
        if list(self.folder.rglob(f"*{UNFINISHED}")):
            raise SystemExit(f"{what}: unfinished files are left about")
        backups = self.folder / f"七优享台账{BACKUP_SUFFIX}"
        if self.before[1] not in [copy.read_bytes() for copy in backups.iterdir()]:
            raise SystemExit(f"{what}: the former ledger was not kept")


def child(
    folder: Path, strike=lambda: None, spared=lambda: False, *, inbox: Path | None = None
) -> int:
    """Consolidate in a child process that may not live to see the end; return its number."""
    number = os.fork()
    if number == 0:
        try:
            strike()
            take(office_at(folder), inbox or folder / "收件")
        except (StoreError, LedgerError, app.AppError):
            os._exit(REFUSED)
        except InterruptedAfterBookingError:
            os._exit(INTERRUPTED)
        except BaseException as error:  # noqa: BLE001 - a child must not run on as the parent
            os.write(2, repr(error).encode())
            os._exit(1)
        os._exit(SPARED if spared() else 0)
    return number


def every_call(mode: str, first: int, step: int, folder: Path) -> int:
    shim = ctypes.CDLL(None)
    shim.qiyx_strike.argtypes = (ctypes.c_int, ctypes.c_long)
    shim.qiyx_left.restype = ctypes.c_long
    ends = Ends(folder, 2)
    for strikes, call in enumerate(range(first, 10_000, step)):
        ends.again()
        number = child(
            ends.folder,
            lambda at=call: shim.qiyx_strike(MODES[mode], at),
            lambda: shim.qiyx_left() > 0,
        )
        _, status = os.waitpid(number, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == SPARED:
            return strikes
        what = f"{mode} at call {call}"
        if code not in ((0, REFUSED, INTERRUPTED) if mode == "full" else (-signal.SIGKILL,)):
            raise SystemExit(f"{what}: ended with {code}")
        if code == REFUSED:
            ends.undo_half_done()
        if code == REFUSED and ends.now() != ends.untouched:
            raise SystemExit(f"{what}: refused, and something has changed")
        if code == INTERRUPTED and booked(office_at(ends.folder)) != ends.after[0]:
            raise SystemExit(f"{what}: said to be booked, and is not")
        ends.examine(what)
        ends.heal(what)
    raise SystemExit("no end in sight")


def random_moments(seed: int, count: int, folder: Path) -> int:
    ends = Ends(folder, 100)
    ends.again()
    chance = random.Random(seed)
    killed = wholes = 0
    for turn in range(count):
        number = child(ends.folder)
        time.sleep(chance.uniform(0, ends.lasts))
        os.kill(number, signal.SIGKILL)
        _, status = os.waitpid(number, 0)
        killed += os.waitstatus_to_exitcode(status) == -signal.SIGKILL
        if ends.examine(f"random kill {turn}"):
            wholes += 1
            ends.heal(f"after random kill {turn}")
            ends.again()
    ends.heal("in the end")
    print(f"{wholes} batches came through", file=sys.stderr)  # noqa: T201
    return killed


if __name__ == "__main__":
    how, *rest = sys.argv[1:]
    made = (
        every_call(rest[0], int(rest[1]), int(rest[2]), Path(rest[3]))
        if how == "shim"
        else random_moments(int(rest[0]), int(rest[1]), Path(rest[2]))
    )
    print(made)  # noqa: T201
