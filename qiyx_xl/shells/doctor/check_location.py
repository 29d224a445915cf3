"""Checks of the paths of ledger and Python, and of xlwings' settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.ledger.registry import FUNCTION_MODULE
from qiyx_xl.shells.doctor.check_excel import NO_LEDGER, NO_WINDOWS
from qiyx_xl.shells.doctor.command_line import (
    LIMIT,
    fits_code_page,
    most_bytes,
    server_command,
)
from qiyx_xl.shells.doctor.report import Answer, attention, broken, not_applicable, ok

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import ConfigFile, Environment

_UTF_8, _CHINESE = 65001, 936

# xlwings writes the path into a command line and joins folders with semicolons; these characters
# would end or change it.
_TROUBLESOME = '%;^!"'

# The settings that install.bat and resident-on.bat write into the file beside a ledger.
_INSTALLED_SETTINGS = frozenset({"INTERPRETER_WIN", "DEBUG UDFS"})

_MOVE = "请把台账移到本机硬盘上的文件夹（如 D:\\台账），连同旁边的 .sqlite 文件"

_TROUBLES = {
    "bom": "存成了带 BOM 的 UTF-8 或 UTF-16，Excel 读不出第一行",
    "encoding": "的编码 Excel 读不了",
    "lines": '有的行不是 "名称","值" 的写法',
}


def storage(environment: Environment) -> Answer:
    """Judge where the ledger is: local disk, network drive, removable drive or sync folder."""
    ledger = environment.ledger
    if ledger is None:
        return not_applicable(NO_LEDGER)
    if "://" in ledger.path:
        return broken(
            f"台账在网上：{ledger.path}", f"Excel 给出的是网址，程序找不到文件。{_MOVE}。"
        )
    if ledger.synced_by is not None:
        return attention(
            f"台账在同步文件夹里：{ledger.synced_by}",
            f"同步打开时路径会变成网址，函数随即失灵。{_MOVE}。",
        )
    if ledger.drive == "network" or ledger.path.startswith("\\\\"):
        return attention(
            f"台账在网络位置：{ledger.path}",
            f"网络一断就会出错，宏也常被拦。{_MOVE}，需要共享时再复制回去。",
        )
    if ledger.drive == "removable":
        return attention(f"台账在移动盘上：{ledger.path}", f"拔盘会丢数。{_MOVE}。")
    return ok(ledger.path)


def plan(environment: Environment) -> Answer:
    """Judge whether it is clear by which plan the ledger's functions and buttons answer."""
    ledger = environment.ledger
    if ledger is None or ledger.plan is None:
        return not_applicable(NO_LEDGER)
    shown = ledger.plan
    if shown.trouble is not None:
        return broken(
            "说不清照哪份方案，函数显示 #N/A，按钮什么都不动", f"请照这句话办：{shown.trouble}"
        )
    where = "记在数据库里" if shown.from_store else "程序自带或给定的，还没有记入数据库"
    since = f"从{shown.since}起有效，" if shown.since else ""
    found = f"“{shown.title}”（{shown.version}），{since}{where}"
    if ledger.is_older and not shown.is_shipped:
        return broken(
            f"旧版的台账，它的宏不告诉程序自己是哪一本，函数答不了{found}",
            f"请关闭台账，运行 qiyx ledger migrate --ledger {ledger.path}。",
        )
    return ok(found)


def names(environment: Environment) -> Answer:
    """Judge whether the command line and the code page can represent the paths."""
    windows = environment.windows
    if windows is None:
        return not_applicable("只有 Windows 的命令行在意路径里的字符")
    interpreter = environment.interpreter or environment.python.executable
    if not fits_code_page(interpreter, windows.code_page):
        return broken(
            f"安装路径里有本机代码页写不出的字：{interpreter}",
            "请装到只有英文字母和数字的文件夹：运行 install.bat D:\\qiyx。",
        )
    if not interpreter.isascii():
        return attention(
            f"安装路径里有中文：{interpreter}",
            "换了代码页就找不到它。请改装到 D:\\qiyx 这样的英文路径。",
        )
    ledger = environment.ledger
    if ledger is None:
        return ok(f"安装路径 {interpreter}")
    if not fits_code_page(ledger.path, windows.code_page):
        return broken(
            f"台账路径里有本机代码页写不出的字：{ledger.path}", "请把文件夹或文件改成常用字的名字。"
        )
    bad = sorted(set(ledger.path) & set(_TROUBLESOME))
    if bad:
        return broken(
            f"台账路径里有 {' '.join(bad)}：{ledger.path}", "请把文件夹或文件改名，去掉这些符号。"
        )
    return ok("安装路径是英文，台账路径可用")


def code_page(environment: Environment) -> Answer:
    """Judge the code page in which Excel passes paths."""
    windows = environment.windows
    if windows is None:
        return not_applicable(NO_WINDOWS)
    if windows.code_page == _CHINESE:
        return ok("936（简体中文）")
    if windows.code_page == _UTF_8:
        return attention(
            "65001（“使用 UTF-8 提供全球语言支持”）",
            "旧程序可能显示乱码。台账路径请只用英文字母；"
            "或在“区域 → 管理 → 更改系统区域设置”里取消勾选。",
        )
    return attention(
        f"{windows.code_page}，不是简体中文", "台账和安装路径请只用英文字母和数字，如 D:\\qiyx。"
    )


def config(environment: Environment) -> Answer:
    """Judge xlwings' settings: whether they can be read and name an existing Python."""
    for file in (environment.folder_config, environment.user_config):
        if file is not None and file.trouble is not None:
            return broken(
                f"“{file.path}”{_TROUBLES[file.trouble]}",
                '请用记事本打开它，另存为“ANSI”编码，每行写成 "名称","值"；'
                "或重新运行 install.bat。",
            )
    modules = environment.setting("UDF MODULES")
    if environment.ledger is not None and environment.ledger.trouble is None:
        wanted = {name.strip() for name in (modules or "").split(";")}
        if FUNCTION_MODULE not in wanted:
            return broken(
                f"UDF MODULES 是“{modules or ''}”",
                f"请在台账的 xlwings.conf 表里把它改回 {FUNCTION_MODULE}。",
            )
    if environment.windows is None:
        return ok("设置可读；Python 的位置只在 Windows 上要写")
    if foreign := _not_ours(environment.folder_config):
        return attention(
            f"台账旁边的 xlwings.conf 里有 {'、'.join(foreign)}",
            "Excel 启动 Python 时会照着做，安装程序不写这些。不是自己写的，请删去这几行。",
        )
    interpreter = environment.interpreter
    if interpreter is None:
        return attention(
            "没有写明 Python 在哪里，Excel 会用路径里的 pythonw",
            "请重新运行 install.bat；或在用户文件夹的 .xlwings\\xlwings.conf 里写一行 "
            '"INTERPRETER_WIN","python.exe 的完整路径"。',
        )
    if environment.interpreter_exists is False:
        return broken(
            f"设置里的 Python 不在：{interpreter}", "请重新运行 install.bat，它会改好这一项。"
        )
    return _same_python(environment, interpreter)


def _not_ours(file: ConfigFile | None) -> list[str]:
    """Return the settings in the file beside the ledger that the installer does not write."""
    settings = {} if file is None else file.settings
    return sorted(key for key in settings if key.upper() not in _INSTALLED_SETTINGS)


def _same_python(environment: Environment, interpreter: str) -> Answer:
    def folder(path: str) -> str:
        return path.replace("/", "\\").lower().rpartition("\\")[0]

    if folder(interpreter) != folder(environment.python.executable):
        if _names_python(environment.folder_config):
            return attention(
                f"台账旁边的 xlwings.conf 让 Excel 启动 {interpreter}，"
                f"体检用的是 {environment.python.executable}",
                "谁在台账旁边放了这个文件，Excel 就启动谁指的程序。不是自己放的，请删去它，"
                "再运行 install.bat；是的，请用前一个再体检一次。",
            )
        return attention(
            f"Excel 用 {interpreter}，体检用的是 {environment.python.executable}",
            "两个不是同一个 Python，体检结果可能不准。请用前一个再体检一次。",
        )
    return ok(f"Excel 用 {interpreter}，{_source(environment)}")


def _source(environment: Environment) -> str:
    if _names_python(environment.folder_config):
        return "写在台账旁边的 xlwings.conf"
    return "写在用户的 xlwings.conf" if _names_python(environment.user_config) else "写在台账里"


def _names_python(file: ConfigFile | None) -> bool:
    return file is not None and any("interpreter" in key.lower() for key in file.settings)


def command_length(environment: Environment) -> Answer:
    """Judge the length of the command line for the DLL, which has the ledger's path twice."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    ledger = environment.ledger
    if ledger is None:
        return not_applicable(NO_LEDGER)
    length = most_bytes(server_command(environment, ledger.path))
    found = f"{length} 字节，上限 {LIMIT}"
    if length > LIMIT:
        return broken(
            found,
            "再长 Excel 会直接退出，所以台账不会启动 Python。"
            "请把台账移到较短的路径（如 D:\\台账），"
            "并删去 xlwings.conf 里用不着的 PYTHONPATH。",
        )
    return ok(found)
