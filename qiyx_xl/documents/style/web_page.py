"""How a web page is written as one file: no network, and a policy that runs only our own code."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

from qiyx_xl.files.untrusted_text import MESSAGE_LIMIT, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def page(title: str, style: str, script: str, body: Iterable[str]) -> str:
    """Return a whole page as one text; see ``page_lines``."""
    return "".join(page_lines(title, style, script, body))


def page_lines(title: str, style: str, script: str, body: Iterable[str]) -> Iterator[str]:
    """Yield a page line by line, each with its line feed; the same parts give the same text.

    Args:
        title: plain text.
        style: the name of a .css file in ``qiyx_xl/documents``.
        script: the name of a .js file in ``qiyx_xl/documents``.
        body: markup in which every text is escaped.
    """
    css, js = _asset(style), _asset(script)
    policy = (
        f"default-src 'none'; style-src {_digest(css)}; script-src {_digest(js)}; "
        "base-uri 'none'; form-action 'none'"
    )
    head = (
        "<!DOCTYPE html>",
        '<html lang="zh-CN">',
        "<head>",
        '<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="referrer" content="no-referrer">',
        f"<title>{safe(title)}</title>",
        f"<style>{css}</style>",
        "</head>",
        "<body>",
    )
    foot = (f"<script>{js}</script>", "</body>", "</html>")
    for line in chain(head, body, foot):
        yield f"{line}\n"


def safe(text: str | None, limit: int = MESSAGE_LIMIT) -> str:
    """Return an untrusted text as escaped markup, cut to ``limit`` characters."""
    return escape(shown(text, limit))


def choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> list[str]:
    """Return a drop-down list with 全部 as its first option; its id is ``by-<name>``."""
    return [
        f'<label>{safe(label)}<select id="by-{name}"><option value="">全部</option>',
        *(f'<option value="{safe(value)}">{safe(text)}</option>' for value, text in options),
        "</select></label>",
    ]


def _asset(name: str) -> str:
    text = files("qiyx_xl.documents").joinpath(name).read_text(encoding="utf-8")
    return f"\n{text}"


def _digest(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
