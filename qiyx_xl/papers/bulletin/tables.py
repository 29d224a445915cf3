"""What the attachments of the 通报 contain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.papers.bulletin.project_passages import project_tables
from qiyx_xl.papers.bulletin.task_passages import attached_tables
from qiyx_xl.papers.phrases import Table, actual_text, change_text, gap_text, target_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.rating.scorecard import Group, StatusLine, View
    from qiyx_xl.papers.edition import Edition

_GROUP_HEADER = ("总灯", "绿", "黄", "红", "灰", "得分", "名次", "升降", "填报率")
_GROUP_WIDTHS = (8, 7, 7, 7, 7, 10, 9, 9, 12)


def attachments(edition: Edition) -> tuple[Table, ...]:
    """Return the attachments in order.

    Indicators, domains, agencies, goals and milestones that lag behind, the lists of projects, the
    tasks. The last three are left out where they are empty.
    """
    behind = [
        line
        for line in (*edition.goals, *edition.milestones)
        if line.rating.light in (Light.RED, Light.AMBER)
    ]
    return (
        _line_table(
            f"{edition.period.label}指标完成情况表", edition.indicators, counts_indicators=True
        ),
        _group_table(edition, f"{edition.period.label}分领域晾晒情况表", "领域", "domain"),
        _group_table(edition, f"{edition.period.label}分单位晾晒情况表", "单位", "agency"),
        *(
            (_line_table(f"{edition.period.label}滞后的任务目标和里程碑", behind),)
            if behind
            else ()
        ),
        *project_tables(edition),
        *attached_tables(edition),
    )


def _line_table(
    caption: str, lines: Sequence[StatusLine], *, counts_indicators: bool = False
) -> Table:
    return Table(
        caption,
        ("编号", "名称", "责任单位", "目标", "实际", "完成率", "序时差", "灯"),
        tuple(_line_row(line) for line in lines),
        (19, 52, 31, 25, 25, 21, 18, 32),
        left=frozenset({1}),
        lamp_column=7,
        counts_indicators=counts_indicators,
        note="序时差为完成进度与序时进度之差，单位为百分点，超前为正、滞后为负；“—”为没有或不计算。",
    )


def _line_row(line: StatusLine) -> tuple[str, ...]:
    rating = line.rating
    return (
        line.item.printed_code,
        line.item.name,
        line.item.reporting_agency,
        target_text(rating, line.item),
        actual_text(rating, line.item),
        rating.display,
        gap_text(rating.schedule_gap_pp),
        rating.lamp,
    )


def _group_table(edition: Edition, caption: str, name: str, view: View) -> Table:
    return Table(
        caption,
        (name, *_GROUP_HEADER),
        tuple(_group_row(edition, view, group) for group in _by_rank(edition.groups(view))),
        (24, *_GROUP_WIDTHS),
        lamp_column=1,
        count_columns=(2, 3, 4, 5),
        note="填报率低于规定的不参与排名；升降为名次与上次晾晒相比。",
    )


def _by_rank(groups: Sequence[Group]) -> list[Group]:
    return sorted(groups, key=lambda group: (group.rank is None, group.rank or 0))


def _group_row(edition: Edition, view: View, group: Group) -> tuple[str, ...]:
    counts = (group.green, group.amber, group.red, group.grey)
    return (
        group.name,
        group.light.word,
        *map(str, counts),
        group.score_text,
        "不排名" if group.rank is None else str(group.rank),
        change_text(edition.rank_change(view, group)),
        group.reported_text,
    )
