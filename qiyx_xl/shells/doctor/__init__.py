"""体检: what can stop the add-in from working on this computer, and the cure of each.

`probe` collects facts about the computer into an `Environment`; the checks only judge these facts.
The command ``qiyx doctor`` and the button 体检 show the same report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl import __version__
from qiyx_xl.shells.doctor import (
    check_excel as office,
)
from qiyx_xl.shells.doctor import (
    check_hosts as others,
)
from qiyx_xl.shells.doctor import (
    check_location as place,
)
from qiyx_xl.shells.doctor import (
    check_python as machine,
)
from qiyx_xl.shells.doctor import (
    check_security as guards,
)
from qiyx_xl.shells.doctor.report import Answer, CheckResult, CheckState, Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qiyx_xl.shells.doctor.facts import Environment

__all__ = ["CHECKS", "CheckState", "Report", "examine", "judge"]

CHECKS: dict[str, tuple[str, Callable[[Environment], Answer]]] = {
    "python": ("Python", machine.python),
    "dependencies": ("依赖包", machine.dependencies),
    "xlwings": ("xlwings 版本", machine.versions),
    "dll": ("xlwings 的 DLL", machine.dll),
    "addin": ("台账的宏", office.addin),
    "config": ("xlwings.conf", place.config),
    "excel": ("Excel 的登记", office.excel),
    "wps": ("WPS", office.wps),
    "wps_addin": ("WPS 的加载项", others.wps_addin),
    "libreoffice": ("LibreOffice 的扩展", others.libreoffice),
    "store_office": ("商店版 Office", office.store_office),
    "macros": ("宏设置", office.macros),
    "origin": ("文件来源", office.origin),
    "vba_access": ("VBA 工程访问", office.vba_access),
    "child_processes": ("禁止启动子进程", guards.child_processes),
    "win32_calls": ("禁止宏调用 DLL", guards.win32_calls),
    "antivirus": ("杀毒软件", guards.antivirus),
    "resident_server": ("常驻服务", guards.resident_server),
    "plan": ("方案", place.plan),
    "storage": ("台账放在哪里", place.storage),
    "names": ("路径里的字", place.names),
    "code_page": ("代码页", place.code_page),
    "command_length": ("启动命令的长度", place.command_length),
    "cold_start": ("第一次调用要等多久", machine.cold_start),
}
"""Every check by name: its Chinese title and its function, in the order of the report."""


def examine(ledger: Path) -> Report:
    """Collect facts about this computer and judge them; the ledger need not exist."""
    from qiyx_xl.shells.doctor.probe import look

    return judge(look(ledger))


def judge(environment: Environment) -> Report:
    """Judge facts collected on this or another computer."""
    return Report(
        version=__version__,
        checks=tuple(
            CheckResult(name, title, check(environment)) for name, (title, check) in CHECKS.items()
        ),
        facts=environment.to_json(),
    )
