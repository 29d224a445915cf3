"""JSON that people write by hand: parsed with exact numbers, within bounds, nothing silent.

Python's reader takes NaN, keeps the last of two equal keys and makes floats; a plan file wants
none of that.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from unicodedata import category

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.lenient import place, shown

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding

MAXIMUM_DEPTH = 20
MAXIMUM_NODES = 50_000

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


class PlanTextError(ValueError):
    """A text that is no plan document at all, with the one finding that says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document with numbers as ``int`` or ``Decimal``, and what is odd about its text."""

    document: Any
    findings: tuple[Finding, ...] = ()


class _TwiceDict(dict[str, Any]):
    """A JSON object in which some keys stood twice."""

    twice: tuple[str, ...] = ()


def parse_plan_json(text: str) -> Parsed:
    """Parse the text of a plan file.

    Raises:
        PlanTextError: it is no JSON, too deep, too much, or has a number that cannot be used.
    """
    try:
        document = json.loads(
            text,
            parse_float=_number,
            parse_int=_integer,
            parse_constant=_number,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise PlanTextError(kinds.NOT_JSON.at(line=error.lineno, column=error.colno)) from None
    except RecursionError:
        raise PlanTextError(_too_much()) from None
    return Parsed(document, tuple(_inspect(document)))


def _number(text: str) -> Decimal:
    if _NUMBER.fullmatch(text) is None:
        raise PlanTextError(kinds.BAD_NUMBER.at(value=shown(text)))
    return Decimal(text)


def _integer(text: str) -> int:
    if _NUMBER.fullmatch(text) is None:
        raise PlanTextError(kinds.BAD_NUMBER.at(value=shown(text)))
    return int(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    keys = [key for key, _ in pairs]
    doubled = _TwiceDict(content)
    doubled.twice = tuple(key for key in content if keys.count(key) > 1)
    return doubled


def _inspect(document: Any) -> list[Finding]:
    """Walk the whole document once, without recursion: depth, amount, keys, characters.

    Raises:
        PlanTextError: it is deeper or larger than any plan.
    """
    findings: list[Finding] = []
    waiting: list[tuple[tuple[str | int, ...], Any]] = [((), document)]
    for count in range(MAXIMUM_NODES):
        if not waiting:
            return findings
        path, node = waiting.pop()
        if len(path) > MAXIMUM_DEPTH or len(waiting) > MAXIMUM_NODES - count:
            raise PlanTextError(_too_much())
        if isinstance(node, dict):
            findings += _inspect_keys(document, path, node)
            waiting += [((*path, key), inner) for key, inner in reversed(node.items())]
        elif isinstance(node, list):
            waiting += [((*path, i), node[i]) for i in range(len(node) - 1, -1, -1)]
        elif isinstance(node, str) and not _is_clean(node):
            findings.append(kinds.BAD_TEXT.at(header=place(document, path)))
    raise PlanTextError(_too_much())


def _inspect_keys(
    document: Any, path: tuple[str | int, ...], node: dict[str, Any]
) -> list[Finding]:
    header = place(document, path)
    twice = node.twice if isinstance(node, _TwiceDict) else ()
    found = [kinds.WRITTEN_TWICE.at(header=header, value=shown(key)) for key in twice]
    if not all(_is_clean(key) for key in node):
        found.append(kinds.BAD_TEXT.at(header=header))
    return found


def _is_clean(text: str) -> bool:
    """Whether it has no control, invisible or half characters; full-width spaces are fine."""
    return text.isprintable() or not any(category(char).startswith("C") for char in text)


def _too_much() -> Finding:
    return kinds.TOO_MUCH.at(depth=MAXIMUM_DEPTH, nodes=MAXIMUM_NODES)
