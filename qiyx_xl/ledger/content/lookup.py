"""How the ledger's formulas find a figure in 填报记录: by MATCH on one of four key columns.

The keys encode the choice that ``core.rating.scorecard`` makes: the record of the period itself,
else the record whose period ends with the same month (a year before a quarter before a month);
last year's number; a milestone that was done earlier. A record without keys is never found:

==============  ============================  ====================================================
key             example                       which records have it
==============  ============================  ====================================================
按期查找键       9|2026Q3                      every current record of the item's reporting agency
按月末查找键     9|2026-09                     of those ending with the month, the preferred one
按年末查找键     9|2025                        of those ending with the year, the last with a number
完成查找键       M07|2026-09                   the first record by which a milestone was done
==============  ============================  ====================================================
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.consolidation.conflicts import confirmed_values
from qiyx_xl.core.consolidation.current import senders_of_figures
from qiyx_xl.core.plan.schedule import is_done
from qiyx_xl.core.primitives.values import Unreadable, spell
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import score_decimal, score_of_lights
from qiyx_xl.ledger.layout.cells import CellError
from qiyx_xl.ledger.layout.tables import Name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qiyx_xl.core.consolidation.conflicts import Decision
    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.rate import Rating
    from qiyx_xl.core.records.log_entries import LoggedRecord
    from qiyx_xl.core.records.record import Record

Keys = tuple[str, str, str, str]
CONFIRMED_WORD = "已核实"


class Lookup:
    """The keys of each record, and the rows that the formulas find.

    Rows are counted from 1, in the order of the records.
    """

    def __init__(
        self, plans: Plans, records: Sequence[LoggedRecord], decisions: Sequence[Decision] = ()
    ) -> None:
        self._plans = plans
        current = [logged.record for logged in records if logged.current]
        self._senders = senders_of_figures(plans, current, decisions)
        self._by_period: dict[str, int] = {}
        self._by_month: dict[str, int] = {}
        self._by_year_end: dict[str, int] = {}
        self._records = [logged.record for logged in records]
        own = [
            (row, logged.record)
            for row, logged in enumerate(records, start=1)
            if logged.current and self._is_districts(logged.record)
        ]
        own.sort(key=lambda entry: entry[1].period.order)
        for row, record in own:
            self._enter(row, record)
        self._done = self._first_done(own)
        self.keys: list[Keys] = self._keys()
        self.confirmed: list[str] = self._confirmed(own, decisions)

    def _is_districts(self, record: Record) -> bool:
        return self._senders.get((record.period, record.code)) == record.agency

    def _enter(self, row: int, record: Record) -> None:
        # Records are entered in order of period: of those that end with the same month, a longer
        # period replaces a shorter one, unless it is blank.
        self._by_period[period_key(record.code, record.period)] = row
        month = month_key(record.code, record.period)
        if record.is_reported or month not in self._by_month:
            self._by_month[month] = row
        if record.period.is_year_end and isinstance(record.actual, Decimal):
            self._by_year_end[f"{record.code}|{record.period.year}"] = row

    def _first_done(self, own: Sequence[tuple[int, Record]]) -> dict[str, int]:
        first: dict[str, int] = {}
        for row, record in own:
            item = self._plans.at(record.period).item(record.code)
            if item is not None and is_done(item, record.actual):
                first.setdefault(record.code, row)
        return first

    def _keys(self) -> list[Keys]:
        columns = []
        done = {
            month_key(code, self._records[row - 1].period): row for code, row in self._done.items()
        }
        for found in (self._by_period, self._by_month, self._by_year_end, done):
            keys = [""] * len(self._records)
            for key, row in found.items():
                keys[row - 1] = key
            columns.append(keys)
        return [(a, b, c, d) for a, b, c, d in zip(*columns, strict=True)]

    def _confirmed(
        self, own: Sequence[tuple[int, Record]], decisions: Sequence[Decision]
    ) -> list[str]:
        """Return for each record ``CONFIRMED_WORD`` if a person confirmed exactly its value."""
        marks = [""] * len(self._records)
        seen = confirmed_values(decisions)
        if not seen:
            return marks
        for row, record in enumerate(self._records):
            if (*record.key, spell(record.actual)) in seen:
                marks[row] = CONFIRMED_WORD
        # Where a person chose another agency's value as the district's, the confirmation names
        # the item's own reporting agency.
        for number, record in own:
            reporters = self._plans.reporters(record.code, record.period)
            value = spell(record.actual)
            if any((*record.key[:2], reporter, value) in seen for reporter in reporters):
                marks[number - 1] = CONFIRMED_WORD
        return marks

    def at(self, item: Item, period: Period) -> int | str:
        """Return the row of the item's figure at a period; "" if there is none."""
        row = self._by_period.get(period_key(item.code, period))
        if row is None:
            row = self._by_month.get(month_key(item.code, period))
        return "" if row is None else row

    def milestone(self, item: Item, period: Period) -> int | str:
        """Return the row of a milestone's progress in the period, else of its being done earlier.

        "" if there is neither.
        """
        row = self.at(item, period)
        if isinstance(row, int) and self._records[row - 1].is_reported:
            return row
        done = self._done.get(item.code)
        if done is None or month_of(self._records[done - 1].period) > month_of(period):
            return ""
        return done

    def year_end(self, item: Item, year: int) -> int | str:
        """Return the row of the item's last number that ends with the year; "" if none."""
        return self._by_year_end.get(f"{item.code}|{year}", "")


def month_of(period: Period) -> str:
    """Return a period's last month: 2026-09 for 2026Q3."""
    return f"{period.year}-{period.end_month:02d}"


def period_key(code: str, period: Period) -> str:
    """Return the key of an item's figure for exactly this period."""
    return f"{code}|{period}"


def month_key(code: str, period: Period) -> str:
    """Return the key of an item's figure at the end of a period's last month."""
    return f"{code}|{month_of(period)}"


# --- The same look-ups as formulas; ``key`` is the address of the cell with the item's code -----


def locator(key: str) -> str:
    """Return the formula that finds the row of an item's figure at 数据期."""
    return f'IFERROR({_at(key)},"")'


def milestone_locator(key: str) -> str:
    """Return the formula that finds the row of a milestone's progress, or of its being done."""
    done = f'MATCH({key}&"|*",{Name.DONE_KEYS},0)'
    in_time = f'INDEX({Name.DONE_KEYS},{done})<={key}&"|"&{Name.MONTH}'
    reported = f'IF(INDEX({Name.VALUES},{_at(key)})="",NA(),{_at(key)})'
    return f'IFERROR({reported},IFERROR(IF({in_time},{done},""),""))'


def previous_locator(key: str) -> str:
    """Return the formula that finds the row of the number that ends the year before 数据期."""
    return f'IFERROR(MATCH({key}&"|"&({Name.YEAR}-1),{Name.YEAR_END_KEYS},0),"")'


def look_up(column: Name, row: str) -> str:
    """Return the formula of a cell of 填报记录 in a row; a blank gives "" and not 0."""
    return f'IF({row}="","",IF(INDEX({column},{row})="","",INDEX({column},{row})))'


def look_up_number(column: Name, row: str) -> str:
    """Return the formula of a number of 填报记录 in a row; the cell is known not to be blank."""
    return f'IF({row}="","",INDEX({column},{row}))'


def _at(key: str) -> str:
    exact = f'MATCH({key}&"|"&{Name.PERIOD},{Name.PERIOD_KEYS},0)'
    month = f'MATCH({key}&"|"&{Name.MONTH},{Name.MONTH_KEYS},0)'
    return f"IFERROR({exact},{month})"


# --- What the cell functions return for a rating: used in Excel and for the stored values -------

NO_NUMBER = "—"

Answer = Decimal | str | CellError


def rate_answer(rating: Rating) -> Answer:
    """Return 完成率 as a share; "—" where there is none, #VALUE! for a value that cannot be read.

    A cell formatted 0.0% must not show 100.0% for a target that is missed. There the rate as it
    is shown elsewhere is returned (docs/rating.md, section 3).
    """
    if isinstance(rating.actual, Unreadable):
        return CellError.VALUE
    share = rating.completion_rate
    if share is None:
        return NO_NUMBER
    shown = rating.shown_rate
    return shown if shown is not None and rating.met is False and shown < share else share


def gap_answer(rating: Rating) -> Answer:
    """Return percentage points ahead of (+) or behind (−) 序时; "—" where there is none."""
    if isinstance(rating.actual, Unreadable):
        return CellError.VALUE
    return NO_NUMBER if rating.schedule_gap_pp is None else rating.schedule_gap_pp


def status_answer(rating: Rating) -> str:
    """Return 绿, 黄, 红 or 灰."""
    return rating.light.word


def explain_answer(rating: Rating) -> str:
    """Return the sentence that explains the lamp, with the flags to check in brackets."""
    flags = "、".join(rating.flags)
    return f"{rating.reason}（{flags}）" if flags else rating.reason


def score_answer(words: Iterable[str], rules: Rules) -> Answer:
    """Return 晾晒得分: the mean over the green, amber and red lamps; "—" if there are none.

    Rule: docs/rating.md, section 8. Blank words are skipped; any other word gives #VALUE!.
    """
    lights = {light.word: light for light in Light}
    shown = [word for word in words if word]
    if any(word not in lights for word in shown):
        return CellError.VALUE
    score = score_decimal(score_of_lights((lights[word] for word in shown), rules))
    return NO_NUMBER if score is None else score
