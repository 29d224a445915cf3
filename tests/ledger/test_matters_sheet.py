"""The sheet 调度事项: the ledger shows what the meetings follow."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import openpyxl
import pytest

from qiyx_xl import app
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.history.matters import Matter
from qiyx_xl.core.plan.project_list import MajorProject
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.rating import Assessment
from qiyx_xl.core.projects.status import ProjectLine, ProjectStatus
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.data import resource
from qiyx_xl.ledger.content.view import LedgerView
from qiyx_xl.ledger.content.workbook import Content

if TYPE_CHECKING:
    from pathlib import Path

    from support.offices import Templates

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

Q3 = Period.parse("2026Q3")
DAY = date(2026, 10, 30)
NOW = datetime(2026, 10, 30, 9, 0).astimezone()


@pytest.fixture
def office(templates: Templates, tmp_path: Path) -> app.Office:
    """An office that has taken the samples of the third quarter in."""

    def make(folder: Path) -> None:
        office = app.Office.at(folder / app.LEDGER_NAME)
        app.build_ledger(office)
        app.consolidate(office, [resource("examples/2026Q3")], Q3, now=NOW)

    templates.copy("the samples taken in", make, tmp_path)
    return app.Office.at(tmp_path / app.LEDGER_NAME)


def rows(office: app.Office) -> list[tuple[object, ...]]:
    book = openpyxl.load_workbook(office.ledger, keep_vba=True)
    found = book["调度事项"].iter_rows(min_row=4, values_only=True)
    return [row for row in found if row[0]]


@pytest.mark.slow
def test_a_refresh_shows_every_matter_the_open_ones_first(office: app.Office):
    assert rows(office) == []
    held = app.hold_meeting(office, DAY, Q3, office.ledger.parent / "例会", now=NOW, by="王敏")
    first, second, *_ = [one.number for one in held.agenda.raised]
    app.settle_matter(office, first, note="=已办", day=date(2026, 11, 2), now=NOW, by="王敏")
    app.refresh(office, Q3, date(2026, 11, 20))
    shown = rows(office)
    assert [row[0] for row in shown][-1] == first
    assert shown[0][0] == second
    assert shown[0][6:9] == ("未销号", 7, None)
    assert shown[-1][6:] == ("已销号", None, "2026-11-02", "=已办")
    assert all(str(row[5]).startswith("红·") for row in shown)


@pytest.mark.slow
def test_the_ledger_is_known_to_be_behind_until_it_is_refreshed(office: app.Office):
    app.hold_meeting(office, DAY, Q3, office.ledger.parent / "例会", now=NOW, by="王敏")
    before = verify_ledger(office, DAY)
    assert before.is_stale
    app.refresh(office, Q3, DAY)
    after = verify_ledger(office, DAY)
    assert not after.is_stale
    assert not after.mismatches


def test_a_matter_of_a_project_shows_the_projects_lamp(plan: Plan, rules: Rules):
    project = MajorProject(code="XM01", name="区第三人民医院", domain="病有良医", agency="区卫健局")
    red = Assessment(light=Light.RED, state="滞后", reason="节点滞后40天")
    status = ProjectStatus(projects=(ProjectLine(project, None, None, red, (), red),))
    matter = Matter(
        number="M-2026-01",
        title="督促开工",
        agency="区卫健局",
        deadline=DAY,
        raised=DAY,
        item="XM01",
    )
    view = LedgerView(Plans.only(plan), rules, Q3, projects=status, matters=(matter,), today=DAY)
    (row,) = Content(view).matter_rows()
    assert row[5] == "红·滞后"
