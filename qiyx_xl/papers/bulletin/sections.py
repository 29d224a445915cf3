"""What the other passages of the 通报 contain: 进展较好, 进展滞后, 典型做法, 下一步."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.papers.bulletin import outlook_passages as beyond
from qiyx_xl.papers.bulletin import task_passages
from qiyx_xl.papers.bulletin.overall import FIRST_PLACES, Numbered, everything
from qiyx_xl.papers.bulletin.project_passages import TITLE as PROJECTS
from qiyx_xl.papers.bulletin.project_passages import late_blocks, late_lines
from qiyx_xl.papers.phrases import (
    Block,
    Body,
    actual_text,
    full_date,
    lamp_count,
    shortened,
    target_text,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.edition import Edition, Remark

PRACTICE = "典型做法"
"""A remark that begins with this word is quoted in the passage 典型做法."""

_MOST_LISTED = 10  # most paragraphs of a list in a passage; the attachment has all of them
_REMARK_LIMIT = 200
_MISSING_LIMIT = 10
_PUNCTUATION = "：:，,。；; 　\n"


# --- 进展较好、进展滞后 ------------------------------------------------------------------------


def ahead(edition: Edition) -> tuple[Block, ...]:
    """Return 进展较好: green agencies ranked first, agencies that rose, green indicators."""
    numbered = Numbered()
    blocks: list[Block] = []
    groups = edition.groups("agency")
    first = [
        group
        for group in groups
        if group.rank is not None and group.rank <= FIRST_PLACES and group.light is Light.GREEN
    ]
    risen = [
        (group, change)
        for group in groups
        for change in (edition.rank_change("agency", group),)
        if change is not None and change > 0
    ]
    if first or risen:
        blocks.append(numbered.heading("单位"))
    if first:
        names = [f"{group.name}（第{group.rank}名，{group.score_text}分）" for group in first]
        blocks.append(Body(f"总灯为绿且名次居前的有：{counted_names(names)}。"))
    if risen:
        risen.sort(key=lambda entry: -entry[1])
        names = [f"{group.name}（上升{change}位）" for group, change in risen]
        blocks.append(Body(f"名次较上次上升的有：{counted_names(names)}。"))
    good = [line for line in edition.indicators if line.rating.light is Light.GREEN]
    if good:
        good.sort(key=lambda line: -(line.rating.schedule_gap_pp or 0))
        blocks.append(numbered.heading("指标"))
        blocks += _line_blocks(good, edition, "亮绿灯", "附件1")
    turned = beyond.turned_blocks(edition)
    if turned:
        blocks += [numbered.heading(beyond.TURNED), *turned]
    return tuple(blocks) or (Body("本期没有亮绿灯的指标。"),)


def behind(edition: Edition, *, in_bulletin: bool = True) -> tuple[Block, ...]:
    """Return 进展滞后: what is red, amber, in doubt or not reported, each with its reason.

    Args:
        edition: the period.
        in_bulletin: True for the 通报: list the agencies that have not reported, and refer to the
            attachments. False for the 例会材料: refer to the ledger, and say what turned green,
            too, which the 通报 says elsewhere.
    """
    numbered = Numbered()
    blocks: list[Block] = []
    where = "见附件4" if in_bulletin else "见台账"
    rest = "附件1" if in_bulletin else "台账"
    for light, title in ((Light.RED, "红灯指标"), (Light.AMBER, "黄灯指标")):
        lines = [line for line in edition.indicators if line.rating.light is light]
        if lines:
            lines.sort(key=lambda line: line.rating.schedule_gap_pp or 0)
            blocks.append(numbered.heading(f"{title}（{len(lines)}项）"))
            blocks += _line_blocks(lines, edition, f"亮{light.word}灯", rest)
    doubted = [line for line in edition.indicators if line.rating.state == LampState.IN_DOUBT]
    if doubted:
        blocks.append(numbered.heading(f"待核数据（{len(doubted)}项）"))
        blocks += _line_blocks(doubted, edition, "待核", rest)
    blocks += _beyond(edition, numbered, in_bulletin=in_bulletin)
    if edition.reminders and in_bulletin:
        late = [
            f"{reminder.agency.name}（{len(reminder.items)}项）" for reminder in edition.reminders
        ]
        items = sum(len(reminder.items) for reminder in edition.reminders)
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
    tasks = task_passages.trouble_blocks(edition, rest="附件" if in_bulletin else "台账")
    if tasks:
        count = len(task_passages.troubled(edition))
        blocks += [numbered.heading(f"滞后的{task_passages.TITLE}（{count}项）"), *tasks]
    evidence = task_passages.demanded_blocks(edition)
    if evidence:
        blocks += [numbered.heading("待补的佐证材料"), *evidence]
    return tuple(blocks) or (
        Body(
            "本期没有滞后的指标，也没有逾期未报的单位。" if in_bulletin else "本期没有滞后的指标。"
        ),
    )


def _beyond(edition: Edition, numbered: Numbered, *, in_bulletin: bool) -> list[Block]:
    """Return 连续红灯, 预警 and 由红转绿, each under its heading; nothing where there is none."""
    warned = len(beyond.warned_lines(edition))
    parts = (
        (beyond.RUNS, beyond.run_blocks(edition)),
        (f"{beyond.WARNING}（{warned}项）", beyond.warning_blocks(edition)),
        (beyond.TURNED, () if in_bulletin else beyond.turned_blocks(edition)),
    )
    return [block for title, said in parts if said for block in (numbered.heading(title), *said)]


def _line_blocks(
    lines: Sequence[StatusLine], edition: Edition, lamp_words: str, rest: str
) -> list[Block]:
    """Return a paragraph for each of the first ``_MOST_LISTED`` lines, and where the others are."""
    remarks = {(one.item.code, one.agency): one for one in edition.remarks if not _is_practice(one)}
    blocks: list[Block] = []
    for number, line in enumerate(lines[:_MOST_LISTED], start=1):
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
            text += f"。单位说明：{shortened(remark.text, _REMARK_LIMIT)}"
        blocks.append(
            Body(f"{_ended(text)}", lead=f"{number}. {item.name}（{item.reporting_agency}）。")
        )
    if len(lines) > _MOST_LISTED:
        blocks.append(Body(f"{lamp_words}的共{len(lines)}项，其余见{rest}。"))
    return blocks


# --- 典型做法、下一步 --------------------------------------------------------------------------


def practices(edition: Edition) -> tuple[Block, ...]:
    """Return 典型做法: the remarks that agencies marked so, each once."""
    written = [
        (remark.agency, remark.text.removeprefix(PRACTICE).lstrip(_PUNCTUATION))
        for remark in edition.remarks
        if _is_practice(remark)
    ]
    quoted = [(agency, text) for agency, text in written if not explains_nothing(text)]
    blocks = [
        Body(_ended(shortened(text, _REMARK_LIMIT)), lead=f"{number}. {agency}。")
        for number, (agency, text) in enumerate(quoted[:_MOST_LISTED], start=1)
    ]
    if len(quoted) > _MOST_LISTED:
        blocks.append(Body(f"各单位共报送典型做法{len(quoted)}条，以上为前{_MOST_LISTED}条。"))
    return tuple(blocks) or (Body("本期各单位没有报送典型做法。"),)


def next_steps(edition: Edition) -> tuple[Block, ...]:
    """Return 下一步: one paragraph for each kind of problem that the figures show."""
    counts = lamp_count(edition.indicators)
    doubted = sum(line.rating.state == LampState.IN_DOUBT for line in edition.indicators)
    numbered = Numbered()
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
    troubled = task_passages.troubled(edition)
    if troubled:
        say(
            f"推动{task_passages.TITLE}",
            f"{len(troubled)}项滞后的重点任务，牵头单位要会同配合单位逐项说明卡点、定出时限；"
            "需要专班协调的，报专班办公室列入调度单。",
        )
    if counts.green or not blocks:
        say(
            "保持良好势头",
            "已达标和达序时的指标要巩固成果、防止回落；各单位要及时报送典型做法，"
            f"供{edition.everywhere}借鉴。",
        )
    return tuple(blocks)


def shared_words(edition: Edition) -> dict[str, str]:
    """Return the words that every kind of template may use within a sentence."""
    total = lamp_count(edition.indicators)
    district = everything(edition)
    return {
        "发文机关": edition.office_name,
        "区县": edition.district,
        "简称": edition.plan.words.short_name,
        "文号字头": edition.number_prefix,
        "主送": edition.addressees,
        "抄送": edition.copies,
        "方案名称": edition.plan.title,
        "数据期": edition.period.label,
        "年份": str(edition.today.year),
        "截至日期": full_date(edition.period.last_day),
        "成文日期": full_date(edition.today),
        "指标总数": str(total.total),
        **{f"{light.word}灯数": str(n) for light, n in total.by_light},
        "应报数": str(district.due),
        "未报数": str(district.missing),
        "填报率": district.reported_text,
        "得分": district.score_text,
        "规则版本": edition.rules_version,
        "方案版本": edition.plan_version,
    }


# --- shared ----------------------------------------------------------------------------------


def _is_practice(remark: Remark) -> bool:
    return remark.text.startswith(PRACTICE)


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？", "……")) else f"{text}。"
