"""A form issued before the plan was revised is judged by the plan it was issued by, row by row."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.filled_in import fill

from qiyx_xl.app import load_plan, load_rules
from qiyx_xl.app.validation import validate_files
from qiyx_xl.core.plan.timeline import Adoption, Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.forms.write import distribute_forms

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qiyx_xl.core.plan.model import Indicator, Plan
    from qiyx_xl.core.records.submission import Submission

PLAN = load_plan()
Q3 = Period.parse("2026Q3")
HEALTH, INSURANCE, RENAMED = "区卫健局", "区医保部门", "区卫生健康委"


@pytest.fixture(scope="module")
def form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The form of 区卫健局 as the shipped plan issues it, filled in."""
    folder = tmp_path_factory.mktemp("下发")
    distribute_forms(folder, PLAN, load_rules(), Q3, NoHistory())
    (path,) = folder.glob(f"{HEALTH}*.xlsx")
    fill(path)
    return path


def judged(form: Path, plan: Plan, period: Period | None = Q3) -> Submission:
    plans = Plans((Adoption(PLAN), Adoption(plan, Q3)))
    (submission,) = validate_files([form], plan=plans, period=period).submissions
    return submission


def with_indicator(code: str, change: Callable[[Indicator], Indicator]) -> Plan:
    indicators = tuple(change(one) if one.code == code else one for one in PLAN.indicators)
    return replace(PLAN, version="2", indicators=indicators)


def codes(submission: Submission) -> set[str]:
    return {record.code for record in submission.records}


def said(submission: Submission, before: Submission) -> list[str]:
    """What is said of a form that is not said by the plan it was issued by."""
    known = {str(finding) for finding in before.findings}
    return [finding.code for finding in submission.findings if str(finding) not in known]


@pytest.fixture(scope="module")
def as_issued(form: Path) -> Submission:
    (submission,) = validate_files([form], plan=PLAN, period=Q3).submissions
    return submission


def test_a_version_alone_returns_no_form(form: Path, as_issued: Submission) -> None:
    revised = judged(form, replace(PLAN, version="2"))
    assert (revised.records, revised.findings) == (as_issued.records, as_issued.findings)
    assert revised.status is as_issued.status


def test_of_a_moved_item_only_its_row_is_not_taken(form: Path, as_issued: Submission) -> None:
    moved = judged(form, with_indicator("12", lambda one: replace(one, lead_agency=INSURANCE)))
    assert said(moved, as_issued) == ["T147"]
    assert codes(moved) == codes(as_issued) - {"12"}
    assert moved.status is as_issued.status


def test_the_lead_agency_s_figure_of_a_moved_item_is_taken_as_its_claim(
    form: Path, as_issued: Submission
) -> None:
    moved = judged(
        form, with_indicator("12", lambda one: replace(one, responsible_agency=INSURANCE))
    )
    assert said(moved, as_issued) == ["T129"]
    assert codes(moved) == codes(as_issued)


def test_a_retired_item_s_row_is_not_taken(form: Path, as_issued: Submission) -> None:
    fewer = tuple(one for one in PLAN.indicators if one.code != "12")
    retired = judged(form, replace(PLAN, version="2", indicators=fewer))
    assert said(retired, as_issued) == ["T146"]
    assert codes(retired) == codes(as_issued) - {"12"}


def test_a_revised_target_is_said_and_the_number_taken(form: Path, as_issued: Submission) -> None:
    def higher(one: Indicator) -> Indicator:
        target = replace(one.targets[2026], printed="75", value=Decimal(75))
        return replace(one, targets={**one.targets, 2026: target})

    revised = judged(form, with_indicator("12", higher))
    assert said(revised, as_issued) == ["T148"]
    assert codes(revised) == codes(as_issued)


def test_a_revised_measure_returns_the_form(form: Path, as_issued: Submission) -> None:
    revised = judged(form, with_indicator("12", lambda one: replace(one, measure="万人")))
    assert said(revised, as_issued) == ["T149"]
    assert revised.status is SubmissionStatus.RETURNED


def test_a_new_item_is_not_missed_on_an_old_form(form: Path, as_issued: Submission) -> None:
    new = replace(PLAN.indicators[11], code="22", number=22, name="签约居民数", clause="表-22")
    more = judged(form, replace(PLAN, version="2", indicators=(*PLAN.indicators, new)))
    assert said(more, as_issued) == []


def test_a_number_that_now_means_another_item_stays_the_one_it_was_sent_for(
    form: Path, as_issued: Submission
) -> None:
    swapped = {"11": 12, "12": 11}
    renumbered = replace(
        PLAN,
        version="2",
        indicators=tuple(
            replace(one, number=swapped.get(one.code, one.number)) for one in PLAN.indicators
        ),
    )
    assert judged(form, renumbered).records == as_issued.records


def test_a_renamed_agency_s_old_form_is_its_own(form: Path, as_issued: Submission) -> None:
    def renamed(name: str | None) -> str | None:
        return RENAMED if name == HEALTH else name

    def under(item: Indicator) -> Indicator:
        return replace(
            item,
            lead_agency=renamed(item.lead_agency),  # type: ignore[arg-type]
            responsible_agency=renamed(item.responsible_agency),
        )

    plan = replace(
        PLAN,
        version="2",
        agencies=tuple(
            replace(one, name=RENAMED, earlier_names=(HEALTH,)) if one.name == HEALTH else one
            for one in PLAN.agencies
        ),
        domains=tuple(
            replace(one, lead_agency=renamed(one.lead_agency))  # type: ignore[arg-type]
            for one in PLAN.domains
        ),
        indicators=tuple(map(under, PLAN.indicators)),
        goals=tuple(map(under, PLAN.goals)),  # type: ignore[arg-type]
        milestones=tuple(map(under, PLAN.milestones)),  # type: ignore[arg-type]
    )
    submission = judged(form, plan)
    assert submission.agency == RENAMED
    assert {record.agency for record in submission.records} == {RENAMED}
    assert codes(submission) == codes(as_issued)
    assert "T107" not in {finding.code for finding in submission.findings}


def test_without_a_period_each_form_goes_by_the_plan_of_its_own(
    form: Path, as_issued: Submission
) -> None:
    moved = with_indicator("12", lambda one: replace(one, responsible_agency=INSURANCE))
    later = Plans((Adoption(PLAN), Adoption(moved, Period.parse("2026Q4"))))
    (submission,) = validate_files([form], plan=later).submissions
    assert submission.records == as_issued.records
