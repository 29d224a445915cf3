from __future__ import annotations

import json
from dataclasses import fields
from decimal import Decimal
from fractions import Fraction

import pytest
from jsonschema import Draft202012Validator

from qiyx_xl.core.plan.rules import Rules, rules_from_document
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.rules import RuleFileError, load_rules, preset, presets

HEAD = {"schema": "rules/1", "version": "t", "name": "试"}


def write(tmp_path, document):
    path = tmp_path / "我们的 规则.json"
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return path


def said(tmp_path, document):
    with pytest.raises(RuleFileError) as caught:
        load_rules(write(tmp_path, document))
    return str(caught.value)


def test_the_shipped_rules_and_presets_fit_the_schema():
    schema = json.loads(read_text("schemas/rules.schema.json"))
    Draft202012Validator.check_schema(schema)
    for name in ("rules.json", "rules-yinchuan.json"):
        Draft202012Validator(schema).validate(json.loads(read_text(name)))


def test_every_field_is_in_the_shipped_file_and_in_the_schema_with_a_title():
    names = {entry.name for entry in fields(Rules)} - {"calendar"}
    schema = json.loads(read_text("schemas/rules.schema.json"))["properties"]
    # The first year is the plan's, whichever plan it is.
    assert set(json.loads(read_text("rules.json"))) == names - {"line_first_year"} | {"schema"}
    assert set(schema) == names | {"schema"}
    assert all(entry["title"] and entry["description"] for entry in schema.values())


def test_numbers_are_exact_from_file_to_rule(rules):
    assert rules.gap_green_pp == Decimal("-0.05")
    assert rules.domain_red_share == Fraction(1, 3)
    assert rules.magnitude_powers == (3, 4, 8)


def test_a_rule_file_may_leave_out_what_it_does_not_change(tmp_path, rules):
    found = load_rules(
        write(tmp_path, HEAD | {"ratio_amber": 0.85, "deadline_days": {"monthly": 3}})
    )
    assert (found.version, found.ratio_amber, found.hold_amber) == (
        "t",
        Decimal("0.85"),
        Decimal("0.98"),
    )
    assert found.deadline_days == {**rules.deadline_days, "monthly": 3}


def test_the_yinchuan_preset_changes_the_schedule_only(rules):
    assert presets() == ("银川",)
    found = preset("银川")
    changed = {e.name for e in fields(Rules) if getattr(found, e.name) != getattr(rules, e.name)}
    assert changed == {"version", "name", "gap_green_pp", "gap_green_inclusive", "gap_amber_pp"}


def test_a_file_with_a_byte_order_mark_is_read(tmp_path):
    assert load_rules(write(tmp_path, "\ufeff" + json.dumps(HEAD))).name == "试"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ratio_amber": 90}, "“按完成率判灯的黄灯线”（ratio_amber）不能大于 1"),
        ({"hold_amber": -1}, "“保持类的黄灯线”（hold_amber）不能小于 0"),
        ({"ratio_amber": "0.9"}, "“按完成率判灯的黄灯线”（ratio_amber）应为数字"),
        ({"milestone_amber_days": 1.5}, "“节点临期天数”（milestone_amber_days）应为整数"),
        ({"elapsed_by": "weeks"}, "“时间进度的算法”（elapsed_by）只能是 months、days"),
        ({"domain_red_share": "三分之一"}, "“总灯为红的红灯占比”（domain_red_share）应为 0 到 1 的数，或“1/3”这样的分数"),
        ({"domain_red_share": "1/3\n"}, "“总灯为红的红灯占比”（domain_red_share）应为 0 到 1 的数，或“1/3”这样的分数"),
        ({"deadline_days": {"monthly": 400}}, "“月报”（deadline_days.monthly）不能大于 366"),
        ({"magnitude_powers": [3, "4"]}, "“10的几次方”（magnitude_powers.1）应为整数"),
        ({"magnitude_powers": [3, 3]}, "“要试的量级”（magnitude_powers）写法不对"),
        ({"amber": 1}, "文件里有不认识的项：amber"),
        ({"schema": "rules/2"}, "“格式版本”（schema）应为 rules/1"),
        ({"gap_green_pp": -20}, "序时黄灯线不能高于序时绿灯线"),
        ({"review_above": 3}, "超额待核线不能高于完成率上限"),
        ({"score_amber": 120}, "得分应是绿灯不低于黄灯、黄灯不低于红灯"),
        ({"magnitude_low": 1, "magnitude_high": 1}, "量级过小线应低于量级过大线"),
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_value_is_named_in_chinese_with_what_is_right(tmp_path, change, sentence):
    assert (
        said(tmp_path, HEAD | change)
        == f"规则文件“我们的 规则.json”不能用：{sentence}。请改好后再试。"
    )


def test_what_is_missing_is_named(tmp_path):
    assert "文件缺少version、name" in said(tmp_path, {"schema": "rules/1"})


def test_many_problems_are_cut_short_and_counted(tmp_path):
    bad = dict.fromkeys(("ratio_amber", "hold_amber", "ceiling_near", "zero_amber", "exact_tolerance", "magnitude_low", "magnitude_high"), -1)  # fmt: skip
    assert "另有 2 处" in said(tmp_path, HEAD | bad)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("{", "不是完整的 JSON，第 1 行第 2 个字附近写法有误"),
        ('{"ratio_amber": NaN}', "里面有不能用的数"),
        ("[" * 100_000, "里面的括号套得太多层"),
        ("[]", "文件应为一组内容（花括号）"),
    ],
    ids=["cut off", "NaN", "too deep", "a list"],
)
def test_what_is_no_rule_file_at_all_is_said(tmp_path, text, part):
    assert part in said(tmp_path, text)


def test_a_missing_folder_or_gbk_file_is_said(tmp_path):
    with pytest.raises(RuleFileError, match="文件不存在"):
        load_rules(tmp_path / "没有.json")
    with pytest.raises(RuleFileError, match="文件打不开"):
        load_rules(tmp_path)
    path = tmp_path / "gbk.json"
    path.write_bytes(json.dumps(HEAD, ensure_ascii=False).encode("gbk"))
    with pytest.raises(RuleFileError, match="不是 UTF-8"):
        load_rules(path)


def test_without_a_base_every_field_must_be_there():
    with pytest.raises(KeyError, match="lower_is_better_rate"):
        rules_from_document(HEAD)
