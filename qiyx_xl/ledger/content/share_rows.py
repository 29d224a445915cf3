"""What 分解台账 contains: each item broken down to an agency, with its target, value and lamp.

The rows are values for one 数据期, not formulas: the figures of agencies with a share are found by
item and agency, and a value of one period beside another period's rating would be a wrong lamp.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.scorecard import level_of, parts_of
from qiyx_xl.ledger.content.log_rows import value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.core.records.log_entries import LoggedRecord
    from qiyx_xl.ledger.layout.cells import Value

_NOTHING = "方案里还没有目标分解。请在“方案.xlsx”的“目标分解”表里填写，再采用方案。"


def share_rows(
    plan: Plan, lines: Sequence[StatusLine], logged: Sequence[LoggedRecord]
) -> list[list[Value]]:
    """Return a row per item and agency, in the order of the sheet's columns.

    Args:
        plan: the plan by which the lines were rated.
        lines: the period's lines.
        logged: the records ever accepted, for the time at which a figure came.
    """
    accepted = {
        (str(entry.record.period), entry.record.code, entry.record.agency): entry.accepted_at
        for entry in logged
        if entry.current
    }
    rows: list[list[Value]] = []
    for part in parts_of(lines):
        item, rating, record = part.item, part.rating, part.record
        source = None if record is None else record.source
        when = None if record is None else accepted.get(record.key)
        rows.append(
            [
                item.printed_code,
                item.name,
                item.reporting_agency,
                level_of(plan, part),
                item.measure,
                rating.target_printed,
                _value(rating.actual),
                part.previous,
                rating.shown_rate,
                rating.schedule_gap_pp,
                rating.word,
                f"{rating.state}：{rating.reason}",
                "" if record is None else record.remark,
                "" if source is None else source.file,
                "" if source is None else source.sheet,
                "" if source is None else source.cell,
                "" if source is None else source.sha256,
                None if when is None else when.replace(tzinfo=None),
            ]
        )
    return rows


def share_note(lines: Sequence[StatusLine], period: Period) -> str:
    """Return the line under the sheet's title: the period and the number of each lamp."""
    parts = parts_of(lines)
    if not parts:
        return _NOTHING
    counts = Counter(part.rating.light for part in parts)
    lamps = "、".join(f"{light.word} {counts[light]}" for light in Light)
    return (
        f"{period.label}：{len(parts)} 个分解目标，{lamps}。"
        "各按本单位的目标和上年数评，序时差为百分点；换了数据期请点“刷新”。由程序写入，请不要手工改动。"
    )


def _value(actual: object) -> Value:
    if isinstance(actual, Decimal):
        return actual
    return None if actual is Absence.NOT_REPORTED else value_of(actual)  # type: ignore[arg-type]
