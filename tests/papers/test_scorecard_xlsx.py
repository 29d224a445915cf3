"""晾晒榜.xlsx: what it says, that it adds up, that it bears every edge and prints whole."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

import openpyxl
import pytest
from support import editions, rendering
from support import open_xml_sdk as open_xml

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.documents.scorecard.facts import facts, rows
from qiyx_xl.documents.scorecard.xlsx import SHEETS, write_scorecard
from qiyx_xl.papers.edition import EditionError
from qiyx_xl.papers.phrases import gap_text

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.papers.edition import Edition

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension")

EDGES = ["quarter", "empty", "one_agency", "all_green"]


@pytest.fixture
def quarter(plan: Plan, rules: Rules) -> Edition:
    return editions.quarter(plan, rules)


def written(tmp_path: Path, edition: Edition) -> Path:
    path = tmp_path / "晾晒榜.xlsx"
    write_scorecard(path, edition)
    return path


def table(sheet: Any, head: str) -> list[dict[str, Any]]:
    """The rows of a sheet under the header that begins with ``head``, by the header's names."""
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(place for place, row in enumerate(cells) if row[0] == head)
    return [dict(zip(cells[at], row, strict=True)) for row in cells[at + 1 :]]


@pytest.mark.slow
def test_the_sheets_stand_in_the_order_in_which_they_are_read(
    tmp_path: Path, quarter: Edition
) -> None:
    book = openpyxl.load_workbook(written(tmp_path, quarter))
    assert book.sheetnames == list(SHEETS)
    assert book.active.title == "晾晒榜"


@pytest.mark.slow
def test_a_view_prints_rank_lamp_counts_score_and_change(tmp_path: Path, quarter: Edition) -> None:
    book = openpyxl.load_workbook(written(tmp_path, quarter))
    printed = {row["领域"]: row for row in table(book["分领域"], "排名")}
    for group in quarter.groups("domain"):
        row = printed[group.name]
        assert (row["排名"], row["总灯"]) == (group.rank, group.light.word)
        assert [row[word] for word in ("绿", "黄", "红", "灰", "合计")] == [
            *(group.green, group.amber, group.red, group.grey, group.total)
        ]
        assert row["晾晒得分"] == pytest.approx(float(group.score or 0))
    assert [row["排名升降"] for row in printed.values() if row["领域"] != "合计"] == [
        *("↑3", "↑2", "持平", "↓3", "—", "↓2", "↓5")
    ]
    assert printed["合计"]["合计"] == len(quarter.indicators)


def test_the_ranked_come_first_and_the_others_say_why_they_are_not(
    plan: Plan, rules: Rules
) -> None:
    records = [editions.record(plan, *row) for row in editions.QUARTER if row[0] in ("1", "2", "9")]
    edition = editions.edition(plan, rules, records)
    lines = rows(edition, "agency", facts(edition))
    assert [line.group.rank for line in lines] == [None] * 5
    notes = {line.group.name: line.note for line in lines}
    assert notes["区卫健局"] == "填报率50.0%，不足80%，不参与排名"
    assert notes["区民政局"] == "填报率0.0%，不足80%，不参与排名"


def test_a_rate_that_is_suspiciously_high_is_marked_for_review(
    tmp_path: Path, quarter: Edition
) -> None:
    book = openpyxl.load_workbook(written(tmp_path, quarter))
    details = {row["编号"]: row for row in table(book["指标明细"], "编号")}
    assert details[13]["说明"].endswith("；超额待核")
    assert [row["编号"] for row in table(book["数据"], "类别") if row["超额待核"] == "是"] == ["13"]


@pytest.mark.slow
def test_details_print_what_was_rated_unrounded(tmp_path: Path, quarter: Edition) -> None:
    book = openpyxl.load_workbook(written(tmp_path, quarter))
    details = {row["编号"]: row for row in table(book["指标明细"], "编号")}
    assert details[9] | {"走势": None} == {
        "编号": 9,
        "指标": "开展职业技能培训累计数",
        "领域": "劳有所得",
        "填报单位": "区人力社保局",
        "计量单位": "万人次",
        "实际值": 7.7,
        "目标": "8.3",
        "完成率": pytest.approx(7.7 / 8.3),
        "序时差\n（百分点）": pytest.approx((7.7 - 6.4) / (8.3 - 6.4) * 100 - 75),
        "灯": "黄·滞后",
        "预计年底": "8.18 黄",
        "说明": "滞后序时6.6个百分点",
        "走势": None,
    }
    assert details[7]["目标"] == "<3.5"
    assert details[18]["完成率"] == pytest.approx(0.999)  # 99.96% of an unmet target


@pytest.mark.slow
def test_an_office_that_keeps_lists_of_projects_gets_a_sheet_for_each(
    tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    book = openpyxl.load_workbook(written(tmp_path, editions.with_projects(plan, rules)))
    assert [name for name in book.sheetnames if name not in SHEETS] == ["重大项目", "民生实事"]
    assert book["重大项目"]["A2"].value.startswith("重大项目专项组：总灯")
    rows = {row["编码"]: row for row in table(book["重大项目"], "编码")}
    assert rows["XM01"]["完成"] == "20000"
    assert rows["XM01-1"]["完成"] == "2025-11-20"
    assert rows["XM01"]["灯"].startswith("红·")
    lit = {row["编码"]: row["灯"] for row in table(book["民生实事"], "编码")}
    assert set(lit) > {"SS01", "SS02"}


@pytest.mark.slow
def test_the_facts_hold_every_item_that_is_counted(tmp_path: Path, quarter: Edition) -> None:
    book = openpyxl.load_workbook(written(tmp_path, quarter))
    codes = [row["编号"] for row in table(book["数据"], "类别")]
    assert codes == [line.item.code for line in quarter.lines if line.counts]


def test_a_view_that_disagrees_with_the_facts_is_refused(quarter: Edition) -> None:
    whole = list(facts(quarter))
    at = next(place for place, fact in enumerate(whole) if fact.light is Light.RED)
    whole[at] = replace(whole[at], light=Light.GREEN)
    with pytest.raises(EditionError, match="灯数对不上"):
        rows(quarter, "domain", whole)


@pytest.mark.slow
def test_text_from_outside_stays_text(tmp_path: Path, plan: Plan, rules: Rules) -> None:
    wild = replace(
        plan,
        indicators=(replace(plan.indicators[0], name=editions.NASTY), *plan.indicators[1:]),
        agencies=(replace(plan.agencies[0], name="=1+1"), *plan.agencies[1:]),
    )
    renamed = tuple(
        replace(item, lead_agency="=1+1") if item.lead_agency == "区卫健局" else item
        for item in wild.indicators
    )
    path = written(tmp_path, editions.quarter(replace(wild, indicators=renamed), rules))
    with ZipFile(path) as package:
        for name in package.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert b"<f>" not in package.read(name), name
    names = {row["编号"]: row for row in table(openpyxl.load_workbook(path)["指标明细"], "编号")}
    assert names[1]["指标"].startswith("=HYPERLINK(")
    assert "\u202e" not in names[1]["指标"]


@pytest.mark.slow
def test_the_same_edition_gives_the_same_bytes(tmp_path: Path, quarter: Edition) -> None:
    first = written(tmp_path, quarter).read_bytes()
    assert written(tmp_path, quarter).read_bytes() == first


@pytest.mark.parametrize("name", [*EDGES, pytest.param("many", marks=pytest.mark.slow)])
def test_charts_refer_to_rows_that_hold_names_and_numbers(
    name: str, tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    path = written(tmp_path, getattr(editions, name)(plan, rules))
    book = openpyxl.load_workbook(path)
    with ZipFile(path) as package:
        charts = [package.read(n).decode() for n in package.namelist() if "charts/chart" in n]
    assert len(charts) >= 4
    for chart in charts:
        ranges = re.findall(r"<c:f>'?([^'!]+)'?!\$(\w+)\$(\d+)(?::\$\w+\$(\d+))?</c:f>", chart)
        assert ranges
        for sheet, column, first, last in ranges:
            places = range(int(first), int(last or first) + 1)
            values = [book[sheet][f"{column}{row}"].value for row in places]
            assert 1 <= len(values) <= 24
            assert None not in values
            assert "合计" not in values
            assert "—" not in values


def test_an_edition_without_any_score_says_so_instead_of_an_empty_chart(
    tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    book = openpyxl.load_workbook(written(tmp_path, editions.empty(plan, rules)))
    said = [cell.value for row in book["晾晒榜"].iter_rows() for cell in row]
    assert "还没有可以排名的单位。" in said
    assert "没有红灯和黄灯的指标。" in said


def test_every_sheet_is_a4_landscape_with_rule_and_plan_in_the_footer(
    tmp_path: Path, quarter: Edition
) -> None:
    for sheet in openpyxl.load_workbook(written(tmp_path, quarter)).worksheets:
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.page_setup.fitToHeight == (
            None if sheet.title == "晾晒榜" else 0  # one page is what the format assumes
        )
        footer = f"{sheet.oddFooter.left.text}{sheet.oddFooter.right.text}"
        assert "评分规则 2026.1" in footer
        assert "方案 2023.2" in footer
        assert "第 &P 页" in footer
        if sheet.title != "晾晒榜":
            assert sheet.print_title_rows


@pytest.mark.parametrize(
    ("gap", "text"), [("4.54", "+4.5"), ("-10", "-10.0"), ("0.04", "0.0"), ("-0.04", "0.0")]
)
def test_a_gap_prints_its_sign(gap: str, text: str) -> None:
    from decimal import Decimal

    assert gap_text(Decimal(gap)) == text


@pytest.mark.node
@pytest.mark.parametrize("name", ["quarter", "empty"])
def test_the_open_xml_sdk_finds_nothing_wrong(
    name: str, tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    path = written(tmp_path, getattr(editions, name)(plan, rules))
    assert open_xml.errors(path, "Office2016") == []


@pytest.mark.libreoffice
@pytest.mark.parametrize("name", ["with_projects", "empty"])
def test_it_comes_out_whole_in_print(name: str, tmp_path: Path, plan: Plan, rules: Rules) -> None:
    path = written(tmp_path, getattr(editions, name)(plan, rules))
    rendering.printed(path, tmp_path).check(pages=range(12, 22))
