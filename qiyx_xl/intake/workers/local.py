"""Files judged on this machine: small ones in this process, all others in workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.gc_control import seldom_interrupted
from qiyx_xl.intake.form.check import judge_file_safely
from qiyx_xl.intake.workbook.guard import NotSmall
from qiyx_xl.intake.workers.pool import Crew

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiyx_xl.core.checks.context import Setting
    from qiyx_xl.intake.collect.paths import Task
    from qiyx_xl.intake.form.packed import Packed


def check_all(tasks: Sequence[Task], setting: Setting, jobs: int) -> Iterator[tuple[int, Packed]]:
    """Yield each file's result: small workbooks here if there is one job, all others in workers.

    A small .xlsx is safe in this process: the guard has verified every part's size and the scan
    has bounded every sheet before the reader sees a byte.
    """
    if jobs > 1 and len(tasks) > 1:
        with Crew(setting, jobs) as crew:
            yield from crew.check(tasks)
        return
    to_isolate = []
    with seldom_interrupted():
        for index, path in tasks:
            try:
                judged = judge_file_safely(Path(path), setting, only_small=True)
            except NotSmall:
                to_isolate.append((index, path))
            else:
                yield index, judged.pack()
    if to_isolate:
        with Crew(setting, 1) as crew:
            yield from crew.check(to_isolate)
