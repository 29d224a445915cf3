"""Every finding code, once: severity, title, wording.

F: the file as a whole. T: template, agency, period. V: a value. P: a plan file. C: consolidation.
"""

from __future__ import annotations

from qiyx_xl.core.findings import FindingKind, Severity

CATALOGUE: dict[str, FindingKind] = {}


def _error(code: str, title: str, wording: str) -> FindingKind:
    return _add(FindingKind(code, Severity.ERROR, title, wording))


def _warning(code: str, title: str, wording: str) -> FindingKind:
    return _add(FindingKind(code, Severity.WARNING, title, wording))


def _add(kind: FindingKind) -> FindingKind:
    if kind.code in CATALOGUE:
        raise ValueError(f"duplicate finding code {kind.code}")
    CATALOGUE[kind.code] = kind
    return kind


UNIT_IN_NUMBER = _error(
    "V104",
    "数值里带单位",
    "“{header}”应只填数字，现在填的是“{value}”。请改为 {suggestion}，不要带单位。",
)
