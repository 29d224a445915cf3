"""Everything that is tried under the Windows Python, in one go: session.py FOLDER

FOLDER holds the ledger and the folder 收件; what was seen is written to FOLDER/seen.json, one
entry per section, for the tests to judge.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import traceback
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import pythoncom  # noqa: E402
import stand_in  # noqa: E402
from cases import CASES, ERROR  # noqa: E402
from stand_in.book import Workbook  # noqa: E402
from stand_in.boxes import MessageBoxes  # noqa: E402
from vba import Ledger, Refused, kill_server, process_of, quit_server, run  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    from stand_in.area import Range

MACROS = HERE.parent.parent / "macros"
LEDGER = "七优享台账.xlsm"
SECOND = "另一个区"
REVISED = "修订.xlsx"
PAPERS = ("remind", "scorecard", "bulletin", "static", "export")
SECOND_CASES = (
    ("QYX_VERSION",),
    ("QYX_INFO", 22.0, "名称"),
    ("QYX_STATUS", 22.0, "2026Q3", 100.0),
    ("QYX_TARGET", 22.0, 2026.0, "原文"),
    ("QYX_RATE", 22.0, "2026Q3", 100.0),
    ("QYX_GAP", 22.0, "2026Q3", 100.0),
    ("QYX_EXPLAIN", 22.0, "2026Q3", 100.0),
    ("QYX_PACE", 23.0, "2026Q3", 50.0, 48.0),
    ("QYX_FORECAST", 23.0, "2026Q3", 50.0),
    ("QYX_SCORE", "绿"),
    ("QYX_PLAN",),
)
DIVISION_BY_ZERO = -2146826281
RATINGS = 10_000
SCALAR_CALLS = 20
ROUNDS = 3
LENGTHS = (2000, 2100)


class Session:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.excel = stand_in.Application()
        self.ledger = self.open(folder / LEDGER)

    def open(self, path: Path) -> Ledger:
        book = Workbook.opened(self.excel, str(path))
        return Ledger(book, MACROS, version("xlwings"))

    # --- the functions -------------------------------------------------------------------------

    def functions(self) -> dict[str, Any]:
        sheet = self.ledger.book.sheet("操作台")
        cell = sheet.get_Range("AZ1")
        answers, plainly, dimensions = {}, {}, {}
        for title, function, arguments in CASES:
            given = [self._argument(at, argument) for at, argument in enumerate(arguments)]
            before = stand_in.calls.total()
            answers[title] = self.ledger.call(function, *given)
            asked_back = stand_in.calls.total() - before
            assert asked_back == 0, (title, stand_in.calls)
            dimensions[title] = self.ledger.dimensions
            # As a wrapper without our step would call it: cells as objects, and who asks.
            plainly[title] = self.ledger.call(function, *given, cell=cell)
        return {
            "answers": answers,
            "plainly": plainly,
            "dimensions": dimensions,
            "defined": self.ledger.functions(),
            "server_is_another_process": process_of(self.ledger.server()) != os.getpid(),
            "unknown": sorted(stand_in.unknown),
        }

    def plan_sheets(self) -> dict[str, Any]:
        """What one call says for every cell of the plan sheets."""
        rows: Any = ()
        took, before = [], stand_in.calls.total()
        for _ in range(ROUNDS):
            began = time.perf_counter()
            rows = self.ledger.fetch_plan_sheets()
            took.append(time.perf_counter() - began)
        return {
            "rows": [list(row) for row in rows],
            "asked_back": stand_in.calls.total() - before,
            "took_ms": 1000 * median(took),
        }

    def _argument(self, at: int, argument: Any) -> Any:
        return self._area(100 + 20 * at, argument) if isinstance(argument, list) else argument

    def _area(self, left: int, rows: list[list[Any]]) -> Range:
        sheet = self.ledger.book.sheet("操作台")
        area = sheet.get_Range("A1").part(1, left, len(rows), left + len(rows[0]) - 1)
        for row, column in area.places():
            value = rows[row - 1][column - left]
            sheet.put_cell(row, column, f"'{value}" if isinstance(value, str) else value)
            if value == ERROR:
                sheet.cells[row, column] = DIVISION_BY_ZERO
        return area

    def speed(self) -> dict[str, Any]:
        """Milliseconds per rating: one call over a column, and a call per cell.

        A call per cell is measured twice: as our macros make it (a value goes over, nothing is
        asked back), and as a wrapper without our step makes it. A sample of cells will do: each
        call costs the same.
        """
        cell = self.ledger.book.sheet("操作台").get_Range("AZ1")
        actuals = [[round(2 + place / RATINGS, 4)] for place in range(RATINGS)]
        column = self._area(100, actuals)
        ones = [column.get_Item(place + 1) for place in range(0, RATINGS, RATINGS // SCALAR_CALLS)]
        self.ledger.call("QYX_RATE", 9.0, "2024Q2", column)
        arrays, ours, plain = [], [], []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            answer = self.ledger.call("QYX_RATE", 9.0, "2024Q2", column)
            arrays.append(time.perf_counter() - began)
            for took, caller in ((ours, None), (plain, cell)):
                began = time.perf_counter()
                for one in ones:
                    self.ledger.call("QYX_RATE", 9.0, "2024Q2", one, cell=caller)
                took.append(time.perf_counter() - began)
        return {
            "rows": len(answer),
            "array_ms": 1000 * median(arrays) / RATINGS,
            "scalar_ms": 1000 * median(ours) / len(ones),
            "plain_scalar_ms": 1000 * median(plain) / len(ones),
            "scalar_calls": len(ones),
            "rounds": ROUNDS,
        }

    # --- the buttons ---------------------------------------------------------------------------

    def buttons_through_server(self) -> dict[str, Any]:
        return self._buttons("经服务", through_server=True)

    def buttons_in_process(self) -> dict[str, Any]:
        return self._buttons("独立进程", through_server=False)

    def _buttons(self, name: str, *, through_server: bool) -> dict[str, Any]:
        """Press every button on a copy of the ledger of its own."""
        folder = self.folder / name
        # Excel never has two workbooks of one name open.
        self.excel.books.clear()
        ledger = self.open(folder / LEDGER)
        seen: dict[str, Any] = {}
        papers = folder / "材料"
        picks = {
            "distribute": folder / "下发",
            "validate": self.folder / "收件",
            "consolidate": self.folder / "收件",
            "refresh": None,
            "remind": papers,
            "scorecard": papers,
            "bulletin": papers,
            "static": papers,
            "export": papers,
            "adopt": None,
            "examine": None,
        }
        for action, pick in picks.items():
            seen[action] = self._press(ledger, action, pick, through_server=through_server)
        seen["cancelled"] = self._press(ledger, "validate", None, through_server=through_server)
        seen["failed"] = self._press(
            ledger, "consolidate", folder / "空", through_server=through_server
        )
        seen["papers"] = sorted(path.name for path in papers.iterdir())
        seen["distributed"] = sorted(path.name for path in (folder / "下发").glob("*.xlsx"))
        seen["store"] = (folder / LEDGER).with_suffix(".sqlite").is_file()
        seen["unknown"] = sorted(stand_in.unknown)
        self.excel.books[:] = [self.ledger.book]
        self.excel.active = self.ledger.book
        return seen

    def _press(
        self, ledger: Ledger, action: str, pick: Path | None, *, through_server: bool
    ) -> dict[str, Any]:
        self.excel.will_pick = None if pick is None else str(pick)
        self.excel.statuses.clear()
        self.excel.log.clear()
        before = stand_in.calls.copy()
        with MessageBoxes() as boxes:
            ledger.press(action, through_server=through_server)
        sheets = {name: _table(ledger.book, name) for name in ("填报记录", "校验结果", "汇总日志")}
        values = self.excel.values
        return {
            "said": boxes.texts,
            "statuses": list(self.excel.statuses),
            "log": list(self.excel.log),
            "calls": (stand_in.calls - before).total(),
            "by_member": dict(stand_in.calls - before),
            "sheets": sheets,
            "restored": [values["Calculation"], values["ScreenUpdating"], self.excel.status],
        }

    def second_plan(self) -> dict[str, Any]:
        """Press the buttons and call the functions of another district's ledger."""
        folder = self.folder / SECOND
        (path,) = folder.glob("*.xlsm")
        self.excel.books.clear()
        ledger = self.open(path)
        seen: dict[str, Any] = {"answers": {}}
        for action in ("validate", "consolidate", "refresh", "distribute", *PAPERS):
            inbox = folder / ("收件" if action in ("validate", "consolidate") else "材料")
            seen[action] = self._press(ledger, action, inbox, through_server=True)
        seen["examine"] = self._press(ledger, "examine", None, through_server=True)
        for function, *arguments in SECOND_CASES:
            seen["answers"][function] = ledger.call(function, *arguments)
        seen["rows"] = [list(row) for row in ledger.fetch_plan_sheets()]
        seen["papers"] = sorted(each.name for each in (folder / "材料").iterdir())
        seen["adopt"] = self._press(ledger, "adopt", folder / REVISED, through_server=True)
        self.excel.books[:] = [self.ledger.book]
        self.excel.active = self.ledger.book
        return seen

    # --- the server ----------------------------------------------------------------------------

    def restarts(self) -> dict[str, Any]:
        """End the server in two ways; each time the next call starts another."""
        servers, answers = [process_of(self.ledger.server())], []
        for end in (quit_server, kill_server):
            end(self.ledger.server())
            answers.append(self.ledger.call("QYX_STATUS", 9.0, "2024Q2", 3.3))
            servers.append(process_of(self.ledger.server()))
        return {"servers": servers, "answers": answers}

    def resident(self) -> dict[str, Any]:
        """Use the server that was started at logon: Excel starts no process.

        That it is to be used stands in the computer's own settings, as the installation writes
        them; the ledger's sheet has no say in it.
        """
        settings = self.folder / "xlwings.conf"
        before = settings.read_text(encoding="ascii")
        settings.write_text(f'{before}"DEBUG UDFS","True"\r\n', encoding="ascii")
        serve = "import xlwings; xlwings.serve()"
        server = subprocess.Popen([sys.executable, "-B", "-c", serve])
        try:
            answer = _until(lambda: self.ledger.call("QYX_RATE", 9.0, "2024Q2", 3.3))
            process = process_of(self.ledger.server())
        finally:
            quit_server(self.ledger.server())
            settings.write_text(before, encoding="ascii")
        return {"answer": answer, "is_the_one_started": process == server.pid}

    def long_path(self) -> dict[str, Any]:
        """A ledger too deep in folders: refused with a sentence; the DLL would end the host."""
        book = self.ledger.book
        fullname, deep = book.fullname, "Z:\\" + "深层文件夹\\" * 60 + LEDGER
        book.fullname = deep
        seen: dict[str, Any] = {"command": len(self.ledger.command().encode("gbk"))}
        try:
            for name, act in (
                ("function", lambda: self.ledger.call("QYX_VERSION")),
                ("button", lambda: self.ledger.press("refresh")),
                ("button in a process", lambda: self.ledger.press("refresh", through_server=False)),
            ):
                try:
                    act()
                except Refused as refused:
                    seen[name] = str(refused)
        finally:
            book.fullname = fullname
        return seen

    def hosts_end(self) -> dict[str, Any]:
        """What the DLL does with a long command line: a host of its own is put at risk."""
        ended = {}
        for length in LENGTHS:
            ended[str(length)] = run([sys.executable, str(HERE / "doomed_host.py"), str(length)])
        return ended

    # --- the doctor ----------------------------------------------------------------------------

    def doctor(self) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "qiyx_xl", "doctor", "--format", "json"],
            capture_output=True,
            cwd=self.folder,
            check=False,
        )
        return {
            "exit": done.returncode,
            "report": json.loads(done.stdout.decode()),
            "command": self.ledger.command(),
        }


def _table(book: Workbook, name: str) -> list[list[Any]]:
    sheet = book.sheet(name)
    rows = sorted({row for row, _ in sheet.cells})
    last = max((column for _, column in sheet.cells), default=0)
    return [[sheet.cells.get((row, column)) for column in range(1, last + 1)] for row in rows]


def _until(act: Callable[[], Any], seconds: float = 60.0) -> Any:
    """Do something again until it works."""
    until = time.monotonic() + seconds
    while True:
        try:
            return act()
        except (RuntimeError, pythoncom.com_error):
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


SECTIONS = (
    "doctor",
    "functions",
    "speed",
    "plan_sheets",
    "second_plan",
    "buttons_through_server",
    "buttons_in_process",
    "restarts",
    "long_path",
    "hosts_end",
    "resident",
)


def main(folder: Path, sections: tuple[str, ...]) -> None:
    session = Session(folder)
    seen: dict[str, Any] = {}
    for section in sections:
        began = time.perf_counter()
        try:
            seen[section] = getattr(session, section)()
        except Exception:  # noqa: BLE001 - the other sections are still worth trying
            seen[section] = {"error": traceback.format_exc()}
        seen[section]["seconds"] = round(time.perf_counter() - began, 1)
        text = json.dumps(seen, ensure_ascii=False, default=str)
        (folder / "seen.json").write_text(text, encoding="utf-8")
    session.ledger.kill_python()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]) or SECTIONS)
