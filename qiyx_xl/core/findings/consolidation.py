"""Every finding of 汇总, where several files meet."""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue

CONSOLIDATION = Catalogue("C")

PERIOD_CLOSED = CONSOLIDATION.error(
    "C101",
    "数据期已封账",
    "{period}已经封账，这份文件没有收入台账。确需更正的，"
    "请说明理由后按“更正”补录（--as-revision）。",
)
NOT_CONSOLIDATED = CONSOLIDATION.error(
    "C102",
    "不知道是谁的、哪一期的",
    "看不出这份文件的填报单位或数据期，没有收入台账。请用下发的模板填报。",
)
SAVED_AT_ONCE = CONSOLIDATION.warning(
    "C103",
    "分不出先后的两份文件",
    "与“{other}”都是{agency} {period}的填报表，看不出哪份在后，"
    "已按“{value}”计，另一份留底。请核对；不对时请重报正确的一份。",
)
TOTAL_DISAGREES = CONSOLIDATION.warning(
    "C104",
    "与各街道合计不一致",
    "{code} {name} {agency}报的是 {value}，各街道合计是 {known}（{parts}）。"
    "两个数都已保留，暂按{agency}的计，请用 qiyx decide 决定采用哪个。",
)
