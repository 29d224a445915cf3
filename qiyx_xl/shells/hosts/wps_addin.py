"""The add-in of WPS, made from the registry: a folder with page, functions, ribbon and icons."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

from qiyx_xl import __version__
from qiyx_xl.data import read_text
from qiyx_xl.ledger.registry import ADDIN_NAMESPACE, CONTROLS
from qiyx_xl.shells.hosts.described import functions, title

if TYPE_CHECKING:
    from qiyx_xl.ledger.registry import Control

NAME = "qiyx"
FOLDER = f"{NAME}_{__version__}"
"""WPS wants the folder called ``name_version``."""
_SOURCES = "hosts/wps"
_COPIED = ("index.html", "qiyx.js", "ribbon.js")


def addin() -> dict[str, bytes]:
    """Return the files of the add-in's folder by their names."""
    texts = {name: read_text(f"{_SOURCES}/{name}") for name in _COPIED}
    texts |= {
        "functions.js": _functions_js(),
        "functions.json": json.dumps({"functions": _described()}, ensure_ascii=False, indent=1)
        + "\n",
        "manifest.xml": _manifest(),
        "ribbon.xml": _ribbon(),
    }
    texts |= {f"images/{control.action}.svg": _image(control) for control in CONTROLS}
    return {name: text.encode() for name, text in texts.items()}


def _described() -> list[dict[str, Any]]:
    return [
        {
            "name": function["name"],
            "description": function["help"],
            "parameters": [
                {
                    "name": argument["name"],
                    "description": argument["help"],
                    "type": "any?" if argument["optional"] else "any",
                }
                for argument in function["arguments"]
            ],
            "result": {"type": "any"},
        }
        for function in functions()
    ]


def _functions_js() -> str:
    """Return the registrations; an older WPS without custom functions only has the buttons."""
    lines = [
        "// Made from the registry of qiyx_xl; changes will be lost.",
        "(function () {",
        "    if (!window.wps || !window.wps.AddCustomFunction) return;",
    ]
    for described in _described():
        name = json.dumps(described["name"])
        arguments = [each["name"] for each in described["parameters"]]
        names, quoted = ", ".join(arguments), ", ".join(map(json.dumps, arguments))
        rest = {key: value for key, value in described.items() if key != "name"}
        lines.append(
            f"    window.wps.AddCustomFunction({json.dumps(ADDIN_NAMESPACE)}, {name},"
            f" function {described['name']}({names})"
            f" {{ return QIYX.call({name}, arguments, [{quoted}]); }},"
            f" {json.dumps(rest, ensure_ascii=False)});"
        )
    return "\n".join([*lines, "})();", ""])


def _manifest() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<JsPlugin>\n  <ApiVersion>1.0.0</ApiVersion>\n'
        f"  <Name>{NAME}</Name>\n  <Description>{escape(title())}</Description>\n"
        "  <Functions>\n    <Uri>/functions.json</Uri>\n"
        f"    <Namespace>{ADDIN_NAMESPACE}</Namespace>\n  </Functions>\n</JsPlugin>\n"
    )


def _ribbon() -> str:
    buttons = "".join(
        f"        <button id={quoteattr(control.action)} label={quoteattr(control.caption)}"
        f' supertip={quoteattr(control.tip)} size="large"'
        ' getImage="GetImage" onAction="OnAction"/>\n'
        for control in CONTROLS
    )
    label = quoteattr(title())
    return (
        '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui"'
        ' onLoad="OnAddinLoad">\n  <ribbon startFromScratch="false">\n    <tabs>\n'
        f'      <tab id="qiyxTab" label={label}>\n'
        f'       <group id="qiyxGroup" label={label}>\n{buttons}       </group>\n'
        "      </tab>\n    </tabs>\n  </ribbon>\n</customUI>\n"
    )


def _image(control: Control) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32">'
        '<rect width="32" height="32" rx="6" fill="#1F4E79"/>'
        '<text x="16" y="23" font-size="18" fill="#fff" text-anchor="middle">'
        f"{escape(control.caption[0])}</text></svg>\n"
    )
