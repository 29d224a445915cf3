"""WPS's list of add-ins, publish.xml, which others use too: only our own entry is touched."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from qiyx_xl.files.placing import replacing
from qiyx_xl.files.xml import Damaged, parse
from qiyx_xl.shells.hosts.status import HostError

if TYPE_CHECKING:
    from pathlib import Path

_EMPTY = '<?xml version="1.0" encoding="UTF-8"?>\n<jsplugins>\n</jsplugins>\n'
_END = re.compile(r"</jsplugins\s*>\s*\Z")
_WITHOUT_END = re.compile(r"<jsplugins\s*/>\s*\Z")


def entry_of(path: Path, name: str) -> dict[str, str] | None:
    """Return the attributes of an add-in's entry; None if there is none.

    Raises:
        HostError: the list is damaged.
    """
    text = _read(path)
    if text is None:
        return None
    for entry in parse(text.encode()):
        if entry.get("name") == name:
            return dict(entry.attrib)
    return None


def enter(path: Path, name: str, folder: str, version: str) -> None:
    """Enter an add-in, in place of an earlier entry of its own; every other byte stays.

    Raises:
        HostError: the list is damaged; it is then unchanged.
    """
    text = _without(_read(path) or _EMPTY, name)
    text = _WITHOUT_END.sub("<jsplugins>\n</jsplugins>\n", text)
    line = (
        f'  <jsplugin name={quoteattr(name)} type="et" url={quoteattr(folder)}'
        f' version={quoteattr(version)} enable="enable_dev" install="null" customDomain=""/>\n'
    )
    end = _END.search(text)
    if end is None:
        raise _damaged(path)
    _write(path, text[: end.start()] + line + text[end.start() :])


def remove(path: Path, name: str) -> bool:
    """Take an add-in's entry out; return whether it was there.

    Raises:
        HostError: the list is damaged; it is then unchanged.
    """
    text = _read(path)
    if text is None or entry_of(path, name) is None:
        return False
    _write(path, _without(text, name))
    return True


def _read(path: Path) -> str | None:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    if not data.strip():
        return None
    try:
        root = parse(data)
        text = data.decode("utf-8-sig")
    except (Damaged, UnicodeDecodeError) as wrong:
        raise _damaged(path) from wrong
    if root.tag != "jsplugins":
        raise _damaged(path)
    return text


def _without(text: str, name: str) -> str:
    entry = re.compile(
        rf"[ \t]*<(jsplugin\w*)\b(?=[^>]*\bname\s*=\s*[\"']{re.escape(name)}[\"'])[^>]*"
        r"(?:/>|>.*?</\1\s*>)[ \t]*\r?\n?",
        re.DOTALL,
    )
    return entry.sub("", text)


def _write(path: Path, text: str) -> None:
    parse(text.encode())  # what is written is a list again, whatever stood there
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as beside:
        beside.write_bytes(text.encode())


def _damaged(path: Path) -> HostError:
    return HostError(f"WPS 的加载项清单“{path}”读不出来，没有改动它。请把它移走或修好，再试一次。")
