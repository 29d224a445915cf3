"""Which plan a file contains, and what is wrong with it.

It is JSON or the plan's workbook. A file from outside may contain anything. It is read with limits
on size, depth and numbers, checked against ``schemas/plan.schema.json`` (is it a plan at all?) and
by ``qiyx_xl.core.plan.checks`` (does it make sense?). Everything that is wrong becomes a finding.
"""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl import data
from qiyx_xl.core.findings import plan as kinds
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.lenient import place, shown
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.intake.office_files.json_file import PlanTextError, parse_plan_json
from qiyx_xl.intake.office_files.schema_messages import (
    limit_text,
    missing_keys,
    type_text,
    unknown_keys,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

__all__ = ["PlanError", "check_plan", "load_plan", "plan_from_document"]

_WORKBOOKS = (".xlsx", ".xlsm", ".xls")
_ZIP, _OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

MAXIMUM_BYTES = 2 * 1024 * 1024
"""The largest plan file; the shipped plan has a twentieth of it."""


class PlanError(QiyxError, ValueError):
    """A plan file that cannot be used.

    The message is shown to the user and has the first error; ``findings`` has all of them.
    """

    def __init__(self, path: Path, findings: Sequence[Finding]) -> None:
        from qiyx_xl.core.plan.checks import could_not_run

        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.severity is Severity.ERROR]
        rest = f"另有 {len(errors) - 1} 处，请用 qiyx plan check 查看。" if len(errors) > 1 else ""
        # The finding about a file that cannot be opened already names the file.
        name = "" if could_not_run(findings) else f"方案文件“{path.name}”不能用。"
        super().__init__(f"{name}{errors[0].message}{rest}")


def load_plan(path: Path | None = None) -> Plan:
    """Load a plan: the shipped one without a path (not checked again), else a checked file.

    Raises:
        PlanError: the file has errors; warnings do not count.
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
    """Return the document and its findings; without errors it can be made into a plan."""
    if _is_workbook(path):
        return _read_workbook(path)
    try:
        text, remarks = _read_text(path)
        parsed = parse_plan_json(text)
    except PlanTextError as failure:
        return None, (failure.finding,)
    findings = (*remarks, *parsed.findings, *_check(parsed.document))
    return parsed.document, findings


def _is_workbook(path: Path) -> bool:
    """Whether it is named like a workbook, or begins like one."""
    if path.suffix.lower() in _WORKBOOKS:
        return path.exists()
    try:
        with path.open("rb") as stream:
            return stream.read(len(_OLD_WORKBOOK)).startswith((_ZIP, _OLD_WORKBOOK))
    except (OSError, ValueError):
        return False


def _read_workbook(path: Path) -> tuple[Any, tuple[Finding, ...]]:
    from qiyx_xl.intake.office_files.plan_workbook import located, read_plan_workbook

    try:
        book = read_plan_workbook(path)
    except PlanTextError as failure:
        return None, (failure.finding,)
    if book.document is None:
        return None, book.findings
    # What a cell was already reported for is not reported again as missing from the document.
    found = (
        finding
        for finding in _check(book.document)
        if getattr(finding.header, "path", ()) not in book.parts_with_findings
    )
    findings = located(found, book.places)
    return book.document, (*book.findings, *dict.fromkeys(findings))


def _read_text(path: Path) -> tuple[str, tuple[Finding, ...]]:
    """Return the file's decoded text, and a finding if it starts with a byte order mark.

    Raises:
        PlanTextError: the file does not exist, is empty or too large, or is not text in UTF-8.
    """
    try:
        # One byte more than allowed shows that a file is too large without reading all of it.
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


def _check(document: object) -> tuple[Finding, ...]:
    # Only here: most commands use the shipped plan or the office's, which is not checked again.
    from qiyx_xl.core.plan.checks import check_sense

    return (*_check_shape(document), *check_sense(document))


def _check_shape(document: object) -> Iterator[Finding]:
    """Yield what violates the schema, in Chinese; the engine's English messages are not used."""
    found = (f for e in _validator().iter_errors(document) for f in _explain(document, e))
    # The engine yields one error per missing key, and _explain reports all missing keys for each.
    yield from dict.fromkeys(found)


@cache
def _validator() -> Any:
    import jsonschema

    schema = json.loads(data.read_text("schemas/plan.schema.json"))
    return jsonschema.Draft202012Validator(schema)


def _explain(document: object, error: Any) -> Iterator[Finding]:
    """Yield the findings for one schema error, with its place and cure."""
    path = tuple(error.absolute_path)
    header, value = place(document, path), error.instance
    match error.validator:
        case "required":
            for key in missing_keys(error):
                label = place(document, (*path, key)).rsplit(" · ", 1)[-1]
                yield kinds.MISSING_FIELD.at(header=header.within(key), value=label)
        case "additionalProperties":
            for key in sorted(unknown_keys(error)):
                yield kinds.UNKNOWN_FIELD.at(header=header, value=shown(key))
        case "type":
            wanted = type_text(error.validator_value)
            yield kinds.WRONG_TYPE.at(header=header, value=shown(value), wanted=wanted)
        case "enum":
            known = path[-1:] == ("direction",)
            kind = kinds.UNKNOWN_DIRECTION if known else kinds.UNKNOWN_WORD
            choices = "、".join(
                "null" if choice is None else str(choice) for choice in error.validator_value
            )
            yield kind.at(header=header, value=shown(value), choices=choices)
        case _:
            yield kinds.OUT_OF_SHAPE.at(header=header, value=shown(value), wanted=_expected(error))


def _expected(error: Any) -> str:
    """Return what the schema requires: a limit, or the notation that its description shows."""
    limit = limit_text(error.validator, error.validator_value)
    if limit is not None:
        return limit
    described = error.schema.get("description") or error.schema.get("title") or "见方案文件说明"
    return f"这样的写法：{described.rstrip('。')}"
