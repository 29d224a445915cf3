"""``qiyx remind``: list overdue reports, with a message to each agency (催报清单)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    FINDINGS,
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
    from qiyx_xl.core.primitives.periods import Period


@click.command(
    cls=Command,
    example="""
    qiyx remind --period 2026Q3
    qiyx remind --period 2026Q3 --out 催报清单.xlsx
    qiyx remind --period 2026Q3 --today 2026-10-12 --out 催报短信.txt
    """,
)
@period_option(required=True)
@click.option(
    "--out", type=PATH, metavar="文件", help="写成清单：.xlsx（清单和短信）或 .txt（只有短信）。"
)
@standard_options
def remind(
    period: Period,
    out: Path | None,
    office: Office,
    today: datetime | None,
    form: str,
) -> int:
    """列出逾期未报的单位和项目，给每个单位一段可以直接发送的话。"""
    from qiyx_xl import app
    from qiyx_xl.papers.reminder_messages import calendar_notes, calls, reminder_document

    found = app.reminders(office, period, day_of(today))
    if out is not None:
        app.write_reminders(found, out)
    if form == "json":
        say_json(reminder_document(found))
    else:
        called = calls(found)
        for call in called:
            say(call.message)
            say(f"（发给：{call.contact}）" if call.contact else "（以前没有留下联系人）")
            say()
        items = sum(len(call.reminder.items) for call in called)
        say(
            f"{period.label}：{len(called)}个单位、{items}项逾期未报。"
            if called
            else f"{period.label}没有逾期未报的单位。"
        )
        for note in calendar_notes(found):
            say(note)
        if out is not None:
            say(f"催报清单已写入“{out}”。")
    return FINDINGS if found.reminders else CLEAN
