"""A plan is revised while its forms are out: what was filled in under the old one still counts.

Real forms are distributed, filled in and sent, some before a revision is adopted and some after
it, some of those issued again in between. No form comes back because of a revision, and every
figure is booked under the item that the sender's own form printed beside it.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, given, note
from hypothesis import strategies as st
from support import second_plan
from support.desk import HEALTH, INSURANCE, MORNING, SOCIAL, TODAY
from support.examples import tried
from support.filled_in import fill
from support.revised_plans import (
    handed_over,
    moved,
    renamed,
    renumbered,
    with_added,
    with_target,
    without,
)

from qiyx_xl import app
from qiyx_xl.app.consolidation import book_within
from qiyx_xl.core.plan.model import Aggregation
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.forms.write import distribute_forms

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from support.filled_in import SentRow

    from qiyx_xl.core.consolidation.merge import Consolidation
    from qiyx_xl.core.plan.model import Agency, Item, Plan
    from qiyx_xl.core.records.submission import Submission

pytestmark = pytest.mark.slow

PERIODS = [Period.parse(text) for text in ("2026Q3", "2026Q4")]
PLANS = {"首份": app.load_plan(), "另一份": second_plan.plan()}
INDICATORS = {"首份": ["1", "2", "12"], "另一份": ["10", "13", "x-16", "17"]}
OTHERS = {"首份": ["T6-2-01", "M38"], "另一份": ["T1-1-01", "M01"]}
AGENCIES = {
    "首份": [HEALTH, SOCIAL, INSURANCE],
    "另一份": ["县卫生健康委", "县中心医院", "县养老中心"],
}


@dataclass(frozen=True)
class Sent:
    """A form that was filled in: who was asked by which plan, and what was written where.

    ``place`` is the agency's in all plans, under whatever name.
    """

    place: int
    path: Path
    plan: Plan
    agency: Agency
    rows: dict[str, SentRow]

    def items(self) -> Iterator[tuple[str, Item]]:
        """Yield each filled cell, and the item that the form itself prints in its row."""
        asked = {
            (item.printed_code, item.name): item for item in self.plan.reported_by(self.agency)
        }
        for cell, row in self.rows.items():
            yield cell, asked[row.printed_code, row.name]

    def figures(self, now: Plan) -> dict[str, tuple[str, Decimal | str]]:
        """Return by cell what counts under a plan: the stable id, and what was written."""
        sender = called_now(self.agency, now)
        return {
            cell: (item.code, _value(self.rows[cell].written))
            for cell, item in self.items()
            if is_asked(item.code, sender, now)
        }


def _value(written: object) -> Decimal | str:
    return written if isinstance(written, str) else Decimal(str(written))


def called_now(agency: Agency, plan: Plan) -> Agency:
    """The agency as another plan has it, whatever that calls it."""
    return next(
        one for one in plan.agencies if one.name == agency.name or agency.name in one.earlier_names
    )


def is_asked(code: str, sender: Agency, plan: Plan) -> bool:
    """Whether a plan has an item, and lets this agency speak of it."""
    item = plan.item(code)
    if item is None:
        return False
    return sender.name in item.claimants or code in {one.code for one in plan.reported_by(sender)}


def filled(folder: Path, plan: Plan, period: Period) -> list[Sent]:
    """Fill in the forms in a folder, of the streets only two; no figure is twice in a form."""
    forms = []
    streets = [agency.name for agency in plan.streets]
    for place, agency in enumerate(plan.agencies):
        if agency.name in streets[2:]:
            continue
        for path in folder.glob(f"{agency.name}_*.xlsx"):
            rows = fill(path, lambda row, first=31 + place: first + row, second=100)
            forms.append(Sent(place, path, plan, agency, rows))
    return forms


def corrected(form: Sent, folder: Path) -> Sent:
    """The same form with the figures of its rows one higher, sent later."""
    folder.mkdir(exist_ok=True)
    path = Path(shutil.copy(form.path, folder))
    first = 32 + form.place
    return replace(form, path=path, rows=fill(path, lambda row: first + row, second=100))


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Period], list[Sent]]:
    """The filled forms of a plan that has not been revised, made once for each period."""

    @cache
    def forms(name: str, period: Period) -> list[Sent]:
        folder = tmp_path_factory.mktemp("下发")
        nothing = app.Office.at(folder / app.LEDGER_NAME, plan=PLANS[name])
        distribute_forms(folder, PLANS[name], nothing.rules, period, nothing.history(period))
        return filled(folder, PLANS[name], period)

    return forms


@dataclass
class Collecting:
    """An office that collects the forms of one period."""

    office: app.Office
    period: Period
    number: int = 0

    def judged(self, forms: Collection[Sent]) -> list[Submission]:
        if not forms:
            return []
        report = app.validate_files(
            [form.path for form in forms],
            plan=self.office.plans,
            rules=self.office.rules,
            period=self.period,
            history=self.office.history(self.period),
        )
        return list(report.submissions)

    def book(self, forms: Collection[Sent]) -> Consolidation:
        """What `consolidate` does, without the ledger, which is the slow part."""
        self.number += 1
        now = MORNING + timedelta(hours=self.number)
        found = self.judged(forms)
        with self.office.open_store() as store:
            return book_within(self.office, store, self.period, found, now=now)

    def adopt(self, plan: Plan, since: Period) -> None:
        self.number += 1
        now = MORNING + timedelta(hours=self.number)
        proposal = app.propose(self.office, plan, since=since, today=TODAY)
        app.adopt(self.office, proposal, now=now, today=TODAY, by="张三", refreshes=False)
        if self.office.has_store():  # a version alone is no revision, and is not booked
            self.office = app.Office.at(self.office.ledger)

    def booked(self) -> dict[tuple[str, str], Decimal | str]:
        """What the store holds of the period, by agency and stable id."""
        if not self.office.has_store():
            return {}
        with self.office.open_store(readonly=True) as store, store.reading():
            return {
                (one.agency, one.code): _shown(one.actual)
                for one in store.current_records()
                if one.period == self.period
            }


def _shown(actual: object) -> Decimal | str:
    return actual if isinstance(actual, Decimal) else str(getattr(actual, "value", actual))


def accepted(judged: Collection[Submission]) -> set[str]:
    return {one.path for one in judged if one.status is SubmissionStatus.ACCEPTED}


def revisions(name: str, plan: Plan) -> dict[str, Callable[[st.DataObject], Plan]]:
    """What an office may revise in its plan, by name."""
    codes = st.sampled_from([code for code in INDICATORS[name] if plan.item(code)] or ["3"])
    items = st.sampled_from(
        [code for code in (*INDICATORS[name], *OTHERS[name]) if plan.item(code)] or ["3"]
    )
    first = {agency.name: agency for agency in PLANS[name].agencies}
    others = st.sampled_from([called_now(first[one], plan).name for one in AGENCIES[name]])
    new = st.sampled_from(["新一局", "新二局", "新三局", *AGENCIES[name][:1]])
    return {
        "改版本": lambda _: replace(plan, version=f"{plan.version}.9"),
        "改目标": lambda data: with_target(
            plan, data.draw(codes), 2026, str(data.draw(st.integers(1, 9)))
        ),
        "改由": lambda data: moved(plan, data.draw(items), data.draw(others)),
        "移交": lambda data: handed_over(plan, data.draw(items), data.draw(others)),
        "改名": lambda data: _renamed(plan, data.draw(others), data.draw(new)),
        "不再考核": lambda data: without(plan, data.draw(items)),
        "新增": lambda data: with_added(plan, data.draw(codes)),
        "改序号": lambda data: renumbered(plan, data.draw(codes)),
    }


def _renamed(plan: Plan, old: str, new: str) -> Plan:
    """As ``renamed``, but no agency takes a name that was another one's, which no plan may."""
    taken = {name for one in plan.agencies if one.name != old for name in one.earlier_names}
    return plan if new in taken else renamed(plan, old, new)


def adopt_one(data: st.DataObject, name: str, desk: Collecting) -> None:
    """Adopt a revision that is drawn, from the period, the one before or the next one on."""
    kinds = revisions(name, desk.office.plans.latest)
    kind = data.draw(st.sampled_from([*kinds, "改名", "改名", "改序号"]))
    period = desk.period
    since = data.draw(st.sampled_from([period] * 4 + [period.before, period.after]))
    note(f"{kind} {since}")
    desk.adopt(kinds[kind](data), since)


def issued_again(desk: Collecting, folder: Path) -> list[Sent]:
    """The office distributes once more, and the agencies fill these forms in."""
    app.distribute(desk.office, desk.period, folder)
    return filled(folder, desk.office.plan_at(desk.period), desk.period)


def check_judged(desk: Collecting, forms: Collection[Sent], before: Collection[str]) -> None:
    """No form comes back, and each figure is under the item its own form printed beside it."""
    now = desk.office.plan_at(desk.period)
    judged = desk.judged(forms)
    assert before <= accepted(judged), "returned because of a revision"
    for form, submission in zip(forms, judged, strict=True):
        assert submission.agency == called_now(form.agency, now).name
        assert {record.agency for record in submission.records} <= {submission.agency}
        taken = {one.source.cell: (one.code, _shown(one.actual)) for one in submission.records}
        assert taken == form.figures(now), form.agency.name


def some(data: st.DataObject, forms: list[Sent], label: str) -> list[Sent]:
    """Draw some of the forms."""
    if not forms:
        return []
    chosen = data.draw(st.sets(st.integers(0, len(forms) - 1)), label=label)
    return [forms[place] for place in sorted(chosen)]


# An example takes a second: to make a failing one shorter would take minutes.
@tried(1, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(st.data())
def test_forms_that_are_out_while_the_plan_is_revised_are_taken_as_they_were_issued(
    issued: Callable[[str, Period], list[Sent]], data: st.DataObject
) -> None:
    name = data.draw(st.sampled_from(list(PLANS)))
    period = data.draw(st.sampled_from(PERIODS))
    with TemporaryDirectory() as folder:
        office = app.Office.at(Path(folder) / app.LEDGER_NAME, plan=PLANS[name])
        desk = Collecting(office, period)
        forms = issued(name, period)
        good = accepted(desk.judged(forms))
        assert len(good) == len(forms), "as they were issued, all are right"
        early = some(data, forms, "sent before") if data.draw(st.booleans()) else []
        if early:
            desk.book(early)
        adopt_one(data, name, desk)
        check_judged(desk, forms, good)
        latest = {form.place: form for form in forms}
        if data.draw(st.booleans(), label="twice"):
            again = issued_again(desk, Path(folder) / "再下发") if data.draw(st.booleans()) else []
            fine = accepted(desk.judged(again))  # a target that was drawn may make a figure odd
            again = [form for form in again if str(form.path) in fine]
            good |= fine
            latest |= {form.place: form for form in some(data, again, "on the new form")}
            adopt_one(data, name, desk)
        for form in some(data, early, "corrected"):
            if latest[form.place] is form:
                latest[form.place] = corrected(form, Path(folder) / "更正")
                good.add(str(latest[form.place].path))
        forms = list(latest.values())
        check_judged(desk, forms, good & {str(form.path) for form in forms})
        check_booked(desk, forms, early)


def check_booked(desk: Collecting, forms: list[Sent], early: list[Sent]) -> None:
    """The store gains what counts now, keeps what it had, and the same files add nothing."""
    now, before = desk.office.plan_at(desk.period), desk.booked()
    done = desk.book(forms)
    assert done.returned == ()
    expected = dict(before)
    for form in forms:
        if form not in early:
            sender = called_now(form.agency, now).name
            for code, value in form.figures(now).values():
                expected[sender, code] = value
    booked = desk.booked()
    assert booked == expected
    check_shown(desk, forms, early)
    again = desk.book(forms)
    assert (again.accepted, again.returned) == ((), ())
    assert (again.new, again.revised, again.stale) == ((), (), ())
    assert len(again.duplicates) == len(forms)
    assert desk.booked() == booked


def check_shown(desk: Collecting, forms: list[Sent], early: list[Sent]) -> None:
    """Each item shows what the agency in charge sent, else what the one before it had sent.

    Nothing is said of an item that its lead agency, not in charge of it any more, has sent since.
    """
    now, shown = desk.office.plan_at(desk.period), {}
    claimed = set()
    for form in (*early, *(one for one in forms if one not in early)):
        sender = called_now(form.agency, now).name
        figures = form.figures(form.plan if form in early else now)
        for code, value in figures.values():
            item = now.item(code)
            if item is None or item.aggregation is not Aggregation.LEAD_AGENCY:
                continue
            if form in early or item.reporting_agency == sender:
                shown[code] = value
            else:
                claimed.add(code)
    lines = {line.item.code: line for line in app.status(desk.office, desk.period, TODAY)}
    for code in shown.keys() - claimed:
        record = lines[code].record
        assert record is not None, code
        assert _shown(record.actual) == shown[code], code
