"""A host that hands the xlwings DLL a command line of so many bytes: doomed_host.py LENGTH

The command itself does nothing.
"""

from __future__ import annotations

import ctypes
import sys
from importlib.metadata import version
from pathlib import Path

import pythoncom  # noqa: F401 - COM is made ready by it

SURVIVED = 42
_START = 1

dll = ctypes.WinDLL(str(Path(sys.executable).parent / f"xlwings64-{version('xlwings')}.dll"))
activate = dll.XLPyDLLActivateAuto
activate.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_int]
activate.restype = ctypes.c_long
command = b"cmd.exe /C exit 0 & rem $(CLSID) ".ljust(int(sys.argv[1]), b"x")
activate((ctypes.c_ubyte * 24)(), command, _START)
sys.exit(SURVIVED)
