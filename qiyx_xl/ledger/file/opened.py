"""What an opened ledger file contains: its parts, sheets, texts and settings, after checks."""

from __future__ import annotations

import hashlib
import posixpath
import re
import zipfile
from collections import deque
from contextlib import contextmanager
from functools import cached_property
from html import unescape
from io import BytesIO
from typing import TYPE_CHECKING, Any

from qiyx_xl.files import opc
from qiyx_xl.files.broken import BROKEN
from qiyx_xl.files.xml import Q, parse, serialized, shared_strings, text_of
from qiyx_xl.files.zip_writer import packed
from qiyx_xl.ledger.errors import DamagedLedgerError, LedgerError
from qiyx_xl.ledger.layout.cells import address
from qiyx_xl.ledger.layout.tables import PERIOD_CELL
from qiyx_xl.ledger.registry import EDITION_KEY, LEDGER_SCHEMAS, LedgerEdition, LedgerSheet

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKBOOK = "xl/workbook.xml"
_RELATIONS = opc.relations_part(WORKBOOK)
_SHARED = "xl/sharedStrings.xml"
_MOST_BYTES = 1 << 30  # a part larger than this is no ledger

NOT_OURS = "“{name}”不是本程序建的台账。请选由“qiyx ledger build”生成的台账文件。"
DAMAGED = (
    "“{name}”已损坏，读不出来，没有改动它。请换回最近的备份；没有备份的，"
    "运行 qiyx ledger rebuild 重建（坏的那份另存）。"
)
# The beginning that every program known to us writes: UTF-8, a root element without a prefix.
_USUAL_BEGINNING = re.compile(
    rb"""\s*(?:<\?xml version=["']1\.0["'](?: encoding=["'][Uu][Tt][Ff]-8["'])?"""
    rb"""(?: standalone=["'][a-z]+["'])? ?\?>)?\s*(?=<[A-Za-z]+[\s>])"""
)
_UNUSUAL_MARKUP = (b"<!", b"<?", b"='", b' ="', b'= "')
# Patterns for XML in the usual spelling: on a large sheet, a parser takes seven times as long.
_NESTED_VALUE = re.compile(rb"<v(?:\s[^>/]*)?>[^<]*<(?!/v\s*>)")
_TEXT_INDEX = re.compile(rb'<c [^>]*\bt="s"[^>]*>\s*<v\b[^>]*>([^<]*)')
_WHOLE: deque[bytes] = deque(maxlen=4)
"""Digests of the packages last found whole: a consolidation opens the same ledger eight times."""


@contextmanager
def raising_damaged_ledger_error(name: str) -> Iterator[None]:
    """Convert the exceptions that reading a damaged file raises.

    Raises:
        DamagedLedgerError: such an exception was raised in the ``with`` block.
    """
    try:
        yield
    except LedgerError:
        raise
    except BROKEN as wrong:
        raise DamagedLedgerError(DAMAGED.format(name=name)) from wrong


def in_usual_spelling(part: bytes) -> bytes:
    """Return an XML part as Excel writes it: no prefix, double quotes, UTF-8, no comments.

    A part that is already written so is returned unchanged, byte for byte.

    Raises:
        Damaged: it is not XML, or declares a document type.
    """
    begins = _USUAL_BEGINNING.match(part)
    if begins and not any(part.find(mark, begins.end()) >= 0 for mark in _UNUSUAL_MARKUP):
        return part
    from lxml import etree

    root = parse(part)
    namespace = etree.QName(root).namespace
    if namespace is not None and root.prefix is not None:
        # lxml cannot change an element's prefix, so the content moves to a new element.
        others = {prefix: uri for prefix, uri in root.nsmap.items() if uri != namespace}
        names: Any = {None: namespace, **others}
        bare = etree.Element(root.tag, dict(root.attrib), nsmap=names)
        bare.text = root.text
        bare.extend(list(root))
        etree.cleanup_namespaces(bare, keep_ns_prefixes=[name for name in others if name])
        root = bare
    # The declaration that lxml writes has single quotes.
    first, _, rest = serialized(root).partition(b"?>")
    return first.replace(b"'", b'"') + b"?>" + rest


def in_usual_names(package: bytes) -> bytes:
    """Return a package whose parts are named as in the relationships that refer to them.

    Part names are case-insensitive, and some programs write them with other capitals in the
    relationships than in the zip. A package without such differences is returned unchanged.

    Raises:
        zipfile.BadZipFile: it is not a package; other exceptions of ``BROKEN`` mean the same.
    """
    with zipfile.ZipFile(BytesIO(package)) as archive:
        names = archive.namelist()
        wanted = {
            part.casefold(): part
            for part in (WORKBOOK, _RELATIONS, _SHARED, opc.CONTENT_TYPES, opc.ROOT_RELATIONS)
        }
        # Lists nearer to the root come first: the name of a list determines those of its targets.
        for name in sorted(names, key=lambda name: name.count("/")):
            if name.lower().endswith(".rels") and archive.getinfo(name).file_size <= _MOST_BYTES:
                own = wanted.get(name.casefold(), name)
                folder = posixpath.dirname(posixpath.dirname(own))
                for relation in opc.read_relations(archive.read(name), folder):
                    if not relation.external:
                        its = opc.relations_part(relation.target)
                        wanted.setdefault(relation.target.casefold(), relation.target)
                        wanted.setdefault(its.casefold(), its)
        named = [wanted.get(name.casefold(), name) for name in names]
        if named == names or len({name.casefold() for name in names}) < len(names):
            return package
        return packed((new, archive.read(name)) for new, name in zip(named, names, strict=True))


class OpenedLedger:
    """A ledger's package in memory.

    Args:
        package: the file's bytes.
        name: the file's name, for messages.
        is_checked: whether every part is read once; without that only the identity is known to be
            readable, in a twentieth of the time.

    Raises:
        LedgerError: it is not a workbook, or not a ledger.
        DamagedLedgerError: a part is damaged or missing.
    """

    def __init__(self, package: bytes, name: str, *, is_checked: bool = True) -> None:
        self._name = name
        try:
            self.package = in_usual_names(package)
            self._zip = zipfile.ZipFile(BytesIO(self.package))
            if is_checked:
                self._check_parts()
            self._parts = self._sheet_parts()
            if missing := set(self._parts.values()) - set(self._zip.namelist()):
                raise zipfile.BadZipFile(f"no {missing}")
            self.identity = self._read_identity()
        except LedgerError:
            raise
        except KeyError as wrong:
            raise LedgerError(NOT_OURS.format(name=name)) from wrong
        except BROKEN as wrong:
            if not package.startswith(b"PK"):
                raise LedgerError(NOT_OURS.format(name=name)) from wrong
            raise DamagedLedgerError(DAMAGED.format(name=name)) from wrong
        self.schema = self.identity.get("schema", "")
        if self.schema not in LEDGER_SCHEMAS:
            raise LedgerError(NOT_OURS.format(name=name))
        is_addin = self.identity.get(EDITION_KEY) == LedgerEdition.ADDIN
        self.edition = LedgerEdition.ADDIN if is_addin else LedgerEdition.EXCEL

    def _check_parts(self) -> None:
        """Read every part once, so that damage is found before anything is booked.

        Raises:
            LedgerError: a part is larger than in any ledger.
            zipfile.BadZipFile: a part's checksum is wrong; other exceptions of ``BROKEN`` mean the
                same.
            Damaged: a part is not XML, or declares a document type.
        """
        digest = hashlib.sha256(self.package).digest()
        if digest in _WHOLE:
            return
        for part in self._zip.infolist():
            content = self.read(part.filename)
            if part.filename.lower().endswith((".xml", ".rels")):
                root = parse(content)
                if root.tag == f"{Q}worksheet":
                    self._check_values(content)
        _WHOLE.append(digest)

    def _check_values(self, sheet: bytes) -> None:
        """Check every cell's value: a refresh reads only a few and would keep an invalid one.

        Raises:
            ValueError: a value contains elements, or the index of its shared string is no number.
            IndexError: there is no shared string of that index.
        """
        if _NESTED_VALUE.search(sheet):
            raise ValueError("elements in a value")
        texts = len(self._shared_strings)
        for index in set(_TEXT_INDEX.findall(sheet)):
            if not 0 <= int(unescape(index.decode())) < texts:
                raise IndexError(index)

    @property
    def name(self) -> str:
        """The ledger's file name."""
        return self._name

    def part(self, sheet: LedgerSheet) -> str:
        """Return the name of a sheet's part.

        Raises:
            LedgerError: the sheet was deleted or renamed.
        """
        found = self._parts.get(sheet.value)
        if found is None:
            raise LedgerError(
                f"“{self._name}”里没有“{sheet.value}”这张表。请把改了名的表改回来；"
                "已删除的，请另建一份新台账再汇总。"
            )
        return found

    def sheet_parts(self) -> dict[str, str]:
        """Return the part of every sheet, other people's too, by the sheet's name."""
        return dict(self._parts)

    def part_names(self) -> frozenset[str]:
        """Return the names of all parts."""
        return self._part_names

    def read(self, part: str) -> bytes:
        """Return a part's bytes.

        Raises:
            DamagedLedgerError: the workbook has no such part.
            LedgerError: it is larger than in any ledger.
        """
        try:
            size = self._zip.getinfo(part).file_size
        except KeyError as missing:  # something in the workbook refers to it
            raise DamagedLedgerError(DAMAGED.format(name=self._name)) from missing
        if size > _MOST_BYTES:
            raise LedgerError(f"“{self._name}”大得不正常，没有打开它。请换回备份的台账。")
        content = self._zip.read(part)
        is_cells = part.startswith("xl/worksheets/") or part == _SHARED
        return in_usual_spelling(content) if is_cells and part.endswith(".xml") else content

    def cell_text(self, cell: Any) -> str:
        """Return the value of a cell of a parsed sheet as text; a number as stored."""
        if cell is None:
            return ""
        if cell.get("t") == "inlineStr":
            return text_of(cell)
        value = cell.findtext(f"{Q}v") or ""
        return self.shared_string(int(value)) if cell.get("t") == "s" else value

    def shared_string(self, index: int) -> str:
        """Return a shared string by its index."""
        return self._shared_strings[index]

    def shown_period(self) -> str:
        """Return the 数据期 chosen on 指标台账."""
        return self._cell_at(LedgerSheet.INDICATORS, *PERIOD_CELL)

    def _cell_at(self, sheet: LedgerSheet, row: int, column: int) -> str:
        where = address(row, column)
        root = parse(self.read(self.part(sheet)))
        return next((self.cell_text(c) for c in root.iter(f"{Q}c") if c.get("r") == where), "")

    def setting(self, name: str) -> str:
        """Return the value of a setting on the sheet 设置; "" if there is no such setting."""
        root = parse(self.read(self.part(LedgerSheet.SETTINGS)))
        for row in root.iter(f"{Q}row"):
            texts = [self.cell_text(cell).strip() for cell in row]
            if name in texts[:-1]:
                return texts[texts.index(name) + 1]
        return ""

    def sheet_ids(self) -> list[tuple[str, str]]:
        """Return each sheet's id, as used in the calculation chain, and its part."""
        sheets = parse(self._zip.read(WORKBOOK)).iter(f"{Q}sheet")
        return [(sheet.get("sheetId"), self._parts[sheet.get("name")]) for sheet in sheets]

    def related(self, kind: str) -> str | None:
        """Return the workbook's part of a kind: the ending of its relationship's type."""
        return next(iter(self.related_to(WORKBOOK, kind)), None)

    def related_to(self, part: str, kind: str) -> list[str]:
        """Return the parts of a kind that a part refers to."""
        return [
            relation.target
            for relation in self.relations(part)
            if relation.type.endswith(kind) and not relation.external
        ]

    def relations(self, part: str) -> list[opc.Relation]:
        """Return the relationships of a part, in the order of their list."""
        relations = opc.relations_part(part)
        if relations not in self._zip.namelist():
            return []
        return opc.read_relations(self._zip.read(relations), posixpath.dirname(part))

    @cached_property
    def _part_names(self) -> frozenset[str]:
        return frozenset(self._zip.namelist())

    @cached_property
    def _shared_strings(self) -> list[str]:
        has_any = _SHARED in self._zip.namelist()
        return shared_strings(self.read(_SHARED)) if has_any else []

    def _sheet_parts(self) -> dict[str, str]:
        targets = {relation.id: relation.target for relation in self.relations(WORKBOOK)}
        return {
            sheet.get("name"): targets[sheet.get(f"{opc.R}id")]
            for sheet in parse(self._zip.read(WORKBOOK)).iter(f"{Q}sheet")
        }

    def _read_identity(self) -> dict[str, str]:
        root = parse(self.read(self._parts[LedgerSheet.IDENTITY.value]))
        identity = {}
        for row in root.iter(f"{Q}row"):
            cells = {cell.get("r"): cell for cell in row}
            number = int(row.get("r")) - 1
            key, value = (self.cell_text(cells.get(address(number, at))) for at in (0, 1))
            if key:
                identity[key] = value
        return identity
