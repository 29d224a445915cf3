"""佐证材料 beside a figure: asked for by the plan, with a column of its own, read and booked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.intake.form.check import check_file, judge_file
from qiyx_xl.intake.form.packed import outlined, unpack

if TYPE_CHECKING:
    from pathlib import Path

Q3 = Period.parse("2026Q3")
OFFICE = "区政府办公室"  # two milestones, M37 and M38, in rows 6 and 7


@pytest.fixture(scope="session")
def asking(plan: Any) -> Any:
    """A plan in which M37 and indicator 16 ask for evidence."""
    return replace(
        plan,
        milestones=tuple(
            replace(one, evidence="标准文本") if one.code == "M37" else one
            for one in plan.milestones
        ),
        indicators=tuple(
            replace(one, evidence="统计报表") if one.code == "16" else one
            for one in plan.indicators
        ),
    )


def form(plan: Any, rules: Any, agency: str, path: Path) -> Any:
    write_form(path, plan, rules, plan.agency(agency), Q3, last_values={})
    return openpyxl.load_workbook(path)


def sent(plan: Any, rules: Any, book: Any, path: Path) -> Any:
    book.save(path)
    return check_file(path, CheckContext(plan, rules, NoHistory(), Q3))


def missing(submission: Any) -> list[str | None]:
    return [one.cell for one in submission.findings if one.code == "V512" and one.sheet == "填报表"]


def test_the_column_is_there_only_where_something_is_asked_for(
    plan: Any, asking: Any, rules: Any, tmp_path: Path
) -> None:
    with_it = form(asking, rules, OFFICE, tmp_path / "一.xlsx")["填报表"]
    assert with_it["K4"].value == "佐证材料"
    assert (with_it["K6"].value, with_it["K6"].protection.locked) == (None, False)
    assert (with_it["K7"].value, with_it["K7"].protection.locked) == ("—", True)
    assert "佐证材料" in with_it["A3"].value
    prompts = [one.prompt for one in with_it.data_validations.dataValidation]
    assert any("要附：标准文本" in str(prompt) for prompt in prompts)
    form(plan, rules, OFFICE, tmp_path / "二.xlsx")
    form(asking, rules, "区教育局", tmp_path / "三.xlsx")
    without = openpyxl.load_workbook(tmp_path / "二.xlsx")["填报表"]
    assert without.max_column == 10
    assert openpyxl.load_workbook(tmp_path / "三.xlsx")["填报表"].max_column == 10


@pytest.mark.parametrize(
    ("actual", "evidence", "found"),
    [
        ("已完成", None, ["K6"]), ("已完成", "待补", ["K6"]), ("已完成", "标准文本1份", []),
        ("进行中", None, []), (None, None, []),
    ],
)  # fmt: skip
def test_a_milestone_needs_it_once_it_is_done(
    asking: Any, rules: Any, tmp_path: Path, actual: str | None, evidence: str | None, found: Any
) -> None:
    path = tmp_path / "区政府办公室_2026Q3.xlsx"
    book = form(asking, rules, OFFICE, path)
    book["填报表"]["G6"], book["填报表"]["K6"] = actual, evidence
    assert missing(sent(asking, rules, book, path)) == found


def test_a_number_needs_it_and_its_words_are_kept(asking: Any, rules: Any, tmp_path: Path) -> None:
    path = tmp_path / "区住建局_2026Q3.xlsx"
    book = form(asking, rules, "区住建局", path)
    sheet = book["填报表"]
    row = next(cell.row for cell in sheet["A"] if str(cell.value) == "16")
    sheet[f"G{row}"] = 30.4
    assert missing(sent(asking, rules, book, path)) == [f"K{row}"]
    sheet[f"K{row}"] = "统计报表1份；照片2张"
    submission = sent(asking, rules, book, path)
    assert missing(submission) == []
    (record,) = [one for one in submission.records if one.code == "16"]
    assert record.evidence == "统计报表1份；照片2张"
    judged = judge_file(path, CheckContext(asking, rules, NoHistory(), Q3))
    packed = judged.pack()
    assert unpack(outlined(packed.head, judged.path), packed.rest) == judged


def test_a_table_of_ones_own_may_have_the_column_too(
    asking: Any, rules: Any, tmp_path: Path
) -> None:
    path = tmp_path / "区住建局.xlsx"
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "填报表"
    sheet.append(["填报单位：区住建局", None, "数据期：2026年三季度"])
    sheet.append(["指标编码", "指标名称", "计量单位", "本期实际值", "情况说明", "佐证"])
    name = asking.item("16").name
    sheet.append(["16", name, "%", 30.4, "按月核对", "报表1份"])
    submission = sent(asking, rules, book, path)
    assert not [one for one in submission.findings if one.code in ("T103", "V512")]
    assert [one.evidence for one in submission.records if one.code == "16"] == ["报表1份"]
