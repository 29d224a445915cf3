"""``qiyx demo``: the whole cycle on the shipped plan and sample workbooks."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import CLEAN, PATH, say
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qiyx_xl.app import ConsolidationResult, Office
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.papers.edition import Edition

PERIODS = ("2025Q4", "2026Q3")
BETWEEN = ("2026Q1", "2026Q2")
_BROKEN_DOWN = "目标分解"
"""The folder in examples, and of the demo, with targets broken down to streets."""


@click.command(
    cls=Command,
    example="""
    qiyx demo
    qiyx demo 试用
    """,
)
@click.argument("folder", metavar="[文件夹]", type=PATH, default=Path("qiyx-demo"))
def demo(folder: Path) -> int:
    """用自带的样例走完一个季度：下发、收件、校验、汇总、看灯、晾晒。"""
    from qiyx_xl import app
    from qiyx_xl.core.primitives.errors import InterruptedAfterBookingError

    is_new = not folder.exists()
    if not is_new and any(folder.iterdir()):
        raise app.AppError(f"“{folder}”里已有文件，没有改动它。请换一个文件夹：qiyx demo 新文件夹")
    try:
        return _whole_cycle(folder)
    except BaseException as error:
        _clear(folder, remove=is_new)
        if isinstance(error, InterruptedAfterBookingError):
            # The error says that something is booked, but _clear has just deleted the demo store.
            raise app.AppError(
                f"试用没有走完，做了一半的已经从“{folder}”撤掉。请检查磁盘空间和权限，再运行一次。"
            ) from error
        raise


def _clear(folder: Path, *, remove: bool) -> None:
    """Delete the demo's files from a folder that was empty before, so that it can be reused."""
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir():
            shutil.rmtree(each, ignore_errors=True)
        else:
            with suppress(OSError):
                each.unlink()
    if remove:
        with suppress(OSError):
            folder.rmdir()


def _whole_cycle(folder: Path) -> int:
    from qiyx_xl import app
    from qiyx_xl.app.projects import import_projects
    from qiyx_xl.app.publishing import papers_of, publish
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.data import resource
    from qiyx_xl.shells.cli.consolidate import say_counts
    from qiyx_xl.shells.cli.output import summary
    from qiyx_xl.shells.cli.publish import print_published

    office = app.Office.at(folder / app.LEDGER_NAME)
    app.build_ledger(office)
    before, current = map(Period.parse, PERIODS)
    _consolidate_samples(office, before, folder)
    listed = import_projects(
        office, resource("examples/projects.json"), _day_after_deadlines(before)
    ).listed
    forms = app.distribute(office, current, folder / "下发")
    say(
        f"一、下发：{len(forms)} 份填报表（带 {len(listed.projects)} 个重大项目、"
        f"{len(listed.livelihood)} 件民生实事），在“{folder / '下发'}”。"
    )
    say(f"二、收件：样例在“{folder / '收件' / str(current)}”。")
    say("三、校验与汇总：")
    result = _consolidate_samples(office, current, folder)
    say(summary(result.report))
    say_counts(office, result)
    earlier = [Period.parse(period) for period in BETWEEN]
    for period in earlier:
        _consolidate_samples(office, period, folder)
    say(f"　　补收了各局前两季度的表，在“{folder / '收件'}”，纸面上就能看走势、推年底。")
    out = folder / "发布"
    # Publish the earlier periods first, so that this quarter can show changes of rank, and lamps
    # that have been red for several periods.
    for period in (before, *earlier):
        day = _day_after_deadlines(period).date()
        publish(office, period, out, day, papers=papers_of(["scorecard"]))
    published = publish(office, current, out, _day_after_deadlines(current).date())
    _say_red(published.edition, office)
    say("五、晾晒和通报：")
    print_published(published)
    say("六、目标分解（示例）：")
    _say_broken_down(_broken_down(office, folder, (before, current)), folder)
    say(f"台账：{office.ledger}（用 Excel、WPS 或 LibreOffice 打开）")
    say(f"数据库：{office.store}")
    return CLEAN


def _say_red(edition: Edition, office: Office) -> None:
    """Print how many lamps there are, and each red one; the tables are for ``qiyx status``."""
    from qiyx_xl.papers.bulletin.task_passages import lamps_text
    from qiyx_xl.papers.matters import red_lamps
    from qiyx_xl.papers.phrases import lamp_count

    say(
        f"四、红黄绿：{len(edition.indicators)} 项指标，{lamp_count(edition.indicators).sentence}；"
    )
    say(
        f"　　{edition.tasks.count.total} 项重点任务，{lamps_text(edition.tasks.count)}。亮红灯的："
    )
    for _, title, agency in red_lamps(edition):
        say(f"　　{title}（{agency}）")
    say(f"　　全部的灯：qiyx status --period {edition.period} --ledger {office.ledger}")


def _broken_down(office: Office, folder: Path, periods: Sequence[Period]) -> Edition:
    """Adopt the sample of targets broken down to streets, take in their forms, and publish."""
    from qiyx_xl import app
    from qiyx_xl.app.publishing import papers_of, publish
    from qiyx_xl.data import resource

    now = _day_after_deadlines(periods[-1])
    (file,) = resource(f"examples/{_BROKEN_DOWN}").glob("*.xlsx")
    proposal = app.propose(office, app.load_plan(file), since=periods[0], today=now.date())
    office = app.adopt(
        office, proposal, now=now, today=now.date(), by="试用", reason="目标分解示例"
    )
    papers = papers_of(["scorecard"])
    for period in periods:
        _consolidate_samples(office, period, folder, _BROKEN_DOWN)
        out = folder / "发布" / _BROKEN_DOWN
        published = publish(office, period, out, _day_after_deadlines(period).date(), papers=papers)
    return published.edition


def _say_broken_down(edition: Edition, folder: Path) -> None:
    """Print how the streets stand by their own targets: the lamps, the first and the last."""
    from qiyx_xl.core.rating.scorecard import parts_of
    from qiyx_xl.papers.phrases import lamp_count

    for level, groups in edition.level_groups.items():
        counts = lamp_count(parts_of(edition.lines))
        say(f"　　{len(groups)} 个{level}、{counts.total} 个分解目标，{counts.sentence}。")
        ranked = sorted((g for g in groups if g.rank is not None), key=lambda g: g.rank or 0)
        ends = [f"{group.name} {group.score_text} 分" for group in (ranked[0], ranked[-1])]
        say(f"　　居首 {ends[0]}，居末 {ends[1]}。")
    say(f"　　排名和每一格的灯在“{folder / '发布' / _BROKEN_DOWN}”。")
    say(f"　　逐项的灯：qiyx status --period {edition.period} --by level")


def _consolidate_samples(
    office: Office, period: Period, folder: Path, sample: str = ""
) -> ConsolidationResult:
    """Take in the sample forms of a period; those of ``sample``, a folder in examples, if given."""
    from qiyx_xl import app
    from qiyx_xl.data import resource

    inbox = folder / "收件" / sample / str(period)
    shutil.copytree(resource("examples") / sample / str(period), inbox)
    return app.consolidate(office, [inbox], period, now=_day_after_deadlines(period))


def _day_after_deadlines(period: Period) -> datetime:
    """Return a fixed moment after all deadlines of the period: 30 days after its end, 9:00."""
    day = datetime.combine(period.last_day, datetime.min.time()) + timedelta(days=30, hours=9)
    return day.astimezone()
