"""The files the product ships: plan, rules, schemas, macros, examples, the built workbook.

In a checkout some of them lie at its top; in a wheel they lie in this package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent.parent


@cache
def resource(relative: str) -> Path:
    """Path of a shipped file or folder, such as ``schemas/plan.schema.json``.

    Raises:
        FileNotFoundError: the installation is incomplete.
    """
    for root in (_PACKAGE, _CHECKOUT):
        candidate = root / relative
        if candidate.exists():
            return candidate
    raise FileNotFoundError(f"安装不完整：缺少 {relative}。请重新安装 qiyx-xl。")


def read_text(relative: str) -> str:
    """Text of a shipped file."""
    return resource(relative).read_text(encoding="utf-8")
