"""What does a revised plan change? In sentences that the person who adopts it can judge.

Also: which of the former items each item of a plan file is, where the file does not say it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.lenient import LABELS
from qiyx_xl.core.plan.model import Goal, Indicator, Milestone
from qiyx_xl.core.primitives.values import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qiyx_xl.core.plan.model import Agency, Item, Plan, Target
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period

_LONGEST = 24  # characters of a former text that are quoted
_OWN_SENTENCE = {"code", "number", "targets", "target", "responsible_agency", "lead_agency"}
_SILENT = {"first_year", "probable_responsible_agency"}
_WORDS = {
    "title": "标题",
    "version": "版本",
    "issued": "印发日期",
    "short_name": "简称",
    "district": "区县",
    "office": "专班办公室",
    "number_prefix": "文号字头",
    "addressees": "主送",
}


class ChangeKind(StrEnum):
    """What a change is about, for programs that read the list."""

    WORDS = "words"
    AGENCY = "agency"
    NEW_ITEM = "new_item"
    RETIRED_ITEM = "retired_item"
    REPORTER = "reporter"
    TARGET = "target"
    ITEM = "item"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class PlanChange:
    """One change, as a sentence; ``code`` is the item's stable id, empty for other changes."""

    kind: ChangeKind
    sentence: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class UnclearItem:
    """An item that bears the id of another one: its name and its measure are both different."""

    item: Item
    former: Item


def changes_between(old: Plan, new: Plan, since: Period | None) -> tuple[PlanChange, ...]:
    """Return what a plan changes, in the order of its workbook's sheets; empty if nothing.

    Args:
        old: the plan in force until then.
        new: the plan to be adopted.
        since: the first period of the new plan; None: from the beginning.
    """
    renamed = {
        earlier: agency.name
        for agency in new.agencies
        for earlier in agency.earlier_names
        if old.agency(earlier) is not None and new.agency(earlier) is None
    }
    start = "" if since is None else f"从{since.label}起"
    return (
        *_plan_changes(old, new),
        *_agency_changes(old, new, renamed),
        *_item_changes(old, new, renamed, start),
        *_task_changes(old, new, start),
        *_breakdown_changes(old, new, start),
        *_question_changes(old, new),
    )


# --- the plan and its agencies ----------------------------------------------------------------


def _plan_changes(old: Plan, new: Plan) -> Iterator[PlanChange]:
    for key, label in _WORDS.items():
        before, after = (
            getattr(plan if hasattr(plan, key) else plan.words, key) for plan in (old, new)
        )
        if before != after:
            yield PlanChange(ChangeKind.WORDS, f"{label}：{_turned(before, after)}。")
    for label, befores, afters in (
        ("规划年份", [f"{year}年" for year in old.years], [f"{year}年" for year in new.years]),
        ("层级", old.levels, new.levels),
        ("领域", [one.name for one in old.domains], [one.name for one in new.domains]),
        ("专项组", old.task_forces, new.task_forces),
    ):
        if tuple(befores) != tuple(afters):
            yield PlanChange(ChangeKind.WORDS, f"{label}：{_listed(befores, afters)}。")
    leads = {domain.name: domain.lead_agency for domain in old.domains}
    for domain in new.domains:
        before = leads.get(domain.name, domain.lead_agency)
        if before != domain.lead_agency:
            sentence = f"领域{domain.name}：牵头单位由{before}改为{domain.lead_agency}。"
            yield PlanChange(ChangeKind.WORDS, sentence)


def _listed(before: tuple[str, ...] | list[str], after: tuple[str, ...] | list[str]) -> str:
    added = [one for one in after if one not in before]
    gone = [one for one in before if one not in after]
    parts = [f"增加{'、'.join(added)}"] if added else []
    parts += [f"取消{'、'.join(gone)}"] if gone else []
    return "，".join(parts) or f"顺序改为{'、'.join(after)}"


def _agency_changes(old: Plan, new: Plan, renamed: Mapping[str, str]) -> Iterator[PlanChange]:
    for agency in new.agencies:
        former = next((name for name, now in renamed.items() if now == agency.name), agency.name)
        before = old.agency(former)
        if before is None:
            yield _of_agency(f"单位名录：增加{agency.name}（{agency.level}）。")
            continue
        if former != agency.name:
            yield _of_agency(f"{former}改名为{agency.name}，过去的数仍是它的。")
        for label, one, other in _agency_fields(before, agency):
            if one != other:
                yield _of_agency(f"{agency.name}：{label}{_turned(one, other)}。")
    for agency in old.agencies:
        if agency.name not in renamed and new.agency(agency.name) is None:
            yield _of_agency(f"单位名录：去掉{agency.name}，它过去报的数照旧保留。")


def _agency_fields(before: Agency, after: Agency) -> Iterator[tuple[str, object, object]]:
    yield "层级", before.level, after.level
    yield "联系人", before.contact, after.contact
    yield "待确认", before.to_confirm, after.to_confirm


def _of_agency(sentence: str) -> PlanChange:
    return PlanChange(ChangeKind.AGENCY, sentence)


# --- the items --------------------------------------------------------------------------------


def _item_changes(
    old: Plan, new: Plan, renamed: Mapping[str, str], start: str
) -> Iterator[PlanChange]:
    for item in new.items():
        before = old.item(item.code)
        if before is None:
            agency = item.reporting_agency
            sentence = f"{title(item)}：{start}新增，由{agency}填报。"
            yield PlanChange(ChangeKind.NEW_ITEM, sentence, item.code)
        elif before != item:
            yield from _changes_of(before, item, renamed, start)
    for item in old.items():
        if new.item(item.code) is None:
            sentence = f"{title(item)}：{start}不再考核，以前各期的数照旧保留。"
            yield PlanChange(ChangeKind.RETIRED_ITEM, sentence, item.code)


def _task_changes(old: Plan, new: Plan, start: str) -> Iterator[PlanChange]:
    befores = {task.code: task for task in old.tasks}
    for task in new.tasks:
        name, before = f"重点任务{task.code}“{task.name}”", befores.pop(task.code, None)
        if before is None:
            yield _of_task(f"{name}：{start}新增，由{task.lead_agency}牵头。", task.code)
            continue
        for field in fields(task):
            one, other = getattr(before, field.name), getattr(task, field.name)
            if one != other:
                yield _of_task(f"{name}：{LABELS[field.name]}{_turned(one, other)}。", task.code)
    for task in befores.values():
        yield _of_task(f"重点任务{task.code}“{task.name}”：{start}取消。", task.code)


def _of_task(sentence: str, code: str) -> PlanChange:
    return PlanChange(ChangeKind.TASK, sentence, code)


def _breakdown_changes(old: Plan, new: Plan, start: str) -> Iterator[PlanChange]:
    """Say which targets of agencies are new, changed, gone: one sentence for an item and year."""
    before, after = (_shares_by_target(plan) for plan in (old, new))
    for key in {**after, **before}:
        one, other = before.get(key, {}), after.get(key, {})
        if one == other:
            continue
        code, year = key
        item = new.item(code) or old.item(code)
        name = code if item is None else title(item)
        when = f"{name}：{start}{'期限' if year is None else f'{year}年'}目标"
        added = [f"{agency}{_printed(other[agency])}" for agency in other if agency not in one]
        if added:
            yield PlanChange(ChangeKind.TARGET, f"{when}分解给{'、'.join(added)}。", code)
        changed = [
            f"{agency}由{_printed(one[agency])}改为{_printed(other[agency])}"
            for agency in other
            if agency in one and one[agency] != other[agency]
        ]
        if changed:
            yield PlanChange(ChangeKind.TARGET, f"{when}分解给{'、'.join(changed)}。", code)
        gone = [agency for agency in one if agency not in other]
        if gone:
            yield PlanChange(ChangeKind.TARGET, f"{when}不再分解给{'、'.join(gone)}。", code)


def _shares_by_target(plan: Plan) -> dict[tuple[str, int | None], dict[str, Target]]:
    found: dict[tuple[str, int | None], dict[str, Target]] = {}
    for part in plan.breakdowns:
        found.setdefault((part.item, part.year), {})[part.agency] = part.target
    return found


def _question_changes(old: Plan, new: Plan) -> Iterator[PlanChange]:
    """Say which open questions are new or gone; what they say has no effect on any figure."""
    before, after = (
        {(one.where, one.issue, one.default, one.items): one for one in plan.open_questions}
        for plan in (old, new)
    )
    for word, one, other in (("增加", after, before), ("删去", before, after)):
        for key, question in one.items():
            if key not in other:
                sentence = f"待确认：{word}“{_short(question.issue)}”。"
                yield PlanChange(ChangeKind.WORDS, sentence)


def _changes_of(
    before: Item, item: Item, renamed: Mapping[str, str], start: str
) -> Iterator[PlanChange]:
    name = title(item)
    reporter = renamed.get(before.reporting_agency, before.reporting_agency)
    if reporter != item.reporting_agency:
        sentence = f"{name}：{start}改由{item.reporting_agency}填报（原由{reporter}填报）。"
        yield PlanChange(ChangeKind.REPORTER, sentence, item.code)
    lead = renamed.get(before.lead_agency, before.lead_agency)
    if lead != item.lead_agency:
        sentence = f"{name}：牵头单位由{lead}改为{item.lead_agency}。"
        yield PlanChange(ChangeKind.ITEM, sentence, item.code)
    if before.printed_code != item.printed_code:
        sentence = f"{name}：序号由{before.printed_code}改为{item.printed_code}，过去的数仍是它的。"
        yield PlanChange(ChangeKind.ITEM, sentence, item.code)
    for year, one, other in _target_changes(before, item):
        sentence = f"{name}：{start}{year}目标由{_printed(one)}改为{_printed(other)}。"
        yield PlanChange(ChangeKind.TARGET, sentence, item.code)
    for field in fields(item):
        if field.name in _OWN_SENTENCE | _SILENT:
            continue
        one, other = getattr(before, field.name, None), getattr(item, field.name)
        if one != other:
            label = LABELS.get(field.name, field.name)
            sentence = f"{name}：{label}{_turned(one, other)}。"
            yield PlanChange(ChangeKind.ITEM, sentence, item.code)


def title(item: Item) -> str:
    """Return how a sentence names an item: 指标12“……”."""
    kind = {Indicator: "指标", Goal: "任务目标", Milestone: "里程碑"}.get(type(item), "")
    return f"{kind}{item.printed_code}“{item.name}”"


def _target_changes(before: Item, item: Item) -> Iterator[tuple[str, Target | None, Target | None]]:
    if isinstance(before, Indicator) and isinstance(item, Indicator):
        for year in sorted({*before.targets, *item.targets}):
            one, other = before.targets.get(year), item.targets.get(year)
            if one != other:
                yield f"{year}年", one, other
    elif isinstance(before, Goal) and isinstance(item, Goal) and before.target != item.target:
        yield "", before.target, item.target


def _printed(target: Target | None) -> str:
    if target is None:
        return "没有目标"
    return f"“{target.printed}”" + ("（待确认）" if target.to_confirm else "")


def _turned(before: object, after: object) -> str:
    one, other = _text(before), _text(after)
    if not one:
        return f"补为“{other}”"
    if not other:
        return f"“{one}”删去"
    return f"由“{one}”改为“{other}”"


def _text(value: object) -> str:
    match value:
        case None | "" | ():
            return ""
        case bool():
            return "是" if value else "否"
        case Decimal():
            return plain(value)
        case Enum():
            return str(getattr(value, "label", value.value))
        case date():
            return value.isoformat()
        case tuple():
            return _short("；".join(map(_text, value)))
        case _:
            return _short(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……"


# --- which former item is it? -----------------------------------------------------------------


def identified(new: Plan, plans: Plans) -> tuple[Plan, tuple[UnclearItem, ...]]:
    """Give a plan's indicators the ids under which the office knows them, and return what is not.

    A plan file without ids is understood by names: an indicator with the number of one former
    indicator and the name of another is that other one, renumbered. An item that has neither the
    name nor the measure of the former item with its id is unclear: renamed, or another one?
    """
    ids = {item.code: _known_id(item, plans) for item in new.indicators}
    if len(set(ids.values())) == len(ids):
        new = _with_ids(new, ids)
    unclear = []
    for item in new.items():
        former = plans.item(item.code)
        if former is None or item.name == former.name:
            continue
        if type(former) is not type(item) or former.measure != item.measure:
            unclear.append(UnclearItem(item, former))
    return new, tuple(unclear)


def _known_id(item: Indicator, plans: Plans) -> str:
    former = plans.item(item.code)
    is_stated = item.code != item.printed_code
    if is_stated or (former is not None and former.name == item.name):
        return item.code
    named = [
        one.code for one in plans.items() if isinstance(one, Indicator) and one.name == item.name
    ]
    return named[0] if len(named) == 1 else item.code


def _with_ids(plan: Plan, ids: Mapping[str, str]) -> Plan:
    if all(old == new for old, new in ids.items()):
        return plan
    return replace(
        plan,
        indicators=tuple(replace(one, code=ids[one.code]) for one in plan.indicators),
        goals=tuple(
            replace(one, repeats=None if one.repeats is None else ids.get(one.repeats, one.repeats))
            for one in plan.goals
        ),
        milestones=tuple(
            replace(one, repeats=tuple(ids.get(code, code) for code in one.repeats))
            for one in plan.milestones
        ),
        open_questions=tuple(
            replace(one, items=tuple(ids.get(code, code) for code in one.items))
            for one in plan.open_questions
        ),
        breakdowns=tuple(replace(one, item=ids.get(one.item, one.item)) for one in plan.breakdowns),
    )
