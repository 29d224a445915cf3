"""What a filled-in cell means, and what is reported to the sender about it.

``docs/cells.md`` has the rules as a table, which a test reads. A plain value is accepted silently.
An unambiguous one in an irregular notation (full-width digits, spaces, thousands separators, a
typed ％) is accepted with a warning. Anything else is not accepted; the probable value is only
suggested.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.forms.cell import Cell, CellValue, Note, number_in, shown, squeeze
from qiyx_xl.core.forms.number_texts import (
    NUMBER,
    explain,
    explain_note,
    is_dash,
    is_date,
    is_vague,
    prepare,
    split_note,
)
from qiyx_xl.core.forms.vocabulary import ASSESSMENT_WORDS, MILESTONE_WORDS
from qiyx_xl.core.plan.model import Milestone, SecondInput, StatusRule
from qiyx_xl.core.primitives.measures import convert, is_measure
from qiyx_xl.core.primitives.text import without_bracket
from qiyx_xl.core.primitives.values import (
    SIGNIFICANT_DIGITS,
    Absence,
    Actual,
    Unreadable,
    Word,
    plain,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.plan.model import Item

_TOO_LARGE = Decimal(10**SIGNIFICANT_DIGITS)
_LONGEST_TEXT = 2000  # characters, including blanks; a longer text is not parsed
_LONGEST_NUMBER = 60  # characters without blanks; a longer text is prose, not a number
_FIRST_REAL_YEAR = 1930  # an earlier date is a small number in a cell with a date format


@dataclass(frozen=True, slots=True)
class ParsedCell:
    """The parsed content of a cell.

    ``kind`` is the finding to report, None if there is none; ``suggestion`` the text to enter
    instead; ``hint`` completes the sentence of some kinds.
    """

    value: Actual
    kind: FindingKind | None = None
    suggestion: str | None = None
    notes: tuple[Note, ...] = ()
    hint: str = ""

    def finding(self, cell: Cell, sheet: str, header: str, measure: str) -> Finding | None:
        """Return the finding about the cell; None if there is none."""
        if self.kind is None:
            return None
        return self.kind.at(
            sheet,
            cell.address,
            header=header,
            value=cell.error or shown(cell),
            suggestion=self.suggestion,
            notes="、".join(self.notes),
            struck="" if cell.look is None else cell.look.struck,
            measure=measure,
            hint=self.hint,
            choices=self.hint,
            meant=f"，可改为“{self.suggestion}”" if self.suggestion else "",
        )


def read_cell(cell: Cell | CellValue, item: Item) -> ParsedCell:
    """Parse a cell reported for an item; the value is in the item's own measure."""
    cell = cell if isinstance(cell, Cell) else Cell(value=cell)
    if cell.error is not None or cell.value is None:
        return _nothing_or_error(cell)
    return _as_seen(cell, _read_as_requested(cell, item))


def _read_as_requested(cell: Cell, item: Item) -> ParsedCell:
    if isinstance(item, Milestone) or item.status_rule is StatusRule.MILESTONE:
        return _read_progress(cell, item)
    if item.second_input is SecondInput.COVERAGE_BASE:
        covered = _read_coverage(cell)
        if covered is not None:
            return covered
    return _read_filled(cell, item.measure)


def read_number(cell: Cell | CellValue, measure: str) -> ParsedCell:
    """Parse a number in a measure; words such as 不适用 are accepted, too."""
    cell = cell if isinstance(cell, Cell) else Cell(value=cell)
    if cell.error is not None or cell.value is None:
        return _nothing_or_error(cell)
    return _as_seen(cell, _read_filled(cell, measure))


def _as_seen(cell: Cell, reading: ParsedCell) -> ParsedCell:
    """Check a parsed cell against its display: struck-out and invisible cells."""
    look = cell.look
    if look is None or reading.value is Absence.NOT_REPORTED:
        return reading
    if look.struck:
        is_all = squeeze(look.struck)[0] == squeeze(cell.text)[0]
        kept = reading.value if isinstance(reading.value, Decimal) and not is_all else None
        return _wrong(cell, say.STRUCK_OUT, kept)
    if look.unseen and (reading.kind is None or reading.kind.severity is Severity.WARNING):
        return ParsedCell(reading.value, say.UNSEEN, hint=look.unseen)
    return reading


def _read_filled(cell: Cell, measure: str) -> ParsedCell:
    reading = _read_number(cell, measure)
    is_blank = reading.value is Absence.NOT_REPORTED  # a formula whose result is blank
    if cell.formula and reading.kind is None and not is_blank:
        return ParsedCell(reading.value, say.FORMULA)
    return reading


# --- words and errors any cell may contain ----------------------------------------------------

_NOT_APPLICABLE = frozenset(
    {"不适用", "免报", "无线索", "不涉及", "N/A", "NA", "n/a", "本期免报", "免填", "不适用/免报"}
)
_NOT_YET = frozenset(
    {"暂无", "暂无数据", "未统计", "待定", "待统计", "待报", "未填", "未报", "空白"}
)  # fmt: skip
_NONE = frozenset({"无", "没有", "无数据", "空", "零星"})
_ERRORS = frozenset(
    {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!",
     "#GETTING_DATA", "#FIELD!", "#BLOCKED!"}
)  # fmt: skip


def _nothing_or_error(cell: Cell) -> ParsedCell:
    if cell.error is not None:
        return ParsedCell(Unreadable(cell.error, say.ERROR_CELL.title), say.ERROR_CELL)
    if cell.formula:
        return ParsedCell(Unreadable("", say.NO_CACHED_VALUE.title), say.NO_CACHED_VALUE)
    return ParsedCell(Absence.NOT_REPORTED)


def _wrong(
    cell: Cell, kind: FindingKind, suggestion: Decimal | str | None = None, hint: str = ""
) -> ParsedCell:
    text = plain(suggestion) if isinstance(suggestion, Decimal) else suggestion
    return ParsedCell(Unreadable(shown(cell), kind.title), kind, text, hint=hint)


def _not_a_number(cell: Cell, meant: Decimal | None = None, hint: str = "") -> ParsedCell:
    if not hint:
        hint = "请改为一个数字；没有数请留空，不适用请写“不适用”"
    return _wrong(cell, say.NOT_A_NUMBER, None if meant is None else _trim(meant), hint)


# --- numbers ----------------------------------------------------------------------------------


def _read_number(cell: Cell, measure: str) -> ParsedCell:
    value = cell.value
    match value:
        case bool():
            return _wrong(cell, say.BOOLEAN_IN_NUMBER)
        case str():
            reading = _read_text(cell, value, measure)
            shown_as = None if cell.look is None else cell.look.shown
            if shown_as is not None and isinstance(reading.value, Decimal):
                return _read_shown(cell, shown_as, reading.value, measure)
            return reading
        case Decimal() | int() | float():
            return _read_stored(cell, value, measure)
        case _:
            serial = None if cell.look is None else cell.look.serial
            return _wrong(cell, say.DATE_IN_NUMBER, _serial(value, serial))


def _read_stored(cell: Cell, value: float | Decimal, measure: str) -> ParsedCell:
    number = number_in(value)
    if number is None:
        return _not_a_number(cell)
    if abs(number) >= _TOO_LARGE:
        return _wrong(cell, say.TOO_MANY_DIGITS)
    if cell.look is not None and cell.look.shown is not None:
        return _read_shown(cell, cell.look.shown, number, measure)
    if not cell.percent:
        return ParsedCell(number)
    if measure in {"%", "‰"}:
        in_measure = _trim(number * (100 if measure == "%" else 1000))
        return ParsedCell(in_measure, say.PERCENT_FORMAT, plain(in_measure))
    return _wrong(cell, say.OTHER_MEASURE, number if measure == "倍" else None)


def _read_shown(cell: Cell, shown_as: str, number: Decimal, measure: str) -> ParsedCell:
    """Parse a number whose format displays another number, or adds a measure.

    It is accepted where both have the same meaning: 320 displayed as 320个 for an item in 个.
    """
    reading = _read_text(cell, shown_as, measure)
    offered = reading.suggestion or ""
    is_same = reading.value == number or (
        _PLAIN_NUMBER.fullmatch(offered) is not None and Decimal(offered) == number
    )
    if is_same and reading.kind not in {say.NOT_EXACT, say.STRUCK_OUT}:
        return ParsedCell(number)
    if reading.kind in {say.MEASURE_IN_NUMBER, say.OTHER_MEASURE, say.NOT_EXACT}:
        return reading
    return _wrong(cell, say.SHOWN_OTHERWISE, hint=plain(number))


def _serial(value: CellValue, serial: Decimal | None) -> Decimal | None:
    """Return the number behind a date that is implausibly early: 9 in a cell with a date format."""
    is_early = isinstance(value, date) and value.year < _FIRST_REAL_YEAR
    return _trim(serial) if is_early and serial is not None else None


def _trim(number: Decimal) -> Decimal:
    return Decimal(plain(number))


_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]+)?")


def _read_text(cell: Cell, text: str, measure: str) -> ParsedCell:
    if _PLAIN_NUMBER.fullmatch(text):  # the fast path, for almost every cell
        return ParsedCell(Decimal(text))
    if len(text) > _LONGEST_TEXT:
        return _not_a_number(cell)
    tight, notes, trouble = prepare(text)
    word = _read_absence(cell, tight)
    if word is not None:
        return word
    if len(tight) > _LONGEST_NUMBER:
        return _not_a_number(cell)
    if trouble:
        return _not_a_number(cell, None, trouble)
    if tight in {"全覆盖", "已全覆盖", "全部覆盖", "实现全覆盖"}:
        return (
            _wrong(cell, say.WORD_FOR_NUMBER, Decimal(100), " 100")
            if measure == "%"
            else _not_a_number(cell)
        )
    # 2026.9 is parsed as a number rather than as a month.
    found = NUMBER.fullmatch(tight)
    if (found is None or found["measure"]) and is_date(tight, measure):
        return _wrong(cell, say.DATE_IN_NUMBER)
    judged = None if found is None else _judge(cell, found, notes, measure)
    if judged is None:
        judged = _judge_with_note(cell, tight, measure)
    return _not_a_number(cell, *explain(tight, measure)) if judged is None else judged


def _read_absence(cell: Cell, tight: str) -> ParsedCell | None:
    if tight == "":
        return ParsedCell(Absence.NOT_REPORTED)
    if tight in _NOT_APPLICABLE:
        return ParsedCell(Absence.NOT_APPLICABLE)
    if tight.upper() in _ERRORS:
        return _wrong(cell, say.ERROR_CELL)
    if tight in _NOT_YET or is_dash(tight):
        return ParsedCell(Absence.NOT_REPORTED, say.DASH)
    if tight in _NONE:
        return _wrong(cell, say.NONE_IS_AMBIGUOUS)
    word, note = split_note(tight)
    if note:
        inner = _read_absence(cell, word)
        if inner is None or inner.value is not Absence.NOT_APPLICABLE:
            return inner
        return ParsedCell(
            Absence.NOT_APPLICABLE,
            say.TOLERATED,
            Absence.NOT_APPLICABLE.value,
            (Note.OTHER_WORDING,),
        )
    return None


def _judge(
    cell: Cell, found: re.Match[str], notes: tuple[Note, ...], measure: str
) -> ParsedCell | None:
    """Interpret a matched number; None where the text after it is not a measure."""
    digits, typed = found["digits"].replace(",", ""), found["scale"] + found["measure"]
    whole = digits.partition(".")[0].lstrip("0")
    power = found["power"] or ""
    exponent = int(power[1:]) if power else 0
    written = Decimal(f"{'-' if found['sign'] == '-' else ''}{digits}{power}")
    number = convert(written, typed, measure) if typed else written
    if number is None and not is_measure(typed):
        return None
    is_too_long = number is not None and abs(number) >= 10**SIGNIFICANT_DIGITS
    if is_too_long or len(whole) + exponent > SIGNIFICANT_DIGITS:
        return _wrong(cell, say.TOO_MANY_DIGITS)
    if number is None:
        return _wrong(cell, say.OTHER_MEASURE)
    number = _trim(number)
    if found["about"] or found["more"] or found["tail"]:
        return _wrong(cell, say.NOT_EXACT, number)
    if typed and not (typed == measure and typed in {"%", "‰"}):
        percentages = {typed, measure} & {"%", "‰"}
        return _wrong(cell, say.OTHER_MEASURE if percentages else say.MEASURE_IN_NUMBER, number)
    tolerated = notes + tuple(
        note
        for note, is_there in (
            (Note.TYPED_PERCENT, bool(typed)),
            (Note.THOUSANDS, "," in found["digits"]),
            (Note.SCIENTIFIC, bool(power)),
            (Note.PLUS_SIGN, found["sign"] == "+"),
        )
        if is_there
    )
    if tolerated:
        return ParsedCell(number, say.TOLERATED, plain(number), tolerated)
    return ParsedCell(number)


def _judge_with_note(cell: Cell, tight: str, measure: str) -> ParsedCell | None:
    """Interpret a number with brackets after it: a measure, a note, or another number."""
    body, note = split_note(tight)
    found = NUMBER.fullmatch(body) if note else None
    if found is None:
        return None
    inside = note[1:-1]
    if not found["measure"] and is_measure(found["scale"] + inside):
        with_measure = NUMBER.fullmatch(f"{body.removesuffix(found['tail'] or '')}{inside}")
        judged = None if with_measure is None else _judge(cell, with_measure, (), measure)
        if judged is None or not isinstance(judged.value, Decimal):
            return judged
        return _wrong(cell, say.MEASURE_IN_NUMBER, judged.value)
    judged = _judge(cell, found, (), measure)
    if judged is None or judged.kind in {say.OTHER_MEASURE, say.TOO_MANY_DIGITS}:
        return judged
    meant = judged.value if isinstance(judged.value, Decimal) else None
    if meant is None and judged.suggestion is not None:
        meant = Decimal(judged.suggestion)
    if judged.kind is say.NOT_EXACT or is_vague(note):
        return _wrong(cell, say.NOT_EXACT, meant)
    return _not_a_number(cell, *explain_note(note, meant))


# --- words ------------------------------------------------------------------------------------

_COVERED = frozenset(
    {"全覆盖", "已全覆盖", "全部覆盖", "实现全覆盖", "已实现全覆盖", "100%", "应保尽保"}
)
_NEARLY_COVERED = frozenset({"基本全覆盖", "基本覆盖", "基本实现全覆盖", "近全覆盖"})


def _read_coverage(cell: Cell) -> ParsedCell | None:
    """Parse 全覆盖 and similar words; None where the cell holds something else."""
    if cell.percent and isinstance(cell.value, int | float | Decimal) and cell.value == 1:
        return _accept_word(Word.FULL_COVERAGE, "100%", ())
    if not isinstance(cell.value, str):
        return None
    tight, notes = squeeze(cell.value)
    if tight in _COVERED:
        return _accept_word(Word.FULL_COVERAGE, tight, notes)
    if tight in _NEARLY_COVERED:
        return _accept_word(Word.NEARLY_FULL_COVERAGE, tight, notes)
    return None


_PASSED = frozenset({"已通过", "通过", "评估通过", "已通过评估", "已验收", "验收通过"})
_DONE = frozenset(
    {"已完成", "完成", "全部完成", "已全部完成", "已建成", "建成", "已建立", "已实现", "已落实"}
)
_YES = frozenset({"是", "100%", "100", "√", "✓", "✔", "有", "Y", "YES", "TRUE"})
_GOING_ON = frozenset({"进行中", "推进中", "正在推进", "正在进行", "在建", "建设中", "实施中"})
_FAILED = frozenset({"未通过", "没通过", "不通过", "没有通过", "评估未通过"})
_NOT_DONE = frozenset({"未完成", "尚未完成", "没有完成", "没完成", "否", "×", "FALSE", "N", "NO"})


def _read_progress(cell: Cell, item: Item) -> ParsedCell:
    """Parse the progress of an item that is passed or done rather than measured."""
    choices = MILESTONE_WORDS if isinstance(item, Milestone) else ASSESSMENT_WORDS
    finished = choices[0]
    tight, notes = squeeze(shown(cell))
    absence = _read_absence(cell, tight)
    if absence is not None:
        return absence
    if tight in _PASSED:
        return _accept_word(Word.PASSED, tight, notes)
    if tight in _DONE:
        return _accept_word(Word.DONE, tight, notes)
    if tight in _YES:
        return _accept_word(finished, tight, notes)
    if tight in _GOING_ON:
        return _accept_word(Word.IN_PROGRESS, tight, notes)
    if tight in _FAILED:
        return _accept_word(Word.FAILED, tight, notes)
    listed = "、".join(choices)
    is_under_way = tight in _NOT_DONE or re.fullmatch(r"[0-9]{1,2}(?:\.[0-9]+)?%", tight)
    return _wrong(cell, say.MILESTONE_WORD, Word.IN_PROGRESS if is_under_way else None, listed)


def read_choice(
    cell: Cell, choices: Mapping[Word, frozenset[str]], kind: FindingKind
) -> ParsedCell:
    """Parse a word chosen from a list.

    Args:
        cell: the cell.
        choices: the words of the list, each with other wordings that are accepted for it.
        kind: the finding about any other text.
    """
    if cell.error is not None or cell.value is None:
        return _nothing_or_error(cell)
    return _as_seen(cell, _read_choice(cell, choices, kind))


def _read_choice(
    cell: Cell, choices: Mapping[Word, frozenset[str]], kind: FindingKind
) -> ParsedCell:
    tight, notes = squeeze(shown(cell))
    absence = _read_absence(cell, tight)
    if absence is not None:
        return absence
    bare = without_bracket(tight)  # 推进中(60%)
    for word, wordings in choices.items():
        if bare == word or bare in wordings:
            return _accept_word(word, tight, notes)
    return _wrong(cell, kind, None, "、".join(choices))


def _accept_word(word: Word, tight: str, notes: tuple[Note, ...]) -> ParsedCell:
    """Accept a word silently in its canonical form, with a warning in any other form."""
    if tight != word:
        notes = (*notes, Note.OTHER_WORDING)
    return ParsedCell(word, say.TOLERATED, str(word), notes) if notes else ParsedCell(word)
