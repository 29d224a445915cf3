"""How the words of 佐证材料 are counted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.case_tables import cases

from qiyx_xl.core.records.evidence import counted_evidence, read_evidence

# What is written | how it is counted; — for nothing.
WRITTEN = """
验收意见1份                          | 1件（文件1）
验收意见.pdf；现场照片3张            | 4件（文件1、图片3）
照片３张、清单                       | 4件（表格1、图片3）
印发的文件                           | 1件（文件1）
一期.MP4 ， 台账.xlsx                | 2件（表格1、影像1）
截图.png;截图2.PNG                   | 2件（图片2）
奖牌                                 | 1件（其他1）
2026年方案                           | 1件（文件1）
无                                   | —
/                                    | —
待补；照片2张                        | 2件（图片2）
——                                   | —
N/A                                  | —
0份                                  | 1件（其他1）
"""


@pytest.mark.parametrize(("written", "counted"), cases(WRITTEN))
def test_pieces_are_counted_by_kind(written: str, counted: str) -> None:
    assert (counted_evidence([written]) or "—") == counted


def test_several_cells_are_counted_together() -> None:
    assert counted_evidence(["照片2张", "", "照片1张；批复1份"]) == "4件（文件1、图片3）"


@given(st.text(max_size=60))
def test_any_text_is_counted_without_a_word_lost(text: str) -> None:
    entries = read_evidence(text)
    assert all(entry.pieces >= 1 and entry.text in text for entry in entries)
    assert bool(counted_evidence([text])) is bool(entries)
