"""Workbooks, and how a real one is put on the stand-in's table."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Any, ClassVar

from stand_in.com import OUT_OF_RANGE, Collection, Model, fail
from stand_in.sheet import Worksheet

if TYPE_CHECKING:
    from stand_in.application import Application

_AREA = re.compile(r"'?([^'!()]+)'?!(\$[A-Z]+\$\d+(?::\$[A-Z]+\$\d+)?)")


class Workbook(Model):
    iid = "000208DA"
    state: ClassVar[dict[str, Any]] = {
        "Saved": True,
        "FileFormat": 52,
        "ReadOnly": False,
        "CodeName": "ThisWorkbook",
    }

    def __init__(self, application: Application, fullname: str, sheets: tuple[str, ...]) -> None:
        super().__init__()
        self.parent, self.fullname = application, fullname
        self.sheets = [Worksheet(self, name) for name in sheets]
        self.active = self.sheets[0]
        self.names: dict[str, tuple[Worksheet, str]] = {}
        application.books.append(self)
        application.active = self

    @classmethod
    def opened(cls, application: Application, fullname: str) -> Workbook:
        """Return a workbook with the cells, formulas and formats of a file."""
        from openpyxl import load_workbook

        values, formulas = (load_workbook(fullname, data_only=kind) for kind in (True, False))
        book = cls(application, fullname, tuple(values.sheetnames))
        for sheet in book.sheets:
            for row in values[sheet.name].iter_rows():
                for cell in row:
                    place = (cell.row, cell.column)
                    if cell.number_format != "General":
                        sheet.formats[place] = cell.number_format
                    if isinstance(cell.value, str):
                        # As it is kept, not as if typed: a text stays a text.
                        sheet.cells[place] = cell.value
                    elif cell.value is not None:
                        sheet.put_cell(*place, cell.value)
            for row in formulas[sheet.name].iter_rows():
                for cell in row:
                    if cell.data_type == "f":
                        text = getattr(cell.value, "text", cell.value)
                        sheet.formulas[cell.row, cell.column] = text
        for name, defined in values.defined_names.items():
            if found := _AREA.fullmatch(defined.value):
                book.names[name] = (book.sheet(found[1]), found[2])
        return book

    @property
    def name(self) -> str:
        return re.split(r"[\\/]", self.fullname)[-1]

    def sheet(self, name: str) -> Worksheet:
        for sheet in self.sheets:
            if sheet.name.lower() == name.lower():
                return sheet
        return fail(f"下标越界：{name!r}", OUT_OF_RANGE)

    def get_Name(self) -> str:
        return self.name

    def get_FullName(self) -> str:
        return self.fullname

    def get_Path(self) -> str:
        return self.fullname[: -len(self.name) - 1]

    def get_Worksheets(self) -> Sheets:
        return Sheets(self)

    def get_Sheets(self) -> Sheets:
        return Sheets(self)

    def get_ActiveSheet(self) -> Worksheet:
        return self.active

    def Activate(self) -> None:
        self.parent.active = self

    def SaveCopyAs(self, Filename: Any) -> None:
        # Cells written since it was opened are not in it: the stand-in has no writer.
        shutil.copy(self.fullname, str(Filename))


class Workbooks(Collection):
    iid = "000208DB"

    def each(self) -> list[Any]:
        return list(self.parent.books)


class Sheets(Collection):
    iid = "000208D7"

    def each(self) -> list[Any]:
        return list(self.parent.sheets)
