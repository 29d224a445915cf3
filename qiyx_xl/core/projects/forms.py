"""Which sheets and columns the project lists and forms have, and which rows an agency fills in.

Shared by the code that writes these sheets and the code that reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.schedule import projects_expected
from qiyx_xl.core.primitives.text import tidy, without_bracket

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiyx_xl.core.plan.project_list import LivelihoodProject, MajorProject, ProjectNode
    from qiyx_xl.core.plan.rules import Rules
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.records.project_record import ProjectBook, ProjectValue

MAJOR_SHEET = "重大项目"
NODE_SHEET = "项目节点"
LIVELIHOOD_SHEET = "民生实事"
NAMES_SHEET = "名录"


class ListColumn(StrEnum):
    """Columns of the workbook in which the office keeps its lists."""

    CODE = "项目编码"
    NAME = "项目名称"
    DOMAIN = "领域"
    AGENCY = "责任部门"
    CONTACT = "联系人"
    PHONE = "联系电话"
    CONTENT = "建设内容"
    TOTAL = "总投资（万元）"
    NUMBER = "节点序号"
    NODE = "节点名称"
    PLANNED = "计划完成日期"
    YEAR = "年度"
    DETAIL = "项目内容"
    MEASURE = "计量单位"
    TARGET = "目标值"


class ProjectColumn(StrEnum):
    """Columns of the sheets that agencies fill in."""

    CODE = "项目编码"
    NAME = "项目名称"
    NODE = "填报内容"
    PLANNED_DAY = "计划完成日期"
    DAY = "实际完成日期"
    PLANNED_MONEY = "年度计划投资（万元）"
    LAST = "上期已报"
    MONEY = "本年累计完成投资（万元）"
    DETAIL = "项目内容"
    MEASURE = "计量单位"
    TARGET = "目标值"
    DONE = "本年完成值"
    REMARK = "情况说明"


MAJOR_LIST = (
    ListColumn.CODE, ListColumn.NAME, ListColumn.DOMAIN, ListColumn.AGENCY, ListColumn.CONTACT,
    ListColumn.PHONE, ListColumn.CONTENT, ListColumn.TOTAL,
)  # fmt: skip
NODE_LIST = (ListColumn.CODE, ListColumn.NUMBER, ListColumn.NODE, ListColumn.PLANNED)
LIVELIHOOD_LIST = (
    ListColumn.CODE, ListColumn.YEAR, ListColumn.NAME, ListColumn.DOMAIN, ListColumn.AGENCY,
    ListColumn.CONTACT, ListColumn.PHONE, ListColumn.DETAIL, ListColumn.MEASURE,
    ListColumn.TARGET,
)  # fmt: skip
MAJOR_FORM = (
    ProjectColumn.CODE,
    ProjectColumn.NAME,
    ProjectColumn.NODE,
    ProjectColumn.PLANNED_DAY,
    ProjectColumn.DAY,
    ProjectColumn.PLANNED_MONEY,
    ProjectColumn.LAST,
    ProjectColumn.MONEY,
    ProjectColumn.REMARK,
)
LIVELIHOOD_FORM = (
    ProjectColumn.CODE,
    ProjectColumn.NAME,
    ProjectColumn.DETAIL,
    ProjectColumn.MEASURE,
    ProjectColumn.TARGET,
    ProjectColumn.LAST,
    ProjectColumn.DONE,
    ProjectColumn.REMARK,
)

LIST_ALIASES: dict[str, tuple[str, ...]] = {
    "项目编码": ("编码", "编号", "项目编号", "项目代码", "实事编码"),
    "项目名称": ("名称", "项目", "实事名称"),
    "责任部门": ("责任单位", "牵头单位", "填报单位", "责任主体"),
    "联系电话": ("电话", "联系方式", "手机"),
    "建设内容": ("主要建设内容", "建设规模及内容", "建设内容及规模"),
    "总投资（万元）": ("总投资", "计划总投资"),
    "节点序号": ("序号", "节点编号"),
    "节点名称": ("节点", "节点内容", "形象进度节点"),
    "计划完成日期": ("计划完成时间", "计划日期", "计划时间", "计划节点日期"),
    "年度": ("年份", "年"),
    "项目内容": ("实事内容", "主要内容", "内容"),
    "计量单位": ("单位",),
    "目标值": ("年度目标", "目标", "全年目标"),
}
"""Other accepted headers of the columns of the office's own list."""


@dataclass(frozen=True)
class Headers:
    """Maps a header to its column, regardless of how it was retyped."""

    _by_text: dict[str, str]

    @classmethod
    def of(cls, columns: Mapping[str, Iterable[str]]) -> Headers:
        """Return the headers of these columns: the printed ones, and each column's aliases."""
        by_text: dict[str, str] = {}
        for column, aliases in columns.items():
            for text in (str(column), *aliases):
                by_text.setdefault(tidy(text), str(column))
                by_text.setdefault(without_bracket(tidy(text)), str(column))
        return cls(by_text)

    def key(self, text: str) -> str | None:
        """Return the printed header of the column that is meant; None if it is unknown."""
        tidied = tidy(text)
        return self._by_text.get(tidied) or self._by_text.get(without_bracket(tidied))


def year_column(year: int) -> str:
    """Return the header of a year's planned investment in the office's list."""
    return f"{year}年计划投资（万元）"


# --- the rows an agency fills in -------------------------------------------------------------

INVESTMENT_ROW = "本年累计完成投资"


@dataclass(frozen=True, slots=True)
class AskedProject:
    """A major project with the nodes that are not yet reported as done.

    ``last`` is the investment reported earlier this year.
    """

    project: MajorProject
    nodes: tuple[ProjectNode, ...]
    last: ProjectValue | None


@dataclass(frozen=True, slots=True)
class AskedLivelihood:
    """A livelihood project, with the value reported earlier this year."""

    project: LivelihoodProject
    last: ProjectValue | None


@dataclass(frozen=True, slots=True)
class ProjectForm:
    """The rows about projects that an agency fills in for a period, in the list's order."""

    projects: tuple[AskedProject, ...] = ()
    livelihood: tuple[AskedLivelihood, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to fill in."""
        return not (self.projects or self.livelihood)

    @property
    def rows(self) -> int:
        """The number of rows to fill in."""
        nodes = sum(len(asked.nodes) for asked in self.projects)
        return len(self.projects) + nodes + len(self.livelihood)


def project_form(book: ProjectBook, agency: str, period: Period, rules: Rules) -> ProjectForm:
    """Return the rows about projects that an agency fills in for a period.

    A node reported as done for an earlier period has no row.
    """
    if not projects_expected(period, rules):
        return ProjectForm()
    return ProjectForm(
        tuple(
            AskedProject(
                project,
                tuple(
                    node
                    for node in project.nodes
                    if not _is_done(book, project.node_code(node), period)
                ),
                _last(book, project.code, period),
            )
            for project in book.listed.projects_of(agency)
        ),
        tuple(
            AskedLivelihood(one, _last(book, one.code, period))
            for one in book.listed.livelihood_in(period.year, agency)
        ),
    )


def _is_done(book: ProjectBook, code: str, period: Period) -> bool:
    record = book.latest(code, period, before=True)
    return record is not None and isinstance(record.value, date)


def _last(book: ProjectBook, code: str, period: Period) -> ProjectValue | None:
    record = book.latest(code, period, before=True, same_year=True)
    return None if record is None else record.value
