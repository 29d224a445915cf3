"""Microsoft's own Open XML SDK finds nothing wrong, on the built and on the refreshed ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from support.ledger_views import view_of
from support.open_xml_sdk import errors

from qiyx_xl.ledger.file.refresh import refresh_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

pytestmark = pytest.mark.node


@pytest.mark.parametrize("version", ["Office2016", "Office2019", "Microsoft365"])
def test_the_sdk_finds_nothing(version: str, ledger: Path, plan: Plan, rules: Rules):
    assert errors(ledger, version) == []
    rows = [("1", "2026Q3", "4.9", {"remark": "=1+1 <b>\x01_x0041_"})]
    refresh_ledger(ledger, view_of(plan, rules, rows))
    assert errors(ledger, version) == []


def test_the_sdk_is_not_blind(ledger: Path):
    from qiyx_xl.files.zip_writer import with_parts

    part = "xl/worksheets/sheet2.xml"
    import zipfile

    with zipfile.ZipFile(ledger) as package:
        broken = package.read(part).replace(b"<dimension ", b"<demention ")
    ledger.write_bytes(with_parts(ledger.read_bytes(), {part: broken}))
    assert errors(ledger, "Office2019") != []
