"""Opens a workbook in LibreOffice, edits it as a person would, and saves it; a program of its own.

    python3 edit_in_libreoffice.py BOOK OUT PROFILE '[["sheet", "A1", "text"], …]'

Needs a Python that has ``uno``. A text that begins with "=" is a formula. Besides, it adds a sheet
of the user's own, a colour, a column's width and a comment.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import uno

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from support.office_process import opened, prop

FILTERS = {".xlsm": "Calc MS Excel 2007 VBA XML", ".xlsx": "Calc MS Excel 2007 XML"}
OWN_SHEET, MARKED, WIDE = "我的记录", 0xFFCCFF, 7777


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
    with opened(book, profile) as document:
        edit(document, edits)
        kind = FILTERS[Path(out).suffix]
        document.storeToURL(uno.systemPathToFileUrl(out), (prop("FilterName", kind),))


main()
