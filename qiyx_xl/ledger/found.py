"""Finding the ledger that is meant in a folder where nobody names one.

The only ledger there; where there is none, the one whose store is there; else the usual name. Only
the folder's names are read, and of each workbook one small part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.ledger.errors import LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

USUAL_NAME = "七优享台账.xlsm"
"""The name of a ledger of the shipped plan."""
_TAB = b'id="qiyxTab"'  # in the ribbon of every ledger with macros
_IDENTITY = b'name="_qiyx"'  # among the sheets of every ledger
_OPEN_ELSEWHERE = "~$"  # how the names of Excel's lock files begin


def ledger_in(folder: Path) -> Path:
    """Return the path of the ledger that is meant in a folder; it need not exist.

    Raises:
        LedgerError: there are several.
    """
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:  # a folder that cannot be listed may still hold the usual ledger
        names = []
    ledgers = [
        name
        for name in names
        if not name.startswith(_OPEN_ELSEWHERE)
        and (
            (name.lower().endswith(".xlsm") and (name == USUAL_NAME or _is_ours(folder / name)))
            or (name.lower().endswith(".xlsx") and _has_identity(folder / name))
        )
    ]
    if not ledgers:
        ledgers = [f"{name.removesuffix('.sqlite')}.xlsm" for name in _stores(names)]
    if len(ledgers) > 1:
        raise LedgerError(
            f"这个文件夹里有 {len(ledgers)} 本台账：{'、'.join(f'“{name}”' for name in ledgers)}，"
            "看不出要用哪一本。请用 --ledger 写明，或把另外的移到别的文件夹。"
        )
    return folder / (ledgers[0] if ledgers else USUAL_NAME)


def _stores(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.endswith(".sqlite")]


def _is_ours(path: Path) -> bool:
    """Whether a workbook has a ledger's ribbon, or a store beside it if it cannot be read."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as package:
            return _TAB in package.read("customUI/customUI14.xml")
    except KeyError:
        return False
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError):
        return path.with_suffix(".sqlite").exists()


def _has_identity(path: Path) -> bool:
    """Whether a workbook without macros is a ledger: it has the sheet that ledgers have."""
    import zipfile

    try:
        with zipfile.ZipFile(path) as package:
            return _IDENTITY in package.read("xl/workbook.xml")
    except (
        *(KeyError, OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError),
        *(EOFError, ValueError),
    ):
        return False
