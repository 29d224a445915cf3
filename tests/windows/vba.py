"""What the ledger's VBA does inside Excel, in Python: Qiyx.bas over xlwings.bas.

A translation, so a mistake in the VBA text itself is not found here; what can be read from the
text (names, limits, the generated wrapper) is read from it.
"""

from __future__ import annotations

import csv
import ctypes
import os
import re
import subprocess
import tempfile
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pythoncom
import stand_in
import win32api
import win32com.client
import win32event
from stand_in.area import Range

if TYPE_CHECKING:
    from stand_in.book import Workbook
    from stand_in.sheet import Worksheet

_CONFIG = "xlwings.conf"
_TEXTS = "_qiyx"
_RESIDENT = "{506e67c3-55b5-48c3-a035-eed5deea7d6d}"
_NOT_YET_REGISTERED = "hr = -2147221164"  # REGDB_E_CLASSNOTREG: Python has not come up
_TERMINATE_AND_WAIT = 0x100001
_PATIENCE = 120.0
_ACTIVATE, _KILL = 1, -1
_PARAMETER_NOT_FOUND = -2147352572
_ERRORS = {"#QYX:N/A": "#N/A", "#QYX:VALUE": "#VALUE!"}


class Refused(Exception):  # noqa: N818 - what VBA's Err.Raise says
    """Python was not started, and why."""


class Ledger:
    """An open ledger with its macros."""

    def __init__(self, book: Workbook, macros: Path, xlwings_version: str) -> None:
        self.book = book
        self.app = book.get_Application()
        self._qiyx = (macros / "Qiyx.bas").read_text(encoding="ascii")
        self._wrapper = (macros / "xlwings_udfs.bas").read_text(encoding="ascii")
        self._limit = int(self._constant("COMMAND_LIMIT"))
        self._dll = self._load_dll(f"xlwings64-{xlwings_version}.dll")
        self._activate = self._dll.XLPyDLLActivateAuto
        self._activate.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
        self._activate.restype = ctypes.c_long

    # --- Qiyx.bas ------------------------------------------------------------------------------

    def press(self, action: str, *, through_server: bool = True) -> None:
        """RunButton."""
        buttons = self._constant("BUTTONS")
        self.app.put_StatusBar(self.text("running"))
        try:
            command = f"import {buttons}; {buttons}.press('{action}')"
            if through_server:
                self.server().Exec(f"import {buttons}")
                self._run_through_server(command)
            else:
                self.measure()
                self._run_in_process(command)
        finally:
            self.app.put_StatusBar(False)

    def server(self) -> Any:
        """Server: the Python server, after the command line was measured."""
        self.measure()
        before = Path.cwd()
        os.chdir(Path(os.environ["SYSTEMROOT"], "System32"))
        try:
            return win32com.client.Dispatch(
                pythoncom.ObjectFromAddress(self._activated(), pythoncom.IID_IDispatch)
            )
        finally:
            os.chdir(before)

    def measure(self) -> None:
        if _most_bytes(self.command()) > self._limit:
            raise Refused(self.text("path_too_long"))

    def call(self, function: str, *arguments: Any, cell: Any = None) -> Any:
        """Call the generated wrapper of a function from a cell: Answer, asking Python every time.

        With ``cell`` as xlwings' own wrapper calls it, ranges and caller handed over as objects.
        """
        module, names, order = self._wrapper_of(function)
        given = dict(zip(names, arguments))
        packed = tuple(
            (stand_in.pack(given[name]) if cell else _values(given[name]))
            if name in given
            else _left_out()
            for name in order
        )
        caller = (stand_in.pack(self.book), stand_in.pack(cell)) if cell else ()
        if not cell:
            module, packed = self._constant("FUNCTIONS"), (*self._who_asks(), *packed)
        answer = self.server().CallUDF(module, function, packed, *caller)
        self.dimensions = _dimensions(answer)
        # Excel shows an answer of one dimension as a row.
        return _real_errors((answer,) if self.dimensions == 1 else answer)

    def fetch_plan_sheets(self) -> Any:
        """FetchPlanSheets: one call with the cells of three named ranges."""
        given = [self.book.sheet("指标台账").get_Range("C3").get_Value()]
        given += [self._filled(name) for name in ("QiyxRecords", "QiyxGoals", "QiyxBaselines")]
        packed = (*self._who_asks(), *map(_sent, given))
        return self.server().CallUDF(self._constant("FUNCTIONS"), "plan_sheet_answers", packed)

    def _who_asks(self) -> tuple[str, str]:
        """AskPython: which workbook asks, and by which plan it was written."""
        return str(self.book.get_FullName()), self.text("plan_id")

    def _filled(self, name: str) -> Any:
        sheet, where = self.book.names[name]
        area, used = sheet.get_Range(where), sheet.get_UsedRange()
        if area.top > used.bottom:
            return None
        return area.part(
            area.top, area.left, min(area.bottom, used.bottom), min(area.right, used.right)
        ).get_Value()

    def text(self, key: str) -> str:
        """SheetText."""
        sheet = self.book.sheet(_TEXTS)
        row = 1
        while sheet.cells.get((row, 1)):
            if sheet.cells[row, 1] == key:
                return str(sheet.cells[row, 2])
            row += 1
        return ""

    def functions(self) -> list[str]:
        """Return the functions that the generated wrapper defines."""
        return re.findall(r"^Function (\w+)\(", self._wrapper, re.MULTILINE)

    def _constant(self, name: str) -> str:
        found = re.search(rf'Private Const {name} As \w+ = "?([^"\n]+)"?\n', self._qiyx)
        assert found is not None, name
        return found[1]

    def _wrapper_of(self, function: str) -> tuple[str, list[str], list[str]]:
        found = re.search(
            rf'^Function {function}\((.*?)\)$.*?Qiyx\.Answer\("([\w.]+)", "\w+", Array\(([^)]*)\)',
            self._wrapper,
            re.MULTILINE | re.DOTALL,
        )
        assert found is not None, function
        parameters, module, order = found.groups()
        names = [name.replace("Optional ", "").strip() for name in parameters.split(",")]
        return module, names, [name.strip() for name in order.split(",") if name.strip()]

    # --- xlwings.bas ---------------------------------------------------------------------------

    def setting(self, key: str, default: str = "") -> str:
        """GetConfig: sheet, then folder, then user."""
        folder = Path(self.book.fullname).parent
        layers = (
            _sheet_settings(self.book.sheet(_CONFIG)),
            _file_settings(folder / _CONFIG),
            _file_settings(Path.home() / ".xlwings" / _CONFIG),
        )
        for settings in layers:
            if key in settings:
                return settings[key]
        return default

    def interpreter(self) -> str:
        return self.setting("INTERPRETER_WIN") or self.setting("INTERPRETER", "pythonw")

    def command(self) -> str:
        """XLPyCommand."""
        if self.setting("DEBUG UDFS").lower() == "true":
            return _RESIDENT
        path = self._python_path().replace("\\", "\\\\").replace("'", "\\'").replace("&", "^&")
        return (
            f'cmd.exe  /K ""{self.interpreter()}" -P -B -c "import sys, os;import xlwings.utils;'
            f'xlwings.utils.prepare_sys_path(\\"{path}\\");'
            "sys.path[:]=filter(None,sys.path);import xlwings; "
            "xlwings.serve('$(CLSID)')\"\""
        )

    def kill_python(self) -> None:
        """KillPy."""
        self._auto(_KILL)

    def _python_path(self) -> str:
        add = self.setting("ADD_WORKBOOK_TO_PYTHONPATH", "true")
        path = self.book.fullname
        return f"{add};{path};{path};;;;{self.setting('PYTHONPATH')}"

    def _load_dll(self, name: str) -> Any:
        home = Path(self.interpreter()).parent
        places = [home / name, home.parent / name]
        return ctypes.WinDLL(str(next(place for place in places if place.is_file())))

    def _activated(self) -> int:
        """Activate the server; once more where a busy machine let the DLL's one minute pass.

        The DLL then ends the Python it started, and a person presses the button again.
        """
        try:
            return self._auto(_ACTIVATE)
        except RuntimeError as wrong:
            if _NOT_YET_REGISTERED not in str(wrong):
                raise
            return self._auto(_ACTIVATE)

    def _auto(self, mode: int) -> int:
        """XLPyDLLActivateAuto: an address of the server; its error is text in the same place."""
        variant = (ctypes.c_ubyte * 24)()
        code = self._activate(variant, self.command().encode("mbcs"), mode)
        kind = int.from_bytes(bytes(variant[:2]), "little")
        pointer = int.from_bytes(bytes(variant[8:16]), "little")
        if code or kind == pythoncom.VT_BSTR:
            said = ctypes.wstring_at(pointer) if pointer else ""
            raise RuntimeError(f"xlwings DLL, code {code}: {said}")
        return pointer

    def _run_through_server(self, command: str) -> None:
        server = self.server()
        engine = server.Module("xlwings._xlwindows")
        server.SetAttr(engine, "BOOK_CALLER", stand_in.pack(self.book))
        server.Exec(command)

    def _run_in_process(self, command: str) -> None:
        """ExecuteWindows: one process for each click."""
        interpreter = Path(self.interpreter())
        path = self._python_path().replace("&", "^&").replace("\\", "\\\\")
        log = Path(tempfile.gettempdir()) / f"xlwings-{uuid.uuid4()}.log"
        line = (
            f'cmd.exe /C {interpreter.drive} & cd "{interpreter.parent}" & "{interpreter}" -P -B '
            f'-c "import sys,xlwings.utils;xlwings.utils.prepare_sys_path(\\"{path}\\");'
            f'sys.path[:]=filter(None,sys.path);{command}" '
            f' --wb="{self.book.name}" --from_xl=1'
            f' --app="{self.app.values["Path"]}\\{self.app.values["Name"]}"'
            f' --hwnd="{self.app.hwnd}" 2> "{log}" '
        )
        code = run(line)
        said = log.read_text(encoding="mbcs", errors="replace")
        if code:
            raise RuntimeError(said)


def _values(argument: Any) -> Any:
    """IntoValues: a range by its values."""
    return _sent(argument.get_Value() if isinstance(argument, Range) else argument)


def _sent(value: Any) -> Any:
    """Return a value as VBA puts it into an array that goes through COM."""
    if isinstance(value, tuple):
        return tuple(_sent(each) for each in value)
    # An error of Excel's is sent as the number that arrives; pywin32 has no way to send an error.
    return pythoncom.Empty if value is None else value


def _dimensions(answer: Any) -> int:
    if not isinstance(answer, tuple):
        return 0
    return 2 if answer and isinstance(answer[0], tuple) else 1


def _left_out() -> Any:
    """An optional argument that was not given, as VBA puts it into an array."""
    return win32com.client.VARIANT(pythoncom.VT_ERROR, _PARAMETER_NOT_FOUND)


def _most_bytes(text: str) -> int:
    """MostBytes: AscW goes through UTF-16 units and is negative from 32768 on."""
    units = memoryview(text.encode("utf-16-le")).cast("h")
    return sum(1 if 0 <= unit < 128 else 3 for unit in units)


def _real_errors(answer: Any) -> Any:
    if isinstance(answer, tuple):
        return [_real_errors(each) for each in answer]
    return _ERRORS.get(answer, answer) if isinstance(answer, str) else answer


def _sheet_settings(sheet: Worksheet) -> dict[str, str]:
    settings = {}
    row = 1
    while (key := sheet.cells.get((row, 1))) is not None:
        value = sheet.cells.get((row, 2))
        settings[str(key)] = "" if value is None else str(value)
        row += 1
    return settings


def _file_settings(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    with path.open(encoding="mbcs", newline="") as file:
        return {row[0]: row[1] for row in csv.reader(file) if row}


# --- processes -----------------------------------------------------------------------------------


def wait_for(handle: int, seconds: float = _PATIENCE) -> None:
    """Wait for a process and answer its COM calls and window messages meanwhile, as Excel would."""
    until = time.monotonic() + seconds
    ended = win32event.WAIT_OBJECT_0
    while (
        win32event.MsgWaitForMultipleObjects([handle], False, 1000, win32event.QS_ALLINPUT) != ended
    ):
        pythoncom.PumpWaitingMessages()
        if time.monotonic() > until:
            win32api.TerminateProcess(handle, 99)
            raise RuntimeError("no end: xlwings repeats for ever what fails with AttributeError")


def run(command: str | list[str]) -> int:
    """Run a command as Excel's WScript.Run does, and return its exit code."""
    process = subprocess.Popen(command)
    wait_for(int(process._handle))  # type: ignore[attr-defined]
    return process.wait()


def process_of(server: Any) -> int:
    """Return the id of the server's process."""
    return int(server.Str(server.Eval("__import__('os').getpid()")))


def quit_server(server: Any) -> None:
    """Let the server leave its message loop: it takes back its class registration and ends."""
    handle = win32api.OpenProcess(_TERMINATE_AND_WAIT, False, process_of(server))
    server.Exec("__import__('win32api').PostQuitMessage(0)")
    wait_for(handle)


def kill_server(server: Any) -> None:
    """End the server as the task manager does.

    Wine 8 keeps the class registration of a killed server and answers "server unavailable", which
    Windows forgets; so there the process that keeps it is ended, too.
    """
    os.kill(process_of(server), 9)
    if hasattr(ctypes.windll.ntdll, "wine_get_version"):  # type: ignore[attr-defined]
        subprocess.run(
            ["taskkill", "/f", "/im", "rpcss.exe"], stdout=subprocess.DEVNULL, check=False
        )
