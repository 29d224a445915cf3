"""How thousands of different filled-in workbooks are made from one form.

The product writes one form; for every workbook a sender, numbers and remarks are inserted into its
XML where Excel would write them. This makes thousands in seconds, and Excel could open every file.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from qiyx_xl.core.plan.model import Agency, Aggregation, Plan
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

PERIOD = Period.parse("2026Q4")
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
SENDER = "某某街道办事处"
REMARK, REPORTER, PHONE = "进展正常", "王敏", "0574-86000101"
WRONG = ("320个", "约95", "－12", "九十", "2026.9.30", "3.2亿", "无", "TRUE")
# In the shipped plan a district agency reports 2 to 44 items, a street 4.
_INDICATORS, _GOALS = 10, 14


def agency_name(number: int) -> str:
    """Return the name of the agency that sends the workbook with this number."""
    return f"第{number:06}街道"


@cache
def plan_of_towns(agencies: int) -> Plan:
    """Return the shipped plan with this many streets, each of which reports every figure."""
    plan = load_plan()

    def shared(items):
        return tuple(
            replace(item, aggregation=Aggregation.SUM, second_input=None, repeats=None)
            if hasattr(item, "repeats")
            else replace(item, aggregation=Aggregation.SUM, second_input=None)
            for item in items
            if item.measure and getattr(item, "due", None) is None
        )

    names = [SENDER, *(agency_name(number) for number in range(agencies))]
    return replace(
        plan,
        plan_id="towns",
        agencies=tuple(Agency(name, "街道", is_street=True) for name in names),
        indicators=shared(plan.indicators)[:_INDICATORS],
        goals=shared(plan.goals)[:_GOALS],
        milestones=(),
    )


@dataclass(frozen=True)
class _Form:
    """The blank form's parts, and the cells for numbers: address → target."""

    parts: dict[str, bytes]
    numbers: dict[str, Decimal]


@cache
def _form() -> _Form:
    import openpyxl

    plan = plan_of_towns(0)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.xlsx"
        write_form(path, plan, load_rules(), plan.agencies[0], PERIOD, last_values={})
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        sheet = openpyxl.load_workbook(path).worksheets[0]
    numbers = {}
    for row in sheet.iter_rows(min_row=5):
        item = plan.find(str(row[0].value or ""))
        if item is not None:
            target = item.targets[PERIOD.year] if hasattr(item, "targets") else item.target
            numbers[row[6].coordinate] = Decimal(95) if target.value is None else target.value
    return _Form(parts, numbers)


def workbook(number: int, *, is_bad: bool = False) -> bytes:
    """Return a workbook's bytes; a bad one has an error in every other number."""
    form = _form()
    strings = form.parts[STRINGS].replace(SENDER.encode(), agency_name(number).encode())
    known = strings.count(b"<si>")
    added = [REMARK, REPORTER, PHONE, *WRONG]
    extra = "".join(f"<si><t>{text}</t></si>" for text in added).encode()
    strings = strings.replace(b"</sst>", extra + b"</sst>")
    filled: dict[bytes, bytes] = {}
    for place, (address, target) in enumerate(form.numbers.items()):
        if is_bad and place % 2:
            index = known + 3 + place // 2 % len(WRONG)
            filled[address.encode()] = b' t="s"><v>%d</v></c>' % index
        else:
            value = target * (Decimal(900) + (number * 7 + place) % 80) / 1000
            filled[address.encode()] = f"><v>{value.normalize():f}</v></c>".encode()
        filled[b"J" + address[1:].encode()] = b' t="s"><v>%d</v></c>' % known
    last = max(int(address[1:]) for address in form.numbers) + 2
    filled[b"C%d" % last] = b' t="s"><v>%d</v></c>' % (known + 1)
    filled[b"F%d" % last] = b' t="s"><v>%d</v></c>' % (known + 2)

    def fill(found: re.Match[bytes]) -> bytes:
        content = filled.get(found[2])
        return found[0] if content is None else found[1] + content

    sheet = re.sub(rb'(<c r="([A-Z]+[0-9]+)" s="[0-9]+")/>', fill, form.parts[SHEET])
    written = BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, part in (form.parts | {SHEET: sheet, STRINGS: strings}).items():
            archive.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def write_workbooks(folder: Path, count: int, *, every_bad: int = 0) -> list[Path]:
    """Write workbooks into a folder; every ``every_bad``-th one is bad (0: none).

    Existing files are kept: the same number always gives the same bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for number in range(count):
        is_bad = every_bad > 0 and number % every_bad == 0
        path = folder / f"{agency_name(number)}_{PERIOD}{'_bad' if is_bad else ''}.xlsx"
        if not path.exists():
            path.write_bytes(workbook(number, is_bad=is_bad))
        paths.append(path)
    return paths
