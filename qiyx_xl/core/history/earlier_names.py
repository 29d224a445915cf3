"""Which item of the plan a name in somebody's earlier table means: for certain, or probably."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from qiyx_xl.core.forms.item_names import is_name_of, unnumbered
from qiyx_xl.core.plan.model import Goal
from qiyx_xl.core.primitives.text import tidy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.plan.timeline import Plans

_BRACKETS = re.compile(r"\([^()]*\)")
_NO_MATTER = re.compile(r"[“”\"'‘’《》、,.:;·\-—_/的]")
_AREA = re.compile(r"^(?:全区|全市|全县|全域|本区|我区|区内|辖区)")
_SAME = ((re.compile(r"比重|比例"), "占比"), (re.compile(r"拥有|达到|均"), ""))
_COUNT = re.compile(r"(?:总数|人数|数量|总量|数|值)$")
_LIKE, _LIKE_WITH_NUMBER = 0.62, 0.45
_MARGIN = 0.06  # by which the best must be more alike than the second


@dataclass(frozen=True, slots=True)
class NameMatch:
    """The item that a name means. ``how`` says why, in words; ``is_sure``: nobody need be asked."""

    item: Item
    how: str
    is_sure: bool


class ItemNames:
    """The names that the items of all plans of an office have or had."""

    def __init__(self, plans: Plans) -> None:
        self._items: dict[str, Item] = {}
        self._names: dict[str, set[str]] = {}
        self._numbers: dict[str, str] = {}
        for adoption in plans.adoptions:
            items = {item.code: item for item in adoption.plan.items()}
            for item in adoption.plan.items():
                code = item.code
                if isinstance(item, Goal) and item.repeats in items:
                    code = item.repeats  # its figure is the indicator's
                else:
                    self._items[code] = item
                    self._numbers[item.printed_code] = code
                self._names.setdefault(code, set()).add(item.name)
        self._plain: dict[str, set[str]] = {}
        for code, name in self._each():
            self._plain.setdefault(plain_name(name), set()).add(code)

    def _each(self) -> Iterator[tuple[str, str]]:
        for code, names in self._names.items():
            if code in self._items:
                for name in names:
                    yield code, name

    def match(self, name: str, number: str = "") -> NameMatch | tuple[Item, ...]:
        """Return the item that a name means, or those that it may mean, if it is not clear.

        Args:
            name: as the table prints it.
            number: the number that the table prints beside it; "" for none.
        """
        exact = {code for code, own in self._each() if is_name_of(name, own)}
        if len(exact) == 1:
            return NameMatch(self._items[exact.pop()], "名称相同", is_sure=True)
        by_number = self._numbers.get(number)
        same = self._plain.get(plain_name(name), set())
        if len(same) == 1:
            code = next(iter(same))
            agrees = not number or by_number in (None, code)
            how = "名称写法略有不同" if agrees else f"名称相近，但序号{number}是别的项"
            return NameMatch(self._items[code], how, is_sure=agrees)
        return self._alike(name, by_number, exact or same)

    def _alike(
        self, name: str, by_number: str | None, among: Iterable[str]
    ) -> NameMatch | tuple[Item, ...]:
        chosen = set(among)
        scores: dict[str, float] = {}
        for code, own in self._each():
            if not chosen or code in chosen:
                scores[code] = max(scores.get(code, 0.0), likeness(name, own))
        order = sorted(scores, key=lambda code: scores[code], reverse=True)
        if not order:
            return ()
        best, second = order[0], order[1] if len(order) > 1 else None
        least = _LIKE_WITH_NUMBER if by_number == best else _LIKE
        is_clear = second is None or scores[best] - scores[second] >= _MARGIN
        if scores[best] >= least and (is_clear or by_number == best):
            how = f"名称像（{scores[best]:.0%}）" + ("，序号相同" if by_number == best else "")
            return NameMatch(self._items[best], how, is_sure=False)
        return tuple(self._items[code] for code in order[:2] if scores[code] >= _LIKE_WITH_NUMBER)


def plain_name(name: str) -> str:
    """Return a name without what people vary: brackets, quotes, 全区, 比重 for 占比."""
    plain = _BRACKETS.sub("", unnumbered(tidy(name)))
    plain = _AREA.sub("", _NO_MATTER.sub("", plain))
    for pattern, word in _SAME:
        plain = pattern.sub(word, plain)
    return _COUNT.sub("", plain)


def likeness(one: str, other: str) -> float:
    """Return how alike two names are, from 0 to 1: by their characters, and by their order."""
    left, right = plain_name(one), plain_name(other)
    if not left or not right:
        return 0.0
    common = (Counter(left) & Counter(right)).total() / max(len(left), len(right))
    return 0.5 * common + 0.5 * SequenceMatcher(None, left, right, autojunk=False).ratio()
