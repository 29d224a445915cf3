"""How the workbook's VBA project is made: our modules, xlwings' own, the generated wrapper.

The sources are pure ASCII, so that every code page decodes them to the same text. pyOpenVBA
writes the project; the same sources give the same bytes.
"""

from __future__ import annotations

import zipfile
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from qiyx_xl.data import read_text
from qiyx_xl.files.opc import CONTENT_TYPES, PLAIN_WORKBOOK
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.registry import OUR_MODULE, WRAPPER_MODULE, XLWINGS_MODULE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyopenvba import ExcelFile

BOOK_MODULE = "ThisWorkbook"
VBA_PART = "xl/vbaProject.bin"
MACRO_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_WAKES = "Qiyx.WakeUp"

_NOT_HERE = "sys.path[:]=filter(None,sys.path);"
# Texts of xlwings.bas and what replaces them: the first two start the resident server, the last
# two start a process for one click.
_STARTS = (
    (' -B -c ""import sys, os;', ' -P -B -c ""import sys, os;'),
    ('\\"");import xlwings; xlwings.serve', f'\\"");{_NOT_HERE}import xlwings; xlwings.serve'),
    (' -B -c ""import xlwings.utils;', ' -P -B -c ""import sys,xlwings.utils;'),
    ('\\""); " & PythonCommand', f'\\"");{_NOT_HERE}" & PythonCommand'),
)


def sources() -> dict[str, str]:
    """Return the text of every module that holds code, by its name.

    Raises:
        ValueError: a source is not pure ASCII.
    """
    texts = {
        BOOK_MODULE: read_text("macros/ThisWorkbook.cls"),
        OUR_MODULE: read_text("macros/Qiyx.bas"),
        XLWINGS_MODULE: _xlwings_module(),
        WRAPPER_MODULE: read_text("macros/xlwings_udfs.bas"),
    }
    for name, text in texts.items():
        if not text.isascii():
            raise ValueError(f"VBA module {name} is not pure ASCII")
    return {name: _with_crlf(text) for name, text in texts.items()}


def vba_project(code_names: Sequence[str]) -> bytes:
    """Return ``vbaProject.bin`` for a workbook whose sheets have these code names, in order."""
    from pyopenvba import ExcelFile

    modules = sources()
    with TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.xlsm"
        bare.write_bytes(_bare_workbook(code_names))
        with ExcelFile(bare) as book:
            project = book.add_vba_project()
            header = book.get_module(BOOK_MODULE)
            book.set_module(BOOK_MODULE, header + modules.pop(BOOK_MODULE))
            for name, text in modules.items():
                project.add_module(name, text)
            book.save(bare)
        with zipfile.ZipFile(bare) as package:
            return package.read(VBA_PART)


class ForeignMacrosError(ValueError):
    """The macros of a workbook cannot be replaced; the message is a Chinese sentence's part."""


def updated_project(package: bytes) -> bytes | None:
    """Return a workbook's VBA project with our modules as they are now; None if they are that.

    Modules that people added stay, and so does what opens with the workbook, if it starts ours.

    Raises:
        ForeignMacrosError: there are no macros, or they are protected, signed or damaged.
    """
    from pyopenvba import ExcelFile, PyOpenVBAError

    wanted = sources()
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "ledger.xlsm"
        copy.write_bytes(package)
        try:
            with ExcelFile(copy) as book:
                if not book.has_vba_project():
                    raise ForeignMacrosError("里面没有宏，可能另存成了 .xlsx")
                if book.vba_signature().present:
                    raise ForeignMacrosError("宏带有数字签名，换了宏签名就失效")
                old = {name: book.get_module(name) for name in book.module_names()}
                if _WAKES in old.get(BOOK_MODULE, ""):
                    del wanted[BOOK_MODULE]
                stale = {
                    name: text
                    for name, text in wanted.items()
                    if _lines(old.get(name, "")) != _lines(text)
                }
                if not stale:
                    return None
                for name, text in stale.items():
                    _set_module(book, name, text, old)
                book.save(copy)
        except PyOpenVBAError as wrong:
            raise ForeignMacrosError("宏设了密码或已损坏，换不了") from wrong
        with zipfile.ZipFile(copy) as changed:
            return changed.read(VBA_PART)


def _set_module(book: ExcelFile, name: str, text: str, old: Mapping[str, str]) -> None:
    if name == BOOK_MODULE and "Sub " in old.get(name, ""):
        raise ForeignMacrosError(f"{BOOK_MODULE} 里是别的宏，没有启动本程序的那一段")
    if name in old:
        book.set_module(name, text)
    else:
        book.vba_project().add_module(name, text)


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def _xlwings_module() -> str:
    # Read from the installed package, whose version is pinned: DLL, package and module must match.
    # The package is not imported: that takes half a second and, on Windows, needs COM.
    spec = find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("安装不完整：缺少 xlwings。请重新安装 qiyx-xl。")
    path = Path(next(iter(spec.submodule_search_locations))) / "xlwings.bas"
    return starting_safely(path.read_text(encoding="utf-8"))


def starting_safely(module: str) -> str:
    """Return xlwings' module changed so that Python imports nothing from the current folder.

    Python is started with ``-P``, and empty entries are removed from ``sys.path`` (xlwings puts
    one first where no PYTHONPATH is set): without both, Python would import from the current
    folder. Nothing else in the module is changed.

    Raises:
        ValueError: a text to replace does not occur exactly once in the module.
    """
    for before, after in _STARTS:
        if module.count(before) != 1:
            raise ValueError("xlwings.bas has changed its form; look at starting_safely")
        module = module.replace(before, after)
    return module


def _with_crlf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\n", "\r\n")


def _bare_workbook(code_names: Sequence[str]) -> bytes:
    """Return a workbook of empty sheets; pyOpenVBA makes a document module for each sheet."""
    from xlsxwriter import Workbook

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        for name in code_names:
            sheet = book.add_worksheet()
            sheet.set_vba_name(name)
        book.set_vba_name(BOOK_MODULE)
    return _as_macro_enabled(stream.getvalue())


def _as_macro_enabled(package: bytes) -> bytes:
    with zipfile.ZipFile(BytesIO(package)) as source:
        kinds = source.read(CONTENT_TYPES)
    return with_parts(
        package, {CONTENT_TYPES: kinds.replace(PLAIN_WORKBOOK.encode(), MACRO_WORKBOOK.encode())}
    )
