"""How violations of a schema are described in Chinese, for hand-written files and rows of forms.

Two engines find the violations: jsonschema for files, which are small, and jsonschema-rs for
rows, of which there are many. The English message of neither is shown: the keyword of the schema
that is violated selects the words.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.data import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.findings.model import FindingKind

_TYPES = {
    "string": "文字",
    "integer": "整数",
    "number": "数字",
    "boolean": "true 或 false",
    "array": "一列内容（方括号）",
    "object": "一组内容（花括号）",
    "null": "null",
}
_TYPES_OF_CELLS = _TYPES | {"boolean": "是或否"}

_LIMITS = {
    "minimum": "不小于 {}",
    "exclusiveMinimum": "大于 {}",
    "maximum": "不大于 {}",
    "exclusiveMaximum": "小于 {}",
    "multipleOf": "是 {} 的倍数",
    "minLength": "不少于 {} 个字",
    "maxLength": "不超过 {} 个字",
    "minItems": "至少 {} 项",
    "maxItems": "不超过 {} 项",
    "minProperties": "至少 {} 项",
    "maxProperties": "不超过 {} 项",
    "const": "{}",
}


def limit_text(keyword: str, limit: object) -> str | None:
    """Return what a keyword with a limit requires (不小于 0); None for any other keyword."""
    if (keyword, limit) == ("minLength", 1):
        return "不能空着"
    words = _LIMITS.get(keyword)
    return None if words is None else words.format(limit)


def type_text(types: str | Sequence[str]) -> str:
    """Return the types that a schema allows in a file, in words: 文字或整数."""
    return "或".join(_TYPES[name] for name in _listed(types))


def missing_keys(error: Any) -> list[str]:
    """Return all keys that are missing in a violation of ``required``."""
    return [key for key in error.validator_value if key not in error.instance]


def unknown_keys(error: Any) -> list[str]:
    """Return the keys that violate ``additionalProperties``."""
    known = error.schema.get("properties", {})
    return [key for key in error.instance if key not in known]


def _listed(types: str | Sequence[str]) -> Sequence[str]:
    return [types] if isinstance(types, str) else types


# --- Files that the office writes by hand --------------------------------------------------------


def schema_errors(document: Any, schema: dict[str, Any]) -> list[Any]:
    """Return where a document violates a schema, in the document's order."""
    from jsonschema import Draft202012Validator, FormatChecker

    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    return sorted(validator.iter_errors(document), key=lambda error: list(map(str, error.path)))


def schema_problems(document: Any, resource: str) -> tuple[str, ...]:
    """Return a Chinese sentence for each place where a document violates a shipped schema."""
    schema = shipped_schema(resource)
    return tuple(
        sentence(_place(schema, error), error) for error in schema_errors(document, schema)
    )


def shipped_schema(resource: str) -> dict[str, Any]:
    """Return a schema that the product ships, such as ``schemas/rules.schema.json``."""
    schema: dict[str, Any] = json.loads(read_text(resource))
    return schema


def sentence(where: str, error: Any) -> str:
    """Return a Chinese sentence, without its full stop, for one violation in a file."""
    keyword, limit = error.validator, error.validator_value
    match keyword:
        case "required":
            return f"{where}缺少{'、'.join(missing_keys(error))}"
        case "additionalProperties":
            return f"{where}里有不认识的项：{'、'.join(unknown_keys(error))}"
        case "minimum" | "exclusiveMinimum":
            return f"{where}不能小于 {limit}"
        case "maximum" | "exclusiveMaximum":
            return f"{where}不能大于 {limit}"
        case "enum":
            return f"{where}只能是 {'、'.join(map(str, limit))}"
        case "const":
            return f"{where}应为 {limit}"
        case "type":
            return f"{where}应为{type_text(limit)}"
        case "format":
            return f"{where}应是像 2027-02-05 这样的日期"
        case "anyOf" if "description" in error.schema:
            wanted = error.schema["description"].rstrip("。")
            return f"{where}应为{' ' * wanted[0].isascii()}{wanted}"
        case _:
            return f"{where}写法不对"


def _place(schema: dict[str, Any], error: Any) -> str:
    at = [str(step) for step in error.path]
    return f"“{_title(schema, at)}”（{'.'.join(at)}）" if at else "文件"


def _title(schema: dict[str, Any], at: list[str]) -> str:
    node: dict[str, Any] = schema
    title = at[-1]
    for step in at:
        node = node.get("items", {}) if step.isdigit() else node.get("properties", {}).get(step, {})
        title = node.get("title", title)
    return str(title)


# --- Rows of forms -------------------------------------------------------------------------------


def violated_key(error: Any) -> str:
    """Return the key of the cell that a violation is about."""
    if error.instance_path:
        return str(error.instance_path[0])
    # A missing property is reported for the whole row; the error names the property.
    return str(getattr(error.kind, "property", "") or "code")


def cell_message(error: Any, rule: Mapping[str, Any]) -> tuple[FindingKind, str]:
    """Return the kind of finding for a violation, and the phrase for what is expected.

    ``rule`` is the schema of the cell's column.
    """
    keyword, limit = error.kind.name, getattr(error.kind, "limit", rule.get(error.kind.name))
    match keyword:
        case "required":
            return say.SCHEMA_REQUIRED, ""
        case "type":
            names = [name for name in _listed(rule.get("type", [])) if name != "null"]
            return say.SCHEMA_TYPE, f"填{'或'.join(_TYPES_OF_CELLS[name] for name in names)}"
        case "enum" | "const":
            choices = [
                str(choice)
                for choice in rule.get("enum", [rule.get("const")])
                if choice is not None
            ]
            only, listed = len(choices) == 1, counted_names(choices)
            return say.SCHEMA_CHOICE, f"填“{listed}”" if only else f"从“{listed}”中选一个"
        case "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" | "multipleOf":
            return say.SCHEMA_RANGE, _LIMITS[keyword].format(limit)
        case "minLength" | "maxLength":
            return say.SCHEMA_LENGTH, _LIMITS[keyword].format(limit)
        case "pattern" | "format":
            return say.SCHEMA_PATTERN, "按填报说明填写"
        case _:
            return say.SCHEMA_OTHER, "按填报说明填写"
