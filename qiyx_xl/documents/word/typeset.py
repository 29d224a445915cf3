"""How blocks are typeset in a Word document: headings, paragraphs, tables of the page's width."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from qiyx_xl.documents.style.theme import QUIET_INK
from qiyx_xl.documents.word.docx import save_document
from qiyx_xl.files.palette import LAMP_FILLS, bare
from qiyx_xl.files.untrusted_text import MESSAGE_LIMIT, shown
from qiyx_xl.papers.phrases import Block, Body, Heading, Table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from qiyx_xl.documents.word.docx import Template

STYLES = {
    "body": "通报正文",
    2: "通报二级标题",
    3: "通报三级标题",
    "attachments": "附件说明",
    "attachment": "附件序号",
    "caption": "附件标题",
    "cell": "表格文字",
    "note": "表注",
}
"""The template's styles. If one is missing, the placeholder's own format is used."""

_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LAMP_FILLS = {light.word: bare(fill) for light, fill in LAMP_FILLS.items()}
_HEADER_FILL = "E7ECF2"


def fill_template(
    template: Template,
    words: Mapping[str, str],
    passages: Mapping[str, Sequence[Block]],
    path: Path,
    title: str,
    day: date,
) -> None:
    """Fill a template and write the document; the same content gives the same bytes."""
    # The anchors are found before anything is filled in, so that values are not searched.
    anchors = template.anchors()
    template.fill(words)
    setter = Setter(template)
    for name, paragraphs in anchors.items():
        for paragraph in paragraphs:
            setter.replace(paragraph, passages[name])
    save_document(template.document, path, title, day)


class Setter:
    """Typesets blocks in a template, each passage in place of its placeholder."""

    def __init__(self, template: Template) -> None:
        self._template = template
        self._styles = {key: template.style_id(name) for key, name in STYLES.items()}
        self._width = template.text_width()

    def replace(self, anchor: Any, blocks: Sequence[Block]) -> None:
        """Replace a paragraph by blocks; without any it is removed."""
        tables = sum(isinstance(block, Table) for block in blocks)
        number = 0
        for block in blocks:
            match block:
                case Table():
                    number += 1
                    made = self._attachment(anchor, block, number if tables > 1 else None)
                case Heading():
                    made = [self._paragraph(anchor, block.level, block.text)]
                case Body():
                    made = [self._paragraph(anchor, block.style, block.text, lead=block.lead)]
            for element in made:
                anchor.addprevious(element)
        anchor.getparent().remove(anchor)

    # --- paragraphs --------------------------------------------------------------------------

    def _paragraph(
        self,
        anchor: Any,
        kind: str | int,
        text: str,
        *,
        lead: str = "",
        page_break: bool = False,
    ) -> Any:
        style = self._styles.get(kind)
        paragraph = _element("p")
        own = anchor.find(_tag("pPr"))
        if style is not None:
            properties = _element("pPr")
            properties.append(_element("pStyle", val=style))
        else:
            properties = _element("pPr") if own is None else deepcopy(own)
        if page_break:
            # The schema requires this order: after pStyle.
            properties.insert(1 if style is not None else 0, _element("pageBreakBefore"))
        paragraph.append(properties)
        look = None if style is not None else anchor.find(f"{_tag('r')}/{_tag('rPr')}")
        if lead:
            paragraph.append(_run(lead, look, bold=True))
        paragraph.append(_run(text, look))
        return paragraph

    # --- tables ------------------------------------------------------------------------------

    def _attachment(self, anchor: Any, table: Table, number: int | None) -> list[Any]:
        name = "附件" if number is None else f"附件{number}"
        parts = [
            self._paragraph(anchor, "attachment", name, page_break=True),
            self._paragraph(anchor, "caption", table.caption),
            self._table(table),
        ]
        # Word requires a paragraph after a table, so it is added even without a note.
        parts.append(self._paragraph(anchor, "note", f"注：{table.note}" if table.note else ""))
        return parts

    def _table(self, table: Table) -> Any:
        shares = sum(table.widths)
        widths = [self._width * share // shares for share in table.widths]
        made = _element("tbl")
        properties = _element("tblPr")
        properties.append(_element("tblW", w=str(sum(widths)), type="dxa"))
        properties.append(_element("jc", val="center"))
        borders = _element("tblBorders")
        for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
            borders.append(_element(side, val="single", sz="4", space="0", color=bare(QUIET_INK)))
        properties.append(borders)
        properties.append(_element("tblLayout", type="fixed"))
        margins = _element("tblCellMar")
        for side in ("left", "right"):
            margins.append(_element(side, w="57", type="dxa"))
        properties.append(margins)
        grid = _element("tblGrid")
        for width in widths:
            grid.append(_element("gridCol", w=str(width)))
        made.append(properties)
        made.append(grid)
        made.append(self._row(table, table.header, widths, header=True))
        for values in table.rows:
            made.append(self._row(table, values, widths))
        return made

    def _row(
        self, table: Table, values: Sequence[str], widths: Sequence[int], *, header: bool = False
    ) -> Any:
        row = _element("tr")
        properties = _element("trPr")
        properties.append(_element("cantSplit"))
        if header:
            properties.append(_element("tblHeader"))
        row.append(properties)
        for column, (text, width) in enumerate(zip(values, widths, strict=True)):
            fill = _HEADER_FILL if header else None
            if not header and column == table.lamp_column:
                fill = _LAMP_FILLS.get(text[:1])
            centred = header or column not in table.left
            row.append(self._cell(text, width, fill=fill, centred=centred, bold=header))
        return row

    def _cell(self, text: str, width: int, *, fill: str | None, centred: bool, bold: bool) -> Any:
        cell = _element("tc")
        properties = _element("tcPr")
        properties.append(_element("tcW", w=str(width), type="dxa"))
        if fill is not None:
            properties.append(_element("shd", val="clear", color="auto", fill=fill))
        properties.append(_element("vAlign", val="center"))
        cell.append(properties)
        paragraph = _element("p")
        look = _element("pPr")
        if self._styles["cell"] is not None:
            look.append(_element("pStyle", val=self._styles["cell"]))
        look.append(_element("jc", val="center" if centred else "left"))
        paragraph.append(look)
        paragraph.append(_run(text, None, bold=bold))
        cell.append(paragraph)
        return cell


def _run(text: str, look: Any | None, *, bold: bool = False) -> Any:
    run = _element("r")
    properties = _element("rPr") if look is None else deepcopy(look)
    if bold:
        # The schema requires this order: after rStyle and rFonts.
        before = [
            node for node in properties if node.tag in (_tag("rStyle"), _tag("rFonts"), _tag("b"))
        ]
        if not any(node.tag == _tag("b") for node in before):
            properties.insert(len(before), _element("b"))
    fonts = properties.find(_tag("rFonts"))
    if fonts is None:
        fonts = _element("rFonts")
        properties.insert(0, fonts)
    # Quotation marks are the same characters in Chinese and Latin text; the hint makes Word use
    # the Chinese font for them.
    fonts.set(_tag("hint"), "eastAsia")
    run.append(properties)
    for number, line in enumerate(shown(text, MESSAGE_LIMIT).split("\n")):
        if number:
            run.append(_element("br"))
        # A tab would move to a tab stop of the template, which may be anywhere.
        node = _element("t")
        node.text = line.replace("\t", " ")
        node.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(node)
    return run


def _tag(name: str) -> str:
    return f"{{{_NAMESPACE}}}{name}"


def _element(name: str, **attributes: str | None) -> Any:
    from docx.oxml.parser import OxmlElement

    element = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        if value is not None:
            element.set(_tag(key), value)
    return element
