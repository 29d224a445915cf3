"""The cell functions in LibreOffice Calc: one class, made from the list in settings.json.

LibreOffice's own Python runs this file, so it is written for any Python from 3.6 on. The answers
come from ``qiyx_xl`` in a Python of its own (qiyx_engine.py).

What Calc does with arguments, found by trying: a blank cell arrives as 0, except in an argument
declared as text, where a number arrives as its digits; a text argument cannot be left out. So the
arguments that must tell a blank from 0 are texts where they are required; where an optional number
arrives as 0, the function is asked both ways and refuses an answer that hangs on the difference.
"""

import re
import struct
import sys
import time

import qiyx_engine
import unohelper
from com.sun.star.lang import Locale, XLocalizable, XServiceName
from com.sun.star.sheet import LocalizedName, XAddIn, XCompatibilityNames
from org.qiyx.xl import XFunctions

SETTINGS = qiyx_engine.settings()
SERVICE = SETTINGS["service"]
FUNCTIONS = {each["name"]: each for each in SETTINGS["functions"]}
UNCLEAR = (
    'LibreOffice 分不清空白格和 0，这里两种答案不同：请把上年末值、补充值写成 单元格&""，如 D2&""'
)
NOT_AVAILABLE, NO_VALUE, NO_NAME = 32767, 519, 525  # Calc's numbers of errors
PLAIN = re.compile(r"-?\d+(\.\d+)?(E[-+]?\d+)?\Z")
KEPT_FOR = 1.0  # seconds for which a document's path and plan are not asked again


def error(code):
    """Calc keeps an error as a NaN whose low word is its number."""
    return struct.unpack("<d", struct.pack("<II", code, 0x7FF80000))[0]


ERRORS = {"#QYX:N/A": error(NOT_AVAILABLE), "#QYX:VALUE": error(NO_VALUE)}
ASLEEP = error(NO_NAME)


class Documents:
    """Which workbook asks, and by which plan it was written."""

    def __init__(self):
        self._known = {}

    def of(self, caller):
        if caller is None or not hasattr(caller, "Sheets"):
            return "", ""
        key = caller.RuntimeUID
        known = self._known.get(key)
        if known is None or time.monotonic() - known[0] > KEPT_FOR:
            known = (time.monotonic(), _path(caller.URL), _plan(caller))
            self._known = {key: known}
        return known[1], known[2]


def _path(url):
    import uno

    if not url:
        return ""
    return uno.fileUrlToSystemPath(url) if url.startswith("file:") else url


def _plan(document):
    if not document.Sheets.hasByName("_qiyx"):
        return ""
    rows = document.Sheets.getByName("_qiyx").getCellRangeByName("A1:B20").getDataArray()
    return next((str(text) for key, text in rows if key == "plan_id"), "")


class Functions(
    unohelper.Base, XFunctions, XAddIn, XLocalizable, XServiceName, XCompatibilityNames
):
    """What Calc asks: the functions, and what they are called."""

    engine = qiyx_engine.Engine()
    documents = Documents()

    def __init__(self, _context):
        self._locale = Locale("zh", "CN", "")

    def ask(self, name, caller, given):
        """Answer one call; where nothing answers, every cell is #NAME?."""
        arguments = FUNCTIONS[name]["arguments"]
        shaped = table if FUNCTIONS[name]["table"] else answered
        try:
            where = self.documents.of(caller)
            cells = [grid(*each) for each in zip(arguments, given)]
            found = shaped(self.engine.ask(name, cells, *where))
            for at in doubtful(arguments, given):
                other = cells[:at] + [None] + cells[at + 1 :]
                if shaped(self.engine.ask(name, other, *where)) != found:
                    return UNCLEAR if name == "QYX_EXPLAIN" else ERRORS["#QYX:VALUE"]
            return found
        except qiyx_engine.Asleep:
            return shaped(None)
        except Exception:
            qiyx_engine.note(sys.exc_info())
            return shaped("#QYX:VALUE")

    # XAddIn; the first name is LibreOffice's own spelling

    def getProgrammaticFuntionName(self, display):
        return display if display in FUNCTIONS else ""

    def getDisplayFunctionName(self, name):
        return name if name in FUNCTIONS else ""

    def getFunctionDescription(self, name):
        return FUNCTIONS[name]["help"] if name in FUNCTIONS else ""

    def getDisplayArgumentName(self, name, at):
        return _argument(name, at).get("name", "")

    def getArgumentDescription(self, name, at):
        return _argument(name, at).get("help", "")

    def getProgrammaticCategoryName(self, _name):
        return "Add-In"

    def getDisplayCategoryName(self, _name):
        return SETTINGS["title"]

    def getCompatibilityNames(self, name):
        return (LocalizedName(Locale("en", "US", ""), name),)

    def setLocale(self, locale):
        self._locale = locale

    def getLocale(self):
        return self._locale

    def getServiceName(self):
        return SERVICE


def _argument(name, at):
    """Return an argument by its place; the first place is the asking document's."""
    arguments = FUNCTIONS[name]["arguments"] if name in FUNCTIONS else ()
    return arguments[at - 1] if 0 < at <= len(arguments) else {}


def grid(argument, given):
    """Return an argument as rows of cells, blank ones None; None where nothing was given."""
    if given is None:
        return None
    if isinstance(given, tuple):
        return [[None if cell == "" else cell for cell in row] for row in given]
    if given == "":
        return None if argument["optional"] else [[None]]
    if argument["kind"] == "text" and PLAIN.match(given):
        given = float(given)
    elif argument["optional"] and not argument["number"] and given == 0:
        return None  # a blank cell; 0 means nothing to a word
    return [[given]]


def doubtful(arguments, given):
    """Return the places of optional numbers that are 0, or blank."""
    return [
        at
        for at, (argument, cell) in enumerate(zip(arguments, given))
        if argument["number"] and argument["optional"] and isinstance(cell, float) and cell == 0
    ]


def single(answer):
    """Return a cell as Calc takes it."""
    if answer is None:
        return ASLEEP
    return ERRORS.get(answer, answer) if isinstance(answer, str) else answer


def answered(answer):
    """Return a plain value for one cell: COUNTIFS does not see into a matrix of one."""
    return ERRORS["#QYX:VALUE"] if isinstance(answer, list) else single(answer)


def table(answer):
    """Return rows of cells."""
    if not isinstance(answer, list):
        return ((single(answer),),)
    return tuple(tuple(single(cell) for cell in row) for row in answer)


def _made(name):
    def method(self, *given):
        caller, cells = (given[0], given[1:]) if given else (None, ())
        return self.ask(name, caller, cells)

    method.__name__ = name
    return method


for _name in FUNCTIONS:
    setattr(Functions, _name, _made(_name))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(Functions, SERVICE, ("com.sun.star.sheet.AddIn",))
