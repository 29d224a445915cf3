"""What each button of the ledger does with the open workbook; each ends with one sentence."""

from __future__ import annotations

import tempfile
import traceback
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qiyx_xl import app
from qiyx_xl.app.decisions import book_choices, with_choices
from qiyx_xl.core.primitives.errors import QiyxError
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.log_entries import LoggedFinding
from qiyx_xl.files.scratch import temporary_folder
from qiyx_xl.ledger.content.log_rows import finding_row
from qiyx_xl.ledger.registry import LedgerSheet
from qiyx_xl.shells.asking_workbook import OFFICES
from qiyx_xl.shells.open_ledger import OpenBook
from qiyx_xl.shells.ranges import ExcelBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from qiyx_xl.core.records.submission import Submission
    from qiyx_xl.ledger.content.view import LedgerView
    from qiyx_xl.shells.host_book import HostBook

_ERROR_FILE = "qiyx-error.log"
_MOST_CHANGES, _LONGEST_QUESTION = 15, 900
"""A message box shows about a thousand characters."""
_TITLE = "台账"  # of a message on a workbook that does not say what it is called


def press(action: str) -> None:
    """Run a button's action on the calling workbook, and show one sentence.

    ``action`` is a name in ``qiyx_xl.ledger.registry.CONTROLS``.
    """
    import xlwings as xw

    run(action, ExcelBook(xw.Book.caller()))


def run(action: str, book: HostBook) -> None:
    """Run a button's action on an open workbook, in whichever program it is open."""
    title = _TITLE
    try:
        desk = OpenBook(book)
        title = desk.category or title
        sentence = ACTIONS[action](desk)
    except Exception as error:  # noqa: BLE001 - the user must see a sentence, never a traceback
        sentence = _describe(error)
    finally:
        book.show_status(None)
    if sentence is not None:
        book.alert(sentence, title)


# --- receiving files -------------------------------------------------------------------------


def validate(desk: OpenBook) -> str | None:
    """校验收件: check a folder and list the findings on 校验结果; no figure is changed."""
    period = desk.period()
    folder = desk.ask_folder("收到的填报表在哪个文件夹")
    if folder is None:
        return None
    office = _office(desk)
    on_start, on_done = _counting(desk)
    report = app.validate_files(
        [folder],
        plan=office.plans,
        rules=office.rules,
        period=period,
        history=office.history(period),
        on_start=on_start,
        on_done=on_done,
    )
    now = _now()
    desk.write_findings(
        [
            finding_row(
                LoggedFinding(
                    file=submission.shown_name,
                    sha256=submission.sha256,
                    agency=submission.agency,
                    period=submission.period or period,
                    finding=finding,
                    found_at=now,
                    run=0,
                )
            )
            for submission in report.submissions
            for finding in submission.findings
        ]
    )
    desk.show(LedgerSheet.FINDINGS)
    return f"{_summary(report)}问题列在“校验结果”表里。"


def consolidate(desk: OpenBook) -> str | None:
    """汇总: book the clean files, and refresh the open ledger."""
    period = desk.period()
    folder = desk.ask_folder("把哪个文件夹里的填报表收进台账")
    if folder is None:
        return None
    office, now = _office(desk), _now()
    on_start, on_done = _counting(desk)
    typed = desk.choices()
    book_choices(office, typed, now)

    def write(view: LedgerView) -> None:
        desk.progress("正在写入台账……")
        try:
            desk.write(replace(view, conflicts=with_choices(view.conflicts, typed)))
        except Exception as error:
            raise app.AppError(
                f"收到的数已记入数据库“{office.store.name}”，只是台账没有更新："
                f"{_describe(error)}之后点“刷新”即可，不用重做。"
            ) from error

    result = app.consolidate(
        office, [folder], period, now=now, on_start=on_start, on_done=on_done, write=write
    )
    outcome = result.consolidation
    conflicts = f"，有 {len(outcome.conflicts)} 个数两家报得不一样，请到“冲突”表里写明采用哪家"
    return (
        f"{_summary(result.report)}新增 {len(outcome.new)} 个数，更正 {len(outcome.revised)} 个"
        f"{conflicts if outcome.conflicts else ''}。请保存台账。"
    )


def refresh(desk: OpenBook) -> str | None:
    """刷新: rewrite the open ledger from the store, for the chosen 数据期."""
    period = desk.period()
    reassigned = _reassigned(desk)
    office = reassigned.office
    if not office.has_store():
        return f"还没有汇总过，“{office.store.name}”里没有数。请先点“汇总”。"
    desk.progress(f"正在刷新{period.label}……")
    typed = desk.choices()
    book_choices(office, typed, _now())
    desk.write(app.ledger_view(office, period, _today(), typed=typed))
    problems = "".join(f"没有采用：{problem}" for problem in reassigned.problems)
    return f"{''.join(reassigned.changes)}已按{period.label}刷新。{problems}请保存台账。"


def _reassigned(desk: OpenBook) -> app.Reassigned:
    """Adopt what is typed in 改由 and 从哪一期起, after asking, and clear what is in force."""
    office, typed = _office(desk), desk.reporters()
    if not typed:
        return app.Reassigned(office)
    done = app.reassign(
        office,
        typed,
        now=_now(),
        today=_today(),
        by=desk.user(),
        ask=lambda proposal: desk.confirm(_proposed(proposal)),
    )
    if done.changes:
        OFFICES.forget()
    desk.clear_reporters([one for one in typed if one.code in done.adopted])
    return done


# --- writing files ---------------------------------------------------------------------------


def distribute(desk: OpenBook) -> str | None:
    """下发模板: write one fill-in workbook per agency into a folder that the user picks."""
    period = desk.period()
    folder = desk.ask_folder("填报表存到哪个文件夹")
    if folder is None:
        return None
    desk.progress(f"正在生成{period.label}填报表……")
    forms = app.distribute(_office(desk), period, folder)
    return f"已生成 {len(forms)} 份{period.label}填报表，在“{folder}”里，可以发给各单位填报。"


def remind(desk: OpenBook) -> str | None:
    """催报清单: write the overdue items and a message to each agency."""
    period = desk.period()
    folder = desk.ask_folder("催报清单存到哪个文件夹")
    if folder is None:
        return None
    desk.progress(f"正在列出{period.label}的缺报……")
    found = app.reminders(_office(desk), period, _today())
    out = app.write_reminders(found, folder / f"催报清单_{period}.xlsx")
    if not found.reminders:
        return f"{period.label}没有逾期未报的单位。清单已存为“{out}”。"
    agencies = {reminder.agency.name for reminder in found.reminders}
    items = sum(len(reminder.items) for reminder in found.reminders)
    return (
        f"{period.label}：{len(agencies)} 个单位、{items} 项逾期未报。"
        f"清单和可以直接发送的话已存为“{out}”。"
    )


def scorecard(desk: OpenBook) -> str | None:
    """晾晒榜: write the period's scorecard into a folder that the user picks."""
    return _publish(desk, "晾晒榜")


def bulletin(desk: OpenBook) -> str | None:
    """通报: write the period's bulletin into a folder that the user picks."""
    return _publish(desk, "通报")


def _publish(desk: OpenBook, name: str) -> str | None:
    from qiyx_xl.app.publishing import PAPERS, publish

    period = desk.period()
    folder = desk.ask_folder(f"{name}存到哪个文件夹")
    if folder is None:
        return None
    office = _office(desk)
    if not office.has_store():
        return f"还没有汇总过，“{office.store.name}”里没有数。请先点“汇总”。"
    desk.progress(f"正在生成{period.label}{name}……")
    wanted = [paper for paper in PAPERS if paper.name == name]
    done = publish(office, period, folder, _today(), papers=wanted)
    files = "、".join(paper.path.name for paper in done.papers)
    return f"{period.label}{name}已生成：{files}，在“{folder}”里。"


def static(desk: OpenBook) -> str | None:
    """静态副本: write the ledger as shown, values only, into a folder that the user picks."""
    from qiyx_xl.app.custody.maintenance import static_copy

    period = desk.period()
    folder = desk.ask_folder("静态副本存到哪个文件夹")
    if folder is None:
        return None
    desk.progress("正在另存静态副本……")
    with temporary_folder() as scratch:
        # The open workbook may have unsaved changes, so save a copy of it first and read that.
        copy = scratch / desk.path.name
        desk.save_copy(copy)
        out = static_copy(copy, folder / f"{desk.path.stem}_{period}_静态副本.xlsx")
    return f"静态副本已存为“{out}”，里面只有数，可以发给领导看。"


# --- the plan --------------------------------------------------------------------------------


def export(desk: OpenBook) -> str | None:
    """导出方案: write the plan in force as a workbook into a folder that the user picks."""
    period = desk.period()
    folder = desk.ask_folder("方案存到哪个文件夹")
    if folder is None:
        return None
    plan = _office(desk).plan_at(period)
    desk.progress("正在导出方案……")
    folder.mkdir(parents=True, exist_ok=True)
    out = folder / f"方案_{plan.version}.xlsx"
    app.export_plan(plan, out)
    return f"{period.label}有效的方案已存为“{out}”。改好以后点“采用方案”。"


def adopt(desk: OpenBook) -> str | None:
    """采用方案: say what a revised plan changes, ask, put it in force, and refresh the ledger."""
    period = desk.period()
    office, today = _office(desk), _today()
    file = desk.ask_file("采用哪一份方案（.xlsx 或 .json）")
    if file is None:
        return None
    desk.progress("正在检查方案……")
    plan = app.load_plan(file)
    proposal = app.propose(office, plan, since=None, today=today)
    if proposal.changes and proposal.since is not None:
        typed = desk.ask_text("从哪一期起采用？例如 2026Q4、2027。", str(proposal.since))
        if typed is None:
            return None
        since = Period.parse(typed)
        if since != proposal.since:
            proposal = app.propose(office, plan, since=since, today=today)
    if not proposal.changes:
        return "与现行方案相同，没有要改的。"
    if not desk.confirm(_proposed(proposal)):
        return "没有采用，什么都没有改。"
    desk.progress("正在采用方案……")
    revised = app.adopt(
        office,
        proposal,
        now=_now(),
        today=today,
        by=desk.user(),
        reason="台账“采用方案”",
        refreshes=False,
    )
    OFFICES.forget()
    try:
        desk.write(app.ledger_view(revised, period, today, typed=desk.choices()))
    except Exception as error:
        raise app.AppError(
            f"方案已记入数据库“{office.store.name}”，只是台账没有更新："
            f"{_describe(error)}之后点“刷新”即可，不用重做。"
        ) from error
    return f"已采用“{revised.plans.latest.title}”（{revised.plans.latest.version}）。请保存台账。"


def _proposed(proposal: app.Proposal) -> str:
    """Return what a plan changes, as short as a message box needs it, with the question."""
    start = "从头起" if proposal.since is None else f"从{proposal.since.label}起"
    shown = [f"{n}. {change.sentence}" for n, change in enumerate(proposal.changes, start=1)]
    rest = len(shown) - _MOST_CHANGES
    if rest > 0:
        shown = [
            *shown[:_MOST_CHANGES],
            f"……还有 {rest} 处，用 qiyx plan adopt --dry-run 看全部。",
        ]
    named = f"“{proposal.plan.title}”（{proposal.plan.version}）"
    head = f"{start}采用{named}，改 {len(proposal.changes)} 处："
    text = "\n".join([head, *shown])
    if len(text) > _LONGEST_QUESTION:
        text = f"{text[:_LONGEST_QUESTION]}……（没有列完）"
    return f"{text}\n\n要采用吗？"


def examine(desk: OpenBook) -> str | None:
    """体检: check whether functions and buttons can work here, and say what to do first."""
    from qiyx_xl.shells import doctor

    desk.progress("正在体检，大约要半分钟……")
    return doctor.examine(desk.path).sentence


ACTIONS: dict[str, Callable[[OpenBook], str | None]] = {
    "validate": validate,
    "consolidate": consolidate,
    "refresh": refresh,
    "remind": remind,
    "scorecard": scorecard,
    "bulletin": bulletin,
    "distribute": distribute,
    "static": static,
    "export": export,
    "adopt": adopt,
    "examine": examine,
}


# --- helpers ---------------------------------------------------------------------------------


def _office(desk: OpenBook) -> app.Office:
    return app.Office.at(desk.path, store=desk.store())


def _now() -> datetime:
    return datetime.now().astimezone()


def _today() -> date:
    return _now().date()


def _counting(
    desk: OpenBook,
) -> tuple[Callable[[int], None], Callable[[Submission], None]]:
    """Return ``on_start`` and ``on_done``, which show the progress in the status bar."""
    total, done = 0, 0

    def on_start(count: int) -> None:
        nonlocal total
        total = count
        desk.progress(f"正在检查 {total} 份填报表……")

    def on_done(submission: Submission) -> None:
        nonlocal done
        done += 1
        desk.progress(f"已检查 {done}/{total}：{submission.shown_name}")

    return on_start, on_done


def _summary(report: app.ValidationReport) -> str:
    from qiyx_xl.shells.cli.output import summary

    return summary(report)


def _describe(error: Exception) -> str:
    """Return the message of a QiyxError; any other error is written to a file for technicians."""
    if isinstance(error, QiyxError):
        return str(error)
    if isinstance(error, PermissionError) and error.filename:
        return (
            f"“{error.filename}”写不进去：它可能正在 Excel 或 WPS 中打开，或不许写入。"
            "请关闭它，或换一个文件夹，再试一次。"
        )
    path = Path(tempfile.gettempdir()) / _ERROR_FILE
    path.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    return f"没有做成，台账里的数没有变。请把“{path}”这个文件发给技术人员，再试一次。"
