"""Calls of the cell functions, tried by the generated wrapper under Wine and by plain Python here.

An argument that is a list of rows stands in a range of cells; anything else is a constant in the
formula. ``ERROR`` is a cell that shows an error.
"""

from __future__ import annotations

from typing import Any

ERROR = "#DIV/0!"
Argument = Any

CASES: list[tuple[str, str, tuple[Argument, ...]]] = [
    ("target, constants", "QYX_TARGET", (9.0, 2024.0)),
    ("target as printed", "QYX_TARGET", (7.0, 2026.0, "原文")),
    ("target of a word", "QYX_TARGET", (15.0, 2025.0)),
    ("target by name, from cells", "QYX_TARGET", ([[9.0], [12.0]], [[2024.0], [2027.0]])),
    ("target of what is not in the plan", "QYX_TARGET", (99.0, 2026.0)),
    ("target of a year beyond the plan", "QYX_TARGET", (1.0, 2040.0)),
    ("rate, constants", "QYX_RATE", (9.0, "2024Q2", 3.3)),
    ("rate, single cells", "QYX_RATE", ([[9.0]], [["2024Q2"]], [[3.3]])),
    ("rate with last year's", "QYX_RATE", (2.0, "2026Q2", 68.0, 66.0)),
    ("rate with the covered", "QYX_RATE", (15.0, "2026", 63.2, "", 64.5)),
    (
        "rate, columns with every kind of cell",
        "QYX_RATE",
        (
            [[1.0], [9.0], [12.0], [99.0], [None], [2.0], [2.0]],
            [["2026"], ["2024Q2"], ["2026年"], ["2026"], ["2026"], ["2026"], [ERROR]],
            [[4.2], [3.3], [58.0], [1.0], [1.0], ["约70"], [66.0]],
        ),
    ),
    ("rate, one row", "QYX_RATE", ([[9.0, 9.0, 9.0]], "2024Q2", [[3.3, 0.0, None]])),
    ("rate of an error cell", "QYX_RATE", ([[9.0]], "2024Q2", [[ERROR]])),
    ("rate of not applicable", "QYX_RATE", (9.0, "2024Q2", "不适用")),
    ("status, constants", "QYX_STATUS", (9.0, "2024Q2", 3.3)),
    (
        "status, column",
        "QYX_STATUS",
        ([[17.0], [18.0], [10.0]], "2026Q3", [[2.64], [93.0], [None]]),
    ),
    ("status of a milestone", "QYX_STATUS", ("M01", "2026", "已完成")),
    ("status of what a person has confirmed", "QYX_STATUS", (2.0, "2026", 690.0, "", "", "已核实")),
    (
        "rate, a column of confirmations",
        "QYX_RATE",
        ([[2.0]] * 4, "2026", [[690.0]] * 4, "", "", [["已核实"], [None], [True], ["大概"]]),
    ),
    ("gap", "QYX_GAP", ([[9.0], [17.0]], "2024Q2", [[3.3], [2.5]])),
    ("gap of an unreadable period", "QYX_GAP", (9.0, "何时", 3.3)),
    ("explain", "QYX_EXPLAIN", (9.0, "2024Q2", 3.3)),
    ("explain, column", "QYX_EXPLAIN", ([[9.0], [12.0]], "2026", [[4.5], [58.0]])),
    ("pace", "QYX_PACE", ([[9.0], [12.0], [7.0]], "2026Q2", [[7.5], [60.0], [2.1]])),
    ("pace with last year's", "QYX_PACE", (2.0, "2026Q2", 68.0, 66.0)),
    (
        "forecast of one item",
        "QYX_FORECAST",
        (9.0, [["2025Q4", "2026Q1", "2026Q2", "2026Q3"]], [[6.4, 6.9, 7.4, 7.8]]),
    ),
    (
        "forecast of a column, one of them too short",
        "QYX_FORECAST",
        (
            [[9.0], [12.0]],
            [["2025Q4", "2026Q1", "2026Q2", "2026Q3"]],
            [[6.4, 6.9, 7.4, 7.8], [None, None, 60.0, 61.0]],
        ),
    ),
    (
        "status of an agency without a share",
        "QYX_STATUS",
        (12.0, "2026Q3", 60.0, "", "", "", "新碶街道"),
    ),
    ("score", "QYX_SCORE", ([["绿"], ["黄"], ["红"], ["灰"], [None]],)),
    ("score of nothing lit", "QYX_SCORE", ([["灰"], ["灰"]],)),
    ("info", "QYX_INFO", ([[1.0], ["T3-3-01"], ["M07"]], "名称")),
    ("info, unknown field", "QYX_INFO", (1.0, "颜色")),
    ("plan", "QYX_PLAN", ()),
    ("version", "QYX_VERSION", ()),
]
