"""Plans of every shape that a plan file allows, drawn by Hypothesis."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.model import (
    Aggregation,
    Comparator,
    Direction,
    Frequency,
    GoalKind,
    SecondInput,
    StatusRule,
)

_LETTERS = "区局一二（）“”=+-@<>&'#%0129 aZ_x·〔〕é\u3000"
PRINTED = (
    "4.5", "<3.5", "≥32", "32人以上", "3.5%以内", "1.7万元", "全覆盖", "动态清零", "超过30家", "0",
    "2022年已通过 预计2025年底前通过", "高于同期收入增幅", "=7", "+8", "4.30",
)  # fmt: skip


def texts(longest: int = 12) -> st.SearchStrategy[str]:
    return st.text(_LETTERS, min_size=1, max_size=longest).map(str.strip).filter(bool)


NUMBERS = st.decimals(-99_999, 99_999, places=3, allow_nan=False).map(
    lambda number: int(number) if number == number.to_integral_value() else number
)
DAYS = st.dates(min_value=date(2001, 1, 1), max_value=date(2098, 12, 31)).map(str)


@st.composite
def _targets(draw: st.DrawFn) -> dict[str, Any]:
    target: dict[str, Any] = {
        "printed": draw(st.sampled_from(PRINTED) | texts()),
        "comparator": draw(st.sampled_from([word.value for word in Comparator])),
        "value": draw(st.none() | NUMBERS),
    }
    if draw(st.booleans()):
        target["to_confirm"] = True
    return target


def _placed(draw: st.DrawFn, agencies: list[str], domains: list[str]) -> dict[str, Any]:
    placed = {
        "name": draw(texts(40)),
        "domain": draw(st.sampled_from([*domains, "总体"])),
        "clause": draw(texts()),
        "lead_agency": draw(st.sampled_from(agencies)),
    }
    for key in ("responsible_agency", "probable_responsible_agency"):
        if draw(st.booleans()):
            placed[key] = draw(st.sampled_from(agencies))
    placed["evidence"] = draw(st.just("") | texts(30))
    placed["notes"] = draw(st.lists(texts(60), max_size=3))
    return placed


def _measured(draw: st.DrawFn) -> dict[str, Any]:
    measured: dict[str, Any] = {
        "measure": draw(st.sampled_from(["%", "万元", "元", "人", "个/千人", "‰"])),
        "direction": draw(st.sampled_from(Direction)).value,
        "status_rule": draw(st.sampled_from(StatusRule)).value,
        "frequency": draw(st.sampled_from(Frequency)).value,
        "decimals": draw(st.integers(0, 6)),
        "cumulative": draw(st.booleans()),
        "may_exceed_hundred": draw(st.booleans()),
        "jumps": draw(st.booleans()),
        "aggregation": draw(st.sampled_from(Aggregation)).value,
        "baseline": draw(st.none() | NUMBERS),
    }
    if draw(st.booleans()):
        measured["baseline_date"] = draw(DAYS)
    if draw(st.booleans()):
        kinds = [kind.value for kind in SecondInput if kind is not SecondInput.DENOMINATOR]
        measured["second_input"] = draw(st.sampled_from(kinds))
    if draw(st.booleans()):
        parts = {key: draw(texts()) for key in ("numerator", "denominator", "measure")}
        measured["parts"] = parts
    return measured


@st.composite
def plans(draw: st.DrawFn) -> Any:
    """A plan; what it says need not make sense."""
    document = draw(plan_documents())
    return plan_from_document(document)


@st.composite
def plan_documents(draw: st.DrawFn) -> dict[str, Any]:
    first = draw(st.integers(2000, 2090))
    years = list(range(first, first + draw(st.integers(1, 5))))
    levels = draw(st.lists(texts(), min_size=1, max_size=3, unique=True))
    agencies = draw(st.lists(texts(), min_size=1, max_size=4, unique=True))
    domains = draw(st.lists(texts(), min_size=1, max_size=3, unique=True))
    numbers = draw(st.lists(st.integers(1, 999), min_size=1, max_size=3, unique=True))
    indicators = [
        {
            "id": f"x{number}" if draw(st.booleans()) else str(number),
            "number": number,
            **_placed(draw, agencies, domains),
            **_measured(draw),
            **({"due": draw(DAYS)} if draw(st.booleans()) else {}),
            "targets": {
                str(year): draw(_targets())
                for year in years
                if year == years[0] or draw(st.booleans())
            },
        }
        for number in numbers
    ]
    goals = [
        {
            "code": f"T{place}-1-01",
            **_placed(draw, agencies, domains),
            **_measured(draw),
            "kind": draw(st.sampled_from(GoalKind)).value,
            "target": draw(_targets()),
            "deadline_year": draw(st.sampled_from(years)),
            "deadline_inferred": draw(st.booleans()),
            "annual_from": draw(st.none() | st.sampled_from(years)),
            "repeats": draw(st.none() | st.sampled_from(numbers).map(str)),
        }
        for place in range(1, draw(st.integers(1, 4)))
    ]
    milestones = [
        {
            "code": f"M0{place}",
            **_placed(draw, agencies, domains),
            "due": draw(DAYS),
            "deadline_inferred": draw(st.booleans()),
            "repeats": [str(number) for number in numbers if draw(st.booleans())],
        }
        for place in range(1, draw(st.integers(1, 4)))
    ]
    tasks = [
        {
            "code": f"R{place}-1",
            "name": draw(texts(40)),
            "domain": draw(st.sampled_from(domains)),
            "clause": draw(texts()),
            "lead_agency": draw(st.sampled_from(agencies)),
            "cooperating_agencies": [name for name in agencies if draw(st.booleans())],
            "start": draw(st.none() | DAYS),
            "due": draw(DAYS),
            "done_when": draw(st.just("") | texts(60)),
            "evidence": draw(st.just("") | texts(30)),
        }
        for place in range(1, draw(st.integers(1, 3)))
    ]
    parts = [
        {"item": item, "agency": agency, "year": year, "target": draw(_targets())}
        for item in (*map(str, numbers), *(goal["code"] for goal in goals))
        for agency in agencies
        for year in (*years, None)
        if draw(st.integers(0, 3)) == 0
    ]
    codes = [*map(str, numbers), *(item["code"] for item in (*goals, *milestones))]
    return {
        "schema": "plan/2",
        "plan_id": draw(st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)),
        "title": draw(texts(30)),
        "version": draw(st.from_regex(r"[0-9][0-9.]{0,8}", fullmatch=True)),
        "issued": draw(DAYS),
        "short_name": draw(texts()),
        "district": draw(texts()),
        "office": draw(texts()),
        "number_prefix": draw(st.just("") | texts()),
        "addressees": draw(st.just("") | texts(60)),
        "levels": levels,
        "years": years,
        "domains": [{"name": name, "lead_agency": agencies[0]} for name in domains],
        "task_forces": draw(st.lists(texts(), max_size=3)),
        "agencies": [
            {
                "name": name,
                "level": draw(st.sampled_from(levels)),
                "to_confirm": draw(st.booleans()),
                "earlier_names": draw(st.lists(texts(), max_size=2)),
                "contact": draw(st.just("") | texts(30)),
            }
            for name in agencies
        ],
        "indicators": indicators,
        "goals": goals,
        "milestones": milestones,
        "tasks": tasks,
        "breakdowns": parts,
        "open_questions": [
            {
                "number": number,
                "where": draw(texts()),
                "issue": draw(texts(60)),
                "default": draw(texts(60)),
                "items": [code for code in codes if draw(st.booleans())],
            }
            for number in range(1, draw(st.integers(1, 3)))
        ],
    }
