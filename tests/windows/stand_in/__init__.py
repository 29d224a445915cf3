"""A stand-in Excel: workbooks, sheets and cells in memory behind COM objects.

It speaks the part of Excel's object model that xlwings' Windows engine uses for our buttons and
functions, so that the real, unpatched xlwings (DLL, COM server, engine) can be tested on a
machine without Excel. It runs under a Windows Python with pywin32; Wine will do.

It knows nothing of xlwings and works out no formulas: they keep the value they came with.
"""

from __future__ import annotations

from stand_in.application import Application
from stand_in.book import Workbook
from stand_in.com import calls, pack, unknown
from stand_in.typelib import register

register()

__all__ = ["Application", "Workbook", "calls", "pack", "unknown"]
