"""What the report on a batch contains: its counts and lines, for both .xlsx and .html.

A batch may have 100,000 files and 1,000,000 findings, so they are not kept in memory: one pass
counts them and keeps a few bytes per file; to list files or findings, the submissions are read
again one at a time.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nsmallest
from typing import TYPE_CHECKING, TypeVar

from qiyx_xl.core.findings import CATALOGUE
from qiyx_xl.core.findings.model import Finding, Severity
from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.documents.returns.index_sheet import numbered
from qiyx_xl.files.untrusted_text import file_name, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qiyx_xl.core.primitives.periods import Period

NO_AGENCY = "未能识别"
TITLE = "填报表校验报告"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file and its result; ``reported`` is the number of figures filled in."""

    file: str
    agency: str
    period: str
    status: SubmissionStatus
    reported: int
    errors: int
    warnings: int


@dataclass(slots=True)
class AgencyLine:
    """The number of an agency's files by result, and of the findings in them."""

    agency: str
    files: int = 0
    accepted: int = 0
    returned: int = 0
    unreadable: int = 0
    errors: int = 0
    warnings: int = 0

    def add(self, status: SubmissionStatus, errors: int, warnings: int) -> None:
        """Count one more file."""
        self.files += 1
        self.accepted += status is SubmissionStatus.ACCEPTED
        self.returned += status is SubmissionStatus.RETURNED
        self.unreadable += status is SubmissionStatus.UNREADABLE
        self.errors += errors
        self.warnings += warnings


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One kind of finding: how often it occurs, and in how many files."""

    code: str
    title: str
    severity: Severity
    findings: int
    files: int


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding with its agency and file."""

    agency: str
    file: str
    finding: Finding


_Line = TypeVar("_Line", AgencyLine, FileLine)


def worst_first(lines: Sequence[_Line], most: int) -> Sequence[_Line]:
    """Return all lines in their order; if more than ``most``, those with the most errors first."""
    if len(lines) <= most:
        return lines
    return nsmallest(most, lines, key=lambda line: (-line.errors, -line.warnings))


@dataclass(slots=True)
class _Counts:
    """The counts of one pass over a batch.

    ``errors`` and ``warnings`` have a number per file; ``doubled`` has the file names that occur
    more than once.
    """

    errors: array[int] = field(default_factory=lambda: array("L"))
    warnings: array[int] = field(default_factory=lambda: array("L"))
    statuses: Counter[SubmissionStatus] = field(default_factory=Counter)
    agencies: dict[str, AgencyLine] = field(default_factory=dict)
    findings: Counter[str] = field(default_factory=Counter)
    in_files: Counter[str] = field(default_factory=Counter)
    severities: dict[str, Severity] = field(default_factory=dict)
    doubled: set[str] = field(default_factory=set)

    def add(self, submission: Submission) -> None:
        """Count one more file."""
        found = Counter(finding.severity for finding in submission.findings)
        errors, warnings = found[Severity.ERROR], found[Severity.WARNING]
        self.errors.append(errors)
        self.warnings.append(warnings)
        self.statuses[submission.status] += 1
        agency = _agency(submission)
        self.agencies.setdefault(agency, AgencyLine(agency)).add(
            submission.status, errors, warnings
        )
        codes = Counter(finding.code for finding in submission.findings)
        self.findings.update(codes)
        self.in_files.update(codes.keys())
        self.severities.update((finding.code, finding.severity) for finding in submission.findings)


@dataclass(frozen=True)
class CheckSummary:
    """A batch and its counts. Lines are in the order of the submissions, codes by frequency.

    ``submissions`` may parse a submission again on every access, so a submission without findings
    is not accessed again for the list of findings.
    """

    submissions: Sequence[Submission]
    rules_version: str
    period: Period | None
    today: date

    def files(self, most: int) -> list[FileLine]:
        """Return one line per file; if more than ``most``, those with the most errors first."""
        counts = self._counts
        indexes: Sequence[int] = range(self.file_count)
        if len(indexes) > most:
            indexes = nsmallest(
                most, indexes, key=lambda at: (-counts.errors[at], -counts.warnings[at])
            )
        return [self._file(at, self.submissions[at]) for at in indexes]

    @property
    def file_count(self) -> int:
        """How many files there are."""
        return len(self.submissions)

    @cached_property
    def agencies(self) -> tuple[AgencyLine, ...]:
        """One line per agency, in order of first appearance; unrecognised agencies last."""
        lines = self._counts.agencies.values()
        return tuple(sorted(lines, key=lambda line: line.agency == NO_AGENCY))

    def findings(self) -> Iterator[FindingLine]:
        """Yield one line per finding; within a file, errors come before warnings."""
        counts = self._counts
        for at in range(self.file_count):
            if counts.errors[at] or counts.warnings[at]:
                submission = self.submissions[at]
                agency, name = _agency(submission), self._name(submission)
                for _, finding in numbered(submission.findings):
                    yield FindingLine(agency, name, finding)

    @property
    def finding_count(self) -> int:
        """How many findings there are."""
        return self.errors + self.warnings

    @cached_property
    def codes(self) -> tuple[CodeLine, ...]:
        """One line per code that was found, the most frequent first."""
        counts = self._counts
        by_frequency = sorted(counts.findings.items(), key=lambda pair: (-pair[1], pair[0]))
        return tuple(
            CodeLine(code, code_title(code), counts.severities[code], count, counts.in_files[code])
            for code, count in by_frequency
        )

    def count(self, status: SubmissionStatus) -> int:
        """Return the number of files with this result."""
        return self._counts.statuses[status]

    @cached_property
    def errors(self) -> int:
        """The number of findings that must be corrected (必须改)."""
        return sum(self._counts.errors)

    @cached_property
    def warnings(self) -> int:
        """The number of findings to be checked (请核对)."""
        return sum(self._counts.warnings)

    @property
    def sentence(self) -> str:
        """The counts in one sentence."""
        return (
            f"共 {self.file_count} 份：通过 {self.count(SubmissionStatus.ACCEPTED)} 份，"
            f"需退回 {self.count(SubmissionStatus.RETURNED)} 份，"
            f"读不了 {self.count(SubmissionStatus.UNREADABLE)} 份；"
            f"必须改 {self.errors} 处，请核对 {self.warnings} 处。"
        )

    def beyond(self, *, files: int, findings: int) -> str:
        """Return what is left out beyond these limits, as a text; "" if everything fits."""
        left_out = []
        if len(self.agencies) > files or self.file_count > files:
            left_out.append(f"单位和文件各只列问题最多的 {files:,} 个")
        if self.finding_count > findings:
            left_out.append(f"问题清单只列前 {findings:,} 处，共 {self.finding_count:,} 处")
        return "；".join(left_out)

    @property
    def origin(self) -> str:
        """The line with the period, the day of the check and the version of the rules."""
        of = f"数据期：{self.period.label}　" if self.period is not None else ""
        day = f"{self.today.year}年{self.today.month}月{self.today.day}日"
        return f"{of}校验日期：{day}　规则版本：{self.rules_version}"

    @cached_property
    def _counts(self) -> _Counts:
        counts = _Counts()
        names: set[str] = set()
        for submission in self.submissions:
            counts.add(submission)
            name = file_name(submission.shown_path)
            (counts.doubled if name in names else names).add(name)
        return counts

    def _file(self, at: int, submission: Submission) -> FileLine:
        return FileLine(
            file=self._name(submission),
            agency=_agency(submission),
            period=submission.period.label if submission.period is not None else NO_AGENCY,
            status=submission.status,
            reported=sum(record.is_reported for record in submission.records),
            errors=self._counts.errors[at],
            warnings=self._counts.warnings[at],
        )

    def _name(self, submission: Submission) -> str:
        """Return a file's name; with its folder if two files of the batch have the same name."""
        name = file_name(submission.shown_path)
        return shown(submission.shown_path if name in self._counts.doubled else name)


def code_title(code: str) -> str:
    """Return the title of a code; the code itself if it is not in the catalogue."""
    kind = CATALOGUE.get(code)
    return code if kind is None else kind.title


def _agency(submission: Submission) -> str:
    return shown(submission.agency) or NO_AGENCY
