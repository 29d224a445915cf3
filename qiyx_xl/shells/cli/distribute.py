"""``qiyx distribute``: one fill-in workbook per agency."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    PATH,
    console,
    format_option,
    office_options,
    period_option,
    say,
    say_json,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from qiyx_xl.app import Office
    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx distribute --period 2026Q3 --out 下发
    qiyx distribute --period 2026-09 --out 下发 --ledger 七优享台账.xlsm
    """,
)
@period_option(required=True)
@click.option("--out", type=PATH, required=True, metavar="文件夹", help="填报表放到哪里。")
@office_options
@format_option
def distribute(
    period: Period,
    out: Path,
    office: Office,
    form: str,
) -> int:
    """给每个单位生成一份填报表，只列本期该报的项目，带上期值。"""
    from qiyx_xl import app
    from qiyx_xl.documents.forms.write import distribute_document
    from qiyx_xl.shells.cli.text import table

    forms = app.distribute(office, period, out)
    if form == "json":
        say_json(distribute_document(office.plan, period, forms))
        return CLEAN
    header = ["单位", "应报项数", "文件"]
    rows = [[one.agency, str(one.items), Path(one.path).name] for one in forms]
    if any(one.projects or one.livelihood for one in forms):
        header[2:2] = ["重大项目", "民生实事"]
        for row, one in zip(rows, forms, strict=True):
            row[2:2] = [str(one.projects), str(one.livelihood)]
    console().print(table(f"{period.label}填报表", header, rows))
    say(f"已生成 {len(forms)} 份填报表，在“{out}”。")
    return CLEAN
