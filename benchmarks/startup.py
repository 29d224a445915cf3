"""How long the commands take to start."""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

from benchmarks.harness import Case, Limit, Row, Way, measure

TITLE = "启动"
EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
_COMMAND = "from qiyx_xl.shells.cli import main; main()"
_PANDAS = "import pandas, openpyxl, jsonschema"
ROUNDS = 11


def _python(*argv: str, folder: Path | None = None) -> object:
    return lambda: subprocess.run(
        [sys.executable, *argv], check=False, capture_output=True, cwd=folder
    )


def _office(folder: Path) -> Path:
    """Begin an office, so that a command there has a plan to resolve."""
    subprocess.run(
        [sys.executable, "-c", _COMMAND, "init", str(folder), "--by", "张三"],
        check=True,
        capture_output=True,
    )
    return folder


def _of_children() -> float:
    """Return the child processes' processor time, which other programs do not disturb."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    form = str(min(EXAMPLES.glob("*/*.xlsx")))
    office = _office(scratch / "专班")
    bare = Way("`python -c pass`", _python("-c", "pass"))
    script = Way("只导入 pandas、openpyxl、jsonschema，还什么都没做", _python("-c", _PANDAS))

    def case(title: str, *argv: str, limit: float | None = None) -> Case:
        ours = Way("qiyx", _python("-c", _COMMAND, *argv))
        return Case(title, ours, bare, script, Limit(floor=limit), ROUNDS, clock=_of_children)

    rating = ("rate", "--indicator", "9", "--period", "2024Q2", "--actual", "3.3")
    return measure(
        [
            case("`qiyx --version`", "--version", limit=5),
            case("`qiyx --help`", "--help"),
            case("`qiyx rate`，一个值", *rating),
            case("`qiyx validate`，一份填报表", "validate", form, limit=25),
            Case(
                "`qiyx rate`，在有台账和数据库的文件夹里（多出来的是认方案）",
                Way("qiyx", _python("-c", _COMMAND, *rating, folder=office)),
                Way("`qiyx rate`，在别处", _python("-c", _COMMAND, *rating, folder=scratch)),
                rounds=ROUNDS,
                clock=_of_children,
            ),
        ]
    ), ["时间是处理器时间，不受机器上别的活影响。"]
