"""The facts collected about a computer, as data; the checks judge only these.

A fact that does not exist or could not be read is None. The facts are part of the JSON report, and
`Environment.from_json` reads them back: so facts of an office PC can be judged again on another
computer, and tests judge recorded Windows facts on Linux.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class PythonFacts:
    """The Python that runs the examination."""

    version: tuple[int, int, int]
    bits: int
    executable: str
    missing: tuple[str, ...] | None = ()
    """Required distributions that are not installed; None: the product itself is not installed."""
    unloadable: tuple[str, ...] = ()
    """Modules that are installed, but cannot be loaded."""


@dataclass(frozen=True, slots=True)
class DllFacts:
    """A DLL of xlwings: its path, and whether it is unchanged since installation."""

    path: str
    sha256: str | None
    """None: the file is missing from its known path."""
    as_installed: bool | None
    """Whether it has the hash recorded at installation; None if none was recorded."""


@dataclass(frozen=True, slots=True)
class XlwingsFacts:
    """The xlwings package of that Python."""

    version: str | None
    pinned: str
    """The version that the product requires."""
    dlls: dict[str, DllFacts] = field(default_factory=dict)
    """By bitness of the Office that loads it: "32", "64"."""


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """An xlwings.conf file: its settings, or ``trouble``, the reason why it cannot be read."""

    path: str
    settings: dict[str, str] = field(default_factory=dict)
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The plan by which a ledger's functions and buttons answer."""

    plan_id: str = ""
    title: str = ""
    version: str = ""
    since: str = ""
    """The period from which it is in force; "" where it holds from the beginning."""
    is_shipped: bool = True
    """Whether it has the id of the plan that comes with the program."""
    from_store: bool = False
    """Whether it was adopted, and stands in the store."""
    trouble: str | None = None
    """Why it cannot be told, or what does not agree."""


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """The ledger as a file."""

    path: str
    """The full path, as Excel's VBA sees it."""
    vba_version: str | None
    """The xlwings version of its VBA module; None if there is no such module."""
    uses_addin: bool
    """Whether it calls the xlwings add-in instead of a module of its own."""
    settings: dict[str, str] = field(default_factory=dict)
    """The settings on the sheet xlwings.conf."""
    zone: int | None = None
    """The Windows zone the file came from: 3 internet, 4 restricted; None: not marked."""
    drive: str = "unknown"
    """local, network, removable or unknown."""
    synced_by: str | None = None
    """The sync folder (OneDrive and the like) that it is in."""
    trouble: str | None = None
    """Why it could not be read."""
    is_older: bool = False
    """Whether an older version built it, whose functions have fewer arguments."""
    looks_around: bool = False
    """Whether its macros start Python in a way that imports modules from the current folder."""
    plan: PlanFacts | None = None
    """None: not examined, because the ledger cannot be read."""
    has_macros: bool = True
    """Whether it is of the edition for Excel; the other has no macros."""


@dataclass(frozen=True, slots=True)
class TrustedLocation:
    """A folder whose macros Excel runs without asking."""

    path: str
    subfolders: bool


@dataclass(frozen=True, slots=True)
class TrustFacts:
    """Excel's macro settings; a setting by group policy takes precedence over the user's."""

    vba_warnings: int | None
    """1 all macros run, 2 ask (Excel's default), 3 only signed ones, 4 none; None: not set."""
    by_policy: bool
    access_vbom: bool | None
    blocks_internet: bool | None
    locations: tuple[TrustedLocation, ...] = ()
    locations_disabled: bool = False
    network_locations: bool = False


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """Which programs are registered as Excel and as WPS."""

    excel_server: str | None
    """LocalServer32 of the CLSID of Excel.Application."""
    excel_exists: bool | None
    """Whether the file of that program exists."""
    bits: int | None
    version: str | None
    """The version in the registry's paths, such as 16.0."""
    wps_server: str | None
    """LocalServer32 of WPS's spreadsheet program, if WPS is installed."""
    store_package: str | None
    """The package name of an Office from the Microsoft Store."""


@dataclass(frozen=True, slots=True)
class SecurityFacts:
    """The security rules and products of the computer."""

    asr_rules: dict[str, int] | None
    """Attack surface reduction rules by id: 1 block, 2 audit, 6 warn; None: could not be read."""
    guards: tuple[str, ...] = ()
    """The names of the security products that are running."""


@dataclass(frozen=True, slots=True)
class WindowsFacts:
    """Facts that exist only on Windows."""

    release: str
    code_page: int
    office: OfficeFacts
    trust: TrustFacts
    security: SecurityFacts
    resident_server: bool | None = None
    """Whether the resident server runs; None: not checked."""
    is_wine: bool = False


@dataclass(frozen=True, slots=True)
class HostFacts:
    """A spreadsheet program other than Excel, and our add-in in it."""

    name: str
    installed: bool
    """Whether our add-in is in it."""
    program: str | None = None
    program_version: str | None = None
    addin_version: str | None = None
    engine: bool | None = None
    """Whether what answers the functions did so; None: not tried."""
    problems: tuple[str, ...] = ()
    """What is wrong, each with its cure."""


@dataclass(frozen=True, slots=True)
class StartFacts:
    """The time of a cold start of Python with the functions, as for the day's first cell."""

    seconds: float | None
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """All facts that the checks judge."""

    system: str
    """platform.system(): Windows, Linux, Darwin."""
    python: PythonFacts
    xlwings: XlwingsFacts
    ledger: LedgerFacts | None
    folder_config: ConfigFile | None
    """xlwings.conf beside the ledger."""
    user_config: ConfigFile | None
    """xlwings.conf in the user's folder."""
    interpreter_exists: bool | None
    """Whether the Python that the settings name exists; None: they name none."""
    windows: WindowsFacts | None
    start: StartFacts
    hosts: tuple[HostFacts, ...] = ()

    def setting(self, key: str) -> str | None:
        """Return a setting from where xlwings' VBA takes it: sheet, else folder, else user."""
        layers = [
            self.ledger.settings if self.ledger is not None else {},
            self.folder_config.settings if self.folder_config is not None else {},
            self.user_config.settings if self.user_config is not None else {},
        ]
        for layer in layers:
            for name, value in layer.items():
                if name.lower() == key.lower():
                    return value
        return None

    def is_on(self, key: str, *, default: bool = False) -> bool:
        """Whether a setting is "true"."""
        value = self.setting(key)
        return default if value is None else value.strip().lower() == "true"

    @property
    def interpreter(self) -> str | None:
        """The Python that the settings name; None: Excel starts ``pythonw`` from the PATH."""
        return self.setting("INTERPRETER_WIN") or self.setting("INTERPRETER") or None

    def to_json(self) -> dict[str, Any]:
        """Return the facts as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Self:
        """Read facts from a report's JSON; missing ones get their default.

        Raises:
            KeyError: a fact without a default is missing.
        """
        return _read(cls, document)  # type: ignore[no-any-return]


def _read(kind: Any, value: Any) -> Any:
    if isinstance(kind, UnionType):
        if value is None:
            return None
        (kind,) = [member for member in get_args(kind) if member is not NoneType]
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(  # type: ignore[operator]
            **{
                attribute.name: _read(hints[attribute.name], value[attribute.name])
                for attribute in fields(kind)
                if attribute.name in value or not _has_default(attribute)
            }
        )
    if get_origin(kind) is tuple:
        of = get_args(kind)[0]
        return tuple(_read(of, item) for item in value)
    if get_origin(kind) is dict:
        of = get_args(kind)[1]
        return {key: _read(of, item) for key, item in value.items()}
    return value


def _has_default(attribute: Any) -> bool:
    from dataclasses import MISSING

    return attribute.default is not MISSING or attribute.default_factory is not MISSING
