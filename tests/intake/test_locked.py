"""A password, Excel's own protection, and rights management: three things, each with its cure."""

from __future__ import annotations

import hashlib
import io
import struct

import pytest
from support.compound_files import compound
from support.hostile_files import FORM, packed, parts, sheet
from support.old_forms import old_form, records, spelled, workbook_stream
from test_lookalikes import said_of

from qiyx_xl.intake.xls import passwords

BUILT_IN, ANOTHER = "VelvetSweatshop", "密码123"
OPEN_PASSWORD, UNASKED, RIGHTS = "F102", "F120", "F121"


def encrypted_xlsx(password: str) -> bytes:
    """A workbook as Excel encrypts it today (agile encryption)."""
    from msoffcrypto.format import ooxml

    plain, locked = io.BytesIO(packed(parts(sheet(FORM)))), io.BytesIO()
    ooxml.OOXMLFile(plain).encrypt(password, locked)
    return locked.getvalue()


def rc4(key: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4
    from cryptography.hazmat.primitives.ciphers import Cipher

    return Cipher(ARC4(key), mode=None).encryptor().update(data)


def rc4_pass(password: str) -> bytes:
    """Excel 97 to 2003's usual encryption (MS-OFFCRYPTO 2.3.6)."""
    salt, verifier = bytes(range(16)), bytes(range(100, 116))
    first = hashlib.md5(password.encode("utf-16-le")).digest()[:5]  # noqa: S324 - as Office has it
    second = hashlib.md5((first + salt) * 16).digest()[:5]  # noqa: S324
    key = hashlib.md5(second + bytes(4)).digest()  # noqa: S324
    locked = rc4(key, verifier + hashlib.md5(verifier).digest())  # noqa: S324
    return struct.pack("<HHH", 1, 1, 1) + salt + locked


def xor_hash(password: str) -> int:
    """What Excel 95 keeps of a password (MS-OFFCRYPTO 2.3.7.1)."""
    verifier = 0
    for byte in reversed(bytes([len(password)]) + password.encode("ascii")):
        verifier = (((verifier >> 14) & 1) | ((verifier << 1) & 0x7FFF)) ^ byte
    return verifier ^ 0xCE4B


def locked_xls(file_pass: bytes, name: str = "Workbook") -> bytes:
    found = records(workbook_stream(old_form(320)))
    found.insert(1, (0x002F, file_pass))
    return compound({name: spelled(found)})


@pytest.mark.parametrize(("password", "code"), [(BUILT_IN, UNASKED), (ANOTHER, OPEN_PASSWORD)])
def test_an_xlsx_under_a_password_that_excel_tries_itself_wants_another_cure(password, code):
    said = said_of(encrypted_xlsx(password))
    assert said.startswith(code), said
    assert ("保护工作簿" in said) == (code == UNASKED)


@pytest.mark.parametrize(("password", "code"), [(BUILT_IN, UNASKED), (ANOTHER, OPEN_PASSWORD)])
@pytest.mark.parametrize("name", ["Workbook", "WORKBOOK"])
def test_an_xls_too(password, code, name):
    assert said_of(locked_xls(rc4_pass(password), name), ".xls").startswith(code)


@pytest.mark.parametrize(("password", "code"), [(BUILT_IN, UNASKED), ("secret", OPEN_PASSWORD)])
def test_so_does_excel_95(password, code):
    file_pass = struct.pack("<HH", 0x1234, xor_hash(password))
    assert said_of(locked_xls(file_pass, "Book"), ".xls").startswith(code)


def test_an_unknown_encryption_is_a_password():
    assert said_of(locked_xls(b"\x07\x00rubbish"), ".xls").startswith(OPEN_PASSWORD)
    assert said_of(
        compound({"EncryptionInfo": b"\x09\x00\x09\x00", "EncryptedPackage": b"x"})
    ).startswith(OPEN_PASSWORD)


def test_endless_hashing_is_not_begun(monkeypatch):
    monkeypatch.setattr(passwords, "_MOST_ROUNDS", 99_999)
    assert said_of(encrypted_xlsx(BUILT_IN)).startswith(OPEN_PASSWORD)


SPACES = "\x06DataSpaces/"
UNDER_RIGHTS = {
    "an xlsx under IRM": {
        SPACES + "DataSpaceInfo/DRMEncryptedDataSpace": b"x",
        SPACES + "TransformInfo/DRMEncryptedTransform/\x06Primary": b"x",
        "EncryptedPackage": b"x",
    },
    "an xlsx under a label that encrypts": {
        SPACES + "TransformInfo/LabelInfo": b"x", "EncryptedPackage": b"x",
    },
    "an xls under IRM": {
        "Workbook": workbook_stream(old_form(320)), "\x09DRMContent": b"x",
        SPACES + "TransformInfo/\x09DRMTransform/\x06Primary": b"x",
    },
}  # fmt: skip


@pytest.mark.parametrize("streams", UNDER_RIGHTS.values(), ids=UNDER_RIGHTS)
def test_rights_management_is_no_password(streams):
    said = said_of(compound(streams))
    assert said.startswith(RIGHTS), said
    assert "作者" in said


def test_a_protected_copy_of_any_kind_is_under_rights():
    assert said_of(b".pfile\x02\x00" + bytes(range(200))).startswith(RIGHTS)


def test_a_compound_file_that_holds_no_workbook_says_so():
    assert said_of(compound({"Something": b"x"}), ".xls").startswith("F118")
