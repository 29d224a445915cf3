"""A second office's plan, made by code: nothing in it is the shipped plan's.

Another district and short name, the years 2026 to 2030, three levels with 乡镇 as the lowest, twenty
indicators whose numbers have gaps, two of them under ids that are not their numbers, goals that add
up over the years and over the 乡镇, and milestones. ``document`` and ``plan`` give it;
``write_plan`` writes it as a plan file; ``filled_forms`` writes forms as its agencies send them;
``foreign_words`` lists what none of its outputs may contain.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import openpyxl

from qiyx_xl.core.forms.vocabulary import FORM_SHEET, ContactLabel, FormColumn, ItemClass
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.intake.office_files.plan import load_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

YEARS = (2026, 2027, 2028, 2029, 2030)
LEDGER = "民生八有台账.xlsm"
"""The name of a ledger of this plan."""
TOWNS = ("递铺镇", "天荒坪镇", "孝丰乡")
"""The agencies of the lowest level."""

_DOMAINS = {
    "育有温情": "县卫生健康委",
    "学有良师": "县教育体育局",
    "业有奔头": "县就业中心",
    "医有近便": "县卫生健康委",
    "养有乐享": "县养老中心",
    "居有安心": "县建设局",
    "困有帮扶": "县救助中心",
    "行有畅达": "市交通运输局",
}

# number, id, name, domain, measure, decimals, rule, direction, target of the first year, step a year
_INDICATORS: tuple[tuple[int, str, str, str, str, int, str, str, str, str], ...] = (
    (1, "", "每千名婴幼儿托位", "育有温情", "个", 1, "ratio", "up", "3.2", "0.3"),
    (2, "", "公办托育机构占比", "育有温情", "%", 0, "ratio", "up", "40", "5"),
    (3, "", "孕产妇建册率", "育有温情", "%", 1, "hold", "up", "98", "0"),
    (4, "", "乡村小学专任教师本科率", "学有良师", "%", 1, "step", "up", "80", "2"),
    (5, "", "课后服务参与率", "学有良师", "%", 0, "hold", "up", "95", "0"),
    (6, "", "新增就业人数", "业有奔头", "人", 0, "ratio", "up", "1200", "100"),
    (8, "", "调查失业率", "业有奔头", "%", 1, "ceiling", "down", "5", "0"),
    (9, "", "零工驿站个数", "业有奔头", "个", 0, "ratio", "up", "4", "2"),
    (10, "", "二十分钟就医圈覆盖率", "医有近便", "%", 0, "step", "up", "85", "3"),
    (11, "", "家庭病床张数", "医有近便", "张", 0, "step", "up", "150", "20"),
    (12, "", "急救平均到达用时", "医有近便", "分钟", 1, "step", "down", "14", "-0.5"),
    (15, "13", "助餐点覆盖行政村率", "养有乐享", "%", 0, "ratio", "up", "50", "10"),
    (16, "x-16", "护理型床位占比", "养有乐享", "%", 0, "step", "up", "55", "3"),
    (17, "", "失能长者上门服务人次", "养有乐享", "人次", 0, "ratio", "up", "600", "100"),
    (18, "", "保租房新开工套数", "居有安心", "套", 0, "ratio", "up", "300", "50"),
    (19, "", "农房抗震达标率", "居有安心", "%", 1, "step", "up", "88", "2"),
    (20, "", "低保边缘家庭帮扶率", "困有帮扶", "%", 0, "hold", "up", "100", "0"),
    (21, "", "临时救助到账用时", "困有帮扶", "天", 0, "step", "down", "7", "-1"),
    (22, "", "公交通村率", "行有畅达", "%", 0, "hold", "up", "100", "0"),
    (23, "", "新能源公交占比", "行有畅达", "%", 0, "ratio", "up", "60", "8"),
)
NEW_REPORTER = "县中心医院"
"""One of its agencies, which a revision may put in charge of an indicator."""

_MONTHLY, _YEARLY, _SUMMED = (6,), (12,), (9, 17)
_REPEATED = {"T5-2-01": "16"}
_RESPONSIBLE = {10: "县中心医院", 18: "市住房保障中心"}


def document(*, version: str = "2026.1", own_ids: bool = True) -> dict[str, Any]:
    """The plan as a plan file says it; a new one each time, so that a test may change it.

    Without ``own_ids`` every indicator's id is its number.
    """
    said = {
        "schema": "plan/2",
        "plan_id": "anji-2026-2030",
        "title": "安吉县“民生八有”五年行动计划（2026—2030年）",
        "version": version,
        "issued": "2026-01-15",
        "short_name": "民生八有",
        "district": "安吉县",
        "office": "安吉县民生实事推进办",
        "number_prefix": "安民办发",
        "addressees": "各乡镇人民政府，县级各有关单位",
        "levels": ["市级", "区县", "乡镇"],
        "years": list(YEARS),
        "domains": [{"name": name, "lead_agency": lead} for name, lead in _DOMAINS.items()],
        "task_forces": list(_DOMAINS),
        "agencies": [
            {"name": "市交通运输局", "level": "市级"},
            {"name": "市住房保障中心", "level": "市级", "to_confirm": True},
            *({"name": name, "level": "区县"} for name in _county()),
            *({"name": name, "level": "乡镇"} for name in TOWNS),
        ],
        "indicators": [_indicator(*row) for row in _INDICATORS],
        "goals": list(_goals()),
        "milestones": list(_milestones()),
        "open_questions": [
            {
                "number": 1,
                "where": "表-12",
                "issue": "急救平均到达用时从接警算起还是从派车算起，文件没有写。",
                "default": "从接警算起。",
                "items": ["12"],
            }
        ],
    }
    if not own_ids:
        for entry in said["indicators"]:
            entry.pop("id", None)
    return said


def plan(*, version: str = "2026.1", own_ids: bool = True) -> Plan:
    """The plan."""
    return plan_from_document(json.loads(_text(version, own_ids=own_ids), parse_float=Decimal))


def write_plan(path: Path, *, version: str = "2026.1", own_ids: bool = True) -> Path:
    """Write it as a plan file."""
    path.write_text(_text(version, own_ids=own_ids), encoding="utf-8")
    return path


def filled_forms(folder: Path, inbox: Path, *, skip: tuple[str, ...] = ()) -> None:
    """Fill in the forms that were distributed into a folder, and put them into the inbox.

    Figures are near their targets and add up over the 乡镇, milestones are under way. The agencies whose names are in
    ``skip`` send nothing.
    """
    inbox.mkdir(exist_ok=True)
    for path in sorted(folder.rglob("*.xlsx")):
        if not path.name.startswith(skip or ("\0",)):
            book = openpyxl.load_workbook(path)
            if FORM_SHEET in book.sheetnames:
                _fill(book[FORM_SHEET], is_town=path.name.startswith(TOWNS))
                book.save(inbox / path.name)


def _fill(sheet: Any, *, is_town: bool) -> None:
    rows = [[str(cell.value or "") for cell in row] for row in sheet.iter_rows()]
    header = next(place for place, row in enumerate(rows) if FormColumn.ACTUAL in row)
    at = {column: rows[header].index(column) + 1 for column in FormColumn}
    for place, row in enumerate(rows[header + 1 :], start=header + 2):
        kind = row[at[FormColumn.CLASS] - 1]
        if row[at[FormColumn.NAME] - 1] == "" or kind not in set(ItemClass):
            continue
        target = re.search(r"[0-9.]+", row[at[FormColumn.TARGET] - 1])
        third = 1 if target is None else max(1, round(float(target[0]) * 0.3))
        value = third if is_town else 3 * third
        if row[at[FormColumn.SECOND_NAME] - 1] not in ("", "—"):
            sheet.cell(place, at[FormColumn.SECOND]).value = 40
            value = 35
        done = Word.IN_PROGRESS.value if kind == ItemClass.MILESTONE else value
        sheet.cell(place, at[FormColumn.ACTUAL]).value = done
        sheet.cell(place, at[FormColumn.REMARK]).value = "典型做法：每周会商，逐户核对。"
    for row in sheet.iter_rows(min_row=header + 2):
        for cell in row:
            if cell.value in _SIGNED:
                cell.offset(0, 1).value = _SIGNED[cell.value]


_SIGNED = {
    ContactLabel.REPORTER.value: "周宁",
    ContactLabel.PHONE.value: "0572-5000 0101",
    ContactLabel.REVIEWER.value: "沈岚",
    ContactLabel.DATE.value: datetime(2026, 10, 9),
}


def foreign_words() -> tuple[str, ...]:
    """What no output of this plan may contain: the shipped plan's words, names and titles."""
    shipped, own = load_plan(), plan()
    names = {shipped.words.short_name, "北仑", "镇海", *shipped.levels, shipped.title}
    names |= {agency.name for agency in shipped.agencies}
    names |= {domain.name for domain in shipped.domains}
    names |= {item.name for item in shipped.items() if len(item.name) > 4}
    return tuple(sorted(names - {agency.name for agency in own.agencies}))


def _text(version: str, *, own_ids: bool) -> str:
    return json.dumps(document(version=version, own_ids=own_ids), ensure_ascii=False, indent=2)


def _county() -> tuple[str, ...]:
    leads = [name for name in dict.fromkeys(_DOMAINS.values()) if name.startswith("县")]
    return (*leads, "县中心医院", "县府办")


def _number(text: str) -> int | float:
    value = Decimal(text)
    return int(value) if value == value.to_integral_value() else float(value)


def _indicator(
    number: int,
    key: str,
    name: str,
    domain: str,
    measure: str,
    decimals: int,
    rule: str,
    direction: str,
    first: str,
    step: str,
) -> dict[str, Any]:
    """Return one row of the table as the plan file says it."""
    sign = ">=" if direction == "up" else "<="
    targets = {}
    for place, year in enumerate(YEARS):
        value = Decimal(first) + place * Decimal(step)
        printed = f"{'' if direction == 'up' else '≤'}{value}"
        targets[str(year)] = {"printed": printed, "comparator": sign, "value": _number(str(value))}
    entry = {
        "number": number,
        "name": name,
        "domain": domain,
        "clause": f"表-{number}",
        "lead_agency": _DOMAINS[domain],
        "responsible_agency": _RESPONSIBLE.get(number),
        "measure": measure,
        "direction": "higher_is_better" if direction == "up" else "lower_is_better",
        "status_rule": rule,
        "frequency": "monthly"
        if number in _MONTHLY
        else "yearly"
        if number in _YEARLY
        else "quarterly",
        "decimals": decimals,
        "cumulative": False,
        "aggregation": "sum" if number in _SUMMED else "lead_agency",
        "targets": targets,
    }
    return entry | ({"id": key} if key else {})


def _goals() -> Iterator[dict[str, Any]]:
    """Yield the goals of section 二: counts that grow over the five years, and others."""
    rows = (
        ("T1-1-01", "累计新建向阳托育点", "育有温情", "个", "15个", 15, True, "sum"),
        ("T2-1-01", "累计改造村校", "学有良师", "所", "25所", 25, True, "lead_agency"),
        ("T3-1-01", "累计培训技能工匠", "业有奔头", "人次", "6000人次", 6000, True, "lead_agency"),
        ("T4-1-01", "村卫生室标准化率", "医有近便", "%", "90%", 90, False, "ratio_of_sums"),
        ("T5-1-01", "累计建成长者食堂", "养有乐享", "家", "30家", 30, True, "sum"),
        ("T5-2-01", "护理型床位占比", "养有乐享", "%", "67%", 67, False, "lead_agency"),
        ("T6-1-01", "累计加固农房", "居有安心", "户", "800户以上", 800, True, "sum"),
        ("T8-1-01", "累计改造农村公路", "行有畅达", "公里", "120公里", 120, True, "lead_agency"),
    )
    for code, name, domain, measure, printed, value, cumulative, aggregation in rows:
        part, section = "一二三四五六七八"[int(code[1]) - 1], code[3]
        entry = {
            "code": code,
            "name": name,
            "domain": domain,
            "clause": f"二({part})-{section}",
            "lead_agency": _DOMAINS[domain],
            "responsible_agency": None,
            "measure": measure,
            "direction": "higher_is_better",
            "kind": "target",
            "status_rule": "ratio",
            "frequency": "quarterly",
            "decimals": 0,
            "cumulative": cumulative,
            "aggregation": aggregation,
            "target": {"printed": printed, "comparator": ">=", "value": value},
            "deadline_year": 2030,
            "deadline_inferred": False,
        }
        if code in _REPEATED:
            entry["repeats"] = _REPEATED[code]
        if aggregation == "ratio_of_sums":
            entry["parts"] = {"numerator": "达标室数", "denominator": "村卫生室数", "measure": "个"}
        yield entry


def _milestones() -> Iterator[dict[str, Any]]:
    rows = (
        ("M01", "县域医共体信息互通", "医有近便", "二(四)-1", "县卫生健康委", date(2026, 9, 30)),
        ("M02", "零工地图上线", "业有奔头", "二(三)-1", "县就业中心", date(2027, 6, 30)),
        ("M03", "城乡公交一卡通", "行有畅达", "二(八)-1", "市交通运输局", date(2028, 12, 31)),
        ("M04", "民生实事闭环机制建成", "总体", "一", "县府办", date(2030, 12, 31)),
    )
    for code, name, domain, clause, lead, due in rows:
        yield {
            "code": code,
            "name": name,
            "domain": domain,
            "clause": clause,
            "lead_agency": lead,
            "responsible_agency": None,
            "due": due.isoformat(),
            "deadline_inferred": False,
        }
