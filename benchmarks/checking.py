"""Validating workbooks: one process and two, good files and half-bad ones, one huge one."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING

from benchmarks.harness import Case, Limit, Row, Way, measure
from benchmarks.naive_validate import validate_all
from benchmarks.validate import (
    FLOOR_1,
    FLOOR_2,
    NAIVE,
    OURS_1,
    OURS_2,
    OURS_BAD,
    WAYS,
    read_with_calamine,
)
from benchmarks.validate import measure as measure_ways
from benchmarks.workbooks import PERIOD, SHEET, plan_of_towns, workbook
from qiyx_xl import validate_files

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "校验"
_FLOOR = "用 calamine 读出每一格，别的什么都不做，进程数相同"
_BY_HAND = "openpyxl 打开，jsonschema 逐行校验（benchmarks/naive_validate.py），一个进程"
_PAGES = 100_000


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    few = measure_ways(500)
    many = measure_ways(5000, ways=tuple(way for way in WAYS if way is not NAIVE))

    def row(title, measured, ours, floor, limit=None):
        naive = measured.get(NAIVE) if ours is OURS_1 else None
        return Row(
            title,
            ours=measured[ours].seconds,
            floor=measured[floor].seconds,
            floor_label=_FLOOR,
            by_hand=None if naive is None else naive.seconds,
            by_hand_label="" if naive is None else _BY_HAND,
            limit=limit or Limit(),
            note=f"主进程内存 {measured[ours].memory:.0f} MB",
        )

    table = [
        row("500 份，1 个进程", few, OURS_1, FLOOR_1, Limit(floor=1.6, by_hand=25)),
        row("500 份，2 个进程", few, OURS_2, FLOOR_2, Limit(floor=1.6)),
        row("500 份，一半有错，2 个进程", few, OURS_BAD, FLOOR_2),
        row("5,000 份，1 个进程", many, OURS_1, FLOOR_1),
        row("5,000 份，2 个进程", many, OURS_2, FLOOR_2),
        row("5,000 份，一半有错，2 个进程", many, OURS_BAD, FLOOR_2),
    ]
    return [*table, *measure([_one_file(scratch), _long_file(scratch)])], [
        "每份填报表 24 行左右，各不相同；扫描 zip、识别表头、校验、判断重复报送都算在内。",
        "每轮都是新进程，各种做法轮流跑；不含 Python 和程序自身的启动，那是“启动”一表的事。",
    ]


def _one_file(scratch: Path) -> Case:
    path = scratch / "one.xlsx"
    path.write_bytes(workbook(0))
    return _case("1 份", path, times=20)


def _long_file(scratch: Path) -> Case:
    path = scratch / "long.xlsx"
    path.write_bytes(stretched(workbook(0), _PAGES))
    return _case(f"1 份，{_PAGES:,} 行", path, times=1, hand_rounds=2)


def _case(title: str, path: Path, times: int, hand_rounds: int | None = None) -> Case:
    plan = plan_of_towns(1)
    return Case(
        title,
        Way("", lambda: validate_files([path], plan=plan, period=PERIOD)),
        Way(_FLOOR, lambda: read_with_calamine(path)),
        Way(_BY_HAND, lambda: validate_all([path])),
        times=times,
        hand_rounds=hand_rounds,
    )


def stretched(data: bytes, size: int) -> bytes:
    """Return a workbook to which its row 6 is appended ``size`` times."""
    from io import BytesIO

    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, _repeat(part, size) if name == SHEET else part)
    return written.getvalue()


def _repeat(sheet: bytes, size: int) -> bytes:
    found = re.search(rb'<row r="6".*?</row>', sheet, re.DOTALL)
    assert found is not None
    below = sheet.index(b"</sheetData>")
    last = int(re.findall(rb'<row r="(\d+)"', sheet[:below])[-1])
    made = b"".join(
        re.sub(rb'r="([A-Z]*)6"', rb'r="\g<1>%d"' % number, found[0])
        for number in range(last + 1, last + 1 + size)
    )
    sheet = sheet[:below] + made + sheet[below:]
    return re.sub(
        rb'<dimension ref="([A-Z]+1:[A-Z]+)\d+"',
        rb'<dimension ref="\g<1>%d"' % (last + size),
        sheet,
    )
