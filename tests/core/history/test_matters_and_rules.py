"""The 调度单 as it comes back, meetings, files side by side, and rules that contradict themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from support.drawn_records import HEALTH, Q3, SOCIAL, row, sent
from support.finding_lines import told
from support.value_lines import spelled

from qiyx_xl.core.checks.batch_checks import find_together
from qiyx_xl.core.findings.model import Catalogue, Severity
from qiyx_xl.core.history.matters import (
    Matter,
    MatterAction,
    MatterError,
    MatterEvent,
    MatterRow,
    Meeting,
    action_between,
    changed_by,
    current_matters,
    last_meeting,
    next_number,
    on_the_sheet,
    period_before,
    reopen,
    settle,
    time_limit,
)
from qiyx_xl.core.plan.model import Aggregation
from qiyx_xl.core.plan.rules import disagreements, rules_document, rules_from_document
from qiyx_xl.core.records.submission import Outline

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

TODAY = date(2026, 10, 30)
NINE = datetime(2026, 10, 30, 9, tzinfo=UTC)
OPEN = Matter(
    number="M-2026-01", title="协调用房", agency=HEALTH, deadline=date(2026, 11, 13),
    raised=date(2026, 10, 16), item="1", period="2026Q3", note="正在办",
)  # fmt: skip
DONE = replace(OPEN, number="M-2026-02", settled=date(2026, 10, 20), item="")
USUAL = MatterRow(
    where="第5行", number="M-2026-01", title="协调用房", agency=HEALTH, deadline=OPEN.deadline,
    state="未销号", settled=None, note="正在办",
)  # fmt: skip
NEW = replace(USUAL, number="", title="新事项")

BACK = {
    "as it was": [USUAL],
    "all blank": [replace(USUAL, title="", agency="", deadline=None, state="", note=None)],
    "changed": [replace(USUAL, title="改", agency=SOCIAL, deadline=date(2026, 12, 1), note="")],
    "settled today": [replace(USUAL, state="已销号")],
    "settled on a day": [replace(USUAL, state="已销号", settled=date(2026, 10, 18))],
    "settled before it was raised": [replace(USUAL, state="已销号", settled=date(2026, 10, 15))],
    "settled on the day it was raised": [replace(USUAL, state="已销号", settled=date(2026, 10, 16))],
    "settled, and settled again": [replace(USUAL, number="M-2026-02", state="已销号")],
    "opened again": [replace(USUAL, number="M-2026-02")],
    "a day without the word": [replace(USUAL, settled=date(2026, 10, 18))],
    "another word": [replace(USUAL, state="办结")],
    "two new": [NEW, replace(NEW, title="又一件", deadline=None)],
    "new and settled": [replace(NEW, state="已销号", note=None)],
    "new and settled on a day": [replace(NEW, state="已销号", settled=date(2026, 11, 2))],
    "new without anything": [replace(NEW, title="", agency="")],
    "an unknown number": [replace(USUAL, number="M-2026-09")],
    "an unknown agency": [replace(USUAL, agency="区卫生局")],
    "twice": [USUAL, USUAL],
}  # fmt: skip


@pytest.mark.parametrize("case", BACK)
def test_a_sheet_of_matters_comes_back(plan: Plan, rules: Rules, snapshot: Any, case: str) -> None:
    changes, problems = changed_by(BACK[case], [OPEN, DONE], plan, TODAY, rules)
    assert [*problems, *(spelled(after) for _, after in changes)] == snapshot
    assert [before for before, _ in changes] == [
        {one.number: one for one in (OPEN, DONE)}.get(after.number) for _, after in changes
    ]


def test_matters_are_numbered_settled_and_opened_again(rules: Rules) -> None:
    assert next_number([OPEN, DONE], 2026) == "M-2026-03"
    assert next_number([OPEN, replace(DONE, number="M-2026-x")], 2026) == "M-2026-02"
    assert next_number([OPEN], 2027) == "M-2027-01"
    assert settle(OPEN, TODAY, " 已办 ").note == "已办"
    assert settle(OPEN, TODAY).note == OPEN.note
    assert settle(OPEN, OPEN.raised).settled == OPEN.raised
    with pytest.raises(MatterError, match="早于提出日期 2026-10-16"):
        settle(OPEN, OPEN.raised - timedelta(days=1))
    with pytest.raises(MatterError, match="M-2026-02 已于 2026-10-20 销号"):
        settle(DONE, TODAY)
    assert (reopen(DONE, " 没完 ").settled, reopen(DONE, " 没完 ").note) == (None, "没完")
    for matter, note, said in ((OPEN, "x", "还没有销号"), (DONE, " ", "要说明理由")):
        with pytest.raises(MatterError, match=said):
            reopen(matter, note)
    assert [one.days_over(OPEN.deadline + timedelta(days=2)) for one in (OPEN, DONE)] == [2, 0]
    assert OPEN.days_over(OPEN.deadline) == 0
    assert (OPEN.word, DONE.word) == ("未销号", "已销号")
    assert time_limit(TODAY, replace(rules, calendar=None)) == TODAY + timedelta(days=14)
    assert time_limit(TODAY, replace(rules, calendar=None), 7) == TODAY + timedelta(days=7)


def test_what_happened_to_a_matter_is_named() -> None:
    actions = {
        (None, OPEN): MatterAction.OPEN, (OPEN, OPEN): None,
        (OPEN, replace(OPEN, note="")): MatterAction.CHANGE, (OPEN, settle(OPEN, TODAY)): MatterAction.SETTLE,
        (DONE, reopen(DONE, "没完")): MatterAction.REOPEN,
    }  # fmt: skip
    assert {pair: action_between(*pair) for pair in actions} == actions
    assert [action.label for action in MatterAction] == ["提出", "修改", "销号", "恢复"]
    events = [MatterEvent(NINE, "王敏", MatterAction.OPEN, one) for one in (OPEN, DONE)]
    events.append(MatterEvent(NINE, "王敏", MatterAction.SETTLE, settle(OPEN, TODAY)))
    assert current_matters(events) == (settle(OPEN, TODAY), DONE)


def test_a_sheet_lists_what_is_open_and_what_was_settled_since() -> None:
    both = (OPEN, DONE)
    assert on_the_sheet(both, None) == both
    assert on_the_sheet(both, date(2026, 10, 20)) == both
    assert on_the_sheet(both, date(2026, 10, 21)) == (OPEN,)


def test_the_meeting_before_a_day_and_the_quarter_it_looks_at() -> None:
    def meeting(day: int, hour: int = 9) -> Meeting:
        at = datetime(2026, 10, day, hour, tzinfo=UTC)
        return Meeting(at, date(2026, 10, day), Q3, "2023.1", "1", ())

    first, second, again = meeting(2), meeting(16), meeting(16, 15)
    assert last_meeting([first, second, again], TODAY) == again
    assert last_meeting([second, first], TODAY) == second
    assert last_meeting([first, second], date(2026, 10, 16)) == first
    assert last_meeting([first], first.day) is None
    assert second.has_same_content(again)
    assert not second.has_same_content(replace(again, plan_version="2"))
    days = {
        (1, 1): "2025Q4",
        (3, 31): "2025Q4",
        (4, 1): "2026Q1",
        (10, 1): "2026Q3",
        (12, 31): "2026Q3",
    }
    assert {day: str(period_before(date(2026, *day))) for day in days} == days


# --- files side by side ----------------------------------------------------------------------


def outline(file: Any) -> Outline:
    return Outline(file.path, file.sha256, file.status, file.agency, file.period, 1, 0)


def together(plan: Plan, *files: Any) -> dict[int, list[str]]:
    found = find_together([outline(one) for one in files], plan, lambda index: files[index])
    return {index: told(findings) for index, findings in found.items()}


def test_copies_and_versions_are_told_apart(plan: Plan, snapshot: Any) -> None:
    one, other = sent(row("1", "4.9")), sent(row("1", "5"))
    copy = replace(one, path="别处\\副本.xlsx")
    third = replace(sent(row("1", "6")), path="收件/第三份.xlsx")
    assert together(plan, one, sent(row("13", "9"), agency=SOCIAL)) == {}
    assert together(plan, one, copy) == snapshot
    assert together(plan, one, other, third, copy) == snapshot
    for nobody in (replace(other, agency=None), replace(other, period=None)):
        assert together(plan, one, nobody) == {}
    unread = [replace(file, sha256="", agency=None) for file in (one, other)]
    assert together(plan, *unread) == {}, "what could not be read is no copy of anything"


def test_a_figure_is_held_against_the_streets_once_all_have_sent_theirs(
    plan: Plan, snapshot: Any
) -> None:
    item = next(one for one in plan.items() if one.aggregation is Aggregation.SUM)
    names = [one.name for one in plan.agencies if one.level == "街道"]
    streets = [sent(row(item.code, "2"), agency=name) for name in names]
    total = str(2 * len(names))
    whole = sent(row("1", "4"), row(item.code, "20"), agency=item.reporting_agency)
    assert together(plan, whole, *streets) == snapshot
    assert together(plan, *streets, sent(row(item.code, total), agency=item.reporting_agency)) == {}
    assert together(plan, whole, *streets[1:]) == {}
    assert together(plan, *streets) == {}
    bare = replace(whole, records=tuple(replace(one, source=None) for one in whole.records))
    assert together(plan, bare, *streets) == snapshot


def test_a_catalogue_keeps_to_its_own_codes() -> None:
    catalogue = Catalogue("Z")
    assert catalogue.warning("Z101", "试", "请核对。").severity is Severity.WARNING
    assert catalogue.error("Z102", "试", "请改正。").severity is Severity.ERROR
    for code in ("Z101", "V101"):
        with pytest.raises(ValueError, match=f"finding code {code} is taken, or another"):
            catalogue.warning(code, "试", "请核对。")


# --- rules -----------------------------------------------------------------------------------


def test_rules_that_contradict_themselves_are_told(rules: Rules, snapshot: Any) -> None:
    assert disagreements(rules) == ()
    wrong = replace(
        rules, gap_amber_pp=Decimal(5), review_above=Decimal(9), magnitude_low=rules.magnitude_high,
        magnitude_match_low=Decimal(9), score_red=Decimal(999),
        projects=replace(rules.projects, gap_amber_pp=Decimal(5)),
    )  # fmt: skip
    assert disagreements(wrong) == snapshot
    edge = replace(
        rules, gap_amber_pp=rules.gap_green_pp, review_above=rules.rate_maximum,
        magnitude_match_low=rules.magnitude_match_high, score_red=rules.score_green,
        score_amber=rules.score_green,
        projects=replace(rules.projects, gap_amber_pp=rules.projects.gap_green_pp),
    )  # fmt: skip
    assert disagreements(edge) == ()


def test_rules_come_back_whole_and_what_is_left_out_is_the_base_s(rules: Rules) -> None:
    plain = replace(rules, calendar=None)
    document = rules_document(plain)
    assert rules_from_document(document) == plain
    assert rules_from_document({}, rules) == rules
    changed = rules_from_document(
        {
            "gap_green_pp": -1, "domain_red_share": "1/3", "deadline_days": {"monthly": 9},
            "magnitude_powers": [3], "projects": {"node_near_days": 5, "gap_amber_pp": -7},
        },
        rules,
    )  # fmt: skip
    assert (changed.gap_green_pp, changed.domain_red_share) == (Decimal(-1), Fraction(1, 3))
    assert changed.deadline_days == {**rules.deadline_days, "monthly": 9}
    assert (changed.magnitude_powers, changed.calendar) == ((3,), rules.calendar)
    assert (changed.projects.node_near_days, changed.projects.gap_amber_pp) == (5, Decimal(-7))
    assert changed.projects.frequency == rules.projects.frequency
    for name in ("gap_green_pp", "projects"):
        with pytest.raises(KeyError):
            rules_from_document({key: value for key, value in document.items() if key != name})


def test_a_sheet_read_back_twice_raises_its_new_rows_once(plan: Plan, rules: Rules) -> None:
    new = MatterRow(
        where="调度单!A9",
        number="",
        title="协调校车",
        agency=plan.agencies[0].name,
        deadline=date(2026, 12, 31),
        state="",
        settled=None,
    )
    ((_, raised),), problems = changed_by([new], [OPEN], plan, TODAY, rules)
    assert problems == ()
    again, _ = changed_by([new], [OPEN, raised], plan, TODAY, rules)
    assert again == ()
    other, _ = changed_by([replace(new, title="协调食堂")], [OPEN, raised], plan, TODAY, rules)
    assert len(other) == 1
