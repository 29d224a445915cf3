"""How the rows of a listed sheet are matched with their subjects: projects, nodes, tasks.

Shared by the sheets that print a code for each of their rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeVar

from qiyx_xl.core import findings as say
from qiyx_xl.core.forms.cell import squeeze

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from enum import StrEnum

    from qiyx_xl.core.findings.model import Finding, FindingKind
    from qiyx_xl.core.forms.cell import Cell
    from qiyx_xl.core.forms.vocabulary import FormRow


@dataclass(frozen=True, slots=True)
class ListedTable:
    """One filled-in sheet with a code in each row; cells are by the column's printed header."""

    kind: str
    sheet: str
    headers: Mapping[str, Cell]
    rows: tuple[FormRow, ...]

    def header(self, column: StrEnum) -> str:
        """Return a column's header as written in the file, else as the template prints it."""
        cell = self.headers.get(column)
        return column.value if cell is None or not cell.text else cell.text.replace("\n", "")


class Subject(Protocol):
    """What a row is about."""

    @property
    def code(self) -> str:
        """Its code, as the form prints it."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def owner(self) -> str:
        """The agency that reports on it."""


_Subject = TypeVar("_Subject", bound=Subject)


@dataclass(frozen=True, slots=True)
class RowKinds:
    """A sheet's columns that matter here, and its findings about rows.

    ``filled`` are the columns of which one shows that a row without a code was filled in.
    """

    code: StrEnum
    filled: Sequence[StrEnum]
    unknown: FindingKind
    not_theirs: FindingKind
    twice: FindingKind


def match_rows(
    tables: Sequence[ListedTable],
    subjects: Mapping[str, _Subject],
    kinds: RowKinds,
    agency: str,
    findings: list[Finding],
) -> Iterator[tuple[ListedTable, FormRow, _Subject]]:
    """Yield each row with its subject, once per subject; other rows become findings.

    Args:
        tables: the sheets found, in the workbook's order.
        subjects: by their codes.
        kinds: the columns and findings of these sheets.
        agency: who filled them in.
        findings: the list to which findings are added.
    """
    seen: dict[str, str] = {}
    for table in tables:
        for row in table.rows:
            subject = _subject(table, row, subjects, kinds, agency, findings)
            if subject is None:
                continue
            cell = row.cell(kinds.code)
            place = f"{table.sheet}!{cell.address}"
            first = seen.setdefault(subject.code, place)
            if first is place:
                yield table, row, subject
                continue
            findings.append(
                kinds.twice.at(
                    table.sheet,
                    cell.address or None,
                    header=table.header(kinds.code),
                    value=subject.code,
                    code=subject.code,
                    name=subject.name,
                    other=first,
                )
            )


def _subject(
    table: ListedTable,
    row: FormRow,
    subjects: Mapping[str, _Subject],
    kinds: RowKinds,
    agency: str,
    findings: list[Finding],
) -> _Subject | None:
    cell = row.cell(kinds.code)
    code = squeeze(cell.text)[0].upper()
    subject = subjects.get(code)
    if not code:
        filled = next(row.cell(key) for key in kinds.filled if not row.cell(key).is_blank)
        findings.append(
            say.ROW_WITHOUT_CODE.at(table.sheet, filled.address, value=filled.error or filled.text)
        )
        return None
    if subject is None:
        findings.append(kinds.unknown.at(table.sheet, cell.address, value=cell.text))
        return None
    if subject.owner != agency:
        findings.append(
            kinds.not_theirs.at(
                table.sheet,
                cell.address,
                value=code,
                name=subject.name,
                owner=subject.owner,
                agency=agency,
            )
        )
        return None
    return subject
