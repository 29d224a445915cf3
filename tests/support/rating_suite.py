"""Reads and runs the language-neutral suite; its format is documented in tests/suite/README.md."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Comparator, Frequency
from qiyx_xl.core.plan.rules import rules_from_document
from qiyx_xl.core.plan.schedule import deadline, expects, is_due
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.rate import Light, Rating, effective_item, rate
from qiyx_xl.core.rating.scorecard import group_of, ranked
from qiyx_xl.intake.office_files.rules import preset

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.values import Actual

SUITE = Path(__file__).resolve().parents[1] / "suite"

_WORDS: dict[str, Actual] = {
    "": Absence.NOT_REPORTED,
    "不适用": Absence.NOT_APPLICABLE,
    "免报": Absence.NOT_APPLICABLE,
    "无线索": Absence.NOT_APPLICABLE,
    "全覆盖": Word.FULL_COVERAGE,
    "已全覆盖": Word.FULL_COVERAGE,
    "100%": Word.FULL_COVERAGE,
    "基本全覆盖": Word.NEARLY_FULL_COVERAGE,
    "已通过": Word.PASSED,
    "已完成": Word.DONE,
    "进行中": Word.IN_PROGRESS,
    "未通过": Word.FAILED,
}


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of one file of the suite."""
    return json.loads((SUITE / name).read_text(encoding="utf-8"))["cases"]


def typed(text: str) -> Actual:
    """What a cell with this text means, by a reader that knows only what the suite uses."""
    if text in _WORDS:
        return _WORDS[text]
    try:
        return Decimal(text)
    except InvalidOperation:
        return Unreadable(text, f"“{text}”不是数字")


def changed(item: Item, change: dict[str, Any]) -> Item:
    """The item with some of its facts replaced."""
    converted: dict[str, Any] = {}
    for name, value in change.items():
        match name:
            case "baseline":
                converted[name] = Decimal(value)
            case "baseline_date" | "due":
                converted[name] = date.fromisoformat(value)
            case "frequency":
                converted[name] = Frequency(value)
            case "target":
                converted[name] = replace(
                    item.target,
                    comparator=Comparator(value["comparator"]),
                    value=Decimal(value["value"]),
                )
            case _:
                raise KeyError(name)
    return replace(item, **converted)


def rules_of(given: str | dict[str, Any] | None, base: Rules) -> Rules:
    """The rules a case asks for: a preset by name, or the base with some fields replaced."""
    if given is None:
        return base
    if isinstance(given, str):
        return preset(given)
    return rules_from_document(given, base)


def outcome(case: dict[str, Any], plan: Plan, rules: Rules) -> dict[str, Any]:
    """Rate one case and return what the suite speaks about."""
    given = case["input"]
    item = plan.find(given["item"])
    assert item is not None, given["item"]
    rating = rate(
        item,
        Period.parse(given["period"]),
        typed(given["actual"]),
        rules=rules_of(given.get("rules"), rules),
        previous=_number(given.get("previous")),
        second=_number(given.get("second")),
        due=given.get("due", True),
        confirmed=given.get("confirmed", False),
        targets_of=changed(effective_item(plan, item), given.get("change", {})),
    )
    return rating.to_json()


def differences(case: dict[str, Any], plan: Plan, rules: Rules) -> dict[str, tuple[Any, Any]]:
    """What differs from the expected result: name → (expected, got)."""
    got = outcome(case, plan, rules)
    return {
        name: (wanted, got[name])
        for name, wanted in case["expected"].items()
        if got[name] != wanted
    }


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


# --- scorecard.json and schedule.json ---------------------------------------------------------

_LAMPS = {light.word: light for light in Light}


def lamps(entries: list[str]) -> list[Rating]:
    """Ratings from their shorthand: ``3×绿 1`` is three green lamps at 100%, ``灰 未报`` a blank."""
    ratings: list[Rating] = []
    for entry in entries:
        times, _, rest = entry.rpartition("×")
        word, *details = rest.split()
        light = _LAMPS[word]
        state = details.pop(0) if light is Light.GREY else "达标"
        share = Decimal(details[0]) if details and details[0] != "—" else None
        ratings.extend([bare_rating(light, state, share)] * int(times or 1))
    return ratings


def bare_rating(light: Light, state: str, share: Decimal | None) -> Rating:
    """A rating of which only lamp, state and rate matter."""
    return Rating(
        code="1",
        period=Period.of_year(2026),
        actual=Absence.NOT_REPORTED,
        comparator=None,
        target=None,
        target_printed="",
        met=None,
        completion_rate=share,
        display="—",
        scheduled_progress=None,
        progress=None,
        schedule_gap_pp=None,
        light=light,
        state=state,
        flags=(),
        reason="例",
    )


def scorecard_differences(case: dict[str, Any], rules: Rules) -> dict[str, tuple[Any, Any]]:
    """What differs from the expected groups: group.name → (expected, got)."""
    groups = ranked(
        [group_of(name, lamps(entries), rules) for name, entries in case["groups"].items()]
    )
    found = {group.name: group.to_json() for group in groups}
    return {
        f"{group}.{name}": (wanted, found[group][name])
        for group, expected in case["expected"].items()
        for name, wanted in expected.items()
        if found[group][name] != wanted
    }


def schedule_differences(
    case: dict[str, Any], plan: Plan, rules: Rules
) -> dict[str, tuple[Any, Any]]:
    """What differs from the expected deadline: name → (expected, got)."""
    given = case["input"]
    item, period = plan.find(given["item"]), Period.parse(given["period"])
    assert item is not None, given["item"]
    found = {
        "expects": expects(item, period),
        "deadline": deadline(item, period, rules).isoformat(),
        "is_due": is_due(item, period, date.fromisoformat(given["today"]), rules),
    }
    return {
        name: (wanted, found[name])
        for name, wanted in case["expected"].items()
        if found[name] != wanted
    }
