"""Compound files put together by hand: any streams under any names, as Office and others write."""

from __future__ import annotations

import struct

_SECTOR, _MINI = 512, 4096
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: dict[str, bytes]) -> bytes:
    """Return a compound file with these streams; ``a/b`` lies in the storage ``a``.

    Small streams are filled up with zeros, so that none lies in the small sectors.
    """
    tree: dict[str, object] = {}
    for path, content in streams.items():
        *storages, name = path.split("/")
        inside = tree
        for storage in storages:
            inside = inside.setdefault(storage, {})  # type: ignore[assignment]
        inside[name] = content.ljust(_MINI, b"\0")
    entries: list[list[object]] = [["Root Entry", 5, _FREE, b""]]  # name, kind, child, content
    siblings: dict[int, int] = {}

    def add(inside: dict[str, object]) -> int:
        numbers = []
        for name, content in inside.items():
            number = len(entries)
            entries.append([name, 2 if isinstance(content, bytes) else 1, _FREE, content])
            numbers.append(number)
            if isinstance(content, dict):
                entries[number][2] = add(content)
                entries[number][3] = b""
        siblings.update(zip(numbers, [*numbers[1:], _FREE], strict=True))
        return numbers[0] if numbers else _FREE

    entries[0][2] = add(tree)
    body, fat = bytearray(), []

    def place(content: bytes) -> int:
        if not content:
            return _END
        first, count = len(fat), -(-len(content) // _SECTOR)
        fat.extend([*range(first + 1, first + count), _END])
        body.extend(content.ljust(count * _SECTOR, b"\0"))
        return first

    starts = [place(entry[3]) for entry in entries]  # type: ignore[arg-type]
    directory = b""
    for number, (name, kind, child, content) in enumerate(entries):
        spelled = (str(name) + "\0").encode("utf-16-le")
        directory += spelled.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sI16sIII", len(spelled), kind, 1, _FREE, siblings.get(number, _FREE), child,
            b"", 0, b"", starts[number], len(content), 0,
        )  # fmt: skip
    first_of_directory = place(directory)
    tables = 1
    while tables * 128 < len(fat) + tables:
        tables += 1
    first_of_tables = len(fat)
    fat += [_FAT] * tables
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(tables * _SECTOR, b"\xff")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6,
        b"", 0, tables, first_of_directory, 0, _MINI, _END, 0, _END, 0,
        first_of_tables,
    )  # fmt: skip
    more = range(first_of_tables + 1, first_of_tables + tables)
    header += struct.pack(f"<{len(more)}I", *more)
    return header.ljust(_SECTOR, b"\xff") + bytes(body) + table
