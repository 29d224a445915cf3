"""The programs by name, each with the same four things that can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.shells.hosts import excel, libreoffice, wps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qiyx_xl.shells.hosts.status import HostStatus


@dataclass(frozen=True, slots=True)
class HostProgram:
    """One program: put our add-in in, take it out, write it into a file, say how it stands."""

    install: Callable[[], HostStatus]
    uninstall: Callable[[], bool]
    save: Callable[[Path], Path]
    status: Callable[..., HostStatus]


PROGRAMS = {
    module.HOST: HostProgram(module.install, module.uninstall, module.save, module.status)
    for module in (excel, libreoffice, wps)
}
