"""Compound files, which old Office programs save in: what lies in them, and whether it is locked.

Only the directory tells. The same words may stand anywhere inside the data.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING

from qiyx_xl.core import findings as say
from qiyx_xl.intake.errors import Refused

if TYPE_CHECKING:
    from qiyx_xl.core.findings.model import Finding

logger = logging.getLogger(__name__)

# MS-OLEPS: what programs say of a document beside it, and which of it is the time of saving.
_SUMMARY, _LAST_SAVED, _LARGEST_SUMMARY = "\x05summaryinformation", 0x0D, 1 << 16
_FIRST_YEAR = 1980  # of Excel; a time before it, such as the format's own 1601, says nothing
_BROKEN = say.DAMAGED.at(detail="内部目录有误")
_SMALLEST_SECTOR = 1 << 9
# Excel 97 and later write Workbook, Excel 5 and 95 Book; some programs in capitals.
_WORKBOOKS = ("workbook", "book")
# MS-OFFCRYPTO 2.2: names that only files under rights management have, as streams and storages.
_RIGHTS = frozenset(
    {
        "drmencryptedtransform", "drmencrypteddataspace", "\tdrmcontent", "\tdrmviewercontent",
        "\tdrmtransform", "\tdrmdataspace",
    }
)  # fmt: skip
_DOCUMENTS = {
    "worddocument": "Word 文档（.doc）",
    "powerpoint document": "PowerPoint 演示文稿（.ppt）",
    "visiodocument": "Visio 图（.vsd）",
    "__properties_version1.0": "Outlook 邮件（.msg）",
    "hwpsummaryinformation": "韩文（HWP）文档",
    "quill": "Publisher 文件（.pub）",
    "wpsfile": "WPS 文档",
}


class Compound:
    """A compound file: its entries by their path, in lower case."""

    def __init__(self, data: bytes) -> None:
        """Read the directory.

        Raises:
            Refused: it cannot be read.
        """
        import olefile

        # Tables longer than the file would be read until memory ends.
        sectors = len(data) // _SMALLEST_SECTOR
        counted = [int.from_bytes(data[at : at + 4], "little") for at in (44, 64, 72)]
        if max(counted) > sectors:
            raise Refused(_BROKEN)
        try:
            self._file = olefile.OleFileIO(BytesIO(data))
            self._paths = [
                (tuple(name.lower() for name in path), path)
                for path in self._file.listdir(streams=True, storages=True)
            ]
        except MemoryError:
            raise
        except Exception:  # whatever a broken directory makes the reader raise
            logger.debug("a broken compound file", exc_info=True)
            raise Refused(_BROKEN) from None

    @property
    def is_package(self) -> bool:
        """Whether a whole .xlsx lies encrypted in it."""
        return self._has("encryptedpackage")

    @property
    def is_under_rights(self) -> bool:
        """Whether rights management decides who may open it."""
        is_named = any(name in _RIGHTS for path, _ in self._paths for name in path)
        # Labels of today encrypt the package without the names of the old way.
        return is_named or (self.is_package and not self._has("encryptioninfo"))

    @property
    def has_macros(self) -> bool:
        """Whether it carries macros."""
        return self._has("_vba_project_cur")

    @property
    def has_objects(self) -> bool:
        """Whether it carries other files."""
        return any(len(path) == 1 and path[0].startswith("mbd") for path, _ in self._paths)

    def workbook(self) -> bytes | None:
        """Return the stream that is the workbook; None if there is none.

        Raises:
            Refused: it cannot be read, or there are two of them.
        """
        for name in _WORKBOOKS:
            found = [given for path, given in self._paths if path == (name,)]
            if len(found) > 1:
                raise Refused(say.DAMAGED.at(detail="里面有两个工作簿"))
            if found:
                return self._stream(found[0])
        return None

    def saved_at(self) -> datetime | None:
        """Return when the document says it was last saved, in UTC; None if it does not say."""
        found = [given for path, given in self._paths if path == (_SUMMARY,)]
        if not found:
            return None
        try:
            if self._file.get_size(found[0]) > _LARGEST_SUMMARY:
                return None
            said = self._file.getproperties(found[0], convert_time=True).get(_LAST_SAVED)
        except MemoryError:
            raise
        except Exception:  # whatever a broken summary makes the reader raise: it says nothing then
            logger.debug("a broken summary", exc_info=True)
            return None
        is_said = isinstance(said, datetime) and said.year >= _FIRST_YEAR
        return said.replace(tzinfo=UTC) if is_said else None

    def document(self) -> Finding:
        """Return what a file is that holds no workbook."""
        for path, _ in self._paths:
            kind = _DOCUMENTS.get(path[0].lstrip("\x01\x02\x03\x04\x05\x06"))
            if kind is not None:
                return say.OTHER_DOCUMENT.at(what=kind)
        return say.OLD_DOCUMENT.at()

    def _has(self, name: str) -> bool:
        return any(path == (name,) for path, _ in self._paths)

    def _stream(self, path: list[str]) -> bytes:
        try:
            data: bytes = self._file.openstream(path).read()
        except MemoryError:
            raise
        except Exception:  # whatever broken chains make the reader raise
            logger.debug("a broken stream", exc_info=True)
            raise Refused(say.DAMAGED.at(detail="工作簿的内容不全")) from None
        if len(data) < self._file.get_size(path):
            raise Refused(say.DAMAGED.at(detail="工作簿的内容不全"))
        return data
