from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

from qiyx_xl.data import resource


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str

    def json(self, schema: str) -> Any:
        """The document on stdout, after holding it against its schema."""
        document = json.loads(self.out)
        schemas = {
            path.name: json.loads(path.read_text(encoding="utf-8"))
            for path in resource("schemas").glob("*.json")
        }
        registry: Registry = Registry().with_resources(
            (one.get("$id", name), Resource.from_contents(one)) for name, one in schemas.items()
        )
        validator = jsonschema.Draft202012Validator(schemas[schema], registry=registry)
        validator.validate(document)
        return document


def run_in(folder: Path, *arguments: object) -> Answer:
    """Run the real command in a child process."""
    done = subprocess.run(
        [sys.executable, "-m", "qiyx_xl", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        env=_environment(),
    )
    return Answer(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def settled_office(tmp_path_factory: pytest.TempPathFactory):
    """An office with the two sample quarters taken in, for what changes nothing."""
    here = tmp_path_factory.mktemp("台账 目录")
    run_in(here, "ledger", "build", "七优享台账.xlsm")
    for period, day in (("2025Q4", "2026-01-30"), ("2026Q3", "2026-10-30")):
        shutil.copytree(resource(f"examples/{period}"), here / "收件" / period)
        run_in(here, "consolidate", f"收件/{period}", "--period", period, "--today", day)
    return lambda *arguments: run_in(here, *arguments)


@pytest.fixture
def qiyx(tmp_path: Path):
    """Run the real command in a child process, in a folder with Chinese and a space."""
    here = tmp_path / "收件 目录"
    here.mkdir()

    def run(*arguments: object, cwd: Path = here) -> Answer:
        return run_in(cwd, *arguments)

    run.here = here
    return run


def _environment() -> dict[str, str]:
    import os

    root = str(Path(__file__).resolve().parents[2])
    return os.environ | {"PYTHONPATH": root, "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"}
