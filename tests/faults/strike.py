"""Run under the shim by test_faults.py: strike commands at calls that change the disk.

    python strike.py fault|kill SEED MOST FIRST STEP FOLDER     (fault_shim.so preloaded)

Of the table of every_command, cases FIRST, FIRST + STEP and so on; at most MOST strikes to a case, drawn
by SEED, or all where there are fewer calls. Prints one JSON line: strikes, and calls, by case.
Fails with everything that did not hold, one line each.

- A fault after which the command ends with 2 has changed no byte of anything that counts.
- One after which it ends with 3 says what stands, and the command it names completes it.
- One after which it ends with 0 or 1 has done everything.
- After a kill, the same command completes it.
- There is no traceback, and the next run leaves nothing of ours about.
"""

from __future__ import annotations

import atexit
import ctypes
import errno
import hashlib
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
import tempfile
import traceback
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from support.every_command import CASES, DAY, LEDGER, Case, found_office

from qiyx_xl.shells import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

AN_AUTUMN_DAY = 1_793_340_000  # 2026-10-30; every run books at the same moment
FAULTS = (errno.ENOSPC, errno.EIO, errno.EACCES)
KILL = -1
NEVER = 10**9
CRASHED, SAID = 99, re.compile(r"[\u4e00-\u9fff]")
LEFTOVER = re.compile(r"(^|/)(\.qiyx-|~\$)|\.未完成$|-journal$|-wal$|-shm$")
BACKUPS = re.compile(r"\.备份(/|$)")
NAMED = re.compile(r"qiyx ([a-z]+(?: [a-z]+)?)")

shim = ctypes.CDLL(None)
shim.qiyx_strike.argtypes = (ctypes.c_int, ctypes.c_long)
shim.qiyx_calls.restype = ctypes.c_long
shim.qiyx_what.restype = ctypes.c_char_p
shim.qiyx_hold_clock.argtypes = (ctypes.c_long,)


@dataclass(frozen=True)
class Outcome:
    """How a run ended. ``calls`` changed the disk; ``what`` was struck."""

    code: int
    out: str
    err: str
    calls: int
    what: str


def run(words: tuple[str, ...], strike: int = 0, at: int = NEVER) -> Outcome:
    """Run a command in a child that has everything loaded already."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            code = CRASHED
            try:
                shim.qiyx_strike(strike, at)
                code = cli._run(list(words))
                sys.stdout.flush()
            except BaseException:  # noqa: BLE001 - a child must not run on as the parent
                traceback.print_exc()
            finally:
                calls = shim.qiyx_calls()
                shim.qiyx_strike(0, 0)
                atexit._run_exitfuncs()
                sys.stderr.flush()
                os.write(writer, json.dumps([calls, shim.qiyx_what().decode()]).encode())
                os._exit(code)
        os.close(writer)
        _, status = os.waitpid(child, 0)
        counted = os.read(reader, 1000)
        os.close(reader)
        calls, what = json.loads(counted) if counted else (at, "kill")
        said = [_text(file) for file in (out, err)]
        return Outcome(os.waitstatus_to_exitcode(status), *said, calls, what)


def _text(file: object) -> str:
    file.seek(0)  # type: ignore[attr-defined]
    return file.read().decode("utf-8", "replace")  # type: ignore[attr-defined]


def files_of(root: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_file() and not LEFTOVER.search(name):
            yield name, path


def raw(root: Path) -> dict[str, str]:
    """Every byte that counts; copies of former ledgers may come and go.

    Where SQLite has left its own journal, the store is what it is after the next opening.
    """
    for journal in root.rglob("*.sqlite-journal"):
        with closing(sqlite3.connect(journal.with_name(journal.name[: -len("-journal")]))) as store:
            store.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for name, path in files_of(root)
        if not BACKUPS.search(name)
    }


def meant(root: Path) -> dict[str, str]:
    """The same, with a store for what is in it: SQLite's pages may lie in another order."""
    state = raw(root)
    for name in state:
        if name.endswith(".sqlite"):
            state[name] = _dump(root / name)
    return state


def _dump(store: Path) -> str:
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as connection:
        text = "\n".join(connection.iterdump())
    return hashlib.sha256(text.encode()).hexdigest()


def leftovers(root: Path) -> list[str]:
    found = [path.relative_to(root).as_posix() for path in root.rglob("*")]
    temporary = Path(tempfile.gettempdir()).glob("qiyx-run-*")
    return [name for name in found if LEFTOVER.search(name)] + [str(path) for path in temporary]


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def silence() -> Iterator[None]:
    sys.stdout.flush()
    kept = os.dup(1)
    with open(os.devnull, "wb") as nothing:  # noqa: PTH123 - no path of ours
        os.dup2(nothing.fileno(), 1)
    try:
        yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)


class Struck:
    """A case, its office before and after it, and what did not hold."""

    def __init__(self, name: str, case: Case, base: Path, folder: Path) -> None:
        self.name, self.case = name, case
        self.start, self.here = folder / "start", folder / "struck"
        shutil.rmtree(self.start, ignore_errors=True)
        shutil.copytree(base, self.start)
        with inside(self.start):
            for words in case.before:
                if words[0] == "rm":
                    Path(words[1]).unlink()
                elif run(words).code not in (0, 1):
                    raise SystemExit(f"{name}: cannot prepare {words}")
        self.before = raw(self.start)
        self.store_before = meant(self.start).get("七优享台账.sqlite")
        self.again()
        with inside(self.here):
            whole = run(case.words, KILL)
        if whole.code not in (0, 1):
            raise SystemExit(f"{name}: {whole.code} {whole.err[-3000:]}")
        self.calls, self.code = whole.calls, whole.code
        self.after = meant(self.here)
        self.wrong: list[str] = []

    def again(self) -> None:
        shutil.rmtree(self.here, ignore_errors=True)
        shutil.copytree(self.start, self.here)

    def fault(self, how: int, at: int) -> None:
        self.again()
        with inside(self.here):
            done = run(self.case.words, how, at)
        what = f"{self.name}: {errno.errorcode[how]} at call {at} ({done.what})"
        if done.code == CRASHED or "Traceback" in done.err:
            self.wrong.append(f"{what}: traceback: {done.err[-1500:]}")
        elif done.code == 2:
            if (state := raw(self.here)) != self.before:
                self.wrong.append(
                    f"{what}: ended with 2 ({done.err.strip()}) and changed "
                    f"{differing(state, self.before)}"
                )
            self._said(what, done)
            self._completed(what, self.case.words)
        elif done.code == 3:
            self._said(what, done)
            self._completed(what, self._named(done.err))
        elif done.code in (0, 1):
            if (state := meant(self.here)) != self.after:
                self.wrong.append(
                    f"{what}: ended with {done.code} ({done.err.strip()}) and lacks "
                    f"{differing(state, self.after)}"
                )
        else:
            self.wrong.append(f"{what}: ended with {done.code}")

    def kill(self, at: int) -> None:
        self.again()
        with inside(self.here):
            done = run(self.case.words, KILL, at)
        what = f"{self.name}: killed at call {at}"
        if done.code != -signal.SIGKILL:
            self.wrong.append(f"{what}: ended with {done.code}")
            return
        if self.name == "demo":
            # It touches no folder in which anything lies, not even what it left itself.
            with inside(self.here):
                if (again := run(self.case.words)).code not in (0, 2):
                    self.wrong.append(f"{what}: then ends with {again.code}: {again.err[-500:]}")
            return
        words = self.case.words
        store = self.here / "七优享台账.sqlite"
        if self.case.once and store.exists():
            settled = run(("status", "--ledger", str(self.here / LEDGER), "--period", "2026Q3"))
            if settled.code == CRASHED:
                self.wrong.append(f"{what}: {settled.err[-500:]}")
            if _dump(store) != self.store_before:
                words = ("ledger", "refresh", LEDGER, "--period", "2026Q3", *DAY)
        self._completed(what, words)

    def _said(self, what: str, done: Outcome) -> None:
        said = done.err.strip()
        if len(said.splitlines()) != 1 or not SAID.search(said) or len(said) > 400:
            self.wrong.append(f"{what}: says {said[:500]!r}")
        if ".qiyx-" in said or "未完成" in said or "“”" in said:
            self.wrong.append(f"{what}: shows names of ours: {said!r}")

    def _named(self, said: str) -> tuple[str, ...]:
        """The command that a message names to complete the work; the same one if none."""
        for named in NAMED.findall(said):
            if named.startswith("ledger refresh"):
                return ("ledger", "refresh", LEDGER, "--period", "2026Q3", *DAY)
        return self.case.words

    def _completed(self, what: str, words: tuple[str, ...]) -> None:
        # A command that overwrites nothing refuses to write again what it had written whole.
        is_whole = meant(self.here) == self.after
        with inside(self.here):
            done = run(words)
        if done.code == 2 and is_whole and "已经存在" in done.err:
            return
        if done.code not in (0, 1):
            self.wrong.append(f"{what}: {words} then ends with {done.code}: {done.err[-800:]}")
            return
        if (state := meant(self.here)) != self.after:
            self.wrong.append(f"{what}: {words} then leaves {differing(state, self.after)}")
        if left := leftovers(self.here):
            self.wrong.append(f"{what}: then there is still {left}")


def differing(state: dict[str, str], other: dict[str, str]) -> list[str]:
    names = sorted(state.keys() | other.keys())
    return [
        f"{name}{'' if name in other else ' (more)'}{'' if name in state else ' (missing)'}"
        for name in names
        if state.get(name) != other.get(name)
    ]


def main(how: str, seed: int, most: int, first: int, step: int, folder: Path) -> int:
    shim.qiyx_hold_clock(AN_AUTUMN_DAY)
    temporary = folder / "temp"
    temporary.mkdir(parents=True)
    tempfile.tempdir = str(temporary)
    base = folder / "base"
    base.mkdir()
    with inside(base), silence():
        # In this process, so that everything is loaded when its children begin.
        found_office(base, lambda *words: cli._run(list(words)))
    chance = random.Random(seed)
    only = os.environ.get("QIYX_FAULTS_ONLY", "")
    all_cases = [(name, case) for name, cases in CASES.items() for case in cases]
    report, wrong = {}, []
    for name, case in all_cases[first::step]:
        if only and only not in " ".join(case.words):
            continue
        struck = Struck(name, case, base, folder)
        calls = range(1, struck.calls + 1)
        drawn = sorted(chance.sample(calls, min(most, len(calls))))
        for number, at in enumerate(drawn):
            if how == "kill":
                struck.kill(at)
            else:
                struck.fault(FAULTS[(number + seed) % len(FAULTS)], at)
        told = "; ".join(" ".join(words) for words in (*case.before, case.words))
        report[told] = [len(drawn), struck.calls]
        wrong += struck.wrong
        for line in struck.wrong:
            print(line, file=sys.stderr, flush=True)  # noqa: T201
    print(json.dumps(report, ensure_ascii=False))  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    kind, *numbers, where = sys.argv[1:]
    sys.exit(main(kind, *map(int, numbers), Path(where).resolve()))
