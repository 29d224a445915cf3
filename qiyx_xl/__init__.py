"""七优享台账: ledger, Excel functions and command line for a five-year public-service plan."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from qiyx_xl.app import (
        consolidation as consolidate,
    )
    from qiyx_xl.app import (
        load_plan,
        rate_frame,
        validate_files,
    )
    from qiyx_xl.app import (
        rating as rate,
    )

__all__ = ["__version__", "consolidate", "load_plan", "rate", "rate_frame", "validate_files"]


def __getattr__(name: str) -> Any:
    """Resolve the public functions on first use, so that `qiyx --help` starts fast."""
    if name in __all__:
        return getattr(import_module("qiyx_xl.app"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
