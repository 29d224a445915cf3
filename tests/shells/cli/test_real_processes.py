"""Every command of the registry in a process of its own says what it says in that of the tests."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from support.commands import Answer, run_here, run_process
from support.every_command import CASES, Case, found_office, registered

from qiyx_xl.shells.cli import qiyx

if TYPE_CHECKING:
    from pathlib import Path

    from support.offices import Templates


def _make(folder: Path) -> None:
    found_office(folder, lambda *words: run_here(folder, *words).code)


def _prepare(case: Case, folder: Path) -> None:
    for program, *words in case.before:
        if program == "rm":
            (folder / words[0]).unlink()
        else:
            assert run_here(folder, program, *words).code in (0, 1)


def _comparable(answer: Answer, folder: Path) -> tuple[int, str, str]:
    """Leave out what no two runs have in common: where and when they ran."""
    own = re.compile(rf"{re.escape(str(folder))}|\d{{2}}:\d{{2}}(:\d{{2}})?|[\d.]+ ?秒")
    return answer.code, own.sub("…", answer.out), own.sub("…", answer.err)


def test_no_command_is_left_out() -> None:
    assert set(registered(qiyx)) == set(CASES)


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [cases[0] for cases in CASES.values()], ids=[name.replace(" ", "-") for name in CASES]
)
def test_a_command_answers_alike_wherever_it_runs(
    case: Case, tmp_path: Path, templates: Templates
) -> None:
    here, there = tmp_path / "这里", tmp_path / "那里"
    templates.copy("for every command", _make, here)
    _prepare(case, here)
    shutil.copytree(here, there)
    expected = _comparable(run_here(here, *case.words), here)
    assert _comparable(run_process(there, *case.words), there) == expected
