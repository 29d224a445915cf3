"""Words that say nothing are no explanation, and no paper prints them."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.drawn_records import HEALTH, row

from qiyx_xl.core.consolidation.versions import resolve_versions
from qiyx_xl.core.records.explanations import (
    contact_without_fillers,
    explains_nothing,
    is_no_name,
    is_no_phone,
)

NOTHING = (
    "", " ", "/", "／", "\\", "-", "—", "——", "－", "……", "…", "...", "。", "，", "、", "?", "？？", "*", "###",
    "√", "✓", "×", "○", "①", "1", "0", "123", "１２３", "100%", "2026-10-20", "一", "一一", "〇", "\u2800",
    "\u200b", "\u200b\ufeff", "\u3164", "\u3000", "_x000D_", "无", "无。", "无；", "（无）", "【无】", "“无”", "无无无",
    "没有", "没", "暂无", "暂无说明", "无说明", "无情况说明", "无需说明", "不需要说明", "无特殊情况", "没有特殊情况",
    "无异常", "没有问题", "本期无", "此项无", "无其他情况", "说明：无", "情况说明：/", "原因：无", "不详", "原因不详",
    "具体原因不明", "不清楚", "不知道", "未知", "不适用", "不涉及", "免报", "待定", "待补充", "后补", "稍后补充",
    "同上", "同上。", "同 上", "同上期", "同上季度", "同前", "同左", "如上", "如上所述", "见附件", "详见附件", "见附件1",
    "见附表", "见备注", "详见情况说明", "见第3行说明", "附件", "另附", "材料另附", "已填", "已填报", "已上报", "数据已填报",
    "已报送", "已说明", "已阅", "收到", "略", "空", "是", "否", "有", "好", "好的", "正常", "一切正常", "情况正常", "良好",
    "情况说明", "说明", "原因", "请写明原因和下一步措施", "典型做法：", "典型做法：无", "N/A", "n/a", "NA", "none", "NULL", "nil",
    "no", "OK", "ok", "yes", "#N/A", "#REF!", "xxx", "XX", "aaa", "哈哈哈", "啊", "测试", "asdf", "абв"[:1],
)  # fmt: skip
SOMETHING = (
    "台风停工", "停工", "暑期", "疫情", "雨天多", "招标中", "正在招标", "未开工", "征地慢", "拆迁", "缺人", "无地", "缺土地",
    "无资金", "没有资金", "资金未到位", "无人报名", "无用地指标", "无生源", "没有生源", "无病例", "无材料", "材料未到",
    "设备未到货", "2家未投用", "10月投用", "按计划12月完成", "同比基数高", "同行业下滑", "人口外流", "政策调整", "数据已核实",
    "已核实，确为当期数", "属实", "上级未下达指标", "前期手续慢", "未通过验收", "GDP下降", "报名人数少", "附件未审批",
    "报告未出", "见效慢", "上游停水", "说明会推迟", "后补资金未到", "好转", "如期完成", "新增两家", "暂停", "正在推进",
    "无锡方面延期", "典型做法：统一招租", "原因：台风", "无，因台风停工", "见附件；主要是征地慢", "rain", "delayed",
)  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_what_fills_the_cell_and_nothing_else_is_no_explanation(text: str) -> None:
    assert explains_nothing(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_a_short_explanation_is_one(text: str) -> None:
    assert not explains_nothing(text)


@given(
    text=st.sampled_from(SOMETHING),
    around=st.text(" \u3000\u200b。，；/—…（）1234567890", max_size=6),
)
def test_signs_and_digits_do_not_make_an_explanation_empty(text: str, around: str) -> None:
    assert not explains_nothing(around + text)
    assert not explains_nothing(text + around)


@given(text=st.text(" \u3000\u200b\u2800\u3164。，；/—…（）√×①1234567890．、·*#％", max_size=300))
def test_signs_and_digits_alone_never_explain(text: str) -> None:
    assert explains_nothing(text)


def test_no_text_takes_long_to_judge() -> None:
    start = time.perf_counter()
    for phrase in ("情况说明", "需要", "无", "填写", "见附件", "的", "/", "a", "请"):
        for end in ("", "x", "停"):
            explains_nothing(phrase * 2000 + end)
            explains_nothing((phrase * 12)[:22] + end)
    assert time.perf_counter() - start < 1


def test_a_later_slash_does_not_take_the_place_of_an_explanation() -> None:
    told = row("1", "4.9", remark="台风停工", saved=0)
    again = row("1", "4.9", remark="同上", saved=5)
    assert resolve_versions([told, again]).record.remark == "台风停工"
    other = replace(again, remark="招标推迟")
    assert resolve_versions([told, other]).record.remark == "招标推迟"
    only = row("1", "4.9", HEALTH, remark="/")
    assert resolve_versions([only]).record.remark == "/", "the log keeps what was written"


def test_who_filled_in_a_form_has_a_name() -> None:
    for nobody in ("", "/", "无", "同上", "—", "\u2800", "1", "不详", "N/A"):
        assert is_no_name(nobody)
    for somebody in ("王芳", "丹丹", "李", "John", "王芳（代）", "陈立1"):
        assert not is_no_name(somebody)


def test_a_contact_is_told_without_words_that_name_nobody() -> None:
    assert contact_without_fillers("王敏 0574-8600 0101") == "王敏 0574-8600 0101"
    assert contact_without_fillers("/ 0574-86000101") == "0574-86000101"
    assert contact_without_fillers("王敏 无") == "王敏"
    assert contact_without_fillers("王敏 81234 转 12") == "王敏 81234 转 12"
    assert (
        contact_without_fillers("/ /")
        == contact_without_fillers("")
        == contact_without_fillers(" 同上 — ")
        == ""
    )


def test_a_telephone_number_has_digits() -> None:
    for none in ("", "/", "无", "同上", "0", "00", "11111111", "—", "详见附件"):
        assert is_no_phone(none)
    for number in ("0574-12345678", "６８６６", "13800000000", "81234转203", "内线 660"):
        assert not is_no_phone(number)
