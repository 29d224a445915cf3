"""docs/development/data-way.md follows one cell; here the same cell is followed for real."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal

from pages import DOCS, ROOT, text_of

from qiyx_xl import app
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.submission import SubmissionStatus

PAGE = text_of(DOCS / "development" / "data-way.md")
FILE = ROOT / "examples" / "2026Q3" / "七优享台账(最终版2)(1).xlsx"
PERIOD = Period.parse("2026Q3")


def test_the_modules_the_page_names_exist():
    named = re.findall(r"`((?:core|intake|store|ledger)/[\w./]*)`", PAGE)
    assert len(named) > 12
    for module in named:
        assert (ROOT / "qiyx_xl" / module).exists(), module


def test_the_cell_of_the_page_is_read_recorded_and_rated_as_the_page_says(tmp_path):
    assert FILE.name in PAGE
    office = app.Office.at(tmp_path / app.LEDGER_NAME)
    app.build_ledger(office)
    done = app.consolidate(office, [FILE], PERIOD, now=datetime(2026, 10, 30, tzinfo=UTC))
    (submission,) = done.report.submissions
    assert submission.status is SubmissionStatus.ACCEPTED
    assert submission.agency == "区人力社保局"
    codes = {finding.code: finding for finding in submission.findings}
    assert {"T103", "V102"} <= set(codes)
    assert codes["V102"].value == "９５．６％"

    record = next(r for r in submission.records if r.source.cell == codes["V102"].cell)
    assert record.actual == Decimal("95.6")
    assert record.source.sha256 == submission.sha256
    lines = app.status(office, PERIOD, date(2026, 10, 30))
    line = next(line for line in lines if line.item.code == record.code)
    assert line.rating.actual == Decimal("95.6")
    assert line.rating.reason
