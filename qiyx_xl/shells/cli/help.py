"""Help pages in Chinese: click's own headings are English."""

from __future__ import annotations

import re
from typing import Any

import click


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
        rows = [(names, _in_chinese(said)) for names, said in filter(None, records) if said]
        if rows:
            with formatter.section("选项"):
                formatter.write_dl(rows)
        if isinstance(self, click.Group):
            rows = [(name, self.commands[name].get_short_help_str(60)) for name in self.commands]
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


def _in_chinese(said: str) -> str:
    """Return an option's help with click's own remarks (required, default, range) in Chinese."""
    said = said.replace("  [required]", "（必填）")
    return re.sub(r"  \[default: ([^;\]]+)(?:; [^\]]*)?\]", r"（默认 \1）", said)


class Command(_Chinese):
    """A command with Chinese help."""

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Spell the pieces of the usage line."""
        return [piece.replace("[OPTIONS]", "[选项]") for piece in super().collect_usage_pieces(ctx)]


class Group(_Chinese, click.Group):
    """A group of commands with Chinese help, in the order they were added."""

    command_class = Command

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Spell the pieces of the usage line."""
        del ctx
        return ["命令", "[选项]"]
