from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import docx
import openpyxl
import pytest
from docx.oxml.ns import qn
from support import editions, rendering
from support.pages import document_text, page

from qiyx_xl.core.consolidation.conflicts import Conflict
from qiyx_xl.core.history.differences import Change, difference, difference_document
from qiyx_xl.core.history.matters import (
    Matter,
    MatterAction,
    MatterError,
    MatterEvent,
    Meeting,
    changed_by,
    last_meeting,
    next_number,
    on_the_sheet,
    period_before,
    reopen,
    settle,
)
from qiyx_xl.core.history.snapshot import figures
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.documents.word.agenda import write_agenda
from qiyx_xl.documents.workbooks.matters import write_matters
from qiyx_xl.intake.office_files.calendar import load_calendar
from qiyx_xl.intake.office_files.matter_sheet import MatterFileError, read_matters
from qiyx_xl.papers.bulletin.agenda import Agenda, agenda_text
from qiyx_xl.papers.json.meeting import events_document, matters_document, meeting_document
from qiyx_xl.papers.matters import is_ready, raise_matters, suggestion

EDGES = (
    editions.quarter,
    editions.empty,
    editions.one_agency,
    editions.all_green,
    pytest.param(editions.many, marks=pytest.mark.slow),
)
DAY = editions.TODAY
RED = [("12", "2025Q4", "60"), ("12", "2026Q3", "61")]


def red(plan, rules, *more, **options):
    """指标12 is red."""
    return editions.edition(
        plan, rules, [editions.record(plan, *row) for row in (*RED, *more)], **options
    )


def matter(number="M-2026-01", **more):
    usual = {
        "title": "协调托育用房",
        "agency": "区卫健局",
        "deadline": date(2026, 11, 13),
        "raised": DAY,
    }
    return Matter(number=number, **(usual | more))


def agenda_of(edition, rules, *, matters=(), last=None, conflicts=()):
    new = raise_matters(edition, matters, edition.today, rules)
    changes = () if last is None else difference(edition.plan, last.figures, figures(edition.lines))
    return Agenda(
        edition=edition, last=last, changes=changes, matters=(*matters, *new), conflicts=conflicts
    )


def meeting(edition, day):
    return Meeting(
        editions.datetime(2026, 10, 16, 9, 0, tzinfo=editions.UTC),
        day,
        edition.period,
        edition.plan_version,
        edition.rules_version,
        figures(edition.lines),
    )


def said(text, passage):
    return "\n".join(f"{getattr(b, 'lead', '')}{b.text}" for b in text.passages[passage])


# --- matters ----------------------------------------------------------------------------------


def test_a_red_lamp_is_raised_once_with_its_agency_and_a_time_limit_on_a_working_day(plan, rules):
    moved = rules.on(load_calendar())
    edition = red(plan, moved, today=date(2026, 9, 19))
    (first,) = raise_matters(edition, (), date(2026, 9, 19), moved)
    assert (first.number, first.agency, first.item) == ("M-2026-01", "区卫健局", "12")
    assert first.deadline == date(2026, 10, 8), "3 October is a holiday"
    assert "指标12 “浙里惠民保”投保率亮红灯：滞后序时65.0个百分点" in first.title
    assert raise_matters(edition, (first,), DAY, moved) == ()


def test_what_was_settled_for_a_period_stays_settled_and_is_new_in_the_next(plan, rules):
    edition = red(plan, rules)
    (first,) = raise_matters(edition, (), DAY, rules)
    done = settle(first, DAY + timedelta(days=3))
    assert raise_matters(edition, (done,), DAY + timedelta(days=14), rules) == ()
    later = red(plan, rules, ("12", "2026Q4", "61"), period=Period.parse("2026Q4"))
    (second,) = raise_matters(later, (done,), date(2027, 1, 15), rules)
    assert (second.number, second.period) == ("M-2027-01", "2026Q4")


def test_numbers_go_on_within_a_year():
    numbered = [matter(f"M-2026-{n:02d}") for n in (1, 3, 99)] + [matter("M-2025-07")]
    assert next_number(numbered, 2026) == "M-2026-100"
    assert next_number(numbered, 2027) == "M-2027-01"


def test_settling_and_putting_back_say_what_cannot_be():
    one = matter()
    done = settle(one, date(2026, 11, 2), " 已办 ")
    assert (done.word, done.settled, done.note) == ("已销号", date(2026, 11, 2), "已办")
    assert done.days_over(date(2027, 1, 1)) == 0
    assert one.days_over(date(2026, 11, 15)) == 2
    with pytest.raises(MatterError, match="已于 2026-11-02 销号"):
        settle(done, date(2026, 11, 3))
    with pytest.raises(MatterError, match="早于提出日期"):
        settle(one, date(2026, 10, 1))
    assert reopen(done, "复查未通过").is_open
    with pytest.raises(MatterError, match="还没有销号"):
        reopen(one, "理由")
    with pytest.raises(MatterError, match="要说明理由"):
        reopen(done, " ")


def test_the_sheet_lists_what_is_open_and_what_was_settled_since_the_last_meeting():
    old = settle(matter("M-2026-01"), date(2026, 11, 1))
    new = settle(matter("M-2026-02"), date(2026, 11, 10))
    still = matter("M-2026-03")
    assert on_the_sheet([old, new, still], date(2026, 11, 6)) == (new, still)
    assert on_the_sheet([old, new, still], None) == (old, new, still)


def test_a_green_lamp_suggests_settling(plan, rules):
    edition = editions.edition(plan, rules, [editions.record(plan, "12", "2026Q3", "70")])
    assert suggestion(matter(item="12"), edition) == "绿·提前完成，可销号"
    assert suggestion(settle(matter(item="12"), DAY), edition) == "绿·提前完成"
    assert suggestion(matter(), edition) == ""


@pytest.mark.parametrize(
    ("item", "actual", "is_settled", "ready"),
    [
        ("12", "70", False, True),
        ("12", "70", True, False),
        ("12", "61", False, False),
        ("", "70", False, False),
        ("Z9", "70", False, False),
    ],
)
def test_only_an_open_matter_with_a_green_lamp_is_ready_to_be_settled(
    plan, rules, item, actual, is_settled, ready
):
    edition = editions.edition(plan, rules, [editions.record(plan, "12", "2026Q3", actual)])
    one = matter(item=item)
    assert is_ready(settle(one, DAY) if is_settled else one, edition) is ready


def test_a_meeting_is_compared_with_the_one_before_that_day(plan, rules):
    edition = red(plan, rules)
    meetings = [meeting(edition, day) for day in (date(2026, 10, 16), date(2026, 10, 2), DAY)]
    assert last_meeting(meetings, DAY).day == date(2026, 10, 16)
    assert last_meeting(meetings, date(2026, 10, 2)) is None
    again = replace(meetings[0], plan_version="later")
    assert last_meeting([*meetings, again], DAY) == again


@pytest.mark.parametrize(
    ("day", "period"),
    [("2026-01-05", "2025Q4"), ("2026-03-31", "2025Q4"), ("2026-10-01", "2026Q3")],
)
def test_without_a_period_a_meeting_looks_at_the_last_quarter_that_ended(day, period):
    assert str(period_before(date.fromisoformat(day))) == period


# --- a small meeting, whole ---


@pytest.fixture
def small(plan, rules):
    """Matters open, late and settled, a change of every kind, a conflict, projects."""
    kept = editions.small_plan(plan)
    before = editions.edition(
        kept,
        rules,
        [
            editions.record(kept, "12", "2026Q2", "66"),
            editions.record(kept, "9", "2026Q2", "8.2"),
            editions.record(kept, "7", "2026Q2", "4.4"),
        ],
        period=editions.Q2,
    )
    edition = editions.small(plan, rules)
    raised = {"raised": date(2026, 10, 16)}
    later = raised | {"deadline": date(2026, 11, 6)}
    matters = (
        matter("M-2026-01", deadline=date(2026, 10, 26), **raised),
        matter("M-2026-02", title="床位", item="1", period="2026Q2", note="正在办", **later),
        settle(matter("M-2026-03", title="学位", item="12", **later), date(2026, 10, 20), "已补足"),
    )
    figure = editions.record(kept, "12", "2026Q3", "61")
    conflict = Conflict(figure, replace(figure, agency="区民政局", actual=figure.actual + 3))
    return agenda_of(
        edition,
        rules,
        matters=matters,
        last=meeting(before, date(2026, 10, 16)),
        conflicts=(conflict,),
    )


def test_the_papers_of_a_small_meeting_read_like_this(small, snapshot):
    text = agenda_text(small)
    assert page(text.words, text.passages) == snapshot


def test_the_document_of_a_small_meeting_reads_like_this(small, snapshot):
    assert document_text(meeting_document(small, ["例会材料.docx"])) == snapshot


def test_the_document_of_changes_counts_them_and_tells_both_sides_of_each(plan, small):
    document = difference_document(plan, small.changes, period="2026Q3", against="2026Q2")
    listed = document.pop("changes")
    assert document == {
        "schema": "difference/1",
        "period": "2026Q3",
        "against": "2026Q2",
        "summary": {"changed": 11, "better": 1, "worse": 2},
    }
    assert [
        (
            one["indicator"],
            one["before"]["actual"],
            one["after"]["actual"],
            one["delta"],
            one["turned"],
        )
        for one in listed
    ] == [
        (1, None, "4.9", None, True),
        (3, None, "200", None, False),
        (5, None, "进行中", None, True),
        (7, "4.4", "3.45", "-0.95", True),
        (9, "8.2", "7.7", "-0.5", True),
        (12, "66", "61", "-5", True),
        (13, None, "98", None, True),
        (15, None, "63.2", None, False),
        (20, None, "不适用", None, False),
        ("T3-3-01", None, "32", None, True),
        ("M02", None, "已完成", None, True),
    ]
    place = {"sheet": "填报表", "cell": "G6"}
    nowhere = {"agency": None, "file": None, "sheet": None, "cell": None}
    by_code = {one["indicator"]: one for one in listed}
    assert by_code[15] == {
        "indicator": 15,
        "name": "长期护理保险覆盖人群",
        "before": {
            "actual": None,
            "second": None,
            "light": "grey",
            "word": "灰",
            "state": "未到期",
            **nowhere,
        },
        "after": {
            "actual": "63.2",
            "second": "64.5",
            "light": "grey",
            "word": "灰",
            "state": "未到期",
            "agency": "区民政局",
            "file": "区民政局_2026Q3.xlsx",
            **place,
        },
        "delta": None,
        "turned": False,
    }


def test_the_documents_of_matters_tell_each_matter_as_the_meetings_does(small):
    today = small.edition.today
    told = meeting_document(small, [])["matters"]
    alone = [{name: one[name] for name in one if name != "light"} for one in told]
    assert matters_document(small.listed, today) == {
        "schema": "matter-report/1",
        "today": "2026-10-30",
        "matters": alone,
    }
    events = [
        MatterEvent(editions.datetime(2026, 10, 16, 9, 0, tzinfo=editions.UTC), "王敏", action, one)
        for action, one in zip(MatterAction, small.listed, strict=False)
    ]
    changed = [
        {**one, "action": action.value} for one, action in zip(alone, MatterAction, strict=False)
    ]
    assert events_document(events, today) == {
        "schema": "matter-report/1",
        "today": "2026-10-30",
        "matters": changed,
    }


# --- what the papers say ----------------------------------------------------------------------


def test_the_agenda_says_what_turned_since_the_last_meeting(plan, rules):
    before = red(
        plan, rules, ("18", "2026Q3", "93"), ("2", "2025Q4", "66.5"), ("2", "2026Q3", "70")
    )
    now = red(plan, rules, ("18", "2026Q3", "97"), ("2", "2025Q4", "66.5"), ("2", "2026Q3", "69"))
    text = agenda_text(agenda_of(now, rules, last=meeting(before, date(2026, 10, 16))))
    told = said(text, "变化")
    assert (
        "上次例会（2026年10月16日）看的是2026年三季度。有变化的2项：变好1项、变差1项、其他0项。"
        in told
    )
    assert "普惠托位占比（区卫健局）：70→69，绿→黄灯，滞后序时3.6个百分点。" in told
    assert told.index("变差的") < told.index("变好的")
    first = agenda_text(agenda_of(now, rules))
    assert said(first, "变化") == "这是第一次例会，没有上次的数可比。"


@pytest.mark.parametrize("count", [12, 13])
def test_twelve_changes_are_told_and_of_thirteen_the_first_twelve(plan, rules, count):
    edition = editions.quarter(plan, rules)
    after = figures(edition.lines)[:count]
    changes = [Change(one.code, None, one) for one in after]
    last = meeting(edition, date(2026, 10, 16))
    agenda = replace(agenda_of(edition, rules, last=last), changes=changes)
    told = said(agenda_text(agenda), "变化").split("\n")
    assert f"有变化的{count}项：变好0项、变差0项、其他{count}项。" in told[0]
    assert told[13].startswith("12. ")
    assert told[14:] == ([] if count == 12 else ["其他变化共13项，以上为前12项。"])


@pytest.mark.parametrize(("count", "cut"), [(12, ""), (13, "等13个")])
def test_twelve_of_a_kind_are_named_and_of_thirteen_the_first_twelve(plan, rules, count, cut):
    edition = editions.empty(plan, rules)
    late = [
        matter(f"M-2026-{n:02d}", deadline=date(2026, 10, 20), item="", raised=DAY)
        for n in range(1, count + 1)
    ]
    told = said(agenda_text(agenda_of(edition, rules, matters=late)), "议定事项").split("\n")
    end = f"M-2026-12（区卫健局）{cut}，请"
    assert f"超过时限未销号的{count}项：M-2026-01（区卫健局）、" in told[0]
    assert f"{end}责任单位说明原因，重定时限。" in told[0]
    assert f"新列入调度单的{count}项：M-2026-01（区卫健局）、" in told[1]
    assert f"{end}确认责任单位和时限。" in told[1]
    ready = [replace(one, item="12", deadline=DAY) for one in late]
    green = editions.edition(plan, rules, [editions.record(plan, "12", "2026Q3", "70")])
    told = said(agenda_text(agenda_of(green, rules, matters=ready)), "议定事项")
    assert f"、M-2026-12{cut}对应的指标或项目已亮绿灯" in told


@pytest.mark.parametrize(("count", "last"), [(12, "（4项），请"), (13, "（4项）等13个，请")])
def test_twelve_late_agencies_are_named_and_of_thirteen_the_first_twelve(plan, rules, count, last):
    edition = editions.empty(plan, rules)
    edition = replace(edition, reminders=edition.reminders[-count:])
    told = said(agenda_text(agenda_of(edition, rules)), "议定事项")
    assert told.startswith(f"1. 逾期未报的{count}个单位：")
    assert told.endswith(f"{last}限期补报。")


@pytest.mark.parametrize(
    ("deadline", "state"),
    [("2026-10-29", "未销号，超1天"), ("2026-10-30", "未销号"), ("2026-10-31", "未销号")],
)
def test_a_matter_is_late_from_the_day_after_its_time_limit(plan, rules, deadline, state):
    one = matter(deadline=date.fromisoformat(deadline), raised=date(2026, 10, 16))
    (table,) = agenda_text(agenda_of(editions.empty(plan, rules), rules, matters=[one])).passages[
        "附件"
    ]
    assert [row[4] for row in table.rows] == [state]


def test_an_item_that_is_no_longer_in_the_plan_is_told_by_its_code(plan, rules):
    edition = editions.quarter(plan, rules)
    (line,) = figures(edition.lines)[:1]
    figure = editions.record(plan, "1", "2026Q3", "4.9")
    gone = replace(figure, code="Z9")
    agenda = replace(
        agenda_of(edition, rules, last=meeting(edition, date(2026, 10, 16))),
        changes=[Change("Z9", line, None), Change("Z8", None, None)],
        conflicts=[Conflict(gone, replace(gone, agency="区民政局"))],
    )
    assert "1. Z9：4.9→未填，绿→灰灯。" in said(agenda_text(agenda), "变化")
    assert "2. Z8：未填，灰灯。" in said(agenda_text(agenda), "变化")
    assert said(agenda_text(agenda), "议定事项").startswith(
        "1. Z9：区卫健局报4.9，区民政局报4.9，请确定以哪个为准。"
    )


def test_what_the_meeting_has_to_settle_is_numbered(plan, rules):
    edition = red(plan, rules, ("2", "2026Q3", "70"))
    over = matter("M-2026-01", deadline=date(2026, 10, 20), raised=date(2026, 10, 16))
    ready = matter("M-2026-02", item="2", raised=date(2026, 10, 16))
    agenda = agenda_of(edition, rules, matters=(over, ready))
    told = said(agenda_text(agenda), "议定事项")
    assert "1. 调度事项M-2026-02对应的指标或项目已亮绿灯，请议定是否销号。" in told
    assert "2. 超过时限未销号的1项：M-2026-01（区卫健局）" in told
    assert "3. 新列入调度单的1项：M-2026-03（区卫健局）" in told
    assert "逾期未报的" in told
    matters = said(agenda_text(agenda), "调度事项")
    assert matters.startswith("调度单共3项：未销号3项（其中超过时限1项、本次新提出1项）")


def test_with_nothing_to_say_the_agenda_says_so(plan, rules):
    quiet = editions.all_green(replace(editions.widened(plan, 3), goals=()), rules)
    text = agenda_text(agenda_of(quiet, rules, last=meeting(quiet, date(2026, 10, 16))))
    assert "上次例会以来没有变化。" in said(text, "变化")
    assert said(text, "议定事项") == "本次没有需要议定的事项。"
    assert said(text, "调度事项") == "目前没有调度事项。"
    assert text.passages["附件"] == ()


@pytest.mark.parametrize("make", EDGES)
def test_both_papers_are_written_for_every_edition_and_twice_the_same(tmp_path, plan, rules, make):
    agenda = agenda_of(make(plan, rules), rules)
    for write, suffix in ((write_agenda, "docx"), (write_matters, "xlsx")):
        one, other = tmp_path / f"一.{suffix}", tmp_path / f"二.{suffix}"
        write(one, agenda)
        write(other, agenda)
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.libreoffice
@pytest.mark.parametrize("make", [editions.quarter])
def test_both_papers_are_printed_whole(tmp_path, plan, rules, make):
    agenda = agenda_of(make(plan, rules), rules, matters=(matter(note="已协调两处，\n余一处"),))
    text, sheet = tmp_path / "例会材料.docx", tmp_path / "调度单.xlsx"
    write_agenda(text, agenda)
    write_matters(sheet, agenda)
    rendering.printed(text, tmp_path).check()
    rendering.printed(sheet, tmp_path).check()


def test_what_people_wrote_stays_text(tmp_path, plan, rules):
    nasty = matter(title=editions.NASTY, agency=editions.NASTY, note=editions.NASTY)
    agenda = agenda_of(editions.empty(plan, rules), rules, matters=(nasty,))
    text, sheet = tmp_path / "例会材料.docx", tmp_path / "调度单.xlsx"
    write_agenda(text, agenda)
    write_matters(sheet, agenda)
    cells = [cell for row in openpyxl.load_workbook(sheet).active.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    document = docx.Document(str(text))
    whole = "".join(node.text or "" for node in document.element.iter(qn("w:t")))
    assert '=HYPERLINK("http://x","点我")<script>alert(1)</script>&amp;{{ 7*7 }}' in whole


# --- reading back -----------------------------------------------------------------------------


@pytest.fixture
def filled(tmp_path, plan, rules):
    """A 调度单 with three matters, and a function that fills it in and reads it back."""
    matters = (
        matter("M-2026-01"),
        settle(matter("M-2026-02"), date(2026, 11, 2), "已办"),
        matter("M-2026-03", item="12"),
    )
    path = tmp_path / "调度单.xlsx"
    edition = editions.empty(plan, rules)
    write_matters(
        path, Agenda(edition=edition, last=None, changes=(), matters=matters, conflicts=())
    )

    def fill(cells=None, edit=None):
        book = openpyxl.load_workbook(path)
        sheet = book.active
        for place, value in (cells or {}).items():
            sheet[place] = value
        if edit is not None:
            edit(sheet)
        book.save(path)
        return changed_by(read_matters(path), matters, plan, date(2026, 11, 16), rules)

    return fill


def test_a_sheet_that_nobody_touched_changes_nothing(filled):
    assert filled() == ((), ())


def test_what_the_meeting_wrote_comes_back(filled):
    changes, problems = filled(
        {
            "G4": "已销号",
            "I4": "=已验收"[1:],
            "G5": "未销号",
            "H5": None,
            "D6": date(2026, 12, 1),
            "B7": "协调公租房房源",
            "C7": "区住建局",
            "D7": "2026年12月20日",
        }
    )
    assert problems == ()
    done, back, moved, new = (after for _, after in changes)
    assert (done.number, done.settled, done.note) == ("M-2026-01", date(2026, 11, 16), "已验收")
    assert (back.number, back.settled, back.note) == ("M-2026-02", None, "已办")
    assert (moved.number, moved.deadline, moved.item) == ("M-2026-03", date(2026, 12, 1), "12")
    assert (new.number, new.title, new.agency) == ("M-2026-04", "协调公租房房源", "区住建局")
    assert (new.deadline, new.raised) == (date(2026, 12, 20), date(2026, 11, 16))
    assert [before is None for before, _ in changes] == [False, False, False, True]


def test_rows_may_be_moved_and_columns_deleted_or_inserted(filled):
    def edit(sheet):
        sheet["G4"] = "已销号"
        sheet.delete_cols(9)
        sheet.delete_cols(5, 2)
        sheet.insert_cols(1)
        sheet.insert_rows(1, 2)

    changes, problems = filled(edit=edit)
    assert problems == ()
    assert [(after.number, after.word) for _, after in changes] == [("M-2026-01", "已销号")]
    assert changes[0][1].note == ""


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"A4": "M-2026-77"}, "调度单!A4 的编号“M-2026-77”不在台账里"),
        ({"A5": "M-2026-01"}, "重复了"),
        ({"C4": "区水利局"}, "的责任单位“区水利局”不在方案里"),
        ({"G4": "办结"}, "的销号状态应是“未销号”或“已销号”"),
        ({"H4": date(2026, 11, 3)}, "写了销号日期，销号状态却是“未销号”"),
        ({"G4": "已销号", "H4": date(2026, 9, 1)}, "早于提出日期"),
        ({"C7": "区住建局"}, "没有写事项"),
        ({"B7": "新事项"}, "没有写责任单位"),
    ],
)
def test_what_cannot_be_meant_is_named_with_its_place(filled, cells, words):
    _, problems = filled(cells)
    assert any(words in one for one in problems), problems


def test_a_date_that_is_none_is_named_with_its_cell(filled):
    with pytest.raises(MatterFileError, match=r"调度单!D4 的“时限”应是日期") as error:
        filled({"D4": "月底前"})
    assert "台账没有改动" in str(error.value)


def test_what_is_no_such_sheet_is_refused(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "编号"
    path = tmp_path / "别的.xlsx"
    book.save(path)
    with pytest.raises(MatterFileError, match="里面没有“调度单”表"):
        read_matters(path)
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(MatterFileError, match="没有读回"):
        read_matters(path)


def test_a_weekly_meeting_gives_a_week(plan, rules):
    (first,) = raise_matters(red(plan, rules), (), DAY, rules, days=7)
    assert first.deadline == DAY + timedelta(days=7)
