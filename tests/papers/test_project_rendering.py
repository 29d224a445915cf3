"""The sheets about projects come out whole in print: those to fill in, and those that go out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from support import editions, rendering
from support.paths import ROOT

from qiyx_xl.core.projects.status import project_status
from qiyx_xl.core.records.project_record import ProjectBook, ProjectRecord
from qiyx_xl.documents.forms.project_list import write_project_template
from qiyx_xl.documents.forms.write import write_form
from qiyx_xl.documents.word.bulletin import write_bulletin
from qiyx_xl.documents.workbooks.evaluation import write_evaluation
from qiyx_xl.documents.workbooks.method_cards import write_cards
from qiyx_xl.intake.office_files.project_list import load_project_list

EXAMPLE = ROOT / "examples" / "projects.json"
LONG = "区级公共卫生应急指挥中心暨紧急医学救援基地迁建及配套地下人防与停车设施综合工程（二期）"


@pytest.fixture(scope="module")
def listed(plan):
    given = load_project_list(EXAMPLE, plan)
    first = replace(given.projects[0], name=LONG, content=LONG * 3)
    return replace(given, projects=(first, *given.projects[1:]))


@pytest.fixture(scope="module")
def edition(plan, rules, listed):
    period = editions.quarter(plan, rules).period
    remark = (
        "征地拆迁涉及三户未签约，九月底已全部签约，四季度增加作业班组，确保年底前完成年度计划。" * 2
    )
    records = (
        ProjectRecord("XM01", period, "区卫健局", Decimal("20000.55"), remark),
        ProjectRecord("XM02", period, "区卫健局", Decimal(7000)),
        ProjectRecord("SS01", period, "区卫健局", Decimal(100), remark),
    )
    today = date(2026, 10, 30)
    status = project_status(ProjectBook(listed, records), rules, period, today)
    return replace(editions.quarter(plan, rules), projects=status)


@pytest.mark.libreoffice
@pytest.mark.parametrize(
    ("name", "write"),
    [
        # The 晾晒榜 and the 年度评价表 draw the same lists; one of them will do.
        ("年度评价表.xlsx", write_evaluation),
        ("通报.docx", write_bulletin),
        ("口径卡.xlsx", write_cards),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_paper_with_projects_prints_whole(tmp_path, edition, name, write):
    path = tmp_path / name
    write(path, edition)
    rendering.printed(path, tmp_path).check()


@pytest.mark.libreoffice
def test_the_forms_and_the_offices_list_print_whole(tmp_path, plan, rules, listed, edition):
    form = tmp_path / "区卫健局.xlsx"
    book = ProjectBook(listed)
    agency = plan.agency("区卫健局")
    write_form(form, plan, rules, agency, edition.period, last_values={}, projects=book)
    rendering.printed(form, tmp_path).check()
    template = tmp_path / "清单.xlsx"
    write_project_template(template, plan, listed)
    rendering.printed(template, tmp_path).check()
