"""The house stays one in which a newcomer finds the room: folders and modules keep their size."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "qiyx_xl"
FOLDERS = sorted(
    folder
    for folder in (PACKAGE, *PACKAGE.rglob("*"))
    if folder.is_dir() and folder.name not in {"__pycache__", "data"} and any(folder.glob("*.py"))
)
MODULES = sorted(path for folder in FOLDERS for path in folder.glob("*.py"))
MOST_MODULES = {"app": 15, "cli": 20}  # a use case and a command each
MOST_LINES = 700


def named(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_folder_holds_no_more_than_can_be_taken_in(folder):
    modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    assert len(modules) <= MOST_MODULES.get(folder.name, 13), modules


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_folder_says_what_it_is_for(folder):
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)


def test_no_module_is_too_long_to_be_read():
    lengths = {named(path): len(path.read_text("utf-8").splitlines()) for path in MODULES}
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_name_is_imported_by_its_name():
    starred = [
        named(path)
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names)
    ]
    assert starred == []


def test_our_errors_are_told_by_their_base_and_not_by_their_module():
    """Modules move; whoever told an error by its module's name would then take it for a bug."""
    asking = [named(path) for path in MODULES if '__module__.startswith("qiyx' in path.read_text()]
    assert asking == []
