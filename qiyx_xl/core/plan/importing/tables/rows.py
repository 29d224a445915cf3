"""Which indicators the rows below a header are, and what about each row is in doubt.

Merged cells make this difficult: text versions of a document omit them, so that rows shift to the
left or lack targets. Whatever was shifted or filled in is marked for a person to confirm.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.numbers import ordinal
from qiyx_xl.core.plan.importing.source import (
    half_width,
    is_note,
    is_page_number,
    is_rule,
    squeeze,
    without_gaps,
)
from qiyx_xl.core.plan.importing.tables import values
from qiyx_xl.core.plan.importing.tables.headings import Columns, Kind, columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_ORDINAL = re.compile(r"^[(（]?[一二三四五六七八九十]+[)）]?[、.．]?\s*")
_NUMBER = re.compile(r"[(（]?(\d{1,3}|[一二三四五六七八九十]{1,4})[.、．)）]?")
_IN_BRACKETS = ("()", "（）")
_LONGEST_MEASURE = 20
_LONGEST_DOMAIN = 20
_MOST_SHIFT = 2  # columns that merged cells can leave out before the name


@dataclass(slots=True)
class TableRow:
    """One indicator as the table prints it.

    ``cells`` holds the target of each year, as printed; ``printed_number`` is None where the table
    has none. ``doubts`` say what a person must confirm, by the key of what is in doubt: ``row`` for
    the whole row, a year for its target, or the key of an indicator.
    """

    number: int
    domain: str
    name: str
    measure: str
    leads: tuple[str, ...]
    responsible: tuple[str, ...]
    cells: dict[int, str]
    source: str
    printed_number: int | None = None
    baseline: str = ""
    merged: bool = False
    shifted: bool = False
    doubts: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What the rows of a table's parts were read as, and what was passed over."""

    rows: list[TableRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    domain: str = ""

    @property
    def last_number(self) -> int:
        """The last number that the table prints; 0 before the first."""
        return next((row.number for row in reversed(self.rows)), 0)


def read_rows(
    rows: Sequence[Sequence[str]], columns: Columns, reading: Reading, *, spread: bool, where: str
) -> None:
    """Add the indicators of the rows below a header to what was read so far."""
    above = reading.rows[-1] if reading.rows else None
    for row in rows:
        cells = [cell.strip() for cell in row]
        if _is_passed_over(cells, columns):
            continue
        if is_note(cells):
            reading.notes.append(" ".join(filter(None, cells)))
            continue
        aligned = aligned_row(cells, columns, spread=spread)
        if aligned is None and not spread and _goes_on(cells, columns, reading):
            continue
        if aligned is None:
            _take_other(cells, reading)
            continue
        one = _row(cells, aligned, columns, reading, where)
        if not spread:
            _fill(one, above)
        _doubt_cells(one)
        reading.rows.append(one)
        above = one


def _is_passed_over(cells: Sequence[str], columns: Columns) -> bool:
    if not any(cells) or is_rule(cells) or is_page_number(cells):
        return True
    again = columns_of(cells)
    return Kind.NAME in again.at or (bool(again.years) and len(again.years) == len(columns.years))


def _take_other(cells: Sequence[str], reading: Reading) -> None:
    """Take a row that is no indicator: a domain's own row, or one that could not be read."""
    texts = list(dict.fromkeys(filter(None, cells)))
    is_short = len(texts) == 1 and len(texts[0]) <= _LONGEST_DOMAIN and "。" not in texts[0]
    if is_short and values.looks_like_name(texts[0]):
        reading.domain = domain_name(texts[0])
        return
    reading.unread.append(" | ".join(texts)[:80])


def _goes_on(cells: Sequence[str], columns: Columns, reading: Reading) -> bool:
    """Whether a row is the rest of the name above, which a page break has cut in two."""
    name = columns.at[Kind.NAME]
    filled = [index for index, cell in enumerate(cells) if cell]
    if filled != [name] or name == 0 or not reading.rows:
        return False
    above = reading.rows[-1]
    whole = f"{above.name}{without_gaps(cells[name])}"
    above.name, measure = (whole, "") if above.measure else _split(whole)
    above.measure = above.measure or measure
    above.doubts["name"] = "名称被分页断成两段，已接上"
    _doubt_cells(above)
    return True


def domain_name(text: str) -> str:
    """Return a domain's name without the ordinal that may stand before it: 一、幼有善育."""
    bare = _ORDINAL.sub("", text.strip()).rstrip(":：")
    return without_gaps(bare) or without_gaps(text)


# --- where the cells of a row belong ----------------------------------------------------------


def aligned_row(cells: Sequence[str], columns: Columns, *, spread: bool) -> list[str] | None:
    """Return a row's cells below their headers; None if it is no indicator's row.

    Where a domain spans several rows, text versions of a table omit its cell, and the row shifts to
    the left.
    """
    least = 2  # a name, and its number or a target
    if sum(map(bool, cells)) < least or len(set(filter(None, cells))) < least:
        return None
    for shift in range(1 if spread else 1 + _MOST_SHIFT):
        moved = [*[""] * shift, *cells]
        moved += [""] * (columns.width - len(moved))
        if shift and any(moved[columns.width :]):
            return None
        if _fits(moved, columns):
            return moved
    return None


def _fits(cells: Sequence[str], columns: Columns) -> bool:
    """Whether number, name and targets are what their columns should contain."""
    number = columns.at.get(Kind.NUMBER)
    if not values.looks_like_name(cells[columns.at[Kind.NAME]]):
        return False
    if number is not None and _NUMBER.fullmatch(squeeze(cells[number])):
        return True
    if number is not None and cells[number]:
        return False
    first = [cells[index] for index in columns.years.values()]
    filled = [text for text in first if text]
    return bool(filled) and all(map(_can_be_target, filled))


def _can_be_target(text: str) -> bool:
    return values.looks_like_value(text) or values.is_event(text)


def _cell(cells: Sequence[str], columns: Columns, kind: Kind) -> str:
    index = columns.at.get(kind)
    return "" if index is None else cells[index]


# --- one indicator ----------------------------------------------------------------------------


def _row(
    cells: Sequence[str], aligned: Sequence[str], columns: Columns, reading: Reading, where: str
) -> TableRow:
    name, measure = _name_and_measure(aligned, columns)
    found = _NUMBER.fullmatch(squeeze(_cell(aligned, columns, Kind.NUMBER)))
    printed = None if found is None else number_of(found[1])
    own_domain = _cell(aligned, columns, Kind.DOMAIN)
    if own_domain:
        reading.domain = domain_name(own_domain)
    targets = {year: half_width(aligned[index]) for year, index in columns.years.items()}
    one = TableRow(
        number=printed or reading.last_number + 1,
        printed_number=printed,
        domain=reading.domain,
        name=name,
        measure=measure or values.measure_in(targets.values()),
        leads=agencies_in(_cell(aligned, columns, Kind.LEAD)),
        responsible=agencies_in(_cell(aligned, columns, Kind.RESPONSIBLE)),
        cells=targets,
        source=f"{where}：{' | '.join(_once(cells))}",
        baseline=next((aligned[index] for index in columns.baselines.values()), ""),
        shifted=list(aligned[: len(cells)]) != list(cells),
    )
    if printed is None and Kind.NUMBER in columns.at:
        one.doubts["row"] = "这一行没有序号"
    if any(aligned[columns.width :]):
        one.doubts["row"] = "这一行比表头多出一格"
    return one


def number_of(text: str) -> int:
    """Return a printed number: 21 or 二十一."""
    return int(text) if text.isdigit() else ordinal(text)


def _once(cells: Sequence[str]) -> list[str]:
    """Return the cells without the blank ones at the end."""
    last = max((index for index, cell in enumerate(cells) if cell), default=-1)
    return [re.sub(r"\s+", " ", cell) for cell in cells[: last + 1]]


_BETWEEN_AGENCIES = re.compile(r"[、,，;；/\s]+")
_SEVERAL = re.compile(r"(?:等|等有关部门|等部门|等单位)$")


def agencies_in(text: str) -> tuple[str, ...]:
    """Return the agencies that a cell names, in order: 区卫健局、区教育局."""
    parts = (_SEVERAL.sub("", part) for part in _BETWEEN_AGENCIES.split(text.strip()))
    return tuple(dict.fromkeys(part for part in parts if part and not values.is_dash(part)))


def _name_and_measure(cells: Sequence[str], columns: Columns) -> tuple[str, str]:
    """Split ``托位数(个)``: the last brackets hold the measure, unless it has its own column."""
    name = without_gaps(_cell(cells, columns, Kind.NAME))
    own = without_gaps(_cell(cells, columns, Kind.MEASURE))
    if own and not values.is_dash(own):
        return name.removesuffix(f"({own})").removesuffix(f"（{own}）"), own
    return _split(name)


def _split(name: str) -> tuple[str, str]:
    """Split a name from the measure in its last brackets."""
    begin = _last_bracket(name)
    inside = name[begin + 1 : -1]
    if begin <= 0 or not 0 < len(inside) <= _LONGEST_MEASURE:
        return name, ""
    return name[:begin], inside.replace("（", "(").replace("）", ")")


def _last_bracket(name: str) -> int:
    """Return where the brackets begin that end a name, whatever brackets are in them; or -1."""
    depth = 0
    for index in range(len(name) - 1, -1, -1):
        depth += name[index] in "）)"
        depth -= name[index] in "（("
        if depth == 0:
            return index if index < len(name) - 1 else -1
    return -1


# --- targets that merged cells leave out --------------------------------------------------------


def _fill(one: TableRow, above: TableRow | None) -> None:
    """Fill blank targets from the left, or a blank row from the one above: cells were merged."""
    years = sorted(one.cells)
    present = [year for year in years if one.cells[year]]
    if len(present) == len(years):
        return
    if not present:
        if above is not None:
            one.cells, one.merged = {year: above.cells.get(year, "") for year in years}, True
        _mark_filled(one, years)
        return
    one.cells = _span_by_words(one.cells, years, present) or _carried(one.cells, years, present)
    one.merged = True
    _mark_filled(one, years)


def _carried(
    cells: Mapping[int, str], years: Sequence[int], present: Sequence[int]
) -> dict[int, str]:
    filled, last = {}, cells[present[0]]
    for year in years:
        last = cells[year] or last
        filled[year] = last
    return filled


def _span_by_words(
    cells: Mapping[int, str], years: Sequence[int], present: Sequence[int]
) -> dict[int, str] | None:
    """Let a text that names a year hold until it, where the blank cells are all at the end."""
    if present != years[: len(present)]:
        return None
    words = cells[years[0]]
    named = [int(year) for year in re.findall(r"20\d\d", words) if int(year) in years]
    if not named or not values.is_event(words):
        return None
    ends = years.index(max(named)) + 1
    rest = [cells[year] for year in present[1:]]
    if ends + len(rest) > len(years):
        return None
    filled = dict.fromkeys(years[:ends], words)
    for place, year in enumerate(years[ends:]):
        filled[year] = rest[min(place, len(rest) - 1)] if rest else words
    return filled


def _mark_filled(one: TableRow, years: Sequence[int]) -> None:
    for year in years:
        one.doubts[str(year)] = "原表可能合并了单元格，跨哪几年请核对"


def _doubt_cells(one: TableRow) -> None:
    for year, text in one.cells.items():
        doubt = values.doubt_about(text, one.measure)
        if doubt:
            one.doubts[str(year)] = doubt
    _doubt_spans(one)
    numbers = [values.number_of(text, one.measure) for text in one.cells.values()]
    shares = [number for number in numbers if number is not None]
    may_be_small = any(word in one.name for word in values.BAD_WHEN_HIGH)
    if (
        one.measure == "%"
        and shares
        and not may_be_small
        and all(0 < number <= 1 for number in shares)
    ):
        for year in one.cells:
            one.doubts.setdefault(str(year), "百分比都不超过1，可能少乘了100")


def _doubt_spans(one: TableRow) -> None:
    """Doubt the whole row where words name a year up to which their cell does not reach."""
    by_words: dict[str, list[int]] = {}
    for year, text in one.cells.items():
        if values.is_event(text):
            by_words.setdefault(text, []).append(year)
    for text, years in by_words.items():
        named = [int(year) for year in re.findall(r"20\d\d", text) if int(year) in one.cells]
        if named and max(named) != max(years):
            for year in one.cells:
                one.doubts.setdefault(str(year), f"文字说到{max(named)}年，格子到{max(years)}年")
