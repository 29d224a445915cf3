"""The cell functions as plain Python: the rating suite, shapes, and the four kinds of nothing."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from support.broken_down import with_shares
from support.paths import TESTS

from qiyx_xl import __version__
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.rating.rate import Light
from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN, NOT_READABLE
from qiyx_xl.shells import functions, plan_sheets

SUITE = TESTS / "suite" / "rating.json"
FROM_A_DATE_CELL = datetime(2026, 9, 30)
LONG_AFTER, LONG_BEFORE = date(2099, 1, 1), date(2000, 1, 1)


def call(name: str, *cells: Any) -> Any:
    """Call a function as a formula in one cell does: each argument a single cell."""
    return functions.REGISTRY[name].answer(*([[cell]] for cell in cells))


def cell(text: str | None) -> Any:
    """What Excel hands over for a text typed into a cell: a float for a number."""
    if text is None or text == "":
        return None
    try:
        return float(text)
    except ValueError:
        return text


def suite() -> list[Any]:
    """The cases that can be asked in a cell: of the shipped plan and rules."""
    cases = json.loads(SUITE.read_text(encoding="utf-8"))["cases"]
    askable = [case for case in cases if not {"change", "rules"} & set(case["input"])]
    assert any(case["input"].get("confirmed") for case in askable)
    assert len(askable) > 200
    return [pytest.param(case, id=case["id"]) for case in askable]


def row_of(case: dict[str, Any]) -> list[Any]:
    given = case["input"]
    cells = (given["item"], given["period"], given["actual"])
    numbers = (cell(given.get("previous")), cell(given.get("second")))
    return [*map(cell, cells), *numbers, given.get("confirmed")]


def share_as_percent(share: float) -> str:
    """A share in a cell formatted 0.0%."""
    percent = Decimal(repr(share)) * 100
    return f"{percent.quantize(Decimal('0.1'), rounding=ROUND_HALF_UP)}%"


@pytest.mark.parametrize("case", suite())
def test_the_rating_suite_holds_in_cells(case: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    today = LONG_AFTER if case["input"].get("due", True) else LONG_BEFORE
    monkeypatch.setattr(functions, "_today", lambda: today)
    row, expected = row_of(case), case["expected"]
    if "light" in expected:
        assert call("QYX_STATUS", *row) == Light(expected["light"]).word
    if "reason" in expected:
        assert call("QYX_EXPLAIN", *row).startswith(expected["reason"])
    if "flags" in expected:
        assert all(flag in call("QYX_EXPLAIN", *row) for flag in expected["flags"])
    if "display" in expected:
        share = call("QYX_RATE", *row)
        shown = share_as_percent(share) if isinstance(share, float) else share
        assert shown == expected["display"] or (shown, expected["display"]) == (NOT_READABLE, "—")
    if "schedule_gap_pp" in expected:
        gap = call("QYX_GAP", *row)
        if expected["schedule_gap_pp"] is None:
            assert gap in ("—", NOT_READABLE)
        else:
            assert gap == pytest.approx(float(expected["schedule_gap_pp"]), abs=0.0501)


def text(number: object) -> object:
    """What ``cell&""`` makes of a cell: a text; of a blank, the empty one."""
    return f"{number:.15g}" if isinstance(number, float) else number or ""


def test_the_ledger_s_formulas_may_hand_over_last_year_s_value_and_the_base_as_texts(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(functions, "_today", lambda: LONG_AFTER)
    given = 0
    for case in suite():
        row = row_of(case.values[0])
        as_texts = [*row[:3], text(row[3]), text(row[4]), row[5]]
        given += isinstance(row[3], float) + isinstance(row[4], float)
        for name in plan_sheets.FUNCTIONS:
            assert call(name, *as_texts) == call(name, *row), case.id
    assert given > 50


def test_the_whole_suite_in_one_array_call_answers_as_cell_by_cell(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(functions, "_today", lambda: LONG_AFTER)
    rows = [row_of(case.values[0]) for case in suite()]
    for name in ("QYX_RATE", "QYX_STATUS", "QYX_GAP", "QYX_EXPLAIN"):
        columns = [[[row[place]] for row in rows] for place in range(6)]
        assert functions.REGISTRY[name].answer(*columns) == [[call(name, *row)] for row in rows]


def test_blank_zero_not_applicable_and_an_error_are_four_inputs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(functions, "_today", lambda: LONG_AFTER)
    rows = {actual: call("QYX_EXPLAIN", 9.0, "2026Q3", actual) for actual in (None, "不适用", 0.0)}
    assert rows[None] == "已过报送截止日，仍未填报"
    assert rows["不适用"] == "本期不适用，不计入评价"
    assert rows[0.0].startswith("滞后序时")
    error = [call(name, 9.0, "2026Q3", "#N/A") for name in ("QYX_RATE", "QYX_GAP", "QYX_STATUS")]
    assert error == [NOT_READABLE, NOT_READABLE, "灰"]
    assert call("QYX_EXPLAIN", 9.0, "2026Q3", "#DIV/0!") == "公式出错"
    blank = [call("QYX_RATE", 9.0, "2026Q3", actual) for actual in (None, "", "  ")]
    assert blank == ["—"] * 3


@pytest.mark.parametrize("key", [22.0, 0.0, 9.5, "T9-9-99", "没有这个指标", -1.0])
def test_what_is_not_in_the_plan_is_not_available(key: object):
    for name in ("QYX_RATE", "QYX_STATUS", "QYX_GAP", "QYX_EXPLAIN"):
        assert call(name, key, "2026Q3", 1.0) == NOT_IN_PLAN
    assert call("QYX_TARGET", key, 2026.0) == call("QYX_INFO", key, "名称") == NOT_IN_PLAN


@pytest.mark.parametrize("period", ["去年", "2026Q5", None, "#REF!", 46_000.0, True, "2026-13"])
def test_a_period_that_cannot_be_read_is_a_value_error(period: object):
    assert call("QYX_STATUS", 9.0, period, 1.0) == NOT_READABLE
    assert call("QYX_TARGET", 9.0, period) == NOT_READABLE


@pytest.mark.parametrize("other", ["很多", "#VALUE!"])
def test_a_second_number_that_cannot_be_read_is_a_value_error(other: str):
    assert call("QYX_RATE", 9.0, "2026Q3", 7.0, other) == NOT_READABLE
    assert call("QYX_STATUS", 15.0, "2026", 7.0, None, other) == NOT_READABLE


@pytest.mark.parametrize("said", [True, 1.0, "TRUE", "true", "是", "已核实", " 已核实 "])
def test_a_value_that_a_person_has_confirmed_is_rated_however_implausible(said: object):
    asked = (19.0, "2026", 1.7, None, None)
    assert [call(name, *asked) for name in ("QYX_STATUS", "QYX_GAP")] == ["灰", "—"]
    assert call("QYX_STATUS", *asked, said) == "红"
    assert call("QYX_RATE", *asked, said) == pytest.approx(1.7 / 16500)
    assert call("QYX_EXPLAIN", *asked, said) != call("QYX_EXPLAIN", *asked)


@pytest.mark.parametrize("said", [None, "", "  ", False, 0.0, "FALSE", "否", "未核实"])
def test_blank_and_no_confirm_nothing(said: object):
    assert call("QYX_STATUS", 19.0, "2026Q3", 1.7, None, None, said) == "灰"


@pytest.mark.parametrize("said", ["大概", "#N/A", 2.0, FROM_A_DATE_CELL])
def test_a_confirmation_that_cannot_be_read_is_a_value_error(said: object):
    for name in ("QYX_RATE", "QYX_STATUS", "QYX_GAP", "QYX_EXPLAIN"):
        assert call(name, 19.0, "2026Q3", 17000.0, None, None, said) == NOT_READABLE
    assert call("QYX_STATUS", 99.0, "2026Q3", 1.0, None, None, said) == NOT_IN_PLAN


@pytest.mark.parametrize(
    "period", ["2026Q3", "2026年三季度", "2026-09", "2026年9月", FROM_A_DATE_CELL]
)
@pytest.mark.parametrize("key", [9.0, "9", "09", " 9 ", "开展职业技能培训累计数"])
def test_items_and_periods_may_be_written_in_any_of_their_ways(key: object, period: object):
    assert call("QYX_RATE", key, period, 7.0) == pytest.approx(7 / 8.3)


def test_targets_are_numbers_or_as_printed():
    assert call("QYX_TARGET", 9.0, 2026.0) == 8.3
    assert call("QYX_TARGET", 7.0, 2026.0) == 3.5
    assert call("QYX_TARGET", 7.0, "2026Q3", "原文") == "<3.5"
    assert call("QYX_TARGET", 13.0, 2027.0, "原文") == "≥32"
    assert call("QYX_TARGET", 15.0, 2026.0) == "全覆盖"
    assert call("QYX_TARGET", "T3-1-01", 2026.0) == 16
    assert call("QYX_TARGET", "T3-1-02", 2026.0, "原文") == "<3.5"
    assert call("QYX_TARGET", 9.0, 2022.0) == call("QYX_TARGET", 9.0, 2028.0) == NOT_IN_PLAN
    assert call("QYX_TARGET", "M07", 2026.0) == NOT_IN_PLAN
    assert call("QYX_TARGET", 9.0, 2026.0, "英文") == NOT_READABLE


@pytest.mark.parametrize(
    ("field", "answer"),
    [
        ("名称", "开展职业技能培训累计数"),
        ("name", "开展职业技能培训累计数"),
        ("计量单位", "万人次"),
        ("Domain", "劳有所得"),
        ("牵头单位", "区人力社保局"),
        ("方向", "正向"),
        ("frequency", "月报"),
        ("出处", "表-9"),
        ("电话", NOT_READABLE),
        (None, NOT_READABLE),
    ],
)
def test_facts_of_an_item_have_chinese_and_english_names(field: object, answer: str):
    assert call("QYX_INFO", 9.0, field) == answer


FIVE = ["2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
TRAINED, PLACES = [5.4, 6.0, 6.4, 6.9, 7.2], [64.0, 65.0, 66.0, 66.0, 67.0]


def test_the_pace_is_what_is_still_due_each_month():
    assert call("QYX_PACE", 9.0, "2026Q2", 7.5) == pytest.approx(0.8 / 6)
    assert call("QYX_PACE", 9.0, "2026Q2", 9.0) == 0
    column = functions.REGISTRY["QYX_PACE"].answer([[9.0], [99.0], [None]], [["2026Q2"]], [[7.1]])
    assert column == [[pytest.approx(0.2)], [NOT_IN_PLAN], [""]]


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ((9.0, "2026Q2", None), NOT_IN_PLAN),
        ((9.0, "2026Q2", "不适用"), NOT_IN_PLAN),
        ((9.0, "2026Q2", "很多"), NOT_READABLE),
        ((9.0, "2026Q2", "#DIV/0!"), NOT_READABLE),
        ((9.0, "去年", 7.0), NOT_READABLE),
        ((9.0, "2026Q4", 7.0), NOT_IN_PLAN),  # no month is left
        ((7.0, "2026Q2", 2.0), NOT_IN_PLAN),  # a ceiling holds at every period
        ((19.0, "2026Q2", 1.7), NOT_IN_PLAN),  # in doubt
        ((1.0, "2026Q2", 4.6, 4600.0), NOT_IN_PLAN),  # in doubt by last year's figure
    ],
)
def test_where_no_pace_is_due_it_is_not_available(row: tuple[Any, ...], answer: str):
    assert call("QYX_PACE", *row) == answer


def test_a_forecast_is_one_number_of_a_series_in_a_row_or_a_column():
    forecast = functions.REGISTRY["QYX_FORECAST"].answer
    assert forecast([[9.0]], [FIVE], [TRAINED]) == 8.1
    assert forecast([[9.0]], [[one] for one in FIVE], [[one] for one in TRAINED]) == 8.1
    assert forecast([[9.0]], [FIVE], [[*TRAINED[:2], None, "不适用", 7.2]]) == 8.1


def test_forecasts_of_many_items_take_their_shape():
    forecast = functions.REGISTRY["QYX_FORECAST"].answer
    rows = [TRAINED, PLACES, [None] * 5, TRAINED]
    items = [9.0, 2.0, 3.0, None]
    assert forecast([[one] for one in items], [FIVE], rows) == [
        [8.1],
        [68.0],
        [NOT_IN_PLAN],
        [""],
    ]
    down = [[one] for one in FIVE]
    columns = [list(row) for row in zip(*rows, strict=True)]
    assert forecast([items], down, columns) == [[8.1, 68.0, NOT_IN_PLAN, ""]]
    assert forecast([[9.0], [2.0]], [FIVE, FIVE], rows[:2]) == [[8.1], [68.0]]


def test_figures_that_bear_no_forecast_are_not_available_and_unreadable_ones_a_value_error():
    forecast = functions.REGISTRY["QYX_FORECAST"].answer
    assert forecast([[9.0]], [FIVE[3:]], [TRAINED[3:]]) == NOT_IN_PLAN
    assert forecast([[9.0]], [FIVE], [[None] * 5]) == NOT_IN_PLAN
    assert forecast([[99.0]], [FIVE], [TRAINED]) == NOT_IN_PLAN
    assert forecast([[9.0]], [FIVE], [[*TRAINED[:4], 72_000.0]]) == NOT_IN_PLAN  # in doubt
    assert forecast([[9.0]], [FIVE], [TRAINED[:4]]) == NOT_READABLE
    assert forecast([[9.0]], [FIVE], [["#N/A", *TRAINED[1:]]]) == NOT_READABLE
    assert forecast([[9.0]], [["去年", *FIVE[1:]]], [TRAINED]) == NOT_READABLE
    assert forecast([[9.0], [9.0]], [FIVE], [TRAINED, TRAINED[:3]]) == [[8.1], [NOT_READABLE]]


def test_a_figure_in_doubt_among_the_earlier_ones_does_not_count():
    forecast = functions.REGISTRY["QYX_FORECAST"].answer
    wrong = [5.4, 60_000.0, 6.4, 6.9, 7.2]
    assert forecast([[9.0]], [FIVE], [wrong]) == forecast(
        [[9.0]], [FIVE], [[5.4, None, *wrong[2:]]]
    )


def test_scores_are_the_mean_of_lit_lamps():
    score = functions.REGISTRY["QYX_SCORE"].answer
    assert score([["绿", "黄"], ["红", "灰"]]) == pytest.approx(160 / 3)
    assert score([["绿"], [None], [""], [" 绿 "]]) == 100
    assert score([["灰"], [None]]) == "—"
    assert score([["绿"], ["蓝"]]) == score([["#N/A"]]) == NOT_READABLE


def test_the_plan_spills_with_a_header_and_a_row_for_each_indicator():
    table = functions.REGISTRY["QYX_PLAN"].answer()
    assert table[0][:3] == ["序号", "领域", "指标"]
    assert [row[0] for row in table[1:]] == [float(number) for number in range(1, 22)]
    assert len({len(row) for row in table}) == 1
    assert table[7][-5:] == ["<3.5"] * 5


def test_the_version_names_product_plan_and_rules():
    text = functions.REGISTRY["QYX_VERSION"].answer()
    assert __version__ in text
    assert functions.shipped().plan.version in text
    assert functions.shipped().rules.version in text


def test_answers_take_the_shape_of_the_largest_argument():
    status = functions.REGISTRY["QYX_STATUS"].answer
    column, row = [[7.0], [8.0], [8.3]], [[7.0, 8.0, 8.3]]
    down = status([[9.0]], [["2026"]], column)
    across = status([[9.0]], [["2026"]], row)
    assert [len(line) for line in down] == [1, 1, 1]
    assert across == [[line[0] for line in down]]
    square = status([[9.0], [1.0]], [["2026", "2025"]], [[5.0]])
    assert [len(line) for line in square] == [2, 2]
    assert status([[9.0]], [["2026"]], [[8.3]]) == "绿"


def test_where_a_range_is_too_short_the_answer_is_not_available_as_in_excel():
    answer = functions.REGISTRY["QYX_STATUS"].answer(
        [[9.0], [9.0], [9.0]], [["2026"]], [[8.3], [8.3]]
    )
    assert answer == [["绿"], ["绿"], [NOT_IN_PLAN]]


def test_empty_rows_of_a_table_stay_empty():
    answer = functions.REGISTRY["QYX_RATE"].answer(
        [[9.0], [None], [""]], [["2026"]], [[8.3], [None], [1.0]]
    )
    assert answer == [[1.0], [""], [""]]


def test_one_bad_row_spoils_no_other():
    answer = functions.REGISTRY["QYX_RATE"].answer(
        [[9.0], [99.0], ["#N/A"], [9.0]], [["2026"], ["2026"], ["2026"], ["2O26"]], [[8.3]] * 4
    )
    assert answer == [[1.0], [NOT_IN_PLAN], [NOT_READABLE], [NOT_READABLE]]


def test_true_is_no_number_and_one_is():
    assert call("QYX_RATE", 9.0, "2026", True) == NOT_READABLE
    assert isinstance(call("QYX_RATE", 9.0, "2026", 8.0), float)


def test_every_function_of_the_registry_is_there_and_takes_its_arguments():
    assert list(functions.REGISTRY) == [function.name for function in FUNCTIONS]
    for registered in functions.REGISTRY.values():
        grids = [[["2026"]]] * len(registered.function.arguments)
        answer = registered.answer(*grids)
        assert isinstance(answer, str | float | list)


def test_ten_thousand_ratings_take_one_call():
    count = 10_000
    answer = functions.REGISTRY["QYX_RATE"].answer(
        [[9.0]] * count, [["2026Q3"]], [[round(1 + row * 0.0007, 4)] for row in range(count)]
    )
    assert len(answer) == count
    assert all(math.isfinite(row[0]) for row in answer)


def test_a_cold_server_loads_no_heavy_library():
    code = (
        "import sys; import qiyx_xl.shells.functions as f; f.shipped().version();"
        "heavy = {'pandas', 'openpyxl', 'xlsxwriter', 'jsonschema', 'jsonschema_rs', 'lxml',"
        " 'python_calamine', 'docx', 'click', 'rich', 'sqlite3', 'pyopenvba'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_long_column_is_answered_also_where_numpy_cannot_be_loaded(
    monkeypatch: pytest.MonkeyPatch,
):
    actuals = [[2 + place / 1000] for place in range(300)]
    fast = functions.REGISTRY["QYX_RATE"].answer([[9.0]], [["2024Q2"]], actuals)
    monkeypatch.setitem(sys.modules, "numpy", None)
    assert functions.REGISTRY["QYX_RATE"].answer([[9.0]], [["2024Q2"]], actuals) == fast


def test_the_plan_sheets_of_an_empty_ledger_are_answered_too():
    codes = [[goal.code] for goal in functions.shipped().plan.goals]
    blanks = [[goal.baseline and float(goal.baseline)] for goal in functions.shipped().plan.goals]
    header, *answers = plan_sheets.answers_at([["2026Q3"]], [[None]], codes, blanks)
    assert header == plan_sheets.HEADER
    assert {row[0] for row in answers} >= {1.0, 21.0, "M01"}
    assert {row[1] for row in answers} == {""}
    for row in answers:
        asked = [[[cell]] for cell in (row[0], "2026Q3", *row[1:4], row[8])]
        assert row[4:8] == [
            functions.REGISTRY[name].answer(*asked) for name in plan_sheets.FUNCTIONS
        ]


def test_an_agency_is_rated_by_its_own_share_cell_by_cell_and_in_a_long_column(plan, rules):
    shared = with_shares(plan, ("12", "新碶街道", 2026, "72"), ("12", "白峰街道", 2026, "58"))
    own = functions.Functions(Plans.only(shared), rules)

    def gap(*agencies: Any) -> Any:
        cells = [[one] for one in agencies]
        return own.call("QYX_GAP", [["12"]], [["2026Q3"]], [[63.0]], [[46.0]], None, None, cells)

    # (63 − 46) ÷ (T − 46) − 3/4, in percentage points
    wanted = [round((17 / (target - 46) - 0.75) * 100, 6) for target in (72, 58, 70)]
    short = gap("新碶街道", "白峰街道", None)
    assert [round(row[0], 6) for row in short] == wanted
    long = gap(*["新碶街道", "白峰街道", ""] * 100)
    assert long == short * 100
    assert gap("区教育局") == NOT_IN_PLAN, "it has no share"
    assert gap("没有的单位") == NOT_IN_PLAN
    assert gap("#N/A") == NOT_READABLE
