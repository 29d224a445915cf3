"""Make the sample workbooks in examples/, with the faults of workbooks that offices send.

    python scripts/make_examples.py [--out examples] [--libreoffice]

The values are in the tables example_*.csv beside this script, the lists of projects in
examples/projects.json. examples/README.md describes each file and its expected result. Two runs
give the same bytes, except for files saved by LibreOffice (``SAVED_BY_LIBREOFFICE``): those are
written only with --libreoffice, which needs soffice.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from example_workbooks import (
    FilledForm,
    fill_projects,
    fill_tasks,
    settle_zip,
    write_retyped,
)

from qiyx_xl.core.forms.cell_parser import read_cell
from qiyx_xl.core.forms.vocabulary import FORM_SHEET, FormColumn, form_items
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.written import document_of
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.records.project_record import NO_PROJECTS, ProjectBook
from qiyx_xl.core.records.record import Record
from qiyx_xl.documents.forms.write import form_file_name, write_form
from qiyx_xl.documents.workbooks.plan import write_plan
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.project_list import load_project_list
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qiyx_xl.core.plan.model import Agency, Plan
    from qiyx_xl.core.plan.rules import Rules

HERE = Path(__file__).resolve().parent
PROJECTS = HERE.parent / "examples" / "projects.json"
PLAN_BEFORE_TASKS = "2023.1"
LAST_YEAR, LAST_QUARTER, THIS = (Period.parse(text) for text in ("2025Q4", "2026Q2", "2026Q3"))

BETWEEN = (Period.parse("2026Q1"), LAST_QUARTER)

SAVED_BY_LIBREOFFICE = ("区教育局_2026Q3.xlsx", "区住建局_2026Q3.xlsx", "新碶街道_2026Q3.xlsx")

# Invented contacts; the phone numbers are not in service.
_CONTACTS = {
    "区卫健局": ("王敏", "0574-8600 0101", "陈立"),
    "区教育局": ("李静", "0574-8600 0102", "周伟"),
    "区人力社保局": ("张磊", "0574-8600 0103", "徐洁"),
    "区民政局": ("刘芳", "0574-8600 0104", "黄勇"),
    "区住建局": ("陈杰", "0574-8600 0105", "何军"),
    "区政府办公室": ("杨帆", "0574-8600 0106", "朱琳"),
    "新碶街道": ("许佳", "0574-8600 0201", "郑涛"),
    "大碶街道": ("孙悦", "0574-8600 0202", "马超"),
    "小港街道": ("胡斌", "0574-8600 0203", "郭颖"),
    "霞浦街道": ("林晓", "0574-8600 0204", "高翔"),
    "柴桥街道": ("罗丹", "0574-8600 0205", "梁栋"),
    "戚家山街道": ("宋佳", "0574-8600 0206", "谢明"),
    "春晓街道": ("唐宁", "0574-8600 0207", "韩冰"),
    "梅山街道": ("冯雪", "0574-8600 0208", "曹阳"),
    "郭巨街道": ("邓岚", "0574-8600 0209", "彭飞"),
    "白峰街道": ("曾琪", "0574-8600 0210", "吕健"),
    "大榭街道": ("苏航", "0574-8600 0211", "卢静"),
}
_SENT_AFTER = 8  # days after the period's end
_WEB_PAGE = """<html>
<head><meta charset="utf-8"><title>七优享填报表</title></head>
<body>
<table border="1">
<tr><th>指标编码</th><th>指标名称</th><th>本期实际值</th></tr>
<tr><td>T6-2-01</td><td>累计建设未来社区</td><td>1</td></tr>
</table>
</body>
</html>
"""


@dataclass(frozen=True)
class Entry:
    """An agency's report for one item: the cell as typed, the second number, the remark."""

    actual: str
    second: str = ""
    remark: str = ""


Values = dict[tuple[str, str, str], Entry]  # agency, period, code


def main() -> None:
    """Write both folders."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=HERE.parent / "examples")
    parser.add_argument("--libreoffice", action="store_true", help="重做由 LibreOffice 保存的文件")
    arguments = parser.parse_args()
    maker = Maker(load_plan(), load_rules())
    made = maker.make_history(arguments.out / str(LAST_YEAR))
    made += maker.make_between(arguments.out)
    made += maker.make_returns(arguments.out / str(THIS), libreoffice=arguments.libreoffice)
    made += make_shares(arguments.out / "目标分解")
    print(f"写好 {made} 份样例，在 {arguments.out}")
    if not arguments.libreoffice:
        print("由 LibreOffice 保存的没有重做：" + "、".join(SAVED_BY_LIBREOFFICE))


def make_shares(folder: Path) -> int:
    """Write the sample of targets broken down to streets: the plan, and what the streets send."""
    plan, values = read_shares(load_plan())
    maker = Maker(plan, load_rules(), values)
    folder.mkdir(parents=True, exist_ok=True)
    write_plan(folder / "方案（目标分解示例）.xlsx", plan)
    made = 1
    for period in (LAST_YEAR, THIS):
        inbox = folder / str(period)
        inbox.mkdir(exist_ok=True)
        for street in plan.streets:
            path = inbox / form_file_name(street, period)
            with maker.filled(path, street, period, sent_after=_SENT_AFTER + 1):
                made += 1
    return made


class Maker:
    """Fills in the product's forms in the way offices do."""

    def __init__(self, plan: Plan, rules: Rules, values: Values | None = None) -> None:
        self.plan = plan
        self.rules = rules
        self.values = read_values() if values is None else values
        self.listed = load_project_list(PROJECTS, plan)
        self.project_values = {
            row["code"]: (typed_day(row["value"]), row["remark"])
            for row in _table("example_project_values.csv")
        }

        self.task_values = {
            row["code"]: (row["state"], row["words"], row["evidence"])
            for row in _table("example_task_values.csv")
        }

    def make_history(self, folder: Path) -> int:
        """Write last year's files: one of every agency, without faults.

        The plan of that year had no tasks yet.
        """
        before = replace(self.plan, tasks=(), version=PLAN_BEFORE_TASKS)
        folder.mkdir(parents=True, exist_ok=True)
        agencies = [a for a in self.plan.agencies if form_items(self.plan, a, LAST_YEAR)]
        for agency in agencies:
            path = folder / form_file_name(agency, LAST_YEAR)
            with self.filled(path, agency, LAST_YEAR, before):
                pass
        return len(agencies)

    def make_between(self, out: Path) -> int:
        """Write the files of the two quarters between: one of every bureau, without faults."""
        before = replace(self.plan, tasks=(), version=PLAN_BEFORE_TASKS)
        made = 0
        for period in BETWEEN:
            folder = out / str(period)
            folder.mkdir(parents=True, exist_ok=True)
            for agency in self.plan.agencies:
                if agency.is_street or not form_items(self.plan, agency, period):
                    continue
                with self.filled(folder / form_file_name(agency, period), agency, period, before):
                    made += 1
        return made

    def make_returns(self, folder: Path, *, libreoffice: bool) -> int:
        """Write this quarter's files, with the faults that offices make."""
        folder.mkdir(parents=True, exist_ok=True)
        made = 0
        for make in (self._make_districts, self._make_streets):
            made += make(folder)
        if libreoffice:
            made += self._make_with_libreoffice(folder)
        return made

    def _make_districts(self, folder: Path) -> int:
        with self.filled(folder / "区卫健局_2026Q3.xlsx", self._agency("区卫健局")):
            pass
        with self.filled(folder / "区政府办公室_2026Q3.xlsx", self._agency("区政府办公室")):
            pass
        name = "七优享台账(最终版2)(1).xlsx"
        with self.filled(folder / name, self._agency("区人力社保局")) as form:
            form.put("8", FormColumn.ACTUAL, "９５．６％")
            form.put("T3-1-01", FormColumn.ACTUAL, " 12.1")
            form.insert_column(FormColumn.ACTUAL, "责任科室", "就业科")
        with self.filled(folder / "区民政局七优享9月.xlsx", self._agency("区民政局")) as form:
            form.put("14", FormColumn.ACTUAL, "约65.95")
            form.put("T5-2-02", FormColumn.ACTUAL, "16.8张")
            form.put("T7-2-02", FormColumn.ACTUAL, 0.25)  # in 亿元 instead of 万元
            item = self.plan.find("19")
            form.add_row(("19", "指标", item.name, item.measure, "16500", 16000, 1.65))
        return 4

    def _make_streets(self, folder: Path) -> int:
        with self.filled(folder / "大碶街道_2026Q3.xlsx", self._agency("大碶街道")) as form:
            form.paste_as_text(FormColumn.ACTUAL)
        for name, street in (
            ("梅山街道_2026Q3.xlsx", "梅山街道"),
            ("大榭街道_2026Q3 (1).xlsx", "大榭街道"),
        ):
            with self.filled(folder / name, self._agency(street)):
                pass
        shutil.copyfile(
            folder / "梅山街道_2026Q3.xlsx", folder / "梅山街道七优享三季度（定稿）.xlsx"
        )
        self._retyped(folder / "小港街道三季度报表.xlsx", "小港街道", merged=False)
        self._retyped(folder / "春晓街道 2026年3季度.xlsx", "春晓街道", merged=True)
        with self.filled(folder / "霞浦街道_2026Q3.xlsx", self._agency("霞浦街道")) as form:
            form.put("T6-2-01", FormColumn.ACTUAL, "2个")
            form.put("T7-2-03", FormColumn.ACTUAL, "约10")
        path = folder / "柴桥街道_2026Q3.xlsx"  # last quarter's form under this quarter's name
        with self.filled(path, self._agency("柴桥街道"), LAST_QUARTER, source=THIS):
            pass
        with self.filled(folder / "郭巨街道_2026Q3.xlsx", self._agency("郭巨街道")) as form:
            form.put("T7-2-03", FormColumn.TARGET, "≥12")
            form.put("T7-2-03", FormColumn.REMARK, "按分解任务填报")
        (folder / "戚家山街道_2026Q3.xlsx").write_text(_WEB_PAGE, encoding="utf-8", newline="\n")
        return 10

    def _make_with_libreoffice(self, folder: Path) -> int:
        with tempfile.TemporaryDirectory() as scratch:
            drafts = Path(scratch) / "drafts"
            drafts.mkdir()
            for name in SAVED_BY_LIBREOFFICE:
                agency = self._agency(name.partition("_")[0])
                with self.filled(drafts / name, agency) as form:
                    if agency.name == "区住建局":
                        form.put("17", FormColumn.ACTUAL, "=2.66+0.03")
                        form.put("T6-2-04", FormColumn.ACTUAL, "=SUM(33,2,3)")
            subprocess.run(
                [
                    "soffice",
                    f"-env:UserInstallation={(Path(scratch) / 'profile').as_uri()}",
                    "--headless",
                    "--convert-to",
                    "xlsx:Calc MS Excel 2007 XML",
                    "--outdir",
                    str(folder),
                    *(str(drafts / name) for name in SAVED_BY_LIBREOFFICE),
                ],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        return len(SAVED_BY_LIBREOFFICE)

    def _retyped(self, path: Path, street: str, *, merged: bool) -> None:
        agency = self._agency(street)
        items = form_items(self.plan, agency, THIS)
        rows = [(item, self.values[street, str(THIS), item.code].actual) for item in items]
        write_retyped(path, agency, THIS, rows, _CONTACTS[street], merged=merged)

    def _agency(self, name: str) -> Agency:
        agency = self.plan.agency(name)
        if agency is None:
            raise SystemExit(f"方案的单位名单里没有“{name}”，请改样例数据。")
        return agency

    @contextmanager
    def filled(
        self,
        path: Path,
        agency: Agency,
        period: Period = THIS,
        plan: Plan | None = None,
        *,
        sent_after: int = _SENT_AFTER,
        source: Period | None = None,
    ) -> Iterator[FilledForm]:
        """Yield an agency's filled-in form; it is saved, with the caller's changes, at the end."""
        history = {} if period == LAST_YEAR else self._last_values(agency, period)
        projects = ProjectBook(self.listed) if period == THIS else NO_PROJECTS
        write_form(
            path,
            self.plan if plan is None else plan,
            self.rules,
            agency,
            period,
            last_values=history,
            projects=projects,
        )
        book = openpyxl.load_workbook(path)
        fill_projects(book, self.project_values)
        fill_tasks(book, self.task_values)
        form = FilledForm(book[FORM_SHEET])
        for item in form_items(self.plan, agency, period, history):
            entry = self.values[agency.name, str(source or period), item.code]
            form.put(item.code, FormColumn.ACTUAL, typed(entry.actual))
            if item.second_input is not None:
                form.put(item.code, FormColumn.SECOND, typed(entry.second))
            form.put(item.code, FormColumn.REMARK, entry.remark or None)
        saved = datetime.combine(period.last_day, time(9)) + timedelta(days=sent_after)
        form.sign(_CONTACTS[agency.name], saved)
        yield form
        book.save(path)
        settle_zip(path, saved)

    def _last_values(self, agency: Agency, period: Period) -> Mapping[str, Record]:
        """Return what the form of a period prints as the last values.

        The office issued this quarter's forms before the two quarters between had come in.
        """
        known = [LAST_YEAR]
        if period == BETWEEN[1] and not agency.is_street:
            known.append(BETWEEN[0])
        return {
            code: Record(
                code=code,
                period=last,
                agency=agency.name,
                actual=read_cell(entry.actual, self.plan.find(code)).value,
                second=Decimal(entry.second) if entry.second else None,
            )
            for last in known
            for (name, sent, code), entry in self.values.items()
            if (name, sent) == (agency.name, str(last)) and entry.actual
        }


def read_values() -> Values:
    """Read the two tables of values beside this script."""
    plan = load_plan()
    values: Values = {}
    periods = (str(LAST_YEAR), str(THIS))
    for row in _table("example_values.csv"):
        item = plan.find(row["code"])
        if item is None:
            raise SystemExit(f"方案里没有“{row['code']}”，请改样例数据。")
        for period in periods:
            values[item.reporting_agency, period, item.code] = Entry(
                row[period], row["second"], row[f"{period}_remark"]
            )
    for row in _table("example_between_values.csv"):
        item = plan.find(row["code"])
        if item is None:
            raise SystemExit(f"方案里没有“{row['code']}”，请改样例数据。")
        second = values[item.reporting_agency, str(LAST_YEAR), item.code].second
        for period in map(str, BETWEEN):
            values[item.reporting_agency, period, item.code] = Entry(
                row[period], second, row["remark"]
            )
    for row in _table("example_street_values.csv"):
        for period in periods:
            values[row["street"], period, row["code"]] = Entry(row[period])
    return values


def read_shares(plan: Plan) -> tuple[Plan, Values]:
    """Return the plan with the sample's targets of streets, and the values of the streets."""
    entries: list[dict[str, object]] = []
    values = read_values()
    for row in _table("example_share_values.csv"):
        item = plan.find(row["code"])
        if item is None:
            raise SystemExit(f"方案里没有“{row['code']}”，请改样例数据。")
        for year in ("2025", "2026", "final"):
            if row[year]:
                target = {
                    "printed": row[year],
                    "comparator": ">=",
                    "value": Decimal(row[year]),
                }
                of_year = {} if year == "final" else {"year": int(year)}
                entries.append(
                    {"item": row["code"], "agency": row["street"], **of_year, "target": target}
                )
        for period in (str(LAST_YEAR), str(THIS)):
            known = values.get((row["street"], period, item.code))
            values[row["street"], period, item.code] = Entry(
                row[period] if known is None else known.actual,
                row["second"],
                row[f"{period}_remark"],
            )
    document = document_of(plan)
    marked = {
        "version": f"{document['version']}.1",
        "title": f"{document['title']}（街道目标为示例）",
    }
    return plan_from_document({**document, **marked, "breakdowns": entries}), values


def typed(text: str) -> object:
    """Return the cell value that Excel makes of typed text: a number, a text, or None."""
    if not text:
        return None
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text


def typed_day(text: str) -> object:
    """Return the cell value of typed text, as ``typed``, but dates are converted, too."""
    return date.fromisoformat(text) if text.count("-") == 2 else typed(text)  # noqa: PLR2004


def _table(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    main()
