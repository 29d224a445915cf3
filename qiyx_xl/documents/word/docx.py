"""How Word templates are opened, checked and filled, and documents saved to the same bytes."""

from __future__ import annotations

import difflib
import re
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.files.broken import BROKEN
from qiyx_xl.files.untrusted_text import shown
from qiyx_xl.files.word import TooLargeError, open_document
from qiyx_xl.files.zip_writer import USUAL, with_parts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path


def document_bytes(document: Any, title: str, day: date) -> bytes:
    """Return a document's bytes; the same document gives the same bytes.

    Args:
        document: the document, of python-docx.
        title: the title in the file's properties.
        day: the day printed on the paper; the file's properties have it as the time of creation.
    """
    properties = document.core_properties
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
    properties.title = title
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.keywords = properties.subject = properties.category = ""
    properties.created = properties.modified = properties.last_printed = moment
    properties.revision = 1
    raw = BytesIO()
    document.save(raw)
    # Packed again with a fixed time in place of the clock's.
    return with_parts(raw.getvalue(), {}, level=USUAL)


def save_document(document: Any, path: Path, title: str, day: date) -> None:
    """Write a document; see ``document_bytes``."""
    path.write_bytes(document_bytes(document, title, day))


# --- The templates and their {{placeholders}} -----------------------------------------------------
# Word splits a text into runs at any point, so ``{{标题}}`` may be spread over three runs. A
# placeholder is therefore searched in the whole text of a paragraph; its value gets the format of
# the run in which it begins. Filled-in values are not searched for placeholders.

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_LEFT_OVER = re.compile(r"\{\{|\}\}")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
# The kinds of parts that a template may have, by the last part of their relation's type.
_KNOWN_PARTS = frozenset(
    {
        *("officeDocument", "styles", "stylesWithEffects", "settings", "webSettings", "fontTable"),
        *("theme", "numbering", "footnotes", "endnotes", "header", "footer", "image", "hyperlink"),
        *("core-properties", "extended-properties", "custom-properties", "customXml"),
        *("customXmlProps", "font", "thumbnail", "glossaryDocument", "comments", "hdphoto"),
    }
)
_FILLED_PARTS = re.compile(r"/word/(document|header\d*|footer\d*)\.xml")


class TemplateError(QiyxError):
    """A template cannot be used; the message names all its problems."""

    def __init__(self, name: str, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            f"模板“{name}”不能用：{'；'.join(problems)}。", "请在 Word 或 WPS 里改好模板后再试。"
        )


class Template:
    """A template that is being filled.

    Args:
        path: the .docx file.
        words: placeholders that may be used within a sentence.
        passages: placeholders that must be alone in their paragraph.
        required: placeholders that the template must have.

    Raises:
        TemplateError: it is no Word document, or a placeholder is missing, unknown, incomplete,
            or at a place where it cannot be filled.
    """

    def __init__(
        self,
        path: Path,
        *,
        words: Collection[str],
        passages: Collection[str],
        required: Collection[str],
    ) -> None:
        self.name = path.name
        self.document = _opened(path)
        self._words, self._passages = words, passages
        problems = list(self._problems(required))
        if problems:
            raise TemplateError(self.name, problems)

    def fill(self, values: Mapping[str, str]) -> None:
        """Replace the placeholders of words; those of passages are left for ``anchors``."""
        for paragraph in self._paragraphs():
            for found in reversed(list(_PLACEHOLDER.finditer(_text(paragraph)))):
                if found[1] in self._words:
                    _replace(paragraph, found.start(), found.end(), shown(values[found[1]]))

    def anchors(self) -> dict[str, list[Any]]:
        """Return, by passage, the paragraphs that it has to replace."""
        waiting: dict[str, list[Any]] = {}
        for paragraph in self._paragraphs():
            found = _PLACEHOLDER.fullmatch(_text(paragraph).strip())
            if found is not None and found[1] in self._passages:
                waiting.setdefault(found[1], []).append(paragraph)
        return waiting

    def style_id(self, name: str) -> str | None:
        """Return the id by which paragraphs refer to a style; None if there is no such style."""
        for style in self.document.styles:
            if style.name == name:
                return str(style.style_id)
        return None

    def text_width(self) -> int:
        """Return the width between the margins of the last section, in twentieths of a point."""
        section = self.document.sections[-1]
        emu = section.page_width - section.left_margin - section.right_margin
        return int(emu) // 635

    # --- inside ------------------------------------------------------------------------------

    def _paragraphs(self) -> Iterator[Any]:
        for part in self.document.part.package.iter_parts():
            if _FILLED_PARTS.fullmatch(str(part.partname)):
                yield from list(part.element.iter(f"{_W}p"))

    def _problems(self, required: Collection[str]) -> Iterator[str]:
        known = [*self._words, *self._passages]
        seen: set[str] = set()
        for paragraph in self._paragraphs():
            text = _text(paragraph)
            where = f"“{shown(text.strip(), 40)}”"
            for found in _PLACEHOLDER.finditer(text):
                name = found[1]
                seen.add(name)
                if name not in known:
                    near = difflib.get_close_matches(name, known, 1, 0.5)
                    hint = f"，是不是 {{{{{near[0]}}}}}" if near else ""
                    yield f"不认识 {{{{{shown(name, 30)}}}}}（在{where}）{hint}"
                elif name in self._passages and text.strip() != found[0]:
                    yield f"{{{{{name}}}}} 要单独占一段，现在在{where}里"
            if _LEFT_OVER.search(_PLACEHOLDER.sub("", text)):
                yield f"{where}里的花括号没有成对，占位符要写成 {{{{标题}}}} 这样"
        missing = [name for name in required if name not in seen]
        if missing:
            yield f"缺少{'、'.join(f'{{{{{name}}}}}' for name in missing)}"


def _opened(path: Path) -> Any:
    if not path.exists():
        raise TemplateError(path.name, ["找不到这个文件"])
    try:
        document = open_document(path)
        cargo = sorted(set(_cargo(document)))
        list(document.styles)
        document.sections[-1].page_width  # noqa: B018 - a damaged one is told now
    except TooLargeError as error:
        raise TemplateError(path.name, ["解压后过大，不像公文模板"]) from error
    except BROKEN as error:
        raise TemplateError(path.name, ["它不是 Word 文档（.docx），或已损坏"]) from error
    if cargo:
        raise TemplateError(path.name, [f"里面带有{'、'.join(cargo)}，会跟着发布出去，请删去"])
    return document


def _cargo(document: Any) -> Iterator[str]:
    """Yield the names of contents that must not get from a template into a published paper."""
    for relation in document.part.package.iter_rels():
        kind = relation.reltype.rpartition("/")[2]
        if relation.is_external and kind != "hyperlink":
            yield "指向文件之外的链接"
        elif kind == "vbaProject":
            yield "宏"
        elif kind not in _KNOWN_PARTS:
            yield "嵌入的文件或控件"


def _text_nodes(paragraph: Any) -> list[Any]:
    # Paragraphs of a text box inside the paragraph are left out; they are handled by themselves.
    return [
        node for node in paragraph.iter(f"{_W}t") if next(node.iterancestors(f"{_W}p")) is paragraph
    ]


def _text(paragraph: Any) -> str:
    return "".join(node.text or "" for node in _text_nodes(paragraph))


def _replace(paragraph: Any, start: int, end: int, value: str) -> None:
    """Replace characters of a paragraph's text; the value gets the format of the first."""
    at = 0
    for node in _text_nodes(paragraph):
        text = node.text or ""
        first, last = max(start - at, 0), min(end - at, len(text))
        if first < last:
            node.text = text[:first] + (value if start >= at else "") + text[last:]
            node.set(_XML_SPACE, "preserve")
        at += len(text)
