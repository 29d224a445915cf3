"""Which findings need several files of a batch to be compared.

Copies, rival versions, and totals over streets.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from decimal import Decimal
from hashlib import blake2b
from itertools import pairwise
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.core.plan.model import Aggregation
from qiyx_xl.core.primitives.legible import legible
from qiyx_xl.core.primitives.values import plain, spell
from qiyx_xl.core.records.project_record import has_value_or_remark, spell_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Outline, Submission

    _Parts = dict[tuple[str, Period], dict[str, Decimal]]

_SEPARATORS = ("/", "\\")
_NAMES_SHOWN, _ITEMS_SHOWN = 5, 3  # at most, in one sentence
_Content = tuple[str, str, str]


def find_together(
    outlines: Sequence[Outline], plan: Plan, submission: Callable[[int], Submission]
) -> dict[int, list[Finding]]:
    """Return the findings that need several files, by the file's number.

    The same file under two names counts once and gets only a warning. So do two files with the same
    content, such as one file saved in two formats. Two files with different content are both
    returned, because only the sender knows which is right.

    Args:
        outlines: the files.
        plan: the plan.
        submission: returns one of the files in full; called for few of them.
    """
    found: dict[int, list[Finding]] = defaultdict(list)
    summed = {i.code: i for i in plan.items() if i.aggregation is Aggregation.SUM}
    adders = {code: frozenset(plan.part_agencies(item)) for code, item in summed.items()}
    reporters = {item.reporting_agency for item in summed.values()}
    copies, versions, wholes = _Alike(_digest), _Alike(_agency_and_period), []
    # one pass: each outline of a hundred thousand is unpacked anew
    for index, outline in enumerate(outlines):
        copies.see(outline)
        versions.see(outline)
        if outline.agency in reporters:
            wholes.append(index)
    _find_copies(outlines, copies.among(outlines), found)
    _find_versions(outlines, versions.among(outlines), _Contents(plan, submission), found)
    if wholes and any(adders.values()):
        parts = _parts(outlines, adders, submission)
        for index in wholes:
            found[index] += _against_parts(submission(index), adders, plan, parts)
    return {index: findings for index, findings in found.items() if findings}


def _name(outline: Outline) -> str:
    name = outline.path
    for separator in _SEPARATORS:
        name = name.rpartition(separator)[2]
    return legible(name)


class _Alike:
    """Finds the files that may share their key with another file.

    Almost every file is the only one with its key. To save memory with a hundred thousand files,
    only the keys' hashes are stored; the caller compares files with equal hashes again.
    """

    def __init__(self, key: Callable[[Outline], object | None]) -> None:
        self._key = key
        self._hashes = array("q")

    def see(self, outline: Outline) -> None:
        """Record a file's key; None means the file has no key."""
        key = self._key(outline)
        if key is not None:
            self._hashes.append(hash(key))

    def among(self, outlines: Sequence[Outline]) -> list[int]:
        """Return the numbers of the files that may share a key, in order.

        ``see`` must have been called for all of them.
        """
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
    contents: _Contents,
    found: dict[int, list[Finding]],
) -> None:
    groups: dict[tuple[str, Period], list[int]] = defaultdict(list)
    for index in alike:
        key = _agency_and_period(outlines[index])
        if key is not None:
            groups[key].append(index)
    for (agency, period), indexes in groups.items():
        if len({outlines[index].sha256 for index in indexes}) == 1:
            continue  # copies, which already have a finding
        versions: dict[bytes, list[int]] = defaultdict(list)
        for index in indexes:
            versions[contents.digest(index)].append(index)
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
            differing = contents.differing(versions[against][0], members[0])
            others = [name for theirs, named in names.items() if theirs != digest for name in named]
            other = "”“".join(sorted(set(others))[:_NAMES_SHOWN])
            for index in members:
                found[index].append(say.TWO_VERSIONS.at(other=other, differing=differing, **about))


def _some_names(
    outlines: Sequence[Outline], versions: Mapping[bytes, Sequence[int]]
) -> dict[bytes, list[str]]:
    """Return file names of each version, as many as fit into a sentence."""
    shown = list(versions.items())[: _NAMES_SHOWN + 1]
    return {
        digest: [_name(outlines[index]) for index in members[:_NAMES_SHOWN]]
        for digest, members in shown
    }


class _Contents:
    """The content of files that would be booked, regardless of file format.

    A file is unpacked on each call, and only a digest of its content is kept.
    """

    def __init__(self, plan: Plan, submission: Callable[[int], Submission]) -> None:
        self._plan, self._submission = plan, submission

    def digest(self, index: int) -> bytes:
        """Return a digest that is equal for two files exactly if their content is equal."""
        content = sorted(self._content(index).items())
        return blake2b(repr(content).encode(), digest_size=16).digest()

    def differing(self, one: int, other: int) -> str:
        """Name the first few differences between two files: 1 托位数（320 和 321）."""
        mine, theirs = self._content(one), self._content(other)
        keys = [key for key in {**mine, **theirs} if mine.get(key) != theirs.get(key)]
        described = [
            self._describe(key, mine.get(key), theirs.get(key)) for key in keys[:_ITEMS_SHOWN]
        ]
        more = f"等 {len(keys)} 项" if len(keys) > _ITEMS_SHOWN else ""
        return "、".join(described) + more

    def _content(self, index: int) -> dict[str, _Content]:
        submission = self._submission(index)
        content: dict[str, _Content] = {}
        for record in submission.records:
            second = "" if record.second is None else plain(record.second)
            if record.is_reported or second or record.remark:
                content[record.code] = (spell(record.actual), second, record.remark)
        for project in submission.projects:
            if has_value_or_remark(project):
                content[project.code] = (spell_value(project.value), "", project.remark)
        return content

    def _describe(self, key: str, one: _Content | None, other: _Content | None) -> str:
        item = self._plan.item(key)
        name = key if item is None else f"{item.printed_code} {item.name}"
        if one is None or other is None:
            return f"{name}（一份没有填）"
        if one[0] != other[0]:
            return f"{name}（{other[0] or '空白'} 和 {one[0] or '空白'}）"
        return f"{name}的{'补充值' if one[1] != other[1] else '情况说明'}"


def _parts(
    outlines: Sequence[Outline],
    adders: Mapping[str, frozenset[str]],
    submission: Callable[[int], Submission],
) -> _Parts:
    """Return the figures that are added up, by item and period."""
    parts: _Parts = defaultdict(dict)
    everybody = frozenset().union(*adders.values())
    for index, outline in enumerate(outlines):
        if outline.agency in everybody:
            for record in submission(index).records:
                is_part = record.agency in adders.get(record.code, ())
                if is_part and isinstance(record.actual, Decimal):
                    parts[record.code, record.period][record.agency] = record.actual
    return parts


def _against_parts(
    whole: Submission, adders: Mapping[str, frozenset[str]], plan: Plan, parts: _Parts
) -> Iterator[Finding]:
    """Compare the reporting agency's figure with the sum of the parts, if all have been sent."""
    for record in whole.records:
        agencies, item = adders.get(record.code, frozenset()), plan.item(record.code)
        sent = parts.get((record.code, record.period), {})
        if item is None or not agencies or record.agency in agencies or set(sent) != agencies:
            continue
        total = sum(sent.values(), Decimal(0))
        if isinstance(record.actual, Decimal) and record.actual != total:
            source = record.source
            yield say.STREET_SUM.at(
                None if source is None else source.sheet,
                None if source is None else source.cell,
                level=plan.lowest_level,
                code=item.printed_code,
                name=item.name,
                value=plain(record.actual),
                known=plain(total),
            )
