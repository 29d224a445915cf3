"""docs/development names rooms, modules and classes; here they are held to the code."""

from __future__ import annotations

import re

import pytest
from pages import DOCS, ROOT, text_of

PACKAGE = ROOT / "qiyx_xl"
DEVELOPMENT = DOCS / "development"
PAGES = sorted(DEVELOPMENT.glob("*.md"))
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
_PATH = re.compile(
    r"`((?:core|papers|files|intake|documents|ledger|store|app|shells)/(?:[\w/]*/|[\w/]+\.py)?)`"
)
_DOTTED = re.compile(
    r"`((?:core|papers|files|intake|documents|ledger|store|app|shells)(?:\.\w+)+)(?:\(.*?\))?`"
)


def test_the_list_of_rooms_is_the_folders():
    listed = re.findall(
        r"^\| `([\w/]+)/` \|", text_of(DEVELOPMENT / "architecture.md"), re.MULTILINE
    )
    folders = {
        folder.relative_to(PACKAGE).as_posix()
        for folder in PACKAGE.rglob("*")
        if folder.is_dir() and any(folder.glob("*.py"))
    }
    assert len(listed) == len(set(listed))
    assert set(listed) == folders


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_modules_that_a_page_names_are_there(page):
    text = text_of(page)
    for path in _PATH.findall(text):
        assert (PACKAGE / path).exists(), path
    for dotted in _DOTTED.findall(text):
        names = dotted.split(".")
        depth = max(
            (
                depth
                for depth in range(1, len(names) + 1)
                if PACKAGE.joinpath(*names[:depth]).with_suffix(".py").exists()
                or PACKAGE.joinpath(*names[:depth]).is_dir()
            ),
            default=0,
        )
        assert depth >= len(names) - 1, dotted
        if depth < len(names):
            module = PACKAGE.joinpath(*names[:depth])
            module = module / "__init__.py" if module.is_dir() else module.with_suffix(".py")
            assert re.search(rf"\b{names[-1]}\b", module.read_text(encoding="utf-8")), dotted


def test_the_glossary_names_classes_that_there_are():
    glossary = text_of(DEVELOPMENT / "architecture.md").partition("## Names")[2]
    classes = set(re.findall(r"`([A-Z][a-z]\w+)[.`]", glossary))
    assert len(classes) > 20
    for name in classes:
        assert re.search(rf"^(?:class {name}\b|{name}\b.* = )", SOURCES, re.MULTILINE), name
