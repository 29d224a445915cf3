"""Make a zip from which the product is installed on an office PC without a network.

    python scripts/make_offline_bundle.py [--out dist] [--python 3.12]…

It contains the wheels for 64-bit Windows and each Python version, the ledger, install.bat and
uninstall.bat, a page that explains them, the licences, and the checksum of every file. The same
wheels give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename

sys.path.insert(0, str(Path(__file__).resolve().parent))

import windows_wheels

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = windows_wheels.ROOT
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LEDGER = "七优享台账.xlsm"
SUMS = "SHA256SUMS"
_OFFLINE = ROOT / "scripts" / "offline"
_DATE = (1980, 1, 1, 0, 0, 0)


def make_bundle(
    out: Path, pythons: Sequence[str] = PYTHONS, *, without: Sequence[str] = ()
) -> Path:
    """Make the bundle and return its path.

    Args:
        out: the folder for it.
        pythons: the Python versions to include wheels for.
        without: distributions to leave out.

    Raises:
        subprocess.CalledProcessError: pip could not build or fetch a wheel.
    """
    files: dict[str, bytes] = {}
    with TemporaryDirectory() as folder:
        product = _product_wheel(Path(folder) / "product")
        for python in pythons:
            wheels = windows_wheels.download(
                [*windows_wheels.bundled_requirements(), "pip"],
                python,
                Path(folder) / python,
                without=without,
            )
            for wheel in (product, *wheels):
                files[f"wheels/{wheel.name}"] = wheel.read_bytes()
            files[f"requirements-{python}.txt"] = requirements((product, *wheels)).encode("ascii")
        version = str(parse_wheel_filename(product.name)[1])
    files[LEDGER] = (ROOT / "workbook" / LEDGER).read_bytes()
    for name in ("LICENSE", "THIRD_PARTY_NOTICES.md"):
        files[f"{Path(name).stem}.txt"] = as_windows(ROOT / name)
    files |= {path.name: as_windows(path) for path in sorted(_OFFLINE.iterdir()) if path.is_file()}
    files[SUMS] = check_sums(files).encode()
    out.mkdir(parents=True, exist_ok=True)
    bundle = out / f"qiyx-offline-{version}-win64.zip"
    write_zip(bundle, f"qiyx-offline-{version}", files)
    return bundle


def _product_wheel(into: Path) -> Path:
    subprocess.run(
        [*(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps"), "-w", str(into), str(ROOT)],
        check=True,
    )
    return next(into.glob("*.whl"))


def requirements(wheels: Iterable[Path]) -> str:
    """Return a pip requirements file: each wheel with its hash; pip itself is left out."""
    lines = []
    for wheel in wheels:
        name, version, _, _ = parse_wheel_filename(wheel.name)
        if name != "pip":
            digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
            lines.append(f"{name}=={version} --hash=sha256:{digest}\n")
    return "".join(sorted(lines))


def as_windows(path: Path) -> bytes:
    """Return a text file's bytes for Windows: CRLF, and a byte order mark if it is not ASCII.

    Raises:
        ValueError: a .bat file is not pure ASCII.
    """
    data = path.read_bytes()
    if path.suffix == ".py":
        return data
    if path.suffix == ".bat" and not data.isascii():
        raise ValueError(f"{path.name} is not pure ASCII")
    data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return data if data.isascii() else b"\xef\xbb\xbf" + data


def check_sums(files: dict[str, bytes]) -> str:
    """Return one line per file: its SHA-256 and its name."""
    return "".join(
        f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())
    )


def write_zip(path: Path, top: str, files: dict[str, bytes]) -> None:
    """Write the files into a zip below one folder, all with the same fixed date."""
    with zipfile.ZipFile(path, "w") as bundle:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{top}/{name}", _DATE)
            # Wheels are compressed already.
            is_packed = name.endswith((".whl", ".xlsm"))
            entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            bundle.writestr(entry, data)


def main() -> None:
    """Make the bundle and print its path, size and checksum."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    parser.add_argument("--python", action="append", choices=PYTHONS, help="only for this Python")
    parser.add_argument("--without", action="append", default=[], metavar="NAME")
    chosen = parser.parse_args()
    bundle = make_bundle(chosen.out, chosen.python or PYTHONS, without=chosen.without)
    size = bundle.stat().st_size / 1e6
    digest = hashlib.sha256(bundle.read_bytes()).hexdigest()
    print(f"{bundle}  {size:.0f} MB\nsha256 {digest}")


if __name__ == "__main__":
    main()
