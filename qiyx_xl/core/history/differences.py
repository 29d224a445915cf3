"""差异说明: what changed between two states, by how much, which lamps, and from which file."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import item_json
from qiyx_xl.core.primitives.values import Absence, plain, spell
from qiyx_xl.core.rating.lamps import Light

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.history.snapshot import Figure
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.timeline import Plans

SCHEMA = "difference/1"
_BRIGHTNESS = {Light.RED: 0, Light.AMBER: 1, Light.GREEN: 2}


@dataclass(frozen=True, slots=True)
class Change:
    """One item's figure in two states. A side is None where the plan did not have the item."""

    code: str
    before: Figure | None
    after: Figure | None

    @property
    def delta(self) -> Decimal | None:
        """The increase (+) or decrease (−) of the number; None unless both are numbers."""
        if self.before is None or self.after is None:
            return None
        old, new = self.before.actual, self.after.actual
        if isinstance(old, Decimal) and isinstance(new, Decimal):
            return new - old
        return None

    @property
    def share(self) -> Decimal | None:
        """The change as a share of the former number; None where that is zero or missing."""
        delta = self.delta
        if delta is None or self.before is None or not isinstance(self.before.actual, Decimal):
            return None
        return None if self.before.actual == 0 else delta / abs(self.before.actual)

    @property
    def turned(self) -> bool:
        """Whether the lamp's colour has changed."""
        return _light(self.before) is not _light(self.after)

    @property
    def direction(self) -> int:
        """+1 if the lamp is better, −1 if worse, 0 if it is the same or either is grey."""
        old, new = _BRIGHTNESS.get(_light(self.before)), _BRIGHTNESS.get(_light(self.after))
        if old is None or new is None:
            return 0
        return (new > old) - (new < old)

    @property
    def word(self) -> str:
        """The lamps as printed: ``黄→绿``, or one word where the colour is the same."""
        old, new = _light(self.before).word, _light(self.after).word
        return f"{old}→{new}" if self.turned else new

    def describe(self, name: str) -> str:
        """Return the change as one sentence."""
        old, new = _value_text(self.before), _value_text(self.after)
        sentence = f"{name}：{old} → {new}" if old != new else f"{name}：{new}"
        if self.delta is not None and self.delta != 0:
            sentence += f"（{'增' if self.delta > 0 else '减'} {plain(abs(self.delta))}）"
        sentence += f"，{self.word}"
        if self.after is not None and self.after.source.file:
            source = self.after.source
            sentence += f"；{self.after.agency}，{source.file} ▸ {source.sheet}!{source.cell}"
        return sentence + "。"


def difference(
    plan: Plan | Plans, before: Iterable[Figure], after: Iterable[Figure]
) -> tuple[Change, ...]:
    """Return the items whose number, second number, lamp or state differ, in the plan's order.

    An item that repeats an indicator is left out, because the indicator is listed. The two states
    may be two periods, one period at its closing and now, or one period as of two runs.
    """
    old = {figure.code: figure for figure in before}
    new = {figure.code: figure for figure in after}
    order = {item.code: place for place, item in enumerate(plan.items())}
    codes = sorted({*old, *new}, key=lambda code: (order.get(code, len(order)), code))
    repeated = {item.code for item in plan.items() if getattr(item, "repeats", None)}
    changes = (Change(code, old.get(code), new.get(code)) for code in codes if code not in repeated)
    return tuple(
        change for change in changes if _compared(change.before) != _compared(change.after)
    )


def difference_document(
    plan: Plan | Plans, changes: Iterable[Change], *, period: str, against: str
) -> dict[str, Any]:
    """Return the output of ``diff --format json`` (schemas/difference.schema.json).

    Args:
        plan: for the names.
        changes: the differences.
        period: the state after, as the user named it.
        against: the state before, as the user named it.
    """
    listed = list(changes)
    return {
        "schema": SCHEMA,
        "period": period,
        "against": against,
        "summary": {
            "changed": len(listed),
            "better": sum(change.direction > 0 for change in listed),
            "worse": sum(change.direction < 0 for change in listed),
        },
        "changes": [_change(plan, change) for change in listed],
    }


def _change(plan: Plan | Plans, change: Change) -> dict[str, Any]:
    item = plan.item(change.code)
    return {
        "indicator": item_json(change.code if item is None else item.printed_code),
        "name": None if item is None else item.name,
        "before": _figure_json(change.before),
        "after": _figure_json(change.after),
        "delta": None if change.delta is None else plain(change.delta),
        "turned": change.turned,
    }


def _figure_json(figure: Figure | None) -> dict[str, Any] | None:
    if figure is None:
        return None
    blank = figure.actual is Absence.NOT_REPORTED
    return {
        "actual": None if blank else spell(figure.actual),
        "second": None if figure.second is None else plain(figure.second),
        "light": figure.light.value,
        "word": figure.light.word,
        "state": figure.rating.state,
        "agency": figure.agency or None,
        "file": figure.source.file or None,
        "sheet": figure.source.sheet or None,
        "cell": figure.source.cell or None,
    }


def _light(figure: Figure | None) -> Light:
    return Light.GREY if figure is None else figure.light


def _value_text(figure: Figure | None) -> str:
    return (spell(figure.actual) if figure is not None else "") or "未填"


def _compared(figure: Figure | None) -> tuple[object, ...] | None:
    if figure is None:
        return None
    return (figure.actual, figure.second, figure.light, figure.rating.state)
