from __future__ import annotations

import pytest


@pytest.fixture
def office(third_quarter):
    return third_quarter


@pytest.mark.slow
def test_publish_writes_the_papers_and_says_where_they_are(office):
    arguments = ("publish", "--period", "2026Q3", "--out", "发布", "--today", "2026-10-30")
    answer = office(*arguments, "--only", "scorecard", "--format", "json")
    assert answer.code == 0, answer.err
    report = answer.json("publish-report.schema.json")
    assert [paper["name"] for paper in report["papers"]] == ["晾晒榜", "晾晒榜"]
    assert all((office.here / paper["path"]).is_file() for paper in report["papers"])
    assert report["compared_with"] is None
    assert report["logged"] is True

    told = office(*arguments, "--only", "scorecard")
    assert "晾晒榜_2026Q3.html" in told.out
    assert "第一次发布，没有排名升降" in told.out


def test_an_unknown_kind_of_paper_is_named_with_what_there_is(office):
    answer = office("publish", "--period", "2026Q3", "--out", "发布", "--only", "红榜")
    assert answer.code == 2
    assert "没有“红榜”这种材料" in answer.err
    assert "scorecard" in answer.err
    assert not (office.here / "发布").exists()
