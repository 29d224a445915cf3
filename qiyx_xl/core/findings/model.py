"""What is a finding? What is wrong, as data; the sentence is formatted from it.

Every code is defined once, in a catalogue (``qiyx_xl.core.findings``), with severity and wording;
``docs/codes.md`` explains each.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qiyx_xl.core.primitives.signs import visible

_LONGEST = 100  # characters of a cell's text quoted in a message


class Severity(StrEnum):
    """An error sends the file back; a warning does not."""

    ERROR = "error"
    WARNING = "warning"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"error": "必须改", "warning": "请核对"}[self.value]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong in one place. ``suggestion`` is the value to enter instead, if known."""

    code: str
    severity: Severity
    message: str
    sheet: str | None = None
    cell: str | None = None
    header: str | None = None
    value: str | None = None
    suggestion: str | None = None

    @property
    def place(self) -> str:
        """Where it is inside the file: 填报表!D3; empty for the file as a whole."""
        if self.sheet is None:
            return ""
        return self.sheet if self.cell is None else f"{self.sheet}!{self.cell}"

    def __str__(self) -> str:
        place = f"{self.place}  " if self.place else ""
        return f"{place}[{self.code} {self.severity.label}] {self.message}"


@dataclass(frozen=True, slots=True)
class FindingKind:
    """A catalogue entry: the severity, title and wording of a code.

    ``wording`` is a ``str.format`` template that also says what to do about it.
    """

    code: str
    severity: Severity
    title: str
    wording: str

    def at(
        self,
        sheet: str | None = None,
        cell: str | None = None,
        *,
        header: str | None = None,
        value: str | None = None,
        suggestion: str | None = None,
        **words: object,
    ) -> Finding:
        """Return a finding of this kind at a place; ``words`` fill the wording's other fields."""
        quoted = None if value is None else _quoted(value)
        message = self.wording.format(header=header, value=quoted, suggestion=suggestion, **words)
        return Finding(self.code, self.severity, message, sheet, cell, header, value, suggestion)


def _quoted(value: str) -> str:
    """Return a cell's text for a message: invisible characters named, cut to ``_LONGEST``."""
    quoted = visible(value)
    return quoted if len(quoted) <= _LONGEST else f"{quoted[:_LONGEST]}……"


class Catalogue(dict[str, FindingKind]):
    """The finding kinds of one subject by their codes, in the order in which they were added.

    Its codes begin with one of ``prefixes``, so that no other subject can use the same code.
    """

    def __init__(self, *prefixes: str) -> None:
        super().__init__()
        self._prefixes = prefixes

    def error(self, code: str, title: str, wording: str) -> FindingKind:
        """Add a kind that sends the file back."""
        return self._enter(FindingKind(code, Severity.ERROR, title, wording))

    def warning(self, code: str, title: str, wording: str) -> FindingKind:
        """Add a kind that does not send the file back."""
        return self._enter(FindingKind(code, Severity.WARNING, title, wording))

    def _enter(self, kind: FindingKind) -> FindingKind:
        if kind.code in self or not kind.code.startswith(self._prefixes):
            raise ValueError(f"finding code {kind.code} is taken, or another subject's")
        self[kind.code] = kind
        return kind
