"""What answers LibreOffice: the worker on its pipe, and the questions about an open workbook."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from datetime import date
from inspect import signature
from typing import TYPE_CHECKING, Any

import pytest
from support.paths import ROOT

from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.layout.cells import Formula
from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN, NOT_READABLE, LedgerSheet
from qiyx_xl.shells.engine.answers import answer
from qiyx_xl.shells.engine.remote import RefusedError, RemoteBook
from qiyx_xl.shells.functions import REGISTRY
from qiyx_xl.shells.host_book import HostBook
from qiyx_xl.shells.hosts import described, extension
from qiyx_xl.shells.ranges import ExcelBook

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = sorted((ROOT / "hosts" / "libreoffice").glob("*.py"))
QUESTIONS = {name for name in vars(HostBook) if not name.startswith("_")}


def worker(*arguments: str, lines: list[str]) -> list[dict[str, Any]]:
    done = subprocess.run(
        [
            *(sys.executable, "-P", "-B", "-c"),
            "import sys; from qiyx_xl.shells.engine import worker; worker.main(sys.argv[1:])",
            *arguments,
        ],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def question(name: str, *cells: Any, workbook: str = "") -> str:
    return json.dumps({"name": name, "cells": list(cells), "workbook": workbook, "plan": ""})


@pytest.mark.slow
def test_the_worker_answers_line_by_line_and_one_bad_line_ends_nothing():
    said = worker(
        lines=[
            question("QYX_STATUS", [[9]], [["2024Q2"]], [[3.3]]),
            "no json",
            question("QYX_NONE", [[9]]),
            question("QYX_INFO", [[9]], [["牵头单位"]]),
            question("QYX_STATUS", [[9], [99]], [["2024Q2"]], [[3.3], [None]]),
        ]
    )
    assert said[0] == {"value": "黄"}
    assert "error" in said[1]
    assert said[2] == {"error": "KeyError"}
    assert said[3] == {"value": "区人力社保局"}
    assert said[4] == {"value": [["黄"], [NOT_IN_PLAN]]}


def test_an_answer_equals_the_function_s_for_numbers_texts_blanks_and_days():
    rate = REGISTRY["QYX_RATE"].answer
    assert answer("QYX_RATE", [[[9]], [["2026Q3"]], [[7]]], "", "") == rate(
        [[9.0]], [["2026Q3"]], [[7.0]]
    )
    day = [[45473]]  # 2024-06-30 as a cell holds it
    assert answer("QYX_STATUS", [[[9]], day, [[3.3]]], "", "") == REGISTRY["QYX_STATUS"].answer(
        [[9.0]], [[date(2024, 6, 30)]], [[3.3]]
    )
    blank = answer("QYX_EXPLAIN", [[[9]], [["2020Q3"]], None], "", "")
    assert blank == answer("QYX_EXPLAIN", [[[9]], [["2020Q3"]], [[""]]], "", "")
    assert answer("QYX_RATE", [[[9]], [["去年"]], [[7]]], "", "") == NOT_READABLE
    assert answer("QYX_VERSION", [], "", "") == REGISTRY["QYX_VERSION"].answer()


def test_a_workbook_of_another_plan_that_cannot_be_told_is_answered_with_not_available():
    assert answer("QYX_STATUS", [[[9]], [["2026"]], [[7]]], "", "别的方案") == NOT_IN_PLAN


@pytest.mark.slow
def test_a_button_s_worker_asks_first_and_is_silent_when_its_program_is_gone(tmp_path: Path):
    said = worker("refresh", lines=['{"answer": "https://disk.example/台账.xlsx"}'])
    assert said[0] == {"question": "full_name"}
    assert [each.get("question") for each in said[1:]] == ["show_status"]


# --- the questions -----------------------------------------------------------------------------


class Told:
    """A program that writes down what it is asked."""

    def __init__(self, **answers: Any) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers = {"sheets": [sheet.value for sheet in LedgerSheet]} | answers

    def __call__(self, question: str, **values: Any) -> Any:
        self.asked.append(json.loads(json.dumps({"question": question, **values})))
        return self.answers.get(question)


def test_every_question_reaches_the_program_in_values_of_json():
    told = Told(read=[[1, ""]], read_used=[["a", None]], formulas=[["=A1"]], confirm=True)
    book, sheet = RemoteBook(told), LedgerSheet.INDICATORS
    assert book.read(sheet, (2, 2), (2, 3)) == [[1.0, None]]
    book.write(sheet, (5, 1), [["=1", 2.5], [None, True]])
    book.write_cells(sheet, (5, 1), [[Formula("QYX_RATE(A1)", None), date(2026, 9, 30)]])
    book.copy_looks(sheet, (5, 1), (5, 3), [7, 8])
    book.insert_column(sheet, 27, like_left=True)
    assert book.confirm("要采用吗？", "七优享") is True
    assert [each for each in told.asked if each["question"] != "sheets"] == [
        {"question": "read", "sheet": "指标台账", "area": "C3:D3"},
        {
            "question": "write",
            "sheet": "指标台账",
            "area": "B6:C7",
            "rows": [["=1", 2.5], [None, True]],
        },
        {
            "question": "write_cells",
            "sheet": "指标台账",
            "area": "B6:C6",
            "rows": [[{"formula": "=QYX_RATE(A1)"}, 46295.0]],
        },
        {
            "question": "copy_looks",
            "sheet": "指标台账",
            "area": "B6:D6",
            "to": ["B8:D8", "B9:D9"],
        },
        {
            "question": "insert_column",
            "sheet": "指标台账",
            "column": 27,
            "letters": "AB",
            "like_left": True,
        },
        {"question": "confirm", "text": "要采用吗？", "title": "七优享"},
    ]


def test_a_sheet_that_is_not_there_is_named_and_a_refusal_is_a_sentence():
    book = RemoteBook(Told(sheets=["Sheet1"]))
    with pytest.raises(LedgerError, match="台账里没有“冲突”表"):
        book.read_used(LedgerSheet.CONFLICTS)
    assert "请关掉正在编辑的格" in str(RefusedError("busy"))


@pytest.mark.parametrize("kind", [ExcelBook, RemoteBook])
def test_excel_and_every_other_program_are_asked_the_same(kind: type):
    for name in QUESTIONS:
        asked, wanted = (signature(getattr(each, name)) for each in (kind, HostBook))
        assert list(asked.parameters) == list(wanted.parameters), name


def test_the_add_in_of_libreoffice_answers_every_question():
    source = (ROOT / "hosts" / "libreoffice" / "qiyx_calc.py").read_text(encoding="utf-8")
    (book,) = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    methods = {node.name for node in book.body if isinstance(node, ast.FunctionDef)}
    assert methods >= QUESTIONS | {"sheets"}


# --- what is generated -------------------------------------------------------------------------


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_what_libreoffice_s_python_runs_is_written_for_an_old_one(path: Path):
    ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_extension_is_the_same_bytes_every_time_and_names_the_whole_registry():
    once = extension.extension("/usr/bin/python3")
    assert once == extension.extension("/usr/bin/python3")
    names = [each["name"] for each in described.functions()]
    assert names == [function.name for function in FUNCTIONS]


def test_arguments_that_tell_a_blank_from_zero_are_texts_ranges_are_not():
    kinds = {
        (function["name"], argument["name"]): argument["kind"]
        for function in described.functions()
        for argument in function["arguments"]
    }
    assert kinds["QYX_RATE", "actual"] == "text"
    assert kinds["QYX_RATE", "previous"] == "any"
    assert kinds["QYX_SCORE", "statuses"] == kinds["QYX_FORECAST", "actuals"] == "any"
    doubtful = {
        argument["name"]
        for function in described.functions()
        for argument in function["arguments"]
        if argument["number"]
    }
    assert doubtful == {"previous", "base_value"}
