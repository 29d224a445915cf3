"""Write the tables of docs/plan.md from the plan, the schema and the catalogue.

Run it after changing one of them: ``python scripts/plan_docs.py``. With ``--check`` it only reports
by exit code 1 that the page is out of date.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from qiyx_xl.core.findings.plan import PLAN_CATALOGUE  # noqa: E402
from qiyx_xl.intake.office_files.plan import load_plan  # noqa: E402
from qiyx_xl.papers.plan_tables import Rows, question_rows  # noqa: E402

PAGE = ROOT / "docs" / "plan.md"
SCHEMA = ROOT / "schemas" / "plan.schema.json"

PARTS = (
    "indicator", "goal", "milestone", "task", "breakdown", "parts", "target", "agency", "domain",
    "open_question",
)  # fmt: skip


def main() -> int:
    """Rewrite the page, or compare it."""
    old = PAGE.read_text(encoding="utf-8")
    new = render(old)
    if "--check" in sys.argv[1:]:
        print("docs/plan.md 是最新的。" if new == old else "docs/plan.md 过时了，请重新生成。")
        return int(new != old)
    PAGE.write_text(new, encoding="utf-8")
    return 0


def render(page: str) -> str:
    """Return the page with every generated block replaced."""
    for name, rows in (("fields", _fields()), ("questions", _questions()), ("codes", _codes())):
        block = f"<!-- {name} -->\n{_markdown(rows)}\n<!-- /{name} -->"
        page = re.sub(
            rf"<!-- {name} -->.*?<!-- /{name} -->", lambda _, b=block: b, page, flags=re.DOTALL
        )
    return page


def _questions() -> Rows:
    return question_rows(load_plan())


def _codes() -> Rows:
    rows = [["编码", "轻重", "问题", "怎么改"]]
    for kind in PLAN_CATALOGUE.values():
        _, _, cure = kind.wording.partition("请")
        cure = re.sub(r"“?\{[a-z]+\}”?", "…", cure)
        rows.append([kind.code, kind.severity.label, kind.title, f"请{cure}"])
    return rows


def _fields() -> Rows:
    """Return every key of a plan file once: its title, where it is used, and its meaning."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    listed: dict[tuple[str, str, str], list[str]] = {}
    holders = {"（顶层）": schema} | {
        schema["$defs"][p]["title"]: schema["$defs"][p] for p in PARTS
    }
    for holder, definition in holders.items():
        for key, value in definition["properties"].items():
            described = schema["$defs"][value["$ref"][8:]] if "$ref" in value else value
            entry = (key, described["title"], described.get("description", ""))
            listed.setdefault(entry, []).append(holder)
    rows = [["键", "消息里的叫法", "用在", "填什么"]]
    for (key, title, description), users in listed.items():
        rows.append([f"`{key}`", title, "、".join(users), description])
    return rows


def _markdown(rows: Rows) -> str:
    header, *body = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [header, ["---"] * len(header), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
