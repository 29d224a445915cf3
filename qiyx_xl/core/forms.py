"""The fill-in workbook's vocabulary, shared by what writes it and what reads it back."""

from __future__ import annotations

from enum import StrEnum

FORM_SCHEMA = "form/1"

FORM_SHEET = "填报表"
HELP_SHEET = "填报说明"
IDENTITY_SHEET = "_qiyx"


class Column(StrEnum):
    """The columns of the form, by the header printed above them, in their printed order."""

    CODE = "指标编码"
    CLASS = "类别"
    NAME = "指标名称"
    MEASURE = "计量单位"
    TARGET = "目标值"
    LAST = "上期值"
    ACTUAL = "本期实际值"
    SECOND_NAME = "补充项"
    SECOND = "补充值"
    REMARK = "情况说明"


class IdentityKey(StrEnum):
    """Keys of the very-hidden identity sheet: key in column A, value in column B."""

    SCHEMA = "schema"
    PLAN_ID = "plan_id"
    PLAN_VERSION = "plan_version"
    AGENCY = "agency"
    PERIOD = "period"


class ContactLabel(StrEnum):
    """Labels of the signature block; the cell to fill in is the one to the right."""

    REPORTER = "填报人"
    PHONE = "联系电话"
    REVIEWER = "审核人"
    DATE = "填报日期"
