"""What must follow our cells: the calculation chain that Excel adds, and tables that people make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from support.ledger_views import QUARTER, parts_of, view_of

from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.file.opened import OpenedLedger
from qiyx_xl.ledger.file.refresh import refresh_ledger
from qiyx_xl.ledger.file.sheet_xml import patch_cells
from qiyx_xl.ledger.registry import LedgerSheet

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan
    from qiyx_xl.core.plan.rules import Rules

CHAIN = "xl/calcChain.xml"
_TYPES, _RELATIONS = "[Content_Types].xml", "xl/_rels/workbook.xml.rels"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def added(path: Path, part: str, content: str, kind: str) -> dict[str, bytes]:
    """A part with its entry in the list of content types."""
    types = parts_of(path)[_TYPES].decode()
    entry = f'<Override PartName="/{part}" ContentType="{_KIND}.{kind}+xml"/></Types>'
    return {part: content.encode(), _TYPES: types.replace("</Types>", entry).encode()}


def with_chain(path: Path, *cells: tuple[str, str | None]) -> None:
    """Add a calculation chain, as Excel does when it saves; no sheet: the one before."""
    listed = "".join(
        f'<c r="{ref}"/>' if sheet is None else f'<c r="{ref}" i="{sheet}"/>'
        for ref, sheet in cells
    )
    parts = added(path, CHAIN, f'<calcChain xmlns="{_MAIN}">{listed}</calcChain>', "calcChain")
    relations = parts_of(path)[_RELATIONS].decode()
    entry = (
        f'<Relationship Id="rId99" Type="{_OFFICE}/calcChain" Target="calcChain.xml"/>'
        "</Relationships>"
    )
    parts[_RELATIONS] = relations.replace("</Relationships>", entry).encode()
    path.write_bytes(with_parts(path.read_bytes(), parts))


def test_a_chain_that_still_fits_stays_to_the_byte(ledger: Path, plan: Plan, rules: Rules):
    with_chain(ledger, ("L6", "2"), ("O6", None))
    before = parts_of(ledger)
    refresh_ledger(ledger, view_of(plan, rules))
    after = parts_of(ledger)
    assert all(after[part] == before[part] for part in (CHAIN, _TYPES, _RELATIONS))


@pytest.mark.parametrize("cells", [[("A4", "7")], [("L6", "2"), ("D6", None)]])
def test_a_chain_that_names_a_cell_without_formula_is_left_out(
    cells: list[tuple[str, str | None]], ledger: Path, plan: Plan, rules: Rules
):
    with_chain(ledger, *cells)
    refresh_ledger(ledger, view_of(plan, rules))
    after = parts_of(ledger)
    assert CHAIN not in after
    assert b"calcChain" not in after[_TYPES] + after[_RELATIONS]


def test_a_formula_that_people_put_beside_our_columns_keeps_its_place_in_the_chain(
    ledger: Path, plan: Plan, rules: Rules
):
    refresh_ledger(ledger, view_of(plan, rules))
    opened = OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.RECORDS)
    xml = opened.read(part).decode()
    end = xml.index("</row>", xml.index('<row r="5"'))
    mine = f'{xml[:end]}<c s="1" r="Z5"><f>E5*2</f><v>8</v></c>{xml[end:]}'
    ledger.write_bytes(with_parts(opened.package, {part: mine.encode()}))
    number = next(number for number, of in opened.sheet_ids() if of == part)
    with_chain(ledger, ("Z5", number))
    refresh_ledger(ledger, view_of(plan, rules, QUARTER[:3]))
    after = parts_of(ledger)
    assert CHAIN in after
    assert b'r="Z5"><f>E5*2</f>' in after[part]


def with_table(path: Path, ref: str) -> str:
    """Lay a table over rows of 填报记录, as Ctrl+T does."""
    name = "xl/tables/table1.xml"
    letters = re.findall("[A-Z]+", ref)
    columns = "".join(
        f'<tableColumn id="{number}" name="c{number}"/>'
        for number in range(1, ord(letters[1]) - 63)
    )
    content = (
        f'<table xmlns="{_MAIN}" id="1" name="T" displayName="T" ref="{ref}">'
        f'<autoFilter ref="{ref}"/><tableColumns>{columns}</tableColumns></table>'
    )
    parts = added(path, name, content, "table")
    opened = OpenedLedger(path.read_bytes(), path.name)
    sheet = opened.part(LedgerSheet.RECORDS)
    relations = sheet.replace("worksheets/", "worksheets/_rels/") + ".rels"
    parts[relations] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/table" Target="../tables/table1.xml"/>'
        "</Relationships>"
    ).encode()
    path.write_bytes(with_parts(path.read_bytes(), parts))
    return name


def test_a_table_over_the_log_grows_with_it_and_never_shrinks(
    ledger: Path, plan: Plan, rules: Rules
):
    name = with_table(ledger, "A3:T5")
    refresh_ledger(ledger, view_of(plan, rules))
    wanted = f'ref="A3:T{3 + len(QUARTER)}"'.encode()
    assert parts_of(ledger)[name].count(wanted) == 2
    refresh_ledger(ledger, view_of(plan, rules, QUARTER[:2]))
    assert parts_of(ledger)[name].count(wanted) == 2


def test_a_table_elsewhere_on_the_sheet_is_left_alone(ledger: Path, plan: Plan, rules: Rules):
    name = with_table(ledger, "V10:Z12")
    before = parts_of(ledger)[name]
    refresh_ledger(ledger, view_of(plan, rules))
    assert parts_of(ledger)[name] == before


def test_cells_whose_attributes_stand_in_another_order_are_found(
    ledger: Path, plan: Plan, rules: Rules
):
    refresh_ledger(ledger, view_of(plan, rules))
    data = ledger.read_bytes()
    opened = OpenedLedger(data, ledger.name)
    part = opened.part(LedgerSheet.RECORDS)
    xml = opened.read(part)
    turned = re.sub(rb'<c r="(\w+)" s="(\d+)"', rb'<c s="\2" r="\1"', xml)
    assert turned != xml
    ledger.write_bytes(with_parts(data, {part: turned}))
    refresh_ledger(ledger, view_of(plan, rules))
    again = parts_of(ledger)[part]
    assert again[again.index(b'<row r="4"') :] == xml[xml.index(b'<row r="4"') :]


def test_a_note_cell_added_by_people_is_patched_around(ledger: Path, plan: Plan, rules: Rules):
    opened = OpenedLedger(ledger.read_bytes(), ledger.name)
    part = opened.part(LedgerSheet.CONSOLE)
    xml = patch_cells(opened.read(part), {(70, 1): "我的备忘"})
    ledger.write_bytes(with_parts(opened.package, {part: xml}))
    refresh_ledger(ledger, view_of(plan, rules))
    assert "我的备忘".encode() in parts_of(ledger)[part]
