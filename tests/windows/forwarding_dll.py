"""A Windows DLL without code, whose functions are those of other DLLs under other names.

Wine 8 lacks ``bcryptprimitives.dll``, which every program built with today's Rust asks for one
function: random bytes. Another DLL has the same function under an older name, and a DLL may say
"look there" for each name it exports.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE_ALIGNMENT, _SECTION_ALIGNMENT = 0x200, 0x1000
_AMD64, _PE32_PLUS = 0x8664, 0x20B
_IS_DLL = 0x2022  # executable image, large addresses, DLL
_GUI = 2
_READ_ONLY_DATA = 0x40000040
_DIRECTORIES = 16


def forwarding_dll(name: str, forwards: Mapping[str, str]) -> bytes:
    """Return the DLL's bytes.

    Args:
        name: the DLL's file name.
        forwards: for each exported name, ``dll.function`` (the DLL without its ending).
    """
    exports = _exports(name, dict(sorted(forwards.items())), _SECTION_ALIGNMENT)
    raw = -(-len(exports) // _FILE_ALIGNMENT) * _FILE_ALIGNMENT
    dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    file = struct.pack("<HHIIIHH", _AMD64, 1, 0, 0, 0, 112 + 8 * _DIRECTORIES, _IS_DLL)
    optional = struct.pack("<HBBIIIII", _PE32_PLUS, 1, 0, 0, raw, 0, 0, 0)
    optional += struct.pack("<QII", 0x180000000, _SECTION_ALIGNMENT, _FILE_ALIGNMENT)
    optional += struct.pack("<HHHHHHI", 6, 0, 0, 0, 6, 0, 0)
    optional += struct.pack("<IIIHH", 2 * _SECTION_ALIGNMENT, _FILE_ALIGNMENT, 0, _GUI, 0)
    optional += struct.pack("<QQQQII", 1 << 20, 1 << 12, 1 << 20, 1 << 12, 0, _DIRECTORIES)
    optional += struct.pack("<II", _SECTION_ALIGNMENT, len(exports))
    optional += bytes(8 * (_DIRECTORIES - 1))
    section = b".edata\0\0" + struct.pack(
        "<IIIIIIHHI",
        *(len(exports), _SECTION_ALIGNMENT, raw, _FILE_ALIGNMENT),
        *(0, 0, 0, 0, _READ_ONLY_DATA),
    )
    headers = dos + b"PE\0\0" + file + optional + section
    return headers.ljust(_FILE_ALIGNMENT, b"\0") + exports.ljust(raw, b"\0")


def _exports(name: str, forwards: dict[str, str], at: int) -> bytes:
    """Return the export section as it lies at an address."""
    count = len(forwards)
    functions = at + 40
    names, ordinals = functions + 4 * count, functions + 8 * count
    strings = b""

    def place(text: str) -> int:
        nonlocal strings
        where = ordinals + 2 * count + len(strings)
        strings += text.encode("ascii") + b"\0"
        return where

    own_name = place(name)
    name_places = [place(exported) for exported in forwards]
    # A function's address that lies inside the export section is a text that names another.
    function_places = [place(target) for target in forwards.values()]
    directory = struct.pack(
        "<IIHHIIIIIII", 0, 0, 0, 0, own_name, 1, count, count, functions, names, ordinals
    )
    tables = struct.pack(f"<{count}I", *function_places)
    tables += struct.pack(f"<{count}I", *name_places)
    tables += struct.pack(f"<{count}H", *range(count))
    return directory + tables + strings
