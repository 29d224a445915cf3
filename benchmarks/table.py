"""How results are stored in ``benchmarks/results.json`` and shown in ``docs/performance.md``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness import Row

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results.json"
PAGE = ROOT / "docs" / "performance.md"

_HEAD = """# 有多快

这一页由 `python -m benchmarks` 写成，不手改；要重新测，运行 `python -m benchmarks`
（全部，约半小时），或 `python -m benchmarks functions`（只测一组）。

先看比值，再看秒数：换一台电脑，秒数会变，比值大致不变。

- **÷下限**：我们用的时间是“下限”的几倍。下限是做这件事绕不开的最少工作，
  如只读出单元格、只复制字节、只做一遍算术。越接近 1 越好。
- **快过手写**：同一件事照一般写法（openpyxl、jsonschema、pandas，逐行）写出来，
  时间是我们的几倍。越大越好。
- 每种做法轮流跑，至少五轮，取中位数；手写的很慢时轮数较少，已在行末注明。
- 每组后面写着哪天、在什么机器上测的。系统负载高于核数时，机器还在忙别的，秒数偏大，比值仍可比。
"""


@dataclass
class Section:
    """One group of results, with the day and the computer of the measurement."""

    title: str
    date: str
    machine: dict[str, str]
    rows: list[Row]
    remarks: list[str] = field(default_factory=list)


def load() -> dict[str, Section]:
    """Return the stored results."""
    if not RESULTS.exists():
        return {}
    kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    return {
        name: Section(**{**section, "rows": [Row.from_json(row) for row in section["rows"]]})
        for name, section in kept.items()
    }


def save(sections: dict[str, Section]) -> None:
    """Store the results, and write the page."""
    kept = {
        name: {**vars(section), "rows": [row.to_json() for row in section.rows]}
        for name, section in sections.items()
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
    RESULTS.write_text(text, encoding="utf-8")
    PAGE.write_text(page(sections), encoding="utf-8")


def page(sections: dict[str, Section]) -> str:
    """Return the page."""
    return "\n".join([_HEAD, *(_section(section) for section in sections.values())])


def _section(section: Section) -> str:
    lines = [f"## {section.title}", ""]
    if section.rows:
        lines += [
            "| 做什么 | ÷下限 | 快过手写 | 我们 | 下限 | 手写 | 要求 |",
            "|---|---:|---:|---:|---:|---:|---|",
            *(_line(row) for row in section.rows),
            "",
        ]
    lines += _peers(section.rows)
    labels = dict.fromkeys(
        f"{kind}：{label}"
        for row in section.rows
        for kind, label in (("下限", row.floor_label), ("手写", row.by_hand_label))
        if label
    )
    lines += [f"- {label}" for label in labels]
    tables = [remark for remark in section.remarks if remark.startswith("|")]
    lines += [*tables, ""] if tables else []
    lines += [f"- {remark}" for remark in section.remarks if remark not in tables]
    host = section.machine
    load = f"；开始时系统负载 {host['load']}" if host.get("load") else ""
    lines.append(
        f"\n{section.date}，{host['cpu']}，内存 {host['memory']}，{host['system']}，"
        f"{host['python']}{load}。\n"
    )
    return "\n".join(lines)


def _line(row: Row) -> str:
    cells = (
        row.title + (f"（{row.note}）" if row.note else ""),
        "" if row.times_floor is None else f"**{_short(row.times_floor)}**",
        "" if row.times_faster is None else f"**{_short(row.times_faster)} 倍**",
        seconds(row.ours),
        "" if row.floor is None else seconds(row.floor),
        "" if row.by_hand is None else seconds(row.by_hand),
        _limit(row),
    )
    return "| " + " | ".join(cells) + " |"


def _peers(rows: list[Row]) -> list[str]:
    """Return a table of the other tools' times; empty if none were measured."""
    compared = [row for row in rows if row.peers]
    names = list(dict.fromkeys(name for row in compared for name in row.peers))
    if not names:
        return []
    lines = [
        f"| 同样的文件，同一轮 | 我们 | {' | '.join(names)} |",
        f"|---|---:|{'---:|' * len(names)}",
    ]
    for row in compared:
        cells = [
            f"{seconds(row.peers[name])}，我们的 **{_short(row.peers[name] / row.ours)} 倍**"
            if name in row.peers
            else ""
            for name in names
        ]
        lines.append(f"| {' | '.join((row.title, seconds(row.ours), *cells))} |")
    return [*lines, ""]


def _limit(row: Row) -> str:
    limits = []
    if row.limit.floor is not None:
        limits.append(f"÷下限 ≤ {row.limit.floor:g}")
    if row.limit.by_hand is not None:
        limits.append(f"快过手写 ≥ {row.limit.by_hand:g} 倍")
    if row.limit.seconds is not None:
        limits.append(f"≤ {seconds(row.limit.seconds)}")
    if not limits:
        return ""
    return f"{'，'.join(limits)}：{'达到' if row.holds else '**没达到**'}"


def _short(value: float) -> str:
    if value < 3:  # where a limit may be near
        return f"{value:.2f}"
    return f"{value:.0f}" if value >= 20 else f"{value:.1f}"


def seconds(value: float) -> str:
    """Format a time in the unit that suits it, from seconds to nanoseconds."""
    for scale, name in ((1, "秒"), (1e-3, "毫秒"), (1e-6, "微秒")):
        if value >= scale:
            return f"{value / scale:.3g} {name}"
    return f"{value / 1e-9:.3g} 纳秒"
