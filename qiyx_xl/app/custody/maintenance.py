"""Use cases that need only the ledger file: read its period, make a static copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.core.primitives.periods import Period, PeriodError

if TYPE_CHECKING:
    from pathlib import Path


def period_of(text: str, name: str) -> Period:
    """Parse the text of a ledger's 数据期 cell.

    Raises:
        AppError: the text is not a period.
    """
    try:
        return Period.parse(text.removesuffix(".0"))
    except PeriodError as wrong:
        raise AppError(
            f"“{name}”的“指标台账”左上角没有数据期。请从下拉列表里选一个，存盘后再试。"
        ) from wrong


def static_copy(ledger: Path, out: Path) -> Path:
    """Write a copy of a ledger with the same look and values, but no formulas and no macros.

    Raises:
        AppError: ``out`` is the ledger itself, or is not named .xlsx.
        LedgerError: the file is not a ledger of this program, or its values are missing.
        OSError: the ledger cannot be read, or the copy cannot be written.
    """
    from qiyx_xl.files.placing import replacing
    from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
    from qiyx_xl.ledger.inspect.static_copy import static_copy as values_of

    if out.suffix.lower() != ".xlsx":
        raise AppError(f"静态副本是 .xlsx 文件，请把“{out.name}”改成以 .xlsx 结尾的名字。")
    if out.exists() and out.samefile(ledger):
        raise AppError(f"静态副本不能写在台账“{ledger.name}”自己的位置上。请换一个文件名。")
    with raising_damaged_ledger_error(ledger.name):
        data = values_of(OpenedLedger(ledger.read_bytes(), ledger.name), ledger.name)
    with replacing(out) as beside:
        beside.write_bytes(data)
    return out


def shown_period(ledger: Path) -> Period:
    """Return the 数据期 that a ledger file shows.

    Raises:
        AppError: it shows none.
        LedgerError: the file is not a ledger of this program.
        OSError: it cannot be read.
    """
    from qiyx_xl.ledger.file.opened import OpenedLedger

    return period_of(OpenedLedger(ledger.read_bytes(), ledger.name).shown_period(), ledger.name)
