"""The sheets about tasks and evidence come out whole in print: to fill in, and in the papers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from support import editions, rendering

from qiyx_xl.core.primitives.values import Word
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.core.tasks.status import task_status
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.documents.word.bulletin import write_bulletin
from qiyx_xl.documents.workbooks.evaluation import write_evaluation
from qiyx_xl.documents.workbooks.method_cards import write_cards

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEALTH = "区卫健局"
LONG = "区级、街道、社区三级托育服务网络和十五分钟服务圈一体化建设及运营管理水平综合提升（二期）"
WORDS = "两处拟增配点位产权不清，房产部门正在核查，九月底前会同街道现场核对，十月提交专班会商。"


@pytest.fixture(scope="module")
def wordy(plan: Any) -> Any:
    """The plan with a long-winded task, and evidence asked for beside figures."""
    first, *rest = plan.tasks
    long = replace(
        first, name=LONG, done_when=LONG, evidence=LONG[:30],
        cooperating_agencies=("区教育局", "区人力社保局", "区民政局", "区住建局"),
    )  # fmt: skip
    return replace(
        plan,
        tasks=(long, *rest),
        indicators=tuple(replace(one, evidence="统计报表") for one in plan.indicators),
    )


@pytest.fixture(scope="module")
def edition(wordy: Any, rules: Any) -> Any:
    quarter = editions.quarter(wordy, rules)
    states = (Word.BLOCKED, Word.UNDER_WAY, Word.NOT_STARTED, Word.DONE)
    records = tuple(
        ProjectRecord(
            task.code, quarter.period, task.lead_agency, states[place % 4], WORDS * 2, "", None,
            "核查意见1份；现场照片12张；点位清单1份",
        )
        for place, task in enumerate(wordy.tasks)
    )  # fmt: skip
    book, today = ProjectBook(records=records), date(2026, 11, 1)
    return replace(quarter, tasks=task_status(wordy, book, rules, quarter.period, today))


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("name", "write"),
    [
        # The 晾晒榜 and the 年度评价表 draw the same lists; one of them will do.
        ("年度评价表.xlsx", write_evaluation),
        ("通报.docx", write_bulletin),
        ("口径卡.xlsx", write_cards),
    ],
    ids=["evaluation", "bulletin", "cards"],
)
def test_each_paper_with_tasks_prints_whole(
    tmp_path: Path, edition: Any, name: str, write: Callable[[Path, Any], None]
) -> None:
    path = tmp_path / name
    write(path, edition)
    rendering.printed(path, tmp_path).check()


@pytest.mark.libreoffice
def test_the_forms_with_tasks_and_evidence_print_whole(
    tmp_path: Path, wordy: Any, rules: Any, edition: Any
) -> None:
    path = tmp_path / "区卫健局.xlsx"
    write_form(path, wordy, rules, wordy.agency(HEALTH), edition.period, last_values={})
    rendering.printed(path, tmp_path).check()
