"""Which rules apply to one row? One small function each; ``ROW_CHECKS`` lists them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.forecast.band import band
from qiyx_xl.core.forecast.trend import Reading
from qiyx_xl.core.forms.cell import squeeze
from qiyx_xl.core.forms.cell_parser import read_number
from qiyx_xl.core.forms.item_names import is_name_of
from qiyx_xl.core.forms.vocabulary import EVIDENCE_HEADER, FormColumn, printed_target, second_name
from qiyx_xl.core.plan.model import Frequency, Goal, GoalKind, Indicator, Milestone, SecondInput
from qiyx_xl.core.plan.schedule import expects
from qiyx_xl.core.plan.target_text import parse_printed
from qiyx_xl.core.primitives.measures import is_same_measure
from qiyx_xl.core.primitives.ratio import decimal_of
from qiyx_xl.core.primitives.text import same_text
from qiyx_xl.core.primitives.values import Absence, Word, plain, rounded, spell
from qiyx_xl.core.rating.judgement import doubt
from qiyx_xl.core.rating.rate import Light, effective_item, rate
from qiyx_xl.core.records.evidence import read_evidence
from qiyx_xl.core.records.explanations import explains_nothing
from qiyx_xl.core.records.missing import wants_evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.forms.cell import Cell
    from qiyx_xl.core.forms.cell_parser import ParsedCell
    from qiyx_xl.core.forms.vocabulary import FilledForm, FormRow
    from qiyx_xl.core.plan.model import Agency, Item, Plan, Target
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.history import History
    from qiyx_xl.core.records.record import Record


# --- The input of the rules: one row, its item, its parsed cells and its history ------------------

_HEADERS = {
    "code": FormColumn.CODE,
    "name": FormColumn.NAME,
    "measure": FormColumn.MEASURE,
    "target": FormColumn.TARGET,
    "last": FormColumn.LAST,
    "actual": FormColumn.ACTUAL,
    "second": FormColumn.SECOND,
    "remark": FormColumn.REMARK,
    "evidence": EVIDENCE_HEADER,
}


@dataclass(frozen=True)
class RowContext:
    """One row with its item, its parsed cells, and what was accepted before.

    ``second`` is None where the item asks for no second number; ``last`` is the latest older
    record, ``accepted`` the one already accepted for this period, ``previous`` the number at the
    end of last year.
    """

    form: FilledForm
    plan: Plan
    rules: Rules
    history: History
    agency: Agency
    period: Period
    row: FormRow
    item: Item
    reading: ParsedCell
    second: ParsedCell | None
    last: Record | None
    accepted: Record | None
    previous: Decimal | None

    @property
    def number(self) -> Decimal | None:
        """The number reported; None if there is none."""
        return self.reading.value if isinstance(self.reading.value, Decimal) else None

    @property
    def evidence(self) -> str:
        """What was attached, in the sender's words; empty for a blank, 无 and the like."""
        text = self.row.cell("evidence").text
        return text if read_evidence(text) else ""

    @property
    def second_number(self) -> Decimal | None:
        """The second number; None if there is none."""
        second = None if self.second is None else self.second.value
        return second if isinstance(second, Decimal) else None

    @property
    def is_blank(self) -> bool:
        """Whether neither number was filled in."""
        return self.reading.value is Absence.NOT_REPORTED and self.second_number is None

    @property
    def is_part(self) -> bool:
        """Whether the figure is one street's part, so that the district's target does not apply."""
        return self.agency.name != self.item.reporting_agency

    @property
    def is_confirmed(self) -> bool:
        """Whether a person has confirmed exactly this value, however implausible it is."""
        return self.history.is_confirmed(
            self.item.code, self.agency.name, self.period, self.reading.value
        )

    def header(self, key: str) -> str:
        """Return a column's header as written in the file, else as the template prints it."""
        return self.form.header(key) or str(_HEADERS[key])

    def row_findings(self) -> Iterator[Finding]:
        """Yield the findings about the parsed cells themselves."""
        for key, reading in (("actual", self.reading), ("second", self.second)):
            if reading is not None:
                finding = reading.finding(
                    self.row.cell(key), self.form.sheet, self.header(key), self.item.measure
                )
                if finding is not None:
                    yield finding

    def finding(self, kind: FindingKind, key: str = "actual", **words: object) -> Finding:
        """Return a finding about a cell of this row."""
        cell = self.row.cell(key)
        about: dict[str, object] = {
            "header": self.header(key),
            "value": cell.error or cell.text,
            "code": self.item.printed_code,
            "name": self.item.name,
            "measure": self.item.measure,
        }
        return kind.at(self.form.sheet, cell.address or None, **(about | words))  # type: ignore[arg-type]

    @cached_property
    def target(self) -> Target | None:
        """The target of the period's year; None where there is none."""
        match self.item:
            case Indicator():
                return self.item.targets.get(self.period.year)
            case Goal():
                return self.item.in_year(self.period.year).target
            case _:
                return None


# --- The rules, one small function each -----------------------------------------------------------

_WHOLE = Decimal(100)
_WHOLES = {"%": 100, "‰": 1000}
_DECIMALS_OFFERED = 2
_PRINTED_FOR_NOTHING = {"", "—", "-", "－"}


# --- locked cells -----------------------------------------------------------------------------


def check_name(case: RowContext) -> Iterator[Finding]:
    """Require the item's name next to its code."""
    text = case.row.cell("name").text
    name = case.item.name
    if text and text != name and not is_name_of(text, name):
        yield case.finding(say.NAME_CHANGED, "name", suggestion=case.item.name)


def check_target(case: RowContext) -> Iterator[Finding]:
    """Require the target that the plan prints, or the same number."""
    text = case.row.cell("target").text
    printed = printed_target(case.item, case.period.year)
    if squeeze(text)[0] in _PRINTED_FOR_NOTHING or same_text(text, printed):
        return
    if case.target is not None and case.target.value is not None:
        understood = parse_printed(text, case.item.measure)
        if understood is not None and understood.value == case.target.value:
            return
    if isinstance(case.item, Milestone) and str(case.item.due.year) in text:
        return
    yield case.finding(say.TARGET_CHANGED, "target", suggestion=printed)


def check_measure(case: RowContext) -> Iterator[Finding]:
    """Require the item's measure."""
    text = case.row.cell("measure").text
    if squeeze(text)[0] in _PRINTED_FOR_NOTHING or same_text(text, case.item.measure):
        return
    if not is_same_measure(text, case.item.measure):
        yield case.finding(say.MEASURE_CHANGED, "measure", suggestion=case.item.measure)


def check_last(case: RowContext) -> Iterator[Finding]:
    """Require the recorded value as the last value."""
    text = squeeze(case.row.cell("last").text)[0]
    if case.last is None or text in _PRINTED_FOR_NOTHING:
        return
    known = case.last.actual
    is_same = text == spell(known)
    if isinstance(known, Decimal):
        understood = parse_printed(text, case.item.measure)
        is_same = is_same or (understood is not None and understood.value == known)
    if not is_same:
        yield case.finding(say.LAST_CHANGED, "last", suggestion=spell(known))


# --- how the sheet looks ----------------------------------------------------------------------


def check_merged(case: RowContext) -> Iterator[Finding]:
    """Require each number in a cell of its own, not merged with another row's."""
    for key in ("actual", "second"):
        cell: Cell = case.row.cell(key)
        if cell.merged is not None and not (key == "second" and case.second is None):
            yield case.finding(say.MERGED_VALUE, key, cell_range=cell.merged)


def check_hidden(case: RowContext) -> Iterator[Finding]:
    """Report a value in a hidden row or column; it is accepted all the same."""
    for key in ("actual", "second"):
        cell = case.row.cell(key)
        if cell.hidden and not cell.is_blank and not (key == "second" and case.second is None):
            yield case.finding(say.HIDDEN_ROW, key)


# --- what is there ----------------------------------------------------------------------------


def check_filled(case: RowContext) -> Iterator[Finding]:
    """Require a value for everything due in the period."""
    if case.reading.value is not Absence.NOT_REPORTED or case.reading.kind is not None:
        return
    if case.row.cell("actual").merged is not None:
        return  # it has a finding already, and the number is in the cell above
    item = case.item
    if isinstance(item, Goal) and item.repeats is not None:
        return
    if isinstance(item, Milestone) or (isinstance(item, Indicator) and item.due is not None):
        due = item.due
        is_owed = due is not None and case.period.last_day > due
    else:
        is_owed = expects(item, case.period)
    if is_owed:
        yield case.finding(say.NOT_FILLED)


def check_second(case: RowContext) -> Iterator[Finding]:
    """Require the second number beside a value that has no meaning without it."""
    asked = case.item.second_input
    cell = case.row.cell("second")
    if asked is None:
        said = read_number(cell, "")
        if not isinstance(said.value, Absence) and said.kind is not say.NONE_IS_AMBIGUOUS:
            yield case.finding(say.SECOND_NOT_ASKED, "second")
        return
    if asked is SecondInput.BASELINE or case.second_number is not None:
        return
    if case.second is not None and case.second.value is not Absence.NOT_REPORTED:
        return  # unreadable, which already has a finding
    name = second_name(case.item)
    value = spell(case.reading.value)
    if case.number is not None:
        yield case.finding(say.SECOND_MISSING, "second", second=name, value=value)
    elif case.reading.value is Word.FULL_COVERAGE:
        yield case.finding(say.SELF_REPORTED_COVERAGE, second=name)


def check_nearly_covered(case: RowContext) -> Iterator[Finding]:
    """Report 基本全覆盖, by which nothing can be decided."""
    if case.reading.value is Word.NEARLY_FULL_COVERAGE:
        yield case.finding(say.NEARLY_COVERED)


def check_early(case: RowContext) -> Iterator[Finding]:
    """Report a yearly item that is filled in before the end of the year."""
    if (
        case.item.frequency is Frequency.YEARLY
        and not case.period.is_year_end
        and not case.is_blank
    ):
        yield case.finding(say.YEARLY_EARLY, period=case.period.label)


# --- the value's meaning ----------------------------------------------------------------------


def check_sign(case: RowContext) -> Iterator[Finding]:
    """Reject a negative number; only a reference value (T7-1-01) may be negative."""
    if case.number is not None and case.number < 0 and not case.is_confirmed:
        yield case.finding(say.NEGATIVE, value=plain(case.number))
    whole = case.second_number
    if case.item.has_whole and whole is not None and whole < 0:
        yield case.finding(say.NEGATIVE, "second", value=plain(whole))


def check_share(case: RowContext) -> Iterator[Finding]:
    """Reject a share above 100."""
    number = case.number
    if (
        number is not None
        and case.item.is_percent
        and not case.item.may_exceed_hundred
        and number > _WHOLE
        and not case.is_confirmed
    ):
        yield case.finding(say.OVER_HUNDRED, value=plain(number))


def check_part(case: RowContext) -> Iterator[Finding]:
    """Reject a covered number greater than the number to be covered."""
    whole = case.second_number
    if (
        case.item.has_whole
        and case.number is not None
        and whole is not None
        and case.number > whole
    ):
        yield case.finding(
            say.MORE_THAN_WHOLE,
            value=plain(case.number),
            second=second_name(case.item),
            known=plain(whole),
        )


def check_quotient(case: RowContext) -> Iterator[Finding]:
    """Require a share to equal its numerator divided by its denominator, to its own precision.

    The template has no columns for these two; some agencies add them.
    """
    whole = _WHOLES.get(case.item.measure)
    if whole is None or case.number is None:
        return
    match [read_number(case.row.cell(key), "").value for key in ("numerator", "denominator")]:
        case [Decimal() as part, Decimal() as base] if base > 0:
            exponent = case.number.as_tuple().exponent
            step = Decimal(1).scaleb(min(exponent, 0) if isinstance(exponent, int) else 0)
            share = Fraction(part) / Fraction(base) * whole
            if abs(Fraction(case.number) - share) > Fraction(step) / 2:
                yield case.finding(
                    say.QUOTIENT_DISAGREES,
                    value=plain(case.number),
                    suggestion=plain(rounded(decimal_of(share), _DECIMALS_OFFERED)),
                    numerator=plain(part),
                    denominator=plain(base),
                )


def check_magnitude(case: RowContext) -> Iterator[Finding]:
    """Require the size of last year's number, else of the latest one, else of the target."""
    number, item = case.number, case.item
    if number is None or number < 0 or (item.is_percent and number > _WHOLE):
        return
    if case.is_confirmed:
        return
    reference = case.previous
    if reference is None and case.last is not None and isinstance(case.last.actual, Decimal):
        reference = case.last.actual
    # A street's part may be much smaller than the whole district's target.
    target = None if case.target is None or case.is_part else case.target.value
    doubted = doubt(item, number, case.rules, previous=reference, target=target)
    if doubted is not None:
        yield case.finding(
            say.MAGNITUDE,
            value=plain(number),
            reason=doubted.reason,
            suggestion=None if doubted.meant is None else plain(doubted.meant),
        )


def check_cumulative(case: RowContext) -> Iterator[Finding]:
    """Require that a cumulative number does not fall; an annual one may fall with a new year."""
    last = case.last
    if not case.item.cumulative or case.number is None or last is None:
        return
    if not isinstance(last.actual, Decimal) or case.number >= last.actual or case.is_confirmed:
        return
    starts_anew = isinstance(case.item, Goal) and case.item.kind is GoalKind.ANNUAL
    if starts_anew and last.period.year != case.period.year:
        return
    yield case.finding(
        say.CUMULATIVE_FELL,
        value=plain(case.number),
        known=plain(last.actual),
        period=last.period.label,
    )


def check_change(case: RowContext) -> Iterator[Finding]:
    """Report a number outside the band of its own history, unless it has a finding already."""
    number = case.number
    if number is None or number < 0 or case.is_confirmed:
        return
    numbers = case.history.numbers(case.item.code, case.agency.name, case.period)
    usual = band(case.item, (Reading(*one) for one in numbers), case.period)
    if usual is None or usual.holds(number):
        return
    worse = (check_share, check_magnitude, check_cumulative)
    if any(True for check in worse for _ in check(case)):
        return
    yield case.finding(
        say.UNUSUAL_CHANGE,
        value=plain(number),
        known=plain(usual.last.value),
        period=usual.last.period.label,
        low=plain(usual.low),
        high=plain(usual.high),
    )


def check_remark(case: RowContext) -> Iterator[Finding]:
    """Require an explanation of a red lamp, in words with content."""
    written = case.row.cell("remark").text
    if not explains_nothing(written) or case.reading.value is Absence.NOT_REPORTED:
        return
    if case.is_part:
        return
    if case.number is None and not isinstance(case.reading.value, Word):
        return
    if isinstance(case.item, Goal) and case.item.repeats is not None:
        return
    second = case.second_number
    if second is None and case.item.second_input is SecondInput.BASELINE:
        second = case.item.baseline if case.last is None else case.last.second
    rating = rate(
        effective_item(case.plan, case.item),
        case.period,
        case.reading.value,
        rules=case.rules,
        previous=case.previous,
        second=second,
        confirmed=case.is_confirmed,
    )
    if rating.light is Light.RED:
        yield case.finding(
            say.RED_WITHOUT_REMARK,
            "remark",
            reason=rating.reason,
            written=say.not_explained(written),
        )


def check_evidence(case: RowContext) -> Iterator[Finding]:
    """Require the evidence that the plan asks for beside a figure, or a milestone that is done."""
    if wants_evidence(case.item, case.reading.value) and not case.evidence:
        yield case.finding(say.EVIDENCE_MISSING, "evidence", asked=case.item.evidence)


ROW_CHECKS: tuple[Callable[[RowContext], Iterator[Finding]], ...] = (
    check_name,
    check_target,
    check_measure,
    check_last,
    check_merged,
    check_hidden,
    check_filled,
    check_second,
    check_nearly_covered,
    check_early,
    check_sign,
    check_share,
    check_part,
    check_quotient,
    check_magnitude,
    check_cumulative,
    check_change,
    check_remark,
    check_evidence,
)
