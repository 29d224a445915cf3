"""How an adopted plan is stored as a row of the table ``plans``, and read without the whole log."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.timeline import Adoption
from qiyx_xl.core.plan.written import canonical_text
from qiyx_xl.core.primitives.codec import moment_of, moment_text
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.store.chain import seal_of
from qiyx_xl.store.connecting import connected
from qiyx_xl.store.errors import decoding, raising_store_errors
from qiyx_xl.store.journal import NAME as JOURNAL_NAME
from qiyx_xl.store.journal import Journal
from qiyx_xl.store.originals import Originals
from qiyx_xl.store.schema import is_current

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Plan

COLUMNS = "at, by, reason, since, plan_id, version, sha256, document"
INSERT_PLAN = f"INSERT INTO plans ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - our own names


def adopted_plans(path: Path) -> tuple[Adoption, ...] | None:
    """Return the plans of a store, earliest first; None if the whole log must be opened for them.

    Every command asks for the plans first, and some for nothing else, so what reads the rest of the
    log is not loaded. A store of another schema version, or older than its journal, gives None.

    Raises:
        StoreError: the store cannot be read.
    """
    with raising_store_errors(path), decoding(path):
        connection = connected(path, readonly=True)
        try:
            if not is_current(connection, path.name):
                return None
            tail = Journal(Originals.beside(path).folder / JOURNAL_NAME).tail()
            if tail.end and seal_of(connection, tail.number) != tail.seal:
                return None
            rows = connection.execute(f"SELECT {COLUMNS} FROM plans ORDER BY plan")  # noqa: S608
            return tuple(map(adoption_of, rows))
        finally:
            connection.close()


def plan_columns(adoption: Adoption) -> tuple[Any, ...]:
    """Return an adoption's columns, in the table's order."""
    plan = adoption.plan
    return (
        "" if adoption.at is None else moment_text(adoption.at),
        adoption.by,
        adoption.reason,
        "" if adoption.since is None else str(adoption.since),
        plan.plan_id,
        plan.version,
        plan.sha256,
        canonical_text(plan),
    )


def adoption_of(row: tuple[Any, ...]) -> Adoption:
    """Return the adoption of a row; the row is without its number.

    Raises:
        ValueError: the document is not a plan, or not the one that its digest names.
    """
    at, by, reason, since, _, _, sha256, document = row
    return Adoption(
        _plan_of(document, sha256),
        Period.parse(since) if since else None,
        moment_of(at) if at else None,
        by,
        reason,
    )


@lru_cache(maxsize=16)
def _plan_of(document: str, sha256: str) -> Plan:
    try:
        plan = plan_from_document(json.loads(document, parse_float=Decimal))
    except (KeyError, TypeError, AttributeError) as wrong:
        raise ValueError("not a plan") from wrong
    if plan.sha256 != sha256:
        raise ValueError("another plan")
    return plan
