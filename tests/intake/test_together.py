"""What only shows when files lie side by side, or against what was accepted before."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from support.drawn_forms import (
    AGENCY,
    IDENTITY,
    PERIOD,
    found,
    record,
    small_plan,
    submission,
    write_drawing,
)

from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.plan.model import Agency, Aggregation
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.source import Source
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.form.check import check_file
from qiyx_xl.intake.office_files.rules import load_rules

ONE = """
    # 填报表
    | 指标编码 | 指标名称 | 本期实际值 | 情况说明 |
    | 1       | 托位数   | {}        | {}      |
"""


def check(*paths, plan=None):
    return check_files(
        paths, plan or small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory()
    )


def test_the_same_file_under_two_names_counts_once(tmp_path):
    first = write_drawing(tmp_path / "卫健局.xlsx", ONE.format(320, ""))
    second = tmp_path / "卫健局(1).xlsx"
    shutil.copy(first, second)
    one, two = check(first, second)
    assert one.findings == ()
    assert [str(f) for f in two.findings] == [
        "[F207 请核对] 与“卫健局.xlsx”内容完全相同，只计一次。"
    ]
    assert one.status is two.status is SubmissionStatus.ACCEPTED


def test_two_different_files_of_one_agency_and_period_both_go_back(tmp_path):
    first = write_drawing(tmp_path / "卫健局.xlsx", ONE.format(320, ""))
    second = write_drawing(tmp_path / "卫健局(终稿).xlsx", ONE.format(321, ""))
    one, two = check(first, second)
    assert one.status is two.status is SubmissionStatus.RETURNED
    assert [str(f) for f in one.findings] == [
        "[F208 必须改] 与“卫健局(终稿).xlsx”都是区卫健局 2026年三季度的填报表，"
        "但1 托位数（320 和 321）不一样。请只保留正确的一份再报。"
    ]
    assert [f.code for f in two.findings] == ["F208"]


SAID_OTHERWISE = {
    "a remark": (("320", "好"), ("320", "很好"), "1 托位数的情况说明"),
    "a remark on one side": (("320", ""), ("320", "很好"), "1 托位数的情况说明"),
    "a blank": (("", ""), ("320", ""), "1 托位数（一份没有填）"),
    "a word": (("不适用", "没有"), ("320", "没有"), "1 托位数（不适用 和 320）"),
    "zero and blank": (("0", ""), ("", ""), "1 托位数（一份没有填）"),
}


@pytest.mark.parametrize(
    ("left", "right", "differing"), SAID_OTHERWISE.values(), ids=SAID_OTHERWISE
)
def test_what_two_files_differ_in_is_said(tmp_path, left, right, differing):
    plan = small_plan({"1", "2"})
    more = "    | 2 | 普惠托位占比 | 71 | 好 |\n"
    files = [
        write_drawing(tmp_path / f"{number}.xlsx", ONE.format(*said) + more)
        for number, said in enumerate((left, right))
    ]
    one, two = check(*files, plan=plan)
    assert {f.code for f in one.findings} >= {"F208"}
    (said,) = [f.message for f in one.findings if f.code == "F208"]
    assert f"但{differing}不一样" in said
    assert "F208" in [f.code for f in two.findings]


SAME_SAID = {
    "saved again": ("320", {}),
    "written as text": ("'320", {}),
    "with zeros behind": ("'320.00", {}),
    "in full-width digits": ("'３２０", {}),
    "by a formula": ("=300+20 → 320", {}),
    "in their own table": ("320", {"identity": None}),
}


@pytest.mark.parametrize(("number", "options"), SAME_SAID.values(), ids=SAME_SAID)
def test_two_files_that_say_the_same_count_once(tmp_path, number, options):
    first = write_drawing(tmp_path / "区卫健局_2026Q3.xlsx", ONE.format(320, "好"))
    drawing = ONE.format(number, "好") + "\n    | 备份 |\n"
    second = write_drawing(tmp_path / "区卫健局_2026Q3(1).xlsx", drawing, **options)
    one, two = check(first, second)
    assert one.findings == ()
    assert one.status is two.status is SubmissionStatus.ACCEPTED
    said = [str(f) for f in two.findings if f.code.startswith("F20")]
    assert said == [
        "[F209 请核对] 与“区卫健局_2026Q3.xlsx”都是区卫健局 2026年三季度的填报表，"
        "报的数和说明完全相同，只计一次。请核对，下次只报一份。"
    ]


def test_two_that_say_the_same_and_one_that_does_not_all_go_back(tmp_path):
    numbers = {"甲": 320, "乙": "'320", "丙": 321}
    files = [write_drawing(tmp_path / f"{n}.xlsx", ONE.format(v, "")) for n, v in numbers.items()]
    results = check(*files)
    assert [r.status for r in results] == [SubmissionStatus.RETURNED] * 3
    said = [next(f.message for f in r.findings if f.code == "F208") for r in results]
    assert "与“丙.xlsx”都是" in said[0]
    assert "与“丙.xlsx”都是" in said[1]
    assert "与“乙.xlsx”“甲.xlsx”都是" in said[2]


def test_of_many_versions_only_some_are_named(tmp_path):
    files = [write_drawing(tmp_path / f"{n}.xlsx", ONE.format(n, "")) for n in range(300, 320)]
    for result in check(*files):
        (said,) = [f.message for f in result.findings if f.code == "F208"]
        assert said.count(".xlsx") == 5
        assert len(said) < 300


def test_other_agencies_and_periods_do_not_clash(tmp_path):
    first = write_drawing(tmp_path / "甲.xlsx", ONE.format(320, ""))
    other = write_drawing(
        tmp_path / "乙.xlsx", ONE.format(310, ""), identity=IDENTITY | {"period": "2026Q2"}
    )
    results = check_files(
        [first, other], small_plan({"1"}), load_rules(), period=None, history=NoHistory()
    )
    assert [r.findings for r in results] == [(), ()]


def test_the_streets_sum_is_held_against_the_agency_s_figure(tmp_path):
    streets = ("甲街道", "乙街道")
    plan = small_plan({"1"})
    item = replace(plan.indicators[0], aggregation=Aggregation.SUM)
    plan = replace(
        plan,
        indicators=(item,),
        agencies=(*plan.agencies, *(Agency(name, "街道", is_street=True) for name in streets)),
    )
    parts = [
        write_drawing(
            tmp_path / f"{name}.xlsx",
            ONE.format(value, "说明"),
            identity=IDENTITY | {"agency": name},
        )
        for name, value in zip(streets, (200, 110), strict=True)
    ]
    whole = write_drawing(tmp_path / "卫健局.xlsx", ONE.format(320, ""))
    *_, judged = check(*parts, whole, plan=plan)
    assert [str(f) for f in judged.findings] == [
        "填报表!C2  [V212 请核对] 1 托位数 填的是 320，各街道合计是 310。请与街道核对。"
    ]
    (alone,) = check(whole, plan=plan)
    assert alone.findings == (), "with a street missing there is no sum"
    assert judged.status is SubmissionStatus.ACCEPTED


def test_a_file_older_than_the_accepted_one_is_pointed_out(tmp_path):
    path = write_drawing(tmp_path / "卫健局.xlsx", ONE.format(320, ""))
    fresh = check_file(path, CheckContext(small_plan({"1"}), load_rules(), NoHistory(), PERIOD))
    assert fresh.modified is not None

    def told(saved_at, sha256="0" * 64):
        source = Source("卫健局(新).xlsx", sha256, "填报表", "C2", saved_at)
        history = RecordHistory([record("1", "2026Q3", "315", source=source)])
        result = check_file(path, CheckContext(small_plan({"1"}), load_rules(), history, PERIOD))
        return [f.code for f in result.findings]

    assert told(datetime(2099, 1, 1, tzinfo=UTC)) == ["V211"]
    assert told(datetime(2099, 1, 1, tzinfo=UTC), fresh.sha256) == [], "the very same file"
    assert told(datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_a_confirmed_value_is_taken_and_only_that_value():
    drawing = """
        # 填报表
        | 指标编码 | 指标名称               | 本期实际值 | 情况说明 |
        | 19      | 最低生活保障年人均标准 | {}        | 已核实   |
    """
    assert found(drawing.format("1.7")) == ["V203 C2"]
    history = RecordHistory([], confirmed=[("2026Q3", "19", AGENCY, "1.7")])
    assert submission(drawing.format("1.7"), history=history).findings == ()
    assert [f.code for f in submission(drawing.format("1.6"), history=history).findings] == ["V203"]


def test_last_year_s_end_is_found_however_it_was_reported():
    for period in ("2025", "2025Q4", "2025-12"):
        assert RecordHistory([record("1", period, "7")]).year_end("1", AGENCY, 2025) == Decimal(7)
    assert RecordHistory([record("1", "2025Q3", "7")]).year_end("1", AGENCY, 2025) is None


def test_the_last_record_is_the_latest_older_one_that_says_something():
    from qiyx_xl.core.primitives.values import Absence
    from qiyx_xl.core.records.record import Record

    blank = Record("1", PERIOD.parse("2026-07"), AGENCY, Absence.NOT_REPORTED)
    history = RecordHistory([record("1", "2026Q2", "7"), blank, record("1", "2026Q1", "6")])
    last = history.last("1", AGENCY, PERIOD)
    assert last is not None
    assert last.actual == 7
    assert history.last("1", AGENCY, PERIOD.parse("2026-02")) is None
