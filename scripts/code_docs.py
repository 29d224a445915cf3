"""Write ``docs/codes.md`` from the catalogue of findings; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

from qiyx_xl.core.catalogue import CATALOGUE

PAGE = Path(__file__).resolve().parents[1] / "docs" / "codes.md"

_FAMILIES = {
    "F": "文件本身",
    "T": "模板、单位、数据期",
    "V": "填报的值",
    "C": "汇总",
}
_HEAD = """\
# 校验代码手册

每条问题都有一个代码。**必须改**：整份文件退回；**请核对**：照收，请看一眼。
句子里花括号的地方，校验时换成实际的表头、原值和建议。
方案文件的代码（P 开头）见 [plan.md](plan.md)。
本页由 `python scripts/code_docs.py` 按程序里的目录生成。
"""


def page() -> str:
    """Return the page's text."""
    parts = [_HEAD]
    for letter, family in _FAMILIES.items():
        kinds = [kind for code, kind in sorted(CATALOGUE.items()) if code.startswith(letter)]
        parts.append(
            f"\n## {letter}：{family}\n\n| 代码 | 程度 | 含义 | 怎么说 |\n|---|---|---|---|\n"
        )
        parts.extend(
            f"| {kind.code} | {kind.severity.label} | {_cell(kind.title)}"
            f" | {_cell(kind.wording)} |\n"
            for kind in kinds
        )
    return "".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write or compare the page."""
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
