"""What the core answers, spelled out line by line for snapshots."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Item, Plan
from qiyx_xl.core.plan.rules import Rules
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.ratio import Ratio

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE_SPACE = "\u3000"
_LINE = 160


def spelled(value: Any) -> str:
    """Return a value with all it holds, each field that is not the usual one on its own line.

    Items of the plan are named by their codes; the plan and the rules by their names alone.
    """
    return "\n".join(_lines(value, ""))


def _lines(value: Any, indent: str) -> Iterator[str]:
    if (short := _short(value)) is not None:
        yield f"{indent}{short}"
        return
    for key, part in _parts(value):
        if (short := _short(part)) is not None:
            yield f"{indent}{key} {short}"
        else:
            yield f"{indent}{key}"
            yield from _lines(part, f"{indent}  ")


def _short(value: Any) -> str | None:
    """Return what goes on one line; None for what has parts to be told."""
    match value:
        case Item():
            return f"项 {value.code}"
        case Plan() | Rules():
            return type(value).__name__
        case Period():
            return str(value)
        case Enum():
            return str(value.value)
        case Decimal():
            return f"{value:f}"
        case Ratio() | Fraction():
            return f"{Decimal(value.numerator) / value.denominator:.6f}"
        case str():
            text = value.replace("\n", "⏎")
            return f"“{text}”" if text.replace(_WIDE_SPACE, "").isprintable() else ascii(value)
    if is_dataclass(value):
        parts = list(_parts(value))
        named = [f"{key}={short}" for key, part in parts if (short := _short(part)) is not None]
        line = f"{type(value).__name__}({', '.join(named)})"
        return line if len(named) == len(parts) and len(line) <= _LINE else None
    if isinstance(value, list | tuple | set | frozenset | dict) and not value:
        return "无"
    if isinstance(value, list | tuple):
        told = [_short(part) for part in value]
        line = " | ".join(part for part in told if part is not None)
        return line if None not in told and len(line) <= _LINE else None
    if isinstance(value, set | frozenset | dict):
        return None
    return str(value)


def _parts(value: Any) -> Iterator[tuple[str, Any]]:
    if is_dataclass(value):
        for field in fields(value):
            part = getattr(value, field.name)
            if field.default is MISSING or part != field.default:
                yield field.name, part
    elif isinstance(value, dict):
        yield from ((str(key), part) for key, part in value.items())
    else:
        entries = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        yield from (("-", part) for part in entries)
