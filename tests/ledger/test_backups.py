"""A copy of the former ledger before each replacement, and no replacement behind another's back."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from support.ledger_views import QUARTER, view_of

from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file import refresh as patch
from qiyx_xl.ledger.file import replace as closed_file
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.file.replace import backups_of, read_closed, replace_closed
from qiyx_xl.ledger.file.sheet_xml import patch_cells
from qiyx_xl.ledger.layout import tables as layout
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

OCTOBER = 1_791_450_000_000_000_000  # 2026-10-08, in nanoseconds


def dated(path: Path, seconds: int) -> None:
    moment = OCTOBER + seconds * 1_000_000_000
    os.utime(path, ns=(moment, moment))


def test_before_a_replacement_the_old_ledger_is_kept_beside_it(
    ledger: Path, plan: Plan, rules: Rules
):
    before = ledger.read_bytes()
    dated(ledger, 0)
    refresh_ledger(ledger, view_of(plan, rules))
    (copy,) = backups_of(ledger)
    assert copy.read_bytes() == before
    assert copy.parent.name == "七优享台账.备份"
    assert copy.name.startswith("七优享台账_202610")
    assert copy.suffix == ".xlsm"


def test_a_refresh_that_changes_nothing_keeps_no_copy(ledger: Path, plan: Plan, rules: Rules):
    refresh_ledger(ledger, view_of(plan, rules))
    refresh_ledger(ledger, view_of(plan, rules))
    assert len(backups_of(ledger)) == 1


def test_only_the_newest_copies_are_kept_and_other_files_are_left_alone(ledger: Path):
    folder = ledger.parent / "七优享台账.备份"
    folder.mkdir()
    (folder / "七优享台账_我自己留的.xlsm").write_bytes(b"mine")
    for turn in range(5):
        dated(ledger, turn)
        replace_closed(read_closed(ledger), b"%d" % turn, backups=3)
    assert [copy.read_bytes() for copy in backups_of(ledger)] == [b"1", b"2", b"3"]
    assert (folder / "七优享台账_我自己留的.xlsm").read_bytes() == b"mine"


def test_two_states_of_the_same_second_are_both_kept(ledger: Path):
    for turn in range(12):
        dated(ledger, 0)
        replace_closed(read_closed(ledger), b"%d" % turn, backups=20)
    assert [copy.read_bytes() for copy in backups_of(ledger)][1:] == [b"%d" % n for n in range(11)]


def test_the_same_state_is_kept_once_although_its_replacement_failed(
    ledger: Path, monkeypatch: pytest.MonkeyPatch
):
    old = read_closed(ledger)
    with monkeypatch.context() as patched:
        patched.setattr(closed_file, "refuse_if_open", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            replace_closed(old, b"new", backups=20)
    replace_closed(old, b"new", backups=20)
    assert len(backups_of(ledger)) == 1


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "kept"), [("2", 2), ("0", 0), ("两份", 4)])
def test_how_many_are_kept_is_set_on_the_sheet_settings(
    typed: str, kept: int, ledger: Path, plan: Plan, rules: Rules
):
    opened = patch.OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.SETTINGS)
    row = layout.SETTINGS_HEADER_ROW + layout.SETTINGS_ROWS
    cells = {(row, layout.SETTINGS_COLUMN): typed}
    xml = patch_cells(opened.read(part), cells)
    ledger.write_bytes(patch.with_parts(opened.package, {part: xml}))
    assert patch.OpenedLedger(ledger.read_bytes(), "").setting(layout.BACKUPS_SETTING) == typed
    for count in range(1, 5):
        dated(ledger, count)
        refresh_ledger(ledger, view_of(plan, rules, QUARTER[:count]))
    assert len(backups_of(ledger)) == kept
    assert patch.OpenedLedger(ledger.read_bytes(), "").setting(layout.BACKUPS_SETTING) == typed


def test_a_ledger_that_somebody_saved_meanwhile_is_not_overwritten(ledger: Path):
    old = read_closed(ledger)
    ledger.write_bytes(b"saved by Excel in between")
    with pytest.raises(LedgerError, match="刚刚被别的程序改过"):
        replace_closed(old, b"new", backups=20)
    assert ledger.read_bytes() == b"saved by Excel in between"


def test_a_ledger_that_somebody_opened_meanwhile_is_not_overwritten(ledger: Path):
    old = read_closed(ledger)
    (ledger.parent / f"~${ledger.name}").write_text("张三")
    with pytest.raises(LedgerError, match="正在 Excel 或 WPS 中打开"):
        replace_closed(old, b"new", backups=20)
    assert ledger.read_bytes() == old.data


def test_what_a_crash_left_half_written_is_swept_away(ledger: Path):
    folder = ledger.parent / "七优享台账.备份"
    folder.mkdir()
    leftovers = [
        ledger.parent / ".七优享台账.xlsm.0a1b2c3d.未完成",
        folder / ".七优享台账_20261008-093000.xlsm.0a1b2c3d.未完成",
    ]
    other = ledger.parent / ".别人的.xlsm.0a1b2c3d.未完成"
    for path in (*leftovers, other):
        path.write_bytes(b"half")
    replace_closed(read_closed(ledger), b"new", backups=20)
    assert [path.exists() for path in (*leftovers, other)] == [False, False, True]
