"""The extension of LibreOffice (qiyx.oxt), made from the registry: functions, toolbar, menu, job.

LibreOffice reads an interface from a text (.idl), so nothing has to be compiled. The service is
called QIYX because Calc writes it before a function's name, and finds it by that in a file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

import qiyx_xl
from qiyx_xl import __version__
from qiyx_xl.data import read_text
from qiyx_xl.files.zip_writer import packed
from qiyx_xl.ledger.registry import ADDIN_NAMESPACE, CONTROLS, FUNCTIONS
from qiyx_xl.shells.hosts.described import functions, kind, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.ledger.registry import Argument, Control, Function

IDENTIFIER = "org.qiyx.xl"
NAME = "qiyx.oxt"
SECONDS = {"start": 60.0, "answer": 20.0, "pause": 10.0, "button": 900.0}
"""How long the add-in waits for the first answer, for each other, after none, and for a button."""

_COMPONENT = "application/vnd.sun.star.uno-component;type=Python"
_CONFIGURATION = "application/vnd.sun.star.configuration-data"
_TYPES = "application/vnd.sun.star.uno-typelibrary;type=RDB"
_SOURCES = "hosts/libreoffice"
_COMPONENTS = ("qiyx_functions.py", "qiyx_buttons.py", "qiyx_opening.py")
_MODULES = ("qiyx_engine.py", "qiyx_calc.py")
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="{name}"'
    ' oor:package="org.openoffice.Office">'
)
_CALC = "com.sun.star.sheet.SpreadsheetDocument"


def extension(python: str = sys.executable, seconds: Mapping[str, float] = SECONDS) -> bytes:
    """Return the package.

    Args:
        python: the Python that has qiyx_xl; the add-in starts it.
        seconds: as ``SECONDS``.
    """
    parts = {
        "types.idl": (_TYPES, _interface()),
        "CalcAddIns.xcu": (_CONFIGURATION, _functions_xcu()),
        "Addons.xcu": (_CONFIGURATION, _addons_xcu()),
        "Jobs.xcu": (_CONFIGURATION, _jobs_xcu()),
        **{name: (_COMPONENT, read_text(f"{_SOURCES}/{name}")) for name in _COMPONENTS},
        **{f"pythonpath/{name}": ("", read_text(f"{_SOURCES}/{name}")) for name in _MODULES},
        "settings.json": ("", _settings(python, seconds)),
        "description.xml": ("", _description()),
    }
    entries = "".join(
        f"<manifest:file-entry manifest:full-path={quoteattr(name)}"
        f" manifest:media-type={quoteattr(media)}/>"
        for name, (media, _) in parts.items()
        if media
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">'
        f"{entries}</manifest:manifest>\n"
    )
    texts = {"META-INF/manifest.xml": manifest} | {name: text for name, (_, text) in parts.items()}
    return packed((name, text.encode()) for name, text in texts.items())


def _settings(python: str, seconds: Mapping[str, float]) -> str:
    root = Path(qiyx_xl.__file__).resolve().parent.parent
    settings = {
        "version": __version__,
        "service": ADDIN_NAMESPACE,
        "title": title(),
        "python": python,
        "root": str(root),
        "seconds": dict(seconds),
        "functions": functions(),
    }
    return json.dumps(settings, ensure_ascii=False, indent=1) + "\n"


def _interface() -> str:
    """Return the interface. The first argument, which nobody sees, is the asking document."""
    return (
        "module org { module qiyx { module xl {\n"
        "interface XFunctions : com::sun::star::uno::XInterface {\n"
        + "".join(map(_method, FUNCTIONS))
        + "};\n}; }; };\n"
    )


def _method(function: Function) -> str:
    kinds = {"text": "string", "any": "any"}
    given = ["[in] com::sun::star::beans::XPropertySet caller"]
    given += [f"[in] {kinds[kind(each)]} {_plain(each)}" for each in function.arguments]
    # A plain value, which COUNTIFS sees, unless the function's answer is a whole table.
    answer = _TABLE if function.is_table else "any"
    return f"    {answer} {function.name}({', '.join(given)});\n"


_TABLE = "sequence< sequence< any > >"


def _plain(argument: Argument) -> str:
    return argument.name.replace("_", "")


def _node(name: str, inside: str) -> str:
    return f'<node oor:name={quoteattr(name)} oor:op="replace">{inside}</node>'


def _prop(name: str, inside: str) -> str:
    return f'<prop oor:name="{name}">{inside}</prop>'


def _spoken(text: str) -> str:
    words = escape(text)
    return f'<value xml:lang="en-US">{words}</value><value xml:lang="zh-CN">{words}</value>'


def _functions_xcu() -> str:
    described = "".join(
        _node(
            function.name,
            _prop("DisplayName", _spoken(function.name))
            + _prop("Description", _spoken(function.help))
            + _prop("Category", "<value>Add-In</value>")
            + _prop("CompatibilityName", f'<value xml:lang="en-US">{function.name}</value>')
            + f'<node oor:name="Parameters">{"".join(map(_parameter, function.arguments))}</node>',
        )
        for function in FUNCTIONS
    )
    inside = _node(ADDIN_NAMESPACE, f'<node oor:name="AddInFunctions">{described}</node>')
    return (
        _HEAD.format(name="CalcAddIns")
        + f'<node oor:name="AddInInfo">{inside}</node></oor:component-data>\n'
    )


def _parameter(argument: Argument) -> str:
    texts = _prop("DisplayName", _spoken(argument.name))
    return _node(_plain(argument), texts + _prop("Description", _spoken(argument.help)))


def _addons_xcu() -> str:
    """Return a toolbar and a menu with every button, in spreadsheets only."""
    context = _prop("Context", f"<value>{_CALC}</value>")
    entries = "".join(
        _node(f"b{at:02}", context + _button(control)) for at, control in enumerate(CONTROLS)
    )
    menu = context + _prop("Title", _spoken(title())) + f'<node oor:name="Submenu">{entries}</node>'
    toolbar = _node(f"{IDENTIFIER}.toolbar", entries)
    return (
        _HEAD.format(name="Addons")
        + '<node oor:name="AddonUI">'
        + f'<node oor:name="OfficeMenuBar">{_node(f"{IDENTIFIER}.menu", menu)}</node>'
        + f'<node oor:name="OfficeToolBar">{toolbar}</node>'
        + "</node></oor:component-data>\n"
    )


def _button(control: Control) -> str:
    url = f"service:{ADDIN_NAMESPACE}.Buttons?{control.action}"
    return (
        _prop("URL", f"<value>{url}</value>")
        + _prop("Title", _spoken(control.caption))
        + _prop("Target", "<value>_self</value>")
    )


def _jobs_xcu() -> str:
    name = f"{ADDIN_NAMESPACE}Opening"
    job = _node(name, _prop("Service", f"<value>{ADDIN_NAMESPACE}.Opening</value>"))
    event = _node("OnLoad", f'<node oor:name="JobList">{_node(name, "")}</node>')
    return (
        _HEAD.format(name="Jobs")
        + f'<node oor:name="Jobs">{job}</node><node oor:name="Events">{event}</node>'
        + "</oor:component-data>\n"
    )


def _description() -> str:
    words = escape(title())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<description xmlns="http://openoffice.org/extensions/description/2006">'
        f'<identifier value="{IDENTIFIER}"/><version value="{__version__}"/>'
        f'<display-name><name lang="en">{words}</name><name lang="zh-CN">{words}</name>'
        "</display-name></description>\n"
    )
