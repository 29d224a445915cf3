"""How a cell's style shows its value, and whether the value can be seen at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.forms.cell import Look
from qiyx_xl.core.primitives.memo import A_PART, bounded_cache
from qiyx_xl.files.xml import Damaged, is_on, local_name, parse
from qiyx_xl.intake.cells.number_format import (
    Kind,
    NumberFormat,
    Shown,
    built_in_format,
    number_format,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_AS_THE_GROUND, _TOO_SMALL = "字的颜色和底色一样", "字号太小"
_HIDDEN_BY_FORMAT = "数字格式不显示它"
_SMALLEST_FONT = 2.0  # points; a smaller text is unreadable
# Two colours cannot be distinguished, such as white on pale yellow, if their contrast is below the
# first number (WCAG 2.2, 1.4.3 requires 4.5) and red, green and blue each differ by at most the
# second (of 255).
_LEAST_CONTRAST, _ALIKE = 1.2, 64
_BLACK, _WHITE = "000000", "FFFFFF"
_PALETTE = (_BLACK, _WHITE, "FF0000", "00FF00", "0000FF", "FFFF00", "FF00FF", "00FFFF")
_INDEXED = dict(enumerate((*_PALETTE, *_PALETTE))) | {64: _BLACK, 65: _WHITE}
_THEME = {0: _WHITE, 1: _BLACK}  # background and text of the themes that offices use


@dataclass(frozen=True, slots=True)
class CellStyle:
    """One style: its number format, and whether it hides or strikes out the cell's content.

    ``unseen`` is the reason why the content cannot be seen, in Chinese; "" if it can.
    """

    format: NumberFormat
    is_struck: bool = False
    unseen: str = ""

    def look_at(self, shown: Shown, text: str) -> Look | None:
        """Return what a person sees of a value; None if that is the value itself.

        Args:
            shown: how the number format shows it.
            text: the value, as text.
        """
        struck = text if self.is_struck else ""
        unseen = _HIDDEN_BY_FORMAT if shown.kind is Kind.NOTHING else self.unseen
        if not struck and not unseen and shown.text is None:
            return None
        return Look(shown.text, struck, unseen)


@dataclass(frozen=True, slots=True)
class Styles:
    """Cell styles by their index into cellXfs, written as in the sheets.

    ``odd`` are the styles in which some value may look different from what is stored. The other
    fields are for the fast reader: styles in ``percent`` show numbers as percentages, those in
    ``number`` show them as stored, and those in ``odd_texts`` may change how texts look. The empty
    index is that of a cell without a style.
    """

    odd: Mapping[str, CellStyle] = field(default_factory=dict)
    percent: frozenset[bytes] = frozenset()
    number: frozenset[bytes] = frozenset({b""})
    odd_texts: frozenset[bytes] = frozenset()


@bounded_cache(64, A_PART)
def read_styles(xml: bytes) -> Styles:
    """Parse the styles part (cached); an unreadable one is treated as having no styles."""
    try:
        root = parse(xml) if xml else None
    except Damaged:
        root = None
    return Styles() if root is None else styles_of(_cell_styles(root))


def styles_of(cell_styles: list[CellStyle]) -> Styles:
    """Group a workbook's styles, given in the order of their index."""
    odd, percent, number, odd_texts = {}, set(), set(), set()
    for at, style in enumerate(cell_styles):
        indexes = (str(at), "") if at == 0 else (str(at),)
        is_marked = style.is_struck or style.unseen != ""
        is_percent = style.format.is_plain and style.format.show(0.5).kind is Kind.PERCENT
        is_odd_text = is_marked or not style.format.is_plain_for_texts
        for index in indexes:
            if style.format.is_plain and not is_marked:
                number.add(index.encode())
            if is_odd_text:
                odd_texts.add(index.encode())
            if is_percent:
                percent.add(index.encode())
            if is_percent or is_odd_text or not style.format.is_plain:
                odd[index] = style
    if not cell_styles:
        number.add(b"")
    return Styles(odd, frozenset(percent), frozenset(number), frozenset(odd_texts))


def _cell_styles(root: Any) -> list[CellStyle]:
    """Return the styles of cells, in order."""
    groups = {local_name(group): group for group in root}
    codes = {
        _integer(entry.get("numFmtId"), 0): entry.get("formatCode", "General")
        for entry in _members(groups, "numFmts", "numFmt")
    }
    fonts = [_Font(font) for font in _members(groups, "fonts", "font")]
    grounds = [_ground(fill) for fill in _members(groups, "fills", "fill")]
    styles = []
    for xf in _members(groups, "cellXfs", "xf"):
        number = _integer(xf.get("numFmtId"), 0)
        code = codes.get(number)
        font = _at(fonts, xf.get("fontId"))
        styles.append(
            CellStyle(
                built_in_format(number) if code is None else number_format(code),
                is_struck=font is not None and font.is_struck,
                unseen="" if font is None else font.why_unseen(_at(grounds, xf.get("fillId"))),
            )
        )
    return styles


def _members(groups: Mapping[str, Any], group: str, member: str) -> Iterator[Any]:
    return (element for element in groups.get(group, ()) if local_name(element) == member)


def _at(members: list[Any], index: str | None) -> Any:
    at = _integer(index, 0)
    return members[at] if 0 <= at < len(members) else None


class _Font:
    """The properties of a font that decide whether its text is legible."""

    def __init__(self, font: Any) -> None:
        properties = {local_name(element): element for element in font}
        self.is_struck = "strike" in properties and is_on(
            properties["strike"].get("val"), default=True
        )
        self._color = Color.of(properties.get("color"), default=_BLACK)
        size = properties["sz"].get("val", "") if "sz" in properties else ""
        self._points = float(size) if _is_number(size) else None

    def why_unseen(self, ground: Color | None) -> str:
        """Return why a text in this font cannot be seen on a background; "" if it can."""
        return why_unseen(self._color, ground, self._points)


@dataclass(frozen=True, slots=True)
class Color:
    """A colour as red, green and blue, if known, and the attributes that define it in the file."""

    rgb: str | None
    written: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, color: Any, default: str) -> Color:
        """Parse a colour element of the styles part; the default if there is none."""
        if color is None or is_on(color.get("auto"), default=False):
            return cls(default)
        written = tuple(sorted(color.items()))
        rgb = color.get("rgb")
        if rgb is not None and len(rgb) in {6, 8}:
            return cls(rgb[-6:].upper(), written)
        if color.get("indexed") is not None:
            return cls(_INDEXED.get(_integer(color.get("indexed"), -1)), written)
        base = _THEME.get(_integer(color.get("theme"), -1))
        tint = color.get("tint", "0")
        if base is None or not _is_number(tint):
            return cls(None, written)
        share = max(-1.0, min(1.0, float(tint)))
        level = 255 * (1 + min(share, 0)) if base == _WHITE else 255 * max(share, 0)
        return cls(f"{round(level):02X}" * 3, written)

    def is_like(self, other: Color) -> bool:
        """Whether a person cannot distinguish the two colours."""
        if self.rgb is None or other.rgb is None:
            return self.written != () and self.written == other.written
        try:
            own_levels, other_levels = bytes.fromhex(self.rgb), bytes.fromhex(other.rgb)
        except ValueError:
            return False
        if any(
            abs(level - other_level) > _ALIKE
            for level, other_level in zip(own_levels, other_levels, strict=True)
        ):
            return False
        darker, lighter = sorted((_luminance(own_levels), _luminance(other_levels)))
        return (lighter + 0.05) / (darker + 0.05) < _LEAST_CONTRAST


def why_unseen(color: Color, ground: Color | None, points: float | None) -> str:
    """Return why a text cannot be seen: too small, or the colour of its background; "" if it can.

    Args:
        color: the text's colour.
        ground: the background's colour; None if it is not a single colour.
        points: the text's size, if it is known.
    """
    if points is not None and points < _SMALLEST_FONT:
        return _TOO_SMALL
    return _AS_THE_GROUND if ground is not None and color.is_like(ground) else ""


def _luminance(rgb: bytes) -> float:
    """Return a colour's relative luminance, from 0 to 1, as defined in WCAG 2.2."""
    shares = (value / 255 for value in rgb)
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for share in shares
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _ground(fill: Any) -> Color | None:
    """Return a cell's background colour; None if it is a pattern or a gradient."""
    for pattern in fill:
        kind = pattern.get("patternType", "none")
        if local_name(pattern) != "patternFill":
            return None
        if kind == "none":
            return Color(_WHITE)
        colors = {local_name(color): color for color in pattern}
        return Color.of(colors.get("fgColor"), default=_BLACK) if kind == "solid" else None
    return Color(_WHITE)


def _integer(text: str | None, default: int) -> int:
    return int(text) if text is not None and text.isascii() and text.isdigit() else default


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
