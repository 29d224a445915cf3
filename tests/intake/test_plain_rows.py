"""A row that is taken for plain is one that all rules pass: asked or not, they say the same."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_forms import AGENCY, PERIOD, record, small_plan, write_drawing
from support.examples import tried

from qiyx_xl.core.checks import fast_path as plain_rows
from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.checks.fast_path import record_of
from qiyx_xl.core.checks.form_check import validate
from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.vocabulary import FILLED_KEYS, FORM_SCHEMA, LOCKED_KEYS, FilledForm, FormRow
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.source import Source
from qiyx_xl.intake.form.check import judge_file
from qiyx_xl.intake.office_files.rules import load_rules

KEYS = (*LOCKED_KEYS, *FILLED_KEYS)
PLAN = small_plan({"1", "2", "3", "9", "11", "18", "19", "T1-1-01", "T7-1-02"})
ROWS = {
    "1": ("1", "指标", "托位数", "个", "≥300", "", ""),
    "2": ("2", "指标", "普惠托位占比", "%", "70", "", ""),
    "3": ("3", "指标", "户籍人口", "万人", "60", "", ""),
    "9": ("9", "指标", "培训累计数", "万人次", "8", "", ""),
    "11": ("11", "指标", "死亡率", "‰", "8", "", ""),
    "18": ("18", "指标", "物业服务覆盖率", "%", "96", "", ""),
    "T1-1-01": ("T1-1-01", "任务目标", "物业覆盖", "%", "96", "", ""),
    "19": ("19", "指标", "最低生活保障年人均标准", "元", "16500", "", ""),
    "T7-1-02": ("T7-1-02", "任务目标", "救助标准倍数", "倍", "1.7", "", ""),
}
PLAIN = {
    "2": 71.0,
    "1": 320.0,
    "3": 61.0,
    "9": 8.5,
    "11": 7.0,
    "18": 96.0,
    "19": 17000.0,
    "T7-1-02": 1.7,
}
IDENTITY = {"schema": FORM_SCHEMA, "plan_id": "drawn", "plan_version": "1", "agency": AGENCY,
            "period": str(PERIOD)}  # fmt: skip


def form(rows: list[tuple[object, ...]]) -> FilledForm:
    made = []
    for number, values in enumerate(rows, start=2):
        cells = {
            key: Cell(f"{'ABCDEFGHIJ'[at]}{number}", None if value == "" else value)
            for at, (key, value) in enumerate(zip(KEYS, values, strict=True))
        }
        made.append(FormRow(number, cells, tuple(values), "H"))
    return FilledForm("填报表", {}, tuple(made), IDENTITY)


def judged(setting: CheckContext, filled: FilledForm, *, in_full: bool):
    verdict = validate(filled, setting, file_name="表.xlsx", sha256="0" * 64, in_full=in_full)
    source = Source("表.xlsx", "0" * 64, "填报表", "")
    records = [
        record_of(row, PERIOD, AGENCY, source) if isinstance(row, tuple) else row
        for row in verdict.rows
    ]
    return verdict, (records, sorted(map(str, verdict.findings)))


NUMBERS = st.one_of(
    st.floats(0, 1e6), st.floats(allow_nan=False), st.sampled_from([0.0, -0.0, 70.0, 100.0, 100.1, 15.0, 1e15]),
    st.integers(0, 20000).map(float), st.sampled_from(["", "320个", None, "不适用"]),
)  # fmt: skip
REMARKS = st.sampled_from(["", None, "已核实", " ", "=1+1", 5.0, "/", "同上", "台风停工"])
LINES = st.lists(
    st.tuples(st.sampled_from(list(ROWS)), NUMBERS, st.sampled_from(["", None, 5.0]), REMARKS),
    min_size=1, max_size=8,
)  # fmt: skip


# What is on record: nothing, last year's end, an earlier quarter, or this very quarter.
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from(list(ROWS)),
        st.sampled_from(["2024Q4", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]),
        st.sampled_from(["0", "8", "8.5", "70", "71.0", "320", "16500", "1.7", "-3", "1000000"]),
    ),
    max_size=6,
)
QUARTERS = ("2024Q4", "2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2")
# Enough figures for a band of changes: of each item here, seven quarters near its plain number.
LONG_HISTORIES = st.lists(st.sampled_from(list(PLAIN)), min_size=1, max_size=4, unique=True).flatmap(
    lambda codes: st.tuples(
        *(
            st.tuples(st.just(code), st.just(quarter), st.integers(95, 103).map(
                lambda percent, code=code: f"{PLAIN[code] * percent / 100:.2f}"
            ))
            for code in codes
            for quarter in QUARTERS
        )
    )
)  # fmt: skip
NEAR = st.tuples(
    st.sampled_from(list(PLAIN)), st.integers(80, 130), st.just(""), st.sampled_from(["已核实", ""])
).map(lambda line: (line[0], round(PLAIN[line[0]] * line[1] / 100, 2), *line[2:]))
LASTS = st.sampled_from(["", None, "—", "8.5", "71", "320", 320.0, "别的"])


@pytest.mark.slow
@tried(3)
@given(lines=LINES, known=HISTORIES, last=LASTS)
def test_what_is_taken_for_plain_is_what_all_rules_pass(lines, known, last):
    history = RecordHistory([record(*one) for one in known]) if known else NoHistory()
    quick, full = (CheckContext(PLAN, load_rules(), history, PERIOD) for _ in range(2))
    for code, number in PLAIN.items():  # learn a window for each, where one can be learned
        judged(quick, form([(*ROWS[code], number, "", "已核实")]), in_full=False)
    filled = form([(*ROWS[code][:-1], last, *said) for code, *said in lines])
    assert judged(quick, filled, in_full=False)[1] == judged(full, filled, in_full=True)[1]


@pytest.mark.slow
@tried(3)
@given(lines=st.lists(NEAR, min_size=1, max_size=8), known=LONG_HISTORIES)
def test_a_row_outside_the_band_of_its_own_history_is_never_taken_for_plain(lines, known):
    history = RecordHistory([record(*one) for one in known])
    quick, full = (CheckContext(PLAN, load_rules(), history, PERIOD) for _ in range(2))
    for code, number in PLAIN.items():
        judged(quick, form([(*ROWS[code], number, "", "已核实")]), in_full=False)
    filled = form([(*ROWS[code], *said) for code, *said in lines])
    assert judged(quick, filled, in_full=False)[1] == judged(full, filled, in_full=True)[1]


def test_a_goal_is_held_against_its_indicator_s_row_though_that_is_plain():
    setting = CheckContext(PLAN, load_rules(), NoHistory(), PERIOD)
    judged(setting, form([(*ROWS["18"], 96.0, "", "已核实")]), in_full=False)
    for said, codes in ((96.0, []), ("", []), (95.5, ["V210"])):
        filled = form([(*ROWS["18"], 96.0, "", "已核实"), (*ROWS["T1-1-01"], said, "", "")])
        verdict, _ = judged(setting, filled, in_full=False)
        assert len(verdict.plain) == 1
        assert [f.code for f in verdict.findings if f.code == "V210"] == codes


def test_the_second_such_row_is_taken_for_plain_and_the_first_is_not():
    setting = CheckContext(PLAN, load_rules(), NoHistory(), PERIOD)
    first, _ = judged(setting, form([(*ROWS["1"], 320.0, "", "10月投用")]), in_full=False)
    second, _ = judged(setting, form([(*ROWS["1"], 310.5, "", "10月投用")]), in_full=False)
    assert (len(first.plain), len(first.cases)) == (0, 1)
    assert (len(second.plain), len(second.cases)) == (1, 0)


def plain_of_class(setting: CheckContext, text: str) -> int:
    """How many rows are taken for plain of a form that has taught its 类别 before."""
    line = ("1", text, *ROWS["1"][2:], 320.0, "", "10月投用")
    judged(setting, form([line]), in_full=False)
    verdict, _ = judged(setting, form([line]), in_full=False)
    return len(verdict.plain)


def test_neither_long_rows_nor_very_many_are_kept_for_the_files_to_come(monkeypatch):
    setting = CheckContext(PLAN, load_rules(), NoHistory(), PERIOD)
    assert plain_of_class(setting, "长" * 30_000) == 0
    monkeypatch.setattr(plain_rows, "_MOST_WINDOWS", 3)
    assert [plain_of_class(setting, f"类{number}") for number in range(5)] == [1, 1, 1, 0, 0]


def plain_after(last: str, *said: object) -> int:
    """How many rows are taken for plain of a sender who reported 315 the quarter before."""
    setting = CheckContext(
        PLAN, load_rules(), RecordHistory([record("1", "2026Q2", "315")]), PERIOD
    )
    line = (*ROWS["1"][:-1], last, *said)
    judged(setting, form([(*ROWS["1"], 320.0, "", "10月投用")]), in_full=False)
    verdict, _ = judged(setting, form([line]), in_full=False)
    return len(verdict.plain)


def test_a_row_is_held_against_what_its_sender_has_on_record():
    assert plain_after("315", 310.5, "", "10月投用") == 1
    assert plain_after("", 310.5, "", "10月投用") == 1
    assert plain_after("314", 310.5, "", "10月投用") == 0, "上期值 is not the one on record"
    assert plain_after("315", 3.2, "", "10月投用") == 0, "a hundredth of the last one"


def test_a_sender_who_has_sent_for_this_period_is_judged_in_full():
    setting = CheckContext(
        PLAN, load_rules(), RecordHistory([record("1", "2026Q3", "315")]), PERIOD
    )
    for _ in range(2):
        verdict, _ = judged(setting, form([(*ROWS["1"], 320.0, "", "10月投用")]), in_full=False)
        assert verdict.plain == []


def test_the_numbers_of_plain_rows_are_those_of_the_file(tmp_path):
    drawing = """
        # 填报表
        | 指标编码 | 类别 | 指标名称 | 计量单位 | 目标值 | 上期值 | 本期实际值 | 补充项 | 补充值 | 情况说明 |
        | 1       | 指标 | 托位数   | 个      | 300   |       | {}        |       |       | 好      |
    """
    setting = CheckContext(small_plan({"1"}), load_rules(), NoHistory(), PERIOD)
    for value in ("320", "333.3", "299.99999999999994", "310"):
        path = write_drawing(tmp_path / f"{value}.xlsx", drawing.format(value))
        judged_file = judge_file(path, setting)
        (said,) = judged_file.submission().records
        expected = Decimal(f"{float(value):.15g}")
        assert said.actual == expected
        assert said.source is not None
        assert said.source.cell == "G2"
        assert judged_file.findings == ()
