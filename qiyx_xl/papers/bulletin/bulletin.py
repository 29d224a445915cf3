"""通报: what the bulletin of a period says, as blocks for whoever sets it in type.

Every number comes from the ``Edition``, and every count of lamps is checked against the rows of
the attachments before anything is written (``check``).
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
"""What a template may say within a sentence."""

PASSAGES = ("总体情况", "进展较好", "进展滞后", "典型做法", "下一步", "附件说明", "附件")
"""What a template has standing alone in a paragraph."""

REQUIRED = ("数据期", "总体情况", "进展较好", "进展滞后", "附件")
"""Without these it would be no bulletin."""


@dataclass(frozen=True, slots=True)
class Bulletin:
    """What fills a template: words, and passages of several paragraphs and tables."""

    words: Mapping[str, str]
    passages: Mapping[str, tuple[Block, ...]]


def bulletin(edition: Edition) -> Bulletin:
    """Put a period's bulletin into words.

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
                Body(f"{'附件：' if n == 1 else '　　　'}{n}. {one.caption}", style="attachments")
                for n, one in enumerate(tables, start=1)
            ),
            "附件": tuple(tables),
        },
    )
    check(edition, tables)
    return result


def check(edition: Edition, tables: tuple[Table, ...]) -> None:
    """Hold the attachments' rows against the lamps that the text counts.

    Raises:
        EditionError: a table shows other lamps than the text says.
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
    title = f"关于{edition.period.label}“七优享”工程指标完成情况的通报"
    return {"标题": title, **sections.shared_words(edition)}
