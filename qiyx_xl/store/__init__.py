"""The append-only log of what was accepted, and the original files."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qiyx_xl.store.errors import StoreBusyError, StoreError
    from qiyx_xl.store.store import LostStoreError, Store

__all__ = ["LostStoreError", "Store", "StoreBusyError", "StoreError"]

_PLACES = {
    "LostStoreError": "store",
    "Store": "store",
    "StoreBusyError": "errors",
    "StoreError": "errors",
}


def __getattr__(name: str) -> Any:
    """Resolve a name on first use: whether there is a store can be told without loading one."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
