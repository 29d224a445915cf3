"""Which tables of a document are the plan's indicators, and whether all their rows were read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import PlanImportError, squeeze
from qiyx_xl.core.plan.importing.tables.headings import (
    Columns,
    Header,
    Kind,
    find_header,
    segments,
    side_by_side,
    what_is_seen,
)
from qiyx_xl.core.plan.importing.tables.loose_lines import tables_in_lines
from qiyx_xl.core.plan.importing.tables.rows import Reading, TableRow, aligned_row, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.plan.importing.source import SourceText, Table

_SPAN = re.compile(r"(20\d\d)年?\s*[-—–~～至到]+\s*(20\d\d)年?")
_MEASURE = re.compile(r"\([^()]*(?:\([^()]*\))?\)$")  # on a line of its own, below the name
_LONGEST_PLAN = 15  # years
_YEARS_WITH_BASE = 6  # five of a plan, and the one before
_MOST_SEEN = 12


@dataclass(slots=True)
class Indicators:
    """The indicators of all tables, the plan's years, and what was noticed on the way."""

    rows: list[TableRow] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    remarks: list[tuple[str, str]] = field(default_factory=list)
    baseline_year: int | None = None

    def remark(self, issue: str, default: str) -> None:
        """Note what a person must know about the table as a whole."""
        if (issue, default) not in self.remarks:
            self.remarks.append((issue, default))


def span_of(sources: Iterable[SourceText]) -> tuple[int, int] | None:
    """Return the years of the plan as its title or its first paragraphs state them."""
    for source in sources:
        for text in [*source.paragraphs[:30], *_first_cells(source), source.name]:
            found = _SPAN.search(text)
            if found is not None and 0 < int(found[2]) - int(found[1]) < _LONGEST_PLAN:
                return int(found[1]), int(found[2])
    return None


def _first_cells(source: SourceText) -> list[str]:
    return [cell for table in source.tables for row in table.rows[:3] for cell in row if cell]


def read_indicators(sources: Sequence[SourceText]) -> Indicators:
    """Read the indicators of all documents; none where no table has any."""
    span = span_of(sources)
    found = Indicators()
    for source in sources:
        _read_source(source, span, found, many=len(sources) > 1)
    years = {year for row in found.rows for year in row.cells}
    if span is not None and years:
        years |= {*span}
    elif found.baseline_year is not None and years:
        years |= {found.baseline_year + 1}
    found.years = list(range(min(years), max(years) + 1)) if years else []
    _check_numbers(found)
    return found


def _read_source(
    source: SourceText, span: tuple[int, int] | None, found: Indicators, *, many: bool
) -> None:
    tables = [*source.tables]
    if not any(find_header(table.rows) for table in tables):
        tables = tables_in_lines(source) or tables
    reading, columns = Reading(), None
    prefix = f"{source.name} ▸ " if many and source.name else ""
    for printed in tables:
        folded = side_by_side(printed.rows)
        table = printed if folded is None else replace(printed, rows=folded)
        where = prefix + table.where
        first = find_header(table.rows)
        above = table.rows if first is None else table.rows[: first.first]
        if columns is not None and _continues(above, table, columns, reading):
            read_rows(above, columns, reading, spread=table.spread, where=where)
            found.remark("有一张表没有表头，序号接着上一张。", "当作上一张表的续表读入；请核对。")
        for header, body in segments(table.rows):
            columns = _dated(header, span, found)
            read_rows(body, columns, reading, spread=table.spread, where=where)
    found.rows += reading.rows
    found.notes += reading.notes
    found.unread += reading.unread


def _continues(
    rows: Sequence[Sequence[str]], table: Table, columns: Columns, reading: Reading
) -> bool:
    """Whether rows without a header go on where the table before ends."""
    for row in rows:
        aligned = aligned_row([cell.strip() for cell in row], columns, spread=table.spread)
        if aligned is None:
            continue
        number = columns.at.get(Kind.NUMBER)
        if number is None:
            return True
        return squeeze(aligned[number]).rstrip(".、") == str(reading.last_number + 1)
    return False


def _dated(header: Header, span: tuple[int, int] | None, found: Indicators) -> Columns:
    """Tell the plan's years from those before it, and give a target without a year its own."""
    columns = header.columns
    years, baselines = dict(columns.years), dict(columns.baselines)
    if columns.undated is not None and not years and span is not None:
        years[span[1]] = columns.undated
        found.remark("目标一列没有写年份。", f"按方案的末年{span[1]}年读入；请核对。")
    before = [year for year in years if span is not None and year < span[0]]
    ordered = sorted(years)
    if span is None and not baselines and len(ordered) > 1:
        apart = ordered[1] - ordered[0] > 1 and len(ordered) == 2  # noqa: PLR2004 - first and last
        if apart or (
            len(ordered) == _YEARS_WITH_BASE and ordered[-1] - ordered[0] == len(ordered) - 1
        ):
            before = ordered[:1]
    for year in before:
        baselines[year] = years.pop(year)
        found.remark(
            f"{year}年一列在规划期以前，或像是基期。",
            f"当作{year}年的基期值读入，不作为目标；请核对。",
        )
    dated = [year for year in baselines if year]
    if dated:
        last = max(dated)
        baselines = {last: baselines[last]}
        found.baseline_year = last
        if last not in before:
            found.remark(f"{last}年一列写的不是目标。", "当作基期值读入；请核对。")
    for header_text in columns.unknown:
        found.remark(f"表里有一列“{header_text[:20]}”，不知道是什么。", "没有读入；要用的请补。")
    if columns.results:
        found.remark(f"表里有完成情况的列（{'、'.join(columns.results)[:40]}）。", "没有读入。")
    return replace(columns, years=years, baselines=baselines)


# --- whether all rows are there -----------------------------------------------------------------


def _check_numbers(found: Indicators) -> None:
    found.rows = _joined_years(found.rows)
    printed = [row.printed_number for row in found.rows if row.printed_number is not None]
    if len(set(printed)) < len(printed):
        _number_anew(found)
        return
    missing = sorted(set(range(1, max(printed, default=0))) - set(printed))
    if missing:
        listed = "、".join(map(str, missing[:20])) + ("等" if missing[20:] else "")
        found.remark(
            f"序号最大是{max(printed)}，只读出{len(printed)}行，缺序号{listed}。",
            "照读出的行写；请对照文件看是原来就空号，还是漏读，漏读的请补。",
        )
    used = set(printed)
    for row in found.rows:
        if row.printed_number is None:
            while row.number in used:
                row.number += 1
            used.add(row.number)


def _joined_years(rows: Sequence[TableRow]) -> list[TableRow]:
    """Join rows of one indicator that stand in two tables, each with its own years."""
    joined: dict[tuple[int | None, str], TableRow] = {}
    kept = []
    for row in rows:
        first = joined.get((row.printed_number, row.name))
        if first is None or set(first.cells) & set(row.cells):
            joined.setdefault((row.printed_number, row.name), row)
            kept.append(row)
            continue
        first.cells |= row.cells
        first.doubts |= row.doubts
        first.source += f"；{row.source}"
    return kept


def _number_anew(found: Indicators) -> None:
    """Give the rows new numbers where the document numbers each domain or table for itself."""
    for number, row in enumerate(found.rows, start=1):
        if row.printed_number != number:
            row.doubts["number"] = f"文件里的序号是{row.printed_number or '空的'}，有重复"
        row.number = number
    found.remark("序号有重复，或每个领域各编各的。", f"从1到{len(found.rows)}重新编号；请核对。")


def domains_of(found: Indicators) -> list[str]:
    """Return the domains of the table, in order."""
    return list(dict.fromkeys(row.domain for row in found.rows if row.domain))


# --- what a document without indicators is --------------------------------------------------------


def lines_outside_tables(source: SourceText) -> list[str]:
    """Return a document's lines without those that are cells or rows of a table in its lines."""
    if any(find_header(table.rows) for table in source.tables):
        return list(source.paragraphs)
    taken = set()
    for table in tables_in_lines(source):
        for row in table.rows:
            cells = {squeeze(cell) for cell in row}
            taken |= cells | {_MEASURE.sub("", cell) for cell in cells} | {squeeze("".join(row))}
    return [line for line in source.paragraphs if squeeze(line) not in taken]


def has_other_table(sources: Iterable[SourceText]) -> bool:
    """Whether a document has a table that is known to be something else than a plan's."""
    return any(what_is_seen(table.rows)[0] for source in sources for table in source.tables)


def refusal(sources: Sequence[SourceText], targets: int = 0) -> PlanImportError:
    """Return the refusal of documents without any table of indicators: what was seen, the cure.

    ``targets`` is how many targets their sentences state, too few for a plan.
    """
    if any(find_header(table.rows) for source in sources for table in source.tables):
        return PlanImportError("找到了表头，下面却没有指标。请检查表格是否完整。")
    for source in sources:
        for table in source.tables or tuple(tables_in_lines(source)):
            kind, seen = what_is_seen(table.rows)
            shown = "、".join(seen[:_MOST_SEEN])
            if kind == "progress":
                return PlanImportError(
                    f"看到的是进度表，不是方案的指标表（表头：{shown}）。"
                    "历年的完成数请用 qiyx history import 导入；目标请给方案本身的表。"
                )
            if kind == "projects":
                return PlanImportError(
                    f"看到的是项目清单，不是指标表（表头：{shown}）。"
                    "请用 qiyx projects import 导入。"
                )
            if seen:
                return PlanImportError(
                    f"没有找到指标表：看到的表，第一行是“{shown}”。表头应有“指标”一列和"
                    "目标的年份（如“2024年”“2027年目标值”）。请检查文件，或补上表头。"
                )
    said = f"只读出{targets}个量化目标" if targets else "也没有读出量化目标"
    lines = sum(len(source.paragraphs) for source in sources)
    return PlanImportError(
        f"没有找到指标表：读到{lines}段文字，没有表格，正文里{said}。"
        "表头应有“指标”一列和年份（如“2024年”）；扫描件要先转成文字。请检查文件。"
    )
