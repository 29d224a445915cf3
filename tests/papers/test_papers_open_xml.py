"""Word and Excel open every paper without a word about repairs: the Open XML SDK agrees."""

from __future__ import annotations

import pytest
from support import editions
from support.open_xml_sdk import errors
from test_meetings import agenda_of, matter

from qiyx_xl.documents.word.agenda import write_agenda
from qiyx_xl.documents.word.bulletin import write_bulletin
from qiyx_xl.documents.workbooks.evaluation import write_evaluation
from qiyx_xl.documents.workbooks.matters import write_matters
from qiyx_xl.documents.workbooks.method_cards import write_cards
from qiyx_xl.documents.workbooks.reminders import write_reminders

PAPERS = {
    "通报.docx": write_bulletin,
    "催报清单.xlsx": write_reminders,
    "年度评价表.xlsx": write_evaluation,
    "口径卡.xlsx": write_cards,
}


@pytest.mark.node
@pytest.mark.parametrize("name", PAPERS)
def test_a_papers_parts_are_as_the_standard_wants_them(tmp_path, plan, rules, name):
    path = tmp_path / name
    PAPERS[name](path, editions.quarter(plan, rules))
    assert errors(path) == []


@pytest.mark.node
@pytest.mark.parametrize(
    ("name", "write"), [("例会.docx", write_agenda), ("调度单.xlsx", write_matters)]
)
def test_so_are_those_of_a_meeting(tmp_path, plan, rules, name, write):
    path = tmp_path / name
    write(path, agenda_of(editions.quarter(plan, rules), rules, matters=(matter(),)))
    assert errors(path) == []
