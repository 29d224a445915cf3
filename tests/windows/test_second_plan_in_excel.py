"""The ledger of another district in one Excel with the shipped one: all answers by its own plan."""

from __future__ import annotations

import pytest
from support import second_plan

from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS

pytestmark = pytest.mark.wine

PLAN = second_plan.plan()


@pytest.fixture
def second(seen):
    return seen("second_plan")


def test_every_button_works_and_says_nothing_of_another_plan(second):
    pressed = {control.action for control in CONTROLS}
    assert pressed <= set(second)
    for action in pressed:
        *asked, sentence = second[action]["said"]
        assert bool(asked) == (action == "adopt")
        assert "没有做成" not in sentence, (action, sentence)
        for word in second_plan.foreign_words():
            assert word not in sentence, (action, sentence)
            assert not any(word in status for status in second[action]["statuses"])


def test_the_forms_of_its_own_agencies_are_taken_in(second):
    rows = second["consolidate"]["sheets"]["填报记录"][3:]
    agencies = {row[3] for row in rows}
    assert agencies <= {agency.name for agency in PLAN.agencies} | {PLAN.total_name}
    assert len(rows) > 20


def test_every_function_answers_by_its_own_plan(second):
    answers = second["answers"]
    assert set(answers) == {function.name for function in FUNCTIONS}
    assert answers["QYX_VERSION"].startswith(PLAN.title)
    assert answers["QYX_INFO"] == "公交通村率"
    assert answers["QYX_STATUS"] == "绿"
    assert len(answers["QYX_PLAN"]) == 1 + len(PLAN.indicators)


def test_one_call_answers_all_its_plan_sheets(second):
    numbers = [row[0] for row in second["rows"][1 : 1 + len(PLAN.indicators)]]
    assert numbers == [float(one.number) for one in PLAN.indicators]


def test_a_revision_of_its_plan_is_told_in_words_and_adopted(second):
    question, sentence = second["adopt"]["said"]
    assert f"由{second_plan.NEW_REPORTER}填报" in question
    assert sentence.startswith(f"已采用“{PLAN.title}”（2026.2）")
    assert [entry[0] for entry in second["adopt"]["log"]].count("InputBox") == 1


def test_its_files_bear_its_own_names(second):
    assert any(name.startswith("方案_2026.1") for name in second["papers"])
    assert any(name.startswith("民生八有台账_") for name in second["papers"])
    for word in ("七优享", "北仑"):
        assert not any(word in name for name in second["papers"])
