"""A .zip of submissions, unpacked beside nothing: into a folder of its own that goes away again.

It goes when the program ends, and after a kill when the program is next used.

Names are GBK as often as UTF-8 and may point anywhere; only their last parts are used.
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
    """Return where an unpacked file came from (报送.zip ▸ 卫健局.xlsx); None for any other file."""
    return _origins.get(str(path))


def member_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name; unflagged ones are UTF-8 or GBK, never the CP437 they claim."""
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
        The unpacked files in the archive's order, and what is wrong with the archive if anything.
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
    """Yield each file with where to put it: inside the root, under a name of its own."""
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
