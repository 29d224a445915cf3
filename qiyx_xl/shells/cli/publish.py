"""``qiyx publish``: write a period's papers, all or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    PATH,
    day_of,
    period_option,
    say,
    say_json,
    standard_options,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from qiyx_xl.app import Office
    from qiyx_xl.app.publishing import Published
    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx publish --period 2026Q3 --out 三季度晾晒
    qiyx publish --period 2026Q3 --out 三季度晾晒 --only scorecard
    """,
)
@period_option(required=True)
@click.option("--out", type=PATH, required=True, metavar="文件夹", help="材料写到这里。")
@click.option(
    "--only",
    metavar="种类",
    multiple=True,
    help="只出这几种，用逗号隔开；写错时会列出可以写的。默认全部。",
)
@click.option(
    "--template",
    type=PATH,
    metavar="文件",
    help="通报的模板（.docx），默认用台账旁边的 通报模板.docx，没有就用自带的。",
)
@standard_options
def publish(
    period: Period,
    out: Path,
    only: tuple[str, ...],
    template: Path | None,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """出一期材料：晾晒榜、通报、催报清单等，要么全部写好，要么一份不动。"""
    from qiyx_xl.app.publishing import papers_of
    from qiyx_xl.app.publishing import publish as write

    keys = [key.strip() for text in only for key in text.split(",") if key.strip()]
    wanted = papers_of(keys)
    published = write(office, period, out, day_of(today), papers=wanted, template=template)
    if form == "json":
        say_json(published.to_json())
    else:
        print_published(published)
    return CLEAN


def print_published(published: Published) -> None:
    """Print one line per paper, then the period with which the ranks are compared."""
    for file in published.papers:
        say(f"{file.paper.name}：{file.path}")
    edition = published.edition
    before = edition.previous
    against = "第一次发布，没有排名升降" if before is None else f"排名升降对比{before.period.label}"
    seconds = sum(seconds for _, seconds in published.timings)
    say(
        f"{edition.period.label}材料 {len(published.papers)} 份，{against}；"
        f"{edition.versions_text.replace('　', '，')}；用时 {seconds:.1f} 秒。"
    )
