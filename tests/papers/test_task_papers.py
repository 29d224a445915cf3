"""Where the papers say something about 重点任务 and 佐证材料."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from qiyx_xl.core.consolidation.current import CurrentFigures
from qiyx_xl.core.history import closing
from qiyx_xl.core.plan.timeline import Plans
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.core.records.record import Record
from qiyx_xl.core.tasks.status import task_status
from qiyx_xl.data import read_text
from qiyx_xl.documents.scorecard.items import project_lists, project_sections
from qiyx_xl.papers.bulletin.agenda import Agenda, agenda_text
from qiyx_xl.papers.bulletin.bulletin import bulletin
from qiyx_xl.papers.bulletin.sections import behind
from qiyx_xl.papers.edition import EditionError, verify
from qiyx_xl.papers.gather import gather
from qiyx_xl.papers.json.status import status_document
from qiyx_xl.papers.matters import raise_matters, suggestion
from qiyx_xl.papers.method_cards import cards
from qiyx_xl.papers.phrases import Body, Heading
from qiyx_xl.papers.reminder_messages import reminder_document

Q1, Q3, TODAY = Period.parse("2026Q1"), Period.parse("2026Q3"), date(2026, 11, 1)
HEALTH, HOUSING = "区卫健局", "区住建局"


def report(code: str, state: Word, words: str, *, by: str = HEALTH, **more: Any) -> ProjectRecord:
    period = more.pop("period", Q3)
    return ProjectRecord(code, period, by, state, words, str(state), None, **more)


REPORTED = (
    report("R1-1-01", Word.UNDER_WAY, "已完成年度任务的七成。"),
    report("R1-1-02", Word.UNDER_WAY, "按月调度。", period=Q1),
    report("R1-1-04", Word.DONE, "5月通过评估。", evidence="评估结论1份；照片2张"),
    report("R1-2-03", Word.BLOCKED, "=两处<b>产权</b>不清"),
    report("R1-3-01", Word.DONE, "计划已印发。"),
    report("R6-4-05", Word.NOT_STARTED, "征求意见中。", by=HOUSING),
)  # fmt: skip


@pytest.fixture(scope="session")
def make(plan: Any, rules: Any) -> Any:
    def edition(
        records: tuple[ProjectRecord, ...] = REPORTED, today: date = TODAY, by: Any = plan
    ) -> Any:
        status = task_status(by, ProjectBook(records=records), rules, Q3, today)
        return gather(rules, Q3, today, CurrentFigures(Plans.only(by)), tasks=status)

    return edition


def text(blocks: Any) -> str:
    return "\n".join(
        block.text if isinstance(block, Heading) else block.lead + block.text
        for block in blocks
        if isinstance(block, Heading | Body)
    )


def test_the_bulletin_counts_the_tasks_by_state_and_lamp(make: Any) -> None:
    said = text(bulletin(make()).passages["总体情况"])
    assert (
        "方案的重点任务170项，已完成2项、推进中2项、未启动1项、受阻1项、未报过164项；"
        "绿灯2项、黄灯2项、红灯1项、灰灯165项。亮红灯的，区卫健局1项。"
        "各单位随附佐证材料3件（文件1、图片2）。"
    ) in said
    assert "连同任务目标、里程碑、重点任务，尚有" in said


def test_what_lags_is_told_with_the_agencys_words_and_evidence_is_demanded(make: Any) -> None:
    passages = bulletin(make()).passages
    said = text(passages["进展滞后"])
    assert "滞后的重点任务（3项）" in said
    assert (
        "1. 老社区托育设施增配（区卫健局）。红·受阻：2026年三季度报受阻。"
        "单位说明：=两处<b>产权</b>不清。"
    ) in said
    assert "黄·久无进展：连续2期没有报进展，2026年一季度报推进中" in said
    assert (
        "以下1项报了数或报了完成，没有附佐证材料，请补交：儿童医疗服务行动计划（区卫健局）。"
        in said
    )
    assert "推动重点任务" in text(passages["下一步"])
    captions = [table.caption for table in passages["附件"]]
    assert captions[-2:] == ["2026年三季度重点任务汇总表", "2026年三季度滞后的重点任务"]


def test_the_meetings_papers_tell_the_same_and_refer_to_the_ledger(make: Any) -> None:
    many = tuple(
        report(code, Word.BLOCKED, "卡在用地。")
        for code in make().plan.tasks_by_code
        if code[1] == "1"
    )
    agenda = Agenda(edition=make(many), last=None, changes=(), matters=(), conflicts=())
    assert "方案的重点任务170项，受阻23项" in text(agenda_text(agenda).passages["亮灯情况"])
    said = text(behind(make(many), in_bulletin=False))
    assert "滞后的重点任务共23项，其余见台账。" in said


def test_every_view_of_the_summary_adds_up_to_all_tasks(make: Any) -> None:
    edition = make()
    tables = project_lists(edition)
    summary, whole = tables["重点任务汇总"], tables["重点任务"]
    total = summary.rows[-1]
    assert total[2] == "170"
    for view in ("分领域", "分单位", "分层级"):
        rows = [row for row in summary.rows if row[0] == view]
        for column in range(2, len(summary.header)):
            assert sum(int(row[column]) for row in rows) == int(total[column])
    shown = [row[whole.lamp_column or 0][:1] for row in whole.rows]
    assert [str(shown.count(light.word)) for light in Light] == list(total[-4:])


def test_counts_that_do_not_add_up_write_no_paper(make: Any) -> None:
    edition = make()
    lines = edition.tasks.lines
    stray = replace(lines[0], task=replace(lines[0].task, domain="没有的领域"))
    verify(replace(edition, tasks=replace(edition.tasks, lines=(stray, *lines[1:]))))

    class Wrong(type(edition.tasks)):  # type: ignore[misc]
        @property
        def count(self) -> Any:
            counted = super().count
            return replace(counted, lights=counted.lights | {Light.RED: 9})

    with pytest.raises(EditionError, match="重点任务的灯数对不上"):
        verify(replace(edition, tasks=Wrong(lines)))


def test_strangers_words_are_text_on_the_page(make: Any) -> None:
    page = "".join(project_sections(make()))
    assert "=两处&lt;b&gt;产权" in page
    assert "<b>产权" not in page


def test_a_card_says_why_a_task_has_its_lamp(make: Any) -> None:
    (card,) = [card for card in cards(make()) if card.agency.name == HEALTH]
    (line,) = [line for line in card.lines if line.code == "R1-2-03"]
    assert line.lamp == "红·受阻"
    assert line.inputs.startswith("状态 受阻\n进展 =两处")
    assert line.rule.startswith("按状态：已完成为绿")
    assert line.arithmetic == "完成标准：增配清单内的点位全部开办"


def test_a_blocked_task_is_a_matter_until_it_is_done(make: Any, rules: Any) -> None:
    (raised,) = [one for one in raise_matters(make(), (), TODAY, rules) if one.item == "R1-2-03"]
    assert raised.agency == HEALTH
    assert raised.title == (
        "重点任务R1-2-03 老社区托育设施增配亮红灯：2026年三季度报受阻，=两处<b>产权</b>不清"
    )
    assert suggestion(raised, make()) == "红·受阻"
    done = (report("R1-2-03", Word.DONE, "已开办。"),)
    assert suggestion(raised, make(done)) == "绿·已完成，可销号"


def test_the_reminder_names_the_silent_tasks_of_each_agency(make: Any) -> None:
    document = reminder_document(make())
    schema = json.loads(read_text("schemas/reminder-report.schema.json"))
    Draft202012Validator(schema).validate(document)
    (health,) = [one for one in document["agencies"] if one["agency"] == HEALTH]
    (owing,) = [item for item in health["items"] if item["code"] == "重点任务"]
    assert owing["name"] == (
        "重点任务51项的状态和进展（R1-1-02、R1-1-03、R1-1-05等51个，其中50项从未报过）"
    )


def test_the_status_document_has_the_tasks_and_their_counts(
    make: Any, plan: Any, rules: Any
) -> None:
    schema = json.loads(read_text("schemas/status-report.schema.json"))
    rating = json.loads(read_text("schemas/rating.schema.json"))
    known = Registry().with_resource(rating["$id"], Resource.from_contents(rating))

    def document(edition: Any) -> dict[str, Any]:
        told = status_document(
            plan, rules, Q3, TODAY, edition.lines, by=("domain", "agency"), tasks=edition.tasks
        )
        Draft202012Validator(schema, registry=known).validate(told)
        return told

    told = document(make())["tasks"]
    for view in ("domain", "agency"):
        groups = [group for group in told["groups"] if group["by"] == view]
        assert sum(group["lights"]["red"] for group in groups) == told["lights"]["red"] == 1
    assert "tasks" not in document(make((), by=replace(plan, tasks=())))


def test_a_closed_period_keeps_its_tasks_as_they_were(make: Any, plan: Any, rules: Any) -> None:
    edition = make()
    closed = closing.close(
        plan, rules, Q3, edition.lines, (), tasks=edition.tasks,
        at=datetime(2026, 11, 2, tzinfo=UTC), by="王敏",
    )  # fmt: skip
    assert closed.tasks_at_closing() == edition.tasks
    bare = closing.close(
        plan, rules, Q3, edition.lines, (), at=datetime(2026, 11, 2, tzinfo=UTC), by="王敏"
    )
    assert bare.tasks == ""
    assert bare.tasks_at_closing().is_empty


def test_without_tasks_no_paper_says_a_word_of_them(make: Any, plan: Any) -> None:
    edition = make((), by=replace(plan, tasks=()))
    said = "\n".join(text(blocks) for blocks in bulletin(edition).passages.values())
    assert "重点任务" not in said
    assert "佐证材料" not in said
    assert "重点任务" not in project_lists(edition)
    assert "重点任务" not in json.dumps(reminder_document(edition), ensure_ascii=False)


def test_evidence_of_an_item_is_demanded_like_a_tasks(plan: Any, rules: Any) -> None:
    first, *rest = plan.indicators
    asking = replace(plan, tasks=(), indicators=(replace(first, evidence="统计报表"), *rest))
    sent = [
        Record(code=first.code, period=Q3, agency=HEALTH, actual=first.targets[2026].value),
        Record(code="2", period=Q3, agency=HEALTH, actual=plan.item("2").targets[2026].value),
    ]

    def told(records: list[Record]) -> str:
        stands = CurrentFigures.of(Plans.only(asking), records, ())
        return text(behind(gather(rules, Q3, TODAY, stands)))

    wanted = "以下1项报了数或报了完成，没有附佐证材料，请补交：每千人口拥有3岁以下婴幼儿托位数（区卫健局）。"
    assert wanted in told(sent)
    assert "佐证材料" not in told([replace(sent[0], evidence="报表1份"), sent[1]])
