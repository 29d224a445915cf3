"""What the cells of a plan's workbook mean, and what is said about those that mean nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import category

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.forms.cell import Cell, squeeze
from qiyx_xl.core.forms.cell_parser import read_number
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.plan.workbook.readings import parse_reading
from qiyx_xl.core.plan.workbook.sheets import NO, YES, Column, Kind
from qiyx_xl.core.primitives.text import tidy
from qiyx_xl.files.addresses import parse_address

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.plan.lenient import Path
    from qiyx_xl.intake.workbook.reader import Sheet

_YES = frozenset(map(tidy, (YES, "√", "✓", "对", "有", "TRUE", "1", "Y", "YES")))
_NO = frozenset(map(tidy, (NO, "×", "✗", "不是", "无", "FALSE", "0", "N", "NO")))
LISTED = re.compile(r"[、，,；;/\s]+")
_BETWEEN_NAMES = re.compile(r"\s*[、，,；;]\s*")
_SPAN = re.compile(r"(20[0-9]{2})年?(?:[—–\-~～至到]+)(20[0-9]{2})年?")
_YEAR = re.compile(r"(20[0-9]{2})年?")
_MOST_YEARS = 20

At = tuple[int, int]
"""A cell's row and column, from 1."""


def parse_years(text: str) -> tuple[int, ...]:
    """Return the years of a text: 2023—2027, 2023、2024; none if it says anything else."""
    whole = _SPAN.fullmatch(squeeze(text)[0])
    years: list[int] = []
    for part in [whole[0]] if whole else [part for part in LISTED.split(text.strip()) if part]:
        span, year = _SPAN.fullmatch(part), _YEAR.fullmatch(part)
        if span is not None and int(span[2]) - int(span[1]) < _MOST_YEARS:
            years += range(int(span[1]), int(span[2]) + 1)
        elif year is not None:
            years.append(int(year[1]))
        else:
            return ()
    return tuple(years)


@dataclass(slots=True)
class Cells:
    """Parses cells; collects the places of a document's parts, and findings about cells.

    ``parts_with_findings`` are noted so that what follows from a finding is not reported as well.
    ``is_broken``: a column is missing that the plan cannot do without.
    """

    places: dict[Path, tuple[str, str | None]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    parts_with_findings: set[Path] = field(default_factory=set)
    is_broken: bool = False
    _merges: set[tuple[str, str]] = field(default_factory=set)

    def report(self, kind: FindingKind, sheet: Sheet, cell: Cell, path: Path, **words: Any) -> None:
        """Report a finding about a cell."""
        self.findings.append(kind.at(sheet.name, cell.address, **words))
        self.parts_with_findings.add(path)

    def cell(self, sheet: Sheet, at: At, header: str) -> Cell:
        """Return a cell; one that a merged range covers has the value of the range's first cell."""
        own = sheet.cell(*at)
        if own.merged is None:
            return own
        first = parse_address(own.merged.split(":", maxsplit=1)[0])
        if first is None or first == at:
            return own
        value = sheet.cell(*first)
        if (sheet.name, own.merged) not in self._merges and not value.is_blank:
            self._merges.add((sheet.name, own.merged))
            self.findings.append(
                kinds.CELLS_MERGED.at(
                    sheet.name, value.address, header=header, value=own.merged, shown=value.text
                )
            )
        return value._replace(address=own.address)

    def text(self, sheet: Sheet, at: At, header: str, path: Path) -> str:
        """Return a cell's text, on one line; "" for an empty cell."""
        return "".join(self.lines(sheet, at, header, path))

    def lines(self, sheet: Sheet, at: At, header: str, path: Path) -> list[str]:
        """Return a cell's lines without empty ones; what cannot be a text is reported."""
        cell = self.cell(sheet, at, header)
        if cell.error is not None:
            self.report(kinds.CELL_ERROR, sheet, cell, path, header=header, value=cell.error)
            return []
        if cell.formula and sheet.facts.formulas.get(at) is False:
            self.report(kinds.FORMULA_EMPTY, sheet, cell, path, header=header)
            return []
        found = [line.strip() for line in cell.text.splitlines()]
        if any(category(char).startswith("C") for line in found for char in line):
            self.report(kinds.BAD_TEXT, sheet, cell, path, header=header)
            return []
        return [line for line in found if line]

    def value(self, sheet: Sheet, at: At, column: Column, path: Path, measure: str) -> Any:
        """Return what a cell means in its column; None for nothing, or for what was reported."""
        lines = self.lines(sheet, at, column.header, path)
        if not lines:
            nothing = column.default
            usual = list(nothing) if isinstance(nothing, tuple) else nothing
            return None if path in self.parts_with_findings else usual
        cell = self.cell(sheet, at, column.header)
        text = "".join(lines)
        match column.kind:
            case Kind.WHOLE | Kind.NUMBER:
                return self._number(sheet, cell, column, path, measure)
            case Kind.DAY:
                return self._day(sheet, cell, column, path)
            case Kind.WORD:
                return self._word(sheet, cell, column, path, text)
            case Kind.FLAG:
                return self._flag(sheet, cell, column, path, text)
            case Kind.NAMES:
                return [part for part in LISTED.split(" ".join(lines)) if part]
            case Kind.AGENCIES:
                return [name for line in lines for name in _BETWEEN_NAMES.split(line) if name]
            case Kind.LINES:
                return lines
            case Kind.READING:
                reading = parse_reading(squeeze(text)[0])
                if reading is None:
                    self.report(
                        kinds.READING_UNREADABLE, sheet, cell, path,
                        header=column.header, value=text,
                    )  # fmt: skip
                return reading
            case _:
                return text

    def _number(
        self, sheet: Sheet, cell: Cell, column: Column, path: Path, measure: str
    ) -> int | Decimal | None:
        value = read_number(cell, measure).value
        if not isinstance(value, Decimal):
            self.report(kinds.BAD_NUMBER, sheet, cell, path, header=column.header, value=cell.text)
            return None
        if value == value.to_integral_value():
            return int(value)
        if column.kind is Kind.WHOLE:
            self.report(
                kinds.WRONG_TYPE, sheet, cell, path,
                header=column.header, value=cell.text, wanted="整数",
            )  # fmt: skip
            return None
        return value

    def _day(self, sheet: Sheet, cell: Cell, column: Column, path: Path) -> str | None:
        day = read_day(cell).value
        if isinstance(day, date):
            return day.isoformat()
        self.report(kinds.BAD_DATE, sheet, cell, path, header=column.header, value=cell.text)
        return None

    def _word(self, sheet: Sheet, cell: Cell, column: Column, path: Path, text: str) -> str | None:
        words = column.words or {}
        wanted = tidy(text)
        for code, label in words.items():
            if wanted in (tidy(label), tidy(code)):
                return code
        is_direction = column.keys == ("direction",)
        kind = kinds.UNKNOWN_DIRECTION if is_direction else kinds.UNKNOWN_WORD
        choices = "、".join(words.values())
        self.report(kind, sheet, cell, path, header=column.header, value=text, choices=choices)
        return None

    def _flag(self, sheet: Sheet, cell: Cell, column: Column, path: Path, text: str) -> bool | None:
        wanted = tidy(text)
        if wanted in _YES or wanted in _NO:
            return wanted in _YES
        self.report(
            kinds.UNKNOWN_WORD, sheet, cell, path,
            header=column.header, value=text, choices=f"{YES}、{NO}",
        )  # fmt: skip
        return None
