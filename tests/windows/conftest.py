"""Everything that was seen in one session under Wine, code page 936."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from office_pc import lay_out, plants_of, run_session

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What was seen in one session, in a folder with Chinese and a space, by section."""
    folder = lay_out(tmp_path_factory.mktemp("wine") / "台账 目录")
    return run_session(folder) | {"planted": {"ran": plants_of(folder).ran}}


@pytest.fixture
def seen(session: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """One section of the session; an error in it is shown as it was."""

    def section(name: str) -> dict[str, Any]:
        assert name in session, f"the session ended before {name}"
        assert "error" not in session[name], session[name]["error"]
        found: dict[str, Any] = session[name]
        return found

    return section
