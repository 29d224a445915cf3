"""Whether the log's numbers still equal the cells of the original files, read again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qiyx_xl.app.validation import validate_files
from qiyx_xl.core.primitives.values import spell
from qiyx_xl.core.records.history import RecordHistory
from qiyx_xl.core.records.project_record import spell_value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.store import Store

USUAL_FILES = 100
"""How many originals are read again by default."""


@dataclass(frozen=True, slots=True)
class Reread:
    """The result of reading originals again: counts, and a sentence for each value that differs.

    ``unread`` counts values whose cell gives no record any more, such as those of a file that
    today's checks return for another reason. ``files_known`` is the number of originals from
    which the log has numbers.
    """

    files: int = 0
    files_known: int = 0
    values: int = 0
    unread: int = 0
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A number of the log: the cell it was read from, and its value formatted as in a cell."""

    sheet: str
    cell: str
    code: str
    formatted: str
    about: str


def reread(office: Office, store: Store, most: int | None = USUAL_FILES) -> Reread:
    """Read originals again and compare every number with the log.

    Half of the files are the latest ones, the other half is spread evenly over the earlier ones.

    Args:
        office: the plan and the rules.
        store: the log, preferably inside ``reading()``.
        most: the number of files to read; None for all.
    """
    kept: dict[str, list[_Kept]] = {}
    periods: dict[str, Period] = {}
    for logged in store.versions():
        record = logged.record
        if record.source is None:
            continue
        second = "" if record.second is None else f"（{record.second:f}）"
        about = f"{record.period} {record.code} {record.agency}"
        formatted = f"{spell(record.actual)}{second}"
        kept.setdefault(record.source.sha256, []).append(
            _Kept(record.source.sheet, record.source.cell, record.code, formatted, about)
        )
        periods[record.source.sha256] = record.period
    for project in store.project_records():
        sent = project.record
        if sent.source is None:
            continue
        about = f"{sent.period} {sent.code} {sent.agency}"
        kept.setdefault(sent.source.sha256, []).append(
            _Kept(sent.source.sheet, sent.source.cell, sent.code, spell_value(sent.value), about)
        )
        periods.setdefault(sent.source.sha256, sent.period)
    chosen = _chosen(list(kept), most)
    there = {
        sha256: path for sha256 in chosen if (path := store.originals.find(sha256)) is not None
    }
    values = unread = 0
    differences: list[str] = []
    history = RecordHistory((), projects=store.project_book())
    for sha256, submission in _checked(office, there, periods, history).items():
        cells = _cells(submission)
        for value in kept[sha256]:
            found = cells.get((value.sheet, value.cell, value.code))
            values += 1
            if found is None:
                unread += 1
            elif found != value.formatted:
                differences.append(
                    f"{value.about}：数据库里是“{value.formatted}”，"
                    f"原件 {there[sha256].name} 的 {value.sheet}!{value.cell} 现在读作“{found}”"
                )
    return Reread(len(there), len(kept), values, unread, tuple(differences))


def _chosen(hashes: Sequence[str], most: int | None) -> list[str]:
    """Choose ``most`` files: half are the last ones, half are spread evenly over the rest."""
    if most is None or len(hashes) <= most:
        return list(hashes)
    latest = most // 2
    rest = hashes[: len(hashes) - latest]
    step = len(rest) / (most - latest)
    return [*(rest[int(at * step)] for at in range(most - latest)), *hashes[-latest:]]


def _checked(
    office: Office, there: dict[str, Path], periods: dict[str, Period], history: RecordHistory
) -> dict[str, Submission]:
    found: dict[str, Submission] = {}
    for period in sorted(set(periods.values())):
        paths = [path for sha256, path in there.items() if periods[sha256] == period]
        if not paths:
            continue
        report = validate_files(
            paths,
            plan=office.plans,
            rules=office.rules,
            period=period,
            history=history,
        )
        found |= {
            submission.sha256: submission
            for submission in report.submissions
            if submission.sha256 in there
        }
    return found


def _cells(submission: Submission) -> dict[tuple[str, str, str], Any]:
    cells: dict[tuple[str, str, str], str] = {}
    for record in submission.records:
        if record.source is not None:
            second = "" if record.second is None else f"（{record.second:f}）"
            place = (record.source.sheet, record.source.cell, record.code)
            cells[place] = f"{spell(record.actual)}{second}"
    for project in submission.projects:
        if project.source is not None:
            place = (project.source.sheet, project.source.cell, project.code)
            cells[place] = spell_value(project.value)
    return cells
