"""Which targets the sentences of a plan state: name, comparator, value, measure, deadline.

The rules are those of the language of such plans. What they cannot know for certain is kept with
its doubt: a subject that another clause names, one percentage for two subjects, a condition.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.importing.sentences.quantities import (
    Quantity,
    density_of,
    quantities_in,
)
from qiyx_xl.core.plan.importing.sentences.target_names import (
    bare_subject,
    clean,
    is_noun_phrase,
    list_of_names,
    verb_before,
)
from qiyx_xl.core.plan.model import Comparator, GoalKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from qiyx_xl.core.plan.importing.sentences.outline import Place, Sentence

_CLAUSE_END = re.compile(r"[,，]")
_WHOLE = re.compile(r"(?P<head>.*?)(?P<printed>全覆盖|应保尽保|覆盖全人口)(?P<tail>.*)")
_NONE_LEFT = re.compile(r"(?P<head>.*?)(?:实施|实现|全面)?(?P<printed>动态清零|清零|归零)")
_TIMES = re.compile(r"(?:按照?|为|达到?)(?P<of>[^,，]{2,30}?)的(?P<times>\d+(?:\.\d+)?倍)")
_RELATIVE = re.compile(
    r"(?P<head>[^,，]*?(?:增幅|增速|增长率|增长幅度|水平))(?P<printed>(?:均)?(?P<sign>不低于|高于|不高于|快于|低于)"
    r"(?P<of>[^\d,，]{2,30}(?:增幅|增速|增长率|增长幅度|水平|平均)[^\d,，]{0,4}))$"
)
_DONE = re.compile(
    r"截至|目前|已经?(?:建成|完成|达到|累计|实现|新增)|去年|上年末|现有|同比|增长了|上半年|今年以来"
    r"|前[一二三]个?季度|\d[—~～-]\d{1,2}月|完成(?:年度|全年)?(?:目标|任务|计划)的|(?:较|比)上年"
)
_ADJECTIVE = re.compile(r"[\u4e00-\u9fff“(（]")
_ENDS_NAME = re.compile(r"[、;；。,，)）]|和|以及|$")
_EVERY_YEAR = re.compile(r"每年$|年均$|^每年(?=.)")
_EVERY_MONTH = re.compile(r"(?:提高|提升|增加|达|补贴|发放|不低于)*[到至]?(?:每人)?每月$")
_FROM = re.compile(
    r"[由从](?:20\d\d年(?:底|末)?的?)?\d+(?:\.\d+)?[%‰万]?[\u4e00-\u9fff]{0,3}?(?=提高|提升|增|扩大|下降|降|上升)"
)
_MEASURE_OF_NAME = re.compile(r"(人次|人数|户数|数量|面积)$")
_MEASURES = {"人次": "人次", "人数": "人", "户数": "户", "数量": "个", "面积": "平方米"}
_YEARLY = re.compile(r"年(?![末底限龄轻])[\u4e00-\u9fff]{0,6}(?:人次|量)$")
_DENSITY = re.compile(
    r"每[百千万]?(?:名|个)?[\u4e00-\u9fff]{0,4}?(?:人口|老年人|居民|儿童)(?:拥有)?"
)
_RATE = re.compile(r"(?:率|占比|比例|比重)$")
_PART = re.compile(r"[%‰]")
_GENERAL = re.compile(
    r"(?:总)?(?:覆盖率|达标率|完成率|比例|比重|占比|数量|总数|规模|总量|面积|增幅)"
)
_MAKES = re.compile(r"(?:建成|培育|新增|打造|新建|新创建)(?!社区|小区|住宅)")
_TIMES_OF_WORK = ("年", "岁", "小时", "分钟", "月")
_LASTS = re.compile(r"(?:年限|寿命|时间|时长|年龄)$")
_LEAST_NAME = 3
_LONGEST_CLAUSE = 300  # characters; no sentence of a plan has more between two commas
_WHOLE_VALUE = Decimal(100)


@dataclass(slots=True)
class Found:
    """One target found in a sentence."""

    place: Place
    name: str
    comparator: Comparator
    value: Decimal | None
    measure: str
    printed: str
    quote: str
    kind: GoalKind
    year: int | None
    annual: bool = False
    cumulative: bool = False
    doubts: dict[str, str] = field(default_factory=dict)


def goals_in(sentences: Iterable[Sentence]) -> Iterator[Found]:
    """Yield the targets of all sentences, in order."""
    for sentence in sentences:
        if _DONE.search(sentence.text) is None:
            yield from _Reader(sentence).read()


class _Reader:
    """Reads one sentence, clause by clause; remembers what clauses before it were about."""

    def __init__(self, sentence: Sentence) -> None:
        self._sentence = sentence
        self._subject = ""  # what the last clause was about
        self._verb = ""  # 累计新增, which the next clauses share
        self._last: Found | None = None
        self._pending = ""  # a noun phrase without a number: its number may follow
        self._from_year = False
        self._quote = ""
        self._shares = False  # whether the name just made borrows the verb of one before
        for clause in _CLAUSE_END.split(sentence.lead[-_LONGEST_CLAUSE:]):
            if (
                not self._subject
                and clause.strip()
                and not any(True for _ in quantities_in(clause))
            ):
                self._subject = bare_subject(clause.strip())

    def read(self) -> Iterator[Found]:
        for clause in _CLAUSE_END.split(self._sentence.text):
            self._quote = clause.strip()
            text = _FROM.sub("", self._quote)
            if not 0 < len(text) <= _LONGEST_CLAUSE:
                continue
            found = list(self._in_clause(text))
            yield from found
            self._remember(text, found)

    def _in_clause(self, text: str) -> Iterator[Found]:
        if re.fullmatch(r"20\d\d年起", text):
            self._from_year = True
            return
        for special in (self._relative, self._times, self._whole, self._none_left):
            found = special(text)
            if found is not None:
                yield found
                return
        quantities = list(quantities_in(text))
        if not quantities:
            return
        listed = self._listed(text, quantities)
        yield from listed if listed is not None else self._each(text, quantities)

    def _remember(self, text: str, found: Sequence[Found]) -> None:
        if found:
            self._last, self._pending = found[-1], ""
            self._verb = verb_before(found[-1].name) or self._verb
            return
        self._subject = bare_subject(text) or self._subject
        self._pending = text if is_noun_phrase(text) and len(text) <= 20 else ""  # noqa: PLR2004

    # --- clauses of a form of their own

    def _whole(self, text: str) -> Found | None:
        """``……全覆盖``, ``……“应保尽保”``, ``……覆盖全人口``: one hundred percent."""
        found = _WHOLE.fullmatch(text)
        if found is None or re.match(r"[率面]", found["tail"]):
            return None
        head, tail, printed = found["head"].rstrip('“"实施'), found["tail"], found["printed"]
        name = re.sub(r"(?<=.)(?:全面)?实现|均$", "", clean(head))
        if printed == "覆盖全人口":
            name += "人口覆盖率"
        elif printed == "应保尽保":
            name += "“应保尽保”率"
        else:
            more = tail.rpartition("的")[2] if tail.startswith("、") else ""
            name += f"{more}覆盖率"
        if len(clean(head)) < _LEAST_NAME:
            return None
        goal = self._goal(name, Comparator.AT_LEAST, _WHOLE_VALUE, "%", printed, text)
        return replace(goal, kind=GoalKind.FULL_COVERAGE)

    def _none_left(self, text: str) -> Found | None:
        """``……动态清零``: none left."""
        found = _NONE_LEFT.match(text)
        if found is None or len(clean(found["head"])) < 2:  # noqa: PLR2004 - characters
            return None
        name = clean(found["head"])
        measure = "处" if re.search(r"房|隐患|点|段$", name) else "个"
        goal = self._goal(
            f"{name}存量", Comparator.EXACTLY, Decimal(0), measure, found["printed"], text
        )
        goal.doubts["measure"] = "没有写计量单位"
        return replace(goal, kind=GoalKind.ZERO_TARGET)

    def _times(self, text: str) -> Found | None:
        """``按照……的1.7倍``: exactly so many times."""
        found = _TIMES.search(text)
        if found is None:
            return None
        subject = clean(text[: found.start()]) or self._subject
        value = Decimal(found["times"].removesuffix("倍"))
        name = f"{subject}/{clean(found['of'])}"
        goal = self._goal(name, Comparator.EXACTLY, value, "倍", found["times"], text)
        goal.doubts["name"] = "按倍数计，名称请核对"
        return replace(goal, kind=GoalKind.STANDARD, annual=True)

    def _relative(self, text: str) -> Found | None:
        """``增幅不低于……的增幅``: compared with another figure of the same year."""
        found = _RELATIVE.search(text)
        if found is None or any(True for _ in quantities_in(text)):
            return None
        name = clean(found["head"])
        if len(name) < _LEAST_NAME:
            name = self._subject + name
        sign = Comparator.AT_MOST if found["sign"] in ("不高于", "低于") else Comparator.AT_LEAST
        goal = self._goal(name, sign, None, "%", found["printed"].removeprefix("均"), text)
        goal.doubts["target"] = "与别的数比，没有写明多少"
        return replace(goal, kind=GoalKind.RELATIVE, annual=True)

    # --- several names with one number, or with as many numbers

    def _listed(self, text: str, quantities: Sequence[Quantity]) -> list[Found] | None:
        first = quantities[0]
        lead = text[: first.start]
        if re.match(r"均", text[first.start :]):
            names = list_of_names(lead)
            if "、" in lead or (len(names) > 1 and all(map(_RATE.search, names))):
                return [self._of(name, first, text) for name in names]
        split = re.search(r"分别(?:达到|达|为|不低于|不少于)?$", lead) or re.match(
            r"分别", text[first.start :]
        )
        if split is None or len(quantities) < 2:  # noqa: PLR2004 - one for each name
            return None
        names = list_of_names(re.sub(r"分别(?:达到|达|为|不低于|不少于)?$", "", lead))
        if len(names) != len(quantities):
            return None
        goals = [self._of(name, one, text) for name, one in zip(names, quantities, strict=True)]
        for goal in goals:
            goal.doubts["name"] = "几个名称、几个数一起写（“分别”），请核对各是哪个"
        return goals

    # --- one number after the other

    def _each(self, text: str, quantities: Sequence[Quantity]) -> Iterator[Found]:
        begin = 0
        for number, one in enumerate(quantities):
            later = quantities[number + 1].start if number + 1 < len(quantities) else len(text)
            head = re.sub(r"^[、;；和]+", "", text[begin : one.start])
            tail = text[one.end : later]
            own_tail = tail[: _ENDS_NAME.search(tail).start()] if tail else ""  # type: ignore[union-attr]
            goals = list(self._one(head, one, own_tail, text))
            yield from goals
            if goals:
                self._last = goals[-1]
                begin = one.end + (len(own_tail) if _takes_tail(goals[-1], own_tail) else 0)
            else:
                begin = begin or 0

    def _one(self, head: str, one: Quantity, tail: str, text: str) -> Iterator[Found]:
        head, verb_tail = head.strip(), tail.strip()
        is_time = one.measure in _TIMES_OF_WORK and not one.before and not one.behind
        if is_time and not _LASTS.search(clean(head)):
            return
        if _PART.search(one.measure) and verb_tail:
            yield from self._share_of(head, one, verb_tail, text)
            return
        if one.before == "至少" and not clean(head) and verb_tail:
            yield self._that_do(one, verb_tail, text)
            return
        if verb_tail and _ADJECTIVE.match(verb_tail):
            yield from self._before_a_noun(head, one, verb_tail, text)
            return
        yield self._of(head, one, text)

    def _share_of(self, head: str, one: Quantity, tail: str, text: str) -> Iterator[Found]:
        """``覆盖50%以上村（社区）``, ``随迁子女100%就读公办学校``: a share of what follows."""
        covers = head.endswith("覆盖")
        subject = clean(head.removesuffix("覆盖")) if covers else clean(head)
        if len(subject) < _LEAST_NAME:
            subject = bare_subject(self._last.name) if self._last is not None else self._subject
        if not subject:
            return
        if covers:
            goal = self._of(f"{subject}覆盖{tail}比例", one, text)
            goal.doubts["name"] = "主语在前面一句，请核对"
            yield goal
            return
        names = list_of_names(subject) if "和" in subject or "、" in subject else [subject]
        for name in names:
            goal = self._of(f"{name}{tail}比例", one, text)
            if len(names) > 1:
                goal.doubts["name"] = "一个百分比说几样，请核对是否各算各的"
            yield goal

    def _that_do(self, one: Quantity, tail: str, text: str) -> Found:
        """``至少1家医院建有安宁疗护病区``: how many there are that do it."""
        noun = re.match(
            r"([\u4e00-\u9fff]{1,8}?)((?:建有|建成|设有|开展|设立|通过|达到|获评).+)", tail
        )
        name = f"{noun[2]}的{noun[1]}" if noun is not None else tail
        return replace(self._of(name, one, text), name=name)

    def _before_a_noun(self, head: str, one: Quantity, tail: str, text: str) -> Iterator[Found]:
        """``每千人口10个以上托位``: the noun stands behind its number."""
        density = density_of(head)
        stated = bool(one.before or one.behind)
        subject = clean(head)
        if re.match(r"的?标准", tail):
            noun = {"平方米": "面积", "㎡": "面积"}.get(one.measure, "标准")
            condition = _condition(head)
            about = f"{condition}{self._owner()}" if condition else subject or self._subject
            density = density_of(head)
            if density and about.startswith("每"):
                about = f"{self._owner()}{about}"
            goal = self._of(f"{about}{noun}", replace(one, measure=one.measure + density), text)
            goal.doubts["name"] = "有条件的标准，请核对"
            yield replace(goal, kind=GoalKind.STANDARD, cumulative=False)
            return
        noun = re.split(r"的?标准|的", tail)[0]
        raises = re.search(r"(?:提升|提高|上升|晋升)$", head)
        if raises is not None:
            yield self._of(
                f"{subject}{noun}", replace(one, measure=one.measure + noun, end=one.end), text
            )
            return
        if not stated and not density and not (self._sentence.year and verb_before(head)):
            return  # 7个领域: a number that only counts what is named anyway
        name = f"{subject}{noun}"
        if density and len(subject) <= len(density) + 4:
            name = f"{self._owner()}{name}"
        goal = self._of(name, replace(one, measure=one.measure + density), text)
        if density:
            goal.doubts["measure"] = "按人口或按个数算的密度，计量单位请核对"
            goal = replace(goal, kind=GoalKind.STANDARD, cumulative=False)
        yield goal

    def _owner(self) -> str:
        """Return what the last target of this sentence belongs to: 新建社区."""
        if self._last is None or self._last.place != self._sentence.place:
            return ""
        return re.split(r"每", self._last.name)[0]

    # --- the target itself

    def _of(self, head: str, one: Quantity, text: str) -> Found:
        yearly = _EVERY_YEAR.search(head.strip()) is not None
        self._shares = False
        monthly = _EVERY_MONTH.search(head.strip()) is not None
        bare = _EVERY_MONTH.sub("", _EVERY_YEAR.sub("", head.strip()))
        name, doubts = self._named(bare), {}
        if self._shares:
            doubts["name"] = "前面的动词管着几个名称，请核对"
        is_part = re.match(r"其中", head.strip()) and not _RATE.search(name)
        if self._last is not None and is_part:
            name = f"{self._last.name}（{name}）"
            doubts["name"] = "是前一项的一部分，名称请核对"
        measure = one.measure
        if not re.search(r"[^万亿千百十]", measure):
            ending = _MEASURE_OF_NAME.search(name)
            measure += _MEASURES[ending[1]] if ending is not None else ""
            if ending is None:
                doubts["measure"] = "没有写计量单位"
        if yearly or _YEARLY.search(name):
            measure, yearly = f"{measure}/年", True
        elif monthly:
            measure = f"{measure}/月"
        goal = self._goal(name, one.comparator, one.value, measure or "项", one.printed, text)
        goal.doubts |= doubts
        goal.annual = yearly
        goal.kind = _kind(goal, one)
        if one.behind == "左右" or one.before == "约":
            goal.doubts["target"] = "目标是约数"
        if len(name) < _LEAST_NAME:
            goal.doubts["name"] = "没有自己的名称，主语请核对"
        return goal

    def _named(self, head: str) -> str:
        """Return a target's name, with what clauses before it say of it."""
        name = clean(head)
        is_condition = re.match(r".{2,20}?\d[^,，]{0,4}以[上下内]", head) is not None
        if self._pending and self._last is not None and not is_condition:
            return f"{clean(self._pending)}、{name}"
        last = self._last
        density = None if last is None else _DENSITY.match(last.name)
        if name and density is not None and last is not None and last.quote == self._quote:
            self._shares = not name.startswith("每")
            return f"{density[0]}{name}" if self._shares else name
        if len(name) < _LEAST_NAME or _GENERAL.fullmatch(name):
            return f"{self._subject}{name}"
        if is_condition:
            return name
        if last is None or not self._verb or name.startswith(self._verb) or verb_before(name):
            return name
        self._shares = last.name[-2:] == name[-2:]
        return f"{self._verb}{name}" if self._shares else name

    def _goal(
        self,
        name: str,
        comparator: Comparator,
        value: Decimal | None,
        measure: str,
        printed: str,
        text: str,
    ) -> Found:
        sentence = self._sentence
        return Found(
            place=sentence.place, name=name, comparator=comparator, value=value, measure=measure,
            printed=printed, quote=self._quote, kind=GoalKind.TARGET, year=sentence.year,
            annual=self._from_year,
            cumulative=measure not in ("%", "‰")
            and ("累计" in name or bool(_MAKES.match(_action(text)))),
        )  # fmt: skip


def _action(text: str) -> str:
    return re.sub(r"^(?:力争|确保|全区|全市|全县|并)+", "", text)


def _condition(head: str) -> str:
    """Return the condition in a clause: ``常住人口3000人以下``."""
    found = re.match(r"(.{2,20}?以[上下内])的", head)
    return "" if found is None else found[1]


def _takes_tail(goal: Found, tail: str) -> bool:
    return bool(tail) and tail[:2] in goal.name


def _kind(goal: Found, one: Quantity) -> GoalKind:
    if goal.annual and "%" not in goal.measure:
        return GoalKind.ANNUAL
    if goal.comparator in (Comparator.AT_MOST, Comparator.LESS_THAN):
        return GoalKind.CEILING
    if goal.measure == "%" and goal.value == _WHOLE_VALUE:
        return GoalKind.FULL_COVERAGE
    return (
        GoalKind.HOLD if one.before in ("保持在", "稳定在", "巩固在", "维持在") else GoalKind.TARGET
    )
