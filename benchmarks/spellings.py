"""How long it takes to validate files saved by other programs, compared with other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness import Limit, Row
from benchmarks.validate import (
    BY_PEERS,
    PEERS,
    SPELLED,
    SPELLINGS,
    TEMPLATE,
    Measured,
    Way,
    measure,
)

if TYPE_CHECKING:
    from pathlib import Path

TITLE = "校验：别的程序存过的文件，别家的校验"
FILES, ROUNDS = 500, 5
PEER_ROUNDS = 3
_FLOOR = "用 calamine 读出同样这些文件的每一格，别的什么都不做，进程数相同"
_NAMES = {
    "pandera": "pandas + calamine + pandera",
    "frictionless": "frictionless",
    "naive": "openpyxl + jsonschema",
}
_SAID = {
    TEMPLATE: "模板原样",
    "LibreOffice": "LibreOffice 存过",
    "openpyxl": "openpyxl 存过",
    "SheetJS": "SheetJS 存过",
}
_GOAL = 2.0


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    del scratch
    measured = measure(FILES, ROUNDS, (*SPELLED, *BY_PEERS), peer_runs=PEER_ROUNDS)
    table = [
        _row(spelling, jobs, measured)
        for spelling in SPELLINGS
        for jobs in (1, 2)
        if Way("ours", jobs, spelling=spelling) in measured
    ]
    missing = [
        _SAID[spelling]
        for spelling in SPELLINGS
        if Way("ours", 1, spelling=spelling) not in measured
    ]
    missing += [_NAMES[peer] for peer in PEERS if Way(peer, 1) not in measured]
    remarks = [
        f"就是“校验”一表的 {FILES} 份，由各程序打开、原样另存后再校验；另存不算在时间里。",
        "同样的内容，各程序写成的 XML 不同，下限也就不同。",
        "别家的做法见 benchmarks/peers：知道表头在哪，查编码、名称、长度和数字，指到格子。",
        "它们不防恶意文件，不认别的版式，不管单位、量级和上期数。",
        f"别家都是一个进程，各跑 {PEER_ROUNDS} 轮，与我们的轮流。",
    ]
    if missing:
        remarks.append(f"没有测（没有装所需的程序）：{'、'.join(missing)}。")
    return table, remarks


def _row(spelling: str, jobs: int, measured: dict[Way, Measured]) -> Row:
    ours, floor = (measured[Way(name, jobs, spelling=spelling)] for name in ("ours", "floor"))
    peers = {
        _NAMES[peer]: measured[way].seconds
        for peer in PEERS
        if (way := Way(peer, jobs, spelling=spelling)) in measured
    }
    return Row(
        f"{FILES} 份，{_SAID[spelling]}，{jobs} 个进程",
        ours=ours.seconds,
        floor=floor.seconds,
        floor_label=_FLOOR,
        limit=Limit(floor=_GOAL) if jobs == 1 else Limit(),
        peers=peers,
    )
