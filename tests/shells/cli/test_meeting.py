from __future__ import annotations

import openpyxl
import pytest


@pytest.fixture
def office(third_quarter):
    return third_quarter


@pytest.mark.slow
def test_matters_are_carried_from_one_meeting_to_the_next_until_they_are_settled(office):
    first = office(
        "meeting", "--date", "2026-10-16", "--out", "例会", "--by", "王敏", "--format", "json"
    )
    assert first.code == 1, first.err
    report = first.json("meeting-report.schema.json")
    assert report["period"] == "2026Q3"
    assert report["last"] is None
    raised = report["raised"]
    assert len(raised) >= 2

    sheet = office.here / "例会" / "调度单_2026-10-16.xlsx"
    book = openpyxl.load_workbook(sheet)
    assert [row[0].value for row in book.active["A4:A5"]] == raised[:2]
    book.active["G4"] = "已销号"
    book.active["I4"] = "已整改到位"
    book.save(sheet)
    back = office("meeting", "--settle", sheet, "--date", "2026-10-20", "--format", "json")
    assert back.code == 0, back.err
    changed = back.json("matter-report.schema.json")["matters"]
    assert [(one["number"], one["action"], one["note"]) for one in changed] == [
        (raised[0], "settle", "已整改到位")
    ]
    ledger = openpyxl.load_workbook(office.here / "七优享台账.xlsm")["调度事项"]
    shown = {row[0]: row[6] for row in ledger.iter_rows(min_row=4, values_only=True) if row[0]}
    assert shown == dict.fromkeys(raised[1:], "未销号") | {raised[0]: "已销号"}
    again = office("meeting", "--settle", sheet, "--date", "2026-10-21")
    assert (again.code, again.out.strip()) == (0, "调度单没有改动。")

    second = office("meeting", "--date", "2026-10-30", "--out", "例会", "--format", "json")
    later = second.json("meeting-report.schema.json")
    assert later["last"] == "2026-10-16"
    states = {one["number"]: one["word"] for one in later["matters"]}
    assert states[raised[0]] == "已销号"
    assert states[raised[1]] == "未销号"
    assert raised[0] not in later["raised"]

    third = office("meeting", "--date", "2026-11-13", "--out", "例会", "--format", "json")
    listed = {one["number"] for one in third.json("meeting-report.schema.json")["matters"]}
    assert raised[0] not in listed, "what was settled before the last meeting is listed no more"


@pytest.mark.slow
def test_a_meeting_held_twice_gives_the_same_files_and_raises_nothing_twice(office):
    for folder in ("一", "二"):
        assert office("meeting", "--date", "2026-10-16", "--out", folder).code == 1
    for name in ("例会材料_2026-10-16.docx", "调度单_2026-10-16.xlsx"):
        assert (office.here / "一" / name).read_bytes() == (office.here / "二" / name).read_bytes()
    listed = office("matter", "list", "--all", "--format", "json").json("matter-report.schema.json")
    items = [one["item"] for one in listed["matters"]]
    assert len(items) == len(set(items))


@pytest.mark.slow
def test_a_matter_is_added_settled_and_put_back_by_command(office):
    added = office(
        *("matter", "add", "--title", "协调托育用房", "--agency", "区卫健局"),
        *("--deadline", "2026-11-30", "--today", "2026-10-20", "--format", "json"),
    ).json("matter-report.schema.json")["matters"][0]
    assert (added["deadline"], added["raised"]) == ("2026-11-30", "2026-10-20")
    number = added["number"]
    assert (
        "已销号"
        in office("matter", "done", number.lower(), "--note", "已办", "--today", "2026-11-02").out
    )
    again = office("matter", "done", number)
    assert again.code == 2
    assert "已于 2026-11-02 销号" in again.err
    assert office("matter", "reopen", number).code == 2
    assert "未销号" in office("matter", "reopen", number, "--note", "复查未通过").out
    shown = office("matter", "list", "--today", "2026-12-03")
    assert shown.code == 1
    assert "超3天" in shown.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("meeting --date 2026-10-16 --out 例会", "找不到数据库"),
        ("meeting", "两样选一样"),
        ("meeting --settle 没有.xlsx", "没有.xlsx"),
        ("matter done M-2026-01", "找不到数据库"),
        ("matter list", "找不到数据库"),
        ("matter add --title 甲 --agency 区水利局", "方案里没有“区水利局”"),
        ("matter add --title 甲 --agency 区卫健局 --indicator 99", "方案里没有“99”"),
    ],
)
def test_what_cannot_run_says_why(qiyx, arguments, words):
    answer = qiyx(*arguments.split())
    assert (answer.code, answer.out) == (2, "")
    assert words in answer.err


def test_a_sheet_with_one_wrong_row_changes_nothing(office):
    assert office("meeting", "--date", "2026-10-16", "--out", "例会").code == 1
    sheet = office.here / "例会" / "调度单_2026-10-16.xlsx"
    book = openpyxl.load_workbook(sheet)
    book.active["G4"], book.active["G5"] = "已销号", "办结"
    book.save(sheet)
    answer = office("meeting", "--settle", sheet)
    assert answer.code == 2
    assert "调度单!A5" in answer.err
    listed = office("matter", "list", "--all", "--format", "json").json("matter-report.schema.json")
    assert all(one["open"] for one in listed["matters"])
