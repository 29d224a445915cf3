"""What the report on a batch says, counted once for both of its forms (.xlsx and .html)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from qiyx_xl.core.catalogue import CATALOGUE
from qiyx_xl.core.findings import Finding, Severity
from qiyx_xl.core.submissions import Submission, SubmissionStatus
from qiyx_xl.documents.return_index import numbered
from qiyx_xl.documents.strangers import file_name, shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qiyx_xl.core.periods import Period

NO_AGENCY = "未能识别"
TITLE = "填报表校验报告"


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file: what became of it; ``reported`` counts the figures filled in."""

    file: str
    agency: str
    period: str
    status: SubmissionStatus
    reported: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class AgencyLine:
    """One agency's files, and how many findings are in them."""

    agency: str
    files: int
    accepted: int
    returned: int
    unreadable: int
    errors: int
    warnings: int


@dataclass(frozen=True, slots=True)
class CodeLine:
    """One kind of finding: how often, and in how many files."""

    code: str
    title: str
    severity: Severity
    findings: int
    files: int


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One finding with whose file it is in."""

    agency: str
    file: str
    finding: Finding


@dataclass(frozen=True)
class CheckSummary:
    """A batch, counted. Lines are in the order of the submissions; codes by frequency."""

    submissions: tuple[Submission, ...]
    rules_version: str
    period: Period | None
    today: date

    @cached_property
    def files(self) -> tuple[FileLine, ...]:
        """One line per file."""
        return tuple(
            FileLine(
                file=name,
                agency=_agency(one),
                period=one.period.label if one.period is not None else NO_AGENCY,
                status=one.status,
                reported=sum(record.is_reported for record in one.records),
                errors=_count(one.findings, Severity.ERROR),
                warnings=_count(one.findings, Severity.WARNING),
            )
            for name, one in zip(_short_names(self.submissions), self.submissions, strict=True)
        )

    @cached_property
    def agencies(self) -> tuple[AgencyLine, ...]:
        """One line per agency, in order of first appearance; those not recognised last."""
        lines: dict[str, list[FileLine]] = {}
        for line in self.files:
            lines.setdefault(line.agency, []).append(line)
        names = sorted(lines, key=lambda name: name == NO_AGENCY)
        return tuple(_agency_line(name, lines[name]) for name in names)

    @cached_property
    def findings(self) -> tuple[FindingLine, ...]:
        """One line per finding; within a file what must be changed comes first."""
        return tuple(
            FindingLine(line.agency, line.file, finding)
            for line, one in zip(self.files, self.submissions, strict=True)
            for _, finding in numbered(one.findings)
        )

    @cached_property
    def codes(self) -> tuple[CodeLine, ...]:
        """One line per code that was found, the most frequent first."""
        found = Counter(line.finding.code for line in self.findings)
        in_files = Counter(
            code for one in self.submissions for code in {finding.code for finding in one.findings}
        )
        severities = {line.finding.code: line.finding.severity for line in self.findings}
        return tuple(
            CodeLine(code, code_title(code), severities[code], count, in_files[code])
            for code, count in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        )

    def count(self, status: SubmissionStatus) -> int:
        """How many files ended so."""
        return sum(line.status is status for line in self.files)

    @property
    def errors(self) -> int:
        """How many places must be changed."""
        return sum(line.errors for line in self.files)

    @property
    def warnings(self) -> int:
        """How many places should be looked at again."""
        return sum(line.warnings for line in self.files)

    @property
    def sentence(self) -> str:
        """The whole in one sentence."""
        return (
            f"共 {len(self.files)} 份：通过 {self.count(SubmissionStatus.ACCEPTED)} 份，"
            f"需退回 {self.count(SubmissionStatus.RETURNED)} 份，"
            f"读不了 {self.count(SubmissionStatus.UNREADABLE)} 份；"
            f"必须改 {self.errors} 处，请核对 {self.warnings} 处。"
        )

    @property
    def origin(self) -> str:
        """Of what period, checked when and by which rules."""
        of = f"数据期：{self.period.label}　" if self.period is not None else ""
        day = f"{self.today.year}年{self.today.month}月{self.today.day}日"
        return f"{of}校验日期：{day}　规则版本：{self.rules_version}"


def code_title(code: str) -> str:
    """Return what a code stands for, in a few words; the code itself if it is not ours."""
    kind = CATALOGUE.get(code)
    return code if kind is None else kind.title


def _agency(submission: Submission) -> str:
    return shown(submission.agency) or NO_AGENCY


def _agency_line(name: str, lines: Sequence[FileLine]) -> AgencyLine:
    statuses = [line.status for line in lines]
    return AgencyLine(
        agency=name,
        files=len(lines),
        accepted=statuses.count(SubmissionStatus.ACCEPTED),
        returned=statuses.count(SubmissionStatus.RETURNED),
        unreadable=statuses.count(SubmissionStatus.UNREADABLE),
        errors=sum(line.errors for line in lines),
        warnings=sum(line.warnings for line in lines),
    )


def _count(findings: Sequence[Finding], severity: Severity) -> int:
    return sum(finding.severity is severity for finding in findings)


def _short_names(submissions: Sequence[Submission]) -> list[str]:
    """Name files shortly: without their folder, unless two have the same name."""
    names = [file_name(one.shown_path) for one in submissions]
    often = Counter(names)
    return [
        shown(name if often[name] == 1 else one.shown_path)
        for name, one in zip(names, submissions, strict=True)
    ]
