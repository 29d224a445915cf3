"""The sheets and columns of the plan's workbook, and which key of a plan file each of them is.

The workbook is written and read by this one table, so that what is written is read back. A column's
header is the key's title in messages (``lenient.LABELS``) wherever it has one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.lenient import LABELS
from qiyx_xl.core.plan.model import (
    Aggregation,
    Direction,
    Frequency,
    GoalKind,
    SecondInput,
    StatusRule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BASICS_SHEET = "基本信息"
AGENCY_SHEET = "单位名录"
QUESTION_SHEET = "待确认"

YES, NO = "是", "否"

Keys = tuple[str, ...]


class Kind(Enum):
    """What a column's cells contain."""

    TEXT = auto()
    WHOLE = auto()
    NUMBER = auto()
    DAY = auto()
    WORD = auto()  # one of ``Column.words``
    FLAG = auto()  # 是 or 否
    NAMES = auto()  # a list on one line: 9、T3-3-01
    AGENCIES = auto()  # a list of names: 区教育局、区民政局
    SHOWN = auto()  # for people only; it is not read
    ORIGIN = auto()  # the name at the time of writing: shows whether ids still stand by their items
    LINES = auto()  # a list, one entry on each line
    READING = auto()  # what a printed target is read as, where the text alone does not say it
    YEARS = auto()  # the years whose targets a person must confirm


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the keys that lead to its value in an entry, and a hint.

    ``words`` are the words of a ``WORD`` column by their codes in a plan file. ``is_needed``: the
    sheet cannot be read without it. ``default`` is what an empty cell means, if not "nothing".
    ``choices`` is the list of the workbook to choose from: 单位, 领域 or 层级.
    """

    header: str
    keys: Keys
    kind: Kind = Kind.TEXT
    width: float = 10.0
    hint: str = ""
    words: Mapping[str, str] | None = None
    is_needed: bool = False
    is_hidden: bool = False
    is_frozen: bool = False
    default: object = None
    choices: str = ""
    centred: bool = True


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """One sheet with a table: its name, the list of the plan file it shows, its note."""

    name: str
    listing: str
    note: str


AGENCIES, DOMAINS, LEVELS = "单位", "领域", "层级"

DIRECTION_WORDS: dict[str, str] = {word.value: word.label for word in Direction}
RULE_WORDS: dict[str, str] = {word.value: word.label for word in StatusRule}
KIND_WORDS: dict[str, str] = {word.value: word.label for word in GoalKind}
FREQUENCY_WORDS: dict[str, str] = {word.value: word.label for word in Frequency}
AGGREGATION_WORDS: dict[str, str] = {word.value: word.label for word in Aggregation}
SECOND_WORDS: dict[str, str] = {
    word.value: word.label for word in SecondInput if word is not SecondInput.DENOMINATOR
}
ALL_WORDS: dict[str, str] = (
    DIRECTION_WORDS | RULE_WORDS | KIND_WORDS | FREQUENCY_WORDS | AGGREGATION_WORDS | SECOND_WORDS
)
"""Every code of a plan file with its word; a code has the same word wherever it occurs."""

SHEETS = (
    SheetLayout(
        "年度指标",
        "indicators",
        "一项指标一行；年度目标照文件印的写，读出来的数与字面不一样的，才填后面的“读作”。"
        "加一年就在目标后面加一列“2028年目标”。新增的项在表下空行填，取消的项删去整行，序号可以空着。"
        "隐藏的 A、B 列是固定编号，历年的数都记在它名下：排序要带上它们，新增的行让它们空着。",
    ),
    SheetLayout(
        "任务目标",
        "goals",
        "正文里有数量要求的，一项一行。灰底的编号定了不要再改，历期的数都记在它名下；"
        "新增的项接着编号，取消的项删去整行。与表中指标重复的，填上那项指标的序号，只在指标里填报一次。",
    ),
    SheetLayout(
        "里程碑",
        "milestones",
        "没有数量要求、到期要办成的事，一件一行。灰底的编号定了不要再改，新增的接着编号。",
    ),
    SheetLayout(
        "重点任务",
        "tasks",
        "没有数量要求、要定期报进展的任务，一件一行；没有的可以空着。编号（灰底）定了不要再改。",
    ),
    SheetLayout(
        "目标分解",
        "breakdowns",
        "目标分解到单位的，一项一个单位一行；没有分解的可以空着。编号写指标的序号或任务目标的编号。"
        "年度指标填各年的目标，任务目标填“期限目标”；名称和计量单位只供对照，不用填。",
    ),
    SheetLayout(
        AGENCY_SHEET,
        "agencies",
        "方案里用到的单位都要在这里，处处写法一致。单位改了名，把原来的名称填进“曾用名”，"
        "用旧名报来的照收，各表里的旧名也按新名读。标黄的请先核对，核对好了把“待确认”清空。",
    ),
    SheetLayout(
        QUESTION_SHEET,
        "open_questions",
        "文件没有说清、前后不一致的地方，以及没有人确认之前怎么处理。定下来的，删去这一行，"
        "并把相应的表改好。",
    ),
)

CANDIDATES = SheetLayout(
    "候选事项",
    "candidates",
    "从正文里列出的、可能要办成的事，像的已经勾上（采用写“是”）。要的写“是”，不要的清空或写“否”，"
    "“作为”选里程碑或重点任务；名称、日期、单位在这里改。勾上的，检查和采用方案时就算在里面。",
)
"""The sentences of a drafted plan to choose from; a plan that was not drafted has no such sheet."""

OPTIONAL_LISTS = ("tasks", "breakdowns")
REQUIRED_SHEETS = (
    BASICS_SHEET,
    *(layout.name for layout in SHEETS if layout.listing not in OPTIONAL_LISTS),
)
KNOWN_SHEETS = (BASICS_SHEET, *(layout.name for layout in SHEETS), CANDIDATES.name)

# --- the columns of the sheets with items ---------------------------------------------------------

_CODE_HELP = "编号定了不要再改；新增的项接着往下编。"


def _named(
    key: str, kind: Kind = Kind.TEXT, width: float = 10.0, hint: str = "", **more: object
) -> Column:
    return Column(LABELS[key], (key,), kind, width, hint, **more)  # type: ignore[arg-type]


def _name(title: str) -> Column:
    return _named(
        "name", width=28, hint=f"{title}在文件中的名称，不带计量单位。",
        is_needed=True, is_frozen=True, centred=False,
    )  # fmt: skip


_DOMAIN = _named(
    "domain", width=10, hint="从下拉列表选；不属于任何一个领域的，手工写“总体”。",
    choices=DOMAINS, is_needed=True, is_frozen=True,
)  # fmt: skip
_AGENCIES = (
    _named("lead_agency", width=13, hint="领域的牵头单位，从下拉列表选。", choices=AGENCIES,
           is_needed=True),
    _named("responsible_agency", width=13, hint="由谁填报；空着就由牵头单位填报。",
           choices=AGENCIES, is_needed=True),
)  # fmt: skip
_PROBABLE = _named(
    "probable_responsible_agency", width=14, choices=AGENCIES,
    hint="按职能可能的填报单位，供选；它报来的数也收下，不一样时由人决定。",
)  # fmt: skip
_CLAUSE = _named("clause", width=10, hint="在文件中的位置，如 表-9、二(三)-3、一。")
_NOTES = _named(
    "notes", Kind.LINES, 64, hint="填报口径和提醒；一句一行，格内换行按 Alt+Enter。", centred=False
)
_EVIDENCE = _named(
    "evidence", width=22, centred=False,
    hint="报数时要附什么材料，如 验收意见、现场照片；不要求的空着。",
)  # fmt: skip
_MEASURE = _named(
    "measure", width=10, hint="如 %、万人次、元。目标和填报的数都用它。", is_needed=True
)
_DIRECTION = _named(
    "direction", Kind.WORD, 8, words=DIRECTION_WORDS, is_needed=True,
    hint="正向：越高越好；逆向：越低越好；定值：正好等于；节点：通过没通过。没有默认，必须选。",
)  # fmt: skip
_FREQUENCY = _named(
    "frequency", Kind.WORD, 8, hint="多久报一次。", words=FREQUENCY_WORDS, is_needed=True
)
_RULE = _named(
    "status_rule", Kind.WORD, 12, words=RULE_WORDS, is_needed=True,
    hint="红黄绿按哪一条规则判断：按完成率、按上年目标、保持、控制线、节点、清零、定值。",
)  # fmt: skip
_MEASURED = (
    _named("aggregation", Kind.WORD, 15, words=AGGREGATION_WORDS, default="lead_agency",
           hint="全区的数从哪里来：由填报单位报；最下一级各单位也报，相加；也报分子分母，各自相加后相除。"),
    _named("second_input", Kind.WORD, 12, words=SECOND_WORDS,
           hint="除实际值外还要单位填的数；不用填的空着。"),
    _named("cumulative", Kind.FLAG, 9, default=False, hint="是：从起算年起的累计数，只增不减。"),
    _named("decimals", Kind.WHOLE, 9, default=0, hint="目标显示几位小数，0 到 6；不影响比较。"),
    _named("baseline", Kind.NUMBER, 10, hint="规划开始前的数，可随时补录；空着就是简称加“办”。"),
    _named("baseline_date", Kind.DAY, 13,
           hint="基期值是哪一天的数；空着就是规划首年的上一年12月31日。"),
    _named("may_exceed_hundred", Kind.FLAG, 9, hint="是：百分比可以超过100，如毛入学率。"),
    _named("jumps", Kind.FLAG, 9,
           hint="是：这一项的数本来就会大起大落，如每期新开工的、新建的，不查异常波动。"),
    Column("分子", ("parts", "numerator"), width=16, centred=False,
           hint="汇总方式是“下级相加后相除”的，各单位报的分子叫什么。"),
    Column("分母", ("parts", "denominator"), width=16, centred=False,
           hint="汇总方式是“下级相加后相除”的，各单位报的分母叫什么。"),
    Column("分子分母单位", ("parts", "measure"), width=10, hint="分子和分母的计量单位，如 个。"),
)  # fmt: skip
_DEADLINE_INFERRED = _named(
    "deadline_inferred", Kind.FLAG, 9, default=False, hint="是：文件没有写期限，是推定的。"
)

_READING_HELP = (
    "空着就按原文读。原文读不出、或要读作别的，才填：≥32、<3.5、=0、文字；与参照值比的写 ≥参照值。"
)


def year_target(year: int) -> Column:
    """Return the column of a year's printed target."""
    return Column(
        f"{year}年目标", ("targets", str(year), "printed"), width=10.5,
        hint="照文件印的写，如 4.5、≥32、<3.5、3.5%以内、1.7万元、全覆盖、动态清零。",
    )  # fmt: skip


def year_reading(year: int) -> Column:
    """Return the column of what a year's target is read as."""
    return Column(f"{year}年读作", ("targets", str(year)), Kind.READING, 10, _READING_HELP)


YEAR_TARGET = re.compile(r"(?P<year>[0-9]{4})年?(?:度?目标(?:值)?)?")
YEAR_READING = re.compile(r"(?P<year>[0-9]{4})年?读作")
"""Which headers are the column of a year's target, or of its reading; without spaces."""


def _indicator_columns(years: Sequence[int]) -> tuple[Column, ...]:
    return (
        _named("id", hint="固定编号：历年的数都记在它名下。不要改动，新增的行让它空着。",
               is_hidden=True),
        Column("导出时的名称", ("name",), Kind.ORIGIN, is_hidden=True,
               hint="用来核对固定编号没有错位。不要改动，新增的行让它空着。"),
        _named("number", Kind.WHOLE, 6, hint="文件中印的序号，可以有空号。", is_needed=True,
               is_frozen=True),
        _DOMAIN, _name("指标"), _MEASURE, _DIRECTION,
        *map(year_target, years),
        _FREQUENCY, *_AGENCIES, _CLAUSE,
        _RULE, *_MEASURED,
        _named("due", Kind.DAY, 13, hint="按节点判断的指标到哪一天为止，如 2025-12-31。"),
        _PROBABLE,
        Column("待确认年份", ("targets",), Kind.YEARS, 12,
               hint="哪几年的目标还要由人确认，如 2023—2025；确认好了就清空。"),
        *map(year_reading, years),
        _EVIDENCE, _NOTES,
    )  # fmt: skip


def _goal_columns() -> tuple[Column, ...]:
    return (
        _named("code", width=11, hint=_CODE_HELP, is_needed=True, is_frozen=True),
        _DOMAIN, _name("任务目标"), _MEASURE, _DIRECTION,
        Column(LABELS["target"], ("target", "printed"), width=16, is_needed=True,
               hint="照文件印的写，如 96%以上、不少于32、1.7万元、全覆盖、动态清零。"),
        _named("deadline_year", Kind.WHOLE, 9, hint="到这一年年底为止。", is_needed=True),
        _DEADLINE_INFERRED,
        _named("kind", Kind.WORD, 11, words=KIND_WORDS, is_needed=True,
               hint="五年里怎样推进：到期达到、到期全覆盖、到期清零、保持、控制线、标准、每年达到、比照。"),
        _named("annual_from", Kind.WHOLE, 9, hint="每年都要达到的，从哪一年起。"),
        _FREQUENCY, *_AGENCIES, _CLAUSE,
        _named("repeats", width=9, hint="与表中哪一项指标重复（写序号）；只在那里填报一次。"),
        _RULE, *_MEASURED, _PROBABLE,
        Column(LABELS["to_confirm"], ("target", "to_confirm"), Kind.FLAG, 9,
               hint="是：目标这样读还要由人确认。"),
        Column("读作", ("target",), Kind.READING, 12, _READING_HELP),
        _EVIDENCE, _NOTES,
    )  # fmt: skip


def _milestone_columns() -> tuple[Column, ...]:
    return (
        _named("code", width=8, hint=_CODE_HELP, is_needed=True, is_frozen=True),
        _DOMAIN, _name("里程碑"),
        _named("due", Kind.DAY, 13, hint="到哪一天为止，如 2027-12-31。", is_needed=True),
        _DEADLINE_INFERRED,
        *_AGENCIES, _CLAUSE,
        _named("repeats", Kind.NAMES, 10, hint="随哪些指标一并填报（写序号），用顿号隔开。"),
        _PROBABLE, _EVIDENCE, _NOTES,
    )  # fmt: skip


_TASK_COLUMNS = (
    _named("code", width=11, hint="大写字母加数字，如 R2-1-01；定了不要再改。",
           is_needed=True, is_frozen=True),
    _DOMAIN, _name("任务"),
    _named("lead_agency", width=13, hint="从下拉列表选。", choices=AGENCIES, is_needed=True),
    _named("cooperating_agencies", Kind.AGENCIES, 22, centred=False,
           hint="单位名录里的名称，用顿号隔开。"),
    _named("start", Kind.DAY, 13, hint="哪一天开始，如 2026-01-01；不知道的空着。"),
    _named("due", Kind.DAY, 13, hint="哪一天要办成，如 2027-12-31。", is_needed=True),
    _named("done_when", width=32, hint="怎样算完成。", centred=False),
    _named("evidence", width=22, centred=False,
           hint="报完成时要附什么材料，如 验收意见、印发的文件；不要求的空着。"),
    _CLAUSE,
)  # fmt: skip


FINAL = "期限"
"""Stands for the final target where years are listed."""


def _breakdown_columns(years: Sequence[int]) -> tuple[Column, ...]:
    return (
        Column("编号", ("item",), width=11, is_needed=True, is_frozen=True,
               hint="指标的序号，或任务目标的编号。"),
        Column(LABELS["name"], ("name",), Kind.SHOWN, 28, is_frozen=True, centred=False,
               hint="只供对照，不用填。"),
        Column("单位", ("agency",), width=14, choices=AGENCIES, is_needed=True, is_frozen=True,
               hint="分解给哪个单位，从下拉列表选。"),
        Column(LABELS["measure"], ("measure",), Kind.SHOWN, 9, hint="只供对照，不用填。"),
        *map(year_target, years),
        Column(f"{FINAL}目标", ("target", "printed"), width=14,
               hint="任务目标到期限为止的目标，照文件印的写。"),
        Column("待确认年份", ("targets",), Kind.YEARS, 12,
               hint="哪几年的目标还要由人确认，如 2023—2025、期限；确认好了就清空。"),
        *map(year_reading, years),
        Column(f"{FINAL}读作", ("target",), Kind.READING, 12, _READING_HELP),
    )  # fmt: skip


CANDIDATE_WORDS: dict[str, str] = {"milestones": "里程碑", "tasks": "重点任务"}
_CANDIDATE_COLUMNS = (
    Column("采用", ("taken",), Kind.FLAG, 7, default=False, is_needed=True, is_frozen=True,
           hint="要的写“是”，不要的清空或写“否”。"),
    Column("作为", ("listing",), Kind.WORD, 11, words=CANDIDATE_WORDS, default="milestones",
           is_frozen=True, hint="里程碑：到期要办成的；重点任务：还要定期报进展的。"),
    _named("code", width=8, hint="编号定了不要再改；重点任务的编号把 M 换成 R。", is_frozen=True),
    _named("name", width=40, hint="在文件中的名称，可以改短。", is_needed=True, centred=False),
    _DOMAIN,
    _named("due", Kind.DAY, 13, hint="到哪一天为止，如 2027-12-31。", is_needed=True),
    _DEADLINE_INFERRED,
    _named("lead_agency", width=13, hint="从下拉列表选。", choices=AGENCIES, is_needed=True),
    _CLAUSE,
)  # fmt: skip
_AGENCY_COLUMNS = (
    _named("name", width=26, hint="单位的名称，处处写法一致。", is_needed=True, is_frozen=True,
           centred=False),
    _named("level", width=12, hint="从下拉列表选；层级在“基本信息”里定。", choices=LEVELS,
           is_needed=True),
    _named("contact", width=34, hint="联系人和电话，一段文字。", centred=False),
    _named("earlier_names", Kind.LINES, 34, centred=False,
           hint="以前叫过的名称，一行一个；用旧名报来的照收。"),
    _named("to_confirm", Kind.FLAG, 10, hint="是：文件没有点名，要由人确认；确认好了就清空。"),
)  # fmt: skip
_QUESTION_COLUMNS = (
    _named("number", Kind.WHOLE, 6, hint="从1起编。", is_needed=True, is_frozen=True),
    _named("where", width=20, hint="在文件中的位置。", is_needed=True, centred=False),
    _named("issue", width=52, hint="哪里不清楚。", is_needed=True, centred=False),
    _named("default", width=46, hint="没有人确认之前怎么处理。", is_needed=True, centred=False),
    _named("items", Kind.NAMES, 24, centred=False, default=(),
           hint="受影响的指标（写序号）、任务目标、里程碑（写编号），用顿号隔开。"),
)  # fmt: skip


def columns_of(listing: str, years: Sequence[int]) -> tuple[Column, ...]:
    """Return the columns of a list's sheet, for a plan of these years."""
    return {
        "indicators": _indicator_columns(years),
        "goals": _goal_columns(),
        "milestones": _milestone_columns(),
        "tasks": _TASK_COLUMNS,
        "breakdowns": _breakdown_columns(years),
        CANDIDATES.listing: _CANDIDATE_COLUMNS,
        "agencies": _AGENCY_COLUMNS,
        "open_questions": _QUESTION_COLUMNS,
    }[listing]


DRAFT_COLUMNS = (
    Column("请核对", ("doubts",), Kind.SHOWN, 34, centred=False,
           hint="导入时没有把握的地方，相应的格标红。只供核对，不会读入。"),
    Column("原文", ("source",), Kind.SHOWN, 60, centred=False,
           hint="这一行从文件的哪里读出。只供核对，不会读入。"),
)  # fmt: skip
"""Columns for a person who checks a draft: on sheets that were drafted from a document only."""


# --- 基本信息 -------------------------------------------------------------------------------------

BASICS_HEAD = ("项目", "内容", "怎么填")
BASICS = (
    _named("title", hint="文件的标题。"),
    _named("plan_id", hint="小写字母、数字和连字符，如 beilun-2023-2027。"
           "写进下发的填报表，用来认出是哪份方案；定了不要再改。"),
    _named("version", hint="改动方案后请递增，如 2023.2。"),
    _named("issued", Kind.DAY, hint="如 2023-06-12。"),
    _named("years", hint="从早到晚，如 2023—2027。"),
    _named("short_name", hint="方案的简称，就是标题里引号中的名称；印在标题、功能区和文件名上。"),
    _named("district", hint="哪个地方的方案，写区县的名称。"),
    _named("office", hint="谁落款，写专班办公室的全称。"),
    _named("number_prefix", hint="通报的文号字头；空着就是简称加“办”。"),
    _named("addressees", hint="通报的主送单位，一段文字；空着就按单位名录。"),
)  # fmt: skip

LEVEL_SECTION = (LABELS["levels"], "", "从上到下，一行一级；最下一级的数向上汇总。")
DOMAIN_SECTION = (
    LABELS["domain"],
    LABELS["lead_agency"],
    "按文件的顺序，一个领域一行；牵头单位从下拉列表选。",
)
FORCE_SECTION = (LABELS["task_forces"], "", "晾晒时的分组，一行一个：各领域，加上重大项目。")
"""The sections below: the header of the first column, of the second, and the hint."""
