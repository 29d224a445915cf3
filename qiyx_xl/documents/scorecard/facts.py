"""Which figures the 晾晒榜 shows: one table of facts, and the views that are pivots of it.

Scores, ranks and lamps of groups are those of ``core.rating.scorecard``. The counts of the views
are pivoted from the table with pandas and compared with them, so that the printed figures add up.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Goal, Indicator
from qiyx_xl.core.primitives.values import Absence, spell
from qiyx_xl.core.rating.completion import NO_RATE, percent
from qiyx_xl.core.rating.judgement import REVIEW
from qiyx_xl.core.rating.lamps import LampState, Light, lamp_text
from qiyx_xl.core.rating.scorecard import Group, parts_of, reporting
from qiyx_xl.papers.edition import EditionError
from qiyx_xl.papers.outlook import forecast_sentence, forecast_text
from qiyx_xl.papers.phrases import change_text, gap_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.edition import Edition

VIEW_NAMES: dict[str, str] = {"domain": "领域", "agency": "单位", "level": "层级"}
INDICATOR, GOAL, MILESTONE, PART = "指标", "任务目标", "里程碑", "目标分解"
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Fact:
    """One item of the period. ``actual`` is a number, or the text printed in its place.

    ``code`` is the stable id, ``printed`` what people see. Shares and percentage points are
    unrounded; None where there are none. ``expected`` is the year end to expect with its lamp,
    ``expected_words`` the same in words; ``course`` says that the lamp has long been red, or has
    turned green. All are empty where nothing can be said.
    """

    kind: str
    code: str
    printed: str
    name: str
    domain: str
    agency: str
    level: str
    measure: str
    frequency: str
    actual: Decimal | str
    target: str
    rate: Decimal | None
    rate_text: str
    scheduled: Decimal | None
    gap: Decimal | None
    light: Light
    state: str
    reason: str
    review: bool
    due: int
    missing: int
    expected: str = ""
    expected_light: Light | None = None
    expected_words: str = ""
    course: str = ""

    @property
    def lamp(self) -> str:
        """The lamp as printed: 黄·滞后."""
        return lamp_text(self.light, self.state)

    @property
    def gap_text(self) -> str:
        """序时差 in percentage points, as printed: +4.5."""
        return gap_text(self.gap)

    @property
    def said(self) -> str:
        """The reason of the lamp, and how long it has been so: 未达标；连续3期红灯."""
        return f"{self.reason}；{self.course}" if self.course else self.reason


@dataclass(frozen=True, slots=True)
class ScorecardRow:
    """One row of a view, ready to print.

    ``beside`` is the text of the second column: a domain's lead agency, an agency's level, or the
    number of agencies on a level. ``change`` is 排名升降, None where there is nothing to compare
    with. ``review`` and ``doubt`` are the numbers of 超额待核 and 待核.
    """

    group: Group
    beside: str
    change: int | None
    review: int
    doubt: int
    note: str

    @property
    def rank_text(self) -> str:
        """The rank, or — if the group is not ranked."""
        return NOTHING if self.group.rank is None else str(self.group.rank)

    @property
    def change_text(self) -> str:
        """排名升降 as printed: ↑2, ↓1, 持平."""
        return change_text(self.change)

    @property
    def mean_rate_text(self) -> str:
        """The mean of 完成率 as printed; each rate counts at most as 100%."""
        mean = self.group.mean_rate
        return NO_RATE if mean is None else percent(mean)


def facts(edition: Edition) -> tuple[Fact, ...]:
    """Return a fact for every counted item in the plan's order, then one for every part."""
    levels = {agency.name: agency.level for agency in edition.plan.agencies}
    whole = (_fact(line, levels) for line in edition.lines if line.counts)
    parts = (_fact(part, levels, PART) for part in parts_of(edition.lines))
    return (*(_looking_on(fact, edition) for fact in whole), *parts)


def rows(edition: Edition, view: str, table: Sequence[Fact]) -> tuple[ScorecardRow, ...]:
    """Return a view's rows: ranked groups by rank, then the others in the plan's order.

    Args:
        edition: what is shown.
        view: one of the three views, or a level below the highest: its agencies by what was broken
            down to them.
        table: the facts.

    Raises:
        EditionError: the counts of the table's pivot differ from those of the groups.
    """
    groups = edition.groups_of(view)
    table = [fact for fact in table if _counts(fact, view, edition.plan.levels[0])]
    counted = pivot(table, view)
    for group in groups:
        found = counted.get(group.name, (0, 0, 0, 0, 0, 0))
        wanted = (group.green, group.amber, group.red, group.grey, group.due, group.missing)
        if found != wanted:
            raise EditionError(
                f"{edition.period.label}晾晒榜“{group.name}”的灯数对不上：数据表 {found}，"
                f"得分 {wanted}，没有写出任何文件。请检查方案文件里的{view_name(view)}。"
            )
    beside = _beside(edition, view)
    own: dict[str, list[Fact]] = {}
    for fact in table:
        own.setdefault(_place(fact, view), []).append(fact)
    made = [
        _row(edition, view, group, beside.get(group.name, ""), own.get(group.name, ()))
        for group in groups
    ]
    return tuple(sorted(made, key=lambda row: (row.group.rank is None, row.group.rank or 0)))


def _counts(fact: Fact, view: str, highest: str) -> bool:
    """Whether a view counts a fact (``core.rating.scorecard.counted_in``)."""
    match view:
        case "domain":
            return fact.kind == INDICATOR
        case "agency":
            return fact.kind == INDICATOR or (fact.kind == PART and fact.level == highest)
        case "level":
            return fact.kind in (INDICATOR, PART)
        case _:
            return fact.kind == PART and fact.level == view


def pivot(table: Sequence[Fact], view: str) -> dict[str, tuple[int, ...]]:
    """Return, by name in the view, the counts of facts: 绿, 黄, 红, 灰, 应报, 未报."""
    import pandas as pd

    column = view_name(view)
    frame = pd.DataFrame(
        [(_place(fact, view), fact.light.word, fact.due, fact.missing) for fact in table],
        columns=[column, "灯", "应报", "未报"],
    )
    lamps = pd.crosstab(frame[column], frame["灯"]).reindex(
        columns=[light.word for light in Light], fill_value=0
    )
    sums = frame.groupby(column)[["应报", "未报"]].sum()
    joined = lamps.join(sums)
    return {
        str(name): tuple(int(number) for number in numbers)
        for name, *numbers in joined.itertuples()
    }


def actual_text(actual: Decimal | str) -> str:
    """Return a reported value as printed; — for a blank."""
    return (spell(actual) if isinstance(actual, Decimal) else actual) or NOTHING


def headline(edition: Edition) -> str:
    """Return the sentence with the number of each lamp and the share reported."""
    lights = [line.rating.light for line in edition.indicators]
    counts = "、".join(f"{light.word} {lights.count(light)} 项" for light in Light)
    due, missing = reporting([line.rating for line in edition.indicators])
    share = (
        "本期没有到期应报的指标" if due == 0 else f"填报率 {percent(Fraction(due - missing, due))}"
    )
    return f"{len(lights)} 项指标：{counts}；{share}。"


def _kind(item: Item) -> str:
    if isinstance(item, Indicator):
        return INDICATOR
    return GOAL if isinstance(item, Goal) else MILESTONE


def _fact(line: StatusLine, levels: dict[str, str], kind: str = "") -> Fact:
    item, rating = line.item, line.rating
    due, missing = reporting([rating])
    actual = rating.actual
    return Fact(
        kind=kind or _kind(item),
        code=item.code,
        printed=item.printed_code,
        name=item.name,
        domain=item.domain,
        agency=item.reporting_agency,
        level=levels.get(item.reporting_agency, ""),
        measure=item.measure,
        frequency=item.frequency.label,
        actual=actual if isinstance(actual, Decimal) else _word(actual),
        target=rating.target_printed,
        rate=rating.shown_rate,
        rate_text=rating.display,
        scheduled=rating.scheduled_progress,
        gap=rating.schedule_gap_pp,
        light=rating.light,
        state=str(rating.state),
        reason=rating.reason,
        review=REVIEW in rating.flags,
        due=due,
        missing=missing,
    )


def _looking_on(fact: Fact, edition: Edition) -> Fact:
    """Return a fact with what its item's earlier figures and lamps let one say."""
    seen = edition.outlook
    course = ""
    if fact.code in seen.items:
        course = seen.items[fact.code].words
    elif fact.code in seen.turned:
        course = "由红转绿"
    found = seen.forecasts.get(fact.code)
    if found is None:
        return replace(fact, course=course) if course else fact
    return replace(
        fact,
        course=course,
        expected=forecast_text(found),
        expected_light=found.rating.light,
        expected_words=forecast_sentence(found),
    )


def _word(actual: Any) -> str:
    return "" if actual is Absence.NOT_REPORTED else spell(actual)


def view_name(view: str) -> str:
    """Return what the names of a view's rows are: 领域, 街道."""
    return VIEW_NAMES.get(view, view)


def _place(fact: Fact, view: str) -> str:
    return {"domain": fact.domain, "level": fact.level}.get(view, fact.agency)


def _beside(edition: Edition, view: str) -> dict[str, str]:
    plan = edition.plan
    match view:
        case "domain":
            return {domain.name: domain.lead_agency for domain in plan.domains}
        case "level":
            levels = Counter(agency.level for agency in plan.agencies)
            return {level: f"{count} 个单位" for level, count in levels.items()}
        case _:
            return {agency.name: agency.level for agency in plan.agencies}


def _row(
    edition: Edition, view: str, group: Group, beside: str, own: Sequence[Fact]
) -> ScorecardRow:
    review = sum(fact.review for fact in own)
    doubt = sum(fact.state == LampState.IN_DOUBT for fact in own)
    return ScorecardRow(
        group,
        beside,
        edition.rank_change(view, group),
        review,
        doubt,
        _note(edition, view, group, review, doubt),
    )


def _note(edition: Edition, view: str, group: Group, review: int, doubt: int) -> str:
    notes = []
    run = edition.outlook.agencies.get(group.name) if view == "agency" else None
    if run is not None:
        notes.append(run.words)
    if not group.ranked:
        notes.append(f"{_why_unranked(edition, group)}，不参与排名")
    if review:
        notes.append(f"{REVIEW} {review} 项")
    if doubt:
        notes.append(f"{LampState.IN_DOUBT.value} {doubt} 项")
    return "；".join(notes)


def _why_unranked(edition: Edition, group: Group) -> str:
    least = Fraction(edition.rules.ranking_minimum_reported)
    if group.reported_share is None:
        return "没有到期应报的指标"
    if group.reported_share < least:
        return f"填报率{group.reported_text}，不足{percent(least, 0)}"
    return "没有亮灯的指标"
