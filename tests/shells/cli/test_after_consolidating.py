"""decide, close, reopen, diff, trace, as they are typed; on the shipped samples."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from support.commands import Commands
from support.offices import build_ledger

from qiyx_xl.data import resource

if TYPE_CHECKING:
    from pathlib import Path

TODAY = ("--today", "2026-10-30")
Q3 = ("--period", "2026Q3")


@pytest.fixture
def office(qiyx, templates):
    """An office that has consolidated two quarters; a second agency has sent indicator 12, too."""
    templates.copy("two quarters and a conflict", _with_conflict, qiyx.here)
    return qiyx


def _with_conflict(here: Path) -> None:
    build_ledger(here)
    for period in ("2025Q4", "2026Q3"):
        shutil.copytree(resource(f"examples/{period}"), here / "收件" / period)
    run = Commands(here)
    run("consolidate", "收件/2025Q4", "--period", "2025Q4", "--today", "2026-01-30")
    write_insurance(here / "收件" / "2026Q3" / "区医保部门.xlsx", 62)
    done = run("consolidate", "收件/2026Q3", *Q3, *TODAY)
    assert done.code == 1, done.err
    assert "冲突：12““浙里惠民保”投保率” 区卫健局报 60，区医保部门报 62" in done.out


def write_insurance(path: Path, value: float) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("填报表")
        sheet.write_row(0, 0, ["填报单位：区医保部门", "", "数据期：2026年三季度"])
        sheet.write_row(1, 0, ["指标编码", "指标名称", "计量单位", "本期实际值", "情况说明"])
        sheet.write_row(2, 0, ["12", "“浙里惠民保”投保率", "%", value, "按参保库"])


@pytest.mark.slow
def test_decide_lists_what_waits_and_books_what_a_person_says(office):
    asked = office("decide", *TODAY)
    assert asked.code == 1
    assert "冲突：2026年三季度 12““浙里惠民保”投保率”" in asked.out
    assert "qiyx decide --period 2026Q3 --indicator 12 --agency 区卫健局或区医保部门" in asked.out
    listed = office("decide", *TODAY, "--format", "json").json("waiting.schema.json")
    (conflict,) = listed["conflicts"]
    assert (conflict["indicator"], conflict["left"]["actual"]) == (12, "60")
    reminded = office("status", *Q3, *TODAY).out
    assert "还有 1 处冲突没有定，请运行：qiyx decide --period 2026Q3" in reminded

    before = (office.here / "七优享台账.xlsm").read_bytes()
    words = (
        "--indicator",
        "12",
        "--agency",
        "区医保部门",
        "--reason",
        "以参保库为准",
        "--by",
        "张三",
    )
    done = office("decide", *Q3, *TODAY, *words, "--format", "json")
    assert done.code == 0, done.err
    (decision,) = done.json("decisions.schema.json")["decisions"]
    assert (decision["kind"], decision["value"], decision["by"]) == ("figure", "62", "张三")
    assert (office.here / "七优享台账.xlsm").read_bytes() != before, "the ledger says so, too"
    nothing = office("decide", *TODAY)
    assert (nothing.code, nothing.out.strip()) == (0, "没有待决定的冲突，也没有待核的数。")
    document = office("status", *Q3, *TODAY, "--format", "json").json("status-report.schema.json")
    twelve = next(one for one in document["items"] if one["indicator"] == 12)
    assert twelve["actual"] == "62"


@pytest.mark.slow
def test_confirm_and_version_are_decisions_too(office):
    said = ("--reason", "已电话核实", "--by", "张三", *TODAY, *Q3)
    confirmed = office(
        *("decide", "--indicator", "19", "--agency", "区民政局", "--confirm", "--value", "1.7"),
        *said,
    )
    assert confirmed.code == 0, confirmed.err
    assert "张三决定：核实区民政局的 1.7 无误，理由：已电话核实。" in confirmed.out
    traced = office("trace", "--indicator", "1", *Q3, *TODAY, "--format", "json")
    (step,) = traced.json("trace.schema.json")["steps"]
    chosen = office(
        *("decide", "--indicator", "1", "--agency", "区卫健局", "--version", step["sha256"][:8]),
        *said,
    )
    assert chosen.code == 0, chosen.err
    assert "改用区卫健局较早报送的 4.9" in chosen.out


@pytest.mark.slow
def test_close_freezes_status_and_refuses_later_files_until_reopened(office):
    here = office.here
    refused = office("close", *Q3, *TODAY, "--by", "张三")
    assert refused.code == 2
    assert (
        "还有 1 处冲突没有定（“浙里惠民保”投保率），没有封账。请先用 qiyx decide 决定"
        in refused.err
    )
    office(
        *("decide", *Q3, *TODAY, "--indicator", "12", "--agency", "区卫健局"),
        *("--reason", "以卫健为准", "--by", "张三"),
    )
    closed = office("close", *Q3, *TODAY, "--by", "张三", "--format", "json")
    assert closed.code == 1, "there is unreported and returned work: said, and an exit code of 1"
    document = closed.json("closing.schema.json")
    assert (document["action"], document["by"]) == ("close", "张三")
    assert 13 in document["unreported"]
    kept = (here / document["copy"]).read_bytes()
    assert hashlib.sha256(kept).hexdigest() == document["ledger"]
    assert "台账与数据库一致" in office("ledger", "verify", "七优享台账.xlsm").out

    status = office("status", *Q3, "--by", "agency")
    assert status.code == 0
    assert re.search(r"已由张三于 [0-9 :-]{16} 封账，以下是封账时的数和灯", status.out)
    frozen = office("status", *Q3, "--format", "json").json("status-report.schema.json")
    assert frozen["closed"]["by"] == "张三"

    (here / "更正").mkdir()
    write_insurance(here / "更正" / "区医保部门.xlsx", 63)
    late = office("consolidate", "更正", *Q3, "--format", "json")
    assert late.code == 1
    (returned,) = late.json("consolidation-report.schema.json")["returned"]
    assert returned["findings"][-1]["code"] == "C101"
    shown = office("consolidate", "更正", *Q3)
    assert "C101" in shown.out and "2026年三季度已经封账" in shown.out
    assert office("consolidate", "更正", *Q3, "--as-revision", " ").code == 2
    booked = office("consolidate", "更正", *Q3, "--as-revision", "审计调整", "--format", "json")
    report = booked.json("consolidation-report.schema.json")
    assert (len(report["accepted"]), report["reason"]) == (1, "审计调整")
    assert "封账后按“更正”收过 1 次" in office("status", *Q3).out
    assert "更正：审计调整" in office("trace", "--indicator", "12", *Q3).out

    assert office("reopen", *Q3, "--by", "李四").code == 2
    opened = office("reopen", *Q3, "--by", "李四", "--reason", "漏报一项", "--format", "json")
    assert opened.code == 0, opened.err
    assert opened.json("closing.schema.json")["action"] == "reopen"
    history = office("close", "--format", "json").json("closings.schema.json")["closings"]
    assert [one["action"] for one in history] == ["close", "reopen"]
    assert "李四对2026年三季度启封，漏报一项" in office("close").out


def test_diff_says_what_changed_by_how_much_and_whose_file_it_was(office):
    text = office("diff", *Q3, "--against", "2025Q4", *TODAY)
    assert text.code == 0
    assert text.out.startswith("2026年三季度，与2025年四季度相比：")
    assert "9 开展职业技能培训累计数：6.6 → 7.8（增 1.2），绿→黄；区人力社保局，" in text.out
    document = office("diff", *Q3, "--against", "2025Q4", *TODAY, "--format", "json").json(
        "difference.schema.json"
    )
    assert (document["period"], document["against"]) == ("2026Q3", "2025Q4")
    nine = next(one for one in document["changes"] if one["indicator"] == 9)
    assert (nine["delta"], nine["turned"]) == ("1.2", True)
    since = office("diff", *Q3, "--against", "#2", *TODAY)
    assert "没有变化。" in since.out
    before = office("diff", *Q3, "--against", "第1次", *TODAY)
    assert "第 1 次汇总后" in before.out and "未填 → 7.8" in before.out


def test_trace_prints_a_number_s_whole_history(office):
    answer = office("trace", "--indicator", "9", *Q3, *TODAY)
    assert answer.code == 0
    assert "9 开展职业技能培训累计数　2026年三季度：7.8，黄·滞后" in answer.out
    assert "▸ 填报表!H8" in answer.out and "第 2 次汇总收入；现行" in answer.out
    document = office("trace", "--indicator", "18", "--period", "2025Q4", "--format", "json").json(
        "trace.schema.json"
    )
    kept = office.here / document["steps"][0]["original"]
    assert kept.exists()
    street = office(
        *("trace", "--indicator", "T6-2-03", "--period", "2025Q4", "--format", "json")
    ).json("trace.schema.json")
    assert street["total"]["value"] == "14"
    assert len(street["total"]["parts"]) == 11
    one = office("trace", "--indicator", "T6-2-03", "--period", "2025Q4", "--agency", "大碶街道")
    assert one.out.count("第 1 次汇总收入") == 1
    nothing = office("trace", "--indicator", "1", "--period", "2024Q1")
    assert (nothing.code, "还没有收到过这个数" in nothing.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("decide --indicator 12", "要同时写明 --period、--indicator 和 --agency"),
        ("decide --period 2026Q3 --indicator 12 --agency 区卫健局", "决定要写明理由"),
        ("decide --period 2026Q3 --indicator 1 --agency 区卫健局 --reason 是", "没有冲突"),
        (
            "decide --period 2026Q3 --indicator 1 --agency 卫健 --confirm --reason 是",
            "单位名单里没有“卫健”",
        ),
        (
            "decide --period 2026Q3 --indicator 1 --agency 区卫健局 --value 3 --reason 是",
            "--value 只和 --confirm 一起用",
        ),
        ("close --period 2024Q1", "还没有收到过数，没有封账"),
        ("reopen --period 2026Q3 --reason 误操作", "没有封账，不用启封"),
        ("diff --period 2026Q3", "缺少 --against"),
        ("diff --period 2026Q3 --against 昨天", "看不懂“昨天”"),
        ("diff --period 2026Q3 --against 封账", "没有封账，没有封账时的数可比"),
        ("diff --period 2026Q3 --against #9", "没有第 9 次汇总，一共有 2 次"),
        ("trace --indicator 99 --period 2026Q3", "方案里没有“99”"),
        ("trace --indicator 9 --period 2026Q3 --agency 无此单位", "单位名单里没有“无此单位”"),
        ("consolidate 收件 --period 2026Q3 --as-revision 审计", "没有封账，不用按“更正”补录"),
    ],
)
def test_what_cannot_be_done_says_why_in_one_line(settled_office, arguments, words):
    answer = settled_office(*arguments.split())
    assert answer.code == 2, answer.out
    assert answer.out == ""
    assert words in answer.err
    assert len(answer.err.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["decide", "close", "reopen", "diff", "trace"])
def test_without_a_store_nothing_is_made(qiyx, command):
    more = {
        "reopen": ["--reason", "是"],
        "diff": ["--against", "2025Q4"],
        "trace": ["--indicator", "1"],
    }.get(command, [])
    answer = qiyx(command, *Q3, *more)
    assert answer.code == 2
    assert "找不到数据库" in answer.err
    assert list(qiyx.here.iterdir()) == []


def test_json_and_words_say_the_same_number_of_things(settled_office):
    text = settled_office("diff", *Q3, "--against", "2025Q4")
    document = json.loads(
        settled_office("diff", *Q3, "--against", "2025Q4", "--format", "json").out
    )
    assert f"共 {document['summary']['changed']} 项有变化" in text.out


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "磁盘已满，没有写成“退回单.xlsx”。请腾出空间后再运行一次。"),
        (errno.EROFS, "“退回单.xlsx”在只读的磁盘上，写不进去。请换一个位置再试。"),
        (errno.EACCES, "没有权限读写“退回单.xlsx”，或它正被 Excel／WPS 打开。请关闭后再试。"),
    ],
)
def test_what_the_system_refuses_is_said_in_chinese(number, sentence):
    from qiyx_xl.shells.cli.common import describe

    assert describe(OSError(number, os.strerror(number), "退回单.xlsx")) == sentence


def test_a_value_a_person_has_confirmed_is_no_longer_doubted(office):
    file = "收件/2026Q3/区民政局七优享9月.xlsx"

    def doubted() -> list[str]:
        document = office("validate", file, *Q3, "--format", "json").json(
            "validation-report.schema.json"
        )
        return [f["cell"] for f in document["files"][0]["findings"] if f["code"] == "V203"]

    assert doubted() == ["G26", "G49"]
    answer = office(
        *("decide", "--indicator", "19", "--agency", "区民政局", "--confirm", "--value", "1.65"),
        *("--reason", "已电话核实", "--by", "张三", *TODAY, *Q3),
    )
    assert answer.code == 0, answer.err
    assert doubted() == ["G26"]
