"""The same files give the same ledger: in any order, and however often they are taken in."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from kill_consolidate import NOW, Q3, drawn, plan_of
from support.examples import tried

from qiyx_xl import app
from qiyx_xl.ledger.build.workbook import build_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.rules import Rules

pytestmark = pytest.mark.slow

FEW = 7
MANY = 500 if os.environ.get("QIYX_CI") else 40


def office_in(folder: Path, streets: int, rules: Rules) -> app.Office:
    folder.mkdir(parents=True)
    ledger = folder / "七优享台账.xlsm"
    build_ledger(ledger, plan_of(streets), rules, period=Q3)
    return app.Office.at(ledger, plan=plan_of(streets), rules=rules)


def inbox_with(folder: Path, files: int) -> list[Path]:
    folder.mkdir()
    paths = [folder / f"试验{number}街道.xlsx" for number in range(files)]
    for number, path in enumerate(paths):
        path.write_bytes(drawn(f"试验{number}街道", number))
    return paths


def test_any_order_of_the_files_gives_the_same_ledger(
    rules: Rules, tmp_path_factory: pytest.TempPathFactory
):
    paths = inbox_with(tmp_path_factory.mktemp("收") / "件", FEW)
    seen: set[bytes] = set()

    @tried(0.05, suppress_health_check=list(HealthCheck))
    @given(st.permutations(paths))
    def in_this_order(order: list[Path]) -> None:
        office = office_in(tmp_path_factory.mktemp("各") / "台账", FEW, rules)
        app.consolidate(office, order, Q3, now=NOW)
        seen.add(office.ledger.read_bytes())

    in_this_order()
    assert len(seen) == 1


def test_taking_the_same_files_in_twice_writes_the_same_bytes_and_no_second_backup(
    rules: Rules, tmp_path: Path
):
    from qiyx_xl.ledger.file.replace import backups_of

    inbox_with(tmp_path / "收件", MANY)
    office = office_in(tmp_path / "台账", MANY, rules)
    first = app.consolidate(office, [tmp_path / "收件"], Q3, now=NOW)
    assert len(first.consolidation.accepted) == MANY
    ledger, store = office.ledger.read_bytes(), office.store.read_bytes()
    second = app.consolidate(office, [tmp_path / "收件"], Q3, now=NOW)
    assert len(second.consolidation.duplicates) == MANY
    assert office.ledger.read_bytes() == ledger
    assert office.store.read_bytes() == store
    assert len(backups_of(office.ledger)) == 1
