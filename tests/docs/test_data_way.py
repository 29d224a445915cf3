"""docs/development/data-way.md follows one cell; here the same cell is followed for real."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from pages import DOCS, ROOT, text_of

from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import SubmissionStatus

if TYPE_CHECKING:
    from types import FrameType

PAGE = text_of(DOCS / "development" / "data-way.md")
FILE = ROOT / "examples" / "2026Q3" / "七优享台账(最终版2)(1).xlsx"
PERIOD = Period.parse("2026Q3")
TYPED, NUMBER = "９５．６％", Decimal("95.6")
MOST_TYPES = 25
IN_BYTES = {"Guarded"}
"""Before it is read the number is somewhere in a compressed part, where nobody can see it."""


def test_the_modules_the_page_names_exist():
    named = re.findall(r"`((?:core|intake|store|ledger)/[\w./]*)`", PAGE)
    assert len(named) > 25
    for module in named:
        assert (ROOT / "qiyx_xl" / module).exists(), module


# --- which types the number goes by from one room to another ------------------------------------


def room(module: str) -> str:
    return module.rpartition(".")[0]


class Watch:
    """Every value of a type of ours that a function in another folder than the type's has held."""

    def __init__(self) -> None:
        self.kept: dict[int, Any] = {}  # alive, so that no number is given to two values
        self.seen: defaultdict[int, set[str]] = defaultdict(set)

    def __call__(self, frame: FrameType, event: str, argument: Any) -> None:
        module = frame.f_globals.get("__name__", "")
        if event == "return" and module.startswith("qiyx_xl."):
            for value in (*frame.f_locals.values(), argument):
                home = type(value).__module__
                if home.startswith("qiyx_xl."):
                    self.kept[id(value)] = value
                    if room(home) != room(module):
                        self.seen[id(value)].add(room(module))

    def types_with_the_number(self) -> dict[str, str]:
        """Name → module of the types by which the number has gone to another room."""
        known: dict[int, bool] = {}
        return {
            type(value).__qualname__: type(value).__module__
            for key, value in self.kept.items()
            if self.seen[key] and (has_number(value, known) or type(value).__name__ in IN_BYTES)
        }


def has_number(value: Any, known: dict[int, bool]) -> bool:
    """Whether a value is the number, or holds it anywhere; the plan has numbers of its own."""
    match value:
        case str():
            return value in (TYPED, str(NUMBER))
        case Decimal() | float():
            return value == NUMBER if isinstance(value, Decimal) else value == float(NUMBER)
        case None | int() | bytes():
            return False
    if id(value) not in known:
        known[id(value)] = False  # while it is looked into: it may hold itself
        known[id(value)] = any(has_number(part, known) for part in parts(value))
    return known[id(value)]


def parts(value: Any) -> list[Any]:
    found: list[Any] = []
    if isinstance(value, dict):
        found += [*value, *value.values()]
    elif isinstance(value, list | tuple | set | frozenset):
        found += value
    home = type(value).__module__
    if home.startswith("qiyx_xl.") and not home.startswith("qiyx_xl.core.plan."):
        found += vars(value).values() if hasattr(value, "__dict__") else ()
        slots = [name for one in type(value).__mro__ for name in getattr(one, "__slots__", ())]
        found += [getattr(value, name, None) for name in slots]
    return found


@pytest.fixture(scope="module")
def walked(tmp_path_factory):
    """The file consolidated into a new office, with an eye on every value on the way."""
    office = app.Office.at(tmp_path_factory.mktemp("office") / app.LEDGER_NAME)
    app.build_ledger(office)
    watch, before = Watch(), sys.getprofile()
    sys.setprofile(watch)
    try:
        done = app.consolidate(office, [FILE], PERIOD, now=datetime(2026, 10, 30, tzinfo=UTC))
    finally:
        sys.setprofile(before)
    return office, done, watch.types_with_the_number()


def listed() -> dict[str, set[str]]:
    """Type → the modules of its step, by the page's table."""
    types: dict[str, set[str]] = {}
    for line in PAGE.splitlines():
        if re.match(r"\| \d+\. ", line):
            _, modules, leaving, *_ = line.split(" | ")
            homes = {
                f"qiyx_xl.{path.replace('/', '.')}"
                for path in re.findall(r"`([\w/]+)\.py`", modules)
            }
            if leaving.startswith("`"):
                types |= dict.fromkeys(re.findall(r"`(\w+)`", leaving), homes)
    return types


def test_the_number_goes_by_the_types_that_the_page_names_and_by_no_others(walked):
    _, _, met = walked
    # What begins with _ goes elsewhere by its interface only, such as Mapping[str, Cell].
    public = {name: module for name, module in met.items() if not name.startswith("_")}
    assert set(public) == set(listed())
    for name, modules in listed().items():
        assert public[name] in modules, f"{name} is in {public[name]}"


def test_there_are_no_more_types_than_the_page_says():
    assert len(listed()) <= MOST_TYPES
    assert f"These are {len(listed())} types" in PAGE
    assert f"no more than {MOST_TYPES}" in PAGE


def test_the_cell_of_the_page_is_read_recorded_rated_and_written_as_the_page_says(walked):
    assert FILE.name in PAGE
    office, done, _ = walked
    (submission,) = done.report.submissions
    assert submission.status is SubmissionStatus.ACCEPTED
    assert submission.agency == "区人力社保局"
    codes = {finding.code: finding for finding in submission.findings}
    assert {"T103", "V102"} <= set(codes)
    assert codes["V102"].value == TYPED

    record = next(r for r in submission.records if r.source.cell == codes["V102"].cell)
    assert record.actual == NUMBER
    assert record.source.sha256 == submission.sha256
    lines = app.status(office, PERIOD, date(2026, 10, 30))
    line = next(line for line in lines if line.item.code == record.code)
    assert line.rating.actual == NUMBER
    assert line.rating.reason

    rows = load_workbook(office.ledger, read_only=True)["填报记录"].iter_rows(values_only=True)
    assert any(float(NUMBER) in row and record.agency in row for row in rows)
