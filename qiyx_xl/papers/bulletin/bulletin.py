"""What the 通报 of a period contains, as blocks that ``documents.word`` typesets.

Every number is taken from the ``Edition``. Before anything is written, ``check`` compares the
counts of lamps with the rows of the attachments.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.papers.bulletin import sections
from qiyx_xl.papers.bulletin.overall import overall
from qiyx_xl.papers.bulletin.tables import attachments
from qiyx_xl.papers.edition import EditionError
from qiyx_xl.papers.phrases import Block, Body, Table, lamp_count

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qiyx_xl.papers.edition import Edition

WORDS = (
    "标题",
    "发文机关",
    "区县",
    "简称",
    "文号字头",
    "主送",
    "抄送",
    "方案名称",
    "数据期",
    "年份",
    "截至日期",
    "成文日期",
    "指标总数",
    "绿灯数",
    "黄灯数",
    "红灯数",
    "灰灯数",
    "应报数",
    "未报数",
    "填报率",
    "得分",
    "规则版本",
    "方案版本",
)
"""The placeholders that a template may use within a sentence."""

PASSAGES = ("总体情况", "进展较好", "进展滞后", "典型做法", "下一步", "附件说明", "附件")
"""The placeholders that must be alone in their paragraph: each is replaced by blocks."""

REQUIRED = ("数据期", "总体情况", "进展较好", "进展滞后", "附件")
"""The placeholders that a template of the 通报 must have."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The texts with which a template is filled: words, and passages of paragraphs and tables."""

    words: Mapping[str, str]
    passages: Mapping[str, tuple[Block, ...]]


def bulletin(edition: Edition) -> Bulletin:
    """Return the texts of a period's bulletin.

    Raises:
        EditionError: the counts do not add up.
    """
    tables = attachments(edition)
    result = Bulletin(
        _words(edition),
        {
            "总体情况": overall(edition),
            "进展较好": sections.ahead(edition),
            "进展滞后": sections.behind(edition),
            "典型做法": sections.practices(edition),
            "下一步": sections.next_steps(edition),
            "附件说明": tuple(
                Body(f"{'附件：' if n == 1 else '　　　'}{n}. {table.caption}", style="attachments")
                for n, table in enumerate(tables, start=1)
            ),
            "附件": tuple(tables),
        },
    )
    check(edition, tables)
    return result


def check(edition: Edition, tables: tuple[Table, ...]) -> None:
    """Compare the lamps in the attachments' rows with the lamps that the text counts.

    Raises:
        EditionError: a table has other numbers of lamps than the text.
    """
    total = lamp_count(edition.indicators)
    wanted = [n for _, n in total.by_light]
    for table in tables:
        if table.lamp_column is not None and table.counts_indicators:
            shown = Counter(row[table.lamp_column][:1] for row in table.rows)
            found = [shown[light.word] for light, _ in total.by_light]
        elif table.count_columns:
            found = [sum(int(row[column]) for row in table.rows) for column in table.count_columns]
        else:
            continue
        if found != wanted:
            raise EditionError(
                f"《{table.caption}》的灯数对不上：表里绿黄红灰为 {found}，逐项为 {wanted}，"
                "没有写出任何文件。请检查方案文件里的领域和单位。"
            )


def _words(edition: Edition) -> dict[str, str]:
    title = f"关于{edition.period.label}“{edition.plan.words.short_name}”工程指标完成情况的通报"
    return {"标题": title, **sections.shared_words(edition)}
