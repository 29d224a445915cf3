"""Whatever is adopted, sent, closed and reopened in whatever order: no past figure moves.

An office is led through random sequences of what happens to it in five years. After every step all
its periods are looked at again, and at the end it is rebuilt from its journal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, note
from hypothesis import strategies as st
from support.desk import HEALTH, INSURANCE, MORNING, SOCIAL, TODAY
from support.examples import tried
from support.revised_plans import moved, renamed, renumbered, with_added, with_target, without
from support.written_files import submission

from qiyx_xl import app
from qiyx_xl.app.consolidation import book_within
from qiyx_xl.app.period_state import live_lines
from qiyx_xl.core.consolidation.current import conflicts_in, senders_of_figures
from qiyx_xl.core.history import closing as core
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.rating.scorecard import StatusLine

pytestmark = pytest.mark.slow

PERIODS = [Period.parse(text) for text in ("2026Q2", "2026Q3", "2026Q4", "2027Q1")]
CODES = ["1", "2", "12"]
AGENCIES = [HEALTH, SOCIAL, INSURANCE, "区教育局"]

Lines = dict[str, "StatusLine"]


@dataclass
class Story:
    """An office, and what it must show: the figure last sent by whoever was in charge."""

    office: app.Office
    number: int = 0
    sent: dict[tuple[Period, str], tuple[str, Decimal]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.office.plans.latest

    def moment(self) -> datetime:
        self.number += 1
        return MORNING + timedelta(minutes=self.number)

    def lines(self, period: Period) -> Lines:
        if not self.office.has_store():
            return {}
        return {line.item.code: line for line in app.status(self.office, period, TODAY)}

    def all_lines(self) -> dict[Period, Lines]:
        return {period: self.lines(period) for period in PERIODS}

    def closed(self, period: Period) -> bool:
        if not self.office.has_store():
            return False
        return core.closing_in_force(app.closings(self.office), period) is not None

    def send(self, period: Period, code: str, value: int) -> Consolidation | None:
        """The agency in charge sends one figure."""
        item = self.office.plan_at(period).item(code)
        if item is None or self.closed(period):
            return None
        agency, now = item.reporting_agency, self.moment()
        path = self.office.ledger.parent / f"{self.number}.xlsx"
        file = submission(path, agency, period, {code: str(value)}, now)
        with self.office.open_store() as store:
            done = book_within(self.office, store, period, [file], now=now)
        self.sent[period, code] = (agency, Decimal(value))
        return done

    def adopt(self, plan: Plan, since: Period) -> bool:
        if any(self.closed(one) and since.first_day <= one.last_day for one in PERIODS):
            with pytest.raises(app.AppError, match="已经封账"):
                app.propose(self.office, plan, since=since, today=TODAY)
            return False
        proposal = app.propose(self.office, plan, since=since, today=TODAY)
        now = self.moment()
        app.adopt(self.office, proposal, now=now, today=TODAY, by="张三", refreshes=False)
        self.office = app.Office.at(self.office.ledger)
        return True

    def close(self, period: Period) -> None:
        """Close it without writing a ledger, which is the slow part and not asked about here."""
        if self.closed(period) or not self.office.has_store():
            return
        with self.office.open_store() as store, store.writing():
            store.book_closing(
                core.close(
                    self.office.plan_at(period),
                    self.office.rules,
                    period,
                    live_lines(self.office, store, period, TODAY),
                    store.closings(period),
                    at=self.moment(),
                    by="张三",
                )
            )

    def reopen(self, period: Period) -> None:
        if self.closed(period):
            app.reopen(self.office, period, now=self.moment(), by="张三", reason="补数")


def check_shown(story: Story) -> None:
    """Every figure stands under the id it was sent for, is its last sender's, and undisputed."""
    shown = story.all_lines()
    for (period, code), (_, value) in story.sent.items():
        line = shown[period].get(code)
        if line is None:
            assert story.office.plan_at(period).item(code) is None
            continue
        assert line.record is not None, (period, code)
        assert (line.record.code, line.record.actual) == (code, value), (period, code)
    if not story.office.has_store():
        return
    with story.office.open_store(readonly=True) as store, store.reading():
        records, decisions = store.current_records(), store.decisions()
    senders = senders_of_figures(story.office.plans, records, decisions)
    for (period, code), (agency, _) in story.sent.items():
        if story.office.plan_at(period).item(code) is not None:
            assert senders[period, code] == agency, (period, code)
    assert conflicts_in(story.office.plans, records, decisions) == (), "nobody contradicts anybody"


def check_adoption(story: Story, since: Period, before: dict[Period, Lines]) -> None:
    """What was due before is as it was; later, no figure that is still asked for has changed."""
    for period, lines in story.all_lines().items():
        if period.last_day < since.first_day or story.closed(period):
            assert lines == before[period], period
            continue
        for code, line in before[period].items():
            if line.record is not None and code in lines:
                now = lines[code].record
                assert now is not None, (period, code)
                assert now.actual == line.record.actual, (period, code)


def check_rebuilt(story: Story) -> None:
    """A store made anew from the journal shows the same."""
    if not story.office.has_store():
        return
    shown = story.all_lines()
    with story.office.open_store(readonly=True) as store:
        rows, plans, closings = store.all_records(), store.plans(), store.closings()
    story.office.store.unlink()
    Store.rebuild(story.office.store)
    story.office = app.Office.at(story.office.ledger)
    with story.office.open_store(readonly=True) as store:
        assert (store.all_records(), store.plans(), store.closings()) == (rows, plans, closings)
    assert story.all_lines() == shown


def revisions(plan: Plan) -> dict[str, Callable[[st.DataObject], Plan]]:
    """What an office may revise in its plan, by name."""
    codes = st.sampled_from([code for code in CODES if plan.item(code) is not None] or ["3"])
    names = [agency.name for agency in plan.agencies]
    others = st.sampled_from([name for name in AGENCIES if name in names] or names[:1])
    return {
        "改目标": lambda data: with_target(
            plan, data.draw(codes), 2026, str(data.draw(st.integers(1, 9)))
        ),
        "改由": lambda data: moved(plan, data.draw(codes), data.draw(others)),
        "改名": lambda data: renamed(
            plan, data.draw(others), data.draw(st.sampled_from(["新一局", "新二局", *AGENCIES]))
        ),
        "不再考核": lambda data: without(plan, data.draw(codes)),
        "新增": lambda data: with_added(plan, data.draw(codes)),
        "改序号": lambda data: renumbered(plan, data.draw(codes)),
    }


# A story takes a second: to make a failing one shorter would take minutes.
@tried(0.5, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_no_past_figure_moves_whatever_happens(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        story = Story(app.Office.at(Path(folder) / app.LEDGER_NAME))
        story.send(PERIODS[0], "12", 61)
        for _ in range(data.draw(st.integers(3, 12), label="steps")):
            what = data.draw(st.sampled_from(["报", "报", "改", "改", "封账", "启封"]))
            period = data.draw(st.sampled_from(PERIODS))
            note(f"{what} {period}")
            if what == "报":
                story.send(period, data.draw(st.sampled_from(CODES)), data.draw(st.integers(1, 99)))
            elif what == "封账":
                story.close(period)
            elif what == "启封":
                story.reopen(period)
            else:
                kinds = revisions(story.plan)
                kind = data.draw(st.sampled_from(list(kinds)))
                plan = kinds[kind](data)
                note(f"{kind} {period}")
                before = story.all_lines()
                if story.adopt(plan, period):
                    check_adoption(story, period, before)
            check_shown(story)
        check_rebuilt(story)
