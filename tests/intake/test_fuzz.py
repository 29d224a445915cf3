"""Thousands of damaged workbooks: no crash, no hang, and never a changed number under an old name.

``QIYX_FUZZ`` sets how many are tried: 5000 on continuous integration, fewer elsewhere.
"""

from __future__ import annotations

import os
import random
import re
import warnings
import zipfile
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from support.drawn_forms import PERIOD, small_plan, write_drawing
from support.hostile_files import packed

from qiyx_xl.core.checks.context import CheckContext
from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.form.check import check_file
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

FILES = int(os.environ.get("QIYX_FUZZ") or (5000 if os.environ.get("QIYX_CI") else 800))
BATCH = 400
DRAWINGS = {
    "as Excel spells it": """
        # 填报表
        | 指标编码 | 指标名称     | 计量单位 | 目标值 | 本期实际值 | 情况说明 |
        | 1       | 托位数       | 个      | 300   | 320       | 好      |
        | 2       | 普惠托位占比 | %       | 70    | 71        |         |
        | 3       | 户籍人口     | 万人    | 60    | 61        |         |
    """,
    "with what needs a closer look": """
        # 填报表
        | 指标编码 | 指标名称     | 计量单位 | 目标值 | 本期实际值     | 情况说明 |
        | 1       | 托位数       | 个      | 300   | 320           | 好      |
        | 2       | 普惠托位占比 | %       | 70    | 71%%          |         |
        | 3       | 户籍人口     | 万人    | 60    | =30+31 → 61   |         |
    """,
}
DRAWING = DRAWINGS["with what needs a closer look"]


@pytest.fixture(scope="module", params=DRAWINGS.values(), ids=DRAWINGS)
def original(request, tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("fuzz") / "表.xlsx"
    return write_drawing(path, request.param, hidden_rows=[9]).read_bytes()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def damaged_bytes(data: bytes, dice: random.Random) -> bytes:
    """Flip, cut, repeat or drop some bytes of the file itself."""
    mutable = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(mutable))
        match dice.randrange(4):
            case 0:
                mutable[at] = dice.randrange(256)
            case 1:
                del mutable[at : at + dice.randint(1, 200)]
            case 2:
                mutable[at:at] = mutable[at : at + dice.randint(1, 200)]
            case 3:
                mutable[at : at + 4] = dice.randbytes(4)
        if not mutable:
            return b"x"
    return bytes(mutable)


_PIECES = re.compile(rb'"[^"]*"|>[^<]+<|<[^>]+>')
_WORDS = [
    b"", b"0", b"-1", b"1e308", b"99999999999", b"NaN", b"A1", b"XFD1048576", b"s", b"e", b"str",
    b"inlineStr", b"rId1", "填报表".encode(), b"&amp;", b"&#0;", b"\xff\xfe", b"1", b"true", b"5",
]  # fmt: skip


def damaged_structure(data: bytes, dice: random.Random) -> bytes:
    """Change, drop, repeat or exchange pieces of XML, and drop or rename parts."""
    parts = parts_of(data)
    for _ in range(dice.randint(1, 4)):
        name = dice.choice(list(parts))
        pieces = list(_PIECES.finditer(parts[name]))
        if not pieces or dice.random() < 0.05:
            content = parts.pop(name)
            if dice.random() < 0.5:
                parts[name.upper()] = content
            continue
        piece = dice.choice(pieces)
        start, end = piece.span()
        text = piece.group()
        if text.startswith(b"<"):
            new = dice.choice([b"", text * 2, text * 500, dice.choice(pieces).group()])
        else:
            new = text[:1] + dice.choice(_WORDS) + text[-1:]
        parts[name] = parts[name][:start] + new + parts[name][end:]
    return packed(parts)


def cell_values(path: Path) -> dict[tuple[str, str], object] | None:
    """What another reader finds in a workbook's cells; None if it cannot read it."""
    import openpyxl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            book = openpyxl.load_workbook(path, data_only=True)
        except Exception:  # noqa: BLE001 - it fails on damaged files in every way there is
            return None
    return {
        (page.title, cell.coordinate): cell.value
        for page in book.worksheets
        for row in page.iter_rows()
        for cell in row
    }


def test_damaged_workbooks_are_judged_like_all_others(original, tmp_path):
    dice = random.Random(20261123)
    verdicts = dict.fromkeys(SubmissionStatus, 0)
    compared = 0
    for start in range(0, FILES // len(DRAWINGS), BATCH):
        paths = [tmp_path / f"{number}.xlsx" for number in range(start, start + BATCH)]
        for number, path in enumerate(paths):
            damage = damaged_bytes if number % 2 else damaged_structure
            path.write_bytes(damage(original, dice))
        results = check_files(
            paths, small_plan({"1", "2", "3"}), load_rules(),
            period=PERIOD, history=NoHistory(), jobs=2,
        )  # fmt: skip
        for path, result in zip(paths, results, strict=True):
            codes = {finding.code for finding in result.findings}
            # F114 would be an exception of our own, or a reader that died.
            assert not codes & {"F114", "F115"}, path.name
            # The batch holds many files of one agency: that is no fault of the damage.
            errors = [f for f in result.findings if f.severity == "error" and f.code != "F208"]
            status = SubmissionStatus.ACCEPTED if not errors else result.status
            verdicts[status] += 1
            if status is SubmissionStatus.ACCEPTED and compared < FILES // 10:
                compared += same_numbers(path, result)
            path.unlink()
    assert verdicts[SubmissionStatus.ACCEPTED] > 0
    assert verdicts[SubmissionStatus.UNREADABLE] > FILES // len(DRAWINGS) // 10
    assert compared > 0


def same_numbers(path: Path, result) -> bool:
    """Hold the numbers of an accepted file against what another reader finds in it."""
    there = cell_values(path)
    if there is None:
        return False
    for said in result.records:
        place = (said.source.sheet, said.source.cell)
        # It also overlooks a sheet whose part is spelled in capitals.
        if isinstance(said.actual, Decimal) and place in there:
            value = Decimal(f"{float(there[place]):.15g}")  # type: ignore[arg-type]
            assert said.actual in {value, value * 100}, path.name
    return True


def test_a_changed_number_is_never_accepted_as_the_old_one(original, tmp_path):
    """Put another number where the first was, spelled in many ways, in the sheet's XML."""
    setting = CheckContext(small_plan({"1", "2", "3"}), load_rules(), NoHistory(), PERIOD)
    dice = random.Random(7)
    parts = parts_of(original)
    name = next(n for n, part in parts.items() if b"<v>320</v>" in part)
    path = tmp_path / "表.xlsx"
    for _ in range(FILES // 8):
        number = dice.choice([f"{dice.uniform(0, 999):.{dice.randint(0, 6)}f}", f"{dice.randint(1, 9)}E2",
                              f"{dice.randint(0, 10**17)}", "3２0", "32O", "320,5", "+321", " 322 "])  # fmt: skip
        spelled = dice.choice([
            f"<v>{number}</v>", f'<v xml:space="preserve">{number}</v>', f"<f>A1</f><v>{number}</v>",
        ])  # fmt: skip
        path.write_bytes(
            packed(parts | {name: parts[name].replace(b"<v>320</v>", spelled.encode())})
        )
        result = check_file(path, setting)
        if result.status is SubmissionStatus.ACCEPTED:
            assert result.records[0].actual == Decimal(repr(float(number.replace("２", "2"))))
