"""How both project lists are stored when a period is closed.

As with the indicators' figures (core/history/snapshot.py), every line stores its whole rating, so
that a paper of a closed period repeats what it said at closing, even if lists, rules or the program
have changed since.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.project_list import ProjectList, projects_document, projects_from_document
from qiyx_xl.core.primitives.codec import (
    date_of,
    date_text,
    decode_value,
    encode_value,
    number_of,
    number_text,
)
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.projects.rating import Assessment
from qiyx_xl.core.projects.status import LivelihoodLine, NodeLine, ProjectLine, ProjectStatus
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.project_record import ProjectRecord
from qiyx_xl.core.records.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.core.plan.project_list import LivelihoodProject, MajorProject, ProjectNode

_FROZEN = "封账"
_NUMBERS = ("completion_rate", "schedule_gap_pp")


def status_document(status: ProjectStatus) -> dict[str, Any]:
    """Return both lists as JSON, from which ``status_from_document`` builds an equal status."""
    listed = ProjectList(
        _FROZEN,
        tuple(line.project for line in status.projects),
        tuple(line.project for line in status.livelihood),
    )
    return {
        "listed": projects_document(listed),
        "major": [_major_json(line) for line in status.projects],
        "livelihood": [_livelihood_json(line) for line in status.livelihood],
    }


def status_from_document(document: Mapping[str, Any]) -> ProjectStatus:
    """Return the lists from a document made by ``status_document``."""
    listed = projects_from_document(document["listed"])
    return ProjectStatus(
        tuple(map(_major, listed.projects, document["major"])),
        tuple(map(_livelihood, listed.livelihood, document["livelihood"])),
    )


# --- lines -----------------------------------------------------------------------------------


def _major_json(line: ProjectLine) -> dict[str, Any]:
    return {
        "record": record_json(line.record),
        "planned": number_text(line.planned),
        "investment": assessment_json(line.investment),
        "nodes": [_node_json(node) for node in line.nodes],
        "assessment": assessment_json(line.assessment),
    }


def _major(project: MajorProject, kept: Mapping[str, Any]) -> ProjectLine:
    def node(node: ProjectNode, kept: Mapping[str, Any]) -> NodeLine:
        return NodeLine(
            node,
            project.node_code(node),
            date_of(kept["completed"]),
            assessment_from(kept["assessment"]),
            record_from(kept["record"]),
        )

    return ProjectLine(
        project,
        record_from(kept["record"]),
        number_of(kept["planned"]),
        assessment_from(kept["investment"]),
        tuple(map(node, project.nodes, kept["nodes"])),
        assessment_from(kept["assessment"]),
    )


def _node_json(line: NodeLine) -> dict[str, Any]:
    return {
        "completed": date_text(line.completed),
        "assessment": assessment_json(line.assessment),
        "record": record_json(line.record),
    }


def _livelihood_json(line: LivelihoodLine) -> dict[str, Any]:
    return {
        "record": record_json(line.record),
        "assessment": assessment_json(line.assessment),
    }


def _livelihood(project: LivelihoodProject, kept: Mapping[str, Any]) -> LivelihoodLine:
    return LivelihoodLine(project, record_from(kept["record"]), assessment_from(kept["assessment"]))


# --- what they are made of -------------------------------------------------------------------


def record_json(record: ProjectRecord | None) -> dict[str, Any] | None:
    """Return a record of a project or task as JSON; None stays None."""
    if record is None:
        return None
    kind, text = encode_value(record.value)
    return {
        "code": record.code,
        "period": str(record.period),
        "agency": record.agency,
        "kind": kind,
        "value": text,
        "remark": record.remark,
        "as_written": record.as_written,
        "source": _source_json(record.source),
        **({"evidence": record.evidence} if record.evidence else {}),
    }


def record_from(kept: Mapping[str, Any] | None) -> ProjectRecord | None:
    """Return the record that ``record_json`` turned into this."""
    if kept is None:
        return None
    return ProjectRecord(
        kept["code"],
        Period.parse(kept["period"]),
        kept["agency"],
        decode_value(kept["kind"], kept["value"]),
        kept["remark"],
        kept["as_written"],
        _source(kept["source"]),
        kept.get("evidence", ""),
    )


def _source_json(source: Source | None) -> dict[str, Any] | None:
    if source is None:
        return None
    return {
        "file": source.file,
        "sha256": source.sha256,
        "sheet": source.sheet,
        "cell": source.cell,
        "saved_at": None if source.saved_at is None else source.saved_at.isoformat(),
    }


def _source(kept: Mapping[str, Any] | None) -> Source | None:
    if kept is None:
        return None
    saved_at = kept["saved_at"]
    moment = None if saved_at is None else datetime.fromisoformat(saved_at)
    return Source(kept["file"], kept["sha256"], kept["sheet"], kept["cell"], moment)


def assessment_json(assessment: Assessment) -> dict[str, Any]:
    """Return a lamp with its reason as JSON."""
    return {
        "light": assessment.light.value,
        "state": str(assessment.state),
        "reason": assessment.reason,
        "display": assessment.display,
        "delay_days": assessment.delay_days,
        "flags": list(assessment.flags),
        **{name: number_text(getattr(assessment, name)) for name in _NUMBERS},
    }


def assessment_from(kept: Mapping[str, Any]) -> Assessment:
    """Return the lamp that ``assessment_json`` turned into this."""
    rest = dict(kept)
    numbers: dict[str, Any] = {name: number_of(rest.pop(name)) for name in _NUMBERS}
    return Assessment(
        light=Light(rest.pop("light")), flags=tuple(rest.pop("flags")), **numbers, **rest
    )
