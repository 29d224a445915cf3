"""Which state of the log was a ledger written from? How far the log went, and its seal there."""

from __future__ import annotations

import re
from dataclasses import dataclass

SEAL_LENGTH = 16
_WRITTEN = re.compile(r"([0-9.+]*)(?: #([0-9]+)-([0-9a-f]{16}))?")
_NAMES = ("次汇总", "个决定", "次封账或启封", "次调度改动")


@dataclass(frozen=True, slots=True)
class Anchor:
    """A position in the log, as stored in the ledger's cell 数据库进度.

    ``position`` is ``Log.position()``. ``entry`` and ``seal`` identify the booking at which it was
    reached, so that a ledger can be told from one of another log of the same length; they are 0 and
    "" in ledgers of earlier versions, and while nothing is booked.
    """

    position: str
    entry: int = 0
    seal: str = ""

    def __str__(self) -> str:
        """Return the cell's text."""
        return f"{self.position} #{self.entry}-{self.seal}" if self.entry else self.position

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Parse the cell's text; a text in another format gives an anchor without a position."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            return cls("")
        position, entry, seal = found.groups()
        return cls(position, int(entry or 0), seal or "")

    @property
    def counts(self) -> tuple[int, ...]:
        """The numbers of consolidations, decisions, closings, changes of matters, lists and plans.

        A number that cannot be parsed counts as 0.
        """
        position, listed, plans, *_ = [*self.position.split("+"), "", ""]
        numbers = [int(one) if one.isdigit() else 0 for one in position.split(".")]
        numbers = [*numbers, 0, 0, 0, 0][:4]
        return (*numbers, *(int(one) if one.isdigit() else 0 for one in (listed, plans)))

    @property
    def is_empty(self) -> bool:
        """Whether nothing had been booked yet."""
        return not any(self.counts)

    def goes_beyond(self, other: Anchor) -> bool:
        """Whether something had been booked here that the other anchor lacks."""
        return any(mine > theirs for mine, theirs in zip(self.counts, other.counts, strict=True))

    @property
    def words(self) -> str:
        """The counts as a Chinese phrase."""
        *counts, listed, plans = self.counts
        parts = [f"{count} {name}" for count, name in zip(counts, _NAMES, strict=True) if count]
        parts += [f"{listed} 版项目清单"] if listed else []
        parts += [f"{plans} 版方案"] if plans else []
        return "、".join(parts) or "什么都没有记"
