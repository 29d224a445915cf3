"""Which tables lie in lines of text: one cell a line, or columns held apart by spaces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import Table, is_note, is_page_number, squeeze
from qiyx_xl.core.plan.importing.tables import values
from qiyx_xl.core.plan.importing.tables.headings import Columns, Kind, columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qiyx_xl.core.plan.importing.source import SourceText

_WIDE_GAP = re.compile(r"\s{2,}|\t")
_HEADING = re.compile(r"[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）]")
_NUMBER = re.compile(r"\d{1,3}")
_MEASURE_LINE = re.compile(r"[(（][^()（）]{1,12}(?:[(（][^()（）]*[)）])?[)）]")
_MOST_HEADER = 20  # cells
_LONGEST_HEADER = 14  # characters of one
_FEWEST_COLUMNS = 3


def tables_in_lines(source: SourceText) -> list[Table]:
    """Return the tables of indicators that a document's lines contain."""
    lines = list(source.paragraphs)
    found = _one_cell_a_line(lines)
    return [found] if found is not None else list(_spaced(lines))


# --- one cell a line: copied from a web page ------------------------------------------------------


def _one_cell_a_line(lines: Sequence[str]) -> Table | None:
    cells = [line.strip() for line in lines if line.strip()]
    start = _header_run(cells)
    if start is None:
        return None
    begin, end = start
    header = cells[begin:end]
    columns = columns_of(header)
    body = _with_measures_joined(cells[end:], columns)
    rows = list(
        _numbered(body, columns) if Kind.NUMBER in columns.at else _unnumbered(body, columns)
    )
    return Table((tuple(header), *rows), where="正文里的表") if rows else None


def _header_run(cells: Sequence[str]) -> tuple[int, int] | None:
    """Return where the cells of a header begin and end: the longest run of known headers."""
    for index, cell in enumerate(cells):
        if len(cell) > _LONGEST_HEADER or not _is_header(cell):
            continue
        end = index
        while end < min(len(cells), index + _MOST_HEADER) and _is_header(cells[end]):
            end += 1
        if end - index >= _FEWEST_COLUMNS and columns_of(cells[index:end]).is_plan:
            return index, end
    return None


def _is_header(cell: str) -> bool:
    found = columns_of([cell])
    return bool(found.at or found.years or found.baselines or found.results) or (
        found.undated is not None
    )


def _with_measures_joined(body: Sequence[str], columns: Columns) -> list[str]:
    """Join a measure on a line of its own to the name above: ``托位数`` and ``(个)``."""
    joined: list[str] = []
    for cell in body:
        is_measure = Kind.MEASURE not in columns.at and _MEASURE_LINE.fullmatch(cell)
        if is_measure and joined and values.looks_like_name(joined[-1]):
            joined[-1] += cell
        else:
            joined.append(cell)
    return joined


def _numbered(body: Sequence[str], columns: Columns) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table with running numbers, each found by its number."""
    at = columns.at[Kind.NUMBER]
    length = columns.width - at  # cells from a row's number on
    start = next((k for k in range(len(body)) if _begins(body, k, 1)), None)
    number, domain = 1, ""
    if start is not None and at:
        domain = body[start - 1] if start else ""
    while start is not None:
        following = _next_start(body, start, number + 1, length, has_domain=at > 0)
        end = len(body) if following is None else following
        cells = list(body[start : min(end, start + length + 1)])
        next_domain = ""
        if following is None:
            cells = cells[:length]
        elif at and len(cells) > 1 and _is_domain(cells, columns, length):
            next_domain = cells.pop()
        yield ((domain,) if at else ()) + tuple([""] * (at - 1)) + tuple(_placed(cells, columns))
        start, number, domain = following, number + 1, next_domain


def _begins(body: Sequence[str], index: int, number: int) -> bool:
    """Whether a row may begin here: its number, and then a name."""
    is_number = squeeze(body[index]).rstrip(".、") == str(number)
    return is_number and index + 1 < len(body) and values.looks_like_name(body[index + 1])


def _next_start(
    body: Sequence[str], start: int, number: int, length: int, *, has_domain: bool
) -> int | None:
    """Return where the next row begins: by the row's length, else the first place that can be.

    A target may equal the next number, and a domain's name may follow it; so the first place with
    that number is not always right.
    """
    for distance in (length, length + 1) if has_domain else (length,):
        if start + distance < len(body) and _begins(body, start + distance, number):
            return start + distance
    last = min(len(body), start + length + 2)
    places = [k for k in range(start + 2, last) if _begins(body, k, number)]
    if places:
        return places[-1]
    # A long note or a page number may lie between two rows.
    further = range(start + length, min(len(body), start + length + 8))
    return next((k for k in further if _begins(body, k, number)), None)


def _is_domain(cells: Sequence[str], columns: Columns, length: int) -> bool:
    """Whether the last of a row's cells is the next row's domain."""
    if not values.looks_like_name(cells[-1]) or values.is_event(cells[-1]):
        return False
    if len(cells) > length:
        return True
    return not _ends_with_words(columns) or len(cells) == length


def _ends_with_words(columns: Columns) -> bool:
    """Whether the last column holds words, such as agencies."""
    last = columns.width - 1
    return last not in columns.years.values() and last not in columns.baselines.values()


def _placed(cells: Sequence[str], columns: Columns) -> list[str]:
    """Return a row's cells from its number on, as many as the header has."""
    length = columns.width - columns.at[Kind.NUMBER]
    return [*cells, *[""] * (length - len(cells))][: length + 1]


def _unnumbered(body: Sequence[str], columns: Columns) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table without numbers: each begins with a name before a target."""
    name = columns.at[Kind.NAME]
    length = columns.width - name
    index = 0
    while index + length <= len(body):
        cells = list(body[index : index + length])
        if values.looks_like_name(cells[0]) and all(
            values.looks_like_value(cells[k - name]) for k in columns.years.values()
        ):
            yield (*[""] * name, *cells)
            index += length
        elif name and values.looks_like_name(cells[0]) and len(cells[0]) <= _LONGEST_HEADER:
            cells = list(body[index + 1 : index + 1 + length])
            fits = len(cells) == length and all(
                values.looks_like_value(cells[k - name]) for k in columns.years.values()
            )
            if not fits:
                return
            yield (body[index], *[""] * (name - 1), *cells)
            index += 1 + length
        else:
            return


# --- columns held apart by spaces: copied from a PDF --------------------------------------------


def _spaced(lines: Sequence[str]) -> Iterator[Table]:
    for index, line in enumerate(lines):
        header = line.split()
        columns = columns_of(header)
        if len(header) < _FEWEST_COLUMNS or not columns.is_plan:
            continue
        rows = list(_spaced_rows(lines[index + 1 :], columns))
        if rows:
            yield Table((tuple(header), *rows), where="正文里的表")
            return


def _spaced_rows(lines: Sequence[str], columns: Columns) -> Iterator[tuple[str, ...]]:
    carried = ""
    for line in lines:
        text = line.strip()
        if not text or is_page_number([text]) or is_note([text]):
            if is_note([text]):
                yield (text,)
            continue
        if _HEADING.match(text) and not re.search(r"\s", text):
            return
        if columns_of(text.split()).is_plan:
            continue
        wide = [cell.strip() for cell in _WIDE_GAP.split(text)]
        cells = wide if len(wide) > 1 else text.split()
        row = _spaced_row(cells, text.split(), columns, carried)
        if row is None and "。" in text:
            return
        if row is None:
            carried += text
            continue
        carried = ""
        yield row


def _spaced_row(
    wide: Sequence[str], narrow: Sequence[str], columns: Columns, carried: str
) -> tuple[str, ...] | None:
    """Return the cells of a line; None if it is no row, but may be the beginning of a name."""
    has_number = Kind.NUMBER in columns.at
    years = len(columns.years) + len(columns.baselines)
    for cells in (wide, narrow):
        place = next(
            (k for k, cell in enumerate(cells[:3]) if _NUMBER.fullmatch(squeeze(cell))), None
        )
        if has_number and place is None:
            continue
        before = list(cells[:place]) if place is not None else []
        rest = list(cells[place + 1 :]) if place is not None else list(cells)
        tail = _tail(rest, years, columns)
        name = carried + "".join(rest[: len(rest) - len(tail)])
        if not values.looks_like_name(name) and not (not has_number and len(rest) > len(tail)):
            continue
        if cells is narrow and wide is not narrow and not tail:
            continue
        number = [cells[place]] if place is not None else []
        if not has_number:
            names = rest[: len(rest) - len(tail)]
            return (*names, *tail) if tail else None
        return (*before, *number, name, *tail)
    return None


def _tail(cells: Sequence[str], years: int, columns: Columns) -> list[str]:
    """Return the cells behind the name: targets, and what other columns there are."""
    first = min([*columns.years.values(), *columns.baselines.values()])
    extra = columns.width - first - years  # columns behind the name that hold words
    between = first - columns.at[Kind.NAME] - 1  # columns between name and targets: the measure
    for start in range(1, len(cells)):
        part = cells[start + between : start + between + years]
        if (
            part
            and all(values.looks_like_value(cell) or values.is_event(cell) for cell in part)
            and len(cells) - start <= years + extra + between
        ):
            return list(cells[start:])
    return []
