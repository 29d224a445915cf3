from __future__ import annotations

import subprocess
import sys

from support.paths import ROOT

from qiyx_xl.core.findings import CATALOGUE


def test_every_code_is_documented_with_the_wording_in_force():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "code_docs.py", "--check"], check=False
    )
    assert done.returncode == 0, "run python scripts/code_docs.py"
    text = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    assert all(f"| {code} |" in text for code in CATALOGUE)
