"""What a zip in memory contains, read faster than by zipfile where its layout is simple.

Nearly every workbook is a simple zip: the parts, their directory, the end record, and nothing in
between or after. Such a directory is read here, in a third of zipfile's time. zipfile reads all
other zips, and any part that does not match its directory entry.
"""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from typing import NamedTuple, cast

try:
    from zlib_ng import zlib_ng as inflater  # saves a tenth of the time of checking a file
except ImportError:  # it is not available for this processor
    import zlib as inflater  # type: ignore[no-redef]

_BROKEN = cast("type[Exception]", inflater.error)
_LOCAL, _LOCAL_BEGINS = struct.Struct("<4s22xHH"), b"PK\x03\x04"
_ENTRY, _ENTRY_BEGINS = struct.Struct("<4s2xBxHH4xLLLHHH8xL"), b"PK\x01\x02"
_END, _END_BEGINS = struct.Struct("<10xHLL2x"), b"PK\x05\x06"
_LOCATOR_SIZE, _LOCATOR_BEGINS = 20, b"PK\x06\x07"  # of zip64, just before the end record
_NEWEST = 45  # the version that zip64 requires; only older ones are read here
_LARGEST = 0xFFFFFFFF  # means that the number is in a zip64 field
_ENCRYPTED = 0x1
_HARMLESS = 0x2 | 0x4 | 0x8 | 0x800  # compression level, sizes after the data, name in UTF-8


class ZipPart(NamedTuple):
    """The directory entry of a part; ``raw_name`` is the name's bytes in the directory."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    checksum: int
    packed_size: int
    size: int
    at: int

    @property
    def is_encrypted(self) -> bool:
        """Whether a password is needed."""
        return bool(self.flags & _ENCRYPTED)


class Zip:
    """A zip in memory.

    Raises:
        zipfile.BadZipFile: it is not a zip, or is damaged; OSError, ValueError, EOFError,
            NotImplementedError and struct.error mean the same.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._zipfile: zipfile.ZipFile | None = None
        self.parts = _plain_directory(data) or [_part(info) for info in self._fallback().infolist()]

    def read(self, number: int) -> bytes:
        """Return a part, decompressed to its declared size at most.

        Size and checksum are verified, so a wrong declared size is found here and not in a reader.

        Raises:
            zipfile.BadZipFile: it is damaged; other errors mean the same.
        """
        data = self._data
        _, raw_name, flags, method, checksum, packed_size, size, at = self.parts[number]
        name_at = at + _LOCAL.size
        is_usual = method == zipfile.ZIP_DEFLATED and not flags & ~_HARMLESS
        if is_usual and name_at <= len(data):
            begins, name_length, extra_length = _LOCAL.unpack_from(data, at)
            content = name_at + name_length + extra_length
            if begins == _LOCAL_BEGINS and data[name_at : name_at + name_length] == raw_name:
                inflating = inflater.decompressobj(-inflater.MAX_WBITS)
                try:
                    read: bytes = inflating.decompress(
                        data[content : content + packed_size], size + 1
                    )
                except _BROKEN:
                    read = b""
                if inflating.eof and len(read) == size and inflater.crc32(read) == checksum:
                    return read
        fallback = self._fallback()
        return fallback.read(fallback.infolist()[number])

    def _fallback(self) -> zipfile.ZipFile:
        if self._zipfile is None:
            self._zipfile = zipfile.ZipFile(BytesIO(self._data))
        return self._zipfile


def _part(info: zipfile.ZipInfo) -> ZipPart:
    return ZipPart(
        info.filename,
        info.orig_filename.encode(),
        info.flag_bits,
        info.compress_type,
        info.CRC,
        info.compress_size,
        info.file_size,
        info.header_offset,
    )


def _plain_directory(data: bytes) -> list[ZipPart]:
    """Return the directory's entries if its layout is simple; else an empty list.

    Simple means: the directory is followed only by its end record, which ends the file; no zip64;
    names in ASCII.
    """
    end = len(data) - _END.size
    if end < _LOCATOR_SIZE or not data.startswith(_END_BEGINS, end):
        return []
    count, length, at = _END.unpack_from(data, end)
    if at + length != end or data.startswith(_LOCATOR_BEGINS, end - _LOCATOR_SIZE):
        return []
    parts: list[ZipPart] = []
    for _ in range(count):
        if at + _ENTRY.size > end:
            return []
        (begins, version, flags, method, checksum, packed_size, size, name_length, extra, comment,
         offset) = _ENTRY.unpack_from(data, at)  # fmt: skip
        at += _ENTRY.size
        raw_name = data[at : at + name_length]
        at += name_length + extra + comment
        is_plain = (
            begins == _ENTRY_BEGINS
            and version < _NEWEST
            and _LARGEST not in (packed_size, size, offset)
            and raw_name.isascii()
            and b"\x00" not in raw_name
        )
        if not is_plain:
            return []
        name = raw_name.decode()
        parts.append(ZipPart(name, raw_name, flags, method, checksum, packed_size, size, offset))
    return parts if at == end else []
