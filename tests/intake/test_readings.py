"""What becomes of a cell in a column of numbers, and in one of words: a line for every case.

``docs/cells.md`` tells the office the same in short and is held to by a test of its own; here stand
both sides of every limit, the cases that depend on the measure, and every sentence in full.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from qiyx_xl.core.forms.cell import Cell, shown, squeeze
from qiyx_xl.core.forms.cell_parser import ParsedCell, read_cell, read_number
from qiyx_xl.core.primitives.values import Absence, Unreadable, spell

MEASURES = ("个", "%", "‰", "倍", "万元")
USUAL_ADVICE = "请改为一个数字；没有数请留空，不适用请写“不适用”"


def outcome(cell: Cell, reading: ParsedCell) -> str:
    """A reading in short: ``320``, ``V102 320 全角字符``, ``V104 → 320``, ``V103`` and advice.

    A number or a word is what was taken, ``空白`` that nothing was; after ``→`` stands what is
    offered instead of a refused value. The usual advice is left out.
    """
    parts = [] if reading.kind is None else [reading.kind.code]
    if isinstance(reading.value, Unreadable):
        assert reading.kind is not None, "nothing is refused without a word"
        assert spell(reading.value) == reading.value.text == (cell.error or shown(cell))
        assert reading.value.reason == reading.kind.title
        if reading.suggestion is not None:
            parts.append(f"→ {reading.suggestion}")
    else:
        is_blank = reading.value is Absence.NOT_REPORTED
        parts.append("空白" if is_blank else spell(reading.value))
        assert reading.suggestion in {None, spell(reading.value)}
    advice = reading.hint.strip()
    usual = {USUAL_ADVICE, f"请改为 {reading.suggestion}", reading.suggestion}
    return " ".join((*parts, *reading.notes, *([] if advice in usual else [advice]))).strip()


def rows_of(table: str) -> list[list[str]]:
    """The rows of a table drawn in this file; ``·`` stands for a space."""
    lines = [line.strip() for line in table.strip().splitlines()]
    return [[part.strip() for part in line.strip("|").split("|")] for line in lines]


IN_EVERY_MEASURE = """
| 320                 | 320 |
| -5                  | -5 |
| 0                   | 0 |
| 007                 | 7 |
| 3.                  | 3 |
| .5                  | 0.5 |
| ·96·                | 96 |
| 2026.9              | 2026.9 |
| 0000000000000000012 | 12 |
| 999999999999999     | 999999999999999 |
| 1234567890123456    | V112 |
| 1234567890123456个  | V112 |
| 1e14                | V102 100000000000000 科学计数法 |
| 1e15                | V112 |
| 9e999               | V112 |
| 1E-3                | V102 0.001 科学计数法 |
| 3.2e2               | V102 320 科学计数法 |
| 1,234               | V102 1234 带千分位逗号 |
| 1,234,567.8         | V102 1234567.8 带千分位逗号 |
| 12,34               | V103 逗号、小数点的位置读不成一个数。小数点请用“.”，千位不用分隔 |
| +5                  | V102 5 前面有加号 |
| ０３２              | V102 32 全角字符 |
| '96                 | V102 96 前面有撇号 |
| 3 20                | V103 里面不止一个数（3、20），分不清取哪一个。请只填一个数 |
| 3/5                 | V103 里面不止一个数（3、5），分不清取哪一个。请只填一个数 |
| 3比5                | V103 里面不止一个数（3、5），分不清取哪一个。请只填一个数 |
| 3。。5              | V103 里面不止一个数（3、5），分不清取哪一个。请只填一个数 |
| 3。5                | V103 → 3.5 |
| 三百二十            | V103 → 320 |
| 九成                | V103 |
| 很多                | V103 |
| 已完成              | V103 |
| 约320               | V105 → 320 |
| 近320               | V105 → 320 |
| 320左右             | V105 → 320 |
| 320以上             | V105 → 320 |
| 320多               | V105 → 320 |
| 300余               | V105 → 300 |
| ≥5                  | V105 → 5 |
| <5                  | V105 → 5 |
| ~5                  | V105 → 5 |
| 达5                 | V105 → 5 |
| 2026-09             | V107 |
| 2026年9月           | V107 |
| 9月5日              | V107 |
| 2026/9/5            | V107 |
| 不适用              | 不适用 |
| 免报                | 不适用 |
| n/a                 | 不适用 |
|                     | 空白 |
| /                   | V114 空白 |
| —                   | V114 空白 |
| 暂无                | V114 空白 |
| 无                  | V115 |
| 没有                | V115 |
| #REF!               | V109 |
| #n/a                | V109 |
"""


@pytest.mark.parametrize(("written", "expected"), rows_of(IN_EVERY_MEASURE))
def test_most_texts_are_read_alike_in_every_measure(written: str, expected: str) -> None:
    cell = Cell("G6", written.replace("·", " "))
    told = {measure: outcome(cell, read_number(cell, measure)) for measure in MEASURES}
    assert told == dict.fromkeys(MEASURES, expected)


BY_MEASURE = """
| 填的         | 个               | %                       | ‰                       | 倍               | 万元          |
| 320个        | V104 → 320       | V106                    | V106                    | V106             | V106          |
| 3.2万        | V104 → 32000     | V106                    | V106                    | V104 → 32000     | V104 → 3.2    |
| 3.2万个      | V104 → 32000     | V106                    | V106                    | V106             | V106          |
| 2亿          | V104 → 200000000 | V106                    | V106                    | V104 → 200000000 | V104 → 20000  |
| 3百          | V104 → 300       | V106                    | V106                    | V104 → 300       | V104 → 0.03   |
| 123456789012345元 | V106        | V106                    | V106                    | V106             | V104 → 12345678901.2345 |
| 5元          | V106             | V106                    | V106                    | V106             | V104 → 0.0005 |
| 5倍          | V106             | V106                    | V106                    | V104 → 5         | V106          |
| 96%          | V106             | V102 96 手工输入了百分号   | V106 → 960            | V106 → 0.96      | V106          |
| 0.96%        | V106             | V102 0.96 手工输入了百分号 | V106 → 9.6            | V106 → 0.0096    | V106          |
| 96‰          | V106             | V106 → 9.6              | V102 96 手工输入了百分号 | V106             | V106          |
| 96个百分点   | V106             | V106 → 96               | V106 → 960              | V106             | V106          |
| 百分之九十六 | V103             | V103 → 96               | V103 → 960              | V103 → 0.96      | V103          |
| 百分之三     | V103             | V103 → 3                | V103 → 30               | V103 → 0.03      | V103          |
| 一亿二千万   | V103 → 120000000 | V103                    | V103                    | V103 → 120000000 | V103          |
| 全覆盖       | V103             | V113 → 100              | V103                    | V103             | V103          |
| 已全覆盖     | V103             | V113 → 100              | V103                    | V103             | V103          |
| 基本全覆盖   | V103             | V103                    | V103                    | V103             | V103          |
"""


@pytest.mark.parametrize("row", rows_of(BY_MEASURE)[1:], ids=lambda row: row[0])
def test_a_text_with_a_measure_of_its_own_is_held_against_the_item_s(row: list[str]) -> None:
    cell = Cell("G6", row[0])
    assert [outcome(cell, read_number(cell, measure)) for measure in MEASURES] == row[1:]


STORED = [
    (Cell(value=320), "320"),
    (Cell(value=-5), "-5"),
    (Cell(value=0), "0"),
    (Cell(value=0.1 + 0.2), "0.3"),
    (Cell(value=Decimal("4.90")), "4.9"),
    (Cell(value=1e14), "100000000000000"),
    (Cell(value=1e15), "V112"),
    (Cell(value=-1e15), "V112"),
    (Cell(value=float("inf")), "V103"),
    (Cell(value=float("nan")), "V103"),
    (Cell(value=Decimal("NaN")), "V103"),
    (Cell(value=True), "V108"),
    (Cell(value=False), "V108"),
    (Cell(value=date(2026, 9, 30)), "V107"),
    (Cell(value=datetime(2026, 9, 30, 8)), "V107"),
    (Cell(value=time(9, 30)), "V107"),
    (Cell(value=None), "空白"),
    (Cell(value=320, formula=True), "V111 320"),
    (Cell(value="", formula=True), "空白"),
    (Cell(formula=True), "V110"),
    (Cell(error="#N/A"), "V109"),
    (Cell(value=5, error="#REF!", formula=True), "V109"),
    (Cell(value="65", percent=True), "65"),
    (Cell(value="很" * 60), "V103"),
    (Cell(value="5" * 40), "V112"),
]


@pytest.mark.parametrize(("cell", "expected"), STORED, ids=lambda one: str(one)[:60])
def test_what_a_sheet_stores_is_read_alike_in_every_measure(cell: Cell, expected: str) -> None:
    told = {measure: outcome(cell, read_number(cell, measure)) for measure in MEASURES}
    assert told == dict.fromkeys(MEASURES, expected)


PERCENT_FORMAT = """
| 存的 | 个   | %        | ‰         | 倍          | 万元 |
| 0.65 | V106 | V116 65  | V116 650  | V106 → 0.65 | V106 |
| 1    | V106 | V116 100 | V116 1000 | V106 → 1    | V106 |
"""


@pytest.mark.parametrize("row", rows_of(PERCENT_FORMAT)[1:], ids=lambda row: row[0])
def test_a_number_in_percent_format_is_what_the_sheet_shows(row: list[str]) -> None:
    cell = Cell(value=float(row[0]), percent=True)
    assert [outcome(cell, read_number(cell, measure)) for measure in MEASURES] == row[1:]


# 4 is an item that is passed or not, M01 a milestone: they differ in the word for what is finished.
PROGRESS = """
| 填的   | 4                      | M01                    |
| 已通过 | 已通过                 | 已通过                 |
| 已完成 | 已完成                 | 已完成                 |
| 进行中 | 进行中                 | 进行中                 |
| 未通过 | 未通过                 | 未通过                 |
| 是     | V102 已通过 用语不统一 | V102 已完成 用语不统一 |
| 100%   | V102 已通过 用语不统一 | V102 已完成 用语不统一 |
| 100    | V102 已通过 用语不统一 | V102 已完成 用语不统一 |
| TRUE   | V102 已通过 用语不统一 | V102 已完成 用语不统一 |
| 在建   | V102 进行中 用语不统一 | V102 进行中 用语不统一 |
| 未完成 | V117 → 进行中 已通过、进行中、未通过 | V117 → 进行中 已完成、进行中、未通过 |
| 否     | V117 → 进行中 已通过、进行中、未通过 | V117 → 进行中 已完成、进行中、未通过 |
| FALSE  | V117 → 进行中 已通过、进行中、未通过 | V117 → 进行中 已完成、进行中、未通过 |
| 45%    | V117 → 进行中 已通过、进行中、未通过 | V117 → 进行中 已完成、进行中、未通过 |
| 0.96%  | V117 → 进行中 已通过、进行中、未通过 | V117 → 进行中 已完成、进行中、未通过 |
| 450%   | V117 已通过、进行中、未通过 | V117 已完成、进行中、未通过 |
| 45‰    | V117 已通过、进行中、未通过 | V117 已完成、进行中、未通过 |
| 很多   | V117 已通过、进行中、未通过 | V117 已完成、进行中、未通过 |
| 全覆盖 | V117 已通过、进行中、未通过 | V117 已完成、进行中、未通过 |
| 2026-09 | V117 已通过、进行中、未通过 | V117 已完成、进行中、未通过 |
| 免报   | 不适用                 | 不适用                 |
|        | 空白                   | 空白                   |
| /      | V114 空白              | V114 空白              |
| 无     | V115                   | V115                   |
| #REF!  | V109                   | V109                   |
"""


@pytest.mark.parametrize(("written", "passed", "done"), rows_of(PROGRESS)[1:])
def test_progress_is_one_of_a_few_words(plan: Any, written: str, passed: str, done: str) -> None:
    cell = Cell("G6", written)
    told = [outcome(cell, read_cell(cell, plan.find(code))) for code in ("4", "M01")]
    assert told == [passed, done]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell(value=1, percent=True), "V102 已完成 用语不统一"),
        (Cell(value=True), "V102 已完成 用语不统一"),
        (Cell(value=False), "V117 → 进行中 已完成、进行中、未通过"),
        (Cell(value=0.45, percent=True), "V117 → 进行中 已完成、进行中、未通过"),
        (Cell(value=1.0), "V117 已完成、进行中、未通过"),
        (Cell(value=date(2026, 9, 30)), "V117 已完成、进行中、未通过"),
        (Cell(), "空白"),
    ],
    ids=str,
)
def test_progress_is_read_from_what_the_sheet_shows(plan: Any, cell: Cell, expected: str) -> None:
    assert outcome(cell, read_cell(cell, plan.find("M01"))) == expected


COVERAGE = [
    ("全覆盖", "全覆盖"),
    ("基本全覆盖", "基本全覆盖"),
    ("已全覆盖", "V102 全覆盖 用语不统一"),
    ("应保尽保", "V102 全覆盖 用语不统一"),
    ("100%", "V102 全覆盖 用语不统一"),
    (Cell(value=1, percent=True), "V102 全覆盖 用语不统一"),
]


@pytest.mark.parametrize(("content", "expected"), COVERAGE, ids=str)
def test_full_coverage_has_words_of_its_own(plan: Any, content: Any, expected: str) -> None:
    cell = content if isinstance(content, Cell) else Cell(value=content)
    assert outcome(cell, read_cell(cell, plan.find("15"))) == expected


@pytest.mark.parametrize(
    "content", ["320", "约320", "3.2万", "96%", "99%", "不适用", "/", "很多", 320, 1.0, True, None]
)
def test_coverage_in_other_words_is_a_number_like_any(plan: Any, content: Any) -> None:
    item = plan.find("15")
    assert read_cell(content, item) == read_number(content, item.measure)


# Every sentence about the content of a cell, once.
SENTENCES = [
    (
        "，３２０", "个",
        "V103 “本期实际值”应只填数字，现在填的是“，３２０”。逗号、小数点的位置读不成一个数。"
        "小数点请用“.”，千位不用分隔。",
    ),
    (
        "3 20", "个",
        "V103 “本期实际值”应只填数字，现在填的是“3 20”。里面不止一个数（3、20），分不清取哪一个。"
        "请只填一个数。",
    ),
    ("三百二十", "个", "V103 “本期实际值”应只填数字，现在填的是“三百二十”。请改为 320。"),
    (
        "很多", "个",
        "V103 “本期实际值”应只填数字，现在填的是“很多”。"
        "请改为一个数字；没有数请留空，不适用请写“不适用”。",
    ),
    (
        "０３２", "个",
        "V102 “本期实际值”填的是“０３２”（全角字符），已按 32 读取。请核对。",
    ),
    (
        "+1,234", "个",
        "V102 “本期实际值”填的是“+1,234”（带千分位逗号、前面有加号），已按 1234 读取。请核对。",
    ),
    ("320个", "个", "V104 “本期实际值”应只填数字，现在填的是“320个”。请改为 320，不要带单位。"),
    (
        "约320", "个",
        "V105 “本期实际值”应填确数，现在填的是“约320”。请核实后填写；如果确数就是 320，请改为 320。",
    ),
    (
        "320个", "%",
        "V106 “本期实际值”的计量单位是“%”，现在填的是“320个”。请换算成“%”，只填数字。",
    ),
    (
        "96‰", "%",
        "V106 “本期实际值”的计量单位是“%”，现在填的是“96‰”。请换算成“%”，只填数字，可改为“9.6”。",
    ),
    (
        date(2026, 9, 30), "个",
        "V107 “本期实际值”应填数字，现在是日期或时间“2026-09-30”。请改填数字；"
        "填的数显示成了日期的，请先把单元格格式改为“数值”。",
    ),
    (True, "个", "V108 “本期实际值”应填数字，现在是“TRUE”。请改填数字。"),
    (
        Cell(error="#N/A"), "个",
        "V109 “本期实际值”里是错误值 #N/A。请改正公式，或直接填数字。",
    ),
    (
        Cell(formula=True), "个",
        "V110 “本期实际值”是公式，但文件里没有存下结果。请用 Excel 或 WPS 打开，保存后再报，或直接填数字。",
    ),
    (
        Cell(value=320, formula=True), "个",
        "V111 “本期实际值”是公式，已按保存时的结果 320 读取。请核对，最好粘贴为数值。",
    ),
    (
        "1e15", "个",
        "V112 “本期实际值”里的“1e15”超过 15 位，Excel 存不下这么长的数。"
        "请核对是否把编号、证件号或电话填进了数值格。",
    ),
    ("全覆盖", "%", "V113 “本期实际值”应填数字，现在填的是“全覆盖”。请改为 100。"),
    (
        "/", "个",
        "V114 “本期实际值”填的是“/”，按没有填处理。没有数请留空；不适用请写“不适用”；是零请填 0。",
    ),
    (
        "无", "个",
        "V115 “本期实际值”填的是“无”，分不清是零还是没有数。是零请填 0；不适用请写“不适用”；"
        "还没有数请留空。",
    ),
    (
        Cell(value=0.65, percent=True), "‰",
        "V116 “本期实际值”是百分比格式，显示为 65%，已按 650 读取。请核对。",
    ),
]  # fmt: skip


def sentence(cell: Cell, reading: ParsedCell, measure: str) -> str:
    finding = reading.finding(cell, "填报表", "本期实际值", measure)
    assert finding is not None
    return f"{finding.code} {finding.message}"


@pytest.mark.parametrize(("content", "measure", "expected"), SENTENCES, ids=str)
def test_the_sender_is_told_in_a_sentence(content: Any, measure: str, expected: str) -> None:
    cell = content if isinstance(content, Cell) else Cell("G6", content)
    assert sentence(cell, read_number(cell, measure), measure) == expected


@pytest.mark.parametrize(
    ("code", "written", "expected"),
    [
        ("4", "320", "“已通过、进行中、未通过”中选一个，现在填的是“320”。还没有开始的请留空。"),
        (
            "M01",
            "否",
            "“已完成、进行中、未通过”中选一个，现在填的是“否”，可改为“进行中”。还没有开始的请留空。",
        ),
    ],
)
def test_the_words_to_choose_from_are_listed(
    plan: Any, code: str, written: str, expected: str
) -> None:
    cell, item = Cell("G6", written), plan.find(code)
    said = sentence(cell, read_cell(cell, item), item.measure)
    assert said == f"V117 “本期实际值”请从{expected}"


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (Cell(value=320), "320"),
        (Cell(value=0.1 + 0.2), "0.3"),
        (Cell(value=1e20), "100000000000000000000"),
        (Cell(value=float("inf")), "inf"),
        (Cell(value=float("nan")), "nan"),
        (Cell(value=Decimal("4.90")), "4.9"),
        (Cell(value=Decimal("NaN")), "NaN"),
        (Cell(value=True), "TRUE"),
        (Cell(value=False), "FALSE"),
        (Cell(value=date(2026, 9, 30)), "2026-09-30"),
        (Cell(value=datetime(2026, 9, 30)), "2026-09-30"),
        (Cell(value=datetime(2026, 9, 30, 8)), "2026-09-30 08:00:00"),
        (Cell(value=datetime(1900, 1, 9, 12, 0, 1)), "1900-01-09 12:00:01"),
        (Cell(value=time(9, 30)), "09:30:00"),
        (Cell(value=None), ""),
        (Cell(value=320, percent=True), "32000%"),
        (Cell(value=-5, percent=True), "-500%"),
        (Cell(value=0.1 + 0.2, percent=True), "30%"),
    ],
    ids=lambda one: str(one)[:60],
)
def test_a_cell_is_shown_as_the_sheet_shows_it(cell: Cell, expected: str) -> None:
    assert shown(cell) == expected


@pytest.mark.parametrize(
    "text", ["３２ ０", "'96", "a b", "  x  ", "", "（甲）", "长" * 300 + " " + "长"]
)
def test_what_was_changed_in_a_text_is_noted_and_nothing_else(text: str) -> None:
    narrow, notes = squeeze(text)
    assert " " not in narrow
    assert (notes == ()) == (narrow == text.strip())


def test_a_cell_of_spaces_is_blank_unless_it_holds_an_error_a_formula_or_zero() -> None:
    blank = Cell("G6", "  ")
    assert blank.is_blank
    for filled in (
        blank._replace(error="#N/A"),
        blank._replace(formula=True),
        blank._replace(value=0),
    ):
        assert not filled.is_blank
