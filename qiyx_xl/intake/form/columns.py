"""The form's columns, as ``schemas/submission.schema.json`` describes them.

The schema's ``x-header`` and ``x-aliases`` are the one table of header aliases.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.text import tidy, without_bracket
from qiyx_xl.data import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping

SUBMISSION_SCHEMA = "schemas/submission.schema.json"
_OF_ANOTHER_TIME = re.compile("上年|去年|前年|同期|上期|上季|上月|目标|计划|预计|率|同比|环比")
_MOST_KEYS = 4096  # texts whose column is remembered


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: the schema's key for it, its printed header, and how else it may be headed.

    ``messages`` say what the column should hold, by the keyword of the rule that is broken.
    """

    key: str
    header: str
    aliases: tuple[str, ...]
    is_required: bool
    messages: Mapping[str, str]


@dataclass(frozen=True)
class Columns:
    """All columns the form knows."""

    specs: tuple[ColumnSpec, ...]
    _by_text: dict[str, str]
    _keys: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def from_schema(cls, schema: dict[str, Any]) -> Columns:
        """Read the columns from a submission schema.

        Raises:
            ValueError: two columns claim the same header.
        """
        specs = tuple(
            ColumnSpec(
                key,
                about["x-header"],
                tuple(about.get("x-aliases", ())),
                bool(about.get("x-required-column", False)),
                dict(about.get("x-messages", {})),
            )
            for key, about in schema["properties"].items()
            if "x-header" in about
        )
        by_text: dict[str, str] = {}
        for spec in specs:
            for text in (spec.header, *spec.aliases):
                if by_text.setdefault(tidy(text), spec.key) != spec.key:
                    raise ValueError(f"表头“{text}”在 {SUBMISSION_SCHEMA} 里属于两列，请只留一处。")
        return cls(specs, by_text)

    def key(self, text: str) -> str | None:
        """Return the key of the column headed so; None if no column is."""
        if not text:
            return None
        known = self._keys.get(text, "")
        if known != "":
            return known
        tidied = tidy(text)
        bare = without_bracket(tidied)
        key = self._by_text.get(tidied) or self._by_text.get(bare)
        if key == "actual" and _OF_ANOTHER_TIME.search(tidied, len(bare)):
            key = None
        if len(self._keys) < _MOST_KEYS:
            self._keys[text] = key
        return key

    def spec(self, key: str) -> ColumnSpec:
        """Return a column by its key."""
        return next(spec for spec in self.specs if spec.key == key)


@cache
def submission_schema() -> dict[str, Any]:
    """Return the shipped schema of a form's rows."""
    schema: dict[str, Any] = json.loads(read_text(SUBMISSION_SCHEMA))
    return schema
