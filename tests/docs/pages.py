"""The documentation's pages, as the tests of this folder read them."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
BESIDE = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "examples/README.md")]

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def commands_of(page: Path) -> list[str]:
    """Return the ``qiyx`` command lines of a page's unmarked code blocks, in order."""
    return [
        re.split(r"\s{2,}#|\s{4,}", line.strip())[0]
        for language, block in _FENCE.findall(text_of(page))
        if language == ""
        for line in block.splitlines()
        if line.startswith("qiyx ")
    ]


def prose_of(page: Path) -> str:
    """Return the page without its code blocks."""
    return _FENCE.sub("", text_of(page))
