"""Reading a rule file: the shipped one, a shipped preset, or one that a district wrote."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.rules import Rules, disagreements, rules_from_document
from qiyx_xl.data import read_text, resource

if TYPE_CHECKING:
    from pathlib import Path

_SHIPPED = "rules.json"
_SCHEMA = "schemas/rules.schema.json"
_PRESETS = {"银川": "rules-yinchuan.json"}
_MOST_PROBLEMS_SHOWN = 5


class RuleFileError(ValueError):
    """A rule file that cannot be used.

    Its message is fit to show; ``problems`` are its parts, one sentence each.
    """

    def __init__(self, name: str, problems: tuple[str, ...]) -> None:
        self.problems = problems
        said = "；".join(problems[:_MOST_PROBLEMS_SHOWN])
        more = len(problems) - _MOST_PROBLEMS_SHOWN
        rest = f"；另有 {more} 处" if more > 0 else ""
        super().__init__(f"规则文件“{name}”不能用：{said}{rest}。请改好后再试。")


def load_rules(path: Path | None = None) -> Rules:
    """Return the rules of a file, or the shipped ones.

    What a file leaves out is taken from the shipped rules.

    Raises:
        RuleFileError: the file cannot be read, or does not hold together.
    """
    return _shipped() if path is None else _read(path)


def presets() -> tuple[str, ...]:
    """Return the names of the presets that are shipped beside the default rules."""
    return tuple(_PRESETS)


def preset(name: str) -> Rules:
    """Return a shipped preset, such as 银川.

    Raises:
        KeyError: there is none of this name; see ``presets``.
    """
    return _read(resource(_PRESETS[name]))


@cache
def _shipped() -> Rules:
    # Checked by the tests, not at every start.
    return rules_from_document(_parsed(read_text(_SHIPPED)))


def _read(path: Path) -> Rules:
    try:
        document = _parsed(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        problem = "文件不存在" if isinstance(error, FileNotFoundError) else "文件打不开"
        raise RuleFileError(path.name, (problem,)) from error
    except UnicodeDecodeError as error:
        raise RuleFileError(path.name, ("文件不是 UTF-8 编码的文本",)) from error
    except json.JSONDecodeError as error:
        where = f"第 {error.lineno} 行第 {error.colno} 个字附近"
        raise RuleFileError(path.name, (f"不是完整的 JSON，{where}写法有误",)) from error
    except (ValueError, RecursionError) as error:
        raise RuleFileError(path.name, ("里面有不能用的数",)) from error
    problems = _against_schema(document)
    if not problems:
        rules = rules_from_document(document, _shipped())
        problems = disagreements(rules)
        if not problems:
            return rules
    raise RuleFileError(path.name, problems)


def _parsed(text: str) -> Any:
    return json.loads(text, parse_float=Decimal, parse_constant=_refuse)


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def _against_schema(document: Any) -> tuple[str, ...]:
    from jsonschema import Draft202012Validator

    schema = json.loads(read_text(_SCHEMA))
    errors = sorted(
        Draft202012Validator(schema).iter_errors(document),
        key=lambda error: list(map(str, error.path)),
    )
    return tuple(schema_sentence(schema, error) for error in errors)


def schema_sentence(schema: dict[str, Any], error: Any) -> str:
    """Say in Chinese what a JSON Schema error of a hand-written file is."""
    # The engine's English never reaches a person: the keyword becomes a sentence of ours.
    at = [str(step) for step in error.path]
    place = f"“{_title(schema, at)}”（{'.'.join(at)}）" if at else "文件"
    match error.validator:
        case "required":
            missing = [key for key in error.validator_value if key not in error.instance]
            return f"{place}缺少{'、'.join(missing)}"
        case "additionalProperties":
            known = error.schema.get("properties", {})
            extra = [str(key) for key in error.instance if key not in known]
            return f"{place}里有不认识的项：{'、'.join(extra)}"
        case "minimum" | "exclusiveMinimum":
            return f"{place}不能小于 {error.validator_value}"
        case "maximum" | "exclusiveMaximum":
            return f"{place}不能大于 {error.validator_value}"
        case "enum":
            return f"{place}只能是 {'、'.join(map(str, error.validator_value))}"
        case "const":
            return f"{place}应为 {error.validator_value}"
        case "type":
            return f"{place}应为{_KINDS.get(str(error.validator_value), '别的类型')}"
        case "format":
            return f"{place}应是像 2027-02-05 这样的日期"
        case "anyOf":
            return f"{place}应为 0 到 1 的数，或“1/3”这样的分数"
        case _:
            return f"{place}写法不对"


_KINDS = {
    "number": "数字",
    "integer": "整数",
    "string": "文字",
    "boolean": " true 或 false",
    "object": "一组“名称: 值”",
    "array": "一列数",
}


def _title(schema: dict[str, Any], at: list[str]) -> str:
    node: dict[str, Any] = schema
    title = at[-1]
    for step in at:
        node = node.get("items", {}) if step.isdigit() else node.get("properties", {}).get(step, {})
        title = node.get("title", title)
    return str(title)
