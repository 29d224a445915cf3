"""A second plan's office says its own words everywhere: nothing of the shipped plan is in them.

Every command that writes or prints is run on an office of ``support.second_plan``; every text of
every output, in packages and the VBA project too, is searched.
"""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

import pytest
from support import second_plan
from support.commands import Commands

from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.intake.office_files.plan import load_plan

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Q3 = ("--period", "2026Q3")
DAY = ("--today", "2026-10-30")
BY = ("--by", "沈岚")
LATE = "县就业中心"
_TEXT_PARTS = (".xml", ".rels", ".vml", ".txt", ".json", ".html", ".csv", ".md", ".jsonl")
# In the office's folder, but other documents are about them: the program's own help and version.
_OURS = "七优享台账 "


class Told(NamedTuple):
    """One text of the office: where it is, and what it says."""

    where: str
    text: str


class Made(NamedTuple):
    """The office's folder, and what the commands printed."""

    folder: Path
    printed: tuple[Told, ...]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """An office of the second plan through a quarter: every paper, list, report and answer."""
    folder = tmp_path_factory.mktemp("office")
    run = Commands(folder)
    printed: list[Told] = []

    def say(*words: str) -> None:
        done = run(*words)
        assert done.code in (0, 1), (words, done.err)
        printed.append(Told(" ".join(words), done.out + done.err))

    second_plan.write_plan(folder / "方案.json")
    say("init", ".", "--plan", "方案.json", *Q3, *BY)
    (folder / "方案.json").unlink()
    _lists(folder, say)
    say("distribute", *Q3, "--out", "下发")
    second_plan.filled_forms(folder / "下发", folder / "收件", skip=(LATE,))
    _spoil(folder / "收件")
    say("validate", "收件", *Q3, "--returns", "退回", "--report", "校验/结果.html")
    say("validate", "收件", *Q3, "--report", "校验/结果.xlsx", "--findings", "校验/问题.csv")
    say("consolidate", "收件", *Q3, *DAY)
    say("decide", *Q3)
    say("publish", *Q3, "--out", "发布", *DAY)
    say("remind", *Q3, *DAY, "--out", "催报清单.xlsx")
    say("meeting", "--date", "2026-10-30", *Q3, "--out", "例会", *BY)
    say("matter", "list")
    say("template", "bulletin", "--out", "模板/通报.docx")
    say("template", "agenda", "--out", "模板/例会.docx")
    say("ledger", "static", second_plan.LEDGER, "副本.xlsx")
    say("ledger", "verify", second_plan.LEDGER, *DAY)
    for words in (
        ("status", *Q3, "--by", "domain,agency,level", *DAY),
        ("remind", *Q3, *DAY),
        ("trace", "--indicator", "9", *Q3, *DAY),
        ("diff", *Q3, "--against", "2026Q2", *DAY),
        ("plan", "show"),
        ("rate", "--indicator", "15", *Q3, "--actual", "44"),
        ("validate", "收件", *Q3),
    ):
        say(*words)
        say(*words, "--format", "json")
    say("close", *Q3, *BY, *DAY)
    return Made(folder, tuple(printed))


def _lists(folder: Path, say: object) -> None:
    """Take in a list of projects of the second plan's agencies."""
    listed = {
        "schema": "projects/1",
        "version": "1",
        "projects": [
            {
                "code": "XM01",
                "name": "递铺长者中心",
                "domain": "养有乐享",
                "agency": "县养老中心",
                "nodes": [{"number": 1, "name": "主体结顶", "planned": "2026-09-30"}],
            }
        ],
        "livelihood": [
            {
                "code": "SS01",
                "year": 2026,
                "name": "新建口袋公园",
                "content": "城区十二处",
                "domain": "居有安心",
                "agency": "县建设局",
                "measure": "个",
                "target": 12,
            }
        ],
    }
    (folder / "清单.json").write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    say("projects", "import", "清单.json", *DAY)  # type: ignore[operator]
    say("projects", "template", "清单模板.xlsx")  # type: ignore[operator]


def _spoil(inbox: Path) -> None:
    """Make two of the forms wrong, so that there is something to say about them."""
    import openpyxl

    for name, value in (("县建设局", "约80%"), ("递铺镇", "三个")):
        (path,) = inbox.glob(f"{name}*.xlsx")
        book = openpyxl.load_workbook(path)
        sheet = book["填报表"]
        row = next(r for r in sheet.iter_rows() if r[1].value in ("指标", "任务目标"))
        row[6].value = value
        book.save(path)


def texts_of(made: Made) -> Iterator[Told]:
    """Yield every text of the office: what was printed, file names, parts, the VBA project."""
    yield from made.printed
    for path in sorted(made.folder.rglob("*")):
        name = path.relative_to(made.folder).as_posix()
        yield Told("文件名", name)
        if path.is_file() and path.suffix != ".sqlite":
            yield from _inside(name, path.read_bytes())


def _inside(name: str, content: bytes) -> Iterator[Told]:
    if content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(content)) as package:
            for part in package.namelist():
                yield Told("部件名", f"{name}!{part}")
                yield from _inside(f"{name}!{part}", package.read(part))
    elif name.endswith("vbaProject.bin"):
        yield Told(name, content.decode("gbk", errors="replace"))
    elif name.endswith(_TEXT_PARTS):
        yield Told(name, re.sub(r"<[^>]*>", "", content.decode("utf-8-sig")))
        yield Told(name, content.decode("utf-8-sig"))


@pytest.mark.slow
def test_no_output_of_a_second_plan_has_a_word_of_the_shipped_one(office: Made) -> None:
    words = second_plan.foreign_words()
    found = [
        (told.where, word, _around(told.text, word))
        for told in texts_of(office)
        for word in words
        if word in told.text.replace(_OURS, "")
    ]
    assert found == []


def _around(text: str, word: str) -> str:
    at = text.find(word)
    return text[max(0, at - 30) : at + 40]


@pytest.mark.slow
def test_the_second_plans_own_words_stand_where_they_belong(office: Made) -> None:
    everything = {told.where: told.text for told in texts_of(office)}
    ribbon = everything[f"{second_plan.LEDGER}!customUI/customUI14.xml"]
    assert 'label="民生八有"' in ribbon
    (bulletin,) = [
        text
        for where, text in everything.items()
        if re.fullmatch(r"发布/通报.*document.xml", where)
    ]
    for said in (
        "“民生八有”工程工作通报",
        "安民办发〔2026〕",
        "各乡镇人民政府，县级各有关单位：",
        "抄送：县委办公室，县人大常委会、县政府、县政协办公室。",
        "安吉县民生实事推进办",
    ):
        assert said in bulletin, said
    assert "【“民生八有”催报】" in "".join(everything.values())
    assert "乡镇合计" in everything["trace --indicator 9 --period 2026Q3 --today 2026-10-30"]


@pytest.mark.slow
def test_every_level_reports_its_own_and_the_lowest_what_is_summed(office: Made) -> None:
    plan = second_plan.plan()
    forms = {path.name.partition("_")[0] for path in (office.folder / "下发").rglob("*.xlsx")}
    assert forms == {agency.name for agency in plan.agencies if plan.reported_by(agency)}
    (status,) = [
        json.loads(told.text)
        for told in office.printed
        if told.where.startswith("status") and told.where.endswith("json")
    ]
    by_level = [group for group in status["groups"] if group["by"] == "level"]
    assert [group["name"] for group in by_level] == ["市级", "区县"]
    totals = [group["counts"]["total"] for group in by_level]
    assert sum(totals) == len(plan.indicators)
    (summed,) = [item for item in status["items"] if item["indicator"] == 9]
    assert [part["agency"] for part in summed["total"]["parts"]] + summed["total"]["absent"]


@pytest.mark.slow
def test_people_see_the_printed_number_and_the_id_nowhere_in_its_place(office: Made) -> None:
    plan = second_plan.plan()
    item = plan.find("16")
    assert item is not None
    assert (item.code, item.printed_code) == ("x-16", "16")
    seen = [
        told
        for told in texts_of(office)
        if "x-16" in told.text
        and not re.search(r"方案\.xlsx|\.jsonl|民生八有台账|副本|plan show.*json", told.where)
    ]
    assert seen == []


def test_the_words_to_look_for_are_the_shipped_plans() -> None:
    words = second_plan.foreign_words()
    shipped = load_plan()
    assert {"七优享", "北仑", "街道", "区级", "幼有善育", "区卫健局"} <= set(words)
    assert any(word in shipped.title for word in words)
    assert Period.parse("2026Q3").year in second_plan.plan().years
