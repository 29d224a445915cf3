"""What a cell's style says about its number: a percentage, a date, or neither."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.parsers import expat

from qiyx_xl.core.kept import A_PART, kept_if_small

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERCENT = frozenset({9, 10})
_NUMBERS = frozenset({*range(5), *range(9, 14), *range(37, 41), 48, 49})
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_NO_DATE = re.compile(r"(?:General|[0#?.,%+\-()/ ;@]|[_*].|E[+-])*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Styles:
    """Cell styles by their index into cellXfs, as the sheets spell it.

    ``percent``: a number is shown as a percentage. ``number``: a number is certainly no date; the
    empty style belongs to them.
    """

    percent: frozenset[bytes] = frozenset()
    number: frozenset[bytes] = frozenset({b""})


@kept_if_small(64, A_PART)
def read_styles(xml: bytes) -> Styles:
    """Read the styles part; one that cannot be read says nothing about any style."""
    custom: dict[int, str] = {}
    formats: list[int] = []
    inside = False

    def start(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal inside
        local = name.rpartition(":")[2]
        if local == "numFmt":
            code = _QUOTED.sub("", attributes.get("formatCode", ""))
            custom[int(attributes.get("numFmtId", "0"))] = code
        elif local == "cellXfs":
            inside = True
        elif local == "xf" and inside:
            formats.append(int(attributes.get("numFmtId", "0")))

    def end(name: str) -> None:
        nonlocal inside
        inside = inside and name.rpartition(":")[2] != "cellXfs"

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    try:
        parser.Parse(xml, True)
    except (expat.ExpatError, ValueError):
        return Styles()
    percents = _PERCENT | {number for number, code in custom.items() if "%" in code}
    numbers = _NUMBERS.difference(custom) | {
        number for number, code in custom.items() if _NO_DATE.fullmatch(code)
    }
    spelled = [(str(index).encode(), number) for index, number in enumerate(formats)]
    return Styles(
        percent=frozenset(style for style, number in spelled if number in percents),
        number=frozenset(style for style, number in spelled if number in numbers) | {b""},
    )
