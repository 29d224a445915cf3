"""Ledgers that are damaged, or spelled by another program: a sentence or the right answer."""

from __future__ import annotations

import os
import random
import re
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from qiyx_xl import app
from qiyx_xl.app.custody.maintenance import static_copy
from qiyx_xl.app.custody.rebuild import rebuild
from qiyx_xl.app.custody.verify import verify_ledger
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.files.xml import MAIN
from qiyx_xl.ledger.errors import LedgerError
from qiyx_xl.ledger.file.opened import in_usual_spelling

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PERIOD, TODAY = Period.parse("2026Q3"), date(2026, 10, 30)
NOW = datetime(2026, 10, 30, 9, tzinfo=UTC)
MUTANTS = 150 if os.environ.get("QIYX_CI") else 60


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """An office with the samples taken in."""
    from qiyx_xl.data import resource

    folder = tmp_path_factory.mktemp("office")
    office = app.Office.at(folder / app.LEDGER_NAME)
    app.build_ledger(office)
    app.consolidate(office, [resource("examples/2026Q3")], PERIOD, now=NOW)
    return folder


def office_with(sound: Path, folder: Path, ledger: bytes) -> app.Office:
    import shutil

    shutil.copytree(sound, folder, dirs_exist_ok=True)
    (folder / app.LEDGER_NAME).write_bytes(ledger)
    return app.Office.at(folder / app.LEDGER_NAME)


def repacked(package: bytes, change) -> bytes:
    """Change the parts of a package; ``change`` gives a part's new content by name and content."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            content = change(part.filename, source.read(part.filename))
            if content is not None:
                target.writestr(part.filename, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def with_prefix(xml: bytes) -> bytes:
    """Give the elements of the main namespace a prefix."""
    prefixed = re.sub(rb"<(/?)(?=[a-zA-Z]+[\s/>])", rb"<\1x:", xml)
    return prefixed.replace(b'xmlns="%b"' % MAIN.encode(), b'xmlns:x="%b"' % MAIN.encode(), 1)


def in_cells(change):
    return lambda name, content: (
        change(content) if name.startswith(("xl/worksheets/sheet", "xl/sharedStrings")) else content
    )


SPELLINGS = {
    "prefixes": in_cells(with_prefix),
    "UTF-16": in_cells(lambda xml: xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")),
    "single quotes": in_cells(
        lambda xml: re.sub(rb"(<(?:row|c)\b[^<>]*>)", lambda m: m[1].replace(b'"', b"'"), xml)
    ),
    "comments": in_cells(lambda xml: xml.replace(b"<row ", b"<!-- von Hand --><row ", 3)),
    "instructions in values": in_cells(lambda xml: xml.replace(b"</v>", b"<?by hand?></v>")),
    "white space around equal signs": in_cells(lambda xml: re.sub(rb'<c r="', b'<c r = "', xml)),
}  # fmt: skip


@pytest.mark.parametrize("spell", SPELLINGS.values(), ids=SPELLINGS)
def test_a_ledger_spelled_otherwise_is_verified_and_refreshed(sound, tmp_path, spell):
    package = (sound / app.LEDGER_NAME).read_bytes()
    office = office_with(sound, tmp_path, repacked(package, spell))
    assert verify_ledger(office, TODAY).is_clean
    app.refresh(office, PERIOD, TODAY)
    assert verify_ledger(office, TODAY).is_clean
    static_copy(office.ledger, tmp_path / "静态.xlsx")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml"])
def test_a_part_with_a_document_type_is_damaged(sound, tmp_path, part):
    def declare(name: str, xml: bytes) -> bytes:
        declared = rb'\1<!DOCTYPE any [<!ENTITY n "9">]>'
        return re.sub(rb"^(<[?]xml[^>]*[?]>\s*)?", declared, xml) if name == part else xml

    package = repacked((sound / app.LEDGER_NAME).read_bytes(), declare)
    office = office_with(sound, tmp_path, package)
    with pytest.raises(LedgerError, match="已损坏"):
        app.refresh(office, PERIOD, TODAY)
    assert office.ledger.read_bytes() == package


def renamed(package: bytes, rename) -> bytes:
    """Give parts other names in the zip; what refers to them stays."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as source, zipfile.ZipFile(out, "w") as target:
        for name in source.namelist():
            target.writestr(rename(name), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


@pytest.mark.parametrize(
    ("usual", "unusual"),
    [
        ("worksheets/sheet", "worksheets/Sheet"),
        ("sharedStrings", "SharedStrings"),
        ("workbook.xml", "WorkBook.xml"),
        ("[Content_Types]", "[content_types]"),
        ("xl/", "XL/"),
        ("vbaProject", "VBAProject"),
    ],
)
def test_parts_are_found_whatever_their_capitals(sound, tmp_path, usual, unusual):
    package = renamed(
        (sound / app.LEDGER_NAME).read_bytes(), lambda name: name.replace(usual, unusual)
    )
    office = office_with(sound, tmp_path, package)
    assert verify_ledger(office, TODAY).is_clean
    app.refresh(office, Period.parse("2026Q2"), TODAY)
    assert verify_ledger(office, TODAY).is_clean
    static_copy(office.ledger, tmp_path / "静态.xlsx")


@pytest.mark.parametrize(
    "value", [b"<v>3<x>9</x>9</v>", b"<v>99999999</v>", b"<v>-1</v>", b"<v>x</v>"]
)
@pytest.mark.parametrize("sheet", range(1, 5))
def test_a_bad_value_anywhere_on_a_sheet_is_told_before_it_is_written_again(
    sound, tmp_path, sheet, value
):
    def spoil(name: str, xml: bytes) -> bytes:
        if name != f"xl/worksheets/sheet{sheet}.xml":
            return xml
        spoilt, count = re.subn(rb'(t="s"[^>]*>)<v>[0-9]+</v>', rb"\1" + value, xml, count=1)
        assert count == 1
        return spoilt

    office = office_with(sound, tmp_path, repacked((sound / app.LEDGER_NAME).read_bytes(), spoil))
    before = tree(tmp_path)
    with pytest.raises(LedgerError, match="已损坏"):
        app.refresh(office, PERIOD, TODAY)
    assert tree(tmp_path) == before
    rebuild(office, TODAY, now=NOW)
    assert verify_ledger(office, TODAY).is_clean


def test_a_part_spelled_as_usual_stays_as_it_is_to_the_byte(sound):
    with zipfile.ZipFile(sound / app.LEDGER_NAME) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/sheet"):
                assert in_usual_spelling(archive.read(name)) == archive.read(name)


def damaged(package: bytes, dice: random.Random) -> bytes:
    """Cut, flip or drop something: in the file, or in the XML of one of its parts."""
    kind = dice.randrange(6)
    if kind == 0:
        return package[: dice.randrange(len(package))]
    if kind == 1:
        at = dice.randrange(len(package))
        return package[:at] + bytes([package[at] ^ (1 << dice.randrange(8))]) + package[at + 1 :]
    with zipfile.ZipFile(BytesIO(package)) as archive:
        chosen = dice.choice([n for n in archive.namelist() if n.endswith((".xml", ".rels"))])

    def change(name: str, content: bytes) -> bytes | None:
        if name != chosen:
            return content
        at = dice.randrange(len(content))
        match kind:
            case 2:
                return None
            case 3:
                return content[:at]
            case 4:
                return content[:at] + content[at + dice.randint(1, 400) :]
            case _:
                wrong = dice.choice([b"NaN", b"-1", b"99999999999999999999", b"", b"\xe6", b"x"])
                return re.sub(rb'"[0-9]+"', b'"%b"' % wrong, content, count=dice.randint(1, 50))

    return repacked(package, change)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "备份" not in str(path)
    }


def test_no_damaged_ledger_ends_in_anything_but_an_answer_or_a_sentence(sound, tmp_path):
    package = (sound / app.LEDGER_NAME).read_bytes()
    dice, refused = random.Random(20261201), 0
    sentences: set[str] = set()
    office = office_with(sound, tmp_path / "b", package)
    for _ in range(MUTANTS):
        office.ledger.write_bytes(damaged(package, dice))
        before = tree(office.ledger.parent)
        for use in (
            lambda: verify_ledger(office, TODAY),
            lambda: app.refresh(office, PERIOD, TODAY),
            lambda: static_copy(office.ledger, tmp_path / "静态.xlsx"),
        ):
            try:
                use()
            except (LedgerError, app.AppError) as said:
                refused += 1
                sentences.add(str(said))
                assert tree(office.ledger.parent) == before
            else:
                before = tree(office.ledger.parent)
    assert refused > MUTANTS // 2
    assert all("。" in sentence for sentence in sentences)


def test_a_damaged_ledger_is_refused_before_anything_is_booked(sound, tmp_path):
    from qiyx_xl.data import resource

    package = (sound / app.LEDGER_NAME).read_bytes()
    cut = repacked(
        package, lambda name, xml: xml[: len(xml) // 2] if name.endswith("sheet3.xml") else xml
    )
    office = office_with(sound, tmp_path, cut)
    before = tree(tmp_path)
    with pytest.raises(LedgerError, match="已损坏"):
        app.consolidate(office, [resource("examples/2025Q4")], Period.parse("2025Q4"), now=NOW)
    assert tree(tmp_path) == before


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_sets_a_damaged_ledger_aside_and_writes_another(sound, tmp_path, seed):
    package = (sound / app.LEDGER_NAME).read_bytes()
    dice = random.Random(seed)
    cut = repacked(
        package, lambda name, xml: xml[: dice.randrange(len(xml))] if name.endswith("sheet2.xml") else xml
    )  # fmt: skip
    office = office_with(sound, tmp_path, cut)
    report = rebuild(office, TODAY, now=NOW)
    (kept,) = report.aside
    assert kept.read_bytes() == cut
    assert verify_ledger(office, TODAY).is_clean


@pytest.mark.skipif(os.name == "nt", reason="making links takes rights on Windows")
def test_a_ledger_that_is_a_link_stays_one_and_its_target_is_written(sound, tmp_path):
    office = office_with(sound, tmp_path / "here", (sound / app.LEDGER_NAME).read_bytes())
    target = tmp_path / "there" / "台账.xlsm"
    target.parent.mkdir()
    app.refresh(office, Period.parse("2026Q2"), TODAY)
    before = office.ledger.read_bytes()
    target.write_bytes(before)
    office.ledger.unlink()
    office.ledger.symlink_to(target)
    app.refresh(office, PERIOD, TODAY)
    assert office.ledger.is_symlink()
    assert target.read_bytes() != before
    assert verify_ledger(office, TODAY).is_clean
