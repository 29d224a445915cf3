"""Render the pictures of the documentation from the real files: docs/images/form.png.

    python scripts/make_pictures.py

Needs LibreOffice (soffice), poppler (pdftoppm) and the Noto CJK fonts, which stand in for the
Windows fonts that the workbooks name.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qiyx_xl.core.periods import Period
from qiyx_xl.core.submissions import NoHistory, RecordHistory
from qiyx_xl.documents.forms import distribute_forms
from qiyx_xl.intake.batch import check_files, collect_files
from qiyx_xl.intake.plan_files import load_plan
from qiyx_xl.intake.rule_files import load_rules

ROOT = Path(__file__).resolve().parent.parent

_AGENCY = "区人力社保局"
_DOTS_PER_INCH = "100"
_STAND_INS = {
    "宋体": "Noto Serif CJK SC",
    "仿宋": "Noto Serif CJK SC",
    "黑体": "Noto Sans CJK SC",
}


def main() -> None:
    """Write the form of one agency, with last year's values, and picture its first page."""
    plan, rules = load_plan(), load_rules()
    last_year, period = Period.parse("2025Q4"), Period.parse("2026Q3")
    files, _ = collect_files([ROOT / "examples" / str(last_year)])
    accepted = check_files(files, plan, rules, period=last_year, history=NoHistory())
    history = RecordHistory([record for one in accepted for record in one.records])
    with tempfile.TemporaryDirectory() as scratch:
        forms = distribute_forms(Path(scratch), plan, rules, period, history)
        form = next(form.path for form in forms if form.agency == _AGENCY)
        picture(form, ROOT / "docs" / "images" / "form.png", Path(scratch))


def picture(workbook: Path, target: Path, scratch: Path) -> None:
    """Render a workbook's first printed page."""
    fonts = scratch / "fonts.conf"
    fonts.write_text(_font_aliases(), encoding="utf-8")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation={(scratch / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(scratch),
            str(workbook),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"FONTCONFIG_FILE": str(fonts)},
    )
    target.parent.mkdir(parents=True, exist_ok=True)
    # The empty rest of the page is left out.
    cut = ["-x", "0", "-y", "45", "-W", "1169", "-H", "555"]
    page = ["-r", _DOTS_PER_INCH, *cut, "-f", "1", "-l", "1", "-singlefile", "-png"]
    pdf = (scratch / workbook.name).with_suffix(".pdf")
    subprocess.run(["pdftoppm", *page, str(pdf), str(target.with_suffix(""))], check=True)
    print(target.relative_to(ROOT))


def _font_aliases() -> str:
    aliases = "".join(
        f'<match target="pattern"><test name="family"><string>{name}</string></test>'
        f'<edit name="family" mode="assign" binding="strong"><string>{stand_in}</string></edit>'
        "</match>"
        for name, stand_in in _STAND_INS.items()
    )
    return (
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f'<include ignore_missing="yes">/etc/fonts/fonts.conf</include>{aliases}</fontconfig>'
    )


if __name__ == "__main__":
    main()
