"""Use case: book the decisions that people have typed on the ledger's sheet 冲突."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from qiyx_xl.app.decisions import decide
from qiyx_xl.app.office import AppError
from qiyx_xl.core.consolidation.conflicts import find_conflicts
from qiyx_xl.core.primitives.values import spell

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.consolidation.conflicts import Conflict
    from qiyx_xl.ledger.content.view import ConflictLine
    from qiyx_xl.ledger.inspect.typed_choices import TypedChoice

BY = "台账“冲突”表"

_NO_REASON = "请在“理由”里写明为什么。"
_NO_AGENCY = "请在“采用单位”里写明采用哪个单位的数。"
_NUMBERS_CHANGED = "这两个单位有新的数，上次的决定没有记入。请看过新的数，再填“采用单位”。"
_NO_SIDE = "“采用单位”请填“{left}”或“{right}”。"


def book_choices(office: Office, typed: Sequence[TypedChoice], now: datetime) -> int:
    """Book what is complete and still about the numbers that were seen; return how many.

    What is not booked stays in the sheet; `with_choices` says why.

    Raises:
        StoreError: the store cannot be opened or written.
    """
    if not typed or not office.has_store():
        return 0
    with office.open_store(readonly=True) as store, store.reading():
        open_ones = find_conflicts(office.plan, store.current_records(), store.decisions())
    booked = 0
    for one in typed:
        conflict = next((each for each in open_ones if one.is_about(each)), None)
        if conflict is None or _problem(one, conflict):
            continue
        try:
            decide(
                office,
                conflict.left.period,
                conflict.code,
                one.choice.agency,
                now=now,
                by=one.choice.by or BY,
                reason=one.choice.reason,
                seen={side.agency: spell(side.actual) for side in (conflict.left, conflict.right)},
            )
        except AppError:
            continue  # settled or changed by somebody else meanwhile: the sheet will say so
        booked += 1
    return booked


def with_choices(
    lines: Iterable[ConflictLine], typed: Sequence[TypedChoice]
) -> tuple[ConflictLine, ...]:
    """Put what was typed and not booked back beside its conflict, with what is wrong with it."""
    return tuple(_with_choice(line, typed) for line in lines)


def _with_choice(line: ConflictLine, typed: Sequence[TypedChoice]) -> ConflictLine:
    if line.decision is not None:
        return line
    one = next((each for each in typed if each.is_about(line.conflict)), None)
    if one is None:
        return line
    problem = _problem(one, line.conflict)
    # What was chosen between other numbers must not be booked for these at the next refresh.
    choice = replace(one.choice, agency="") if problem == _NUMBERS_CHANGED else one.choice
    return replace(line, choice=replace(choice, problem=problem))


def _problem(one: TypedChoice, conflict: Conflict) -> str:
    left, right = conflict.left.agency, conflict.right.agency
    choice = one.choice
    if choice.agency and not one.saw(conflict):
        return _NUMBERS_CHANGED
    if not choice.agency:
        return _NO_AGENCY
    if choice.agency not in (left, right):
        return _NO_SIDE.format(left=left, right=right)
    return "" if choice.reason else _NO_REASON
