"""LibreOffice for the tests: convert a workbook to one .csv per sheet, in a profile of its own."""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
from functools import cache
from io import StringIO
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# One file per sheet, UTF-8, cell contents as stored rather than as shown.
_FILTER = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,{shown},false,false,false,-1"


@cache
def profile() -> str:
    """A profile of the test run's own, so that no other LibreOffice is in the way."""
    return tempfile.mkdtemp(prefix="qiyx-libreoffice-")


def soffice() -> str:
    """The program; the test is skipped where it is missing."""
    found = shutil.which("soffice")
    if found is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    return found


def sheets_of(book: Path, out: Path, *, shown: bool = False) -> dict[str, list[list[str]]]:
    """The sheets of a workbook as LibreOffice opens it, by name."""
    out.mkdir()
    subprocess.run(
        [
            soffice(),
            f"-env:UserInstallation=file://{profile()}",
            "--headless",
            "--convert-to",
            _FILTER.format(shown="true" if shown else "false"),
            "--outdir",
            str(out),
            str(book),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {
        path.stem.removeprefix(f"{book.stem}-"): list(
            csv.reader(StringIO(path.read_text(encoding="utf-8"), newline=""))
        )
        for path in out.glob("*.csv")
    }
