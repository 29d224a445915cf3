"""How workbooks are saved again by other programs, each of which writes its own kind of XML."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NODE_SCRIPT = Path(__file__).resolve().parent / "resave.cjs"
_AT_ONCE = 100  # files that LibreOffice converts in one run
_START, _EACH = 60, 2  # seconds allowed for a program's start, and for each file
_FILTERS = {".xlsx": "xlsx:Calc MS Excel 2007 XML", ".xls": "xls:MS Excel 97"}


class ProgramMissing(Exception):  # noqa: N818 - a reason to go without
    """A program is not installed; the message says which, and where it is searched."""


def with_openpyxl(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Save workbooks again with openpyxl, which keeps formulas and drops their results."""
    import openpyxl

    folder.mkdir(parents=True, exist_ok=True)
    for path in paths:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns about every unknown part that it drops
            openpyxl.load_workbook(path, rich_text=True).save(folder / f"{path.stem}.xlsx")
    return _saved(paths, folder, ".xlsx")


def with_libreoffice(paths: Sequence[Path], folder: Path, suffix: str = ".xlsx") -> list[Path]:
    """Save workbooks again with LibreOffice, with a temporary profile.

    Args:
        paths: the workbooks.
        folder: the folder to save them into.
        suffix: the format: .xlsx or .xls.

    Raises:
        ProgramMissing: LibreOffice is not installed.
    """
    program = shutil.which("soffice")
    if program is None:
        raise ProgramMissing("LibreOffice (soffice) is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qiyx-libreoffice-") as profile:
        # Given five hundred files, it silently converts half of them.
        for begin in range(0, len(paths), _AT_ONCE):
            _run(
                [program, f"-env:UserInstallation={Path(profile).as_uri()}", "--headless",
                 "--convert-to", _FILTERS[suffix], "--outdir", str(folder)],
                paths[begin : begin + _AT_ONCE],
            )  # fmt: skip
    return _saved(paths, folder, suffix)


def with_sheetjs(paths: Sequence[Path], folder: Path, suffix: str = ".xlsx") -> list[Path]:
    """Save workbooks again with SheetJS (the npm package xlsx).

    Args:
        paths: the workbooks.
        folder: the folder to save them into.
        suffix: the format: .xlsx or .xls.

    Raises:
        ProgramMissing: Node.js or the package is not installed.
    """
    return _with_node("xlsx", paths, folder, suffix)


def with_exceljs(paths: Sequence[Path], folder: Path) -> list[Path]:
    """Save workbooks again with exceljs.

    Raises:
        ProgramMissing: Node.js or the package is not installed.
    """
    return _with_node("exceljs", paths, folder, ".xlsx")


PROGRAMS: dict[str, Callable[[Sequence[Path], Path], list[Path]]] = {
    "LibreOffice": with_libreoffice,
    "openpyxl": with_openpyxl,
    "SheetJS": with_sheetjs,
    "exceljs": with_exceljs,
}


def _with_node(package: str, paths: Sequence[Path], folder: Path, suffix: str) -> list[Path]:
    node = shutil.which("node")
    modules = Path(os.environ.get("QIYX_NODE_PREFIX", "")) / "node_modules"
    if node is None or not (modules / package).is_dir():
        raise ProgramMissing(f"the npm package {package} is not installed (see QIYX_NODE_PREFIX)")
    folder.mkdir(parents=True, exist_ok=True)
    _run([node, str(_NODE_SCRIPT), package, str(folder), suffix], paths, NODE_PATH=str(modules))
    return _saved(paths, folder, suffix)


def _run(command: list[str], paths: Sequence[Path], **environment: str) -> None:
    subprocess.run(
        [*command, *map(str, paths)],
        check=True,
        capture_output=True,
        timeout=_START + _EACH * len(paths),
        env=os.environ | environment,
    )


def _saved(paths: Sequence[Path], folder: Path, suffix: str) -> list[Path]:
    saved = [folder / f"{path.stem}{suffix}" for path in paths]
    missing = [path.name for path in saved if not path.exists()]
    if missing:
        raise RuntimeError(f"{len(missing)} files were not saved again, such as {missing[0]}")
    return saved
