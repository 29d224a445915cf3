from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import jsonschema
import pytest
from openpyxl import load_workbook
from support import editions, rendering
from support.pages import document_text

from qiyx_xl.core.plan.model import Goal, Indicator
from qiyx_xl.core.plan.schedule import PeriodContext
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Absence
from qiyx_xl.core.projects.status import with_projects
from qiyx_xl.core.rating.lamps import LampState
from qiyx_xl.core.records.log_entries import LoggedFile
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.data import read_text
from qiyx_xl.documents.workbooks.reminders import reminder_text, write_reminders
from qiyx_xl.intake.office_files.calendar import load_calendar
from qiyx_xl.papers.phrases import full_date
from qiyx_xl.papers.reminder_messages import (
    Situation,
    calendar_notes,
    calls,
    named,
    reminder_document,
)

EDGES = (
    editions.quarter,
    editions.empty,
    editions.one_agency,
    editions.all_green,
    pytest.param(editions.many, marks=pytest.mark.slow),
)


@pytest.fixture
def moved(rules):
    return rules.on(load_calendar())


def sent(agency, status, hour=9):
    at = datetime(2026, 10, 8, hour, 0, tzinfo=UTC)
    return LoggedFile(
        f"{agency}_2026Q3.xlsx", "cd" * 32, agency, editions.Q3, status, "", at, 1, 0, 0
    )


def rows(path, sheet="催报清单"):
    return [list(row) for row in load_workbook(path)[sheet].iter_rows(values_only=True)]


def test_everyone_whose_lamp_says_not_reported_is_called_and_nobody_else(plan, moved):
    edition = editions.quarter(plan, moved)
    called = {
        (call.agency, owing.item.code) for call in calls(edition) for owing in call.reminder.items
    }
    grey = {
        line.item.code
        for line in edition.lines
        if line.counts
        and isinstance(line.item, Indicator | Goal)
        and line.rating.state == LampState.NOT_REPORTED
    }
    assert {code for _, code in called if not code.startswith("M")} >= grey
    lit = {line.item.code for line in edition.lines if line.rating.state != LampState.NOT_REPORTED}
    summed = {item.code for item in plan.items() if item.aggregation.value == "sum"}
    assert not {code for _, code in called} & (lit - summed)


def test_excused_and_not_yet_due_are_left_out(plan, moved):
    excused = editions.record(plan, "2", "2026Q3", Absence.NOT_APPLICABLE)
    edition = editions.edition(plan, moved, [excused])
    listed = {owing.item.code for call in calls(edition) for owing in call.reminder.items}
    assert "2" not in listed  # 免报
    assert "10" not in listed  # 年报，三季度不用报
    assert "1" in listed
    in_time = editions.edition(plan, moved, today=date(2026, 10, 10))
    assert not {o.item.code for c in calls(in_time) for o in c.reminder.items} & {"1", "2"}


def test_a_figure_for_the_quarters_last_month_is_not_asked_again(plan, moved):
    monthly = editions.record(plan, "9", "2026-09", "7.7")
    edition = editions.edition(plan, moved, [monthly])
    assert edition.line("9").rating.state != LampState.NOT_REPORTED
    assert "9" not in {o.item.code for c in calls(edition) for o in c.reminder.items}


def test_days_late_are_counted_from_the_moved_deadline(plan, moved):
    edition = editions.edition(plan, moved, period=Period.parse("2026-09"), today=date(2026, 10, 9))
    nine = next(o for c in calls(edition) for o in c.reminder.items if o.item.code == "9")
    assert (nine.deadline, nine.days_late) == (date(2026, 10, 8), 1)


@pytest.mark.parametrize(
    ("status", "situation", "words"),
    [
        (None, Situation.NOTHING, "请尽快报送填报表"),
        (SubmissionStatus.RETURNED, Situation.RETURNED, "请按退回单改好后尽快重新报送"),
        (SubmissionStatus.UNREADABLE, Situation.UNREADABLE, "打不开"),
        (SubmissionStatus.ACCEPTED, Situation.BLANK, "以上各项还空着"),
    ],
)
def test_the_message_says_how_far_the_agency_has_come(plan, moved, status, situation, words):
    files = [] if status is None else [sent("区教育局", SubmissionStatus.ACCEPTED, 8)]
    files += [] if status is None else [sent("区教育局", status)]
    edition = editions.edition(plan, moved, files=files)
    call = next(one for one in calls(edition) if one.agency == "区教育局")
    assert call.situation is situation
    assert words in call.message


def test_a_message_reads_like_this(plan, moved):
    edition = editions.edition(
        plan,
        moved,
        [
            editions.record(plan, item.code, "2026Q3", Absence.NOT_APPLICABLE)
            for item in plan.reported_by(plan.agency("区教育局"))
            if item.code != "T2-3-04"
        ],
        contacts={"区教育局": " 王敏 0574-8600 0101 "},
    )
    call = next(one for one in calls(edition) if one.agency == "区教育局")
    (first,) = (owing.item for owing in call.reminder.items)
    assert call.contact == "王敏 0574-8600 0101"
    assert call.message == (
        "【“七优享”催报】区教育局：\n"
        "2026年三季度数据应在2026年10月10日前（含当日）报送，现有1项未报，已逾期20天：\n"
        f"1. {first.code} {first.name}（{first.measure}）\n"
        "请尽快报送填报表；确实不适用的，请填“不适用”并在“情况说明”写明原因。\n"
        "北仑区“七优享”工程工作专班办公室　2026年10月30日"
    )


def test_the_reminders_of_a_small_quarter_read_like_this(plan, rules, snapshot):
    edition = editions.small(plan, rules)
    context = PeriodContext(edition.plan, rules, edition.period, edition.today)
    reminders = with_projects(edition.reminders, edition.projects, context)
    assert document_text(reminder_document(replace(edition, reminders=reminders))) == snapshot


def test_different_deadlines_are_told_one_by_one(plan, moved):
    edition = editions.edition(plan, moved, period=Period.parse("2026Q4"), today=date(2027, 3, 1))
    call = next(c for c in calls(edition) if len({o.deadline for o in c.reminder.items}) > 1)
    for day in {owing.deadline for owing in call.reminder.items}:
        owed = [owing for owing in call.reminder.items if owing.deadline == day]
        said = f"应在{full_date(day)}前（含当日）报送的{len(owed)}项，已逾期{owed[0].days_late}天："
        told = call.message.split(said)[1].split("应在")[0]
        assert all(named(owing.item) in told for owing in owed)


def test_a_deadline_in_a_year_not_announced_is_said(plan, moved):
    late = editions.edition(plan, moved, period=Period.parse("2026Q4"), today=date(2027, 3, 1))
    unknown = {2027} - moved.calendar.announced
    assert [note[:4] for note in calendar_notes(late)] == [str(year) for year in unknown]
    assert calendar_notes(editions.quarter(plan, moved)) == ()


@pytest.mark.parametrize("make", EDGES)
def test_the_list_has_one_row_for_each_agency_and_item(tmp_path, plan, moved, make):
    edition = make(plan, moved)
    path = tmp_path / "催报清单.xlsx"
    write_reminders(path, edition)
    body = rows(path)[3:]
    wanted = [
        (one.agency.name, o.item.code, o.days_late) for one in edition.reminders for o in one.items
    ]
    if not wanted:
        assert body[0][0] == "没有逾期未报的单位。"
        return
    assert [(row[1], row[2], row[7]) for row in body[: len(wanted)]] == wanted
    assert [row[0] for row in body[: len(wanted)]] == list(range(1, len(wanted) + 1))
    told = "\n".join(row[2] for row in rows(path, "催报短信")[3:])
    assert all(call.message.split("\n")[1] in told for call in calls(edition))
    assert reminder_text(edition).count("【“七优享”催报】") == len(edition.reminders)


def test_messages_are_pasted_whole_however_long(tmp_path, plan, moved):
    edition = editions.empty(plan, moved)
    path = tmp_path / "催报清单.xlsx"
    write_reminders(path, edition)
    by_agency: dict[str, list[str]] = {}
    for row in rows(path, "催报短信")[3:]:
        by_agency.setdefault(row[0], []).append(row[2])
    for call in calls(edition):
        assert "\n".join(by_agency[call.agency]) == call.message


def test_the_same_edition_gives_the_same_bytes(tmp_path, plan, moved):
    one, other = tmp_path / "一.xlsx", tmp_path / "二.xlsx"
    write_reminders(one, editions.quarter(plan, moved))
    write_reminders(other, editions.quarter(plan, moved))
    assert one.read_bytes() == other.read_bytes()


def test_what_departments_wrote_stays_text(tmp_path, plan, moved):
    agency = plan.agency("区教育局")
    wild = replace(agency, name=editions.NASTY)
    items = {
        kind: tuple(
            replace(item, lead_agency=wild.name, responsible_agency=None)
            if item.reporting_agency == agency.name
            else item
            for item in getattr(plan, kind)
        )
        for kind in ("indicators", "goals", "milestones")
    }
    strange = replace(
        plan, agencies=tuple(wild if a is agency else a for a in plan.agencies), **items
    )
    edition = editions.edition(strange, moved, contacts={wild.name: editions.NASTY})
    path = tmp_path / "催报清单.xlsx"
    write_reminders(path, edition)
    book = load_workbook(path)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)


@pytest.mark.slow
@pytest.mark.parametrize("make", EDGES)
def test_the_report_fits_its_schema(plan, moved, make):
    schema = json.loads(read_text("schemas/reminder-report.schema.json"))
    validator = jsonschema.Draft202012Validator(schema)
    document = reminder_document(make(plan, moved))
    validator.validate(document)
    assert document["summary"]["agencies"] == len(document["agencies"])
    assert list(validator.iter_errors(document | {"extra": 1}))


@pytest.mark.libreoffice
@pytest.mark.parametrize("make", [editions.quarter])
def test_it_is_printed_whole(tmp_path, plan, moved, make):
    path = tmp_path / "催报清单.xlsx"
    write_reminders(path, make(plan, moved))
    rendering.printed(path, tmp_path).check()
