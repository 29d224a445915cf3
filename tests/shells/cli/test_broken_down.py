"""The sample of targets broken down to streets, from the plan to the papers and the ledger."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from support.commands import Commands

from qiyx_xl.data import resource

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

LEDGER = "七优享台账.xlsm"
DAY = "2026-10-30"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    here = tmp_path_factory.mktemp("台账 目录")
    qiyx = Commands(here)
    assert qiyx("init", ".", "--period", "2026Q3").code == 0
    sample = resource("examples/目标分解")
    (plan,) = sample.glob("*.xlsx")
    shutil.copy(plan, here / "方案示例.xlsx")
    assert qiyx("plan", "adopt", "方案示例.xlsx", "--from", "2025Q4", "--yes").code == 0
    for period, day in (("2025Q4", "2026-01-30"), ("2026Q3", DAY)):
        for folder in (resource(f"examples/{period}"), sample / period):
            inbox = shutil.copytree(folder, here / "收件" / f"{folder.parent.name}{period}")
            answer = qiyx("consolidate", inbox, "--period", period, "--today", day)
            assert answer.code in (0, 1), answer.err
    return qiyx


@pytest.fixture(scope="module")
def report(office: Commands) -> Any:
    answer = office(
        *("status", "--period", "2026Q3", "--by", "level,agency", "--today", DAY),
        *("--format", "json"),
    )
    return answer.json("status-report.schema.json")


def test_every_file_of_the_sample_is_taken_in(office: Commands):
    for period in ("2025Q4", "2026Q3"):
        answer = office("validate", resource(f"examples/目标分解/{period}"), "--period", period)
        assert answer.code == 0, answer.out


def test_the_status_ranks_the_streets_and_its_counts_add_up(report: Any):
    (streets,) = report["levels"]
    assert streets["level"] == "街道"
    assert sorted(group["rank"] for group in streets["groups"]) == list(range(1, 12))
    by_level = {
        group["name"]: group["counts"] for group in report["groups"] if group["by"] == "level"
    }
    for light in ("green", "amber", "red", "grey", "total"):
        summed = sum(group["counts"][light] for group in streets["groups"])
        assert summed == by_level["街道"][light]
    assert by_level["区级"] == report["counts"]
    shares = [share for item in report["items"] for share in item.get("shares", ())]
    assert len(shares) == by_level["街道"]["total"] == 74
    assert {"green", "amber", "red"} <= {share["light"] for share in shares}


def test_the_table_of_the_command_names_each_street_and_its_target(office: Commands):
    answer = office("status", "--period", "2026Q3", "--by", "level", "--today", DAY)
    assert answer.code == 0
    assert "各街道（目标分解）" in answer.out
    assert "白峰街道" in answer.out


def test_the_ledger_shows_every_share_and_agrees_with_the_store(office: Commands, report: Any):
    assert office("ledger", "verify", LEDGER, "--today", DAY).code == 0
    sheet = load_workbook(office.here / LEDGER)["分解台账"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4) if row[0].value]
    shares = {
        (str(item["indicator"]), share["agency"]): share["word"]
        for item in report["items"]
        for share in item.get("shares", ())
    }
    assert {(str(row[0]), row[2]): row[10] for row in rows} == shares
    assert "74 个分解目标" in sheet["A2"].value
    assert all(row[13].endswith(".xlsx") for row in rows), "each figure has its source"


def test_the_papers_rank_the_streets_and_show_who_is_behind(office: Commands, tmp_path: Path):
    assert office("publish", "--period", "2026Q3", "--out", tmp_path, "--today", DAY).code == 0
    book = load_workbook(tmp_path / "晾晒榜_2026Q3.xlsx")
    names = book.sheetnames
    assert names[names.index("分层级") + 1 :][:2] == ["分街道", "街道分解"]
    grid = book["街道分解"]
    assert grid.sheet_properties.pageSetUpPr.fitToPage
    pages = (grid.page_setup.fitToWidth, grid.page_setup.fitToHeight)
    assert pages in ((None, None), (1, 1)), "one page wide and high, which is the default"
    heads = [cell.value for cell in grid[3]]
    assert heads[:4] == ["编号", "分解的项", "全区", "新碶街道"]
    insured = [cell.value for cell in grid[4]]
    assert insured[0] == "12"
    assert insured[3] == "黄\n63"
    assert insured[-1].startswith("白峰街道（差9个百分点）")
    page = (tmp_path / "晾晒榜_2026Q3.html").read_text(encoding="utf-8")
    assert "分街道" in page
    assert "街道分解" in page
    cards = load_workbook(tmp_path / "口径卡_2026Q3.xlsx")
    said = [
        str(cell.value)
        for sheet in cards
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert any("T ≥72%" in text for text in said), "a street's card has its own target"


def test_the_reminders_and_the_forms_follow_the_shares(office: Commands, tmp_path: Path):
    assert office("distribute", "--period", "2026Q4", "--out", tmp_path).code == 0
    form = load_workbook(tmp_path / "白峰街道_2026Q4.xlsx")["填报表"]
    rows = {
        str(row[0].value): [cell.value for cell in row]
        for row in form.iter_rows()
        if row[0].value is not None
    }
    assert "58" in str(rows["12"][4])
    assert "95" not in str(rows["T5-3-02"][4]), "until 2026, the target of 2026 counts"
    late = office("remind", "--period", "2026Q4", "--today", "2027-03-30", "--format", "json")
    owed = late.json("reminder-report.schema.json")
    street = next(one for one in owed["agencies"] if one["agency"] == "白峰街道")
    assert {"12", "18", "T5-3-02"} <= {item["code"] for item in street["items"]}


def test_a_closed_period_keeps_the_streets_lamps(office: Commands, report: Any, tmp_path: Path):
    here = shutil.copytree(office.here, tmp_path / "封账 目录")
    qiyx = Commands(here)
    assert qiyx("close", "--period", "2026Q3", "--by", "甲", "--today", DAY).code in (0, 1)
    answer = qiyx("status", "--period", "2026Q3", "--by", "level,agency", "--format", "json")
    closed = answer.json("status-report.schema.json")
    assert closed["levels"] == report["levels"]


def test_a_streets_implausible_value_waits_for_a_person_and_can_be_confirmed(
    office: Commands, tmp_path: Path
):
    here = shutil.copytree(office.here, tmp_path / "待核 目录")
    qiyx = Commands(here)
    assert qiyx("distribute", "--period", "2026Q4", "--out", "下发").code == 0
    path = here / "下发" / "大榭街道_2026Q4.xlsx"
    book = load_workbook(path)
    sheet = book["填报表"]
    for row in sheet.iter_rows(min_row=5):
        if row[0].value in ("12", "18", "T5-3-02", "T6-2-01", "T6-2-03", "T6-2-04", "T7-2-03"):
            wrong = row[0].value == "T7-2-03"
            row[6].value = {"12": 70, "18": 97, "T5-3-02": 91}.get(
                row[0].value, 400 if wrong else 1
            )
            row[9].value = "四季度集中完成"
    book.save(path)
    words = ("--period", "2026Q4", "--today", "2027-01-30")
    assert qiyx("consolidate", "下发/大榭街道_2026Q4.xlsx", *words).code == 1
    figure = ("--indicator", "T7-2-03", "--agency", "大榭街道", "--value", "400")
    said = qiyx(
        "decide", "--period", "2026Q4", "--confirm", *figure, "--reason", "核实过", "--by", "甲"
    )
    assert said.code == 0, said.err
    assert qiyx("consolidate", "下发/大榭街道_2026Q4.xlsx", *words).code == 1
    answer = qiyx("status", "--period", "2026Q4", "--format", "json", "--today", "2027-01-30")
    items = answer.json("status-report.schema.json")["items"]
    goal = next(item for item in items if item["indicator"] == "T7-2-03")
    share = next(one for one in goal["shares"] if one["agency"] == "大榭街道")
    assert (share["actual"], share["light"]) == ("400", "green")
