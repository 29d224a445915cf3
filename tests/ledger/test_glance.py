"""What a ledger says at a glance is what it says when it is opened, or nothing at all."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiyx_xl.app.plan_in_force import ledger_facts
from qiyx_xl.files.xml import Q, parse
from qiyx_xl.files.zip_writer import with_parts
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import OpenedLedger, raising_damaged_ledger_error
from qiyx_xl.ledger.glance import IDENTITY_SHEET, SETTINGS_SHEET, STORE_SETTING, glance
from qiyx_xl.ledger.layout import tables
from qiyx_xl.ledger.registry import LedgerSheet

PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/sharedStrings.xml")


def opened(path: Path) -> tuple[dict[str, str], str] | None:
    try:
        with raising_damaged_ledger_error(path.name):
            book = OpenedLedger(path.read_bytes(), path.name, is_checked=False)
            return book.identity, book.setting(STORE_SETTING)
    except LedgerError:
        return None


def with_store(path: Path, name: str) -> None:
    """Type a name beside 数据库 on 设置, as Excel would store it."""
    book = OpenedLedger(path.read_bytes(), path.name)
    part, shared = book.part(LedgerSheet.SETTINGS), book.read(PARTS[2]).decode()
    cells = list(parse(book.read(part)).iter(f"{Q}c"))
    at = next(i for i, cell in enumerate(cells) if book.cell_text(cell) == STORE_SETTING)
    where, index = cells[at + 1].get("r"), shared.count("<si>")
    cell = f'<c r="{where}" t="s"><v>{index}</v></c>'
    sheet, typed = re.subn(
        rf'<c r="{where}"[^>]*?(/>|>.*?</c>)', cell, book.read(part).decode(), count=1
    )
    assert typed
    texts = shared.replace("</sst>", f"<si><t>{name}</t></si></sst>")
    parts = {part: sheet.encode(), PARTS[2]: texts.encode()}
    path.write_bytes(with_parts(path.read_bytes(), parts))


def test_the_names_are_those_of_the_registry_and_the_layout():
    assert IDENTITY_SHEET == LedgerSheet.IDENTITY
    assert SETTINGS_SHEET == LedgerSheet.SETTINGS
    assert STORE_SETTING == tables.STORE_SETTING


def test_a_built_ledger_says_the_same_as_when_opened(ledger: Path):
    assert glance(ledger) == opened(ledger) is not None


@pytest.mark.parametrize("schema", [1, 2])
def test_so_does_one_of_an_earlier_version(schema: int):
    path = Path(__file__).with_name(f"built_as_ledger_{schema}.xlsm")
    assert glance(path) == opened(path) is not None


@pytest.mark.parametrize("name", ["数据/七优享.sqlite", "a &amp; b &lt;1&gt;.sqlite"])
def test_the_store_named_on_the_settings_is_read_with_its_signs(ledger: Path, name: str):
    with_store(ledger, name)
    seen = glance(ledger)
    assert seen == opened(ledger)
    assert seen is not None
    assert seen[1].endswith(".sqlite")
    assert "&amp;" not in seen[1]


def test_a_ledger_in_another_spelling_is_opened_and_says_the_same(ledger: Path):
    before = ledger_facts(ledger)
    with zipfile.ZipFile(ledger) as package:
        workbook = package.read(PARTS[0]).replace(
            b"<sheets>", b"<!-- by another program --><sheets>"
        )
    ledger.write_bytes(with_parts(ledger.read_bytes(), {PARTS[0]: workbook}))
    assert glance(ledger) is None
    assert ledger_facts(ledger) == before is not None


@pytest.mark.parametrize("content", [b"", b"PK", b"no package", b"PK\x03\x04" + bytes(90)])
def test_of_what_is_no_ledger_nothing_is_said(tmp_path: Path, content: bytes):
    path = tmp_path / "七优享台账.xlsm"
    path.write_bytes(content)
    assert glance(path) is None
    assert ledger_facts(path) is None


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    which=st.integers(0, 4),
    at=st.floats(0, 1, exclude_max=True),
    put=st.sampled_from(
        [b"", b"<", b">", b'"', b"'", b"&", b" ", b"\n", b"1", b"A", b"<si/>", b"/"]
    ),
    take=st.integers(0, 3),
)
def test_of_a_changed_ledger_it_says_what_opening_says_or_nothing(
    ledger: Path, which: int, at: float, put: bytes, take: int
):
    built = ledger.read_bytes()
    sound = OpenedLedger(built, "", is_checked=False)
    names = (*PARTS, sound.part(LedgerSheet.IDENTITY), sound.part(LedgerSheet.SETTINGS))
    part = sound.read(names[which])
    place = int(at * len(part))
    path = ledger.with_name("改过的.xlsm")
    changed = part[:place] + put + part[place + take :]
    path.write_bytes(with_parts(built, {names[which]: changed}))
    seen, whole = glance(path), opened(path)
    assert seen is None or whole is None or seen == whole


@pytest.mark.parametrize("sheet", [LedgerSheet.SETTINGS, LedgerSheet.IDENTITY])
def test_a_ledger_whose_sheet_is_no_xml_is_left_to_whoever_opens_it(
    ledger: Path, sheet: LedgerSheet
):
    part = OpenedLedger(ledger.read_bytes(), "").part(sheet)
    ledger.write_bytes(with_parts(ledger.read_bytes(), {part: b"<worksheet"}))
    assert ledger_facts(ledger) is None


def test_asking_loads_nothing_that_opens_ledgers(ledger: Path):
    script = (
        "import sys; from pathlib import Path\n"
        "from qiyx_xl.app.plan_in_force import ledger_facts\n"
        "assert ledger_facts(Path(sys.argv[1])).plan_id\n"
        "heavy = {'lxml.etree', 'qiyx_xl.ledger.file.opened', 'qiyx_xl.ledger.registry'}\n"
        "sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(ledger)], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
