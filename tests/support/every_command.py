"""How each command of the registry is run on a small office, for whoever strikes it."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from qiyx_xl.data import read_text, resource
from support.paths import TESTS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Run = Callable[..., int]

LEDGER = "七优享台账.xlsm"
OLDER_LEDGER = "旧/七优享台账.xlsm"
"""A ledger of an earlier version, which has no store."""
Q3 = ("--period", "2026Q3")
DAY = ("--today", "2026-10-30")
BY = ("--by", "张三")
RAISED = ("--title", "协调校舍", "--agency", "区教育局", *BY, "--deadline", "2026-12-31", *DAY)
MATTER = ("--title", "协调用房", "--agency", "区卫健局", *BY, "--deadline", "2026-12-31", *DAY)


@dataclass(frozen=True)
class Case:
    """One way to run a command: what is done to the office before, and the command's words."""

    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()

    @property
    def once(self) -> bool:
        """Whether it says itself that it was done, or does it twice, when it is run again."""
        return self.words[:2] in {("matter", "add"), ("matter", "done"), ("matter", "reopen")} or (
            self.words[0] in {"close", "reopen"}
        )


MORE = ("consolidate", "后", *Q3, *DAY)
CONFIRM = (
    *("decide", *Q3, "--indicator", "12", "--agency", "区卫健局", "--confirm"),
    *("--value", "96", "--reason", "已核实", *BY, *DAY),
)
EARLIER = ("history", "import", "进度.csv", "--out", "确认.xlsx")
CLOSE = ("close", *Q3, *BY, *DAY)

CASES: dict[str, tuple[Case, ...]] = {
    "demo": (Case(("demo", "试用")),),
    "init": (Case(("init", "新专班", *BY)),),
    "plan show": (Case(("plan", "show")),),
    "plan check": (Case(("plan", "check")),),
    "plan adopt": (
        Case(("plan", "adopt", "改过.json", "--from", "2027Q1", "--yes", *BY, *DAY)),
        Case(("plan", "adopt", "改过.json", "--dry-run", *DAY)),
    ),
    "plan export": (Case(("plan", "export", "新的/方案.xlsx")),),
    "plan import": (Case(("plan", "import", "指标表.txt", "--out", "新的/方案.json")),),
    "history import": (Case(("history", "import", "进度.csv", "--out", "新的/确认.xlsx")),),
    "history adopt": (Case(("history", "adopt", "确认.xlsx", *DAY), (EARLIER,)),),
    "rate": (Case(("rate", "--indicator", "9", *Q3, "--actual", "3.3")),),
    "distribute": (Case(("distribute", *Q3, "--out", "下发"), (MORE,)),),
    "validate": (
        Case(("validate", "后", *Q3)),
        Case(("validate", "报送.zip", *Q3)),
        Case(
            (
                *("validate", "后", *Q3, "--returns", "退回", "--report", "校验/结果.html"),
                *("--findings", "校验/问题.csv"),
            )
        ),
    ),
    "consolidate": (Case(MORE), Case(("consolidate", "报送.zip", *Q3, *DAY))),
    "status": (Case(("status", *Q3, *DAY)),),
    "decide": (Case(CONFIRM),),
    "trace": (Case(("trace", "--indicator", "12", *Q3, *DAY)),),
    "diff": (Case(("diff", *Q3, "--against", "#1", *DAY), (MORE,)),),
    "close": (Case(CLOSE),),
    "reopen": (Case(("reopen", *Q3, *BY, "--reason", "审计", *DAY), (CLOSE,)),),
    "remind": (Case(("remind", *Q3, *DAY, "--out", "催报清单.xlsx"), (MORE,)),),
    "publish": (
        Case(("publish", *Q3, "--out", "发布", "--only", "scorecard,reminders", *DAY), (MORE,)),
    ),
    "meeting": (
        Case(("meeting", "--date", "2026-10-30", *Q3, "--out", "例会", *BY), (MORE,)),
        Case(("meeting", "--settle", "例会/填好的.xlsx", "--date", "2026-10-30", *BY)),
    ),
    "matter list": (Case(("matter", "list")),),
    "matter add": (Case(("matter", "add", *MATTER)),),
    "matter done": (Case(("matter", "done", "M-2026-01", *BY, *DAY)),),
    "matter reopen": (
        Case(
            ("matter", "reopen", "M-2026-01", "--note", "未通过", *BY, *DAY),
            (("matter", "done", "M-2026-01", *BY, *DAY),),
        ),
    ),
    "template": (Case(("template", "bulletin", "--out", "模板/通报模板.docx")),),
    "projects template": (Case(("projects", "template", "清单.xlsx")),),
    "projects import": (Case(("projects", "import", "projects.json", *DAY)),),
    "projects show": (Case(("projects", "show")),),
    "ledger build": (Case(("ledger", "build", "另一个/台账.xlsm")),),
    "ledger convert": (Case(("ledger", "convert", LEDGER, "转换.xlsx")),),
    "ledger migrate": (
        Case(("ledger", "migrate", LEDGER, *DAY)),
        Case(("ledger", "migrate", OLDER_LEDGER, *DAY)),
    ),
    "ledger refresh": (Case(("ledger", "refresh", LEDGER, "--period", "2025Q4", *DAY)),),
    "ledger verify": (Case(("ledger", "verify", LEDGER, *DAY)),),
    "ledger rebuild": (
        Case(("ledger", "rebuild", LEDGER, *DAY)),
        Case(("ledger", "rebuild", LEDGER, *DAY), (("rm", "七优享台账.sqlite"),)),
    ),
    "ledger static": (Case(("ledger", "static", LEDGER, "副本.xlsx")),),
    "host install": (Case(("host", "install", "libreoffice", "--save", "新的/扩展.oxt")),),
    "host uninstall": (Case(("host", "uninstall", "excel")),),
    "host status": (Case(("host", "status")),),
    "doctor": (Case(("doctor",)),),
}


def registered(
    group: click.Group, context: click.Context | None = None, before: str = ""
) -> Iterator[str]:
    """Yield every command, by the words that call it."""
    context = context or click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        words = f"{before} {name}".strip()
        if isinstance(command, click.Group):
            yield from registered(command, context, words)
        else:
            yield words


def found_office(here: Path, run: Run) -> None:
    """Make the office in the current folder: two files taken in, papers out, more in the inbox."""
    samples = resource("examples/2026Q3")
    for folder, names in (
        ("先", ("大碶街道_2026Q3.xlsx", "新碶街道_2026Q3.xlsx")),
        ("后", ("区政府办公室_2026Q3.xlsx", "区卫健局_2026Q3.xlsx", "戚家山街道_2026Q3.xlsx")),
    ):
        (here / folder).mkdir()
        for name in names:
            shutil.copy(samples / name, here / folder / name)
    shutil.make_archive(str(here / "报送"), "zip", here / "后")
    shutil.copy(resource("examples/projects.json"), here / "projects.json")
    table = "序号\t指标名称\t单位\t2023年目标值\t2024年目标值\t2025年目标值\n"
    rows = "1\t每千人口托位数\t个\t4.5\t4.6\t4.8\n2\t规范化率\t%\t95\t96\t97\n"
    (here / "指标表.txt").write_text(table + rows, encoding="utf-8")
    earlier = (
        "序号,指标,2024年完成值,2025年完成值\n2,普惠托位占比,66,67\n21,残疾人之家覆盖率,100,100\n"
    )
    (here / "进度.csv").write_text(earlier, encoding="utf-8")
    (here / OLDER_LEDGER).parent.mkdir()
    shutil.copy(TESTS / "ledger" / "built_as_ledger_2.xlsm", here / OLDER_LEDGER)
    revised = json.loads(read_text("plan.json"))
    revised["indicators"][11]["responsible_agency"] = "区医保部门"
    (here / "改过.json").write_text(json.dumps(revised, ensure_ascii=False), encoding="utf-8")
    (here / "别人的文件.txt").write_text("别动", encoding="utf-8")
    for words in (
        ("ledger", "build", LEDGER),
        ("consolidate", "先", *Q3, *DAY),
        ("publish", *Q3, "--out", "发布", "--only", "scorecard,reminders", *DAY),
        ("meeting", "--date", "2026-10-30", *Q3, "--out", "例会", *BY),
        ("matter", "add", *RAISED),
        ("distribute", *Q3, "--out", "下发"),
        ("validate", "先", *Q3, "--report", "校验/结果.html", "--findings", "校验/问题.csv"),
        ("remind", *Q3, *DAY, "--out", "催报清单.xlsx"),
        ("projects", "template", "清单.xlsx"),
        ("ledger", "static", LEDGER, "副本.xlsx"),
    ):
        if run(*words) not in (0, 1):
            raise SystemExit(f"cannot prepare: {words}")
    _fill_in_meeting(here)


def _fill_in_meeting(here: Path) -> None:
    """Write a 调度单 as somebody fills it in: one matter more than was printed."""
    import openpyxl

    (printed,) = (here / "例会").glob("调度单_*.xlsx")
    book = openpyxl.load_workbook(printed)
    sheet = book.worksheets[0]
    header = next(row for row in sheet.iter_rows() if any(cell.value == "责任单位" for cell in row))
    columns = {cell.value: cell.column for cell in header}
    row = header[0].row + 1
    while sheet.cell(row, columns["事项"]).value:
        row += 1
    for name, value in (("事项", "协调校车"), ("责任单位", "区教育局"), ("时限", "2026-12-31")):
        sheet.cell(row, columns[name]).value = value
    book.save(here / "例会" / "填好的.xlsx")
