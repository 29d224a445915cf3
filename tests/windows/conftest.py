"""Everything that was seen in one session under Wine, code page 936."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import setup_wine
from wine_machine import ready_folder, run_in_wine, windows_path

from qiyx_xl.data import resource

if TYPE_CHECKING:
    from collections.abc import Callable

PERIOD = "2026Q3"
SAMPLES = ("区教育局_2026Q3.xlsx", "大碶街道_2026Q3.xlsx", "区民政局七优享9月.xlsx")
_HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="session")
def office_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with Chinese and a space: the ledger, 收件, and a copy of the ledger for each way."""
    python = windows_path(setup_wine.windows_python(ready_folder()))
    folder = tmp_path_factory.mktemp("wine") / "台账 目录"
    (folder / "收件").mkdir(parents=True)
    for name in SAMPLES:
        shutil.copy(resource(f"examples/{PERIOD}/{name}"), folder / "收件")
    for place in (folder, folder / "经服务", folder / "独立进程"):
        for empty in ("空", "下发"):
            (place / empty).mkdir(parents=True)
        shutil.copy(resource("workbook/七优享台账.xlsm"), place)
        (place / "xlwings.conf").write_text(f'"INTERPRETER_WIN","{python}"\r\n', encoding="ascii")
    return folder


@pytest.fixture(scope="session")
def session(office_folder: Path) -> dict[str, Any]:
    """What was seen in one session under Wine, by section."""
    python = str(setup_wine.windows_python(ready_folder()))
    script = windows_path(_HERE / "session.py")
    done = run_in_wine(python, "-X", "utf8", script, windows_path(office_folder))
    seen = office_folder / "seen.json"
    assert seen.is_file(), done.stdout.decode(errors="replace")
    result: dict[str, Any] = json.loads(seen.read_text(encoding="utf-8"))
    return result


@pytest.fixture
def seen(session: dict[str, Any]) -> Callable[[str], dict[str, Any]]:
    """One section of the session; an error in it is shown as it was."""

    def section(name: str) -> dict[str, Any]:
        assert name in session, f"the session ended before {name}"
        assert "error" not in session[name], session[name]["error"]
        found: dict[str, Any] = session[name]
        return found

    return section
