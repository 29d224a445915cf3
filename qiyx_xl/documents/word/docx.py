"""Word files: opened with a sentence if that cannot be done, saved to the same bytes each time."""

from __future__ import annotations

import zipfile
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

_FIXED = (1980, 1, 1, 0, 0, 0)  # the earliest moment a .zip can hold


def document_bytes(document: Any, title: str, day: date) -> bytes:
    """Return a document's bytes: the same document gives the same ones.

    Args:
        document: of python-docx.
        title: goes into the file's properties.
        day: the day printed on the paper, taken for the time of making.
    """
    properties = document.core_properties
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
    properties.title = title
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = properties.last_printed = moment
    properties.revision = 1
    raw = BytesIO()
    document.save(raw)
    return _rewrapped(raw.getvalue())


def save_document(document: Any, path: Path, title: str, day: date) -> None:
    """Write a document; see ``document_bytes``."""
    path.write_bytes(document_bytes(document, title, day))


def _rewrapped(raw: bytes) -> bytes:
    """Pack the same parts again without the moment of packing."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(raw)) as source,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename, _FIXED)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            target.writestr(info, source.read(entry))
    return out.getvalue()
