"""A ledger with macros, just opened in LibreOffice: its formulas are bound to our functions.

A plain name in an .xlsm belongs to the file's own macros there, which cannot run; typed in again it
is looked up among the extensions. A ledger without macros needs none of this. Where the engine does
not answer nothing is touched: the cells keep the values they were saved with.
"""

import re
import sys

import qiyx_engine
import unohelper
from com.sun.star.task import XJob

NAME = "QIYX.Opening"
FORMULAS = 16
PLAIN = re.compile(r"(?<![\w.])QYX_", re.IGNORECASE)


class Opening(unohelper.Base, XJob):
    """What LibreOffice calls when a document was opened."""

    def __init__(self, context):
        self._context = context

    def execute(self, arguments):
        try:
            given = {each.Name: each.Value for each in arguments}
            environment = {each.Name: each.Value for each in given.get("Environment", ())}
            document = environment.get("Model")
            if document is not None and hasattr(document, "Sheets"):
                if document.Sheets.hasByName("_qiyx") and self._awake():
                    bind(document)
        except Exception:
            qiyx_engine.note(sys.exc_info())

    def _awake(self):
        functions = self._context.ServiceManager.createInstanceWithContext(
            qiyx_engine.settings_once()["service"], self._context
        )
        return isinstance(functions.QYX_VERSION(None), str)


def bind(document):
    """Type every formula with a plain name of ours in again; the document counts as unchanged."""
    unchanged, count = not document.isModified(), 0
    document.lockControllers()
    try:
        for sheet in document.Sheets:
            for at in sheet.queryContentCells(FORMULAS).RangeAddresses:
                area = sheet.getCellRangeByPosition(
                    at.StartColumn, at.StartRow, at.EndColumn, at.EndRow
                )
                formulas = area.getFormulaArray()
                ours = sum(bool(PLAIN.search(cell)) for row in formulas for cell in row)
                if ours and not sheet.isProtected():
                    area.setFormulaArray(formulas)
                    count += ours
    finally:
        document.unlockControllers()
    if unchanged and not document.isReadonly():
        document.setModified(False)
    return count


g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Opening, NAME, ("com.sun.star.task.Job",))
