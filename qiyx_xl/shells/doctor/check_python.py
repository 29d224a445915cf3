"""Checks of Python, its packages, xlwings' DLL, and the time of a cold start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.shells.doctor.report import Answer, attention, broken, not_applicable, ok

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import DllFacts, Environment

OLDEST, NEWEST = (3, 11), (3, 14)
"""The Python versions for which the offline bundle has wheels."""

SLOW_START = 8.0  # seconds; a longer start looks like a hang to the user

_REINSTALL = "双击离线安装包里的 install.bat 重新安装"
_MIGRATE = "关闭台账，运行 qiyx ledger migrate 升级它。"


def python(environment: Environment) -> Answer:
    """Judge Python's version, bitness and origin."""
    facts = environment.python
    version = ".".join(map(str, facts.version))
    found = f"Python {version}，{facts.bits} 位，{facts.executable}"
    if facts.version[:2] < OLDEST:
        return broken(found, f"版本太旧。请安装 Python 3.11 至 3.14（64 位），再{_REINSTALL}。")
    if environment.system != "Windows":
        return ok(found)
    if "\\windowsapps\\" in facts.executable.lower():
        return broken(
            found,
            "这是微软商店里的 Python，Excel 启动不了它。请改用 python.org 的安装版，"
            f"或{_REINSTALL}。",
        )
    if facts.bits != 64:  # noqa: PLR2004 - bits
        return broken(found, f"离线安装包只有 64 位的依赖。请换 64 位 Python，再{_REINSTALL}。")
    if facts.version[:2] > NEWEST:
        return attention(found, "这个版本没有随离线安装包试过。请改用 Python 3.11 至 3.14。")
    return ok(found)


def dependencies(environment: Environment) -> Answer:
    """Judge whether the packages that the product needs are installed and can be loaded."""
    missing, unloadable = environment.python.missing, environment.python.unloadable
    if missing is None and not unloadable:
        return attention(
            "qiyx-xl 没有安装，是从源码文件夹运行的",
            "Excel 找不到它。请运行 python -m pip install 源码文件夹。",
        )
    if missing:
        return broken(
            f"缺少 {'、'.join(missing)}",
            f"请{_REINSTALL}；联网的电脑可在源码文件夹里运行 python -m pip install .。",
        )
    if unloadable:
        return broken(
            f"装了却打不开：{'、'.join(unloadable)}",
            "文件被杀毒软件拦下，或系统早于 Windows 10。请把安装文件夹加入信任目录，"
            f"再{_REINSTALL}。",
        )
    return ok("都已安装，都能打开")


def versions(environment: Environment) -> Answer:
    """Judge whether the xlwings package and the workbook's VBA have the same version."""
    package, pinned = environment.xlwings.version, environment.xlwings.pinned
    if package is None:
        return broken("没有安装 xlwings", f"请{_REINSTALL}。")
    found = f"Python 包 {package}"
    if package != pinned:
        return broken(f"{found}，应为 {pinned}", f"请{_REINSTALL}，不要单独升级 xlwings。")
    ledger = environment.ledger
    if ledger is None or ledger.trouble is not None:
        return ok(f"{found}；没有台账可比")
    if ledger.vba_version is None:
        return ok(f"{found}；台账用加载项")
    found += f"，台账里的宏 {ledger.vba_version}"
    if ledger.vba_version != package:
        return broken(
            found,
            f"两边版本不同，Excel 会说找不到 DLL。请{_MIGRATE}",
        )
    if ledger.is_older:
        return attention(
            f"{found}；台账是旧版程序建的",
            f"它的宏是以前的，不知道哪些数已核实，也不知道这里用的是哪份方案。请{_MIGRATE}",
        )
    if ledger.looks_around:
        return attention(
            f"{found}；台账是旧版程序建的",
            f"它启动 Python 时会先在当前文件夹里找程序，谁往那里放了文件就运行谁的。请{_MIGRATE}",
        )
    return ok(found)


def dll(environment: Environment) -> Answer:
    """Judge whether the DLL that Excel loads exists and is unchanged; its hash is printed."""
    windows = environment.windows
    if windows is None:
        return not_applicable("DLL 只在 Windows 上用")
    bits = windows.office.bits
    facts = environment.xlwings.dlls.get("64" if bits is None else str(bits))
    if facts is None:
        return broken("不知道 DLL 在哪里", f"没有安装 xlwings。请{_REINSTALL}。")
    if facts.sha256 is None:
        guards = "、".join(windows.security.guards) or "杀毒软件"
        return broken(
            f"没有 {facts.path}",
            f"安装时有这个文件，现在没有，多半是被隔离了。请到{guards}的隔离区恢复并加入信任；"
            f"没有的话，请{_REINSTALL}。",
        )
    if facts.as_installed is False:
        return broken(
            _hashed(facts), f"这个文件不是安装时的那一个。请{_REINSTALL}，并请信息部门查一下。"
        )
    return ok(_hashed(facts))


def _hashed(facts: DllFacts) -> str:
    return f"{facts.path}，sha256 {facts.sha256}（申请加白名单时报这个）"


def cold_start(environment: Environment) -> Answer:
    """Judge how long a cold start takes, which the first call of the day waits for."""
    start = environment.start
    if start.seconds is None:
        return broken(
            f"Python 启动后装不上函数：{start.trouble}",
            f"请{_REINSTALL}；仍不行，请把 qiyx doctor --format json 的结果发给技术人员。",
        )
    found = f"{start.seconds:.1f} 秒"
    if start.seconds > SLOW_START:
        return attention(
            found,
            "打开台账后第一次计算会等这么久，不是死机。"
            "请把安装文件夹加入杀毒软件的信任目录，并装在本机硬盘上。",
        )
    return ok(found)
