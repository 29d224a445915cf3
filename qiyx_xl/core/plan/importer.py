"""How a plan file is drafted from another district's document.

From its table of indicators, and the paragraphs that name a domain's lead agency. Only what the
document states is used. Gaps are filled with defaults, each recorded as an open question, so that a
person finds everything to confirm in one place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Direction, Frequency, SecondInput, StatusRule
from qiyx_xl.core.plan.target_text import bare_comparator, parse_printed
from qiyx_xl.core.plan.words import LEVELS, words_of_title
from qiyx_xl.core.plan.written import PLAN_SCHEMA
from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# --- The table of indicators in somebody's document: which rows and columns of cells it is ------
# Merged cells make this difficult: text versions of a document omit them, so that rows shift to the
# left or lack targets. Shifted and filled cells are marked for a person to confirm.

_YEAR = re.compile(r"(20\d\d)年?(?:目标|目标值|年底|末)?")
_HEADERS = {
    "domain": ("领域", "类别", "专项", "版块", "板块", "维度"),
    "number": ("序号", "编号", "序"),
    "name": ("指标", "指标名称", "名称", "主要指标", "指标内容", "评价指标"),
    "measure": ("单位", "计量单位"),
    "agency": ("牵头单位", "责任单位", "牵头部门", "责任部门"),
}


class PlanImportError(QiyxError):
    """The document has no table of indicators."""


@dataclass(frozen=True, slots=True)
class SourceText:
    """The content of a document: its paragraphs and its tables, as rows of cells, in order.

    ``spread`` is True where merged cells already repeat their text in every cell they span, so that
    a blank cell is really blank.
    """

    paragraphs: tuple[str, ...]
    tables: tuple[tuple[tuple[str, ...], ...], ...]
    spread: bool = False


@dataclass(frozen=True, slots=True)
class PlanColumns:
    """The columns of the table by their content; ``years`` by year."""

    at: Mapping[str, int]
    years: Mapping[int, int]
    width: int


@dataclass(frozen=True, slots=True)
class TableRow:
    """One indicator as the table prints it.

    ``cells`` holds the target of each year, as printed. ``merged``: some were filled in from the
    left or from above. ``shifted``: the row had shifted to the left.
    """

    number: int
    domain: str
    name: str
    measure: str
    agency: str
    cells: Mapping[int, str]
    merged: bool = False
    shifted: bool = False


def find_table(source: SourceText) -> tuple[Sequence[Sequence[str]], PlanColumns]:
    """Return the rows below the header of the first table of indicators, and its columns."""
    for table in source.tables:
        for index, row in enumerate(table):
            columns = _columns(row)
            if columns is not None:
                return table[index + 1 :], columns
    raise PlanImportError(
        "没有找到指标表：表头应有“指标”一列和至少两个年份（如“2024年”）。"
        "请检查文件；扫描件要先转成文字。"
    )


def _columns(row: Sequence[str]) -> PlanColumns | None:
    squeezed = [re.sub(r"\s", "", cell) for cell in row]
    years = {
        int(found[1]): index
        for index, cell in enumerate(squeezed)
        if (found := _YEAR.fullmatch(cell)) is not None
    }
    at = {
        kind: squeezed.index(header)
        for kind, headers in _HEADERS.items()
        for header in headers[::-1]
        if header in squeezed
    }
    if "name" not in at or len(years) < 2:  # noqa: PLR2004 - a plan has at least two years
        return None
    return PlanColumns(at, years, max([*at.values(), *years.values()]) + 1)


def table_rows(
    table: Sequence[Sequence[str]], columns: PlanColumns, *, spread: bool
) -> Iterator[TableRow]:
    """Yield the table's indicators; a merged domain applies to the rows below it, too."""
    domain, above = "", None
    for number, cells in enumerate(_body(table, columns), start=1):
        aligned, shifted = _aligned(cells, columns)
        name, measure = _name_and_measure(aligned, columns)
        if not name:
            continue
        domain = _cell(aligned, columns, "domain") or domain
        row = TableRow(
            number=number,
            domain=domain,
            name=name,
            measure=measure,
            agency=_cell(aligned, columns, "agency"),
            cells={year: aligned[index] for year, index in columns.years.items()},
            shifted=shifted,
        )
        if not spread:
            row = _filled(row, above)
        yield row
        above = row


def _body(table: Sequence[Sequence[str]], columns: PlanColumns) -> Iterator[list[str]]:
    """Yield the rows of the table, up to the first row that does not look like one."""
    for row in table:
        cells = [cell.strip() for cell in row]
        if sum(map(bool, cells)) < 2:  # noqa: PLR2004 - a number and a name at least
            if any(cells):
                return
            continue
        yield (cells + [""] * columns.width)[: max(columns.width, len(cells))]


def _aligned(cells: list[str], columns: PlanColumns) -> tuple[list[str], bool]:
    """Return the row with its number in the number column, and whether it had shifted.

    Where a domain spans several rows, text versions of a table omit its cell, and the row shifts to
    the left.
    """
    at = columns.at.get("number")
    if at is None or at == 0 or cells[at].isdigit() or not cells[at - 1].isdigit():
        return cells[: columns.width], False
    return ["", *cells][: columns.width], True


def _cell(cells: Sequence[str], columns: PlanColumns, kind: str) -> str:
    index = columns.at.get(kind)
    return "" if index is None else re.sub(r"\s+", "", cells[index])


def _name_and_measure(cells: Sequence[str], columns: PlanColumns) -> tuple[str, str]:
    """Split ``托位数(个)``: the last brackets hold the measure, unless it has its own column."""
    name = _cell(cells, columns, "name")
    own = _cell(cells, columns, "measure")
    if own:
        return name, own
    found = re.fullmatch(r"(.+)[(（]([^()（）]{1,20})[)）]", name)
    return (name, "") if found is None else (found[1], found[2])


def _filled(row: TableRow, above: TableRow | None) -> TableRow:
    """Fill blank targets from the left, or a blank row from the one above: cells were merged."""
    present = [text for _, text in sorted(row.cells.items()) if text]
    if len(present) == len(row.cells):
        return row
    if not present:
        return row if above is None else replace(row, cells=above.cells, merged=True)
    filled, last = {}, present[0]
    for year, text in sorted(row.cells.items()):
        last = text or last
        filled[year] = last
    return replace(row, cells=filled, merged=True)


# --- A plan file drafted from another district's document: its table, and who leads which domai ---

UNKNOWN_AGENCY = "待定单位"
"""Used wherever the document names no agency; a person replaces it."""

SMALL_CHANGE = Decimal("0.1")
"""Up to this relative change over all years, actuals are compared with last year's target."""

_LED_BY = re.compile(r"牵头(?:单位|部门)[:：]?\s*([^)）。；;,，、\s]+)")
_QUOTED = re.compile(r"[“\"]([^”\"]{2,10})[”\"]")
_TITLE = re.compile(r"《([^》]*方案[^》]*)》")
_DATE = re.compile(r"(20\d\d)年(\d{1,2})月(\d{1,2})日")
_YEAR_IN_TEXT = re.compile(r"(20\d\d)年")
_BAD_WHEN_HIGH = (
    "失业",
    "死亡",
    "发生率",
    "事故",
    "投诉",
    "缺陷",
    "欠薪率",
    "能耗",
    "负担",
    "辍学",
)


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """One thing a person must confirm: where, what is unclear, the default used, which items."""

    where: str
    issue: str
    default: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A plan file's document, as in ``schemas/plan.schema.json``, and the questions to confirm."""

    document: dict[str, Any]
    questions: tuple[PlanQuestion, ...]


@dataclass
class _Noted:
    """The questions collected so far, in order."""

    questions: list[PlanQuestion] = field(default_factory=list)

    def ask(self, where: str, issue: str, default: str, items: Iterable[str] = ()) -> None:
        self.questions.append(PlanQuestion(where, issue, default, tuple(items)))


def draft_plan(source: SourceText, *, name: str, plan_id: str) -> DraftPlan:
    """Draft a plan file from a document.

    Args:
        source: the document's paragraphs and tables.
        name: the document's own name, for a document without a title.
        plan_id: the identifier of the new plan: lower-case letters, digits, hyphens.

    Raises:
        PlanImportError: no table has a column of indicators and at least two of years.
    """
    table, columns = find_table(source)
    noted = _Noted()
    rows = list(table_rows(table, columns, spread=source.spread))
    if not rows:
        raise PlanImportError("找到了表头，下面却没有指标。请检查表格是否完整。")
    _ask_about_shape(rows, noted)
    years = sorted(columns.years)
    leads = _leads(source.paragraphs)
    indicators = [_indicator(row, years, leads, noted) for row in rows]
    _ask_about_guesses(indicators, noted)
    document = _document(source, name, plan_id, years, indicators, noted)
    document["open_questions"] = [
        {
            "number": number,
            "where": question.where,
            "issue": question.issue,
            "default": question.default,
            "items": list(question.items),
        }
        for number, question in enumerate(noted.questions, start=1)
    ]
    return DraftPlan(document, tuple(noted.questions))


# --- one indicator ---------------------------------------------------------------------------


def _indicator(
    row: TableRow, years: Sequence[int], leads: Mapping[str, str], noted: _Noted
) -> dict[str, Any]:
    values = [_printed_number(row.cells[year], row.measure) for year in years]
    words = [text for text in row.cells.values() if text and _is_words(text, row.measure)]
    direction = _direction(row, values, words)
    rule = _status_rule(row, values, direction)
    milestone = direction is Direction.MILESTONE
    found: dict[str, Any] = {
        "number": row.number,
        "name": row.name,
        "domain": row.domain or "总体",
        "clause": f"表-{row.number}",
        "lead_agency": row.agency or leads.get(row.domain, UNKNOWN_AGENCY),
        "responsible_agency": None,
        "measure": row.measure or "项",
        "direction": direction.value,
        "status_rule": rule.value,
        "frequency": (Frequency.MILESTONE if milestone else Frequency.QUARTERLY).value,
        "decimals": max(
            (_decimal_places(value) for value in values if value is not None), default=0
        ),
        "cumulative": "累计" in row.name,
        "baseline": None,
        "targets": {
            str(year): _target(row.cells[year], row, direction) for year in years if row.cells[year]
        },
    }
    if not milestone and any(value is None for value in values):
        found["second_input"] = SecondInput.COVERAGE_BASE.value
    if milestone:
        said = [int(year) for text in words for year in _YEAR_IN_TEXT.findall(text)]
        found["due"] = f"{min(max(said, default=years[-1]), years[-1])}-12-31"
    if not row.measure:
        noted.ask(f"表-{row.number}", "没有写计量单位。", "暂写“项”。", [str(row.number)])
    return found


def _is_words(text: str, measure: str) -> bool:
    return parse_printed(text, measure) is None


def _printed_number(text: str, measure: str) -> Decimal | None:
    printed = parse_printed(text, measure)
    return None if printed is None else printed.value


def _direction(row: TableRow, values: Sequence[Decimal | None], words: Sequence[str]) -> Direction:
    if words:
        return Direction.MILESTONE
    signs = "".join(row.cells.values())
    numbers = [value for value in values if value is not None]
    falls = len(numbers) > 1 and numbers[-1] < numbers[0]
    if falls or any(sign in signs for sign in ("<", "≤", "＜", "以内", "以下", "不超过", "不高于")):
        return Direction.LOWER_IS_BETTER
    flat = len(set(numbers)) <= 1
    if flat and any(word in row.name for word in _BAD_WHEN_HIGH):
        return Direction.LOWER_IS_BETTER
    return Direction.HIGHER_IS_BETTER


def _status_rule(
    row: TableRow, values: Sequence[Decimal | None], direction: Direction
) -> StatusRule:
    if direction is Direction.MILESTONE:
        return StatusRule.MILESTONE
    numbers = [value for value in values if value is not None]
    flat = len(set(numbers)) <= 1
    if flat:
        rules = {Direction.LOWER_IS_BETTER: StatusRule.CEILING}
        return rules.get(direction, StatusRule.HOLD)
    if "累计" in row.name:
        return StatusRule.RATIO
    first, last = numbers[0], numbers[-1]
    small = abs(last - first) <= SMALL_CHANGE * max(abs(first), abs(last))
    return StatusRule.STEP if small else StatusRule.RATIO


def _target(text: str, row: TableRow, direction: Direction) -> dict[str, Any]:
    printed = parse_printed(text, row.measure)
    target: dict[str, Any] = {"printed": text, "comparator": "text", "value": None}
    if printed is not None and printed.value is not None:
        comparator = printed.comparator or bare_comparator(
            Direction.HIGHER_IS_BETTER if direction is Direction.MILESTONE else direction
        )
        target |= {"comparator": comparator.value, "value": _json_number(printed.value)}
    if row.merged:
        target["to_confirm"] = True
    return target


def _json_number(value: Decimal) -> int | float:
    """Return a number that JSON prints unchanged: targets have at most 15 digits."""
    return int(value) if value == value.to_integral_value() else float(value)


def _decimal_places(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


# --- the rest of the document ----------------------------------------------------------------


def _leads(paragraphs: Iterable[str]) -> dict[str, str]:
    """Return each domain's lead agency, from paragraphs that quote the one and name the other."""
    leads: dict[str, str] = {}
    for paragraph in paragraphs:
        led, quoted = _LED_BY.search(paragraph), _QUOTED.search(paragraph)
        if led is not None and quoted is not None:
            leads.setdefault(quoted[1], led[1])
    return leads


def _ask_about_shape(rows: Sequence[TableRow], noted: _Noted) -> None:
    shifted = [str(row.number) for row in rows if row.shifted]
    if shifted:
        noted.ask(
            "表",
            "领域列合并的行缺一格，整行左移。",
            "按“序号”定位每一行；请核对各年数值。",
            shifted,
        )
    merged = [str(row.number) for row in rows if row.merged]
    if merged:
        noted.ask(
            "、".join(f"表-{number}" for number in merged),
            "有的年份没有单独的目标格，原表可能合并了单元格。",
            "空格沿用左边（整行空白的沿用上一行）的目标，标“待确认”。",
            merged,
        )


def _ask_about_guesses(indicators: Sequence[Mapping[str, Any]], noted: _Noted) -> None:
    codes = [str(indicator["number"]) for indicator in indicators]
    lower = [
        str(indicator["number"])
        for indicator in indicators
        if indicator["direction"] == Direction.LOWER_IS_BETTER.value
    ]
    noted.ask(
        "表",
        "文件没有写方向。",
        f"按目标的升降和比较符推断：逆向{'、'.join(lower) or '无'}，其余正向。",
        lower,
    )
    noted.ask("表", "文件没有写填报频次。", "除节点外都按季报。", codes)
    noted.ask(
        "表",
        "文件没有写判灯规则。",
        "目标不变的按保持（逆向按控制线），变化不超过10%的按上年目标，其余按完成率。",
        codes,
    )
    nobody = [
        str(indicator["number"])
        for indicator in indicators
        if indicator["lead_agency"] == UNKNOWN_AGENCY
    ]
    if nobody:
        noted.ask("表", "没有找到牵头单位。", f"暂写“{UNKNOWN_AGENCY}”。", nobody)


def _document(
    source: SourceText,
    name: str,
    plan_id: str,
    years: Sequence[int],
    indicators: Sequence[dict[str, Any]],
    noted: _Noted,
) -> dict[str, Any]:
    leads: dict[str, str] = {}
    for indicator in indicators:
        leads.setdefault(indicator["domain"], indicator["lead_agency"])
    agencies = dict.fromkeys(indicator["lead_agency"] for indicator in indicators)
    titles = (_TITLE.search(text) for text in source.paragraphs[:20])
    title = next((found[1] for found in titles if found is not None), name)
    dates = [found for text in source.paragraphs if (found := _DATE.search(text)) is not None]
    issued = f"{years[0]}-01-01"
    if dates:
        issued = "-".join(part.zfill(2) for part in dates[0].groups())
    noted.ask("文首", "印发日期按文中第一个日期读出，没有日期的写首年1月1日。", f"{issued}。")
    noted.ask("正文", "任务目标和里程碑散在正文里，没有导入。", "两张表为空，请人工补录。")
    words = words_of_title(title)
    noted.ask(
        "标题",
        f"简称、区县、专班办公室按标题推断；层级按{'、'.join(LEVELS)}两级。",
        f"{words.short_name}；{words.district}；{words.office}。",
    )
    return {
        "schema": PLAN_SCHEMA,
        "plan_id": plan_id,
        "title": title[:200],
        "version": f"{years[0]}.1",
        "issued": issued,
        "short_name": words.short_name,
        "district": words.district,
        "office": words.office,
        "levels": list(LEVELS),
        "years": list(years),
        "domains": [{"name": domain, "lead_agency": lead} for domain, lead in leads.items()],
        "task_forces": [*leads, "重大项目"],
        "agencies": [
            {"name": agency, "level": LEVELS[0], "to_confirm": True}
            if agency == UNKNOWN_AGENCY
            else {"name": agency, "level": LEVELS[0]}
            for agency in agencies
        ],
        "indicators": list(indicators),
        "goals": [],
        "milestones": [],
        "open_questions": [],
    }
