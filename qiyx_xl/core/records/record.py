"""What is a record? One reported value, with the cell it was read from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.values import Absence

if TYPE_CHECKING:
    from decimal import Decimal

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual
    from qiyx_xl.core.records.source import Source


@dataclass(frozen=True, slots=True)
class Record:
    """One reported value.

    ``actual`` is in the item's own measure. ``second`` is the second number the item asks for
    (``SecondInput``). ``as_written`` is the cell's text before parsing, ``evidence`` what was
    attached, in words.
    """

    code: str
    period: Period
    agency: str
    actual: Actual
    second: Decimal | None = None
    remark: str = ""
    as_written: str = ""
    source: Source | None = None
    evidence: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """The key of the figure: records with the same key are versions of one figure."""
        return (str(self.period), self.code, self.agency)

    @property
    def is_reported(self) -> bool:
        """Whether anything was filled in."""
        return self.actual is not Absence.NOT_REPORTED
