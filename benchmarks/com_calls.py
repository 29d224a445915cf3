"""How long a call from Excel to Python takes, with the real xlwings DLL and server, under Wine.

Excel is replaced by the stand-in of ``tests/windows``, whose calls go through the same COM
interfaces as Excel's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks.harness import Limit, Row

TITLE = "从 Excel 到 Python（Wine 下，真的 xlwings 和 COM）"
ROOT = Path(__file__).resolve().parent.parent
_TIMES = 100  # an array call must be this many times faster per value than single cells


def rows(scratch: Path) -> tuple[list[Row], list[str]]:
    sys.path[:0] = [str(ROOT / "tests" / "windows")]
    import pytest
    from office_pc import lay_out, run_session

    try:
        seen = run_session(lay_out(scratch / "台账 目录"), "speed", "plan_sheets")
    except pytest.skip.Exception as reason:
        return [], [f"没有测：{reason}"]
    for section in seen.values():
        if "error" in section:
            raise RuntimeError(section["error"])
    return table(seen["speed"], seen["plan_sheets"])


def table(speed: dict[str, float], plan_sheets: dict[str, list]) -> tuple[list[Row], list[str]]:
    """Return the measurements as rows: seconds per value, and seconds per recalculation."""
    answers = [cell for row in plan_sheets["rows"][1:] for cell in row[4:8]]
    array, ours, plain = (
        speed[f"{name}_ms"] / 1000 for name in ("array", "scalar", "plain_scalar")
    )
    once = "一个单元格一次调用"
    per_value = f"一次数组公式 `QYX_RATE`，{speed['rows']:,} 个值，每个值"
    return [
        Row(
            per_value,
            array,
            by_hand=ours,
            by_hand_label=f"{once}，只传值（台账的宏就是这样）",
            limit=Limit(by_hand=_TIMES),
            rounds=speed["rounds"],
        ),
        Row(
            per_value,
            array,
            by_hand=plain,
            by_hand_label=f"{once}，xlwings 原样的包装（单元格作为对象传过去）",
            limit=Limit(by_hand=_TIMES),
            rounds=speed["rounds"],
        ),
        Row(
            f"整本台账重算：{len(answers)} 个函数单元格，一次问完",
            plan_sheets["took_ms"] / 1000,
            by_hand=len(answers) * ours,
            by_hand_label=f"{once}（按每次的时间乘个数）",
            rounds=speed["rounds"],
        ),
    ], [f"逐格的时间取 {speed['scalar_calls']} 个单元格的平均；每次调用花的时间都一样。"]
