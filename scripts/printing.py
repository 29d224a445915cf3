"""Print files to PDF and pictures: workbooks and documents by LibreOffice, HTML by Chromium.

Needs soffice, chromium, poppler (pdftoppm) and the Noto CJK fonts, which replace the Windows fonts
that our files name.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from functools import cache
from pathlib import Path

_STAND_INS = {
    "宋体": "Noto Serif CJK SC",
    "仿宋": "Noto Serif CJK SC",
    "仿宋_GB2312": "Noto Serif CJK SC",
    "楷体": "Noto Serif CJK SC",
    "楷体_GB2312": "Noto Serif CJK SC",
    "方正小标宋简体": "Noto Serif CJK SC",
    "黑体": "Noto Sans CJK SC",
    "微软雅黑": "Noto Sans CJK SC",
    "Microsoft YaHei": "Noto Sans CJK SC",
}
_SECONDS = 180


def to_pdf(file: Path, out: Path) -> Path:
    """Print a workbook, a document or an HTML page to a PDF in ``out``, and return its path."""
    out.mkdir(parents=True, exist_ok=True)
    pdf = out / f"{file.stem}{file.suffix.replace('.', '_')}.pdf"
    if file.suffix == ".html":
        _print_page(file, pdf)
        return pdf
    with tempfile.TemporaryDirectory(dir=out) as scratch:
        convert(file, Path(scratch), "pdf")
        (Path(scratch) / file.with_suffix(".pdf").name).replace(pdf)
    return pdf


def convert(file: Path, out: Path, target: str) -> None:
    """Convert a file into a folder with LibreOffice; ``target`` is passed to ``--convert-to``."""
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={_profile().as_uri()}",
            "--headless",
            "--convert-to",
            target,
            "--outdir",
            str(out),
            str(file),
        ],
        check=True,
        capture_output=True,
        timeout=_SECONDS,
        env=os.environ | {"FONTCONFIG_FILE": str(_fonts())},
    )


def pictures(pdf: Path, out: Path, *, dots: int = 80) -> list[Path]:
    """Render every page of a PDF as a picture, in order; ``dots`` is per inch."""
    out.mkdir(parents=True, exist_ok=True)
    subprocess.run(["pdftoppm", "-r", str(dots), "-png", str(pdf), str(out / pdf.stem)], check=True)
    return sorted(out.glob(f"{pdf.stem}-*.png"))


def chromium_arguments() -> list[str]:
    """Return Chromium's arguments: headless, and without a sandbox if run by root."""
    arguments = ["--headless=new", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"]
    # Chromium refuses to start its sandbox as root, which is the user in a container.
    return [*arguments, "--no-sandbox"] if os.geteuid() == 0 else arguments


def _print_page(file: Path, pdf: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="qiyx-chromium-") as profile:
        subprocess.run(
            [
                "chromium",
                *chromium_arguments(),
                f"--user-data-dir={profile}",
                "--no-pdf-header-footer",
                f"--print-to-pdf={pdf}",
                file.resolve().as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=_SECONDS,
            env=os.environ | {"FONTCONFIG_FILE": str(_fonts())},
        )


@cache
def _scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="qiyx-rendering-"))


def _profile() -> Path:
    return _scratch() / "profile"


@cache
def _fonts() -> Path:
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{stand_in}</string></edit>'
        "</match>"
        for name, stand_in in _STAND_INS.items()
    )
    fonts = _scratch() / "fonts.conf"
    fonts.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{aliases}</fontconfig>',
        encoding="utf-8",
    )
    return fonts
