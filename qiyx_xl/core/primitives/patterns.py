"""Patterns that are compiled when they are first used.

Compiling one takes up to two milliseconds. There are some hundreds, and a command that checks one
file needs few of them.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


class _Late:
    """A pattern that is not compiled yet; every method that is used once becomes an attribute."""

    def __init__(self, text: str | bytes, flags: re.RegexFlag) -> None:
        self._text, self._flags = text, flags

    def __getattr__(self, name: str) -> Any:
        value = getattr(re.compile(self._text, self._flags), name)
        setattr(self, name, value)
        return value


def late(text: AnyStr, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled when it is first used, then as fast as any other."""
    return cast("re.Pattern[AnyStr]", _Late(text, flags))
