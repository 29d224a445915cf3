"""Which column of a table is what: by the words of its header, in one row or in two."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.source import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class Kind(StrEnum):
    """What a column contains."""

    DOMAIN = "领域"
    NUMBER = "序号"
    NAME = "指标"
    MEASURE = "单位"
    LEAD = "牵头单位"
    RESPONSIBLE = "责任单位"
    QUIET = "属性、备注"  # of no use for a plan


_WORDS = {
    Kind.DOMAIN: ("领域", "类别", "专项", "版块", "板块", "维度", "指标类别", "分类", "一级指标"),
    Kind.NUMBER: ("序号", "编号", "序", "No.", "NO.", "指标序号"),
    Kind.NAME: (
        "指标", "指标名称", "名称", "主要指标", "指标内容", "评价指标", "核心指标", "二级指标",
        "监测指标", "具体指标", "目标指标", "量化指标", "发展指标", "重点指标",
        "指标名称及单位", "指标及单位", "指标/单位", "指标名称/单位",
    ),
    Kind.MEASURE: ("单位", "计量单位", "指标单位", "度量单位"),
    Kind.LEAD: ("牵头单位", "牵头部门", "牵头责任单位", "主要责任单位", "主管部门", "主管单位"),
    Kind.RESPONSIBLE: (
        "责任单位", "责任部门", "配合单位", "配合部门", "负责单位", "负责部门", "填报单位",
        "协同单位", "责任(配合)单位", "参与单位",
    ),
    Kind.QUIET: ("属性", "指标属性", "性质", "指标性质", "类型", "指标类型", "备注", "说明"),
}  # fmt: skip
_KINDS = {word: kind for kind, words in _WORDS.items() for word in words}
_REMARK = re.compile(r"\(([^()]*)\)$")
_YEAR = re.compile(r"(?:到|至|截至|截止)?(20\d\d)(?:年度|年)?(.*)")
_YEAR_LAST = re.compile(r"(.*?)\(?(20\d\d)年?度?\)?")
_TARGET = re.compile(
    r"(?:年?底|年?末)?(?:[五年度]{0,2}(?:规划|预期|工作|发展)?(?:目标|计划|预期)?(?:值|数)?)"
)
_BASE = re.compile(r"(?:年?底|年?末)?(?:基期|基准|基数|基础|现状|本底|初始)(?:年|值|数|情况)?")
_RESULT = re.compile(
    r"(?:年?底|年?末|累计|上半年|[一二三四]季度|1?\d月)?(?:预计|实际)?"
    r"(?:完成|实际|实绩|达到|执行)(?:值|数|率|情况)?|完成率|完成进度|进度|是否.*|达标情况|同比|增幅|增速|排名"
)
_ANY_TARGET = re.compile(
    r"[五年度总]{0,2}(?:规划|预期|工作|发展|约束)?目标(?:值|数)?|规划值|目标任务"
)
_CALLED_TARGET = re.compile(r"目标|计划|预期|规划|^[到至]")
_PROJECT = re.compile(
    r"项目名称|项目内容|实事(?:项目)?(?:名称|内容)?|建设内容|工作内容|任务内容|工作任务"
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table by their content.

    ``years`` are the columns of targets by year, ``baselines`` those of a value from before or of
    a result, ``results`` other columns that tell what was done, ``unknown`` the rest, by header.
    ``undated`` is the column of a target whose year the header does not state.
    """

    at: Mapping[Kind, int]
    years: Mapping[int, int]
    baselines: Mapping[int, int]
    results: tuple[str, ...]
    unknown: Mapping[str, int]
    width: int
    undated: int | None = None

    @property
    def is_plan(self) -> bool:
        """Whether the header is that of a table of indicators with targets."""
        if Kind.NAME not in self.at:
            return False
        if len(self.years) > 1 or (self.years and self.baselines and not self.results):
            return True
        return bool(self.years or self.undated is not None) and not self.results

    @property
    def is_progress(self) -> bool:
        """Whether the header is that of a table that reports what was done."""
        return Kind.NAME in self.at and bool(self.results or self.baselines) and not self.is_plan


@dataclass
class _Found:
    at: dict[Kind, int] = field(default_factory=dict)
    years: dict[int, int] = field(default_factory=dict)
    baselines: dict[int, int] = field(default_factory=dict)
    results: list[str] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)
    called_targets: set[int] = field(default_factory=set)
    undated: list[int] = field(default_factory=list)


def columns_of(cells: Sequence[str]) -> Columns:
    """Return what the cells of a header say about the columns below them."""
    found = _Found()
    for index, cell in enumerate(cells):
        _place(squeeze(cell), index, found)
    bare = sorted(set(found.years) - found.called_targets)
    is_alone = len(bare) == 1 and not found.baselines
    if found.called_targets and is_alone and bare[0] < min(found.called_targets):
        # Beside 2025年目标 a bare 2022年 is what was there before.
        found.baselines[bare[0]] = found.years.pop(bare[0])
    if Kind.LEAD not in found.at and Kind.RESPONSIBLE in found.at:
        found.at[Kind.LEAD] = found.at.pop(Kind.RESPONSIBLE)
    return Columns(
        at=found.at,
        years=found.years,
        baselines=found.baselines,
        results=tuple(found.results),
        unknown=found.unknown,
        width=len(cells),
        undated=found.undated[0] if len(found.undated) == 1 else None,
    )


def _place(text: str, index: int, found: _Found) -> None:
    if not text:
        return
    kind = _kind(text)
    if kind is not None:
        found.at.setdefault(kind, index)
        return
    year, role = year_of(text)
    if role == "target" and year is not None:
        found.years.setdefault(year, index)
        if _CALLED_TARGET.search(text):
            found.called_targets.add(year)
    elif role == "base":
        found.baselines.setdefault(0 if year is None else year, index)
    elif role == "result":
        found.results.append(text)
        if year is not None:
            found.baselines.setdefault(year, index)
    elif role == "target":
        found.undated.append(index)
    else:
        found.unknown[text] = index


def _kind(text: str) -> Kind | None:
    """Return what a header names, whatever stands behind it in brackets: 指标名称(单位)."""
    plain = text.rstrip(":").removeprefix("*")
    remark = _REMARK.search(plain)
    if remark is not None and plain not in _KINDS:
        plain = plain[: remark.start()]
    return _KINDS.get(plain)


def year_of(text: str) -> tuple[int | None, str]:
    """Return the year that a header states, and what stands below it.

    The second is ``target``, ``base``, ``result``, or "" where the header says neither.
    """
    plain = squeeze(text)
    if _ANY_TARGET.fullmatch(plain):
        return None, "target"
    if _BASE.fullmatch(plain):
        return None, "base"
    found = _YEAR.fullmatch(plain)
    if found is None:
        return _year_last(plain)
    year, rest = int(found[1]), found[2]
    remark = _REMARK.search(rest)
    inner = ""
    if remark is not None:
        rest, inner = rest[: remark.start()], remark[1]
    if _BASE.search(inner) or _BASE.fullmatch(rest):
        return year, "base"
    if _RESULT.fullmatch(rest) or (inner and _RESULT.fullmatch(inner)):
        return year, "result"
    if _TARGET.fullmatch(rest):
        return year, "target"
    return year, ""


def _year_last(plain: str) -> tuple[int | None, str]:
    """Read a header whose year stands behind the word: ``目标值(2027年)``, ``基期值(2022)``."""
    if _RESULT.fullmatch(plain):
        return None, "result"
    found = _YEAR_LAST.fullmatch(plain)
    if found is None or not found[1]:
        return None, ""
    word, year = found[1].rstrip("("), int(found[2])
    if _BASE.fullmatch(word):
        return year, "base"
    if _RESULT.fullmatch(word):
        return year, "result"
    return (year, "target") if _ANY_TARGET.fullmatch(word) else (None, "")


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header is: its first row, the first below it, and what its columns are."""

    first: int
    below: int
    columns: Columns


def find_header(rows: Sequence[Sequence[str]]) -> Header | None:
    """Return the first header of a table of indicators with targets; None if there is none."""
    for index, row in enumerate(rows):
        for cells, height in _readings(rows, index, row):
            columns = columns_of(cells)
            if columns.is_plan and (columns.years or not _has_years_below(rows, index)):
                return Header(index, index + height, columns)
    return None


def _has_years_below(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Whether the years stand in the next row, below headers that are repeated there."""
    below = columns_of(rows[index + 1]) if index + 1 < len(rows) else None
    return below is not None and below.is_plan and bool(below.years)


def segments(
    rows: Sequence[Sequence[str]],
) -> Iterator[tuple[Header, Sequence[Sequence[str]]]]:
    """Yield every header with the rows below it, up to the next header."""
    header = find_header(rows)
    while header is not None:
        rest = rows[header.below :]
        following = find_header(rest)
        end = len(rest) if following is None else following.first
        yield header, rest[:end]
        rows, header = rest[end:], find_header(rest[end:])


def side_by_side(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...] | None:
    """Return the rows one below the other of a table whose header is printed twice in a row."""
    for index, row in enumerate(rows):
        cells = [squeeze(cell) for cell in row]
        half = len(cells) // 2
        if half > 1 and cells[:half] == cells[half : 2 * half] and columns_of(row[:half]).is_plan:
            below = rows[index + 1 :]
            return (
                *(tuple(one) for one in rows[:index]),
                *(tuple(one[:half]) for one in rows[index:]),
                *(tuple(one[half : 2 * half]) for one in below),
            )
    return None


def _readings(
    rows: Sequence[Sequence[str]], index: int, row: Sequence[str]
) -> list[tuple[Sequence[str], int]]:
    """Return what the header may be: two rows together, where the second has the years."""
    readings: list[tuple[Sequence[str], int]] = []
    alone = columns_of(row)
    if index + 1 < len(rows):
        below = rows[index + 1]
        other = columns_of(below)
        if Kind.NAME in alone.at and not alone.years and other.years and Kind.NAME not in other.at:
            readings.append((_joined(row, below, other), 2))
    return [*readings, (row, 1)]


def _joined(row: Sequence[str], below: Sequence[str], years: Columns) -> Sequence[str]:
    """Join a header of two rows, whether or not the second has cells below the other columns."""
    filled = [cell for cell in below if cell.strip()]
    first = min(years.years.values())
    above = [squeeze(cell) for cell in row]
    if first == 0 and len(filled) == len(below) and len(below) < len(row) + len(filled):
        at = next((k for k, text in enumerate(above) if _ANY_TARGET.fullmatch(text)), None)
        if at is not None and not (len(row) > at + 1 and not row[at + 1].strip()):
            return [*row[:at], *filled, *row[at + 1 :]]
        if at is not None:
            rest = [cell for cell in row[at + 1 :] if cell.strip()]
            return [*row[:at], *filled, *rest]
    width = max(len(row), len(below))
    upper, lower = ([*cells, *[""] * (width - len(cells))] for cells in (row, below))
    return [low if low.strip() else high for high, low in zip(upper, lower, strict=True)]


def what_is_seen(rows: Sequence[Sequence[str]]) -> tuple[str, tuple[str, ...]]:
    """Say which kind a table without targets by year is, and with which header.

    The first is ``progress``, ``projects`` or "".
    """
    for row in rows[:12]:
        filled = tuple(text for cell in row if (text := squeeze(cell)))
        columns = columns_of(row)
        if columns.is_progress:
            return "progress", filled
        if any(_PROJECT.fullmatch(text) for text in filled):
            return "projects", filled
    first = next((row for row in rows if sum(bool(cell.strip()) for cell in row) > 1), ())
    return "", tuple(text for cell in first if (text := squeeze(cell)))
