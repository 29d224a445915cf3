"""What becomes of a form that was issued by a plan which has been revised since.

Its rows are checked by the plan that it was issued by: they are right if they are what that plan
said. Then the plan now in force decides which of them still count.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.vocabulary import printed_target
from qiyx_xl.core.primitives.measures import is_same_measure
from qiyx_xl.core.primitives.text import same_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.core.checks.context import CheckContext
    from qiyx_xl.core.checks.form_check import FormResult
    from qiyx_xl.core.findings.model import FindingKind
    from qiyx_xl.core.plan.model import Agency, Item
    from qiyx_xl.core.primitives.periods import Period


def drop_rows_not_required_now(
    result: FormResult,
    issued: tuple[CheckContext, Agency],
    now: tuple[CheckContext, Agency],
    period: Period,
) -> None:
    """Drop the rows that the plan in force does not ask the sender for, and say so.

    Args:
        result: the form as checked by the plan it was issued by; changed in place.
        issued: that plan, and the sender as it knows it.
        now: the plan in force at the period, and the sender as it knows it.
        period: the form's.
    """
    (former, sender), (current, agency) = issued, now
    then_asked, now_asked = former.duties(sender).by_code, current.duties(agency).by_code
    kept = []
    for row in result.rows:
        code, cell = (row[0], row[3]) if isinstance(row, tuple) else (row.code, _cell(row.source))
        before = then_asked.get(code) or former.plan.item(code)
        after = now_asked.get(code) or current.plan.item(code)
        if before is None:
            kept.append(row)
            continue
        report = _finding_reporter(result, cell, before)
        if after is None:
            report(say.ITEM_RETIRED)
            continue
        if code not in now_asked:
            owner = after.reporting_agency
            if agency.name not in after.claimants:
                report(say.ITEM_MOVED, owner=owner)
                continue
            report(say.CLAIMED_TWICE, value=after.printed_code, owner=owner, agency=agency.name)
        if not is_same_measure(before.measure, after.measure):
            report(say.MEASURE_REVISED, value=before.measure, expected=after.measure)
        printed, printed_now = (printed_target(item, period.year) for item in (before, after))
        if not same_text(printed, printed_now):
            report(say.TARGET_REVISED, value=printed, expected=printed_now)
        kept.append(row if isinstance(row, tuple) else replace(row, agency=agency.name))
    result.rows[:] = kept


def _cell(source: object) -> str:
    return str(getattr(source, "cell", ""))


def _finding_reporter(result: FormResult, cell: str, item: Item) -> Callable[..., None]:
    def report(kind: FindingKind, **fields: str) -> None:
        found = kind.at(
            result.source.sheet, cell or None, code=item.printed_code, name=item.name, **fields
        )
        result.findings.append(found)

    return report
