from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.desk import Desk

from qiyx_xl import app

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def empty_ledger(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A freshly built, empty ledger."""
    path = tmp_path_factory.mktemp("built") / app.LEDGER_NAME
    app.build_ledger(app.Office.at(path))
    return path.read_bytes()


@pytest.fixture(scope="session")
def new_desk(empty_ledger: bytes, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Desk]:
    """Set up any number of offices that know nothing of each other."""

    def make() -> Desk:
        folder = tmp_path_factory.mktemp("台账 目录")
        return _desk(folder, empty_ledger)

    return make


@pytest.fixture
def desk(empty_ledger: bytes, tmp_path: Path) -> Desk:
    folder = tmp_path / "台账 目录"
    folder.mkdir()
    return _desk(folder, empty_ledger)


def _desk(folder: Path, ledger: bytes) -> Desk:
    path = folder / app.LEDGER_NAME
    path.write_bytes(ledger)
    return Desk(folder, app.Office.at(path))
