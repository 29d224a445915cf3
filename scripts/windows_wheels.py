"""Download the wheels that a Windows Python needs for the product, with pip on any system.

pip evaluates conditions such as "only on Windows" (``pywin32``, ``colorama``) for the system it
runs on. So the wheels' metadata is evaluated here for Windows, and missing dependencies are
downloaded, too.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = "win_amd64"


def product_requirements() -> list[str]:
    """Return the dependencies in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def bundled_requirements() -> list[str]:
    """Return them with those of the service beside WPS."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *project["optional-dependencies"]["desk"]]


def download(
    requirements: Iterable[str], python: str, into: Path, *, without: Collection[str] = ()
) -> list[Path]:
    """Download the wheels that a Windows Python such as ``3.12`` needs, and return their paths.

    Args:
        requirements: requirements as in pyproject.toml.
        python: the Python version, two numbers.
        into: the folder for the wheels.
        without: names of distributions to leave out, with what only they need.

    Raises:
        subprocess.CalledProcessError: pip could not fetch one of them.
    """
    into.mkdir(parents=True, exist_ok=True)
    left_out = {canonicalize_name(name) for name in without}
    wanted = {
        canonicalize_name(requirement.name): requirement
        for requirement in map(Requirement, requirements)
    }
    found: dict[str, Path] = {}
    while missing := {
        name: requirement for name, requirement in wanted.items() if name not in {*found, *left_out}
    }:
        for name, requirement in missing.items():
            # With its marker, pip on another system would skip a package that is only for Windows.
            requirement.marker = None
            found[name] = _fetch(requirement, python, into)
            for need in _needs(found[name], python):
                wanted.setdefault(canonicalize_name(need.name), need)
    return sorted(found.values())


def _fetch(requirement: Requirement, python: str, into: Path) -> Path:
    """Download one wheel."""
    with TemporaryDirectory() as folder:
        subprocess.run(
            [
                *(sys.executable, "-m", "pip", "download", "-q", "--no-deps"),
                *("--only-binary=:all:", "--platform", PLATFORM, "--implementation", "cp"),
                *("--python-version", python, "--dest", folder, str(requirement)),
            ],
            check=True,
        )
        (wheel,) = Path(folder).iterdir()
        shutil.move(wheel, into / wheel.name)
        return into / wheel.name


def _needs(wheel: Path, python: str) -> list[Requirement]:
    """Return a wheel's dependencies on Windows under this Python version."""
    environment = {
        "os_name": "nt",
        "sys_platform": "win32",
        "platform_system": "Windows",
        "platform_machine": "AMD64",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "extra": "",
    }
    with zipfile.ZipFile(wheel) as package:
        name = next(n for n in package.namelist() if n.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(package.read(name).decode())
    needs = [Requirement(text) for text in metadata.get_all("Requires-Dist") or ()]
    return [need for need in needs if need.marker is None or need.marker.evaluate(environment)]
