"""How 退回单 are written: the sender's own workbook with wrong cells marked, and an index sheet.

If marking would lose content of the workbook, or it cannot be opened, the index is written as a
workbook of its own beside a byte-identical copy of the original.
"""

from __future__ import annotations

import errno
import logging
import os
import shutil
import warnings
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.primitives.memo import uninterrupted
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.returns.index_sheet import (
    INDEX_SHEET,
    IndexContent,
    ReplyTo,
    draw_index,
    numbered,
)
from qiyx_xl.documents.returns.marks import (
    MARKS_SHEET,
    MAX_COMMENTS,
    Marked,
    clear_earlier_marks,
    mark,
    remember_index,
)
from qiyx_xl.documents.returns.restore import Cells, core_properties, finish, stored_cells
from qiyx_xl.documents.returns.survey import survey
from qiyx_xl.files.placing import Placement, placing
from qiyx_xl.files.untrusted_text import file_name, free_stem, split_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.records.submission import Submission

logger = logging.getLogger(__name__)

__all__ = ["ReplyTo", "ReturnSummary", "write_return", "write_returns"]

_MARKED = "退回单"
_BESIDE = "退回说明"
_ORIGINAL = "原件"
_DEFAULT_REPLY = ReplyTo()
_NOTHING = Marked(cells=0, comments=0)
# The reasons why a copy could not be marked.
_CANNOT_OPEN = "原件的内部写法与 Excel 的不同，标注的程序打不开"
_CANNOT_MARK = "原件里有标注的程序写不回去的内容"
_CANNOT_COMPARE = "原件的内部写法与 Excel 的不同，标注后无法逐格核对"
_DIFFERS = "标注后与原来的数对不上"
_Made = TypeVar("_Made")


@dataclass(frozen=True, slots=True)
class ReturnSummary:
    """One returned file.

    ``path`` is the file to open: the marked copy, or the index. ``original`` is the unchanged
    copy beside the index; None if the copy itself is marked, or there is no original. ``reason``
    is a clause that says why the copy is not marked; empty if it is. ``errors`` and ``warnings``
    count findings, ``marked`` counts cells.
    """

    file: str
    agency: str | None
    path: Path
    original: Path | None
    errors: int
    warnings: int
    marked: int
    reason: str = ""

    @property
    def is_marked(self) -> bool:
        """Whether the marks are in the sender's own workbook."""
        return not self.reason


def write_returns(
    submissions: Iterable[Submission],
    originals: Mapping[str, Path] | None,
    out: Path,
    *,
    reply: ReplyTo = _DEFAULT_REPLY,
    within: Placement | None = None,
) -> list[ReturnSummary]:
    """Write a 退回单 for every file that was not accepted.

    All files appear together, or none does.

    Args:
        submissions: the results of checking the files.
        originals: the path of each original, by sha256 (hex); None if each is still at the path
            at which it was checked.
        out: the folder to write into; created if missing.
        reply: the office to which the corrected files go.
        within: the placement with whose other files they appear; by default they appear alone.

    Returns:
        One summary per file written, in the order of the submissions.

    Raises:
        OSError: the folder or a file cannot be written.
    """
    if within is None:
        with placing() as together:
            return write_returns(submissions, originals, out, reply=reply, within=together)
    taken: set[str] = set()
    written = []
    for submission in submissions:
        if submission.status is SubmissionStatus.ACCEPTED:
            continue
        stem = free_stem(split_name(submission.shown_path)[0], taken)
        original = _original(submission, originals)
        written.append(_write(original, submission, out / stem, reply, within))
    return written


def _original(submission: Submission, originals: Mapping[str, Path] | None) -> Path | None:
    if originals is not None:
        return originals.get(submission.sha256)
    checked = Path(submission.path)
    return checked if checked.is_file() else None


def write_return(
    original: Path, submission: Submission, out_dir: Path, *, reply: ReplyTo = _DEFAULT_REPLY
) -> ReturnSummary:
    """Write the 退回单 for one file; an existing file of that name is replaced.

    The original is only read. The numbers in the copy are exactly the sender's: before the copy
    is written, it is compared with the original cell by cell.

    Args:
        original: the file as it was received.
        submission: the result of checking it.
        out_dir: the folder to write into; created if missing.
        reply: the office to which the corrected file goes.

    Raises:
        OSError: the original cannot be read, or a file cannot be written.
    """
    with placing() as within:
        stem = split_name(submission.shown_path)[0]
        return _write(original, submission, out_dir / stem, reply, within)


def _write(
    original: Path | None, submission: Submission, stem: Path, reply: ReplyTo, within: Placement
) -> ReturnSummary:
    reason = _obstacle(original, submission)
    if original is not None and not reason:
        path = stem.with_name(f"{stem.name}_{_MARKED}.xlsx")
        try:
            content, cells = _marked_copy(original.read_bytes(), submission, reply)
        except _NotMarked as obstacle:
            reason = obstacle.reason
        else:
            with within.new(path) as target:
                target.write_bytes(content)
            return _summary(submission, path, cells=cells)
    return _write_beside(original, submission, stem, within, reply=reply, reason=reason)


def _obstacle(original: Path | None, submission: Submission) -> str:
    """Return a clause that says why the original cannot be marked; "" if it can."""
    if original is None:
        return "没有找到原件"
    if submission.status is SubmissionStatus.UNREADABLE:
        # It is not opened again: it may have been crafted to crash or hang the program.
        return "原件读不了"
    found = survey(original)
    if found.holds:
        return f"原件里有{'、'.join(found.holds)}，标注会弄丢它们"
    return found.obstacle


# --- the sender's own workbook, marked --------------------------------------------------------


class _NotMarked(Exception):  # noqa: N818 - nothing failed: the original goes back as it is
    """The original is not marked; ``reason`` is a clause that says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _marked_copy(content: bytes, submission: Submission, reply: ReplyTo) -> tuple[bytes, Marked]:
    """Return a marked copy, and what was marked in it.

    Raises:
        _NotMarked: it cannot be opened or written, or its cells would differ from the original's.
    """
    with uninterrupted():
        book = _attempt(_CANNOT_OPEN, _opened, content)
        draft, marked, not_theirs = _attempt(_CANNOT_MARK, _draft, book, submission, reply)
        original_cells = _attempt(_CANNOT_COMPARE, _cells_in, content, not_theirs)
        core = _attempt(_CANNOT_COMPARE, core_properties, BytesIO(content))
        copy = _attempt(_CANNOT_MARK, finish, draft, original_cells, core)
        if _attempt(_CANNOT_COMPARE, _cells_in, copy, not_theirs) != original_cells:
            raise _NotMarked(_DIFFERS)
    return copy, marked


def _attempt(reason: str, act: Callable[..., _Made], *about: Any) -> _Made:
    """Call a function that works on the sender's file, and return its result.

    Raises:
        _NotMarked: it failed with any exception; the original is then returned unchanged.
    """
    try:
        return act(*about)
    except Exception:
        logger.debug("marking a copy: %s", reason, exc_info=True)
        raise _NotMarked(reason) from None


def _cells_in(content: bytes, skipped: frozenset[str]) -> Cells:
    return stored_cells(BytesIO(content), skipped=skipped)


def _opened(content: bytes) -> Any:
    """Return the sender's workbook, opened for marking."""
    import openpyxl

    with warnings.catch_warnings():
        # ``survey`` has already found what openpyxl cannot keep; other warnings do not matter.
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(BytesIO(content), rich_text=True)


def _draft(
    book: Any, submission: Submission, reply: ReplyTo
) -> tuple[BytesIO, Marked, frozenset[str]]:
    """Return the copy as openpyxl saves it, what was marked, and the names of our sheets."""
    before = set(book.sheetnames)
    clear_earlier_marks(book)
    their_sheets = set(book.sheetnames)
    findings = numbered(submission.findings)
    marked = mark(book, findings)
    title = free_stem(INDEX_SHEET, {name.casefold() for name in their_sheets})
    remember_index(book, title)
    index = book.create_sheet(title, 0)
    draw_index(index, _content(submission, findings, _marked_notes(marked), reply, their_sheets))
    # Only one sheet is selected: with two, Excel would enter what is typed into both.
    for sheet in book.worksheets:
        sheet.sheet_view.tabSelected = sheet is index
    book.active = 0
    draft = _saved(book)
    return draft, marked, frozenset(before - their_sheets | {title, MARKS_SHEET})


def _marked_notes(marked: Marked) -> list[str]:
    coloured = (
        "要改的格子已标色：红色必须改，黄色请核对；鼠标移到格子上可看批注。"
        "点“单元格”一栏的地址可直接跳到那一格。"
        if marked.cells
        else "问题在整个文件，没有标色的格子。"
    )
    notes = [
        f"{coloured}您填的数没有改动过。",
        "改好后直接保存这份文件报送即可；本页、批注和颜色不用删。",
    ]
    if marked.comments < marked.cells:
        notes.insert(
            1,
            f"要改的格子有 {marked.cells} 个，批注只加在前 {MAX_COMMENTS} 个上，"
            "其余只标了颜色；下表列出了全部问题。",
        )
    return notes


# --- the index beside an untouched original ---------------------------------------------------


def _write_beside(
    original: Path | None,
    submission: Submission,
    stem: Path,
    within: Placement,
    *,
    reply: ReplyTo,
    reason: str,
) -> ReturnSummary:
    path, copy = stem.with_name(f"{stem.name}_{_BESIDE}.xlsx"), None
    if original is None:
        notes = [f"{reason}，请打开您报送的那份文件，按下表逐条改好。"]
    else:
        copy = stem.with_name(f"{stem.name}_{_ORIGINAL}{split_name(submission.shown_path)[1]}")
        notes = [
            f"{reason}，所以没有在上面标注；同一文件夹里的“{copy.name}”是您报送的原件，一字未动。",
            "请打开原件，按下表逐条改好，再报送改好的文件（不是本表）。",
        ]
        with within.new(copy) as target:
            shutil.copyfile(original, target)
    content = _index_book(_content(submission, numbered(submission.findings), notes, reply, ()))
    with within.new(path) as target:
        target.write_bytes(content)
    return _summary(submission, path, original=copy, reason=reason)


def _index_book(content: IndexContent) -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    draw_index(book.create_sheet(INDEX_SHEET, 0), content)
    book.remove(book.worksheets[1])
    return finish(_saved(book), {}, None)


def _saved(book: Any) -> BytesIO:
    """Return a workbook as a file in memory.

    openpyxl writes each sheet into a temporary file with lxml, whose error for a full disk is not
    an OSError; it is converted to one.

    Raises:
        OSError: the temporary files cannot be written.
    """
    from lxml.etree import SerialisationError

    draft = BytesIO()
    try:
        book.save(draft)
    except SerialisationError as error:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
    return draft


# --- shared -----------------------------------------------------------------------------------


def _content(
    submission: Submission,
    findings: Sequence[tuple[int, Finding]],
    notes: Sequence[str],
    reply: ReplyTo,
    sheets: Collection[str],
) -> IndexContent:
    return IndexContent(
        agency=submission.agency or "",
        period=submission.period.label if submission.period is not None else "",
        file=file_name(submission.shown_path),
        findings=findings,
        notes=notes,
        reply=reply,
        sheets=sheets,
    )


def _summary(
    submission: Submission,
    path: Path,
    *,
    original: Path | None = None,
    reason: str = "",
    cells: Marked = _NOTHING,
) -> ReturnSummary:
    severities = [finding.severity for finding in submission.findings]
    return ReturnSummary(
        file=submission.shown_path,
        agency=submission.agency,
        path=path,
        original=original,
        errors=severities.count(Severity.ERROR),
        warnings=severities.count(Severity.WARNING),
        marked=cells.cells,
        reason=reason,
    )
