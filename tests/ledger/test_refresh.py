"""Writing into the closed ledger: what changes, what does not, and what is refused."""

from __future__ import annotations

import hashlib
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook
from support.ledger_views import QUARTER, parts_of, view_of
from support.spreadsheet_hands import type_over

from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.rate import Light
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file import refresh as patch
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.refresh import check_ledger, refresh_ledger
from qiyx_xl.ledger.layout.cells import column_of, fitted
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

# All but 冲突, which stays empty here, and the two hidden ones.
UNCHANGED = {
    LedgerSheet.CONFLICTS,
    LedgerSheet.MATTERS,
    LedgerSheet.CONFIG,
    LedgerSheet.IDENTITY,
}


def sheet_xml(path: Path, sheet: LedgerSheet) -> bytes:
    """The XML of a sheet of ours."""
    return parts_of(path)[OpenedLedger(path.read_bytes(), path.name).part(sheet)]


def shown(path: Path, sheet: str, code_column: int = 2) -> dict[str, dict[str, object]]:
    """The stored values of a plan sheet, by code and header."""
    rows = list(load_workbook(path, data_only=True)[sheet].iter_rows(min_row=5, values_only=True))
    return {
        str(row[code_column - 1]): dict(zip(rows[0], row, strict=True))
        for row in rows[1:]
        if row[code_column - 1] is not None
    }


@pytest.mark.slow
def test_a_refresh_shows_the_numbers_the_rates_and_the_lamps(
    ledger: Path, plan: Plan, rules: Rules
):
    refresh_ledger(ledger, view_of(plan, rules))
    rows = shown(ledger, "指标台账")
    assert rows["9"] | {} == rows["9"] | {
        "本期实际值": 7.7, "上年实际": 6.4, "序时进度": 0.75, "状态": "黄", "备注": None,
    }  # fmt: skip
    assert rows["9"]["完成率"] == pytest.approx(7.7 / 8.3)
    assert rows["9"]["状态说明"] == "滞后序时6.6个百分点"
    assert rows["15"]["补充值"] == 64.5
    assert (rows["18"]["完成率"], rows["18"]["状态"]) == (0.999, "黄")
    assert (rows["19"]["本期实际值"], rows["19"]["状态"]) == (1.7, "灰")
    assert "17000元" in rows["19"]["状态说明"]
    assert (rows["4"]["本期实际值"], rows["4"]["状态"]) == ("已通过", "绿")
    assert (rows["20"]["本期实际值"], rows["20"]["完成率"]) == ("不适用", "—")
    goals = shown(ledger, "任务目标")
    assert goals["T1-2-04"]["基期值"] == 70
    assert goals["T3-1-02"]["本期实际值"] == rows["7"]["本期实际值"] == 3.45
    assert shown(ledger, "里程碑")["M02"]["进展"] == "已完成"


def test_lamp_counts_and_score_stand_above_the_table(ledger: Path, plan: Plan, rules: Rules):
    view = view_of(plan, rules)
    refresh_ledger(ledger, view)
    sheet = load_workbook(ledger, data_only=True)["指标台账"]
    lamps = [line.rating.light for line in view.lines[:21]]
    expected = [lamps.count(light) for light in Light]
    assert [sheet[cell].value for cell in ("H3", "J3", "L3", "N3")] == expected
    assert sum(expected) == 21
    points = {Light.GREEN: 100, Light.AMBER: 60, Light.RED: 0}
    lit = [points[lamp] for lamp in lamps if lamp in points]
    assert sheet["Q3"].value == pytest.approx(sum(lit) / len(lit))


@pytest.mark.slow
def test_every_number_in_the_log_tells_where_it_came_from(ledger: Path, plan: Plan, rules: Rules):
    refresh_ledger(ledger, view_of(plan, rules))
    rows = list(load_workbook(ledger)["填报记录"].iter_rows(min_row=3, values_only=True))
    log = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    assert len(log) == len(QUARTER)
    assert [row["效力"] for row in log if row["编号"] == "1"] == ["现行", "已被替代", "现行"]
    last = next(row for row in log if row["编号"] == "15")
    assert last["来源文件"] == "区民政局_2026Q3.xlsx"
    assert (last["工作表"], last["单元格"], last["文件校验码"]) == ("填报表", "G13", f"{13:064x}")
    assert str(last["接收时间"]) == "2026-10-08 09:30:00"


def test_only_our_sheets_change_and_every_other_part_stays_to_the_byte(
    ledger: Path, plan: Plan, rules: Rules
):
    before = parts_of(ledger)
    refresh_ledger(ledger, view_of(plan, rules))
    after = parts_of(ledger)
    assert list(after) == list(before)
    ours = OpenedLedger(ledger.read_bytes(), ledger.name)
    patched = {ours.part(sheet) for sheet in LedgerSheet if sheet not in UNCHANGED}
    assert {name for name in before if before[name] != after[name]} == patched


def test_the_same_view_twice_gives_the_same_bytes(ledger: Path, plan: Plan, rules: Rules):
    first = refresh_ledger(ledger, view_of(plan, rules))
    data = ledger.read_bytes()
    second = refresh_ledger(ledger, view_of(plan, rules))
    assert ledger.read_bytes() == data
    assert second.sha256_before == second.sha256_after == first.sha256_after
    assert hashlib.sha256(data).hexdigest() == first.sha256_after
    assert first.sha256_before != first.sha256_after


@pytest.mark.slow
def test_a_shorter_log_leaves_no_old_rows_behind(ledger: Path, plan: Plan, rules: Rules):
    refresh_ledger(ledger, view_of(plan, rules))
    refresh_ledger(ledger, view_of(plan, rules, QUARTER[:2]))
    short = ledger.read_bytes()
    rows = list(load_workbook(ledger)["填报记录"].iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == ["1", "2"]
    refresh_ledger(ledger, view_of(plan, rules, ()))
    assert load_workbook(ledger)["填报记录"].max_row == 3
    refresh_ledger(ledger, view_of(plan, rules, QUARTER[:2]))
    assert ledger.read_bytes() == short


@pytest.mark.slow
def test_a_long_finding_gets_the_lines_it_needs_and_gives_them_back(
    ledger: Path, plan: Plan, rules: Rules
):
    view = view_of(plan, rules)
    long = replace(view.findings[0].finding, message="请改为数字。" * 30)
    refresh_ledger(ledger, replace(view, findings=(replace(view.findings[0], finding=long),)))
    assert load_workbook(ledger)["校验结果"].row_dimensions[4].height == 96
    refresh_ledger(ledger, view)
    assert load_workbook(ledger)["校验结果"].row_dimensions[4].height == 36
    refresh_ledger(ledger, replace(view, findings=()))
    assert b'ht="36"' not in sheet_xml(ledger, LedgerSheet.FINDINGS)


HOSTILE = (
    "=cmd|'/c calc'!A1",
    "+1+1",
    "-2",
    "@SUM(A1)",
    "<b>&\"'</b>]]>",
    "<r><t>富文本</r>",
    "控制符\x01\x0b\x1f 与 _x0041_",
    "换行\r\n和\t制表",
    "半个代理对\ud83d",
    "\ufffe\uffff",
    "  前后空格  ",
    "长" * 40_000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_strangers_write_stays_text_and_never_breaks_the_file(
    text: str, ledger: Path, plan: Plan, rules: Rules
):
    rows = [("1", "2026Q3", "4.9", {"remark": text, "file": f"{text[:40]}.xlsx"})]
    refresh_ledger(ledger, view_of(plan, rules, rows))
    cell = load_workbook(ledger)["填报记录"]["G4"]
    kept = fitted(text).replace("\r\n", "\n").replace("\ud83d", "\ufffd")
    assert cell.data_type in ("s", "inlineStr")
    from openpyxl.utils.escape import unescape

    assert unescape(cell.value) == kept


def test_what_the_plan_says_is_written_over_what_was_typed_there(
    ledger: Path, plan: Plan, rules: Rules
):
    before = load_workbook(ledger)["指标台账"]
    typed = {"A1": "我的表", "C6": "改了名", "G6": 99, "B6": 77, "O7": 5, "E5": "牵头\n单位"}
    for where, value in typed.items():
        type_over(ledger, LedgerSheet.INDICATORS, where, value)
    refresh_ledger(ledger, view_of(plan, rules))
    after = load_workbook(ledger)["指标台账"]
    assert all(after[where].value == before[where].value for where in typed)


def test_what_people_typed_as_the_responsible_agency_goes_into_the_note(
    ledger: Path, plan: Plan, rules: Rules
):
    for where, value in {"F6": "区妇计中心", "X7": "再催", "F7": "区人社局"}.items():
        type_over(ledger, LedgerSheet.INDICATORS, where, value)
    refresh_ledger(ledger, view_of(plan, rules))
    refresh_ledger(ledger, view_of(plan, rules))
    rows = shown(ledger, "指标台账")
    assert [rows[code]["责任单位"] for code in ("1", "2")] == [None, None]
    assert rows["1"]["备注"] == "责任单位栏里写过：区妇计中心"
    assert rows["2"]["备注"] == "再催；责任单位栏里写过：区人社局"


@pytest.mark.slow
def test_columns_that_people_add_beside_the_log_survive(ledger: Path, plan: Plan, rules: Rules):
    refresh_ledger(ledger, view_of(plan, rules))
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.RECORDS)
    xml = opened.read(part).decode()
    row = xml.index('<row r="5"')
    end = xml.index("</row>", row)
    mine = '<c r="Z5" t="inlineStr"><is><t>我的批注</t></is></c>'
    ledger.write_bytes(
        patch.with_parts(opened.package, {part: f"{xml[:end]}{mine}{xml[end:]}".encode()})
    )
    refresh_ledger(ledger, view_of(plan, rules, QUARTER[:4]))
    sheet = load_workbook(ledger)["填报记录"]
    assert sheet["Z5"].value == "我的批注"
    assert sheet.max_row == 7


@pytest.mark.slow
def test_rows_that_people_sorted_get_their_own_figures(ledger: Path, plan: Plan, rules: Rules):
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.INDICATORS)
    xml = opened.read(part).decode()
    swapped = xml.replace('<c r="B6" s="', '<c r="B6x" s="').replace(
        "<v>1</v></c>", "<v>@</v></c>", 1
    )
    swapped = swapped.replace("<v>9</v></c>", "<v>1</v></c>", 1).replace("<v>@</v>", "<v>9</v>", 1)
    swapped = swapped.replace('<c r="B6x" s="', '<c r="B6" s="')
    ledger.write_bytes(patch.with_parts(opened.package, {part: swapped.encode()}))
    assert load_workbook(ledger)["指标台账"]["B6"].value == 9
    refresh_ledger(ledger, view_of(plan, rules))
    assert shown(ledger, "指标台账")["9"]["本期实际值"] == 7.7
    assert shown(ledger, "任务目标")["T1-3-02"]["状态"] == "灰"


# --- refusals --------------------------------------------------------------------------------


def refused(path: Path, plan: Plan, rules: Rules) -> str:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerError) as caught:
        refresh_ledger(path, view_of(plan, rules))
    assert (path.read_bytes() if path.is_file() else None) == before
    return str(caught.value)


def test_a_missing_ledger_is_refused_with_how_to_make_one(tmp_path: Path, plan: Plan, rules: Rules):
    path = tmp_path / "没有.xlsm"
    assert refused(path, plan, rules) == (
        f"找不到台账“{path}”。请检查路径；还没有台账的，先运行 qiyx ledger build 新建一份。"
    )


@pytest.mark.parametrize(
    "lock", ["~$七优享台账.xlsm", ".~七优享台账.xlsm", ".~lock.七优享台账.xlsm#"]
)
def test_an_open_ledger_is_refused_and_a_stale_lock_is_named(
    lock: str, ledger: Path, plan: Plan, rules: Rules
):
    (ledger.parent / lock).write_text("张三")
    assert refused(ledger, plan, rules) == (
        "台账“七优享台账.xlsm”正在 Excel 或 WPS 中打开。请关闭后再试；"
        f"如果其实没有打开，请删除同一文件夹里的“{lock}”。"
    )


def test_a_read_only_ledger_is_refused(ledger: Path, plan: Plan, rules: Rules):
    ledger.chmod(0o444)
    assert "是只读的，没有改动它" in refused(ledger, plan, rules)


@pytest.mark.parametrize("content", [b"", b"\xd0\xcf\x11\xe0 encrypted"])
def test_what_is_no_workbook_is_refused(content: bytes, ledger: Path, plan: Plan, rules: Rules):
    ledger.write_bytes(content)
    assert "不是本程序建的台账" in refused(ledger, plan, rules)


def test_a_workbook_that_was_cut_off_is_said_to_be_damaged(ledger: Path, plan: Plan, rules: Rules):
    ledger.write_bytes(b"PK\x03\x04garbage")
    assert "已损坏" in refused(ledger, plan, rules)


def test_somebody_elses_workbook_is_refused(ledger: Path, plan: Plan, rules: Rules):
    from openpyxl import Workbook

    Workbook().save(ledger)
    assert "不是本程序建的台账" in refused(ledger, plan, rules)
    with pytest.raises(LedgerError):
        check_ledger(ledger)


def test_a_ledger_of_another_plan_is_refused(ledger: Path, plan: Plan, rules: Rules):
    view = view_of(plan, rules)
    other = replace(view, plans=Plans.only(replace(plan, plan_id="elsewhere")))
    with pytest.raises(LedgerError, match="按另一份方案建的"):
        refresh_ledger(ledger, other)


def test_a_moved_column_is_refused_and_named(ledger: Path, plan: Plan, rules: Rules):
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.GOALS)
    xml = opened.read(part).decode().replace('r="E5"', 'r="XX5"')
    ledger.write_bytes(patch.with_parts(opened.package, {part: xml.encode()}))
    assert "E5 原来是“计量单位”" in refused(ledger, plan, rules)


def test_a_refusal_is_one_line_although_the_header_has_two(ledger: Path, plan: Plan, rules: Rules):
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.INDICATORS)
    xml = opened.read(part).decode().replace('r="Q5"', 'r="XX5"')
    ledger.write_bytes(patch.with_parts(opened.package, {part: xml.encode()}))
    assert "Q5 原来是“较序时（百分点）”" in refused(ledger, plan, rules)
    assert "\n" not in refused(ledger, plan, rules)


def test_a_deleted_row_is_refused_and_named(ledger: Path, plan: Plan, rules: Rules):
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.INDICATORS)
    xml = patch.patch_cells(opened.read(part), {(17, column_of("AA")): "130"})
    ledger.write_bytes(patch.with_parts(opened.package, {part: xml}))
    assert "找不到“13”这一行" in refused(ledger, plan, rules)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_ledger_and_no_rubbish(
    step: str, ledger: Path, plan: Plan, rules: Rules, monkeypatch: pytest.MonkeyPatch
):
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), fail)
    assert "没有写成，原来的台账没有变" in refused(ledger, plan, rules)
    assert [path.name for path in ledger.parent.rglob("*") if path.is_file()] == [ledger.name]


def test_a_copied_ledger_keeps_its_file_mode(ledger: Path, plan: Plan, rules: Rules):
    ledger.chmod(0o664)
    refresh_ledger(ledger, view_of(plan, rules))
    assert ledger.stat().st_mode & 0o777 == 0o664


@pytest.mark.slow
def test_another_period_is_chosen_for_the_reader(ledger: Path, plan: Plan, rules: Rules):
    refresh_ledger(ledger, view_of(plan, rules, period="2025Q4"))
    sheet = load_workbook(ledger, data_only=True)["指标台账"]
    assert (sheet["C3"].value, sheet["E3"].value) == ("2025Q4", 1)
    assert shown(ledger, "指标台账")["1"]["本期实际值"] == 4.6
    assert Period.parse(str(sheet["C3"].value)) == Period.of_quarter(2025, 4)


def test_a_number_keeps_the_digits_that_were_sent(ledger: Path, plan: Plan, rules: Rules):
    refresh_ledger(ledger, view_of(plan, rules, [("14", "2026Q3", "65.123456789012345")]))
    assert b"<v>65.123456789012345</v>" in sheet_xml(ledger, LedgerSheet.RECORDS)


@pytest.mark.slow
def test_a_ledger_can_be_copied_and_the_copy_refreshed(
    ledger: Path, plan: Plan, rules: Rules, tmp_path: Path
):
    copy = tmp_path / "备份 台账 (2).xlsm"
    shutil.copy(ledger, copy)
    assert refresh_ledger(copy, view_of(plan, rules)) == refresh_ledger(
        ledger, view_of(plan, rules)
    )
