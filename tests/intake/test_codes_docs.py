"""Every code is documented as it is, says what to do, and is made to appear by some test."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from support.paths import ROOT

from qiyx_xl.core.findings import CATALOGUE

PAGE = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
ROW = re.compile(r"\| ([FTVC][0-9]{3}) \| (.*?) \| (.*?) \| (.*?) \| (.*) \|")
TESTS = "".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "tests").rglob("test_*.py")
    if path != Path(__file__)
)  # fmt: skip


def test_the_page_lists_every_code_once_with_its_severity_and_title():
    listed = sorted((m[1], m[2], m[3]) for m in ROW.finditer(PAGE))
    assert listed == sorted((k.code, k.severity.label, k.title) for k in CATALOGUE.values())


def test_the_page_explains_every_code_with_an_example():
    for found in ROW.finditer(PAGE):
        assert len(found[4]) >= 6, found[1]
        assert len(found[5]) >= 10, found[1]
        assert "{" not in found[5], "every word of the wording is filled in"


@pytest.mark.parametrize("code", CATALOGUE)
def test_some_test_expects(code):
    assert re.search(rf"\b{code}\b", TESTS), f"no test expects {code}"


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE)
def test_the_wording_is_polite_and_has_a_cure(kind):
    said = kind.wording
    example = next(m[5] for m in ROW.finditer(PAGE) if m[1] == kind.code)
    assert "请" in example or kind.code == "F207", "what to do"
    assert said.endswith("。")
    assert not re.search(r"错误[^值]|非法|违规|！|!", said), "no blame"
    assert not re.search(r"\b(sheet|cell|null|None|schema|error)\b", re.sub(r"\{.*?\}", "", said))
