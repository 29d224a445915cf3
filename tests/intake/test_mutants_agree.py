"""Two thousand workbooks spelled otherwise or damaged: nobody reads another value than we do.

Two readers that agree about which cells there are may still not agree about what they say: a
comment inside of a number was 123 to others and 12 to us. So every mutant is read by us and by
another, and they say the same of each cell, or we refuse the file. ``QIYX_MUTANTS`` sets how many:
2000 on continuous integration, fewer elsewhere.
"""

from __future__ import annotations

import os
import random
import re
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from support.drawn_forms import write_drawing
from support.many_workbooks import draw
from support.paths import ROOT
from support.spelled_otherwise import OTHER, SAME, packed, parts_of, with_prefix
from test_fuzz import DRAWINGS, damaged_bytes, damaged_structure

from benchmarks.resaving import with_openpyxl
from benchmarks.workbooks import workbook

sys.path.insert(0, str(ROOT / "scripts"))

from compare_readers import (
    differences,
    openpyxl_reading,
    other_reading,
    our_reading,
    plain_reading,
)

from qiyx_xl.intake.errors import Refused

if TYPE_CHECKING:
    from compare_readers import Difference
    from readings import Reading

pytestmark = pytest.mark.slow

MUTANTS = int(os.environ.get("QIYX_MUTANTS") or (2000 if os.environ.get("QIYX_CI") else 300))


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> list[bytes]:
    """Forms and other workbooks, as several programs write them."""
    folder = tmp_path_factory.mktemp("mutants")
    paths = [
        write_drawing(folder / f"表{at}.xlsx", drawing, hidden_rows=[9])
        for at, drawing in enumerate(DRAWINGS.values())
    ]
    paths += [draw(folder / f"{number}.xlsx", number) for number in range(100, 106)]
    paths += with_openpyxl(paths, folder / "openpyxl")
    return [*(path.read_bytes() for path in paths), workbook(1), workbook(2, is_bad=True)]


def mutant(data: bytes, dice: random.Random) -> tuple[bytes, list[str], bool]:
    """Return a mutant, how it was made, and whether it says the same as the original."""
    if dice.random() < 0.15:
        damage = dice.choice((damaged_bytes, damaged_structure, damaged_structure))
        return damage(data, dice), [damage.__name__], False
    changes = dice.choices(SAME, k=dice.randint(1, 3))
    is_same = dice.random() < 0.6
    if not is_same:
        changes = [*changes[: dice.randint(0, 2)], dice.choice(OTHER)]
    parts = parts_of(data)
    for change in changes:
        parts = change(parts, dice)
    return packed(parts, dice), [change.__name__ for change in changes], is_same


def unexplained(ours: Reading, theirs: Reading) -> list[Difference]:
    return [one for one in differences(ours, theirs) if one.known is None]


def test_both_readers_say_the_same_of_a_mutant_or_we_refuse_it(originals):
    known = [openpyxl_reading(data) for data in originals]
    seen: Counter[str] = Counter()
    wrong: list[str] = []
    for number in range(MUTANTS):
        dice = random.Random(f"mutant {number}")
        at = dice.randrange(len(originals))
        data, made, is_same = mutant(originals[at], dice)
        try:
            ours = our_reading(data, ".xlsx")
        except Refused:
            seen["refused"] += 1
            seen["refused, though it says the same"] += is_same
            continue
        theirs = known[at] if is_same else other_reading(data)
        if theirs is None:
            seen["read by ours alone"] += 1
            continue
        seen["same" if is_same else theirs.reader] += 1
        found = unexplained(ours, theirs)
        if found and not is_same and theirs.reader == "openpyxl":
            # openpyxl overlooks parts of damaged packages; then the letter of the standard counts.
            by_the_letter = plain_reading(data)
            if by_the_letter is not None and not unexplained(ours, by_the_letter):
                seen["openpyxl alone says otherwise"] += 1
                continue
        wrong += [f"{number} {'+'.join(made)} ({theirs.reader}): {said}" for said in found]
    assert wrong == []
    assert seen["openpyxl alone says otherwise"] <= MUTANTS // 100
    assert seen["refused, though it says the same"] <= MUTANTS // 50
    assert seen["same"] > MUTANTS // 3
    assert seen["openpyxl"] + seen["plain"] > MUTANTS // 20


def test_a_value_is_whole_however_it_is_parted(originals):
    """Every way of parting a number, one by one."""
    parts = parts_of(originals[0])
    name = next(name for name, part in parts.items() if b"<v>320</v>" in part)
    for inside in (
        "3<!-- -->20", "3<?x?>20", "<![CDATA[320]]>", "3<![CDATA[2]]>0", "32&#48;", "&#x33;20", "32<![CDATA[0]]>",
        "<!-- 1 -->320", "320<!-- 1 -->", "<![CDATA[]]>320", "&#51;&#50;&#48;", "3<!-- -->2<?x 9?><![CDATA[0]]>",
    ):  # fmt: skip
        part = parts[name].replace(b"<v>320</v>", f"<v>{inside}</v>".encode())
        data = packed(parts | {name: part}, random.Random(0))
        try:
            ours = our_reading(data, ".xlsx")
        except Refused:
            continue
        values = [cell.value for cell in ours.sheets["填报表"].cells.values()]
        assert 320.0 in values, inside


def test_shared_texts_with_a_prefix_are_read(originals):
    dice = random.Random(0)
    parts = parts_of(originals[0])
    name = "xl/sharedStrings.xml"
    spelled = with_prefix(parts[name].decode(), dice)
    assert ":si>" in spelled
    ours = our_reading(packed(parts | {name: spelled.encode()}, dice), ".xlsx")
    assert unexplained(ours, openpyxl_reading(originals[0])) == []


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c r="Z1" s="{percent}"><v>0.65</v></c>', 0.65),
        ('<c r="Z1" s="00{percent}"><v>0.65</v></c>', 0.65),
        ('<c r="Z1" s=" {percent} "><v>0.65</v></c>', 0.65),
        ('<c r="Z1" t="b"><v>1</v></c>', True),
        ('<c r="Z1" t="b"><v>300</v></c>', None),  # others would take it for TRUE
        ('<c r="Z1" t="inlineStr"><v>320</v></c>', None),  # others see nothing there
    ],
)
def test_a_cell_is_read_as_others_read_it_or_refused(originals, cell, value):
    parts = parts_of(originals[1])
    name = "xl/worksheets/sheet1.xml"
    percent = re.search(rb'<c r="[A-Z0-9]+" s="([0-9]+)"><v>0.71</v>', parts[name])
    added = cell.format(percent=percent[1].decode()).encode() + b"</row>"
    data = packed(parts | {name: parts[name].replace(b"</row>", added, 1)}, random.Random(0))
    if value is None:
        with pytest.raises(Refused):
            our_reading(data, ".xlsx")
    else:
        read = our_reading(data, ".xlsx").sheets["填报表"].cells[1, 26]
        assert (read.value, read.is_percent) == (value, value == 0.65)
