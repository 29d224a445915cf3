"""How 晾晒榜.html is written: one file to send, to sort and filter in any browser, to print.

The page is complete without its script, which only sorts and filters. The explanation of a lamp
appears when the pointer or the keyboard focus is on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.scorecard.broken_down import grid_section, short_level
from qiyx_xl.documents.scorecard.charts import curve
from qiyx_xl.documents.scorecard.facts import (
    GOAL,
    INDICATOR,
    MILESTONE,
    NOTHING,
    PART,
    VIEW_NAMES,
    Fact,
    ScorecardRow,
    actual_text,
    facts,
    headline,
    rows,
    view_name,
)
from qiyx_xl.documents.scorecard.items import EXPECTED, project_sections
from qiyx_xl.documents.style.web_page import choice, page, safe
from qiyx_xl.papers.broken_down import grids

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from decimal import Decimal
    from fractions import Fraction
    from pathlib import Path

    from qiyx_xl.papers.edition import Edition

_ORDER = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2, Light.GREY: 3}
"""The order of sorting by lamp: those that need attention first."""

_ITEM_HEADS = (
    *("编号", "名称", "领域", "填报单位", "计量单位", "实际值", "目标", "完成率", "序时差", "灯"),
    "说明",
)
_VIEW_HEADS = (
    *("排名", "{view}", "总灯", "绿", "黄", "红", "灰", "合计", "分布", "晾晒得分", "平均完成率"),
    *("填报率", "排名升降", "备注"),
)
_LEGEND = (
    '<p class="legend"><span class="key actual"></span>实际　<span class="key target"></span>'
    "目标（年末）　圆点的颜色是当期的灯，停在圆点上看数；待核的数不画。</p>"
)
_LEGEND_WITH_FORECASTS = _LEGEND.replace(
    "待核的数不画。", "待核的数不画。点线是按走势推算的年底，不计入得分。"
)
_UNSORTED = frozenset({"分布", "说明", "备注"})
_NUMBERS = frozenset(
    {"排名", "绿", "黄", "红", "灰", "合计", "晾晒得分", "平均完成率", "填报率", "排名升降"}
) | {"实际值", "完成率", "序时差"}


def write_scorecard_page(path: Path, edition: Edition) -> None:
    """Write the 晾晒榜 as one .html file.

    Raises:
        EditionError: the views do not add up to the table of facts.
    """
    path.write_text(render_scorecard(edition), encoding="utf-8", newline="\n")


def render_scorecard(edition: Edition) -> str:
    """Return the page; the same edition gives the same text."""
    table = facts(edition)
    title = f"{edition.heading}工程{edition.period.label}晾晒榜"
    body = [
        '<a class="skip" href="#items">跳到逐项明细</a>',
        *_head(edition, title, table),
        "<main>",
        *(
            line
            for view in (*VIEW_NAMES, *edition.level_groups)
            for line in _view(edition, view, table)
        ),
        *(line for grid in grids(edition) for line in grid_section(edition, grid)),
        *_items(edition, table),
        *project_sections(edition),
        *_curves(edition, table),
        *_notes(edition),
        "</main>",
        f"<footer>{safe(edition.office_name)}　{safe(edition.versions_text)}</footer>",
    ]
    return page(title, "scorecard.css", "scorecard.js", body)


# --- head and views ---------------------------------------------------------------------------


def _head(edition: Edition, title: str, table: Sequence[Fact]) -> list[str]:
    day = edition.today
    against = "" if edition.previous is None else f"　排名升降对比{edition.previous.period.label}"
    origin = (
        f"{edition.office_name}　{day.year}年{day.month}月{day.day}日　"
        f"{edition.versions_text}{against}"
    )
    lights = [fact.light for fact in table if fact.kind == INDICATOR]
    tiles = (
        f'<li class="{light.value}">{light.word}灯<b>{lights.count(light)}</b>项</li>'
        for light in Light
    )
    return [
        "<header>",
        f"<h1>{safe(title)}</h1>",
        f'<p class="origin">{safe(origin)}</p>',
        f'<ul class="tiles">{"".join(tiles)}</ul>',
        f'<p class="headline">{safe(headline(edition))}</p>',
        "</header>",
    ]


def _view(edition: Edition, view: str, table: Sequence[Fact]) -> list[str]:
    name = view_name(view)
    title = name if view in VIEW_NAMES else short_level(name)
    heads = [head.format(view=name) for head in _VIEW_HEADS]
    lines = rows(edition, view, table)
    most = max((line.group.total for line in lines), default=0)
    return [
        f'<section><h2 id="{safe(view)}">分{safe(title)}</h2>',
        *_table(f"view-{safe(view)}", heads, (_view_row(line, most) for line in lines)),
        "</section>",
    ]


def _view_row(line: ScorecardRow, most: int) -> str:
    group = line.group
    counts = (group.green, group.amber, group.red, group.grey, group.total)
    cells = (
        _number(line.rank_text, group.rank),
        f'<th scope="row">{safe(group.name)}</th>',
        _lamp(group.light, group.light.word, _ORDER[group.light]),
        *(_number(str(count), count) for count in counts),
        f"<td>{_bar(counts[:4], most)}</td>",
        _number(group.score_text, group.score),
        _number(line.mean_rate_text, group.mean_rate),
        _number(group.reported_text, group.reported_share),
        _number(line.change_text, line.change, _change_class(line.change)),
        f"<td>{safe(line.note)}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _change_class(change: int | None) -> str:
    if not change:
        return ""
    return "up" if change > 0 else "down"


def _bar(counts: Sequence[int], most: int) -> str:
    """Return lamp counts as one stacked bar; a bar of ``most`` items fills its cell."""
    parts, left = [], 0.0
    for light, count in zip(Light, counts, strict=True):
        width = round(count / most * 100, 2) if most else 0.0
        if width:
            parts.append(
                f'<rect class="{light.value}" x="{left:g}" width="{width:g}" height="10"/>'
            )
        left = round(left + width, 2)
    counts_text = "，".join(
        f"{light.word} {count}" for light, count in zip(Light, counts, strict=True)
    )
    return (
        '<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{counts_text}"><title>{counts_text}</title>{"".join(parts)}</svg>'
    )


# --- items ------------------------------------------------------------------------------------


def _items(edition: Edition, table: Sequence[Fact]) -> list[str]:
    agencies = dict.fromkeys(fact.agency for fact in table)
    domains = dict.fromkeys(fact.domain for fact in table)
    kinds = [
        kind
        for kind in (INDICATOR, GOAL, MILESTONE, PART)
        if any(fact.kind == kind for fact in table)
    ]
    notes = [_explanation(edition, fact) for fact in table]
    foreseen = any(fact.expected for fact in table)
    return [
        '<section><h2 id="items">逐项明细</h2>',
        '<div class="filters">',
        *choice("kind", "类别", ((kind, kind) for kind in kinds)),
        *choice("domain", "领域", ((name, name) for name in domains)),
        *choice("agency", "单位", ((name, name) for name in agencies)),
        *choice("light", "灯", ((light.value, f"{light.word}灯") for light in Light)),
        '<label>查找<input type="search" id="by-text" placeholder="编号、名称、说明"></label>',
        '<button type="button" id="clear">清除筛选</button>',
        '<button type="button" id="print">打印</button>',
        "</div>",
        f'<p id="shown" role="status">共 {len(table)} 项</p>',
        '<p class="none" id="none" hidden>没有符合筛选条件的项目。</p>',
        *_table(
            "list",
            (*_ITEM_HEADS[:-1], *([EXPECTED] if foreseen else []), _ITEM_HEADS[-1]),
            (
                _item_row(fact, note, foreseen=foreseen)
                for fact, note in zip(table, notes, strict=True)
            ),
        ),
        "</section>",
    ]


def _item_row(fact: Fact, note: str, *, foreseen: bool) -> str:
    actual = None if isinstance(fact.actual, str) else fact.actual
    flag = '<span class="flag">超额待核</span>' if fact.review else ""
    cells = (
        _cell(fact.printed, "c"),
        f'<th scope="row">{safe(fact.name)}</th>',
        _cell(fact.domain, "c"),
        _cell(fact.agency),
        _cell(fact.measure, "c"),
        _number(actual_text(fact.actual), actual),
        _cell(fact.target or NOTHING, "w"),
        _number(fact.rate_text, fact.rate),
        _number(fact.gap_text, fact.gap),
        _lamp(fact.light, fact.lamp, _ORDER[fact.light], note),
        *([_expected_cell(fact)] if foreseen else []),
        f"<td>{safe(fact.said)}{flag}</td>",
    )
    return f"<tr {_marks(fact)}>{''.join(cells)}</tr>"


def _expected_cell(fact: Fact) -> str:
    if fact.expected_light is None:
        return _cell(NOTHING, "c")
    return _lamp(
        fact.expected_light, fact.expected, _ORDER[fact.expected_light], fact.expected_words
    )


def _explanation(edition: Edition, fact: Fact) -> str:
    """Return why an item has its lamp: the reason, the figures compared, and their source."""
    line = edition.line(fact.code)
    if line is not None and fact.kind == PART:
        line = next((p for p in line.parts if p.item.reporting_agency == fact.agency), None)
    parts = [f"{fact.lamp}：{fact.reason}。"]
    if line is not None and line.record is not None:
        source = line.record.source
        measure = "" if isinstance(fact.actual, str) else fact.measure
        parts.append(f"实际 {actual_text(fact.actual)}{measure}")
        if fact.target:
            parts.append(f"，目标 {fact.target}")
        if line.previous is not None:
            parts.append(f"，上年末 {plain(line.previous)}")
        if fact.rate is not None:
            parts.append(f"；完成率 {fact.rate_text}")
        if fact.gap is not None:
            parts.append(f"，序时差 {fact.gap_text} 个百分点")
        parts.append("。")
        if source is not None:
            parts.append(f"来源：{source.file} ▸ {source.sheet}!{source.cell}。")
    if fact.course:
        parts.append(f"{fact.course}。")
    if fact.review:
        parts.append("超额待核：完成率明显偏高，请核对原始数据。")
    return "".join(parts)


def _curves(edition: Edition, table: Sequence[Fact]) -> list[str]:
    by_code = {fact.code: fact for fact in table if fact.kind != PART}
    cards = [
        card
        for line in edition.indicators
        for item in (line.item,)
        if isinstance(item, Indicator)
        for card in _card(edition, item, by_code[item.code])
    ]
    if not cards:
        return []
    return [
        '<section><h2 id="curves">五年走势</h2>',
        _LEGEND if not any(fact.expected for fact in table) else _LEGEND_WITH_FORECASTS,
        f'<div class="cards">{"".join(cards)}</div>',
        "</section>",
    ]


def _card(edition: Edition, item: Indicator, fact: Fact) -> list[str]:
    drawing = curve(
        edition.curve(item.code),
        item.targets,
        edition.plan.years,
        item.measure,
        edition.outlook.forecasts.get(item.code),
    )
    measure = f"（{safe(item.measure)}）" if item.measure else ""
    tag = f'<span class="tag {fact.light.value}">{safe(fact.lamp)}</span>'
    return [
        f"<figure {_marks(fact)}>",
        f"<figcaption>{tag} <b>{safe(fact.printed)}　{safe(item.name)}</b>{measure}</figcaption>",
        drawing or '<p class="none">目标是文字，没有可画的数。</p>',
        "</figure>",
    ]


def _notes(edition: Edition) -> list[str]:
    rules = edition.rules
    least = plain(rules.ranking_minimum_reported * 100)
    worth = (("绿", rules.score_green), ("黄", rules.score_amber), ("红", rules.score_red))
    scores = "、".join(f"{word} {plain(points)} 分" for word, points in worth)
    return [
        '<section class="notes"><h2>说明</h2><ul>',
        f"<li>{scores}，灰灯不计分；得分相同的，平均完成率高的在前。</li>",
        f"<li>填报率不足 {least}% 的不参与排名。任务目标和里程碑另列，不计入排名。</li>",
        "<li>超额待核：完成率明显偏高，请核对原始数据。</li>",
        "<li>序时差是进度与时间进度之差，单位是百分点，正数是超前，负数是滞后。</li>",
        "</ul></section>",
    ]


# --- cells ------------------------------------------------------------------------------------


def _table(name: str, heads: Sequence[str], lines: Iterable[str]) -> list[str]:
    drawn = list(lines)
    return [
        f'<table id="{name}" class="sortable">',
        f"<thead><tr>{''.join(_head_cell(head) for head in heads)}</tr></thead>",
        "<tbody>",
        *(drawn or [f'<tr><td colspan="{len(heads)}">方案里没有这一类。</td></tr>']),
        "</tbody></table>",
    ]


def _head_cell(head: str) -> str:
    kind = ' class="n"' if head in _NUMBERS else ""
    if head in _UNSORTED:
        return f'<th scope="col"{kind}>{head}</th>'
    # A browser repeats a table's head on every printed page, but without the buttons in it: there
    # the style sheet prints data-h.
    return f'<th scope="col"{kind} data-h="{head}"><button type="button">{head}</button></th>'


def _cell(text: str, kind: str = "") -> str:
    return f'<td class="{kind}">{safe(text)}</td>' if kind else f"<td>{safe(text)}</td>"


def _number(text: str, value: Decimal | Fraction | int | None, kind: str = "") -> str:
    """Return a cell that is sorted by its value, or last if it has none."""
    by = "" if value is None else f' data-v="{float(value)!r}"'
    return f'<td class="{f"n {kind}".strip()}"{by}>{safe(text)}</td>'


def _lamp(light: Light, text: str, order: int, note: str = "") -> str:
    if not note:
        return f'<td class="c" data-v="{order}"><span class="tag {light.value}">{text}</span></td>'
    return (
        f'<td class="c lamp" data-v="{order}"><button type="button" class="tag {light.value}">'
        f'{safe(text)}</button><span class="tip" role="tooltip">{safe(note)}</span></td>'
    )


def _marks(fact: Fact) -> str:
    """Return the attributes by which the page's script filters."""
    return (
        f'data-kind="{safe(fact.kind)}" data-domain="{safe(fact.domain)}" '
        f'data-agency="{safe(fact.agency)}" data-light="{fact.light.value}"'
    )
