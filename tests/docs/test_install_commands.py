"""Every way to install that is written down is one that works, and none takes a stranger's package.

There is no package of our name on the public registry, so whoever puts one there would be run.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
import zipfile
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import write_notices  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OUR_NAME = canonicalize_name(PROJECT["name"])
WRITTEN = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "scripts/offline/*", "qiyx_xl/**/*.py", ".ci/*", "noxfile.py")
    for path in ROOT.glob(pattern)
    if path.is_file() and path.name != "CHANGELOG.md"
)  # fmt: skip
_COMMAND = re.compile(r"\bpip[\w.]*\s+(install|wheel|download)\b([^\n`；。）&]*)")
_WITH_VALUE = {"-r", "-w", "-d", "--find-links", "--dest", "--wheel-dir", "-c", "--target"}


def written_commands() -> list[tuple[str, str, str]]:
    """Where a command stands, which it is, and what follows it."""
    return [
        (str(path.relative_to(ROOT)), found[1], found[2])
        for path in WRITTEN
        for found in _COMMAND.finditer(path.read_text(encoding="utf-8"))
    ]


def ours_or_known() -> set[str]:
    """The distributions that we ask for ourselves, by name; pip, which everybody has; and nox."""
    asked = [*PROJECT["dependencies"], *chain(*PROJECT["optional-dependencies"].values())]
    return {canonicalize_name(Requirement(one).name) for one in asked} - {OUR_NAME} | {"pip", "nox"}


def what_is_installed(words: str) -> tuple[list[str], bool]:
    """What a command installs, and whether it may ask the registry for it."""
    installed, pieces = [], iter(shlex.split(words.replace("\\", "/"), comments=True))
    is_online = True
    for piece in pieces:
        if piece in _WITH_VALUE:
            next(pieces, None)
        elif piece == "--no-index":
            is_online = False
        elif not piece.startswith("-"):
            installed.append(piece)
    return installed, is_online


def is_local(what: str) -> bool:
    """Whether it is a folder or a wheel of one's own, perhaps with extras."""
    path = what.partition("[")[0]
    return path in {".", "源码文件夹"} or path.endswith(".whl") or path.startswith("$")


def test_there_are_such_commands():
    places = {place for place, _, _ in written_commands()}
    assert {"README.md", "docs/install.md", "docs/faq.md", "docs/large.md", ".ci/run"} <= places


@pytest.mark.parametrize(("place", "_verb", "words"), written_commands())
def test_no_command_takes_our_name_from_the_registry(place, _verb, words):
    installed, is_online = what_is_installed(words.split('"。')[0].replace('",', ""))
    for what in installed:
        if is_local(what):
            continue
        try:
            name = canonicalize_name(Requirement(what).name)
        except InvalidRequirement:
            pytest.fail(f"{place}: {what!r} is neither a path nor a package")
        assert name in ours_or_known() or (name == OUR_NAME and not is_online), (place, what)


def test_the_page_names_the_wheel_of_this_version():
    page = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    from qiyx_xl import __version__

    assert f"qiyx_xl-{__version__}-py3-none-any.whl" in page


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel as the page says to make it."""
    into = tmp_path_factory.mktemp("dist")
    made = subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "-q", ".", "--no-deps", "-w", str(into)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode and "hatchling" in made.stderr:
        pytest.skip(f"没有网络，做不出 wheel：{made.stderr[-200:]}")
    assert made.returncode == 0, made.stderr
    (path,) = into.glob("*.whl")
    return path


@pytest.mark.slow
def test_what_the_page_says_to_make_and_to_install_runs_from_any_folder(wheel, tmp_path):
    assert wheel.name in (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    site = tmp_path / "site"
    install = ["install", "-q", "--no-index", "--no-deps", "--find-links", str(wheel.parent)]
    subprocess.run(
        [sys.executable, "-m", "pip", *install, "--target", str(site), "qiyx-xl"], check=True
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", "import qiyx_xl; print(qiyx_xl.__file__)"],
        env=os.environ | {"PYTHONPATH": str(site)}, cwd=tmp_path, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(site) in done.stdout
    done = subprocess.run(
        [sys.executable, "-P", "-m", "qiyx_xl", "rate", "--indicator", "9", "--period", "2024Q2", "--actual", "3.3"],
        env=os.environ | {"PYTHONPATH": str(site)}, cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "73.3%" in done.stdout


@pytest.mark.slow
def test_the_wheel_brings_the_licences(wheel):
    with zipfile.ZipFile(wheel) as package:
        names = {name.rpartition("/")[2] for name in package.namelist() if ".dist-info/" in name}
    assert {"LICENSE", "THIRD_PARTY_NOTICES.md"} <= names


# --- licences ---------------------------------------------------------------------------------


def test_every_package_that_is_installed_with_us_stands_in_the_notices_under_its_licence():
    page = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| (\S+) \| (.+?) \| \S+ \|$", page, re.MULTILINE))
    told = {canonicalize_name(name): licence for name, licence in rows.items()}
    needed = write_notices.installed()
    assert len(needed) > 15
    assert {"pywin32", "xlwings"} <= set(told)
    assert set(needed) <= set(told), "run python scripts/write_notices.py"
    copyleft = [name for name, licence in told.items() if "GPL" in licence or "see its" in licence]
    assert copyleft == []


def test_the_text_of_the_licence_of_what_our_workbook_holds_is_there():
    page = (ROOT / "THIRD_PARTY_NOTICES.md").read_text(encoding="utf-8")
    section = page.split("\n## xlwings\n")[1].split("\n## ")[0]
    assert "Redistribution and use in source and binary forms" in section
    assert "Zoomer Analytics" in section
