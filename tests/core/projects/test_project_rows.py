"""Rows of the sheets about projects, and days in cells, judged one by one, case by case."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from support.case_tables import cases
from support.paths import ROOT
from support.value_lines import spelled

from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.date_parser import read_day
from qiyx_xl.core.forms.vocabulary import FormRow
from qiyx_xl.core.plan.project_list import (
    MajorProject,
    ProjectList,
    list_problems,
    projects_document,
    projects_from_document,
)
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.codec import decode_value, encode_value
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.projects.checks import ProjectVerdict, check_projects
from qiyx_xl.core.projects.forms import ProjectColumn, ProjectForm, project_form
from qiyx_xl.core.projects.rows import ListedTable
from qiyx_xl.core.projects.snapshot import status_document, status_from_document
from qiyx_xl.core.projects.status import (
    ProjectStatus,
    groups_by,
    project_status,
    projects_json,
    with_projects,
)
from qiyx_xl.core.records.project_record import (
    ProjectBook,
    ProjectRecord,
    changes,
    current_project_records,
    has_value_or_remark,
    spell_value,
)
from qiyx_xl.core.records.source import Source
from qiyx_xl.intake.office_files.project_list import load_project_list

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding

EXAMPLE = ROOT / "examples" / "projects.json"
Q2, Q3 = Period.parse("2026Q2"), Period.parse("2026Q3")
HEALTH = "区卫健局"
SOURCE = Source("甲.xlsx", "ab" * 32, "", "")


@pytest.fixture
def listed(plan: Any) -> ProjectList:
    return load_project_list(EXAMPLE, plan)


# --- days ------------------------------------------------------------------------------------

# What is written, between quotes | how it is read, with the finding's code and its hint.
WRITTEN_DAYS = """
"2026-06-28"         | 2026-06-28
"2026-6-28"          | 2026-06-28
" 2026-06-28 "       | 2026-06-28
"2026/6/28"          | 2026-06-28 V407
"2026.6.28"          | 2026-06-28 V407
"2026年6月28日"      | 2026-06-28 V407
"2026年6月28号"      | 2026-06-28 V407
"2026年6月28"        | 2026-06-28 V407
"20260628"           | 2026-06-28 V407
"2026 06 28"         | 2026-06-28 V407
"2026-06-2 8"        | 读不懂“2026-06-2 8” V406，请只填一个日期，数字中间不要有空格或换行
"2026-06-28 09:30"   | 2026-06-28 V407
"２０２６-０６-２８" | 2026-06-28 V407
"2026-02-30"         | 读不懂“2026-02-30” V406
"2026-13-01"         | 读不懂“2026-13-01” V406
"6月28日"            | 读不懂“6月28日” V406，还要写明年份
"6-28"               | 读不懂“6-28” V406，还要写明年份
"2026年6月"          | 读不懂“2026年6月” V406，要写到日
"2026-06"            | 读不懂“2026-06” V406，要写到日
"已完成"             | 读不懂“已完成” V406，还要写明是哪一天
"未完成"             | 进行中
"不适用"             | 不适用
"不 适 用"           | 不适用
"/"                  | 未填 V114
"—"                  | 未填 V114
"无"                 | 读不懂“无” V406
""                   | 未填
" "                  | 未填
"快了"               | 读不懂“快了” V406
"约2026-06-28"       | 读不懂“约2026-06-28” V406
"#N/A"               | 读不懂“#N/A” V406
"""


def day_in(cell: Cell) -> str:
    reading = read_day(cell)
    found = reading.finding(cell, "重大项目", "实际完成日期")
    value = reading.value
    read = (
        f"读不懂“{value.text}”" if isinstance(value, Unreadable) else spell_value(value) or "未填"
    )
    return read if found is None else f"{read} {found.code}{reading.hint}"


@pytest.mark.parametrize(("written", "told"), cases(WRITTEN_DAYS))
def test_a_day_is_read_however_it_is_written(written: str, told: str) -> None:
    assert day_in(Cell("E6", written.strip('"'))) == told


NOT_DONE = ["未完成", "没有完成", "尚未完成", "进行中", "推进中", "在建", "建设中", "未开工", "否"]
DONE = ["已完成", "完成", "是", "√", "已建成", "已投用", "已开工"]


def test_words_for_not_done_are_a_value_and_words_for_done_ask_for_the_day() -> None:
    assert {day_in(Cell("E6", word)) for word in NOT_DONE} == {"进行中"}
    assert [day_in(Cell("E6", word)) for word in DONE] == [
        f"读不懂“{word}” V406，还要写明是哪一天" for word in DONE
    ]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (date(2026, 6, 28), "2026-06-28"),
        (datetime(2026, 6, 28, 9, 30), "2026-06-28"),
        (time(9, 30), "读不懂“09:30:00” V406"),
        (True, "读不懂“TRUE” V406"),
        (46200, "2026-06-27 V407"),
        (Decimal(46200), "2026-06-27 V407"),
        (46200.7, "读不懂“46200.7” V406"),
        (20260628, "2026-06-28 V407"),
        (20260631, "读不懂“20260631” V406"),
        (0, "读不懂“0” V406"),
        (-5, "读不懂“-5” V406"),
        (1e20, "读不懂“100000000000000000000” V406"),
        (36525, "读不懂“36525” V406"),
        (36526, "2000-01-01 V407"),
        (73050, "2099-12-31 V407"),
        (73051, "读不懂“73051” V406"),
        (date(1999, 12, 31), "读不懂“1999-12-31” V406"),
        (date(2000, 1, 1), "2000-01-01"),
        (date(2099, 12, 31), "2099-12-31"),
        (date(2100, 1, 1), "读不懂“2100-01-01” V406"),
    ],
)
def test_a_cell_s_own_day_or_serial_number_is_a_day_of_this_century(value: Any, told: str) -> None:
    assert day_in(Cell("E6", value)) == told


def test_a_cell_without_a_value_is_blank_a_formula_without_result_or_an_error() -> None:
    assert day_in(Cell("E6")) == "未填"
    assert day_in(Cell("E6", formula=True)) == "读不懂“” V110"
    assert day_in(Cell("E6", error="#N/A")) == "读不懂“#N/A” V109"
    reasons = [
        read_day(cell).value
        for cell in (Cell("E6", "快了"), Cell("E6", formula=True), Cell("E6", error="#N/A"))
    ]
    assert [one.reason for one in reasons if isinstance(one, Unreadable)] == [
        "不是日期", "公式没有结果", "公式出错",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("2026/6/28", "V407 warning E6 实际完成日期=2026/6/28：“实际完成日期”填的是“2026/6/28”，已按 2026-06-28 读取。请核对。 → 2026-06-28"),
        ("快了", "V406 error E6 实际完成日期=快了：“实际完成日期”应填完成的那一天，如 2026-06-28，现在填的是“快了”。还没有完成的请留空。"),
        ("6-28", "V406 error E6 实际完成日期=6-28：“实际完成日期”应填完成的那一天，如 2026-06-28，现在填的是“6-28”，还要写明年份。还没有完成的请留空。"),
        ("/", "V114 warning E6 实际完成日期=/：“实际完成日期”填的是“/”，按没有填处理。没有数请留空；不适用请写“不适用”；是零请填 0。"),
    ],
)  # fmt: skip
def test_a_day_that_is_not_plain_is_told_in_one_sentence(written: str, told: str) -> None:
    cell = Cell("E6", written)
    found = read_day(cell).finding(cell, "重大项目", "实际完成日期")
    assert found is not None
    assert found.sheet == "重大项目"
    assert line(found) == told


# --- rows ------------------------------------------------------------------------------------

C = ProjectColumn

# Each case: the rows; what each record says; then each finding, without that of missing rows.
ROWS: dict[str, tuple[list[dict[ProjectColumn, Any]], str, *tuple[str, ...]]] = {
    "money that fell": (
        [{C.CODE: "XM01", C.MONEY: 99}],
        "XM01 99",
        "V205 error B5 本年完成投资=99：XM01 甬江科创通道三甲标准医疗机构 是累计数，上期（2026年二季度）已报 100，本期填的是 99，不应减少。请核对是否只填了当期新增；上期数要更正的，请另行说明。",
        "V208 error — 情况说明=—：XM01 甬江科创通道三甲标准医疗机构 本期为红灯（完成99万元，占年度计划投资42000万元的0.2%，滞后序时74.8个百分点），请在“情况说明”写明原因和下一步措施。",
    ),
    "money as before": (
        [{C.CODE: "XM01", C.MONEY: 100, C.REMARK: "停工"}],
        "XM01 100：停工",
    ),
    "negative money": (
        [{C.CODE: "XM01", C.MONEY: -1}],
        "XM01 -1",
        "V201 error B5 本年完成投资=-1：“本年完成投资”不应是负数，现在是 -1。请核对。",
    ),
    "money far over the plan": (
        [{C.CODE: "XM01", C.MONEY: 10**9}],
        "XM01 1000000000",
        "V409 error B5 本年完成投资=1000000000：XM01 甬江科创通道三甲标准医疗机构 填的是 1000000000万元，是年度计划投资42000万元的 20 倍以上。请核对计量单位是不是“万元”；数确实没有错的，请专班办公室核对清单里的计划数。",
    ),
    "little money without a word": (
        [{C.CODE: "XM01", C.MONEY: 200}],
        "XM01 200",
        "V208 error — 情况说明=—：XM01 甬江科创通道三甲标准医疗机构 本期为红灯（完成200万元，占年度计划投资42000万元的0.5%，滞后序时74.5个百分点），请在“情况说明”写明原因和下一步措施。",
    ),
    "no money": (
        [{C.CODE: "XM01"}],
        "XM01 未填",
        "V101 warning — 本年完成投资=—：XM01 甬江科创通道三甲标准医疗机构 本期应报，还没有填。请补填；确实没有的，请写“不适用”并说明。",
    ),
    "a dash for money": (
        [{C.CODE: "XM01", C.MONEY: "/"}],
        "XM01 未填",
        "V114 warning B5 本年完成投资=/：“本年完成投资”填的是“/”，按没有填处理。没有数请留空；不适用请写“不适用”；是零请填 0。",
    ),
    "money in words": (
        [{C.CODE: "XM01", C.MONEY: "三万"}],
        "XM01 三万",
        "V103 error B5 本年完成投资=三万：“本年完成投资”应只填数字，现在填的是“三万”。请改为一个数字；没有数请留空，不适用请写“不适用”。",
    ),
    "a day where money belongs": (
        [{C.CODE: "XM01", C.MONEY: 31600, C.DAY: date(2026, 6, 1)}],
        "XM01 31600",
        "V410 warning C5 实际完成日期=2026-06-01：XM01 甬江科创通道三甲标准医疗机构 这一行不用填“实际完成日期”，现在填的“2026-06-01”没有读取。请核对是不是填错了行。",
    ),
    "money where a day belongs": (
        [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.MONEY: 5}],
        "XM01-1 2025-11-20",
        "V410 warning C5 本年完成投资=5：XM01-1 甬江科创通道三甲标准医疗机构·桩基工程完成 这一行不用填“本年完成投资”，现在填的“5”没有读取。请核对是不是填错了行。",
    ),
    "nothing where nothing belongs": (
        [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.MONEY: "—"}],
        "XM01-1 2025-11-20",
    ),
    "a day yet to come": (
        [{C.CODE: "XM01-1", C.DAY: date(2026, 10, 1)}],
        "XM01-1 2026-10-01",
        "V408 error B5 实际完成日期=2026-10-01：XM01-1 甬江科创通道三甲标准医疗机构·桩基工程完成 填的是 2026-10-01，在数据期末 2026-09-30 以后。本期还没有完成的请留空，到下期再填；日期填错的请改正。",
    ),
    "the period's last day": (
        [{C.CODE: "XM01-1", C.DAY: date(2026, 9, 30)}],
        "XM01-1 2026-09-30",
    ),
    "a late node without a word": (
        [{C.CODE: "XM01-1", C.DAY: "未完成"}],
        "XM01-1 进行中",
        "V208 error — 情况说明=—：XM01-1 甬江科创通道三甲标准医疗机构·桩基工程完成 本期为红灯（计划2025-11-30完成，到2026-09-30尚未完成，已滞后304天），请在“情况说明”写明原因和下一步措施。",
    ),
    "a late node with a word": (
        [{C.CODE: "XM01-1", C.DAY: "未完成", C.REMARK: "下雨"}],
        "XM01-1 进行中：下雨",
    ),
    "another name": (
        [{C.CODE: "XM01", C.MONEY: 31600, C.NAME: "别的项目"}],
        "XM01 31600",
        "V405 warning C5 项目名称=别的项目：XM01 甬江科创通道三甲标准医疗机构 的“项目名称”清单里是“甬江科创通道三甲标准医疗机构”，表里是“别的项目”，已按清单的算。请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。 → 甬江科创通道三甲标准医疗机构",
    ),
    "another day planned": (
        [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.PLANNED_DAY: date(2030, 1, 1)}],
        "XM01-1 2025-11-20",
        "V405 warning C5 计划完成日期=2030-01-01：XM01-1 甬江科创通道三甲标准医疗机构·桩基工程完成 的“计划完成日期”清单里是“2025-11-30”，表里是“2030-01-01”，已按清单的算。请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。 → 2025-11-30",
    ),
    "another plan": (
        [{C.CODE: "XM01", C.MONEY: 31600, C.PLANNED_MONEY: 5}],
        "XM01 31600",
        "V405 warning C5 年度计划投资（万元）=5：XM01 甬江科创通道三甲标准医疗机构 的“年度计划投资（万元）”清单里是“42000”，表里是“5”，已按清单的算。请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。 → 42000",
    ),
    "an open plan": (
        [{C.CODE: "XM01", C.MONEY: 31600, C.PLANNED_MONEY: "未定"}],
        "XM01 31600",
    ),
    "another target": (
        [{C.CODE: "SS01", C.DONE: 245, C.TARGET: 5}],
        "SS01 245",
        "V405 warning C5 目标值=5：SS01 新增公办托位 的“目标值”清单里是“320”，表里是“5”，已按清单的算。请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。 → 320",
    ),
    "a count": (
        [{C.CODE: "SS01", C.DONE: 245}],
        "SS01 245",
    ),
    "twice": (
        [{C.CODE: "XM01", C.MONEY: 31600}, {C.CODE: "XM01", C.MONEY: 31600}],
        "XM01 31600",
        "V403 error A6 项目编码=XM01：“XM01 甬江科创通道三甲标准医疗机构”在 重大项目!A5 已经填过。请只保留一处。",
    ),
    "no code": (
        [{C.MONEY: 5}],
        "",
        "T128 error A5 —=5：这一行填了“5”，但没有指标编码，名称也对不上。请补上模板里的编码；如果这一行不是指标，请删去。",
    ),
    "no code, a day": (
        [{C.DAY: date(2026, 1, 1), C.NAME: "某"}],
        "",
        "T128 error A5 —=2026-01-01：这一行填了“2026-01-01”，但没有指标编码，名称也对不上。请补上模板里的编码；如果这一行不是指标，请删去。",
    ),
    "an unknown code": (
        [{C.CODE: "XM99", C.MONEY: 5}],
        "",
        "V401 error A5 —=XM99：清单里没有编码“XM99”的项目、节点或实事。请改回模板里的编码，或换用新下发的模板。",
    ),
    "another agency's": (
        [{C.CODE: "XM03", C.MONEY: 5}],
        "",
        "V402 error A5 —=XM03：“XM03 滨江九年一贯制学校”由区教育局负责填报，不在区卫健局的填报范围里。请删去这一行，或与专班办公室联系。",
    ),
    "merged": (
        [{C.CODE: "XM01", C.MONEY: Cell("H5", 31600, merged="H5:H6")}],
        "XM01 31600",
        "T135 error H5 本年完成投资=31600：H5:H6 合并成了一格，分不清是哪几个指标的数。请取消合并，逐行填写。",
    ),
    "an error": (
        [{C.CODE: "XM01", C.MONEY: Cell("H5", error="#N/A")}],
        "XM01 #N/A",
        "V109 error H5 本年完成投资=#N/A：“本年完成投资”里是错误值 #N/A。请改正公式，或直接填数字。",
    ),
    "a node far ahead of its day": (
        [{C.CODE: "XM01-4", C.DAY: "未完成"}],
        "XM01-4 进行中",
    ),
    "money just over twenty times the plan": (
        [{C.CODE: "XM01", C.MONEY: 840001, C.REMARK: "对"}],
        "XM01 840001：对",
        "V409 error B5 本年完成投资=840001：XM01 甬江科创通道三甲标准医疗机构 填的是 840001万元，是年度计划投资42000万元的 20 倍以上。请核对计量单位是不是“万元”；数确实没有错的，请专班办公室核对清单里的计划数。",
    ),
    "money twenty times the plan": (
        [{C.CODE: "XM01", C.MONEY: 840000, C.REMARK: "对"}],
        "XM01 840000：对",
    ),
    "a name typed otherwise": (
        [{C.CODE: "XM01", C.MONEY: 31600, C.NAME: " 甬江科创通道 三甲标准医疗机构"}],
        "XM01 31600",
    ),
    "the day planned": (
        [{C.CODE: "XM01-1", C.DAY: date(2025, 11, 20), C.PLANNED_DAY: date(2025, 11, 30)}],
        "XM01-1 2025-11-20",
    ),
    "a day in words": (
        [{C.CODE: "XM01-1", C.DAY: "快了"}],
        "XM01-1 快了",
        "V406 error B5 实际完成日期=快了：“实际完成日期”应填完成的那一天，如 2026-06-28，现在填的是“快了”。还没有完成的请留空。",
    ),
    "no code, a count": (
        [{C.DONE: Cell("G5", error="#N/A")}],
        "",
        "T128 error G5 —=#N/A：这一行填了“#N/A”，但没有指标编码，名称也对不上。请补上模板里的编码；如果这一行不是指标，请删去。",
    ),
}  # fmt: skip


def line(finding: Finding) -> str:
    """Return a finding's code, severity, cell, header with value, sentence and suggestion."""
    about = f"{finding.header or '—'}={finding.value or '—'}"
    tail = f" → {finding.suggestion}" if finding.suggestion else ""
    return (
        f"{finding.code} {finding.severity} {finding.cell or '—'} {about}：{finding.message}{tail}"
    )


def row(number: int, cells: dict[ProjectColumn, Any]) -> FormRow:
    return FormRow(
        number,
        {
            column: value
            if isinstance(value, Cell)
            else Cell(f"{'ABCDEFGHIJKLMNOP'[place]}{number}", value)
            for place, (column, value) in enumerate(cells.items())
        },
    )


def checked(
    listed: ProjectList, rules: Any, rows: list[dict[ProjectColumn, Any]]
) -> ProjectVerdict:
    before = (
        ProjectRecord("XM01", Q2, HEALTH, Decimal(100)),
        ProjectRecord("XM01", Period.parse("2025Q4"), HEALTH, Decimal(9000)),
    )
    headers = {C.MONEY: Cell("H4", "本年\n完成投资")}
    filled = tuple(row(n, cells) for n, cells in enumerate(rows, start=5))
    table = ListedTable("重大项目", "重大项目", headers, filled)
    return check_projects([table], ProjectBook(listed, before), rules, HEALTH, Q3, SOURCE)


def recorded(verdict: ProjectVerdict) -> str:
    return "、".join(
        f"{one.code} {spell_value(one.value) or '未填'}{one.remark and '：'}{one.remark}"
        for one in verdict.records
    )


@pytest.mark.parametrize("case", ROWS)
def test_a_row_is_judged_by_what_it_says(rules: Any, listed: ProjectList, case: str) -> None:
    rows, kept, *findings = ROWS[case]
    verdict = checked(listed, rules, rows)
    about_rows = [one for one in verdict.findings if one.code != MISSING]
    assert recorded(verdict) == kept
    assert [line(one) for one in about_rows] == findings
    assert {one.sheet for one in about_rows} <= {"重大项目"}


def test_a_record_names_its_cell_and_what_was_written_there(
    rules: Any, listed: ProjectList
) -> None:
    rows: list[dict[ProjectColumn, Any]] = [
        {C.CODE: "XM01", C.MONEY: 31600},
        {C.CODE: "XM01-1", C.DAY: date(2025, 11, 20)},
        {C.CODE: "xm02", C.MONEY: Cell("H7", error="#N/A"), C.REMARK: "停工"},
    ]
    verdict = checked(listed, rules, rows)
    of_cell = {cell: replace(SOURCE, sheet="重大项目", cell=cell) for cell in ("B5", "B6", "H7")}
    assert verdict.records == (
        ProjectRecord("XM01", Q3, HEALTH, Decimal(31600), "", "31600", of_cell["B5"]),
        ProjectRecord("XM01-1", Q3, HEALTH, date(2025, 11, 20), "", "2025-11-20", of_cell["B6"]),
        ProjectRecord("XM02", Q3, HEALTH, Unreadable("#N/A", "公式出错"), "停工", "#N/A", of_cell["H7"]),
    )  # fmt: skip


MISSING = "V404"
AFTER_MISSING = "，按未报处理。请在“{}”表里补填；表里没有的，请换用新下发的模板。"


@pytest.mark.parametrize(
    ("filled", "majors", "livelihood"),
    [
        ([], "XM01 甬江科创通道三甲标准医疗机构、XM02 “一场两馆”补短板工程", "SS01 新增公办托位"),
        (["XM01-1"], "XM01 甬江科创通道三甲标准医疗机构、XM02 “一场两馆”补短板工程", "SS01 新增公办托位"),
        (["XM01"], "XM02 “一场两馆”补短板工程", "SS01 新增公办托位"),
        (["XM02", "SS01"], "XM01 甬江科创通道三甲标准医疗机构", ""),
        (["SS01", "XM02", "XM01"], "", ""),
    ],
)  # fmt: skip
def test_a_project_without_a_row_is_missing_but_a_node_may_be_left_out(
    rules: Any, listed: ProjectList, filled: list[str], majors: str, livelihood: str
) -> None:
    verdict = checked(listed, rules, [{C.CODE: code} for code in filled])
    missing = [one for one in verdict.findings if one.code == MISSING]
    assert {str(one.severity) for one in missing} <= {"warning"}
    assert [one.message for one in missing] == [
        f"没有找到 {names}{AFTER_MISSING.format(sheet)}"
        for names, sheet in ((majors, "重大项目"), (livelihood, "民生实事"))
        if names
    ]


# --- what is kept ----------------------------------------------------------------------------


def test_lists_come_back_whole_from_their_document(listed: ProjectList, snapshot: Any) -> None:
    full = replace(
        listed,
        projects=tuple(
            replace(
                one, contact="王敏", phone="8600", content="新建", total_investment=Decimal("1.50")
            )
            for one in listed.projects
        ),
        livelihood=tuple(replace(one, contact="李静", phone="8601") for one in listed.livelihood),
    )
    document = json.loads(json.dumps(projects_document(full)))
    assert projects_from_document(document) == full
    document["projects"], document["livelihood"] = (
        document["projects"][1:2],
        document["livelihood"][:1],
    )
    assert spelled(document) == snapshot


def test_a_list_s_document_needs_no_contact_money_or_nodes(listed: ProjectList) -> None:
    document = json.loads(json.dumps(projects_document(listed)))
    for entry in (*document["projects"], *document["livelihood"]):
        for key in ("contact", "phone", "total_investment", "planned_investment", "nodes"):
            entry.pop(key, None)
    for entry in document["projects"]:
        del entry["content"]
    bare = projects_from_document(document)
    assert bare.projects == tuple(
        MajorProject(
            code=one.code,
            name=one.name,
            domain=one.domain,
            agency=one.agency,
            planned_investment={},
        )
        for one in listed.projects
    )
    assert bare.livelihood == tuple(replace(one, contact="", phone="") for one in listed.livelihood)


def test_what_a_list_contradicts_is_told(plan: Any, listed: ProjectList) -> None:
    first, second, *rest = listed.projects
    wrong = replace(
        listed,
        projects=(
            replace(
                first,
                code="9",
                agency="区卫生局",
                domain="善育",
                nodes=(*first.nodes, first.nodes[0]),
            ),
            replace(second, code=listed.livelihood[0].code),
            *rest,
        ),
    )
    assert list(list_problems(wrong, plan)) == [
        "编码“SS01”用了 2 次，请改成各不相同",
        "编码“9”与方案里的一项相同，请换一个编码，如 XM01、SS01",
        "“9 甬江科创通道三甲标准医疗机构”的责任部门“区卫生局”不在方案的单位名录里",
        "“9 甬江科创通道三甲标准医疗机构”的领域“善育”不是方案的领域之一",
        "“9 甬江科创通道三甲标准医疗机构”的节点序号 1 用了 2 次",
    ]
    assert list(list_problems(listed, plan)) == []


RECORDS = [
    ProjectRecord("XM01", Q3, HEALTH, Decimal(31600), "停工", "31600", replace(SOURCE, sheet="重大项目", cell="H5", saved_at=datetime(2026, 10, 8, 9, tzinfo=UTC))),
    ProjectRecord("XM01-1", Q2, HEALTH, date(2025, 11, 20)),
    ProjectRecord("XM01-2", Q3, HEALTH, Word.IN_PROGRESS, "在建"),
    ProjectRecord("XM02", Q3, HEALTH, Unreadable("约六千", "不是确数")),
    ProjectRecord("XM02-1", Q3, HEALTH, Absence.NOT_APPLICABLE),
    ProjectRecord("SS01", Q3, HEALTH, Decimal(245)),
]  # fmt: skip


# Period | project, node or livelihood project. Last: what is done, lamp, rate, days behind, reason.
LINES = """
2026Q3 | XM01   | 31600 红·逾期 75.2% 92天：节点“地下室结构出正负零”计划2026-06-30完成，到2026-09-30尚未完成，已滞后92天
2026Q3 | XM01-1 | 2025-11-20 绿·按期完成 — 0天：已于2025-11-20完成，计划2025-11-30
2026Q3 | XM01-2 | — 红·逾期 — 92天：计划2026-06-30完成，到2026-09-30尚未完成，已滞后92天
2026Q3 | XM01-3 | — 灰·未到期 — 0天：计划2026-12-20完成，尚未到期
2026Q3 | XM02   | — 黄·滞后 — 30天：节点“体育馆改造完成”计划2026-08-31完成，到2026-09-30尚未完成，已滞后30天
2026Q3 | XM02-1 | — 灰·不适用 —：填报为不适用
2026Q3 | XM02-2 | — 黄·滞后 — 30天：计划2026-08-31完成，到2026-09-30尚未完成，已滞后30天
2026Q3 | XM02-3 | — 灰·未到期 — 0天：计划2027-06-30完成，尚未到期
2026Q3 | XM03   | — 灰·未报 — 0天：已过报送截止日，仍未填报
2026Q3 | XM03-1 | — 灰·未报 —：计划2026-02-28完成，已过报送截止日，仍未填报
2026Q3 | XM03-2 | — 灰·未报 —：计划2026-10-15完成，已过报送截止日，仍未填报
2026Q3 | SS01   | 245 绿·达序时 76.6%：完成245个，占全年目标320个的76.6%，超前序时1.6个百分点
2026Q3 | SS02   | — 灰·未报 —：已过报送截止日，仍未填报
2026Q4 | XM01   | — 灰·未到期 — 0天：尚未到报送截止日
2026Q4 | XM01-1 | 2025-11-20 绿·按期完成 — 0天：已于2025-11-20完成，计划2025-11-30
2026Q4 | XM01-3 | — 灰·未到期 —：尚未到报送截止日
2026Q4 | XM02-1 | — 灰·不适用 —：填报为不适用
2026Q4 | XM04   | — 灰·未到期 —：尚未到报送截止日
2026Q4 | SS01   | — 灰·未到期 —：尚未到报送截止日
2027Q1 | XM03   | — 灰·未到期 — 0天：尚未到报送截止日
2027Q1 | XM04   | — 灰·未定目标 —：没有2027年的年度计划投资
2027Q1 | SS01   | 不在其中
"""


def status_in(listed: ProjectList, rules: Any, period: str) -> ProjectStatus:
    book = ProjectBook(listed, tuple(RECORDS))
    return project_status(book, rules, Period.parse(period), date(2026, 10, 30))


def line_of(listed: ProjectList, rules: Any, period: str, code: str) -> str:
    status = status_in(listed, rules, period)
    found: dict[str, tuple[Any, Any]] = {}
    for major in status.projects:
        found[major.project.code] = (major.invested, major.assessment)
        found |= {node.code: (node.completed, node.assessment) for node in major.nodes}
    found |= {one.project.code: (one.done, one.assessment) for one in status.livelihood}
    if code not in found:
        return "不在其中"
    done, assessed = found[code]
    days = "" if assessed.delay_days is None else f" {assessed.delay_days}天"
    shown = "—" if done is None else done
    return f"{shown} {assessed.lamp} {assessed.display}{days}：{assessed.reason}"


@pytest.mark.parametrize(("period", "code", "told"), cases(LINES))
def test_a_project_s_line_tells_its_lamp_and_reason(
    rules: Any, listed: ProjectList, period: str, code: str, told: str
) -> None:
    assert line_of(listed, rules, period, code) == told


@pytest.mark.parametrize("period", ["2026Q3", "2026Q4", "2027Q1"])
def test_a_status_comes_back_whole_from_its_document(
    rules: Any, listed: ProjectList, period: str
) -> None:
    status = status_in(listed, rules, period)
    assert status_from_document(json.loads(json.dumps(status_document(status)))) == status


def test_the_document_of_project_lines_has_every_field(
    rules: Any, listed: ProjectList, snapshot: Any
) -> None:
    told = projects_json(status_in(listed, rules, "2026Q3"))
    assert [len(told["major"]), len(told["livelihood"])] == [4, 3]
    few = {"major": told["major"][:1], "livelihood": told["livelihood"][:2]}
    assert spelled(few) == snapshot


def test_projects_are_a_group_of_their_own_with_a_score_of_what_is_reported(
    plan: Any, rules: Any, listed: ProjectList
) -> None:
    (group,) = groups_by("task_force", (), status_in(listed, rules, "2026Q3"), plan, rules)
    assert group.to_json() == {
        "name": "重大项目", "light": "red", "word": "红", "score": "30", "due": 4, "missing": 2,
        "counts": {"green": 0, "amber": 1, "red": 1, "grey": 2, "total": 4},
        "reported_share": "0.5", "ranked": False, "rank": None,
    }  # fmt: skip
    for period in ("2026Q4", "2027Q1"):
        (group,) = groups_by("task_force", (), status_in(listed, rules, period), plan, rules)
        assert group.to_json() == {
            "name": "重大项目", "light": "grey", "word": "灰", "score": None, "due": 0, "missing": 0,
            "counts": {"green": 0, "amber": 0, "red": 0, "grey": 4, "total": 4},
            "reported_share": None, "ranked": False, "rank": None,
        }  # fmt: skip


@pytest.mark.parametrize(
    ("period", "deadline", "days_late", "owed"),
    [
        ("2026Q3", date(2026, 10, 10), 234, {"区教育局": "XM03 SS02", "区民政局": "XM04 SS03"}),
        ("2026Q4", date(2027, 1, 10), 142, {"区卫健局": "XM01 XM02 SS01", "区教育局": "XM03 SS02", "区民政局": "XM04 SS03"}),
        ("2027Q1", date(2027, 4, 10), 52, {"区卫健局": "XM01 XM02", "区教育局": "XM03"}),
    ],
)  # fmt: skip
def test_agencies_owe_the_projects_they_have_not_reported(
    plan: Any, rules: Any, listed: ProjectList, period: str, deadline: date, days_late: int,
    owed: dict[str, str],
) -> None:  # fmt: skip
    status = status_in(listed, rules, period)

    def reminders(today: date, *, due_only: bool = True) -> Any:
        context = PeriodContext(plan, rules, Period.parse(period), today)
        return with_projects((), status, context, due_only=due_only)

    late = reminders(date(2027, 6, 1))
    assert {one.agency.name: " ".join(item.item.code for item in one.items) for one in late} == owed
    assert list(owed) == [one.agency.name for one in late]
    items = [item for one in late for item in one.items]
    assert {(item.deadline, item.days_late) for item in items} == {(deadline, days_late)}
    early = date(2026, 10, 1)
    assert reminders(early) == ()
    assert len(reminders(early, due_only=False)) == len(owed)


def test_what_is_owed_is_named_by_the_list_it_stands_in(
    plan: Any, rules: Any, listed: ProjectList
) -> None:
    context = PeriodContext(plan, rules, Q3, date(2027, 6, 1))
    first, *_ = with_projects((), status_in(listed, rules, "2026Q3"), context)
    assert [(one.item.name, one.item.clause, one.item.measure) for one in first.items] == [
        ("重大项目“滨江九年一贯制学校”本年累计完成投资", "重大项目清单", "万元"),
        ("民生实事“教室照明改造”本年完成值", "民生实事", "间"),
    ]


@pytest.mark.parametrize(
    ("agency", "asked"),
    [
        (HEALTH, "XM01：2 3 4；XM02：1 2 3；SS01"),
        ("区教育局", "XM03：1 2 3；SS02"),
        ("区民政局", "XM04：1 2；SS03"),
        ("区住建局", ""),
    ],
)
def test_a_form_asks_for_an_agency_s_projects_and_their_open_nodes(
    rules: Any, listed: ProjectList, agency: str, asked: str
) -> None:
    book = ProjectBook(listed, tuple(RECORDS))
    form = project_form(book, agency, Q3, rules)
    majors = [
        f"{one.project.code}：{' '.join(str(node.number) for node in one.nodes)}"
        for one in form.projects
    ]
    assert "；".join([*majors, *(one.project.code for one in form.livelihood)]) == asked
    assert all(one.project in listed.projects for one in form.projects)
    assert all(one.last is None for one in (*form.projects, *form.livelihood))
    assert project_form(book, agency, Period.parse("2026-08"), rules) == ProjectForm()


def test_a_value_comes_back_from_what_is_stored() -> None:
    for one in RECORDS:
        assert decode_value(*encode_value(one.value)) == one.value
    assert [spell_value(one.value) for one in RECORDS[:3]] == ["31600", "2025-11-20", "进行中"]
    blank = ProjectRecord("XM01", Q3, HEALTH, Absence.NOT_REPORTED)
    assert not has_value_or_remark(blank)
    assert has_value_or_remark(replace(blank, remark="待报"))
    assert has_value_or_remark(RECORDS[1])


def test_the_file_saved_later_stands_and_a_blank_replaces_nothing() -> None:
    def version(minute: int, value: Any, remark: str = "") -> ProjectRecord:
        saved = datetime(2026, 10, 8, 9, minute, tzinfo=UTC)
        return ProjectRecord(
            "XM01", Q3, HEALTH, value, remark, source=replace(SOURCE, saved_at=saved)
        )

    five, six = version(1, Decimal(5), "五"), version(2, Decimal(6), "六")
    blank, puzzle = version(3, Absence.NOT_REPORTED), version(4, Unreadable("六七", "不是确数"))
    key = five.key
    assert current_project_records([six, five])[key] == six
    assert current_project_records([five, blank])[key] == five
    assert current_project_records([five, replace(blank, remark="补记")])[key] == replace(
        five, remark="补记"
    )
    assert current_project_records([five, puzzle])[key] == five
    assert (
        current_project_records([puzzle, replace(puzzle, as_written="再")])[key].as_written == "再"
    )
    assert current_project_records([blank, puzzle])[key] == puzzle
    assert changes([], [five]) == ((five,), ())
    assert changes([], [blank]) == ((), ())
    assert changes([six], [five]) == ((), ()), "a file older than what stands revises nothing"
    assert changes([replace(blank, source=None)], [five])[0] == (five,)
    (revision,) = changes([five], [six])[1]
    assert (revision.before, revision.after) == (five, six)
    assert changes([five], [replace(six, value=Decimal(5))]) == ((), ())


def test_a_book_knows_the_last_value_before_a_period(listed: ProjectList) -> None:
    last_year = ProjectRecord("XM01", Period.parse("2025Q4"), HEALTH, Decimal(9))
    records = (last_year, ProjectRecord("XM01", Q2, HEALTH, Decimal(100)), *RECORDS)
    book = ProjectBook(listed, records)
    assert book.latest("XM01", Q3) == RECORDS[0]
    assert book.latest("XM01", Q3, before=True) == records[1]
    assert book.latest("XM01", Q2, before=True) == last_year
    assert book.latest("XM01", Q2, before=True, same_year=True) is None
    assert book.latest("XM02", Q3) is None, "what cannot be read is no value"
    assert book.completed_on("XM01-1", Q3) == date(2025, 11, 20)
    assert book.completed_on("XM01-2", Q3) is None
    assert (
        ProjectBook(listed, (replace(RECORDS[1], value=date(2026, 10, 1)),)).completed_on(
            "XM01-1", Q3
        )
        is None
    )
    assert ProjectBook().is_empty
    assert not book.is_empty
