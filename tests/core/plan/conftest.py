from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.plan import check_plan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qiyx_xl.core.findings.model import Finding


def to_json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, default=_number)


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(type(value))


@pytest.fixture
def document() -> dict[str, Any]:
    """A fresh copy of the shipped plan's document, free to be broken."""
    return json.loads(read_text("plan.json"), parse_float=Decimal)


@pytest.fixture
def check(tmp_path: Path) -> Callable[[Any], tuple[Finding, ...]]:
    """Write a document, text or bytes to a file and ask what is wrong with it."""

    def ask(content: Any) -> tuple[Finding, ...]:
        path = tmp_path / "我区 方案.json"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            text = content if isinstance(content, str) else to_json(content)
            path.write_text(text, encoding="utf-8")
        return check_plan(path)

    return ask


@pytest.fixture
def said(check: Callable[[Any], tuple[Finding, ...]]) -> Callable[[Any], list[str]]:
    """The findings as sentences."""
    return lambda content: [str(finding) for finding in check(content)]
