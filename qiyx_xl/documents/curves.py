"""An item's figures over the years against its targets, as an SVG drawing without any script.

pygal works out scales, axes and dots. Its own style, script and tooltips are taken away: the page
styles the drawing by its classes, and every dot explains itself in a ``<title>``.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.lamps import State
from qiyx_xl.core.values import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qiyx_xl.core.periods import Period
    from qiyx_xl.core.plan import Target
    from qiyx_xl.core.scorecard import StatusLine

WIDTH, HEIGHT = 440, 220
_SVG = "{http://www.w3.org/2000/svg}"
_MONTHS = 12
_EXTRA = frozenset({"titles", "plot text-overlay", "plot tooltip-overlay"})


def curve(
    lines: Sequence[StatusLine], targets: Mapping[int, Target], years: Sequence[int], measure: str
) -> str | None:
    """Return the drawing as markup; None where there is no number to draw.

    Args:
        lines: one item's lines, earliest first.
        targets: by year; they stand at the years' ends.
        years: those of the plan.
        measure: what the numbers are measured in.
    """
    told = [(line, line.rating.actual) for line in lines if _drawn(line, years)]
    aims = [(year, target) for year, target in targets.items() if target.value is not None]
    if not told and not aims:
        return None
    import pygal

    chart = pygal.XY(
        width=WIDTH,
        height=HEIGHT,
        margin=8,
        spacing=4,
        no_prefix=True,
        disable_xml_declaration=True,
        js=(),
        css=(),
        show_legend=False,
        dots_size=4,
        min_scale=3,
        max_scale=6,
        xrange=(years[0], years[-1] + 1.1),
        x_labels=[{"value": year + 1, "label": str(year)} for year in years],
        formatter=_tick,
    )
    chart.add(
        "目标",
        [
            {"value": (year + 1, float(value)), "label": f"{year}年目标 {target.printed}"}
            for year, target in aims
            for value in (target.value,)
            if value is not None
        ],
    )
    chart.add(
        "实际",
        [
            {
                "value": (_place(line.rating.period), float(actual)),
                "label": f"{line.rating.period.label}：{plain(actual)}{measure}"
                f"（{line.rating.light.word}·{line.rating.state}）",
            }
            for line, actual in told
            if isinstance(actual, Decimal)
        ],
    )
    lights = [line.rating.light.value for line, _ in told]
    tree = _bare(chart.render_tree(), lights)
    tree.set("aria-label", "；".join(one.text for one in tree.iter(f"{_SVG}title")))
    return _markup(tree)


def _drawn(line: StatusLine, years: Sequence[int]) -> bool:
    # What is in doubt would bend the scale until nothing else can be seen.
    rating = line.rating
    sound = isinstance(rating.actual, Decimal) and rating.state != State.IN_DOUBT
    return sound and rating.period.year in years


def _place(period: Period) -> float:
    return period.year + period.end_month / _MONTHS


def _tick(value: Any) -> str:
    # A dot's value comes as a pair; nobody sees it, its label says it.
    return format(value, ".10g") if isinstance(value, int | float) else ""


def _bare(tree: Any, lights: Sequence[str]) -> Any:
    """Take away what is not a drawing, and give the dots their lamps and their words."""
    from lxml import etree

    for element in list(tree.iter(etree.Comment, f"{_SVG}defs", "defs", f"{_SVG}title", "title")):
        element.getparent().remove(element)
    for group in list(tree.iter("g", f"{_SVG}g")):
        if group.get("class") in _EXTRA and group.getparent() is not None:
            group.getparent().remove(group)
    for series, classes in (("serie-0", None), ("serie-1", lights)):
        dots = [
            group
            for group in tree.iter("g", f"{_SVG}g")
            if group.get("class") == "dots" and series in str(group.getparent().get("class"))
        ]
        for place, group in enumerate(dots):
            _explain(group, "" if classes is None else classes[place])
    for name in ("id", "class"):
        tree.attrib.pop(name, None)
    tree.set("class", "curve")
    tree.set("role", "img")
    etree.cleanup_namespaces(tree)
    return tree


def _markup(tree: Any) -> str:
    from lxml import etree

    return str(etree.tostring(tree, encoding="unicode"))


def _explain(group: Any, light: str) -> None:
    from lxml import etree

    label = next((one.text for one in group if one.get("class") == "label"), "")
    for child in list(group):
        if str(child.tag).rpartition("}")[2] == "desc":
            group.remove(child)
    for child in group:
        child.set("class", f"dot {light}".strip())
    title = etree.Element(f"{_SVG}title")
    title.text = label
    group.insert(0, title)
