"""What `plan check` finds in a plan file, and how it says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.paths import ROOT

from qiyx_xl.core.findings import CATALOGUE
from qiyx_xl.core.findings.plan import PLAN_CATALOGUE
from qiyx_xl.core.plan.checks import check_sense, could_not_run
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.plan import PlanError, check_plan, load_plan


def codes(findings):
    return [finding.code for finding in findings]


# --- the file --------------------------------------------------------------------------------


def test_a_missing_file_could_not_be_read(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    findings = check_plan(Path("没有.json"))
    assert [str(one) for one in findings] == [
        "[P101 必须改] 找不到方案文件“没有.json”。请检查文件名和所在文件夹；不指定文件时用自带的方案。"
    ]
    assert could_not_run(findings) is findings[0]
    with pytest.raises(PlanError, match="找不到方案文件"):
        load_plan(tmp_path / "没有.json")


def test_a_folder_is_not_a_plan_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("方案").mkdir()
    findings = check_plan(Path("方案"))
    assert [str(one) for one in findings] == [
        "[P102 必须改] 打不开方案文件“方案”。请确认它是一个文件、没有被别的程序占用、您有权读取，然后重试。"
    ]
    assert could_not_run(findings) is findings[0]


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("gb18030", "GBK（记事本里称 ANSI）"),
        ("utf-16", "UTF-16（记事本里称 Unicode）"),
        ("utf-16-be", "损坏的文本，或不是文本文件"),
    ],
)
def test_another_encoding_is_named_with_the_way_out(said, encoding, name):
    assert said(read_text("plan.json").encode(encoding)) == [
        f"[P104 必须改] 方案文件不是 UTF-8 编码，像是 {name}。"
        "请用记事本打开，“另存为”时把编码选为 UTF-8 再试。"
    ]


def test_bytes_that_are_no_text_are_said_to_be_none(check):
    (finding,) = check(b"\xff\xff\x80\x81\x00" * 9)
    assert (finding.code, finding.value) == ("P104", "损坏的文本，或不是文本文件")


def test_a_byte_order_mark_is_let_through_with_a_warning(said, tmp_path):
    assert said(b"\xef\xbb\xbf" + read_text("plan.json").encode()) == [
        "[P105 请核对] 文件开头有 BOM 标记，已忽略。请另存为不带 BOM 的 UTF-8，以免别的程序读不了。"
    ]
    assert load_plan(tmp_path / "我区 方案.json") == load_plan()


def test_a_slip_of_the_pen_is_shown_with_its_line(said):
    text = read_text("plan.json").replace('"version": "2023.2",', '"version": "2023.2"', 1)
    (line,) = [n for n, row in enumerate(text.splitlines(), 1) if row.startswith('  "issued"')]
    assert said(text) == [
        f"[P106 必须改] 第 {line} 行第 3 个字符处读不懂。请检查这里和前一行有没有漏掉或多出逗号、引号、括号。"
    ]


EMPTY = "[P111 必须改] 方案文件里没有内容。请检查是否选错了文件，或重新保存后再试。"
TOO_MUCH = "[P107 必须改] 方案文件嵌套超过 20 层或内容超过 50000 项，不像是方案文件。请以自带的方案为样本改写。"
TOO_LONG = "[P103 必须改] 方案文件有 2 MB以上，超过 2 MB，不像是方案文件。请检查是否选错了文件。"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", EMPTY),
        (" \n ", EMPTY),
        ("[" * 100_000, TOO_MUCH),
        ('{"a":' * 40 + "1" + "}" * 40, TOO_MUCH),
        ('{"notes": [' + "1," * 60_000 + "1]}", TOO_MUCH),
        (" " * (2 * 1024 * 1024) + "{}", TOO_LONG),
        ("null", "[P202 必须改] 方案：这里应填一组内容（花括号），现在是“空”。请改正。"),
        ('"七优享"', "[P202 必须改] 方案：这里应填一组内容（花括号），现在是“七优享”。请改正。"),
        ("[]", "[P202 必须改] 方案：这里应填一组内容（花括号），现在是“一列内容”。请改正。"),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_plan_at_all_is_told_in_one_finding(said, content, sentence):
    assert said(content) == [sentence]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("1e999999999", "1e999999999"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ("9" * 5000, "9" * 40 + "…"),
    ],
    ids=["too great", "no number", "endless", "too long"],
)
def test_a_number_that_nobody_can_reckon_with_is_told_shortened(said, number, shown):
    assert said(f'{{"years": [{number}]}}') == [
        f"[P109 必须改] “{shown}”不是能用的数字。请写成普通的十进制数，如 4.5，不超过 15 位。"
    ]


def test_a_key_written_twice_is_not_settled_in_silence(said):
    text = read_text("plan.json").replace('"number": 7,', '"number": 7, "number": 7,', 1)
    assert said(text) == ["[P108 必须改] 指标7：“number”写了两次，不知以哪个为准。请只保留一个。"]


def test_half_a_character_is_found_and_never_printed(check):
    (finding,) = check(read_text("plan.json").replace("普惠托位占比", "普惠\\ud800", 1))
    assert (
        str(finding) == "[P110 必须改] 指标2 · 名称：文字中有残缺或不可见的字符。请删掉后重新输入。"
    )
    str(finding).encode("utf-8")


# --- the shape -------------------------------------------------------------------------------


def test_an_unknown_direction_is_never_guessed(document, said):
    document["indicators"][10]["direction"] = "lower"
    assert said(document) == [
        (
            "[P206 必须改] 指标11 · 方向：不认识“lower”，无法判断高好还是低好。"
            "请从这些写法中选一个：higher_is_better、lower_is_better、exact、milestone。"
        )
    ]


def test_a_missing_direction_is_never_guessed(document, said):
    del document["indicators"][10]["direction"]
    assert said(document) == ["[P201 必须改] 指标11：缺少“方向”。请补上。"]


def test_every_missing_part_is_told_once(document, check):
    for key in ("measure", "name", "targets"):
        del document["indicators"][3][key]
    findings = check(document)
    assert {(one.code, one.header) for one in findings} == {("P201", "指标4")}
    assert sorted(f.value for f in findings) == ["名称", "年度目标", "计量单位"]


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (
            ("indicators", 8, "targets", "2024", "value"),
            "4.5",
            "[P202 必须改] 指标9 · 2024年目标 · 数值：这里应填数字或null，现在是“4.5”。请改正。",
        ),
        (
            ("open_questions", 4, "items", 1),
            7,
            "[P202 必须改] 待确认问题5 · 涉及项第2条：这里应填文字，现在是“7”。请改正。",
        ),
        (
            ("indicators", 8, "cumulative"),
            1,
            "[P202 必须改] 指标9 · 是否累计：这里应填true 或 false，现在是“1”。请改正。",
        ),
        (
            ("agencies", 2, "level"),
            "市级",
            "[P333 必须改] 单位名录第3项 · 层级：层级表里没有“市级”。请改成其中一个：区级、街道。",
        ),
        (
            ("goals", 0, "responsible"),
            "区卫健局",
            (
                "[P204 必须改] 任务目标T1-1-01：不认识“responsible”这一项。"
                "请删去，或对照说明改成正确的写法。"
            ),
        ),
        (
            ("milestones", 6, "due"),
            "2027年底",
            (
                "[P205 必须改] 里程碑M07 · 到期日：“2027年底”不合格式，"
                "应为这样的写法：期限年份的12月31日。请改正。"
            ),
        ),
        (
            ("issued",),
            "2023-02-30",
            "[P207 必须改] 印发日期：“2023-02-30”不是一个日期。请写成 2025-12-31 的样子。",
        ),
    ],
)
def test_a_wrong_part_is_told_with_place_and_cure(document, said, path, value, sentence):
    *way, last = path
    holder = document
    for key in way:
        holder = holder[key]
    holder[last] = value
    assert sentence in said(document)


# --- what it says ----------------------------------------------------------------------------


def target(document, number, year):
    return document["indicators"][number - 1]["targets"][str(year)]


def test_a_year_outside_the_plan_and_the_one_left_out_are_both_found(document, said):
    targets = document["indicators"][0]["targets"]
    targets["2032"] = targets.pop("2027")
    assert said(document) == [
        (
            "[P302 必须改] 指标1 · 2032年目标：2032 年不在规划期 2023—2027 年内。"
            "请改成规划期内的年份，或删去。"
        ),
        (
            "[P303 请核对] 指标1 · 年度目标：没有 2027 年的目标。"
            "请补上；文件确实没有定的，该年将显示“未定目标”。"
        ),
    ]


def test_a_plan_with_a_missing_year_still_loads(document, check, tmp_path):
    del document["indicators"][0]["targets"]["2025"]
    assert codes(check(document)) == ["P303"]
    assert 2025 not in load_plan(tmp_path / "我区 方案.json").indicators[0].targets


@pytest.mark.parametrize("years", [[2023, 2025], [2024, 2023], [2023, 2023]])
def test_years_run_on_without_a_gap(document, said, years):
    document["years"] = years
    first, last = years
    broken, *beyond = said(document)
    assert broken == (
        f"[P301 必须改] 规划年份：年份应从早到晚、逐年相连，现在是“{first}、{last}”。请改正。"
    )
    assert {one[1:5] for one in beyond} <= {"P302", "P303", "P320"}, "what is out of the years"


def test_the_years_that_are_told_are_the_first_and_the_last(document, said):
    document["years"] = [2023, 2025]
    assert (
        "[P320 必须改] 任务目标T1-1-01 · 期限年份：2027 不在规划期 2023—2025 年内。请对照文件改正。"
        in said(document)
    )


def test_a_target_that_cannot_be_parsed_is_not_taken_on_trust(document, said):
    target(document, 9, 2024)["printed"] = "四点五"
    assert said(document) == [
        (
            "[P304 必须改] 指标9 · 2024年目标 · 原文：目标“四点五”读不出数值。"
            "请照文件改成“32”“≥32”“32以上”“全覆盖”这样的写法。"
        )
    ]


@pytest.mark.parametrize(
    ("change", "recorded"), [({"value": 5.4}, "≥5.4"), ({"comparator": ">"}, ">4.5")]
)
def test_printed_and_understood_must_agree(document, said, change, recorded):
    target(document, 9, 2024).update(change)
    assert said(document) == [
        (
            f"[P305 必须改] 指标9 · 2024年目标：原文“4.5”应读作 ≥4.5，登记的却是 {recorded}。"
            "请对照文件改成一致。"
        )
    ]


def test_a_measure_that_does_not_fit_the_printed_one_is_found(document, said):
    document["goals"][1]["measure"] = "%"
    assert said(document) == [
        "[P306 必须改] 任务目标T1-2-01 · 目标 · 原文：原文“10个以上”的计量单位换算不成“%”。请核对计量单位。"
    ]


def test_a_number_used_twice_and_the_gap_it_leaves_are_found(document, said):
    document["indicators"][6]["number"] = 6
    assert said(document) == [
        "[P307 必须改] 指标6 · 序号：编号“6”已经用过。请给它一个不重复的编号。",
        "[P308 请核对] 指标表：序号编到 21，没有 7。已取消的项可以空着号；漏写的请补上。",
        "[P327 请核对] 指标6 · 出处：编号“6”对应的出处应是“表-6”，现在是“表-7”。请核对。",
        "[P326 必须改] 待确认问题5 · 涉及项：方案里没有编号“7”。请改成已有的编号，或删去。",
        "[P315 必须改] 任务目标T3-1-02 · 重复的指标：表中没有指标“7”。请改成表中已有的序号，或删去。",
    ]


def test_a_code_used_twice_is_found(document, said):
    document["milestones"][4]["code"] = "M04"
    assert said(document) == [
        "[P307 必须改] 里程碑M04 · 编号：编号“M04”已经用过。请给它一个不重复的编号。"
    ]


def test_a_name_used_twice_without_saying_so_is_found(document, said):
    document["goals"][4]["name"] = document["goals"][5]["name"]
    assert said(document) == [
        "[P309 请核对] 任务目标T1-3-01：名称“每千儿童儿科执业(助理)医生数”与任务目标T1-2-04相同。请核对是否同一项；是同一项的，请注明重复的指标。"
    ]


@pytest.mark.parametrize(
    ("number", "value", "sentence"),
    [
        (1, 4.1, "正向指标的目标 4.1 比 2024 年的 4.3 差"),
        (11, 9.0, "逆向指标的目标 9 比 2024 年的 8.9 差"),
    ],
)
def test_a_step_backwards_is_found_for_either_direction(document, said, number, value, sentence):
    target(document, number, 2025).update(value=value, printed=str(value))
    assert said(document) == [
        f"[P310 请核对] 指标{number} · 2025年目标：{sentence}。请对照文件核对。"
    ]


def test_a_cumulative_target_cannot_fall(document, said):
    target(document, 9, 2025).update(value=4.4, printed="4.4")
    assert said(document) == [
        "[P311 必须改] 指标9 · 2025年目标：累计数的目标 4.4 小于 2024 年的 4.5。累计数不会减少，请对照文件改正。"
    ]


def test_table_and_text_that_disagree_are_found_across_measures(document, said):
    goal = next(goal for goal in document["goals"] if goal["code"] == "T7-1-04")
    goal["target"].update(value=1.8, printed="达1.8万元")
    assert said(document) == [
        (
            "[P312 请核对] 任务目标T7-1-04 · 目标：正文的目标是 ≥1.8万元，表中指标19的 2027 年目标是 "
            "≥17000元。默认以表为准，请对照文件核对；文件本身不一致的，请登记为待确认问题。"
        )
    ]


def test_a_sign_that_differs_is_found_unless_a_person_has_settled_it(document, said):
    assert said(document) == []
    for question in document["open_questions"]:
        question["items"] = [code for code in question["items"] if code != "T3-1-02"]
    assert said(document) == [
        "[P313 请核对] 任务目标T3-1-02 · 目标：正文的目标是 ≤3.5%，表中指标7的 2027 年目标是 <3.5%，数值相同而比较符不同。请核对；文件本身如此的，请登记为待确认问题。"
    ]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            "measure",
            "人",
            "[P314 必须改] 任务目标T7-1-04 · 计量单位：“人”与指标19的“元”不是同一类计量单位。请核对是否同一项。",
        ),
        (
            "repeats",
            "99",
            "[P315 必须改] 任务目标T7-1-04 · 重复的指标：表中没有指标“99”。请改成表中已有的序号，或删去。",
        ),
        (
            "deadline_year",
            2030,
            "[P320 必须改] 任务目标T7-1-04 · 期限年份：2030 不在规划期 2023—2027 年内。请对照文件改正。",
        ),
    ],
)
def test_a_goal_repeats_something_of_the_same_kind(document, said, key, value, sentence):
    goal = next(goal for goal in document["goals"] if goal["code"] == "T7-1-04")
    goal[key] = value
    assert sentence in said(document)


def test_an_agency_that_is_not_listed_is_found_with_the_name_meant(document, check):
    document["indicators"][11]["responsible_agency"] = "医保部门"
    (finding,) = check(document)
    assert finding.suggestion == "区医保部门"
    assert (
        str(finding)
        == "[P316 必须改] 指标12 · 责任单位：单位“医保部门”不在单位名录里。请改成名录里的名称，或把它加进名录。"
    )


@pytest.mark.parametrize(
    ("path", "value", "sentence"),
    [
        (("indicators", 0, "domain"), "幼有所育", "[P317 必须改] 指标1 · 领域：领域“幼有所育”不在领域表里。请改成领域表里的名称。"),
        (("indicators", 0, "lead_agency"), "区教育局", "[P318 请核对] 指标1 · 牵头单位：“区教育局”不是“幼有善育”领域的牵头单位区卫健局。请核对；如另有人填报，请改填责任单位。"),
        (("domains", 1, "name"), "幼有善育", "[P319 必须改] 领域表第2项：“幼有善育”已经列过。请只保留一个。"),
        (("task_forces", 1), "幼有善育", "[P319 必须改] 专项组第2项：“幼有善育”已经列过。请只保留一个。"),
        (("agencies", 1, "name"), "区卫健局", "[P319 必须改] 单位名录第2项：“区卫健局”已经列过。请只保留一个。"),
        (("milestones", 0, "due"), "2030-12-31", "[P320 必须改] 里程碑M01 · 到期日：2030 不在规划期 2023—2027 年内。请对照文件改正。"),
        (("goals", 25, "annual_from"), 2019, "[P320 必须改] 任务目标T3-3-01 · 起始年份：2019 不在规划期 2023—2027 年内。请对照文件改正。"),
        (("indicators", 3, "due"), None, "[P321 必须改] 指标4 · 到期日：按节点判断的指标要有到期日。请补上，如 2025-12-31。"),
        (("indicators", 0, "status_rule"), "ceiling", "[P322 必须改] 指标1 · 判灯规则：方向是正向，不能用“ceiling”。请改成别的判灯规则，或把方向改成逆向。"),
        (("indicators", 3, "status_rule"), "ratio", "[P322 必须改] 指标4 · 判灯规则：方向是节点，不能用“ratio”。请改成milestone。"),
        (("indicators", 14, "status_rule"), "ratio", "[P322 必须改] 指标15 · 判灯规则：目标是文字，不能用“ratio”。请改成hold。"),
        (("goals", 4, "status_rule"), "hold", "[P322 必须改] 任务目标T1-2-04 · 判灯规则：类型是 target，不能用“hold”。请改成ratio 或 step。"),
        (("indicators", 10, "direction"), "higher_is_better", "[P323 必须改] 指标11 · 2023年目标 · 比较符：正向指标的比较符不应是“≤”。请核对方向和比较符，改正其中一个。"),
        (("indicators", 20, "targets", "2027"), {"printed": "105", "comparator": ">=", "value": 105}, "[P324 必须改] 指标21 · 2027年目标 · 数值：目标 105% 超过100。请核对；确可超过100的，请注明可超过100。"),
        (("indicators", 0, "targets", "2023"), {"printed": "-4", "comparator": ">=", "value": -4}, "[P325 必须改] 指标1 · 2023年目标 · 数值：目标 -4 小于 0。请对照文件改正。"),
        (("open_questions", 0, "items"), ["22"], "[P326 必须改] 待确认问题1 · 涉及项：方案里没有编号“22”。请改成已有的编号，或删去。"),
        (("milestones", 3, "repeats"), ["44"], "[P326 必须改] 里程碑M04 · 重复的指标：方案里没有编号“44”。请改成已有的编号，或删去。"),
        (("indicators", 0, "clause"), "表-2", "[P327 请核对] 指标1 · 出处：编号“1”对应的出处应是“表-1”，现在是“表-2”。请核对。"),
        (("goals", 0, "clause"), "二(二)-1", "[P327 请核对] 任务目标T1-1-01 · 出处：编号“T1-1-01”对应的出处应是“二(一)-1”，现在是“二(二)-1”。请核对。"),
        (("indicators", 14, "second_input"), None, "[P328 必须改] 指标15 · 补充项：目标是文字，要有分母才能判断，要另填应覆盖人数（coverage_base）。请把补充项改成它。"),
        (("goals", 0, "baseline_date"), "2022-12-31", "[P329 请核对] 任务目标T1-1-01 · 基期日期：填了基期日期，却没有基期值。请补上基期值，或删去日期。"),
        (("indicators", 17, "aggregation"), "ratio_of_sums", "[P330 必须改] 指标18 · 汇总方式：各下级单位报分子和分母的（ratio_of_sums），要写明分子、分母和计量单位。请补上“分子和分母”，或改汇总方式。"),
        (("indicators", 17, "parts"), {"numerator": "有物业的小区数", "denominator": "小区总数", "measure": "个"}, "[P331 请核对] 指标18 · 分子和分母：汇总方式是“lead_agency”，用不到分子和分母。请改汇总方式，或删去分子和分母。"),
    ],
)  # fmt: skip
def test_what_does_not_fit_together_is_found(document, said, path, value, sentence):
    *way, last = path
    holder = document
    for key in way:
        holder = holder[key]
    holder[last] = value
    assert sentence in said(document)


def test_a_goal_may_pass_a_hundred_only_where_it_says_so(document, check):
    document["indicators"][5]["targets"]["2027"] = {
        "printed": "101",
        "comparator": ">=",
        "value": 101,
    }
    assert codes(check(document)) == []
    document["indicators"][5]["may_exceed_hundred"] = False
    (finding,) = check(document)
    assert (finding.code, finding.value) == ("P324", "101")


def test_all_findings_are_told_at_once_and_the_error_counts_the_rest(document, check, tmp_path):
    document["indicators"][0]["direction"] = "up"
    document["goals"][0]["lead_agency"] = "区卫生局"
    target(document, 9, 2024)["value"] = 5
    assert codes(check(document)) == ["P206", "P316", "P305"]
    with pytest.raises(PlanError, match=r"指标1 · 方向.*另有 2 处") as caught:
        load_plan(tmp_path / "我区 方案.json")
    assert len(caught.value.findings) == 3


# --- the catalogue ---------------------------------------------------------------------------


def test_every_finding_says_please_and_names_no_key_of_the_file():
    for kind in PLAN_CATALOGUE.values():
        assert "请" in kind.wording
        assert kind.wording.endswith("。")
        assert kind.code[0] == "P"
        assert kind.code not in CATALOGUE


def test_the_sense_of_any_document_can_be_asked_about():
    for document in (None, [], {}, 5, "x", {"indicators": 5, "years": "2023"}, {"goals": [5]}):
        assert check_sense(document) == ()


def test_the_labels_in_messages_are_the_titles_of_the_schema():
    from qiyx_xl.core.plan.lenient import LABELS

    schema = json.loads(read_text("schemas/plan.schema.json"))
    titles = {}
    for definition in (schema, *schema["$defs"].values()):
        for key, value in definition.get("properties", {}).items():
            referred = schema["$defs"][value["$ref"][8:]] if "$ref" in value else value
            titles.setdefault(key, set()).add(referred["title"])
    assert titles == {key: {label} for key, label in LABELS.items()}


def test_the_schema_knows_the_words_of_the_code():
    from qiyx_xl.core.plan import model as words

    schema = json.loads(read_text("schemas/plan.schema.json"))
    goal, defs = schema["$defs"]["goal"]["properties"], schema["$defs"]
    assert defs["direction"]["enum"] == list(words.Direction)
    assert defs["status_rule"]["enum"] == list(words.StatusRule)
    assert defs["frequency"]["enum"] == list(words.Frequency)
    assert set(defs["target"]["properties"]["comparator"]["enum"]) == set(words.Comparator)
    assert goal["kind"]["enum"] == list(words.GoalKind)
    # What a street reports of a ratio follows from its parts; a plan file does not say it twice.
    asked = [one for one in words.SecondInput if one is not words.SecondInput.DENOMINATOR]
    assert goal["second_input"]["enum"] == [*asked, None]
    assert goal["aggregation"]["enum"] == list(words.Aggregation)


def test_the_page_about_plan_files_is_up_to_date():
    import subprocess
    import sys

    root = ROOT
    done = subprocess.run(
        [sys.executable, str(root / "scripts" / "plan_docs.py"), "--check"], check=False, cwd=root
    )
    assert done.returncode == 0
    page = (root / "docs" / "plan.md").read_text(encoding="utf-8")
    assert all(f"| {code} |" in page for code in PLAN_CATALOGUE)
