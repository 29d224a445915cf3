"""``qiyx template``: the shipped templates, for an office to make its own from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import CLEAN, PATH, say
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from pathlib import Path

_NAMES = {"bulletin": "通报模板.docx", "agenda": "例会模板.docx"}


@click.command(
    cls=Command,
    example="""
    qiyx template bulletin --out 通报模板.docx
    qiyx template agenda --out 例会模板.docx
    """,
)
@click.argument("name", metavar="bulletin|agenda", type=click.Choice(list(_NAMES)))
@click.option(
    "--out", type=PATH, required=True, metavar="文件", help="写到这里；不会覆盖已有文件。"
)
def template(name: str, out: Path) -> int:
    """取一份自带的模板（通报或例会材料），改成自己的。"""
    from qiyx_xl import app
    from qiyx_xl.data import resource
    from qiyx_xl.files.placing import replacing

    if out.exists():
        raise app.AppError(f"“{out}”已经存在，没有改动它。请换一个文件名，或先移走旧文件。")
    with replacing(out) as beside:
        beside.write_bytes(resource(f"templates/{name}.docx").read_bytes())
    say(f"已写好“{out}”。改好后放在台账旁边，名字叫“{_NAMES[name]}”，以后都用它。")
    return CLEAN
