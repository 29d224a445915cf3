"""Use case: who still owes what, and what to tell them (催报)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.app.office import AppError
from qiyx_xl.app.publishing import edition
from qiyx_xl.core.consolidation.current import Standing
from qiyx_xl.papers.gather import gather

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from qiyx_xl.app.office import Office
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.papers.edition import Edition


def reminders(office: Office, period: Period, today: date) -> Edition:
    """Gather what is late for a period: ``edition.reminders``, with whom to call.

    Before the first consolidation, when there is a ledger and nothing in it, everything is owed.

    Raises:
        StoreError: there is neither store nor ledger, or the store cannot be read.
    """
    if office.ledger.exists() and not office.has_store():
        return gather(office.plan, office.rules, period, today, Standing(), contacts={})
    return edition(office, period, today)


def write_reminders(found: Edition, out: Path) -> Path:
    """Write the 催报清单: .xlsx for the list with the messages, .txt for the messages alone.

    Raises:
        AppError: the suffix is neither.
        OSError: the file cannot be written, say because it is open in Excel.
    """
    from qiyx_xl.documents.workbooks import reminders as papers
    from qiyx_xl.files.placing import replacing

    writers = {".xlsx": papers.write_reminders, ".txt": papers.write_reminder_text}
    write = writers.get(out.suffix.lower())
    if write is None:
        raise AppError(f"催报清单只能写成 .xlsx 或 .txt，现在是“{out.name}”。请换一个后缀。")
    with replacing(out) as beside:
        write(beside, found)
    return out
