"""What a compound file (the container of old Office files) holds, and whether it is encrypted.

Only the names in its directory count: the same words may occur anywhere in the data.
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

# MS-OLEPS: the stream of a document's properties, and the number of its time of last saving.
_SUMMARY, _LAST_SAVED, _LARGEST_SUMMARY = "\x05summaryinformation", 0x0D, 1 << 16
_FIRST_YEAR = 1980  # before Excel existed; the format writes 1601 where there is no time
_BROKEN = say.DAMAGED.at(detail="内部目录有误")
_SMALLEST_SECTOR = 1 << 9
# Excel 97 and later write Workbook, Excel 5 and 95 Book; some programs write them in capitals.
_WORKBOOKS = ("workbook", "book")
# MS-OFFCRYPTO 2.2: streams and storages that only files under rights management have.
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

        # olefile would try to read tables of any stated length, until memory runs out.
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
        except Exception:  # olefile raises many kinds of errors for a broken directory
            logger.debug("a broken compound file", exc_info=True)
            raise Refused(_BROKEN) from None

    @property
    def is_package(self) -> bool:
        """Whether it contains an encrypted .xlsx."""
        return self._has("encryptedpackage")

    @property
    def is_under_rights(self) -> bool:
        """Whether it is protected by rights management (IRM)."""
        is_named = any(name in _RIGHTS for path, _ in self._paths for name in path)
        # Today's sensitivity labels encrypt the package without those older names.
        return is_named or (self.is_package and not self._has("encryptioninfo"))

    @property
    def has_macros(self) -> bool:
        """Whether it contains macros."""
        return self._has("_vba_project_cur")

    @property
    def has_objects(self) -> bool:
        """Whether other files are embedded in it."""
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
        """Return the time of last saving from the document's properties, in UTC; None without."""
        found = [given for path, given in self._paths if path == (_SUMMARY,)]
        if not found:
            return None
        try:
            if self._file.get_size(found[0]) > _LARGEST_SUMMARY:
                return None
            saved = self._file.getproperties(found[0], convert_time=True).get(_LAST_SAVED)
        except MemoryError:
            raise
        except Exception:  # olefile raises many kinds of errors; then the time is unknown
            logger.debug("a broken summary", exc_info=True)
            return None
        is_known = isinstance(saved, datetime) and saved.year >= _FIRST_YEAR
        return saved.replace(tzinfo=UTC) if is_known else None

    def document(self) -> Finding:
        """Return a finding that names the kind of document, for a file without a workbook."""
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
        except Exception:  # olefile raises many kinds of errors for broken sector chains
            logger.debug("a broken stream", exc_info=True)
            raise Refused(say.DAMAGED.at(detail="工作簿的内容不全")) from None
        if len(data) < self._file.get_size(path):
            raise Refused(say.DAMAGED.at(detail="工作簿的内容不全"))
        return data
