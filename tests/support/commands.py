"""The command ``qiyx``, in this process or in one of its own.

A process costs half a second before it does anything, so sentences and exit codes are asked for in
this one. tests/shells/cli/test_real_processes.py runs every command both ways and compares the answers.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import jsonschema
from referencing import Registry, Resource

from qiyx_xl.data import resource
from qiyx_xl.shells.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Answer:
    """What a command said, and the exit code it left with."""

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
            (text.get("$id", name), Resource.from_contents(text)) for name, text in schemas.items()
        )
        jsonschema.Draft202012Validator(schemas[schema], registry=registry).validate(document)
        return document


def run_here(folder: Path, *arguments: object) -> Answer:
    """Run a command in this process, as if it had been typed in this folder."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ, {"NO_COLOR": "1"}),
    ):
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            code = end.code
    assert isinstance(code, int)
    return Answer(code, _written(out), _written(err))


def run_process(
    folder: Path, *arguments: object, environment: Mapping[str, str] | None = None
) -> Answer:
    """Run the real command in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "qiyx_xl", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
        env=(os.environ if environment is None else environment)
        | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1"},
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


class Commands:
    """``qiyx`` in one folder: call it with the words that would be typed."""

    def __init__(self, here: Path) -> None:
        self.here = here

    def __call__(self, *arguments: object) -> Answer:
        """Run one command."""
        return run_here(self.here, *arguments)
