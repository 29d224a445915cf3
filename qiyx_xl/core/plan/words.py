"""The words of a plan and its district, where an older plan file does not state them itself."""

from __future__ import annotations

from qiyx_xl.core.plan.model import Words
from qiyx_xl.core.primitives.patterns import late

NO_DISTRICT = "本区"
"""What papers call the district of a plan that names none."""
LEVELS = ("区级", "街道")
"""The levels of a plan file that does not name its own (``plan/1``)."""

_QUOTED = late('[“「『"]([^”」』"]{1,12})[”」』"]')
_PROVINCE_AND_CITY = r"(?:[\u4e00-\u9fff]{2,4}?(?:省|自治区))?(?:[\u4e00-\u9fff]{2,4}?市)?"
# 社区, 园区 and the like are no districts, though they end like one.
_OWN_NAME = r"([\u4e00-\u9fff]{1,4}?(?<![社园小片辖城校库])[区县旗])"
_DISTRICT = late(_PROVINCE_AND_CITY + _OWN_NAME)
_CITY = late(r"(?:[\u4e00-\u9fff]{2,4}?省)?([\u4e00-\u9fff]{2,5}?市)")


def words_of_title(title: str) -> Words:
    """Guess a plan's words from its title: 宁波市镇海区“八有”行动方案 is 镇海区's, called 八有.

    A title without a quoted name gives 公共服务, one without a district 本区.
    """
    quoted, place = _QUOTED.search(title), _DISTRICT.match(title) or _CITY.match(title)
    short_name = "公共服务" if quoted is None else quoted[1]
    district = NO_DISTRICT if place is None else place[1]
    return Words(short_name=short_name, district=district, office=office_of(short_name, district))


def office_of(short_name: str, district: str) -> str:
    """Return the usual name of the office that runs a plan."""
    return f"{district}“{short_name}”工程工作专班办公室"
