"""How papers format figures in sentences (lists, dates, lamp counts), and the blocks of a text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.ratio import exact
from qiyx_xl.core.primitives.values import Absence, Word, plain, spell
from qiyx_xl.core.rating.completion import fixed
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.papers.edition import EditionError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from decimal import Decimal

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.core.rating.scorecard import StatusLine

_NOTHING = "—"

_NUMERALS = "〇一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class LampCount:
    """How many lines have each lamp.

    Raises:
        EditionError: the counts do not add up to ``total``.
    """

    green: int
    amber: int
    red: int
    grey: int
    total: int

    def __post_init__(self) -> None:
        if self.green + self.amber + self.red + self.grey != self.total:
            raise EditionError(
                f"灯数对不上：绿{self.green}、黄{self.amber}、红{self.red}、灰{self.grey}，"
                f"合计应为{self.total}，没有写出任何文件。请把台账和数据库发给技术人员。"
            )

    @property
    def by_light(self) -> tuple[tuple[Light, int], ...]:
        """The counts in the order in which papers list them."""
        return (
            (Light.GREEN, self.green),
            (Light.AMBER, self.amber),
            (Light.RED, self.red),
            (Light.GREY, self.grey),
        )

    @property
    def sentence(self) -> str:
        """The counts as a text: 绿灯6项、黄灯4项、红灯4项、灰灯7项."""
        return "、".join(f"{light.word}灯{n}项" for light, n in self.by_light if n) or "没有项目"


def gap_text(gap: Decimal | None) -> str:
    """Return 序时差 in percentage points as every paper prints it: +4.5, -10.0, 0.0, or —."""
    if gap is None:
        return _NOTHING
    text = fixed(exact(gap), 1)
    is_ahead = gap > 0 and text != "0.0"
    return f"+{text}" if is_ahead else text


def change_text(change: int | None) -> str:
    """Format a change of rank: ↑2, ↓1, 持平; — where there is nothing to compare with."""
    match change:
        case None:
            return _NOTHING
        case 0:
            return "持平"
        case _:
            return f"{'↑' if change > 0 else '↓'}{abs(change)}"


def lamp_count(lines: Iterable[StatusLine]) -> LampCount:
    """Count the lamps of some lines."""
    lights = [line.rating.light for line in lines]
    green, amber, red, grey = (
        lights.count(light) for light in (Light.GREEN, Light.AMBER, Light.RED, Light.GREY)
    )
    return LampCount(green, amber, red, grey, len(lights))


def full_date(day: date) -> str:
    """Format a day as papers do: 2026年10月10日."""
    return f"{day.year}年{day.month}月{day.day}日"


def chinese_number(number: int) -> str:
    """Format a number from 1 to 99 for headings: 十二."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_NUMERALS[tens]}十"
    return head + ("" if ones == 0 and tens else _NUMERALS[ones])


def with_measure(text: str, item: Item) -> str:
    """Append an item's measure to a number; a text that ends with no digit is unchanged."""
    return text + item.measure if text and text[-1].isdigit() and item.measure else text


def actual_text(rating: Rating, item: Item) -> str:
    """Format the reported value with its measure; — for a blank, a word (不适用) unchanged."""
    if rating.actual is Absence.NOT_REPORTED:
        return "—"
    return with_measure(spell(rating.actual), item)


def target_text(rating: Rating, item: Item) -> str:
    """Format the target with which a value is compared: comparator, number and measure.

    Where it is no number, or the value is a word, return the target as printed; else 未定.
    """
    if isinstance(rating.actual, Word) or rating.target is None:
        return rating.target_printed or "未定"
    sign = "" if rating.comparator is None else rating.comparator.sign
    return with_measure(f"{sign}{plain(rating.target)}", item)


# --- The blocks of a document's text, before typesetting: headings, paragraphs, tables ----------


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. Level 1 is 一、, level 2 （一）, level 3 1."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Body:
    """A paragraph of the text, preceded by ``lead`` in emphasis.

    ``style`` is ``body``, or ``attachments`` for the list of attachments.
    """

    text: str
    lead: str = ""
    style: str = "body"


@dataclass(frozen=True, slots=True)
class Table:
    """A table on its own page; ``widths`` are shares of the page's width.

    ``lamp_column`` is the column of lamps: the lamp's word, with or without its state after it.
    ``counts_indicators`` is True if each indicator has exactly one row. ``count_columns`` are the
    columns with the numbers of green, amber, red and grey lamps; they sum up to all indicators.
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


def shortened(text: str, limit: int) -> str:
    """Return a text on one line, cut to so many characters."""
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else f"{flat[:limit]}……"
