"""How a benchmark measures: all ways of doing one thing take turns, and medians are reported."""

from __future__ import annotations

import gc
import os
import platform
import statistics
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

ROUNDS = 5


@dataclass(frozen=True)
class Way:
    """One way of doing a thing. ``label`` describes it in the table.

    ``prepare`` runs before each round and is not measured; its result is passed to ``run``.
    """

    label: str
    run: Callable[..., object]
    prepare: Callable[[], object] | None = None


@dataclass(frozen=True)
class Limit:
    """What must hold: at most this many times the floor, at least this many times faster than by
    hand, or at most this many seconds."""

    floor: float | None = None
    by_hand: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Case:
    """One thing to do: by the product, by the floor (the least possible work), and by hand."""

    title: str
    ours: Way
    floor: Way | None = None
    by_hand: Way | None = None
    limit: Limit = Limit()
    rounds: int = ROUNDS
    times: int = 1
    """How often one round repeats it, for things too short to measure once."""
    clock: Callable[[], float] = time.perf_counter
    """Use ``time.process_time`` for short things, which other programs would disturb too much."""
    hand_rounds: int | None = None
    """Fewer rounds for the way by hand, which may take minutes."""


@dataclass(frozen=True)
class Row:
    """The result of a case, as stored and shown. Seconds are medians; ``note`` is shown, too."""

    title: str
    ours: float
    floor: float | None = None
    floor_label: str = ""
    by_hand: float | None = None
    by_hand_label: str = ""
    limit: Limit = field(default_factory=Limit)
    rounds: int = ROUNDS
    note: str = ""
    peers: dict[str, float] = field(default_factory=dict)
    """The seconds that other tools took for the same thing, by their names."""

    @property
    def times_floor(self) -> float | None:
        return None if self.floor is None else self.ours / self.floor

    @property
    def times_faster(self) -> float | None:
        return None if self.by_hand is None else self.by_hand / self.ours

    @property
    def holds(self) -> bool | None:
        """Whether the limits hold; None if there are none."""
        checks = []
        if self.limit.floor is not None and self.times_floor is not None:
            checks.append(self.times_floor <= self.limit.floor)
        if self.limit.by_hand is not None and self.times_faster is not None:
            checks.append(self.times_faster >= self.limit.by_hand)
        if self.limit.seconds is not None:
            checks.append(self.ours <= self.limit.seconds)
        return all(checks) if checks else None

    def to_json(self) -> dict[str, object]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, object]) -> Row:
        limit = Limit(**kept.pop("limit"))  # type: ignore[arg-type]
        return cls(limit=limit, **kept)  # type: ignore[arg-type]


def measure(cases: Iterable[Case]) -> list[Row]:
    """Measure cases one after another; within a case the ways take turns."""
    return [_measure(case) for case in cases]


def _measure(case: Case) -> Row:
    ways = {"ours": case.ours, "floor": case.floor, "by_hand": case.by_hand}
    took: dict[str, list[float]] = {name: [] for name, way in ways.items() if way is not None}
    for done in range(case.rounds):
        for name, way in ways.items():
            few = name == "by_hand" and case.hand_rounds is not None
            if way is None or (few and done >= case.hand_rounds):
                continue
            took[name].append(_once(way, case.times, case.clock))
    medians = {name: statistics.median(seconds) for name, seconds in took.items()}
    return Row(
        title=case.title,
        ours=medians["ours"],
        floor=medians.get("floor"),
        floor_label="" if case.floor is None else case.floor.label,
        by_hand=medians.get("by_hand"),
        by_hand_label="" if case.by_hand is None else case.by_hand.label,
        limit=case.limit,
        rounds=case.rounds,
        note="" if case.hand_rounds is None else f"手写只跑 {case.hand_rounds} 轮",
    )


def _once(way: Way, times: int, clock: Callable[[], float]) -> float:
    given = () if way.prepare is None else (way.prepare(),)
    gc.collect()
    start = clock()
    for _ in range(times):
        way.run(*given)
    return (clock() - start) / times


def machine() -> dict[str, str]:
    """Describe the computer of the measurement, without its name."""
    return {
        "cpu": f"{_cpu()}，{os.cpu_count()} 核",
        "memory": f"{_memory():.0f} GB" if _memory() else "未知",
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "load": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _memory() -> float:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    except (AttributeError, ValueError, OSError):
        return 0.0
