"""How the results of a batch of a hundred thousand files are kept in little memory."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from tempfile import SpooledTemporaryFile
from typing import TYPE_CHECKING, overload

from qiyx_xl.core.checks.batch_checks import find_together
from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.records.submission import Outline, Submission, SubmissionStatus
from qiyx_xl.intake.collect.archives import origin_of
from qiyx_xl.intake.form.packed import outlined, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.intake.collect.remote import Paths
    from qiyx_xl.intake.form.packed import Packed

_LARGEST_IN_MEMORY = 1 << 20  # bytes; above it, packed results are written to a temporary file


class BatchResults(Sequence[Submission]):
    """The results of a batch in the order of its files, kept packed and unpacked on each access.

    About two hundred bytes per file stay in memory, so a batch may have a hundred thousand files.
    """

    def __init__(self, paths: Paths) -> None:
        self._paths = paths
        self._heads = bytearray()
        self._head_ends = array("Q", bytes(8 * len(paths)))
        self._head_sizes = array("H", bytes(2 * len(paths)))
        self._starts = array("Q", bytes(8 * len(paths)))
        self._sizes = array("Q", bytes(8 * len(paths)))
        self._rest = SpooledTemporaryFile(_LARGEST_IN_MEMORY)  # noqa: SIM115 - lives as long as we do
        self._end = 0
        self._is_flagged = bytearray(len(paths))
        self._together: dict[int, tuple[Finding, ...]] = {}

    def put(self, index: int, packed: Packed) -> None:
        """Store a file's packed result."""
        head, rest, self._is_flagged[index] = packed
        self._heads += head
        self._head_ends[index] = len(self._heads)
        self._head_sizes[index] = len(head)
        self._rest.seek(self._end)
        self._starts[index], self._sizes[index] = self._end, len(rest)
        self._end += self._rest.write(rest)

    def compare(self, plan: Plan) -> None:
        """Add the findings that need all files, such as two forms of one agency."""
        for index, findings in find_together(self.outlines, plan, self.__getitem__).items():
            self._together[index] = tuple(findings)
            self._is_flagged[index] = True

    @property
    def outlines(self) -> Sequence[Outline]:
        """The outlines of all files, without unpacking them; all results must be stored."""
        return _Outlines(self)

    def outline(self, index: int) -> Outline:
        """Return the outline of a file without unpacking the rest of its result."""
        end = self._head_ends[index]
        head = self._heads[end - self._head_sizes[index] : end]
        outline = outlined(head, self._paths.text(index))
        together = self._together.get(index)
        if together is None:
            return outline
        return outline._replace(
            status=_status(outline.status, together),
            findings=outline.findings + len(together),
        )

    def flagged(self) -> Iterator[Submission]:
        """Return the files that have findings."""
        return (self[index] for index, is_flagged in enumerate(self._is_flagged) if is_flagged)

    def __len__(self) -> int:
        return len(self._paths)

    @overload
    def __getitem__(self, index: int) -> Submission: ...
    @overload
    def __getitem__(self, index: slice) -> list[Submission]: ...
    def __getitem__(self, index: int | slice) -> Submission | list[Submission]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        index = range(len(self))[index]
        outline = self.outline(index)
        self._rest.seek(self._starts[index])
        judged = unpack(outline, self._rest.read(self._sizes[index]))
        submission = judged.submission(origin_of(self._paths.text(index)))
        together = self._together.get(index)
        if together is None:
            return submission
        return replace(submission, findings=(*together, *submission.findings))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment] # like a list


def _status(status: SubmissionStatus, findings: Sequence[Finding]) -> SubmissionStatus:
    has_error = any(finding.severity is Severity.ERROR for finding in findings)
    return (
        SubmissionStatus.RETURNED if status is SubmissionStatus.ACCEPTED and has_error else status
    )


class _Outlines(Sequence[Outline]):
    """The outlines of a batch, each built on access."""

    def __init__(self, checked: BatchResults) -> None:
        self._checked = checked

    def __len__(self) -> int:
        return len(self._checked)

    @overload
    def __getitem__(self, index: int) -> Outline: ...
    @overload
    def __getitem__(self, index: slice) -> list[Outline]: ...
    def __getitem__(self, index: int | slice) -> Outline | list[Outline]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        return self._checked.outline(range(len(self))[index])
