"""The same PC with one thing different."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiyx_xl.shells.doctor.facts import Environment


def on_windows(environment: Environment, part: str, **changes: Any) -> Environment:
    """The same PC with something different in ``office``, ``trust`` or ``security``."""
    assert environment.windows is not None
    changed = replace(getattr(environment.windows, part), **changes)
    return replace(environment, windows=replace(environment.windows, **{part: changed}))


def with_ledger(environment: Environment, **changes: Any) -> Environment:
    """The same PC with another ledger."""
    assert environment.ledger is not None
    return replace(environment, ledger=replace(environment.ledger, **changes))
