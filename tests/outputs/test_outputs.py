"""Every output of the sample office is, byte for byte, what the manifest says.

After a change that is meant: ``python scripts/output_manifest.py --write``, and say in the change
log which outputs changed. Where other versions of the libraries are installed than the manifest
names, the bytes they write may differ: then the outputs' names alone are compared.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import output_manifest  # noqa: E402


@pytest.fixture(scope="module")
def then() -> dict:
    return json.loads(output_manifest.MANIFEST.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def now(tmp_path_factory) -> dict:
    folder = tmp_path_factory.mktemp("office")
    output_manifest.make(folder)
    return output_manifest.manifest(folder)


@pytest.mark.slow
def test_every_output_is_as_the_manifest_says(then, now):
    if then["libraries"] == now["libraries"]:
        assert output_manifest.differences(then, now) == []
    else:
        assert sorted(then["outputs"]) == sorted(now["outputs"])


def test_a_changed_output_a_new_one_and_one_that_is_gone_are_told(then):
    name = next(iter(then["outputs"]))
    changed = {"outputs": then["outputs"] | {name: "0", "新.xlsx": "0"}}
    del changed["outputs"][max(then["outputs"])]
    told = output_manifest.differences(then, changed)
    assert [line.partition(":")[0] for line in told] == ["gone", "new", "other"]
