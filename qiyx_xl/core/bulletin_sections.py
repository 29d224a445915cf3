"""通报: its passages, in the words of official papers."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from qiyx_xl.core.blocks import Block, Body, Heading
from qiyx_xl.core.completion import percent
from qiyx_xl.core.lamps import Light, State
from qiyx_xl.core.project_wording import TITLE as PROJECTS
from qiyx_xl.core.project_wording import late_blocks, late_lines, overall_blocks
from qiyx_xl.core.scorecard import group_of
from qiyx_xl.core.values import Word
from qiyx_xl.core.wording import (
    LampCount,
    actual_text,
    chinese_number,
    counted_names,
    full_date,
    lamp_count,
    target_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.edition import Edition, Remark
    from qiyx_xl.core.figures import Figure
    from qiyx_xl.core.scorecard import Group, StatusLine

PRACTICE = "典型做法"
"""A remark that begins with this word is quoted in the bulletin as such."""

_FIRST_PLACES = 3
_TOLD = 10  # how many lines a passage tells one by one; the rest stands in the attachment
_REMARK_LIMIT = 200
_MISSING_LIMIT = 10
_PUNCTUATION = "：:，,。；; 　\n"


# --- 总体情况 ----------------------------------------------------------------------------------


def overall(edition: Edition) -> tuple[Block, ...]:
    """Say how many lamps of each kind there are, what was reported, and how the groups stand."""
    blocks: list[Block] = [Body(lamps(edition)), Body(_reported(edition))]
    change = _change(edition)
    if change:
        blocks.append(Body(change))
    blocks.append(Body(_goals(edition)))
    numbered = _Numbered()
    blocks += [numbered.heading("分领域情况"), Body(_domains(edition))]
    blocks += [numbered.heading("分单位情况"), *map(Body, _agencies(edition))]
    levels = edition.groups("level")
    if len(levels) > 1:
        blocks += [numbered.heading("分层级情况"), Body(_levels(levels))]
    projects = overall_blocks(edition)
    if projects:
        blocks += [numbered.heading(f"{PROJECTS}情况"), *projects]
    return tuple(blocks)


class _Numbered:
    """Counts the headings of the second level: （一）、（二）."""

    def __init__(self) -> None:
        self._number = 0

    def heading(self, text: str) -> Heading:
        self._number += 1
        return Heading(2, f"（{chinese_number(self._number)}）{text}")


def lamps(edition: Edition) -> str:
    """Say how many lamps of each kind there are, and the district's score."""
    counts = lamp_count(edition.indicators)
    if counts.total == 0:
        return "方案没有列出主要指标。"
    text = f"方案共确定{counts.total}项主要指标。截至{edition.period.label}末，{_said(counts)}。"
    grey = [line.rating.state for line in edition.indicators if line.rating.light is Light.GREY]
    if grey and counts.grey < counts.total:
        text += f"灰灯指标中，{_states(grey)}。"
    elif grey:
        text += f"其中，{_states(grey)}。"
    everything = _everything(edition)
    if everything.score is not None:
        text += f"全区晾晒得分{everything.score_text}分。"
    return text


def _said(counts: LampCount) -> str:
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
    everything = _everything(edition)
    if everything.due == 0:
        return "本期没有到期应报的指标。"
    reported = everything.due - everything.missing
    text = f"本期应报指标{everything.due}项，已报{reported}项，填报率{everything.reported_text}"
    returned = len(edition.returned)
    if edition.reminders:
        items = sum(len(one.items) for one in edition.reminders)
        more = "任务目标和里程碑"
        if not edition.projects.is_empty:
            more = f"任务目标、里程碑、{PROJECTS}"
        text += f"；连同{more}，尚有{len(edition.reminders)}个单位、{items}项逾期未报"
    if returned:
        text += f"；收到的填报表中有{returned}份因填写问题退回"
    return f"{text}。"


def _change(edition: Edition) -> str:
    previous = edition.previous
    if previous is None:
        return ""
    before = _counts_then(edition, previous.figures)
    now = lamp_count(edition.indicators)
    moves = [
        f"{light.word}灯{'增加' if n > then else '减少'}{abs(n - then)}项"
        for (light, n), (_, then) in zip(now.by_light, before.by_light, strict=True)
        if n != then
    ]
    return f"与{previous.period.label}晾晒相比，{'、'.join(moves) or '各色灯数持平'}。"


def _counts_then(edition: Edition, figures: Sequence[Figure]) -> LampCount:
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
    said = [
        f"总灯为{light.word}的{len(names)}个：{'、'.join(names)}"
        for light in Light
        for names in ([one.name for one in groups if one.light is light],)
        if names
    ]
    return f"{len(groups)}个领域中，{'；'.join(said)}。各领域得分和名次见附件2。" if said else ""


def _agencies(edition: Edition) -> list[str]:
    groups = edition.groups("agency")
    placed = [one for one in groups if one.rank is not None]
    texts = []
    if placed:
        first = sorted(placed, key=lambda one: one.rank or 0)[:_FIRST_PLACES]
        names = "、".join(f"{one.name}（{one.score_text}分）" for one in first)
        texts.append(
            f"承担指标的{len(groups)}个单位中，{len(placed)}个参与排名，"
            + (f"居前的是{names}。" if len(placed) > 1 else f"为{names}。")
            + "各单位得分和名次见附件3。"
        )
    else:
        texts.append(f"承担指标的{len(groups)}个单位均不参与本期排名。" if groups else "")
    low = [one.name for one in groups if one.due and not one.ranked and one.missing]
    if low:
        least = percent(Fraction(edition.rules.ranking_minimum_reported), 0)
        texts.append(f"填报率低于{least}、不参与排名的有：{counted_names(low)}。")
    return [text for text in texts if text]


def _levels(groups: Sequence[Group]) -> str:
    return (
        "；".join(
            f"{one.name}：绿灯{one.green}项、黄灯{one.amber}项、红灯{one.red}项、"
            f"灰灯{one.grey}项，得分{one.score_text}"
            for one in groups
        )
        + "。"
    )


# --- 进展较好、进展滞后 ------------------------------------------------------------------------


def ahead(edition: Edition) -> tuple[Block, ...]:
    """Praise: agencies with a green lamp in the first places, who rose, and what is ahead."""
    numbered = _Numbered()
    blocks: list[Block] = []
    groups = edition.groups("agency")
    first = [
        one
        for one in groups
        if one.rank is not None and one.rank <= _FIRST_PLACES and one.light is Light.GREEN
    ]
    risen = [
        (one, change)
        for one in groups
        for change in (edition.rank_change("agency", one),)
        if change is not None and change > 0
    ]
    if first or risen:
        blocks.append(numbered.heading("单位"))
    if first:
        names = [f"{one.name}（第{one.rank}名，{one.score_text}分）" for one in first]
        blocks.append(Body(f"总灯为绿且名次居前的有：{counted_names(names)}。"))
    if risen:
        risen.sort(key=lambda entry: -entry[1])
        names = [f"{one.name}（上升{change}位）" for one, change in risen]
        blocks.append(Body(f"名次较上次上升的有：{counted_names(names)}。"))
    good = [line for line in edition.indicators if line.rating.light is Light.GREEN]
    if good:
        good.sort(key=lambda line: -(line.rating.schedule_gap_pp or 0))
        blocks.append(numbered.heading("指标"))
        blocks += _told(good, edition, "亮绿灯", "附件1")
    return tuple(blocks) or (Body("本期没有亮绿灯的指标。"),)


def behind(edition: Edition, *, in_bulletin: bool = True) -> tuple[Block, ...]:
    """Name what lags behind: red, amber, in doubt, not reported; each with its reason.

    Args:
        edition: the period.
        in_bulletin: with the agencies that have not reported, and pointing to attachments.
    """
    numbered = _Numbered()
    blocks: list[Block] = []
    where = "见附件4" if in_bulletin else "见台账"
    rest = "附件1" if in_bulletin else "台账"
    for light, title in ((Light.RED, "红灯指标"), (Light.AMBER, "黄灯指标")):
        lines = [line for line in edition.indicators if line.rating.light is light]
        if lines:
            lines.sort(key=lambda line: line.rating.schedule_gap_pp or 0)
            blocks.append(numbered.heading(f"{title}（{len(lines)}项）"))
            blocks += _told(lines, edition, f"亮{light.word}灯", rest)
    doubted = [line for line in edition.indicators if line.rating.state == State.IN_DOUBT]
    if doubted:
        blocks.append(numbered.heading(f"待核数据（{len(doubted)}项）"))
        blocks += _told(doubted, edition, "待核", rest)
    if edition.reminders and in_bulletin:
        late = [f"{one.agency.name}（{len(one.items)}项）" for one in edition.reminders]
        items = sum(len(one.items) for one in edition.reminders)
        blocks.append(numbered.heading("逾期未报"))
        blocks.append(
            Body(f"以下单位共有{items}项逾期未报：{counted_names(late, _MISSING_LIMIT)}。")
        )
    goals = [
        line
        for line in (*edition.goals, *edition.milestones)
        if line.rating.light in (Light.RED, Light.AMBER)
    ]
    if goals:
        blocks.append(numbered.heading("任务目标和里程碑"))
        blocks.append(
            Body(f"滞后的任务目标和里程碑{len(goals)}项，{lamp_count(goals).sentence}，{where}。")
        )
    projects = late_blocks(edition)
    if projects:
        heading = f"滞后的{PROJECTS}（{len(late_lines(edition))}个）"
        blocks += [numbered.heading(heading), *projects]
    return tuple(blocks) or (
        Body(
            "本期没有滞后的指标，也没有逾期未报的单位。" if in_bulletin else "本期没有滞后的指标。"
        ),
    )


def _told(lines: Sequence[StatusLine], edition: Edition, what: str, rest: str) -> list[Block]:
    """Tell the first lines one by one; the attachment has them all."""
    remarks = {(one.item.code, one.agency): one for one in edition.remarks if not _is_practice(one)}
    blocks: list[Block] = []
    for number, line in enumerate(lines[:_TOLD], start=1):
        item, rating = line.item, line.rating
        figures = [f"实际{actual_text(rating, item)}", f"目标{target_text(rating, item)}"]
        if isinstance(rating.actual, Word):
            figures = [f"目前{rating.actual}"]
        if rating.completion_rate is not None:
            figures.append(f"完成率{rating.display}")
        text = f"{'，'.join(figures)}；{rating.reason}"
        if rating.flags:
            text += f"（{'、'.join(rating.flags)}）"
        remark = remarks.get((item.code, item.reporting_agency))
        if remark is not None and rating.light in (Light.RED, Light.AMBER):
            text += f"。单位说明：{_short(remark.text)}"
        blocks.append(
            Body(f"{_ended(text)}", lead=f"{number}. {item.name}（{item.reporting_agency}）。")
        )
    if len(lines) > _TOLD:
        blocks.append(Body(f"{what}的共{len(lines)}项，其余见{rest}。"))
    return blocks


# --- 典型做法、下一步 --------------------------------------------------------------------------


def practices(edition: Edition) -> tuple[Block, ...]:
    """Quote the remarks that agencies marked as 典型做法, each once."""
    told = [one for one in edition.remarks if _is_practice(one)]
    blocks = [
        Body(
            _ended(_short(one.text.removeprefix(PRACTICE).lstrip(_PUNCTUATION))),
            lead=f"{number}. {one.agency}。",
        )
        for number, one in enumerate(told[:_TOLD], start=1)
    ]
    if len(told) > _TOLD:
        blocks.append(Body(f"各单位共报送典型做法{len(told)}条，以上为前{_TOLD}条。"))
    return tuple(blocks) or (Body("本期各单位没有报送典型做法。"),)


def next_steps(edition: Edition) -> tuple[Block, ...]:
    """Say what follows from the figures; what does not arise is not said."""
    counts = lamp_count(edition.indicators)
    doubted = sum(line.rating.state == State.IN_DOUBT for line in edition.indicators)
    numbered = _Numbered()
    blocks: list[Block] = []

    def say(heading: str, text: str) -> None:
        blocks.extend((numbered.heading(heading), Body(text)))

    if counts.red:
        say(
            "紧盯红灯指标",
            f"{counts.red}项红灯指标的责任单位要逐项查明原因，提出赶序时的措施和完成时限，"
            "报专班办公室列入调度单，逐项销号。",
        )
    if counts.amber:
        say(
            "跟踪黄灯指标",
            f"{counts.amber}项黄灯指标的责任单位要对照序时进度加快推进，防止转为红灯。",
        )
    if edition.reminders or doubted:
        parts = []
        if edition.reminders:
            parts.append(f"{len(edition.reminders)}个单位要尽快补报逾期未报的数据")
        if doubted:
            parts.append(f"{doubted}项待核数据要尽快核实更正")
        say("补齐核准数据", f"{'；'.join(parts)}。数据以台账为准，每个数都要能查到来源。")
    late = late_lines(edition)
    if late:
        say(
            f"加快推进{PROJECTS}",
            f"{len(late)}个滞后的项目和实事，责任部门要倒排时间、按节点赶上计划，"
            "要素保障上的困难报专班办公室协调。",
        )
    if counts.green or not blocks:
        say(
            "保持良好势头",
            "已达标和达序时的指标要巩固成果、防止回落；各单位要及时报送典型做法，供全区借鉴。",
        )
    return tuple(blocks)


def shared_words(edition: Edition) -> dict[str, str]:
    """Return what any template may say of a period within a sentence."""
    total = lamp_count(edition.indicators)
    everything = _everything(edition)
    return {
        "发文机关": edition.office_name,
        "区县": edition.district,
        "方案名称": edition.plan.title,
        "数据期": edition.period.label,
        "年份": str(edition.today.year),
        "截至日期": full_date(edition.period.last_day),
        "成文日期": full_date(edition.today),
        "指标总数": str(total.total),
        **{f"{light.word}灯数": str(n) for light, n in total.by_light},
        "应报数": str(everything.due),
        "未报数": str(everything.missing),
        "填报率": everything.reported_text,
        "得分": everything.score_text,
        "规则版本": edition.rules_version,
        "方案版本": edition.plan_version,
    }


# --- shared ----------------------------------------------------------------------------------


def _everything(edition: Edition) -> Group:
    return group_of("", [line.rating for line in edition.indicators], edition.rules)


def _is_practice(remark: Remark) -> bool:
    return remark.text.startswith(PRACTICE)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _REMARK_LIMIT else f"{flat[:_REMARK_LIMIT]}……"


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？", "……")) else f"{text}。"
