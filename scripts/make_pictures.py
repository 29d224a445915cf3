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

import openpyxl
from PIL import Image, ImageChops
from printing import chromium_arguments, pictures, to_pdf

from qiyx_xl import app
from qiyx_xl.app.publishing import publish
from qiyx_xl.core.primitives.periods import Period

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
LAST_YEAR, PERIOD = Period.parse("2025Q4"), Period.parse("2026Q3")
EXAMPLE = ROOT / "scripts" / "example_document.txt"
PROGRESS = (
    "序号,指标,单位,2023年完成值,2024年完成值\n"
    "1,每千人口托位数,个,3.1,3.5\n"
    "2,普惠幼儿园在园幼儿占比,%,86,87.2\n"
    "3,城镇新增就业,万人,—,1.3\n"
    "5,县域就诊率,%,84,85.4\n"
    "8,群众满意度,%,90,91\n"
)
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
    "import-indicators": Shot("海晏/方案.xlsx", "“五优享”年度指标"),
    "import-goals": Shot("海晏/方案.xlsx", "“五优享”任务目标"),
    "import-choices": Shot("海晏/方案.xlsx", "“五优享”候选事项"),
    "import-ledger": Shot("海晏/专班/*台账.xlsm", "指标台账"),
    "import-form": Shot("海晏/下发/区卫健局_2024Q4.xlsx"),
    "earlier-figures": Shot("海晏/确认.xlsx"),
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
    make_other_district(folder / "海晏")


def make_other_district(folder: Path) -> None:
    """Import another district's document as docs/import.md does, and a table of a year before."""
    from qiyx_xl.app.importing.history import import_history
    from qiyx_xl.shells.cli import qiyx

    folder.mkdir(parents=True)
    draft = folder / "方案.xlsx"
    app.import_plan([EXAMPLE], draft, plan_id="haiyan-2024-2028")
    corrected = folder / "改好的方案.xlsx"
    correct(draft, corrected)
    office = folder / "专班"
    words = ["init", str(office), "--plan", str(corrected), "--period", "2024Q4"]
    qiyx.main(words, standalone_mode=False)
    (ledger,) = office.glob("*台账.xlsm")
    there = app.Office.at(ledger)
    app.distribute(there, Period.parse("2024Q4"), folder / "下发")
    (folder / "2024年进度.csv").write_text(PROGRESS, encoding="utf-8")
    import_history(there, [folder / "2024年进度.csv"], folder / "确认.xlsx", NOW.date())


def correct(draft: Path, corrected: Path) -> None:
    """Correct the one target that is no certain number, as the manual says."""
    book = openpyxl.load_workbook(draft)
    sheet = book["年度指标"]
    heads = {cell.value: cell.column for cell in sheet[3]}
    (row,) = [k for k in range(4, 20) if sheet.cell(k, heads["2027年目标"]).value == "90左右"]
    sheet.cell(row, heads["2027年目标"]).value = "90"
    sheet.cell(row, heads["待确认年份"]).value = None
    book.save(corrected)


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
