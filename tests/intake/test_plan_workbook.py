"""The plan's workbook: what is written is read back, and people's changes are understood."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from support.drawn_plans import plans
from support.libreoffice import profile, soffice

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.model import Breakdown, Comparator, Target, Task
from qiyx_xl.documents.workbooks.plan import write_plan
from qiyx_xl.intake.office_files.plan import PlanError, check_plan, load_plan
from qiyx_xl.intake.office_files.plan_workbook import read_plan_workbook

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

_HEAD = 3


@pytest.fixture(scope="module")
def workbook(plan, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("方案") / "方案.xlsx"
    write_plan(path, plan)
    return path


class Hands:
    """A person with the workbook open: finds columns by their headers, rows by their first word."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.book = openpyxl.load_workbook(path)

    def sheet(self, name: str) -> Worksheet:
        return self.book[name]

    def at(self, sheet: str, row: str, header: str) -> str:
        """The address of an item's cell."""
        cells = self.sheet(sheet)
        column = next(cell.column_letter for cell in cells[_HEAD] if cell.value == header)
        found = next(
            line[0].row
            for line in cells.iter_rows(min_row=_HEAD + 1)
            if row in [str(cell.value) for cell in line[:3]]
        )
        return f"{column}{found}"

    def type(self, sheet: str, row: str, header: str, value: Any) -> str:
        where = self.at(sheet, row, header)
        self.sheet(sheet)[where] = value
        return where

    def saved(self) -> Path:
        self.book.save(self.path)
        return self.path


@pytest.fixture
def hands(workbook, tmp_path) -> Hands:
    return Hands(shutil.copy(workbook, tmp_path / "我区方案.xlsx"))


def errors(path: Path) -> list[str]:
    return [str(finding) for finding in check_plan(path) if finding.severity is Severity.ERROR]


def only(path: Path, code: str) -> str:
    """The only error, which has this code."""
    found = errors(path)
    assert len(found) == 1, found
    assert f"[{code} " in found[0]
    return found[0]


# --- what is written is read back -----------------------------------------------------------------


def test_the_shipped_plan_comes_back_as_it_was(workbook, plan):
    assert load_plan(workbook) == plan
    assert load_plan(workbook).sha256 == plan.sha256
    assert check_plan(workbook) == ()


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans())
def test_any_plan_comes_back_as_it_was(tmp_path_factory, drawn):
    path = tmp_path_factory.mktemp("方案") / "方案.xlsx"
    write_plan(path, drawn)
    book = read_plan_workbook(path)
    assert book.findings == ()
    assert plan_from_document(book.document) == drawn


def test_the_same_plan_gives_the_same_bytes(plan, workbook, tmp_path):
    again = tmp_path / "again.xlsx"
    write_plan(again, plan)
    assert again.read_bytes() == workbook.read_bytes()


def test_a_target_that_is_read_otherwise_than_printed_keeps_its_reading(plan, tmp_path):
    first = plan.indicators[0]
    odd = replace(
        first,
        targets={**first.targets, 2024: Target("约4", Comparator.MORE_THAN, Decimal("4.25"), True)},
    )
    path = tmp_path / "方案.xlsx"
    write_plan(path, replace(plan, indicators=(odd, *plan.indicators[1:])))
    document = read_plan_workbook(path).document
    assert plan_from_document(document).indicators[0] == odd


@pytest.mark.libreoffice
def test_a_workbook_saved_by_libreoffice_is_the_same_plan(workbook, plan, tmp_path):
    subprocess.run(
        [soffice(), f"-env:UserInstallation=file://{profile()}", "--headless",
         "--convert-to", "xlsx", "--outdir", str(tmp_path), str(workbook)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    assert load_plan(tmp_path / workbook.name) == plan


# --- what people change ---------------------------------------------------------------------------


def test_a_renumbered_indicator_keeps_its_id(hands, plan):
    hands.type("年度指标", "21", "序号", 25)
    document = read_plan_workbook(hands.saved()).document
    found = plan_from_document(document).indicators[-1]
    assert (found.number, found.code) == (25, plan.indicators[-1].code)


def test_sorted_rows_keep_their_ids_and_figures(hands, plan):
    sheet = hands.sheet("年度指标")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(4, 24)]
    for number, row in enumerate(reversed(rows), start=4):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column).value = value
    found = load_plan(hands.saved())
    assert set(map(repr, found.indicators)) == set(map(repr, plan.indicators))
    assert found.indicators[0] == plan.indicators[-1]


def test_a_deleted_row_is_an_item_less_and_no_other_moves(hands, plan):
    sheet = hands.sheet("年度指标")
    sheet.delete_rows(int(hands.at("年度指标", "10", "序号").lstrip("ABCDEFGH")))
    for listing, column in (("待确认", "涉及项"), ("任务目标", "重复的指标")):
        cells = hands.sheet(listing)
        place = next(cell.column for cell in cells[_HEAD] if cell.value == column)
        for row in range(_HEAD + 1, cells.max_row + 1):
            text = str(cells.cell(row, place).value or "")
            kept = [part for part in text.split("、") if part != "10"]
            cells.cell(row, place).value = "、".join(kept) or None
    found = load_plan(hands.saved())
    assert [i.code for i in found.indicators] == [i.code for i in plan.indicators if i.number != 10]


def test_an_emptied_row_is_deleted_though_its_hidden_id_is_left(hands, plan):
    sheet = hands.sheet("里程碑")
    last = hands.at("里程碑", "M38", "编号").lstrip("ABC")
    for cell in sheet[int(last)]:
        cell.value = None
    assert len(load_plan(hands.saved()).milestones) == len(plan.milestones) - 1


def add_indicator(hands: Hands, number: int) -> None:
    sheet = hands.sheet("年度指标")
    for cell in sheet[_HEAD]:
        place = sheet.cell(25, cell.column)
        place.value = sheet.cell(24, cell.column).value
    sheet["A25"] = sheet["B25"] = None
    sheet["C25"] = number
    sheet["E25"] = "新增的一项"
    hands.type("年度指标", str(number), "出处", f"表-{number}")


def test_an_added_row_is_known_by_its_number(hands):
    add_indicator(hands, 22)
    document = read_plan_workbook(hands.saved()).document
    assert "id" not in document["indicators"][-1]
    assert load_plan(hands.path).indicators[-1].code == "22"


def test_an_added_row_with_the_number_of_another_s_id_gets_an_id_of_its_own(hands):
    hands.type("年度指标", "21", "序号", 30)
    add_indicator(hands, 21)
    codes = [(item.number, item.code) for item in load_plan(hands.saved()).indicators[-2:]]
    assert codes == [(30, "21"), (21, "21-2")]


def test_a_copied_row_is_told_at_its_hidden_id(hands):
    sheet = hands.sheet("年度指标")
    for cell in sheet[24]:
        sheet.cell(25, cell.column).value = cell.value
    sheet["C25"] = 22
    assert any("年度指标!A25" in said and "P332" in said for said in errors(hands.saved()))


def test_ids_that_were_left_behind_when_rows_were_sorted_are_told(hands):
    sheet = hands.sheet("年度指标")
    rows = [[cell.value for cell in row[2:]] for row in sheet.iter_rows(4, 24)]
    for number, row in enumerate(reversed(rows), start=4):
        for column, value in enumerate(row, start=3):
            sheet.cell(number, column).value = value
    said = errors(hands.saved())
    assert len(said) == 20  # the row in the middle stays where it is
    assert all("P414" in one for one in said)
    assert said[0].startswith("年度指标!E4  ")


def test_a_renamed_item_is_the_same_item(hands, plan):
    hands.type("年度指标", "1", "名称", "每千人口托位数")
    found = load_plan(hands.saved()).indicators[0]
    assert (found.code, found.name) == ("1", "每千人口托位数")


def test_an_agency_renamed_in_its_list_is_renamed_everywhere(hands, plan):
    hands.type("单位名录", "区卫健局", "曾用名", "区卫健局")
    hands.type("单位名录", "区卫健局", "名称", "区卫生健康委")
    found = load_plan(hands.saved())
    assert [finding.code for finding in check_plan(hands.path)] == ["P415"]
    assert found.domains[0].lead_agency == "区卫生健康委"
    for before, after in zip(plan.items(), found.items(), strict=True):
        assert after.lead_agency == before.lead_agency.replace("区卫健局", "区卫生健康委")


def test_columns_are_found_by_their_headers_wherever_they_are(hands, plan):
    for name in ("年度指标", "单位名录"):
        hands.sheet(name).insert_cols(2)
    hands.sheet("年度指标").insert_rows(1, 2)
    assert load_plan(hands.saved()) == plan


def test_other_columns_and_sheets_are_left_out_with_a_remark(hands, plan):
    hands.sheet("任务目标").cell(_HEAD, 60).value = "领导批示"
    hands.book.create_sheet("草稿")["A1"] = "随手记"
    assert load_plan(hands.saved()) == plan
    said = [str(finding) for finding in check_plan(hands.path)]
    assert any("任务目标!BH3" in one and "领导批示" in one for one in said)
    assert any("草稿" in one and "P405" in one for one in said)


def test_a_column_for_another_year_is_another_year(hands):
    sheet = hands.sheet("年度指标")
    sheet.cell(_HEAD, 60).value = "2028年目标"
    for row in range(_HEAD + 1, _HEAD + 22):
        sheet.cell(row, 60).value = sheet[f"L{row}"].value
    hands.sheet("基本信息")["B8"] = None
    found = load_plan(hands.saved())
    assert found.years == (2023, 2024, 2025, 2026, 2027, 2028)
    assert found.indicators[0].targets[2028] == found.indicators[0].targets[2027]


def test_numbers_and_days_may_be_typed_as_either(hands, plan):
    hands.type("年度指标", "1", "2023年目标", 4)
    hands.type("年度指标", "9", "基期值", "0")
    hands.type("年度指标", "2", "序号", "2")
    hands.type("年度指标", "4", "到期日", "2025年12月31日")
    hands.type("里程碑", "M01", "到期日", "2027/12/31")
    hands.type("任务目标", "T1-1-01", "期限年份", "2027")
    hands.sheet("基本信息")["B7"] = date(2023, 6, 12)
    assert load_plan(hands.saved()) == plan


def test_a_share_in_a_percent_cell_is_a_percent(hands):
    where = hands.type("年度指标", "2", "基期值", 0.615)
    hands.sheet("年度指标")[where].number_format = "0.0%"
    assert load_plan(hands.saved()).indicators[1].baseline == Decimal("61.5")


def test_a_merged_cell_stands_for_all_it_covers(hands, plan):
    hands.sheet("年度指标").merge_cells("D4:D6")
    assert load_plan(hands.saved()) == plan
    assert any("P409" in str(finding) for finding in check_plan(hands.path))


def test_a_changed_target_is_read_from_what_is_printed(hands):
    hands.type("年度指标", "1", "2027年目标", "6个以上")
    target = load_plan(hands.saved()).indicators[0].targets[2027]
    assert target == Target("6个以上", Comparator.AT_LEAST, Decimal(6))


def test_a_confirmed_target_is_confirmed(hands):
    hands.type("年度指标", "4", "待确认年份", None)
    hands.type("年度指标", "5", "待确认年份", "2026—2027")
    found = load_plan(hands.saved()).indicators
    assert not found[3].to_confirm
    assert [year for year, t in found[4].targets.items() if t.to_confirm] == [2026, 2027]


# --- tasks, and targets broken down to agencies ---------------------------------------------------


@pytest.fixture
def broken_down(plan, tmp_path) -> Path:
    """The shipped plan with a task and with targets of two streets."""
    task = Task(
        code="R2-1-01", name="试点街道先行", domain="幼有善育", clause="二(一)-1",
        lead_agency="区卫健局", cooperating_agencies=("区教育局", "区民政局"),
        start=date(2024, 1, 1), due=date(2025, 12, 31), done_when="通过验收",
    )  # fmt: skip
    parts = (
        Breakdown("9", "新碶街道", 2026, Target("1.2", Comparator.AT_LEAST, Decimal("1.2"))),
        Breakdown("9", "新碶街道", 2027, Target("1.5", Comparator.AT_LEAST, Decimal("1.5"), True)),
        Breakdown("T6-2-04", "大碶街道", None, Target("9台以上", Comparator.AT_LEAST, Decimal(9))),
    )
    path = tmp_path / "分解.xlsx"
    write_plan(path, replace(plan, tasks=(task,), breakdowns=parts))
    return path


def test_tasks_and_breakdowns_come_back_as_they_were(broken_down):
    found = load_plan(broken_down)
    assert found.tasks[0].cooperating_agencies == ("区教育局", "区民政局")
    assert [(part.item, part.agency, part.year) for part in found.breakdowns] == [
        ("9", "新碶街道", 2026), ("9", "新碶街道", 2027), ("T6-2-04", "大碶街道", None),
    ]  # fmt: skip
    assert [part.target.to_confirm for part in found.breakdowns] == [False, True, False]
    assert [one.code for one in check_plan(broken_down)] == ["P346"]


@pytest.mark.parametrize(
    ("sheet", "row", "header", "value", "code", "words"),
    [
        ("目标分解", "T6-2-04", "单位", "大契街道", "P316", "大契街道"),
        ("目标分解", "T6-2-04", "编号", "T9-9-99", "P326", "T9-9-99"),
        ("目标分解", "T6-2-04", "编号", "M01", "P338", "里程碑没有数量目标"),
        ("目标分解", "T6-2-04", "编号", "9", "P338", "要写明是哪一年的"),
        ("目标分解", "T6-2-04", "编号", "T4-4-04", "P338", "与指标10重复"),
        ("目标分解", "T6-2-04", "单位", "区住建局", "P345", "报的是全区的数"),
        ("目标分解", "9", "2026年目标", "一些", "P304", "一些"),
        ("目标分解", "9", "2026年读作", "≥3", "P305", "应读作 ≥1.2"),
        ("重点任务", "R2-1-01", "开始日期", "2026-01-01", "P336", "2025-12-31"),
        ("重点任务", "R2-1-01", "到期日", "2035-01-01", "P320", "2035"),
        ("重点任务", "R2-1-01", "配合单位", "区教育局，区公安局", "P316", "区公安局"),
        ("重点任务", "R2-1-01", "牵头单位", "区公安局", "P316", "区公安局"),
        ("重点任务", "R2-1-01", "编号", "甲", "P205", "R2-1-01"),
        ("重点任务", "R2-1-01", "名称", None, "P201", "名称"),
    ],
)
def test_what_is_wrong_with_them_is_told_with_its_cell(
    broken_down, sheet, row, header, value, code, words
):
    hands = Hands(broken_down)
    where = hands.type(sheet, row, header, value)
    found = [one for one in errors(hands.saved()) if f"[{code} " in one]
    cell = f"{sheet}!{where}  "
    # An item is known by its code: what does not go with it is told at the code.
    assert found, errors(broken_down)
    assert found[0].startswith(cell), found
    assert words in found[0]


def test_targets_of_streets_that_do_not_add_up_to_the_districts_are_to_be_checked(broken_down):
    (found,) = [one for one in check_plan(broken_down) if one.code == "P346"]
    assert found.severity is Severity.WARNING
    assert "加起来是 9，全区的目标是 50" in found.message
    hands = Hands(broken_down)
    hands.type("目标分解", "T6-2-04", "期限目标", "50台以上")
    assert "P346" not in {one.code for one in check_plan(hands.saved())}


def test_a_target_that_is_broken_down_twice_is_told(broken_down):
    hands = Hands(broken_down)
    sheet = hands.sheet("目标分解")
    for cell in sheet[4]:
        sheet.cell(6, cell.column).value = cell.value
    said = errors(hands.saved())
    assert [one for one in said if "P337" in one and one.startswith("目标分解!")]


def test_a_workbook_without_these_sheets_is_read_with_a_remark(hands, plan):
    for name in ("重点任务", "目标分解"):
        del hands.book[name]
    assert load_plan(hands.saved()) == replace(plan, tasks=())
    assert [finding.code for finding in check_plan(hands.path)] == ["P413", "P413"]


def test_a_text_that_looks_like_an_escape_comes_back_as_it_was(plan, tmp_path):
    odd = replace(plan, words=replace(plan.words, addressees="甲_x000a_乙_x0041_"))
    write_plan(tmp_path / "方案.xlsx", odd)
    assert load_plan(tmp_path / "方案.xlsx") == odd


# --- what is told, and where ----------------------------------------------------------------------


BAD_CELLS = [
    ("年度指标", "1", "方向", "越大越好", "P206", "正向、逆向、定值、节点"),
    ("年度指标", "1", "判灯规则", "看着办", "P203", "按完成率"),
    ("年度指标", "1", "填报频次", "周报", "P203", "月报、季报、年报"),
    ("任务目标", "T1-1-01", "期限年份", "后年", "P109", "后年"),
    ("年度指标", "1", "小数位数", 1.5, "P202", "整数"),
    ("年度指标", "1", "小数位数", 9, "P205", "不大于 6"),
    ("年度指标", "1", "基期值", "很多", "P109", "很多"),
    ("年度指标", "4", "到期日", "明年底", "P207", "明年底"),
    ("年度指标", "1", "是否累计", "也许", "P203", "是、否"),
    ("年度指标", "1", "名称", None, "P201", "名称"),
    ("年度指标", "1", "2025年目标", "大约五", "P304", "大约五"),
    ("年度指标", "1", "2025年读作", "五左右", "P411", "五左右"),
    ("年度指标", "1", "2025年读作", "≥9", "P305", "应读作 ≥4.6"),
    ("年度指标", "1", "待确认年份", "2031", "P412", "2031"),
    ("年度指标", "1", "责任单位", "区不存在局", "P316", "区不存在局"),
    ("年度指标", "1", "领域", "学有所教", "P317", "学有所教"),
    ("年度指标", "1", "2026年目标", "#DIV/0!", "P407", "#DIV/0!"),
    ("年度指标", "1", "判灯规则", "清零", "P322", "不能用“清零”"),
    ("任务目标", "T1-1-01", "期限年份", 2035, "P320", "2035"),
    ("任务目标", "T1-1-01", "类型", "随便", "P203", "到期达到"),
    ("任务目标", "T1-2-01", "判灯规则", "保持", "P322", "按完成率 或 定值"),
    ("任务目标", "T1-1-01", "编号", "A1", "P205", "T 加领域"),
    ("任务目标", "T7-1-01", "补充项", None, "P328", "参照值"),
    ("里程碑", "M01", "到期日", "2027-13-45", "P207", "2027-13-45"),
    ("里程碑", "M04", "重复的指标", "99", "P326", "99"),
    ("单位名录", "新碶街道", "层级", "镇级", "P333", "区级、街道"),
    ("待确认", "2", "涉及项", "4、5、T9-9-99", "P326", "T9-9-99"),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "row", "header", "value", "code", "words"), BAD_CELLS)
def test_what_is_wrong_is_told_with_sheet_and_cell(hands, sheet, row, header, value, code, words):
    where = hands.at(sheet, row, header)
    if value == "#DIV/0!":
        hands.sheet(sheet)[where].data_type = "e"
        hands.sheet(sheet)[where] = value
    hands.sheet(sheet)[where] = value
    said = only(hands.saved(), code)
    assert said.startswith(f"{sheet}!{where}  "), said
    assert words in said
    assert "null" not in said


def test_a_missing_year_is_told_at_its_cell(hands):
    where = hands.type("年度指标", "1", "2026年目标", None)
    said = [str(finding) for finding in check_plan(hands.saved())]
    assert [one.split("  ")[0] for one in said if "P303" in one] == [f"年度指标!{where}"]


def test_a_formula_without_a_result_is_told(hands):
    where = hands.type("年度指标", "1", "2026年目标", "=1+4")
    assert only(hands.saved(), "P408").startswith(f"年度指标!{where}  ")


def test_invisible_characters_are_told(hands):
    where = hands.type("单位名录", "区残联", "联系人", "张三\u200b")
    assert only(hands.saved(), "P110").startswith(f"单位名录!{where}  ")


def test_several_earlier_names_in_one_line_are_told(hands):
    where = hands.type("单位名录", "区残联", "曾用名", "区残联会、区残疾人联合会")
    said = [str(finding) for finding in check_plan(hands.saved())]
    assert len(said) == 1
    assert said[0].startswith(f"单位名录!{where}  [P335 请核对]")


def test_earlier_names_are_one_a_line(hands):
    hands.type("单位名录", "区残联", "曾用名", "区残联会\n区残疾人联合会（筹）")
    agency = load_plan(hands.saved()).agency("区残联")
    assert agency is not None
    assert agency.earlier_names == ("区残联会", "区残疾人联合会（筹）")


def test_a_missing_sheet_and_a_missing_column_are_told(hands):
    del hands.book["任务目标"]
    hands.sheet("年度指标")[hands.at("年度指标", "1", "方向").replace("4", "3")] = "好坏"
    said = errors(hands.saved())
    assert [one for one in said if "P401" in one and "任务目标" in one]
    assert [one for one in said if one.startswith("年度指标!") and "P402" in one and "方向" in one]
    with pytest.raises(PlanError):
        load_plan(hands.path)


def test_a_header_that_stands_twice_is_told(hands):
    hands.sheet("年度指标")["BA3"] = "2025年目标"
    assert only(hands.saved(), "P406").startswith("年度指标!BA3  ")


# --- damaged files --------------------------------------------------------------------------------


def damaged(workbook: Path, tmp_path: Path) -> dict[str, Path]:
    data = workbook.read_bytes()
    contents = {
        "cut": data[: len(data) // 2],
        "empty": b"",
        "text": "方案".encode(),
        "flipped": data[:400] + bytes(byte ^ 0xFF for byte in data[400:900]) + data[900:],
        "zip": _zip_of_texts(),
    }
    paths = {name: tmp_path / f"{name}.xlsx" for name in contents}
    for name, content in contents.items():
        paths[name].write_bytes(content)
    return paths


def _zip_of_texts() -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a")
    return out.getvalue()


@pytest.mark.parametrize("name", ["cut", "empty", "text", "flipped", "zip"])
def test_a_damaged_file_is_refused_in_one_sentence(workbook, tmp_path, name):
    path = damaged(workbook, tmp_path)[name]
    found = check_plan(path)
    assert [finding.code for finding in found] == ["P112"]
    assert path.name in found[0].message
    assert found[0].message.count("。") == 2  # what is wrong, and one cure
    with pytest.raises(PlanError):
        load_plan(path)


def test_a_workbook_that_is_no_plan_is_told_what_it_lacks(tmp_path):
    path = tmp_path / "别的.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = "姓名"
    book.save(path)
    assert all("P401" in said for said in errors(path))


def test_a_workbook_is_known_by_what_it_is_not_by_its_name(workbook, plan, tmp_path):
    path = shutil.copy(workbook, tmp_path / "方案.json")
    assert load_plan(path) == plan
