from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiyx_xl.app import Office
from qiyx_xl.core.plan.schedule import deadline, is_due
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.workdays import WorkCalendar
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.calendar import CALENDAR_NAME, CalendarFileError, load_calendar

DAYS = st.dates(date(2023, 1, 1), date(2027, 12, 31))


def office_file(folder, **years):
    path = folder / CALENDAR_NAME
    document = {"schema": "calendar/1", "years": {year[1:]: entry for year, entry in years.items()}}
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("code", "period", "expected"),
    [
        ("9", "2026-09", "2026-10-08"),  # 10月5日在国庆假期里
        ("2", "2026Q3", "2026-10-10"),  # 星期六，调休上班
        ("9", "2026-01", "2026-02-05"),
        ("2", "2025Q3", "2025-10-10"),
        ("9", "2025-09", "2025-10-09"),  # 国庆、中秋连放八天
        ("9", "2026-08", "2026-09-07"),  # 星期六
        ("2", "2026Q4", "2027-01-11"),  # 星期日
        ("9", "2027-01", "2027-02-11"),  # 法定春节假期
    ],
)
def test_a_deadline_on_a_day_off_moves_to_the_next_day_worked(plan, rules, code, period, expected):
    item, when = plan.find(code), Period.parse(period)
    moved = rules.on(load_calendar())
    last_day = deadline(item, when, moved)
    assert last_day.isoformat() == expected
    assert not is_due(item, when, last_day, moved)
    assert is_due(item, when, last_day + timedelta(days=1), moved)


def test_without_a_calendar_a_deadline_stays(plan, rules):
    assert deadline(plan.find("9"), Period.parse("2026-09"), rules) == date(2026, 10, 5)


@given(DAYS)
def test_a_moved_day_is_worked_and_no_worked_day_is_passed_over(day):
    calendar = load_calendar()
    moved = calendar.on_or_after(day)
    assert calendar.is_working(moved)
    between = (day + timedelta(days=n) for n in range((moved - day).days))
    assert not any(map(calendar.is_working, between))
    assert (moved - day).days < 15


@given(st.dates(date(2023, 1, 1), date(2026, 12, 31)))
def test_announced_years_agree_with_the_library(day):
    import chinese_calendar

    assert load_calendar().is_working(day) == chinese_calendar.is_workday(day)


def test_what_is_shipped_for_2027_is_what_the_law_fixes():
    import holidays

    by_law = set(holidays.country_holidays("CN", years=2027))
    calendar = load_calendar()
    if 2027 not in calendar.announced:
        assert {day for day in calendar.off if day.year == 2027} == by_law
        assert not {day for day in calendar.working if day.year == 2027}
    shipped = json.loads(read_text("calendar.json"))["years"]["2027"]
    assert shipped["announced"] is False


def test_the_shipped_calendar_says_which_years_are_announced():
    calendar = load_calendar()
    assert {2023, 2024, 2025, 2026} <= calendar.announced
    known = date(2026, 10, 10)
    assert calendar.unannounced([known, date(2031, 1, 5), known]) == (2031,)


def test_an_offices_own_year_replaces_the_shipped_one(tmp_path):
    entry = {
        "source": "国务院办公厅关于2027年部分节假日安排的通知",
        "holidays": [{"name": "春节", "from": "2027-02-05", "to": "2027-02-12"}],
        "working": ["2027-02-14"],
    }
    calendar = load_calendar(office_file(tmp_path, y2027=entry))
    assert not calendar.is_working(date(2027, 2, 11))
    assert calendar.is_working(date(2027, 2, 14))
    assert calendar.is_working(date(2027, 10, 1)), "a year is replaced as a whole"
    assert 2027 in calendar.announced
    assert not calendar.is_working(date(2026, 10, 1)), "other years stay"
    assert not load_calendar().is_working(date(2027, 2, 14))


def test_the_office_finds_its_calendar_beside_the_ledger(tmp_path, plan):
    off = {"name": "台风停工", "from": "2026-10-10", "to": "2026-10-11"}
    office_file(tmp_path, y2026={"holidays": [off], "working": []})
    moved = Office.at(tmp_path / "七优享台账.xlsm").rules
    assert deadline(plan.find("2"), Period.parse("2026Q3"), moved) == date(2026, 10, 12)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "不是完整的 JSON"),
        ("[]", "应为一组"),
        ('{"schema": "calendar/1", "years": {}}', "写法不对"),
        ('{"schema": "calendar/1", "years": {"2027": {"working": []}}}', "缺少holidays"),
        (
            '{"schema": "calendar/1", "years": {"2027": {"holidays": [], "working": ["2027-2-9"]}}}',
            "2027-02-05 这样的日期",
        ),
        (
            '{"schema": "calendar/1", "years": {"2027": {"holidays": [], "working": ["2026-01-09"]}}}',
            "2026-01-09 不在这一年",
        ),
        (
            '{"schema": "calendar/1", "years": {"2027": {"holidays": [{"name": "春节",'
            ' "from": "2027-02-09", "to": "2027-02-05"}], "working": []}}}',
            "早于第一天",
        ),
        (
            '{"schema": "calendar/1", "years": {"2027": {"holidays": [{"name": "春节",'
            ' "from": "2027-02-30", "to": "2027-03-05"}], "working": []}}}',
            "2027-02-05 这样的日期",
        ),
    ],
)
def test_a_calendar_that_cannot_be_meant_is_refused_with_the_place(tmp_path, text, words):
    path = tmp_path / CALENDAR_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CalendarFileError, match=CALENDAR_NAME) as error:
        load_calendar(path)
    assert words in str(error.value)


def test_a_holiday_worked_after_all_is_worked(tmp_path):
    entry = {
        "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2027-01-03"}],
        "working": ["2027-01-02"],
    }
    calendar = load_calendar(office_file(tmp_path, y2027=entry))
    assert calendar.is_working(date(2027, 1, 2))
    assert not calendar.is_working(date(2027, 1, 3))


def test_an_empty_calendar_knows_only_weekends():
    assert WorkCalendar().on_or_after(date(2026, 10, 3)) == date(2026, 10, 5)
