"""How time and memory grow with the number of workbooks, up to those of a province.

    python -m benchmarks.province [--sizes 1000 5000 20000] [--jobs 2]

Every size is measured in a fresh process, because a process's peak memory cannot be reset. One
workbook in ten is faulty. The sizes whose memory is compared share one plan, that of the largest of
them, so that only the number of files differs; a larger batch has its own, larger plan, which takes
more memory by itself.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import time
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.harness import Row
from benchmarks.workbooks import PERIOD, plan_of_towns, write_workbooks

TITLE = "一台电脑校验一个省"
SIZES = (1000, 5000, 20_000, 100_000)
JOBS = 2
EVERY_BAD = 10
TODAY = date(2026, 11, 23)
_ROOM = 1.2  # times the memory of the smallest batch is allowed, up to this many files:
_PROMISED = 20_000


def run_child(folder: Path, size: int, agencies: int, jobs: int) -> dict[str, float]:
    """Validate this many of the workbooks in a separate process; return its measurements."""
    command = [sys.executable, "-m", "benchmarks.province", "--child", str(folder), str(size),
               str(agencies), str(jobs)]  # fmt: skip
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def _child(folder: Path, size: int, agencies: int, jobs: int) -> dict[str, float]:
    from qiyx_xl import validate_files
    from qiyx_xl.documents.check_report.table_export import write_findings
    from qiyx_xl.documents.check_report.write import write_report
    from qiyx_xl.papers.json.validation import validation_text

    plan = plan_of_towns(agencies)
    start = time.perf_counter()
    report = validate_files([folder / str(size)], plan=plan, period=PERIOD, jobs=jobs)
    checked = time.perf_counter()
    findings = write_findings(folder / f"{size}.csv", report.flagged())
    written = time.perf_counter()
    memory = most_memory()
    for suffix in (".xlsx", ".html"):
        write_report(
            folder / f"{size}{suffix}",
            report.submissions,
            rules_version=report.rules_version,
            period=PERIOD,
            today=TODAY,
        )
    with (folder / f"{size}.json").open("w", encoding="utf-8") as file:
        file.writelines(validation_text(report.submissions, report.rules_version))
    return {
        "files": len(report.submissions),
        "agencies": agencies,
        "findings": findings,
        "seconds": checked - start,
        "writing": written - checked,
        "memory": memory,
        "reporting": time.perf_counter() - written,
        "memory_reporting": most_memory(),
    }


def most_memory() -> float:
    """Return this process's peak memory in MB.

    ``ru_maxrss`` is not used: it starts with the memory of the parent process.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def measure(scratch: Path, sizes: tuple[int, ...], jobs: int) -> list[dict[str, float]]:
    """Write the largest batch, and validate its first files for each size."""
    start = time.perf_counter()
    paths = write_workbooks(scratch / "all", max(sizes), every_bad=EVERY_BAD)
    for size in sizes:
        (scratch / str(size)).mkdir()
        for path in paths[:size]:
            os.link(path, scratch / str(size) / path.name)
    print(f"  {max(sizes):,} 份生成，{time.perf_counter() - start:.0f} 秒", flush=True)
    results = []
    shared = max((size for size in sizes if size <= _PROMISED), default=0)
    for size in sizes:
        results.append(run_child(scratch, size, max(size, shared), jobs))
        print(f"  {results[-1]}", flush=True)
    return results


def rows(
    scratch: Path, sizes: tuple[int, ...] = SIZES, jobs: int = JOBS
) -> tuple[list[Row], list[str]]:
    results = measure(scratch, sizes, jobs)
    table = [
        Row(
            f"{result['files']:,.0f} 份，{jobs} 个进程",
            ours=result["seconds"],
            rounds=1,
            note=(
                f"计划里有 {result['agencies']:,.0f} 个单位，"
                f"每份 {result['seconds'] / result['files'] * 1000:.2f} 毫秒，"
                f"主进程内存最多 {result['memory']:.0f} MB"
            ),
        )
        for result in results
    ]
    first, last = results[0], results[-1]
    promised = [result for result in results if result["files"] <= _PROMISED][-1]
    growth = promised["memory"] / first["memory"]
    per_file = [result["seconds"] / result["files"] for result in results]
    return table, [
        (
            f"从 {first['files']:,.0f} 份到 {promised['files']:,.0f} 份，主进程内存是 "
            f"{growth:.2f} 倍（要求不超过 {_ROOM:g} 倍："
            f"{'达到' if growth <= _ROOM else '**没达到**'}）；"
            f"每份用时最多是最少的 {max(per_file) / min(per_file):.2f} 倍。"
        ),
        (
            f"每十份有一份有错：共 {last['findings']:,.0f} 条问题，写成 CSV 用 "
            f"{last['writing']:.1f} 秒。各只跑一轮。"
        ),
        (
            f"{last['files']:,.0f} 份再写成 .xlsx、.html 清单和 JSON，三样共 "
            f"{last['reporting']:.0f} 秒，主进程内存最多 {last['memory_reporting']:.0f} MB"
            f"（{first['files']:,.0f} 份时 {first['memory_reporting']:.0f} MB）。"
        ),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--jobs", type=int, default=JOBS)
    parser.add_argument("--child", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        folder, size, agencies, jobs = arguments.child
        print(json.dumps(_child(Path(folder), int(size), int(agencies), int(jobs))))
        return
    with TemporaryDirectory(prefix="bench-") as scratch:
        for remark in rows(Path(scratch), tuple(arguments.sizes), arguments.jobs)[1]:
            print(remark)


if __name__ == "__main__":
    main()
