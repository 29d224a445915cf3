"""The registry as the add-ins of LibreOffice and WPS read it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.ledger.registry import FUNCTIONS

if TYPE_CHECKING:
    from qiyx_xl.ledger.registry import Argument


def kind(argument: Argument) -> str:
    """Return ``text`` for an argument of one cell that must tell a blank from 0, else ``any``."""
    return "any" if argument.optional or argument.is_range else "text"


def functions() -> list[dict[str, Any]]:
    """Return every function with its texts and arguments."""
    return [
        {
            "name": function.name,
            "help": function.help,
            "table": function.is_table,
            "arguments": [
                {
                    "name": argument.name,
                    "help": argument.help,
                    "optional": argument.optional,
                    "number": argument.is_number,
                    "kind": kind(argument),
                }
                for argument in function.arguments
            ],
        }
        for function in FUNCTIONS
    ]


@cache
def title() -> str:
    """Return what toolbar and tab are called: the short name of the shipped plan."""
    from qiyx_xl.intake.office_files.plan import load_plan

    return load_plan().words.short_name
