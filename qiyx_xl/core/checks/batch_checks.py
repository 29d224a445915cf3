"""What only shows when the files of a batch lie side by side."""

from __future__ import annotations

from array import array
from collections import defaultdict
from decimal import Decimal
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.plan.model import AgencyLevel, Aggregation
from qiyx_xl.core.primitives.legible import legible
from qiyx_xl.core.primitives.values import plain, spell
from qiyx_xl.core.records.project_record import says_anything, spell_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Outline, Submission

    _Parts = dict[tuple[str, Period], dict[str, Decimal]]

_SEPARATORS = ("/", "\\")
_NAMES_SAID, _ITEMS_SAID = 5, 3  # in one sentence
_Said = tuple[str, str, str]


def find_together(
    outlines: Sequence[Outline], plan: Plan, submission: Callable[[int], Submission]
) -> dict[int, list[Finding]]:
    """Return the findings that only show across files, by the file's number.

    The same file under two names counts once and is only a warning, and so do two files that say
    the same, such as one saved in two formats. Two that differ in what they say are both sent back,
    for nobody but the sender knows which is right.

    Args:
        outlines: the files.
        plan: the plan.
        submission: returns one of the files in full; asked for few of them.
    """
    found: dict[int, list[Finding]] = defaultdict(list)
    streets = {a.name for a in plan.agencies if a.level is AgencyLevel.STREET}
    summed = {i.code: i for i in plan.items() if i.aggregation is Aggregation.SUM}
    reporters = {item.reporting_agency for item in summed.values()} - streets
    copies, versions, wholes = _Alike(_digest), _Alike(_agency_and_period), []
    for index, outline in enumerate(outlines):  # once: of a hundred thousand each is made anew
        copies.see(outline)
        versions.see(outline)
        if outline.agency in reporters:
            wholes.append(index)
    _find_copies(outlines, copies.among(outlines), found)
    _find_versions(outlines, versions.among(outlines), _Sayings(plan, submission), found)
    if streets and wholes:
        parts = _parts(outlines, streets, submission)
        for index in wholes:
            found[index] += _against_streets(submission(index), summed, streets, parts)
    return {index: findings for index, findings in found.items() if findings}


def _name(outline: Outline) -> str:
    name = outline.path
    for separator in _SEPARATORS:
        name = name.rpartition(separator)[2]
    return legible(name)


class _Alike:
    """Finds the files that may share their key with another.

    Almost every file stands alone. Of a hundred thousand only the keys' hashes are kept: two of
    one hash are looked at again by whoever asked.
    """

    def __init__(self, key: Callable[[Outline], object | None]) -> None:
        self._key = key
        self._hashes = array("q")

    def see(self, outline: Outline) -> None:
        """Take note of a file; None is no key."""
        key = self._key(outline)
        if key is not None:
            self._hashes.append(hash(key))

    def among(self, outlines: Sequence[Outline]) -> list[int]:
        """Return the numbers of those files, in order, when all have been seen."""
        twice = {one for one, other in pairwise(sorted(self._hashes)) if one == other}
        return [
            index
            for index, outline in enumerate(outlines if twice else ())
            if (key := self._key(outline)) is not None and hash(key) in twice
        ]


def _digest(outline: Outline) -> str | None:
    return outline.sha256 or None


def _agency_and_period(outline: Outline) -> tuple[str, Period] | None:
    if outline.agency is None or outline.period is None:
        return None
    return outline.agency, outline.period


def _find_copies(
    outlines: Sequence[Outline], alike: Sequence[int], found: dict[int, list[Finding]]
) -> None:
    first: dict[str, int] = {}
    for index in alike:
        known = first.setdefault(outlines[index].sha256, index)
        if known != index:
            found[index].append(say.SAME_FILE_TWICE.at(other=_name(outlines[known])))


def _find_versions(
    outlines: Sequence[Outline],
    alike: Sequence[int],
    sayings: _Sayings,
    found: dict[int, list[Finding]],
) -> None:
    groups: dict[tuple[str, Period], list[int]] = defaultdict(list)
    for index in alike:
        key = _agency_and_period(outlines[index])
        if key is not None:
            groups[key].append(index)
    for (agency, period), indexes in groups.items():
        if len({outlines[index].sha256 for index in indexes}) == 1:
            continue  # copies: said already
        versions: dict[bytes, list[int]] = defaultdict(list)
        for index in indexes:
            versions[sayings.digest(index)].append(index)
        about = {"agency": agency, "period": period.label}
        if len(versions) == 1:
            first = indexes[0]
            for index in indexes[1:]:
                if outlines[index].sha256 != outlines[first].sha256:
                    other = _name(outlines[first])
                    found[index].append(say.SAME_NUMBERS.at(other=other, **about))
            continue
        (one, another), names = list(versions)[:2], _some_names(outlines, versions)
        for digest, members in versions.items():
            against = another if digest == one else one
            differing = sayings.differing(versions[against][0], members[0])
            others = [name for theirs, named in names.items() if theirs != digest for name in named]
            other = "”“".join(sorted(set(others))[:_NAMES_SAID])
            for index in members:
                found[index].append(say.TWO_VERSIONS.at(other=other, differing=differing, **about))


def _some_names(
    outlines: Sequence[Outline], versions: Mapping[bytes, Sequence[int]]
) -> dict[bytes, list[str]]:
    """Return names of files of each version: of as many as there is room for in a sentence."""
    shown = list(versions.items())[: _NAMES_SAID + 1]
    return {
        digest: [_name(outlines[index]) for index in members[:_NAMES_SAID]]
        for digest, members in shown
    }


class _Sayings:
    """What files say, apart from how they were saved: what would be booked of each.

    A file is unpacked when it is asked for, and only the digest of what it says is kept.
    """

    def __init__(self, plan: Plan, submission: Callable[[int], Submission]) -> None:
        self._plan, self._submission = plan, submission

    def digest(self, index: int) -> bytes:
        """Return what two files have in common if and only if they say the same."""
        said = sorted(self._said(index).items())
        return blake2b(repr(said).encode(), digest_size=16).digest()

    def differing(self, one: int, other: int) -> str:
        """Name what two files differ in, the first few of it: 1 托位数（320 和 321）."""
        mine, theirs = self._said(one), self._said(other)
        keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
        told = [self._told(key, mine.get(key), theirs.get(key)) for key in keys[:_ITEMS_SAID]]
        more = f"等 {len(keys)} 项" if len(keys) > _ITEMS_SAID else ""
        return "、".join(told) + more

    def _said(self, index: int) -> dict[str, _Said]:
        submission = self._submission(index)
        said: dict[str, _Said] = {}
        for record in submission.records:
            second = "" if record.second is None else plain(record.second)
            if record.is_reported or second or record.remark:
                said[record.code] = (spell(record.actual), second, record.remark)
        for project in submission.projects:
            if says_anything(project):
                said[project.code] = (spell_value(project.value), "", project.remark)
        return said

    def _told(self, key: str, one: _Said | None, other: _Said | None) -> str:
        item = self._plan.find(key)
        name = key if item is None else f"{key} {item.name}"
        if one is None or other is None:
            return f"{name}（一份没有填）"
        if one[0] != other[0]:
            return f"{name}（{other[0] or '空白'} 和 {one[0] or '空白'}）"
        return f"{name}的{'补充值' if one[1] != other[1] else '情况说明'}"


def _parts(
    outlines: Sequence[Outline], streets: set[str], submission: Callable[[int], Submission]
) -> _Parts:
    """Return what the streets have sent, by item and period."""
    parts: _Parts = defaultdict(dict)
    for index, outline in enumerate(outlines):
        if outline.agency in streets:
            for record in submission(index).records:
                if isinstance(record.actual, Decimal):
                    parts[record.code, record.period][record.agency] = record.actual
    return parts


def _against_streets(
    whole: Submission, summed: Mapping[str, Item], streets: set[str], parts: _Parts
) -> Iterator[Finding]:
    """Hold the reporting agency's figure against the sum of all streets, where all have sent it."""
    for record in whole.records:
        sent = parts.get((record.code, record.period), {})
        if record.code not in summed or set(sent) != streets:
            continue
        total = sum(sent.values(), Decimal(0))
        if isinstance(record.actual, Decimal) and record.actual != total:
            source = record.source
            yield say.STREET_SUM.at(
                None if source is None else source.sheet,
                None if source is None else source.cell,
                code=record.code,
                name=summed[record.code].name,
                value=plain(record.actual),
                known=plain(total),
            )
