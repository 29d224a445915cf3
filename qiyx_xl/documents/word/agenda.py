"""How the 例会材料 are written in Word: from the office's own template, or the shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.data import resource
from qiyx_xl.documents.word.docx import Template
from qiyx_xl.documents.word.typeset import fill_template
from qiyx_xl.papers.bulletin.agenda import PASSAGES, REQUIRED, WORDS, agenda_text

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.papers.bulletin.agenda import Agenda


def write_agenda(path: Path, agenda: Agenda, template: Path | None = None) -> None:
    """Write a meeting's papers.

    Args:
        path: where to write.
        agenda: the data of the meeting.
        template: the office's own template; the shipped one by default.

    Raises:
        TemplateError: the template cannot be used.
    """
    content = agenda_text(agenda)
    page = Template(
        resource("templates/agenda.docx") if template is None else template,
        words=WORDS,
        passages=PASSAGES,
        required=REQUIRED,
    )
    day = agenda.edition.today
    fill_template(page, content.words, content.passages, path, f"例会材料 {day}", day)
