"""Whether a paper comes out whole in print: nothing cut, no ###, no missing glyph.

    printed = rendering.printed(path, tmp_path)      # LibreOffice or Chromium → PDF
    printed.check()                                  # fails, naming each cell and each glyph
    printed.pictures()                               # to look at

What the file says is held against what stands on the pages: LibreOffice leaves out what does not
fit into a cell. A line cut through its middle is found by comparing the ink of every glyph with
the clip under which it is drawn. What is hidden, or outside a sheet's print area, is not looked
at. The test is skipped where LibreOffice, Chromium or poppler is missing.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import printing

if TYPE_CHECKING:
    from collections.abc import Iterator

# Not in the fonts of every Windows, but in one that it falls back to; our messages use it.
FALLS_BACK = "▸\ufffd"

_TOLERANCE = 0.8  # points: serifs and rounding reach a little over their box


def printed(path: Path, tmp_path: Path) -> Printed:
    """Print a file as people would, into ``tmp_path``."""
    program = "chromium" if path.suffix == ".html" else "soffice"
    for needed in (program, "pdftotext", "pdftocairo", "pdffonts", "pdftoppm"):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is not installed")
    return Printed(path, printing.to_pdf(path, tmp_path / "print"), tmp_path / "print")


@dataclass(frozen=True)
class Cell:
    """A text that should stand on paper, and where it stands in the file."""

    where: str
    text: str


@dataclass(frozen=True)
class Printed:
    """A file and the PDF that came of it."""

    path: Path
    pdf: Path
    folder: Path

    def check(self, *, pages: range | None = None, falls_back: str = FALLS_BACK) -> None:
        """Fail unless everything is there, whole and readable.

        ``pages``: how many pages it may have.
        """
        problems = [
            *self.missing(),
            *self.hashes(),
            *self.cut_glyphs(),
            *self.missing_glyphs(falls_back),
        ]
        if pages is not None and self.page_count not in pages:
            problems.append(f"{self.page_count} pages, not {pages.start}-{pages.stop - 1}")
        assert not problems, f"{self.path.name}:\n" + "\n".join(problems[:40])

    def pictures(self, *, dots: int = 80) -> list[Path]:
        """Picture every page."""
        return printing.pictures(self.pdf, self.folder, dots=dots)

    # --- what is on paper --------------------------------------------------------------------

    @cached_property
    def text(self) -> str:
        """Everything printed, in the order in which it was drawn, without white space."""
        done = _squeeze(_run("pdftotext", "-raw", "-enc", "UTF-8", self.pdf, "-"))
        # A paragraph that goes on overleaf has the page's number in its midst.
        return re.sub(r"—\d+—", "", done) if self.path.suffix == ".docx" else done

    @cached_property
    def page_count(self) -> int:
        """How many pages there are."""
        return int(re.search(r"Pages:\s+(\d+)", _run("pdfinfo", self.pdf))[1])  # type: ignore[index]

    def missing(self) -> Iterator[str]:
        """What the file says and the pages do not."""
        left = Counter(self.text)
        for cell in self.cells:
            wanted = _squeeze(cell.text)
            if wanted and not all(_squeeze(line) in self.text for line in _pieces(cell.text)):
                yield f"{cell.where}: cut, or not printed: {cell.text!r}"
            left.subtract(wanted)
        short = {char: -count for char, count in left.items() if count < 0}
        if short:
            yield f"some text is printed less often than it stands in the file: {short}"

    def hashes(self) -> Iterator[str]:
        """Numbers that do not fit into their cells."""
        if "###" in self.text:
            at = self.text.index("###")
            yield f"### after {self.text[max(0, at - 30) : at]!r}"

    def cut_glyphs(self) -> Iterator[str]:
        """Glyphs whose ink reaches beyond what is drawn."""
        for page in range(1, self.page_count + 1):
            svg = self.folder / f"{self.pdf.stem}-{page}.svg"
            _run("pdftocairo", "-svg", "-f", str(page), "-l", str(page), self.pdf, svg)
            found = sorted({(round(x), round(y)) for x, y in _cut(svg)})
            if found:
                yield f"page {page}: {len(found)} glyphs cut, at points {found[:8]}"

    def missing_glyphs(self, falls_back: str) -> Iterator[str]:
        """Characters that 宋体, 黑体 and 微软雅黑 lack, and fonts that a reader may not have."""
        for cell in self.cells:
            odd = {c for c in cell.text if not _in_chinese_fonts(c)} - set(falls_back)
            if odd:
                yield f"{cell.where}: not in the fonts of a Chinese Windows: {sorted(odd)}"
        for row in _run("pdffonts", self.pdf).splitlines()[2:]:
            embedded = row.split()[-5]
            if embedded != "yes":
                yield f"font not embedded: {row}"

    # --- what should be there ----------------------------------------------------------------

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """What the file says, by place."""
        reader = {".xlsx": self._of_workbook, ".docx": self._of_document, ".html": self._of_page}
        return tuple(reader[self.path.suffix]())

    def _of_workbook(self) -> Iterator[Cell]:
        import openpyxl

        printing.convert(self.path, self.folder, "fods")
        shown = _shown_cells(self.folder / f"{self.path.stem}.fods")
        for sheet in openpyxl.load_workbook(self.path).worksheets:
            if sheet.sheet_state != "visible":
                continue
            inside = _print_area(sheet)
            for row, column, text in shown[sheet.title]:
                if inside(row, column):
                    yield Cell(f"{sheet.title}!{sheet.cell(row, column).coordinate}", text)

    def _of_document(self) -> Iterator[Cell]:
        import docx

        document = docx.Document(str(self.path))
        for number, paragraph in enumerate(document.paragraphs, start=1):
            yield Cell(f"paragraph {number}", paragraph.text)
        for number, table in enumerate(document.tables, start=1):
            for row in table.rows:
                for cell in dict.fromkeys(row.cells):
                    yield Cell(f"table {number}", cell.text)

    def _of_page(self) -> Iterator[Cell]:
        reader = _PageCells()
        reader.feed(self.path.read_text(encoding="utf-8"))
        yield from (Cell(f"cell {number}", text) for number, text in enumerate(reader.texts))


class _PageCells(HTMLParser):
    """The texts of a page's table cells and headings, without what is hidden or a tooltip."""

    _WANTED = frozenset({"td", "th", "h1", "h2", "h3"})
    _VOID = frozenset({"br", "img", "input", "meta", "link", "hr", "col", "wbr"})

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._stack: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._VOID:
            return
        names = {name for name, _ in attrs}
        on_screen_only = ("role", "tooltip") in attrs
        unseen = "hidden" in names or on_screen_only or tag in ("script", "style", "svg")
        hidden = unseen or bool(self._stack and self._stack[-1][1])
        self._stack.append((tag, hidden))
        if tag in self._WANTED and not hidden:
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._stack and self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self._stack or self._stack[-1][1]:
            return
        if any(name in self._WANTED for name, _ in self._stack):
            self.texts[-1] += data


def _shown_cells(flat: Path) -> dict[str, list[tuple[int, int, str]]]:
    """Return row, column and text as shown of every cell, by sheet, from a flat .fods."""
    from lxml import etree

    root = etree.parse(str(flat), etree.XMLParser(huge_tree=True)).getroot()
    table, text = (f"{{{root.nsmap[prefix]}}}" for prefix in ("table", "text"))
    sheets: dict[str, list[tuple[int, int, str]]] = {}
    for sheet in root.iter(f"{table}table"):
        cells = sheets.setdefault(str(sheet.get(f"{table}name")), [])
        row = 1
        for line in sheet.iter(f"{table}table-row"):
            if next(line.iterancestors(f"{table}table")) is not sheet:
                continue  # a chart's own copy of its numbers
            column = 1
            for cell in line:
                said = "\n".join("".join(p.itertext()) for p in cell.findall(f"{text}p"))
                if said:
                    cells.append((row, column, said))
                column += int(cell.get(f"{table}number-columns-repeated") or 1)
            row += int(line.get(f"{table}number-rows-repeated") or 1)
    return sheets


def _print_area(sheet: Any) -> Any:
    """Return whether a cell (row, column) is printed."""
    from openpyxl.utils import get_column_letter, range_boundaries

    areas = [
        range_boundaries(part.split("!")[-1].replace("$", ""))
        for part in (str(sheet.print_area).split(",") if sheet.print_area else ())
    ]

    def inside(row: int, column: int) -> bool:
        hidden = (
            sheet.row_dimensions[row].hidden
            or sheet.column_dimensions[get_column_letter(column)].hidden
        )
        return not hidden and (
            not areas
            or any(
                left <= column <= right and top <= row <= bottom
                for left, top, right, bottom in areas
            )
        )

    return inside


def _pieces(text: str) -> list[str]:
    """Return the lines of a text: a page break may part them."""
    return [line for line in text.split("\n") if line.strip()]


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\u200b\u00ad\ufeff]+", "", unicodedata.normalize("NFKC", text))


def _in_chinese_fonts(char: str) -> bool:
    try:
        char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True


def _run(*command: str | Path) -> str:
    return subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, encoding="utf-8"
    ).stdout


# --- ink ---------------------------------------------------------------------------------------

Box = tuple[float, float, float, float]
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def _cut(svg: Path) -> Iterator[tuple[float, float]]:
    """Yield where glyphs are drawn that their clip cuts."""
    from lxml import etree

    root = etree.parse(str(svg), etree.XMLParser(huge_tree=True)).getroot()
    clips = {
        str(clip.get("id")): _box_of([path.get("d") for path in clip.iter(f"{_SVG}path")])
        for clip in root.iter(f"{_SVG}clipPath")
    }
    inks = {
        str(glyph.get("id")): _box_of([path.get("d") for path in glyph.iter(f"{_SVG}path")])
        for glyph in root.iter(f"{_SVG}symbol", f"{_SVG}g")
        if str(glyph.get("id") or "").startswith("glyph")
    }
    yield from _walk(root, None, clips, inks)


def _walk(
    element: Any, clip: Box | None, clips: dict[str, Box | None], inks: dict[str, Box | None]
) -> Iterator[tuple[float, float]]:
    named = re.fullmatch(r"url\(#(.+)\)", element.get("clip-path") or "")
    if named is not None:
        clip = _both(clip, clips.get(named[1]))
    if element.tag == f"{_SVG}use":
        ink = inks.get(str(element.get(_LINK) or "#")[1:])
        if ink is not None and clip is not None:
            x, y = float(element.get("x") or 0), float(element.get("y") or 0)
            placed = (ink[0] + x, ink[1] + y, ink[2] + x, ink[3] + y)
            if _reaches_over(placed, clip):
                yield x, y
        return
    for child in element:
        if child.tag not in (f"{_SVG}defs", f"{_SVG}clipPath", f"{_SVG}symbol"):
            yield from _walk(child, clip, clips, inks)


def _box_of(paths: list[str | None]) -> Box | None:
    numbers = [float(n) for path in paths for n in _NUMBER.findall(path or "")]
    xs, ys = numbers[0::2], numbers[1::2]
    return (min(xs), min(ys), max(xs), max(ys)) if xs and ys else None


def _both(one: Box | None, other: Box | None) -> Box | None:
    if one is None or other is None:
        return one or other
    return (
        max(one[0], other[0]),
        max(one[1], other[1]),
        min(one[2], other[2]),
        min(one[3], other[3]),
    )


def _reaches_over(ink: Box, clip: Box) -> bool:
    left, top, right, bottom = ink
    return (
        left < clip[0] - _TOLERANCE
        or top < clip[1] - _TOLERANCE
        or right > clip[2] + _TOLERANCE
        or bottom > clip[3] + _TOLERANCE
    )
