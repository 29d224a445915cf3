"""How cells are serialized as SpreadsheetML, safely for untrusted text.

A text is always an inline string: a text that begins with ``=`` or ``+`` cannot become a formula,
and the workbook's table of shared strings need not change.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from qiyx_xl.core.primitives.legible import SURROGATES
from qiyx_xl.core.primitives.serials import serial_of
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.files.xml import ESCAPE_BEGINS, NOT_IN_XML
from qiyx_xl.ledger.layout.cells import CellError, Value, fitted

# Characters that XML cannot contain, and texts that would be read as the escape of one.
_UNSAFE = re.compile(f"[{NOT_IN_XML}]|{ESCAPE_BEGINS}")
_SURROGATES = re.compile(f"[{SURROGATES}]")
# A text that needs no escaping, as nearly all do not; one match finds that out.
_PLAIN = re.compile(f"[^{NOT_IN_XML}\t\n\r&<>_{SURROGATES}]*")
_SIMPLE = re.compile(rf"(?!\s){_PLAIN.pattern}(?<!\s)")
_SIMPLE_LENGTH = 1000

TEXT_END = "</t></is></c>"


def xml_text(text: str) -> str:
    """Return a text as the content of an XML element, escaped as Excel does.

    Control characters become ``_x0001_``, and a lone surrogate becomes U+FFFD.
    """
    if _PLAIN.fullmatch(text):
        return text
    text = _SURROGATES.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return escape(_UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text))


def value_cell(address: str, style: str, value: Value) -> str:
    """Return the XML of a cell with a value; a blank cell keeps its style."""
    return f'<c r="{address}"{value_rest(style, value)}'


def value_rest(style: str, value: Value) -> str:
    """Return the XML after a cell's address; it depends only on style and value."""
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
    """Whether a text can be written unescaped between ``text_head`` and ``TEXT_END``."""
    return len(text) <= _SIMPLE_LENGTH and _SIMPLE.fullmatch(text) is not None


def text_head(style: str) -> str:
    """Return the XML between a cell's address and a simple text."""
    return (f' s="{style}"' if style else "") + ' t="inlineStr"><is><t>'


def _is_spaced(text: str) -> bool:
    """Whether a text needs ``xml:space`` to keep blanks at its ends, or line breaks."""
    return text[0].isspace() or text[-1].isspace() or "\n" in text


def formula_cell(address: str, style: str, formula: str, value: Value) -> str:
    """Return the XML of a cell with a formula and its present value."""
    head = f'<c r="{address}"' + (f' s="{style}"' if style else "")
    body = f"<f>{xml_text(formula)}</f>"
    if isinstance(value, CellError):
        return f'{head} t="e">{body}<v>{value.value}</v></c>'
    if value is None or isinstance(value, str):
        return f'{head} t="str">{body}<v>{xml_text(fitted(value or ""))}</v></c>'
    return f"{head}>{body}<v>{number(value)}</v></c>"


def number(value: int | Decimal | date) -> str:
    """Format a number, a day or a time as a cell stores it."""
    if isinstance(value, date):
        return plain(serial_of(value))
    return plain(value) if isinstance(value, Decimal) else str(value)
