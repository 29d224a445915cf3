from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from support.paths import ROOT

from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.status import project_status
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.project_record import (
    LoggedProjectRecord,
    ProjectBook,
    ProjectRecord,
    current_project_records,
)
from qiyx_xl.core.records.source import Source
from qiyx_xl.intake.office_files.project_list import load_project_list
from qiyx_xl.ledger.content.view import LedgerView
from qiyx_xl.ledger.file.refresh import refresh_ledger

Q3, TODAY = Period.parse("2026Q3"), date(2026, 10, 20)
AT = datetime(2026, 10, 8, 9, 30, tzinfo=UTC)
EXAMPLE = ROOT / "examples" / "projects.json"


def logged(code, value, cell, remark=""):
    source = Source("区卫健局_2026Q3.xlsx", "a" * 64, "重大项目", cell)
    record = ProjectRecord(code, Q3, "区卫健局", value, remark, str(value), source)
    return LoggedProjectRecord(record, AT, 1, current=True)


LOG = (
    logged("XM01", Decimal("31600.5"), "H5", "=1+1"),
    logged("XM01-1", date(2025, 11, 20), "E6"),
    logged("XM01-2", date(2026, 7, 12), "E7"),
    logged("XM02", Decimal(8999), "H10"),
    logged("SS01", Decimal(245), "G5"),
)


@pytest.fixture
def refreshed(plan, rules, built, tmp_path):
    def make(log=LOG, listed=None):
        path = tmp_path / "七优享台账.xlsm"
        if not path.exists():
            path.write_bytes(built)
        current = current_project_records(one.record for one in log)
        book = ProjectBook(listed or load_project_list(EXAMPLE, plan), tuple(current.values()))
        view = LedgerView(
            Plans.only(plan), rules, Q3, status_lines(plan, rules, Q3, (), TODAY),
            projects=project_status(book, rules, Q3, TODAY), project_log=log,
        )  # fmt: skip
        refresh_ledger(path, view)
        return path

    return make


def rows(path, sheet):
    table = list(load_workbook(path)[sheet].iter_rows(min_row=3, values_only=True))
    return [dict(zip(table[0], row, strict=True)) for row in table[1:] if row[0]]


@pytest.mark.slow
def test_each_project_and_node_has_a_row_with_lamp_and_source(refreshed):
    shown = {row["项目编码"]: row for row in rows(refreshed(), "重大项目清单")}
    assert len(shown) == 4 + 12
    first = shown["XM01"]
    assert (first["年度计划投资"], first["完成投资"]) == (42000, 31600.5)
    assert first["投资完成率"] == pytest.approx(31600.5 / 42000)
    assert (first["状态"], first["滞后天数"]) == ("绿", 0)
    assert (first["责任部门"], first["联系人"]) == ("区卫健局", "王敏")
    assert (first["来源文件"], first["工作表"], first["单元格"]) == (
        "区卫健局_2026Q3.xlsx",
        "重大项目",
        "H5",
    )
    assert str(first["接收时间"]) == "2026-10-08 09:30:00"
    late = shown["XM01-2"]
    assert (late["节点计划日期"], late["节点实际日期"]) == ("2026-06-30", "2026-07-12")
    assert (late["滞后天数"], late["状态"], late["单元格"]) == (12, "绿", "E7")
    assert shown["XM02-2"]["状态"] == "黄"
    assert shown["XM03"]["状态说明"].startswith("未报：")


def test_an_unfinished_plan_never_shows_a_hundred_per_cent(refreshed):
    shown = {row["项目编码"]: row for row in rows(refreshed(), "重大项目清单")}
    assert shown["XM02"]["投资完成率"] == pytest.approx(0.999)


def test_each_livelihood_project_says_whether_it_is_on_schedule(refreshed):
    shown = {row["编码"]: row for row in rows(refreshed(), "民生实事")}
    assert (shown["SS01"]["完成值"], shown["SS01"]["是否达序"], shown["SS01"]["状态"]) == (
        245,
        "是",
        "绿",
    )
    assert (shown["SS02"]["完成值"], shown["SS02"]["是否达序"]) == (None, "—")


def test_what_an_agency_wrote_stays_text(refreshed):
    book = load_workbook(refreshed())
    cell = next(c for row in book["重大项目清单"] for c in row if c.value == "=1+1")
    assert cell.data_type in ("s", "inlineStr")


@pytest.mark.slow
def test_the_note_counts_the_lamps_and_says_what_to_do_without_a_list(refreshed, plan, rules):
    path = refreshed()
    assert load_workbook(path)["重大项目清单"]["A2"].value == (
        "2026年三季度：4 个项目，绿 1、黄 0、红 1、灰 2。投资为万元，序时差为百分点；由程序写入，请不要手工改动。"
    )
    refresh_ledger(
        path, LedgerView(Plans.only(plan), rules, Q3, status_lines(plan, rules, Q3, (), TODAY))
    )
    assert "qiyx projects template" in load_workbook(path)["重大项目清单"]["A2"].value
    assert rows(path, "重大项目清单") == []


def test_the_same_view_twice_gives_the_same_bytes(refreshed):
    first = refreshed().read_bytes()
    assert refreshed().read_bytes() == first


@pytest.mark.slow
def test_the_console_counts_the_lamps_of_both_lists(refreshed):
    path = refreshed()
    values, formulas = (load_workbook(path, data_only=only)["操作台"] for only in (True, False))
    rows_by_name = {row[1].value: row for row in values.iter_rows() if row[1].value}
    lamps = [cell.value for cell in rows_by_name["重大项目"][2:6]]
    assert lamps == [1, 0, 1, 2]
    assert [cell.value for cell in rows_by_name["民生实事"][2:6]] == [1, 0, 0, 2]
    first = formulas[rows_by_name["重大项目"][2].coordinate].value
    assert first.startswith("=COUNTIFS(重大项目清单!$A$4:")
