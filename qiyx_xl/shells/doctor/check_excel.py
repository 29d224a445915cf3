"""Checks of Excel: which program is registered under its name, and whether macros may run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.shells.doctor.report import Answer, attention, broken, not_applicable, ok

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import Environment, LedgerFacts, TrustFacts

COMMAND_LINE_WORKS = "在此之前，可用命令行 qiyx validate、qiyx consolidate 校验和汇总。"
NO_WINDOWS = "只在 Windows 上有"
NO_LEDGER = "没有找到台账；请用 --ledger 指明它在哪里，再体检一次"

_RUN_ALL, _ASK, _SIGNED_ONLY, _NONE = 1, 2, 3, 4
_INTERNET_ZONE = 3


def excel(environment: Environment) -> Answer:
    """Judge which program is registered as Excel.Application."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    office = environment.windows.office
    server = office.excel_server
    if server is None:
        return broken(
            "没有登记 Excel.Application",
            f"这台电脑没有装好桌面版 Excel。请安装或修复 Office。{COMMAND_LINE_WORKS}",
        )
    if _is_wps(server):
        return broken(
            f"Excel 的名字被 WPS 占了：{server}",
            "请在 WPS 的“配置工具 → 高级 → 兼容设置”里取消“WPS Office 兼容第三方系统和软件”；"
            "或在“控制面板 → 程序”里对 Office 选“更改 → 快速修复”。",
        )
    if office.excel_exists is False:
        return broken(
            f"登记的程序不在：{server}", "请在“控制面板 → 程序”里对 Office 选“更改 → 快速修复”。"
        )
    bits = "" if office.bits is None else f"，{office.bits} 位"
    return ok(f"Office {office.version or '版本不明'}{bits}，{server}")


def _is_wps(server: str) -> bool:
    text = server.lower()
    return "wps" in text or "kingsoft" in text or "\\et.exe" in text


def wps(environment: Environment) -> Answer:
    """Judge whether an installed WPS gets in the way of Excel."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    office = environment.windows.office
    if office.wps_server is None:
        return ok("没有装 WPS")
    if office.excel_server is not None and _is_wps(office.excel_server):
        return attention("装有 WPS，并占了 Excel 的名字", "请先处理上一项“Excel 的登记”。")
    return attention(
        "装有 WPS",
        "用 WPS 打开台账，只能看上一次算好的数，函数和按钮不会动。"
        "请右键台账，选“打开方式 → Excel”，并勾选“始终使用”。",
    )


def store_office(environment: Environment) -> Answer:
    """Judge whether Office is from the Microsoft Store, whose Excel cannot start Python."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    office = environment.windows.office
    in_store = "\\windowsapps\\" in (office.excel_server or "").lower()
    if office.store_package is None and not in_store:
        return ok("不是微软商店版")
    return broken(
        f"微软商店版 Office（{office.store_package or office.excel_server}）",
        f"商店版 Excel 启动不了 Python。请卸载后改装 Office 的桌面安装版。{COMMAND_LINE_WORKS}",
    )


def addin(environment: Environment) -> Answer:
    """Judge whether the ledger contains xlwings' VBA, or needs the add-in in Excel."""
    ledger = environment.ledger
    if ledger is None:
        return not_applicable(NO_LEDGER)
    if ledger.trouble is not None:
        return broken(ledger.trouble, "请换回备份的台账，或用 qiyx ledger build 新建一份。")
    if not ledger.has_macros:
        return ok("这一本没有宏，供 LibreOffice、WPS 用")
    if ledger.vba_version is not None:
        return ok("台账自带宏，不需要在 Excel 里装加载项")
    if ledger.uses_addin:
        return attention(
            "台账调用 xlwings 加载项",
            "请运行 xlwings addin install；或用 qiyx ledger build 新建自带宏的台账。",
        )
    return broken(
        "台账里没有 xlwings 的宏",
        "请用 qiyx ledger build 新建台账，再 qiyx ledger refresh 把数列出来。",
    )


def macros(environment: Environment) -> Answer:
    """Judge whether Excel lets the ledger's macros run."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    trust, ledger = environment.windows.trust, environment.ledger
    if ledger is not None and is_trusted(ledger.path, trust, drive=ledger.drive):
        return ok("台账在受信任位置，打开就能用")
    who = "单位统一设定" if trust.by_policy else "本机设置"
    if trust.vba_warnings == _NONE:
        return broken(
            f"宏全部禁用（{who}）",
            "请把台账所在文件夹加为受信任位置（文件 → 选项 → 信任中心 → 受信任位置）；"
            "改不了的，请信息部门加，见 docs/security.md。",
        )
    if trust.vba_warnings == _SIGNED_ONLY:
        return attention(
            f"只允许签名的宏（{who}）",
            "台账没有签名就不能用。请按 docs/security.md 给台账签名，"
            "或把它所在文件夹加为受信任位置。",
        )
    if trust.vba_warnings == _RUN_ALL:
        return attention(
            f"所有的宏都不问就运行（{who}）",
            "台账能用，但别处来的文件也会直接运行宏。请改为“禁用并通知”。",
        )
    return ok("打开台账时请点黄条上的“启用内容”")


def is_trusted(path: str, trust: TrustFacts, *, drive: str = "local") -> bool:
    """Return whether a file is in a trusted location, where macros run without asking."""
    if trust.locations_disabled or (drive == "network" and not trust.network_locations):
        return False
    folder = path.replace("/", "\\").lower().rpartition("\\")[0]
    for location in trust.locations:
        trusted = location.path.replace("/", "\\").rstrip("\\").lower()
        if folder == trusted or (location.subfolders and folder.startswith(f"{trusted}\\")):
            return True
    return False


def origin(environment: Environment) -> Answer:
    """Judge the ledger's origin: Excel blocks macros in files marked as from the internet."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    ledger = environment.ledger
    if ledger is None:
        return not_applicable(NO_LEDGER)
    if ledger.zone is None or ledger.zone < _INTERNET_ZONE:
        return ok("台账没有“来自网络”的标记")
    if _exempt(ledger, environment.windows.trust):
        return ok("台账有“来自网络”的标记，但在受信任位置，不受影响")
    return broken(
        "台账有“来自网络”的标记，Excel 不许它运行宏",
        "请关闭台账，在文件上点右键，选“属性”，勾选“解除锁定”，确定后再打开。",
    )


def _exempt(ledger: LedgerFacts, trust: TrustFacts) -> bool:
    return is_trusted(ledger.path, trust, drive=ledger.drive)


def vba_access(environment: Environment) -> Answer:
    """Judge the access to VBA projects, which the product does not need."""
    if environment.windows is None:
        return not_applicable(NO_WINDOWS)
    if environment.windows.trust.access_vbom:
        return attention(
            "“信任对 VBA 工程对象模型的访问”已打开",
            "台账用不着它，开着反而不安全。请在“信任中心 → 宏设置”里取消勾选。",
        )
    return ok("“信任对 VBA 工程对象模型的访问”没有打开，台账不需要它")
