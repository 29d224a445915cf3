"""Nothing generated is stale, and nothing the program offers is left out of the manual."""

from __future__ import annotations

import shlex
import subprocess
import sys

import click
import docs_parts
import pytest
from pages import DOCS, PAGES, ROOT, commands_of, text_of

from qiyx_xl.core.findings import CATALOGUE
from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS
from qiyx_xl.shells.cli import qiyx

COMMANDS = docs_parts.leaves(qiyx, "qiyx")
MANUAL = "\n".join(text_of(page) for page in PAGES)


@pytest.mark.slow
def test_the_generated_parts_are_as_the_program_would_write_them_now():
    done = subprocess.run(
        [sys.executable, "scripts/write_docs.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run python scripts/write_docs.py\n{done.stdout[-2000:]}"


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_is_documented_with_an_example(path, command):
    page = text_of(DOCS / "commands.md")
    section = page.split(f"\n## `{path}`\n")[1].split("\n## ")[0]
    for parameter in command.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert max(parameter.opts, key=len) in section
            assert parameter.help, f"{path} {parameter.name} has no help"
    assert f"{path}" in section.split("示例:")[1]


def test_every_function_button_code_and_schema_is_documented():
    for function in FUNCTIONS:
        assert function.name in text_of(DOCS / "functions.md")
    for control in CONTROLS:
        assert f"| {control.caption} |" in text_of(DOCS / "quickstart.md")
    for code in CATALOGUE:
        assert code in text_of(DOCS / "codes.md")
    for schema in (ROOT / "schemas").glob("*.json"):
        assert schema.name in text_of(DOCS / "customise.md")


def _parsed(line: str) -> None:
    """Parse a documented command line without running it."""
    words = shlex.split(line.partition(" > ")[0])[1:]
    command: click.Command = qiyx
    path = "qiyx"
    while isinstance(command, click.Group):
        if not words or words[0].startswith("-"):
            break
        name = words.pop(0)
        found = command.get_command(click.Context(command), name)
        assert found is not None, f"{line}: no command {name}"
        command, path = found, f"{path} {name}"
    if words in (["--help"], ["--version"]):
        return
    command.make_context(path, words, resilient_parsing=False)


LINES = sorted(
    {
        line
        for page in [*PAGES, ROOT / "README.md"]
        for line in commands_of(page)
        if "…" not in line and page.name != "commands.md"
    }
)


@pytest.mark.parametrize("line", LINES)
def test_every_documented_command_line_is_one_the_program_takes(line):
    _parsed(line)


def test_every_kind_of_control_of_the_manual_is_looked_at():
    assert len(LINES) > 15
    assert len(COMMANDS) > 10
    assert MANUAL.count("[[[cog") >= 4
