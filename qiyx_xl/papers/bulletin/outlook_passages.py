"""What the papers contain beyond the lamps: 预警, 连续红灯 and 由红转绿, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qiyx_xl.core.primitives.text import counted_names
from qiyx_xl.papers.bulletin.project_passages import TITLE as PROJECTS
from qiyx_xl.papers.outlook import expected_to_miss, forecast_sentence
from qiyx_xl.papers.phrases import Block, Body

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qiyx_xl.core.forecast.streaks import Run
    from qiyx_xl.core.rating.scorecard import StatusLine
    from qiyx_xl.papers.edition import Edition

WARNING, RUNS, TURNED = "预警", "连续红灯和未转绿", "由红转绿"
"""The headings."""

_MOST_LISTED = 10


def warned_lines(edition: Edition) -> list[StatusLine]:
    """Return the lines that are green or amber, and whose year end is expected to miss."""
    return expected_to_miss((*edition.indicators, *edition.goals), edition.outlook)


def warning_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return a paragraph for each line that is expected to miss; none where there is none."""
    lines = warned_lines(edition)
    if not lines:
        return ()
    blocks: list[Block] = [
        Body("以下各项现在亮绿灯或黄灯，照近期走势推算，年底达不到要求。推算仅供参考，不计入得分。")
    ]
    for number, line in enumerate(lines[:_MOST_LISTED], start=1):
        said = forecast_sentence(edition.outlook.forecasts[line.item.code])
        blocks.append(
            Body(
                f"现亮{line.rating.light.word}灯，{said}。",
                lead=f"{number}. {line.item.name}（{line.item.reporting_agency}）。",
            )
        )
    if len(lines) > _MOST_LISTED:
        blocks.append(Body(f"预警共{len(lines)}项，以上为前{_MOST_LISTED}项。"))
    return tuple(blocks)


def run_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return a paragraph each on items, agencies and projects that stay red, the worst first."""
    seen = edition.outlook
    kinds: tuple[tuple[str, Mapping[str, str], Mapping[str, Run]], ...] = (
        ("指标", _names(edition.indicators), seen.items),
        ("任务目标和里程碑", _names((*edition.goals, *edition.milestones)), seen.items),
        ("单位总灯", {name: name for name in seen.agencies}, seen.agencies),
        (PROJECTS, _project_names(edition), seen.projects),
    )
    return tuple(
        Body(f"{'；'.join(texts)}。", lead=f"{kind}。")
        for kind, names, runs in kinds
        for texts in (_run_texts(names, runs),)
        if texts
    )


def turned_blocks(edition: Edition) -> tuple[Block, ...]:
    """Return what had been red when the last period was published, and is green now."""
    seen = edition.outlook
    kinds = (
        ("", _names(edition.lines), seen.turned),
        (PROJECTS, _project_names(edition), seen.turned_projects),
    )
    return tuple(
        Body(f"{kind and f'{kind}：'}{counted_names(_turned_texts(names, turned), _MOST_LISTED)}。")
        for kind, names, turned in kinds
        if turned
    )


def _run_texts(names: Mapping[str, str], runs: Mapping[str, Run]) -> list[str]:
    """Return a text for each length of run of those named: 连续3期红灯的有……."""
    alike: dict[str, list[str]] = {}
    for code, run in runs.items():
        if code in names:
            alike.setdefault(run.words, []).append(names[code])
    return [f"{words}的有{counted_names(those, _MOST_LISTED)}" for words, those in alike.items()]


def _turned_texts(names: Mapping[str, str], turned: Mapping[str, int]) -> list[str]:
    return [
        names.get(code, code) + (f"（此前连续{red}期红灯）" if red > 1 else "")
        for code, red in turned.items()
    ]


def _names(lines: Iterable[StatusLine]) -> dict[str, str]:
    return {line.item.code: f"{line.item.name}（{line.item.reporting_agency}）" for line in lines}


def _project_names(edition: Edition) -> dict[str, str]:
    return {line.project.code: line.project.name for line in edition.projects.lines}
