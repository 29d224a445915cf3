"""How the report on a batch is written as one HTML page: no network, no other files.

A browser handles about 20,000 findings without delay. A longer page would be slow, so the rest is
left out, and a note at the top says how to get all of them.

Untrusted text is escaped, and the page's Content-Security-Policy allows only our own script and
style.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.records.submission import SubmissionStatus
from qiyx_xl.documents.check_report.summary import TITLE, CheckSummary, FindingLine, worst_first
from qiyx_xl.documents.style.web_page import choice, page_lines, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MAX_LISTED = 20_000  # findings
MAX_FILES = 5_000  # also the limit for agencies

_FINDING_HEADER = (
    *("序号", "级别", "单位", "文件", "工作表", "单元格"),
    *("栏目", "现在填的", "问题和改法", "建议填", "代码"),
)


def render_page(summary: CheckSummary) -> Iterator[str]:
    """Yield the page's HTML line by line; the same summary gives the same text."""
    body = chain(
        ['<a class="skip" href="#list">跳到问题清单</a>'],
        _head(summary),
        _summary_tables(summary),
        _finding_list(summary),
    )
    return page_lines(_title(summary), "check_report.css", "check_report.js", body)


def _title(summary: CheckSummary) -> str:
    return TITLE if summary.period is None else f"{TITLE}（{summary.period.label}）"


def _head(summary: CheckSummary) -> list[str]:
    totals = (
        ("文件", summary.file_count, ""),
        *(
            (status.label, summary.count(status), f' class="{status.value}"')
            for status in SubmissionStatus
        ),
        ("必须改（处）", summary.errors, ' class="error"'),
        ("请核对（处）", summary.warnings, ' class="warning"'),
    )
    return [
        "<header>",
        f"<h1>{TITLE}</h1>",
        f'<p class="origin">{safe(summary.origin)}</p>',
        '<ul class="totals">',
        *(f"<li{kind}>{name}<b>{count}</b></li>" for name, count, kind in totals),
        "</ul>",
        *(f'<p class="cut">{safe(note)}</p>' for note in _cuts(summary)),
        "</header>",
    ]


def _cuts(summary: CheckSummary) -> list[str]:
    """Return the note on what this page leaves out and how to get all of it, if anything."""
    left_out = summary.beyond(files=MAX_FILES, findings=MAX_LISTED)
    cure = "要全部，请加 --findings 文件夹；要更长的清单，请把 --report 存成 .xlsx。"
    return [f"内容太多，一页放不下：{left_out}。合计数是全部的。{cure}"] if left_out else []


def _summary_tables(summary: CheckSummary) -> list[str]:
    agencies = [
        (
            line.agency,
            line.files,
            line.accepted,
            line.returned,
            line.unreadable,
            line.errors,
            line.warnings,
        )
        for line in worst_first(summary.agencies, MAX_FILES)
    ]
    by_file = [
        (
            line.file,
            line.agency,
            line.period,
            line.status,
            line.reported,
            line.errors,
            line.warnings,
        )
        for line in summary.files(MAX_FILES)
    ]
    codes = [
        (line.title, line.code, line.severity, line.findings, line.files) for line in summary.codes
    ]
    return [
        "<main>",
        '<div class="side">',
        *_table(
            "按单位",
            ("单位", "文件", "通过", "需退回", "读不了", "必须改", "请核对"),
            agencies,
        ),
        *_table("按问题", ("问题", "代码", "级别", "处数", "文件"), codes),
        "</div>",
        *_table(
            "按文件",
            ("文件", "单位", "数据期", "结果", "已填（项）", "必须改", "请核对"),
            by_file,
        ),
    ]


def _table(heading: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    numbers = {at for row in rows[:1] for at, value in enumerate(row) if isinstance(value, int)}
    names = (
        f'<th scope="col"{" class=n" if at in numbers else ""}>{name}</th>'
        for at, name in enumerate(header)
    )
    return [
        f"<section><h2>{heading}</h2>",
        '<div class="scroll"><table>',
        f"<thead><tr>{''.join(names)}</tr></thead>",
        "<tbody>",
        *(f"<tr>{''.join(_cell(value) for value in row)}</tr>" for row in rows),
        *([] if rows else [f'<tr><td colspan="{len(header)}">没有</td></tr>']),
        "</tbody></table></div></section>",
    ]


def _cell(value: object) -> str:
    match value:
        case SubmissionStatus() | Severity():
            return f'<td class="c">{_tag(value)}</td>'
        case int():
            return f'<td class="n">{value}</td>'
        case _:
            return f'<td class="t">{safe(str(value))}</td>'


def _tag(value: SubmissionStatus | Severity) -> str:
    return f'<span class="tag {value.value}">{value.label}</span>'


# --- the list of findings ---------------------------------------------------------------------


def _finding_list(summary: CheckSummary) -> Iterator[str]:
    if summary.finding_count == 0:
        yield from (
            '<section><h2 id="list">问题清单</h2>',
            '<p class="none">没有发现问题。</p></section>',
            "</main>",
        )
        return
    places = {line.agency: str(at) for at, line in enumerate(summary.agencies)}
    with_findings = dict.fromkeys(line.agency for line in _listed(summary))
    header = "".join(f'<th scope="col">{name}</th>' for name in _FINDING_HEADER)
    counted = f"共 {summary.finding_count} 处"
    if summary.finding_count > MAX_LISTED:
        counted = f"只列前 {MAX_LISTED:,} 处，共 {summary.finding_count:,} 处"
    yield from (
        '<section><h2 id="list">问题清单</h2>',
        '<div class="filters">',
        *choice("agency", "单位", ((places[name], name) for name in with_findings)),
        *choice("severity", "级别", ((severity.value, severity.label) for severity in Severity)),
        *choice(
            "code", "问题", ((line.code, f"{line.code} {line.title}") for line in summary.codes)
        ),
        '<label>查找<input type="search" id="by-text" placeholder="文件、单元格、内容"></label>',
        '<button type="button" id="clear">清除筛选</button>',
        '<button type="button" id="print">打印</button>',
        "</div>",
        f'<p id="shown" role="status">{counted}</p>',
        '<p class="none" id="none" hidden>没有符合筛选条件的问题。</p>',
        '<table id="findings">',
        f"<thead><tr>{header}</tr></thead>",
        "<tbody>",
    )
    for number, line in enumerate(_listed(summary), start=1):
        yield _finding_row(number, line, places[line.agency])
    yield from ("</tbody></table></section>", "</main>")


def _listed(summary: CheckSummary) -> Iterator[FindingLine]:
    return islice(summary.findings(), MAX_LISTED)


def _finding_row(number: int, line: FindingLine, place: str) -> str:
    finding = line.finding
    cells = (
        f'<td class="n">{number}</td>',
        f'<td class="c">{_tag(finding.severity)}</td>',
        f'<td class="c">{safe(line.agency)}</td>',
        *(f'<td class="t">{safe(text)}</td>' for text in (line.file, finding.sheet, finding.cell)),
        *(f'<td class="t">{safe(text, 500)}</td>' for text in (finding.header, finding.value)),
        f'<td class="t">{safe(finding.message)}</td>',
        f'<td class="t">{safe(finding.suggestion, 500)}</td>',
        f'<td class="c">{safe(finding.code)}</td>',
    )
    return (
        f'<tr data-agency="{place}" data-severity="{finding.severity.value}" '
        f'data-code="{safe(finding.code)}">{"".join(cells)}</tr>'
    )
