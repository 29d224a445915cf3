"""How fast ``validate`` is, compared with the floor and with other ways to write the check.

    python -m benchmarks.validate [--files 500] [--runs 5]
    python -m benchmarks.validate --spellings      files that other programs have saved; peers

Every measurement is a fresh process; the ways take turns, and medians are reported. Only the work
is timed, including the start of worker processes; the start of Python and of the program is
measured by another benchmark, and writing the workbooks is not measured.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from benchmarks.resaving import PROGRAMS, ProgramMissing
from benchmarks.workbooks import PERIOD, plan_of_towns, write_workbooks

FLOOR_CHUNK = 10
TEMPLATE = "template"
SPELLINGS = (TEMPLATE, "LibreOffice", "openpyxl", "SheetJS")
PEERS = {
    "pandera": "benchmarks.peers.with_pandera",
    "frictionless": "benchmarks.peers.with_frictionless",
    "naive": "benchmarks.naive_validate",
}
"""Other tools, each a module with ``validate_all``; they need the extra ``bench``."""


@dataclass(frozen=True)
class Way:
    """One way of reading or checking a folder of workbooks.

    ``spelling`` is the program that saved them last; TEMPLATE means the product's own file.
    """

    name: str
    jobs: int
    is_half_bad: bool = False
    spelling: str = TEMPLATE


FLOOR_1, FLOOR_2 = Way("floor", 1), Way("floor", 2)
OURS_1, OURS_2, OURS_BAD = Way("ours", 1), Way("ours", 2), Way("ours", 2, is_half_bad=True)
NAIVE = Way("naive", 1)
WAYS = (FLOOR_1, FLOOR_2, OURS_1, OURS_2, OURS_BAD, NAIVE)
SPELLED = tuple(
    Way(name, jobs, spelling=spelling)
    for spelling in SPELLINGS
    for name, jobs in (("floor", 1), ("floor", 2), ("ours", 1), ("ours", 2))
)
BY_PEERS = tuple(Way(peer, 1, spelling=spelling) for spelling in SPELLINGS for peer in PEERS)


@dataclass(frozen=True)
class Measured:
    """The median of several runs: seconds, and the parent's largest resident memory in MB."""

    seconds: float
    memory: float


def read_with_calamine(path: Path) -> int:
    """Read every sheet of a workbook with calamine, the fastest reader; return the row count."""
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return sum(
        len(book.get_sheet_by_name(name).to_python(skip_empty_area=False))
        for name in book.sheet_names
    )


def _floor(paths: list[Path], jobs: int) -> None:
    if jobs == 1:
        for path in paths:
            read_with_calamine(path)
        return
    with ProcessPoolExecutor(jobs) as pool:
        list(pool.map(read_with_calamine, paths, chunksize=FLOOR_CHUNK))


def _ours(paths: list[Path], jobs: int) -> None:
    from qiyx_xl import validate_files

    report = validate_files(
        [paths[0].parent], plan=plan_of_towns(len(paths)), period=PERIOD, jobs=jobs
    )
    findings = sum(len(submission.findings) for submission in report.flagged())
    assert len(report.submissions) == len(paths)
    assert bool(findings) is any("_bad" in path.name for path in paths)


def _by_peer(name: str, paths: list[Path]) -> None:
    errors = import_module(PEERS[name]).validate_all(paths)
    assert bool(errors) is any("_bad" in path.name for path in paths)


def _run_child(name: str, jobs: int, folder: Path) -> None:
    """Run a way once in this process, and print its seconds and memory."""
    paths = sorted(folder.iterdir())
    match name:
        case "floor":
            import python_calamine  # noqa: F401 - that it is imported is not what is measured
        case "ours":
            from qiyx_xl import validate_files  # noqa: F401 - imported, as the floor's reader is
            from qiyx_xl.app import load_rules
            from qiyx_xl.intake.batch import prepare

            prepare()
            load_rules()
            plan_of_towns(len(paths))
        case _:
            import_module(PEERS[name])
    started = time.perf_counter()
    match name:
        case "floor":
            _floor(paths, jobs)
        case "ours":
            _ours(paths, jobs)
        case _:
            _by_peer(name, paths)
    seconds = time.perf_counter() - started
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "memory": memory}))


def measure(
    files: int = 500,
    runs: int = 5,
    ways: tuple[Way, ...] = WAYS,
    *,
    peer_runs: int | None = None,
) -> dict[Way, Measured]:
    """Measure each way on this many workbooks: the medians of interleaved runs.

    Peers are slow, so ``peer_runs`` may give them fewer runs. Ways that need a program or a
    package that is not installed are left out.
    """
    with tempfile.TemporaryDirectory() as made:
        folders = _folders(Path(made), files, ways)
        ways = tuple(
            way
            for way in ways
            if (way.spelling, way.is_half_bad) in folders
            and (way.name not in PEERS or way.name == "naive" or find_spec(way.name))
        )
        results: dict[Way, list[dict[str, float]]] = {way: [] for way in ways}
        for turn in range(runs):
            for way in ways:
                if way.name in PEERS and peer_runs is not None and turn >= peer_runs:
                    continue
                folder = folders[way.spelling, way.is_half_bad]
                command = [sys.executable, "-m", "benchmarks.validate", "--child", way.name,
                           str(way.jobs), str(folder)]  # fmt: skip
                done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                results[way].append(json.loads(done.stdout))
    return {
        way: Measured(
            statistics.median(run["seconds"] for run in once),
            statistics.median(run["memory"] for run in once),
        )
        for way, once in results.items()
    }


def _folders(made: Path, files: int, ways: tuple[Way, ...]) -> dict[tuple[str, bool], Path]:
    """Write the workbooks for the ways; return folders by spelling and whether half are bad."""
    good, bad = made / TEMPLATE, made / "bad"
    paths = write_workbooks(good, files)
    folders = {(TEMPLATE, False): good}
    if any(way.is_half_bad for way in ways):
        write_workbooks(bad, files, every_bad=2)
        folders[TEMPLATE, True] = bad
    for spelling in {way.spelling for way in ways} - {TEMPLATE}:
        try:
            PROGRAMS[spelling](paths, made / spelling)
        except ProgramMissing:
            continue
        folders[spelling, False] = made / spelling
    return folders


def ratios(measured: dict[Way, Measured]) -> dict[str, float]:
    """Return the ratios for which the documentation promises limits."""
    seconds = {way: median.seconds for way, median in measured.items()}
    return {
        "naive, 1 process ÷ ours, 2 processes": seconds[NAIVE] / seconds[OURS_2],
        "ours ÷ raw calamine read, 2 processes": seconds[OURS_2] / seconds[FLOOR_2],
        "ours ÷ raw calamine read, 1 process": seconds[OURS_1] / seconds[FLOOR_1],
        "half of the files bad ÷ none": seconds[OURS_BAD] / seconds[OURS_2],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--spellings", action="store_true")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        name, jobs, folder = arguments.child
        _run_child(name, int(jobs), Path(folder))
        return
    ways = (*SPELLED, *BY_PEERS) if arguments.spellings else WAYS
    measured = measure(arguments.files, arguments.runs, ways)
    for name, ratio in {} if arguments.spellings else ratios(measured).items():
        print(f"{ratio:8.2f}  {name}")
    for way, median in measured.items():
        bad = ", half bad" if way.is_half_bad else ""
        floor = measured[Way("floor", way.jobs, spelling=way.spelling)].seconds
        print(
            f"{median.seconds:8.3f} s {median.memory:6.0f} MB "
            f"{median.seconds / floor:8.2f} × the floor  "
            f"{way.name}, {way.jobs} process, {way.spelling}{bad}"
        )


if __name__ == "__main__":
    main()
