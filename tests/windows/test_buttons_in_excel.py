from __future__ import annotations

import pytest

from qiyx_xl.ledger.registry import CONTROLS

pytestmark = pytest.mark.wine

WAYS = ("buttons_through_server", "buttons_in_process")
SUMMARY = "共 3 份：通过 2 份，需退回 1 份（6 处必须改），读不了 0 份。"
AUTOMATIC = -4105
FEW = 120


@pytest.fixture(params=WAYS)
def pressed(request, seen):
    """Every button pressed in turn: through the server, and each in a process of its own."""
    return seen(request.param)


def body(press, sheet):
    """The rows of a sheet below its header."""
    return press["sheets"][sheet][3:]


def column(press, sheet, header):
    place = press["sheets"][sheet][2].index(header)
    return [row[place] for row in body(press, sheet)]


def test_every_button_of_the_ledger_was_pressed(pressed):
    assert {control.action for control in CONTROLS} <= set(pressed)


def test_distribute_writes_one_form_per_agency_and_says_where(pressed):
    (sentence,) = pressed["distribute"]["said"]
    assert len(pressed["distributed"]) == 17
    assert sentence.startswith("已生成 17 份2026年三季度填报表，在“Z:\\")
    assert "台账 目录" in sentence


def test_validate_lists_the_findings_and_takes_nothing_in(pressed):
    press = pressed["validate"]
    assert press["said"] == [f"{SUMMARY}问题列在“校验结果”表里。"]
    assert body(press, "填报记录") == []
    assert "G13" in " ".join(str(cell) for cell in column(press, "校验结果", "位置"))
    assert column(press, "校验结果", "现在填的")[1:3].count("16.8张") <= 1
    assert "16.8张" in column(press, "校验结果", "现在填的")


def test_consolidate_takes_in_what_is_clean_with_its_origin(pressed):
    press = pressed["consolidate"]
    assert press["said"] == [f"{SUMMARY}新增 22 个数，更正 0 个。请保存台账。"]
    assert set(column(press, "填报记录", "来源文件")) == {
        "区教育局_2026Q3.xlsx",
        "大碶街道_2026Q3.xlsx",
    }
    assert set(column(press, "填报记录", "数据期")) == {"2026Q3"}
    assert all(len(digest) == 64 for digest in column(press, "填报记录", "文件校验码"))
    assert len(body(press, "汇总日志")) == 1
    assert pressed["store"], "the database lies beside the ledger"


def test_what_was_typed_as_text_stays_text(pressed):
    codes = column(pressed["consolidate"], "填报记录", "编号")
    assert all(isinstance(code, str) for code in codes)


def test_refresh_changes_nothing_where_nothing_changed(pressed):
    assert pressed["refresh"]["said"] == ["已按2026年三季度刷新。请保存台账。"]
    assert body(pressed["refresh"], "填报记录") == body(pressed["consolidate"], "填报记录")


def test_a_button_needs_a_few_dozen_calls(pressed, request):
    # A process of its own looks for the workbook first, the same for every press; a picker that
    # is cancelled does little more.
    looking = pressed["cancelled"]["calls"] if "process" in str(request.node.name) else 0
    for action in ("consolidate", "refresh", "validate"):
        assert pressed[action]["calls"] - looking <= FEW, pressed[action]["by_member"]


def test_the_papers_are_in_the_folder_that_was_picked(pressed):
    assert {
        "催报清单_2026Q3.xlsx",
        "晾晒榜_2026Q3.xlsx",
        "通报_2026Q3.docx",
        "方案_2023.2.xlsx",
    } <= set(pressed["papers"])
    assert "七优享台账_2026Q3_静态副本.xlsx" in pressed["papers"]
    for action, begins in (
        ("remind", "2026年三季度："),
        ("scorecard", "2026年三季度晾晒榜已生成："),
        ("bulletin", "2026年三季度通报已生成："),
        ("static", "静态副本已存为“Z:\\"),
    ):
        (sentence,) = pressed[action]["said"]
        assert sentence.startswith(begins)


def test_the_examination_ends_with_what_to_do_first(pressed):
    (sentence,) = pressed["examine"]["said"]
    assert sentence.startswith("体检完成：")


def test_a_cancelled_folder_says_nothing_and_does_nothing(pressed):
    assert pressed["cancelled"]["said"] == []
    assert pressed["cancelled"]["sheets"] == pressed["refresh"]["sheets"]


def test_a_button_that_fails_says_why_and_leaves_the_ledger_as_it_was(pressed):
    (sentence,) = pressed["failed"]["said"]
    assert "里没有可校验的工作簿" in sentence
    assert pressed["failed"]["sheets"] == pressed["refresh"]["sheets"]


def test_whatever_happens_excel_is_set_back_as_it_was(pressed):
    presses = [press for press in pressed.values() if isinstance(press, dict)]
    assert [press["restored"] for press in presses] == [[AUTOMATIC, True, False]] * len(presses)


def test_progress_is_told_in_the_status_bar(pressed):
    assert "七优享：已检查 3/3：大碶街道_2026Q3.xlsx" in pressed["validate"]["statuses"]


def test_the_folder_picker_begins_at_the_ledgers_own_folder(pressed):
    _, title, start = pressed["validate"]["log"][0]
    assert title == "收到的填报表在哪个文件夹"
    assert start.endswith("\\")
    assert "台账 目录" in start
