"""Whether a workbook is encrypted only with the password that is built into Excel.

Excel may save a workbook with protected structure, or one marked as final, encrypted with a
built-in password (MS-OFFCRYPTO 2.4.2.3). Excel opens it without asking, so its owner does not know
about the password. The sender then needs other advice than for a password set by a person.
"""

from __future__ import annotations

import logging
from io import BytesIO

logger = logging.getLogger(__name__)

_BUILT_IN = "VelvetSweatshop"
_MOST_ROUNDS = 500_000  # of hashing; Excel uses a fifth of it. More would delay the batch.
_XOR_LENGTH = 4


def opens_with_default_password(data: bytes) -> bool:
    """Whether an encrypted .xlsx or .xls opens with Excel's built-in password."""
    import msoffcrypto

    try:
        file = msoffcrypto.OfficeFile(BytesIO(data))
        if file.format == "ooxml":
            if file.info.get("spinValue", 0) > _MOST_ROUNDS:
                return False
            file.load_key(password=_BUILT_IN, verify_password=True)
            return file.secret_key is not None
        file.load_key(password=_BUILT_IN)
    except MemoryError:
        raise
    except Exception:  # another password, an unknown method of encryption, or a broken file
        logger.debug("not Excel's own password", exc_info=True)
        return False
    return file.key is not None  # for a method that msoffcrypto does not know, it raises nothing


def is_obfuscated_with_default_password(file_pass: bytes) -> bool:
    """Whether a file is obfuscated (the XOR method of Excel 5 and 95) with that password."""
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    if len(file_pass) != _XOR_LENGTH:
        return False
    verifier = int.from_bytes(file_pass[2:], "little")
    return bool(DocumentXOR.verifypw(_BUILT_IN, verifier))
