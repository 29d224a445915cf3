"""What xlwings is told about the functions, read as xlwings itself reads it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from support.paths import ROOT

from qiyx_xl.ledger.registry import CATEGORY, FUNCTIONS
from qiyx_xl.shells import functions, udfs

# xlwings' decorators work on Windows only; scripts/build_workbook.py knows how to wake them.
AS_XLWINGS_SEES = """
import importlib.util, json
spec = importlib.util.spec_from_file_location("b", "scripts/build_workbook.py")
b = importlib.util.module_from_spec(spec)
spec.loader.exec_module(b)
b.wrapper_source()
from qiyx_xl.shells import udfs
from qiyx_xl.shells.plan_sheets import plan_sheet_answers
fetch = plan_sheet_answers.__xlfunc__
seen = {"": [fetch["name"], [arg["name"] for arg in fetch["args"]]]}
for name in dir(udfs):
    if name.startswith("QYX_"):
        info = getattr(udfs, name).__xlfunc__
        seen[name] = [info["category"], info["ret"]["doc"], [
            [arg["name"], arg["doc"], arg["options"], "optional" in arg] for arg in info["args"]
        ]]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def seen() -> dict:
    done = subprocess.run(
        [sys.executable, "-c", AS_XLWINGS_SEES], cwd=ROOT, capture_output=True, check=True
    )
    return json.loads(done.stdout)


def test_xlwings_sees_every_function_with_help_and_category(seen: dict):
    assert {name: found for name, found in seen.items() if name} == {
        function.name: [
            CATEGORY,
            function.help,
            [
                [
                    argument.name,
                    argument.help,
                    {"ndim": 2, "err_to_str": True},
                    argument.optional,
                ]
                for argument in function.arguments
            ],
        ]
        for function in FUNCTIONS
    }


def test_xlwings_takes_the_one_call_for_the_plan_sheets_too(seen: dict):
    assert seen[""] == ["plan_sheet_answers", ["period", "records", "goals", "baselines"]]


def test_a_function_called_from_excel_does_what_the_registry_says():
    assert udfs.QYX_STATUS([[9.0]], [["2026"]], [[8.3]], None, None) == "绿"
    assert udfs.QYX_TARGET([[9.0]], [[2026.0]], None) == 8.3
    assert udfs.QYX_PLAN() == functions.shipped().whole_plan()
    udfs.warm_up()
