"""Two consolidations of one office at the same moment."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from kill_consolidate import NOW, Q3, REFUSED, child, drawn, office_at, take

from qiyx_xl import app
from qiyx_xl.app.custody.verify import verify_ledger

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork(2)")]
EACH = 5


def test_each_waits_or_is_refused_and_nothing_is_lost(tmp_path: Path):
    office = office_at(tmp_path)
    app.build_ledger(office)
    inboxes = [tmp_path / name / "收件" for name in ("甲", "乙")]
    for place, inbox in enumerate(inboxes):
        inbox.mkdir(parents=True)
        for number in range(EACH * place, EACH * (place + 1)):
            name = f"试验{number}街道"
            (inbox / f"{name}.xlsx").write_bytes(drawn(name, number))
    started = [child(tmp_path, inbox=inbox) for inbox in inboxes]
    codes = [os.waitstatus_to_exitcode(os.waitpid(number, 0)[1]) for number in started]
    assert 0 in codes
    assert set(codes) <= {0, REFUSED}
    for inbox in inboxes:
        take(office, inbox)
    with office.open_store() as store:
        assert len(store.known_hashes()) == 2 * EACH
        assert len(store.current_records()) == 2 * EACH * 4
    check = verify_ledger(office, NOW.date())
    assert (check.is_clean, check.period) == (True, Q3)
