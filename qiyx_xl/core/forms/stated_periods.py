"""Which period does free text mean? 2026年1-9月, 截至2026年9月30日, 前三季度.

Figures are collected as at the end of a period. So a span from January to that end, and the date of
the end, mean the period too. ``Period.parse`` does not accept these, as 2026年9月30日 is not a
period by itself. The meaning may depend on the period being collected: 1-9月 is the third quarter
where quarters are collected, and September where months are.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from unicodedata import normalize

from qiyx_xl.core.primitives.memo import A_WORD, bounded_cache
from qiyx_xl.core.primitives.patterns import late
from qiyx_xl.core.primitives.periods import FIRST_YEAR, LAST_YEAR, Period, PeriodError, PeriodKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_MONTHS = 12
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－~～至到", "-"))
_DIGITS = str.maketrans("〇○零ＯOо一二三四五六七八九", "000000123456789")
_CHINESE_YEAR = late(r"[二2][〇○零ＯOо0][〇○零ＯOо0-9一二三四五六七八九]{2}(?=年)")
_NUMBERS = {text: n for n, text in enumerate("一二三四五六七八九十", start=1)} | {
    "十一": 11,
    "十二": 12,
}
_BEFORE = late(r"^(?:截至|截止-?|截-|从|自|-)+")
_AFTER = late(r"(?:[底末]?止|期间|累计数?|数据|情况|期?[底末]|\.)$")
_BRACKET = late(r"^(.+?)\(([^()]*)\)$")
_YEAR = r"(?:(?P<year>[0-9]{4}|[0-9]{2}(?=年))[-./]?年?度?|(?P<this>本年|今年|当年)度?)?"
_MONTH = r"0?[1-9]|1[0-2]|十[一二]?|[一二三四五六七八九]"
_DAY = r"0?[1-9]|[12][0-9]|3[01]"
_QUARTER = r"[1-4一二三四]"
_DATE_YEAR = r"(?:(?P<year{0}>[0-9]{{4}})[-./年])?"


def _pattern(text: str) -> re.Pattern[str]:
    return late(_YEAR + text)


_SPANS: tuple[tuple[re.Pattern[str], int], ...] = (
    (_pattern(rf"(?P<first>{_MONTH})月?份?-(?:[0-9]{{4}}[-./年])?(?P<last>{_MONTH})月?份?"), 1),
    (_pattern(rf"第?(?P<first>{_QUARTER})-第?(?P<last>{_QUARTER})季度?"), 3),
    (_pattern(rf"前(?P<last>{_QUARTER})个?季度?"), 3),
    (_pattern(rf"前(?P<last>{_MONTH})个?月"), 1),
    (_pattern(rf"第?(?P<only>{_QUARTER})季(?:度|报)?"), 3),
    (_pattern(rf"(?P<only>{_MONTH})月份?"), 1),
    (_pattern(r"(?P<half>[上下])半年度?"), 6),
    (_pattern(r"(?:全年|年度)?"), _MONTHS),
)
_QUARTER_FIRST = late(r"第?(?:Q(?P<q>[1-4])|(?P<r>[1-4])Q)[-./]?(?P<year>[0-9]{4})年?")
_DAYS = late(
    rf"(?:(?P<year1>[0-9]{{4}})[-./年]?(?P<m1>{_MONTH})[-./月](?P<d1>{_DAY})日?-)?"
    rf"(?:(?P<year2>[0-9]{{4}})[-./年])?(?P<m2>{_MONTH})[-./月](?P<d2>{_DAY})日?"
)
_ROMANS = ("I", "II", "III", "IV")
_ROMAN = late("(?:IV|I{1,3})(?=季)")
_DATE = late(r"[0-9]{4}([-./])[0-9]{1,2}\1[0-9]{1,2}")
_TIMED = late(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?$")
_COMPACT_DAY = late(r"(?P<year>20[0-9]{2})(?P<m>[01][0-9])(?P<d>[0-3][0-9])")
_COMPACT = late(
    r"(?P<year>20[0-9]{2})(?P<m>0[1-9]|1[0-2])(?:-(?:20[0-9]{2})?(?P<n>0[1-9]|1[0-2]))?"
)
_MENTIONED = late(
    r"(?:20[0-9]{2}|[二2][〇○零O][〇○零O一二三四五六七八九0-9]{2}年|(?<![0-9])[0-9]{2}年)"
    r"[0-9一二三四五六七八九十年月日季度第前上下半全Qq至到底末份.\-—–~～/_ ]*"
)
_A_QUARTER = late("(?:[Qq][1-4]|季度?)$")
_GOES_ON = late(r"[0-9度]|[月日年季]|[-—–~～至到./_]\s*[0-9一二三四五六七八九十]")
_QUARTER_GOES_ON = late(r"度|[-—–~～至到]\s*(?:20[0-9]{2}年?)?(?:第?[1-4一二三四]季|[Qq][1-4])")


@dataclass(frozen=True, slots=True)
class Span:
    """The months that a text names; ``is_day``: a date, meaning the figure at the end of that day.

    ``year`` is None where the text does not name it.
    """

    year: int | None
    first: int
    last: int
    is_day: bool = False

    def belongs_to(self, period: Period) -> bool:
        """Whether figures of these months belong to the period."""
        if self.year not in {None, period.year} or self.last != period.end_month:
            return False
        months = {PeriodKind.YEAR: _MONTHS, PeriodKind.QUARTER: 3, PeriodKind.MONTH: 1}[period.kind]
        return self.is_day or self.first in {1, period.end_month - months + 1}

    @property
    def is_whole_year(self) -> bool:
        """Whether these are all months of a year."""
        return (self.first, self.last, self.is_day) == (1, _MONTHS, False)

    @property
    def period(self) -> Period | None:
        """The most probable period where none is being collected; None if there is none."""
        if self.year is None:
            return None
        length = self.last - self.first + 1
        if length == _MONTHS:
            return Period.of_year(self.year)
        if self.last % 3 == 0 and (self.first == 1 or length == 3 or self.is_day):  # noqa: PLR2004
            return Period.of_quarter(self.year, self.last // 3)
        if self.first == 1 or length == 1:
            return Period.of_month(self.year, self.last)
        return None


@dataclass(frozen=True, slots=True)
class Stated:
    """The period a text means, and whether it is written in the requested format."""

    period: Period | None
    is_as_requested: bool


def read_stated(text: str, collected: Period | None) -> Stated | None:
    """Return the period a text means when ``collected`` is being collected; None if unclear.

    The period is None for months that are not a period, such as 4-9月: certainly another period
    than the one collected.
    """
    plain = parse_period(text)
    if plain is not None and (collected is None or plain == collected):
        return Stated(plain, is_as_requested=True)
    span = read_span(text)
    if span is None:
        return None if plain is None else Stated(plain, is_as_requested=True)
    if (
        collected is not None
        and span.belongs_to(collected)
        and not _names_another_period(plain, text)
    ):
        return Stated(collected, is_as_requested=False)
    if plain is not None:
        return Stated(plain, is_as_requested=True)
    if collected is None and span.period is None:
        return None
    return Stated(span.period, is_as_requested=False)


def _names_another_period(plain: Period | None, text: str) -> bool:
    """Whether a text names a period in the requested format: 2026年9月 a month, 2026年 a year."""
    return plain is not None and not text.strip().endswith("全年")


@bounded_cache(1024, A_WORD)
def parse_period(text: str) -> Period | None:
    """Parse a period in the requested format; None if the text has another format."""
    try:
        return Period.parse(text)
    except PeriodError:
        return None


@bounded_cache(1024, A_WORD)
def read_span(text: str) -> Span | None:
    """Return the months that a text names: 1-9月, 前三季度, 9月30日; None if it names none."""
    if len(text) > A_WORD:
        return None
    narrow = re.sub(r"\s+", "", _TIMED.sub("", normalize("NFKC", text).strip())).upper()
    plain = re.sub("-+", "-", narrow.translate(_DASHES)).strip("-:;,。、_").replace("年年", "年")
    plain = _ROMAN.sub(lambda found: str(_ROMANS.index(found[0]) + 1), plain)
    if plain.startswith("(") and plain.endswith(")"):
        plain = plain[1:-1]
    plain = _CHINESE_YEAR.sub(lambda found: found[0].translate(_DIGITS), plain)
    bracketed = _BRACKET.fullmatch(plain)
    if bracketed is None:
        return _span(plain)
    span = _span(bracketed[1])
    if re.search("[0-9一二三四季月年]", bracketed[2]) is None:
        return span
    inner = _span(bracketed[2])
    if span is None or inner is None:
        return None
    if span.is_whole_year and inner.year is None:  # 2026年(三季度)
        return replace(inner, year=span.year)
    is_same = inner.last == span.last and inner.year in {None, span.year}
    return span if is_same else None


def _span(text: str) -> Span | None:
    said = _BEFORE.sub("", text)
    is_end = said != text
    while (shorter := _AFTER.sub("", said)) != said:
        is_end = is_end or said[-1] in "底末止"
        said = shorter
    if not said:
        return None
    if _DATE.fullmatch(said):  # a date, not the months 1 to 9
        return _day(said)
    return _day(said) or _compact(said) or _months(said, is_end=is_end)


def _day(said: str) -> Span | None:
    found = _DAYS.fullmatch(said)
    if found is None:
        return None
    one, year = found["year1"], found["year2"] or found["year1"]
    if year is None or (one is not None and one != year):
        return None
    last = _parse_number(found["m2"])
    if found["m1"] is None and int(found["d2"]) == 1:
        return _within(int(year), last, last)  # Excel converts 2026年9月 to its first day
    if int(found["d2"]) != _last_day(int(year), last):
        return None
    if found["m1"] is None:
        return _within(int(year), last, last, is_day=True)
    if int(found["d1"]) != 1:
        return None
    return _within(int(year), _parse_number(found["m1"]), last)


def _compact(said: str) -> Span | None:
    """Parse 20260930, 202609 and 202601-202609."""
    day = _COMPACT_DAY.fullmatch(said)
    if day is not None:
        year, month = int(day["year"]), int(day["m"])
        is_end = 1 <= month <= _MONTHS and int(day["d"]) == _last_day(year, month)
        return _within(year, month, month, is_day=True) if is_end else None
    found = _COMPACT.fullmatch(said)
    if found is None:
        return None
    return _within(int(found["year"]), int(found["m"]), int(found["n"] or found["m"]))


def _months(said: str, *, is_end: bool) -> Span | None:
    turned = _QUARTER_FIRST.fullmatch(said)
    if turned is not None:
        last = 3 * int(turned["q"] or turned["r"])
        return _within(int(turned["year"]), last - 2, last)
    spelled = re.sub(r"Q([1-4])季?度?$", r"\1季度", said)
    for pattern, length in _SPANS:
        found = pattern.fullmatch(spelled)
        if found is None:
            continue
        about = found.groupdict()
        if about["year"] is None and about["this"] is None and length == _MONTHS:
            return None
        year = None if about["year"] is None else int(about["year"])
        if year is not None and year < 100:  # noqa: PLR2004 - 26年
            year += 2000
        if "half" in about:
            last = 6 if about["half"] == "上" else _MONTHS
            return _within(year, last - 5, last)
        if "only" in about:
            last = length * _parse_number(about["only"])
            return _within(year, last - length + 1, last, is_day=is_end)
        last = _MONTHS if length == _MONTHS else length * _parse_number(about["last"])
        first = length * (_parse_number(about.get("first") or "1") - 1) + 1
        return _within(year, first, last, is_day=is_end and length == _MONTHS)
    return None


def _within(year: int | None, first: int, last: int, *, is_day: bool = False) -> Span | None:
    is_year = year is None or FIRST_YEAR <= year <= LAST_YEAR
    is_span = 1 <= first <= last <= _MONTHS
    return Span(year, first, last, is_day) if is_year and is_span else None


def _parse_number(text: str) -> int:
    return _NUMBERS.get(text) or int(text)


def _last_day(year: int, month: int) -> int:
    return monthrange(year, month)[1]


def mentions(text: str) -> Iterator[str]:
    """Yield the parts of a title or file name that may name a period, longest first.

    A match never ends inside a longer expression: 2026年1-9月 does not yield 2026年1月.
    """
    for found in _MENTIONED.finditer(text):
        said = found[0].rstrip(" -—–~～_./第前至到")
        for end in range(len(said), 3, -1):
            goes_on = _QUARTER_GOES_ON if _A_QUARTER.search(said, 0, end) else _GOES_ON
            if not goes_on.match(said, end):
                yield said[:end]
