from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from support.store_office import MORNING, Q3

from qiyx_xl.core.plan.project_list import MajorProject, ProjectList, ProjectNode
from qiyx_xl.core.records.project_record import ProjectRecord
from qiyx_xl.core.records.source import Source
from qiyx_xl.store import Store

if TYPE_CHECKING:
    from support.store_office import Office

    from qiyx_xl.core.records.submission import Submission

HEALTH = "区卫健局"
LISTED = ProjectList(
    "一",
    (
        MajorProject(
            code="XM01",
            name="区妇幼保健院迁建",
            domain="病有良医",
            agency=HEALTH,
            planned_investment={2026: Decimal("12000.50")},
            nodes=(ProjectNode(1, "封顶", date(2026, 8, 31)),),
        ),
    ),
)


def with_projects(submission: Submission, **values) -> Submission:
    name = submission.path.rsplit("/", maxsplit=1)[-1]
    records = tuple(
        ProjectRecord(
            code.replace("_", "-"),
            Q3,
            HEALTH,
            value,
            "按计划推进",
            str(value),
            Source(name, submission.sha256, "重大项目", f"G{row}"),
        )
        for row, (code, value) in enumerate(values.items(), start=6)
    )
    return replace(submission, projects=records)


def book_list(office: Office, listed: ProjectList, hour: int = 0) -> bool:
    with Store.open(office.path) as store:
        at = MORNING.replace(hour=9 + hour)
        return store.book_projects(listed, file="项目清单.xlsx", sha256="a" * 64, at=at)


def test_the_lists_imported_last_are_in_force_and_the_same_again_is_not_booked(office):
    assert book_list(office, LISTED)
    assert not book_list(office, LISTED, hour=1)
    changed = replace(LISTED, version="二")
    assert book_list(office, changed, hour=2)
    with Store.open(office.path) as store:
        assert store.project_list() == changed


def test_every_project_value_comes_back_with_its_source_and_the_later_file_stands(office):
    first = office.file("一.xlsx", HEALTH, {"1": "4.9"}, saved=0)
    later = office.file("二.xlsx", HEALTH, {"1": "4.9"}, saved=5)
    office.take(with_projects(first, XM01=Decimal("8600.0"), XM01_1=date(2026, 8, 20)))
    office.take(with_projects(later, XM01=Decimal("8700.25")), hour=2)
    with Store.open(office.path) as store:
        logged = store.project_records()
        book = store.project_book()
    assert [(str(one.record.value), one.current) for one in logged] == [
        ("8600.0", False),
        ("2026-08-20", True),
        ("8700.25", True),
    ]
    source = logged[2].record.source
    assert (source.file, source.sha256, source.sheet) == ("二.xlsx", later.sha256, "重大项目")
    assert (source.cell, logged[2].record.as_written) == ("G6", "8700.25")
    assert book.at("XM01", Q3).value == Decimal("8700.25")
    assert book.completed_on("XM01-1", Q3) == date(2026, 8, 20)


def test_projects_in_the_log_cannot_be_changed_and_survive_a_rebuild(office):
    book_list(office, LISTED)
    office.take(with_projects(office.file("一.xlsx", HEALTH, {"1": "4.9"}), XM01=Decimal(5)))
    connection = sqlite3.connect(office.path)
    for table in ("project_lists", "project_records"):
        for change in (f"DELETE FROM {table}", f"UPDATE {table} SET rowid = 99"):  # noqa: S608
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(change)
    connection.close()
    with Store.open(office.path) as store:
        before = (store.project_list(), store.project_records())
    office.path.unlink()
    Store.rebuild(office.path)
    with Store.open(office.path) as store:
        assert (store.project_list(), store.project_records()) == before


def test_new_lists_move_the_logs_mark_so_that_the_ledger_counts_as_old(office):
    with Store.open(office.path) as store:
        before = store.position()
    book_list(office, LISTED)
    with Store.open(office.path) as store:
        assert store.position() == f"{before}+1"
