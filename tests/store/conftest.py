from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.store_office import Office

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan


@pytest.fixture
def office(tmp_path: Path, plan: Plan) -> Office:
    return Office(tmp_path, plan)


@pytest.fixture(scope="session")
def new_office(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> Callable[[], Office]:
    """Make any number of offices that know nothing of each other."""
    return lambda: Office(tmp_path_factory.mktemp("office"), plan)
