"""The error of the use cases."""

from __future__ import annotations

from qiyx_xl.core.primitives.errors import QiyxError


class AppError(QiyxError):
    """A use case cannot start or continue; the message is one Chinese sentence with a cure."""
