"""Recalculates a ledger in LibreOffice, its macros asking a Python server; a program of its own.

    python3 recalculate_in_libreoffice.py BOOK PROFILE PYTHON '[["2026Q3", ["指标台账", …]], …]'

Needs a Python that has ``uno``; PYTHON is one that has qiyx_xl. For each step the 数据期 is chosen
(if one is given) and every formula is calculated anew. Prints JSON: for each step the calls that
reached Python, and the sheets' cells.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import unohelper
from com.sun.star.script.provider import XScript

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from support.office_process import RUN_MACROS, opened, prop

ROOT = Path(__file__).resolve().parents[3]
PERIOD = ("指标台账", "C3")


class Server(unohelper.Base, XScript):
    """The Python server, as the macros reach it: ``invoke((module, function, arguments))``."""

    def __init__(self, python):
        self.calls = []
        self._process = subprocess.Popen(
            [python, str(Path(__file__).with_name("python_server.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )

    def invoke(self, parameters, _places, _values):
        module, function, arguments = parameters
        self.calls.append(function)
        self._process.stdin.write(json.dumps([module, function, arguments], default=str) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return as_cells(answer), (), ()

    def close(self):
        self._process.stdin.close()
        self._process.wait(10)


def as_cells(answer):
    return tuple(map(as_cells, answer)) if isinstance(answer, list) else answer


def cells_of(sheet):
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    last = cursor.RangeAddress
    area = sheet.getCellRangeByPosition(0, 0, last.EndColumn, min(last.EndRow, 500))
    return [list(row) for row in area.getDataArray()]


def main():
    book, profile, python, steps = *sys.argv[1:4], json.loads(sys.argv[4])
    with opened(book, profile, prop("MacroExecutionMode", RUN_MACROS)) as document:
        server, seen = Server(python), []
        for period, sheets in steps:
            if period:
                document.Sheets.getByName(PERIOD[0]).getCellRangeByName(PERIOD[1]).String = period
            server.calls.clear()
            run = document.getScriptProvider().getScript(
                "vnd.sun.star.script:VBAProject.Probe.Recalculate?language=Basic&location=document"
            )
            # From inside a macro: LibreOffice lets go of a module's objects when the macro ends.
            done = run.invoke((server,), (), ())[0]
            cells = {name: cells_of(document.Sheets.getByName(name)) for name in sheets}
            seen.append({"done": done, "calls": list(server.calls), "sheets": cells})
        print(json.dumps(seen))  # noqa: T201 - the answer
        server.close()


if __name__ == "__main__":
    main()
