"""The fill-in workbooks, read back by openpyxl, a program that did not write them."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from jsonschema import Draft202012Validator

from qiyx_xl.core.forms.vocabulary import (
    FORM_SHEET,
    HELP_SHEET,
    IDENTITY_SHEET,
    ContactLabel,
    FormColumn,
    HeadLabel,
    form_items,
    printed_target,
    second_name,
)
from qiyx_xl.core.plan.model import SecondInput
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.records.history import NoHistory, RecordHistory
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.tasks.forms import TASK_SHEET
from qiyx_xl.data import read_text
from qiyx_xl.documents.forms import form_sheet
from qiyx_xl.documents.forms.form_sheet import (
    MESSAGE_LIMIT,
    TITLE_LIMIT,
    actual_guard,
    second_guard,
)
from qiyx_xl.documents.forms.write import distribute_document, distribute_forms, write_form

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

Q3, Q4 = Period.parse("2026Q3"), Period.parse("2026Q4")


class Form:
    """One written form: its rows by code, its cells by header."""

    def __init__(self, path: Path) -> None:
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book[FORM_SHEET]
        cells = [cell for row in self.sheet.iter_rows() for cell in row if cell.value is not None]
        self.texts = [str(cell.value) for cell in cells]
        head = next(cell for cell in cells if cell.value == FormColumn.CODE.value)
        self.header_row = head.row
        self.headers = [cell.value for cell in self.sheet[head.row]]
        self.rows = {
            str(self.sheet.cell(row, 1).value): row
            for row in range(head.row + 1, self.sheet.max_row + 1)
            if self.sheet.cell(row, 3).value and self.sheet.cell(row, 1).value
        }

    def cell(self, code: str, column: FormColumn) -> Any:
        return self.sheet.cell(self.rows[code], self.headers.index(column.value) + 1)

    def validation(self, code: str, column: FormColumn) -> Any:
        at = self.cell(code, column).coordinate
        return next(
            (one for one in self.sheet.data_validations.dataValidation if at in one.sqref), None
        )


@pytest.fixture
def write(tmp_path: Path, plan: Plan, rules: Rules) -> Any:
    def _write(agency: str, period: Period = Q3, last: dict[str, Record] | None = None) -> Form:
        path = tmp_path / f"{agency}.xlsx"
        write_form(path, plan, rules, plan.agency(agency), period, last_values=last or {})
        return Form(path)

    return _write


def record(code: str, actual: Any, second: Decimal | None = None) -> Record:
    return Record(code, Period.parse("2026Q2"), "区卫健局", actual, second)


def test_the_columns_are_the_vocabularys_in_its_order(write: Any) -> None:
    assert write("区卫健局").headers == [column.value for column in FormColumn]


def test_a_quarter_asks_for_what_is_quarterly_and_a_year_end_for_yearly_items_too(
    write: Any,
) -> None:
    assert [code for code in write("区卫健局", Q3).rows if code.isdigit()] == ["1", "2", "3", "12"]
    year_end = write("区卫健局", Q4).rows
    assert [code for code in year_end if code.isdigit()] == ["1", "2", "3", "10", "11", "12"]
    assert list(write("区人力社保局", Period.parse("2026-08")).rows) == ["8", "9"]


def test_a_goal_that_repeats_an_indicator_is_asked_for_once(write: Any, plan: Plan) -> None:
    repeats = {goal.code for goal in plan.goals if goal.repeats is not None}
    rows = write("区卫健局", Q4).rows
    assert "T1-3-02" in repeats
    assert not repeats & set(rows)


def test_a_milestone_reported_done_is_not_asked_for_again(write: Any) -> None:
    last = {"M02": record("M02", Word.DONE), "M03": record("M03", Word.IN_PROGRESS)}
    rows = write("区卫健局", last=last).rows
    assert "M02" not in rows
    assert "M03" in rows


def test_a_street_is_asked_only_for_what_is_summed_over_streets(write: Any, plan: Plan) -> None:
    summed = [item.code for item in plan.items() if item.aggregation.value == "sum"]
    assert list(write("新碶街道").rows) == summed


def test_targets_are_printed_as_the_plan_prints_that_year(write: Any, plan: Plan) -> None:
    form = write("区民政局", Q4)
    assert form.cell("13", FormColumn.TARGET).value == "≥32"
    assert form.cell("15", FormColumn.TARGET).value == "全覆盖"
    assert form.cell("T7-2-01", FormColumn.TARGET).value == ">30"
    assert form.cell("T7-1-02", FormColumn.TARGET).value == "1.7"
    assert form.cell("M17", FormColumn.TARGET).value == "2027年底前"
    assert write("区人力社保局").cell("7", FormColumn.TARGET).value == "<3.5"
    assert printed_target(plan.find("12"), 2025) == "50"
    assert printed_target(plan.find("12"), 2031) == ""


def test_the_head_line_names_agency_period_and_deadlines(write: Any, rules: Rules) -> None:
    texts = write("区卫健局").texts
    assert f"{HeadLabel.AGENCY}：区卫健局" in texts
    assert f"{HeadLabel.PERIOD}：2026年三季度" in texts
    assert rules.deadline_days["quarterly"] == 10
    assert f"{HeadLabel.DEADLINE}：2026年10月10日" in texts
    assert (
        f"{HeadLabel.DEADLINE}：2026年10月5日（月报）、10月10日（季报、节点）"
        in write("区人力社保局").texts
    )


def test_only_the_cells_to_fill_in_are_unlocked(write: Any) -> None:
    form = write("区民政局", Q4)
    assert form.sheet.protection.sheet
    assert not form.sheet.protection.password
    assert not form.sheet.protection.formatColumns  # False: not forbidden
    assert not form.sheet.protection.formatRows
    for code in form.rows:
        for column in FormColumn:
            asks = form.cell(code, FormColumn.SECOND_NAME).value != "—"
            open_ = column in (FormColumn.ACTUAL, FormColumn.REMARK) or (
                column is FormColumn.SECOND and asks
            )
            assert form.cell(code, column).protection.locked is not open_, (code, column)


def test_the_second_number_is_asked_for_by_name_only_where_one_is_needed(
    write: Any, plan: Plan
) -> None:
    form = write("区民政局", Q4)
    assert form.cell("15", FormColumn.SECOND_NAME).value == "应覆盖人数（万人）"
    assert form.cell("T7-1-01", FormColumn.SECOND_NAME).value == "参照值（%）"
    assert form.cell("T5-2-01", FormColumn.SECOND_NAME).value == "2022年底基期值"
    assert form.cell("14", FormColumn.SECOND_NAME).value == "—"
    assert form.validation("14", FormColumn.SECOND) is None
    assert second_name(plan.find("14")) == ""


def test_a_starting_value_once_recorded_is_filled_in_already(write: Any) -> None:
    last = {"T1-2-04": record("T1-2-04", Decimal("88.6"), Decimal("78.5"))}
    form = write("区卫健局", last=last)
    assert form.cell("T1-2-04", FormColumn.SECOND).value == 78.5
    assert form.cell("T1-2-04", FormColumn.LAST).value == 88.6
    assert form.cell("T1-3-01", FormColumn.SECOND).value is None


def test_last_values_keep_zero_words_and_absence_apart(write: Any) -> None:
    last = {"1": record("1", Decimal(0)), "M02": record("M02", Word.IN_PROGRESS)}
    form = write("区卫健局", last=last)
    assert form.cell("1", FormColumn.LAST).value == 0
    assert form.cell("M02", FormColumn.LAST).value == "进行中"
    assert form.cell("2", FormColumn.LAST).value == "—"


def test_shares_are_held_to_a_hundred_unless_they_may_exceed_it(write: Any) -> None:
    form = write("区教育局", Q4)
    share = write("区卫健局", Q4).validation("2", FormColumn.ACTUAL)
    assert (share.type, share.operator or "between", share.formula1, share.formula2) == (
        "decimal",
        "between",
        "0",
        "100",
    )
    gross = form.validation("6", FormColumn.ACTUAL)  # 毛入学率
    assert (gross.operator, gross.formula1, gross.formula2) == ("greaterThanOrEqual", "0", None)


def test_milestones_are_chosen_from_a_list(write: Any) -> None:
    form = write("区教育局")
    assert form.validation("M05", FormColumn.ACTUAL).formula1 == '"已完成,进行中,未通过"'
    assert form.validation("4", FormColumn.ACTUAL).formula1 == '"已通过,进行中,未通过"'


def test_words_like_not_applicable_can_be_typed_everywhere(write: Any) -> None:
    form = write("区民政局", Q4)
    for one in form.sheet.data_validations.dataValidation:
        assert one.type is None or one.type == "none" or one.errorStyle == "warning"
    assert form.validation("15", FormColumn.ACTUAL).formula1 is None  # a number or 全覆盖


def test_every_prompt_is_there_and_within_excels_limits(plan: Plan) -> None:
    for item in plan.items():
        for guard in (actual_guard(item), second_guard(item)):
            if guard is None:
                assert item.second_input is None
                continue
            assert 0 < len(guard.title) <= TITLE_LIMIT
            assert 0 < len(guard.prompt) <= MESSAGE_LIMIT
            assert len(guard.error) <= MESSAGE_LIMIT


def test_numbers_are_shown_with_their_decimals_and_never_rounded_away(write: Any) -> None:
    form = write("区民政局", Q4)
    assert form.cell("14", FormColumn.ACTUAL).number_format == "0.00####"
    assert form.cell("19", FormColumn.ACTUAL).number_format == "General"
    assert form.cell("14", FormColumn.CODE).number_format == "@"


def test_the_signature_block_has_a_cell_to_fill_in_beside_each_label(write: Any) -> None:
    form = write("区政府办公室")
    cells = {cell.value: cell for row in form.sheet.iter_rows() for cell in row}
    for label in ContactLabel:
        assert not cells[label.value].offset(0, 1).protection.locked
    assert cells[ContactLabel.PHONE.value].offset(0, 1).number_format == "@"


def test_it_prints_on_a4_landscape_one_page_wide_with_its_header_on_each_page(write: Any) -> None:
    sheet = write("区民政局", Q4).sheet
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert sheet.page_setup.fitToWidth in (None, 1)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$4:$4"
    assert sheet.freeze_panes == "D5"
    assert sheet.oddFooter.center.text.startswith("第 &P 页")


def test_a_name_is_text_in_the_footer_whatever_it_begins_with(
    tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    agency = replace(plan.agency("区教育局"), name="9号街道&社区")
    path = tmp_path / "街道.xlsx"
    write_form(path, plan, rules, agency, Q3, last_values={})
    left = Form(path).sheet.oddFooter.left
    assert (left.text, left.size) == ("9号街道&&社区　2026年三季度", 9)


def test_rows_are_high_enough_for_their_longest_text(write: Any) -> None:
    form = write("区教育局")
    long, short = form.rows["T2-1-01"], form.rows["T2-1-02"]
    heights = form.sheet.row_dimensions
    assert heights[long].height > heights[short].height


def test_a_few_rows_too_many_do_not_get_a_page_of_their_own() -> None:
    width = sum(form_sheet._WIDTHS.values())
    one_page = next(height for height in range(100, 2000) if form_sheet._pages(height, width) == 2)
    assert form_sheet._pages(one_page - 1, width) == 1
    assert form_sheet._pages(one_page * 0.8, width) == 1
    assert form_sheet._pages(one_page * 1.7, width) == 2


def test_the_identity_sheet_is_very_hidden_and_complete(write: Any, plan: Plan) -> None:
    book = write("区卫健局").book
    sheet = book[IDENTITY_SHEET]
    assert sheet.sheet_state == "veryHidden"
    assert dict(sheet.iter_rows(values_only=True)) == {
        "schema": "form/1",
        "plan_id": plan.plan_id,
        "plan_version": plan.version,
        "plan_sha256": plan.sha256,
        "agency": "区卫健局",
        "period": "2026Q3",
    }
    assert book.sheetnames == [FORM_SHEET, TASK_SHEET, HELP_SHEET, IDENTITY_SHEET]


def test_the_help_sheet_gives_the_words_and_the_usual_corrections(write: Any) -> None:
    help_sheet = write("区卫健局").book[HELP_SHEET]
    texts = {cell.value for row in help_sheet.iter_rows() for cell in row}
    assert {"不适用", "免报", "无线索", "全覆盖", "320个", "320", "约96", "96"} <= texts


def test_the_same_form_is_the_same_bytes(tmp_path: Path, plan: Plan, rules: Rules) -> None:
    agency = plan.agency("区民政局")
    paths = [tmp_path / name for name in ("a.xlsx", "b.xlsx")]
    for path in paths:
        write_form(path, plan, rules, agency, Q3, last_values={})
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_failed_write_leaves_the_old_file_and_nothing_half_done(
    tmp_path: Path, plan: Plan, rules: Rules, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise PermissionError("文件正在使用")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(OSError, match="正在使用"):
        write_form(path, plan, rules, plan.agency("区卫健局"), Q3, last_values={})
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_none_is_an_os_error(tmp_path: Path, plan: Plan, rules: Rules) -> None:
    (tmp_path / "nowhere").write_bytes(b"")
    with pytest.raises(OSError, match="nowhere"):
        write_form(
            tmp_path / "nowhere" / "form.xlsx",
            plan,
            rules,
            plan.agency("区卫健局"),
            Q3,
            last_values={},
        )


def test_every_agency_with_something_due_gets_its_form(
    tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    out = tmp_path / "下发 三季度"
    forms = distribute_forms(out, plan, rules, Q3, NoHistory())
    due = [agency for agency in plan.agencies if form_items(plan, agency, Q3)]
    assert [form.agency for form in forms] == [agency.name for agency in due]
    assert {path.name for path in out.iterdir()} == {f"{agency.name}_2026Q3.xlsx" for agency in due}
    assert "街道" in {form.level for form in forms}
    health = forms[0]
    assert (health.agency, health.indicators) == ("区卫健局", 4)
    assert health.items == len(Form(health.path).rows)


def test_last_values_come_from_what_was_accepted_before(
    tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    history = RecordHistory([record("1", Decimal("4.8"))])
    distribute_forms(tmp_path, plan, rules, Q3, history)
    assert Form(tmp_path / "区卫健局_2026Q3.xlsx").cell("1", FormColumn.LAST).value == 4.8


def test_the_report_is_what_its_schema_says(tmp_path: Path, plan: Plan, rules: Rules) -> None:
    forms = distribute_forms(tmp_path, plan, rules, Q3, NoHistory())
    document = distribute_document(plan, Q3, forms)
    schema = json.loads(read_text("schemas/distribute-report.schema.json"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads(json.dumps(document)))
    assert document["summary"]["files"] == len(forms)
    assert "区残联" in document["nothing_due"]
    first = document["forms"][0]
    assert first["deadlines"] == {"quarterly": "2026-10-10", "milestone": "2026-10-10"}


def test_a_second_number_that_may_be_below_zero_is_not_warned_about(plan: Plan) -> None:
    reference = next(i for i in plan.items() if i.second_input is SecondInput.REFERENCE)
    assert second_guard(reference).rule["value"] < 0
