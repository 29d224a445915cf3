"""Puts the probe into this person's WPS, and writes its workbook; ``--remove`` takes it out.

    python hosts/wps/probe/install.py [--remove]

Needs qiyx_xl and openpyxl in this Python.
"""

import datetime as dt
import shutil
import sys
from pathlib import Path

import openpyxl

from qiyx_xl.shells.hosts import publish, wps

NAME, VERSION = "qiyxprobe", "0.0.1"
HERE = Path(__file__).resolve().parent
FILES = ("index.html", "probe.js", "ribbon.xml")
ARGUMENTS = (
    *("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9"),
    *("A1:A4", "3.3", '"七"', 'A3&""', "A1,,A4", "A1,A3"),
)
BACK = (
    *("array", "throw", "error", "na", "vt", "promise", "undefined", "bool", "xhr", "read"),
    "文",
)


def workbook(path):
    """Write the workbook whose cells call the probe's functions."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "探针"
    cells = {"A1": 1.5, "A2": "中文", "A4": 0, "A5": True, "A6": "=NA()", "A7": '=""'}
    cells.update({"B1": "x", "B2": 2, "A8": dt.date(2026, 9, 30), "A9": 0.95})
    for where, value in cells.items():
        sheet[where] = value
    sheet["A9"].number_format = "0.0%"
    calls = [
        f"QIYX.P_{kind}({each})" for kind in ("ANY", "STR", "ARR", "OBJ") for each in ARGUMENTS
    ]
    calls += [f'QIYX.P_BACK("{how}")' for how in BACK]
    for row, call in enumerate([*calls, "P_BARE()"], 1):
        sheet.cell(row, 3, call)
        sheet.cell(row, 4, f"={call}")
    book.save(path)


def main():
    """Install or remove."""
    folder = wps.folder()
    there, listed = folder / f"{NAME}_{VERSION}", folder / "publish.xml"
    shutil.rmtree(there, ignore_errors=True)
    if "--remove" in sys.argv[1:]:
        publish.remove(listed, NAME)
        return
    there.mkdir(parents=True)
    for name in FILES:
        shutil.copy(HERE / name, there / name)
    publish.enter(listed, NAME, there.name, VERSION)
    desktop = Path.home() / "Desktop"
    workbook((desktop if desktop.is_dir() else Path.home()) / "探针.xlsx")


if __name__ == "__main__":
    main()
