"""A run as a whole: broken off, incomplete, on a terminal, in bounded memory."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from support.drawn_forms import PERIOD, small_plan, write_drawing
from support.hostile_files import FORM, packed, parts, sheet, written
from support.paths import ROOT

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.errors import BrokenInstallationError
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.intake.workers import pool as children
from qiyx_xl.intake.workers import pool as workers

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
posix = pytest.mark.skipif(sys.platform == "win32", reason="signals and terminals of POSIX")


def validate(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "qiyx_xl", "validate", *map(str, arguments)],
        capture_output=True, encoding="utf-8", check=False, timeout=60,
        env=ENVIRONMENT | environment,
    )  # fmt: skip


# --- a broken installation --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "package"),
    [("jsonschema_rs", "jsonschema-rs"), ("lxml", "lxml")],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_a_missing_package_ends_the_run_in_one_sentence(tmp_path, module, package, jobs):
    for name in ("一", "二"):
        written(tmp_path / f"{name}.xlsx", sheet(FORM))
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / f"{module}.py").write_text(
        f'raise ModuleNotFoundError("No module named {module!r}", name={module!r})',
        encoding="utf-8",
    )
    path = os.pathsep.join([str(broken), str(ROOT)])
    done = validate(tmp_path, "--jobs", jobs, PYTHONPATH=path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.splitlines() == [
        f"程序不完整：缺少组件 {package}，或它已损坏。请在源码文件夹里重新安装："
        "python -m pip install --force-reinstall . ；"
        "不能上网的电脑请再运行一遍离线安装包里的 install.bat。"
    ]


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("raise SystemExit(1)", "程序自身的文件不全（qiyx_xl.intake.workers.worker）"),
        (
            "import sys; sys.modules['jsonschema_rs'] = None\n"
            "from qiyx_xl.intake.workers import worker; worker.main()",
            "缺少组件 jsonschema-rs",
        ),
    ],
)
def test_a_worker_that_cannot_start_is_no_file_s_fault(tmp_path, monkeypatch, command, words):
    monkeypatch.setattr(workers, "can_fork", lambda: False)
    monkeypatch.setattr(children, "COMMAND", (sys.executable, "-c", command))
    paths = [written(tmp_path / f"{name}.xlsx", sheet(FORM)) for name in ("一", "二")]
    with pytest.raises(BrokenInstallationError, match=words):
        check_files(
            paths, small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory(), jobs=2
        )


# --- broken off by Ctrl-C -----------------------------------------------------------------------


def heavy(path: Path) -> Path:
    """A workbook that takes a second or so."""
    rows = "".join(
        f'<row r="{n}">{"".join(f"""<c r="{c}{n}"><v>{n}</v></c>""" for c in "EFGHIJ")}</row>'
        for n in range(9, 30_000)
    )
    return written(path, sheet(FORM + rows))


def heed_interrupts() -> None:
    """As on a terminal; what a shell runs in the background ignores Ctrl-C, and so do its heirs."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@posix
def test_ctrl_c_ends_it_at_once_in_one_sentence_and_leaves_no_process(tmp_path):
    first = heavy(tmp_path / "0.xlsx")
    for number in range(1, 60):
        shutil.copy(first, tmp_path / f"{number}.xlsx")
    running = subprocess.Popen(
        [sys.executable, "-m", "qiyx_xl", "validate", str(tmp_path), "--jobs", "2"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env=ENVIRONMENT, start_new_session=True, preexec_fn=heed_interrupts,  # noqa: PLW1509
    )  # fmt: skip
    time.sleep(2)
    assert running.poll() is None, "it should still be at work"
    started = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)  # as a terminal does: to every process of the run
    out, err = running.communicate(timeout=20)
    assert time.monotonic() - started < 5
    assert running.returncode == 2
    assert out == ""
    assert err.split() == ["已中止。"], "after the ^C that the terminal has printed"
    time.sleep(0.2)
    with pytest.raises(ProcessLookupError):
        os.killpg(running.pid, 0)


@posix
def test_workers_end_when_their_parent_is_killed(tmp_path):
    first = heavy(tmp_path / "0.xlsx")
    for number in range(1, 20):
        shutil.copy(first, tmp_path / f"{number}.xlsx")
    running = subprocess.Popen(
        [sys.executable, "-m", "qiyx_xl", "validate", str(tmp_path), "--jobs", "2"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=ENVIRONMENT,
        start_new_session=True,
    )  # fmt: skip
    time.sleep(1.5)
    running.kill()
    running.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            os.killpg(running.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("a worker outlived its parent")


# --- progress -------------------------------------------------------------------------------------


@posix
def test_on_a_terminal_a_bar_shows_names_counts_and_the_time_left(tmp_path):
    import pty

    for name in ("卫健局", "教育局", "民政局"):
        write_drawing(
            tmp_path / f"{name}.xlsx",
            f"# 填报表\n| 指标编码 | 指标名称 | 本期实际值 |\n| 1 | {name} | 320 |",
        )
    ours, theirs = pty.openpty()
    done = subprocess.Popen(
        [sys.executable, "-m", "qiyx_xl", "validate", str(tmp_path)],
        stdout=subprocess.PIPE, stderr=theirs, env=ENVIRONMENT | {"TERM": "xterm", "COLUMNS": "100"},
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    done.communicate(timeout=30)
    os.close(ours)
    text = shown.decode("utf-8", "replace")
    assert "校验" in text
    assert "3/3" in text
    assert "0:00:0" in text
    assert any(name in text for name in ("卫健局", "教育局", "民政局"))


def test_in_a_pipe_there_is_no_bar(tmp_path):
    written(tmp_path / "一.xlsx", sheet(FORM))
    done = validate(tmp_path)
    assert done.stderr == ""
    assert "━" not in done.stdout


# --- memory ---------------------------------------------------------------------------------------

_MEASURE = """
import json, resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from support.drawn_forms import PERIOD, small_plan
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.rules import load_rules
paths = sorted(Path({folder!r}).iterdir())
results = check_files(paths, small_plan({{"1"}}), load_rules(), period=PERIOD, history=NoHistory(), jobs=2)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
print(json.dumps([peak, [[f.code for f in one.findings] for one in results]]))
"""


@posix
def test_no_worker_takes_a_gigabyte_whatever_it_is_given(tmp_path):
    folder = tmp_path / "收件"
    folder.mkdir()
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(9, 500_000))
    full = "".join(
        f'<row r="{n}">{"".join(f"""<c r="{c}{n}"><v>1</v></c>""" for c in "ABCDEFGH")}</row>'
        for n in range(9, 240_000)
    )
    wide = sheet(FORM + '<row r="180000"><c r="P180000"><v>1</v></c></row>')
    made = {
        "1 bomb": packed(parts(sheet(FORM)) | {"xl/sharedStrings.xml": b" " * (190 << 20)}),
        "2 blank": packed(parts(sheet(FORM + blank))),
        "3 full": packed(parts(sheet(FORM + full))),
        "4 wide": packed(parts(wide)),
        "5 good": packed(parts(sheet(FORM))),
    }
    for name, data in made.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    script = _MEASURE.format(tests=str(ROOT / "tests"), folder=str(folder))
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True,
        timeout=120, env=ENVIRONMENT,
    )  # fmt: skip
    peak, codes = json.loads(done.stdout)
    assert peak < 1 << 30
    assert codes[2] == ["F113"]
    assert codes[4] in ([], ["F207"], ["F208"], ["F209"])


@posix
def test_ten_times_the_files_take_the_parent_no_more_memory(tmp_path):
    from importlib import import_module

    sys.path.insert(0, str(ROOT))
    try:
        workbooks = import_module("benchmarks.workbooks")
    finally:
        sys.path.remove(str(ROOT))
    some, many = tmp_path / "some", tmp_path / "many"
    workbooks.write_workbooks(some, 200)
    workbooks.write_workbooks(many, 2000)
    memory = {}
    for folder in (some, many):
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.validate", "--child", "ours", "2", str(folder)],
            capture_output=True, text=True, check=True, cwd=ROOT, timeout=120,
        )  # fmt: skip
        memory[folder] = json.loads(done.stdout)["memory"]
    assert memory[many] < 1.2 * memory[some]
