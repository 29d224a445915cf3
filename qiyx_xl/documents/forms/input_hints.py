"""What the form's cells say while they are filled in: prompts, and warnings about odd values.

A warning never forbids: 不适用, 免报 and 无线索 must remain possible everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from qiyx_xl.core.forms.vocabulary import ASSESSMENT_WORDS, MILESTONE_WORDS, Column, second_name
from qiyx_xl.core.plan.model import Direction, Indicator, Item, SecondInput
from qiyx_xl.core.primitives.values import Word

# Excel's own limits; a longer text is refused by XlsxWriter without the validation.
TITLE_LIMIT, MESSAGE_LIMIT = 32, 255

_NOT_NEGATIVE = {"validate": "decimal", "criteria": ">=", "value": 0}
_SHARE = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 100}
# A comparison figure such as a growth rate may fall below zero.
_ANY_NUMBER = {"validate": "decimal", "criteria": ">=", "value": -1_000_000_000}
_SECOND_HINTS = {
    SecondInput.COVERAGE_BASE: "请填本期应当覆盖的总人数，与实际值用同一计量单位。",
    SecondInput.DENOMINATOR: "请填总数，也就是分母；本期实际值填其中的一部分，也就是分子。",
    SecondInput.REFERENCE: "请填用来比较的同期数。",
    SecondInput.BASELINE: "请填五年计划开始前的数；填过一次、没有变化的不必改。",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """One cell's data validation: Excel's rule, and the words around it."""

    rule: dict[str, Any]
    title: str
    prompt: str
    error: str = ""

    def options(self) -> dict[str, Any]:
        """Return what XlsxWriter's ``data_validation`` takes."""
        words: dict[str, Any] = {"input_title": self.title, "input_message": self.prompt}
        if self.error:
            words |= {
                "error_type": "warning",
                "error_title": "请核对",
                "error_message": self.error,
            }
        return self.rule | words


def actual_guard(item: Item) -> Guard:
    """Return the guard of an item's 本期实际值."""
    title = f"{item.code}　{Column.ACTUAL}"
    if item.direction is Direction.MILESTONE:
        words = ASSESSMENT_WORDS if isinstance(item, Indicator) else MILESTONE_WORDS
        choice = "、".join(words)
        return Guard(
            {"validate": "list", "source": [word.value for word in words]},
            title,
            f"请从下拉列表选：{choice}。尚未启动的留空。",
            f"这里应填{choice}之一；尚未启动的请留空。如是填错，请选“否”改正。",
        )
    hint = _number_hint(item)
    if item.second_input is SecondInput.COVERAGE_BASE:
        return Guard(
            {"validate": "any"},
            title,
            f"{hint}请同时填补充值。已全部覆盖、没有人数的，可填“{Word.FULL_COVERAGE}”。",
        )
    is_share = item.is_percent and not item.may_exceed_hundred
    expected = "0 到 100 之间的数，如 96.3" if is_share else "不小于 0 的数"
    return Guard(
        _SHARE if is_share else _NOT_NEGATIVE,
        title,
        f"{hint}没有数据的，填“不适用”“免报”或“无线索”，出现提示时选“是”。",
        f"这里应填{expected}，不带单位。确要填“不适用”“免报”或“无线索”的，请选“是”；"
        "如是填错，请选“否”改正。",
    )


def second_guard(item: Item) -> Guard | None:
    """Return the guard of an item's 补充值; None if it asks for none."""
    if item.second_input is None:
        return None
    is_reference = item.second_input is SecondInput.REFERENCE
    return Guard(
        _ANY_NUMBER if is_reference else _NOT_NEGATIVE,
        second_name(item),
        f"{_SECOND_HINTS[item.second_input]}只填数字，计量单位是“{item.measure}”。",
        "这里应填一个数，不带单位。如是填错，请选“否”改正。",
    )


def _number_hint(item: Item) -> str:
    counted = "请填累计数，不填当年数。" if item.cumulative else ""
    if item.is_percent:
        return f"计量单位是“%”，请直接填 96.3 这样的数，不填 96.3% 或 0.963。{counted}"
    return f"请填数字，计量单位是“{item.measure}”，不要写单位。{counted}"
