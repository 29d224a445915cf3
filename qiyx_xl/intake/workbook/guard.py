"""Whether a file is safe to open: its first bytes, the limits of a zip, and unwanted contents.

The sizes stated in the file are not trusted: every XML part is decompressed with a limit, and its
checksum is verified, before any reader gets the bytes.
"""

from __future__ import annotations

import os
import re
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from qiyx_xl.core import findings as say
from qiyx_xl.core.primitives.memo import bounded_cache
from qiyx_xl.intake.cells.byte_search import holds
from qiyx_xl.intake.errors import Refused
from qiyx_xl.intake.workbook.lookalikes import other_package, what_else
from qiyx_xl.intake.xlsx.fast_zip import Zip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.core.findings.model import Finding
    from qiyx_xl.intake.xlsx.fast_zip import ZipPart

OLD_WORKBOOK = "Workbook"
MEGABYTE = 1 << 20
LARGEST_FILE = 50 * MEGABYTE
LARGEST_CONTENT = 200 * MEGABYTE  # all XML parts together, decompressed
MOST_PARTS = 5000
SMALL_FILE, SMALL_CONTENT = 4 * MEGABYTE, 16 * MEGABYTE

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNINGS_IN_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_DRIVE = re.compile(r"[A-Za-z]:")
_SHORT_DIRECTORY = 4096  # characters of all names; results for longer directories are not cached
# Large parts that this program never reads; all others are decompressed and verified.
_NEVER_READ = (
    "theme/theme1.xml",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".bmp",
    ".emf",
    ".wmf",
    ".tif",
    ".tiff",
    ".bin",
    ".ole",
)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A file that is safe to read.

    ``parts`` are the decompressed XML parts by name, in lower case; for an .xls, the workbook's
    stream. ``findings`` are warnings. ``saved_at`` is the time of last saving that an .xls states;
    an .xlsx states it in one of its parts.
    """

    data: bytes
    kind: Literal["xlsx", "xls"]
    parts: Mapping[str, bytes]
    findings: tuple[Finding, ...]
    saved_at: datetime | None = None


class NotSmall(Exception):  # noqa: N818 - nothing is wrong: it is to be read elsewhere
    """The file is too large to be read in this process with little time and memory."""


def read_bytes(path: Path, *, only_small: bool = False) -> bytes:
    """Return the file's bytes.

    Raises:
        Refused: it cannot be opened, is empty or too big.
        NotSmall: ``only_small`` is set, and the file is larger than ``SMALL_FILE``.
    """
    try:
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if only_small and size > SMALL_FILE:
                raise NotSmall
            if size > LARGEST_FILE:
                raise Refused(say.TOO_BIG.at(size=size // MEGABYTE, limit=LARGEST_FILE // MEGABYTE))
            data = file.read()
    except PermissionError:
        raise Refused(say.CANNOT_OPEN.at(detail="没有权限，或正在被占用")) from None
    except FileNotFoundError:
        raise Refused(say.CANNOT_OPEN.at(detail="文件不在了")) from None
    except OSError as error:
        raise Refused(say.CANNOT_OPEN.at(detail=error.strerror or "读取出错")) from None
    if not data:
        raise Refused(say.EMPTY_FILE.at())
    return data


def digest(data: bytes) -> str:
    """Return the bytes' sha256, in hex."""
    return sha256(data).hexdigest()


def digest_file(path: Path) -> str:
    """Return a file's sha256, in hex; "" if it cannot be read."""
    try:
        return digest(path.read_bytes())
    except OSError:
        return ""


def guard(data: bytes, suffix: str, *, only_small: bool = False) -> Guarded:
    """Check that the bytes are a workbook that is safe to read, and return its parts.

    Raises:
        Refused: they are not.
        NotSmall: ``only_small`` is set, and it is not an .xlsx that declares a small size.
    """
    if data.startswith(_ZIP):
        return _guard_zip(data, only_small=only_small)
    if data.startswith(_OLE):
        if only_small:
            raise NotSmall
        return _guard_ole(data)
    raise Refused(what_else(data, suffix))


def looks_like_a_workbook(path: Path) -> bool:
    """Whether a file begins with the magic bytes of a zip or a compound file."""
    try:
        with path.open("rb") as file:
            return file.read(len(_OLE)).startswith((_ZIP, _OLE))
    except OSError:
        return False


def _guard_ole(data: bytes) -> Guarded:
    # Imported here, because few files need them.
    from qiyx_xl.intake.xls.biff import read_globals
    from qiyx_xl.intake.xls.compound import Compound
    from qiyx_xl.intake.xls.passwords import (
        is_obfuscated_with_default_password,
        opens_with_default_password,
    )

    compound = Compound(data)
    if compound.is_under_rights:
        raise Refused(say.RIGHTS_MANAGED.at())
    if compound.is_package:
        raise Refused(_locked(is_open_to_excel=opens_with_default_password(data)))
    workbook = compound.workbook()
    if workbook is None:
        raise Refused(compound.document())
    workbook_globals = read_globals(workbook)
    if workbook_globals.file_pass is not None:
        is_open = opens_with_default_password(data) or is_obfuscated_with_default_password(
            workbook_globals.file_pass
        )
        raise Refused(_locked(is_open_to_excel=is_open))
    findings = [say.OLD_FORMAT.at()]
    if compound.has_macros or workbook_globals.has_macro_sheets:
        findings.append(say.MACROS.at())
    if workbook_globals.has_dde:
        findings.append(say.DDE.at())
    elif workbook_globals.has_links:
        findings.append(say.EXTERNAL_LINKS.at())
    if compound.has_objects:
        findings.append(say.EMBEDDED.at())
    parts = {OLD_WORKBOOK: workbook}
    return Guarded(data, "xls", parts, tuple(findings), compound.saved_at())


def _locked(*, is_open_to_excel: bool) -> Finding:
    return say.PROTECTED_UNASKED.at() if is_open_to_excel else say.ENCRYPTED.at()


def _guard_zip(data: bytes, *, only_small: bool) -> Guarded:
    try:
        archive = Zip(data)
        directory = _check_directory(archive.parts, only_small=only_small)
        parts = dict(_xml_parts(archive, directory.read_as))
    except (Refused, NotSmall):
        raise
    except (
        zipfile.BadZipFile,
        EOFError,
        OSError,
        ValueError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise Refused(say.DAMAGED.at(detail=_damage(error))) from None
    except Exception as error:
        # zlib.error and struct.error are direct subclasses of Exception.
        if type(error).__module__ in {"zlib", "struct"}:
            raise Refused(say.DAMAGED.at(detail="压缩数据有误")) from None
        raise
    other = other_package([part.name for part in archive.parts], parts)
    if other is not None:
        raise Refused(other)
    if not directory.is_workbook:
        raise Refused(say.NOT_A_WORKBOOK.at())
    return Guarded(data, "xlsx", parts, tuple(_content_warnings(directory, parts)))


def _damage(error: Exception) -> str:
    text = str(error)
    if "CRC" in text:
        return "校验和不符"
    return "压缩包不完整" if "zip" in text.lower() or not text else "压缩数据有误"


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the names of a workbook's parts show about it.

    ``read_as`` has each part's name in lower case, or None for a part that is never read;
    ``links`` are the parts that refer to other workbooks.
    """

    read_as: tuple[str | None, ...]
    is_workbook: bool
    has_macros: bool
    has_objects: bool
    links: tuple[str, ...]


def _check_directory(parts: list[ZipPart], *, only_small: bool) -> _Parts:
    declared = sum([part.size for part in parts])
    if only_small and declared > SMALL_CONTENT:
        raise NotSmall
    if len(parts) > MOST_PARTS:
        raise Refused(say.ZIP_BOMB.at(detail=f"内有 {len(parts)} 个部件"))
    if any(part.is_encrypted for part in parts):
        # Excel encrypts the package as a whole, never single parts in it.
        raise Refused(say.OTHER_ARCHIVE.at(what="设了密码的压缩包"))
    if declared > 4 * LARGEST_CONTENT:
        raise Refused(say.ZIP_BOMB.at(detail=f"超过 {declared // MEGABYTE} MB"))
    return _parts_of(*[part.name for part in parts])


@bounded_cache(64, _SHORT_DIRECTORY)  # workbooks of one program have the same parts
def _parts_of(*names: str) -> _Parts:
    """Return what the names of a workbook's parts show about it.

    Raises:
        Refused: a name is unsafe, or occurs twice.
    """
    seen: set[str] = set()
    read_as: list[str | None] = []
    for given in names:
        name = given.replace("\\", "/").lower()  # names in a package are case-insensitive
        if name.startswith("/") or ".." in name.split("/") or _DRIVE.match(name):
            raise Refused(say.UNSAFE_PART_NAME.at(detail=given))
        if name in seen:
            raise Refused(say.DUPLICATE_PART.at(detail=given))
        seen.add(name)
        read_as.append(None if name.endswith(_NEVER_READ) else name)
    read = [name for name in read_as if name is not None]
    return _Parts(
        read_as=tuple(read_as),
        is_workbook="[content_types].xml" in read,
        has_macros=any(name.endswith("vbaproject.bin") for name in seen),
        has_objects=any("/embeddings/" in name or "/activex/" in name for name in seen),
        links=tuple(name for name in read if "/externallinks/" in f"/{name}"),
    )


def _xml_parts(archive: Zip, read_as: tuple[str | None, ...]) -> Iterator[tuple[str, bytes]]:
    """Yield every XML part, decompressed within the limit, with its checksum verified."""
    left = LARGEST_CONTENT
    for number, (entry, name) in enumerate(zip(archive.parts, read_as, strict=True)):
        if name is None:
            continue
        if entry.size > left:
            raise Refused(say.ZIP_BOMB.at(detail=f"超过 {LARGEST_CONTENT // MEGABYTE} MB"))
        part = archive.read(number)
        left -= len(part)
        # Searching for one byte is much faster, and few parts contain it.
        if b"!" in part and _declares(part):
            raise Refused(say.ENTITIES.at(detail=entry.name))
        yield name, part


def _declares(part: bytes) -> bool:
    """Whether a part declares a document type or entities, in ASCII or UTF-16."""
    if holds(part, b"<!DOCTYPE", b"!") or holds(part, b"<!ENTITY", b"!"):
        return True
    return part[:2] in _BEGINNINGS_IN_UTF16 and any(
        mark.encode(encoding) in part
        for mark in ("<!DOCTYPE", "<!ENTITY")
        for encoding in ("utf-16-le", "utf-16-be")
    )


def _content_warnings(directory: _Parts, parts: Mapping[str, bytes]) -> Iterator[Finding]:
    """Yield a warning for each content that no form needs: macros, links, embedded files."""
    if directory.has_macros:
        yield say.MACROS.at()
    if any(b"ddeLink" in parts[name] for name in directory.links):
        yield say.DDE.at()
    elif directory.links:
        yield say.EXTERNAL_LINKS.at()
    if directory.has_objects:
        yield say.EMBEDDED.at()
