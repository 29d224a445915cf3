"""What the cells of 操作台 contain: the period's figures, domains, trend, missing figures.

What formulas can count changes at once with the chosen 数据期. The rest are values written by a
refresh, beside the period and the day for which they are valid.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.primitives.ratio import decimal_of
from qiyx_xl.core.primitives.values import plain
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.ledger.content.lookup import NO_NUMBER
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Cell, Formula, address, column_letter
from qiyx_xl.ledger.layout.tables import LAMP, Name
from qiyx_xl.papers.dashboard import TREND_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.rating.scorecard import Group
    from qiyx_xl.core.records.missing import Reminder
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.ledger.layout.tables import SheetTable
    from qiyx_xl.papers.dashboard import Dashboard, NextDeadline, Returned

Cells = dict[tuple[int, int], Cell]

TITLE_ROW, SUBTITLE_ROW = 1, 2
CARD_LABEL_ROW, CARD_ROW = 4, 5
BUTTON_ROW = 7
SECTION_ROW = 9
HEADER_ROW = 10
FIRST_DOMAIN_ROW = 11
LIST_LENGTH = 8

LEFT, RIGHT, TREND_FIRST = 1, 9, 10
LAST_COLUMN = TREND_FIRST + TREND_LENGTH - 1  # the dashboard covers LEFT to LAST_COLUMN

# The first and last column of each card.
CARDS = ((1, 1), (2, 3), (4, 5), (6, 7), (9, 10), (11, 13), (14, 15), (16, 17))
TOTAL = "合计"
TREND_LIGHTS = (Light.GREEN, Light.AMBER, Light.RED)
_PROJECT_TABLES = (
    ("重大项目", log_tables.PROJECT_TABLE, "项目编码"),
    ("民生实事", log_tables.LIVELIHOOD_TABLE, "编码"),
)
_LONGEST_FILE = 30


class Console:
    """The places and cells of 操作台 for one view."""

    def __init__(
        self, view: LedgerView, tables: Sequence[SheetTable], status: Mapping[str, Cell]
    ) -> None:
        self._view = view
        self._indicators, self._goals, self._milestones = tables
        self._status = status
        self.domains = tuple(domain.name for domain in view.plan.domains)

    # --- places --------------------------------------------------------------------------------

    @property
    def total_row(self) -> int:
        """The row with the sums over the domains."""
        return FIRST_DOMAIN_ROW + len(self.domains)

    @property
    def goal_row(self) -> int:
        """The row of 任务目标; 里程碑, 重大项目 and 民生实事 are the next ones."""
        return self.total_row + 1

    @property
    def last_table_row(self) -> int:
        """The last row of the upper half."""
        return self.goal_row + 1 + len(_PROJECT_TABLES)

    @property
    def trend_row(self) -> int:
        """The row with the trend's periods; below it is one row per lamp."""
        return self.last_table_row - len(TREND_LIGHTS)

    @property
    def lists_row(self) -> int:
        """The row with the titles of the two lists."""
        return self.last_table_row + 2

    @property
    def first_list_row(self) -> int:
        """The first row of the two lists; their headers are above it."""
        return self.lists_row + 2

    @property
    def more_row(self) -> int:
        """The row with the number of entries left out of each list; the last to be printed."""
        return self.first_list_row + LIST_LENGTH

    @property
    def steps_row(self) -> int:
        """The first row of the instructions."""
        return self.more_row + 2

    @property
    def state_cell(self) -> tuple[int, int]:
        """The cell into which the VBA writes whether the cell functions run."""
        return (self.steps_row + len(texts.STEPS) + 3, LEFT + 3)

    # --- cells ---------------------------------------------------------------------------------

    def cells(self) -> Cells:
        """Return every cell that changes with the view."""
        titles: Cells = {
            (TITLE_ROW, LEFT): texts.title(self._view.plan),
            (SUBTITLE_ROW, LEFT): self._subtitle(),
        }
        return (
            titles
            | self._cards()
            | self._domain_cells()
            | self._section_titles()
            | self._trend_cells()
            | self._missing_cells()
            | self._returned_cells()
        )

    def value_blocks(self) -> list[tuple[tuple[int, int], list[list[Cell]]]]:
        """Return the changing cells that hold values, as rectangular blocks.

        A block is its first cell and its rows; cells in it that are blank or part of a merged
        cell are None. Formulas and the names of the domains are left out.
        """
        cells = self.cells()
        boxes = (
            (SUBTITLE_ROW, LEFT, SUBTITLE_ROW, LAST_COLUMN),
            (CARD_LABEL_ROW, LEFT, CARD_LABEL_ROW, LAST_COLUMN),
            (CARD_ROW, CARDS[3][0], CARD_ROW, LAST_COLUMN),
            (self.trend_row, TREND_FIRST, self.last_table_row, LAST_COLUMN),
            (self.lists_row, LEFT, self.lists_row, LAST_COLUMN),
            (self.first_list_row, LEFT, self.more_row, LAST_COLUMN),
        )
        return [
            (
                (top, left),
                [
                    [cells.get((row, column)) for column in range(left, right + 1)]
                    for row in range(top, bottom + 1)
                ],
            )
            for top, left, bottom, right in boxes
        ]

    def _subtitle(self) -> str:
        """Return the plan's title, and how its tasks stand, if it has any."""
        view = self._view
        if view.tasks.is_empty:
            return view.plan.title
        count = view.tasks.count
        lamps = "、".join(f"{light.word} {count.lights[light]}" for light in Light)
        return f"{view.plan.title}　　重点任务 {count.total} 项：{lamps}"

    def _cards(self) -> Cells:
        main = self._indicators.sheet.value
        board = self._view.dashboard
        undecided = sum(line.decision is None for line in self._view.conflicts)
        score = f"{main}!{address(*layout.SCORE_CELL)}"
        shown: tuple[tuple[str, Cell], ...] = (
            ("数据期", Formula(Name.PERIOD, str(self._view.period))),
            ("时间进度", Formula(Name.ELAPSED, _value(self._status["elapsed"]))),
            ("晾晒得分", Formula(score, _value(self._status["score"]))),
            ("缺报单位", NO_NUMBER if board is None else f"{len(board.missing)} 家"),
            ("退回待改", NO_NUMBER if board is None else f"{len(board.returned)} 份"),
            _deadline_card(None if board is None else board.deadline),
            ("冲突待定", f"{undecided} 处"),
            ("刷新日期", NO_NUMBER if board is None else board.today.isoformat()),
        )
        cells: Cells = {}
        for (first, _), (label, cell) in zip(CARDS, shown, strict=True):
            cells[CARD_LABEL_ROW, first] = label
            cells[CARD_ROW, first] = cell
        return cells

    def _domain_cells(self) -> Cells:
        """Return the lamp counts of each domain, and below them the total rows."""
        cells: Cells = {}
        counts: dict[str, Counter[Light]] = {name: Counter() for name in self.domains}
        for line in self._view.lines:
            if isinstance(line.item, Indicator) and line.item.domain in counts:
                counts[line.item.domain][line.rating.light] += 1
        table, sheet = self._indicators, self._indicators.sheet.value
        domain, lamp = (
            f"{sheet}!${letter}${table.first_row + 1}:${letter}${table.last_row + 1}"
            for letter in (table.letter("领域"), table.letter(LAMP))
        )
        for row, name in enumerate(self.domains, start=FIRST_DOMAIN_ROW):
            cells[row, LEFT] = name
            for place, light in enumerate(Light, start=LEFT + 1):
                formula = f'COUNTIFS({domain},{address(row, LEFT)},{lamp},"{light.word}")'
                cells[row, place] = Formula(formula, counts[name][light])
            cells |= self._sums(row, counts[name])
        return cells | self._total_cells(counts)

    def _total_cells(self, counts: Mapping[str, Counter[Light]]) -> Cells:
        whole: Counter[Light] = sum(counts.values(), Counter())
        row = self.total_row
        cells: Cells = {(row, LEFT): TOTAL}
        for place, light in enumerate(Light, start=LEFT + 1):
            letter = column_letter(place)
            above = f"{letter}{FIRST_DOMAIN_ROW + 1}:{letter}{row}"
            cells[row, place] = Formula(f"SUM({above})", whole[light])
        cells |= self._sums(row, whole)
        for below, table in enumerate((self._goals, self._milestones), start=self.goal_row):
            cells[below, LEFT] = table.title
            lamps: Counter[Light] = Counter()
            for index, light in enumerate(Light):
                where = address(layout.STATUS_ROW, table.lamp_counts + 2 * index + 1)
                count = _value(self._status[f"{table.sheet.value}{light.word}"])
                lamps[light] = count if isinstance(count, int) else 0
                cells[below, LEFT + 1 + index] = Formula(
                    f"{table.sheet.value}!{where}", lamps[light]
                )
            cells |= self._sums(below, lamps)
        return cells | self._project_cells()

    def _project_cells(self) -> Cells:
        """Return the lamp counts of 重大项目 and 民生实事.

        Nodes are not counted: their codes contain a ``-``, the codes of projects do not.
        """
        status = self._view.projects
        lights = (
            [line.assessment.light for line in status.projects],
            [line.assessment.light for line in status.livelihood],
        )
        cells: Cells = {}
        rows = enumerate(zip(_PROJECT_TABLES, lights, strict=True), start=self.goal_row + 2)
        for row, ((name, table, code), shown) in rows:
            cells[row, LEFT] = name
            lamps = Counter(shown)
            for place, light in enumerate(Light, start=LEFT + 1):
                where = f'{table.span(code)},"<>*-*",{table.span(LAMP)},"{light.word}"'
                cells[row, place] = Formula(f"COUNTIFS({where})", lamps[light])
            cells |= self._sums(row, lamps)
        return cells

    def _sums(self, row: int, lamps: Mapping[Light, int]) -> Cells:
        """Return the last two cells of a row: the number of items, and their 晾晒得分."""
        rules = self._view.rules
        worth = (rules.score_green, rules.score_amber, rules.score_red)
        places = [address(row, place) for place in range(LEFT + 1, LEFT + 1 + len(worth))]
        lit = f"SUM({places[0]}:{places[-1]})"
        points = "+".join(
            f"{plain(Decimal(each))}*{at}" for each, at in zip(worth, places, strict=True)
        )
        known = [lamps.get(light, 0) for light in TREND_LIGHTS]
        score: Decimal | str = NO_NUMBER
        if sum(known):
            total = sum(Fraction(each) * count for each, count in zip(worth, known, strict=True))
            score = decimal_of(Fraction(total) / sum(known))
        whole = f"SUM({places[0]}:{address(row, LEFT + len(Light))})"
        return {
            (row, LEFT + len(Light) + 1): Formula(whole, sum(lamps.values())),
            (row, LEFT + len(Light) + 2): Formula(
                f'IF({lit}=0,"{NO_NUMBER}",({points})/{lit})', score
            ),
        }

    def _section_titles(self) -> Cells:
        board = self._view.dashboard
        period = self._view.period.label
        upto = "" if board is None else f"（截至 {board.today.isoformat()}）"
        return {
            (SECTION_ROW, RIGHT): "近几期指标状态灯（项数）",
            (self.lists_row, LEFT): f"还缺哪些：{period}{upto}",
            (self.lists_row, RIGHT): f"退回待改：{period}{upto}",
        }

    def _trend_cells(self) -> Cells:
        trend = () if self._view.dashboard is None else self._view.dashboard.trend
        cells: Cells = {
            (self.trend_row + offset, TREND_FIRST + place): None
            for offset in range(len(TREND_LIGHTS) + 1)
            for place in range(TREND_LENGTH)
        }
        for place, point in enumerate(trend, start=TREND_FIRST + TREND_LENGTH - len(trend)):
            cells[self.trend_row, place] = str(point.period)
            for offset, count in enumerate(_lit(point.lamps), start=1):
                cells[self.trend_row + offset, place] = count
        return cells

    def _missing_cells(self) -> Cells:
        cells: Cells = {}
        reminders = () if self._view.dashboard is None else self._view.dashboard.missing
        # Most days late first, then most items missing, then the plan's order.
        ranked = sorted(reminders, key=lambda reminder: (-reminder.days_late, -len(reminder.items)))
        for offset in range(LIST_LENGTH):
            row = self.first_list_row + offset
            shown = _missing(ranked[offset]) if offset < len(ranked) else (None,) * 4
            cells |= dict(zip(_at(row, (1, 3, 4, 6)), shown, strict=True))
        cells[self.more_row, LEFT] = _more(
            self._view.dashboard, len(reminders), "没有缺报。", "家，见催报清单。"
        )
        return cells

    def _returned_cells(self) -> Cells:
        cells: Cells = {}
        files = () if self._view.dashboard is None else self._view.dashboard.returned
        for offset in range(LIST_LENGTH):
            row = self.first_list_row + offset
            shown = _returned(files[offset]) if offset < len(files) else (None,) * 4
            cells |= dict(zip(_at(row, (9, 11, 15, 16)), shown, strict=True))
        cells[self.more_row, RIGHT] = _more(
            self._view.dashboard, len(files), "没有退回未改的。", "份，见“校验结果”。"
        )
        return cells


def _value(cell: Cell) -> Decimal | int | str:
    value = cell.value if isinstance(cell, Formula) else cell
    return value if isinstance(value, Decimal | int) else str(value)


def _lit(lamps: Group) -> tuple[int, int, int]:
    return (lamps.green, lamps.amber, lamps.red)


def _at(row: int, columns: Sequence[int]) -> list[tuple[int, int]]:
    return [(row, column) for column in columns]


def _deadline_card(deadline: NextDeadline | None) -> tuple[str, str]:
    if deadline is None:
        return "下一个截止日", NO_NUMBER
    named = "、".join(str(period) for period in deadline.periods)
    left = "就是今天" if deadline.days_left == 0 else f"还有 {deadline.days_left} 天"
    return f"下一个截止日（{named}）", f"{deadline.day.month}月{deadline.day.day}日 {left}"


def _missing(reminder: Reminder) -> tuple[Cell, ...]:
    days = reminder.days_late
    late = f"逾期 {days} 天" if days > 0 else "今天截止" if days == 0 else f"还有 {-days} 天"
    return reminder.agency.name, len(reminder.items), reminder.deadline, late


def _returned(file: Returned) -> tuple[Cell, ...]:
    return file.agency or "认不出单位", _shortened(file.file), file.errors, file.found_at.date()


def _shortened(name: str) -> str:
    """Cut a long file name in the middle: its beginning and its ending tell files apart."""
    if len(name) <= _LONGEST_FILE:
        return name
    return f"{name[: _LONGEST_FILE - 12]}…{name[-11:]}"


def _more(board: Dashboard | None, count: int, none: str, rest: str) -> str:
    if board is None:
        return "汇总以后，这里会列出来。"
    if count == 0:
        return none
    return f"另有 {count - LIST_LENGTH} {rest}" if count > LIST_LENGTH else ""
