"""Which agency of a plan does a name mean? Short names, full names, with a seal or a department.

A name is matched only if it can mean no other agency. 鄞州区教育局 does not match 北仑区's bureau,
and a name that is neither in the plan nor known for the same office becomes a question to the
sender.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qiyx_xl.core.plan.bureau_names import BODIES, BUREAUS, EARLIER, SUFFIXES
from qiyx_xl.core.primitives.patterns import late
from qiyx_xl.core.primitives.text import tidy, without_bracket

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from qiyx_xl.core.plan.model import Agency, Plan

_LEVELS = "区县市旗"
_LONGEST = 60  # characters
_AROUND = "_.,;。、·-"  # underlines of a blank to fill in, and full stops
_SEAL = "加?盖?(?:公章|签章|印章|盖章|章)|盖公章"
_SEALED = late(rf"\((?:单位)?(?:{_SEAL})\)|(?:{_SEAL})$|^(?:{_SEAL})")
# The signer's name and the date may be in the same cell.
_SIGNED = late(
    "(?:单位负责人|负责人|填报人|填表人|联系人|经办人|审核人|联系电话|电话|填报日期|填报时间|填表日期|"
    "填表时间|日期|时间|数据期|20[0-9]{2}年).*$"
)
_LINKS = late("[和与及]")
_SEVERAL = late("[、,;/&+和与及]")
_STREET = late(r"(?:人民政府)?(.+?(?:街道|镇|乡))(?:办事处|办公室|办|人民政府|政府|党工委)?")
_HEAD = late("街道办事处|街道办|街道|委员会|分局|部门|局|委|办公室|联合会|联|会|办|社|镇|乡")
_DEPARTMENT = late(r"\w{2,12}(?:科室|科|室|股|处|办公室|办)")
_DISTRICT = late(rf"(?:\w{{2,3}}省)?(?:\w{{2,4}}?市)?(\w{{1,4}}?)([{_LEVELS}])")
_OTHER_DISTRICT = rf"(?:\w{{2,3}}省)?(?:\w{{2,4}}?市)?\w{{1,4}}?([{_LEVELS}])(.+)"

_Key = tuple[str, str]


def _without_links(name: str) -> str:
    return _LINKS.sub("", name)


_OFFICES: dict[str, _Key] = {
    _without_links(name): ("bureau", names[0]) for names in BUREAUS for name in names
}
_BODIES: dict[str, _Key] = {
    _without_links(name): ("body", names[0]) for names in BODIES for name in names
}
_EARLIER: dict[str, list[_Key]] = defaultdict(list)
for _now, _names in EARLIER.items():
    for _name in _names:
        _EARLIER[_name].append(("bureau", _now))


@dataclass(frozen=True, slots=True)
class Named:
    """The agencies that a name may mean, and whether it is a name from before a reform."""

    agencies: tuple[Agency, ...] = ()
    is_earlier: bool = False

    @property
    def agency(self) -> Agency | None:
        """The agency, if there is exactly one."""
        return self.agencies[0] if len(self.agencies) == 1 else None


class AgencyNames:
    """A plan's agencies, found by any of their names."""

    def __init__(self, plan: Plan) -> None:
        self._exact = {tidy(agency.name): agency for agency in plan.agencies}
        self._former = {
            tidied: agency
            for agency in plan.agencies
            for name in agency.earlier_names
            if (tidied := tidy(name)) not in self._exact
        }
        self._place = _place(plan.words.district)
        self._by_key: dict[_Key, list[tuple[str, Agency]]] = defaultdict(list)
        self._spellings: dict[str, tuple[str, ...]] = {}
        older: list[tuple[_Key, tuple[str, Agency]]] = []
        for agency in plan.agencies:
            for level, own in self._readings(tidy(agency.name)):
                for key in _keys(own):
                    self._by_key[key].append((level, agency))
                older += [(key, (level, agency)) for key in _earlier_keys(own)]
            names = (agency.name, *agency.earlier_names)
            self._spellings[agency.name] = tuple(one for name in names for one in _spellings(name))
        for key, entry in older:  # the plan itself may still use an old name
            if not self._by_key[key]:
                self._by_key[key].append(entry)
        self._known: dict[str, Named] = {}

    def named(self, name: str) -> Named:
        """Return the agencies that a name may mean."""
        known = self._known.get(name)
        if known is None:
            known = self._named(name)
            if len(name) <= _LONGEST and len(self._known) < 1024:  # noqa: PLR2004 - of a batch
                self._known[name] = known
        return known

    def agencies_mentioned_in(self, text: str) -> list[Agency]:
        """Return the agencies that a title or a file name mentions, in the plan's order."""
        return [agency for agency in self._exact.values() if self.is_mentioned(agency, text)]

    def is_mentioned(self, agency: Agency, text: str) -> bool:
        """Whether a title or a file name mentions an agency."""
        first, *others = self._spellings[agency.name] or ("\0",)
        if first in text:
            return True
        said = _without_links(tidy(text))
        return any(one in said for one in (first, *others))

    def _named(self, name: str) -> Named:
        tidied = tidy(name)
        if tidied in self._exact:
            return Named((self._exact[tidied],))
        if tidied in self._former:
            return Named((self._former[tidied],), is_earlier=True)
        plain = _SIGNED.sub("", tidied.strip(_AROUND))
        plain = _SEALED.sub("", _SEALED.sub("", plain)).strip(_AROUND)
        if plain in self._exact:
            return Named((self._exact[plain],))
        if plain in self._former:
            return Named((self._former[plain],), is_earlier=True)
        if not 1 < len(plain) <= _LONGEST:
            return Named()
        found = self._of_one(plain)
        if found.agencies:
            return found
        bare = without_bracket(plain)
        if bare != plain:
            found, inside = self._of_one(bare), self._of_one(plain[len(bare) + 1 : -1])
            if not inside.agencies or inside.agencies == found.agencies:
                return found
            return Named(_distinct(one for named in (found, inside) for one in named.agencies))
        parts = [self._of_one(part).agency for part in _SEVERAL.split(plain)]
        return Named(_distinct(agency for agency in parts if agency is not None))

    def _of_one(self, plain: str) -> Named:
        """Return what a single name means: an office, or a department of it."""
        exact = self._exact.get(plain)
        if exact is not None:
            return Named((exact,))
        for earlier in (False, True):
            for readings in (self._readings(plain), self._offices_of_departments(plain)):
                agencies = _distinct(
                    agency for level, own in readings for agency in self._at(level, own, earlier)
                )
                if agencies:
                    return Named(agencies, is_earlier=earlier)
        return Named()

    def _at(self, level: str, own: str, earlier: bool) -> Iterator[Agency]:  # noqa: FBT001
        for key in _earlier_keys(own) if earlier else _keys(own):
            for its_level, agency in self._by_key.get(key, ()):
                if level in {"", its_level} or not its_level:
                    yield agency

    def _readings(self, plain: str) -> list[tuple[str, str]]:
        """Return (level of the place, rest of the name) for each possible place before the name."""
        found = [("", plain)]
        if plain[:1] in _LEVELS and len(plain) > 1:
            found.append((plain[0], plain[1:]))
        if self._place is None:
            other = re.fullmatch(_OTHER_DISTRICT, plain)
            if other is not None:
                found.append((other[1], other[2]))
            return found
        name, level = self._place
        if name not in plain:
            return found
        here = re.fullmatch(
            rf"(?:中共)?(?:\w{{2,3}}省)?(?:\w{{2,4}}?市?)?{re.escape(name)}(?:{level})?(.{{2,}})",
            plain,
        )
        if here is not None:
            found.append((level, here[1]))
        branch = re.fullmatch(
            rf"(?:\w{{2,3}}省)?(?:\w{{2,4}}?市)?(.+?)局{re.escape(name)}{level}?分局", plain
        )
        if branch is not None:
            found.append((level, f"{branch[1]}分局"))
        return found

    def _offices_of_departments(self, plain: str) -> list[tuple[str, str]]:
        return [
            reading
            for head in _HEAD.finditer(plain)
            if _DEPARTMENT.fullmatch(plain, head.end())
            for reading in self._readings(plain[: head.end()])
        ]


def _place(district: str) -> tuple[str, str] | None:
    """Return the name and the level of a district: 北仑 and 区; None if it has no name."""
    found = _DISTRICT.fullmatch(tidy(district))
    return None if found is None or found[1] == "本" else (found[1], found[2])


def _keys(own: str) -> Iterator[_Key]:
    """Yield the current offices that a name without its place means; itself if it is unknown."""
    bare = _without_links(own)
    street = _STREET.fullmatch(own)
    if street is not None:
        yield "street", street[1]
    elif bare in _BODIES:
        yield _BODIES[bare]
    else:
        stems = [bare.removesuffix(suffix) for suffix in SUFFIXES if bare.endswith(suffix)]
        known = [_OFFICES[stem] for stem in stems if stem in _OFFICES]
        if known:
            yield known[0]
        elif not any(stem in _EARLIER for stem in stems):
            yield "own", own


def _earlier_keys(own: str) -> Iterator[_Key]:
    """Yield the current offices that a name from before a reform means."""
    bare = _without_links(own)
    for suffix in SUFFIXES:
        stem = bare.removesuffix(suffix)
        if stem != bare:
            yield from _EARLIER.get(stem, ())


def _spellings(name: str) -> Iterator[str]:
    """Yield what to search for in titles and file names: the plan's name, then full names."""
    short = name[1:] if name[:1] in "区县旗" else name
    if len(short) > 1:
        yield short
    own = tidy(short)
    for key in _keys(own):
        for kind, names in (("bureau", BUREAUS), ("body", BODIES)):
            if key[0] == kind:
                same = next(one for one in names if one[0] == key[1])
                for spelled in same:
                    if kind == "bureau":
                        yield f"{spelled}局"
                    elif len(spelled) > 3:  # noqa: PLR2004 - 府办 stands in other words, too
                        yield _without_links(spelled)


def _distinct(agencies: Iterable[Agency]) -> tuple[Agency, ...]:
    return tuple({agency.name: agency for agency in agencies}.values())
