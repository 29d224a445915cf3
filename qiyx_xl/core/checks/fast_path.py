"""Which rows certainly have no finding, so that the rules need not be run on them.

Most rows of most files are alike: the locked cells as the template prints them, and a plain number
of the expected size. Once all rules have passed one such row, every row with the same locked cells
and a number in the same range passes them, too: the rules' other inputs are the same, except the
history of the sender, which is checked here. Every other row is checked in full.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.forecast.band import band
from qiyx_xl.core.forecast.trend import Reading
from qiyx_xl.core.forms.vocabulary import FILLED_KEYS, LOCKED_KEYS
from qiyx_xl.core.plan.model import Goal, Indicator, StatusRule
from qiyx_xl.core.primitives.values import decimal_from_float, plain, spell
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.records.source import Source

if TYPE_CHECKING:
    from collections.abc import Collection

    from qiyx_xl.core.checks.row_checks import RowContext
    from qiyx_xl.core.forms.cell import CellValue
    from qiyx_xl.core.forms.vocabulary import FormRow
    from qiyx_xl.core.plan.model import Agency, Item
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.history import History

_SAME = len(LOCKED_KEYS) - 1  # the last of the locked cells, 上期值, differs between senders
_WHOLE = Decimal(100)
_LARGEST = 1e14  # less than the 15 digits from which on a number is read as an identity number
_MOST_WINDOWS = 4096  # per period; a plan has some hundred items
# characters of all locked cells of a row; no rule checks some of them, such as 类别
_LONGEST = 1000
# the range is this much narrower than the rule's, which computes with exact fractions
_MARGIN = 1e-9


@dataclass(frozen=True, slots=True)
class Window:
    """The range of an item's numbers that no rule doubts.

    ``reporter`` is the agency that reports the item; ``is_part`` is whether the figure is one
    street's part. ``low`` and ``high`` apply where the sender has no history, ``top`` always.
    ``blank`` is the row with nothing filled in, in the form the schema checks. By ``item`` a number
    is compared with its sender's earlier ones.
    """

    code: str
    reporter: str
    is_cumulative: bool
    is_part: bool
    low: float
    high: float
    top: float
    blank: dict[str, str | float | None]
    item: Item


PlainRow = tuple[str, float, str, str]
"""A row without findings: the item's code, its number, the remark, and the number's cell.

A tuple, because it is cheap to send between processes: every file has some dozens.
"""


def record_of(row: PlainRow, period: Period, agency: str, source: Source) -> Record:
    """Convert a plain row to a record; ``source`` is the file and the sheet."""
    code, number, remark, cell = row
    actual = decimal_from_float(number)
    return Record(
        code=code,
        period=period,
        agency=agency,
        actual=actual,
        remark=remark,
        as_written=plain(actual),
        source=Source(source.file, source.sha256, source.sheet, cell),
    )


Recognised = tuple[Window, PlainRow, str | None]
"""A plain row with its window, and the text of its cell 上期值."""


class Sender(NamedTuple):
    """The sender of a form: its name, the codes it reports, and whether it has reported before.

    Computed once for all rows of a form.
    """

    name: str
    own: Collection[str]
    is_known: bool


class PlainRows:
    """The windows learned so far for one period."""

    def __init__(self, period: Period, rules: Rules, history: History) -> None:
        self._period, self._rules, self._history = period, rules, history
        self._windows: dict[tuple[CellValue, ...], Window] = {}

    def sender(self, agency: Agency, own: Collection[str]) -> Sender:
        """Return the sender of a form; ``own`` are the codes of the items it reports."""
        return Sender(agency.name, own, self._history.knows(agency.name))

    def recognise(self, row: FormRow, sender: Sender) -> Recognised | None:
        """Return the content of a plain row; None for any other row."""
        bare = row.bare
        window = None if bare is None else self._windows.get(bare[:_SAME])
        if bare is None or window is None:
            return None
        last, number, second, remark = bare[_SAME:]
        if not isinstance(number, float) or (second is not None and second != ""):
            return None
        name, own, is_known = sender
        code, is_part = window.code, window.is_part
        if (name != window.reporter) is not is_part or code not in own:
            return None
        said = remark.strip() if isinstance(remark, str) else _text(remark)
        shown = last.strip() if isinstance(last, str) else _text(last)
        if said is None or shown is None:
            return None
        if not is_part and explains_nothing(said):
            return None  # a red lamp would need an explanation, so the rules have to run
        if is_known:
            is_expected = self._is_expected(window, name, number, shown)
        else:
            is_expected = window.low <= number <= window.high
        if not is_expected:
            return None
        return window, (code, number, said, f"{row.column}{row.number}"), shown or None

    def _is_expected(self, window: Window, agency: str, number: float, shown: str) -> bool:
        """Whether a row agrees with its sender's history.

        That is: its number is of the expected size, and its 上期值 is the recorded value.
        """
        history, code = self._history, window.code
        if history.accepted_record(code, agency, self._period) is not None:
            return False
        record = history.last(code, agency, self._period)
        known = None if record is None else record.actual
        if known is not None and shown and shown != spell(known):
            return False
        before = known if isinstance(known, Decimal) else None
        least = before if window.is_cumulative else None
        if least is not None and decimal_from_float(number) < least:
            return False
        low, high = window.low, window.high
        reference = history.year_end(code, agency, self._period.year - 1)
        reference = before if reference is None else reference
        if reference is not None and reference != 0:
            low, high = _around(reference, window.top, self._rules)
        if not low <= number <= high:
            return False
        numbers = history.numbers(code, agency, self._period)
        usual = band(window.item, (Reading(*one) for one in numbers), self._period)
        return usual is None or usual.holds(decimal_from_float(number))

    def learn(self, case: RowContext) -> None:
        """Store the window of a row that all rules have passed.

        Nothing is stored for a row whose check needs more than its number. The number and the size
        of windows are limited, so that files made to exhaust the memory cannot do so.
        """
        item, bare = case.item, case.row.bare
        if bare is None or case.number is None or not isinstance(item, Indicator | Goal):
            return
        size = sum(len(value) for value in bare[:_SAME] if isinstance(value, str))
        if size > _LONGEST or len(self._windows) >= _MOST_WINDOWS:
            return
        is_measured = item.status_rule is not StatusRule.MILESTONE and item.second_input is None
        if is_measured and getattr(item, "repeats", None) is None:
            is_capped = item.is_percent and not item.may_exceed_hundred
            low, high = 0.0, float(_WHOLE) if is_capped else _LARGEST
            top = high
            target = None if case.target is None or case.is_part else case.target.value
            if target is not None and target != 0:
                low, high = _around(target, top, self._rules)
            locked = {key: case.row.cell(key).text or None for key in LOCKED_KEYS}
            filled = dict.fromkeys(FILLED_KEYS)
            self._windows[bare[:_SAME]] = Window(
                code=item.code,
                reporter=item.reporting_agency,
                is_cumulative=item.cumulative,
                is_part=case.is_part,
                low=low,
                high=high,
                top=top,
                blank={**locked, **filled},
                item=item,
            )


def _around(reference: Decimal, top: float, rules: Rules) -> tuple[float, float]:
    """Return the range in which the size is not in doubt; empty if the reference is negative."""
    if reference < 0:
        return 0.0, -1.0
    low = float(reference * rules.magnitude_low) * (1 + _MARGIN)
    return low, min(top, float(reference * rules.magnitude_high) * (1 - _MARGIN))


def _text(value: CellValue) -> str | None:
    """Convert a cell's value to text if that is trivial; None if it is not."""
    if value is None:
        return ""
    return plain(decimal_from_float(value)) if isinstance(value, float) else None
