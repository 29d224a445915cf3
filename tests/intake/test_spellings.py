"""However a workbook spells its parts and its XML, the same form is read from it."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_forms import PERIOD, small_plan
from support.hostile_files import FORM, IDENTITY_PART, packed, parts, sheet

from qiyx_xl.core.records.history import NoHistory
from qiyx_xl.intake.batch import check_files
from qiyx_xl.intake.office_files.rules import load_rules
from qiyx_xl.intake.workbook.guard import guard
from qiyx_xl.intake.workbook.reader import read_sheets
from qiyx_xl.intake.xlsx import book
from qiyx_xl.intake.xlsx.book import saved_at

if TYPE_CHECKING:
    from pathlib import Path

SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"


def form_of(change=lambda text: text) -> dict[str, str | bytes]:
    return parts(change(sheet(FORM)))


def renamed(members: dict[str, str | bytes], names) -> dict[str, str | bytes]:
    """Give parts other names, also where other parts refer to them by these."""
    return {names(name): content for name, content in members.items()}


def flat() -> dict[str, str | bytes]:
    """All parts at the root of the package."""
    members = form_of()
    return {
        "[Content_Types].xml": members["[Content_Types].xml"].replace("/xl/worksheets/", "/").replace("/xl/", "/"),
        "_rels/.rels": members["_rels/.rels"].replace("xl/workbook.xml", "workbook.xml"),
        "workbook.xml": members["xl/workbook.xml"],
        "_rels/workbook.xml.rels": members["xl/_rels/workbook.xml.rels"].replace("worksheets/", "/"),
        "sheet1.xml": members[SHEET],
        "sheet2.xml": IDENTITY_PART,
    }  # fmt: skip


def elsewhere() -> dict[str, str | bytes]:
    """Parts in folders of other names, found by their relationships alone."""
    members = form_of()
    return {
        "[Content_Types].xml": re.sub("/xl/workbook.xml", "/Buch/Mappe1.xml", members["[Content_Types].xml"]),
        "_rels/.rels": members["_rels/.rels"].replace("xl/workbook.xml", "Buch/Mappe1.xml"),
        "Buch/Mappe1.xml": members["xl/workbook.xml"],
        "Buch/_rels/Mappe1.xml.rels": members["xl/_rels/workbook.xml.rels"]
        .replace("worksheets/sheet1.xml", "../Blatt/%E4%B8%80.xml").replace("worksheets/sheet2.xml", "/Blatt/zwei.xml"),
        "Blatt/一.xml": members[SHEET],
        "Blatt/zwei.xml": IDENTITY_PART,
    }  # fmt: skip


def prefixed(text: str) -> str:
    """Give every element a prefix."""
    return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace(
        f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"'
    )


def utf_16(text: str) -> bytes:
    return text.replace("UTF-8", "UTF-16").encode("utf-16")


PACKAGES = {
    "as usual": form_of(),
    "parts at the root": flat(),
    "parts elsewhere": elsewhere(),
    "names in capitals": renamed(form_of(), lambda name: name if "[" in name else name.upper()),
    "content types in small letters": renamed(form_of(), str.lower),
    "names that begin with a bar": form_of() | {"xl/_rels/workbook.xml.rels": parts("")["xl/_rels/workbook.xml.rels"].replace("worksheets/", "/xl/worksheets/")},
    "no relationship of the package": {k: v for k, v in form_of().items() if k != "_rels/.rels"},
    "a sheet without a part": form_of() | {"xl/workbook.xml": parts("")["xl/workbook.xml"].replace("<sheets>", '<sheets><sheet name="模块1" sheetId="9" r:id=""/>')},
    "a macro sheet": form_of() | {
        "xl/workbook.xml": parts("")["xl/workbook.xml"].replace("<sheets>", '<sheets><sheet name="宏1" sheetId="9" r:id="rId9"/>'),
        "xl/_rels/workbook.xml.rels": parts("")["xl/_rels/workbook.xml.rels"].replace("</Rel", '<Relationship Id="rId9" Type="http://schemas.microsoft.com/office/2006/relationships/xlMacrosheet" Target="macrosheets/sheet1.xml"/></Rel', 1),
    },
    "an empty sheet": form_of() | {
        "xl/workbook.xml": parts("")["xl/workbook.xml"].replace("<sheets>", '<sheets><sheet name="空" sheetId="9" r:id="rId9"/>'),
        "xl/_rels/workbook.xml.rels": parts("")["xl/_rels/workbook.xml.rels"].replace("</Relationships>", '<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet9.xml"/></Relationships>'),
        "xl/worksheets/sheet9.xml": "",
    },
}  # fmt: skip

SPELLINGS = {
    "prefixes": prefixed,
    "the strict edition's namespace": lambda text: text.replace(MAIN, STRICT),
    "single quotes": lambda text: text.replace('"', "'"),
    "UTF-16": utf_16,
    "GB18030": lambda text: text.replace("UTF-8", "GB18030").encode("gb18030"),
    "a byte order mark": lambda text: ("\ufeff" + text).encode(),
    "no declaration": lambda text: text.partition("?>")[2],
    "white space in tags": lambda text: re.sub(r"(<[a-z]+)( [^<>/]*?)(/?>)", r"\1\n \2 \3", text),
    "white space between tags": lambda text: text.replace("><row", ">\r\n\t<row").replace("><c ", ">\n  <c ").replace("<v>", "\n<v>"),
    "white space around numbers": lambda text: re.sub("<v>(.*?)</v>", "<v>\n \\1 </v>", text),
    "attributes in another order": lambda text: re.sub(r'<c (r="[^"]*") (t="[^"]*")>', r"<c \2 \1>", text),
    "end tags": lambda text: re.sub(r"<([a-z]+)([^<>]*)/>", r"<\1\2></\1>", text),
    "a comment in every number": lambda text: re.sub("<v>(.)", r"<v>\1<!-- 7 -->", text),
    "an instruction in every number": lambda text: re.sub("<v>(.)", r"<v>\1<?x 7?>", text),
    "numbers in CDATA": lambda text: re.sub("<v>(.*?)</v>", r"<v><![CDATA[\1]]></v>", text),
    "numbers half in CDATA": lambda text: re.sub("<v>(.)(.*?)</v>", r"<v>\1<![CDATA[\2]]></v>", text),
    "digits by their code": lambda text: re.sub("<v>(.)", lambda m: f"<v>&#{ord(m[1])};", text),
    "texts by their codes": lambda text: re.sub("<t>(.*?)</t>", lambda m: "<t>" + "".join(f"&#x{ord(c):x};" for c in m[1]) + "</t>", text),
    "texts in CDATA": lambda text: re.sub("<t>(.*?)</t>", r"<t><![CDATA[\1]]></t>", text),
    "texts in runs": lambda text: re.sub("<t>(.)(.*?)</t>", r"<r><t>\1</t></r><r><rPr><b/></rPr><t>\2</t></r><rPh sb='0' eb='1'><t>tuo</t></rPh>", text),
    "formula texts instead of texts": lambda text: text.replace('t="inlineStr"', 't="str"').replace("<is><t>", "<v>").replace("</t></is>", "</v>"),
    "addresses with dollars": lambda text: re.sub(r'<c r="([A-Z])', r'<c r="$\1$', text),
    "small letters in addresses": lambda text: re.sub(r'<c r="([A-Z]+)', lambda m: m[0].lower(), text),
    "rows without numbers": lambda text: text.replace('<row r="2"', "<row").replace('<row r="1"', "<row"),
    "a dimension of nothing": lambda text: text.replace("<sheetData>", '<dimension ref="A0"/><sheetData>'),
    "something of another program": lambda text: text.replace("<sheetData>", '<p:x xmlns:p="urn:x"><p:c r="D2"/></p:x><sheetData>'),
}  # fmt: skip


def numbers(members: dict[str, str | bytes], folder: Path) -> tuple[list[str], dict[str, object]]:
    path = folder / "表.xlsx"
    path.write_bytes(packed(members))
    (result,) = check_files(
        [path], small_plan({"1"}), load_rules(), period=PERIOD, history=NoHistory(), jobs=1
    )
    return [f.code for f in result.findings], {r.code: r.actual for r in result.records}


@pytest.mark.parametrize("members", PACKAGES.values(), ids=PACKAGES)
def test_a_form_is_found_however_its_package_is_laid_out(members, tmp_path):
    assert numbers(members, tmp_path) == ([], {"1": Decimal(320)})


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_form_is_read_however_its_xml_is_spelled(spell, tmp_path):
    assert numbers(form_of(spell), tmp_path) == ([], {"1": Decimal(320)})


@pytest.mark.parametrize("spell", [prefixed, utf_16], ids=["prefixes", "UTF-16"])
def test_every_part_may_be_spelled_so(spell, tmp_path):
    def other(name: str, text: str) -> str | bytes:
        if spell is utf_16:
            return utf_16(text)
        namespace = re.search('xmlns="([^"]*)"', text)
        assert namespace is not None, name
        return re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text).replace(
            f'xmlns="{namespace[1]}"', f'xmlns:x="{namespace[1]}"'
        )

    members = {name: other(name, str(text)) for name, text in form_of().items()}
    assert numbers(members, tmp_path) == ([], {"1": Decimal(320)})


DOUBTFUL = {
    "two values": "<v>1</v><v>320</v>",
    "an element in the value": "<v>3<b/>20</v>",
    "a text and a value": "<is><t>1</t></is><v>320</v>",
    "two formulas": "<f>1</f><f>2</f><v>320</v>",
}


@pytest.mark.parametrize("content", DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_two_readers_could_read_differently_is_refused(content, tmp_path):
    members = form_of(lambda text: text.replace("<v>320.0</v>", content))
    found, values = numbers(members, tmp_path)
    assert found == ["F106"]
    assert values == {}


OF_NUMBERS = [name for name in SPELLINGS if "number" in name or "digits" in name]
OF_TEXTS = [name for name in SPELLINGS if "texts" in name]
OF_TAGS = [
    "single quotes", "no declaration", "white space between tags", "attributes in another order",
    "end tags", "addresses with dollars", "rows without numbers", "a dimension of nothing",
]  # fmt: skip


@given(
    st.sampled_from(OF_NUMBERS),
    st.sampled_from(OF_TEXTS),
    st.permutations(OF_TAGS).flatmap(lambda names: st.integers(0, 4).map(lambda n: names[:n])),
    st.integers(0, 10**6),
)
def test_spellings_together_change_no_number(of_numbers, of_texts, of_tags, number):
    text = sheet(FORM.replace("320.0", str(number)))
    for name in (of_numbers, of_texts, *of_tags):
        text = SPELLINGS[name](text)
    (form, _) = read_sheets(guard(packed(parts(text)), ".xlsx"))
    assert form.rows[1][3] == number
    assert form.rows[1][1] == "托位数"


TIMES = {
    "2026-10-08T10:00:00Z": (10, 0),
    "2026-10-08T18:00:00+08:00": (10, 0),
    "2026-10-08T15:30:00+0800": (7, 30),
    "2026-10-08T05:00:00-05:00": (10, 0),
    "2026-10-08T10:00:00.123Z": (10, 0),
    "2026-10-08T10:00:00": (10, 0),
    " 2026-10-08T10:00Z ": (10, 0),
}


@pytest.mark.parametrize(("written", "expected"), TIMES.items())
@pytest.mark.parametrize("part", ["docProps/core.xml", "package/services/metadata/x.psmdcp"])
def test_the_time_of_saving_is_told_with_its_offset_wherever_it_stands(written, expected, part):
    properties = (
        '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:d="http://purl.org/dc/terms/" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">'
        f'<d:modified i:type="d:W3CDTF">{written}</d:modified></c:coreProperties>'
    )
    members = form_of()
    members["_rels/.rels"] = members["_rels/.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/package/2006/relationships/'
        f'metadata/core-properties" Target="/{part}"/></Relationships>',
    )
    members |= {part: properties}
    at = saved_at(guard(packed(members), ".xlsx").parts)
    assert at is not None
    assert at.replace(second=0, microsecond=0) == datetime(2026, 10, 8, *expected, tzinfo=UTC)


def test_a_time_of_saving_is_found_among_the_texts_as_the_parser_finds_it():
    dice = random.Random(7)
    pieces = [
        "<m>a</m>",
        "<m/>",
        "<m> </m>",
        "<modified>2026-10-08T10:00:00Z</modified>",
        "-",
        "年",
    ]
    pieces += [
        "<m>-</m>",
        "<modified/>",
        "<modified>-</modified>",
        "<modified>x<m>b</m></modified>",
    ]
    pieces += ["<m><modified>2020-01-01</modified></m>", "<!--<modified>c</modified>-->", "&lt;"]
    pieces += ["<modified>2026-10-08T11:00:00Z</modified>", "<m>", "</m>", "<![CDATA[<m>d</m>]]>"]
    pieces += ["<m>：</m>", "<p:m>e</p:m>", "<modified>2026-10-08T12:00:00Z<m/></modified>", ">"]
    found = 0
    for _ in range(3000):
        body = "".join(dice.choice(pieces) for _ in range(dice.randrange(6)))
        part = f"<properties>{body}</properties>".encode()
        usual = book._modified_as_usual(part)
        found += usual is not None
        assert usual in {None, book._modified_as_parsed(part)}, part
    assert found > 300


@pytest.mark.parametrize(
    "written", ["", "gestern", "2026-13-40T00:00:00Z", "0001-01-01T00:00:00+08:00"]
)
def test_a_time_of_saving_that_is_none_is_not_told(written):
    members = form_of() | {"docProps/core.xml": f"<x><modified>{written}</modified></x>"}
    members["_rels/.rels"] = members["_rels/.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId7" Type="x/core-properties" Target="docProps/core.xml"/></Relationships>',
    )
    assert saved_at(guard(packed(members), ".xlsx").parts) is None
