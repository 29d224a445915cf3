"""Writing into the closed ledger: our sheets' cells, and nothing else in the file.

Every other part (VBA, buttons, ribbon, charts, other people's sheets) is copied byte for byte.
The file is replaced in one step, so that a power cut leaves either the old ledger or the new.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl.ledger import layout
from qiyx_xl.ledger.content import Content
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.host import Sheet
from qiyx_xl.ledger.opened import OpenedLedger
from qiyx_xl.ledger.package import with_parts
from qiyx_xl.ledger.sheet_xml import patch_cells, patch_log_sheet, rows_by_code, settings_cells

if TYPE_CHECKING:
    from qiyx_xl.ledger.view import LedgerView

__all__ = ["LedgerError", "RefreshResult", "check_ledger", "refresh_ledger", "refreshed"]

_LOCK_NAMES = ("~${name}", ".~{name}", ".~lock.{name}#")  # Excel, WPS, LibreOffice


@dataclass(frozen=True, slots=True)
class RefreshResult:
    """The ledger file's sha256 (hex) before and after; equal when nothing had to change."""

    sha256_before: str
    sha256_after: str


def check_ledger(path: Path) -> None:
    """Make sure that a ledger can be written, before any other work is done.

    Raises:
        LedgerError: it is missing, open, read-only, or not a ledger of ours.
    """
    OpenedLedger(_read(path), path.name)


def refresh_ledger(path: Path, view: LedgerView) -> RefreshResult:
    """Bring a closed ledger up to date with a view; the same view twice gives the same bytes.

    Raises:
        LedgerError: it is missing, open, read-only, not ours, or of another plan; the ledger is
            as it was.
    """
    before = _read(path)
    after = refreshed(OpenedLedger(before, path.name), view, path.name)
    if after != before:
        _replace(path, after)
    return RefreshResult(_sha256(before), _sha256(after))


def refreshed(ledger: OpenedLedger, view: LedgerView, name: str) -> bytes:
    """Return the ledger's package with our sheets' cells as the view says.

    Raises:
        LedgerError: the ledger is of another plan, or its tables have been moved about.
    """
    if ledger.identity.get("plan_id") != view.plan.plan_id:
        raise LedgerError(
            f"“{name}”是按另一份方案建的，与现在的方案“{view.plan.title}”对不上。"
            "请换用对应的方案文件，或另建一份台账。"
        )
    content = Content(view)
    for table in content.plan_tables:
        sheet = ledger.read(ledger.part(table.sheet))
        content.stand_at(table, rows_by_code(ledger, sheet, table))
    parts: dict[str, bytes] = {}
    for table, rows in content.plan_sheets():
        part = ledger.part(table.sheet)
        cells = content.status_cells(table) | content.live_cells(table, rows)
        parts[part] = patch_cells(ledger.read(part), cells)
    for table, values in content.log_sheets():
        part = ledger.part(table.sheet)
        parts[part] = patch_log_sheet(ledger, ledger.read(part), table, values)
        note = content.log_note(table.sheet)
        if note is not None:
            parts[part] = patch_cells(parts[part], {layout.LOG_NOTE_CELL: note})
    part = ledger.part(Sheet.CONSOLE)
    parts[part] = patch_cells(ledger.read(part), content.console.cells())
    part = ledger.part(Sheet.SETTINGS)
    parts[part] = patch_cells(ledger.read(part), settings_cells(content.settings()))
    return with_parts(ledger.package, parts)


# --- the file --------------------------------------------------------------------------------


def _read(path: Path) -> bytes:
    if not path.is_file():
        raise LedgerError(
            f"找不到台账“{path}”。请检查路径；还没有台账的，先运行 qiyx ledger build 新建一份。"
        )
    for pattern in _LOCK_NAMES:
        lock = path.with_name(pattern.format(name=path.name))
        if lock.exists():
            raise LedgerError(
                f"台账“{path.name}”正在 Excel 或 WPS 中打开。请关闭后再试；"
                f"如果其实没有打开，请删除同一文件夹里的“{lock.name}”。"
            )
    if not path.stat().st_mode & stat.S_IWUSR:
        raise LedgerError(f"台账“{path.name}”是只读的，没有改动它。请在文件属性里取消“只读”再试。")
    try:
        # Excel and WPS keep others from writing: asking for it finds out, and changes nothing.
        with path.open("r+b") as file:
            return file.read()
    except PermissionError as refused:
        raise LedgerError(
            f"打不开台账“{path.name}”：文件正被占用或没有写入权限。"
            "请关闭 Excel、WPS 后再试，或请管理员放开这个文件夹的写入权限。"
        ) from refused


def _replace(path: Path, data: bytes) -> None:
    """Put new bytes in place of the file: whole, or not at all."""
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            dir=path.parent, prefix=".qiyx-", suffix=".tmp", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
        temporary = None
        _sync_folder(path.parent)
    except OSError as failed:
        raise LedgerError(
            f"台账“{path.name}”没有写成，原来的台账没有变。请关闭 Excel、WPS，"
            f"看看磁盘是否已满、文件夹能否写入，然后再试。（{failed.strerror}）"
        ) from failed
    finally:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()


def _sync_folder(folder: Path) -> None:
    # Windows cannot open a folder, and needs no such thing.
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
