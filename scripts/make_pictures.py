"""Render the pictures of the documentation from the real files, into docs/images.

    python scripts/make_pictures.py                every picture
    python scripts/make_pictures.py ledger form    some of them

The files are made by the demo's own steps on the shipped samples. Needs LibreOffice, Chromium,
poppler and the Noto CJK fonts, which stand in for the Windows fonts that the files name.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PIL import Image, ImageChops
from printing import chromium_arguments, pictures, to_pdf

from qiyx_xl import app
from qiyx_xl.app.publishing import publish
from qiyx_xl.core.primitives.periods import Period

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LAST_YEAR, PERIOD = Period.parse("2025Q4"), Period.parse("2026Q3")
NOW = datetime(2026, 10, 30, 9, 0, 0).astimezone()

_MARGIN = 20
_DOTS = 100


@dataclass(frozen=True)
class Shot:
    """One picture: a file of the office's folder, and which of its printed pages.

    ``file`` is a glob; ``words`` selects the first page that contains them; without, the first
    page is used. Of an HTML file a browser's screenshot is taken.
    """

    file: str
    words: str = ""


SHOTS = {
    "console": Shot("七优享台账.xlsm"),
    "ledger": Shot("七优享台账.xlsm", "指标台账"),
    "plan-workbook": Shot("方案.xlsx", "“七优享”年度指标"),
    "form": Shot("下发/区人力社保局_2026Q3.xlsx"),
    "return": Shot("退回/区民政局*退回单.xlsx"),
    "check-report": Shot("校验结果.html"),
    "scorecard": Shot("发布/晾晒榜_2026Q3.xlsx"),
    "scorecard-page": Shot("发布/晾晒榜_2026Q3.html"),
    "bulletin": Shot("发布/通报_2026Q3.docx"),
    "reminders": Shot("发布/催报清单_2026Q3.xlsx"),
    "cards": Shot("发布/口径卡_2026Q3.xlsx"),
    "evaluation": Shot("发布/年度评价表_2026Q3.xlsx", "指标进展"),
    "matters": Shot("例会/调度单_2026-10-30.xlsx"),
}


def main() -> None:
    """Make the office's files, and render the pictures named as arguments."""
    wanted = sys.argv[1:] or list(SHOTS)
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "专班"
        make_office(folder)
        for name in wanted:
            shot = SHOTS[name]
            (file,) = sorted(folder.glob(shot.file))[:1]
            picture(file, shot.words, IMAGES / f"{name}.png", Path(scratch) / "pages")
            print(f"docs/images/{name}.png")


def make_office(folder: Path) -> None:
    """Run two periods with the shipped samples, as the demo does."""
    from qiyx_xl.documents.check_report.write import write_report
    from qiyx_xl.documents.returns.write import write_returns

    office = app.Office.at(folder / app.LEDGER_NAME)
    app.build_ledger(office)
    app.export_plan(office.plans.latest, folder / app.PLAN_NAME)
    app.consolidate(office, [ROOT / "examples" / str(LAST_YEAR)], LAST_YEAR, now=NOW)
    app.distribute(office, PERIOD, folder / "下发")
    done = app.consolidate(office, [ROOT / "examples" / str(PERIOD)], PERIOD, now=NOW)
    files = done.report.submissions
    write_returns(files, {file.sha256: Path(file.path) for file in files}, folder / "退回")
    write_report(
        folder / "校验结果.html",
        files,
        rules_version=done.report.rules_version,
        period=PERIOD,
        today=NOW.date(),
    )
    publish(office, LAST_YEAR, folder / "发布", date(2026, 1, 30))
    publish(office, PERIOD, folder / "发布", NOW.date())
    app.hold_meeting(office, NOW.date(), PERIOD, folder / "例会", now=NOW, by="王敏")


def picture(file: Path, words: str, target: Path, scratch: Path) -> None:
    """Write a page of a file as a picture, without the empty margins."""
    if file.suffix == ".html":
        _screenshot(file, target)
        return
    pdf = to_pdf(file, scratch)
    page = _page_with(pdf, words)
    _trim(pictures(pdf, scratch, dots=_DOTS)[page], target)


def _page_with(pdf: Path, words: str) -> int:
    if not words:
        return 0
    done = subprocess.run(["pdftotext", str(pdf), "-"], check=True, capture_output=True)
    pages = done.stdout.decode("utf-8").split("\f")
    for index, text in enumerate(pages):
        if words in "".join(text.split()):
            return index
    raise SystemExit(f"{pdf.name} has no page with {words}: {pages[0][:200]}")


def _screenshot(file: Path, target: Path) -> None:
    subprocess.run(
        [
            "chromium",
            *chromium_arguments(),
            "--window-size=1280,900",
            f"--screenshot={target}",
            file.resolve().as_uri(),
        ],
        check=True,
        capture_output=True,
    )


def _trim(page: Path, target: Path) -> None:
    image = Image.open(page).convert("RGB")
    box = ImageChops.difference(image, Image.new("RGB", image.size, "white")).getbbox()
    left, top, right, bottom = box or (0, 0, *image.size)
    image.crop(
        (
            max(left - _MARGIN, 0),
            max(top - _MARGIN, 0),
            min(right + _MARGIN, image.width),
            min(bottom + _MARGIN, image.height),
        )
    ).save(target, optimize=True)


if __name__ == "__main__":
    main()
