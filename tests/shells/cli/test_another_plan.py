"""A ledger built with one plan is never shown, read or written by another."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from support.commands import run_here
from support.every_command import BY, CASES, LEDGER, OLDER_LEDGER, Case, found_office, registered

from qiyx_xl.data import read_text
from qiyx_xl.shells.cli import qiyx

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

# What touches no office, or makes another one: these may be given any plan.
ELSEWHERE = {
    "demo", "init", "plan check", "plan import", "template", "doctor", "ledger build",
    "projects template", "host install", "host uninstall", "host status",
}  # fmt: skip
# Copy what is the ledger's own, whatever it is, and read no store.
COPYING = {"ledger static", "ledger convert"}
# Take no --plan: the last changes the plan.
WITHOUT_PLAN = COPYING | {"plan adopt"}
# They say what is wrong with ledger and store, and mend it.
MENDING = {"ledger verify", "ledger rebuild"}


@pytest.fixture(scope="module")
def founded(tmp_path_factory) -> Path:
    """An office of the shipped plan, and beside it the file of another one."""
    here = tmp_path_factory.mktemp("office")
    found_office(here, lambda *words: run_here(here, *words).code)
    document = json.loads(read_text("plan.json"))
    other = document | {"plan_id": "zhenhai-2023-2027", "title": "镇海区公共服务优享规划"}
    (here / "镇海.json").write_text(json.dumps(other, ensure_ascii=False), encoding="utf-8")
    return here


def contents(here: Path) -> dict[str, str]:
    return {
        path.relative_to(here).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in here.rglob("*")
        if path.is_file()
    }


def touching() -> list[tuple[str, Case]]:
    return [
        (name, case)
        for name, cases in CASES.items()
        if name not in ELSEWHERE | WITHOUT_PLAN
        for case in cases
    ]


def test_every_command_is_tried_here_or_touches_no_office():
    assert {name for name, _ in touching()} | ELSEWHERE | WITHOUT_PLAN == {*registered(qiyx)}


@pytest.mark.parametrize(
    ("name", "case"), touching(), ids=lambda one: str(getattr(one, "words", one))
)
def test_another_plan_is_refused_in_one_sentence_and_nothing_changes(name, case, founded, tmp_path):
    here = tmp_path / "office"
    shutil.copytree(founded, here)
    before = contents(here)
    answer = run_here(here, *case.words, "--plan", "镇海.json")
    assert (answer.code, answer.out) == (2, ""), (name, answer)
    assert len(answer.err.splitlines()) == 1
    for named in ("beilun-2023-2027", "zhenhai-2023-2027", "--plan"):
        assert named in answer.err
    assert contents(here) == before


@pytest.fixture(scope="module")
def mixed(founded, tmp_path_factory) -> Path:
    """The office with the store of another one: a copy put back into the wrong folder."""
    here = tmp_path_factory.mktemp("mixed") / "office"
    shutil.copytree(founded, here)
    other = here / "别处"
    made = run_here(here, "ledger", "build", str(other / LEDGER), "--plan", "镇海.json", *BY)
    assert made.code == 0, made
    store, originals = LEDGER.replace(".xlsm", ".sqlite"), LEDGER.replace(".xlsm", ".原件")
    (here / store).unlink()
    shutil.rmtree(here / originals)
    shutil.copy(other / store, here / store)
    shutil.copytree(other / originals, here / originals)
    return here


@pytest.mark.parametrize(
    ("name", "case"),
    [
        (name, case)
        for name, cases in CASES.items()
        if name not in ELSEWHERE | MENDING | COPYING
        for case in cases
        if OLDER_LEDGER not in case.words
    ],
    ids=lambda one: str(getattr(one, "words", one)),
)
def test_a_ledger_and_a_store_of_different_plans_are_refused(name, case, mixed, tmp_path):
    here = tmp_path / "office"
    shutil.copytree(mixed, here)
    before = contents(here)
    answer = run_here(here, *case.words)
    assert (answer.code, answer.out) == (2, ""), (name, answer)
    assert len(answer.err.splitlines()) == 1
    for named in ("beilun-2023-2027", "zhenhai-2023-2027"):
        assert named in answer.err
    assert contents(here) == before


def test_an_office_of_another_plan_needs_no_option(founded, tmp_path):
    """Whoever has built a ledger by a plan never types it again."""
    shutil.copy(founded / "镇海.json", tmp_path)
    built = run_here(tmp_path, "ledger", "build", LEDGER, "--plan", "镇海.json", *BY)
    assert built.code == 0, built
    (tmp_path / "镇海.json").unlink()
    given = run_here(tmp_path, "distribute", "--period", "2026Q3", "--out", "下发")
    assert given.code == 0, given
    assert any((tmp_path / "下发").iterdir())


def test_a_lost_store_of_another_plan_is_rebuilt_with_its_plan(founded, tmp_path):
    shutil.copy(founded / "镇海.json", tmp_path)
    run_here(tmp_path, "ledger", "build", LEDGER, "--plan", "镇海.json", *BY)
    (tmp_path / LEDGER).with_suffix(".sqlite").unlink()
    lost = run_here(tmp_path, "distribute", "--period", "2026Q3", "--out", "下发")
    assert lost.code == 2
    assert "qiyx ledger rebuild" in lost.err
    assert run_here(tmp_path, "ledger", "rebuild", LEDGER).code == 0
    shown = run_here(tmp_path, "plan", "show")
    assert shown.out.startswith("镇海区公共服务优享规划")


def test_a_ledger_far_from_its_store_does_not_take_the_shipped_plan(founded, tmp_path):
    shutil.copy(founded / "镇海.json", tmp_path)
    run_here(tmp_path, "ledger", "build", f"原处/{LEDGER}", "--plan", "镇海.json", *BY)
    shutil.copy(tmp_path / "原处" / LEDGER, tmp_path / LEDGER)
    alone = run_here(tmp_path, "rate", "--indicator", "9", "--period", "2026Q3", "--actual", "5")
    assert alone.code == 2
    assert "不在旁边" in alone.err
    there = run_here(
        *(tmp_path, "rate", "--indicator", "9", "--period", "2026Q3", "--actual", "5"),
        *("--store", f"原处/{LEDGER.replace('.xlsm', '.sqlite')}"),
    )
    assert there.code == 0, there
