"""The add-in of WPS: its real files in real Chromium, with the real service, WPS's API stood in for.

Nothing here runs in WPS itself; what that does is for the probe (hosts/wps/probe) to find out.
"""

from __future__ import annotations

import datetime as dt
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import to_excel
from support.commands import Commands
from support.paths import ROOT
from support.revised_plans import handed_over, with_added, with_target, without

from qiyx_xl import app
from qiyx_xl.ledger.registry import CONTROLS, FUNCTIONS, LedgerSheet
from qiyx_xl.shells.hosts.wps_addin import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.plan.model import Plan

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

BOOK = "七优享台账.xlsx"
EXAMPLES = ROOT / "examples" / "2026Q3"
HERE = Path(__file__).resolve().parent
STAND_IN = (HERE / "stand_in.js").read_text(encoding="utf-8").strip()
GONE = "没有连上这台电脑上的 qiyx-xl"


# --- a WPS -------------------------------------------------------------------------------------


class Helper(http.server.BaseHTTPRequestHandler):
    """Saves the copies that a page cannot save, and serves a page of another origin."""

    book: Path

    def log_message(self, *_: Any) -> None:
        pass

    def do_GET(self) -> None:
        target = urllib.parse.unquote(self.path.partition("?")[2])
        if target:
            shutil.copy(self.book, target)
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()


class Home:
    """A person's home folder, into which the product's command installs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key != "XDG_CONFIG_HOME"}
        return kept | {"HOME": str(self.folder), "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}

    def qiyx(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-P", "-m", "qiyx_xl", *arguments],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @property
    def addons(self) -> Path:
        return self.folder / ".local/share/Kingsoft/wps/jsaddons"

    @property
    def state(self) -> Path:
        return self.folder / ".qiyx" / "server.json"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    made = Home(tmp_path_factory.mktemp("home"))
    done = made.qiyx("host", "install", "wps")
    assert "已装进 WPS 表格" in done.stdout, done.stderr
    yield made
    made.qiyx("host", "uninstall", "wps")


@pytest.fixture(scope="module")
def helper() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Helper)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    sys.path.insert(0, str(ROOT / "scripts"))
    import printing
    from selenium import webdriver

    driver, program = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or program is None:
        pytest.skip("Chromium and its driver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for argument in printing.chromium_arguments():
        options.add_argument(argument)
    started = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    started.set_script_timeout(180)
    yield started
    started.quit()


class Wps:
    """The add-in's page with one workbook open in it."""

    def __init__(self, browser: Any, home: Home, helper: str, book: Path) -> None:
        self.browser, self.home, self.book = browser, home, book
        Helper.book = book
        arguments = (data_of(book), home.state.read_text(), helper)
        source = f"{STAND_IN}({', '.join(map(json.dumps, arguments))});"
        self._script = browser.execute_cdp_cmd(
            "Page.addScriptToEvaluateOnNewDocument", {"source": source}
        )["identifier"]
        browser.get((home.addons / FOLDER / "index.html").as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.browser.execute_script(script, *arguments)

    def press(self, action: str, **answers: Any) -> list[list[str]]:
        """Press a button of the ribbon; returns what was said."""
        self.run("__standin.said.length = 0")
        for name, value in ({"picked": None, "says": True, "typed": None} | answers).items():
            self.run(f"window.__{name} = arguments[0]", value)
        self.run("OnAction({Id: arguments[0]})", action)
        said: list[list[str]] = self.run("return __standin.said")
        return said

    def cells(self) -> tuple[dict[str, dict[str, Any]], dict[str, dict[str, str]]]:
        sheets, formulas = self.run("return [__standin.sheets, __standin.formulas]")
        return sheets, formulas

    def close(self) -> None:
        self.browser.execute_cdp_cmd(
            "Page.removeScriptToEvaluateOnNewDocument", {"identifier": self._script}
        )


def data_of(path: Path) -> dict[str, Any]:
    """A workbook as the stand-in takes it."""
    values, formulas = load_workbook(path, data_only=True), load_workbook(path)
    sheets: dict[str, dict[str, Any]] = {}
    texts: dict[str, dict[str, str]] = {}
    for sheet in formulas:
        cells, there = {}, {}
        for row in sheet.iter_rows():
            for cell in row:
                key = f"{cell.row - 1},{cell.column - 1}"
                if isinstance(cell.value, str) and cell.value.startswith("="):
                    there[key] = cell.value
                found = values[sheet.title].cell(cell.row, cell.column).value
                if isinstance(found, dt.date):
                    found = to_excel(found)
                if found is not None and found != "":
                    cells[key] = found
        sheets[sheet.title], texts[sheet.title] = cells, there
    names = {name: defined.attr_text for name, defined in formulas.defined_names.items()}
    return {
        "path": str(path),
        "sheets": sheets,
        "formulas": texts,
        "order": formulas.sheetnames,
        "names": names,
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose ledger nobody has consolidated into."""
    here = tmp_path_factory.mktemp("office")
    (here / "收件").mkdir()
    for path in sorted(EXAMPLES.glob("*.xlsx")):
        shutil.copy(path, here / "收件")
    built = Commands(here)("ledger", "build", "--edition", "addin", "--period", "2026Q3")
    assert built.code == 0
    return here


@pytest.fixture(scope="module")
def taken_in(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same office after ``qiyx consolidate``."""
    here = shutil.copytree(folder, tmp_path_factory.mktemp("taken") / "专班")
    done = Commands(here)("consolidate", "收件", "--ledger", BOOK, "--period", "2026Q3")
    assert done.code in (0, 1), done.err
    return here


@pytest.fixture
def wps(browser: Any, home: Home, helper: str, taken_in: Path, tmp_path: Path) -> Iterator[Wps]:
    opened = Wps(browser, home, helper, shutil.copytree(taken_in, tmp_path / "专班") / BOOK)
    yield opened
    opened.close()


def differing(wps: Wps, ledger: Path) -> list[Any]:
    """Cells of our sheets unlike those of a ledger file, but for what is written by the clock."""
    expected = data_of(ledger)
    sheets, formulas = wps.cells()
    found = []
    for sheet in (each.value for each in LedgerSheet):
        texts, theirs = formulas[sheet], expected["formulas"][sheet]
        found += [
            (sheet, key, theirs.get(key), texts.get(key))
            for key in texts.keys() | theirs.keys()
            if texts.get(key) != theirs.get(key)
        ]
        mine, other = sheets[sheet], expected["sheets"][sheet]
        for key in mine.keys() | other.keys():
            a, b = mine.get(key), other.get(key)
            if (
                key in theirs
                or a == b
                or is_close(a, b)
                or is_by_the_clock(sheet, key, a, b, other)
            ):
                continue
            found.append((sheet, key, b, a))
    return found


def is_close(a: Any, b: Any) -> bool:
    numbers = isinstance(a, int | float) and isinstance(b, int | float)
    return numbers and a == pytest.approx(b, rel=1e-12)


def is_by_the_clock(sheet: str, key: str, a: Any, b: Any, cells: dict[str, Any]) -> bool:
    if " #" in str(a) and str(a).rpartition("-")[0] == str(b).rpartition("-")[0]:
        return True  # the seal of the log, which holds the moments
    column = key.partition(",")[2]
    header = next((str(cells[k]) for k in (f"2,{column}", f"3,{column}") if k in cells), "")
    return isinstance(a, float) and isinstance(b, float) and "时间" in header


# --- functions ---------------------------------------------------------------------------------


def test_every_function_is_registered_with_its_chinese_help(wps: Wps):
    told = wps.run("""var all = {}; Object.keys(__standin.functions).forEach(function (n) {
        all[n] = __standin.functions[n].meta; }); return all""")
    assert set(told) == {f"QIYX.{function.name}" for function in FUNCTIONS}
    for function in FUNCTIONS:
        meta = told[f"QIYX.{function.name}"]
        assert meta["description"] == function.help
        assert [(each["name"], each["description"]) for each in meta["parameters"]] == [
            (argument.name, argument.help) for argument in function.arguments
        ]


def test_a_recalculation_gives_every_cell_its_stored_value_with_a_few_requests(wps: Wps):
    expected = data_of(wps.book)
    wps.run("__standin.count()")
    got = wps.run("return __standin.recalculate()")
    assert len(got) > 400
    wrong = {}
    for place, value in got.items():
        sheet, _, key = place.partition("!")
        stored = expected["sheets"][sheet].get(key, "")
        if value != stored and not is_close(value, stored):
            wrong[place] = (stored, value)
    assert wrong == {}
    # The first missed cell fetches those of all three plan sheets.
    assert wps.run("return __standin.count()") <= 12
    wps.run("__standin.recalculate()")
    assert wps.run("return __standin.count()") == 0


def test_blanks_zeros_ranges_days_and_errors_are_told_apart(wps: Wps):
    seen = wps.run("""
        var q = function (n) { return __standin.functions['QIYX.' + n].f; };
        function t(f) { try { return f(); } catch (e) { return 'threw ' + e.message; } }
        return [q('QYX_TARGET')(9, 2026), q('QYX_TARGET')(7, 2026, '原文'),
          q('QYX_EXPLAIN')(9, '2024Q2', undefined), q('QYX_EXPLAIN')(9, '2024Q2', 0),
          q('QYX_STATUS')(15, '2026', 63.2, -2147352572, 64.5),
          t(function () { return q('QYX_STATUS')(99, '2026', 1); }),
          t(function () { return q('QYX_RATE')(9, '去年', 1); }),
          q('QYX_STATUS')([[9], [10]], '2024Q2', [[3.3], [null]]),
          q('QYX_PLAN')().length, q('QYX_STATUS')(9, 45473, 3.3),
          t(function () { return q('QYX_RATE')(9, '2024Q2', -2146826246); }),
          q('QYX_STATUS')(9, '2024Q2', '3.3')];""")
    assert seen[:2] == [8.3, "<3.5"]
    assert seen[2].startswith("已过报送截止日")
    assert seen[3] != seen[2]
    assert seen[4] == "红"
    assert seen[5:7] == ["#N/A", "threw #VALUE!"]
    assert [len(row) for row in seen[7]] == [1, 1]
    assert seen[7][0] == ["黄"]
    assert seen[8] == 22
    assert seen[9] == "黄"
    assert seen[10] == "threw #VALUE!"
    assert seen[11] == "黄"


def test_an_older_wps_without_custom_functions_still_has_the_buttons(wps: Wps, taken_in: Path):
    wps.run("window.wps.AddCustomFunction = undefined")
    source = (wps.home.addons / FOLDER / "functions.js").read_text(encoding="utf-8")
    wps.run(source)  # nothing is thrown
    assert wps.press("refresh") == [["alert", "已按2026年三季度刷新。请保存台账。"]]


# --- buttons -----------------------------------------------------------------------------------


def test_consolidating_fills_the_workbook_as_the_command_does(
    browser: Any, home: Home, helper: str, folder: Path, tmp_path: Path
):
    by_command, by_button = (shutil.copytree(folder, tmp_path / name) for name in ("命令", "按钮"))
    wps = Wps(browser, home, helper, by_button / BOOK)
    said = wps.press("consolidate", picked=str(by_button / "收件"))
    assert said[-1][1].endswith("请保存台账。"), said
    done = Commands(by_command)("consolidate", "收件", "--ledger", BOOK, "--period", "2026Q3")
    assert done.code in (0, 1)
    assert differing(wps, by_command / BOOK) == []
    assert wps.run("return __standin.state()") == [-4105, True, False]
    wps.close()


def test_refreshing_lists_another_period_as_the_command_does(wps: Wps, tmp_path: Path):
    by_command = shutil.copytree(wps.book.parent, tmp_path / "命令")
    wps.run("__standin.sheets['指标台账']['2,2'] = '2026-09'")
    assert wps.press("refresh") == [["alert", "已按2026年9月刷新。请保存台账。"]]
    assert Commands(by_command)("ledger", "refresh", BOOK, "--period", "2026-09").code == 0
    assert differing(wps, by_command / BOOK) == []


def test_adopting_a_revised_plan_moves_rows_and_columns_as_the_command_does(
    wps: Wps, tmp_path: Path, plan: Plan
):
    by_command = shutil.copytree(wps.book.parent, tmp_path / "命令")
    revised = with_target(without(plan, "13"), "2", 2026, "88.8")
    revised = handed_over(with_added(revised, "3"), "5", "区民政局")
    file = tmp_path / "改过.xlsx"
    app.export_plan(revised, file)
    said = wps.press("adopt", picked=str(file), typed="2026Q3")
    assert [kind for kind, _ in said] == ["prompt", "confirm", "alert"]
    assert said[-1][1].startswith("已采用"), said
    done = Commands(by_command)(
        *("plan", "adopt", str(file), "--from", "2026Q3", "--yes", "--ledger", BOOK)
    )
    assert done.code == 0, done.err
    assert differing(wps, by_command / BOOK) == []


def test_the_other_buttons_write_the_files_and_say_the_sentences(wps: Wps, tmp_path: Path):
    out = tmp_path / "出"
    out.mkdir()
    for action in ("remind", "scorecard", "bulletin", "distribute", "static", "export"):
        said = wps.press(action, picked=str(out))
        assert "“" in said[-1][1], said
    written = {path.name for path in out.iterdir()}
    assert {"催报清单_2026Q3.xlsx", "晾晒榜_2026Q3.xlsx", "通报_2026Q3.docx"} <= written
    by_command = tmp_path / "命令.xlsx"
    assert Commands(wps.book.parent)("ledger", "static", BOOK, str(by_command)).code == 0
    assert by_command.read_bytes() == (out / "七优享台账_2026Q3_静态副本.xlsx").read_bytes()
    said = wps.press("validate", picked=str(wps.book.parent / "收件"))
    assert said[-1][1].endswith("问题列在“校验结果”表里。")
    assert wps.press("examine")[-1][1].startswith("体检")
    assert wps.press("remind") == []  # the person cancelled
    tried = {"consolidate", "refresh", "adopt", "validate", "examine", "remind", "scorecard"}
    assert tried | {"bulletin", "distribute", "static", "export"} == {
        control.action for control in CONTROLS
    }


def test_what_the_program_refuses_becomes_a_sentence_and_nothing_is_half_written(wps: Wps):
    before = wps.cells()
    wps.run("""Object.defineProperty(Application, 'Calculation', {get: function () { return -4105; },
        set: function () { throw new Error('正在编辑'); }})""")
    said = wps.press("refresh")
    assert "正在编辑" in said[-1][1]
    assert wps.cells() == before


# --- who may ask -------------------------------------------------------------------------------

_ASK = """var x = new XMLHttpRequest(); x.open('POST', arguments[0], false);
    x.setRequestHeader('Content-Type', arguments[2] || 'text/plain');
    try { x.send(arguments[1]); return [x.status, x.responseText] } catch (e) { return ['blocked', e.name] }"""


def test_only_the_add_in_s_own_page_with_the_token_gets_an_answer(
    wps: Wps, home: Home, helper: str
):
    state = json.loads(home.state.read_text())
    good = json.dumps({"token": state["token"], "name": "QYX_VERSION", "cells": []})
    url = f"http://127.0.0.1:{state['port']}/function"
    status, text = wps.run(_ASK, url, good)
    assert (status, "qiyx-xl" in text) == (200, True)
    assert wps.run(_ASK, url, good.replace(state["token"], "x"))[0] == 401
    assert wps.run(_ASK, url, good.replace(state["token"], ""))[0] == 401
    assert wps.run(_ASK, url.replace("127.0.0.1", "localhost"), good)[0] in (403, "blocked")
    # A page of another origin gets nothing, not even with the token.
    wps.browser.get(f"{helper}/page")
    assert wps.run(_ASK, url, good)[0] == "blocked"
    assert wps.run(_ASK, url.replace("/function", "/press"), good)[0] == "blocked"
    assert wps.run(_ASK, url, good, "application/json")[0] == "blocked"


def test_after_the_service_was_started_anew_the_add_in_finds_it_by_itself(wps: Wps, home: Home):
    home.qiyx("host", "install", "wps")
    wps.run("window.__state = arguments[0]", home.state.read_text())
    assert wps.run("return __standin.functions['QIYX.QYX_STATUS'].f(9, '2024Q2', 3.25)") == "黄"


def test_where_the_service_is_gone_cells_fail_and_buttons_say_what_to_do(
    browser: Any, helper: str, taken_in: Path, tmp_path: Path
):
    home = Home(tmp_path / "另一个家")
    home.folder.mkdir()
    assert "已装进" in home.qiyx("host", "install", "wps").stdout
    wps = Wps(browser, home, helper, shutil.copytree(taken_in, tmp_path / "专班") / BOOK)
    os.kill(json.loads(home.state.read_text())["pid"], 9)
    time.sleep(0.3)
    seen = wps.run("""try { return __standin.functions['QIYX.QYX_STATUS'].f(9, '2024Q2', 77.7) }
        catch (e) { return 'threw ' + e.message }""")
    assert seen == "threw #NAME?"
    said = wps.press("refresh")
    assert GONE in said[-1][1]
    assert wps.run("return __standin.state()") == [-4105, True, False]
    wps.close()
    status = json.loads(home.qiyx("host", "status", "--format", "json").stdout)
    (found,) = [each for each in status["hosts"] if each["name"] == "wps"]
    assert (found["installed"], found["engine"]) == (True, False)
    home.qiyx("host", "uninstall", "wps")
