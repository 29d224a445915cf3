"""The check of printed papers finds what it is there to find."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter
from support import rendering

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.libreoffice

_WRAPPED = {"text_wrap": True, "valign": "vcenter", "border": 1, "font_name": "宋体"}


def drawn(tmp_path: Path, draw: Callable[[Any, Any], None]) -> rendering.Printed:
    path = tmp_path / "表.xlsx"
    book = xlsxwriter.Workbook(str(path))
    draw(book, book.add_worksheet("表"))
    book.close()
    return rendering.printed(path, tmp_path)


def test_a_sheet_whose_cells_all_fit_passes(tmp_path: Path) -> None:
    def draw(book: Any, sheet: Any) -> None:
        sheet.set_column(0, 0, 20)
        sheet.set_row(1, 48)
        sheet.write(0, 0, "单位")
        sheet.write(1, 0, "放得下的一段文字，要分两行才写得完", book.add_format(_WRAPPED))
        sheet.write(2, 0, 0.9765, book.add_format({"num_format": "0.0%"}))
        sheet.write(5, 9, "打印区域以外的文字")
        sheet.print_area("A1:B3")

    drawn(tmp_path, draw).check(pages=range(1, 2))


@pytest.mark.parametrize(
    ("draw", "told"),
    [
        (
            lambda book, sheet: (
                sheet.set_row(0, 16),
                sheet.write(0, 0, "行太矮，写不下这么多行的文字", book.add_format(_WRAPPED)),
            ),
            "glyphs cut",
        ),
        (
            lambda _, sheet: (sheet.write(0, 0, "列太窄时被邻居挡住"), sheet.write(0, 1, "邻居")),
            "表!A1: cut",
        ),
        (
            lambda book, sheet: (
                sheet.set_column(0, 0, 4),
                sheet.write(0, 0, 123456789, book.add_format({"num_format": "0.00"})),
            ),
            "###",
        ),
        (
            lambda book, sheet: (
                sheet.set_row(0, 13),
                sheet.write(0, 0, "大字", book.add_format({"font_size": 20, **_WRAPPED})),
            ),
            "glyphs cut",
        ),
        (lambda _, sheet: sheet.write(0, 0, "\u2603"), "not in the fonts"),
    ],
    ids=[
        "row too low",
        "column too narrow",
        "number too long",
        "line cut through",
        "odd character",
    ],
)
def test_what_does_not_come_out_whole_is_named(
    tmp_path: Path, draw: Callable[[Any, Any], None], told: str
) -> None:
    printed = drawn(tmp_path, draw)
    with pytest.raises(AssertionError, match=told):
        printed.check()
