from __future__ import annotations

import pytest
from openpyxl import load_workbook


@pytest.fixture
def office(third_quarter):
    return third_quarter


def test_what_is_late_is_listed_told_and_written(office):
    arguments = ("remind", "--period", "2026Q3", "--today", "2026-10-30")
    answer = office(*arguments, "--out", "催报清单.xlsx", "--format", "json")
    assert answer.code == 1, answer.err
    report = answer.json("reminder-report.schema.json")
    book = load_workbook(office.here / "催报清单.xlsx")
    codes = [cell.value for cell in book["催报清单"]["C"][3:] if cell.value]
    assert codes == [item["code"] for one in report["agencies"] for item in one["items"]]
    assert any(one["contact"] for one in report["agencies"])
    assert len({one["situation"] for one in report["agencies"]}) > 1

    told = office(*arguments, "--out", "催报短信.txt")
    written = (office.here / "催报短信.txt").read_text(encoding="utf-8")
    for one in report["agencies"]:
        assert one["message"] in told.out
        assert one["message"] in written
    assert f"{report['summary']['items']}项逾期未报" in told.out


def test_before_the_deadline_nobody_is_called(office):
    answer = office("remind", "--period", "2026Q3", "--today", "2026-10-10", "--format", "json")
    items = [
        item
        for one in answer.json("reminder-report.schema.json")["agencies"]
        for item in one["items"]
    ]
    assert not [item for item in items if item["frequency"] == "quarterly"]


def test_with_a_ledger_and_nothing_received_everything_is_owed(with_ledger):
    answer = with_ledger(
        "remind", "--period", "2026Q3", "--today", "2026-10-30", "--format", "json"
    )
    report = answer.json("reminder-report.schema.json")
    assert {one["situation"] for one in report["agencies"]} == {"nothing"}
    assert not (with_ledger.here / "七优享台账.sqlite").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("remind --period 2026Q3", "找不到数据库"),
        ("remind", "缺少 --period"),
    ],
)
def test_what_cannot_run_says_why(qiyx, arguments, words):
    answer = qiyx(*arguments.split())
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


def test_only_two_kinds_of_list_are_written(office):
    answer = office("remind", "--period", "2026Q3", "--out", "催报清单.doc")
    assert answer.code == 2
    assert ".xlsx 或 .txt" in answer.err
    assert not (office.here / "催报清单.doc").exists()


def test_an_offices_own_calendar_moves_the_deadlines(office):
    (office.here / "放假安排.json").write_text(
        '{"schema": "calendar/1", "years": {"2026": {"holidays": ['
        '{"name": "停工", "from": "2026-10-09", "to": "2026-10-13"}], "working": []}}}',
        encoding="utf-8",
    )
    answer = office("remind", "--period", "2026Q3", "--today", "2026-10-15", "--format", "json")
    report = answer.json("reminder-report.schema.json")
    quarterly = {
        (item["deadline"], item["days_late"])
        for one in report["agencies"]
        for item in one["items"]
        if item["frequency"] == "quarterly"
    }
    assert quarterly == {("2026-10-14", 1)}
