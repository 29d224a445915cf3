"""What 总体情况 of the 通报 contains: lamps, reporting, domains, agencies and levels."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.rating.completion import percent
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import group_of
from qiyx_xl.papers.broken_down import grids
from qiyx_xl.papers.bulletin import task_passages
from qiyx_xl.papers.bulletin.project_passages import TITLE as PROJECTS
from qiyx_xl.papers.bulletin.project_passages import overall_blocks
from qiyx_xl.papers.phrases import Block, Body, Heading, LampCount, chinese_number, lamp_count

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.history.snapshot import Figure
    from qiyx_xl.core.rating.scorecard import Group
    from qiyx_xl.papers.broken_down import Grid, GridRow
    from qiyx_xl.papers.edition import Edition

FIRST_PLACES = 3
"""How many of the best ranked agencies are named."""
_ITEMS_NAMED = 5
"""How many of the items that are most behind are named."""


class Numbered:
    """Numbers the headings of the second level: （一）、（二）."""

    def __init__(self) -> None:
        self._number = 0

    def heading(self, text: str) -> Heading:
        """Return the heading with the next number."""
        self._number += 1
        return Heading(2, f"（{chinese_number(self._number)}）{text}")


def everything(edition: Edition) -> Group:
    """Return all indicators of an edition as one group."""
    return group_of("", [line.rating for line in edition.indicators], edition.rules)


def overall(edition: Edition) -> tuple[Block, ...]:
    """Return the passage: lamps, reporting, change, goals, then the groups under headings."""
    blocks: list[Block] = [Body(lamps(edition)), Body(_reported(edition))]
    change = _change(edition)
    if change:
        blocks.append(Body(change))
    blocks.append(Body(_goals(edition)))
    numbered = Numbered()
    blocks += [numbered.heading("分领域情况"), Body(_domains(edition))]
    blocks += [numbered.heading("分单位情况"), *map(Body, _agencies(edition))]
    levels = edition.groups("level")
    if len(levels) > 1:
        blocks += [numbered.heading("分层级情况"), Body(_levels(levels))]
        blocks += [Body(text) for grid in grids(edition) for text in _broken_down(edition, grid)]
    projects = overall_blocks(edition)
    if projects:
        blocks += [numbered.heading(f"{PROJECTS}情况"), *projects]
    tasks = task_passages.overall_blocks(edition)
    if tasks:
        blocks += [numbered.heading(f"{task_passages.TITLE}情况"), *tasks]
    return tuple(blocks)


def lamps(edition: Edition) -> str:
    """Return the sentences with the number of each lamp and the district's score."""
    counts = lamp_count(edition.indicators)
    if counts.total == 0:
        return "方案没有列出主要指标。"
    text = (
        f"方案共确定{counts.total}项主要指标。截至{edition.period.label}末，{_lamps_text(counts)}。"
    )
    grey = [line.rating.state for line in edition.indicators if line.rating.light is Light.GREY]
    if grey and counts.grey < counts.total:
        text += f"灰灯指标中，{_states(grey)}。"
    elif grey:
        text += f"其中，{_states(grey)}。"
    district = everything(edition)
    if district.score is not None:
        text += f"{edition.everywhere}晾晒得分{district.score_text}分。"
    return text


def _lamps_text(counts: LampCount) -> str:
    if counts.grey == counts.total:
        return "均未亮灯（灰灯）"
    if counts.green == counts.total:
        return "全部亮绿灯"
    lit = [
        f"亮{light.word}灯{n}项，占{percent(Fraction(n, counts.total))}"
        for light, n in counts.by_light
        if n and light is not Light.GREY
    ]
    grey = f"；暂不亮灯（灰灯）{counts.grey}项" if counts.grey else ""
    return "；".join(lit) + grey


def _states(states: Iterable[str]) -> str:
    return "、".join(f"{state}{n}项" for state, n in Counter(map(str, states)).items())


def _reported(edition: Edition) -> str:
    district = everything(edition)
    if district.due == 0:
        return "本期没有到期应报的指标。"
    reported = district.due - district.missing
    text = f"本期应报指标{district.due}项，已报{reported}项，填报率{district.reported_text}"
    returned = len(edition.returned)
    if edition.reminders:
        items = sum(len(reminder.items) for reminder in edition.reminders)
        more = "任务目标和里程碑"
        lists = (
            *(() if edition.tasks.is_empty else (task_passages.TITLE,)),
            *(() if edition.projects.is_empty else (PROJECTS,)),
        )
        if lists:
            more = "、".join(("任务目标", "里程碑", *lists))
        text += f"；连同{more}，尚有{len(edition.reminders)}个单位、{items}项逾期未报"
    if returned:
        text += f"；收到的填报表中有{returned}份因填写问题退回"
    return f"{text}。"


def _change(edition: Edition) -> str:
    previous = edition.previous
    if previous is None:
        return ""
    before = _previous_counts(edition, previous.figures)
    now = lamp_count(edition.indicators)
    moves = [
        f"{light.word}灯{'增加' if n > then else '减少'}{abs(n - then)}项"
        for (light, n), (_, then) in zip(now.by_light, before.by_light, strict=True)
        if n != then
    ]
    return f"与{previous.period.label}晾晒相比，{'、'.join(moves) or '各色灯数持平'}。"


def _previous_counts(edition: Edition, figures: Sequence[Figure]) -> LampCount:
    codes = {line.item.code for line in edition.indicators}
    lights = Counter(figure.light for figure in figures if figure.code in codes)
    green, amber, red, grey = (
        lights[light] for light in (Light.GREEN, Light.AMBER, Light.RED, Light.GREY)
    )
    return LampCount(green, amber, red, grey, total=sum(lights.values()))


def _goals(edition: Edition) -> str:
    parts = [
        f"{name}{len(lines)}项，{lamp_count(lines).sentence}"
        for name, lines in (("任务目标", edition.goals), ("里程碑", edition.milestones))
        if lines
    ]
    return f"另有{'；'.join(parts)}（与指标重复的任务目标不重复计）。" if parts else ""


def _domains(edition: Edition) -> str:
    groups = edition.groups("domain")
    parts = [
        f"总灯为{light.word}的{len(names)}个：{'、'.join(names)}"
        for light in Light
        for names in ([group.name for group in groups if group.light is light],)
        if names
    ]
    return f"{len(groups)}个领域中，{'；'.join(parts)}。各领域得分和名次见附件2。" if parts else ""


def _agencies(edition: Edition) -> list[str]:
    groups = edition.groups("agency")
    placed = [group for group in groups if group.rank is not None]
    texts = []
    if placed:
        first = sorted(placed, key=lambda group: group.rank or 0)[:FIRST_PLACES]
        names = "、".join(f"{group.name}（{group.score_text}分）" for group in first)
        texts.append(
            f"承担指标的{len(groups)}个单位中，{len(placed)}个参与排名，"
            + (f"居前的是{names}。" if len(placed) > 1 else f"为{names}。")
            + "各单位得分和名次见附件3。"
        )
    else:
        texts.append(f"承担指标的{len(groups)}个单位均不参与本期排名。" if groups else "")
    low = [group.name for group in groups if group.due and not group.ranked and group.missing]
    if low:
        least = percent(Fraction(edition.rules.ranking_minimum_reported), 0)
        texts.append(f"填报率低于{least}、不参与排名的有：{counted_names(low)}。")
    return [text for text in texts if text]


def _broken_down(edition: Edition, grid: Grid) -> list[str]:
    """Return how a level's agencies stand by what was broken down to them, and who is behind."""
    groups = edition.level_groups[grid.level]
    level = grid.level.removesuffix("级")
    counts = lamp_count([part for row in grid.rows for part in row.parts if part is not None])
    text = (
        f"目标分解到{len(groups)}个{level}的有{len(grid.rows)}项、{counts.total}个目标："
        f"{counts.sentence}。"
    )
    placed = sorted(
        (group for group in groups if group.rank is not None), key=lambda group: group.rank or 0
    )
    if len(placed) > FIRST_PLACES:
        shown = (placed[:FIRST_PLACES], placed[-1:])
        first, last = (
            "、".join(f"{group.name}（{group.score_text}分）" for group in some) for some in shown
        )
        text += f"得分居前的是{first}，居后的是{last}。"
    red = [row for row in grid.rows if _reds(row)]
    red.sort(key=_reds, reverse=True)
    named = [f"{row.whole.item.name}：{row.behind}" for row in red[:_ITEMS_NAMED]]
    if not named:
        return [text]
    rest = f"其余见晾晒榜“{level}分解”。" if red[_ITEMS_NAMED:] else ""
    return [text, f"落后较多的：{'；'.join(named)}。{rest}"]


def _reds(row: GridRow) -> int:
    return sum(part is not None and part.rating.light is Light.RED for part in row.parts)


def _levels(groups: Sequence[Group]) -> str:
    return (
        "；".join(
            f"{group.name}：绿灯{group.green}项、黄灯{group.amber}项、红灯{group.red}项、"
            f"灰灯{group.grey}项，得分{group.score_text}"
            for group in groups
        )
        + "。"
    )
