"""How reading a file ends early: one finding, carried by an exception inside this package."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding


class Refused(Exception):  # noqa: N818 - not a failure of ours: the file is not to be read
    """The file cannot be read, or not safely; ``finding`` says why and what to do."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding
