"""docs/functions.md says what the registry says, and its examples come out as printed."""

from __future__ import annotations

import re

import pytest
from support.paths import ROOT

from qiyx_xl.ledger.registry import FUNCTIONS, NOT_IN_PLAN, NOT_READABLE
from qiyx_xl.shells.functions import REGISTRY

PAGE = (ROOT / "docs" / "functions.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^\| `=(QYX_\w+)\((.*)\)` \| (.*) \|$", PAGE, re.MULTILINE)
ERRORS = {"#N/A": NOT_IN_PLAN, "#VALUE!": NOT_READABLE}


def test_every_function_stands_in_the_table_as_in_the_registry():
    rows = re.findall(r"^\| `(QYX_\w+\(.*\))` \| (.*) \|$", PAGE, re.MULTILINE)
    assert rows == [
        (
            f"{function.name}("
            + ", ".join(
                f"[{argument.name}]" if argument.optional else argument.name
                for argument in function.arguments
            )
            + ")",
            function.help,
        )
        for function in FUNCTIONS
    ]


def typed(text: str) -> object:
    if text == "":
        return None
    return text.strip('"') if text.startswith('"') else float(text)


@pytest.mark.parametrize(("name", "arguments", "printed"), EXAMPLES)
def test_the_examples_come_out_as_printed(name: str, arguments: str, printed: str):
    answer = REGISTRY[name].answer(*([[typed(part)]] for part in arguments.split(",")))
    if isinstance(answer, float):
        assert f"{answer:.15g}" == printed
    else:
        assert answer == ERRORS.get(printed, printed)
