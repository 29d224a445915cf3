"""Workbooks spelled out by hand, for what no spreadsheet program would write."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from support.drawn_forms import IDENTITY

if TYPE_CHECKING:
    from pathlib import Path

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'

CONTENT_TYPES = (
    f'{_HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    '<Override PartName="/xl/worksheets/sheet2.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>'
    "</Types>"
)
ROOT_RELS = (
    f'{_HEAD}<Relationships xmlns="{_RELS}"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
WORKBOOK = (
    f'{_HEAD}<workbook xmlns="{_NS}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="填报表" sheetId="1" r:id="rId1"/>'
    '<sheet name="_qiyx" sheetId="2" state="veryHidden" r:id="rId2"/></sheets></workbook>'
)
WORKBOOK_RELS = (
    f'{_HEAD}<Relationships xmlns="{_RELS}">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/worksheet" Target="worksheets/sheet2.xml"/>'
    "</Relationships>"
)


def cell(address: str, value: str | float | None = None, *, style: int | None = None) -> str:
    """One cell in the spelling of Excel."""
    styled = "" if style is None else f' s="{style}"'
    if value is None:
        return f'<c r="{address}"{styled}/>'
    if isinstance(value, str):
        return f'<c r="{address}"{styled} t="inlineStr"><is><t>{value}</t></is></c>'
    return f'<c r="{address}"{styled}><v>{value}</v></c>'


def row(number: int, *cells: str) -> str:
    """One row."""
    return f'<row r="{number}">{"".join(cells)}</row>'


def texts(number: int, *values: str | float | None) -> str:
    """One row of values from column A on."""
    return row(
        number,
        *(cell(f"{chr(65 + at)}{number}", v) for at, v in enumerate(values) if v is not None),
    )


HEADER = texts(1, "指标编码", "指标名称", "计量单位", "本期实际值")
ROW_2 = texts(2, "1", "托位数", "个", 320.0)
CONTACT = texts(4, "填报人", "王芳", "联系电话", "0574-12345678")
FORM = HEADER + ROW_2 + CONTACT


def sheet(rows: str, *, before: str = "", after: str = "") -> str:
    """A worksheet part."""
    return (
        f'{_HEAD}<worksheet xmlns="{_NS}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'
    )


IDENTITY_PART = sheet(
    "".join(texts(at, key, value) for at, (key, value) in enumerate(IDENTITY.items(), 1))
)


def parts(form: str) -> dict[str, str | bytes]:
    """All parts of a workbook whose form sheet is given as XML."""
    return {
        "[Content_Types].xml": CONTENT_TYPES,
        "_rels/.rels": ROOT_RELS,
        "xl/workbook.xml": WORKBOOK,
        "xl/_rels/workbook.xml.rels": WORKBOOK_RELS,
        "xl/worksheets/sheet1.xml": form,
        "xl/worksheets/sheet2.xml": IDENTITY_PART,
    }


def packed(members: dict[str, str | bytes]) -> bytes:
    """Zip parts together."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def written(path: Path, form: str, **more: str | bytes) -> Path:
    """Write a workbook with this form sheet; ``more`` are further parts by name."""
    path.write_bytes(packed(parts(form) | more))
    return path
