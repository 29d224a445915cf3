"""Runs steps in a real LibreOffice and prints what it saw as JSON; a program of its own.

    python3 in_calc.py STEPS.json SEEN.json

Needs a Python that has ``uno``. HOME says which profile LibreOffice uses. Steps:

``type``: formulas typed into a new sheet beside the given cells; what they show.
``array``: an array formula.
``book``: a ledger opened as a person does; what its cells with formulas show when opened and after
    a hard recalculation.
``press``: a button pressed on a ledger, the dialogs answered by the step.
``service``: buttons pressed through the toolbar's own commands.
``help``: what the function wizard says.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import uno

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
_PACKAGES = Path.home() / ".config/libreoffice/4/user/uno_packages/cache/uno_packages"
for _installed in _PACKAGES.glob("*/qiyx.oxt"):
    sys.path[:0] = [str(_installed), str(_installed / "pythonpath")]

from support.office_process import _connected, prop

FILTERS = {".xlsm": "Calc MS Excel 2007 VBA XML", ".xlsx": "Calc MS Excel 2007 XML"}
FORMULAS, TEXT = 16, 2
PATIENCE = 20.0


def shown(cell):
    """What a cell shows, its error, and its formula."""
    value = cell.String if cell.FormulaResultType2 != 1 else cell.Value
    return [value, cell.getError(), cell.Formula]


class Calc:
    def __init__(self):
        pipe = f"qiyx{os.getpid()}"
        self.process = subprocess.Popen(
            [
                *("soffice", "--headless", "--norestore", "--nologo", "--nodefault"),
                f"--accept=pipe,name={pipe};urp;",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.context = _connected(pipe)
        self.desktop = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", self.context
        )

    def open(self, path=None, *, hidden=False):
        url = uno.systemPathToFileUrl(path) if path else "private:factory/scalc"
        options = (prop("Hidden", True),) if hidden else ()
        return self.desktop.loadComponentFromURL(url, "_blank", 0, options)

    # --- steps

    def type(self, formulas, cells=(), save=None):
        document = self.open(hidden=True)
        sheet = document.Sheets.getByIndex(0)
        if save:  # the functions answer by the workbook that asks
            kind = FILTERS[Path(save).suffix]
            document.storeAsURL(uno.systemPathToFileUrl(save), (prop("FilterName", kind),))
        for row, values in enumerate(cells):
            for column, value in enumerate(values):
                cell = sheet.getCellByPosition(column, row)
                if isinstance(value, str):
                    cell.String = value
                elif value is not None:
                    cell.Value = value
        found = []
        first = max(len(values) for values in cells) if cells else 0
        for row, formula in enumerate(formulas):
            each = formula if isinstance(formula, list) else [formula]
            for column, text in enumerate(each):
                sheet.getCellByPosition(first + column, row).Formula = text
            found.append(
                [shown(sheet.getCellByPosition(first + at, row)) for at in range(len(each))]
            )
        document.close(True)
        return found

    def array(self, formula, rows, columns):
        document = self.open(hidden=True)
        area = document.Sheets.getByIndex(0).getCellRangeByPosition(0, 0, columns - 1, rows - 1)
        area.setArrayFormula(formula)
        found = [list(row) for row in area.getDataArray()]
        document.close(True)
        return found

    def book(self, path, save=None):
        document = self.open(path)
        self._wait_for_opening(document)
        opened = self._formulas(document)
        unchanged = not document.isModified()
        began = time.monotonic()
        document.calculateAll()
        took = time.monotonic() - began
        after = self._formulas(document)
        if save:
            kind = FILTERS[Path(save).suffix]
            document.storeToURL(uno.systemPathToFileUrl(save), (prop("FilterName", kind),))
        document.close(True)
        return {"opened": opened, "after": after, "unchanged": unchanged, "seconds": took}

    def press(self, path, actions, save=None, cells=(), rename=None):
        from qiyx_buttons import press

        document = self.open(path)
        self._wait_for_opening(document)
        if not actions:
            document.calculateAll()
        for sheet, where, text in cells:
            document.Sheets.getByName(sheet).getCellRangeByName(where).String = text
        if rename:
            document.Sheets.getByName(rename[0]).Name = rename[1]
        said = []

        for action in actions:
            press(action["action"], _answering(action, said)(self.context, document))
        cells = {sheet.Name: self._cells(sheet) for sheet in document.Sheets}
        state = [document.isAutomaticCalculationEnabled(), document.hasControllersLocked()]
        if save:
            kind = FILTERS[Path(save).suffix]
            document.storeToURL(uno.systemPathToFileUrl(save), (prop("FilterName", kind),))
        document.close(True)
        return {"said": said, "cells": cells, "state": state}

    def service(self, path, actions, cells=()):
        document = self.open(path)
        self._wait_for_opening(document)
        for sheet, where, text in cells:
            document.Sheets.getByName(sheet).getCellRangeByName(where).String = text
        frame = document.CurrentController.Frame
        dispatcher = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.DispatchHelper", self.context
        )
        for action in actions:
            dispatcher.executeDispatch(frame, f"service:QIYX.Buttons?{action}", "", 0, ())
        elements = {
            each.ResourceURL: frame.LayoutManager.isElementVisible(each.ResourceURL)
            for each in frame.LayoutManager.getElements()
        }
        cells = {sheet.Name: self._cells(sheet) for sheet in document.Sheets}
        modified = document.isModified()
        document.close(True)
        return {"elements": elements, "cells": cells, "modified": modified}

    def help(self):
        described = self.context.ServiceManager.createInstanceWithContext(
            "com.sun.star.sheet.FunctionDescriptions", self.context
        )
        found = {}
        for at in range(described.Count):
            entry = {each.Name: each.Value for each in described.getByIndex(at)}
            if "QYX_" in entry["Name"]:
                found[entry["Name"]] = [
                    entry["Description"],
                    [
                        [each.Name, each.Description, each.IsOptional]
                        for each in entry["Arguments"] or ()
                    ],
                ]
        return found

    # --- helpers

    def _wait_for_opening(self, document):
        """The job that binds plain names runs beside the opening."""
        until = time.monotonic() + PATIENCE
        cell = document.Sheets.getByName("指标台账").getCellRangeByName("R6")
        while "QIYX.QYX" not in cell.Formula and time.monotonic() < until:
            if os.environ.get("QIYX_EXPECTS_BINDING", "1") != "1":
                time.sleep(2)
                return
            time.sleep(0.1)

    def _formulas(self, document):
        found = {}
        for sheet in document.Sheets:
            cells = sheet.queryContentCells(FORMULAS).Cells.createEnumeration()
            while cells.hasMoreElements():
                cell = cells.nextElement()
                where = cell.CellAddress
                found[f"{sheet.Name}!{where.Column},{where.Row}"] = shown(cell)
        return found

    def _cells(self, sheet):
        cursor = sheet.createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        area = sheet.getCellRangeByPosition(0, 0, last.EndColumn, min(last.EndRow, 2000))
        return [list(row) for row in area.getDataArray()]

    def close(self):
        try:
            self.desktop.terminate()
            self.process.wait(30)
        except Exception:
            pass
        finally:
            self.process.kill()


def _answering(answers, said):
    """The questions of a button, with the dialogs answered as the step says."""
    from qiyx_calc import CalcBook

    class Answered(CalcBook):
        """The dialogs, answered as the step says."""

        def pick_folder(self, title, start):
            said.append(["pick_folder", title])
            return answers.get("folder")

        def pick_file(self, title, start):
            said.append(["pick_file", title])
            return answers.get("file")

        def ask_text(self, text, title, default):
            said.append(["ask_text", text])
            return answers.get("text", default)

        def confirm(self, text, title):
            said.append(["confirm", text])
            return answers.get("says", True)

        def alert(self, text, title):
            said.append(["alert", text])

    return Answered


def main():
    steps = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    calc = Calc()
    try:
        seen = [getattr(calc, step.pop("step"))(**step) for step in steps]
    finally:
        calc.close()
    Path(sys.argv[2]).write_text(json.dumps(seen), encoding="utf-8")


if __name__ == "__main__":
    main()
