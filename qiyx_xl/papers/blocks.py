"""A document's parts, before anything is set in type: headings, paragraphs, tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. Level 1 is 一、, level 2 （一）, level 3 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """A paragraph of the text; ``lead`` stands before it, emphasised.

    ``style`` is ``body``, or ``attachments`` for the list of attachments.
    """

    text: str
    lead: str = ""
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table on its own page; ``widths`` are shares of the page's width.

    ``lamp_column`` holds a lamp's word, perhaps with its state behind it;
    ``counts_indicators`` says that its rows are all indicators, each once. ``count_columns`` hold
    the numbers of green, amber, red and grey lamps, whose sums are all indicators.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    left: frozenset[int] = frozenset()
    lamp_column: int | None = None
    counts_indicators: bool = False
    count_columns: tuple[int, ...] = ()
    note: str = ""


Block = Heading | Body | Table
