"""The plan as people and programs read it."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest

from qiyx_xl.core.plan.checks import check_document
from qiyx_xl.core.plan.written import document_of
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.plan import check_plan
from qiyx_xl.papers.plan_tables import (
    goal_rows,
    indicator_rows,
    milestone_rows,
    plan_rows,
    question_rows,
)


def validate(document, schema):
    validator = jsonschema.Draft202012Validator(json.loads(read_text(f"schemas/{schema}")))
    validator.validate(document)


def row_of(rows, code):
    header = rows[0]
    return next(dict(zip(header, row, strict=True)) for row in rows[1:] if row[0] == code)


def test_the_document_of_a_plan_keeps_the_schema_of_plan_files(plan):
    document = document_of(plan)
    validate(document, "plan.schema.json")
    assert json.loads(json.dumps(document, ensure_ascii=False)) == document


@pytest.mark.parametrize("code", ["4", "5"])
def test_4_and_5_say_that_they_are_to_be_confirmed(plan, code):
    assert row_of(indicator_rows(plan), code)["备注"] == "待确认"


def test_tables_are_rectangular_and_hold_every_item(plan):
    tables = plan_rows(plan)
    assert [len(rows) - 1 for rows in tables.values()] == [21, 85, 38, 28]
    for rows in tables.values():
        assert len({len(row) for row in rows}) == 1


def test_remarks_say_what_an_office_should_look_at(plan):
    assert row_of(indicator_rows(plan), "12")["备注"] == "责任单位可能是区医保部门"
    assert row_of(goal_rows(plan), "T3-1-02")["备注"] == "同指标7，只填一次"
    assert row_of(goal_rows(plan), "T5-1-01")["备注"] == "期限推定"
    assert row_of(milestone_rows(plan), "M04")["备注"] == "随指标4、5填报"
    assert row_of(question_rows(plan), "5")["涉及项"] == "7、T3-1-02"


def test_several_remarks_stand_one_behind_the_other(plan):
    goals = tuple(replace(goal, deadline_inferred=True) for goal in plan.goals)
    milestones = tuple(replace(one, deadline_inferred=True) for one in plan.milestones)
    plan = replace(plan, goals=goals, milestones=milestones)
    assert row_of(goal_rows(plan), "T3-1-02")["备注"] == "同指标7，只填一次；期限推定"
    assert row_of(milestone_rows(plan), "M04")["备注"] == "随指标4、5填报；期限推定"


def test_the_answer_of_plan_check_keeps_its_schema(document, check, tmp_path):
    document["indicators"][0]["direction"] = "up"
    del document["indicators"][1]["targets"]["2025"]
    answer = check_document("方案.json", check(document))
    validate(answer, "plan-check.schema.json")
    assert answer["summary"] == {"errors": 1, "warnings": 1}
    assert answer["findings"][0]["place"] == "指标1 · 方向"
    validate(check_document("无", check_plan(tmp_path / "无")), "plan-check.schema.json")
