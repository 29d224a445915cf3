"""Write THIRD_PARTY_NOTICES.md: the packages the product needs, their licences and licence texts.

    python scripts/write_notices.py [--wheels FOLDER]

Without a folder of wheels, the wheels for Windows are downloaded, because packages only for Windows
are not installed on other systems; packages needed only on this system are added.
"""

from __future__ import annotations

import argparse
import re
import sys
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from importlib.metadata import Distribution, distribution
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

import windows_wheels
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

NOTICES = windows_wheels.ROOT / "THIRD_PARTY_NOTICES.md"
_PYTHON = "3.13"
_TEXT = re.compile(r"(?i)(?:licen[cs]e|copying|notice)[^/]*$")
_CLASSIFIER = "License :: OSI Approved :: "
_SHORT = 60  # characters; a longer field contains a whole licence text
_HEAD = """# Third-party notices

<!-- written by scripts/write_notices.py -->

七优享台账 (qiyx-xl) is MIT-licensed, see LICENSE. It is installed together with the packages below,
each under its own licence. None of their code is copied into ours, but for one: the workbook that
`qiyx ledger build` makes holds the VBA module of xlwings. The offline bundle holds the wheels of
all of them as their authors published them.
"""


@dataclass(frozen=True)
class Package:
    """One distribution: its name, its licence in short, its URL, and its licence texts."""

    name: str
    licence: str
    url: str
    texts: dict[str, str]


def licence_of(metadata: Any) -> str:
    """Return the short name of a distribution's licence from its metadata."""
    expression = metadata.get("License-Expression")
    if expression:
        return str(expression)
    classifiers = [
        classifier.removeprefix(_CLASSIFIER)
        for classifier in metadata.get_all("Classifier") or ()
        if classifier.startswith(_CLASSIFIER)
    ]
    named = str(metadata.get("License") or "").strip()
    if classifiers:
        return " OR ".join(classifiers)
    return named if named and len(named) < _SHORT and "\n" not in named else "see its text"


def package_in(wheel: Path) -> Package:
    """Read a package's data from a wheel."""
    with zipfile.ZipFile(wheel) as package:
        names = package.namelist()
        (about,) = [name for name in names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]
        metadata = Parser().parsestr(package.read(about).decode("utf-8"))
        texts = {
            name.rpartition("/")[2]: package.read(name).decode("utf-8", "replace")
            for name in sorted(names)
            if ".dist-info/" in name and _TEXT.search(name)
        }
    return Package(metadata["Name"], licence_of(metadata), _url(metadata), texts)


def installed() -> dict[str, Distribution]:
    """Return the installed distributions that the product needs, directly or not, by name."""
    found: dict[str, Distribution] = {}
    wanted = [*windows_wheels.bundled_requirements()]
    while wanted:
        requirement = Requirement(wanted.pop())
        name = canonicalize_name(requirement.name)
        applies = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if applies and name not in found:
            found[name] = distribution(name)
            wanted += found[name].requires or ()
    return found


def package_of(found: Distribution) -> Package:
    """Read a package's data from an installed distribution."""
    texts = {
        file.name: file.read_text(encoding="utf-8")
        for file in sorted(found.files or ())
        if ".dist-info/" in str(file) and _TEXT.search(file.name)
    }
    return Package(found.name, licence_of(found.metadata), _url(found.metadata), texts)


def _url(metadata: Any) -> str:
    urls = dict(
        line.split(", ", maxsplit=1)
        for line in metadata.get_all("Project-URL") or ()
        if ", " in line
    )
    home = metadata.get("Home-page")
    found = [home, *(urls.get(key) for key in ("Homepage", "Source", "Repository", "homepage"))]
    given = next((address for address in found if address and address != "UNKNOWN"), None)
    return str(given or next(iter(urls.values()), "—"))


def notices(packages: list[Package]) -> str:
    """Return the page."""
    ordered = sorted(packages, key=lambda package: canonicalize_name(package.name))
    rows = "".join(
        f"| {package.name} | {package.licence} | {package.url} |\n" for package in ordered
    )
    texts = "".join(
        f"\n## {package.name}\n\n{package.licence}\n{_texts(package)}" for package in ordered
    )
    return f"{_HEAD}\n| package | licence | from |\n|---|---|---|\n{rows}{texts}"


def _texts(package: Package) -> str:
    if not package.texts:
        return "\nIts wheel brings no text of the licence.\n"
    return "".join(
        f"\n### {name}\n\n```text\n{_lines(text)}\n```\n" for name, text in package.texts.items()
    )


def _lines(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("```", "'''").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--wheels", type=Path, help="a folder of wheels, instead of fetching them")
    chosen = parser.parse_args()
    with TemporaryDirectory() as folder:
        wheels = (
            sorted(chosen.wheels.glob("*.whl"))
            if chosen.wheels
            else windows_wheels.download(
                windows_wheels.bundled_requirements(), _PYTHON, Path(folder)
            )
        )
        packages = [package_in(wheel) for wheel in wheels]
    known = {canonicalize_name(package.name) for package in packages}
    packages += [package_of(found) for name, found in installed().items() if name not in known]
    NOTICES.write_text(notices(packages), encoding="utf-8", newline="\n")
    print(f"{NOTICES.name}: {len(packages)} packages")


if __name__ == "__main__":
    main()
