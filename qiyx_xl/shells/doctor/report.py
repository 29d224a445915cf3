"""The result of 体检: one answer per check, and the report of all checks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = "doctor-report/1"


class CheckState(StrEnum):
    """The outcome of a check."""

    OK = "ok"
    ATTENTION = "attention"
    BROKEN = "broken"
    NOT_APPLICABLE = "not_applicable"

    @property
    def word(self) -> str:
        """The Chinese word printed for it."""
        return {"ok": "正常", "attention": "注意", "broken": "不行", "not_applicable": "不适用"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class Answer:
    """What one check found, and what to do about it; ``cure`` is empty if nothing is to do."""

    state: CheckState
    found: str
    cure: str = ""


def ok(found: str) -> Answer:
    """Return the answer that everything is in order."""
    return Answer(CheckState.OK, found)


def attention(found: str, cure: str) -> Answer:
    """Return the answer that the add-in works or may work, but something should be changed."""
    return Answer(CheckState.ATTENTION, found, cure)


def broken(found: str, cure: str) -> Answer:
    """Return the answer that the add-in cannot work, with the cure."""
    return Answer(CheckState.BROKEN, found, cure)


def not_applicable(found: str) -> Answer:
    """Return the answer that the check does not apply to this computer."""
    return Answer(CheckState.NOT_APPLICABLE, found)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: its name, its Chinese title and its answer."""

    name: str
    title: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Report:
    """All checks, in the order in which they are printed.

    ``facts`` are the collected facts as JSON, so that they can be judged on another computer.
    """

    version: str
    checks: tuple[CheckResult, ...]
    facts: Mapping[str, Any]

    def count(self, state: CheckState) -> int:
        """Return how many checks have this outcome."""
        return sum(checked.answer.state is state for checked in self.checks)

    @property
    def is_clean(self) -> bool:
        """Whether nothing needs to be done."""
        return not self.to_do

    @property
    def to_do(self) -> tuple[CheckResult, ...]:
        """The checks with something to do: first those that stop the add-in, then the others."""
        return tuple(
            checked
            for state in (CheckState.BROKEN, CheckState.ATTENTION)
            for checked in self.checks
            if checked.answer.state is state
        )

    @property
    def sentence(self) -> str:
        """The outcome in one sentence, for the status bar and the end of the list."""
        counts = "，".join(
            f"{state.word} {self.count(state)} 项" for state in CheckState if self.count(state)
        )
        if not self.to_do:
            return f"体检完成：{counts}。不需要处理。"
        first = self.to_do[0]
        return f"体检完成：{counts}。请先处理“{first.title}”：{first.answer.cure}"

    def to_json(self) -> dict[str, Any]:
        """Return the document of ``schemas/doctor-report.schema.json``."""
        return {
            "schema": SCHEMA,
            "version": self.version,
            "summary": {state.value: self.count(state) for state in CheckState},
            "checks": [
                {
                    "name": checked.name,
                    "title": checked.title,
                    "state": checked.answer.state.value,
                    "word": checked.answer.state.word,
                    "found": checked.answer.found,
                    "cure": checked.answer.cure or None,
                }
                for checked in self.checks
            ],
            "facts": dict(self.facts),
        }
