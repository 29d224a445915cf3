"""Where the form is in a workbook, even after people have edited it.

The table is found by its headers, columns by the text of their header and rows by their code,
never by position. Title rows, inserted rows and columns, a moved table, and repeated or renamed
headers are accepted; anything that is not recognised becomes a finding and is never dropped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import Cell, squeeze
from qiyx_xl.core.forms.item_codes import code_key
from qiyx_xl.core.forms.item_names import may_be_sum
from qiyx_xl.core.forms.vocabulary import (
    FILLED_KEYS,
    FORM_SHEET,
    HELP_SHEET,
    IDENTITY_SHEET,
    LOCKED_KEYS,
    ContactLabel,
    FilledForm,
    FormColumn,
    FormRow,
    HeadLabel,
)
from qiyx_xl.core.primitives.memo import A_LINE, A_WORD, bounded_cache
from qiyx_xl.core.primitives.patterns import late
from qiyx_xl.core.primitives.text import tidy, without_bracket
from qiyx_xl.data import read_text
from qiyx_xl.files.addresses import address, column_letters
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.form.headings import (
    find_head,
    fullest_below,
    is_numbering,
    is_running_total,
    rank,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.intake.form.headings import Head
    from qiyx_xl.intake.workbook.reader import Sheet

# --- The form's columns, as ``schemas/submission.schema.json`` describes them -------------------
# The schema's ``x-header`` and ``x-aliases`` are the only table of header aliases.

SUBMISSION_SCHEMA = "schemas/submission.schema.json"
_OF_ANOTHER_TIME = late("上年|去年|前年|同期|上期|上季|上月|目标|计划|预计|率|同比|环比")
_MOST_KEYS = 4096  # texts whose column is remembered


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column: its key in the schema, its printed header, and the aliases of its header.

    ``messages`` describe the expected content, by the keyword of the violated rule.
    """

    key: str
    header: str
    aliases: tuple[str, ...]
    is_required: bool
    messages: Mapping[str, str]


@dataclass(frozen=True)
class FormColumns:
    """All columns that a form may have."""

    specs: tuple[ColumnSpec, ...]
    _by_text: dict[str, str]
    _keys: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def from_schema(cls, schema: dict[str, Any]) -> FormColumns:
        """Read the columns from a submission schema.

        Raises:
            ValueError: two columns have the same header.
        """
        specs = tuple(
            ColumnSpec(
                key,
                rule["x-header"],
                tuple(rule.get("x-aliases", ())),
                bool(rule.get("x-required-column", False)),
                dict(rule.get("x-messages", {})),
            )
            for key, rule in schema["properties"].items()
            if "x-header" in rule
        )
        by_text: dict[str, str] = {}
        for spec in specs:
            for text in (spec.header, *spec.aliases):
                if by_text.setdefault(tidy(text), spec.key) != spec.key:
                    raise ValueError(f"表头“{text}”在 {SUBMISSION_SCHEMA} 里属于两列，请只留一处。")
        return cls(specs, by_text)

    def key(self, text: str) -> str | None:
        """Return the key of the column with this header; None if there is none."""
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


# --- Where the form is in a workbook -------------------------------------------------------------

_HEADERS_TO_KNOW = 3  # a row with this many known headers is the table's head
_LONGEST_HEADER = 400  # characters; a row with a longer text is not a head
_LONGEST_HEADING = 2000  # characters that are kept of the lines above the table
_ROWS_TO_SEARCH = 200  # for the first head; a table further down is not a form
_CONTACTS = {tidy(label): label for label in ContactLabel}
_HEAD_LABELS = {label.value: label for label in HeadLabel} | {
    "报送单位": HeadLabel.AGENCY,
    "单位名称": HeadLabel.AGENCY,
    "填表单位": HeadLabel.AGENCY,
    "上报单位": HeadLabel.AGENCY,
    "填报部门": HeadLabel.AGENCY,
    "报告期": HeadLabel.PERIOD,
    "填报期": HeadLabel.PERIOD,
    "数据期间": HeadLabel.PERIOD,
    "报送期": HeadLabel.PERIOD,
    "数据时间": HeadLabel.PERIOD,
    "统计期": HeadLabel.PERIOD,
    "所属期": HeadLabel.PERIOD,
}
_LABEL = "|".join(sorted(_HEAD_LABELS, key=len, reverse=True))
_STATED = late(rf"({_LABEL})\s*[:：]?\s*(.*?)\s*(?=(?:{_LABEL})\s*[:：]|$)", re.DOTALL)
_SEAL = late(r"^\s*[（(][^（）()]{0,4}章[）)]\s*[:：]?")  # 填报单位（盖章）：
_LABELLED = late(r"\s*([^:：]{2,8}?)\s*[:：]\s*(.*)", re.DOTALL)
_MOST_LISTED, _LONGEST_LISTED = 5, 20  # unknown headers in a message, and characters of each
_KEY_COLUMNS = ("code", "name")
_DESCRIBING_KEYS = ("code", "class", "name")
_BARE_KEYS = {*LOCKED_KEYS, *FILLED_KEYS}


@dataclass(slots=True)
class _FoundTable:
    """The table found on one sheet, with the texts above and below it."""

    sheet: Sheet
    columns: dict[str, int] = field(default_factory=dict)
    headers: Mapping[str, Cell] = field(default_factory=dict)
    head_end: int = 0
    doubt: Finding | None = None
    rows: list[FormRow] = field(default_factory=list)
    stated: dict[HeadLabel, Cell] = field(default_factory=dict)
    contacts: dict[ContactLabel, Cell] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    foot: int = 0
    heading: list[str] = field(default_factory=list)
    bare: Callable[[list[Any]], tuple[Any, ...]] | None = None
    actual: str = ""


class _Cells(Mapping[str, Cell]):
    """A row's cells by column key, each built on first access."""

    __slots__ = ("_columns", "_known", "_number", "_sheet")

    def __init__(self, sheet: Sheet, number: int, columns: Mapping[str, int]) -> None:
        self._sheet, self._number, self._columns = sheet, number, columns
        self._known: dict[str, Cell] = {}

    def __getitem__(self, key: str) -> Cell:
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._sheet.cell(self._number, self._columns[key])
        return known

    def __contains__(self, key: object) -> bool:
        return key in self._columns

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)


def find_form(sheets: Iterable[Sheet], columns: FormColumns) -> tuple[FilledForm, list[Finding]]:
    """Find the form among the sheets, with findings about its layout.

    Raises:
        Refused: no sheet has a form, or the form lacks a required column.
    """
    identity: dict[str, str] = {}
    tables: list[_FoundTable] = []
    for sheet in sheets:
        if sheet.name == IDENTITY_SHEET:
            identity = _identity(sheet)
        elif sheet.name != HELP_SHEET:
            table = _find_table(sheet, columns)
            if table is not None:
                tables.append(table)
    if not tables:
        headers = f"{FormColumn.CODE}、{FormColumn.NAME}、{FormColumn.ACTUAL}"
        raise Refused(say.NO_FORM.at(headers=headers))
    # The template's own sheet takes precedence, then the table with the most rows.
    tables.sort(key=lambda table: (table.sheet.name != FORM_SHEET, -len(table.rows)))
    best, *others = tables
    _require_columns(best, columns)
    if not identity:
        _require_one_value(best, columns)
    findings = [*best.findings, *_sheet_findings(best, others)]
    if not identity:
        findings.append(say.NOT_OUR_TEMPLATE.at(best.sheet.name))
    form = FilledForm(
        sheet=best.sheet.name,
        headers=best.headers,
        rows=tuple(best.rows),
        identity=identity,
        stated=best.stated,
        contacts=best.contacts,
        foot=best.foot,
        heading=" ".join(best.heading)[:_LONGEST_HEADING],
    )
    return form, findings


def _identity(sheet: Sheet) -> dict[str, str]:
    pairs = ((row, sheet.text(row, 1)) for row in range(1, len(sheet.rows) + 1) if sheet.rows[0])
    return {key: sheet.text(row, 2) for row, key in pairs if key and len(sheet.rows[row - 1]) > 1}


def _require_columns(table: _FoundTable, columns: FormColumns) -> None:
    if table.doubt is not None:
        raise Refused(table.doubt)
    if not any(key in table.columns for key in _KEY_COLUMNS):
        raise Refused(_missing(table, FormColumn.CODE.value))
    for spec in columns.specs:
        if spec.is_required and spec.key not in table.columns:
            raise Refused(_missing(table, spec.header))


def _missing(table: _FoundTable, header: str) -> Finding:
    """Return the finding for a missing column; it names the unknown headers of the table.

    One of them may be the missing column under another name.
    """
    headers = [f.value for f in table.findings if f.code == say.UNKNOWN_HEADER.code and f.value]
    listed = "”“".join(header_text[:_LONGEST_LISTED] for header_text in headers[:_MOST_LISTED])
    unknown = f"（不认识的表头有“{listed}”）" if listed else ""
    return say.MISSING_HEADER.at(table.sheet.name, header=header, unknown=unknown)


def _require_one_value(table: _FoundTable, columns: FormColumns) -> None:
    """Refuse a sender's own table with a 累计 column beside the value column.

    Nothing shows which of the two is to be read.
    """
    actual = table.headers["actual"]
    for finding in table.findings:
        is_total = finding.code == say.UNKNOWN_HEADER.code and is_running_total(finding.value or "")
        if is_total and not is_running_total(actual.text):
            places = f"{actual.address}“{actual.text}”、{finding.cell}“{finding.value}”"
            header = columns.spec("actual").header
            raise Refused(
                say.REPEATED_HEADER.at(table.sheet.name, finding.cell, header=header, places=places)
            )


def _sheet_findings(best: _FoundTable, others: list[_FoundTable]) -> Iterator[Finding]:
    name = best.sheet.name
    if best.sheet.facts.is_out_of_order:
        yield say.ROWS_OUT_OF_ORDER.at(name)
    if best.sheet.is_hidden:
        yield say.HIDDEN_SHEET.at(name, value=name)
    shown = [other for other in others if not other.sheet.is_hidden and "actual" in other.columns]
    mine = _values(best) if shown else {}
    for other in shown:
        theirs = _values(other)
        differs = any(mine.get(code, value) != value for code, value in theirs.items())
        kind = say.SECOND_TABLE_DIFFERS if differs else say.SECOND_TABLE
        yield kind.at(other.sheet.name, value=other.sheet.name, first=name)


def _values(table: _FoundTable) -> dict[object, str]:
    values: dict[object, str] = {}
    for row in table.rows:
        code = row.cell("code").text
        values[code_key(code) or tidy(code or row.cell("name").text)] = row.cell("actual").text
    return values


# --- one sheet --------------------------------------------------------------------------------


def _find_table(sheet: Sheet, columns: FormColumns) -> _FoundTable | None:
    table = _FoundTable(sheet)
    noted, take_bare = sheet.noted, None
    for number, row in enumerate(sheet.rows, start=1):
        if take_bare is not None and number not in noted:
            bare = take_bare(row)
            if isinstance(bare[0], str) and _is_code(bare[0]):
                cells = _Cells(sheet, number, table.columns)
                table.rows.append(FormRow(number, cells, bare, table.actual))
                continue
        if not table.columns and number > _ROWS_TO_SEARCH:
            break
        texts = _texts(sheet, number)
        if not texts or number <= table.head_end:
            continue
        begins = _begins_a_head(table, texts, columns)
        tall = find_head(sheet, number, texts, columns) if begins else None
        if tall is not None and _is_head(tall.known):
            _take_tall_head(table, tall, columns)
            take_bare = table.bare
            continue
        head = _head(texts, columns) if len(texts) >= _HEADERS_TO_KNOW else {}
        if head:
            _take_head(table, number, texts, head, columns)
            take_bare = table.bare
        elif number == table.head_end + 1 and is_numbering(texts):
            table.head_end = number
        elif not table.columns:
            _take_stated(table, number, texts)
        elif _has_code(table, texts) or not _take_contacts(table, number, texts):
            _take_row(table, number, texts)
    return table if table.columns else None


def _texts(sheet: Sheet, number: int) -> dict[int, str]:
    """Return the texts of a row's filled cells, by column."""
    row = sheet.rows[number - 1]
    filled = {
        column: value.strip() if isinstance(value, str) else sheet.text(number, column)
        for column, value in enumerate(row, start=1)
        if value is not None and value != ""
    }
    if sheet.facts.errors or sheet.facts.formulas:
        for place in (*sheet.facts.errors, *sheet.facts.formulas):
            if place[0] == number and place[1] not in filled:
                filled[place[1]] = sheet.facts.errors.get(place, "=")
    return filled


def _head(texts: dict[int, str], columns: FormColumns) -> dict[int, str]:
    """Return the columns' keys if the row is a table's head, else nothing."""
    if max(map(len, texts.values())) > _LONGEST_HEADER:
        return {}
    found: dict[int, str] = {}
    to_go = len(texts)
    for column, text in texts.items():
        key = columns.key(text)
        if key is not None:
            found[column] = key
        to_go -= 1
        if len(found) + to_go < _HEADERS_TO_KNOW:
            return {}  # too few cells are left; most rows end here after their first cells
    return found if _is_head(set(found.values())) else {}


def _is_head(keys: Collection[str]) -> bool:
    return len(keys) >= _HEADERS_TO_KNOW and any(key in keys for key in _KEY_COLUMNS)


def _begins_a_head(table: _FoundTable, texts: dict[int, str], columns: FormColumns) -> bool:
    """Whether a row may begin a head of several rows.

    After the first head, a repeated one must have a key header in the same column.
    """
    if table.columns:
        column = table.columns.get("code") or table.columns["name"]
        candidates: Iterable[str] = (texts.get(column, ""),)
    else:
        candidates = texts.values()
    for text in candidates:  # a generator would take twice the time, and every row comes here
        if len(text) <= _LONGEST_HEADER and columns.key(text) in _KEY_COLUMNS:
            return True
    return False


def _take_tall_head(table: _FoundTable, head: Head, columns: FormColumns) -> None:
    """Record a head of several rows in the table."""
    sheet = table.sheet
    is_first = not table.columns
    table.head_end = head.bottom
    _take_columns(table, {key: place.column for key, place in head.known.items()})
    for key, places in head.doubtful.items():
        first, *others = places
        if all(_is_same_column(sheet, first.column, other.column) for other in others):
            continue
        table.doubt = table.doubt or say.REPEATED_HEADER.at(
            sheet.name,
            address(others[0].row, others[0].column),
            header=columns.spec(key).header,
            places="、".join(f"{address(p.row, p.column)}“{p.text}”" for p in places),
        )
    if is_first:
        table.headers = {
            key: Cell(address(place.row, place.column), place.path[-1])
            for key, place in head.known.items()
        }
        for place in head.unknown:
            where, text = address(place.row, place.column), place.text
            table.findings.append(say.UNKNOWN_HEADER.at(sheet.name, where, header=text, value=text))


def _take_columns(table: _FoundTable, seen: dict[str, int]) -> None:
    table.columns = seen
    if seen.keys() == _BARE_KEYS and not table.sheet.facts.hidden_columns:
        table.bare = itemgetter(*(seen[key] - 1 for key in (*LOCKED_KEYS, *FILLED_KEYS)))
        table.actual = column_letters(seen["actual"])
    else:
        table.bare = None


def _take_head(
    table: _FoundTable,
    number: int,
    texts: dict[int, str],
    head: dict[int, str],
    columns: FormColumns,
) -> None:
    sheet = table.sheet
    is_first = not table.columns
    table.head_end = number
    seen: dict[str, int] = {}
    for column, key in sorted(head.items()):
        if key not in seen:
            seen[key] = column
        elif _is_same_column(sheet, seen[key], column):
            continue
        elif _prefers(columns, key, texts[column], texts[seen[key]]):
            seen[key] = column
        elif not _prefers(columns, key, texts[seen[key]], texts[column]):
            cell = sheet.cell(number, column)
            table.findings.append(
                say.REPEATED_HEADER.at(
                    sheet.name,
                    cell.address,
                    header=columns.spec(key).header,
                    places=f"{sheet.cell(number, seen[key]).address} 和 {cell.address}",
                )
            )
    if "name" in seen:
        seen["name"] = fullest_below(sheet, number, seen["name"])
    _take_columns(table, seen)
    if is_first:
        table.headers = _Cells(sheet, number, seen)
        for column, text in sorted(texts.items()):
            if column not in head:
                where = sheet.cell(number, column).address
                table.findings.append(
                    say.UNKNOWN_HEADER.at(sheet.name, where, header=text, value=text)
                )


def _prefers(columns: FormColumns, key: str, header: str, rival: str) -> bool:
    """Whether the first of two headers is nearer to the template's header."""
    return rank(columns, key, header) < rank(columns, key, rival)


def _is_same_column(sheet: Sheet, first: int, second: int) -> bool:
    """Whether two columns have the same values in all rows, as copies of merged headers do."""
    return all(
        (row[first - 1] if first <= len(row) else None)
        == (row[second - 1] if second <= len(row) else None)
        for row in sheet.rows
    )


def _take_stated(table: _FoundTable, number: int, texts: dict[int, str]) -> None:
    """Record 填报单位：… and 数据期：… from the lines above the table."""
    if len(table.heading) < _ROWS_TO_SEARCH:
        table.heading += texts.values()
    for column, text in texts.items():
        for label, inside in _statements(text):
            place, value = (column, inside) if inside else _next_filled(texts, column)
            if not inside and _STATED.match(value):
                continue
            if value and label not in table.stated:
                table.stated[label] = Cell(address(number, place), value)


def _next_filled(texts: dict[int, str], column: int) -> tuple[int, str]:
    """Return the column and text of the next filled cell to the right; (0, "") without one."""
    right = min((other for other in texts if other > column), default=0)
    return right, texts.get(right, "")


@bounded_cache(1024, A_LINE)  # titles and notes are the same in every form
def _statements(text: str) -> tuple[tuple[HeadLabel, str], ...]:
    """Parse the labels and values in a text: 填报单位：区卫健局　数据期：2026年三季度."""
    return tuple(
        (_HEAD_LABELS[found[1]], _SEAL.sub("", found[2]).strip())
        for found in _STATED.finditer(text)
    )


def _take_contacts(table: _FoundTable, number: int, texts: dict[int, str]) -> bool:
    """Record the contacts in a row; return whether the row belongs to the signature block."""
    is_contacts = False
    for column, text in texts.items():
        label, value = _contact(text)
        if label is None:
            continue
        is_contacts = True
        if not value:
            _, beside = _next_filled(texts, column)
            # If the next filled cell is another label, nothing was filled in for this one.
            if not _is_labelled(beside):
                value = beside
        if value or label not in table.contacts:
            table.contacts[label] = Cell(address(number, column), value)
    if is_contacts and table.foot == 0:
        table.foot = number
    return is_contacts


@bounded_cache(1024, A_LINE)
def _contact(text: str) -> tuple[ContactLabel | None, str]:
    """Parse a text into a contact's label and value (填报人：王芳); None and "" without a label."""
    found = _LABELLED.fullmatch(text)
    label = _CONTACTS.get(tidy(found[1] if found else text))
    return label, found[2].strip() if found else ""


@bounded_cache(1024, A_LINE)
def _is_labelled(text: str) -> bool:
    """Whether a text begins with a contact's label, even with spaces between its characters."""
    return tidy(re.split("[:：]", text, maxsplit=1)[0]) in _CONTACTS


def _has_code(table: _FoundTable, texts: dict[int, str]) -> bool:
    return _is_code(texts.get(table.columns.get("code", 0), ""))


def _take_row(table: _FoundTable, number: int, texts: dict[int, str]) -> None:
    """Record a row of the table; section rows and notes are left out.

    A row belongs to the table if it has a text that may be a code, or a filled cell in a value
    column. Below the signature block only a code counts.
    """
    at = table.columns
    code = squeeze(texts.get(at.get("code", 0), ""))[0]
    has_code = _has_code(table, texts)
    has_name = at.get("name", 0) in texts
    has_value = any(at.get(key, 0) in texts for key in ("actual", "second"))
    is_row = has_code or has_value or (bool(code) and has_name)
    if "code" not in at:
        is_row = has_name and (has_value or len(texts) > 1)
    if not is_row or (table.foot and not has_code):
        return
    cells = _Cells(table.sheet, number, at)
    table.rows.append(FormRow(number, cells, sum_word=_sum_word(table, texts)))


def _sum_word(table: _FoundTable, texts: dict[int, str]) -> str:
    """Return a text left of the row's value that may name a sum, such as 合计; else ""."""
    at = table.columns
    end = at.get("actual", 0) or max(texts)
    others = {column for key, column in at.items() if key not in _DESCRIBING_KEYS}
    return next(
        (
            text
            for column, text in texts.items()
            if column < end and column not in others and may_be_sum(text)
        ),
        "",
    )


@bounded_cache(4096, A_WORD)
def _is_code(text: str) -> bool:
    """Whether a text may be an item's code, with or without spaces."""
    return code_key(text) is not None
