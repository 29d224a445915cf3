"""A LibreOffice with a profile of its own, into which the product's command installs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.paths import ROOT

from qiyx_xl.shells.hosts.extension import extension

HERE = Path(__file__).resolve().parent
# unopkg adds nothing for root alone; inside a user namespace we are not root, and own our files.
AS_A_PERSON = (
    ("unshare", "--user", "--map-user=1000", "--map-group=1000")
    if hasattr(os, "geteuid") and os.geteuid() == 0
    else ()
)
_SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


def python_with_uno() -> str:
    """A Python that has LibreOffice's ``uno``; the test is skipped where there is none."""
    for candidate in ("/usr/bin/python3", shutil.which("python3") or ""):
        if (
            candidate
            and not subprocess.run(
                [candidate, "-c", "import uno"], capture_output=True, check=False
            ).returncode
        ):
            return candidate
    pytest.skip("no Python with LibreOffice's uno module (Debian: python3-uno)")


class CalcOffice:
    """A home folder with LibreOffice's profile."""

    def __init__(self, folder: Path) -> None:
        if shutil.which("soffice") is None:
            pytest.skip("LibreOffice (soffice) is not installed")
        self.folder, self.home = folder, folder / "home"
        self.home.mkdir(parents=True)
        (folder / "day").write_text("2099-01-01")
        self.python = python_with_uno()

    @property
    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
        kept.pop("VIRTUAL_ENV", None)
        kept.pop("XDG_CONFIG_HOME", None)
        return kept | {"HOME": str(self.home), "PATH": _SYSTEM_PATH}

    def qiyx(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the product's command for this home."""
        return subprocess.run(
            [*AS_A_PERSON, sys.executable, "-P", "-m", "qiyx_xl", *arguments],
            env=self.environment | {"PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )

    def add_extension(self, python: str | None = None, **seconds: float) -> None:
        """Install an extension made with other settings than the product's command uses."""
        path = self.folder / "qiyx.oxt"
        limits = {"start": 60.0, "answer": 20.0, "pause": 10.0, "button": 300.0} | seconds
        path.write_bytes(extension(python or str(self.engine()), limits))
        done = subprocess.run(
            [*AS_A_PERSON, "unopkg", "add", "--force", str(path)],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=200,
        )
        assert done.returncode == 0, done.stderr

    def engine(self) -> Path:
        """The program that the extension starts as Python: the product's, on a day of the test's."""
        path = self.folder / "python"
        path.write_text(
            f'#!/bin/sh\nexec "{sys.executable}" "{HERE / "engine_for_tests.py"}"'
            f' "{self.folder}" "$@"\n'
        )
        path.chmod(0o755)
        return path

    def run(self, *steps: dict[str, Any], **environment: str) -> list[Any]:
        """Run steps (in_calc.py) in one LibreOffice."""
        asked, told = self.folder / "steps.json", self.folder / "seen.json"
        asked.write_text(json.dumps(steps), encoding="utf-8")
        told.unlink(missing_ok=True)
        done = subprocess.run(
            [*AS_A_PERSON, self.python, str(HERE / "in_calc.py"), str(asked), str(told)],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        seen: list[Any] = json.loads(told.read_text(encoding="utf-8"))
        return seen
