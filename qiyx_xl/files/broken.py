"""Which exceptions mean that an office file is damaged, whichever library reads it.

Libraries for office files do not check everything: a truncated or changed file may make them raise
almost any Python exception. While reading a file from outside, these mean that the file is damaged
and not that this program has a fault.
"""

from __future__ import annotations

import struct
import zipfile
import zlib

BROKEN: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    RuntimeError,  # a part with a password, or endless nesting
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    SyntaxError,  # of XML: the errors of lxml and of the standard library are subclasses
)
