"""What consolidation points out in files: totals that disagree, files saved at one moment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from support.drawn_records import HEALTH, Q3, row, sent
from support.finding_lines import told

from qiyx_xl.core.consolidation.batch import file_name, same_time, with_disagreements, with_finding
from qiyx_xl.core.consolidation.conflicts import Conflict
from qiyx_xl.core.findings import STREET_SUM
from qiyx_xl.core.plan.model import Aggregation
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.records.submission import SubmissionStatus

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Item, Plan


@pytest.fixture
def item(plan: Plan) -> Item:
    """One that streets report and that is added up."""
    return next(one for one in plan.items() if one.aggregation is Aggregation.SUM)


@pytest.fixture
def conflict(item: Item) -> Conflict:
    left = row(item.code, "20", item.reporting_agency)
    right = replace(
        row(item.code, "22", "各街道合计"), remark="2 个街道：新碶街道 9、大碶街道 13", source=None
    )
    return Conflict(left, right)


def pointed_out(plan: Plan, files: list[Any], *conflicts: Conflict) -> list[list[str]]:
    return [told(file.findings) for file in with_disagreements(plan, files, conflicts)]


def test_a_disagreement_is_said_where_the_reporting_agency_filled_it_in(
    plan: Plan, item: Item, conflict: Conflict
) -> None:
    own = sent(row("1", "4.9"), row(item.code, "20"), agency=item.reporting_agency)
    street = sent(row(item.code, "9"), agency="新碶街道")
    said = pointed_out(plan, [own, street, sent(row("2", "69"), agency=HEALTH)], conflict)
    assert [len(one) for one in said] == [1, 0, 0]
    assert said[0][0].startswith(f"C104 ¦ warning ¦ 填报表 ¦ G7 ¦  ¦ 20 ¦ {item.code} {item.name}")
    for part in (item.reporting_agency, "20", "22", "2 个街道：新碶街道 9、大碶街道 13"):
        assert part in said[0][0]


def test_else_it_is_said_in_the_last_street_s_file(
    plan: Plan, item: Item, conflict: Conflict
) -> None:
    streets = [sent(row(item.code, "9"), agency=name) for name in ("新碶街道", "大碶街道")]
    silent = sent(row(item.code, Absence.NOT_REPORTED), agency="小港街道")
    said = pointed_out(plan, [*streets, silent], conflict)
    assert [len(one) for one in said] == [0, 1, 0]
    claims = sent(row(item.code, "9"), agency=item.lead_agency)
    other = replace(conflict, left=replace(conflict.left, agency="别的单位"))
    assert pointed_out(plan, [claims], other) == [[]]
    assert pointed_out(plan, [], conflict) == []


def test_what_was_said_of_a_cell_is_not_said_again(
    plan: Plan, item: Item, conflict: Conflict
) -> None:
    own = sent(row(item.code, "20"), agency=item.reporting_agency)
    before = STREET_SUM.at(
        "填报表", "G6", code=item.code, name=item.name, value="20", known="22", level="街道"
    )
    for cell, times in (("G6", 1), ("G9", 2)):
        known = with_finding(own, replace(before, cell=cell))
        assert [len(one) for one in pointed_out(plan, [known], conflict)] == [times]
    elsewhere = Conflict(conflict.left, replace(conflict.right, agency=HEALTH))
    assert pointed_out(plan, [own], elsewhere) == [[]], "two agencies are another matter"
    bare = replace(own, records=tuple(replace(one, source=None) for one in own.records))
    assert pointed_out(plan, [bare], conflict)[0][0].startswith("C104 ¦ warning ¦  ¦  ¦  ¦ 20")


def test_a_finding_may_bring_another_status() -> None:
    file, finding = (
        sent(row("1", "4.9")),
        STREET_SUM.at(code="1", name="", value="1", known="2", level="街道"),
    )
    assert with_finding(file, finding).status is SubmissionStatus.ACCEPTED
    returned = with_finding(with_finding(file, finding), finding, SubmissionStatus.RETURNED)
    assert (returned.status, returned.findings) == (SubmissionStatus.RETURNED, (finding, finding))


def test_files_saved_at_one_moment_name_each_other(snapshot: Any) -> None:
    paths = ("收件/甲.xlsx", "收件\\乙.xlsx", "丙.xlsx")
    one, *others = (replace(sent(row("1", "4.9")), path=path) for path in paths)
    assert [file_name(file) for file in (one, *others)] == ["甲.xlsx", "乙.xlsx", "丙.xlsx"]
    archived = replace(one, origin="报送.zip ▸ 收件/丁.xlsx")
    assert file_name(archived) == "丁.xlsx"
    undated = replace(one, period=None)
    assert told([same_time(one, others), same_time(undated, others[:1])]) == snapshot
    assert Q3.label in same_time(one, others).message
