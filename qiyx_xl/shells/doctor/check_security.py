"""Checks of security software: attack surface reduction rules, antivirus, resident server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.shells.doctor.check_excel import NO_WINDOWS
from qiyx_xl.shells.doctor.command_line import RESIDENT_CLSID
from qiyx_xl.shells.doctor.report import Answer, attention, broken, not_applicable, ok

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import Environment

# Microsoft's ids: "Block all Office applications from creating child processes" and
# "Block Win32 API calls from Office macros".
CHILD_PROCESS_RULE = "D4F940AB-401B-4EFC-AADC-AD5F3C50688A"
WIN32_CALLS_RULE = "92E97FA1-2EDF-4476-BDD6-9DD0B4DDDC7B"
_BLOCK, _AUDIT, _WARN = 1, 2, 6

_ASK_IT = "请信息部门把台账所在文件夹列为该规则的例外，见 docs/security.md"


def child_processes(environment: Environment) -> Answer:
    """Judge the rule that blocks Office from starting other programs."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    mode, known = _mode(environment, CHILD_PROCESS_RULE)
    if not known:
        return attention(
            "没有权限查看攻击面减少规则", "如果点按钮时提示“拒绝访问”，请改用常驻服务，见安装说明。"
        )
    if mode not in (_BLOCK, _WARN):
        return ok("没有禁止" if mode != _AUDIT else "只记录，不禁止")
    if environment.is_on("DEBUG UDFS"):
        return ok("禁止 Office 启动别的程序；已改用常驻服务，不受影响")
    return broken(
        "禁止 Office 启动别的程序，Excel 会说“拒绝访问”（错误 70）",
        "请改用常驻服务：在安装文件夹里双击 resident-on.bat，重新打开台账。",
    )


def win32_calls(environment: Environment) -> Answer:
    """Judge the rule that blocks macros from calling a DLL."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    mode, known = _mode(environment, WIN32_CALLS_RULE)
    if known and mode in (_BLOCK, _WARN):
        return broken("禁止宏调用 DLL，台账的宏会被拦下或删除", f"{_ASK_IT}。")
    return ok("没有禁止")


def _mode(environment: Environment, rule: str) -> tuple[int | None, bool]:
    rules = None if environment.windows is None else environment.windows.security.asr_rules
    return (None, False) if rules is None else (rules.get(rule), True)


def antivirus(environment: Environment) -> Answer:
    """Judge whether a running security product has removed a file."""
    windows = environment.windows
    if windows is None:
        return not_applicable(NO_WINDOWS)
    guards = "、".join(windows.security.guards)
    found = f"正在运行：{guards}" if guards else "没有认出正在运行的杀毒软件"
    gone = [facts.path for facts in environment.xlwings.dlls.values() if facts.sha256 is None]
    if gone:
        return attention(
            f"{found}；不见了 {'、'.join(gone)}",
            "请到杀毒软件的隔离区恢复，并把安装文件夹加入信任目录；校验和见安装包里的 SHA256SUMS。",
        )
    if environment.interpreter_exists is False:
        return attention(
            f"{found}；不见了 {environment.interpreter}",
            "请到杀毒软件的隔离区找回 Python，并把安装文件夹加入信任目录，或重新安装。",
        )
    return ok(found)


def resident_server(environment: Environment) -> Answer:
    """Judge whether the resident server runs, if it is set to be used.

    It is started at logon on computers where Excel may not start Python.
    """
    windows = environment.windows
    if windows is None:
        return not_applicable(NO_WINDOWS)
    is_wanted = environment.is_on("DEBUG UDFS")
    if not is_wanted:
        sheet = environment.ledger.settings if environment.ledger is not None else {}
        files = [environment.folder_config, environment.user_config]
        asked = any(
            file is not None and file.settings.get("DEBUG UDFS", "").lower() == "true"
            for file in files
        )
        if asked and "DEBUG UDFS" in sheet:
            return broken(
                "本机设置要用常驻服务，台账的 xlwings.conf 表里却写着不用",
                "请在台账里删去 xlwings.conf 表的“DEBUG UDFS”一行，保存后重新打开。",
            )
        return ok("不用常驻服务，由 Excel 自己启动 Python")
    if windows.resident_server is False:
        return broken(
            f"设置为用常驻服务，但它没有运行（{RESIDENT_CLSID}）",
            "请双击安装文件夹里的 resident.bat；要登录时自动启动，请双击 resident-on.bat。",
        )
    return ok("常驻服务在运行")
