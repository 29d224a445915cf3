"""Use cases: a plan as a file: written, or drafted from other people's documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qiyx_xl.app.errors import AppError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qiyx_xl.core.plan.importing.drafted import DraftPlan
    from qiyx_xl.core.plan.model import Plan


def export_plan(plan: Plan, out: Path) -> None:
    """Write a plan as a workbook to edit (.xlsx) or as a plan file (.json).

    Raises:
        AppError: there is a file at ``out`` already, or its name says neither.
        OSError: the file cannot be written.
    """
    from qiyx_xl.core.plan.written import document_of

    _write_document(document_of(plan), out)


def import_plan(sources: Sequence[Path], out: Path, *, plan_id: str) -> DraftPlan:
    """Draft one plan from one or more documents, with questions for a person.

    Raises:
        AppError: there is a file at ``out`` already, or its name is of no kind of plan file.
        PlanImportError: a document cannot be read, or none has a table of indicators.
        OSError: the file cannot be written.
    """
    from qiyx_xl.core.plan.importing.draft import draft_plan
    from qiyx_xl.intake.documents.apart import read_apart

    _check_out(out)
    draft = draft_plan([read_apart(source) for source in sources], plan_id=plan_id)
    _write_document(draft.document, out, draft)
    return draft


def _check_out(out: Path) -> None:
    from qiyx_xl.app.ledger import check_free

    if out.suffix.lower() not in (".xlsx", ".json"):
        raise AppError(
            f"不知道把方案写成哪一种文件：“{out.name}”。请写成 .xlsx（在表格里改）或 .json。"
        )
    check_free(out)


def _write_document(document: Mapping[str, Any], out: Path, draft: DraftPlan | None = None) -> None:
    from qiyx_xl.core.plan.written import readable_text
    from qiyx_xl.files.placing import replacing

    _check_out(out)
    with replacing(out) as beside:
        if out.suffix.lower() == ".json":
            beside.write_text(readable_text(document), encoding="utf-8", newline="\n")
        else:
            from qiyx_xl.documents.workbooks.plan import write_plan_document

            write_plan_document(beside, document, draft)
