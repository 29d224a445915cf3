"""What the name of a target is: the words before its number, without verbs and fillers."""

from __future__ import annotations

import re

_VERBS = (
    "力争|确保|努力|实现|全面实现|全面|并且|并|且|逐步|普遍|其中|争取|推动|推进|使|将|完成|建成|建有|建设|培育|"
    "打造|按照|一般按|一般|按|持续|稳步|加快|进一步|大力|要|应|统筹|联动调整|调整|科学执行|执行|由|对|严控|严格控制|新增(?=“)"
)
_LEADING = re.compile(rf"^(?:{_VERBS})+")
_AREA = re.compile(r"^(?:全区|全市|全县|全域|我区|我市|我县|区内(?=$))")
_TRAILING = re.compile(
    r"(?:比例|比重|占比)?(?:均|分别|力争)*(?:达到|达|为|保持|稳定|不低于|不少于|由|在)?$"
)
_CUMULATED = re.compile(
    r"^(?P<what>.{2,}?)(?P<verb>累计(?:建设|新建|新增|完成|开工|改造|培育|实施)+)$"
)
_CUMULATIVE_VERB = re.compile(
    r"^(累计)?(?:新增|新建|建设|建成|改造|培育|完成|开工|筹集|实施|引进|创建)+"
)
_ACTING = re.compile(
    r"^(?:加|集中|推|建|完|实|开|提|构|健|优|深|落|培|打|强|扩|探|鼓|支|引|制|出|创|搭|发|促|坚|统|全面|逐步|持续|积极|大力|稳|切实|通过|依托|围绕|聚焦|以|到|按|由|在|对|向|为|把|将|使|让|成立|明确|规范|保障|组织|举办|参与|增|降|缩|减|满足|解决|做|抓|用|争)"
)
_SHARED = re.compile(r"^(.*(?:采购|购置|建设|新增|培育|引进))(.+)$")


def clean(text: str) -> str:
    """Return the words before a number as a name: 力争县域就诊率保持在 gives 县域就诊率."""
    name = text.strip(" ,，;；、。:：")
    before = None
    while before != name:
        before = name
        name = _AREA.sub("", _LEADING.sub("", name)).strip(" 、,，")
    name = re.sub(r"按照?(?=每)", "", name)
    found = _TRAILING.search(name)
    if found is not None and found[0]:
        kept = found[0][:2] if found[0][:2] in ("比例", "比重", "占比") else ""
        name = name[: found.start()] + kept
    turned = _CUMULATED.match(name)
    if turned is not None:
        name = turned["verb"] + turned["what"]
    return name.strip(" 的")


def verb_before(name: str) -> str:
    """Return the verb at the beginning that the names after it may share: 累计新增."""
    found = _CUMULATIVE_VERB.match(name)
    return "" if found is None else found[0]


def bare_subject(text: str) -> str:
    """Return what a clause is about, without verbs, and without what it is compared with."""
    subject = re.split(r"与(?=.{2,}挂钩)|,|，", clean(text))[0]
    subject = re.sub(r"^(?:[^“”]{0,4}?(?:执行|调整|推进|实施|完善|健全))", "", subject)
    cumulative = re.match(r"^累计(?:建设|新增|新建|完成|改造|培育|实施)*(.+)$", subject)
    return cumulative[1] if cumulative is not None else subject


def is_noun_phrase(text: str) -> bool:
    """Whether a clause without a number is only a name: its number may stand in the next one."""
    return _ACTING.match(text) is None and re.search(r"\d", text) is None


def list_of_names(text: str) -> list[str]:
    """Split ``甲率、乙率和丙率`` into its names; a name in quotes or brackets is never split."""
    hidden = re.sub(r"“[^”]*”|[(（][^)）]*[)）]", lambda found: "□" * len(found[0]), text)
    names, begin = [], 0
    last = hidden.rfind("和")
    cuts = [k for k, sign in enumerate(hidden) if sign == "、"]
    if last > 0 and not any(cut > last for cut in cuts):
        cuts.append(last)
    for cut in [*sorted(cuts), len(text)]:
        names.append(clean(text[begin:cut]))
        begin = cut + 1
    names = [name for name in names if name]
    shared = _SHARED.match(names[0]) if len(names) > 1 else None
    if shared is not None and not any(name.startswith(shared[1]) for name in names[1:]):
        names = [names[0], *(shared[1] + name for name in names[1:])]
    return names
