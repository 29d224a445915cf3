"""What a button asks of a workbook that is open in LibreOffice Calc (see engine/remote.py)."""

import os
import re
import shutil

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.table import CellAddress

EXCEL_NAMES = 1  # AddressConvention.XL_A1
OWN_NAMES = 0  # AddressConvention.OOO
QUERY, INFORMATION = "QUERYBOX", "INFOBOX"
OK, YES_NO, YES = 1, 3, 2
OURS = re.compile(r"(?i)(?:[A-Za-z_]\w*\.)*(QYX_[A-Z]+)(?=\s*\()")
# Texts, names of sheets and lists of constants, in which no sign is changed.
QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*'|\{[^}]*\})")
FILTERS = {".xlsm": "Calc MS Excel 2007 VBA XML", ".xlsx": "Calc MS Excel 2007 XML"}
# The looks of a cell that are its own, not its style's.
LOOKS = [
    "CellStyle",
    "NumberFormat",
    "CellBackColor",
    "IsCellBackgroundTransparent",
    "CharColor",
    "CharWeight",
    "CharHeight",
    "CharFontName",
    "CharFontNameAsian",
    "CharHeightAsian",
    "CharWeightAsian",
    "CharPosture",
    "HoriJustify",
    "VertJustify",
    "IsTextWrapped",
    "ParaIndent",
    "TopBorder",
    "BottomBorder",
    "LeftBorder",
    "RightBorder",
    "CellProtection",
]


def prop(name, value):
    """Return a PropertyValue."""
    made = PropertyValue()
    made.Name, made.Value = name, value
    return made


class CalcBook:
    """An open workbook: every question is a method of its name."""

    def __init__(self, context, document):
        self.context, self.document = context, document
        self._calculates = None
        self._wrote = False

    def answer(self, asked):
        """Answer a question."""
        values = {key: asked[key] for key in asked if key != "question"}
        return getattr(self, asked["question"])(**values)

    def finish(self):
        """Calculate everything anew after a button that wrote: also the plan may be another."""
        self.be_normal()
        if self._wrote:
            self.document.calculateAll()

    # --- the workbook

    def full_name(self):
        url = self.document.URL
        return uno.fileUrlToSystemPath(url) if url.startswith("file:") else url

    def sheets(self):
        return list(self.document.Sheets.ElementNames)

    def save_copy(self, path):
        if not self.document.isModified():
            shutil.copyfile(self.full_name(), path)
            return
        kind = FILTERS.get(os.path.splitext(path)[1].lower(), FILTERS[".xlsx"])
        self.document.storeToURL(uno.systemPathToFileUrl(path), (prop("FilterName", kind),))

    def set_names(self, meanings):
        names = self.document.NamedRanges
        origin = CellAddress()
        for name in meanings:
            meaning = "=" + _separated(meanings[name], ",", ";")
            tokens = self._parser(EXCEL_NAMES).parseFormula(meaning, origin)
            content = self._parser(OWN_NAMES).printFormula(tokens, origin).lstrip("=")
            if names.hasByName(name):
                names.getByName(name).setContent(content)
            else:
                names.addNewByName(name, content, origin, 0)

    # --- cells

    def read(self, sheet, area):
        return _rows(self._area(sheet, area).getDataArray())

    def read_used(self, sheet):
        return _rows(self._used(sheet).getDataArray())

    def formulas(self, sheet, area):
        area = self._area(sheet, area)
        rows, parser = _rows(area.getDataArray()), self._parser(EXCEL_NAMES)
        for at in self._filled_with_formulas(area):
            cell = self._sheet(sheet).getCellByPosition(at.Column, at.Row)
            text = parser.printFormula(cell.getTokens(), cell.CellAddress)
            text = _separated("=" + text.lstrip("="), ";", ",")
            text = OURS.sub(lambda found: found.group(1).upper(), text)
            where = area.RangeAddress
            rows[at.Row - where.StartRow][at.Column - where.StartColumn] = text
        return rows

    def write(self, sheet, area, rows):
        self._wrote = True
        self._area(sheet, area).setDataArray(tuple(tuple(map(_value, row)) for row in rows))

    def write_text(self, sheet, area, text):
        self._wrote = True
        self._area(sheet, area).getCellByPosition(0, 0).setString(text)

    def write_cells(self, sheet, area, rows):
        cells, parser = self._area(sheet, area), self._parser(EXCEL_NAMES)
        plain = [[None if isinstance(cell, dict) else cell for cell in row] for row in rows]
        self.write(sheet, area, plain)
        for down, row in enumerate(rows):
            for across, cell in enumerate(row):
                if isinstance(cell, dict):
                    target = cells.getCellByPosition(across, down)
                    text = _separated(cell["formula"], ",", ";")
                    tokens = parser.parseFormula(text, target.CellAddress)
                    target.setTokens(tokens)

    def fit_rows(self, sheet, row, count):
        self._rows_of(sheet, row, count).Rows.OptimalHeight = True

    # --- rows, columns and looks

    def insert_rows(self, sheet, row, count):
        self._sheet(sheet).Rows.insertByIndex(row, count)

    def delete_rows(self, sheet, row, count):
        self._sheet(sheet).Rows.removeByIndex(row, count)

    def move_row_up(self, sheet, row, to):
        rows = self._sheet(sheet).Rows
        rows.insertByIndex(to, 1)
        rows.getByIndex(to).Height = rows.getByIndex(row + 1).Height
        area = self._rows_of(sheet, row + 1, 1)
        self._sheet(sheet).moveRange(self._place(sheet, 0, to), area.RangeAddress)
        rows.removeByIndex(row + 1, 1)

    def insert_column(self, sheet, column, like_left, **_):
        found = self._sheet(sheet)
        found.Columns.insertByIndex(column, 1)
        like = column - 1 if like_left else column + 1
        found.Columns.getByIndex(column).Width = found.Columns.getByIndex(like).Width
        last = self._used(sheet).RangeAddress.EndRow
        for row in range(last + 1):
            _copy_looks(found.getCellByPosition(like, row), found.getCellByPosition(column, row))

    def delete_column(self, sheet, column, **_):
        self._sheet(sheet).Columns.removeByIndex(column, 1)

    def move_cells(self, sheet, area, to):
        area, target = self._area(sheet, area), self._area(sheet, to)
        place = target.getCellByPosition(0, 0).CellAddress
        self._sheet(sheet).moveRange(place, area.RangeAddress)

    def copy_looks(self, sheet, area, to):
        area = self._area(sheet, area)
        for where in to:
            self._copy_looks(area, self._area(sheet, where))

    def row_like(self, sheet, row, to):
        last = self._used(sheet).RangeAddress.EndColumn
        found = self._sheet(sheet)
        area = found.getCellRangeByPosition(0, row, last, row)
        for each in to:
            self._copy_looks(area, found.getCellRangeByPosition(0, each, last, each))
            found.Rows.getByIndex(each).Height = found.Rows.getByIndex(row).Height

    def split(self, sheet, area):
        self._area(sheet, area).merge(False)

    def merge(self, sheet, area):
        self._area(sheet, area).merge(True)

    def show_all_rows(self, sheet):
        index = self._sheet(sheet).RangeAddress.Sheet
        unnamed = self.document.getPropertyValue("UnnamedDatabaseRanges")
        areas = [unnamed.getByTable(index)] if unnamed.hasByTable(index) else []
        named = self.document.DatabaseRanges
        areas += [named.getByName(name) for name in named.ElementNames]
        for area in areas:
            where = area.DataArea
            if where.Sheet == index:
                cells = self._sheet(sheet).getCellRangeByPosition(
                    where.StartColumn, where.StartRow, where.EndColumn, where.EndRow
                )
                cells.filter(cells.createFilterDescriptor(True))

    # --- the program and the person

    def activate(self, sheet):
        controller = self.document.CurrentController
        if controller is not None:
            controller.setActiveSheet(self._sheet(sheet))

    def show_status(self, text):
        controller = self.document.CurrentController
        frame = None if controller is None else controller.Frame
        if frame is None:
            return
        indicator = frame.createStatusIndicator()
        if text:
            indicator.start(text, 1)
        else:
            indicator.end()

    def be_quiet(self):
        if self._calculates is None:
            self._calculates = self.document.isAutomaticCalculationEnabled()
            self.document.lockControllers()
            self.document.enableAutomaticCalculation(False)

    def be_normal(self):
        if self._calculates is not None:
            self.document.enableAutomaticCalculation(self._calculates)
            self.document.unlockControllers()
            self._calculates = None

    def pick_folder(self, title, start):
        picker = self._made("com.sun.star.ui.dialogs.FolderPicker")
        picker.setTitle(title)
        picker.setDisplayDirectory(uno.systemPathToFileUrl(start))
        return uno.fileUrlToSystemPath(picker.getDirectory()) if picker.execute() == OK else None

    def pick_file(self, title, start):
        picker = self._made("com.sun.star.ui.dialogs.FilePicker")
        picker.setTitle(title)
        picker.setDisplayDirectory(uno.systemPathToFileUrl(start))
        if picker.execute() != OK:
            return None
        chosen = picker.getSelectedFiles()
        return uno.fileUrlToSystemPath(chosen[0]) if chosen else None

    def ask_text(self, text, title, default):
        model = self._made("com.sun.star.awt.UnoControlDialogModel")
        model.Width, model.Height, model.Title = 200, 62, title
        for kind, name, place, values in (
            ("FixedText", "question", (6, 6, 188, 20), {"Label": text, "MultiLine": True}),
            ("Edit", "answer", (6, 28, 188, 12), {"Text": default}),
            ("Button", "ok", (92, 45, 48, 13), {"Label": "确定", "PushButtonType": 1}),
            ("Button", "cancel", (146, 45, 48, 13), {"Label": "取消", "PushButtonType": 2}),
        ):
            part = model.createInstance("com.sun.star.awt.UnoControl" + kind + "Model")
            part.PositionX, part.PositionY, part.Width, part.Height = place
            for key in values:
                setattr(part, key, values[key])
            model.insertByName(name, part)
        dialog = self._made("com.sun.star.awt.UnoControlDialog")
        dialog.setModel(model)
        toolkit = self._made("com.sun.star.awt.Toolkit")
        dialog.createPeer(toolkit, None)
        try:
            return model.getByName("answer").Text if dialog.execute() == OK else None
        finally:
            dialog.dispose()

    def confirm(self, text, title):
        return self._box(QUERY, YES_NO, text, title) == YES

    def alert(self, text, title):
        self._box(INFORMATION, OK, text, title)

    def user(self):
        provider = self._made("com.sun.star.configuration.ConfigurationProvider")
        access = provider.createInstanceWithArguments(
            "com.sun.star.configuration.ConfigurationAccess",
            (prop("nodepath", "/org.openoffice.UserProfile/Data"),),
        )
        return "{}{}".format(access.getByName("sn") or "", access.getByName("givenname") or "")

    # --- helpers

    def _made(self, service):
        return self.context.ServiceManager.createInstanceWithContext(service, self.context)

    def _parser(self, names):
        parser = self.document.createInstance("com.sun.star.sheet.FormulaParser")
        parser.CompileEnglish = True
        parser.FormulaConvention = names
        return parser

    def _sheet(self, name):
        return self.document.Sheets.getByName(name)

    def _area(self, sheet, where):
        return self._sheet(sheet).getCellRangeByName(where)

    def _used(self, sheet):
        cursor = self._sheet(sheet).createCursor()
        cursor.gotoEndOfUsedArea(False)
        last = cursor.RangeAddress
        return self._sheet(sheet).getCellRangeByPosition(0, 0, last.EndColumn, last.EndRow)

    def _rows_of(self, sheet, row, count):
        last = self._sheet(sheet).RangeAddress.EndColumn
        return self._sheet(sheet).getCellRangeByPosition(0, row, last, row + count - 1)

    def _place(self, sheet, column, row):
        return self._sheet(sheet).getCellByPosition(column, row).CellAddress

    def _filled_with_formulas(self, area):
        formulas = 16  # CellFlags.FORMULA
        cells = area.queryContentCells(formulas).Cells.createEnumeration()
        while cells.hasMoreElements():
            yield cells.nextElement().CellAddress

    def _copy_looks(self, area, target):
        for column in range(area.RangeAddress.EndColumn - area.RangeAddress.StartColumn + 1):
            _copy_looks(area.getCellByPosition(column, 0), target.getCellByPosition(column, 0))

    def _box(self, kind, buttons, text, title):
        controller = self.document.CurrentController
        window = None if controller is None else controller.Frame.ContainerWindow
        toolkit = self._made("com.sun.star.awt.Toolkit")
        of_kind = uno.Enum("com.sun.star.awt.MessageBoxType", kind)
        box = toolkit.createMessageBox(window, of_kind, buttons, title or "", text)
        try:
            return box.execute()
        finally:
            box.dispose()


def _separated(formula, old, new):
    """Return a formula with another sign between arguments; Calc's parser knows only ``;``."""
    parts = QUOTED.split(formula)
    return "".join(part if at % 2 else part.replace(old, new) for at, part in enumerate(parts))


def _rows(cells):
    """Return rows with None for blank cells."""
    return [[None if cell == "" else cell for cell in row] for row in cells]


def _value(cell):
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else float(cell)


def _copy_looks(source, target):
    target.setPropertyValues(tuple(LOOKS), source.getPropertyValues(tuple(LOOKS)))
