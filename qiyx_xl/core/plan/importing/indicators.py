"""What the rows of a table mean as indicators: direction, rule, targets, and what is guessed."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.importing.drafted import UNKNOWN_AGENCY, Drafted, Noted
from qiyx_xl.core.plan.importing.numbers import decimal_places, json_number
from qiyx_xl.core.plan.importing.tables import values
from qiyx_xl.core.plan.model import OVERALL_DOMAIN, Direction, Frequency, SecondInput, StatusRule
from qiyx_xl.core.plan.target_text import bare_comparator

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.plan.importing.tables.rows import TableRow
    from qiyx_xl.core.plan.importing.tables.whole import Indicators

SMALL_CHANGE = Decimal("0.1")
"""Up to this relative change over all years, actuals are compared with last year's target."""

_YEAR_IN_TEXT = re.compile(r"(20\d\d)年?")
_FALLING = ("<", "≤", "＜", "以内", "以下", "不超过", "不高于", "低于", "小于")
_WHOLE = Decimal(100)


def draft_indicators(
    found: Indicators, leads: Mapping[str, str], noted: Noted
) -> tuple[Drafted, ...]:
    """Return the indicators of all tables, and note what a person must confirm."""
    drafted = tuple(_indicator(row, found, leads) for row in found.rows)
    _ask(found, drafted, noted)
    return drafted


def _indicator(row: TableRow, found: Indicators, leads: Mapping[str, str]) -> Drafted:
    years = [year for year in sorted(row.cells) if not values.is_missing(row.cells[year])]
    numbers = [values.number_of(row.cells[year], row.measure) for year in years]
    direction = _direction(row, years, numbers)
    milestone = direction is Direction.MILESTONE
    entry: dict[str, Any] = {
        "number": row.number,
        "name": row.name[:200],
        "domain": row.domain or OVERALL_DOMAIN,
        "clause": f"表-{row.number}",
        "lead_agency": row.leads[0] if row.leads else leads.get(row.domain, UNKNOWN_AGENCY),
        "responsible_agency": row.responsible[0] if row.responsible else None,
        "measure": row.measure or "项",
        "direction": direction.value,
        "status_rule": _status_rule(row, numbers, direction).value,
        "frequency": (Frequency.MILESTONE if milestone else Frequency.QUARTERLY).value,
        "decimals": max(
            (decimal_places(value) for value in numbers if value is not None), default=0
        ),
        "cumulative": "累计" in row.name,
        "baseline": None,
        "targets": {str(year): _target(row, year, direction) for year in years},
    }
    _add_baseline(entry, row, found.baseline_year)
    if row.measure == "%" and any(value is not None and value > _WHOLE for value in numbers):
        entry["may_exceed_hundred"] = True
        row.doubts["may_exceed_hundred"] = "百分比的目标超过100"
    if any(_is_whole_in_words(row.cells[year], row.measure) for year in years):
        entry["second_input"] = SecondInput.COVERAGE_BASE.value
    if milestone:
        named = [int(y) for text in row.cells.values() for y in _YEAR_IN_TEXT.findall(text)]
        last = years[-1] if years else found.years[-1]
        entry["due"] = f"{min(max(named, default=last), found.years[-1])}-12-31"
    return Drafted(entry, row.source, _doubts(row, entry, years))


def _is_whole_in_words(text: str, measure: str) -> bool:
    """Whether a target is 全覆盖 in a measure of its own, so that the total is asked for, too."""
    printed = values.printed(text, measure)
    return printed is not None and printed.value is None


def _direction(row: TableRow, years: Sequence[int], numbers: Sequence[Decimal | None]) -> Direction:
    texts = [row.cells[year] for year in years]
    words = [text for text in texts if values.printed(text, row.measure) is None]
    if any(map(values.is_event, words)) or (words and len(words) == len(texts)):
        return Direction.MILESTONE
    known = [value for value in numbers if value is not None]
    falls = len(known) > 1 and known[-1] < known[0]
    if falls or any(sign in text for text in texts for sign in _FALLING):
        return Direction.LOWER_IS_BETTER
    flat = len(set(known)) <= 1
    if flat and any(word in row.name for word in values.BAD_WHEN_HIGH):
        return Direction.LOWER_IS_BETTER
    return Direction.HIGHER_IS_BETTER


def _status_rule(
    row: TableRow, numbers: Sequence[Decimal | None], direction: Direction
) -> StatusRule:
    if direction is Direction.MILESTONE:
        return StatusRule.MILESTONE
    known = [value for value in numbers if value is not None]
    if len(set(known)) <= 1 and (len(numbers) != 1 or not known):
        rules = {Direction.LOWER_IS_BETTER: StatusRule.CEILING}
        return rules.get(direction, StatusRule.HOLD)
    if "累计" in row.name or len(known) == 1:
        return StatusRule.RATIO
    first, last = known[0], known[-1]
    small = abs(last - first) <= SMALL_CHANGE * max(abs(first), abs(last))
    return StatusRule.STEP if small else StatusRule.RATIO


def _target(row: TableRow, year: int, direction: Direction) -> dict[str, Any]:
    text = row.cells[year]
    printed = values.printed(text, row.measure)
    target: dict[str, Any] = {"printed": text[:100], "comparator": "text", "value": None}
    if printed is not None and printed.value is not None:
        comparator = printed.comparator or bare_comparator(
            Direction.HIGHER_IS_BETTER if direction is Direction.MILESTONE else direction
        )
        target |= {"comparator": comparator.value, "value": json_number(printed.value)}
    if str(year) in row.doubts:
        target["to_confirm"] = True
    return target


def _add_baseline(entry: dict[str, Any], row: TableRow, year: int | None) -> None:
    value = values.number_of(row.baseline, row.measure)
    if value is not None:
        entry["baseline"] = json_number(value)
        if year is not None:
            entry["baseline_date"] = f"{year}-12-31"
    elif not values.is_missing(row.baseline):
        row.doubts["baseline"] = f"基期一列写的是“{row.baseline[:30]}”，读不成数"


# --- what a person must confirm -----------------------------------------------------------------


def _doubts(row: TableRow, entry: Mapping[str, Any], years: Sequence[int]) -> dict[str, str]:
    doubts = {
        (f"targets.{key}" if key.isdigit() else key): text for key, text in row.doubts.items()
    }
    for year in sorted(set(row.cells) - set(years)):
        doubts.setdefault(f"targets.{year}", "这一年没有目标")
    if row.shifted:
        doubts.setdefault("shifted", "原表缺格，整行左移，按序号对齐")
    if not row.measure:
        doubts["measure"] = "没有写计量单位"
    if len(row.leads) > 1:
        doubts["lead_agency"] = f"原文写了几个单位：{'、'.join(row.leads)}"
    elif entry["lead_agency"] == UNKNOWN_AGENCY:
        doubts["lead_agency"] = "没有找到牵头单位"
    if len(row.responsible) > 1:
        doubts["responsible_agency"] = f"原文写了几个单位：{'、'.join(row.responsible)}"
    if not row.domain:
        doubts["domain"] = "没有写领域，暂写“总体”"
    return doubts


def _ask(found: Indicators, drafted: Sequence[Drafted], noted: Noted) -> None:
    for issue, default in found.remarks:
        noted.ask("表", issue, default)
    for text in found.unread:
        noted.ask("表", f"有一行没有读成指标：{text}", "没有读入；是指标的请补。")
    for text in found.notes:
        noted.ask("表", f"表里有注：{text[:200]}", "没有读入；与目标有关的请填进“说明”。")
    rows = {str(row.number): row for row in found.rows}
    shifted = [code for code, row in rows.items() if row.shifted]
    if shifted:
        noted.ask(
            "表",
            "领域列合并的行缺一格，整行左移。",
            "按“序号”定位每一行；请核对各年数值。",
            shifted,
        )
    merged = [code for code, row in rows.items() if row.merged]
    if merged:
        noted.ask(
            "、".join(f"表-{code}" for code in merged),
            "有的年份没有单独的目标格，原表可能合并了单元格。",
            "空格沿用左边（整行空白的沿用上一行）的目标，标“待确认”。",
            merged,
        )
    _ask_by_reason(drafted, noted)
    lower = [
        str(one.entry["number"])
        for one in drafted
        if one.entry["direction"] == Direction.LOWER_IS_BETTER.value
    ]
    noted.ask(
        "表",
        "文件没有写方向。",
        f"按目标的升降和比较符推断：逆向{'、'.join(lower) or '无'}，其余正向。",
        lower,
    )
    noted.ask("表", "文件没有写填报频次。", "除节点外都按季报。", rows)
    noted.ask(
        "表",
        "文件没有写判灯规则。",
        "目标不变的按保持（逆向按控制线），变化不超过10%的按上年目标，其余按完成率。",
        rows,
    )


def _ask_by_reason(drafted: Sequence[Drafted], noted: Noted) -> None:
    """Ask once for each reason, with all the indicators that it is about."""
    items: dict[str, list[str]] = {}
    for one in drafted:
        for key, reason in one.doubts.items():
            if key != "shifted" and "合并" not in reason:
                items.setdefault(reason, []).append(str(one.entry["number"]))
    defaults = {
        "没有写计量单位": "暂写“项”。",
        "没有找到牵头单位": f"暂写“{UNKNOWN_AGENCY}”。",
        "这一年没有目标": "那一年显示“未定目标”；有的请补。",
    }
    for reason, codes in items.items():
        unique = list(dict.fromkeys(codes))
        noted.ask(
            "、".join(f"表-{code}" for code in unique[:5]) + ("等" if unique[5:] else ""),
            f"{reason}。",
            defaults.get(reason, "按读出的写，标红；请对照文件核对。"),
            unique,
        )
