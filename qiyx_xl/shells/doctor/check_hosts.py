"""Checks of LibreOffice and WPS: whether our add-in is in them, and whether it is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.shells.doctor.report import Answer, attention, broken, ok

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import Environment, HostFacts


def libreoffice(environment: Environment) -> Answer:
    """Judge the extension of LibreOffice."""
    return _judged(_of(environment, "libreoffice"), "LibreOffice", environment)


def wps_addin(environment: Environment) -> Answer:
    """Judge the add-in of WPS and the service that answers it."""
    return _judged(_of(environment, "wps"), "WPS 表格", environment)


def _of(environment: Environment, name: str) -> HostFacts | None:
    return next((host for host in environment.hosts if host.name == name), None)


def _judged(host: HostFacts | None, title: str, environment: Environment) -> Answer:
    if host is None or (host.program is None and not host.installed):
        return ok(f"没有装 {title}")
    named = f"{title} {host.program_version or ''}".strip()
    if host.problems:
        found, _, cure = host.problems[0].partition("。")
        # Where the add-in is not in use, nothing is broken.
        judge = broken if host.installed and host.engine is False else attention
        return judge(f"{named}：{found}", cure or f"请运行 qiyx host install {host.name}。")
    if host.installed:
        return ok(f"{named}，扩展 {host.addin_version or '版本不明'}，能应答")
    if environment.system == "Windows":
        return ok(f"{named}，没有装扩展；用 Excel 的不用装")
    return attention(
        f"{named}，还没有装函数和按钮", f"要在里面用的，请运行 qiyx host install {host.name}。"
    )
