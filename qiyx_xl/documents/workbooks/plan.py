"""How the plan's workbook 方案.xlsx is written, in which an office keeps and edits its plan."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Comparator, Direction, GoalKind
from qiyx_xl.core.plan.words import LEVELS as USUAL_LEVELS
from qiyx_xl.core.plan.words import words_of_title
from qiyx_xl.core.plan.workbook.breakdowns import rows_of
from qiyx_xl.core.plan.workbook.readings import Reading, spell_reading, usual_reading
from qiyx_xl.core.plan.workbook.sheets import (
    AGENCIES,
    AGENCY_SHEET,
    BASICS,
    BASICS_HEAD,
    BASICS_SHEET,
    CANDIDATES,
    DOMAIN_SECTION,
    DOMAINS,
    DRAFT_COLUMNS,
    FINAL,
    FORCE_SECTION,
    LEVEL_SECTION,
    LEVELS,
    NO,
    SHEETS,
    YES,
    Column,
    Kind,
    SheetLayout,
    columns_of,
)
from qiyx_xl.core.plan.written import document_of
from qiyx_xl.documents.style.theme import (
    DOUBT_FILL,
    INPUT_FILL,
    LOCKED_FILL,
    NOTE_POINTS,
    QUIET_INK,
    SECTION_FILL,
    TITLE_FONT,
)
from qiyx_xl.documents.style.workbook import (
    PaperBook,
    fit_row,
    paper_book,
    set_up_page,
    set_widths,
    write_header,
)
from qiyx_xl.files.addresses import column_letters
from qiyx_xl.files.sizing import MAX_ROW_HEIGHT, row_height
from qiyx_xl.files.untrusted_text import looks_live
from qiyx_xl.files.untrusted_text import shown as shown_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.importing.drafted import Drafted, DraftPlan
    from qiyx_xl.core.plan.model import Plan

_TITLE_ROW, _NOTE_ROW, _HEADER_ROW, _FIRST_ROW = range(4)
_EMPTY_ROWS = 5  # with borders, below the table
_GUARDED_ROWS = 300  # with drop-down lists and prompts, below the header
_LONGEST_TEXT = 32_767  # characters; Excel's limit for a cell
_TITLE_POINTS = 16
_ROWS_OF_A_PAGE = 60  # so many can still be read on one page
_SPARE_ROWS = 2  # empty ones, below each list of 基本信息
_BASIC_WIDTHS = (18.0, 46.0, 44.0)

# A wide table is printed on several pages side by side, each beginning with the frozen columns.
_SCALE = 65  # percent
# What fits on A4 in landscape at this scale, also where a wider font stands in for 宋体.
_PAGE_PIXELS = 1335.0
_UNIT_PIXELS, _CELL_PIXELS = 8.0, 5.0
_MOST_PROMPT, _MOST_PROMPT_TITLE = 255, 32  # characters; Excel's limits


def write_plan(path: Path, plan: Plan) -> None:
    """Write a plan's workbook; the same plan gives the same bytes.

    Raises:
        OSError: the file cannot be written.
    """
    write_plan_document(path, document_of(plan))


def write_plan_document(
    path: Path, document: Mapping[str, Any], draft: DraftPlan | None = None
) -> None:
    """Write the workbook of a plan document, which may still have findings.

    Args:
        path: where to write it.
        document: the plan document.
        draft: where its entries were read from and what is in doubt, if it was drafted.

    Raises:
        OSError: the file cannot be written.
    """
    with paper_book(path, str(document["title"]), _day(document["issued"]) or date.min) as book:
        basics = _Basics(book, document)
        basics.draw()
        for layout in SHEETS:
            drafted = () if draft is None else draft.drafted.get(layout.listing, ())
            _TableSheet(book, document, layout, basics, drafted).draw()
        if draft is not None and draft.candidates:
            entries = [one.entry | {"taken": one.likely} for one in draft.candidates]
            chosen = dict(document) | {CANDIDATES.listing: entries}
            _TableSheet(book, chosen, CANDIDATES, basics, draft.candidates).draw()


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None


# --- 基本信息 -------------------------------------------------------------------------------------


class _Basics:
    """The sheet 基本信息; knows where the lists are from which other sheets choose."""

    def __init__(self, book: PaperBook, document: Mapping[str, Any]) -> None:
        self._book, self._document = book, document
        self._row = 0
        self._sources: dict[str, str] = {
            AGENCIES: _filled(AGENCY_SHEET, _FIRST_ROW, _FIRST_ROW + _GUARDED_ROWS - 1)
        }
        guessed = words_of_title(str(document["title"]))
        self.stated = {
            "short_name": guessed.short_name,
            "district": guessed.district,
            "office": guessed.office,
            "levels": list(USUAL_LEVELS),
        } | dict(document)

    def source(self, choices: str) -> str:
        """Return the formula of the list to choose from."""
        return self._sources[choices]

    @property
    def title(self) -> str:
        """What the sheets' titles begin with."""
        return f"{self.stated['district']}“{self.stated['short_name']}”"

    @property
    def origin(self) -> str:
        """Which version of the plan the workbook shows."""
        return f"方案版本 {self._document['version']}　{self._document['issued']} 印发"

    def draw(self) -> None:
        sheet = self._sheet = self._book.book.add_worksheet(BASICS_SHEET)
        set_widths(sheet, _BASIC_WIDTHS)
        _write_title(sheet, self._book, f"{self.title}方案", len(_BASIC_WIDTHS) - 1)
        note = (
            "这本工作簿就是方案：改好后用 qiyx plan check 检查，再用 qiyx plan adopt 采用。"
            "只改各表表头下面的内容；表名、表头不要改，多出来的列和表不会读。"
        )
        _write_note(sheet, self._book, note, 0, len(_BASIC_WIDTHS) - 1, sum(_BASIC_WIDTHS))
        write_header(sheet, self._book, _HEADER_ROW, _BASIC_WIDTHS, BASICS_HEAD)
        self._row = _FIRST_ROW
        for column in BASICS:
            self._write_basic(column)
        self._section(LEVEL_SECTION, [(name, "") for name in self.stated["levels"]], LEVELS)
        domains = [(entry["name"], entry["lead_agency"]) for entry in self._document["domains"]]
        self._section(DOMAIN_SECTION, domains, DOMAINS)
        forces = [(name, "") for name in self._document["task_forces"]]
        self._section(FORCE_SECTION, forces, "")
        sheet.ignore_errors({"number_stored_as_text": f"A1:C{self._row + 1}"})
        sheet.freeze_panes(_FIRST_ROW, 0)
        sheet.repeat_rows(_HEADER_ROW)
        set_up_page(sheet, self.origin, landscape=False)
        if self._row < _ROWS_OF_A_PAGE:
            sheet.fit_to_pages(1, 1)

    def _write_basic(self, column: Column) -> None:
        value: object = self.stated.get(column.keys[0])
        if column.keys[0] == "years":
            value = _spell_years(self._document["years"])
        label, text = column.header, "" if value is None else str(value)
        self._sheet.write_string(self._row, 0, label, self._book.cell(bg_color=SECTION_FILL))
        day = _day(text) if column.kind is Kind.DAY else None
        _write(self._sheet, self._book, (self._row, 1), text if day is None else day, "left")
        hint = self._book.cell(font_color=QUIET_INK, font_size=NOTE_POINTS)
        self._sheet.write_string(self._row, 2, column.hint, hint)
        _prompt(self._sheet, (self._row, 1, self._row, 1), column, "")
        fit_row(self._sheet, self._row, (label, text, column.hint), _BASIC_WIDTHS, 22)
        self._row += 1

    def _section(
        self, head: tuple[str, str, str], rows: Sequence[tuple[str, str]], choices: str
    ) -> None:
        """Write a list with one entry in each row, and some empty rows."""
        self._row += 1
        first, second, hint = head
        self._sheet.write_string(self._row, 0, first, self._book.header)
        if second:
            self._sheet.write_string(self._row, 1, second, self._book.header)
        beside = self._book.look(font_color=QUIET_INK, font_size=NOTE_POINTS, indent=1)
        self._sheet.write_string(self._row, 2 if second else 1, hint, beside)
        self._sheet.set_row(self._row, 24)
        begin = self._row + 1
        for name, lead in [*rows, *[("", "")] * _SPARE_ROWS]:
            self._row += 1
            _write(self._sheet, self._book, (self._row, 0), name, "left")
            if second:
                _write(self._sheet, self._book, (self._row, 1), lead, "left")
            fit_row(self._sheet, self._row, (name, lead), _BASIC_WIDTHS[:2], 20)
        if choices:
            self._sources[choices] = _filled(BASICS_SHEET, begin, self._row)
        if second:
            lead_column = Column(second, (), choices=AGENCIES, hint=hint)
            leads = (begin, 1, self._row, 1)
            _prompt(self._sheet, leads, lead_column, self.source(AGENCIES))
        self._row += 1


def _spell_years(years: Sequence[int]) -> str:
    is_row = list(years) == list(range(years[0], years[-1] + 1))
    if is_row and len(years) > 1:
        return f"{years[0]}—{years[-1]}"
    return "、".join(map(str, years))


def _filled(sheet: str, first: int, last: int) -> str:
    """Return the formula of the filled cells of column A between two rows (from 0)."""
    cells = f"'{sheet}'!$A${first + 1}:$A${last + 1}"
    return f"=OFFSET('{sheet}'!$A${first + 1},0,0,MAX(1,COUNTA({cells})),1)"


# --- a sheet with a table -------------------------------------------------------------------------


class _TableSheet:
    """One sheet with a list of the plan, one entry in each row."""

    def __init__(
        self,
        book: PaperBook,
        document: Mapping[str, Any],
        layout: SheetLayout,
        basics: _Basics,
        drafted: Sequence[Drafted] = (),
    ) -> None:
        self._book, self._layout, self._basics = book, layout, basics
        self._drafted = drafted
        self._columns = columns_of(layout.listing, document["years"])
        if drafted:
            self._columns = _with_draft_columns(self._columns)
        is_spread = layout.listing == "breakdowns"
        self._entries: Sequence[Mapping[str, Any]] = (
            rows_of(document) if is_spread else document.get(layout.listing, ())
        )
        self._widths = [column.width for column in self._columns]
        self._frozen = sum(column.is_frozen or column.is_hidden for column in self._columns)
        self._breaks = _page_breaks(self._columns, self._frozen)

    def draw(self) -> None:
        sheet = self._sheet = self._book.book.add_worksheet(self._layout.name)
        for place, column in enumerate(self._columns):
            hidden = {"hidden": 1} if column.is_hidden else {}
            look = self._book.look(
                text_wrap=True, align="center" if column.centred else "left", num_format="@"
            )
            sheet.set_column(place, place, column.width, look, hidden)
        self._draw_head()
        for number, entry in enumerate(self._entries):
            drafted = self._drafted[number] if number < len(self._drafted) else None
            self._draw_row(_FIRST_ROW + number, entry, drafted)
        last = _FIRST_ROW + len(self._entries) - 1
        for row in range(last + 1, last + 1 + _EMPTY_ROWS):
            self._draw_row(row, None)
        self._guard()
        sheet.ignore_errors({"number_stored_as_text": f"A1:{column_letters(60)}{last + 301}"})
        sheet.freeze_panes(_FIRST_ROW, self._frozen)
        sheet.repeat_rows(_HEADER_ROW)
        set_up_page(sheet, f"{self._layout.name}　{self._basics.origin}")
        if self._breaks:
            sheet.repeat_columns(0, self._frozen - 1)
            # Excel ignores page breaks if it fits the sheet to pages, so a scale is set instead.
            sheet.set_print_scale(_SCALE)
            sheet.set_v_pagebreaks(self._breaks)

    def _draw_head(self) -> None:
        """Write title, note and headers; on a wide sheet the title is above the frozen columns."""
        first = sum(column.is_hidden for column in self._columns)
        last = len(self._columns) - 1
        title = f"{self._basics.title}{self._layout.name}"
        note_first, note_last = first, last
        if self._breaks:
            note_first, note_last = self._frozen, self._breaks[0] - 1
            last = self._frozen - 1
            origin = self._book.look(font_color=QUIET_INK, align="left", text_wrap=True)
            self._sheet.merge_range(_NOTE_ROW, first, _NOTE_ROW, last, "", origin)
            self._sheet.write_string(_NOTE_ROW, first, self._basics.origin, origin)
        _write_title(self._sheet, self._book, title, last, first)
        width = sum(self._widths[note_first : note_last + 1])
        _write_note(self._sheet, self._book, self._layout.note, note_first, note_last, width)
        names = [column.header for column in self._columns]
        write_header(self._sheet, self._book, _HEADER_ROW, self._widths, names)

    def _draw_row(
        self, row: int, entry: Mapping[str, Any] | None, drafted: Drafted | None = None
    ) -> None:
        doubtful = entry is not None and entry.get("to_confirm") is True
        texts = []
        for place, column in enumerate(self._columns):
            value = None if entry is None else _cell_value(column, entry)
            if drafted is not None and column in DRAFT_COLUMNS:
                value = drafted.source if column.keys == ("source",) else drafted.why
            look: dict[str, Any] = {}
            if doubtful or (entry is not None and _is_doubtful(column, entry)):
                look["bg_color"] = INPUT_FILL
            if column.keys in (("id",), ("code",)) or column.kind in (Kind.SHOWN, Kind.ORIGIN):
                look["bg_color"] = LOCKED_FILL
            if drafted is not None and drafted.doubts_about(column.keys):
                look["bg_color"] = DOUBT_FILL
            align = "center" if column.centred else "left"
            text = _write(self._sheet, self._book, (row, place), value, align, **look)
            texts.append("" if column.is_hidden else text)
        fit_row(self._sheet, row, texts, self._widths, 22)

    def _guard(self) -> None:
        """Add the drop-down lists and the prompts."""
        last = _FIRST_ROW + len(self._entries) + _GUARDED_ROWS - 1
        for place, column in enumerate(self._columns):
            source = self._basics.source(column.choices) if column.choices else ""
            _prompt(self._sheet, (_FIRST_ROW, place, last, place), column, source)


def _with_draft_columns(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Put what a draft was read from right behind the targets, or behind the names."""
    printed = [place for place, column in enumerate(columns) if column.keys[-1:] == ("printed",)]
    more: tuple[Column, ...] = DRAFT_COLUMNS
    if printed:
        at = printed[-1] + 1
    else:
        at = next(place for place, column in enumerate(columns) if column.keys == ("name",)) + 1
        more = tuple(column for column in DRAFT_COLUMNS if column.keys == ("source",))
    return (*columns[:at], *more, *columns[at:])


def _page_breaks(columns: Sequence[Column], frozen: int) -> list[int]:
    """Return the columns at which a new page begins; none where all fit on one page."""
    pixels = [0.0 if c.is_hidden else c.width * _UNIT_PIXELS + _CELL_PIXELS for c in columns]
    repeated = sum(pixels[:frozen])
    breaks, used = [], repeated
    for place in range(frozen, len(columns)):
        if used + pixels[place] > _PAGE_PIXELS:
            breaks.append(place)
            used = repeated
        used += pixels[place]
    return breaks


# --- cells ----------------------------------------------------------------------------------------


def _cell_value(column: Column, entry: Mapping[str, Any]) -> object:
    """Return what a cell shows: a text, a number or a day; None for nothing."""
    value: Any = entry
    for key in column.keys:
        value = value.get(key) if isinstance(value, dict) else None
    match column.kind:
        case Kind.READING:
            return _reading(entry, value)
        case Kind.YEARS:
            years = sorted(int(year) for year, one in value.items() if one.get("to_confirm"))
            spelled = [_spell_years(years)] if years else []
            last = entry.get("target", {}).get("to_confirm")
            return "、".join([*spelled, FINAL] if last else spelled)
        case Kind.WORD:
            code = column.default if value is None else value
            return None if code is None else (column.words or {}).get(str(code), code)
        case Kind.FLAG:
            shown = column.default if value is None else value
            return YES if shown is True else NO if column.default is False else None
        case Kind.NAMES | Kind.AGENCIES:
            return "、".join(value or ())
        case Kind.LINES:
            return "\n".join(value or ())
        case Kind.DAY:
            return _day(value) or value
        case _:
            return value


def _reading(entry: Mapping[str, Any], target: Mapping[str, Any] | None) -> str | None:
    """Return how a target is read, where what is printed does not say it."""
    if target is None:
        return None
    value = target["value"]
    stated = Reading(
        Comparator(target["comparator"]), None if value is None else Decimal(str(value))
    )
    kind = entry.get("kind")
    usual = usual_reading(
        target["printed"],
        entry["measure"],
        Direction(entry["direction"]),
        None if kind is None else GoalKind(kind),
    )
    return None if stated == usual else spell_reading(stated)


def _is_doubtful(column: Column, entry: Mapping[str, Any]) -> bool:
    """Whether the cell shows a target that a person must still confirm."""
    if column.keys[-1:] != ("printed",):
        return False
    target: Any = entry
    for key in column.keys[:-1]:
        target = target.get(key, {})
    return target.get("to_confirm") is True


def _write(
    sheet: Any, book: PaperBook, place: tuple[int, int], value: object, align: str, **look: Any
) -> str:
    """Write a cell as what it is, and return its text."""
    match value:
        case None | "":
            sheet.write_blank(*place, None, book.cell(align, num_format="@", **look))
            return ""
        case date():
            moment = datetime.combine(value, time())
            sheet.write_datetime(*place, moment, book.cell(align, num_format="yyyy-mm-dd", **look))
            return value.isoformat()
        case int() | float() | Decimal():
            sheet.write_number(*place, float(value), book.cell(align, **look))
            return str(value)
        case _:
            text = shown_text(str(value), _LONGEST_TEXT)
            shape = book.cell(align, live=looks_live(text), num_format="@", **look)
            sheet.write_string(*place, text, shape)
            return text


def _prompt(sheet: Any, cells: tuple[int, int, int, int], column: Column, source: str) -> None:
    """Add a cell's help, and its drop-down list if there is one."""
    rule: dict[str, Any] = {"validate": "any"}
    if source:
        rule = {"validate": "list", "source": source}
    elif column.kind is Kind.WORD:
        rule = {"validate": "list", "source": list((column.words or {}).values())}
    elif column.kind is Kind.FLAG:
        rule = {"validate": "list", "source": [YES, NO]}
    if rule["validate"] == "list":
        # 总体 is no domain of the list, and still right; what is wrong anywhere the check finds.
        rule["error_type"] = "information" if column.choices == DOMAINS else "stop"
        rule |= {"error_title": "请核对", "error_message": f"{column.header}：请从下拉列表选。"}
    words = {
        "input_title": column.header[:_MOST_PROMPT_TITLE],
        "input_message": column.hint[:_MOST_PROMPT],
    }
    sheet.data_validation(*cells, rule | (words if column.hint else {}))


def _write_title(sheet: Any, book: PaperBook, title: str, last: int, first: int = 0) -> None:
    look = book.look(font_name=TITLE_FONT, font_size=_TITLE_POINTS, align="left")
    sheet.set_row(_TITLE_ROW, 34)
    if last > first:
        sheet.merge_range(_TITLE_ROW, first, _TITLE_ROW, last, "", look)
    sheet.write_string(_TITLE_ROW, first, shown_text(title), look)


def _write_note(
    sheet: Any, book: PaperBook, note: str, first: int, last: int, width: float
) -> None:
    height = row_height([(note, width, NOTE_POINTS)], 22)
    sheet.set_row(_NOTE_ROW, min(height, MAX_ROW_HEIGHT))
    if last > first:
        sheet.merge_range(_NOTE_ROW, first, _NOTE_ROW, last, "", book.note)
    sheet.write_string(_NOTE_ROW, first, note, book.note)
