from __future__ import annotations

import pytest

from qiyx_xl.shells.doctor.command_line import LIMIT

pytestmark = pytest.mark.wine


def test_a_server_that_quit_or_was_killed_comes_back_with_the_next_call(seen):
    restarts = seen("restarts")
    assert len(set(restarts["servers"])) == 3
    assert restarts["answers"] == ["黄", "黄"]


def test_a_path_too_long_for_the_dll_is_refused_with_a_sentence(seen):
    refused = seen("long_path")
    sentence = "台账所在的文件夹路径太长。请把台账移到较短的路径下（如 D:\\台账）再打开。"
    assert {refused[way] for way in ("function", "button", "button in a process")} == {sentence}


def test_the_dll_would_end_its_host_and_the_limit_keeps_clear_of_it(seen):
    ended = seen("hosts_end")
    assert ended[str(LIMIT)] == 42, "a command of the full length is survived"
    assert ended["2100"] != 42, "a longer one ends the host, which would be Excel"


def test_the_resident_server_answers_where_excel_may_start_nothing(seen):
    resident = seen("resident")
    assert resident["answer"] == pytest.approx(3.3 / 4.5)
    assert resident["is_the_one_started"]


def test_no_start_in_the_whole_session_ran_what_lies_beside_the_ledger(seen):
    assert seen("planted")["ran"] == []
