"""Nothing that lies in an inbox, beside the ledger or in the current folder is run as a program."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from support.paths import ROOT
from support.planted_modules import NAMES, Plants

from qiyx_xl.data import read_text, resource
from qiyx_xl.ledger.build import vba
from qiyx_xl.shells.cli import qiyx as command_line
from qiyx_xl.shells.doctor.command_line import server_command
from qiyx_xl.shells.doctor.probe import look

pytestmark = pytest.mark.slow

OFFLINE = ROOT / "scripts" / "offline"
CONSOLE_SCRIPT = Path(sys.executable).with_name("qiyx")
LEDGER = "七优享台账.xlsm"
Q = ("--period", "2026Q3")
TODAY = ("--today", "2026-10-30")

# One line or more for every command there is.
LINES = {
    "demo": [["demo", "样例"]],
    "init": [["init", "新专班"]],
    "plan show": [["plan", "show"]],
    "plan check": [["plan", "check"]],
    "plan export": [["plan", "export", "方案.xlsx"]],
    "plan adopt": [["plan", "adopt", "方案.xlsx", "--dry-run"]],
    "plan import": [["plan", "import", "方案.docx", "--out", "草稿.json"]],
    "history import": [["history", "import", "方案.docx", "--out", "确认.xlsx"]],
    "history adopt": [["history", "adopt", "确认.xlsx"]],
    "rate": [["rate", "--indicator", "9", "--period", "2024Q2", "--actual", "3.3"]],
    "distribute": [["distribute", *Q, "--out", "下发"]],
    "validate": [
        ["validate", "收件", *Q, "--jobs", "1", "--returns", "退回", "--report", "结果.html"],
        ["validate", "收件", *Q, "--jobs", "2", "--report", "结果.xlsx"],
        ["validate", "收件", *Q, "--jobs", "2", "--format", "json"],
    ],
    "consolidate": [["consolidate", "收件", *Q, *TODAY]],
    "status": [["status", *Q]],
    "decide": [["decide", *Q]],
    "trace": [["trace", "--indicator", "9", *Q]],
    "diff": [["diff", *Q, "--against", "2025Q4"]],
    "remind": [["remind", *Q, "--out", "催报.xlsx"]],
    "publish": [["publish", *Q, "--out", "材料", *TODAY]],
    "meeting": [["meeting", *Q, "--out", "例会"]],
    "matter list": [["matter", "list"]],
    "matter add": [["matter", "add", "--title", "学位", "--agency", "区教育局"]],
    "matter done": [["matter", "done", "1"]],
    "matter reopen": [["matter", "reopen", "1", "--note", "没有办完"]],
    "template": [["template", "bulletin", "--out", "通报模板.docx"]],
    "projects template": [["projects", "template", "重大项目.xlsx"]],
    "projects import": [["projects", "import", "重大项目.xlsx"]],
    "projects show": [["projects", "show"]],
    "close": [["close", *Q]],
    "reopen": [["reopen", *Q, "--reason", "更正"]],
    "ledger build": [["ledger", "build", "新台账.xlsm"]],
    "ledger convert": [["ledger", "convert", LEDGER, "转换.xlsx"]],
    "ledger refresh": [["ledger", "refresh", LEDGER]],
    "ledger migrate": [["ledger", "migrate", LEDGER]],
    "ledger verify": [["ledger", "verify", LEDGER]],
    "ledger rebuild": [["ledger", "rebuild", LEDGER]],
    "ledger static": [["ledger", "static", LEDGER, "静态.xlsx"]],
    "host install": [["host", "install", "libreoffice", "--save", "扩展.oxt"]],
    "host uninstall": [["host", "uninstall", "excel"]],
    "host status": [["host", "status"]],
    "doctor": [["doctor"], ["doctor", "--format", "json"]],
}


def leaves(command: click.Command, *path: str) -> list[str]:
    if not isinstance(command, click.Group):
        return [" ".join(path)]
    context = click.Context(command)
    return [
        leaf
        for name in command.list_commands(context)
        for leaf in leaves(command.get_command(context, name), *path, name)
    ]


@pytest.fixture(scope="module")
def plants(tmp_path_factory) -> Plants:
    return Plants(tmp_path_factory.mktemp("marks") / "ran.txt")


@pytest.fixture(scope="module")
def office(tmp_path_factory, plants) -> Path:
    """An office whose folder and inbox are full of planted modules; one stands in its folder."""
    here = tmp_path_factory.mktemp("台账 目录")
    shutil.copy(resource(f"workbook/{LEDGER}"), here)
    shutil.copytree(resource("examples/2026Q3"), here / "收件")
    for folder in (here, here / "收件"):
        plants.plant(folder)
    return here


def started(folder: Path, *command: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)], cwd=folder, capture_output=True, encoding="utf-8", check=False,
        timeout=300, env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
    )  # fmt: skip


def test_the_plants_do_run_where_python_is_started_without_care(office, tmp_path):
    careless = Plants(tmp_path / "ran.txt")
    careless.plant(tmp_path)
    started(tmp_path, sys.executable, "-c", "import pickle, numpy, xlwings")
    assert careless.ran, "else this file would show nothing"
    assert {"pickle", "numpy", "xlwings", "hashlib", "qiyx_xl"} <= set(NAMES)


def test_every_command_there_is_has_a_line_here():
    assert sorted(LINES) == sorted(leaves(command_line))


@pytest.mark.parametrize("name", LINES)
def test_no_command_runs_what_lies_where_it_is_called(office, plants, name):
    program = (
        [CONSOLE_SCRIPT] if CONSOLE_SCRIPT.exists() else [sys.executable, "-P", "-m", "qiyx_xl"]
    )
    for line in LINES[name]:
        done = started(office, *program, *line)
        assert "Traceback" not in done.stderr, done.stderr
        assert plants.ran == [], " ".join(line)


_CHECKED = """
import sys, threading
from pathlib import Path
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.intake import workers
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules
workers.FILES_PER_WORKER = 1
if {threads}:
    threading.Thread(target=threading.Event().wait, daemon=True).start()
paths = sorted(Path("收件").glob("*.xlsx"))
period = Period.parse("2026Q3")
for one in check_files(paths, load_plan(), load_rules(), period=period, history=NoHistory(), jobs={jobs}):
    print(one.status.value)
"""


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("threads", [False, True], ids=["alone", "with threads"])
def test_no_worker_runs_what_lies_in_the_inbox_and_it_finds_the_files(
    office, plants, jobs, threads
):
    """A worker is replaced after each file, and with threads there is none that is forked."""
    program = _CHECKED.format(jobs=jobs, threads=threads)
    done = started(office, sys.executable, "-P", "-c", program)
    assert done.stdout.split().count("accepted") > 5, done.stderr
    assert plants.ran == []


_CLUSTERED = """
import pickle, threading
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.intake.workers import cluster
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules
from pathlib import Path
threading.Thread(target=threading.Event().wait, daemon=True).start()
setting = CheckContext(load_plan(), load_rules(), NoHistory(), Period.parse("2026Q3"))
paths = [str(path.absolute()) for path in sorted(Path("收件").glob("*.xlsx"))]
errands = pickle.dumps([(at, path, path) for at, path in enumerate(paths)])
print(len(pickle.loads(cluster.judge_batch(setting, errands))))
"""


def test_what_a_dask_worker_starts_runs_nothing_from_where_it_stands(office, plants):
    done = started(office, sys.executable, "-P", "-c", _CLUSTERED)
    assert done.stdout == f"{len(list((office / '收件').glob('*.xlsx')))}\n", done.stderr
    assert plants.ran == []


def test_the_server_that_excel_starts_takes_nothing_from_where_it_is_started(office, plants):
    """The very line of the macros, but for the last step, which needs Windows."""
    module = vba.sources()[vba.XLWINGS_MODULE]
    assert module.count('" -B -c ""') == 0
    assert module.count('" -P -B -c ""') == 2
    line = server_command(look(office / LEDGER), str(office / LEDGER))
    flags, code = re.search(r'" (-P -B) -c "(.*)""$', line).groups()
    code = code.replace('\\"', '"').replace(
        "xlwings.serve('$(CLSID)')", "from qiyx_xl.shells import udfs; udfs.warm_up(); print(1)"
    )
    done = started(office, sys.executable, *flags.split(), "-c", code)
    assert done.stdout == "1\n", done.stderr
    assert plants.ran == []


def test_the_macros_start_the_server_from_a_folder_of_windows():
    """Windows itself looks for cmd.exe and for DLLs where Excel stands."""
    server = read_text("macros/Qiyx.bas").split("Public Function Server()")[1]
    server = server.split("End Function")[0]
    assert server.index("StandIn SystemFolder()") < server.index("Set Server = XLPy()")
    assert "XLPy()" not in read_text("macros/Qiyx.bas").replace("Set Server = XLPy()", "")


# --- the installation -------------------------------------------------------------------------


def flags_of(bat: str) -> list[list[str]]:
    """The options with which a .bat starts Python, each time it does."""
    text = (OFFLINE / bat).read_text(encoding="ascii")
    return [
        found.split()
        for found in re.findall(
            r'^(?:"%PY%"|python|py -%1)(?: %PYARG%)?((?: -\S+(?: utf8=0)?)*)', text, re.MULTILINE
        )
    ]


def test_every_start_of_the_installation_is_an_isolated_one():
    for bat in ("install.bat", "uninstall.bat"):
        starts = flags_of(bat)
        assert starts
        assert all(flags[:2] == ["-I", "-S"] for flags in starts), (bat, starts)
        text = (OFFLINE / bat).read_text(encoding="ascii")
        first = text.index('cd /d "%SystemRoot%\\System32"')
        assert first < min(
            text.index(word) for word in ("python", '"%PY%"') if word in text[first:]
        )


@pytest.fixture
def bundle(tmp_path) -> Path:
    """What of the bundle runs before anything is installed, with its checksums."""
    folder = tmp_path / "下载 目录"
    folder.mkdir()
    sums = ""
    for path in sorted(OFFLINE.iterdir()):
        if path.is_file():
            shutil.copy(path, folder)
            sums += f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8")
    return folder


def test_what_lies_beside_the_installer_stops_it_and_does_not_run(bundle, tmp_path):
    plants = Plants(tmp_path / "ran.txt")
    plants.plant(bundle)
    [*_, flags] = flags_of("install.bat")
    done = started(
        bundle, sys.executable, *flags, bundle / "install.py", "install", tmp_path / "home"
    )
    assert done.returncode == 2
    assert "不是安装包里的" in done.stdout
    assert plants.ran == []
    assert not (tmp_path / "home").exists()


def test_what_lies_beside_the_installed_program_does_not_run_when_it_is_taken_away(
    bundle, tmp_path
):
    plants = Plants(tmp_path / "ran.txt")
    for name in ("settings.py", "uninstall.bat", "install.bat", "安装说明.txt", "SHA256SUMS"):
        assert (bundle / name).exists()
    own = (bundle / "settings.py").read_bytes()
    plants.plant(bundle)
    (bundle / "settings.py").write_bytes(own)
    [flags] = flags_of("uninstall.bat")
    done = started(
        bundle, sys.executable, *flags, bundle / "install.py", "uninstall", HOME=str(tmp_path)
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert plants.ran == []
