"""The validation report is written file by file, and is one JSON document in the end."""

from __future__ import annotations

import json

import pytest

from qiyx_xl.core.records.submission import Submission, SubmissionStatus
from qiyx_xl.papers.json.validation import validation_text


def submission(agency: str) -> Submission:
    return Submission("甲.xlsx", "0" * 64, SubmissionStatus.ACCEPTED, agency)


@pytest.mark.parametrize("agencies", [[], ["区卫健局"], ['"files": []', "区\u2028民政局\n"]])
def test_the_pieces_make_one_document_laid_out_like_any_other(agencies: list[str]) -> None:
    text = "".join(validation_text([submission(agency) for agency in agencies], "规则1"))
    document = json.loads(text)
    assert [one["agency"] for one in document["files"]] == agencies
    assert text == json.dumps(document, ensure_ascii=False, indent=2) + "\n"
