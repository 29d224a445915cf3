from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from other_pcs import with_ledger

from qiyx_xl.data import read_text
from qiyx_xl.shells.doctor import CheckState
from qiyx_xl.shells.doctor.command_line import (
    LIMIT,
    RESIDENT_CLSID,
    most_bytes,
    server_command,
)


def xlwings_vba() -> str:
    import xlwings

    return (Path(xlwings.__file__).parent / "xlwings.bas").read_text(encoding="utf-8")


def test_the_command_is_the_one_xlwings_makes(office_pc):
    assert server_command(office_pc, "D:\\台账 目录\\七优享台账.xlsm") == (
        'cmd.exe  /K ""D:\\qiyx\\python\\python.exe" -P -B -c "import sys, os;import xlwings.utils;'
        'xlwings.utils.prepare_sys_path(\\"true;D:\\\\台账 目录\\\\七优享台账.xlsm;'
        'D:\\\\台账 目录\\\\七优享台账.xlsm;;;;\\");sys.path[:]=filter(None,sys.path);import xlwings; '
        "xlwings.serve('$(CLSID)')\"\""
    )


def test_the_pieces_of_the_command_still_stand_in_the_pinned_xlwings():
    vba = xlwings_vba()
    for piece in (
        '"cmd.exe " & ConsoleSwitch & " /K " & Chr(34) & Chr(34) & PYTHON_WIN & Chr(34)',
        'import xlwings.utils;xlwings.utils.prepare_sys_path(\\"""',
        ');import xlwings; xlwings.serve(\'$(CLSID)\')"""',
        'PYTHONPATH = AddExcelDir & ";" & ThisWorkbook.FullName & ";" & ThisWorkbook.FullName',
        f'XLPyCommand = "{RESIDENT_CLSID}"',
    ):
        assert piece in vba, piece


def test_the_limit_is_the_one_the_ledgers_own_macros_hold_to():
    assert f"COMMAND_LIMIT As Long = {LIMIT}\n" in read_text("macros/Qiyx.bas")


def test_a_long_path_counts_twice_and_its_backslashes_double(office_pc):
    base = most_bytes(server_command(office_pc, ""))
    assert most_bytes(server_command(office_pc, "D:\\ab")) == base + 2 * len("D:\\\\ab")


def test_bytes_are_counted_as_the_macros_count_them():
    assert most_bytes("ab七") == 5
    assert most_bytes("😀") == 6, "two UTF-16 units"
    assert re.search(r"IIf\(code >= 0 And code < 128, 1, 3\)", read_text("macros/Qiyx.bas"))


def test_a_path_that_would_end_excel_is_refused_before_it_is_tried(office_pc, answer):
    fits = with_ledger(office_pc, path="D:\\" + "七" * 295 + ".xlsm")
    assert answer(fits, "command_length").state is CheckState.OK
    too_long = with_ledger(office_pc, path="D:\\" + "七" * 297 + ".xlsm")
    found = answer(too_long, "command_length")
    assert found.state is CheckState.BROKEN
    assert "请把台账移到较短的路径" in found.cure


def test_the_resident_server_needs_no_command_line(office_pc):
    settings = {"DEBUG UDFS": "True"}
    resident = replace(office_pc, user_config=replace(office_pc.user_config, settings=settings))
    assert server_command(resident, "D:\\" + "七" * 900) == RESIDENT_CLSID
