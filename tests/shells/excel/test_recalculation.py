"""A recalculation of the whole ledger reaches Python a handful of times, and every cell is right.

LibreOffice plays Excel: it runs our VBA text, calls the functions from the cells, and hands the
arguments over as ranges. Of the generated wrapper it is given the branch without Excel's own
objects, and arguments left out are blanks, for its Basic cannot put what is missing into an array.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from support.paths import ROOT
from test_vba_in_libreoffice import python_with_uno

from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.ledger.build import vba
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.content.workbook import Content
from qiyx_xl.ledger.layout.cells import Formula

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

pytestmark = pytest.mark.libreoffice

EXAMPLES = ROOT / "examples" / "2026Q3"
PLAN_SHEETS = ["指标台账", "任务目标", "里程碑"]
PERIODS = ["2026Q3", "2026Q2", "2027", "2026Q3"]
MOST_CALLS = 12
CONFIRMED = 690  # of an item in percent

# Modules of its Basic are objects with methods; so the workbook's own can stand for the server.
# Rows come through as arrays in an array, where COM brings an array of two dimensions.
SERVER = """
Public Function CallUDF(source, func, given)
    Dim rows, answer, atRow As Long, at As Long
    rows = xlwings.python.invoke(Array(source, func, given), Array(), Array())
    CallUDF = rows
    If Not IsArray(rows) Then Exit Function
    If Not IsArray(rows(0)) Then Exit Function
    ReDim answer(0 To UBound(rows), 0 To UBound(rows(0)))
    For atRow = 0 To UBound(rows)
        For at = 0 To UBound(rows(0))
            answer(atRow, at) = rows(atRow)(at)
        Next at
    Next atRow
    CallUDF = answer
End Function
"""
STAND_IN = """Attribute VB_Name = "xlwings"
Public python As Object
Function XLPyCommand()
    XLPyCommand = "cmd.exe"
End Function
Function XLPy() As Object
    If python Is Nothing Then Err.Raise 1000, "xlwings", "no Python here"
    Set XLPy = ThisWorkbook
End Function
Public Function RunPython(PythonCommand As String)
End Function
"""
PROBE = """Attribute VB_Name = "Probe"
Function Recalculate(server)
    Set xlwings.python = server
    ThisComponent.calculateAll()
    Recalculate = "done"
End Function
"""


def for_libreoffice(wrapper: str) -> str:
    text = re.sub(r"#Const.*\n", "", wrapper)
    text = re.sub(r" *#If App.*?#Else\n(.*?) *#End If\n", r"\1", text, flags=re.DOTALL)
    return re.sub(r"^Function .*\n", _with_blanks, text, flags=re.MULTILINE)


def _with_blanks(line: re.Match[str]) -> str:
    names = re.findall(r"Optional (\w+)", line[0])
    return line[0] + "".join(f'If IsMissing({name}) Then {name} = ""\n' for name in names)


@pytest.fixture(scope="module")
def ledger(plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that has taken the sample workbooks in, and a value that a person has confirmed."""
    path = tmp_path_factory.mktemp("recalculation") / "七优享台账.xlsm"
    real = {name: text.replace("\r\n", "\n") for name, text in vba.sources().items()}
    sources = real | {
        "ThisWorkbook": real["ThisWorkbook"] + SERVER,
        "xlwings": STAND_IN,
        "xlwings_udfs": for_libreoffice(real["xlwings_udfs"]),
        "Probe": PROBE,
    }
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            vba,
            "sources",
            lambda: {name: text.replace("\n", "\r\n") for name, text in sources.items()},
        )
        build_ledger(path, plan, rules, period=Period.parse("2026Q3"))
    now = datetime.now().astimezone()
    office, period = app.Office.at(path), Period.parse("2026Q3")
    app.consolidate(office, [EXAMPLES], period, now=now)
    form = path.with_name("区卫健局_2026Q3.xlsx")
    book = load_workbook(EXAMPLES / form.name)
    book["填报表"]["G7"] = CONFIRMED
    book.save(form)
    said = {"by": "张三", "reason": "已电话核实", "value": str(CONFIRMED)}
    app.confirm(office, period, "2", "区卫健局", now=now, **said)
    app.consolidate(office, [form], period, now=now + timedelta(minutes=1))
    return path


@pytest.fixture(scope="module")
def steps(ledger: Path) -> list[dict[str, Any]]:
    """What each recalculation asked of Python, and what the plan's sheets then held."""
    done = subprocess.run(
        [
            python_with_uno(),
            str(Path(__file__).with_name("recalculate_in_libreoffice.py")),
            str(ledger),
            str(ledger.parent / "profile"),
            sys.executable,
            json.dumps([[period, PLAN_SHEETS] for period in PERIODS]),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    seen: list[dict[str, Any]] = json.loads(done.stdout)
    assert [step["done"] for step in seen] == ["done"] * len(PERIODS)
    return seen


@pytest.mark.parametrize("at", range(len(PERIODS)), ids=PERIODS)
def test_every_recalculated_cell_shows_what_the_core_says(
    at: int, steps: list[dict[str, Any]], ledger: Path
):
    period = Period.parse(PERIODS[at])
    today = datetime.now().astimezone().date()
    content = Content(app.ledger_view(app.Office.at(ledger), period, today))
    wrong = []
    for table, rows in content.plan_sheets():
        shown = steps[at]["sheets"][table.sheet.value]
        for code, cells in rows.items():
            for header, cell in cells.items():
                if isinstance(cell, Formula):
                    found = shown[content.row_of(table, code)][table.place(header)]
                    if not same(found, cell.value):
                        wrong.append((table.title, code, header, found, cell.value))
    assert wrong == []


@pytest.mark.parametrize("at", [0, 3])
def test_a_confirmed_value_keeps_its_lamp_when_everything_is_recalculated(
    at: int, steps: list[dict[str, Any]]
):
    header, row = (steps[at]["sheets"]["指标台账"][place] for place in (4, 6))
    shown = dict(zip(header, row, strict=True))
    assert (shown["本期实际值"], shown["核实"], shown["状态"]) == (CONFIRMED, "已核实", "绿")


def same(found: Any, expected: Any) -> bool:
    if isinstance(expected, Decimal | int):
        return found == pytest.approx(float(expected), rel=1e-12)
    return found == ("" if expected is None else expected)


def test_a_recalculation_of_the_whole_ledger_needs_at_most_a_dozen_calls(
    steps: list[dict[str, Any]],
):
    for step in steps:
        assert 0 < len(step["calls"]) <= MOST_CALLS, step["calls"]
    assert steps[0]["calls"].count("plan_sheet_answers") == 1


def test_no_cell_of_the_plan_sheets_asks_python_by_itself(steps: list[dict[str, Any]]):
    rated = {"QYX_RATE", "QYX_GAP", "QYX_STATUS", "QYX_EXPLAIN"}
    for step in steps:
        assert not rated & set(step["calls"]), step["calls"]
