"""What the cells of all sheets contain for one view: values, and formulas with values.

Rows of cells only; no spreadsheet library is used here.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl import __version__
from qiyx_xl.core.rating.rate import Light
from qiyx_xl.ledger.content.dashboard import Console
from qiyx_xl.ledger.content.log_rows import (
    change_row,
    conflict_row,
    finding_row,
    livelihood_rows,
    matter_row,
    project_note,
    project_rows,
    record_row,
    run_row,
    task_note,
    task_rows,
)
from qiyx_xl.ledger.content.lookup import score_answer
from qiyx_xl.ledger.content.plan_sheets import PlanContent
from qiyx_xl.ledger.content.share_rows import share_note, share_rows
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.layout import tables as log_tables
from qiyx_xl.ledger.layout import texts
from qiyx_xl.ledger.layout.cells import Cell, Formula, Value
from qiyx_xl.ledger.layout.tables import CONFIRMED, LAMP, Name, SheetTable
from qiyx_xl.ledger.registry import LEDGER_SCHEMA, LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.ledger.content.plan_sheets import Row
    from qiyx_xl.ledger.content.view import LedgerView

_LIGHTS = tuple(Light)


class Content(PlanContent):
    """The cells of every sheet for one view: plan sheets, their status rows, log sheets."""

    def __init__(self, view: LedgerView, schema: str = LEDGER_SCHEMA) -> None:
        super().__init__(view, schema)
        self.records = self.as_built(log_tables.RECORD_TABLE)

    @cached_property
    def _names(self) -> dict[str, str]:
        return {item.code: item.name for item in self.view.plans.items()}

    # --- the rows above the tables ---------------------------------------------------------

    def month_formula(self) -> str:
        """Return the formula of the month, 1 to 12, with which 数据期 ends."""
        period = Name.PERIOD
        quarter = f'IF(MID({period},5,1)="Q",3*RIGHT({period},1),VALUE(RIGHT({period},2)))'
        return f"IF(LEN({period})=4,12,{quarter})"

    def elapsed_formula(self) -> str:
        """Return the formula of the share of the year that has elapsed at the end of 数据期."""
        month = self.month_formula()
        if self.view.rules.elapsed_by == "months":
            return f"{month}/12"
        eve = f"DATE({Name.YEAR}-1,12,31)"
        return f"(DATE({Name.YEAR},{month}+1,0)-{eve})/(DATE({Name.YEAR},12,31)-{eve})"

    def status_cells(self, table: SheetTable) -> dict[tuple[int, int], Cell]:
        """Return the row above a plan sheet's table: 数据期, 时间进度, lamp counts, score."""
        row = layout.STATUS_ROW
        rows = next(rows for sheet, rows in self.plan_sheets() if sheet is table).values()
        words = [cell.value for item_row in rows if isinstance(cell := item_row[LAMP], Formula)]
        counts = Counter(words)
        letter = table.letter(LAMP)
        lamps = f"${letter}${table.first_row + 1}:${letter}${table.last_row + 1}"
        period = str(self.view.period)
        is_main = table.sheet == self.indicators.sheet
        cells: dict[tuple[int, int], Cell] = {
            layout.PERIOD_CELL: period if is_main else Formula(Name.PERIOD, period)
        }
        if table.shows_elapsed:
            formula = self.elapsed_formula() if is_main else Name.ELAPSED.value
            cells[layout.ELAPSED_CELL] = Formula(formula, self.elapsed())
        for index, light in enumerate(_LIGHTS):
            cells[row, table.lamp_counts + 2 * index + 1] = Formula(
                f'COUNTIF({lamps},"{light.word}")', counts.get(light.word, 0)
            )
        if is_main:
            score = score_answer((str(word) for word in words), self.view.rules)
            cells[layout.SCORE_CELL] = Formula(f"QYX_SCORE({lamps})", score)
        return cells

    def sheet_cells(
        self, table: SheetTable, rows: Mapping[str, Row]
    ) -> dict[tuple[int, int], Cell]:
        """Return all cells of a plan sheet that a refresh writes."""
        return (
            dict[tuple[int, int], Cell](self.frame_cells(table))
            | self.status_cells(table)
            | self.written_cells(table, rows)
        )

    def settings(self) -> list[tuple[str, Cell, str, bool]]:
        """Return the lines of 设置: name, content, explanation, whether a person may change it."""
        plan, rules = self.view.plan, self.view.rules
        return [
            (
                Name.PERIOD.value,
                Formula(Name.PERIOD, str(self.view.period)),
                "在“指标台账”左上角的黄色格里选。",
                False,
            ),
            (
                layout.STORE_SETTING,
                "",
                texts.STORE_NOTE,
                True,
            ),
            ("方案", plan.title, "目标值、领域、牵头单位都出自它。", False),
            ("方案版本", plan.version, "方案数据的版本。", False),
            (
                "规则版本",
                f"{rules.version}（{rules.name}）",
                "红黄绿灯的分界都写在规则文件里，这是它的版本。晾晒、通报时请写明。",
                False,
            ),
            ("程序版本", __version__, "这份台账由哪一版程序生成。", False),
            (
                layout.TODAY_SETTING,
                "" if self.view.today is None else self.view.today.isoformat(),
                "没报的数是不是已经过期，按这一天算。",
                False,
            ),
            (layout.POSITION_SETTING, self.view.position, texts.POSITION_NOTE, False),
            (layout.BACKUPS_SETTING, Decimal(texts.BACKUPS), texts.BACKUPS_NOTE, True),
        ]

    @cached_property
    def console(self) -> Console:
        """The cells of 操作台."""
        main = self.status_cells(self.indicators)
        status = {"elapsed": main[layout.ELAPSED_CELL], "score": main[layout.SCORE_CELL]}
        for table in (self.goals, self.milestones):
            cells = self.status_cells(table)
            for index, light in enumerate(_LIGHTS):
                place = table.lamp_counts + 2 * index + 1
                status[f"{table.sheet.value}{light.word}"] = cells[layout.STATUS_ROW, place]
        return Console(self.view, self.plan_tables, status)

    # --- the log ---------------------------------------------------------------------------

    def log_sheets(self) -> tuple[tuple[SheetTable, list[list[Value]]], ...]:
        """Return the log sheets that the ledger has, each with its rows."""
        status, logged = self.view.projects, self.view.project_log
        sheets: tuple[tuple[SheetTable, list[list[Value]]], ...] = (
            (log_tables.PROJECT_TABLE, project_rows(status, logged)),
            (log_tables.LIVELIHOOD_TABLE, livelihood_rows(status, logged)),
            (log_tables.SHARE_TABLE, self.share_rows()),
            (log_tables.TASK_TABLE, task_rows(self.view.tasks, logged)),
            (self.records, self.record_rows()),
            (log_tables.FINDING_TABLE, self.finding_rows()),
            (log_tables.CONFLICT_TABLE, self.conflict_rows()),
            (log_tables.DIFFERENCE_TABLE, self.change_rows()),
            (log_tables.MATTER_TABLE, self.matter_rows()),
            (log_tables.RUN_TABLE, self.run_rows()),
        )
        return tuple(
            (table, rows) for table, rows in sheets if log_tables.has_sheet(table, self.schema)
        )

    def log_note(self, sheet: LedgerSheet) -> str | None:
        """Return the line under a log sheet's title if it depends on the view, else None."""
        view = self.view
        if sheet in (LedgerSheet.PROJECTS, LedgerSheet.LIVELIHOOD):
            return project_note(sheet, view.projects, view.period)
        if sheet is LedgerSheet.SHARES:
            return share_note(view.lines, view.period)
        if sheet is LedgerSheet.TASKS:
            return task_note(view.tasks, view.period)
        if sheet is not LedgerSheet.DIFFERENCE:
            return None
        if view.against is None:
            return texts.DIFFERENCE_NOTE
        return f"{view.period.label}与{view.against.label}相比：{len(view.changes)} 项不同。" + (
            texts.DIFFERENCE_NOTE
        )

    def share_rows(self) -> list[list[Value]]:
        """Return every share of an item, in the order of 分解台账's columns."""
        return share_rows(self.view.plan, self.view.lines, self.view.records)

    def record_rows(self) -> list[list[Value]]:
        """Return every record ever accepted, in the order of 填报记录's columns."""
        lookup = self.lookup
        rows = [
            record_row(logged, self._names.get(logged.record.code, ""), confirmed, keys)
            for logged, confirmed, keys in zip(
                self.view.records, lookup.confirmed, lookup.keys, strict=True
            )
        ]
        if not self._confirms:
            place = log_tables.RECORD_TABLE.place(CONFIRMED)
            for row in rows:
                del row[place]
        return rows

    def finding_rows(self) -> list[list[Value]]:
        """Return the period's findings, in the order of 校验结果's columns."""
        return [finding_row(logged) for logged in self.view.findings]

    def conflict_rows(self) -> list[list[Value]]:
        """Return the conflicts, in the order of 冲突's columns."""
        return [
            conflict_row(line, self._names.get(line.conflict.code, ""))
            for line in self.view.conflicts
        ]

    def change_rows(self) -> list[list[Value]]:
        """Return the differences from the period ``against``, in the order of 差异's columns."""
        return [
            change_row(change, self._names.get(change.code, "")) for change in self.view.changes
        ]

    def matter_rows(self) -> list[list[Value]]:
        """Return the matters, the open first, in the order of 调度事项's columns."""
        lights = {line.item.code: line.rating.lamp for line in self.view.lines}
        lights |= {entry.project.code: entry.assessment.lamp for entry in self.view.projects.lines}
        lights |= {entry.task.code: entry.assessment.lamp for entry in self.view.tasks.lines}
        matters = sorted(self.view.matters, key=lambda matter: not matter.is_open)
        return [
            matter_row(matter, lights.get(matter.item, ""), self.view.today) for matter in matters
        ]

    def run_rows(self) -> list[list[Value]]:
        """Return every consolidation, in the order of 汇总日志's columns."""
        return [run_row(run) for run in self.view.runs]
