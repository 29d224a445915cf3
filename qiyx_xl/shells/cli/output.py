"""Where answers go: any console, any encoding, a reader that leaves, a disk that is full.

What a command does must not depend on who listens. Nothing that cannot be shown ends it, and
one that has booked something goes on to its end even if nobody can be told.
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

_NOBODY_LISTENS = (errno.EPIPE, errno.EINVAL)  # Windows says the second


class _Patient(io.RawIOBase):
    """A stream that takes everything; what went wrong is told afterwards."""

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
    """The program's stdout and stderr, made so that nothing written there ends it."""

    def __init__(self) -> None:
        self._out: _Patient | None = None

    def take_over(self) -> None:
        """Put them in the place of those the interpreter has."""
        out = _patient(sys.stdout)
        if out is not None:
            sys.stdout, self._out = out
        err = _patient(sys.stderr)
        if err is not None:
            sys.stderr = err[0]

    def failure(self) -> str | None:
        """Return why answers did not reach whom they were for; None if they did.

        Empty where the reader has left, and wants to hear no more.
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
        return None  # there is none, as without a console, or it is somebody's own
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
    # ASCII is what is left where no language is set; not one of our sentences could be shown.
    name = codecs.lookup(stream.encoding).name
    return "utf-8" if name == "ascii" else name


def write_utf8(pieces: Iterable[str]) -> None:
    """Write to stdout in UTF-8, whatever the console's own encoding: programs read it.

    Half a character, as in a name that is no text, is spelled as JSON spells it.
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


# --- How answers look on a terminal: tables and sentences ---------------------------------------

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
    """Return how many files passed, must go back, or could not be read."""
    from qiyx_xl.core.findings.model import Severity
    from qiyx_xl.core.records.submission import SubmissionStatus

    returned = report.count(SubmissionStatus.RETURNED)
    errors = sum(
        finding.severity is Severity.ERROR
        for one in report.flagged()
        if one.status is SubmissionStatus.RETURNED
        for finding in one.findings
    )
    unreadable = report.count(SubmissionStatus.UNREADABLE)
    text = (
        f"共 {len(report.submissions)} 份："
        f"通过 {report.count(SubmissionStatus.ACCEPTED)} 份，需退回 {returned} 份"
    )
    text += f"（{errors} 处必须改）" if returned else ""
    return f"{text}，读不了 {unreadable} 份。"
