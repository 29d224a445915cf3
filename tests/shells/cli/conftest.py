from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from support.commands import Commands
from support.offices import LEDGER, build_ledger

from qiyx_xl.data import resource

if TYPE_CHECKING:
    from pathlib import Path

    from support.offices import Templates


@pytest.fixture
def qiyx(tmp_path: Path) -> Commands:
    """The command, in an empty folder with Chinese and a space."""
    here = tmp_path / "收件 目录"
    here.mkdir()
    return Commands(here)


@pytest.fixture
def with_ledger(qiyx: Commands, templates: Templates) -> Commands:
    """The command where an empty ledger lies."""
    templates.copy("ledger", build_ledger, qiyx.here)
    return qiyx


@pytest.fixture
def third_quarter(qiyx: Commands, templates: Templates) -> Commands:
    """The command where the sample forms of the third quarter have been taken in."""

    def make(folder: Path) -> None:
        build_ledger(folder)
        shutil.copytree(resource("examples/2026Q3"), folder / "收件")
        _consolidate(folder, "收件", "2026Q3", "2026-10-30")

    templates.copy("third quarter", make, qiyx.here)
    return qiyx


@pytest.fixture(scope="session")
def settled_office(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """An office with the two sample quarters taken in, for what changes nothing."""
    here = tmp_path_factory.mktemp("台账 目录")
    build_ledger(here)
    for period, day in (("2025Q4", "2026-01-30"), ("2026Q3", "2026-10-30")):
        shutil.copytree(resource(f"examples/{period}"), here / "收件" / period)
        _consolidate(here, f"收件/{period}", period, day)
    return Commands(here)


def _consolidate(folder: Path, inbox: str, period: str, day: str) -> None:
    words = ("consolidate", inbox, "--ledger", LEDGER, "--period", period, "--today", day)
    answer = Commands(folder)(*words)
    assert answer.code in (0, 1), answer.err
