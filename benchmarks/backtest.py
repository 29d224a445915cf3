"""How often was the lamp right that was expected two quarters ahead, against the lamp as it was?

    python -m benchmarks backtest

At each second quarter the year end's lamp is expected from the figures until then; the lamp that
the year end then gets is the truth. "As now" expects the lamp of the second quarter to stay. Two
kinds of history are replayed: what the sample workbooks report, and drawn histories of seven kinds,
each from its own seed, one after the other for every item that is judged by its schedule.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks.table import ROOT
from qiyx_xl import load_plan, validate_files
from qiyx_xl.core.forecast.expected import forecast, starts_anew
from qiyx_xl.core.forecast.trend import Reading
from qiyx_xl.core.plan.model import Goal, Indicator
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.core.rating.period_target import Course, period_target
from qiyx_xl.core.rating.rate import rate
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from benchmarks.harness import Row
    from qiyx_xl.core.plan.model import Item

TITLE = "推算准不准"

EACH = 6
"""How many histories of each kind are drawn for each item."""
EACH_ANEW = 60
"""The same where only types of items are compared: few items are counted from 0 each year."""

_FIRST, _LAST = 2022, 2027
_PERIODS = [Period.of_quarter(year, q) for year in range(2023, _LAST + 1) for q in (1, 2, 3, 4)]
_RULES = load_rules()
_MISSED = (Light.RED, Light.AMBER)


@dataclass(frozen=True)
class Kind:
    """How a drawn history goes.

    ``shares`` are what the four quarters do of a year's change; None: all of it in one quarter.
    ``noise`` is the spread of a figure, in quarters' changes. ``wander``: how far one year's change
    may be from the year before's, as a share of what the plan asks for.
    """

    name: str
    shares: tuple[float, ...] | None
    noise: float
    wander: float = 0


_EVEN = (0.25, 0.25, 0.25, 0.25)
KINDS = (
    Kind("稳步推进", _EVEN, 0.05),
    Kind("有起伏", _EVEN, 0.4),
    Kind("快慢逐年变", _EVEN, 0.1, wander=0.4),
    Kind("年年二三季度出成绩", (0.1, 0.45, 0.35, 0.1), 0.1),
    Kind("年年年底冲刺", (0.1, 0.15, 0.25, 0.5), 0.1),
    Kind("停滞不前", (0, 0, 0, 0), 0.1),
    Kind("一步到位，不知哪一季度", None, 0),
)
TYPES = ("一般的数", "累计数", "每年从0数起")


@dataclass
class Score:
    """Year ends, how many bore a forecast, how many of these lamps were right; and the warnings.

    ``misses`` are those with a forecast, green or amber in the second quarter, whose year end was
    amber or red.
    """

    cases: int = 0
    said: int = 0
    right: int = 0
    as_now: int = 0
    warned: int = 0
    warned_right: int = 0
    misses: int = 0

    def add(self, now: Light, truth: Light, expected: Light | None) -> None:
        self.cases += 1
        if expected is None:
            return
        self.said += 1
        self.right += expected is truth
        self.as_now += now is truth
        if now is not Light.RED:
            self.misses += truth in _MISSED
            self.warned += expected in _MISSED
            self.warned_right += expected in _MISSED and truth in _MISSED


def rows(_: Path) -> tuple[list[Row], list[str]]:
    """Return no timings, but the tables and what they say."""
    by_kind: dict[str, Score] = defaultdict(Score)
    by_type: dict[tuple[str, str], Score] = defaultdict(Score)
    items = [item for item in load_plan().items() if _has_schedule(item)]
    for kind in KINDS:
        for item in items:
            for number in range(EACH_ANEW if starts_anew(item) else EACH):
                seed = f"{kind.name}{item.code}{number}"
                drawn = draw(item, kind, random.Random(seed))  # noqa: S311 - drawn, not secret
                for case in replay(item, drawn):
                    if number < EACH:
                        by_kind[kind.name].add(*case)
                    by_type[kind.name, _type_of(item)].add(*case)
    return [], [*_table(by_kind), *_remarks(len(items), by_type)]


def replay(item: Item, history: Sequence[Reading]) -> Iterable[tuple[Light, Light, Light | None]]:
    """Yield for each year the lamp of Q2, the lamp of Q4, and the one expected at Q2."""
    known = {one.period: one.value for one in history}
    for year in range(_FIRST + 1, _LAST + 1):
        now, end = Period.of_quarter(year, 2), Period.of_quarter(year, 4)
        if now not in known or end not in known:
            continue
        previous = known.get(Period.of_quarter(year - 1, 4))
        given = {"previous": previous, "second": _baseline(item, known)}
        lamp, truth = (
            rate(item, when, known[when], rules=_RULES, confirmed=True, **given).light
            for when in (now, end)
        )
        if Light.GREY in (lamp, truth):
            continue
        found = forecast(item, [one for one in history if one.period <= now], _RULES, **given)
        yield lamp, truth, None if found is None else found.rating.light


def draw(item: Item, kind: Kind, chance: random.Random) -> list[Reading]:
    """Return a figure for each quarter, by a kind of course towards the item's targets."""
    ends = _year_ends(item)
    pace, level = chance.uniform(0.4, 1.4), ends[0]
    figures = (
        [] if starts_anew(item) else [Reading(Period.of_quarter(_FIRST, 4), _cell(item, level))]
    )
    for year in range(_FIRST + 1, _LAST + 1):
        anew = starts_anew(item)
        asked = ends[year - _FIRST] - (0 if anew else ends[year - _FIRST - 1])
        asked = asked or abs(level) * 0.02
        pace = max(0.1, pace + chance.uniform(-kind.wander, kind.wander))
        shares, done = kind.shares, asked * pace
        if shares is None:
            at = chance.randrange(4)
            shares = tuple(float(quarter == at) for quarter in range(4))
            done = asked * chance.choice((0, 1, 1, 1.3))
        value = 0 if anew else level
        for quarter, share in enumerate(shares, start=1):
            value += done * share
            seen = value + chance.gauss(0, abs(asked) / 4 * kind.noise)
            period = Period.of_quarter(year, quarter)
            figures.append(Reading(period, _cell(item, seen, _least(item, figures, period))))
        level = ends[0] if anew else level + done * sum(shares)
    return figures


def of_examples() -> dict[str, list[Reading]]:
    """Return what the sample workbooks report of each item, by its code."""
    folders = sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir())
    plan = load_plan()
    known: dict[str, dict[Period, Decimal]] = defaultdict(dict)
    for folder in folders:
        for sent in validate_files([folder], period=Period.parse(folder.name)).submissions:
            for record in sent.records:
                item = plan.item(record.code)
                is_own = item is not None and record.agency == item.reporting_agency
                if is_own and isinstance(record.actual, Decimal):
                    known[record.code][record.period] = record.actual
    return {
        code: [Reading(period, values[period]) for period in sorted(values)]
        for code, values in known.items()
    }


# --- drawing ----------------------------------------------------------------------------------


def _has_schedule(item: Item) -> bool:
    aim = period_target(item, Period.parse("2026Q2"), _RULES)
    repeats = isinstance(item, Goal) and item.repeats is not None
    return not repeats and aim is not None and aim.course is Course.SCHEDULED


def _type_of(item: Item) -> str:
    if starts_anew(item):
        return TYPES[2]
    return TYPES[1] if item.cumulative else TYPES[0]


def _year_ends(item: Item) -> list[float]:
    """Return what the plan asks for at the year ends, from the one before its first year."""
    if isinstance(item, Indicator):
        values = [float(item.targets[year].value or 0) for year in sorted(item.targets)]
        first = values[0] - (values[1] - values[0] or values[0] / 50)
        return [first if item.baseline is None else float(item.baseline), *values]
    if not isinstance(item, Goal):
        raise TypeError(item)
    end = float(item.target.value or 0)
    if starts_anew(item):
        return [end] * 6
    begin = (
        float(item.baseline) if item.baseline is not None else 0 if item.cumulative else end * 0.7
    )
    if end == 0:
        begin = 64
    return [begin + (end - begin) * year / 5 for year in range(6)]


def _least(item: Item, figures: Sequence[Reading], period: Period) -> float:
    """Return the least a figure can be: a count does not fall, one that begins anew in a year."""
    counts = item.cumulative or (starts_anew(item) and period.number > 1)
    return float(figures[-1].value) if counts and figures else 0


def _cell(item: Item, value: float, least: float = 0) -> Decimal:
    most = 100 if item.is_percent and not item.may_exceed_hundred else float("inf")
    return Decimal(str(round(min(max(value, least), most), max(item.decimals, 1))))


def _baseline(item: Item, known: dict[Period, Decimal]) -> Decimal | None:
    if isinstance(item, Goal) and item.baseline is None and not item.cumulative:
        return known.get(Period.of_quarter(_FIRST, 4))
    return None


# --- what is printed --------------------------------------------------------------------------


def _table(by_kind: dict[str, Score]) -> list[str]:
    return [
        "| 历史的走法 | 年底数 | 推得出 | 预计灯对 | 灯照现在不变 | 预警后来落空 | 落空的预警到 |",
        "|---|---:|---:|---:|---:|---:|---:|",
        *(_line(name, score) for name, score in by_kind.items()),
    ]


def _line(name: str, score: Score) -> str:
    right, as_now = (_share(part, score.said) for part in (score.right, score.as_now))
    cells = (
        name,
        f"{score.cases:,}",
        f"{score.said:,}",
        f"**{right}**",
        as_now,
        _share(score.warned_right, score.warned),
        _share(score.warned_right, score.misses),
    )
    return f"| {' | '.join(cells)} |"


def _remarks(items: int, by_type: dict[tuple[str, str], Score]) -> list[str]:
    no_better = [
        f"{of}，{kind}：{_against_now(score)}"
        for (kind, of), score in sorted(by_type.items(), key=lambda entry: TYPES.index(entry[0][1]))
        if score.right <= score.as_now
    ]
    drawn = (
        f"生成的历史：随附方案里按进度评的 {items} 项，每种走法各 {EACH} 段，"
        "2022 年末到 2027 年末每季度一个数；二季度末推年底，往前推两个季度。灯是灰的不算。"
    )
    warned = (
        "预警后来落空：二季度亮绿灯或黄灯、推算年底要亮黄灯或红灯的，年底真亮了的；"
        "落空的预警到：二季度亮绿灯或黄灯、年底落空的，二季度就预警了的。"
    )
    return [
        drawn,
        "预计灯对：推出来的灯和年底真的灯一样；灯照现在不变：拿二季度的灯当年底的灯，对了多少。",
        warned,
        f"按项的类型分开看，推算不比“照现在不变”强的：{'；'.join(no_better) or '没有'}。",
        _of_examples(),
    ]


def _against_now(score: Score) -> str:
    return (
        f"对 {_share(score.right, score.said)}，照现在 {_share(score.as_now, score.said)}"
        f"（{score.said} 次）"
    )


def _of_examples() -> str:
    plan, score = load_plan(), Score()
    histories = of_examples()
    periods = sorted({one.period for history in histories.values() for one in history})
    for code, history in histories.items():
        item = plan.item(code)
        if item is not None and _has_schedule(item):
            for case in replay(item, history):
                score.add(*case)
    told = "、".join(period.label for period in periods)
    text = f"样例里的数：{told}共{len(periods)}期，"
    if score.said == 0:
        return f"{text}没有一项有三个数和两季度以后的年底，一次也推不出，说明不了准不准。"
    right, now = _share(score.right, score.said), _share(score.as_now, score.said)
    return f"{text}推出 {score.said} 次，预计灯对 {right}，照现在不变对 {now}。"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "—"
