"""How the submissions in a .zip are unpacked: into a temporary folder.

The folder is deleted when the program ends or, if it was killed, when the program is next used.
Names in an archive may be GBK or UTF-8 and may contain any folders, even outside the target; only
the last part of each is used.
"""

from __future__ import annotations

import atexit
import re
import zipfile
from typing import TYPE_CHECKING
from zlib import error as zlib_error

from qiyx_xl.core import findings as say
from qiyx_xl.files.scratch import temporary
from qiyx_xl.intake.workbook.guard import LARGEST_FILE, MEGABYTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qiyx_xl.core.findings.model import Finding

MOST_MEMBERS = 5000
LARGEST_ARCHIVE = 1024 * MEGABYTE  # all members together, unpacked
_LONGEST_NAME = 80
_UTF8_FLAG = 0x800
_UNSAFE = re.compile(r'[\x00-\x1f<>:"|?*]')
_BROKEN = (
    zipfile.BadZipFile,
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    ValueError,
    zlib_error,
)

_origins: dict[str, str] = {}


def origin_of(path: Path | str) -> str | None:
    """Return the archive and name of an unpacked file (报送.zip ▸ 卫健局.xlsx); else None."""
    return _origins.get(str(path))


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name.

    Without the UTF-8 flag a name is CP437 by the format; in practice it is UTF-8 or GBK.
    """
    if info.flag_bits & _UTF8_FLAG:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def unpack(archive: Path) -> tuple[list[Path], Finding | None]:
    """Unpack an archive's files into a temporary folder.

    Returns:
        The unpacked files in the archive's order, and a finding if the archive is broken or empty.
    """
    scratch = temporary()
    atexit.register(scratch.remove)
    files: list[Path] = []
    try:
        with zipfile.ZipFile(archive) as opened:
            for info, target in _targets(opened, scratch.folder / archive.name):
                if info.file_size > LARGEST_FILE:
                    target.write_bytes(b"")  # listed as empty rather than left out silently
                else:
                    target.write_bytes(opened.read(info))
                _origins[str(target)] = f"{archive.name} ▸ {member_name(info)}"
                files.append(target)
    except _BROKEN:
        return files, say.EMPTY_ARCHIVE.at()
    return files, None if files else say.EMPTY_ARCHIVE.at()


def _targets(opened: zipfile.ZipFile, root: Path) -> Iterator[tuple[zipfile.ZipInfo, Path]]:
    """Yield each file with its target path: below the root, different for every file."""
    infos = [info for info in opened.infolist() if not info.is_dir()]
    if len(infos) > MOST_MEMBERS or sum(info.file_size for info in infos) > LARGEST_ARCHIVE:
        raise zipfile.BadZipFile
    root.mkdir(parents=True)
    for number, info in enumerate(infos):
        parts = member_name(info).replace("\\", "/").split("/")
        if "__MACOSX" in parts or parts[-1].startswith("."):
            continue
        name = _UNSAFE.sub("_", parts[-1])
        if len(name) > _LONGEST_NAME:
            name = name[: _LONGEST_NAME // 2] + name[-_LONGEST_NAME // 2 :]
        target = root / name
        if target.exists():
            target = root / f"{number}" / name
            target.parent.mkdir()
        yield info, target
