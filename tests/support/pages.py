"""Papers and JSON documents as plain text, for snapshots that a person reads like the paper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from qiyx_xl.papers.phrases import Body, Heading, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qiyx_xl.papers.phrases import Block


def page(words: Mapping[str, str], passages: Mapping[str, Iterable[Block]]) -> str:
    """Return the words, then each passage under its name."""
    lines = [f"{name}：{text}" for name, text in words.items()]
    for name, blocks in passages.items():
        lines += ["", f"【{name}】", *map(text_of, blocks)]
    return safe("\n".join(lines))


def text_of(block: Block) -> str:
    """Return a heading, a paragraph or a table as text, with all that typesetting needs of it."""
    match block:
        case Heading(level, text):
            return f"{'#' * level} {text}"
        case Body(text, lead, style):
            return f"{'' if style == 'body' else f'<{style}> '}{lead}{text}"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    settings = {
        "widths": table.widths,
        "left": sorted(table.left),
        "lamps": table.lamp_column,
        "each indicator": table.counts_indicators,
        "counts": table.count_columns,
    }
    return "\n".join(
        (
            f"《{table.caption}》",
            *(" | ".join(row) for row in (table.header, *table.rows)),
            table.note,
            "  ".join(f"{name} {value}" for name, value in settings.items()),
        )
    )


def safe(text: str) -> str:
    """Spell out what turns the writing round, so that an editor shows the lines as they are."""
    return "".join(
        one if one in "\n\u3000" or one.isprintable() else f"<U+{ord(one):04X}>" for one in text
    )


def document_text(document: Mapping[str, Any]) -> str:
    """Return a JSON document as text: what is listed becomes a table, one line for each entry."""
    return safe("\n".join(_members(document, "")))


def _members(document: Mapping[str, Any], indent: str) -> Iterator[str]:
    for name, value in document.items():
        match value:
            case dict():
                yield f"{indent}{name}:"
                yield from _members(value, f"{indent}  ")
            case [dict(), *_] if _is_flat(value):
                yield f"{indent}{name}:"
                yield f"{indent}  {' | '.join(value[0])}"
                for entry in value:
                    yield f"{indent}  {' | '.join(map(_as_json, entry.values()))}"
            case [dict(), *_]:
                for entry in value:
                    yield f"{indent}{name} -"
                    yield from _members(entry, f"{indent}  ")
            case str() if "\n" in value:
                yield f"{indent}{name}:"
                yield from (f"{indent}  > {line}" for line in value.split("\n"))
            case _:
                yield f"{indent}{name} {_as_json(value)}"


def _is_flat(entries: list[dict[str, Any]]) -> bool:
    """Whether all entries have the same members and none of them has a list of entries in it."""
    values = [value for entry in entries for value in entry.values()]
    return {tuple(entry) for entry in entries} == {tuple(entries[0])} and not any(
        (isinstance(value, list) and any(isinstance(one, dict) for one in value))
        or (isinstance(value, str) and "\n" in value)
        for value in values
    )


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
