"""The commands of the pages about 汇总, 冲突, 封账, 差异 and 来源 run as they are printed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import xlsxwriter
from pages import DOCS, commands_of
from test_quickstart import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PAGES = ("consolidate", "conflicts", "closing", "differences", "sources")


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    """The sample office, with a file that disagrees about 12, and a later one."""
    folder = tmp_path_factory.mktemp("专班")
    assert run("qiyx demo 样例", folder).code == 0
    for name in ("七优享台账.xlsm", "七优享台账.sqlite", "七优享台账.原件"):
        (folder / "样例" / name).rename(folder / name)
    shutil.copytree(folder / "样例" / "收件" / "2026Q3", folder / "收件")
    (folder / "更正").mkdir()
    for place, value in (("收件", 62), ("更正", 63)):
        with xlsxwriter.Workbook(folder / place / "区医保部门.xlsx") as book:
            sheet = book.add_worksheet("填报表")
            sheet.write_row(0, 0, ["填报单位：区医保部门", "", "数据期：2026年三季度"])
            sheet.write_row(1, 0, ["指标编码", "指标名称", "计量单位", "本期实际值", "情况说明"])
            sheet.write_row(2, 0, ["12", "“浙里惠民保”投保率", "%", value, "按参保库"])
    return folder


def test_the_pages_commands_run_in_order(office: Path):
    for page in PAGES:
        lines = commands_of(DOCS / f"{page}.md")
        assert lines, page
        for line in lines:
            done = run(line, office)
            assert done.code in (0, 1), f"{page}: {line}\n{done.out}{done.err}"
    closings = run("qiyx close", office).out
    assert "张三对2026年三季度封账" in closings
    assert "张三对2026年三季度启封，漏报一项" in closings
