"""The sample returns give the outcome that examples/README.md says, and can be made again."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import openpyxl
import pytest
from support.paths import ROOT

from qiyx_xl.core.forms.vocabulary import form_items
from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.rate import Light
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.intake.batch import check_files, collect_files

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

EXAMPLES = ROOT / "examples"
LAST_YEAR, THIS = Period.parse("2025Q4"), Period.parse("2026Q3")


class Promise(NamedTuple):
    status: str
    codes: set[str]


def promised() -> dict[str, Promise]:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|.*\| (\S+) \|([^|]*)\|$", text, re.MULTILINE)
    return {name: Promise(status, set(codes.split())) for name, status, codes in rows}


def check(folder: Path, plan: Plan, rules: Rules, period: Period, history) -> list[Submission]:
    files, skipped = collect_files([folder])
    assert skipped == []
    return check_files(files, plan, rules, period=period, history=history)


@pytest.fixture(scope="module")
def last_year(plan: Plan, rules: Rules) -> list[Submission]:
    return check(EXAMPLES / "2025Q4", plan, rules, LAST_YEAR, NoHistory())


@pytest.fixture(scope="module")
def this_quarter(plan: Plan, rules: Rules, last_year: list[Submission]) -> list[Submission]:
    history = RecordHistory([record for one in last_year for record in one.records])
    return check(EXAMPLES / "2026Q3", plan, rules, THIS, history)


def test_every_file_of_this_quarter_gives_the_outcome_the_readme_says(
    this_quarter: list[Submission],
) -> None:
    found = {
        Path(one.path).name: Promise(one.status.label, {finding.code for finding in one.findings})
        for one in this_quarter
    }
    assert found == promised()


def test_the_outcome_is_the_same_without_last_years_figures(plan: Plan, rules: Rules) -> None:
    checked = check(EXAMPLES / "2026Q3", plan, rules, THIS, NoHistory())
    assert {Path(one.path).name: one.status.label for one in checked} == {
        name: promise.status for name, promise in promised().items()
    }


def test_last_years_returns_are_all_accepted_without_a_word_and_complete(
    plan: Plan, last_year: list[Submission]
) -> None:
    assert [(one.path, one.findings) for one in last_year if one.findings] == []
    due = {agency.name for agency in plan.agencies if form_items(plan, agency, LAST_YEAR)}
    assert {one.agency for one in last_year} == due
    assert all(one.status is SubmissionStatus.ACCEPTED for one in last_year)


def test_one_agency_did_not_send_anything(plan: Plan, this_quarter: list[Submission]) -> None:
    due = {agency.name for agency in plan.agencies if form_items(plan, agency, THIS)}
    unread = {"戚家山街道"}
    assert due - {one.agency for one in this_quarter} - unread == {"白峰街道"}


def test_the_accepted_figures_light_all_four_lamps(
    plan: Plan, rules: Rules, last_year: list[Submission], this_quarter: list[Submission]
) -> None:
    records = [
        record
        for one in (*last_year, *this_quarter)
        if one.status is SubmissionStatus.ACCEPTED
        for record in one.records
    ]
    lines = status_lines(plan, rules, THIS, records, THIS.last_day.replace(month=10))
    lamps = [line.rating.light for line in lines if isinstance(line.item, Indicator)]
    assert {light: lamps.count(light) for light in Light} == {
        Light.GREEN: 6,
        Light.AMBER: 3,
        Light.RED: 3,
        Light.GREY: 9,
    }


def test_some_of_the_files_were_saved_by_another_program_than_ours() -> None:
    text = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    said = set(re.findall(r"^\| `([^`]+)` \| LibreOffice \|", text, re.MULTILINE))
    saved = set()
    for path in (EXAMPLES / "2026Q3").iterdir():
        if zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as parts:
                if b"LibreOffice" in parts.read("docProps/app.xml"):
                    saved.add(path.name)
    assert saved == said
    assert len(saved) >= 2


@pytest.mark.slow
def test_the_script_makes_the_same_bytes_twice_and_the_committed_content(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_examples.py"
    for out in (tmp_path / "once", tmp_path / "again"):
        subprocess.run(
            [sys.executable, str(script), "--out", str(out)], check=True, capture_output=True
        )
    once, again = (files_in(tmp_path / name) for name in ("once", "again"))
    committed = files_in(EXAMPLES)
    assert [name for name in once if once[name].read_bytes() != again[name].read_bytes()] == []
    assert set(committed) - set(once) == BY_LIBREOFFICE
    assert set(once) <= set(committed)
    stale = [name for name in once if content(once[name]) != content(committed[name])]
    assert stale == [], "请运行 python scripts/make_examples.py --libreoffice"


BY_LIBREOFFICE = {
    "2026Q3/区教育局_2026Q3.xlsx",
    "2026Q3/区住建局_2026Q3.xlsx",
    "2026Q3/新碶街道_2026Q3.xlsx",
}


def files_in(folder: Path) -> dict[str, Path]:
    return {str(path.relative_to(folder)): path for path in folder.rglob("*.xlsx")}


def content(path: Path) -> object:
    """Return what a file says, whatever versions of the libraries wrote it."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
