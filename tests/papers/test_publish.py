"""Publishing: all papers or none, the same bytes, a log that ranks are compared with."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import openpyxl
import pytest
from support import editions
from support.editions import Q2, Q3, TODAY, record
from support.record_store import AT, book, office_at

from qiyx_xl.app import AppError
from qiyx_xl.app import publishing as app
from qiyx_xl.app.publishing import Paper, papers_of, publish
from qiyx_xl.core.history.closing import close
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.store import Store, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.app import Office
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.papers.edition import Edition

pytestmark = pytest.mark.filterwarnings("ignore:Sparkline Group extension")


@pytest.fixture
def office(tmp_path: Path, plan: Plan, rules: Rules) -> Office:
    made = office_at(tmp_path / "office", plan, rules)
    records = [
        *(editions.green_record(plan, item, Q2) for item in plan.indicators if item.number % 3),
        *(record(plan, *row) for row in editions.QUARTER if row[1] == "2026Q3"),
    ]
    book(made, records)
    return made


SCORECARDS = papers_of(["scorecard"])


def test_the_papers_of_a_period_are_written_and_logged(office: Office, tmp_path: Path) -> None:
    done = publish(office, Q3, tmp_path / "发布", TODAY, papers=SCORECARDS)
    assert [one.path.name for one in done.papers] == ["晾晒榜_2026Q3.xlsx", "晾晒榜_2026Q3.html"]
    assert all(one.path.stat().st_size == one.bytes for one in done.papers)
    assert done.logged
    with Store.open(office.store, readonly=True) as store:
        (logged,) = store.publications()
    assert logged == done.edition.publication
    assert [stage for stage, _ in done.timings] == [
        *("汇集", "晾晒榜.xlsx", "晾晒榜.html", "就位并记账")
    ]


@pytest.mark.slow
def test_publishing_again_gives_the_same_bytes_and_no_second_entry(
    office: Office, tmp_path: Path
) -> None:
    first = publish(office, Q3, tmp_path / "一", TODAY, papers=SCORECARDS)
    again = publish(office, Q3, tmp_path / "二", TODAY, papers=SCORECARDS)
    assert [one.sha256 for one in again.papers] == [one.sha256 for one in first.papers]
    assert not again.logged
    with Store.open(office.store, readonly=True) as store:
        assert len(store.publications()) == 1


@pytest.mark.slow
def test_the_next_quarter_prints_who_went_up_since_the_last_published_one(
    office: Office, tmp_path: Path
) -> None:
    publish(office, Q2, tmp_path, date(2026, 7, 30), papers=SCORECARDS)
    done = publish(office, Q3, tmp_path, TODAY, papers=SCORECARDS)
    assert done.edition.previous is not None
    assert done.edition.previous.period == Q2
    sheet = openpyxl.load_workbook(tmp_path / "晾晒榜_2026Q3.xlsx")["分单位"]
    changes = {row[12].value for row in sheet.iter_rows(min_row=16)}
    assert any(str(change).startswith(("↑", "↓")) for change in changes)


def test_papers_without_ranks_are_no_publication(office: Office, tmp_path: Path) -> None:
    done = publish(office, Q3, tmp_path, TODAY, papers=[replace(SCORECARDS[0], ranks=False)])
    assert not done.logged
    with Store.open(office.store, readonly=True) as store:
        assert store.publications() == ()


def test_a_lost_log_is_rebuilt_with_its_publications(office: Office, tmp_path: Path) -> None:
    publish(office, Q2, tmp_path, date(2026, 7, 30), papers=SCORECARDS)
    with Store.open(office.store, readonly=True) as store:
        before = store.publications()
    office.store.unlink()
    Store.rebuild(office.store)
    with Store.open(office.store, readonly=True) as store:
        assert store.publications() == before
        assert len(before) == 1


def test_what_was_published_cannot_be_taken_back(office: Office, tmp_path: Path) -> None:
    publish(office, Q3, tmp_path, TODAY, papers=SCORECARDS)
    with sqlite3.connect(office.store) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("DELETE FROM publications")


@pytest.mark.slow
def test_a_closed_period_is_published_as_it_was_closed(office: Office, tmp_path: Path) -> None:
    open_yet = publish(office, Q3, tmp_path / "前", TODAY, papers=SCORECARDS).edition
    with Store.open(office.store) as store, store.writing():
        store.book_closing(
            close(office.plans.latest, office.rules, Q3, open_yet.lines, [], at=AT, by="张三")
        )
    stricter = replace(office, rules=replace(office.rules, score_amber=Decimal(1), version="新"))
    done = publish(stricter, Q3, tmp_path / "后", TODAY, papers=SCORECARDS)
    assert done.to_json()["closed"] is True
    assert done.edition.groups("agency") == open_yet.groups("agency")
    page = (tmp_path / "后" / "晾晒榜_2026Q3.html").read_text(encoding="utf-8")
    assert "评分规则 2026.1" in page
    assert "2026-10-08 封账" in page
    assert not done.logged  # it says what was published before


# --- all or nothing ----------------------------------------------------------------------------


def _broken(path: Path, edition: Edition) -> None:
    path.write_text("半截")
    raise OSError(28, "No space left on device", str(path))


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Paper:
    from qiyx_xl.documents.scorecard import html as scorecard_html

    monkeypatch.setattr(scorecard_html, "broken", _broken, raising=False)
    return Paper("broken", "坏的", ".html", "scorecard.html:broken")


@pytest.mark.slow
def test_a_paper_that_cannot_be_written_leaves_all_old_ones_and_no_entry(
    office: Office, tmp_path: Path, broken: Paper
) -> None:
    out = tmp_path / "发布"
    out.mkdir()
    (out / "晾晒榜_2026Q3.xlsx").write_text("上一版")
    with pytest.raises(OSError, match="No space"):
        publish(office, Q3, out, TODAY, papers=[*SCORECARDS, broken])
    assert {path.name: path.read_text() for path in out.iterdir()} == {
        "晾晒榜_2026Q3.xlsx": "上一版"
    }
    with Store.open(office.store, readonly=True) as store:
        assert store.publications() == ()


def test_a_folder_made_for_nothing_goes_again(
    office: Office, tmp_path: Path, broken: Paper
) -> None:
    with pytest.raises(OSError, match="No space"):
        publish(office, Q3, tmp_path / "新", TODAY, papers=[broken])
    assert not (tmp_path / "新").exists()


def test_a_file_that_cannot_be_replaced_puts_all_old_ones_back(
    office: Office, tmp_path: Path
) -> None:
    (tmp_path / "晾晒榜_2026Q3.xlsx").write_text("上一版")
    # A folder of that name cannot be replaced by a file, as one open in Excel cannot.
    blocked = tmp_path / "晾晒榜_2026Q3.html"
    blocked.mkdir()
    (blocked / "别人的文件").write_text("x")
    with pytest.raises(OSError, match="晾晒榜_2026Q3"):
        publish(office, Q3, tmp_path, TODAY, papers=SCORECARDS)
    assert (tmp_path / "晾晒榜_2026Q3.xlsx").read_text() == "上一版"
    assert (blocked / "别人的文件").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(
        [office.store.parent.name, blocked.name, "晾晒榜_2026Q3.xlsx"]
    )
    with Store.open(office.store, readonly=True) as store:
        assert store.publications() == ()


def test_without_a_store_there_is_nothing_to_publish(
    tmp_path: Path, plan: Plan, rules: Rules
) -> None:
    office = office_at(tmp_path, plan, rules)
    with pytest.raises(StoreError, match="请先运行 qiyx consolidate"):
        publish(office, Q3, tmp_path / "发布", TODAY)
    assert not (tmp_path / "发布").exists()


def test_a_period_nobody_reported_gives_sensible_papers(office: Office, tmp_path: Path) -> None:
    done = publish(office, Period.parse("2024Q1"), tmp_path, date(2024, 5, 1), papers=SCORECARDS)
    assert {group.rank for group in done.edition.groups("agency")} == {None}


def test_an_unknown_paper_is_refused_with_those_that_exist() -> None:
    with pytest.raises(AppError, match="scorecard"):
        papers_of(["晾晒"])
    assert papers_of([]) == app.PAPERS
