"""The append-only log of what was accepted, and the original files."""

from __future__ import annotations

from qiyx_xl.store.errors import StoreBusyError, StoreError
from qiyx_xl.store.store import LostStoreError, Store

__all__ = ["LostStoreError", "Store", "StoreBusyError", "StoreError"]
