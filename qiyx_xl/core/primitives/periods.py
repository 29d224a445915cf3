"""Which reporting period does a text name? A year, a quarter or a month, in any common notation."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

from qiyx_xl.core.primitives.errors import QiyxError

FIRST_YEAR, LAST_YEAR = 2000, 2099
_MOST_REMEMBERED = 4096


class PeriodKind(StrEnum):
    """How long a period is."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"


class PeriodError(QiyxError, ValueError):
    """A text that does not name a period; the message can be shown to the user."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"看不懂数据期“{text}”。", "请写成 2026、2026Q3 或 2026-09，也可写“2026年三季度”。"
        )


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A reporting period; ``number`` is the quarter (1-4), the month (1-12), or 0 for a year.

    Periods are ordered by their last month, then by length, shortest first.
    """

    year: int
    end_month: int
    _rank: int
    kind: PeriodKind
    number: int

    @classmethod
    def of_year(cls, year: int) -> Period:
        """Return the whole year."""
        return cls(year, 12, 2, PeriodKind.YEAR, 0)

    @classmethod
    def of_quarter(cls, year: int, quarter: int) -> Period:
        """Return a quarter, 1 to 4."""
        return cls(year, quarter * 3, 1, PeriodKind.QUARTER, quarter)

    @classmethod
    def of_month(cls, year: int, month: int) -> Period:
        """Return a month, 1 to 12."""
        return cls(year, month, 0, PeriodKind.MONTH, month)

    @classmethod
    def parse(cls, text: str | date) -> Period:
        """Read ``2026``, ``2026Q3``, ``2026-09``, ``2026年三季度``, ``2026年9月`` or a date.

        Raises:
            PeriodError: the text does not name a period.
        """
        if isinstance(text, date):
            return cls.of_month(text.year, text.month)
        squeezed = _squeeze(text)
        for pattern, build in _PATTERNS:
            found = pattern.fullmatch(squeezed)
            if found is None:
                continue
            year = int(found["year"])
            number = _parse_number(found.groupdict().get("number") or "0")
            if FIRST_YEAR <= year <= LAST_YEAR and number <= build[1]:
                return build[0](year, number)
        raise PeriodError(text)

    @property
    def last_day(self) -> date:
        """The period's last day."""
        return _last_day(self.year, self.end_month)

    @property
    def is_year_end(self) -> bool:
        """Whether the period ends with December: a year, Q4 or December."""
        return self.end_month == 12  # noqa: PLR2004 - December

    @property
    def is_quarter_end(self) -> bool:
        """Whether the period ends with a quarter's last month."""
        return self.end_month % 3 == 0

    @property
    def before(self) -> Period:
        """The period of the same length just before."""
        if self.kind is PeriodKind.YEAR:
            return Period.of_year(self.year - 1)
        if self.kind is PeriodKind.QUARTER:
            return _quarter_after(self.year, self.number - 2)
        return _month_after(self.year, self.number - 2)

    @property
    def after(self) -> Period:
        """The period of the same length just after."""
        if self.kind is PeriodKind.YEAR:
            return Period.of_year(self.year + 1)
        if self.kind is PeriodKind.QUARTER:
            return _quarter_after(self.year, self.number)
        return _month_after(self.year, self.number)

    @property
    def first_day(self) -> date:
        """The period's first day."""
        months = {PeriodKind.YEAR: 12, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}[self.kind]
        return date(self.year, self.end_month - months + 1, 1)

    @property
    def order(self) -> tuple[int, int, int]:
        """The sort key of the period; faster than comparing whole periods."""
        return (self.year, self.end_month, self._rank)

    @property
    def label(self) -> str:
        """The period as printed on papers: 2026年三季度."""
        if self.kind is PeriodKind.YEAR:
            return f"{self.year}年"
        if self.kind is PeriodKind.QUARTER:
            return f"{self.year}年{'一二三四'[self.number - 1]}季度"
        return f"{self.year}年{self.number}月"

    def __hash__(self) -> int:
        # Distinct for distinct periods, as a hash of all five fields would be, in a quarter of the
        # time: periods are keys of many tables.
        return self.year * 64 + self.end_month * 4 + self._rank

    def __str__(self) -> str:
        return _format(self.year, self.end_month, self._rank)


# Cached: a log of tens of thousands of numbers needs the same few dates again and again.
@lru_cache(maxsize=_MOST_REMEMBERED)
def _last_day(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


@lru_cache(maxsize=_MOST_REMEMBERED)
def _format(year: int, end_month: int, rank: int) -> str:
    return (f"{year}-{end_month:02d}", f"{year}Q{end_month // 3}", str(year))[rank]


def _quarter_after(year: int, quarters: int) -> Period:
    return Period.of_quarter(year + quarters // 4, quarters % 4 + 1)


def _month_after(year: int, months: int) -> Period:
    return Period.of_month(year + months // 12, months % 12 + 1)


_FULL_WIDTH = {ord("０") + i: str(i) for i in range(10)} | {
    ord("Ｑ"): "Q",
    ord("ｑ"): "Q",
    ord("－"): "-",
    ord("—"): "-",
    ord("／"): "/",
    ord("．"): ".",
}
_CHINESE_NUMBERS = {text: number for number, text in enumerate("一二三四五六七八九", start=1)} | {
    "十": 10,
    "十一": 11,
    "十二": 12,
}


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", "", str(text).translate(_FULL_WIDTH)).upper()


def _parse_number(text: str) -> int:
    return _CHINESE_NUMBERS[text] if text in _CHINESE_NUMBERS else int(text)


def _year(year: int, _: int) -> Period:
    return Period.of_year(year)


_YEAR = r"(?P<year>[0-9]{4})"
_QUARTER = r"(?P<number>[1-4一二三四])"
_MONTH = r"(?P<number>0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九])"
_PATTERNS = (
    (re.compile(rf"{_YEAR}(?:年度?|全年)?"), (_year, 0)),
    (re.compile(rf"{_YEAR}[-/年]?Q{_QUARTER}"), (Period.of_quarter, 4)),
    (re.compile(rf"{_YEAR}年?第?{_QUARTER}季度?"), (Period.of_quarter, 4)),
    (re.compile(rf"{_YEAR}[-/.年]{_MONTH}月?(?:份)?"), (Period.of_month, 12)),
)
