"""What a draft is made of: entries with their source and doubts, and questions to a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UNKNOWN_AGENCY = "待定单位"
"""Used wherever the documents name no agency; a person replaces it."""


@dataclass(frozen=True, slots=True)
class PlanQuestion:
    """One thing a person must confirm: where, what is unclear, the default used, which items."""

    where: str
    issue: str
    default: str
    items: tuple[str, ...] = ()


@dataclass(slots=True)
class Drafted:
    """One entry of a plan document, the text it was read from, and what about it is in doubt.

    ``doubts`` say why, by the entry's key: ``lead_agency``, ``targets.2025``, ``target``; the key
    ``row`` stands for the whole entry. ``likely`` is for entries that a person has to choose.
    """

    entry: dict[str, Any]
    source: str
    doubts: dict[str, str] = field(default_factory=dict)
    likely: bool = False

    @property
    def why(self) -> str:
        """All that is in doubt, in words; "" if nothing is."""
        return "；".join(dict.fromkeys(self.doubts.values()))

    def doubts_about(self, keys: tuple[str, ...]) -> bool:
        """Whether the value that the keys lead to is in doubt."""
        if keys == ("doubts",):
            return bool(self.doubts)
        parts = keys[:-1] if keys[-1:] == ("printed",) else keys
        return ".".join(parts) in self.doubts or "row" in self.doubts


@dataclass(frozen=True, slots=True)
class DraftPlan:
    """A plan file's document, as in ``schemas/plan.schema.json``, and the questions to confirm.

    ``drafted`` are the entries of each list with their sources; ``candidates`` the sentences of
    which a person may make milestones or tasks.
    """

    document: dict[str, Any]
    questions: tuple[PlanQuestion, ...]
    drafted: Mapping[str, tuple[Drafted, ...]] = field(default_factory=dict)
    candidates: tuple[Drafted, ...] = ()


@dataclass(slots=True)
class Noted:
    """The questions collected so far, in order."""

    questions: list[PlanQuestion] = field(default_factory=list)

    def ask(self, where: str, issue: str, default: str, items: Iterable[str] = ()) -> None:
        """Add a question, once."""
        question = PlanQuestion(where, issue, default, tuple(items))
        if question not in self.questions:
            self.questions.append(question)

    def as_entries(self) -> list[dict[str, Any]]:
        """Return the questions as a plan document has them."""
        return [
            {
                "number": number, "where": question.where[:60], "issue": question.issue[:300],
                "default": question.default[:300], "items": list(question.items)[:300],
            }
            for number, question in enumerate(self.questions, start=1)
        ]  # fmt: skip
