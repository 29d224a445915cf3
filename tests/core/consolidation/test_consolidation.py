from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_records import (
    BLANK,
    EDUCATION,
    HEALTH,
    NOON,
    SOCIAL,
    merged,
    row,
    sent,
    values,
)
from support.examples import tried

from qiyx_xl.core.consolidation.versions import Outcome, resolve_versions
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.data import read_text
from qiyx_xl.papers.json.consolidation import consolidation_document

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan


# --- versions --------------------------------------------------------------------------------


def test_a_blank_never_replaces_a_number() -> None:
    settled = resolve_versions([row("1", "4.9"), row("1", BLANK, saved=5)])
    assert settled.record.actual == Decimal("4.9")
    assert settled.outcomes == (Outcome.CURRENT, Outcome.NOT_USED)


def test_zero_and_not_applicable_do_replace_a_number() -> None:
    for later in (Decimal(0), Absence.NOT_APPLICABLE, Word.FULL_COVERAGE):
        assert resolve_versions([row("1", "4.9"), row("1", later, saved=5)]).record.actual == later


def test_what_cannot_be_read_never_replaces_a_value_but_replaces_a_blank() -> None:
    puzzling = Unreadable("九成左右", "不是确数")
    assert resolve_versions(
        [row("1", "4.9"), row("1", puzzling, saved=5)]
    ).record.actual == Decimal("4.9")
    blank = row("1", BLANK, remark="待统计")
    assert resolve_versions([blank, row("1", puzzling, saved=5)]).record.actual == puzzling


def test_a_second_number_left_blank_later_is_carried_on() -> None:
    settled = resolve_versions([row("15", "63", second="64.5"), row("15", "64", saved=5)])
    assert (settled.record.actual, settled.record.second) == (Decimal(64), Decimal("64.5"))


def test_a_second_number_that_comes_later_is_a_revision_of_its_own() -> None:
    settled = resolve_versions([row("15", "63"), row("15", "63", saved=5, second="64.5")])
    assert settled.record.second == Decimal("64.5")
    assert settled.outcomes == (Outcome.REVISED, Outcome.CURRENT)


def test_a_second_number_alone_does_not_move_the_numbers_source() -> None:
    settled = resolve_versions(
        [row("15", "63", file="甲"), row("15", BLANK, saved=5, second="64", file="乙")]
    )
    assert settled.record.source is not None
    assert (settled.record.source.file, settled.record.second) == ("甲", Decimal(64))


def test_a_remark_stays_with_its_own_value() -> None:
    first = row("1", "4.9", remark="受极端天气影响")
    assert resolve_versions([first, row("1", "5.2", saved=5)]).record.remark == ""
    assert resolve_versions([first, row("1", "4.90", saved=5)]).record.remark == "受极端天气影响"
    assert (
        resolve_versions([first, row("1", BLANK, saved=5, remark="已核")]).record.remark == "已核"
    )


def test_a_file_older_than_any_that_came_before_it_has_never_stood() -> None:
    settled = resolve_versions(
        [row("1", "3", saved=9), row("1", "1", saved=1), row("1", "2", saved=2)]
    )
    assert settled.record.actual == Decimal(3)
    assert settled.outcomes == (Outcome.CURRENT, Outcome.OVERTAKEN, Outcome.OVERTAKEN)


# --- one batch -------------------------------------------------------------------------------


def test_only_accepted_files_are_taken_and_the_others_are_reported(plan: Plan) -> None:
    good = sent(row("1", "4.9"))
    bad = sent(row("13", "3万"[:1]), agency=SOCIAL, status=SubmissionStatus.RETURNED)
    torn = sent(agency=EDUCATION, status=SubmissionStatus.UNREADABLE)
    outcome = merged(plan, bad, torn, good)
    assert (outcome.accepted[0].sha256, outcome.returned, outcome.unreadable) == (
        good.sha256,
        (bad,),
        (torn,),
    )
    assert values(outcome) == {"1": "4.9"}


def test_the_same_content_under_two_names_is_taken_once_under_the_shorter(plan: Plan) -> None:
    one = sent(row("1", "4.9"))
    copy = Submission(
        "收件/卫健局(最终版2)(1)(定稿).xlsx",
        one.sha256,
        one.status,
        one.agency,
        one.period,
        one.contact,
        one.modified,
        one.records,
    )
    for files in ((one, copy), (copy, one)):
        outcome = merged(plan, *files)
        assert [file.path for file in outcome.accepted] == [one.path]
        assert [file.path for file in outcome.duplicates] == [copy.path]


def test_two_files_of_one_agency_in_one_batch_are_a_revision(plan: Plan) -> None:
    outcome = merged(plan, sent(row("1", "5.1"), saved=9), sent(row("1", "4.9"), saved=0))
    assert [str(one.actual) for one in outcome.new] == ["4.9"]
    (revision,) = outcome.revised
    assert (str(revision.before.actual), str(revision.after.actual)) == ("4.9", "5.1")
    assert [one.findings for one in outcome.accepted] == [(), ()]


def test_two_files_saved_at_the_same_moment_are_told_apart_by_hash_and_pointed_out(
    plan: Plan,
) -> None:
    files = [sent(row("1", "4.9"), saved=None), sent(row("1", "5.1"), saved=None)]
    winner = max(files, key=lambda one: one.sha256)
    for batch in (files, files[::-1]):
        outcome = merged(plan, *batch)
        assert values(outcome) == {"1": str(winner.records[0].actual)}
        (finding,) = outcome.accepted[-1].findings
        assert finding.code == "C103"
        assert finding.severity is Severity.WARNING


def test_a_file_dated_in_the_future_counts_as_saved_now(plan: Plan) -> None:
    ahead = sent(row("1", "9"), saved=60 * 24 * 700)
    outcome = merged(plan, ahead)
    assert outcome.records[0].source is not None
    assert outcome.records[0].source.saved_at == NOON
    later = sent(row("1", "5.1"), saved=60 * 24)
    corrected = merged(plan, later, logged=outcome.records, at=NOON + timedelta(days=2))
    assert values(corrected) == {"1": "5.1"}


def test_a_file_for_another_period_or_of_nobody_goes_back(plan: Plan) -> None:
    other = sent(row("1", "4.9"), period=Period.parse("2026Q2"))
    nobody = sent(row("1", "4.8"), period=None)
    outcome = merged(plan, other, nobody)
    assert outcome.records == ()
    assert sorted(one.findings[0].code for one in outcome.returned) == ["C102", "T114"]
    assert {one.status for one in outcome.returned} == {SubmissionStatus.RETURNED}


def test_a_closed_period_takes_nothing_without_a_reason(plan: Plan) -> None:
    first, late = sent(row("1", "4.9")), sent(row("1", "5.1"), saved=9)
    logged = merged(plan, first).records
    outcome = merged(plan, first, late, logged=logged, known=(first.sha256,), closed=True)
    assert values(outcome) == {"1": "4.9"}
    assert outcome.duplicates == (first,)
    (back,) = outcome.returned
    assert str(back.findings[0]) == (
        "[C101 必须改] 2026年三季度已经封账，这份文件没有收入台账。"
        "确需更正的，请说明理由后按“更正”补录（--as-revision）。"
    )
    revised = merged(plan, late, logged=logged, closed=True, revision_reason="审计调整")
    assert (values(revised), revised.reason) == ({"1": "5.1"}, "审计调整")


def test_partial_acceptance_takes_the_good_rows_of_a_returned_file_only_if_asked(
    plan: Plan,
) -> None:
    error = Finding("V104", Severity.ERROR, "请改。", "填报表", "G7")
    file = sent(
        row("1", "4.9"), row("2", "66"), status=SubmissionStatus.RETURNED, findings=(error,)
    )
    assert values(merged(plan, file)) == {}
    outcome = merged(plan, file, partial=True)
    assert values(outcome) == {"1": "4.9"}
    assert (outcome.returned, len(outcome.accepted)) == ((file,), 1)
    whole = Finding("T110", Severity.ERROR, "请改。")
    hopeless = sent(row("1", "4.9"), status=SubmissionStatus.RETURNED, findings=(whole,))
    assert values(merged(plan, hopeless, partial=True)) == {}


def test_partial_acceptance_takes_neither_of_two_numbers_for_one_item(plan: Plan) -> None:
    twice = Finding("T123", Severity.ERROR, "请只保留一处。", "填报表", "G9", value="1")
    file = sent(
        row("1", "4.9"),
        row("2", "66", cell="G7"),
        status=SubmissionStatus.RETURNED,
        findings=(twice,),
    )
    assert values(merged(plan, file, partial=True)) == {"2": "66"}


@pytest.mark.parametrize("code", ["T106", "T107", "T110", "T115", "T139"])
def test_a_cell_that_puts_the_whole_file_in_doubt_leaves_no_good_rows(
    plan: Plan, code: str
) -> None:
    at_a_cell = Finding(code, Severity.ERROR, "请改。", "填报表", "A2")
    file = sent(row("1", "4.9"), status=SubmissionStatus.RETURNED, findings=(at_a_cell,))
    assert values(merged(plan, file, partial=True)) == {}


@tried(1.5)
@given(st.data())
def test_any_order_of_the_same_files_gives_the_same_result(plan: Plan, data: st.DataObject) -> None:
    cells = st.sampled_from(["1", "2", BLANK, Absence.NOT_APPLICABLE, Unreadable("x", "y")])
    files = [
        sent(
            *(
                row(code, actual, second=data.draw(st.sampled_from([None, "7", "8"])))
                for code, actual in data.draw(
                    st.dictionaries(st.sampled_from(["1", "2", "13"]), cells, min_size=1)
                ).items()
            ),
            agency=data.draw(st.sampled_from([HEALTH, SOCIAL])),
            saved=data.draw(st.sampled_from([None, 0, 1, 2])),
            status=data.draw(st.sampled_from([*SubmissionStatus, SubmissionStatus.ACCEPTED])),
        )
        for _ in range(data.draw(st.integers(1, 6)))
    ]
    # The same content is the same verdict.
    files = list({one.sha256: one for one in files}.values())
    shuffled = data.draw(st.permutations(files))
    assert merged(plan, *files) == merged(plan, *shuffled)


# --- the report ------------------------------------------------------------------------------


def test_the_report_is_as_its_schema_says(plan: Plan) -> None:
    schema = json.loads(read_text("schemas/consolidation-report.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    first = merged(plan, sent(row("1", "4.9", second="3")))
    warning = Finding("V201", Severity.WARNING, "请核对。", "填报表", "G6", "本期实际值", "4.9")
    outcome = merged(
        plan,
        sent(row("1", "5.1"), row("T3-1-01", "9"), saved=5, findings=(warning,)),
        sent(row("1", "6"), agency=SOCIAL),
        sent(agency=EDUCATION, status=SubmissionStatus.RETURNED, findings=(warning,)),
        sent(agency=EDUCATION, saved=3, status=SubmissionStatus.UNREADABLE),
        first.accepted[0],
        logged=first.records,
        known=(first.accepted[0].sha256,),
    )
    document = consolidation_document(
        plan, outcome, ledger="七优享台账.xlsm", sha256_before="0" * 64, sha256_after="1" * 64
    )
    document = json.loads(json.dumps(document, allow_nan=False))
    jsonschema.Draft202012Validator(schema).validate(document)
    (revised,) = document["revised"]
    assert (revised["indicator"], revised["agency"], revised["changed"]) == (1, HEALTH, ["actual"])
    assert (revised["before"], revised["after"]) == (
        {"actual": "4.9", "second": "3"},
        {"actual": "5.1", "second": "3"},
    )
    (conflict,) = document["conflicts"]
    assert (conflict["left"]["actual"], conflict["right"]["actual"]) == ("5.1", "6")
    assert len(document["unchanged"]) == 1
    assert document["missing"][0]["agency"] == HEALTH
    dry = consolidation_document(plan, outcome)
    jsonschema.Draft202012Validator(schema).validate(dry)
    assert dry["ledger"]["sha256_after"] is None
