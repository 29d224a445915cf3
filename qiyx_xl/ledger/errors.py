"""What stops the ledger from being written, said to the person who has to act."""

from __future__ import annotations

from qiyx_xl.core.primitives.errors import QiyxError


class LedgerError(QiyxError):
    """The ledger cannot be read or written; the message is one Chinese sentence with a cure."""


class DamagedLedgerError(LedgerError):
    """The ledger's file is damaged; a rebuild sets it aside and writes another."""
