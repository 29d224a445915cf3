"""How the tasks of a period are stored when it is closed: each with its state, words and lamp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.document import task_from
from qiyx_xl.core.plan.written import task_document
from qiyx_xl.core.projects.snapshot import (
    assessment_from,
    assessment_json,
    record_from,
    record_json,
)
from qiyx_xl.core.tasks.status import TaskLine, TaskStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def tasks_document(status: TaskStatus) -> list[dict[str, Any]]:
    """Return the tasks as JSON, from which ``tasks_from_document`` builds an equal status."""
    return [
        {
            "task": task_document(line.task),
            "record": record_json(line.record),
            "silent": line.silent,
            "assessment": assessment_json(line.assessment),
        }
        for line in status.lines
    ]


def tasks_from_document(document: Sequence[Mapping[str, Any]]) -> TaskStatus:
    """Return the tasks from a document made by ``tasks_document``."""
    return TaskStatus(
        tuple(
            TaskLine(
                task_from(kept["task"]),
                record_from(kept["record"]),
                kept["silent"],
                assessment_from(kept["assessment"]),
            )
            for kept in document
        )
    )
