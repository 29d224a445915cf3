"""The workbook in which an office confirms figures of earlier years: its sheets and columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.primitives.values import Actual

FIGURES_SHEET = "确认"
UNMATCHED_SHEET = "没有对上"
FILES_SHEET = "文件"
YES, NO = "是", "否"


class FigureColumn(StrEnum):
    """The columns of 确认; a person changes the first five, the rest tells the source."""

    TAKEN = "采用"
    PERIOD = "数据期"
    CODE = "编号"
    VALUE = "数值"
    AGENCY = "填报单位"
    NAME = "指标"
    MEASURE = "计量单位"
    PRINTED_NAME = "表里的名称"
    WRITTEN = "表里的数"
    HOW = "怎么对上的"
    DOUBT = "请核对"
    FILE = "文件"
    SHEET = "工作表"
    CELL = "单元格"


class FileColumn(StrEnum):
    """The columns of 文件: which files the figures are from."""

    NAME = "文件"
    SHA256 = "校验值"
    PATH = "位置"


REQUIRED = (
    FigureColumn.TAKEN, FigureColumn.PERIOD, FigureColumn.CODE, FigureColumn.VALUE,
    FigureColumn.AGENCY, FigureColumn.FILE, FigureColumn.SHEET, FigureColumn.CELL,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EarlierFile:
    """One file of which figures are to be adopted."""

    name: str
    sha256: str
    path: str


@dataclass(frozen=True, slots=True)
class ConfirmedFigure:
    """One figure that a person has confirmed; ``where`` is its row in the workbook."""

    where: str
    code: str
    period: Period
    agency: str
    actual: Actual
    second: Decimal | None
    as_written: str
    file: str
    sheet: str
    cell: str
