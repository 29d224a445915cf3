"""Which columns a table has, where its head has two or three rows with merged cells.

Each column has a path of texts, from the top row down: 本期实际值 ▸ 累计. A cell that is merged
over rows or columns is the heading of all of them; where nothing is merged, a blank cell continues
the heading to its left or above it. A column is recognised by its whole path, never by the last
text alone: 完成值 below 上年同期 is not this period's value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from qiyx_xl.core.primitives.memo import A_WORD, bounded_cache
from qiyx_xl.core.primitives.patterns import late
from qiyx_xl.core.primitives.text import tidy, without_bracket

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qiyx_xl.intake.form.finder import FormColumns
    from qiyx_xl.intake.workbook.reader import Sheet

_MOST_ROWS = 3  # of a head
_MOST_MERGES, _WIDEST = 500, 512  # merged cells and columns of a head; no form has more
_MOST_BESIDE = 8  # columns under one heading of names
_LONGEST = 40  # characters of a sub-heading
_KEY_COLUMNS = ("code", "name")
_VALUES = ("actual", "second", "code")  # columns that must not be guessed

_EARLIER = late("上期|上季|上月|上次|上一期|前期")
_OTHER_TIME = late("上年|去年|前年|同期|往年|历史|基期|基数|预计|预期|预测")
_AIM = late("目标|计划|任务数")
_DONE = late("完成|实际|进展|执行")
_BESIDE = late(
    "率|占比|比重|比例|增幅|增速|增长|增量|增减|同比|环比|排名|位次|进度|差距|缺口|是否|说明|备注|"
    "问题|措施|举措|原因|材料|来源|依据|佐证|附件|链接|文字|描述|科室|责任|时限|时间|日期|得分|评分|"
    "状态|亮灯|审核|单位"
)
_SAYS_VALUE = late("本|当|累计|实际|完成|数|值|季|月|年|期|截至|[0-9]")
_SUB_HEADING = late(
    r"(?:本|当|上|去|前)(?:期|季度?|月|年度?)(?:累计|完成|实际)?(?:情况|数|值|数值|完成数|完成值)?"
    r"|(?:年初至今)?累计(?:完成|实际)?(?:情况|数|值|数值)?|(?:20[0-9]{2}年)?[一二三四1-4]季度|"
    r"20[0-9]{2}年?|[0-9]{1,2}月|1-[0-9]{1,2}月|目标|计划|完成|实际|同比|环比|增幅|完成率|\([^()]*\)|"
    r"(?:%|‰|[万亿]?(?:个|人|人次|元|户|套|家|名|张|次)|平方米|M2|公里)"
)
_RUNNING_TOTAL = late(
    r"[0-9年月日季度至本当今全上下半初截底末止一二三四\-]{0,12}累计(?:完成|实际)?(?:情况|数|值|数值|量|完成数|完成值)?"
)
_ORDINALS = late(
    r"\(?(?:[甲乙丙丁戊己庚辛壬癸]|[A-Z]|[0-9]{1,2}|[一二三四五六七八九十]{1,2}|栏次)\)?"
    r"(?:=.{0,20})?"
)


class Place(NamedTuple):
    """A column of the table: the cell of its last heading, and its path of headings."""

    row: int
    column: int
    path: tuple[str, ...]

    @property
    def text(self) -> str:
        """The path as shown in messages: 本期实际值 ▸ 累计."""
        return " ▸ ".join(self.path)


class Head(NamedTuple):
    """A table's head: its last row, its columns by key, and the unknown columns.

    ``doubtful`` maps a key that only one column may have to all columns that may be the one.
    """

    bottom: int
    known: Mapping[str, Place]
    unknown: tuple[Place, ...]
    doubtful: Mapping[str, tuple[Place, ...]]


def find_head(
    sheet: Sheet, top: int, texts: Mapping[int, str], columns: FormColumns
) -> Head | None:
    """Return the head of several rows that includes the row ``top``; None if there is none.

    Args:
        sheet: the sheet.
        top: the row with the heading 编码 or 名称.
        texts: the texts of that row's filled cells, by column.
        columns: the columns of a form.
    """
    grid = _Grid(sheet, top)
    own = [column for column, text in texts.items() if columns.key(text) in _KEY_COLUMNS]
    if not own:
        return None
    bottom = _last_row(grid, top, own, columns)
    first = _first_row(grid, top, own)
    if first == bottom:
        return None
    return _resolve(list(grid.places(first, bottom)), bottom, columns)


def is_numbering(texts: Mapping[int, str]) -> bool:
    """Whether a row only numbers the columns above it: 甲, 乙, 1, 2."""
    ordinals = [_ordinal(text) for text in texts.values()]
    return len(ordinals) >= 3 and all(ordinals) and len(set(ordinals)) == len(ordinals)  # noqa: PLR2004


@bounded_cache(1024, A_WORD)
def _ordinal(text: str) -> str:
    tidied = tidy(text)
    return tidied if _ORDINALS.fullmatch(tidied) else ""


def is_running_total(header: str) -> bool:
    """Whether a header names a value counted from the start of the year: 累计完成."""
    tidied = tidy(header)
    return bool(_RUNNING_TOTAL.fullmatch(without_bracket(tidied)))


def fullest_below(sheet: Sheet, row: int, column: int) -> int:
    """Return the column with the most different texts, of those that a merged heading spans.

    Under the heading of names, one column may have the names, which all differ, and another the
    groups, which repeat.
    """
    for top, left, bottom, right in sheet.facts.merges:
        if top <= row <= bottom and left <= column <= right and left < right:
            return max(
                range(left, min(right, left + _MOST_BESIDE) + 1),
                key=lambda candidate: len(
                    {line[candidate - 1] for line in sheet.rows[row:] if candidate <= len(line)}
                ),
            )
    return column


class _Grid:
    """A sheet's texts and merged ranges near a head."""

    def __init__(self, sheet: Sheet, top: int) -> None:
        self._sheet = sheet
        near = [
            merge
            for merge in sheet.facts.merges
            if merge[0] < top + _MOST_ROWS and merge[2] >= top - 1 and merge[:2] != merge[2:]
        ]
        self._merges = near if len(near) <= _MOST_MERGES else []

    @property
    def height(self) -> int:
        return len(self._sheet.rows)

    def text(self, row: int, column: int) -> str:
        """Return a cell's own text, whether it is merged or not."""
        values = self._sheet.rows[row - 1]
        if column > len(values) or values[column - 1] is None:
            return ""
        return self._sheet.text(row, column)

    def is_text(self, row: int, column: int) -> bool:
        """Whether a cell contains text, neither a number nor a formula."""
        value = self._sheet.rows[row - 1][column - 1]
        return isinstance(value, str) and (row, column) not in self._sheet.facts.formulas

    def filled(self, row: int) -> list[int]:
        """Return the columns of a row's filled cells."""
        width = min(len(self._sheet.rows[row - 1]), _WIDEST)
        return [column for column in range(1, width + 1) if self.text(row, column)]

    def merge(self, row: int, column: int) -> tuple[int, int, int, int] | None:
        """Return the merged range that contains a cell; None if it is not merged."""
        for merge in self._merges:
            if merge[0] <= row <= merge[2] and merge[1] <= column <= merge[3]:
                return merge
        return None

    def heading(self, row: int, column: int) -> str:
        """Return a cell's text; for a merged cell, the text of its whole range."""
        merge = self.merge(row, column)
        return self.text(row, column) if merge is None else self.text(merge[0], merge[1])

    def places(self, top: int, bottom: int) -> Iterator[Place]:
        """Yield the columns of a head with these rows."""
        width = max(len(self._sheet.rows[row - 1]) for row in range(top, bottom + 1))
        width = min(width, _WIDEST)
        for column in range(1, width + 1):
            path: list[str] = []
            last = bottom
            for row in range(top, bottom + 1):
                text = self.heading(row, column) or self._from_the_left(row, column, bottom)
                if text and (not path or path[-1] != text):
                    path.append(text)
                    last = row
            if path:
                yield Place(last, column, tuple(path))

    def _from_the_left(self, row: int, column: int, bottom: int) -> str:
        """Return the heading to the left that a blank cell belongs to, where nothing is merged.

        A heading extends to the right as long as every column has a heading of its own below.
        """
        for left in range(column, 0, -1):
            if not any(self.text(below, left) for below in range(row + 1, bottom + 1)):
                return ""
            if self.text(row, left):
                return self.text(row, left) if self.merge(row, left) is None else ""
            if self.merge(row, left) is not None:
                return ""
        return ""


def _last_row(grid: _Grid, top: int, own: list[int], columns: FormColumns) -> int:
    """Return the last row of a head, given its first row and its key columns (编码, 名称)."""
    last = min(top + _MOST_ROWS - 1, grid.height)
    merges = [merge for column in own if (merge := grid.merge(top, column)) is not None]
    bottom = max((merge[2] for merge in merges if merge[2] <= last), default=top)
    while bottom < last and _is_sub_heading(grid, top, bottom + 1, own, columns):
        bottom += 1
    return bottom


def _is_sub_heading(grid: _Grid, top: int, row: int, own: list[int], columns: FormColumns) -> bool:
    """Whether a row below a head belongs to it: texts only, and none in the key columns."""
    if any(grid.text(row, column) not in {"", grid.text(top, column)} for column in own):
        return False
    texts = {column: grid.text(row, column) for column in grid.filled(row) if column not in own}
    if not texts or not all(
        grid.is_text(row, column) and len(text) <= _LONGEST for column, text in texts.items()
    ):
        return False
    if all(
        columns.key(text) is not None or _SUB_HEADING.fullmatch(tidy(text))
        for text in texts.values()
    ):
        return True
    # Otherwise any texts will do, if one is below a heading that spans columns or below a blank.
    wide = [grid.merge(top, column) for column in texts]
    return any(
        merge[1] < merge[3] if merge is not None else not grid.text(top, column)
        for column, merge in zip(texts, wide, strict=True)
    )


def _first_row(grid: _Grid, top: int, own: list[int]) -> int:
    """Return the first row of a head: the row above, if its cells all span several columns."""
    if top == 1:
        return top
    above = top - 1
    if any(grid.heading(above, column) for column in own):
        return top
    for column in grid.filled(above):
        merge, text = grid.merge(above, column), grid.text(above, column)
        if merge is None or merge[1] == merge[3] or merge[2] != above:
            return top  # a title, or a note such as 单位：万元
        if len(text) > _LONGEST or ":" in text.replace("：", ":") or "单位" in text:
            return top
    return above if grid.filled(above) else top


class _ColumnKey(NamedTuple):
    """The key that a column may have, and whether its own text shows it for certain."""

    key: str
    is_sure: bool


def _column_key(path: tuple[str, ...], columns: FormColumns) -> _ColumnKey | None:
    """Return the key of a column by its path of headings; None if it is unknown."""
    *heads, last = path
    own = columns.key(last)
    if not heads:
        return None if own is None else _ColumnKey(own, is_sure=True)
    above = " ".join(heads)
    joined = columns.key("".join(path)) or columns.key(heads[-1] + last)
    if joined is not None:
        return _ColumnKey(joined, is_sure=True)
    if own is not None:
        other = _key_below(above) if own == "actual" else own
        return None if other is None else _ColumnKey(other, is_sure=True)
    head = next((key for text in reversed(heads) if (key := columns.key(text)) is not None), None)
    if head != "actual":
        return None if head is None else _ColumnKey(head, is_sure=False)
    bare = without_bracket(tidy(last)) or tidy(last)
    if _EARLIER.search(bare) or _OTHER_TIME.search(bare) or _AIM.search(bare):
        return None if _key_below(bare) != "last" else _ColumnKey("last", is_sure=False)
    if _BESIDE.search(bare):
        return None
    return _ColumnKey("actual", is_sure=_SAYS_VALUE.search(bare) is not None)


def _key_below(above: str) -> str | None:
    """Return the key of a value column below another heading: 上期 ▸ 完成值 is ``last``."""
    tidied = tidy(above)
    if _OTHER_TIME.search(tidied):
        return None
    if _EARLIER.search(tidied):
        return "last"
    if _AIM.search(tidied) and not _DONE.search(tidied):
        return "target"
    return "actual"


def _resolve(places: list[Place], bottom: int, columns: FormColumns) -> Head | None:
    found: dict[str, list[tuple[Place, bool]]] = {}
    unknown: list[Place] = []
    for place in places:
        column_key = _column_key(place.path, columns)
        if column_key is None:
            unknown.append(place)
        else:
            found.setdefault(column_key.key, []).append((place, column_key.is_sure))
    known: dict[str, Place] = {}
    doubtful: dict[str, tuple[Place, ...]] = {}
    for key, claims in found.items():
        sure = [place for place, is_sure in claims if is_sure] or [place for place, _ in claims]
        unknown += [place for place, _ in claims if place not in sure]
        sure = _preferred(key, sure, columns)
        if len(sure) == 1 or key not in (*_VALUES, "target", "last"):
            # Of several columns of names, the last one has the most specific names.
            known[key] = sure[-1 if key == "name" else 0]
            unknown += [place for place in sure if place != known[key]]
        elif key in _VALUES:
            known[key] = sure[0]
            doubtful[key] = tuple(sure)
        else:
            unknown += sure
    return Head(bottom, known, tuple(sorted(unknown, key=lambda place: place.column)), doubtful)


def _preferred(key: str, places: list[Place], columns: FormColumns) -> list[Place]:
    """Return the columns whose headers are nearest to the template's."""
    ranks = [rank(columns, key, place.path[-1]) for place in places]
    best = min(ranks)
    if key in ("actual", "second") and any(len(place.path) > 1 for place in places):
        return places
    return [place for place, nearness in zip(places, ranks, strict=True) if nearness == best]


def rank(columns: FormColumns, key: str, text: str) -> int:
    """Return how near a header is to the template's: 0 is equal, 2 the farthest."""
    tidied = tidy(text)
    if tidied == tidy(columns.spec(key).header):
        return 0
    # 序号 is an alias of 编码, but beside 编码 it only numbers the rows.
    return 2 if tidied == "序号" else 1
