"""How do measures (计量单位) compare and convert? 万人次 is ten thousand 人次.

A number typed with a measure is converted to the indicator's own measure.
"""

from __future__ import annotations

from decimal import Decimal

from qiyx_xl.core.primitives.memo import A_WORD, bounded_cache

_SCALES = (
    ("万亿", Decimal(10) ** 12),
    ("千万", Decimal(10) ** 7),
    ("百万", Decimal(10) ** 6),
    ("十万", Decimal(10) ** 5),
    ("亿", Decimal(10) ** 8),
    ("万", Decimal(10) ** 4),
    ("千", Decimal(10) ** 3),
    ("百", Decimal(10) ** 2),
)
_SHARES = {"%": Decimal(1), "‰": Decimal("0.1"), "百分点": Decimal(1), "个百分点": Decimal(1)}
_SYNONYMS = (
    frozenset({"人", "名", "位"}),
    frozenset({"平方米", "㎡", "平米", "平方", "m2", "m²", "M2"}),
    frozenset({"平方公里", "㎢", "km²"}),
    frozenset({"公里", "千米", "km", "㎞", "KM"}),
    frozenset({"立方米", "m³", "㎥", "方"}),
    frozenset({"公斤", "千克", "kg", "㎏", "KG"}),
    frozenset({"吨", "t"}),
    frozenset({"米", "m"}),
    frozenset({"岁", "周岁"}),
    frozenset({"元", "块", "元整", "人民币"}),
)
# What people count and measure in. Text after a number that is not made of these words is not a
# measure: 4（累计） does not count anything.
_WORDS = (
    "个 人 名 位 户 家 套 间 张 所 处 条 件 次 场 岁 年 月 日 天 周 季 季度 小时 时 分钟 分 "
    "秒 学时 课时 节 里 厘米 毫米 亩 公顷 克 斤 升 毫升 床 台 辆 艘 架 项 例 起 宗 批 期 班 "
    "座 幢 栋 层 楼 份 对 双 组 队 支 只 头 匹 株 棵 本 册 部 篇 笔 单 度 瓦 千瓦 千瓦时 倍 "
    "成 折 类 种 级 档 段 片 根 门 站 点 村 社区 街道 乡镇 镇 乡 县 区 市 校 园 席 口 代 届 "
    "轮 圈 美元 港元 欧元 日元 个人 个月 周年 床位 托位 学位 车位 席位 岗位 人天 人日 工日 "
    "工时 g h hr min kW kWh MW % ‰ ‱ "
)
_COUNTED = frozenset(_WORDS.split()).union(*_SYNONYMS, _SHARES)


@bounded_cache(512, A_WORD)
def is_measure(text: str) -> bool:
    """Whether a text typed behind a number is a measure at all: 户, 万人次, 个/千人."""
    return all(map(_is_measure, text.split("/")))


def _is_measure(text: str) -> bool:
    _, counted = split_measure(text)
    if counted == "":
        return text != ""  # 万 alone
    return counted in _COUNTED or (counted.endswith("次") and counted[:-1] in _COUNTED)


@bounded_cache(512, A_WORD)
def split_measure(measure: str) -> tuple[Decimal, str]:
    """Split a measure into its scale and what is counted: 万人次 → (10000, 人次)."""
    for word, scale in _SCALES:
        if measure.startswith(word):
            return scale, measure.removeprefix(word)
    return Decimal(1), measure


@bounded_cache(2048, 2 * A_WORD)
def _same_things(one: str, other: str) -> bool:
    return one == other or not _names(one).isdisjoint(_names(other))


def _names(counted: str) -> frozenset[str]:
    """All spellings of what is counted: 套(间) is 套 or 间; 个/千人 may be cut to 个."""
    base = _bare(counted)
    names = {base, base.partition("/")[0]}
    for name in tuple(names):
        head, bracket, rest = name.partition("(")
        if bracket:
            names |= {head, rest.rstrip(")")}
    for synonyms in _SYNONYMS:
        if names & synonyms:
            names |= synonyms
    return frozenset(names)


def _bare(counted: str) -> str:
    return counted.replace("（", "(").replace("）", ")")


def convert(number: Decimal, typed: str, measure: str) -> Decimal | None:
    """Bring a number typed with a measure to another: 3.2 万个 → 32000 个.

    Returns:
        The number in ``measure``; None where the two count different things.
    """
    if typed in _SHARES and measure in _SHARES:
        return number * _SHARES[typed] / _SHARES[measure]
    if measure == "倍" and typed == "%":
        return number / 100
    scale, counted = split_measure(typed)
    own_scale, own_counted = split_measure(measure)
    # 元/月 is not 元, though 个 may stand for 个/千人; the text in brackets may be either.
    if counted and _bare(counted) not in _names(own_counted):
        return None
    if not counted and measure in _SHARES:
        return None
    return number * scale / own_scale


def is_same_measure(one: str, other: str) -> bool:
    """Whether two spellings mean one measure: 万套 and 万套（间）, 名 and 人."""
    (one_scale, one_counted), (other_scale, other_counted) = (
        split_measure(one),
        split_measure(other),
    )
    return one_scale == other_scale and _same_things(one_counted, other_counted)
