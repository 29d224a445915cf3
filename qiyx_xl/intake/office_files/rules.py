"""Which rules apply: those of the shipped rule file, a shipped preset, or a district's own file."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.rules import Rules, disagreements, rules_from_document
from qiyx_xl.data import read_text, resource
from qiyx_xl.intake.office_files.json_file import (
    OfficeFileError,
    parse_json,
    read_json,
)
from qiyx_xl.intake.office_files.schema_messages import schema_problems

if TYPE_CHECKING:
    from pathlib import Path

_SHIPPED = "rules.json"
_SCHEMA = "schemas/rules.schema.json"
_PRESETS = {"银川": "rules-yinchuan.json"}


class RuleFileError(OfficeFileError):
    """A rule file that cannot be used."""

    wording = "规则文件“{name}”不能用：{problems}。"
    most_shown = 5


def load_rules(path: Path | None = None) -> Rules:
    """Return the rules of a file, or the shipped ones.

    Rules that a file leaves out have their shipped values.

    Raises:
        RuleFileError: the file cannot be read, or contradicts itself.
    """
    return _shipped() if path is None else _read(path)


def presets() -> tuple[str, ...]:
    """Return the names of the shipped presets."""
    return tuple(_PRESETS)


def preset(name: str) -> Rules:
    """Return a shipped preset, such as 银川.

    Raises:
        KeyError: no preset has this name; see ``presets``.
    """
    return _read(resource(_PRESETS[name]))


@cache
def _shipped() -> Rules:
    # The tests check this file against its schema; doing it at every start would cost time.
    return rules_from_document(parse_json(read_text(_SHIPPED)))


def _read(path: Path) -> Rules:
    document = read_json(path, RuleFileError)
    problems = schema_problems(document, _SCHEMA)
    if not problems:
        rules = rules_from_document(document, _shipped())
        problems = disagreements(rules)
        if not problems:
            return rules
    raise RuleFileError(path.name, problems)
