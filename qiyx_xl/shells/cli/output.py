"""How output is written so that a failing stdout or stderr never stops a command.

A pipe may be closed, a disk may be full, the console's encoding may lack a character. A command
that has booked something must still complete, so write errors are recorded and reported at the
end.
"""

from __future__ import annotations

import codecs
import errno
import io
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    from _typeshed import ReadableBuffer
    from rich.table import Table
    from rich.text import Text

    from qiyx_xl.app import ValidationReport
    from qiyx_xl.core.rating.rate import Light
    from qiyx_xl.core.records.submission import Submission

_NOBODY_LISTENS = (errno.EPIPE, errno.EINVAL)  # a closed pipe; Windows reports EINVAL


class _Patient(io.RawIOBase):
    """A raw stream whose writes never fail; the first error is kept in ``failure``."""

    def __init__(self, raw: io.RawIOBase) -> None:
        super().__init__()
        self._raw = raw
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return self._raw.isatty()

    def fileno(self) -> int:
        return self._raw.fileno()

    def write(self, data: ReadableBuffer, /) -> int | None:
        size = memoryview(data).nbytes
        if self.failure is not None:
            return size
        try:
            return self._raw.write(data)
        except OSError as error:
            self.failure = error
            return size


class Answers:
    """Replaces stdout and stderr by streams whose writes never raise an error."""

    def __init__(self) -> None:
        self._out: _Patient | None = None

    def take_over(self) -> None:
        """Replace ``sys.stdout`` and ``sys.stderr``."""
        out = _patient(sys.stdout)
        if out is not None:
            sys.stdout, self._out = out
        err = _patient(sys.stderr)
        if err is not None:
            sys.stderr = err[0]

    def failure(self) -> str | None:
        """Return why stdout could not be written; None if it was.

        Empty if the reader has closed the pipe, as ``head`` does: that needs no message.
        """
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        error = None if self._out is None else self._out.failure
        if error is None:
            return None
        if error.errno in _NOBODY_LISTENS:
            return ""
        from qiyx_xl.files.reasons import reason_of

        return reason_of(error)


def _patient(stream: TextIO | None) -> tuple[TextIO, _Patient] | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    if stream is None or not isinstance(raw, io.RawIOBase):
        return None  # no stream, as without a console, or one that the caller has replaced
    stream.flush()
    patient = _Patient(raw)
    made = io.TextIOWrapper(
        io.BufferedWriter(patient),
        encoding=_encoding_of(stream),
        # A zh-CN Windows console is GBK and may lack a character of a file name.
        errors="replace",
        line_buffering=patient.isatty(),
        write_through=False,
    )
    return made, patient


def _encoding_of(stream: TextIO) -> str:
    # Python falls back to ASCII if no locale is set; then no Chinese sentence could be shown.
    name = codecs.lookup(stream.encoding).name
    return "utf-8" if name == "ascii" else name


def write_utf8(pieces: Iterable[str]) -> None:
    r"""Write to stdout in UTF-8, even if the console has another encoding, for other programs.

    A lone surrogate, as in a file name that is not valid text, is written as ``\udcXX``, which
    JSON can read.
    """
    out = sys.stdout
    binary = getattr(out, "buffer", None)
    if binary is None:
        out.writelines(pieces)
        return
    out.flush()
    for piece in pieces:
        binary.write(piece.encode("utf-8", "backslashreplace"))
    binary.flush()


# --- Tables and sentences for the terminal ------------------------------------------------------

_STYLES = {"green": "bold green", "amber": "bold yellow", "red": "bold red", "grey": "dim"}


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[str | Text]]) -> Table:
    """Return a table for the console; every cell is plain text, never markup."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    from qiyx_xl.core.primitives.legible import inert

    made = Table(
        title=title,
        title_justify="left",
        title_style="bold",
        header_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )
    for name in header:
        made.add_column(name, overflow="fold")
    for row in rows:
        made.add_row(*(Text(inert(cell)) if isinstance(cell, str) else cell for cell in row))
    return made


def lamp(light: Light, words: str) -> Text:
    """Return a lamp's word in its colour."""
    from rich.text import Text

    return Text(words, style=_STYLES[light.value])


def finding_lines(submission: Submission) -> list[str]:
    """Return one line per finding: file ▸ sheet!cell [code] sentence."""
    return [f"{submission.shown_name} ▸ {finding}" for finding in submission.findings]


def summary(report: ValidationReport) -> str:
    """Return a sentence with the numbers of accepted, returned and unreadable files."""
    from qiyx_xl.core.findings.model import Severity
    from qiyx_xl.core.records.submission import SubmissionStatus

    returned = report.count(SubmissionStatus.RETURNED)
    errors = sum(
        finding.severity is Severity.ERROR
        for submission in report.flagged()
        if submission.status is SubmissionStatus.RETURNED
        for finding in submission.findings
    )
    unreadable = report.count(SubmissionStatus.UNREADABLE)
    text = (
        f"共 {len(report.submissions)} 份："
        f"通过 {report.count(SubmissionStatus.ACCEPTED)} 份，需退回 {returned} 份"
    )
    text += f"（{errors} 处必须改）" if returned else ""
    return f"{text}，读不了 {unreadable} 份。"
