"""The sample returns give the outcome that examples/README.md says, and can be made again."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from qiyx_xl.core.forms import form_items
from qiyx_xl.core.periods import Period
from qiyx_xl.core.plan import Indicator
from qiyx_xl.core.rating import Light
from qiyx_xl.core.scorecard import status_lines
from qiyx_xl.core.submissions import NoHistory, RecordHistory, Submission, SubmissionStatus
from qiyx_xl.intake.batch import check_files, collect_files

if TYPE_CHECKING:
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules

ROOT = Path(__file__).resolve().parents[2]
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


def test_the_script_makes_the_committed_files_again_to_the_byte(tmp_path: Path) -> None:
    script = ROOT / "scripts" / "make_examples.py"
    subprocess.run(
        [sys.executable, str(script), "--out", str(tmp_path)], check=True, capture_output=True
    )
    made = {str(path.relative_to(tmp_path)): path for path in tmp_path.rglob("*.xlsx")}
    committed = {
        str(path.relative_to(EXAMPLES)): path
        for folder in (str(LAST_YEAR), str(THIS))
        for path in (EXAMPLES / folder).iterdir()
    }
    by_libreoffice = {
        "2026Q3/区教育局_2026Q3.xlsx",
        "2026Q3/区住建局_2026Q3.xlsx",
        "2026Q3/新碶街道_2026Q3.xlsx",
    }
    assert set(committed) - set(made) == by_libreoffice
    stale = [
        name for name, path in made.items() if path.read_bytes() != committed[name].read_bytes()
    ]
    assert stale == []
