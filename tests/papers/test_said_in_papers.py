"""What each paper of a quarter says, held to the letter before anything is set in type."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from support import editions
from support.value_lines import spelled

from qiyx_xl.core.consolidation.conflicts import Conflict
from qiyx_xl.core.consolidation.versions import CurrentFigures
from qiyx_xl.core.history.closing import close
from qiyx_xl.core.history.differences import difference, difference_document
from qiyx_xl.core.history.matters import Matter, MatterAction, MatterEvent, Meeting, settle
from qiyx_xl.core.history.publications import VIEWS
from qiyx_xl.core.history.snapshot import figures, frozen_lines
from qiyx_xl.core.plan.model import Comparator, Target
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.values import Unreadable
from qiyx_xl.core.projects.status import with_projects
from qiyx_xl.core.rating.period_target import period_target
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.papers.bulletin.agenda import Agenda, agenda_text
from qiyx_xl.papers.bulletin.bulletin import bulletin
from qiyx_xl.papers.dashboard import dashboard
from qiyx_xl.papers.evaluation import five_years, year_columns
from qiyx_xl.papers.gather import gather
from qiyx_xl.papers.json.meeting import events_document, matters_document, meeting_document
from qiyx_xl.papers.json.status import status_document
from qiyx_xl.papers.matters import raise_matters
from qiyx_xl.papers.method_cards import arithmetic, cards, rule_text
from qiyx_xl.papers.reminder_messages import reminder_document

NINE = datetime(2026, 10, 16, 9, 0, tzinfo=UTC)
EDITIONS = {
    "an ordinary quarter": editions.quarter,
    "with projects": editions.with_projects,
    "nothing sent": editions.empty,
    "all green": editions.all_green,
}
every_edition = pytest.mark.parametrize("named", EDITIONS)


@pytest.fixture
def drawn(plan, rules):
    """Any of the editions, drawn when it is asked for."""
    return lambda named: EDITIONS[named](plan, rules)


@pytest.fixture
def agenda(plan, rules, drawn):
    """A meeting with matters open, late and settled, a change of every kind and a conflict."""
    before = editions.edition(
        plan,
        rules,
        [
            editions.record(plan, "12", "2026Q2", "66"),
            editions.record(plan, "9", "2026Q2", "8.2"),
            editions.record(plan, "7", "2026Q2", "4.4"),
        ],
        period=editions.Q2,
    )
    last = Meeting(NINE, date(2026, 10, 16), editions.Q2, "2023.1", "1", figures(before.lines))
    edition = drawn("with projects")
    usual = {"agency": "区卫健局", "raised": date(2026, 10, 16)}
    matters = (
        Matter(number="M-2026-01", title="协调托育用房", deadline=date(2026, 10, 26), **usual),
        Matter(
            number="M-2026-02", title="床位", deadline=date(2026, 11, 6), item="1", period="2026Q2",
            note="正在办", **usual,
        ),
        settle(
            Matter(number="M-2026-03", title="学位", deadline=date(2026, 11, 6), item="12", **usual),
            date(2026, 10, 20),
            "已补足",
        ),
    )  # fmt: skip
    raised = raise_matters(edition, matters, edition.today, rules)
    changes = difference(plan, last.figures, figures(edition.lines))
    figure = editions.record(plan, "12", "2026Q3", "61")
    conflict = Conflict(figure, replace(figure, agency="区民政局", actual=figure.actual + 3))
    return Agenda(
        edition=edition,
        last=last,
        changes=changes,
        matters=(*matters, *raised),
        conflicts=(conflict,),
    )


@every_edition
def test_the_bulletin_says_the_same_words(drawn, snapshot, named):
    assert spelled(bulletin(drawn(named))) == snapshot


@pytest.mark.parametrize("agencies", [1, 2, 40])
def test_few_and_many_agencies_are_told_apart(plan, rules, snapshot, agencies):
    edition = (
        editions.many(plan, rules, agencies) if agencies > 1 else editions.one_agency(plan, rules)
    )
    passages = bulletin(edition).passages
    assert spelled({name: passages[name] for name in passages if name != "附件"}) == snapshot
    calls = reminder_document(edition)["agencies"]
    assert [(one["agency"], len(one["items"])) for one in calls] == snapshot


@pytest.mark.slow
def test_the_arithmetic_of_every_rule_is_written_down(plan, rules, snapshot):
    told = []
    other = replace(rules, lower_is_better_rate="ratio", gap_green_inclusive=False)
    for code in ("1", "7", "9", "11", "13", "15", "18", "T3-3-01", "T4-1-01"):
        item = plan.find(code)
        zero = {"target": Target("0", Comparator.AT_MOST, Decimal(0)), "baseline": Decimal(20)}
        for period in (editions.Q3, editions.Period.parse("2026Q4")):
            for rule in (rules, other):
                for actual in ("0", "-3", "40", "61", "9000"):
                    record = editions.record(plan, code, str(period), actual, second=Decimal(60))
                    start = editions.record(plan, code, "2025Q4", "3")
                    lines = status_lines(plan, rule, period, [record, start], editions.TODAY)
                    line = next(one for one in lines if one.item.code == code)
                    aim = period_target(
                        item, period, rule, previous=line.previous, second=line.second
                    )
                    told.append(
                        f"{code} {period} {actual} {line.rating.display}: {arithmetic(line, item, aim, rule)} {rule_text(aim, rule)}"
                    )
                    kept = replace(
                        line,
                        rating=replace(
                            line.rating, completion_rate=Decimal(9), progress=Decimal(9)
                        ),
                    )
                    assert arithmetic(kept, item, aim, rule) == (), "of a plan that has changed"
                    if hasattr(item, "target"):
                        nothing = replace(item, **zero)
                        aim = period_target(nothing, period, rule)
                        told.append(f"  0: {arithmetic(line, nothing, aim, rule)}")
    assert "\n".join(dict.fromkeys(told)) == snapshot


@pytest.mark.parametrize("named", ["with projects", "all green"])
def test_the_cards_show_the_same_arithmetic(drawn, snapshot, named):
    told = [
        spelled(replace(line, line=None)) for card in cards(drawn(named)) for line in card.lines
    ]
    assert "\n".join(told) == snapshot


@pytest.mark.parametrize("named", ["with projects", "nothing sent"])
def test_the_scorecard_counts_and_ranks_the_same(drawn, snapshot, named):
    edition = drawn(named)
    rows = {
        str(view): [(one.to_json(), edition.rank_change(view, one)) for one in edition.groups(view)]
        for view in VIEWS
    }
    forces = [(one.to_json(), edition.task_force_change(one)) for one in edition.task_forces]
    assert spelled({**rows, "专项组": forces}) == snapshot


def test_the_reminders_ask_for_the_same(drawn, rules, snapshot):
    edition = drawn("with projects")
    context = PeriodContext(edition.plan, rules, edition.period, edition.today)
    reminders = with_projects(edition.reminders, edition.projects, context)
    assert spelled(reminder_document(replace(edition, reminders=reminders))) == snapshot


def test_the_evaluation_tells_the_same_of_five_years(plan, rules, drawn, snapshot):
    records = drawn("an ordinary quarter").records
    at = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
    q4 = editions.Period.parse("2025Q4")
    then = editions.edition(plan, rules, records, period=q4, today=at.date())
    closing = close(plan, rules, q4, then.lines, (), at=at, by="王敏")
    edition = gather(
        plan, rules, editions.Q3, editions.TODAY, CurrentFigures(tuple(records)), closings=[closing]
    )
    headings = [(one.heading, one.is_frozen) for one in year_columns(edition)]
    told = [
        (one.item.code, one.final_target, one.reached, *(f"{c.target} {c.text}" for c in one.cells))
        for one in five_years(edition)
    ]
    assert spelled([headings, *told]) == snapshot


def test_the_meeting_is_told_the_same(agenda, snapshot):
    assert spelled(agenda_text(agenda)) == snapshot
    assert spelled(meeting_document(agenda, ["例会材料.docx"])) == snapshot


def test_a_first_meeting_is_told_the_same(drawn, snapshot):
    quiet = Agenda(edition=drawn("all green"), last=None, changes=(), matters=(), conflicts=())
    assert spelled(agenda_text(quiet)) == snapshot


def test_matters_are_told_the_same(agenda, snapshot):
    today = agenda.edition.today
    events = [MatterEvent(NINE, "王敏", MatterAction.OPEN, one) for one in agenda.matters[:3]]
    assert spelled(matters_document(agenda.matters, today)) == snapshot
    assert spelled(events_document(events, today)) == snapshot


def test_changes_since_a_meeting_are_told_the_same(plan, agenda, snapshot):
    document = difference_document(plan, agenda.changes, period="2026Q3", against="2026Q2")
    assert spelled(document) == snapshot


def test_the_standing_of_a_period_is_told_the_same(plan, rules, drawn, snapshot):
    edition = drawn("with projects")
    document = status_document(
        plan, rules, edition.period, edition.today, edition.lines,
        by=VIEWS, projects=edition.projects,
    )  # fmt: skip
    assert spelled(document) == snapshot


def test_a_closing_is_told_with_its_revisions(plan, rules, drawn):
    edition = drawn("all green")
    closing = close(plan, rules, editions.Q3, edition.lines, (), at=NINE, by="王敏")
    document = status_document(
        plan, rules, edition.period, edition.today, edition.lines, closing=closing, revisions=2
    )
    assert document["closed"] == {"at": NINE.isoformat(), "by": "王敏", "revisions": 2}
    assert document["plan_version"] == closing.plan_version


def test_the_dashboard_shows_the_same(plan, rules, drawn, snapshot):
    board = dashboard(
        plan, rules, editions.Q3, current=drawn("an ordinary quarter").records, logged=(),
        findings=(), today=editions.TODAY,
    )  # fmt: skip
    assert spelled(board) == snapshot


@pytest.mark.parametrize("named", ["an ordinary quarter", "all green"])
def test_frozen_lines_are_the_lines_they_were_frozen_from(plan, drawn, named):
    edition = drawn(named)
    frozen = frozen_lines(plan, figures(edition.lines))
    for line, kept in zip(edition.lines, frozen, strict=True):
        assert (kept.item, kept.rating, kept.second, kept.previous) == (
            line.item,
            line.rating,
            line.second,
            line.previous,
        )
        if line.record is not None:
            record = replace(line.record, period=edition.period, second=line.second, as_written="")
            assert kept.record == record


def test_a_long_list_of_doubts_is_cut_and_says_so(plan, rules, snapshot):
    wide = editions.widened(plan, 14)
    records = [
        replace(editions.green_record(wide, item, editions.Q3), actual=Unreadable("约", "不是确数"))
        for item in wide.indicators
    ]
    passages = bulletin(editions.edition(wide, rules, records)).passages
    assert spelled(passages["进展滞后"]) == snapshot
