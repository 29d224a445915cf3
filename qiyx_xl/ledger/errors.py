"""Which errors stop the ledger from being read or written."""

from __future__ import annotations

from qiyx_xl.core.primitives.errors import QiyxError


class LedgerError(QiyxError):
    """The ledger cannot be read or written; the message is one Chinese sentence with a cure."""


class DamagedLedgerError(LedgerError):
    """The ledger's file is damaged; a rebuild moves it aside and writes a new one."""
