"""Our VBA compiles and runs: in LibreOffice, with a stand-in for xlwings' own module.

LibreOffice cannot compile ``xlwings.bas`` (it declares Windows DLLs), and answers nothing at all
if a single module does not compile. So an answer here also says that every other module does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.ledger.build import vba
from qiyx_xl.ledger.build.workbook import build_ledger
from qiyx_xl.ledger.layout.texts import CATEGORY_KEY, messages
from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS, LedgerSheet

MESSAGES = messages(load_plan())

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

pytestmark = pytest.mark.libreoffice

STAND_IN = """Attribute VB_Name = "xlwings"
Public padding As String
Public attempts As Long
Function XLPyCommand()
    XLPyCommand = "cmd.exe /K python" & padding
End Function
Function XLPy()
    attempts = attempts + 1
    Err.Raise 1000, "xlwings", "no Python here"
End Function
Public Function RunPython(PythonCommand As String)
End Function
"""

PROBE = """Attribute VB_Name = "Probe"
Function Mapped(a)
    Dim answer
    answer = Qiyx.RealErrors(a)
    If IsError(answer) Then Mapped = CStr(answer) Else Mapped = answer
End Function
Function MappedArray()
    Dim a(1 To 2, 1 To 2), b
    a(1, 1) = "x": a(1, 2) = "#QYX:N/A": a(2, 1) = 3: a(2, 2) = "#QYX:VALUE"
    b = Qiyx.RealErrors(a)
    MappedArray = b(1, 1) & "|" & CStr(b(1, 2)) & "|" & b(2, 1) & "|" & CStr(b(2, 2))
End Function
Function MappedRow()
    Dim a(0 To 2), b
    a(0) = "x": a(1) = "#QYX:N/A": a(2) = "#QYX:VALUE"
    b = Qiyx.RealErrors(a)
    MappedRow = b(0) & "|" & CStr(b(1)) & "|" & CStr(b(2))
End Function
Function Sleeping()
    Sleeping = CStr(Qiyx.Asleep())
End Function
Function AttemptsOfManyCells()
    Dim at As Long, answer
    xlwings.attempts = 0
    On Error Resume Next
    For at = 1 To 50
        answer = Qiyx.Answer("m", "QYX_STATUS", Array(9, "2024Q2", at, "", ""))
    Next at
    AttemptsOfManyCells = xlwings.attempts
End Function
Function WithoutArguments()
    Dim answer
    On Error Resume Next
    answer = Qiyx.Answer("m", "QYX_VERSION", Array())
    WithoutArguments = Err.Description
End Function
Function WhyNot()
    On Error Resume Next
    Qiyx.Server
    WhyNot = Err.Description
End Function
Function WhyNotLong()
    xlwings.padding = String(700, ChrW(19971))
    On Error Resume Next
    Qiyx.Server
    WhyNotLong = Err.Description
    xlwings.padding = ""
End Function
Public told As String
Public Sub MacroOptions(Macro, Description, Category, Optional ArgumentDescriptions)
    Dim at As Long
    told = told & Macro & "|" & Category & "|" & Description
    If Not IsMissing(ArgumentDescriptions) Then
        For at = LBound(ArgumentDescriptions) To UBound(ArgumentDescriptions)
            told = told & "|" & ArgumentDescriptions(at)
        Next at
    End If
    told = told & Chr(10)
End Sub
Function WizardHelp()
    told = ""
    Qiyx.WakeUp
    WizardHelp = told
End Function
Function StateAfterOpening()
    Qiyx.WakeUp
    StateAfterOpening = ThisWorkbook.Names("QiyxState").RefersToRange.Value
End Function
"""


@cache
def python_with_uno() -> str:
    for candidate in (sys.executable, shutil.which("python3", path="/usr/bin"), "python3"):
        if (
            candidate
            and not subprocess.run(
                [candidate, "-c", "import uno"], capture_output=True, check=False
            ).returncode
        ):
            return candidate
    pytest.skip("no Python with LibreOffice's uno module (Debian: python3-uno)")


@pytest.fixture(scope="module")
def run(plan: Plan, rules: Rules, tmp_path_factory: pytest.TempPathFactory) -> Any:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    folder = tmp_path_factory.mktemp("vba")
    book = folder / "台账.xlsm"
    real = vba.sources
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            vba,
            "sources",
            lambda: (
                real()
                | {
                    # The function wizard itself is Excel's.
                    "Qiyx": real()["Qiyx"].replace("Application.MacroOp", "Probe.MacroOp"),
                    "xlwings": STAND_IN.replace("\n", "\r\n"),
                    "Probe": PROBE.replace("\n", "\r\n"),
                }
            ),
        )
        build_ledger(book, plan, rules)
    names = ("Mapped", "Mapped", "Mapped", "MappedArray", "Sleeping", "WhyNotLong", "WhyNot",
             "StateAfterOpening", "MappedRow", "AttemptsOfManyCells",
             "WithoutArguments", "WizardHelp")  # fmt: skip
    arguments = [["绿"], ["#QYX:N/A"], ["#QYX:VALUE"], [], [], [], [], [], [], [], [], []]
    calls = [[f"Probe.{name}", given] for name, given in zip(names, arguments, strict=True)]
    done = subprocess.run(
        [
            python_with_uno(),
            str(Path(__file__).with_name("run_in_libreoffice.py")),
            str(book),
            str(folder / "profile"),
            json.dumps(calls),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_module_is_there_and_compiles(run: Any):
    assert set(run["modules"]) == {
        "ThisWorkbook", "Qiyx", "xlwings", "xlwings_udfs", "Probe",
        *(sheet.code_name for sheet in LedgerSheet),
    }  # fmt: skip
    assert run["answers"][0] == "绿"


def test_python_s_two_texts_become_real_errors_also_inside_arrays(run: Any):
    assert run["answers"][1:4] == ["Error 2042", "Error 2015", "x|Error 2042|3|Error 2015"]


def test_a_single_row_which_xlwings_hands_over_with_one_dimension_gets_them_too(run: Any):
    assert run["answers"][8] == "x|Error 2042|Error 2015"


def test_a_function_that_did_not_reach_python_is_a_name_error(run: Any):
    assert run["answers"][4] == "Error 2029"


def test_where_python_is_missing_the_first_sheet_says_so_and_nothing_pops_up(run: Any):
    assert run["answers"][6] == "no Python here"
    assert run["answers"][7].endswith(f"{MESSAGES['asleep']} no Python here")


def test_where_the_server_does_not_start_the_cells_do_not_each_wait_for_it(run: Any):
    assert run["answers"][9] == 1


def test_a_function_without_arguments_reaches_the_server_too(run: Any):
    assert run["answers"][10] == MESSAGES["asleep"]


def test_the_function_wizard_is_told_every_function_with_its_help_and_arguments(run: Any):
    told = [line.split("|") for line in run["answers"][11].strip().split("\n")]
    assert told == [
        [
            f"'台账.xlsm'!{function.name}",
            MESSAGES[CATEGORY_KEY],
            function.help,
            *(argument.help for argument in function.arguments),
        ]
        for function in FUNCTIONS
    ]


def test_a_command_line_too_long_for_the_dll_is_refused_before_it_starts(run: Any):
    assert run["answers"][5] == MESSAGES["path_too_long"]


def test_the_buttons_are_bound_to_their_subs(run: Any):
    assert run["buttons"] == {
        control.caption: [
            f"vnd.sun.star.script:VBAProject.Qiyx.{control.sub}?language=Basic&location=document"
        ]
        for control in CONTROLS
    }
