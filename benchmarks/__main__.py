"""``python -m benchmarks [group …]``: measure, and write ``docs/performance.md``."""

from __future__ import annotations

import sys
from datetime import datetime
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import machine
from benchmarks.table import PAGE, Section, load, save

GROUPS = (
    "startup",
    "functions",
    "checking",
    "spellings",
    "consolidating",
    "refresh",
    "publishing",
    "province",
    "cluster",
    "com_calls",
    "backtest",
)
"""Modules of this package; each has TITLE and ``rows(scratch) -> (rows, remarks)``.

Remarks that begin with ``|`` are the lines of a table.
"""


def main(wanted: list[str]) -> None:
    unknown = [name for name in wanted if name not in GROUPS]
    if unknown:
        sys.exit(f"没有 {'、'.join(unknown)} 这一组。可选：{' '.join(GROUPS)}")
    kept = load()
    for name in wanted or GROUPS:
        module = import_module(f"benchmarks.{name}")
        print(f"{module.TITLE} …", flush=True)
        with TemporaryDirectory(prefix="bench-") as scratch:
            rows, remarks = module.rows(Path(scratch))
        kept[name] = Section(
            module.TITLE,
            datetime.now().astimezone().date().isoformat(),
            machine(),
            rows,
            remarks,
        )
        for row in rows:
            floor = "" if row.times_floor is None else f"  ÷下限 {row.times_floor:.2f}"
            hand = "" if row.times_faster is None else f"  快过手写 {row.times_faster:.1f} 倍"
            peers = "".join(
                f"  {name} {took / row.ours:.1f} 倍" for name, took in row.peers.items()
            )
            print(f"  {row.title}：{row.ours:.4g} 秒{floor}{hand}{peers}")
        if not rows:
            print("\n".join(f"  {remark}" for remark in remarks))
        save({known: kept[known] for known in GROUPS if known in kept})
    print(f"已写入 {PAGE.relative_to(PAGE.parent.parent)}")


if __name__ == "__main__":
    main(sys.argv[1:])
