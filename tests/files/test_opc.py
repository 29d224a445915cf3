"""How parts name each other, whichever program wrote the lists."""

from __future__ import annotations

import pytest

from qiyx_xl.files.opc import (
    CONTENT_TYPES,
    OFFICE,
    PLAIN_WORKBOOK,
    RELATIONS_NAMESPACE,
    ROOT_RELATIONS,
    TYPES_NAMESPACE,
    ContentTypes,
    Relation,
    read_relations,
    relations_part,
    resolved,
)
from qiyx_xl.files.xml import Damaged

TARGETS = {
    "beside": ("xl", "workbook.xml", "xl/workbook.xml"),
    "below": ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
    "from the root": ("xl", "/xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
    "above": ("xl/worksheets", "../drawings/drawing1.xml", "xl/drawings/drawing1.xml"),
    "round about": ("xl", "./worksheets/../styles.xml", "xl/styles.xml"),
    "above the root": ("xl", "../../styles.xml", "styles.xml"),
    "of the package": ("", "xl/workbook.xml", "xl/workbook.xml"),
    "with backslashes": ("xl", r"worksheets\sheet1.xml", "xl/worksheets/sheet1.xml"),
    "with two slashes": ("xl", "//xl/styles.xml", "xl/styles.xml"),
}


@pytest.mark.parametrize(("folder", "target", "part"), TARGETS.values(), ids=TARGETS)
def test_a_target_is_found_however_it_is_told(folder, target, part):
    assert resolved(folder, target) == part


def test_the_relations_of_a_part_lie_beside_it():
    assert relations_part("xl/workbook.xml") == "xl/_rels/workbook.xml.rels"
    assert relations_part("workbook.xml") == "_rels/workbook.xml.rels"
    assert relations_part("") == ROOT_RELATIONS


def test_what_leads_out_of_the_file_is_of_no_kind():
    xml = f"""<Relationships xmlns="{RELATIONS_NAMESPACE}">
      <Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>
      <Relationship Id="rId2" Type="{OFFICE}/hyperlink" Target="http://a/../b" TargetMode="External"/>
      <Relationship Id="rId3" Type="{OFFICE}/image" Target="c.png" TargetMode="external"/>
      <Relationship/>
    </Relationships>"""
    sheet, link, image, empty = read_relations(xml.encode(), "xl")
    assert sheet == Relation("rId1", f"{OFFICE}/worksheet", "xl/worksheets/sheet1.xml")
    assert sheet.kind == "worksheet"
    assert (link.target, link.external, link.kind) == ("http://a/../b", True, "")
    assert (image.target, image.external, image.kind) == ("c.png", True, "")
    assert empty == Relation("", "", "xl")


def test_a_kind_is_a_part_s_own_or_its_suffix_s():
    kinds = ContentTypes(
        f"""<Types xmlns="{TYPES_NAMESPACE}">
          <Default Extension="XML" ContentType="{PLAIN_WORKBOOK}"/>
          <Override PartName="/xl/styles.xml" ContentType="styles+xml"/>
        </Types>""".encode()
    )
    assert kinds.of("xl/styles.xml") == "styles+xml"
    assert kinds.of("xl/workbook.Xml") == PLAIN_WORKBOOK
    assert kinds.of("xl/media/a.png") == ""
    # The list itself is no part, whatever is said of its suffix.
    assert kinds.of(CONTENT_TYPES) == "application/xml"


@pytest.mark.parametrize("read", [ContentTypes, lambda xml: read_relations(xml, "")])
def test_a_list_that_declares_anything_is_damaged(read):
    with pytest.raises(Damaged):
        read(b'<!DOCTYPE Types [<!ENTITY n "9">]><Types/>')
