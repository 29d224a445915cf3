"""Opens a workbook in LibreOffice, edits it as a person would, and saves it; a program of its own.

    python3 edit_in_libreoffice.py BOOK OUT PROFILE '[["sheet", "A1", "text"], …]'

Needs a Python that has ``uno``. A text that begins with "=" is a formula. Besides, it adds a sheet
of the user's own, a colour, a column's width and a comment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException

FILTERS = {".xlsm": "Calc MS Excel 2007 VBA XML", ".xlsx": "Calc MS Excel 2007 XML"}
OWN_SHEET, MARKED, WIDE = "我的记录", 0xFFCCFF, 7777


def prop(name, value):
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


def connect(pipe):
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstance("com.sun.star.bridge.UnoUrlResolver")
    for _ in range(240):
        try:
            return resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        except NoConnectException:
            time.sleep(0.25)
    raise SystemExit("LibreOffice did not start")


def edit(document, edits):
    sheets = document.Sheets
    sheets.insertNewByName(OWN_SHEET, 2)
    own = sheets.getByName(OWN_SHEET)
    own.getCellRangeByName("A1").String = "会上说的"
    own.getCellRangeByName("B1").Formula = "=$指标台账.L7*2"
    own.Columns.getByIndex(0).Width = WIDE
    for sheet, where, text in edits:
        cell = sheets.getByName(sheet).getCellRangeByName(where)
        if text.startswith("="):
            cell.Formula = text
        else:
            cell.String = text
    main = sheets.getByName("指标台账")
    main.getCellRangeByName("F7").CellBackColor = MARKED
    main.Columns.getByIndex(2).Width = WIDE
    address = main.getCellRangeByName("C7").CellAddress
    main.Annotations.insertNew(address, "这一项再核一下")


def main():
    book, out, profile, edits = *sys.argv[1:4], json.loads(sys.argv[4])
    pipe = f"qiyx{os.getpid()}"
    office = subprocess.Popen(
        [
            "soffice",
            "--headless",
            "--norestore",
            "--nologo",
            f"--accept=pipe,name={pipe};urp;",
            f"-env:UserInstallation=file://{profile}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        context = connect(pipe)
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        url = uno.systemPathToFileUrl(book)
        document = desktop.loadComponentFromURL(url, "_blank", 0, (prop("Hidden", True),))
        edit(document, edits)
        kind = FILTERS[os.path.splitext(out)[1]]  # noqa: PTH122 - no pathlib needed for that
        document.storeToURL(uno.systemPathToFileUrl(out), (prop("FilterName", kind),))
        document.close(True)
        desktop.terminate()
    finally:
        office.wait(30)


main()
