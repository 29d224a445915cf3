"""The same batch on a Dask cluster: real scheduler, real workers, the same results."""

from __future__ import annotations

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from deadly import DiesOf
from support.paths import ROOT

from benchmarks.workbooks import PERIOD, plan_of_towns, write_workbooks
from qiyx_xl import validate_files
from qiyx_xl.intake.collect.remote import RemoteError, url_of
from qiyx_xl.intake.workers import cluster as spread
from qiyx_xl.intake.workers.cluster import ClusterError
from qiyx_xl.shells.cli import qiyx

pytestmark = pytest.mark.slow

FILES = 120
EXAMPLES = ROOT / "examples" / "2026Q3"


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    """Good and bad workbooks, a copy under another name, something unreadable, and an archive."""
    folder = tmp_path_factory.mktemp("共享") / "收件"
    paths = write_workbooks(folder, FILES, every_bad=3)
    shutil.copy(paths[1], folder / "同一份.xlsx")
    (folder / "坏了.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    with zipfile.ZipFile(folder / "打包.zip", "w") as archive:
        archive.write(paths[2], "街道.xlsx")
    return folder


def plan():
    return plan_of_towns(FILES)


def checked(folder, **given):
    return validate_files([folder], plan=plan(), period=PERIOD, **given)


def told(report):
    """Everything about every file; where an archive was unpacked to differs from run to run."""
    return [repr(replace(one, path="") if one.origin else one) for one in report.submissions]


def test_two_workers_find_what_one_process_finds(loopback, inbox):
    loopback.add_worker()
    loopback.add_worker()
    seen = []
    report = checked(inbox, cluster=loopback.address, on_done=seen.append)
    assert told(report) == told(checked(inbox))
    assert len(seen) == len(report.submissions) == FILES + 3


def test_a_worker_killed_in_mid_run_costs_no_file(loopback, inbox, monkeypatch):
    monkeypatch.setattr(spread, "FILES_PER_TASK", 4)
    workers = [loopback.add_worker(), loopback.add_worker()]
    done = []

    def kill_one(submission):
        done.append(submission)
        if len(done) == 10:
            workers[0].kill()

    report = checked(inbox, cluster=loopback.address, on_done=kill_one)
    assert workers[0].wait() != 0
    assert told(report) == told(checked(inbox))


def test_a_worker_that_comes_late_helps(loopback, inbox):
    loopback.add_worker()
    report = checked(inbox, cluster=loopback.address, on_start=lambda _: loopback.add_worker())
    assert len(report.submissions) == FILES + 3


@pytest.mark.parametrize("loopback", ["0"], indirect=True)
def test_a_file_that_ends_every_worker_is_named_and_the_others_are_judged(
    loopback, inbox, monkeypatch
):
    """Some workers may die of one file (the machine's memory, say): only that file is lost."""
    for _ in range(4):
        loopback.add_worker()
    deadly = checked(inbox).submissions[5].path
    monkeypatch.setattr(spread, "judge_batch", DiesOf(deadly))
    monkeypatch.setattr(spread, "FILES_PER_TASK", 3)
    few = sorted(Path(inbox).glob("第*.xlsx"))[:9]
    report = validate_files(few, plan=plan(), period=PERIOD, cluster=loopback.address)
    broken = [one for one in report.submissions if one.path == deadly]
    assert [one.status.value for one in broken] == ["unreadable"]
    assert len(report.submissions) == len(few)
    assert sum(one.status.value == "unreadable" for one in report.submissions) == 1


def list_sizes(files, cores):
    """How long the lists are that a batch is cut into for so many cores."""

    class Elsewhere(spread._Run):
        def __init__(self):
            pass

        def _cores(self):
            return cores

    errands = ((number, "", "") for number in range(files))
    return [len(batch) for batch in Elsewhere()._batches(errands, files)]


@pytest.mark.parametrize(
    ("files", "cores"), [(1, 1), (60, 10), (200, 10), (2000, 2), (100_000, 2), (100_000, 90)]
)
def test_lists_are_long_at_first_and_short_at_the_end(files, cores):
    sizes = list_sizes(files, cores)
    assert sum(sizes) == files
    assert sizes == sorted(sizes, reverse=True)
    # No core has much to do when the others are done: an eighth of its share, or one file.
    assert sizes[-1] <= max(1, files // cores // 8)
    # And no scheduler more to do than it needs.
    assert len(sizes) <= files / spread.FILES_PER_TASK + 30 * cores


def test_files_behind_a_url_are_judged_alike_here_and_there(loopback, inbox):
    loopback.add_worker()
    url = Path(f"file://{inbox}")
    there, here = checked(url, cluster=loopback.address), checked(url)
    assert told(there) == told(here)
    assert [one.sha256 for one in here.submissions] == [
        one.sha256 for one in checked(inbox).submissions
    ]
    assert here.submissions[0].path.startswith("file:/")


def test_no_scheduler_is_one_sentence(inbox, monkeypatch):
    pytest.importorskip("distributed", reason='needs the extra "cluster"')
    monkeypatch.setattr(spread, "_WAIT", 1.0)
    with pytest.raises(ClusterError, match="dask scheduler"):
        checked(inbox, cluster="tcp://127.0.0.1:9")


def test_no_workers_is_one_sentence(loopback, inbox, monkeypatch):
    monkeypatch.setattr(spread, "_WAIT", 1.0)
    with pytest.raises(ClusterError, match="没有工作机"):
        checked(inbox, cluster=loopback.address)


def test_a_folder_the_workers_do_not_see_is_one_sentence(loopback, inbox, monkeypatch):
    loopback.add_worker()
    errand = spread._errand
    monkeypatch.setattr(
        spread,
        "_errand",
        lambda task: (task[0], f"/没有共享/{Path(task[1]).name}", errand(task)[2]),
    )
    with pytest.raises(ClusterError, match="共享文件夹"):
        checked(inbox, cluster=loopback.address)


def test_the_commands_validate_and_consolidate_on_a_cluster(loopback, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(EXAMPLES, tmp_path / "收件")
    loopback.add_worker()
    run = CliRunner().invoke
    local = run(qiyx, ["validate", "收件", "--format", "json"], standalone_mode=False)
    away = run(
        qiyx,
        [
            "validate",
            "收件",
            "--format",
            "json",
            "--cluster",
            loopback.address,
            "--findings",
            "问题",
        ],
        standalone_mode=False,
    )
    assert json.loads(local.stdout) == json.loads(away.stdout)
    assert list((tmp_path / "问题").glob("part-*.parquet"))
    assert (
        run(qiyx, ["ledger", "build", "七优享台账.xlsm"], standalone_mode=False).exception is None
    )
    taken = run(
        qiyx,
        [
            "consolidate",
            "收件",
            "--period",
            "2026Q3",
            "--cluster",
            loopback.address,
            "--format",
            "json",
        ],
        standalone_mode=False,
    )
    assert taken.exception is None, taken.exception
    assert json.loads(taken.stdout)["accepted"]


@pytest.mark.parametrize(
    ("path", "url"),
    [
        (Path("s3://区/收件"), "s3://区/收件"),
        (Path("file:///共享/收件"), "file:///共享/收件"),
        (Path("/共享/收件"), None),
        (Path("收件:/一"), None),
        (Path("C:/收件"), None),
    ],
)
def test_a_url_is_told_from_a_folder(path, url):
    assert url_of(path) == url


def test_an_empty_url_and_an_unknown_scheme_are_one_sentence(tmp_path):
    pytest.importorskip("fsspec", reason='needs the extra "cluster"')
    with pytest.raises(RemoteError, match="没有文件"):
        checked(Path(f"file://{tmp_path}"))
    with pytest.raises(RemoteError, match="不能访问"):
        checked(Path("nosuch://区/收件"))


def test_consolidating_from_a_url_is_refused_before_anything_happens(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(
        qiyx, ["consolidate", "s3://区/收件", "--period", "2026Q3"], standalone_mode=False
    )
    assert "复制到一个文件夹" in str(done.exception)
