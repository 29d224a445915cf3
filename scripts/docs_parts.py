"""Generate parts of the documentation from the program, for cog.

    python -m cogapp -r docs/*.md         write them again
    python -m cogapp --check docs/*.md    only compare; tests/docs does this

Each function returns Markdown. A page calls it between the marks ``[[[cog`` and ``[[[end]]]``.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from qiyx_xl.ledger.registry import CONTROLS
from qiyx_xl.shells.cli import qiyx

ROOT = Path(__file__).resolve().parent.parent

_WIDTH = 100


def commands() -> str:
    """Return a section with the help page of every command of ``qiyx``."""
    return "\n".join(
        f"## `{path}`\n\n{command.help}\n\n```text\n{_help(command, path)}\n```\n"
        for path, command in leaves(qiyx, "qiyx")
    )


def command_table() -> str:
    """Return a table of every command, linked to its help page."""
    lines = ["| 命令 | 做什么 |", "|---|---|"]
    lines += [
        f"| [`{path}`](#{path.replace(' ', '-')}) | {_first_sentence(command)} |"
        for path, command in leaves(qiyx, "qiyx")
    ]
    return "\n".join(lines) + "\n"


def leaves(command: click.Command, path: str) -> list[tuple[str, click.Command]]:
    """Return every command that is not a group, with its full name, in the order of the help."""
    if not isinstance(command, click.Group):
        return [(path, command)]
    context = click.Context(command)
    return [
        leaf
        for name in command.list_commands(context)
        if (inner := command.get_command(context, name)) is not None
        for leaf in leaves(inner, f"{path} {name}")
    ]


def _help(command: click.Command, path: str) -> str:
    settings = {"max_content_width": _WIDTH, "terminal_width": _WIDTH}
    context = click.Context(command, info_name=path, help_option_names=["-h", "--help"], **settings)
    return command.get_help(context).strip()


def _first_sentence(command: click.Command) -> str:
    return (command.help or "").split("。")[0].split("\n")[0] + "。"


def buttons() -> str:
    """Return a table of every button of the ledger and its ribbon, with what it does."""
    lines = ["| 按钮 | 做什么 |", "|---|---|"]
    lines += [f"| {control.caption} | {control.tip} |" for control in CONTROLS]
    return "\n".join(lines) + "\n"


def schemas() -> str:
    """Return a table of every JSON Schema, with its title and description."""
    lines = ["| 文件 | 是什么 |", "|---|---|"]
    for path in sorted((ROOT / "schemas").glob("*.json")):
        schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        about = " ".join(filter(None, (schema.get("title"), schema.get("description"))))
        lines.append(f"| `schemas/{path.name}` | {about.replace('|', '/')} |")
    return "\n".join(lines) + "\n"


def rules() -> str:
    """Return a table of the shipped rule file: each setting, its meaning and its value."""
    read = json.loads((ROOT / "qiyx_xl" / "data" / "rules.json").read_text(encoding="utf-8"))
    schema = json.loads((ROOT / "schemas" / "rules.schema.json").read_text(encoding="utf-8"))
    lines = ["| 键 | 含义 | 自带的值 |", "|---|---|---|"]
    lines += [
        f"| `{path}` | {title.replace('|', '/')} | `{value}` |"
        for path, title, value in _settings(read, schema, schema, "")
    ]
    lines += [
        f"| `{name}` | {about['description']} | 不写 |"
        for name, about in schema["properties"].items()
        if name not in read
    ]
    return "\n".join(lines) + "\n"


def _settings(
    value: Any, schema: dict[str, Any], root: dict[str, Any], path: str
) -> list[tuple[str, str, str]]:
    while "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = {**target, **{key: setting for key, setting in schema.items() if key != "$ref"}}
    if isinstance(value, dict):
        known = schema.get("properties", {})
        other = schema.get("additionalProperties", {})
        return [
            row
            for key, inner in value.items()
            for row in _settings(
                inner,
                known.get(key, other if isinstance(other, dict) else {}),
                root,
                f"{path}.{key}" if path else key,
            )
        ]
    about = schema.get("description") or schema.get("title") or ""
    return [(path, about, json.dumps(value, ensure_ascii=False))]
