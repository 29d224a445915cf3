"""What is a plan? Indicators, goals, milestones, agencies, and the document's open questions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

OVERALL_DOMAIN = "总体"
"""The domain of items that belong to no single domain: the document's section 一."""


class Direction(StrEnum):
    """Which way is better; there is no default."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    EXACT = "exact"
    MILESTONE = "milestone"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {
            Direction.HIGHER_IS_BETTER: "正向",
            Direction.LOWER_IS_BETTER: "逆向",
            Direction.EXACT: "定值",
            Direction.MILESTONE: "节点",
        }[self]


class Comparator(StrEnum):
    """How an actual value is compared with a target."""

    AT_LEAST = ">="
    MORE_THAN = ">"
    AT_MOST = "<="
    LESS_THAN = "<"
    EXACTLY = "="
    TEXT = "text"

    @property
    def sign(self) -> str:
        """The symbol as printed: ≥."""
        return {">=": "≥", "<=": "≤", "text": ""}.get(self.value, self.value)


class StatusRule(StrEnum):
    """Which of the seven rules gives the lamp (docs/rating.md, section 4)."""

    RATIO = "ratio"
    STEP = "step"
    HOLD = "hold"
    CEILING = "ceiling"
    MILESTONE = "milestone"
    ZERO = "zero"
    EXACT = "exact"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {
            StatusRule.RATIO: "按完成率",
            StatusRule.STEP: "按上年目标",
            StatusRule.HOLD: "保持",
            StatusRule.CEILING: "控制线",
            StatusRule.MILESTONE: "节点",
            StatusRule.ZERO: "清零",
            StatusRule.EXACT: "定值",
        }[self]


class GoalKind(StrEnum):
    """How a goal of sections 一 and 二 develops over the five years (section 6)."""

    TARGET = "target"
    FULL_COVERAGE = "full_coverage"
    ZERO_TARGET = "zero_target"
    HOLD = "hold"
    CEILING = "ceiling"
    STANDARD = "standard"
    ANNUAL = "annual"
    RELATIVE = "relative"

    @property
    def label(self) -> str:
        """The word printed for it: when its target applies within the five years."""
        return {
            GoalKind.TARGET: "到期达到",
            GoalKind.FULL_COVERAGE: "到期全覆盖",
            GoalKind.ZERO_TARGET: "到期清零",
            GoalKind.HOLD: "保持",
            GoalKind.CEILING: "控制线",
            GoalKind.STANDARD: "标准",
            GoalKind.ANNUAL: "每年达到",
            GoalKind.RELATIVE: "比照",
        }[self]


ON_THE_LINE = frozenset({GoalKind.TARGET, GoalKind.FULL_COVERAGE, GoalKind.ZERO_TARGET})
"""The kinds whose target is reached on a line through the years, not in each year."""


class Frequency(StrEnum):
    """How often an item is reported."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    MILESTONE = "milestone"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {"monthly": "月报", "quarterly": "季报", "yearly": "年报", "milestone": "节点"}[
            self.value
        ]


class Aggregation(StrEnum):
    """How a district's figure is obtained (``core.consolidation.street_totals``)."""

    LEAD_AGENCY = "lead_agency"
    SUM = "sum"
    RATIO_OF_SUMS = "ratio_of_sums"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {
            Aggregation.LEAD_AGENCY: "由填报单位报",
            Aggregation.SUM: "下级相加",
            Aggregation.RATIO_OF_SUMS: "下级相加后相除",
        }[self]


class SecondInput(StrEnum):
    """What a second number beside the actual means for an item."""

    COVERAGE_BASE = "coverage_base"
    REFERENCE = "reference"
    BASELINE = "baseline"
    DENOMINATOR = "denominator"

    @property
    def label(self) -> str:
        """The word printed for it."""
        return {
            "coverage_base": "应覆盖人数",
            "reference": "参照值",
            "baseline": "基期值",
            "denominator": "分母",
        }[self.value]

    @property
    def is_whole(self) -> bool:
        """Whether it is the total of which the actual value is a part."""
        return self in (SecondInput.COVERAGE_BASE, SecondInput.DENOMINATOR)


@dataclass(frozen=True, slots=True)
class Target:
    """One target: as printed, and as parsed.

    ``value`` is in the item's own measure, or None where the target is a word (全覆盖).
    """

    printed: str
    comparator: Comparator
    value: Decimal | None
    to_confirm: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The two figures of a ratio that a street reports: their names and their measure."""

    numerator: str
    denominator: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The common fields of indicators, goals and milestones.

    ``code`` is the item's stable id, under which every figure is recorded: ``9``, ``T3-3-01``,
    ``M07``. It never changes, also if a later plan prints another number (``printed_code``).
    ``clause`` is the place in the document: ``表-9``, ``二(三)-3``. ``jumps``: its figures go far
    up and down by nature, so that no change of them is odd. ``evidence`` is what is to be attached
    to a figure (佐证材料); empty where nothing is asked for.
    """

    code: str
    name: str
    domain: str
    clause: str
    lead_agency: str
    responsible_agency: str | None = None
    probable_responsible_agency: str | None = None
    measure: str
    direction: Direction
    status_rule: StatusRule
    frequency: Frequency
    decimals: int = 0
    cumulative: bool = False
    baseline: Decimal | None = None
    baseline_date: date | None = None
    second_input: SecondInput | None = None
    aggregation: Aggregation = Aggregation.LEAD_AGENCY
    parts: Parts | None = None
    may_exceed_hundred: bool = False
    jumps: bool = False
    evidence: str = ""
    notes: tuple[str, ...] = ()

    @property
    def printed_code(self) -> str:
        """The number or code that people see and type."""
        return self.code

    @property
    def reporting_agency(self) -> str:
        """The agency that reports it: the responsible agency if named, else the lead agency."""
        return self.responsible_agency or self.lead_agency

    @property
    def claimants(self) -> frozenset[str]:
        """The agencies that may hold figures of it: all that the plan names for it."""
        named = (self.lead_agency, self.responsible_agency, self.probable_responsible_agency)
        return frozenset(name for name in named if name is not None)

    @property
    def is_percent(self) -> bool:
        """Whether it is measured in percent."""
        return self.measure == "%"

    @property
    def sums_ratio(self) -> bool:
        """Whether streets report its numerator and denominator, which are added up separately."""
        return self.aggregation is Aggregation.RATIO_OF_SUMS and self.parts is not None

    @property
    def has_whole(self) -> bool:
        """Whether its second number is the total of which the actual value is a part."""
        return self.second_input is not None and self.second_input.is_whole

    def street_part(self) -> Self:
        """Return the item as a street fills it in: for a ratio, its numerator and denominator."""
        if not self.sums_ratio or self.parts is None:
            return self
        return replace(
            self,
            name=f"{self.name}（{self.parts.numerator}）",
            measure=self.parts.measure,
            second_input=SecondInput.DENOMINATOR,
            decimals=0,
            baseline=None,
            **self._without_target(),
        )

    def _without_target(self) -> dict[str, Any]:
        """Return the fields that remove the target: the target applies to the district only."""
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicator(Item):
    """One of the table's indicators: ``number`` is the printed one.

    ``due`` is set for those with a due date (4 and 5).
    """

    number: int
    targets: Mapping[int, Target]
    due: date | None = None

    @property
    def printed_code(self) -> str:
        """The printed number; several plans of one office may print different ones."""
        return str(self.number)

    @property
    def to_confirm(self) -> bool:
        """Whether a person must still confirm how its targets were parsed."""
        return any(target.to_confirm for target in self.targets.values())

    def _without_target(self) -> dict[str, Any]:
        return {"targets": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal(Item):
    """A quantified goal of sections 一 and 二.

    ``first_year`` is the plan's: the line of a goal without a baseline date starts there.
    ``repeats`` is the code of the indicator it repeats; it is then reported only there.
    ``earlier_targets`` are those of years before the final one; only shares have them (``shares``).
    """

    kind: GoalKind
    first_year: int
    target: Target
    deadline_year: int
    deadline_inferred: bool
    annual_from: int | None = None
    repeats: str | None = None
    earlier_targets: Mapping[int, Target] = field(default_factory=dict)

    def in_year(self, year: int) -> Goal:
        """Return the goal with the target that counts in a year."""
        if not self.earlier_targets:
            return self
        if self.kind not in ON_THE_LINE:
            return replace(self, target=self.earlier_targets.get(year, self.target))
        ahead = [own for own in self.earlier_targets if own >= year]
        if not ahead:
            return self
        return replace(self, target=self.earlier_targets[min(ahead)], deadline_year=min(ahead))

    def _without_target(self) -> dict[str, Any]:
        return {"target": Target("", Comparator.TEXT, None), "earlier_targets": {}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone(Item):
    """Something to be done by a date, without a number."""

    due: date
    deadline_inferred: bool
    repeats: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One of the measures of section 二 that has no number: what is to be done, by whom, by when.

    ``done_when`` is what counts as done, ``evidence`` what is to be attached once it is (empty
    where nothing is asked for); ``start`` may be unknown.
    """

    code: str
    name: str
    domain: str
    clause: str
    lead_agency: str
    cooperating_agencies: tuple[str, ...] = ()
    start: date | None = None
    due: date
    done_when: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """An item's target broken down to one agency: of a year, or the final one (``year`` None).

    ``item`` is the item's stable id.
    """

    item: str
    agency: str
    year: int | None
    target: Target


@dataclass(frozen=True, slots=True)
class Agency:
    """An organisation that reports.

    ``level`` is one of the plan's own levels (``Plan.levels``). ``is_street``: it is of the lowest
    of several levels, and so reports what is added up. ``earlier_names`` are names under which it
    reported before. ``to_confirm``: the document does not name it.
    """

    name: str
    level: str
    is_street: bool = False
    to_confirm: bool = False
    earlier_names: tuple[str, ...] = ()
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """One of the seven domains, with its lead agency."""

    name: str
    lead_agency: str


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A place where the document is unclear or contradicts itself, and the default used."""

    number: int
    where: str
    issue: str
    default: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the papers call the plan and the people behind it.

    ``short_name`` is the plan's (七优享), ``district`` the place's (北仑区), ``office`` signs the
    papers. ``number_prefix`` (文号字头) and ``addressees`` (主送) may be empty.
    """

    short_name: str
    district: str
    office: str
    number_prefix: str = ""
    addressees: str = ""

    @property
    def heading(self) -> str:
        """What the titles of papers begin with: 北仑区“七优享”."""
        return f"{self.district}“{self.short_name}”"

    @property
    def kind_of_place(self) -> str:
        """What the district is called in 全区 and 区政府: 区, 县, 市, 旗."""
        return self.district[-1] if self.district[-1] in "区县市旗" else "区"


Share = Indicator | Goal
"""An item as it was broken down to an agency.

Everything but the targets stays as it is: its rule, its measure, how often it is reported. Only the
district's baseline says nothing about an agency.
"""


@dataclass(frozen=True)
class Plan:
    """A whole plan. Items are in the document's order.

    ``levels`` are the levels of its agencies from the top: 区级, 街道.
    """

    plan_id: str
    title: str
    version: str
    issued: date
    words: Words
    levels: tuple[str, ...]
    years: tuple[int, ...]
    domains: tuple[Domain, ...]
    task_forces: tuple[str, ...]
    agencies: tuple[Agency, ...]
    indicators: tuple[Indicator, ...]
    goals: tuple[Goal, ...]
    milestones: tuple[Milestone, ...]
    open_questions: tuple[OpenQuestion, ...]
    tasks: tuple[Task, ...] = ()
    breakdowns: tuple[Breakdown, ...] = ()

    @cached_property
    def sha256(self) -> str:
        """The digest (hex) of its document, by which two plans are told apart."""
        from qiyx_xl.core.plan.written import digest_of

        return digest_of(self)

    @property
    def lowest_level(self) -> str:
        """What an agency of the lowest level is called in a sentence: 街道, 乡镇."""
        return self.levels[-1].removesuffix("级")

    @property
    def total_name(self) -> str:
        """What the total of the lowest level's figures is called: 各街道合计."""
        return f"各{self.lowest_level}合计"

    @property
    def levels_used(self) -> tuple[str, ...]:
        """The levels that have an agency, from the top."""
        used = {agency.level for agency in self.agencies}
        return tuple(level for level in self.levels if level in used)

    @property
    def streets(self) -> tuple[Agency, ...]:
        """The agencies of the lowest level, whose figures are added up."""
        return tuple(agency for agency in self.agencies if agency.is_street)

    @cached_property
    def _agency_by_name(self) -> dict[str, Agency]:
        return {agency.name: agency for agency in reversed(self.agencies)}

    @cached_property
    def _by_printed_code(self) -> dict[str, Item]:
        return {item.printed_code: item for item in self.items()}

    @cached_property
    def _by_code(self) -> dict[str, Item]:
        return {item.code: item for item in self.items()}

    @cached_property
    def _by_name(self) -> dict[str, Item]:
        named = {item.name: item for item in self.items() if not isinstance(item, Indicator)}
        return named | {item.name: item for item in self.indicators}

    def items(self) -> Iterator[Indicator | Goal | Milestone]:
        """All items, indicators first."""
        yield from self.indicators
        yield from self.goals
        yield from self.milestones

    def item(self, code: str) -> Item | None:
        """Return the item with this stable id, as it stands in records."""
        return self._by_code.get(code)

    def printed(self, code: str) -> str:
        """Return what people see for a stable id; an id of no item of this plan is its own."""
        item = self.item(code)
        return code if item is None else item.printed_code

    def find(self, key: str) -> Item | None:
        """Return the item that a person means: by its printed number, its id, or exact name.

        ``9``, ``09`` and ``t3-3-01`` are understood. Of two items the one that prints the number is
        meant, not the one that once had it as its id.
        """
        text = key.strip()
        if text.isascii() and text.isdigit():
            text = str(int(text))
        return (
            self._by_printed_code.get(text)
            or self._by_code.get(text)
            or self._by_printed_code.get(text.upper())
            or self._by_code.get(text.upper())
            or self._by_name.get(text)
        )

    @cached_property
    def tasks_by_code(self) -> dict[str, Task]:
        """The tasks by their codes, in the plan's order."""
        return {task.code: task for task in self.tasks}

    def agency(self, name: str) -> Agency | None:
        """Return the agency of this exact name."""
        return self._agency_by_name.get(name)

    @cached_property
    def shares(self) -> Mapping[str, Mapping[str, Share]]:
        """The items broken down to agencies, by the item's id and the agency's name."""
        return _shares_of(self) if self.breakdowns else {}

    def share(self, code: str, agency: str) -> Share | None:
        """Return an item as it was broken down to an agency; None if it was not."""
        return self.shares.get(code, {}).get(agency)

    def part_agencies(self, item: Item) -> tuple[str, ...]:
        """Return the agencies that report a part of an item's figure, in the plan's order.

        Those are all of the lowest level where the item is added up, and whoever has a share of it.
        """
        return tuple(agency.name for agency in self.agencies if self._is_part(item, agency))

    def is_part(self, code: str, agency: str) -> bool:
        """Whether an agency's figure of an item is a part, and not the district's."""
        item, known = self.item(code), self.agency(agency)
        return item is not None and known is not None and self._is_part(item, known)

    def _is_part(self, item: Item, agency: Agency) -> bool:
        adds_up = item.aggregation is not Aggregation.LEAD_AGENCY
        return (adds_up and agency.is_street) or self.share(item.code, agency.name) is not None

    def reported_by(self, agency: Agency) -> tuple[Item, ...]:
        """Return the items this agency reports, each once, in the plan's order.

        An agency of the lowest level reports the items that are added up; whoever has a share of an
        item reports it, with its own target. Of a ratio, the parts are numerator and denominator.
        Goals that repeat an indicator are left out.
        """
        asked = (self._asked(item, agency) for item in self.items())
        return tuple(item for item in asked if item is not None)

    def _asked(self, item: Item, agency: Agency) -> Item | None:
        if self._is_part(item, agency):
            return (self.share(item.code, agency.name) or item).street_part()
        if agency.is_street or item.reporting_agency != agency.name:
            return None
        return None if getattr(item, "repeats", None) else item


# --- an item as it was broken down to an agency: with the agency's own targets ------------------


def _shares_of(plan: Plan) -> dict[str, dict[str, Share]]:
    """Return the shares of a plan, by the item's id and the agency, both in the plan's order.

    A goal that repeats an indicator has none: its figures are sent and rated at the indicator.
    """
    targets: dict[tuple[str, str], dict[int | None, Target]] = {}
    for entry in plan.breakdowns:
        targets.setdefault((entry.item, entry.agency), {})[entry.year] = entry.target
    shares: dict[str, dict[str, Share]] = {}
    for (code, agency), own in targets.items():
        share = _share(plan, code, agency, own)
        if share is not None:
            shares.setdefault(code, {})[agency] = share
    places = {agency.name: place for place, agency in enumerate(plan.agencies)}
    return {
        item.code: dict(sorted(shares[item.code].items(), key=lambda entry: places[entry[0]]))
        for item in plan.items()
        if item.code in shares
    }


def _share(plan: Plan, code: str, agency: str, own: Mapping[int | None, Target]) -> Share | None:
    item = plan.item(code)
    if plan.agency(agency) is None:
        return None
    by_year = {year: target for year, target in own.items() if year is not None}
    match item:
        case Indicator():
            return replace(
                item,
                responsible_agency=agency,
                probable_responsible_agency=None,
                baseline=None,
                targets=by_year,
            )
        case Goal(repeats=None):
            return _goal_share(item, agency, by_year, own.get(None))
        case _:
            return None


def _goal_share(goal: Goal, agency: str, by_year: dict[int, Target], final: Target | None) -> Goal:
    deadline = goal.deadline_year
    if final is None:
        last = max(by_year)
        final = by_year.pop(last)
        if goal.kind in ON_THE_LINE:
            deadline = last
    return replace(
        goal,
        responsible_agency=agency,
        probable_responsible_agency=None,
        baseline=None,
        baseline_date=None,
        target=final,
        deadline_year=deadline,
        earlier_targets=by_year,
    )


def item_json(code: str) -> int | str:
    """Return an item's identifier in JSON: an indicator's number, the code of other items."""
    return int(code) if code.isascii() and code.isdigit() else code
