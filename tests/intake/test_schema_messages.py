"""What violates a schema is said in Chinese, by the keyword that is violated."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest

from qiyx_xl.core import findings as say
from qiyx_xl.intake.office_files.schema_messages import (
    cell_message,
    schema_errors,
    sentence,
    violated_key,
)


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        ({"required": ["a", "b"]}, {"b": 1}, "缺少a"),
        ({"properties": {"a": {}}, "additionalProperties": False}, {"b": 1, "c": 2}, "里有不认识的项：b、c"),
        ({"minimum": 0}, -1, "不能小于 0"),
        ({"maximum": 1}, 2, "不能大于 1"),
        ({"enum": ["甲", "乙"]}, "丙", "只能是 甲、乙"),
        ({"const": "rules/1"}, "rules/2", "应为 rules/1"),
        ({"type": "object"}, [], "应为一组内容（花括号）"),
        ({"type": ["string", "null"]}, 1, "应为文字或null"),
        ({"format": "date"}, "2026-02-30", "应是像 2027-02-05 这样的日期"),
        ({"anyOf": [{"type": "null"}], "description": "万元，不能为负。"}, 1, "应为万元，不能为负"),
        ({"anyOf": [{"type": "null"}], "description": "0 到 1 的数。"}, 2, "应为 0 到 1 的数"),
        ({"anyOf": [{"type": "null"}]}, 1, "写法不对"),
        ({"uniqueItems": True}, [1, 1], "写法不对"),
    ],
    ids=str,
)  # fmt: skip
def test_a_violation_in_a_file_is_a_sentence(
    rule: dict[str, Any], value: object, said: str
) -> None:
    (error,) = schema_errors(value, rule)
    assert sentence("这里", error) == f"这里{said}"


@pytest.mark.parametrize(
    ("rule", "value", "kind", "expected"),
    [
        ({"type": ["number", "null"]}, "x", say.SCHEMA_TYPE, "填数字"),
        ({"type": "boolean"}, "x", say.SCHEMA_TYPE, "填是或否"),
        ({"enum": ["甲", "乙", None]}, "丙", say.SCHEMA_CHOICE, "从“甲、乙”中选一个"),
        ({"const": "甲"}, "丙", say.SCHEMA_CHOICE, "填“甲”"),
        ({"minimum": 0}, -1, say.SCHEMA_RANGE, "不小于 0"),
        ({"exclusiveMinimum": 0}, 0, say.SCHEMA_RANGE, "大于 0"),
        ({"maximum": 9}, 10, say.SCHEMA_RANGE, "不大于 9"),
        ({"exclusiveMaximum": 9}, 9, say.SCHEMA_RANGE, "小于 9"),
        ({"multipleOf": 5}, 4, say.SCHEMA_RANGE, "是 5 的倍数"),
        ({"minLength": 2}, "x", say.SCHEMA_LENGTH, "不少于 2 个字"),
        ({"maxLength": 2}, "xyz", say.SCHEMA_LENGTH, "不超过 2 个字"),
        ({"pattern": "^a$"}, "b", say.SCHEMA_PATTERN, "按填报说明填写"),
        ({"not": {"type": "string"}}, "b", say.SCHEMA_OTHER, "按填报说明填写"),
    ],
    ids=str,
)
def test_a_violation_in_a_row_is_a_kind_of_finding_and_what_is_expected(
    rule: dict[str, Any], value: object, kind: object, expected: str
) -> None:
    validator = jsonschema_rs.Draft202012Validator({"properties": {"actual": rule}})
    (error,) = validator.iter_errors({"actual": value})
    assert violated_key(error) == "actual"
    assert cell_message(error, rule) == (kind, expected)


def test_a_missing_cell_is_named_by_its_own_key() -> None:
    validator = jsonschema_rs.Draft202012Validator({"required": ["remark"]})
    (error,) = validator.iter_errors({})
    assert violated_key(error) == "remark"
    assert cell_message(error, {}) == (say.SCHEMA_REQUIRED, "")
