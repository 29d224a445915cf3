"""Thousands of damaged workbooks: no crash, no hang, and never a changed number under an old name.

``QIYX_FUZZ`` sets how many are tried; continuous integration tries 5000.
"""

from __future__ import annotations

import os
import random
import re
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from drawn_forms import PERIOD, small_plan, write_drawing
from hostile import packed

from qiyx_xl.core.setting import Setting
from qiyx_xl.core.submissions import NoHistory, SubmissionStatus
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.files import check_file
from qiyx_xl.intake.rule_files import load_rules

FILES = int(os.environ.get("QIYX_FUZZ", "1000"))
DRAWING = """
    # 填报表
    | 指标编码 | 指标名称     | 计量单位 | 目标值 | 本期实际值     | 情况说明 |
    | 1       | 托位数       | 个      | 300   | 320           | 好      |
    | 2       | 普惠托位占比 | %       | 70    | 71%%          |         |
    | 3       | 户籍人口     | 万人    | 60    | =30+31 → 61   |         |
"""


@pytest.fixture(scope="module")
def original(tmp_path_factory) -> bytes:
    path = write_drawing(tmp_path_factory.mktemp("fuzz") / "表.xlsx", DRAWING, hidden_rows=[9])
    return path.read_bytes()


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


def test_damaged_workbooks_are_judged_like_all_others(original, tmp_path):
    setting = Setting(small_plan({"1", "2", "3"}), load_rules(), NoHistory(), PERIOD)
    dice = random.Random(20261123)
    verdicts = dict.fromkeys(SubmissionStatus, 0)
    path = tmp_path / "表.xlsx"
    for number in range(FILES):
        damage = damaged_bytes if number % 2 else damaged_structure
        path.write_bytes(damage(original, dice))
        # Not check_file_safely: an exception of our own is a bug, not a finding.
        result = check_file(path, setting)
        verdicts[result.status] += 1
        assert result.status is not SubmissionStatus.UNREADABLE or result.findings
    assert verdicts[SubmissionStatus.ACCEPTED] > 0
    assert verdicts[SubmissionStatus.UNREADABLE] > FILES // 10


def test_a_changed_number_is_never_accepted_as_the_old_one(original, tmp_path):
    """Put another number where the first was, spelled in many ways, in the sheet's XML."""
    setting = Setting(small_plan({"1", "2", "3"}), load_rules(), NoHistory(), PERIOD)
    dice = random.Random(7)
    parts = parts_of(original)
    name = next(n for n, part in parts.items() if b"<v>320</v>" in part)
    path = tmp_path / "表.xlsx"
    for _ in range(FILES // 4):
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


def test_a_batch_of_damaged_files_goes_through_workers_unharmed(original, tmp_path):
    dice = random.Random(5)
    paths = [Path(tmp_path / f"{number}.xlsx") for number in range(60)]
    for path in paths:
        path.write_bytes(damaged_structure(original, dice))
    results = check_files(
        paths, small_plan({"1", "2", "3"}), load_rules(), period=PERIOD, history=NoHistory(), jobs=2
    )
    assert len(results) == len(paths)
    assert not any(f.code in {"F114", "F115"} for r in results for f in r.findings)
