"""What the 例会材料 contain: changes, lamps that are not green, questions to decide, matters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.history.matters import Matter, Meeting, on_the_sheet
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.papers.bulletin import sections
from qiyx_xl.papers.bulletin.overall import lamps
from qiyx_xl.papers.bulletin.task_passages import overall_blocks
from qiyx_xl.papers.matters import is_ready, suggestion
from qiyx_xl.papers.phrases import Block, Body, Heading, Table, chinese_number, full_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.core.history.differences import Change
    from qiyx_xl.papers.edition import Edition

WORDS = (
    *("发文机关", "区县", "简称", "数据期", "年份", "例会日期", "上次例会日期"),
    *("绿灯数", "黄灯数", "红灯数", "灰灯数", "指标总数", "规则版本", "方案版本"),
)
PASSAGES = ("变化", "亮灯情况", "议定事项", "调度事项", "附件说明", "附件")
REQUIRED = ("例会日期", "变化", "亮灯情况", "议定事项", "调度事项")

_MOST_LISTED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The data of a meeting; its day is ``edition.today``.

    ``last`` is the meeting before, ``changes`` the differences from the figures it was shown.
    ``matters`` are all matters, including those that this meeting raises; ``conflicts`` are the
    undecided ones.
    """

    edition: Edition
    last: Meeting | None
    changes: Sequence[Change]
    matters: Sequence[Matter]
    conflicts: Sequence[Conflict]

    @property
    def listed(self) -> tuple[Matter, ...]:
        """The matters on the 调度单: the open ones, and those settled since ``last``."""
        return on_the_sheet(self.matters, None if self.last is None else self.last.day)

    @property
    def raised(self) -> tuple[Matter, ...]:
        """The matters that this meeting raises."""
        return tuple(matter for matter in self.matters if matter.raised == self.edition.today)


@dataclass(frozen=True, slots=True)
class AgendaText:
    """The texts with which a template of the 例会材料 is filled: words and whole passages."""

    words: Mapping[str, str]
    passages: Mapping[str, tuple[Block, ...]]


def agenda_text(agenda: Agenda) -> AgendaText:
    """Return the texts of a meeting's papers."""
    edition = agenda.edition
    shared = sections.shared_words(edition)
    tables = _tables(agenda)
    return AgendaText(
        {
            **{name: shared[name] for name in WORDS if name in shared},
            "例会日期": full_date(edition.today),
            "上次例会日期": "无" if agenda.last is None else full_date(agenda.last.day),
        },
        {
            "变化": _changes(agenda),
            "亮灯情况": (
                Body(lamps(edition)),
                *overall_blocks(edition),
                *sections.behind(edition, in_bulletin=False),
            ),
            "议定事项": _questions(agenda),
            "调度事项": _matters(agenda),
            "附件说明": tuple(
                Body(f"附件：{table.caption}", style="attachments") for table in tables
            ),
            "附件": tables,
        },
    )


def _changes(agenda: Agenda) -> tuple[Block, ...]:
    if agenda.last is None:
        return (Body("这是第一次例会，没有上次的数可比。"),)
    last, period = agenda.last, agenda.edition.period
    compared = f"上次例会（{full_date(last.day)}）看的是{last.period.label}"
    compared += "。" if last.period == period else f"，这次看的是{period.label}。"
    better = [change for change in agenda.changes if change.direction > 0]
    worse = [change for change in agenda.changes if change.direction < 0]
    rest = [change for change in agenda.changes if change.direction == 0]
    if not agenda.changes:
        return (Body(f"{compared}上次例会以来没有变化。"),)
    summary = (
        f"{compared}有变化的{len(agenda.changes)}项：变好{len(better)}项、变差{len(worse)}项、"
    )
    blocks: list[Block] = [Body(f"{summary}其他{len(rest)}项。")]
    number = 0
    for title, changes in (("变差的", worse), ("变好的", better), ("其他变化", rest)):
        if not changes:
            continue
        number += 1
        blocks.append(Heading(2, f"（{chinese_number(number)}）{title}"))
        blocks += [
            Body(_change_text(agenda.edition, change), lead=f"{place}. ")
            for place, change in enumerate(changes[:_MOST_LISTED], start=1)
        ]
        if len(changes) > _MOST_LISTED:
            blocks.append(Body(f"{title}共{len(changes)}项，以上为前{_MOST_LISTED}项。"))
    return tuple(blocks)


def _change_text(edition: Edition, change: Change) -> str:
    item = edition.plan.item(change.code)
    name = change.code if item is None else f"{item.name}（{item.reporting_agency}）"
    before, after = (
        "未填" if figure is None else spell(figure.actual) or "未填"
        for figure in (change.before, change.after)
    )
    values = f"{before}→{after}" if before != after else after
    reason = "" if change.after is None else f"，{change.after.rating.reason}"
    return f"{name}：{values}，{change.word}灯{reason}。"


def _questions(agenda: Agenda) -> tuple[Block, ...]:
    """Return the questions that the meeting has to decide, one numbered paragraph each."""
    edition = agenda.edition
    questions: list[str] = []
    for conflict in agenda.conflicts:
        item = edition.plan.item(conflict.code)
        name = conflict.code if item is None else item.name
        questions.append(
            f"{name}：{conflict.left.agency}报{spell(conflict.left.actual)}，"
            f"{conflict.right.agency}报{spell(conflict.right.actual)}，请确定以哪个为准。"
        )
    ready = [matter for matter in agenda.listed if is_ready(matter, edition)]
    if ready:
        names = counted_names([matter.number for matter in ready], _MOST_LISTED)
        questions.append(f"调度事项{names}对应的指标或项目已亮绿灯，请议定是否销号。")
    overdue = [matter for matter in agenda.listed if matter.days_over(edition.today)]
    if overdue:
        names = counted_names(
            [f"{matter.number}（{matter.agency}）" for matter in overdue], _MOST_LISTED
        )
        questions.append(
            f"超过时限未销号的{len(overdue)}项：{names}，请责任单位说明原因，重定时限。"
        )
    if agenda.raised:
        names = counted_names(
            [f"{matter.number}（{matter.agency}）" for matter in agenda.raised], _MOST_LISTED
        )
        questions.append(f"新列入调度单的{len(agenda.raised)}项：{names}，请确认责任单位和时限。")
    if edition.reminders:
        late = [
            f"{reminder.agency.name}（{len(reminder.items)}项）" for reminder in edition.reminders
        ]
        questions.append(
            f"逾期未报的{len(late)}个单位：{counted_names(late, _MOST_LISTED)}，请限期补报。"
        )
    if edition.returned:
        questions.append(f"收到的填报表中有{len(edition.returned)}份退回待改，请督促尽快重报。")
    if not questions:
        return (Body("本次没有需要议定的事项。"),)
    return tuple(Body(text, lead=f"{n}. ") for n, text in enumerate(questions, start=1))


def _matters(agenda: Agenda) -> tuple[Block, ...]:
    listed = agenda.listed
    still_open = [matter for matter in listed if matter.is_open]
    overdue = [matter for matter in still_open if matter.days_over(agenda.edition.today)]
    if not listed:
        return (Body("目前没有调度事项。"),)
    return (
        Body(
            f"调度单共{len(listed)}项：未销号{len(still_open)}项（其中超过时限{len(overdue)}项、"
            f"本次新提出{len(agenda.raised)}项），"
            f"上次例会以来销号{len(listed) - len(still_open)}项。详见附件。"
        ),
    )


def _tables(agenda: Agenda) -> tuple[Table, ...]:
    if not agenda.listed:
        return ()
    today = agenda.edition.today
    rows = tuple(
        (
            matter.number,
            matter.title,
            matter.agency,
            matter.deadline.isoformat(),
            _state(matter, today.toordinal() - matter.deadline.toordinal()),
            suggestion(matter, agenda.edition) or "—",
        )
        for matter in agenda.listed
    )
    return (
        Table(
            "调度单",
            ("编号", "事项", "责任单位", "时限", "销号状态", "现在的灯"),
            rows,
            (28, 62, 28, 28, 26, 32),
            left=frozenset({1}),
        ),
    )


def _state(matter: Matter, days_over: int) -> str:
    if matter.settled is not None:
        return f"已销号 {matter.settled}"
    return f"未销号，超{days_over}天" if days_over > 0 else "未销号"
