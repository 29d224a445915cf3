"""Word documents from outside, opened by python-docx only once their parts are known to be safe."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from qiyx_xl.files.xml import Damaged, parse

if TYPE_CHECKING:
    from io import BytesIO

LARGEST_DOCUMENT = 64 << 20
"""Bytes of all parts together, unpacked; python-docx keeps every part in memory."""


class TooLargeError(Exception):
    """The parts are larger than those of any document that we ask for."""


def open_document(path: Path | BytesIO) -> Any:
    """Return a document of python-docx.

    What a damaged one ends in later, while it is read, is in ``files.broken.BROKEN``.

    Raises:
        TooLargeError: its parts are too large to be unpacked.
        Damaged: it is no Word document, or a part declares a document type.
        OSError, zipfile.BadZipFile: it cannot be read; other errors of ``BROKEN`` are to be
            understood so.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    with ZipFile(path) as package:
        if sum(part.file_size for part in package.infolist()) > LARGEST_DOCUMENT:
            raise TooLargeError
        for name in package.namelist():
            if name.lower().endswith((".xml", ".rels")):
                parse(package.read(name))
    try:
        return docx.Document(str(path) if isinstance(path, Path) else path)
    except PackageNotFoundError as error:
        raise Damaged(str(error)) from error
