"""What 催报 sends: the message to paste for each agency, and the report of ``remind``."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.model import Indicator
from qiyx_xl.core.records.explanations import contact_without_fillers
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.papers.phrases import full_date

if TYPE_CHECKING:
    from datetime import date

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.records.log_entries import LoggedFile
    from qiyx_xl.core.records.missing import MissingFigure, Reminder
    from qiyx_xl.papers.edition import Edition

REMINDER_SCHEMA = "reminder-report/1"
NO_CONTACT = "未留联系人"


class Situation(StrEnum):
    """What has become of an agency's form for the period."""

    NOTHING = "未收到填报表"
    RETURNED = "已退回待改"
    UNREADABLE = "文件读不了"
    BLANK = "表已收到，此项空着"


@dataclass(frozen=True, slots=True)
class Call:
    """The message to one agency.

    ``contact`` is the contact it last wrote into a form, empty if it wrote none; ``file`` is the
    last file it sent for the period, None if it sent none.
    """

    reminder: Reminder
    situation: Situation
    contact: str
    file: LoggedFile | None
    message: str

    @property
    def agency(self) -> str:
        """The name of the agency to remind."""
        return self.reminder.agency.name


def calls(edition: Edition) -> tuple[Call, ...]:
    """Return a message for each agency to remind, in the plan's order of agencies."""
    last = {file.agency: file for file in edition.files}
    return tuple(
        _call(edition, reminder, last.get(reminder.agency.name)) for reminder in edition.reminders
    )


def calendar_notes(edition: Edition) -> tuple[str, ...]:
    """Return a note for each year whose deadlines use days off that are not announced yet."""
    calendar = edition.rules.calendar
    if calendar is None:
        return ()
    days = [owing.deadline for reminder in edition.reminders for owing in reminder.items]
    return tuple(
        f"{year}年的放假调休安排尚未收录，{year}年的截止日按法定节假日和周末推算；"
        "国务院公布后，请更新本程序，或在台账旁边的“放假安排.json”里写明。"
        for year in calendar.unannounced(days)
    )


def named(item: Item) -> str:
    """Return an item's name as on the form: 指标12 每千名老年人床位（张）."""
    number = f"指标{item.printed_code}" if isinstance(item, Indicator) else item.printed_code
    measure = "" if item.measure in ("", "节点") else f"（{item.measure}）"
    return f"{number} {item.name}{measure}"


def reminder_document(edition: Edition) -> dict[str, Any]:
    """Return the document of ``remind --format json`` (schemas/reminder-report.schema.json)."""
    found = calls(edition)
    return {
        "schema": REMINDER_SCHEMA,
        "period": str(edition.period),
        "today": edition.today.isoformat(),
        "rules_version": edition.rules_version,
        "plan_version": edition.plan_version,
        "summary": {
            "agencies": len(found),
            "items": sum(len(call.reminder.items) for call in found),
        },
        "agencies": [_call_json(call) for call in found],
        "notes": list(calendar_notes(edition)),
    }


def _call(edition: Edition, reminder: Reminder, file: LoggedFile | None) -> Call:
    contact = contact_without_fillers(edition.contacts.get(reminder.agency.name, ""))
    return Call(
        reminder=reminder,
        situation=_situation(file),
        contact=contact,
        file=file,
        message=_message(edition, reminder, file),
    )


def _situation(file: LoggedFile | None) -> Situation:
    if file is None:
        return Situation.NOTHING
    return {
        SubmissionStatus.ACCEPTED: Situation.BLANK,
        SubmissionStatus.RETURNED: Situation.RETURNED,
        SubmissionStatus.UNREADABLE: Situation.UNREADABLE,
    }[file.status]


def _message(edition: Edition, reminder: Reminder, file: LoggedFile | None) -> str:
    count, period = len(reminder.items), edition.period.label
    by_deadline: dict[date, list[MissingFigure]] = {}
    for owing in sorted(reminder.items, key=lambda figure: figure.deadline):
        by_deadline.setdefault(owing.deadline, []).append(owing)
    lines = [f"【“{edition.plan.words.short_name}”催报】{reminder.agency.name}："]
    if len(by_deadline) > 1:
        lines.append(f"{period}数据现有{count}项未报。")
    number = 0
    for deadline, owed in by_deadline.items():
        until = f"{full_date(deadline)}前（含当日）报送"
        late = f"已逾期{owed[0].days_late}天："
        if len(by_deadline) == 1:
            lines.append(f"{period}数据应在{until}，现有{count}项未报，{late}")
        else:
            lines.append(f"应在{until}的{len(owed)}项，{late}")
        for owing in owed:
            number += 1
            lines.append(f"{number}. {named(owing.item)}")
    lines.append(_what_to_do(file))
    lines.append(f"{edition.office_name}　{full_date(edition.today)}")
    return "\n".join(lines)


def _what_to_do(file: LoggedFile | None) -> str:
    match _situation(file), file:
        case Situation.RETURNED, sent if sent is not None:
            return f"报来的“{sent.file}”有需要修改的地方，已经退回，请按退回单改好后尽快重新报送。"
        case Situation.UNREADABLE, sent if sent is not None:
            return f"报来的“{sent.file}”打不开，请用下发的填报表重新填写后尽快报送。"
        case Situation.BLANK, _:
            return (
                "填报表已收到，以上各项还空着，请补填后尽快重新报送；"
                "确实不适用的，请填“不适用”并在“情况说明”写明原因。"
            )
        case _:
            return "请尽快报送填报表；确实不适用的，请填“不适用”并在“情况说明”写明原因。"


def _call_json(call: Call) -> dict[str, Any]:
    return {
        "agency": call.agency,
        "level": call.reminder.agency.level,
        "contact": call.contact or None,
        "situation": call.situation.name.lower(),
        "word": call.situation.value,
        "file": None if call.file is None else call.file.file,
        "deadline": call.reminder.deadline.isoformat(),
        "days_late": call.reminder.days_late,
        "items": [
            {
                "code": owing.item.printed_code,
                "name": owing.item.name,
                "measure": owing.item.measure,
                "frequency": owing.item.frequency.value,
                "deadline": owing.deadline.isoformat(),
                "days_late": owing.days_late,
            }
            for owing in call.reminder.items
        ],
        "message": call.message,
    }
