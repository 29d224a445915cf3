"""Progress tables of earlier years become records with their source, by way of a person."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from qiyx_xl import app
from qiyx_xl.core.history.earlier_names import ItemNames, NameMatch
from qiyx_xl.core.history.earlier_tables import read_earlier, value_period
from qiyx_xl.core.plan.importing.source import SourceText, Table
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.shells.cli import qiyx

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

TODAY = date(2026, 12, 1)
YEARS = (2019, 2020, 2021, 2022, 2023, 2024)

# Half of the names, each as three offices spell it.
SPELLINGS = {
    "1": ("每千人口拥有3岁以下婴幼儿托位数", "每千人口3岁以下婴幼儿托位数", "每千人口婴幼儿托位数（3岁以下）"),
    "2": ("普惠托位占比", "普惠托位比例", "普惠性托位占比"),
    "6": ("高等教育毛入学率", "高等教育 毛入学率", "全区高等教育毛入学率"),
    "7": ("城镇登记失业率", "登记失业率", "城镇登记的失业率"),
    "10": ("人均预期寿命", "全区人均预期寿命", "人均预期寿命（岁）"),
    "12": ("“浙里惠民保”投保率", "浙里惠民保投保率", "“浙里惠民保”参保率"),
    "13": ("每万老年人口拥有持证养老护理员数", "每万名老年人持证养老护理员数", "每万老年人口持证护理员数"),
    "17": ("保障性租赁住房累计建设筹集套(间)数", "累计建设筹集保障性租赁住房套数", "保障性租赁住房累计筹集套数"),
    "20": ("困难群众医疗费用综合保障率", "困难群众医疗费用保障率", "困难群众医疗费综合保障率"),
    "21": ("“残疾人之家”覆盖率", "残疾人之家覆盖率", "“残疾人之家”的覆盖率"),
}  # fmt: skip


@pytest.fixture
def names(plan: Plan) -> ItemNames:
    return ItemNames(Plans.only(plan))


def table(plan: Plan, spelling: int, years: tuple[int, ...] = YEARS) -> list[list[Any]]:
    """A progress table over the years: in each row number, name and the values done."""
    rows: list[list[Any]] = [["序号", "指标", "单位", *(f"{year}年完成值" for year in years)]]
    for item in plan.indicators:
        name = SPELLINGS.get(item.code, (item.name,) * 3)[spelling]
        is_node = item.status_rule.value == "milestone"
        values = ["" if is_node else item.number + k for k, _ in enumerate(years)]
        rows.append([item.number, name, item.measure, *values])
    return rows


def workbook(path: Path, rows: list[list[Any]], title: str = "历年完成情况") -> Path:
    book = openpyxl.Workbook()
    book.active.title = "进度"
    book.active.append([title])
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize("spelling", [0, 1, 2])
def test_five_years_of_21_rows_in_any_spelling_are_matched_without_a_mistake(plan, names, spelling):
    rows = tuple(
        tuple(map(str, row)) for row in table(plan, spelling, (2023, 2024, 2025, 2026, 2027))
    )
    reading = read_earlier(SourceText((), (Table(rows),), "完成情况"), Plans.only(plan), names)
    assert len(reading.figures) == 19 * 5
    for one in reading.figures:
        row = rows[one.row]
        assert one.item.printed_code == row[0], one
        assert one.as_written == row[one.column]
        assert str(one.period.year) in rows[0][one.column]
        assert one.is_taken == (not one.doubts)
    sure = {one.item.code for one in reading.figures if one.is_taken}
    if spelling == 0:
        assert len(sure) == 19
    assert len(sure) >= 9  # those spelled as in the plan, at the least


def test_without_numbers_nothing_is_matched_wrongly_either(plan, names):
    for spelling in (0, 1, 2):
        for row in table(plan, spelling)[1:]:
            found = names.match(row[1])
            if isinstance(found, NameMatch):
                assert found.item.printed_code == str(row[0]), (row, found)


def test_what_is_no_item_of_the_plan_is_listed_and_never_taken(plan, names):
    rows = (("序号", "指标", "2024年完成值"), ("1", "公共厕所数量", "12"), ("合计", "合计", "3"))
    reading = read_earlier(SourceText((), (Table(rows),), "完成情况"), Plans.only(plan), names)
    assert reading.figures == []
    assert [one.row for one in reading.unmatched] == [1, 2]


@pytest.mark.parametrize(
    ("header", "said", "period"),
    [
        ("2024年完成值", None, "2024"),
        ("2024年", None, "2024"),
        ("2024年三季度", None, "2024Q3"),
        ("2024年三季度完成数", None, "2024Q3"),
        ("截至2024年9月底", None, "2024Q3"),
        ("截至9月底", "2024", "2024Q3"),
        ("三季度实际", "2024", "2024Q3"),
        ("完成值", "2024Q2", "2024Q2"),
        ("完成值", None, None),
        ("2024年目标值", None, None),
        ("2024年完成率", None, None),
        ("是否达序时", None, None),
        ("备注", None, None),
    ],
)
def test_a_header_says_of_which_period_the_values_below_are(header, said, period):
    found = value_period(header, None if said is None else Period.parse(said))
    assert (None if found is None else str(found)) == period


def test_targets_beside_the_results_are_left_alone(plan, names):
    rows = (
        ("序号", "指标", "2023年", "2023年", "2024年", "2024年"),
        ("序号", "指标", "目标值", "完成值", "目标值", "完成值"),
        ("2", "普惠托位占比(%)", "65", "64", "66", "67%"),
    )
    reading = read_earlier(
        SourceText((), (Table(rows, spread=True),), "表"), Plans.only(plan), names
    )
    assert [(str(one.period), one.value, one.column) for one in reading.figures] == [
        ("2023Q4", "64", 3),
        ("2024Q4", "67", 5),
    ]


def test_bare_years_in_a_table_that_tells_no_results_are_in_doubt(plan, names):
    rows = (("序号", "指标", "2023年", "2024年"), ("2", "普惠托位占比(%)", "65", "66"))
    reading = read_earlier(SourceText((), (Table(rows),), "指标表"), Plans.only(plan), names)
    assert [one.is_taken for one in reading.figures] == [False, False]


def test_another_measure_is_converted_and_asked_about(plan, names):
    rows = (
        ("序号", "指标", "单位", "2024年完成值"),
        ("19", "最低生活保障年人均标准", "万元", "1.54"),
    )
    (one,) = read_earlier(SourceText((), (Table(rows),), "表"), Plans.only(plan), names).figures
    assert (one.value, one.is_taken) == ("15400", False)


def test_two_numbers_for_one_figure_are_both_in_doubt(plan, names):
    rows = (
        ("序号", "指标", "2024年完成值"),
        ("2", "普惠托位占比", "65"),
        ("2", "普惠托位占比", "66"),
    )
    reading = read_earlier(SourceText((), (Table(rows),), "表"), Plans.only(plan), names)
    assert [one.is_taken for one in reading.figures] == [False, False]


# --- through files, the workbook to confirm, and the store ---------------------------------------------


@pytest.fixture
def office(plan: Plan, tmp_path: Path) -> app.Office:
    return app.Office.at(tmp_path / "台账.xlsm")


def confirmed(path: Path, change: Any = None) -> None:
    book = openpyxl.load_workbook(path)
    sheet = book["确认"]
    head = next(row for row in range(1, 9) if sheet.cell(row, 1).value == "采用")
    columns = {cell.value: cell.column for cell in sheet[head]}
    for row in range(head + 1, sheet.max_row + 1):
        if change is not None and sheet.cell(row, 1).value:
            change({name: sheet.cell(row, column) for name, column in columns.items()})
    book.save(path)


def run(office: app.Office, *words: str) -> Any:
    return CliRunner().invoke(
        qiyx, ["history", *words, "--ledger", str(office.ledger)], standalone_mode=False
    )


def test_an_old_table_is_adopted_with_its_file_sheet_and_cell(plan, office, tmp_path):
    old = workbook(tmp_path / "进度.xlsx", table(plan, 0, (2023, 2024)))
    out = tmp_path / "确认.xlsx"
    done = run(office, "import", str(old), "--out", str(out))
    assert done.exception is None, done.output
    assert "读出 38 个数，其中 0 个要核对" in done.output
    done = run(office, "adopt", str(out))
    assert done.exception is None, done.output
    assert "记入 38 个数，来自 1 份文件" in done.output
    with office.open_store(readonly=True) as store:
        records = {(one.code, str(one.period)): one for one in store.current_records()}
        original = store.original(records["2", "2024Q4"].source.sha256)
    one = records["2", "2024Q4"]
    assert (str(one.actual), one.agency) == ("3", plan.item("2").reporting_agency)
    assert (one.source.file, one.source.sheet, one.source.cell) == ("进度.xlsx", "进度", "E4")
    assert original.read_bytes() == old.read_bytes()
    cell = openpyxl.load_workbook(old)[one.source.sheet][one.source.cell]
    assert str(cell.value) == one.as_written


def test_what_is_in_doubt_is_red_and_taken_only_when_a_person_says_so(plan, office, tmp_path):
    rows = [
        ["序号", "指标", "2024年完成值"],
        [12, "“浙里惠民保”参保率", 39],
        [2, "普惠托位占比", 66],
    ]
    old, out = workbook(tmp_path / "进度.xlsx", rows), tmp_path / "确认.xlsx"
    done = run(office, "import", str(old), "--out", str(out))
    assert (done.return_value, "其中 1 个要核对" in done.output) == (1, True)
    taken = []
    confirmed(out, lambda cells: taken.append((cells["编号"].value, cells["采用"].value)))
    assert taken == [("12", "否"), ("2", "是")]

    def say_yes(cells: dict[str, Any]) -> None:
        cells["采用"].value = "是"

    confirmed(out, say_yes)
    assert "记入 2 个数" in run(office, "adopt", str(out)).output


def test_a_figure_that_the_log_has_is_never_replaced(plan, office, tmp_path):
    for name, value in (("旧一", 66), ("旧二", 67)):
        rows = [["序号", "指标", "2024年完成值"], [2, "普惠托位占比", value]]
        old = workbook(tmp_path / f"{name}.xlsx", rows)
        run(office, "import", str(old), "--out", str(tmp_path / f"{name}确认.xlsx"))
    assert "记入 1 个数" in run(office, "adopt", str(tmp_path / "旧一确认.xlsx")).output
    again = run(office, "adopt", str(tmp_path / "旧一确认.xlsx"))
    assert "记入 0 个数" in again.output
    assert "有 1 个数库里已经有了" in again.output
    second = run(office, "adopt", str(tmp_path / "旧二确认.xlsx"))
    assert second.return_value == 1
    assert "库里已有 66，这里是 67" in second.output
    with office.open_store(readonly=True) as store:
        assert [str(one.actual) for one in store.current_records()] == ["66"]


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("编号", "999", "不在方案里"),
        ("数据期", "去年", "看不懂数据期"),
        ("数值", "很多", "数值"),
        ("填报单位", "没有的局", "不在单位名录里"),
        ("文件", "别的.xlsx", "不在“文件”表里"),
        ("采用", "也许", "请写“是”或“否”"),
    ],
)
def test_a_row_that_cannot_be_understood_is_named_and_nothing_is_booked(
    plan, office, tmp_path, column, value, said
):
    rows = [["序号", "指标", "2024年完成值"], [2, "普惠托位占比", 66], [10, "人均预期寿命", 82]]
    old, out = workbook(tmp_path / "进度.xlsx", rows), tmp_path / "确认.xlsx"
    run(office, "import", str(old), "--out", str(out))

    def spoil(cells: dict[str, Any]) -> None:
        if cells["编号"].value == "10":
            cells[column].value = value

    confirmed(out, spoil)
    done = run(office, "adopt", str(out))
    assert said in str(done.exception)
    assert "确认!" in str(done.exception)
    assert not office.has_store()


def test_a_file_that_changed_or_went_away_is_not_adopted(plan, office, tmp_path):
    rows = [["序号", "指标", "2024年完成值"], [2, "普惠托位占比", 66]]
    old, out = workbook(tmp_path / "进度.xlsx", rows), tmp_path / "确认.xlsx"
    run(office, "import", str(old), "--out", str(out))
    old.write_bytes(old.read_bytes() + b" ")
    assert "改动过" in str(run(office, "adopt", str(out)).exception)
    old.unlink()
    assert "不在原来的位置" in str(run(office, "adopt", str(out)).exception)


def test_word_and_comma_separated_tables_are_read_like_a_workbook(plan, office, tmp_path):
    rows = [["序号", "指标名称", "2024年三季度"], ["2", "普惠托位占比", "66%"]]
    (tmp_path / "进展.csv").write_text("\n".join(",".join(row) for row in rows), "gb18030")
    document, out = docx.Document(), BytesIO()
    drawn = document.add_table(2, 3)
    for cells, texts in zip(drawn.rows, rows, strict=True):
        for cell, text in zip(cells.cells, texts, strict=True):
            cell.text = text
    document.save(out)
    (tmp_path / "进展.docx").write_bytes(out.getvalue())
    for name in ("进展.csv", "进展.docx"):
        found = app.import_history(office, [tmp_path / name], tmp_path / f"{name}.xlsx", TODAY)
        ((_, reading),) = found.read
        assert [(str(one.period), one.value, one.is_taken) for one in reading.figures] == [
            ("2024Q3", "66", True)
        ]


def test_a_document_without_a_progress_table_is_refused(office, tmp_path):
    (tmp_path / "正文.txt").write_text("没有表。", "utf-8")
    with pytest.raises(app.AppError, match="没有找到进度表"):
        app.import_history(office, [tmp_path / "正文.txt"], tmp_path / "确认.xlsx", TODAY)
    assert not (tmp_path / "确认.xlsx").exists()


@settings(deadline=None)
@given(st.permutations(range(21)), st.permutations(range(4)), st.integers(0, 2))
def test_rows_and_columns_in_any_order_give_the_same_figures(plan, order, columns, spelling):
    rows = table(plan, spelling, (2024,))
    shuffled = [[str(row[k]) for k in columns] for row in [rows[0], *(rows[1 + k] for k in order)]]
    source = SourceText((), (Table(tuple(map(tuple, shuffled)), spread=True),), "完成情况")
    reading = read_earlier(source, Plans.only(plan), ItemNames(Plans.only(plan)))
    assert {one.item.printed_code: one.value for one in reading.figures} == {
        str(row[0]): str(row[3]) for row in rows[1:] if row[3] != ""
    }
