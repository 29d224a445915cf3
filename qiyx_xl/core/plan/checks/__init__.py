"""Which findings does a plan document get? What it says is checked, not how it is written."""

from __future__ import annotations

from qiyx_xl.core.plan.checks.sense import check_document, check_sense, could_not_run

__all__ = ["check_document", "check_sense", "could_not_run"]
