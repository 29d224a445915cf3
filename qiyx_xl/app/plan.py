"""Use case: draft a plan file from another district's document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from qiyx_xl.app.office import AppError

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.importer import DraftPlan


def import_plan(source: Path, out: Path, *, plan_id: str) -> DraftPlan:
    """Read a document's table of indicators into a plan file, with what a person must confirm.

    Raises:
        AppError: there is a file at ``out`` already.
        PlanImportError: the document cannot be read, or has no table of indicators.
    """
    from qiyx_xl.core.plan.importer import draft_plan
    from qiyx_xl.files.placing import replacing
    from qiyx_xl.intake.office_files.plan_source import read_plan_source

    if out.exists():
        raise AppError(f"“{out}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")
    draft = draft_plan(read_plan_source(source), name=source.stem, plan_id=plan_id)
    text = json.dumps(draft.document, ensure_ascii=False, indent=2) + "\n"
    with replacing(out) as beside:
        beside.write_text(text, encoding="utf-8", newline="\n")
    return draft
