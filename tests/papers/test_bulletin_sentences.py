"""The sentences of the 通报, with the numbers on either side of which they are others."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest
from support import editions
from support.pages import text_of

from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.core.primitives.values import Unreadable
from qiyx_xl.core.rating.lamps import LampState, Light
from qiyx_xl.papers.bulletin import sections
from qiyx_xl.papers.bulletin.bulletin import bulletin
from qiyx_xl.papers.bulletin.overall import overall
from qiyx_xl.papers.bulletin.project_passages import late_blocks, overall_blocks
from qiyx_xl.papers.edition import Edition
from qiyx_xl.papers.phrases import LampCount, change_text, full_date, gap_text


def told(blocks):
    return "\n".join(map(text_of, blocks))


# --- the editions in which a sentence is another ----------------------------------------------


def all_but_one_green(plan, rules):
    records = [
        editions.green_record(plan, item, editions.Q3) for item in plan.items() if item.code != "12"
    ]
    return editions.edition(plan, rules, [*records, editions.record(plan, "12", "2026Q3", "51")])


def no_indicators(plan, rules):
    return editions.edition(replace(plan, indicators=()), rules)


def all_sent(plan, rules):
    return editions.all_green(replace(editions.widened(plan, 3), goals=()), rules)


def published_before(plan, rules):
    before = editions.edition(plan, rules, period=editions.Q2)
    return editions.edition(plan, rules, publications=[before.publication])


def a_street_among_them(plan, rules):
    """指标12 is the business of a street."""
    moved = tuple(
        replace(item, lead_agency="新碶街道", responsible_agency=None)
        if item.code == "12"
        else item
        for item in plan.indicators
    )
    return editions.all_green(replace(plan, indicators=moved), rules)


def agencies(count):
    return partial(editions.many, agencies=count)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (editions.all_green, "方案共确定21项主要指标。截至2026年三季度末，全部亮绿灯。全区晾晒得分100.0分。"),
        (editions.empty, "方案共确定21项主要指标。截至2026年三季度末，均未亮灯（灰灯）。其中，未报16项、未到期5项。"),
        (all_but_one_green, "方案共确定21项主要指标。截至2026年三季度末，亮绿灯20项，占95.2%；亮红灯1项，占4.8%。全区晾晒得分95.2分。"),
        (no_indicators, "方案没有列出主要指标。"),
    ],
)  # fmt: skip
def test_the_first_sentence_counts_the_lamps(plan, rules, make, sentence):
    assert overall(make(plan, rules))[0].text == sentence


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (all_sent, "本期应报指标21项，已报21项，填报率100.0%。"),
        (editions.empty, "本期应报指标16项，已报0项，填报率0.0%；连同任务目标和里程碑，尚有16个单位、133项逾期未报。"),
        (editions.quarter, "本期应报指标16项，已报16项，填报率100.0%；连同任务目标和里程碑，尚有16个单位、115项逾期未报；收到的填报表中有1份因填写问题退回。"),
        (editions.one_agency, "本期应报指标16项，已报16项，填报率100.0%；连同任务目标和里程碑，尚有1个单位、71项逾期未报。"),
        (agencies(2), "本期应报指标19项，已报18项，填报率94.7%；连同任务目标和里程碑，尚有1个单位、2项逾期未报。"),
        (no_indicators, "本期没有到期应报的指标。"),
    ],
)  # fmt: skip
def test_the_second_sentence_counts_what_was_reported(plan, rules, make, sentence):
    assert overall(make(plan, rules))[1].text == sentence


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (published_before, "与2026年二季度晾晒相比，各色灯数持平。"),
        (agencies(2), "与2026年二季度晾晒相比，绿灯减少1项、灰灯增加1项。"),
        (editions.quarter, "与2026年二季度晾晒相比，黄灯增加5项、红灯减少7项、灰灯增加2项。"),
        (editions.empty, None),
    ],
)
def test_lamps_are_compared_with_those_last_published(plan, rules, make, sentence):
    said = told(overall(make(plan, rules)))
    assert sentence in said if sentence else "晾晒相比" not in said


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (editions.all_green, "另有任务目标75项，绿灯74项、灰灯1项；里程碑37项，绿灯37项（与指标重复的任务目标不重复计）。"),
        (agencies(2), "另有任务目标2项，绿灯1项、灰灯1项（与指标重复的任务目标不重复计）。"),
        (all_sent, None),
    ],
)  # fmt: skip
def test_goals_and_milestones_are_counted_apart(plan, rules, make, sentence):
    said = [one for one in told(overall(make(plan, rules))).split("\n") if one.startswith("另有")]
    assert said == ([sentence] if sentence else [])


@pytest.mark.parametrize(
    ("make", "sentences"),
    [
        (editions.one_agency, ["承担指标的1个单位中，1个参与排名，为区“七优享”专班（57.1分）。各单位得分和名次见附件3。"]),
        (agencies(2), ["承担指标的2个单位中，2个参与排名，居前的是区乙类事务第2中心（75.0分）、区甲类事务第1中心（66.7分）。各单位得分和名次见附件3。"]),
        (editions.all_green, ["承担指标的5个单位中，5个参与排名，居前的是区卫健局（100.0分）、区教育局（100.0分）、区人力社保局（100.0分）。各单位得分和名次见附件3。"]),
        (editions.empty, ["承担指标的5个单位均不参与本期排名。", "填报率低于80%、不参与排名的有：区卫健局、区教育局、区人力社保局、区民政局、区住建局。"]),
        (no_indicators, []),
    ],
)  # fmt: skip
def test_agencies_are_told_by_how_many_are_ranked(plan, rules, make, sentences):
    said = told(overall(make(plan, rules)))
    after = said.split("## （二）分单位情况")[1].strip("\n")
    assert [one for one in after.split("\n") if one] == sentences


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (editions.all_green, "7个领域中，总灯为绿的7个：幼有善育、学有优教、劳有所得、病有良医、老有康养、住有宜居、弱有众扶。各领域得分和名次见附件2。"),
        (agencies(2), "7个领域中，总灯为绿的1个：老有康养；总灯为黄的1个：幼有善育；总灯为红的4个：劳有所得、病有良医、住有宜居、弱有众扶；总灯为灰的1个：学有优教。各领域得分和名次见附件2。"),
        (no_indicators, ""),
    ],
)  # fmt: skip
def test_domains_are_told_by_their_lamps(plan, rules, make, sentence):
    said = told(overall(make(plan, rules)))
    _, after = said.split("## （一）分领域情况\n")
    assert after.split("\n")[0] == sentence


def test_levels_are_told_where_there_are_two(plan, rules):
    said = told(overall(a_street_among_them(plan, rules)))
    assert said.endswith(
        "## （三）分层级情况\n"
        "区级：绿灯20项、黄灯0项、红灯0项、灰灯0项，得分100.0；"
        "街道：绿灯1项、黄灯0项、红灯0项、灰灯0项，得分100.0。"
    )
    assert "分层级情况" not in told(overall(editions.all_green(plan, rules)))


# --- 进展较好、进展滞后 ------------------------------------------------------------------------


@pytest.mark.slow
def test_agencies_in_the_first_three_places_and_those_that_rose_are_named(plan, rules):
    edition = editions.many(plan, rules, agencies=40)
    groups = edition.groups("agency")
    first = [one for one in groups if one.light is Light.GREEN and (one.rank or 99) <= 3]
    risen = {one.name: edition.rank_change("agency", one) or 0 for one in groups}
    best = sorted((name for name in risen if risen[name] > 0), key=lambda name: -risen[name])
    said = told(sections.ahead(edition))
    assert f"总灯为绿且名次居前的有：{first[0].name}（第1名，{first[0].score_text}分）、" in said
    assert f"等{len(first)}个。" in said
    assert f"名次较上次上升的有：{best[0]}（上升{risen[best[0]]}位）、{best[1]}（上升" in said
    assert f"等{len(best)}个。" in said
    assert len(first) > 10
    assert len(best) > 10


@pytest.mark.parametrize(("rank", "named"), [(3, True), (4, False), (None, False)])
def test_the_third_place_is_named_and_the_fourth_is_not(plan, rules, monkeypatch, rank, named):
    edition = editions.all_green(plan, rules)
    groups = tuple(replace(one, rank=rank) for one in edition.groups("agency"))
    monkeypatch.setattr(Edition, "groups", lambda *_: groups)
    assert ("总灯为绿且名次居前的有" in told(sections.ahead(edition))) is named


@pytest.mark.parametrize(
    ("change", "sentence"),
    [(2, "名次较上次上升的有：区卫健局（上升2位）。"), (1, "（上升1位）。"), (0, ""), (-1, ""), (None, "")],
)  # fmt: skip
def test_only_an_agency_that_went_up_is_named_as_risen(plan, rules, monkeypatch, change, sentence):
    first = editions.all_green(plan, rules).groups("agency")[0]
    monkeypatch.setattr(
        Edition, "rank_change", lambda _, __, group: change if group == first else None
    )
    said = told(sections.ahead(editions.all_green(plan, rules)))
    assert sentence in said if sentence else "名次较上次上升的有" not in said


def lit(plan, rules, count, **rated):
    """So many indicators, all rated like this, and nothing else; nobody is late."""
    edition = editions.all_green(plan, rules)
    lines = [
        replace(line, rating=replace(line.rating, **rated)) for line in edition.indicators[:count]
    ]
    return replace(edition, lines=tuple(lines), reminders=())


RED = {"light": Light.RED, "state": LampState.FAR_BEHIND}
AMBER = {"light": Light.AMBER, "state": LampState.BEHIND}
DOUBTED = {"light": Light.GREY, "state": LampState.IN_DOUBT}


@pytest.mark.parametrize(
    ("rated", "passage", "last"),
    [
        ({}, sections.ahead, "亮绿灯的共11项，其余见附件1。"),
        (RED, sections.behind, "亮红灯的共11项，其余见附件1。"),
        (AMBER, sections.behind, "亮黄灯的共11项，其余见附件1。"),
        (DOUBTED, sections.behind, "待核的共11项，其余见附件1。"),
        (RED, partial(sections.behind, in_bulletin=False), "亮红灯的共11项，其余见台账。"),
    ],
)
def test_ten_are_listed_and_of_eleven_the_first_ten(plan, rules, rated, passage, last):
    ten = told(passage(lit(plan, rules, 10, **rated)))
    eleven = told(passage(lit(plan, rules, 11, **rated)))
    assert "\n10. " in ten
    assert "的共10项" not in ten
    assert "\n10. " in eleven
    assert "\n11. " not in eleven
    assert eleven.endswith(f"\n{last}")


@pytest.mark.parametrize(
    ("rated", "heading"),
    [
        (RED, "## （一）红灯指标（2项）"),
        (AMBER, "## （一）黄灯指标（2项）"),
        (DOUBTED, "## （一）待核数据（2项）"),
    ],
)
def test_each_list_of_what_lags_says_how_many(plan, rules, rated, heading):
    assert told(sections.behind(lit(plan, rules, 2, **rated))).split("\n")[0] == heading


@pytest.mark.parametrize(
    ("passage", "order"),
    [(sections.ahead, ["+9", "0", "-9"]), (sections.behind, ["-9", "0", "+9"])],
)
def test_the_farthest_ahead_and_the_farthest_behind_come_first(plan, rules, passage, order):
    edition = lit(plan, rules, 3, **({} if passage is sections.ahead else RED))
    lines = [
        replace(line, rating=replace(line.rating, schedule_gap_pp=Decimal(gap), reason=gap))
        for line, gap in zip(edition.lines, ("0", "-9", "+9"), strict=True)
    ]
    said = told(passage(replace(edition, lines=tuple(lines))))
    assert [one.split("；")[1].rstrip("。") for one in said.split("\n") if "；" in one] == order


@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (1, "以下单位共有18项逾期未报：区卫健局（18项）。"),
        (10, "、柴桥街道（4项）。"),
        (11, "、柴桥街道（4项）等11个。"),
    ],
)
def test_ten_agencies_that_are_late_are_named_and_of_eleven_the_first_ten(
    plan, rules, count, sentence
):
    edition = editions.quarter(plan, rules)
    edition = replace(edition, reminders=edition.reminders[:count])
    assert sentence in told(sections.behind(edition))
    assert "逾期未报" not in told(sections.behind(edition, in_bulletin=False))


@pytest.mark.parametrize(
    ("in_bulletin", "goals", "nothing"),
    [
        (True, "滞后的任务目标和里程碑1项，红灯1项，见附件4。", "本期没有滞后的指标，也没有逾期未报的单位。"),
        (False, "滞后的任务目标和里程碑1项，红灯1项，见台账。", "本期没有滞后的指标。"),
    ],
)  # fmt: skip
def test_a_meeting_is_sent_to_the_ledger_and_a_reader_to_the_attachments(
    plan, rules, in_bulletin, goals, nothing
):
    behind = partial(sections.behind, in_bulletin=in_bulletin)
    assert goals in told(behind(editions.quarter(plan, rules)))
    assert told(behind(all_sent(plan, rules))) == nothing


def test_what_cannot_be_read_is_told_as_it_was_written(plan, rules):
    record = editions.record(plan, "1", "2026Q3", Unreadable("约", "不是确数"))
    said = told(sections.behind(editions.edition(plan, rules, [record])))
    name = "每千人口拥有3岁以下婴幼儿托位数（区卫健局）"
    assert f"## （一）待核数据（1项）\n1. {name}。实际约，目标≥5个；不是确数。" in said


# --- what agencies wrote ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("remark", "printed"),
    [
        ("缴费期到11月", "单位说明：缴费期到11月。"),
        ("缴费期到11月。", "单位说明：缴费期到11月。"),
        ("能完成！", "单位说明：能完成！"),
        ("能完成？", "单位说明：能完成？"),
        (" 一\n\n二\u3000三 ", "单位说明：一 二 三。"),
        ("字" * 200, f"单位说明：{'字' * 200}。"),
        ("字" * 201, f"单位说明：{'字' * 200}……"),
    ],
)
def test_an_explanation_is_one_line_of_at_most_two_hundred_characters(plan, rules, remark, printed):
    record = editions.record(plan, "12", "2026Q3", "51", remark=remark)
    said = told(sections.behind(editions.edition(plan, rules, [record])))
    assert next(one for one in said.split("\n") if "单位说明" in one).endswith(f"。{printed}")


@pytest.mark.parametrize(
    ("remark", "printed"),
    [
        ("跨部门联审", "单位说明：跨部门联审。"),
        ("字" * 120, f"单位说明：{'字' * 120}。"),
        ("字" * 121, f"单位说明：{'字' * 120}……。"),
    ],
)
def test_an_explanation_on_a_project_has_at_most_one_hundred_and_twenty(
    plan, rules, remark, printed
):
    edition = editions.small(plan, rules)
    first, *rest = edition.projects.livelihood
    explained = replace(first, record=replace(first.record, remark=remark))
    projects = replace(edition.projects, livelihood=(explained, *rest))
    assert told(late_blocks(replace(edition, projects=projects))).endswith(printed)


@pytest.mark.parametrize(
    ("count", "last"),
    [(10, "10. 新增公办托位"), (11, "滞后的共11个，其余见附件。")],
)
def test_ten_projects_that_lag_are_told_and_of_eleven_the_first_ten(plan, rules, count, last):
    edition = editions.small(plan, rules)
    late = edition.projects.livelihood[0]
    projects = replace(edition.projects, projects=(), livelihood=(late,) * count)
    assert text_of(late_blocks(replace(edition, projects=projects))[-1]).startswith(last)


def test_red_projects_come_before_amber_ones_and_green_ones_are_not_told(plan, rules):
    edition = editions.small(plan, rules)
    late = edition.projects.livelihood[0]
    lamps = (Light.AMBER, Light.GREEN, Light.RED, Light.GREY, Light.AMBER, Light.RED)
    livelihood = tuple(
        replace(
            late,
            project=replace(late.project, name=f"第{place}件"),
            assessment=replace(late.assessment, light=light),
        )
        for place, light in enumerate(lamps, start=1)
    )
    projects = replace(edition.projects, projects=(), livelihood=livelihood)
    blocks = late_blocks(replace(edition, projects=projects))
    named = [block.lead.split("（")[0] for block in blocks]
    assert named == ["1. 第3件", "2. 第6件", "3. 第1件", "4. 第5件"]


@pytest.mark.parametrize(
    ("count", "last"),
    [(10, "10. 区卫健局。社区嵌入式托育"), (11, "各单位共报送典型做法11条，以上为前10条。")],
)
def test_ten_practices_are_quoted_and_of_eleven_the_first_ten(plan, rules, count, last):
    codes = [item.code for item in plan.items() if item.reporting_agency == "区卫健局"][:count]
    records = [
        replace(
            editions.green_record(plan, plan.find(code), editions.Q3),
            remark=f"典型做法：社区嵌入式托育{code}",
        )
        for code in codes
    ]
    blocks = sections.practices(editions.edition(plan, rules, records))
    assert text_of(blocks[-1]).startswith(last)


# --- 下一步 -----------------------------------------------------------------------------------

KEEP_ON = "已达标和达序时的指标要巩固成果、防止回落；各单位要及时报送典型做法，供全区借鉴。"
SOURCED = "数据以台账为准，每个数都要能查到来源。"


@pytest.mark.parametrize(
    ("make", "steps"),
    [
        (
            partial(lit, count=2, **RED),
            ["紧盯红灯指标", "2项红灯指标的责任单位要逐项查明原因，提出赶序时的措施和完成时限，报专班办公室列入调度单，逐项销号。"],
        ),
        (
            partial(lit, count=3, **AMBER),
            ["跟踪黄灯指标", "3项黄灯指标的责任单位要对照序时进度加快推进，防止转为红灯。"],
        ),
        (
            partial(lit, count=4, **DOUBTED),
            ["补齐核准数据", f"4项待核数据要尽快核实更正。{SOURCED}"],
        ),
        (editions.empty, ["补齐核准数据", f"16个单位要尽快补报逾期未报的数据。{SOURCED}"]),
        (partial(lit, count=1), ["保持良好势头", KEEP_ON]),
        (partial(lit, count=1, light=Light.GREY), ["保持良好势头", KEEP_ON]),
    ],
)  # fmt: skip
def test_each_kind_of_problem_has_its_next_step(plan, rules, make, steps):
    heading, text = steps
    blocks = sections.next_steps(make(plan, rules))
    assert told(blocks) == f"## （一）{heading}\n{text}"


# --- projects ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("invested", "printed"),
    [("20000", "2"), ("20049", "2"), ("20051", "2.01"), ("123456", "12.35"), ("0", "0")],
)
def test_money_is_told_in_hundreds_of_millions_with_two_decimals(plan, rules, invested, printed):
    edition = editions.small(plan, rules)
    line = edition.projects.projects[0]
    line = replace(line, record=replace(line.record, value=Decimal(invested)))
    projects = replace(edition.projects, projects=(line,))
    said = told(overall_blocks(replace(edition, projects=projects)))
    assert f"年度计划投资4.2亿元，已报完成{printed}亿元。" in said


def test_where_nothing_is_planned_no_money_is_told(plan, rules):
    edition = editions.small(plan, rules)
    line = replace(edition.projects.projects[0], planned=None)
    projects = replace(edition.projects, projects=(line,))
    said = told(overall_blocks(replace(edition, projects=projects)))
    assert said.startswith("列入清单的重大项目1个，红灯1个。重大项目专项组总灯为")


# --- figures in sentences ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "printed"),
    [
        (None, "—"),
        ("0", "0.0"),
        ("0.04", "0.0"),
        ("0.05", "+0.1"),
        ("4.5", "+4.5"),
        ("-0.04", "0.0"),
        ("-0.05", "-0.1"),
        ("-10", "-10.0"),
    ],
)
def test_a_gap_is_told_with_its_sign_and_one_decimal(gap, printed):
    assert gap_text(None if gap is None else Decimal(gap)) == printed


@pytest.mark.parametrize(
    ("change", "printed"), [(None, "—"), (0, "持平"), (1, "↑1"), (12, "↑12"), (-1, "↓1")]
)
def test_a_change_of_rank_is_told_with_an_arrow(change, printed):
    assert change_text(change) == printed


@pytest.mark.parametrize(
    ("count", "printed"), [(1, "甲"), (2, "甲、甲"), (3, "甲、甲等3个"), (0, "")]
)
def test_of_more_names_than_fit_the_first_are_told_and_how_many_there_are(count, printed):
    assert counted_names(["甲"] * count, 2) == printed


def test_unless_said_otherwise_ten_names_fit():
    assert counted_names(["甲"] * 10) == "、".join(["甲"] * 10)
    assert counted_names(["甲"] * 11) == f"{'、'.join(['甲'] * 10)}等11个"


def test_no_lamps_at_all_are_told_as_nothing():
    assert LampCount(0, 0, 0, 0, total=0).sentence == "没有项目"
    assert LampCount(1, 0, 2, 3, total=6).sentence == "绿灯1项、红灯2项、灰灯3项"


def test_a_bulletin_of_no_indicators_is_still_whole(plan, rules):
    content = bulletin(no_indicators(plan, rules))
    assert content.words["指标总数"] == "0"
    assert full_date(editions.TODAY) == content.words["成文日期"] == "2026年10月30日"
    assert [len(table.rows) for table in content.passages["附件"]] == [0, 0, 0]
