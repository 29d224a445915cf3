"""A command starts fast because it loads its own module and no other."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from qiyx_xl.data import resource
from qiyx_xl.shells.cli import qiyx

LOADED = """
import sys
from qiyx_xl.shells.cli import _run
_run({argv!r})
print(*sorted(name for name in sys.modules if name.startswith("qiyx_xl.")), file=sys.stderr)
print(*sorted(set(sys.modules) & {{"pandas", "numpy", "openpyxl", "xlwings", "jsonschema"}}), file=sys.stderr)
"""


def loaded_by(*argv):
    code = LOADED.format(argv=list(argv))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules, heavy = (
        done.stderr.splitlines()[-2:] if done.stderr.count("\n") > 1 else (done.stderr, "")
    )
    return set(modules.split()), set(heavy.split())


def test_the_version_is_told_without_loading_any_command():
    modules, heavy = loaded_by("--version")
    assert {name for name in modules if name.startswith("qiyx_xl.shells.cli.")} == {
        "qiyx_xl.shells.cli.help",
        "qiyx_xl.shells.cli.output",
    }
    assert not heavy


def test_a_rating_loads_no_spreadsheet_library():
    modules, heavy = loaded_by("rate", "--indicator", "9", "--period", "2024Q2", "--actual", "3.3")
    assert "qiyx_xl.shells.cli.rate" in modules
    assert "qiyx_xl.shells.cli.validate" not in modules
    assert not heavy


@pytest.mark.parametrize("name", qiyx.list_commands(click.Context(qiyx)))
def test_every_command_is_found_where_it_is_said_to_be(name):
    command = qiyx.get_command(click.Context(qiyx), name)
    assert isinstance(command, click.Command)
    assert command.name == name


def test_an_unknown_command_is_none():
    assert qiyx.get_command(click.Context(qiyx), "没有") is None


def test_every_use_case_is_found_where_it_is_said_to_be():
    from qiyx_xl import app

    for name in app.__all__:
        assert getattr(app, name) is not None
    assert set(app._PLACES) == set(app.__all__)
    with pytest.raises(AttributeError):
        _ = app.没有


def test_a_rating_loads_no_other_use_case():
    modules, _ = loaded_by("rate", "--indicator", "9", "--period", "2024Q2", "--actual", "3.3")
    assert {name for name in modules if name.startswith("qiyx_xl.app.")} == {
        "qiyx_xl.app.errors",
        "qiyx_xl.app.rating",
    }


def test_a_check_where_nothing_was_ever_booked_loads_no_store_no_ledger_and_no_papers(tmp_path):
    form = resource("examples/2026Q3/大碶街道_2026Q3.xlsx")
    ledger = tmp_path / "七优享台账.xlsm"
    modules, _ = loaded_by("validate", str(form), "--period", "2026Q3", "--ledger", str(ledger))
    assert "qiyx_xl.intake.form.check" in modules
    needless = ("qiyx_xl.store.store", "qiyx_xl.ledger.", "qiyx_xl.papers.edition")
    assert [name for name in modules if name.startswith(needless)] == []
