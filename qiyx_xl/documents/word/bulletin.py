"""How the 通报 is written in Word: from the office's own template, or the shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.data import resource
from qiyx_xl.documents.word.docx import Template
from qiyx_xl.documents.word.typeset import fill_template
from qiyx_xl.papers.bulletin.bulletin import PASSAGES, REQUIRED, WORDS, bulletin

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.papers.edition import Edition


def shipped_template() -> Path:
    """Return the path of the shipped template, from which an office can make its own."""
    return resource("templates/bulletin.docx")


def write_bulletin(path: Path, edition: Edition) -> None:
    """Write a period's bulletin from ``edition.template``, or from the shipped template.

    Raises:
        EditionError: the counts do not add up.
        TemplateError: the template cannot be used.
    """
    content = bulletin(edition)
    page = Template(
        shipped_template() if edition.template is None else edition.template,
        words=WORDS,
        passages=PASSAGES,
        required=REQUIRED,
    )
    fill_template(page, content.words, content.passages, path, content.words["标题"], edition.today)
