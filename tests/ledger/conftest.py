from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.build.workbook import build_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


@pytest.fixture(scope="session")
def built(plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A freshly built, empty ledger."""
    path = tmp_path_factory.mktemp("built") / "七优享台账.xlsm"
    build_ledger(path, plan, rules, period=Period.parse("2026Q3"))
    return path.read_bytes()


@pytest.fixture
def ledger(built: bytes, tmp_path: Path) -> Path:
    """A copy of it to work on."""
    path = tmp_path / "七优享台账.xlsm"
    path.write_bytes(built)
    return path
