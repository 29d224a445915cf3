"""The schema of a form's rows: both engines agree on it, and an office can change it."""

from __future__ import annotations

import copy
import json

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_forms import PERIOD, small_plan, write_drawing
from support.examples import tried

from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.forms.vocabulary import FormColumn
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.data import read_text
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.form import check as files
from qiyx_xl.intake.form.check import check_file
from qiyx_xl.intake.form.finder import submission_schema
from qiyx_xl.intake.form.row_schema import RowSchema
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.papers.json.validation import validation_text

SCHEMAS = ["submission", "validation-report"]
TABLE = """
    # 填报表
    | 指标编码 | 指标名称 | 本期实际值 | 联系电话 | 情况说明 |
    | 1       | 托位数   | {}        | {}      | {}      |
"""


@pytest.mark.parametrize("name", SCHEMAS)
def test_our_schemas_are_schemas_with_an_id_and_chinese_words(name):
    schema = json.loads(read_text(f"schemas/{name}.schema.json"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:qiyx-xl:schema:{name}:1"
    for key, about in schema["properties"].items():
        assert about["title"], key
        assert about["description"], key


def test_the_schema_has_every_column_of_the_form_under_its_printed_header():
    printed = {
        about["x-header"]
        for about in submission_schema()["properties"].values()
        if about.get("x-printed", True)
    }
    assert printed == {column.value for column in FormColumn}


TEXTS = st.one_of(
    st.text(max_size=50),
    st.sampled_from(
        ["1", "T3-3-01", "２０２４", "2024Q3\n", "96%", "a" * 41, "长" * 2001, "\x00", "😀" * 30]
    ),
)
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**15), 10**15),
    st.floats(allow_nan=False, allow_infinity=False), TEXTS,
    st.lists(st.integers(), max_size=2), st.dictionaries(TEXTS, st.integers(), max_size=2),
)  # fmt: skip
ROWS = st.dictionaries(
    st.sampled_from([*submission_schema()["properties"], "other"]), VALUES, max_size=10
)


@tried(4)
@given(row=ROWS)
def test_both_engines_agree_on_every_row(row):
    schema = submission_schema()
    theirs = jsonschema.Draft202012Validator(schema)
    ours = jsonschema_rs.Draft202012Validator(schema)
    assert theirs.is_valid(row) == ours.is_valid(row)
    assert {(error.validator, tuple(error.absolute_path)) for error in theirs.iter_errors(row)} == {
        (error.kind.name, tuple(error.instance_path)) for error in ours.iter_errors(row)
    }


def changed(**properties: dict) -> RowSchema:
    schema = copy.deepcopy(submission_schema())
    for key, about in properties.items():
        schema["properties"].setdefault(key, {}).update(about)
    return RowSchema.compile(schema)


PHONE = {"x-header": "联系电话", "type": ["string", "null"], "pattern": "^1[0-9]{10}$",
         "x-messages": {"pattern": "填 11 位手机号"}}  # fmt: skip

CHANGES = [
    ({"actual": {"maximum": 300}}, ("320", "", ""), "C2", "V304", "“本期实际值”应不大于 300，现在填的是“320”。请核对。"),
    ({"actual": {"minimum": 330}}, ("320", "", ""), "C2", "V304", "“本期实际值”应不小于 330，现在填的是“320”。请核对。"),
    ({"actual": {"multipleOf": 7}}, ("320", "", ""), "C2", "V304", "“本期实际值”应是 7 的倍数，现在填的是“320”。请核对。"),
    ({"actual": {"type": ["string", "null"]}}, ("320", "", ""), "C2", "V302", "“本期实际值”应填文字，现在填的是“320”。请改正。"),
    ({"remark": {"enum": ["正常", "滞后"]}}, ("320", "", "还行"), "E2", "V303", "“情况说明”应从“正常、滞后”中选一个，现在填的是“还行”。请改正。"),
    ({"remark": {"type": "string"}}, ("320", "", ""), "E2", "V301", "“情况说明”必须填写。请补填。"),
    ({"remark": {"minLength": 5}}, ("320", "", "还行"), "E2", "V305", "“情况说明”应不少于 5 个字，现在有 2 个字。请修改。"),
    ({"phone": PHONE}, ("320", "电话", ""), "D2", "V306", "“联系电话”应填 11 位手机号，现在填的是“电话”。请改正。"),
    ({"remark": {"not": {"const": "无"}, "x-messages": {"not": "写明情况"}}}, ("320", "", "无"), "E2", "V307", "“情况说明”应写明情况，现在填的是“无”。请核对。"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "cells", "place", "code", "message"),
    CHANGES,
    ids=[c[3] + c[2] + str(list(c[0])) for c in CHANGES],
)
def test_an_office_tightens_a_rule_or_adds_a_column_without_code(
    monkeypatch, tmp_path, change, cells, place, code, message
):
    schema = changed(**({"phone": {"x-header": "联系电话"}} | change))
    monkeypatch.setattr(files, "row_schema", lambda: schema)
    path = write_drawing(tmp_path / "表.xlsx", TABLE.format(*cells))
    result = check_file(path, CheckContext(small_plan({"1"}), load_rules(), NoHistory(), PERIOD))
    assert [(f.code, f.cell, f.message) for f in result.findings] == [(code, place, message)]


def test_two_columns_cannot_claim_one_header():
    with pytest.raises(ValueError, match="属于两列"):
        changed(phone={"x-header": "备注"})


def test_a_report_is_what_its_schema_says(tmp_path):
    good = write_drawing(tmp_path / "好.xlsx", TABLE.format("320", "", ""))
    bad = write_drawing(tmp_path / "退.xlsx", TABLE.format("320个", "", ""))
    unreadable = tmp_path / "坏.xlsx"
    unreadable.write_bytes(b"")
    results = check_files(
        [good, bad, unreadable], small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory()
    )
    text = "".join(validation_text(results, "2026.1"))
    document = json.loads(text)
    schema = json.loads(read_text("schemas/validation-report.schema.json"))
    jsonschema.Draft202012Validator(schema).validate(document)
    assert text == json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    assert json.loads("".join(validation_text([], "2026.1")))["files"] == []
    assert document["summary"] == {"files": 3, "accepted": 0, "returned": 2, "unreadable": 1,
                                   "findings": sum(len(r.findings) for r in results)}  # fmt: skip
    assert document["files"][1]["findings"][-1] == {
        "code": "V104", "severity": "error", "sheet": "填报表", "cell": "C2", "header": "本期实际值",
        "value": "320个", "suggestion": "320",
        "message": "“本期实际值”应只填数字，现在填的是“320个”。请改为 320，不要带单位。",
    }  # fmt: skip
