from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_figures import drawn_figure

from qiyx_xl.core.consolidation.conflicts import Decision, DecisionKind
from qiyx_xl.core.consolidation.versions import Outcome
from qiyx_xl.core.history.closing import Closing, ClosingError, close, closing_in_force, reopen
from qiyx_xl.core.history.differences import Change, difference, difference_document
from qiyx_xl.core.history.snapshot import Figure, figures, frozen_lines
from qiyx_xl.core.history.trace import trace
from qiyx_xl.core.primitives.codec import decode_actual, encode_actual
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence, Unreadable, Word
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import status_lines
from qiyx_xl.core.records.log_entries import LoggedRecord
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source
from qiyx_xl.data import read_text

if TYPE_CHECKING:
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

Q2, Q3 = Period.parse("2026Q2"), Period.parse("2026Q3")
TODAY = date(2026, 11, 23)
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HEALTH, HOUSING = "区卫健局", "区住建局"


def record(code: str, value: str, agency: str = HEALTH, *, cell: str = "G6") -> Record:
    source = Source(f"{agency}_{Q3}.xlsx", "ab" * 32, "填报表", cell, NOON)
    return Record(code, Q3, agency, Decimal(value), as_written=value, source=source)


def stand(plan: Plan, rules: Rules, *records: Record, period: Period = Q3) -> tuple[Figure, ...]:
    return figures(status_lines(plan, rules, period, records, TODAY))


# --- closing ---------------------------------------------------------------------------------


def test_closing_freezes_values_lamps_and_versions(plan: Plan, rules: Rules) -> None:
    lines = status_lines(plan, rules, Q3, [record("18", "97", HOUSING)], TODAY)
    closing = close(plan, rules, Q3, lines, [], at=NOON, by="张三")
    frozen = {figure.code: figure for figure in closing.figures}
    assert (closing.plan_version, closing.rules_version) == (plan.version, rules.version)
    assert {code: one.light for code, one in frozen.items()} == {
        line.item.code: line.rating.light for line in lines
    }


def test_frozen_lines_are_rated_as_they_were_whatever_the_rules_say_now(
    plan: Plan, rules: Rules
) -> None:
    last_year = replace(record("12", "51.25"), period=Period.parse("2025"))
    records = [record("18", "95.96", HOUSING), record("1", "4.9"), record("12", "62.5"), last_year]
    lines = status_lines(plan, rules, Q3, records, TODAY)
    frozen = json.loads(json.dumps([figure.to_json() for figure in figures(lines)]))
    thawed = frozen_lines(plan, [Figure.from_json(figure, Q3) for figure in frozen])
    assert [line.rating for line in thawed] == [line.rating for line in lines]
    assert [line.item for line in thawed] == [line.item for line in lines]
    assert [line.previous for line in thawed] == [line.previous for line in lines]
    assert Decimal("51.25") in [line.previous for line in thawed]
    kept = {line.item.code: line.record for line in thawed}["18"]
    assert kept is not None
    assert (kept.code, kept.agency, kept.period, kept.actual) == (
        "18",
        HOUSING,
        Q3,
        Decimal("95.96"),
    )
    assert kept.source is not None
    assert kept.source.cell == "G6"


def test_frozen_figures_come_back_from_json_as_they_were(plan: Plan, rules: Rules) -> None:
    for figure in stand(plan, rules, record("1", "4.90"), record("15", "0")):
        assert Figure.from_json(json.loads(json.dumps(figure.to_json())), Q3) == figure


def test_a_figure_is_stored_under_the_names_it_always_had() -> None:
    """Stores are sealed over these texts: another order of names is another seal."""
    names = (
        "code kind actual light state display reason agency file sha256 sheet cell remark"
        " comparator target_printed met flags second previous target completion_rate"
        " scheduled_progress progress schedule_gap_pp"
    )
    document = drawn_figure(code="1", actual=Decimal("4.90"), file="甲.xlsx").to_json()
    assert list(document) == names.split()
    assert (document["kind"], document["actual"], document["file"]) == ("number", "4.90", "甲.xlsx")
    with pytest.raises(ValueError, match="not a figure"):
        Figure.from_json({**document, "new": "later"}, Q3)


def test_a_closing_keeps_the_whole_rule_file(plan: Plan, rules: Rules) -> None:
    closing = close(plan, rules, Q3, (), [], at=NOON, by="张三")
    changed = replace(rules, score_amber=Decimal(50), domain_red_share=Fraction(1, 7))
    assert closing.rules_at_closing(changed) == rules
    assert close(plan, changed, Q3, (), [], at=NOON, by="张三").rules_at_closing(rules) == changed


def test_a_closed_period_cannot_be_closed_again_and_reopening_needs_a_reason(
    plan: Plan, rules: Rules
) -> None:
    first = close(plan, rules, Q3, (), [], at=NOON, by="张三")
    with pytest.raises(ClosingError) as again:
        close(plan, rules, Q3, (), [first], at=NOON, by="张三")
    assert str(again.value) == (
        "2026年三季度已于 2026-11-23 12:00 封账，没有重复封账。"
        "要重新封账，请先用 qiyx reopen 启封并说明理由。"
    )
    with pytest.raises(ClosingError, match="要说明理由"):
        reopen(Q3, [first], at=NOON, by="张三", reason="  ")
    with pytest.raises(ClosingError, match="2026年二季度没有封账，不用启封"):
        reopen(Q2, [first], at=NOON, by="张三", reason="误操作")
    opened = reopen(Q3, [first], at=NOON, by="张三", reason="误操作")
    history = [first, opened]
    assert closing_in_force([first], Q3) is first
    assert closing_in_force(history, Q3) is None
    second = close(plan, rules, Q3, (), history, at=NOON, by="张三")
    assert closing_in_force([*history, second], Q3) is second


@pytest.mark.slow
@given(
    st.one_of(
        st.decimals(allow_nan=False, allow_infinity=False),
        st.sampled_from([*Word, *Absence]),
        st.builds(Unreadable, st.text(), st.text(st.characters(exclude_characters="\x1f"))),
    )
)
def test_every_value_comes_back_from_its_two_texts(actual: Decimal | Word | Unreadable) -> None:
    kind, text = encode_actual(actual)
    again = decode_actual(kind, text)
    assert again == actual
    assert type(again) is type(actual)
    assert "e" not in text.lower() or kind != "number"


def test_an_unknown_kind_of_value_is_refused() -> None:
    with pytest.raises(ValueError, match="no colour"):
        decode_actual("colour", "red")


# --- difference ------------------------------------------------------------------------------


def test_a_difference_says_by_how_much_which_lamp_and_whose_file(plan: Plan, rules: Rules) -> None:
    before = stand(plan, rules, record("18", "90", HOUSING))
    after = stand(plan, rules, record("18", "97", HOUSING))
    (change,) = difference(plan, before, after)
    assert (change.code, change.delta, change.word, change.direction) == ("18", 7, "红→绿", 1)
    assert change.share == Decimal(7) / Decimal(90)
    assert change.describe("住宅小区专业物业服务覆盖率") == (
        "住宅小区专业物业服务覆盖率：90 → 97（增 7），红→绿；"
        "区住建局，区住建局_2026Q3.xlsx ▸ 填报表!G6。"
    )


def test_nothing_changed_is_no_difference_whatever_the_file(plan: Plan, rules: Rules) -> None:
    before = stand(plan, rules, record("1", "4.9", cell="G6"))
    after = stand(plan, rules, record("1", "4.90", cell="H9"))
    assert difference(plan, before, after) == ()


def test_a_number_that_came_or_went_has_no_delta(plan: Plan, rules: Rules) -> None:
    nothing, something = stand(plan, rules), stand(plan, rules, record("1", "4.9"))
    (came,) = difference(plan, nothing, something)
    (went,) = difference(plan, something, nothing)
    assert (came.delta, came.share, came.direction) == (None, None, 0)
    assert came.describe("托位数").startswith("托位数：未填 → 4.9，灰→")
    assert went.describe("托位数").startswith("托位数：4.9 → 未填，")


def test_a_share_of_zero_does_not_exist() -> None:
    def figure(value: str, light: Light) -> Figure:
        return drawn_figure(code="9", actual=Decimal(value), light=light)

    change = Change("9", figure("0", Light.GREEN), figure("3", Light.AMBER))
    assert (change.delta, change.share, change.direction) == (3, None, -1)
    fallen = Change("9", figure("-4", Light.RED), figure("-6", Light.RED))
    assert (fallen.delta, fallen.share, fallen.turned) == (-2, Decimal("-0.5"), False)
    assert fallen.describe("余额") == "余额：-4 → -6（减 2），红。"


def test_an_item_new_to_the_plan_is_a_change_with_one_side(plan: Plan) -> None:
    figure = drawn_figure(code="X9", actual=Decimal(1))
    (change,) = difference(plan, [], [figure])
    assert (change.before, change.after) == (None, figure)


def test_the_difference_document_is_as_its_schema_says(plan: Plan, rules: Rules) -> None:
    schema = json.loads(read_text("schemas/difference.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    extra = drawn_figure(code="X9", actual=Decimal(1))
    changes = difference(
        plan,
        stand(plan, rules, record("18", "90", HOUSING), record("1", "4.9")),
        (*stand(plan, rules, record("18", "97", HOUSING)), extra),
    )
    document = json.loads(
        json.dumps(difference_document(plan, changes, period="2026Q3", against="2026Q2"))
    )
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["summary"] == {"changed": 3, "better": 1, "worse": 0}
    by_code = {one["indicator"]: one for one in document["changes"]}
    assert (by_code[18]["delta"], by_code[18]["turned"]) == ("7", True)
    assert by_code[1]["after"]["actual"] is None
    assert (by_code["X9"]["before"], by_code["X9"]["name"]) == (None, None)


# --- trace -----------------------------------------------------------------------------------


def test_a_trace_tells_who_sent_what_and_what_became_of_it(plan: Plan, rules: Rules) -> None:
    def logged(value: str, minutes: int, run: int, *, reason: str = "") -> LoggedRecord:
        at = NOON + timedelta(minutes=minutes)
        source = Source(f"{run}.xlsx", f"{run}" * 64, "填报表", "G6", at)
        one = Record("1", Q3, HEALTH, Decimal(value), as_written=f"{value}个", source=source)
        return LoggedRecord(one, at, run, current=False, reason=reason)

    versions = [logged("4.9", 0, 1), logged("5.1", 60, 2, reason="审计调整")]
    decisions = [
        Decision(
            DecisionKind.FIGURE,
            NOON + timedelta(minutes=90),
            "李四",
            "以卫健为准",
            Q3,
            "1",
            HEALTH,
            "5.1",
            "区民政局",
            "6",
        ),
        Decision(DecisionKind.CONFIRMED, NOON, "李四", "核实", Q2, "1", HEALTH, "5.1"),
    ]
    closing = close(plan, rules, Q3, (), [], at=NOON + timedelta(minutes=30), by="张三")
    steps = trace(Q3, versions, decisions, [closing])
    assert [str(step) for step in steps] == [
        (
            "2026-11-23 12:00  区卫健局报 4.9，原文“4.9个”，1.xlsx ▸ 填报表!G6，"
            "校验值 111111111111，第 1 次汇总收入；已被更正"
        ),
        "2026-11-23 12:30  张三对2026年三季度封账",
        (
            "2026-11-23 13:00  区卫健局报 5.1，原文“5.1个”，2.xlsx ▸ 填报表!G6，"
            "校验值 222222222222，第 2 次汇总收入（更正：审计调整）；现行"
        ),
        "2026-11-23 13:30  李四决定：采用区卫健局的 5.1，不用区民政局的 6，理由：以卫健为准",
    ]
    assert [step.outcome for step in steps] == [Outcome.REVISED, None, Outcome.CURRENT, None]


def test_a_trace_says_every_kind_of_decision_and_a_second_number() -> None:
    one = Record("15", Q3, HEALTH, Decimal(63), Decimal("64.5"), as_written="63")
    decisions = [
        Decision(
            DecisionKind.VERSION,
            NOON,
            "李四",
            "新件错了一位",
            Q3,
            "15",
            HEALTH,
            "63",
            sha256="ab" * 32,
        ),
        Decision(DecisionKind.CONFIRMED, NOON, "李四", "已电话核实", Q3, "15", HEALTH, "63"),
    ]
    logged = LoggedRecord(one, NOON, 1, current=True)
    assert [step.text for step in trace(Q3, [logged], decisions, [])] == [
        "区卫健局报 63（补充值 64.5），第 1 次汇总收入；现行",
        "李四决定：改用区卫健局较早报送的 63（校验值 abababababab），理由：新件错了一位",
        "李四决定：核实区卫健局的 63 无误，理由：已电话核实",
    ]


def test_a_period_in_which_nothing_happened_has_no_trace() -> None:
    closings: list[Closing] = []
    assert trace(Q3, [], [], closings) == ()
