"""Agencies by any of their names, and never by another's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from qiyx_xl.core.plan.agency_names import AgencyNames
from qiyx_xl.core.plan.bureau_names import BODIES, BUREAUS, EARLIER
from qiyx_xl.core.plan.model import Agency
from qiyx_xl.core.plan.words import words_of_title
from qiyx_xl.intake.office_files.plan import load_plan

PLAN = load_plan()
NAMES = AgencyNames(PLAN)
PLACES = ["", "区", "北仑区", "北仑", "宁波市北仑区", "浙江省宁波市北仑区"]
TAILS = ["", "（盖章）", "(公章)", "盖章", "办公室", "综合科", "规划财务科（代章）"]

MEANT = {
    "区卫健局": [
        "区卫生健康局", "北仑区卫生健康局", "宁波市北仑区卫生健康局", "浙江省宁波市北仑区卫生健康局", "卫健局",
        "北仑卫健局", "区卫健局（盖章）", "区卫健局（公章）", "区卫健局盖章", "盖章：区卫健局", "区卫健局规财科",
        "区卫生健康局规划发展科", "区卫健委", "区卫生和健康局", "区 卫 健 局", "“区卫健局”",
        "区卫健局（区中医药管理局）", "区卫健局。", "____区卫健局____", "区卫健局（规划财务科）", "区卫健局／卫生健康局", "区卫健局　填报人：王芳", "区卫健局 2026年三季度",
    ],
    "区人力社保局": [
        "区人力资源和社会保障局", "人社局", "北仑区人社局", "区人力资源社会保障局", "区人力资源与社会保障局",
    ],
    "区住建局": ["区住房和城乡建设局", "住建局", "北仑区住房城乡建设局"],
    "区医保部门": ["区医保局", "区医疗保障局", "宁波市医疗保障局北仑分局", "医保分局"],
    "区政府办公室": ["区政府办", "区府办", "区人民政府办公室", "北仑区人民政府办公室", "区政府办公室秘书科"],
    "区残联": ["区残疾人联合会", "残联", "北仑区残疾人联合会"],
    "新碶街道": [
        "新碶街道办事处", "北仑区新碶街道", "宁波市北仑区新碶街道办事处（盖章）", "新碶街道社会事务科",
        "宁波市北仑区人民政府新碶街道办事处", "新碶街道办",
    ],
}  # fmt: skip
EARLIER_NAMES = {
    "区卫健局": ["区卫计局", "区卫生局", "北仑区卫生和计划生育局", "北仑区卫计局（盖章）"],
    "区住建局": ["区建设局"],
    "区人力社保局": ["区劳动和社会保障局", "区人事劳动局"],
}
NOBODY = [
    "鄞州区卫健局", "宁波市鄞州区卫生健康局", "市卫健局", "宁波市卫生健康委员会", "市教育局", "县教育局",
    "浙江省教育厅", "教育", "局", "卫健", "区发改局", "区教育体育局", "区教育局北仑中学",
    "新碶街道社区卫生服务中心", "北仑区人民医院", "区委办公室", "健康局", "大碶", "街道", "区社保局",
    "区卫生监督所", "海曙区新碶街道", "区财政局", "宁波市北仑区", "", "北仑区", "区医院", "碶街道",
    "区" * 5000,
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "agency"), [(name, agency) for agency, names in MEANT.items() for name in names]
)
def test_a_name_that_can_only_be_one_agency_s(name, agency):
    named = NAMES.named(name)
    assert named.agency is not None
    assert (named.agency.name, named.is_earlier) == (agency, False)


@pytest.mark.parametrize(
    ("name", "agency"),
    [(name, agency) for agency, names in EARLIER_NAMES.items() for name in names],
)
def test_a_name_of_before_the_reform(name, agency):
    named = NAMES.named(name)
    assert named.agency is not None
    assert (named.agency.name, named.is_earlier) == (agency, True)


@pytest.mark.parametrize("name", NOBODY)
def test_what_is_nobody_s_name(name):
    assert NAMES.named(name).agencies == ()


def test_two_in_one_name_are_both_named():
    assert [a.name for a in NAMES.named("区教育局、区民政局").agencies] == ["区教育局", "区民政局"]
    assert [a.name for a in NAMES.named("区教育局（区卫健局）").agencies] == [
        "区教育局",
        "区卫健局",
    ]
    assert NAMES.named("卫健局、区卫生健康局").agency == PLAN.agency("区卫健局")


def _plan_of(names: list[str], title: str) -> AgencyNames:
    agencies = tuple(Agency(name, "区级") for name in names)
    return AgencyNames(replace(PLAN, title=title, words=words_of_title(title), agencies=agencies))


def _tails(agency: Agency | str) -> list[str]:
    return TAILS if not str(agency).endswith("办公室") else [t for t in TAILS if t != "办公室"]


@pytest.mark.parametrize("agency", PLAN.agencies, ids=lambda agency: agency.name)
def test_no_spelling_of_an_agency_s_own_name_is_another_s(agency):
    own = agency.name.removeprefix("区")
    for place in PLACES:
        for tail in _tails(own):
            assert NAMES.named(f"{place}{own}{tail}").agency == agency, f"{place}{own}{tail}"


def test_in_a_plan_of_all_bureaus_each_name_is_its_own_s():
    """A made-up county that has every bureau and body there is."""
    names = {f"县{group[0]}局": group for group in BUREAUS}
    bodies = {f"县{group[0].removeprefix('委')}": group for group in BODIES}
    known = _plan_of([*names, *bodies], "青山县公共服务实施方案")
    for agency, group in names.items():
        for spelled in group:
            for place in ("", "县", "青山县", "青山", "东海市青山县"):
                for ending in ("局", "局（盖章）", "局办公室"):
                    named = known.named(f"{place}{spelled}{ending}")
                    assert named.agency is not None, f"{place}{spelled}{ending}"
                    assert named.agency.name == agency
    for agency, group in bodies.items():
        for spelled in group:
            named = known.named(f"县{spelled}")
            assert named.agency is not None, spelled
            assert named.agency.name == agency
    for now, earlier in EARLIER.items():
        for spelled in earlier:
            named = known.named(f"县{spelled}局")
            assert [a.name for a in named.agencies] in ([f"县{now}局"], []), spelled


def test_other_districts_agencies_are_nobody_s_where_the_district_is_known():
    known = _plan_of(["县教育局", "县民政局"], "青山县公共服务实施方案")
    for name in ("绿水县教育局", "东海市教育局", "区教育局", "东海市绿水区民政局"):
        assert known.named(name).agencies == ()


def test_where_the_title_names_no_district_any_will_do():
    known = _plan_of(["区教育局"], "公共服务实施方案")
    assert known.named("北仑区教育局").agency is not None
    assert known.named("宁波市北仑区教育局").agency is not None


def test_an_agency_called_like_another_s_earlier_name_is_itself():
    known = _plan_of(["区住建局", "区建设局"], "北仑区方案")
    assert known.named("区建设局").agency == Agency("区建设局", "区级")
    assert known.named("区住房和城乡建设局").agency == Agency("区住建局", "区级")


def test_two_agencies_of_one_name_are_not_told_apart_by_guessing():
    known = _plan_of(["区卫健局", "市卫健局"], "北仑区方案")
    assert {a.name for a in known.named("卫健局").agencies} == {"区卫健局", "市卫健局"}
    assert known.named("区卫健局").agency == Agency("区卫健局", "区级")


@pytest.mark.parametrize(
    ("text", "mentioned"),
    [
        ("北仑区卫生健康局2026年三季度.xlsx", ["区卫健局"]),
        ("区人力资源和社会保障局报表.xlsx", ["区人力社保局"]),
        ("卫健局、教育局.xlsx", ["区卫健局", "区教育局"]),
        ("新碶街道办事处.xlsx", ["新碶街道"]),
        ("七优享台账.xlsx", []),
    ],
)
def test_agencies_in_titles_and_file_names(text, mentioned):
    assert [agency.name for agency in NAMES.agencies_mentioned_in(text)] == mentioned
