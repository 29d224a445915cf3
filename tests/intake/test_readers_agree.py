"""Workbooks of four spellings and a fifth, read by our reader and by another, cell by cell.

A thousand on continuous integration, fewer elsewhere (``QIYX_CI``); the comparison is the one of
``scripts/compare_readers.py``.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from support.many_workbooks import draw
from support.paths import ROOT

from benchmarks.resaving import PROGRAMS, ProgramMissing, with_libreoffice, with_sheetjs
from benchmarks.workbooks import write_workbooks

sys.path.insert(0, str(ROOT / "scripts"))

from compare_readers import KNOWN, compare_all, compare_file, main, our_reading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from compare_readers import Compared

pytestmark = pytest.mark.slow

# LibreOffice takes longest by far, so it saves fewer of them.
COUNTS = {"template": 330, "openpyxl": 275, "SheetJS": 275, "LibreOffice": 120, "exceljs": 60}
OLD = 60  # of each, in the old format
SHARE = 1 if os.environ.get("QIYX_CI") else 6
EVERY_FORM = 4  # one in so many is a filled-in form


@pytest.fixture(scope="module")
def originals(tmp_path_factory) -> list[Path]:
    """Workbooks as our template's writer spells them."""
    folder = tmp_path_factory.mktemp("originals")
    count = max(COUNTS.values()) // SHARE
    forms = write_workbooks(folder, count // EVERY_FORM, every_bad=3)
    drawn = [draw(folder / f"{number}.xlsx", number) for number in range(count - len(forms))]
    # Every share of them holds both kinds.
    for at, form in enumerate(forms):
        drawn.insert(at * EVERY_FORM, form)
    return drawn


def held_together(paths: Sequence[Path]) -> list[Compared]:
    """Compare files that any reader must read, and find no difference."""
    compared = [compare_file(path) for path in paths]
    assert [f"{one.path} {one.refused}" for one in compared if one.refused is not None] == []
    assert [str(one.path) for one in compared if one.other is None] == []
    assert [f"{one.path} {said}" for one in compared for said in one.unexplained] == []
    return compared


def kinds_of_cells(paths: Sequence[Path]) -> Counter[str]:
    """What stands in the cells of workbooks, counted: so that nothing is compared in vain."""
    kinds: Counter[str] = Counter()
    for path in paths:
        for sheet in our_reading(path.read_bytes(), path.suffix).sheets.values():
            kinds["hidden sheet"] += sheet.is_hidden
            for cell in sheet.cells.values():
                kinds[type(cell.value).__name__] += cell.value is not None
                kinds.update(
                    error=cell.error is not None, formula=cell.is_formula, percent=cell.is_percent,
                    hidden=cell.is_hidden, merged=cell.merged is not None,
                )  # fmt: skip
    return kinds


KINDS = {
    "float", "str", "bool", "Day", "error", "formula", "percent", "hidden", "merged", "hidden sheet",
}  # fmt: skip


def test_our_templates_spelling_is_read_alike(originals):
    held_together(originals[: COUNTS["template"] // SHARE])
    seen = kinds_of_cells(originals[:40])
    assert {kind for kind, count in seen.items() if count} == KINDS


@pytest.mark.parametrize(
    "program",
    [
        pytest.param("openpyxl"),
        pytest.param("SheetJS", marks=pytest.mark.node),
        pytest.param("LibreOffice", marks=pytest.mark.libreoffice),
        pytest.param("exceljs", marks=pytest.mark.node),
    ],
)
def test_what_other_programs_save_is_read_alike(originals, tmp_path, program):
    given = originals[: COUNTS[program] // SHARE]
    try:
        saved = PROGRAMS[program](given, tmp_path)
    except ProgramMissing as missing:
        pytest.skip(str(missing))
    compared = held_together(saved)
    assert sum(one.cells for one in compared) > 20 * len(saved)
    seen = kinds_of_cells(saved[:40])
    # openpyxl saves formulas without their results, errors among them.
    lost = {"error"} if program == "openpyxl" else set()
    assert {kind for kind, count in seen.items() if count} >= KINDS - lost


@pytest.mark.libreoffice
@pytest.mark.node
@pytest.mark.parametrize("program", ["LibreOffice", "SheetJS"])
def test_old_workbooks_are_read_alike(originals, tmp_path, program):
    resave = with_libreoffice if program == "LibreOffice" else with_sheetjs
    try:
        saved = resave(originals[: OLD // SHARE], tmp_path, ".xls")
    except ProgramMissing as missing:
        pytest.skip(str(missing))
    compared = list(compare_all(saved))
    assert [f"{one.path} {one.refused}" for one in compared if one.refused is not None] == []
    assert {one.other for one in compared} == {"LibreOffice"}
    # LibreOffice does not take every number format that SheetJS writes.
    wanted = {"value", "error"} if program == "SheetJS" else None
    assert [
        f"{one.path} {said}"
        for one in compared
        for said in one.unexplained
        if wanted is None or said.what in wanted
    ] == []
    seen = kinds_of_cells(saved)
    # SheetJS saves results without their formulas, and hides nothing in this format.
    lost = {"formula", "hidden", "hidden sheet"} if program == "SheetJS" else set()
    assert {kind for kind, count in seen.items() if count} >= KINDS - lost


# --- the script --------------------------------------------------------------------------------


def test_a_folder_without_differences_ends_well(originals, capsys):
    folder = originals[0].parent
    assert main([str(folder)]) == 0
    said = capsys.readouterr().out
    assert f"{len(originals)} files: {len(originals)} compared" in said
    assert " 0 differences" in said


def test_a_difference_is_printed_with_its_cell(originals, tmp_path, capsys, monkeypatch):
    import compare_readers

    read = compare_readers.other_reading

    def misread(data):
        reading = read(data)
        cells = next(iter(reading.sheets.values())).cells
        place = next(place for place in sorted(cells) if isinstance(cells[place].value, str))
        cells[place] = cells[place]._replace(value="另一段文字", merged=None)
        return reading

    monkeypatch.setattr(compare_readers, "other_reading", misread)
    path = tmp_path / "表.xlsx"
    path.write_bytes(originals[0].read_bytes())
    assert main([str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "!A1 value: ours " in said
    assert "theirs '另一段文字'" in said
    assert " 1 differences" in said


def test_a_refused_file_is_counted_with_its_code(tmp_path, capsys):
    (tmp_path / "坏.xlsx").write_bytes(b"no workbook")
    assert main([str(tmp_path)]) == 0
    assert "1 refused by ours F" in capsys.readouterr().out


def test_an_empty_folder_is_no_success(tmp_path):
    assert main([str(tmp_path)]) == 2
    assert main([str(tmp_path / "没有")]) == 2


def test_known_differences_are_documented():
    page = ROOT / "docs" / "development" / "comparing-readers.md"
    text = page.read_text(encoding="utf-8")
    assert all(f"| {name} | {reason} |" in text for name, reason in KNOWN.items())
