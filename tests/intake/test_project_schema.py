from __future__ import annotations

import copy
import json

import pytest
from jsonschema import Draft202012Validator

from qiyx_xl.core.forms.cell import Cell
from qiyx_xl.core.forms.vocabulary import FormRow
from qiyx_xl.core.projects.forms import (
    LIVELIHOOD_FORM,
    LIVELIHOOD_SHEET,
    MAJOR_FORM,
    MAJOR_SHEET,
    ProjectColumn,
)
from qiyx_xl.core.projects.rows import ListedTable
from qiyx_xl.data import read_text
from qiyx_xl.intake.form.project_schema import ProjectRows, judge_projects, project_rows

SCHEMA = json.loads(read_text("schemas/project-submission.schema.json"))


def table(**cells) -> ListedTable:
    values = {"CODE": "XM01", "MONEY": 9000, "REMARK": ""} | cells
    row = {
        ProjectColumn[name]: Cell(f"{'ABCDEFGHI'[place]}5", value)
        for place, (name, value) in enumerate(values.items())
    }
    return ListedTable(MAJOR_SHEET, MAJOR_SHEET, {}, (FormRow(5, row),))


def judged(change, **cells) -> list[tuple[str, str | None, str]]:
    rules = copy.deepcopy(SCHEMA["$defs"]["major"])
    change(rules)
    findings = ProjectRows.compile(rules).judge(table(**cells))
    return [(one.code, one.cell, one.message) for one in findings]


def test_the_schema_is_one_and_its_headers_are_the_templates():
    Draft202012Validator.check_schema(SCHEMA)
    for kind, columns in (("major", MAJOR_FORM), ("livelihood", LIVELIHOOD_FORM)):
        about = SCHEMA["$defs"][kind]["properties"]
        assert [one["x-header"] for one in about.values()] == [one.value for one in columns]


def test_every_alias_means_its_own_column():
    for sheet, kind in ((MAJOR_SHEET, "major"), (LIVELIHOOD_SHEET, "livelihood")):
        for about in SCHEMA["$defs"][kind]["properties"].values():
            for text in (about["x-header"], *about.get("x-aliases", ())):
                assert project_rows()[sheet].headers.key(text) == about["x-header"]


@pytest.mark.parametrize(
    "cells", [{}, {"MONEY": None}, {"MONEY": "不适用"}, {"DAY": "未完成"}, {"DAY": 46201}], ids=str
)
def test_the_shipped_rules_accept_what_ours_accept(cells):
    assert judge_projects([table(**cells)]) == []


def test_a_long_remark_is_said_at_its_cell():
    (finding,) = judge_projects([table(REMARK="慢" * 501)])
    assert (finding.code, finding.cell) == ("V305", "C5")
    assert "不超过 500 个字，现在有 501 个字" in finding.message


def test_an_office_may_add_a_rule_of_its_own():
    def must_say_why(rules):
        rules["properties"]["remark"] |= {"type": "string", "minLength": 4}

    assert [one[:2] for one in judged(must_say_why)] == [("V301", "C5")]
    assert judged(must_say_why, REMARK="征地滞后") == []

    def at_most(rules):
        rules["properties"]["money"]["maximum"] = 5000
        rules["properties"]["money"]["x-messages"] = {"maximum": "不大于 5000"}

    (found,) = judged(at_most)
    assert found[:2] == ("V304", "B5")
    assert "应不大于 5000" in found[2]


def test_a_schema_that_names_an_unknown_column_is_refused():
    rules = copy.deepcopy(SCHEMA["$defs"]["major"])
    rules["properties"]["code"]["x-header"] = "序列"
    with pytest.raises(ValueError, match="序列"):
        ProjectRows.compile(rules)
