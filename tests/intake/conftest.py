"""Every finding of these tests is held to the letter: place, header, value, message, suggestion.

The tests name the codes that matter to them; the snapshots beside them hold the rest. After a
change that is meant: ``python -m pytest tests/intake --snapshot-update``, and read the diff.
"""

from __future__ import annotations

import pytest
from support import drawn_forms
from support.finding_lines import told


@pytest.fixture(autouse=True)
def _to_the_letter(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if hasattr(request.function, "hypothesis"):  # its inputs are another's choice each time
        return
    snapshot = request.getfixturevalue("snapshot")
    draw_and_check = drawn_forms.submission

    def checked(*args: object, **options: object) -> object:
        result = draw_and_check(*args, **options)
        assert told(result.findings) == snapshot
        return result

    monkeypatch.setattr(drawn_forms, "submission", checked)
    if hasattr(request.module, "submission"):
        monkeypatch.setattr(request.module, "submission", checked)
