"""PDFs with a text layer, drawn from texts at places and lines, without any library."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH, HEIGHT, SIZE = 842, 595, 9

Placed = tuple[float, float, str]
"""A text with the place of its left lower corner, counted from the left and from above."""
Line = tuple[float, float, float, float]


def pdf(pages: Sequence[tuple[Sequence[Placed], Sequence[Line]]]) -> bytes:
    """Draw pages, each of texts and of lines; the font is one that every reader knows."""
    parts: list[bytes] = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"",  # the list of pages, once they have numbers
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
        b" /DescendantFonts [4 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000"
        b" /W [1 94 500] /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
        b" /FontDescriptor 5 0 R >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [0 -200 1000 900]"
        b" /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 700 /StemV 80 >>",
    ]
    numbers = []
    for texts, lines in pages:
        content = b"".join(
            b"BT /F1 %d Tf 1 0 0 1 %.2f %.2f Tm <%s> Tj ET\n"
            % (SIZE, x, HEIGHT - y, text.encode("utf-16-be").hex().encode())
            for x, y, text in texts
        ) + b"".join(
            b"%.2f %.2f m %.2f %.2f l S\n" % (x0, HEIGHT - y0, x1, HEIGHT - y1)
            for x0, y0, x1, y1 in lines
        )
        parts.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        parts.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (WIDTH, HEIGHT, len(parts))
        )
        numbers.append(len(parts))
    kids = b" ".join(b"%d 0 R" % number for number in numbers)
    parts[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(numbers))
    return _file(parts)


def _file(parts: Sequence[bytes]) -> bytes:
    out = BytesIO()
    out.write(b"%PDF-1.5\n")
    places = []
    for number, part in enumerate(parts, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, part))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(parts) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer << /Size %d /Root 1 0 R >>\n" % (len(parts) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def table_pages(
    rows: Sequence[Sequence[str]], widths: Sequence[float], *, ruled: bool, rows_of_page: int = 24
) -> list[tuple[list[Placed], list[Line]]]:
    """Draw a table on as many pages as it needs, with ruled lines or only with columns."""
    pages = []
    for begin in range(0, len(rows), rows_of_page):
        part = rows[begin : begin + rows_of_page]
        lefts = [40.0]
        for width in widths:
            lefts.append(lefts[-1] + width)
        texts = [
            (lefts[column] + 3, 55.0 + 20 * row, cell)
            for row, cells in enumerate(part)
            for column, cell in enumerate(cells)
            if cell
        ]
        lines: list[Line] = []
        if ruled:
            bottom = 42.0 + 20 * len(part)
            lines += [
                (lefts[0], 42 + 20.0 * k, lefts[-1], 42 + 20.0 * k) for k in range(len(part) + 1)
            ]
            lines += [(left, 42, left, bottom) for left in lefts]
        pages.append((texts, lines))
    return pages
