"""Reading a rule file: the shipped one, or one that a district wrote."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from typing import Any, TYPE_CHECKING

from qiyx_xl.core.rules import Rules, rules_from_document
from qiyx_xl.data import read_text

if TYPE_CHECKING:
    from pathlib import Path

_SHIPPED = "rules.json"


class RuleFileError(ValueError):
    """A rule file that cannot be used; its message is fit to show."""


@cache
def _shipped() -> Rules:
    return rules_from_document(_parsed(read_text(_SHIPPED)))


def load_rules(path: Path | None = None) -> Rules:
    """Return the rules of a file, or the shipped ones.

    What a file leaves out is taken from the shipped rules.

    Raises:
        RuleFileError: the file cannot be read, or does not hold together.
    """
    if path is None:
        return _shipped()
    return rules_from_document(_parsed(path.read_text(encoding="utf-8-sig")), _shipped())


def _parsed(text: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return document
