"""How the names of our functions are spelled in a ledger's formulas: plain, or with a namespace.

Excel knows ``QYX_RATE``; LibreOffice and WPS know ``QIYX.QYX_RATE``. People copy formulas from one
edition into the other, and programs change the capitals of names they do not know. Whatever the
spelling, a refresh gives every formula of the workbook the spelling of its edition, also on other
people's sheets; texts in quotes and functions of other workbooks stay as they are.
"""

from __future__ import annotations

import re
import zipfile
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.registry import ADDIN_NAMESPACE, FUNCTIONS, LedgerEdition

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES = "|".join(function.name for function in FUNCTIONS)
# A text in quotes or the name of a sheet, which is skipped; else one of our names. What follows a
# ``!`` is a function of another workbook.
_TOKEN = re.compile(
    rf"""&quot;.*?&quot;|"[^"]*"|'[^']*'|(?<![\w.!])(?:[A-Za-z_]\w*\.)*({_NAMES})(?=\s*\()""",
    re.IGNORECASE,
)
_ELEMENT = re.compile(
    rb"(<(?:x14:|xm:)?(f|formula[12]?|definedName)\b[^>]*>)([^<]*)(?=</)", re.DOTALL
)
_CELL = re.compile(rb'<c\s[^>]*?\br="([A-Z]+[0-9]+)"[^>]*>\s*<f\b[^>]*>([^<]*)</f>')
_MARK = re.compile(rb"qyx_", re.IGNORECASE)
_WITH_FORMULAS = ("xl/worksheets/", "xl/workbook.xml")


def spelled(formula: str, edition: LedgerEdition) -> str:
    """Return a formula with our functions' names as an edition spells them."""
    prefix = f"{ADDIN_NAMESPACE}." if edition is LedgerEdition.ADDIN else ""

    def name(found: re.Match[str]) -> str:
        return found[0] if found[1] is None else f"{prefix}{found[1].upper()}"

    return _TOKEN.sub(name, formula)


def respelled(package: bytes, edition: LedgerEdition) -> bytes:
    """Return a package with every formula spelled as in an edition; the same bytes if it is so."""
    changed = {}
    with zipfile.ZipFile(BytesIO(package)) as archive:
        for part in archive.namelist():
            if not part.startswith(_WITH_FORMULAS) or not part.endswith(".xml"):
                continue
            before = archive.read(part)
            after = respelled_part(before, edition)
            if after != before:
                changed[part] = after
    return with_parts(package, changed) if changed else package


def respelled_part(xml: bytes, edition: LedgerEdition) -> bytes:
    """Return a part's XML with every formula in it spelled as in an edition."""
    if _MARK.search(xml) is None:
        return xml

    def formula(found: re.Match[bytes]) -> bytes:
        if _MARK.search(found[3]) is None:
            return found[0]
        return found[1] + spelled(found[3].decode(), edition).encode()

    return _ELEMENT.sub(formula, xml)


def spelled_otherwise(xml: bytes, edition: LedgerEdition) -> Iterator[tuple[str, str]]:
    """Yield the address and the formula of each cell that is spelled unlike an edition."""
    for where, formula in _CELL.findall(xml):
        if _MARK.search(formula) is not None:
            text = unescape(formula.decode())
            if spelled(text, edition) != text:
                yield where.decode(), text
