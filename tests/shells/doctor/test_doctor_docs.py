from __future__ import annotations

import re

from support.paths import ROOT

from qiyx_xl.shells.doctor import CHECKS
from qiyx_xl.shells.doctor.check_security import CHILD_PROCESS_RULE, WIN32_CALLS_RULE

DOCS = ROOT / "docs"


def test_every_check_stands_in_the_guide_in_the_order_of_the_report():
    text = (DOCS / "install.md").read_text(encoding="utf-8").partition("<!-- checks")[2]
    rows = re.findall(r"^\| (.+?) \| .+ \|$", text, re.MULTILINE)
    assert rows[1:] == [title for title, _ in CHECKS.values()]


def test_the_rules_to_ask_it_about_are_named_by_their_ids():
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    assert CHILD_PROCESS_RULE in text
    assert WIN32_CALLS_RULE in text
