"""The document of ``status --format json``."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from support import editions
from support.pages import document_text

from qiyx_xl.core.history.closing import close
from qiyx_xl.core.history.publications import VIEWS
from qiyx_xl.papers.json.status import status_document


def test_the_standing_of_a_small_quarter_reads_like_this(plan, rules, snapshot):
    edition = editions.small(plan, rules)
    document = status_document(
        edition.plan, rules, edition.period, edition.today, edition.lines,
        by=VIEWS, projects=edition.projects,
    )  # fmt: skip
    assert document_text(document) == snapshot


def test_an_item_is_told_with_the_agency_that_reports_it(plan, rules):
    first, *rest = plan.indicators
    moved = replace(first, lead_agency="区卫健局", responsible_agency="区教育局")
    edition = editions.empty(replace(plan, indicators=(moved, *rest)), rules)
    document = status_document(edition.plan, rules, edition.period, edition.today, edition.lines)
    assert document["items"][0]["agency"] == "区教育局"


def test_a_closing_is_told_with_its_revisions(plan, rules):
    edition = editions.all_green(plan, rules)
    at = datetime(2026, 10, 16, 9, 0, tzinfo=UTC)
    closing = close(plan, rules, editions.Q3, edition.lines, (), at=at, by="王敏")
    document = status_document(
        plan, rules, edition.period, edition.today, edition.lines, closing=closing, revisions=2
    )
    assert document["closed"] == {"at": at.isoformat(), "by": "王敏", "revisions": 2}
    assert document["plan_version"] == closing.plan_version
