"""Write ``docs/codes.md`` from the catalogue of findings; ``--check`` only compares."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

from code_examples import COMMON, EXAMPLES  # noqa: E402

from qiyx_xl.core.findings import CATALOGUE  # noqa: E402
from qiyx_xl.core.findings.model import FindingKind  # noqa: E402, TC001

PAGE = HERE.parent / "docs" / "codes.md"

_FAMILIES = {
    "F": "文件本身",
    "T": "模板、单位、数据期",
    "V": "填报的值",
    "C": "汇总",
}
_HEAD = """\
# 校验代码手册

每条问题都有一个代码。**必须改**：整份文件退回；**请核对**：照收，请看一眼。
“例”是退回单和清单里看到的原话，表头、原值和建议换成您表里的。
方案文件的代码（P 开头）见 [plan.md](plan.md)；各种写法读成什么，见 [cells.md](cells.md)。
本页由 `python scripts/code_docs.py` 生成：句子出自程序里的目录，说明和例子出自
`scripts/code_examples.py`。
"""


def example(kind: FindingKind) -> str:
    """Return an example of a code's message, as in a report."""
    _, words = EXAMPLES[kind.code]
    return kind.wording.format(**(COMMON | words))


def page() -> str:
    """Return the page's text."""
    parts = [_HEAD]
    for letter, family in _FAMILIES.items():
        kinds = [kind for code, kind in sorted(CATALOGUE.items()) if code.startswith(letter)]
        parts.append(
            f"\n## {letter}：{family}\n\n"
            "| 代码 | 程度 | 名称 | 什么时候出现 | 例 |\n|---|---|---|---|---|\n"
        )
        parts.extend(
            f"| {kind.code} | {kind.severity.label} | {_cell(kind.title)}"
            f" | {_cell(EXAMPLES[kind.code][0])} | {_cell(example(kind))} |\n"
            for kind in kinds
        )
    return "".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> int:
    """Write or compare the page."""
    missing = [code for code in CATALOGUE if code not in EXAMPLES]
    if missing:
        sys.stderr.write(f"scripts/code_examples.py 里没有：{'、'.join(missing)}\n")
        return 1
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
