"""How help pages are printed in Chinese, because click's own headings are English."""

from __future__ import annotations

import re
from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


class _Chinese(click.Command):
    """A command whose help page has Chinese headings and ends with its examples."""

    def __init__(self, *args: Any, example: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.example = example

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the usage line."""
        pieces = self.collect_usage_pieces(ctx)
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, and the sub-commands of a group."""
        records = (p.get_help_record(ctx) for p in self.get_params(ctx))
        rows = [(names, _in_chinese(text)) for names, text in filter(None, records) if text]
        if rows:
            with formatter.section("选项"):
                formatter.write_dl(rows)
        if isinstance(self, click.Group):
            commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
            rows = [(name, command.get_short_help_str(60)) for name, command in commands if command]
            with formatter.section("命令"):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        super().format_epilog(ctx, formatter)
        if self.example:
            with formatter.section("示例"):
                for line in self.example.strip().splitlines():
                    formatter.write(f"{'':>{formatter.current_indent}}{line.strip()}\n")

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return ``--help`` with a Chinese explanation."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这页说明。"
        return option


def _in_chinese(text: str) -> str:
    """Translate the remarks that click adds to an option's help: required, default; drop range."""
    text = text.replace("  [required]", "（必填）")
    return re.sub(r"  \[default: ([^;\]]+)(?:; [^\]]*)?\]", r"（默认 \1）", text)


class Command(_Chinese):
    """A command with Chinese help."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line."""
        return [piece.replace("[OPTIONS]", "[选项]") for piece in super().collect_usage_pieces(ctx)]


class Group(_Chinese, click.Group):
    """A group of commands with Chinese help, in the order they were added."""

    command_class = Command

    def __init__(self, *args: Any, modules: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        """Make the group.

        ``modules`` maps names of commands to modules of ``qiyx_xl.shells.cli``, which are
        imported only when the command is needed. The command has the same name in its module.
        """
        super().__init__(*args, **kwargs)
        self.modules = dict(modules or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names, in the order they were given."""
        del ctx
        return [*self.modules, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command; import its module if needed."""
        module = self.modules.get(cmd_name)
        if module is None:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(f"qiyx_xl.shells.cli.{module}"), cmd_name)
        return command

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Return the parts of the usage line."""
        del ctx
        return ["命令", "[选项]"]
