"""The password that Excel sets, and tries, by itself when a workbook is only protected.

A workbook whose structure is protected, or that is marked as final, may be saved encrypted with a
password that every Excel knows (MS-OFFCRYPTO 2.4.2.3): it opens unasked, and its owner does not
know that there is one. That wants another cure than a password that people share.
"""

from __future__ import annotations

import logging
from io import BytesIO

logger = logging.getLogger(__name__)

_BUILT_IN = "VelvetSweatshop"
_MOST_ROUNDS = 500_000  # of hashing; Excel takes a fifth. More would hold up the batch.
_XOR_LENGTH = 4


def opens_unasked(data: bytes) -> bool:
    """Whether an encrypted .xlsx or .xls opens with the password that Excel tries by itself."""
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
    except Exception:  # another password, an unknown way, or a broken file
        logger.debug("not Excel's own password", exc_info=True)
        return False
    return file.key is not None  # of a way that it does not know, it says nothing at all


def is_veiled_unasked(file_pass: bytes) -> bool:
    """Whether Excel 5 and 95's way of veiling was used with that password."""
    from msoffcrypto.method.xor_obfuscation import DocumentXOR

    if len(file_pass) != _XOR_LENGTH:
        return False
    verifier = int.from_bytes(file_pass[2:], "little")
    return bool(DocumentXOR.verifypw(_BUILT_IN, verifier))
