from __future__ import annotations

from dataclasses import replace

import pytest
from other_pcs import on_windows, with_ledger

from qiyx_xl.shells.doctor import CHECKS, CheckState, judge
from qiyx_xl.shells.doctor.check_security import CHILD_PROCESS_RULE, WIN32_CALLS_RULE
from qiyx_xl.shells.doctor.facts import (
    ConfigFile,
    DllFacts,
    HostFacts,
    PlanFacts,
    PythonFacts,
    StartFacts,
)

WPS = '"C:\\Users\\li\\AppData\\Local\\Kingsoft\\WPS Office\\12.1\\office6\\et.exe" /automation'


def test_nothing_is_wrong_with_a_pc_on_which_everything_is_right(office_pc):
    report = judge(office_pc)
    assert [one.name for one in report.checks if one.answer.state is not CheckState.OK] == []
    assert report.sentence == "体检完成：正常 24 项。不需要处理。"


def test_every_answer_that_asks_for_something_says_what_to_do(office_pc):
    broken = replace(
        on_windows(
            office_pc,
            "office",
            excel_server=WPS,
            wps_server=WPS,
            store_package="Microsoft.Office.Desktop_1",
        ),
        interpreter_exists=False,
        start=StartFacts(None, "ImportError"),
        python=PythonFacts((3, 9, 1), 32, "C:\\Python\\python.exe", ("lxml",)),
    )
    for checked in judge(broken).checks:
        asks = checked.answer.state in (CheckState.BROKEN, CheckState.ATTENTION)
        assert bool(checked.answer.cure) == asks, checked
        assert not asks or "请" in checked.answer.cure, checked


def test_the_sentence_at_the_end_names_the_first_thing_that_stops_the_add_in(office_pc):
    pc = on_windows(office_pc, "office", wps_server=WPS, store_package="Microsoft.Office.Desktop_1")
    assert judge(pc).sentence.startswith(
        "体检完成：正常 22 项，注意 1 项，不行 1 项。请先处理“商店版 Office”："
    )


@pytest.mark.parametrize(
    ("version", "bits", "executable", "state"),
    [
        ((3, 10, 9), 64, "D:\\qiyx\\python\\python.exe", CheckState.BROKEN),
        ((3, 11, 0), 64, "D:\\qiyx\\python\\python.exe", CheckState.OK),
        ((3, 13, 9), 32, "D:\\qiyx\\python\\python.exe", CheckState.BROKEN),
        ((3, 15, 0), 64, "D:\\qiyx\\python\\python.exe", CheckState.ATTENTION),
        (
            (3, 12, 0),
            64,
            "C:\\Users\\li\\AppData\\Local\\Microsoft\\WindowsApps\\python.exe",
            CheckState.BROKEN,
        ),
    ],
)
def test_python_must_be_new_enough_of_64_bits_and_not_from_the_store(
    office_pc, answer, version, bits, executable, state
):
    pc = replace(office_pc, python=PythonFacts(version, bits, executable))
    assert answer(pc, "python").state is state


def test_a_missing_package_is_named(office_pc, answer):
    pc = replace(office_pc, python=replace(office_pc.python, missing=("lxml", "pywin32")))
    assert answer(pc, "dependencies").found == "缺少 lxml、pywin32"


def test_a_package_that_is_there_and_cannot_be_loaded_is_named(office_pc, answer):
    pc = replace(office_pc, python=replace(office_pc.python, unloadable=("jsonschema_rs",)))
    assert answer(pc, "dependencies").found == "装了却打不开：jsonschema_rs"


def test_package_dll_and_workbook_must_be_one_version(office_pc, answer):
    assert answer(office_pc, "xlwings").found == "Python 包 0.37.8，台账里的宏 0.37.8"
    older = with_ledger(office_pc, vba_version="0.37.7")
    assert answer(older, "xlwings").state is CheckState.BROKEN
    before = with_ledger(office_pc, is_older=True)
    assert answer(before, "xlwings").state is CheckState.ATTENTION
    careless = with_ledger(office_pc, looks_around=True)
    assert "谁往那里放了文件就运行谁的" in answer(careless, "xlwings").cure
    newer = replace(office_pc, xlwings=replace(office_pc.xlwings, version="0.38.0"))
    assert answer(newer, "xlwings").state is CheckState.BROKEN


@pytest.mark.parametrize("bits", [32, 64])
def test_the_dll_is_the_one_of_excels_bitness_and_its_hash_is_printed(office_pc, answer, bits):
    found = answer(on_windows(office_pc, "office", bits=bits), "dll").found
    assert f"xlwings{bits}-0.37.8.dll" in found
    assert {32: "a", 64: "b"}[bits] * 64 in found


def test_a_dll_that_is_gone_points_at_the_quarantine_of_the_guard_that_runs(office_pc, answer):
    gone = DllFacts("D:\\qiyx\\python\\xlwings64-0.37.8.dll", None, as_installed=None)
    dlls = office_pc.xlwings.dlls | {"64": gone}
    pc = replace(office_pc, xlwings=replace(office_pc.xlwings, dlls=dlls))
    assert answer(pc, "dll").state is CheckState.BROKEN
    assert "请到火绒的隔离区恢复" in answer(pc, "dll").cure
    assert answer(pc, "antivirus").state is CheckState.ATTENTION


def test_a_dll_that_was_changed_after_installation_is_refused(office_pc, answer):
    changed = replace(office_pc.xlwings.dlls["64"], as_installed=False)
    dlls = office_pc.xlwings.dlls | {"64": changed}
    pc = replace(office_pc, xlwings=replace(office_pc.xlwings, dlls=dlls))
    assert answer(pc, "dll").state is CheckState.BROKEN


def test_wps_that_took_excels_name_is_told_apart_from_wps_beside_excel(office_pc, answer):
    beside = on_windows(office_pc, "office", wps_server=WPS)
    assert answer(beside, "excel").state is CheckState.OK
    assert answer(beside, "wps").state is CheckState.ATTENTION
    taken = on_windows(office_pc, "office", wps_server=WPS, excel_server=WPS)
    assert answer(taken, "excel").state is CheckState.BROKEN
    assert "被 WPS 占了" in answer(taken, "excel").found


def test_no_excel_at_all_leaves_the_command_line(office_pc, answer):
    pc = on_windows(office_pc, "office", excel_server=None)
    assert answer(pc, "excel").state is CheckState.BROKEN
    assert "qiyx consolidate" in answer(pc, "excel").cure


def test_office_from_the_store_is_known_by_its_package_or_its_path(office_pc, answer):
    package = on_windows(office_pc, "office", store_package="Microsoft.Office.Desktop_16.0")
    path = on_windows(office_pc, "office", excel_server="C:\\Program Files\\WindowsApps\\EXCEL.EXE")
    assert answer(package, "store_office").state is CheckState.BROKEN
    assert answer(path, "store_office").state is CheckState.BROKEN


@pytest.mark.parametrize(
    ("warnings", "state"),
    [
        (None, CheckState.OK),
        (1, CheckState.ATTENTION),
        (2, CheckState.OK),
        (3, CheckState.ATTENTION),
        (4, CheckState.BROKEN),
    ],
)
def test_macro_settings_matter_where_the_ledger_is_in_no_trusted_location(
    office_pc, answer, warnings, state
):
    elsewhere = on_windows(office_pc, "trust", vba_warnings=warnings, locations=())
    assert answer(elsewhere, "macros").state is state
    trusted = on_windows(office_pc, "trust", vba_warnings=warnings)
    assert answer(trusted, "macros").state is CheckState.OK


def test_a_trusted_location_covers_subfolders_only_if_it_says_so(office_pc, answer):
    deeper = with_ledger(office_pc, path="D:\\台账 目录\\2026\\七优享台账.xlsm", zone=3)
    assert answer(deeper, "origin").state is CheckState.BROKEN
    assert deeper.windows is not None
    (location,) = deeper.windows.trust.locations
    wide = on_windows(deeper, "trust", locations=(replace(location, subfolders=True),))
    assert answer(wide, "origin").state is CheckState.OK
    # A folder whose name only begins alike is another folder.
    beside = with_ledger(wide, path="D:\\台账 目录2\\七优享台账.xlsm")
    assert answer(beside, "origin").state is CheckState.BROKEN


def test_a_network_folder_is_trusted_only_where_network_locations_are_allowed(office_pc, answer):
    shared = with_ledger(office_pc, drive="network", zone=3)
    assert answer(shared, "origin").state is CheckState.BROKEN
    assert (
        answer(on_windows(shared, "trust", network_locations=True), "origin").state is CheckState.OK
    )


@pytest.mark.parametrize(
    ("mode", "state"),
    [(0, CheckState.OK), (1, CheckState.BROKEN), (2, CheckState.OK), (6, CheckState.BROKEN)],
)
def test_the_rule_against_child_processes_counts_when_it_blocks_or_warns(
    office_pc, answer, mode, state
):
    pc = on_windows(office_pc, "security", asr_rules={CHILD_PROCESS_RULE: mode})
    assert answer(pc, "child_processes").state is state


def test_the_resident_server_is_the_way_around_that_rule(office_pc, answer):
    blocked = on_windows(office_pc, "security", asr_rules={CHILD_PROCESS_RULE: 1})
    assert "resident-on.bat" in answer(blocked, "child_processes").cure
    assert blocked.user_config is not None
    settings = blocked.user_config.settings | {"DEBUG UDFS": "True"}
    resident = replace(blocked, user_config=replace(blocked.user_config, settings=settings))
    assert answer(resident, "child_processes").state is CheckState.OK
    assert answer(resident, "resident_server").state is CheckState.BROKEN, "it does not run"
    assert resident.windows is not None
    runs = replace(resident, windows=replace(resident.windows, resident_server=True))
    assert answer(runs, "resident_server").state is CheckState.OK


def test_a_ledger_that_overrules_the_resident_server_is_noticed(office_pc, answer):
    file = ConfigFile("C:\\Users\\li\\.xlwings\\xlwings.conf", {"DEBUG UDFS": "True"})
    sheet = office_pc.ledger.settings | {"DEBUG UDFS": "False"}
    pc = replace(with_ledger(office_pc, settings=sheet), user_config=file)
    assert answer(pc, "resident_server").state is CheckState.BROKEN


def test_rules_that_cannot_be_read_are_not_taken_for_no_rules(office_pc, answer):
    pc = on_windows(office_pc, "security", asr_rules=None)
    assert answer(pc, "child_processes").state is CheckState.ATTENTION


def test_the_rule_against_dll_calls_from_macros_is_known(office_pc, answer):
    pc = on_windows(office_pc, "security", asr_rules={WIN32_CALLS_RULE: 1})
    assert answer(pc, "win32_calls").state is CheckState.BROKEN


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"path": "https://x.sharepoint.com/七优享台账.xlsm"}, CheckState.BROKEN),
        (
            {
                "path": "C:\\Users\\li\\OneDrive\\七优享台账.xlsm",
                "synced_by": "C:\\Users\\li\\OneDrive",
            },
            CheckState.ATTENTION,
        ),
        ({"path": "\\\\服务器\\共享\\七优享台账.xlsm", "drive": "network"}, CheckState.ATTENTION),
        ({"path": "E:\\七优享台账.xlsm", "drive": "removable"}, CheckState.ATTENTION),
        ({}, CheckState.OK),
    ],
)
def test_the_ledger_belongs_on_a_local_disk(office_pc, answer, changes, state):
    assert answer(with_ledger(office_pc, **changes), "storage").state is state


def test_paths_must_fit_the_code_page_and_the_command_line(office_pc, answer):
    assert answer(office_pc, "names").state is CheckState.OK, "Chinese in the ledger's path is fine"
    for path in (
        "D:\\台账😀\\七优享台账.xlsm",
        "D:\\50%\\七优享台账.xlsm",
        "D:\\a;b\\七优享台账.xlsm",
    ):
        assert answer(with_ledger(office_pc, path=path), "names").state is CheckState.BROKEN, path
    chinese = replace(
        office_pc, user_config=ConfigFile("x", {"INTERPRETER_WIN": "D:\\七优享\\python.exe"})
    )
    assert answer(chinese, "names").state is CheckState.ATTENTION
    assert chinese.windows is not None
    western = replace(chinese, windows=replace(chinese.windows, code_page=1252))
    assert answer(western, "names").state is CheckState.BROKEN


@pytest.mark.parametrize(
    ("page", "state"),
    [(936, CheckState.OK), (65001, CheckState.ATTENTION), (1252, CheckState.ATTENTION)],
)
def test_another_code_page_than_the_chinese_asks_for_ascii_paths(office_pc, answer, page, state):
    pc = replace(office_pc, windows=replace(office_pc.windows, code_page=page))
    assert answer(pc, "code_page").state is state


def test_a_python_that_is_not_where_the_settings_say_is_found_out(office_pc, answer):
    assert answer(replace(office_pc, interpreter_exists=False), "config").state is CheckState.BROKEN
    assert answer(replace(office_pc, user_config=None), "config").state is CheckState.ATTENTION
    other = replace(
        office_pc, python=replace(office_pc.python, executable="C:\\Python312\\python.exe")
    )
    assert answer(other, "config").state is CheckState.ATTENTION
    assert answer(with_ledger(office_pc, settings={}), "config").state is CheckState.BROKEN


def test_python_w_beside_python_is_the_same_python(office_pc, answer):
    file = replace(
        office_pc.user_config, settings={"INTERPRETER_WIN": "D:\\qiyx\\python\\pythonw.exe"}
    )
    assert answer(replace(office_pc, user_config=file), "config").state is CheckState.OK


def test_a_slow_first_call_is_told_from_one_that_fails(office_pc, answer):
    assert (
        answer(replace(office_pc, start=StartFacts(20.0)), "cold_start").state
        is CheckState.ATTENTION
    )
    failed = replace(
        office_pc, start=StartFacts(None, "ModuleNotFoundError: No module named 'lxml'")
    )
    assert answer(failed, "cold_start").state is CheckState.BROKEN
    assert "No module named 'lxml'" in answer(failed, "cold_start").found


@pytest.mark.parametrize(("check", "name"), [("libreoffice", "libreoffice"), ("wps_addin", "wps")])
def test_the_add_in_of_another_program_is_judged(office_pc, answer, check, name):
    def of(**facts):
        return answer(replace(office_pc, hosts=(HostFacts(name, **facts),)), check)

    there = {"program": "/usr/lib/x", "program_version": "7.4"}
    assert answer(office_pc, check).state is CheckState.OK
    assert of(installed=False).found.startswith("没有装 ")
    # On a PC with Excel nobody needs it; elsewhere there is nothing else.
    assert of(installed=False, **there).state is CheckState.OK
    linux = replace(office_pc, system="Linux", hosts=(HostFacts(name, installed=False, **there),))
    assert answer(linux, check).state is CheckState.ATTENTION
    assert f"qiyx host install {name}" in answer(linux, check).cure
    works = of(installed=True, addin_version="1.0", engine=True, **there)
    assert (works.state, "能应答" in works.found) == (CheckState.OK, True)
    problem = ("扩展记下的 Python 不应答。请重装。",)
    dead = of(installed=True, engine=False, problems=problem, **there)
    assert (dead.state, dead.cure) == (CheckState.BROKEN, "请重装。")
    old = of(installed=True, engine=True, problems=problem, **there)
    assert old.state is CheckState.ATTENTION


def test_a_ledger_without_macros_is_no_damaged_one(office_pc, answer):
    ledger = replace(office_pc.ledger, vba_version=None, has_macros=False)
    found = answer(replace(office_pc, ledger=ledger), "addin")
    assert (found.state, "LibreOffice、WPS" in found.found) == (CheckState.OK, True)


def test_every_check_has_a_title_of_its_own():
    titles = [title for title, _ in CHECKS.values()]
    assert len(set(titles)) == len(titles)


BESIDE = "D:\\台账 目录\\xlwings.conf"


def test_a_file_beside_the_ledger_that_names_another_python_is_told(office_pc, answer):
    file = ConfigFile(BESIDE, {"INTERPRETER_WIN": "D:\\收件\\python.exe"})
    found = answer(replace(office_pc, folder_config=file), "config")
    assert found.state is CheckState.ATTENTION
    assert "台账旁边的 xlwings.conf 让 Excel 启动 D:\\收件\\python.exe" in found.found
    assert "请删去它" in found.cure
    ours = ConfigFile(BESIDE, {"INTERPRETER_WIN": "D:\\qiyx\\python\\python.exe"})
    assert answer(replace(office_pc, folder_config=ours), "config").state is CheckState.OK


def test_a_file_beside_the_ledger_with_settings_that_no_installation_writes_is_told(
    office_pc, answer
):
    file = ConfigFile(BESIDE, {"PYTHONPATH": "D:\\收件", "DEBUG UDFS": "True"})
    found = answer(replace(office_pc, folder_config=file), "config")
    assert found.state is CheckState.ATTENTION
    assert found.found == "台账旁边的 xlwings.conf 里有 PYTHONPATH"


def test_the_plan_that_the_ledger_goes_by_is_named(office_pc, answer):
    found = answer(
        with_ledger(office_pc, plan=PlanFacts("x", "甲方案", "2", "2026年四季度")), "plan"
    )
    assert found.state is CheckState.OK
    assert found.found.startswith("“甲方案”（2），从2026年四季度起有效")


def test_a_plan_that_cannot_be_told_stops_the_add_in_and_says_why(office_pc, answer):
    pc = with_ledger(office_pc, plan=PlanFacts(trouble="数据库不在旁边。请把数据库放回来。"))
    found = answer(pc, "plan")
    assert found.state is CheckState.BROKEN
    assert "请把数据库放回来" in found.cure


def test_an_old_ledger_on_another_plan_than_the_shipped_one_must_be_migrated(office_pc, answer):
    plan = PlanFacts("x", "甲方案", "2", is_shipped=False)
    assert answer(with_ledger(office_pc, plan=plan), "plan").state is CheckState.OK
    old = answer(with_ledger(office_pc, plan=plan, is_older=True), "plan")
    assert old.state is CheckState.BROKEN
    assert "qiyx ledger migrate" in old.cure
