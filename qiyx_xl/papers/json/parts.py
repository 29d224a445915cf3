"""The parts that several of the ``--format json`` documents share (see schemas/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.values import plain, spell

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.core.records.record import Record
    from qiyx_xl.core.records.source import Source


def finding_json(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON: code, place, message, suggested value."""
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "sheet": finding.sheet,
        "cell": finding.cell,
        "header": finding.header,
        "value": finding.value,
        "message": finding.message,
        "suggestion": finding.suggestion,
    }


def source_json(source: Source | None) -> dict[str, Any] | None:
    """Return file, sheet and cell of a record's source; None if it has no source."""
    if source is None:
        return None
    return {
        "file": source.file,
        "sha256": source.sha256,
        "sheet": source.sheet,
        "cell": source.cell,
    }


def value_json(record: Record) -> dict[str, Any]:
    """Return the reported numbers as texts, in the record's own measure."""
    return {
        "actual": spell(record.actual) if record.is_reported else None,
        "second": None if record.second is None else plain(record.second),
    }


def side_json(record: Record) -> dict[str, Any]:
    """Return a record as JSON: agency, value and source."""
    return {
        "agency": record.agency,
        **value_json(record),
        "source": source_json(record.source),
    }
