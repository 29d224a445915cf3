"""Findings spelled out for snapshots."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qiyx_xl.core.findings.model import Finding


def told(findings: Iterable[Finding]) -> list[str]:
    """Return each finding as a line with all it says."""
    return [
        " ¦ ".join(
            (
                finding.code,
                str(finding.severity),
                finding.sheet or "",
                finding.cell or "",
                finding.header or "",
                finding.value or "",
                finding.message,
                finding.suggestion or "",
            )
        )
        for finding in findings
    ]
