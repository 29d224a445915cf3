"""What is known of one program: whether it is there, and whether our add-in is in it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from qiyx_xl.core.primitives.errors import QiyxError


class HostError(QiyxError):
    """An add-in cannot be installed or removed; the message is one sentence with a cure."""


@dataclass(frozen=True, slots=True)
class HostStatus:
    """One program and our add-in in it.

    ``name`` is excel, libreoffice or wps. ``engine`` says whether what answers the functions did
    so just now; None if that was not tried. ``problems`` are sentences, each with its cure.
    """

    name: str
    installed: bool
    program: str | None = None
    program_version: str | None = None
    addin_version: str | None = None
    engine: bool | None = None
    problems: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the status as JSON."""
        return asdict(self) | {"problems": list(self.problems)}
