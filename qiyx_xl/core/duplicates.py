"""What only shows when the files of a batch lie side by side."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core import catalogue as say
from qiyx_xl.core.plan import AgencyLevel, Aggregation
from qiyx_xl.core.values import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qiyx_xl.core.findings import Finding
    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Plan
    from qiyx_xl.core.submissions import Outline, Submission

_SEPARATORS = ("/", "\\")


def find_together(
    outlines: Sequence[Outline], plan: Plan, submission: Callable[[int], Submission]
) -> dict[int, list[Finding]]:
    """Return the findings that only show across files, by the file's number.

    The same file under two names counts once and is only a warning; two different files of one
    agency for one period are both sent back, for nobody but the sender knows which is right.

    Args:
        outlines: the files.
        plan: the plan.
        submission: returns one of the files in full; asked for few of them.
    """
    found: dict[int, list[Finding]] = defaultdict(list)
    _find_copies(outlines, found)
    _find_versions(outlines, found)
    _compare_with_streets(outlines, plan, submission, found)
    return dict(found)


def _name(outline: Outline) -> str:
    name = outline.path
    for separator in _SEPARATORS:
        name = name.rpartition(separator)[2]
    return name


def _find_copies(outlines: Sequence[Outline], found: dict[int, list[Finding]]) -> None:
    first: dict[str, int] = {}
    for index in _alike(outlines, lambda outline: outline.sha256 or None):
        known = first.setdefault(outlines[index].sha256, index)
        if known != index:
            found[index].append(say.SAME_FILE_TWICE.at(other=_name(outlines[known])))


def _find_versions(outlines: Sequence[Outline], found: dict[int, list[Finding]]) -> None:
    groups: dict[tuple[str, Period], list[int]] = defaultdict(list)
    for index in _alike(outlines, _agency_and_period):
        key = _agency_and_period(outlines[index])
        if key is not None:
            groups[key].append(index)
    for (agency, period), indexes in groups.items():
        for index in indexes:
            mine = outlines[index]
            others = [outlines[i] for i in indexes if outlines[i].sha256 != mine.sha256]
            if others:
                found[index].append(
                    say.TWO_VERSIONS.at(
                        other="”“".join(sorted({_name(other) for other in others})),
                        agency=agency,
                        period=period.label,
                    )
                )


def _agency_and_period(outline: Outline) -> tuple[str, Period] | None:
    if outline.agency is None or outline.period is None:
        return None
    return outline.agency, outline.period


def _alike(outlines: Sequence[Outline], key: Callable[[Outline], object | None]) -> list[int]:
    """Return the files that may share their key with another, in order; None is no key.

    Almost every file stands alone. Of a hundred thousand only the keys' hashes are kept: two of
    one hash are looked at again by whoever asked.
    """
    seen: set[int] = set()
    twice: set[int] = set()
    for outline in outlines:
        mine = key(outline)
        if mine is not None:
            (twice if hash(mine) in seen else seen).add(hash(mine))
    return [
        index
        for index, outline in enumerate(outlines)
        if twice and (mine := key(outline)) is not None and hash(mine) in twice
    ]


def _compare_with_streets(
    outlines: Sequence[Outline],
    plan: Plan,
    submission: Callable[[int], Submission],
    found: dict[int, list[Finding]],
) -> None:
    """Hold the reporting agency's figure against the sum of all streets, where all have sent it."""
    streets = {a.name for a in plan.agencies if a.level is AgencyLevel.STREET}
    summed = {i.code: i for i in plan.items() if i.aggregation is Aggregation.SUM}
    reporters = {item.reporting_agency for item in summed.values()} - streets
    wholes = [at for at, outline in enumerate(outlines) if outline.agency in reporters]
    if not streets or not wholes:
        return
    parts: dict[tuple[str, Period], dict[str, Decimal]] = defaultdict(dict)
    for index, outline in enumerate(outlines):
        if outline.agency in streets:
            for record in submission(index).records:
                if isinstance(record.actual, Decimal):
                    parts[record.code, record.period][record.agency] = record.actual
    for index in wholes:
        for record in submission(index).records:
            sent = parts.get((record.code, record.period), {})
            if record.code not in summed or set(sent) != streets:
                continue
            total = sum(sent.values(), Decimal(0))
            if isinstance(record.actual, Decimal) and record.actual != total:
                source = record.source
                found[index].append(
                    say.STREET_SUM.at(
                        None if source is None else source.sheet,
                        None if source is None else source.cell,
                        code=record.code,
                        name=summed[record.code].name,
                        value=plain(record.actual),
                        known=plain(total),
                    )
                )
