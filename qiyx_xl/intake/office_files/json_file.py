"""How JSON files that the office writes by hand are read, checked and reported.

All faults of a file are reported together. The plan's reader (``plan``) also gives each fault a
code.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar
from unicodedata import category

from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.plan.lenient import place, shown
from qiyx_xl.core.primitives.errors import QiyxError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from qiyx_xl.core.findings.model import Finding


class OfficeFileError(QiyxError):
    """A file that cannot be used; its message is shown to the user, ``problems`` are its parts.

    ``wording`` is the format of the message: ``name`` is the file's name, ``problems`` the first
    ``most_shown`` problems. ``advice`` is the cure.
    """

    wording: ClassVar[str] = "“{name}”不能用：{problems}。"
    advice: ClassVar[str] = "请改好后再试。"
    most_shown: ClassVar[int] = 8

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - self.most_shown
        rest = f"；另有 {more} 处" if more > 0 else ""
        problems = "；".join(self.problems[: self.most_shown]) + rest
        super().__init__(self.wording.format(name=name, problems=problems), self.advice)


def read_json(
    path: Path,
    failed: type[OfficeFileError],
    parse_float: Callable[[str], object] = Decimal,
) -> Any:
    """Parse a JSON file, with exact decimals.

    Raises:
        OfficeFileError: of the class ``failed``: it cannot be read, or is not JSON in UTF-8.
    """
    try:
        return parse_json(path.read_text(encoding="utf-8-sig"), parse_float)
    except OSError as error:
        problem = "文件不存在" if isinstance(error, FileNotFoundError) else "文件打不开"
        raise failed(path.name, (problem,)) from error
    except UnicodeDecodeError as error:
        raise failed(path.name, ("文件不是 UTF-8 编码的文本",)) from error
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 个字附近"
        raise failed(path.name, (f"不是完整的 JSON，{where}写法有误",)) from error
    except RecursionError as error:
        raise failed(path.name, ("里面的括号套得太多层",)) from error
    except ValueError as error:
        raise failed(path.name, ("里面有不能用的数",)) from error


def parse_json(text: str, parse_float: Callable[[str], object] = Decimal) -> Any:
    """Parse a JSON text.

    Raises:
        ValueError: it is not JSON; NaN and Infinity are refused, too.
    """
    return json.loads(text, parse_float=parse_float, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


# --- Plan files as JSON: exact numbers, limited size, repeated keys reported ---------------------
# Python's parser accepts NaN, keeps only the last of two equal keys and makes floats; none of
# that is acceptable in a plan file.

MAXIMUM_DEPTH = 20
MAXIMUM_NODES = 50_000

_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?")


class PlanTextError(QiyxError):
    """A text that is not a plan document at all; ``finding`` gives the reason."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Parsed:
    """A document with numbers as ``int`` or ``Decimal``, and the findings about its text."""

    document: Any
    findings: tuple[Finding, ...] = ()


class _TwiceDict(dict[str, Any]):
    """A JSON object in which some keys were written more than once; ``twice`` names them."""

    twice: tuple[str, ...] = ()


def parse_plan_json(text: str) -> Parsed:
    """Parse the text of a plan file.

    Raises:
        PlanTextError: it is not JSON, is too deep or too large, or has an unusable number.
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
    """Check depth, size, keys and characters of the whole document, without recursion.

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
    """Whether it has no control or invisible characters and no lone surrogates.

    Full-width spaces are allowed.
    """
    return text.isprintable() or not any(category(char).startswith("C") for char in text)


def _too_much() -> Finding:
    return kinds.TOO_MUCH.at(depth=MAXIMUM_DEPTH, nodes=MAXIMUM_NODES)
