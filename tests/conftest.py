from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.examples import load_profile
from support.offices import LEDGER, Templates

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules


load_profile()


@pytest.fixture(scope="session")
def plan() -> Plan:
    return load_plan()


@pytest.fixture(scope="session")
def rules() -> Rules:
    return load_rules()


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    """Offices made once in this process, to be copied."""
    return Templates(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def built(plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A freshly built, empty ledger."""
    from qiyx_xl.ledger.build.workbook import build_ledger

    path = tmp_path_factory.mktemp("built") / LEDGER
    build_ledger(path, plan, rules, period=Period.parse("2026Q3"))
    return path.read_bytes()


@pytest.fixture
def ledger(built: bytes, tmp_path: Path) -> Path:
    """A copy of it to work on."""
    path = tmp_path / LEDGER
    path.write_bytes(built)
    return path


_PROGRAMS = ("libreoffice", "node", "wine", "chromium")
_LONGEST = ("windows", "store", "ledger", "papers", "excel")


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Keep a file's tests in one process, for what they share is dear.

    The folder ``windows`` shares one session under Wine.
    """
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", 1)[0]
            return "windows" if "/windows/" in file else file

    return ByFile(config, log)


@pytest.hookimpl(tryfirst=True)  # before pytest itself leaves out what `-m` does not ask for
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Start with the folders that take longest; mark what needs a program beside Python."""
    for item in items:
        if any(item.get_closest_marker(program) for program in _PROGRAMS):
            item.add_marker("external")
    rank = {folder: place for place, folder in enumerate(_LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.parent.name, len(rank)))


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name cases of bytes, and of text that cannot be printed, in plain letters."""
    if isinstance(val, bytes):
        return repr(val)
    if isinstance(val, str) and not val.isprintable():
        return val.encode("unicode_escape").decode("ascii")
    return None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI nothing may be skipped: every program the tests need is installed there."""
    report = yield
    if report.skipped and os.environ.get("QIYX_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped on CI: {report.longrepr}"
    return report
