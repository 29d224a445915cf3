"""Build the shipped templates of the 通报 and the 例会材料: qiyx_xl/data/templates/*.docx.

The page follows GB/T 9704—2012: A4, margins 37, 35, 28 and 26 mm, 22 lines of 28 characters, body
in 仿宋 三号, title in 小标宋 二号, headings in 黑体 and 楷体, page numbers — 1 — on the outer side.

    python scripts/build_templates.py [FOLDER]
"""

from __future__ import annotations

import math
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from qiyx_xl.documents.word.docx import document_bytes
from qiyx_xl.documents.word.typeset import STYLES

if TYPE_CHECKING:
    from collections.abc import Callable

OUT = Path(__file__).resolve().parent.parent / "qiyx_xl/data/templates"
DAY = date(2026, 1, 1)

SONG, FANGSONG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
LATIN = "Times New Roman"
TITLE, BODY, SMALL = 22, 16, 14  # 二号、三号、四号
RED = RGBColor(0xFF, 0, 0)

# 22 lines on 225 mm. 28 characters on 156 mm are slightly closer than 16 points; both in twips.
LINE_TWIPS = math.floor((297 - 37 - 35) / 22 / 25.4 * 1440)
CLOSER_TWIPS = math.floor(((210 - 28 - 26) / 28 / 25.4 * 72 - BODY) * 20)

# The substitutes that Word uses on a computer without the font.
SUBSTITUTES = {
    SONG: ("小标宋", "roman"),
    FANGSONG: ("仿宋", "modern"),
    HEI: ("SimHei", "modern"),
    KAI: ("楷体", "modern"),
}


def build() -> dict[str, bytes]:
    """Return the templates' bytes by file name."""
    return {
        "bulletin.docx": _built("通报模板", _bulletin),
        "agenda.docx": _built("例会材料模板", _agenda),
    }


def _built(title: str, text: Callable[[Any], None]) -> bytes:
    document = docx.Document()
    _page(document)
    _fonts(document)
    _styles(document)
    text(document)
    for run in document.element.iter(qn("w:r")):
        # Chinese and Latin quotation marks are the same characters; this hint makes Word use the
        # Chinese font, in which they are wide.
        properties = run.get_or_add_rPr()
        properties.get_or_add_rFonts().set(qn("w:hint"), "eastAsia")
    _numbers(document)
    return document_bytes(document, title, DAY)


def _page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.header_distance, section.footer_distance = Mm(15), Mm(25)
    grid = section._sectPr.find(qn("w:docGrid"))
    if grid is None:
        grid = OxmlElement("w:docGrid")
        section._sectPr.append(grid)
    # Lines only: LibreOffice widens the characters of a grid that Word narrows.
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), str(LINE_TWIPS))


def _fonts(document: Any) -> None:
    """Name substitutes for the fonts that not every computer has."""
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    entries = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{substitute}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/></w:font>'
        for name, (substitute, family) in SUBSTITUTES.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    xml = f'{head}\n<w:fonts xmlns:w="{namespace}">{entries}</w:fonts>'
    part = document.part
    for relation in part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            relation.target_part._blob = xml.encode()
            return
    made = Part(
        PackURI("/word/fontTable.xml"), CONTENT_TYPE.WML_FONT_TABLE, xml.encode(), part.package
    )
    part.relate_to(made, RELATIONSHIP_TYPE.FONT_TABLE)


def _styles(document: Any) -> None:
    normal = document.styles["Normal"]
    _font(normal, FANGSONG, BODY)
    normal.paragraph_format.space_before = normal.paragraph_format.space_after = Pt(0)
    _exactly(normal, LINE_TWIPS)
    closer = OxmlElement("w:spacing")
    closer.set(qn("w:val"), str(CLOSER_TWIPS))
    # The schema requires it before the size.
    normal.element.rPr.find(qn("w:sz")).addprevious(closer)
    _style(document, "发文机关标志", SONG, 36, align=ALIGN.CENTER, lines=2, colour=RED)
    _style(document, "文号", FANGSONG, BODY, align=ALIGN.CENTER)
    _style(document, "通报标题", SONG, TITLE, align=ALIGN.CENTER)
    _style(document, "主送", FANGSONG, BODY)
    _style(document, STYLES["body"], FANGSONG, BODY, align=ALIGN.JUSTIFY, indent=True)
    _style(document, "通报一级标题", HEI, BODY, indent=True, keep=True)
    _style(document, STYLES[2], KAI, BODY, indent=True, keep=True)
    _style(document, STYLES[3], FANGSONG, BODY, indent=True, keep=True, bold=True)
    _style(document, STYLES["attachments"], FANGSONG, BODY, keep=True)
    listed = document.styles[STYLES["attachments"]].paragraph_format
    listed.left_indent, listed.first_line_indent = Pt(BODY * 6), Pt(-BODY * 4)
    _style(document, "落款", FANGSONG, BODY, align=ALIGN.RIGHT)
    _style(document, STYLES["attachment"], HEI, BODY, keep=True)
    _style(document, STYLES["caption"], SONG, 18, align=ALIGN.CENTER, keep=True)
    _style(document, STYLES["cell"], FANGSONG, 9, lines=0, align=ALIGN.CENTER)
    _style(document, STYLES["note"], FANGSONG, 9, lines=0)
    _style(document, "版记", FANGSONG, SMALL)
    _style(document, "页码", "宋体", SMALL)


def _style(
    document: Any,
    name: str,
    font: str,
    points: float,
    *,
    align: Any = None,
    lines: float = 1,
    indent: bool = False,
    keep: bool = False,
    bold: bool = False,
    colour: Any = None,
) -> None:
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    _font(style, font, points)
    style.font.bold = bold
    if colour is not None:
        style.font.color.rgb = colour
    form = style.paragraph_format
    form.alignment = align
    form.keep_with_next = keep
    form.widow_control = True
    if lines:
        _exactly(style, round(LINE_TWIPS * lines))
    else:
        form.line_spacing = 1.0
        form.space_before = form.space_after = Pt(1.5)
        _off_the_grid(style)
    if indent:
        # Two characters, whatever the font's size.
        indents = style.element.get_or_add_pPr().get_or_add_ind()
        indents.set(qn("w:firstLineChars"), "200")
        indents.set(qn("w:firstLine"), str(points * 2 * 20))


def _font(style: Any, name: str, points: float) -> None:
    style.font.name = LATIN
    style.font.size = Pt(points)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for key in list(fonts.attrib):
        if "Theme" in key:
            del fonts.attrib[key]
    fonts.set(qn("w:eastAsia"), name)


def _exactly(style: Any, twips: int) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(twips / 20)


def _off_the_grid(style: Any) -> None:
    snap = OxmlElement("w:snapToGrid")
    snap.set(qn("w:val"), "0")
    properties = style.element.get_or_add_pPr()
    # The schema requires it before the spacing.
    spacing = properties.find(qn("w:spacing"))
    if spacing is None:
        properties.append(snap)
    else:
        spacing.addprevious(snap)


def _bulletin(document: Any) -> None:
    def say(text: str, style: str) -> Any:
        return document.add_paragraph(text, style=style)

    say("“{{简称}}”工程工作通报", "发文机关标志")
    say("", "文号")
    _rule(say("{{文号字头}}〔{{年份}}〕　　号", "文号"))
    say("", "主送")
    title = say("关于{{数据期}}“{{简称}}”工程", "通报标题")
    title.add_run().add_break()
    title.add_run("指标完成情况的通报")
    say("", "主送")
    say("{{主送}}：", "主送")
    say(
        "为推动{{区县}}公共服务“{{简称}}”工程落地见效，现将{{数据期}}（截至{{截至日期}}）指标"
        "完成情况通报如下。",
        STYLES["body"],
    )
    for heading, passage in (
        ("一、总体情况", "{{总体情况}}"),
        ("二、进展较好的方面", "{{进展较好}}"),
        ("三、进展滞后的方面", "{{进展滞后}}"),
        ("四、典型做法", "{{典型做法}}"),
        ("五、下一步工作", "{{下一步}}"),
    ):
        say(heading, "通报一级标题")
        say(passage, STYLES["body"])
    # Keep date and signature on the same page as the end of the text.
    for text, style in (
        ("", STYLES["attachments"]),
        ("{{附件说明}}", STYLES["attachments"]),
        ("（评分规则 {{规则版本}}，方案 {{方案版本}}）", STYLES["note"]),
        ("", STYLES["attachments"]),
        ("{{发文机关}}", "落款"),
        ("{{成文日期}}", "落款"),
    ):
        line = say(text, style)
        line.paragraph_format.keep_with_next = text != "{{成文日期}}"
        if style == "落款":
            line.paragraph_format.right_indent = Pt(BODY * 2)
    say("{{附件}}", STYLES["body"])
    _imprint(document)


def _agenda(document: Any) -> None:
    def say(text: str, style: str) -> None:
        document.add_paragraph(text, style=style)

    say("“{{简称}}”工程工作例会材料", "通报标题")
    say("{{发文机关}}", "文号")
    say("（{{例会日期}}）", "文号")
    say("", "主送")
    for heading, passage in (
        ("一、上次例会以来的变化", "{{变化}}"),
        ("二、{{数据期}}亮灯情况", "{{亮灯情况}}"),
        ("三、需要议定的事项", "{{议定事项}}"),
        ("四、调度事项", "{{调度事项}}"),
    ):
        say(heading, "通报一级标题")
        say(passage, STYLES["body"])
    say("", STYLES["body"])
    say("{{附件说明}}", STYLES["attachments"])
    say("（评分规则 {{规则版本}}，方案 {{方案版本}}）", STYLES["note"])
    say("{{附件}}", STYLES["body"])


def _rule(paragraph: Any) -> None:
    """Draw the red line under a paragraph."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for key, value in (("val", "single"), ("sz", "18"), ("space", "6"), ("color", "FF0000")):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.insert(1, borders)


def _imprint(document: Any) -> None:
    """Add 版记: who gets a copy, who printed it and when."""
    table = document.add_table(rows=2, cols=1)
    table.autofit = False
    for row, text in zip(
        table.rows,
        (
            "抄送：{{抄送}}。",
            "{{发文机关}}　{{成文日期}}印发",
        ),
        strict=True,
    ):
        (cell,) = row.cells
        cell.width = Mm(156)
        paragraph = cell.paragraphs[0]
        paragraph.style = document.styles["版记"]
        paragraph.add_run(text)
        properties = cell._tc.get_or_add_tcPr()
        borders = OxmlElement("w:tcBorders")
        for side in ("top", "bottom"):
            line = OxmlElement(f"w:{side}")
            for key, value in (("val", "single"), ("sz", "8"), ("space", "0"), ("color", "000000")):
                line.set(qn(f"w:{key}"), value)
            borders.append(line)
        properties.append(borders)


def _numbers(document: Any) -> None:
    """Add page numbers — 1 — to the footer: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, align in (
        (section.footer, ALIGN.RIGHT),
        (section.even_page_footer, ALIGN.LEFT),
    ):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.style = document.styles["页码"]
        paragraph.alignment = align
        indent = "left_indent" if align is ALIGN.LEFT else "right_indent"
        setattr(paragraph.paragraph_format, indent, Pt(SMALL))
        paragraph.add_run("— ")
        for kind in ("begin", None, "end"):
            run = paragraph.add_run()
            if kind is None:
                code = OxmlElement("w:instrText")
                code.set(qn("xml:space"), "preserve")
                code.text = " PAGE "
                run._r.append(code)
                continue
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        paragraph.add_run(" —")


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else OUT
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in build().items():
        (folder / name).write_bytes(content)
        print(folder / name)
