"""Plan files: the shipped one, and those an office writes.

A file from outside may hold anything. It is read with bounds on size, depth and numbers, held
against ``schemas/plan.schema.json`` (is it a plan at all?) and then against
``qiyx_xl.core.plan.checks`` (does it make sense?); whatever is wrong becomes findings.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl import data
from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.plan.checks import check_sense, could_not_run
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.lenient import place, shown
from qiyx_xl.intake.office_files.strict_json import PlanTextError, parse_plan_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

__all__ = ["PlanError", "check_plan", "load_plan", "plan_from_document"]

MAXIMUM_BYTES = 2 * 1024 * 1024
"""The shipped plan has a twentieth of it."""

_TYPE_WORDS = {
    "string": "文字", "integer": "整数", "number": "数字", "boolean": "true 或 false",
    "array": "一列内容（方括号）", "object": "一组内容（花括号）", "null": "null",
}  # fmt: skip

_SHAPE_WORDS = {
    "maxItems": "不超过 {} 项", "minItems": "至少 {} 项", "maxLength": "不超过 {} 个字",
    "minLength": "不能空着", "minimum": "不小于 {}", "maximum": "不大于 {}",
    "minProperties": "至少 {} 项", "maxProperties": "不超过 {} 项", "const": "{}",
}  # fmt: skip


class PlanError(ValueError):
    """A plan file that cannot be used; the message is fit to show, ``findings`` tells it all."""

    def __init__(self, path: Path, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.severity is Severity.ERROR]
        rest = f"另有 {len(errors) - 1} 处，请用 qiyx plan check 查看。" if len(errors) > 1 else ""
        # A file that cannot be opened is named by its own finding.
        name = "" if could_not_run(findings) else f"方案文件“{path.name}”不能用。"
        super().__init__(f"{name}{errors[0].message}{rest}")


def load_plan(path: Path | None = None) -> Plan:
    """Load a plan: the shipped one without a path (not checked again), else a checked file.

    Raises:
        PlanError: the file has errors; warnings are let through.
    """
    if path is None:
        return _shipped_plan()
    document, findings = _read_and_check(path)
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise PlanError(path, findings)
    return plan_from_document(document)


def check_plan(path: Path) -> tuple[Finding, ...]:
    """Find everything wrong with a plan file; empty for a good one. Never raises."""
    return _read_and_check(path)[1]


@cache
def _shipped_plan() -> Plan:
    return plan_from_document(parse_plan_json(data.read_text("plan.json")).document)


def _read_and_check(path: Path) -> tuple[Any, tuple[Finding, ...]]:
    """Return the document, and what is wrong with it; without errors it makes a plan."""
    try:
        text, remarks = _read_text(path)
        parsed = parse_plan_json(text)
    except PlanTextError as failure:
        return None, (failure.finding,)
    findings = (
        *remarks,
        *parsed.findings,
        *_check_shape(parsed.document),
        *check_sense(parsed.document),
    )
    return parsed.document, findings


def _read_text(path: Path) -> tuple[str, tuple[Finding, ...]]:
    """Return the file's text, decoded.

    Raises:
        PlanTextError: there is no such file, or it is no text in UTF-8.
    """
    try:
        # One more than allowed, so that a file that is too large is never read whole.
        with path.open("rb") as stream:
            content = stream.read(MAXIMUM_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise PlanTextError(kinds.NOT_FOUND.at(value=shown(path))) from None
    except (OSError, ValueError):
        raise PlanTextError(kinds.NOT_READABLE.at(value=shown(path))) from None
    if not content.strip():
        raise PlanTextError(kinds.EMPTY.at())
    if len(content) > MAXIMUM_BYTES:
        limit = f"{MAXIMUM_BYTES // 1024 // 1024} MB"
        raise PlanTextError(kinds.TOO_LARGE.at(value=f"{limit}以上", limit=limit))
    marked = content.startswith(b"\xef\xbb\xbf")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanTextError(kinds.NOT_UTF8.at(value=_guess_encoding(content))) from None
    return text, (kinds.BYTE_ORDER_MARK.at(),) if marked else ()


def _guess_encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "UTF-16（记事本里称 Unicode）"
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return "损坏的文本，或不是文本文件"
    return "GBK（记事本里称 ANSI）"


def _check_shape(document: object) -> Iterator[Finding]:
    """Hold the document against the schema; the engine's English never leaves this function."""
    found = (f for e in _validator().iter_errors(document) for f in _explain(document, e))
    # Each missing key is an error of its own, and each is told with all the others beside it.
    yield from dict.fromkeys(found)


@cache
def _validator() -> Any:
    import jsonschema

    schema = json.loads(data.read_text("schemas/plan.schema.json"))
    return jsonschema.Draft202012Validator(schema)


def _explain(document: object, error: Any) -> Iterator[Finding]:
    """Say one schema error in Chinese, with its place and cure."""
    path = tuple(error.absolute_path)
    header, value = place(document, path), error.instance
    match error.validator:
        case "required":
            for key in error.validator_value:
                if key not in value:
                    label = place(document, (*path, key)).rsplit(" · ", 1)[-1]
                    yield kinds.MISSING_FIELD.at(header=header, value=label)
        case "additionalProperties":
            for key in sorted(value.keys() - error.schema.get("properties", {}).keys()):
                yield kinds.UNKNOWN_FIELD.at(header=header, value=shown(key))
        case "type":
            wanted = error.validator_value
            words = [wanted] if isinstance(wanted, str) else wanted
            yield kinds.WRONG_TYPE.at(
                header=header,
                value=shown(value),
                wanted="或".join(_TYPE_WORDS[word] for word in words),
            )
        case "enum":
            known = path[-1:] == ("direction",)
            kind = kinds.UNKNOWN_DIRECTION if known else kinds.UNKNOWN_WORD
            choices = "、".join(
                "null" if choice is None else str(choice) for choice in error.validator_value
            )
            yield kind.at(header=header, value=shown(value), choices=choices)
        case _:
            yield kinds.OUT_OF_SHAPE.at(header=header, value=shown(value), wanted=_wanted(error))


def _wanted(error: Any) -> str:
    """Spell what the schema asks for: a bound, or what its description shows."""
    words = _SHAPE_WORDS.get(error.validator)
    if words is not None:
        return words.format(error.validator_value)
    described = error.schema.get("description") or error.schema.get("title") or "见方案文件说明"
    return f"这样的写法：{described.rstrip('。')}"
