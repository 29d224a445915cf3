"""How is a plan document read that may be wrong anywhere? Part by part, with each part's place.

Nothing here raises, whatever the document's shape: a part of the wrong type is treated as absent.
The shape itself is checked against ``schemas/plan.schema.json``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

LABELS: dict[str, str] = {
    "schema": "格式版本", "short_name": "简称", "district": "区县", "office": "专班办公室",
    "number_prefix": "文号字头", "addressees": "主送", "levels": "层级", "id": "固定编号",
    "earlier_names": "曾用名", "contact": "联系人",
    "plan_id": "方案编号", "title": "标题", "version": "版本",
    "issued": "印发日期", "years": "规划年份", "domains": "领域表", "task_forces": "专项组",
    "agencies": "单位名录", "indicators": "指标表", "goals": "任务目标表",
    "milestones": "里程碑表", "open_questions": "待确认问题", "number": "序号", "code": "编号",
    "name": "名称", "domain": "领域", "clause": "出处", "lead_agency": "牵头单位",
    "responsible_agency": "责任单位", "probable_responsible_agency": "可能的责任单位",
    "measure": "计量单位", "direction": "方向", "status_rule": "判灯规则",
    "frequency": "填报频次", "decimals": "小数位数", "cumulative": "是否累计",
    "baseline": "基期值", "baseline_date": "基期日期", "second_input": "补充项",
    "aggregation": "汇总方式", "parts": "分子和分母", "numerator": "分子",
    "denominator": "分母", "may_exceed_hundred": "可超过100", "jumps": "会大起大落",
    "targets": "年度目标",
    "target": "目标", "printed": "原文", "comparator": "比较符", "value": "数值",
    "to_confirm": "待确认", "due": "到期日", "notes": "说明", "kind": "类型",
    "deadline_year": "期限年份", "deadline_inferred": "期限推定", "annual_from": "起始年份",
    "repeats": "重复的指标", "level": "层级", "where": "位置", "issue": "问题",
    "default": "默认处理", "items": "涉及项", "tasks": "重点任务", "breakdowns": "目标分解",
    "cooperating_agencies": "配合单位", "start": "开始日期", "done_when": "完成标准",
    "evidence": "佐证材料",
    "item": "分解的项", "agency": "单位", "year": "年份",
}  # fmt: skip
"""The name of each plan file key in messages; the same as the schema's titles."""

_ENTRIES = {
    "indicators": ("number", "指标"), "goals": ("code", "任务目标"),
    "milestones": ("code", "里程碑"), "open_questions": ("number", "待确认问题"),
    "tasks": ("code", "重点任务"), "breakdowns": (None, "目标分解"),
    "agencies": (None, "单位名录"), "domains": (None, "领域表"), "task_forces": (None, "专项组"),
    "years": (None, "规划年份"),
}  # fmt: skip

_SHOWN_LENGTH = 40
_TOO_LARGE = 10**15

WHOLE_DOCUMENT = "方案"

Path = tuple[str | int, ...]
"""Keys and list positions from the document's root to a part of it."""


class Place(str):
    """A place in words, which also knows its path: a workbook's cell is found by the path."""

    __slots__ = ("path",)

    path: Path

    def __new__(cls, words: str, path: Path = ()) -> Self:
        """Return the words as a place with this path."""
        made = super().__new__(cls, words)
        made.path = path
        return made

    def within(self, *keys: str | int) -> Place:
        """Return a part of the place, which has the same words: what is missing has none."""
        return Place(self, (*self.path, *keys))


def shown(value: object) -> str:
    """Format a value of any type for a message: short, on one line, printable."""
    if isinstance(value, Mapping):
        return "一组内容"
    if isinstance(value, list | tuple):
        return "一列内容"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "空"
    if isinstance(value, int | Decimal):
        return _number_text(Decimal(value))
    text = "".join(char if char.isprintable() else "�" for char in str(value))
    return text if len(text) <= _SHOWN_LENGTH else f"{text[:_SHOWN_LENGTH]}…"


def _number_text(value: Decimal) -> str:
    return format(value, "f") if abs(value.adjusted()) < _SHOWN_LENGTH else f"{value:.3e}"


def place(document: object, path: Sequence[str | int]) -> Place:
    """Format a path into the document for people: 指标9 · 2024年目标 · 数值."""
    return Place(_in_words(document, path), tuple(path))


def _in_words(document: object, path: Sequence[str | int]) -> str:
    if not path:
        return WHOLE_DOCUMENT
    first, *rest = path
    words: list[str] = []
    if isinstance(first, str) and first in _ENTRIES and rest and isinstance(rest[0], int):
        words.append(_entry_name(document, first, rest[0]))
        rest = rest[1:]
    else:
        words.append(_label(first))
    while rest:
        key, *rest = rest
        if key == "targets" and rest:
            words.append(f"{shown(rest[0])}年目标")
            rest = rest[1:]
        elif isinstance(key, int):
            words[-1] += f"第{key + 1}条"
        else:
            words.append(_label(key))
    return " · ".join(words)


def _label(key: str | int) -> str:
    return LABELS.get(str(key), shown(key))


def _entry_name(document: object, listing: str, index: int) -> str:
    key, word = _ENTRIES[listing]
    entries = document.get(listing) if isinstance(document, Mapping) else None
    entry = entries[index] if isinstance(entries, list) and index < len(entries) else None
    identity = entry.get(key) if key is not None and isinstance(entry, Mapping) else None
    if isinstance(identity, str | int) and not isinstance(identity, bool) and identity != "":
        return f"{word}{shown(identity)}"
    return f"{word}第{index + 1}项"


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One object of the document, with its path. Every reader returns None for an absent value."""

    document: object
    path: tuple[str | int, ...]
    content: Mapping[str, object]

    def place(self, *keys: str | int) -> Place:
        """Format the place of this part, or of something inside it."""
        return place(self.document, (*self.path, *keys))

    def text(self, key: str) -> str | None:
        """Return a non-empty text."""
        value = self.content.get(key)
        return value if isinstance(value, str) and value else None

    def integer(self, key: str) -> int | None:
        """Return an integer of up to 15 digits; true and false are not integers."""
        value = self.content.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return value if abs(value) < _TOO_LARGE else None

    def number(self, key: str) -> Decimal | None:
        """Return a number of up to 15 digits before the decimal point."""
        value = self.content.get(key)
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return None
        number = Decimal(value)
        return number if number.is_finite() and abs(number) < _TOO_LARGE else None

    def flag(self, key: str) -> bool:
        """Return True only for the value true."""
        return self.content.get(key) is True

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the texts of a list, or a single text as the only one."""
        value = self.content.get(key)
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list):
            return ()
        return tuple(entry for entry in value if isinstance(entry, str))

    def part(self, key: str) -> PlanPart | None:
        """Return the object under a key."""
        value = self.content.get(key)
        if not isinstance(value, Mapping):
            return None
        return PlanPart(self.document, (*self.path, key), value)

    def parts(self, key: str) -> Iterator[PlanPart]:
        """Yield the objects of a list."""
        value = self.content.get(key)
        for index, entry in enumerate(value if isinstance(value, list) else ()):
            if isinstance(entry, Mapping):
                yield PlanPart(self.document, (*self.path, key, index), entry)


def draft(document: object) -> PlanPart:
    """Return the whole document as a part; an empty part if it is not an object."""
    content = document if isinstance(document, Mapping) else {}
    return PlanPart(document, (), content)


def plan_years(root: PlanPart) -> tuple[int, ...]:
    """Return the plan's years in order; empty where none can be read."""
    years = root.content.get("years")
    listed = years if isinstance(years, list) else ()
    return tuple(sorted({y for y in listed if isinstance(y, int) and not isinstance(y, bool)}))
