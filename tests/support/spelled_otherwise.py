"""Workbooks spelled otherwise than any program would, or damaged, by lot but the same each time.

``SAME`` are spellings that say the same: XML and the package allow them, and whoever reads XML
reads the same values. ``OTHER`` may say something else, or nothing that anybody could read.
"""

from __future__ import annotations

import re
import zipfile
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

Parts = dict[str, bytes]

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_TAG = re.compile(r'<([A-Za-z][\w.:]*)((?:\s+[\w.:]+="[^"]*")*)\s*(/?)>')
_ATTRIBUTE = re.compile(r'([\w.:]+)="([^"]*)"')
_TEXT = re.compile(r"(<(?:v|t|f)(?: [^>]*)?>)([^<]+)(</(?:v|t|f)>)")
_VALUE = re.compile(r"<v>([^<]+)</v>")
_NUMBER_CELL = re.compile(
    r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?(?: t="n")?>(?:<f>[^<]*</f>)?<v>)([^<]+)(</v>)'
)
_SHARED_CELL = re.compile(r'<c r="([A-Z]+[0-9]+)"((?: s="[0-9]+")?) t="s"><v>([0-9]+)</v></c>')
_CELL = re.compile(r"<c [^>]*?(?:/>|>.*?</c>)", re.DOTALL)
_ROW = re.compile(r"(<row [^>]*[^/]>)(.*?)(</row>)", re.DOTALL)
_ITEM = re.compile(r"<si><t(?: xml:space=\"preserve\")?>([^<]+)</t></si>")
_PIECE = re.compile(r"&[^;]*;|_x[0-9A-Fa-f]{4}_|.", re.DOTALL)
_HIDING_A_CELL = '<c r="G6"><v>999</v></c>'


def parts_of(data: bytes) -> Parts:
    """Return a workbook's parts."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Parts, dice: random.Random) -> bytes:
    """Zip parts together, in any order, compressed or not."""
    names = list(parts)
    if dice.random() < 0.3:
        dice.shuffle(names)
    kind = dice.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), parts[name], kind)
    return buffer.getvalue()


def _is_of_shared_texts(name: str) -> bool:
    return name.lower().endswith("sharedstrings.xml")


def _sheets(parts: Parts) -> list[str]:
    return [
        name
        for name, part in parts.items()
        if name.lower().endswith(".xml")
        and not _is_of_shared_texts(name)
        and b"sheetData" in part.replace(b"\0", b"")  # in UTF-16, too
    ]


def _of_texts(parts: Parts) -> list[str]:
    return [
        *_sheets(parts),
        *(name for name in parts if name.lower().endswith("sharedstrings.xml")),
    ]


def _some(
    text: str, pattern: re.Pattern[str], dice: random.Random, change: Callable[[re.Match[str]], str]
) -> str:
    """Change some of the places where a pattern fits; one at least, if there is any."""
    found = list(pattern.finditer(text))
    if not found:
        return text
    share = dice.choice((0.02, 0.3, 1))
    chosen = {dice.randrange(len(found))} | {
        at for at in range(len(found)) if dice.random() < share
    }
    pieces, end = [], 0
    for at, one in enumerate(found):
        if at in chosen:
            pieces += [text[end : one.start()], change(one)]
            end = one.end()
    return "".join([*pieces, text[end:]])


def _in(where: Callable[[Parts], list[str]], change: Callable[[str, random.Random], str]):
    """Make a change of one part's text a change of all such parts of a workbook."""

    def changed(parts: Parts, dice: random.Random) -> Parts:
        new = {}
        for name in where(parts):
            try:
                text = parts[name].decode()
            except UnicodeDecodeError:  # spelled in another encoding already
                continue
            new[name] = change(text, dice).encode()
        return parts | new

    changed.__name__ = change.__name__
    return changed


# --- the same, spelled otherwise ---------------------------------------------------------------


def _cut(text: str, dice: random.Random) -> tuple[str, str, str]:
    pieces = _PIECE.findall(text)
    start = dice.randint(0, len(pieces))
    end = dice.randint(start, len(pieces))
    return "".join(pieces[:start]), "".join(pieces[start:end]), "".join(pieces[end:])


def split_texts(text: str, dice: random.Random) -> str:
    """Put comments, instructions, CDATA and character references inside of values."""

    def split(found: re.Match[str]) -> str:
        before, inside, after = _cut(found[2], dice)
        match dice.randrange(6):
            case 0:
                inside = f"<!-- 9 -->{inside}<!---->"
            case 1:
                inside = f"<?say 9?>{inside}"
            case 2 | 3 if "&" not in inside:
                inside = f"<![CDATA[{inside}]]>"
            case 4:
                inside = "".join(f"&#{ord(char)};" for char in unescape(inside))
            case _:
                inside = "".join(f"&#x{ord(char):X};" for char in unescape(inside))
        return found[1] + before + inside + after + found[3]

    return _some(text, _TEXT, dice, split)


def result_before_formula(text: str, dice: random.Random) -> str:
    return _some(
        text, re.compile(r"(<f>[^<]*</f>)(<v>[^<]*</v>)"), dice, lambda found: found[2] + found[1]
    )


def attributes_otherwise(text: str, dice: random.Random) -> str:
    """Put attributes into another order, single quotes, with white space around."""

    def otherwise(found: re.Match[str]) -> str:
        attributes = _ATTRIBUTE.findall(found[2])
        dice.shuffle(attributes)
        spelled = ""
        for name, value in attributes:
            quote = "'" if "'" not in value and dice.random() < 0.5 else '"'
            equals = dice.choice(("=", "=", " = ", "=\n"))
            spelled += (
                f"{dice.choice((' ', ' ', chr(10), '  '))}{name}{equals}{quote}{value}{quote}"
            )
        return f"<{found[1]}{spelled}{dice.choice(('', '', ' ', chr(10)))}{found[3]}>"

    return _some(text, _TAG, dice, otherwise)


def references_in_attributes(text: str, dice: random.Random) -> str:
    """Spell a sign of an attribute of a cell as a reference."""

    def refer(found: re.Match[str]) -> str:
        at = dice.randrange(len(found[2]))
        return f"{found[1]}{found[2][:at]}&#{ord(found[2][at])};{found[2][at + 1 :]}{found[3]}"

    return _some(
        text,
        re.compile(r'(<(?:c|row) (?:r="[^"]*" s="[^"]*" t|r|r="[^"]*" s)=")([^"&]+)(")'),
        dice,
        refer,
    )


def opened_or_closed(text: str, dice: random.Random) -> str:
    """Spell empty elements with two tags."""
    return _some(
        text,
        re.compile(r"<(c|row|mergeCell|col|v)((?: [^<>]*?)?)\s*/>"),
        dice,
        lambda f: f"<{f[1]}{f[2]}></{f[1]}>",
    )


def with_prefix(text: str, dice: random.Random) -> str:
    """Give all elements a prefix."""
    if (
        f'xmlns="{_MAIN}"' not in text
        or "xmlns:" in text.partition(">")[2].partition("<sheetData")[2]
    ):
        return text
    prefix = dice.choice(("x", "main", "r2", "_"))
    text = re.sub(r"<(/?)([A-Za-z]\w*)(?=[\s/>])", rf"<\1{prefix}:\2", text)
    return text.replace(f'xmlns="{_MAIN}"', f'xmlns:{prefix}="{_MAIN}"')


def white_space(text: str, dice: random.Random) -> str:
    """Put white space between elements, where it says nothing."""
    between = re.compile(
        r"(?<=>)(?=<(?:c|row|v|f|is|si|/c|/row|/sheetData|/si|/sst|sheetData|mergeCell|col|/cols)[ />])"
    )
    return _some(text, between, dice, lambda _: dice.choice(("\n", " ", "\r\n\t")))


def comments_between(text: str, dice: random.Random) -> str:
    """Put comments and instructions between elements, with what looks like a cell in them."""
    between = re.compile(r"(?<=>)(?=<(?:c|row|v|f|si|/c|/row|/sheetData|/sst|sheetData)[ />])")
    said = (
        f"<!-- {_HIDING_A_CELL} -->",
        f"<?say {_HIDING_A_CELL}?>",
        "<!-- </sheetData> -->",
        "<!---->",
    )
    return _some(text, between, dice, lambda _: dice.choice(said))


def shuffled(text: str, dice: random.Random) -> str:
    """Put the cells of rows, and the rows, into another order."""

    def mixed(found: re.Match[str]) -> str:
        cells = _CELL.findall(found[2])
        if "".join(cells) != found[2]:
            return found[0]
        dice.shuffle(cells)
        return found[1] + "".join(cells) + found[3]

    if dice.random() < 0.5:
        return _some(text, _ROW, dice, mixed)
    before, begins, rest = text.partition("<sheetData>")
    data, ends, after = rest.partition("</sheetData>")
    rows = re.findall(r"<row [^>]*/>|<row [^>]*>.*?</row>", data, re.DOTALL)
    if "".join(rows) != data:
        return text
    dice.shuffle(rows)
    return before + begins + "".join(rows) + ends + after


def _shared_texts(parts: Parts) -> tuple[str, list[str], dict[str, str]] | None:
    """Return the part of shared texts, each of them, and the sheets; None if spelled too oddly."""
    name = next(filter(_is_of_shared_texts, parts), None)
    try:
        sheets = {sheet: parts[sheet].decode() for sheet in _sheets(parts)}
        shared = "" if name is None else parts[name].decode()
    except UnicodeDecodeError:
        return None
    items = re.findall(r"<si>.*?</si>", shared, re.DOTALL)
    if name is None or len(items) != len(re.findall(r"<(?:\w+:)?si\b", shared)):
        return None
    return name, items, sheets


def shared_texts_in_cells(parts: Parts, dice: random.Random) -> Parts:
    """Move shared texts into the cells."""
    found = _shared_texts(parts)
    if found is None:
        return parts
    _, items, sheets = found

    def inline(found: re.Match[str]) -> str:
        if int(found[3]) >= len(items):
            return found[0]
        item = items[int(found[3])].removeprefix("<si>").removesuffix("</si>")
        plain = re.fullmatch(r'<t(?: xml:space="preserve")?>([^<]+)</t>', item)
        if plain and dice.random() < 0.4:
            return f'<c r="{found[1]}"{found[2]} t="str"><v>{plain[1]}</v></c>'
        return f'<c r="{found[1]}"{found[2]} t="inlineStr"><is>{item}</is></c>'

    return parts | {
        sheet: _some(text, _SHARED_CELL, dice, inline).encode() for sheet, text in sheets.items()
    }


def in_runs(text: str, dice: random.Random) -> str:
    """Part texts into runs, and say how they are pronounced."""

    def parted(found: re.Match[str]) -> str:
        keep = ' xml:space="preserve"'
        runs = "".join(
            f"<r>{dice.choice(('', '<rPr><b/></rPr>'))}<t{keep}>{piece}</t></r>"
            for piece in _cut(found[1], dice)
            if piece
        )
        spoken = (
            '<rPh sb="0" eb="1"><t>999</t></rPh><phoneticPr fontId="1"/>'
            if dice.random() < 0.3
            else ""
        )
        return f"<si>{runs}{spoken}</si>"

    return _some(text, _ITEM, dice, parted)


def lying_dimension(text: str, dice: random.Random) -> str:
    lie = dice.choice(
        (
            "",
            '<dimension ref="A1"/>',
            '<dimension ref="A0"/>',
            '<dimension ref="XFD1048576"/>',
            '<dimension ref=""/>',
        )
    )
    return re.sub(r"<dimension [^>]*>", lie, text)


def foreign_elements(text: str, dice: random.Random) -> str:
    """Put elements of another vocabulary where extensions may stand, named like ours."""
    cell = '<z:row r="6"><z:c r="G6"><z:v>999</z:v></z:c></z:row>'
    extension = (
        f'<extLst><ext uri="urn:z" xmlns:z="urn:z"><z:sheetData>{cell}</z:sheetData></ext></extLst>'
    )
    match dice.randrange(3):
        case 0:
            return text.replace("</worksheet>", f"{extension}</worksheet>")
        case 1:
            inner = (
                '<extLst><ext uri="urn:z" xmlns:z="urn:z"><z:v>999</z:v><z:f>1</z:f></ext></extLst>'
            )
            return _some(text, re.compile("</v></c>"), dice, lambda _: f"</v>{inner}</c>")
        case _:
            return _some(text, re.compile("</si>"), dice, lambda _: f"{extension}</si>")


def foreign_attributes(text: str, dice: random.Random) -> str:
    """Give cells attributes of another vocabulary, named like ours."""
    said = ('z:r="A1"', 'z:t="s"', 'z:s="1"', 'z:hidden="1"', 'cm="1"', 'vm="1"')
    if "xmlns:z=" in text:
        return text
    text = re.sub(r"<(worksheet|sst)(?=[ >])", r'<\1 xmlns:z="urn:z"', text, count=1)
    return _some(
        text, re.compile(r"<(?:c|row)(?= )"), dice, lambda found: f"{found[0]} {dice.choice(said)}"
    )


def numbers_otherwise(text: str, dice: random.Random) -> str:
    """Spell numbers in other ways that mean the same."""

    def otherwise(found: re.Match[str]) -> str:
        try:
            value = float(found[2])
        except ValueError:
            return found[0]
        spellings = [f"{value!r}", f"{value:.17E}", f" {found[2]} ", f"{found[2]}\n"]
        if "." not in found[2] and "E" not in found[2].upper():
            spellings += [f"{found[2]}.0", f"{found[2]}.000", f"{found[2]}E0", f"{found[2]}e+00"]
        if value > 0:
            spellings += [f"0{found[2]}", f"+{found[2]}", f"0000{found[2]}"]
        spelled = dice.choice(spellings)
        return found[1] + (spelled if float(spelled) == value else found[2]) + found[3]

    return _some(text, _NUMBER_CELL, dice, otherwise)


def truths_otherwise(text: str, dice: random.Random) -> str:
    return _some(
        text,
        re.compile(r'( (?:hidden|customHeight|bestFit)=")1(")'),
        dice,
        lambda f: f"{f[1]}true{f[2]}",
    )


def kept_spaces(text: str, dice: random.Random) -> str:
    return _some(
        text, re.compile(r"<(v|t|f)(?=>)"), dice, lambda found: f'{found[0]} xml:space="preserve"'
    )


def other_encoding(parts: Parts, dice: random.Random) -> Parts:
    """Spell some parts in other encodings."""
    new = {}
    for name in _of_texts(parts):
        try:
            text = parts[name].decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        body = re.sub(r"^<\?xml[^>]*\?>\s*", "", text)
        match dice.randrange(7):
            case 0:
                new[name] = b"\xef\xbb\xbf" + text.encode()
            case 1:
                new[name] = ('<?xml version="1.0" encoding="UTF-16"?>' + body).encode("utf-16")
            case 2:
                new[name] = b"\xfe\xff" + ('<?xml version="1.0" encoding="UTF-16"?>' + body).encode(
                    "utf-16-be"
                )
            case 3 if "<![CDATA[" not in body and "<!--" not in body and "<?" not in body:
                new[name] = b'<?xml version="1.0" encoding="US-ASCII"?>' + body.encode(
                    "ascii", "xmlcharrefreplace"
                )
            case 4 if "<![CDATA[" not in body and "<!--" not in body and "<?" not in body:
                new[name] = b'<?xml version="1.0" encoding="ISO-8859-1"?>' + body.encode(
                    "latin-1", "xmlcharrefreplace"
                )
            case 5:
                new[name] = b"<?xml version='1.0' encoding='utf-8' ?>\n\n" + body.encode()
            case _:
                new[name] = body.encode()  # without any declaration
    return parts | new


def parts_elsewhere(parts: Parts, dice: random.Random) -> Parts:
    """Give the sheets and shared texts other names and places, told by their relationships."""
    relations = "xl/_rels/workbook.xml.rels"
    if relations not in parts:
        return parts
    told = parts[relations].decode("utf-8", "replace")
    new = dict(parts)
    types = new["[Content_Types].xml"].decode()
    for number, name in enumerate(_of_texts(parts)):
        old = name.removeprefix("xl/")
        rels = f"xl/worksheets/_rels/{name.rpartition('/')[2]}.rels"
        if not name.startswith("xl/") or f'Target="{old}"' not in told or rels in new:
            continue
        place = dice.choice(
            (
                f"data/p{number}.xml",
                f"xl/worksheets/Sheet_{number}.XML",
                f"xl/worksheets/表 {number}.xml",
                name,
            )
        )
        target = dice.choice((f"/{place}", f"../{place}", f"./../{place}"))
        if place.startswith("xl/") and dice.random() < 0.5:
            target = place.removeprefix("xl/")
        told = told.replace(f'Target="{old}"', f'Target="{target}"')
        types = types.replace(f'PartName="/{name}"', f'PartName="/{place}"')
        new[place] = new.pop(name)
    return new | {relations: told.encode(), "[Content_Types].xml": types.encode()}


def other_ids(parts: Parts, dice: random.Random) -> Parts:
    """Give relationships other names."""
    book, relations = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
    if not {book, relations} <= set(parts):
        return parts
    new = dict(parts)
    stem = dice.choice(("R", "rel-", "_", "rId9"))
    new[relations] = re.sub(rb' Id="rId', f' Id="{stem}'.encode(), parts[relations])
    new[book] = re.sub(rb'(\w+:id=")rId', rb"\g<1>" + stem.encode(), parts[book])
    if dice.random() < 0.5:
        new[book] = new[book].replace(b"xmlns:r=", b"xmlns:rel=").replace(b" r:id=", b" rel:id=")
    return new


def texts_in_another_order(parts: Parts, dice: random.Random) -> Parts:
    """Exchange shared texts, with their indexes; add some that nobody uses."""
    found = _shared_texts(parts)
    if found is None:
        return parts
    name, items, sheets = found
    shared = parts[name].decode()
    is_spelled = [
        len(re.findall(r"""[\s:]t\s*=\s*["']\s*s""", sheet)) == len(_SHARED_CELL.findall(sheet))
        for sheet in sheets.values()
    ]
    if not all(is_spelled) or not items or any("&#115;" in sheet for sheet in sheets.values()):
        return parts  # an index is spelled otherwise, and would be missed
    order = list(range(len(items)))
    dice.shuffle(order)
    place = {old: new for new, old in enumerate(order)}
    head, _, rest = shared.partition("<si>")
    tail = ("<si>" + rest).rpartition("</si>")[2]
    if "".join(items) not in shared:
        return parts  # there is something between them
    mixed = "".join(items[old] for old in order) + "<si><t>999</t></si>"
    head = re.sub(r' (?:count|uniqueCount)="[0-9]*"', "", head)

    def moved(found: re.Match[str]) -> str:
        return f'<c r="{found[1]}"{found[2]} t="s"><v>{place.get(int(found[3]), found[3])}</v></c>'

    return (
        parts
        | {name: (head + mixed + tail).encode()}
        | {sheet: _SHARED_CELL.sub(moved, text).encode() for sheet, text in sheets.items()}
    )


def without_what_may_be_missing(parts: Parts, dice: random.Random) -> Parts:
    """Drop parts that nothing depends on."""
    kept = dict(parts)
    for name in (
        "docProps/app.xml",
        "docProps/core.xml",
        "xl/theme/theme1.xml",
        "xl/calcChain.xml",
    ):
        if name in kept and dice.random() < 0.6:
            del kept[name]
            kept = {
                other: re.sub(rb"<(?:Relationship|Override) [^>]*" + name.rpartition("/")[2].encode() + rb'"[^>]*/>', b"", part)
                if other.endswith((".rels", "[Content_Types].xml"))
                else part
                for other, part in kept.items()
            }  # fmt: skip
    return kept


SAME: tuple[Callable[[Parts, random.Random], Parts], ...] = (
    _in(_of_texts, split_texts), _in(_of_texts, split_texts), _in(_of_texts, split_texts),
    _in(_sheets, result_before_formula), _in(_of_texts, attributes_otherwise), _in(_sheets, references_in_attributes),
    _in(_sheets, opened_or_closed), _in(_of_texts, with_prefix), _in(_of_texts, white_space),
    _in(_of_texts, comments_between), _in(_sheets, shuffled), shared_texts_in_cells, _in(_of_texts, in_runs),
    _in(_sheets, lying_dimension), _in(_of_texts, foreign_elements), _in(_sheets, foreign_attributes),
    _in(_sheets, numbers_otherwise), _in(_sheets, truths_otherwise), _in(_of_texts, kept_spaces), other_encoding,
    parts_elsewhere, other_ids, texts_in_another_order, without_what_may_be_missing,
)  # fmt: skip


# --- something else, or nothing ----------------------------------------------------------------

_ODD_NUMBERS = (
    "1,234", "NaN", "INF", "-INF", "inf", "1_000", "0x1F", " ", "３２０", "1e400", "-0", "12345678901234567890", "1e-400",
    "1.", ".5", "-", "+", "1 2", "1e", "TRUE", "#N/A", "12%", "1\u00a0000", "0.1e1e1", "--1",
)  # fmt: skip
_ODD_INDEXES = ("007", " 7", "7.0", "-1", "99999", "", "+1", "1e0", "0x1", "7 ", "one")


def odd_numbers(text: str, dice: random.Random) -> str:
    return _some(
        text, _NUMBER_CELL, dice, lambda found: found[1] + dice.choice(_ODD_NUMBERS) + found[3]
    )


def odd_indexes(text: str, dice: random.Random) -> str:
    return _some(
        text,
        re.compile(r'( t="s"><v>)([^<]+)(</v>)'),
        dice,
        lambda f: f[1] + dice.choice(_ODD_INDEXES) + f[3],
    )


def odd_kinds(text: str, dice: random.Random) -> str:
    kinds = ("s", "str", "n", "b", "e", "inlineStr", "d", "", "S", "x")
    return _some(
        text, re.compile(r'( t=")([a-z]+)(")'), dice, lambda f: f[1] + dice.choice(kinds) + f[3]
    )


def kinds_given(text: str, dice: random.Random) -> str:
    kinds = ("s", "str", "n", "b", "e", "inlineStr", "d")
    pattern = re.compile(r'(<c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?)(>)')
    return _some(text, pattern, dice, lambda f: f'{f[1]} t="{dice.choice(kinds)}"{f[2]}')


def other_styles(text: str, dice: random.Random) -> str:
    styles = ("0", "1", "2", "3", "03", "99", "-1", "", " 1", "+1")
    return _some(
        text,
        re.compile(r'(<c r="[A-Z]+[0-9]+")(?: s="[0-9]+")?'),
        dice,
        lambda f: f'{f[1]} s="{dice.choice(styles)}"',
    )


def without_places(text: str, dice: random.Random) -> str:
    """Leave out where cells or rows are: the next ones, then."""
    pattern = re.compile(dice.choice((r'(<c) r="[A-Z]+[0-9]+"', r'(<row) r="[0-9]+"')))
    return _some(text, pattern, dice, lambda found: found[1])


def odd_places(text: str, dice: random.Random) -> str:
    places = (
        "a1",
        "$A$1",
        "A0",
        "G6",
        "XFE1",
        "A1048577",
        "",
        "6G",
        "A01",
        "Ａ1",
        " B2",
        "B2 ",
        "R1C1",
    )
    return _some(
        text,
        re.compile(r'(<c r=")([A-Z]+[0-9]+)(")'),
        dice,
        lambda f: f[1] + dice.choice(places) + f[3],
    )


def doubled(text: str, dice: random.Random) -> str:
    """Say something twice: a value, a cell, a row, an attribute, all cells."""
    match dice.randrange(6):
        case 0:
            return _some(text, _VALUE, dice, lambda found: f"{found[0]}<v>999</v>")
        case 1:
            return _some(text, _CELL, dice, lambda found: found[0] * 2)
        case 2:
            return _some(text, _ROW, dice, lambda found: found[0] * 2)
        case 3:
            return _some(
                text, re.compile(r'<c (r="[^"]*")'), dice, lambda found: f'<c {found[1]} r="G6"'
            )
        case 4:
            return text.replace(
                "</sheetData>",
                f'</sheetData><sheetData><row r="6">{_HIDING_A_CELL}</row></sheetData>',
            )
        case _:
            return _some(text, re.compile("<f>"), dice, lambda _: "<f>1</f><f>")


def nested(text: str, dice: random.Random) -> str:
    """Put elements into values, and values into others."""
    inside = ("<b/>", "<v>9</v>", "<t>9</t>", '<z xmlns="urn:z">9</z>')
    match dice.randrange(3):
        case 0:
            return _some(
                text, _TEXT, dice, lambda f: f[1] + f[2][:1] + dice.choice(inside) + f[2][1:] + f[3]
            )
        case 1:
            return _some(text, _VALUE, dice, lambda f: f"<is>{f[0]}</is>")
        case _:
            return _some(text, _VALUE, dice, lambda f: f"{f[0]}<is><t>9</t></is>")


def escapes(text: str, dice: random.Random) -> str:
    """Put in what Excel spells in its own way, and what XML does not know."""
    signs = (
        "_x000D_",
        "_x0041_",
        "_x005F_x0041_",
        "&nbsp;",
        "&undefined;",
        "\x01",
        "\r\n",
        "\t",
        "&#0;",
        "&#xD;",
        "_xD83D__xDE00_",
    )
    return _some(text, _TEXT, dice, lambda f: f[1] + f[2] + dice.choice(signs) + f[3])


def entities(text: str, dice: random.Random) -> str:
    """Declare an entity, and use it."""
    declared = re.sub(
        r"^(<\?xml[^>]*\?>\s*)?", r'\1<!DOCTYPE worksheet [<!ENTITY n "9">]>', text, count=1
    )
    return _some(declared, _TEXT, dice, lambda f: f"{f[1]}&n;{f[2]}{f[3]}")


def merged(text: str, dice: random.Random) -> str:
    """Merge cells that hold something."""
    top, left = dice.randint(1, 8), dice.randint(0, 6)
    area = f"{chr(65 + left)}{top}:{chr(65 + left + dice.randint(0, 2))}{top + dice.randint(0, 3)}"
    if "<mergeCells" in text:  # ranges that overlap are for nobody to read
        return text
    return text.replace(
        "</sheetData>", f'</sheetData><mergeCells count="1"><mergeCell ref="{area}"/></mergeCells>'
    )


def hidden(text: str, dice: random.Random) -> str:
    """Hide rows and columns, in ways that programs write."""
    if dice.random() < 0.5:
        first = dice.randint(1, 7)
        cols = f'<cols><col min="{first}" max="{dice.choice((first, first + 2, 16384))}" hidden="{dice.choice(("1", "true", "0"))}" width="9"/></cols>'
        return text if "<cols" in text else text.replace("<sheetData>", f"{cols}<sheetData>")
    return _some(
        text,
        re.compile(r"<row(?= r=)"),
        dice,
        lambda _: f'<row hidden="{dice.choice(("1", "true", "0", "false"))}"',
    )


def strict(parts: Parts, dice: random.Random) -> Parts:
    """Say everything in the strict variant of the standard, as Excel can be told to."""
    namespaces = (
        (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
        (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
    )  # fmt: skip
    del dice
    new = {}
    for name, part in parts.items():
        new[name] = part
        for loose, tight in namespaces:
            new[name] = new[name].replace(loose, tight)
    return new


OTHER: tuple[Callable[[Parts, random.Random], Parts], ...] = (
    _in(_sheets, odd_numbers), _in(_sheets, odd_indexes), _in(_sheets, odd_kinds), _in(_sheets, kinds_given),
    _in(_sheets, other_styles), _in(_sheets, without_places), _in(_sheets, odd_places), _in(_sheets, doubled),
    _in(_of_texts, nested), _in(_of_texts, escapes), _in(_of_texts, entities), _in(_sheets, merged),
    _in(_sheets, hidden), strict,
)  # fmt: skip
