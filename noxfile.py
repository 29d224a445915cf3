"""Sessions for those who build: ``nox --list``."""

from __future__ import annotations

import shutil
from hashlib import sha256
from pathlib import Path

import nox

nox.options.sessions = ["lint", "test", "docs"]
nox.options.reuse_existing_virtualenvs = True


@nox.session
def quick(session: nox.Session) -> None:
    """Run what takes under half a second a test and needs Python only; paths may follow ``--``."""
    session.install("-e", ".[test]")
    session.run(
        *("python", "-m", "pytest", "-q", "-m", "not slow and not external", "-n", "auto"),
        *("--no-cov", *session.posargs),
    )


@nox.session
def test(session: nox.Session) -> None:
    """Run the tests; what follows ``--`` goes to pytest."""
    session.install("-e", ".[test]")
    session.run("python", "-m", "pytest", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and layers."""
    session.install("-e", ".[test]")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Write the generated parts of the documentation and build the site."""
    session.install("-e", ".[docs]", "import-linter>=2.1,<3")
    session.run("python", "scripts/write_docs.py")
    session.run("mkdocs", "build", "--strict")


@nox.session
def workbook(session: nox.Session) -> None:
    """Build the ledger that is shipped."""
    session.install("-e", ".")
    session.run("python", "scripts/build_workbook.py")


@nox.session
def pictures(session: nox.Session) -> None:
    """Render the pictures of the documentation; needs LibreOffice, poppler and Chromium."""
    session.install("-e", ".[test]")
    session.run("python", "scripts/make_pictures.py")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure, and write docs/performance.md; peers, LibreOffice and Node.js where installed."""
    session.install("-e", ".[test,bench]")
    session.run("python", "-m", "benchmarks", *session.posargs)


@nox.session
def mutation(session: nox.Session) -> None:
    """Change the core one operator at a time and see whether the tests notice."""
    session.install("-e", ".[test]", "mutmut>=3.3,<4")
    session.run("python", "scripts/mutation.py", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Build what a release hands out, into dist/: wheel, source, office bundle, checksums."""
    session.install("-e", ".", "build>=1.2")
    dist = Path("dist")
    shutil.rmtree(dist, ignore_errors=True)
    session.run("python", "-m", "build", "--outdir", str(dist))
    session.run("python", "scripts/make_offline_bundle.py", "--out", str(dist), *session.posargs)
    built = sorted(path for path in dist.iterdir() if path.is_file())
    sums = "".join(f"{sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built)
    (dist / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
    session.log(sums)
