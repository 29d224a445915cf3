"""The VBA inside the workbook is our text to the letter, and nothing else runs by itself."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.paths import ROOT

from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.ledger.build import vba
from qiyx_xl.ledger.layout.texts import messages
from qiyx_xl.ledger.registry import (
    FUNCTION_MODULE,
    FUNCTIONS,
    NOT_IN_PLAN,
    NOT_READABLE,
    LedgerSheet,
)

# oletools speaks to an older pyparsing.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

MACROS = ROOT / "macros"
SHIPPED = ROOT / "workbook" / "七优享台账.xlsm"
WRAPPER = (MACROS / "xlwings_udfs.bas").read_text(encoding="ascii")
OURS = (MACROS / "Qiyx.bas").read_text(encoding="ascii")


def body(text: str) -> str:
    """A module's text without its attribute header, with one kind of line ends."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line for line in lines if not line.startswith("Attribute ")).strip()


def by_pyopenvba() -> dict[str, str]:
    from pyopenvba import ExcelFile

    with ExcelFile(SHIPPED) as book:
        return book.vba_modules()


def by_olevba() -> dict[str, str]:
    from oletools.olevba import VBA_Parser

    parser = VBA_Parser(str(SHIPPED))
    try:
        found = {Path(name).stem: code for _, _, name, code in parser.extract_macros()}
    finally:
        parser.close()
    return found


@pytest.mark.parametrize("read", [by_pyopenvba, by_olevba])
def test_two_independent_readers_find_our_sources_to_the_letter(read):
    found = read()
    for name, text in vba.sources().items():
        assert body(found[name]) == body(text), name
    empty = {sheet.code_name for sheet in LedgerSheet}
    assert all(body(found[name]) == "" for name in empty & set(found))
    assert set(found) - empty == set(vba.sources())


def test_every_module_is_pure_ascii_so_that_it_reads_alike_on_every_code_page():
    for path in MACROS.iterdir():
        if path.suffix in (".bas", ".cls"):
            assert path.read_bytes().isascii(), path.name


def test_a_source_that_is_not_ascii_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(vba, "read_text", lambda _: "' 注释")
    with pytest.raises(ValueError, match="not pure ASCII"):
        vba.sources()


@pytest.mark.slow
def test_nothing_runs_by_itself_but_the_opening():
    from oletools.olevba import VBA_Scanner

    for name, text in by_pyopenvba().items():
        found = {keyword for kind, keyword, _ in VBA_Scanner(text).scan() if kind == "AutoExec"}
        assert found == ({"Workbook_Open"} if name == "ThisWorkbook" else set()), name


def test_the_xlwings_module_is_the_installed_packages_own_but_for_how_it_starts_python():
    package = Path(find_spec("xlwings").submodule_search_locations[0])
    own = body((package / "xlwings.bas").read_text(encoding="utf-8")).splitlines()
    ours = body(by_pyopenvba()["xlwings"]).splitlines()
    changed = [pair for pair in zip(own, ours, strict=True) if pair[0] != pair[1]]
    assert len(changed) == 2
    assert f"'Version: {version('xlwings')}" in ours
    for before, after in changed:
        undone = after.replace("sys.path[:]=filter(None,sys.path);", "", 1).replace(" -P -B", " -B")
        assert (
            undone.replace("import sys,xlwings.utils", "import xlwings.utils").replace(
                '\\"");" & Python', '\\""); " & Python'
            )
            == before
        )


def test_another_xlwings_is_looked_at_before_its_module_is_used():
    with pytest.raises(ValueError, match="starting_safely"):
        vba.starting_safely("python -c import xlwings")


@pytest.mark.slow
def test_the_wrapper_is_what_xlwings_generates_and_our_one_step():
    code = (
        "import importlib.util, sys;"
        "spec = importlib.util.spec_from_file_location('b', 'scripts/build_workbook.py');"
        "b = importlib.util.module_from_spec(spec); spec.loader.exec_module(b);"
        "sys.stdout.write(b.wrapper_source())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == WRAPPER


def test_the_wrapper_has_every_function_with_its_arguments():
    found = dict(re.findall(r"^Function (\w+)\((.*)\)$", WRAPPER, re.MULTILINE))
    assert found == {
        function.name: ", ".join(
            f"Optional {argument.name}" if argument.optional else argument.name
            for argument in function.arguments
        )
        for function in FUNCTIONS
    }
    for function in FUNCTIONS:
        assert WRAPPER.count(f'Answer("{FUNCTION_MODULE}", "{function.name}", Array(') == 2


def test_no_call_reaches_python_unmeasured_and_no_answer_comes_back_unmapped():
    assert "XLPy" not in WRAPPER
    assert "Err.Description" not in WRAPPER
    assert WRAPPER.count(" = Qiyx.Answer(") == 2 * len(FUNCTIONS)
    assert WRAPPER.count("Qiyx.Asleep()") == len(FUNCTIONS)
    assert re.findall(r".*CallUDF.*", OURS) == [
        "    AskPython = AwakeServer().CallUDF((FUNCTIONS), (func), (whole))"
    ]
    assert OURS.count("RealErrors(AskPython(func, ") == 3


def test_a_wrapper_of_another_form_is_noticed():
    spec = importlib.util.spec_from_file_location("b", ROOT / "scripts" / "build_workbook.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with pytest.raises(ValueError, match="changed its form"):
        module.with_our_answers(WRAPPER)
    with pytest.raises(ValueError, match="changed its form"):
        module.with_our_answers("")


def test_vba_and_python_spell_the_two_errors_alike():
    assert f'answer = "{NOT_IN_PLAN}" Then RealError = CVErr(xlErrNA)' in OURS
    assert f'answer = "{NOT_READABLE}" Then RealError = CVErr(xlErrValue)' in OURS


def test_every_text_that_the_vba_shows_stands_in_the_workbook():
    asked = set(re.findall(r'SheetText\("(\w+)"\)', OURS))
    # The plan is named by the identity on the same sheet.
    assert asked == {"plan_id", *messages(load_plan())}


def test_python_is_started_only_below_the_dlls_2048_bytes():
    limit = int(re.search(r"COMMAND_LIMIT As Long = (\d+)", OURS)[1])
    assert limit <= 2047
    assert OURS.count("XLPy()") == 1
