"""What reading a damaged office file may end in, whichever library reads it.

Libraries for office files check what they were written for; what a cut or changed file ends in is
left to Python. A file from outside is damaged then, and none of our own code is wrong.
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
    RuntimeError,  # a part under a password, or one nested without end
    LookupError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    ArithmeticError,
    SyntaxError,  # XML's
)
