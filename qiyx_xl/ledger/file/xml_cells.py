"""Cells as SpreadsheetML text, safe for whatever a stranger wrote.

Text is always an inline string: nothing that begins with ``=`` or ``+`` can become a formula,
and no shared table has to change.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from xml.sax.saxutils import escape

from qiyx_xl.core.primitives.values import plain
from qiyx_xl.ledger.layout.cells import CellError, Value, fitted

_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0 has no time zone
_SECONDS_A_DAY = 86_400

# Characters that XML cannot hold, and texts that would be read as the escape for one.
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATES = re.compile("[\ud800-\udfff]")
# A text that needs nothing of all this, as nearly every one: found out in one pass.
_PLAIN = re.compile("[^\x00-\x1f&<>_\ud800-\udfff\ufffe\uffff]*")
_SIMPLE = re.compile(rf"(?!\s){_PLAIN.pattern}(?<!\s)")
_SIMPLE_LENGTH = 1000

TEXT_END = "</t></is></c>"


def xml_text(text: str) -> str:
    """Spell any text as element content, the way Excel spells it.

    Control characters become ``_x0001_``, and a half of a surrogate pair becomes U+FFFD.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return escape(_UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def serial(moment: date) -> str:
    """Excel's number for a day or a moment; a moment is taken in its own time zone."""
    whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    passed = whole.replace(tzinfo=None, microsecond=0) - _EPOCH
    days = passed.days + Decimal(passed.seconds) / _SECONDS_A_DAY
    return plain(round(days, 10))


def value_cell(address: str, style: str, value: Value) -> str:
    """Spell a cell with a value; a blank one keeps its style."""
    return f'<c r="{address}"{value_rest(style, value)}'


def value_rest(style: str, value: Value) -> str:
    """Spell what follows a cell's address; the same for every cell of a style and value."""
    head = f' s="{style}"' if style else ""
    if value is None or value == "":
        return f"{head}/>"
    if isinstance(value, CellError):
        return f'{head} t="e"><v>{value.value}</v></c>'
    if isinstance(value, str):
        text = xml_text(fitted(value))
        kept = ' xml:space="preserve"' if _is_spaced(text) else ""
        return f'{head} t="inlineStr"><is><t{kept}>{text}{TEXT_END}'
    return f"{head}><v>{number(value)}</v></c>"


def is_simple(text: str) -> bool:
    """Whether a text stands in a cell as it is, between ``text_head`` and ``TEXT_END``."""
    return len(text) <= _SIMPLE_LENGTH and _SIMPLE.fullmatch(text) is not None


def text_head(style: str) -> str:
    """Return what stands between a cell's address and a simple text."""
    return (f' s="{style}"' if style else "") + ' t="inlineStr"><is><t>'


def _is_spaced(text: str) -> bool:
    """Whether blanks at its ends, or line breaks, would be lost if not asked to be kept."""
    return text[0].isspace() or text[-1].isspace() or "\n" in text


def formula_cell(address: str, style: str, formula: str, value: Value) -> str:
    """Spell a cell with a formula and the value it has now."""
    head = f'<c r="{address}"' + (f' s="{style}"' if style else "")
    body = f"<f>{xml_text(formula)}</f>"
    if isinstance(value, CellError):
        return f'{head} t="e">{body}<v>{value.value}</v></c>'
    if value is None or isinstance(value, str):
        return f'{head} t="str">{body}<v>{xml_text(fitted(value or ""))}</v></c>'
    return f"{head}>{body}<v>{number(value)}</v></c>"


def number(value: int | Decimal | date) -> str:
    """Spell a number or a moment as a cell stores it."""
    if isinstance(value, date):
        return serial(value)
    return plain(value) if isinstance(value, Decimal) else str(value)
