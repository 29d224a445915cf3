"""The application: settings, workbooks, the folder picker, and the window others find it by."""

from __future__ import annotations

import ctypes
import re
from typing import Any, ClassVar

import pythoncom
import win32gui

from stand_in.book import Workbook, Workbooks
from stand_in.com import Collection, Model, pack

AUTOMATIC = -4105
_FILE_PICKER = 3
_FOLDER_PICKER = 4
_PICKED, _CANCELLED = -1, 0
_GET_OBJECT, _NATIVE_OBJECT = 0x3D, -16  # WM_GETOBJECT, OBJID_NATIVEOM


class Application(Model):
    iid = "000208D5"
    state: ClassVar[dict[str, Any]] = {
        "Name": "Microsoft Excel",
        "UserName": "王敏",
        "Version": "16.0",
        "Visible": True,
        "ScreenUpdating": True,
        "DisplayAlerts": True,
        "EnableEvents": True,
        "Interactive": True,
        "UserControl": True,
        "CutCopyMode": False,
        "Calculation": AUTOMATIC,
        "Path": "C:\\Office16",
        "Caller": None,
    }

    def __init__(self) -> None:
        super().__init__()
        self.books: list[Workbook] = []
        self.active: Workbook | None = None
        self.log: list[tuple[str, ...]] = []
        self.status: Any = False
        self.statuses: list[str] = []
        self.will_pick: str | None = None
        """The folder that the user picks next; None: they cancel."""
        self.hwnd = _window(self)

    def get_Hwnd(self) -> int:
        return self.hwnd

    def get_Workbooks(self) -> Workbooks:
        return Workbooks(self)

    def get_ActiveWorkbook(self) -> Workbook | None:
        return self.active

    def get_ActiveSheet(self) -> Any:
        return self.active and self.active.active

    def get_StatusBar(self) -> Any:
        return self.status

    def put_StatusBar(self, value: Any) -> None:
        self.status = value
        if value:
            self.statuses.append(value)

    def get_FileDialog(self, fileDialogType: Any) -> FileDialog:
        assert fileDialogType in (_FILE_PICKER, _FOLDER_PICKER)
        return FileDialog(self)

    def InputBox(self, Prompt: Any, Title: Any, Default: Any) -> Any:
        self.log.append(("InputBox", Prompt, Default))
        return Default

    def Calculate(self) -> None:
        self.log.append(("Calculate",))


class FileDialog(Model):
    iid = "000C0362"
    state: ClassVar[dict[str, Any]] = {"Title": "", "InitialFileName": ""}

    def __init__(self, application: Application) -> None:
        super().__init__()
        self.parent = application

    def Show(self) -> int:
        application = self.parent
        application.log.append(("FileDialog", self.values["Title"], self.values["InitialFileName"]))
        return _CANCELLED if application.will_pick is None else _PICKED

    def get_SelectedItems(self) -> FileDialogSelectedItems:
        return FileDialogSelectedItems(self.parent)


class FileDialogSelectedItems(Collection):
    iid = "000C0363"

    def each(self) -> list[Any]:
        return [self.parent.will_pick]


class Window(Collection):
    """What Excel hands out through its EXCEL7 window; xlwings finds a running Excel this way."""

    iid, default = "00020893", None


def _window(application: Application) -> int:
    """Make XLMAIN > XLDESK > EXCEL7, answering WM_GETOBJECT as Excel does."""

    def answer(hwnd: int, message: int, wparam: int, lparam: int) -> int:
        if message != _GET_OBJECT or ctypes.c_int32(lparam).value != _NATIVE_OBJECT:
            return int(win32gui.DefWindowProc(hwnd, message, wparam, lparam))
        native = pack(Window(application))
        found = re.search(r"with obj at (0x[0-9A-Fa-f]+)", repr(native))
        assert found is not None
        hand_out = ctypes.windll.oleacc.LresultFromObject  # type: ignore[attr-defined]
        hand_out.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_void_p]
        hand_out.restype = ctypes.c_ssize_t
        return int(hand_out(bytes(pythoncom.IID_IDispatch), wparam, int(found[1], 16)))

    parent, first = 0, 0
    for name, style in (("XLMAIN", 0x00CF0000), ("XLDESK", 0x40000000), ("EXCEL7", 0x40000000)):
        kind = win32gui.WNDCLASS()
        kind.lpszClassName, kind.lpfnWndProc = name, answer
        win32gui.RegisterClass(kind)
        parent = win32gui.CreateWindow(name, "", style, 0, 0, 10, 10, parent, 0, 0, None)
        first = first or parent
    return first
