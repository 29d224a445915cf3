"""Which findings concern 重点任务 and 佐证材料? V5."""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue

TASKS = Catalogue("V5")

UNKNOWN_TASK = TASKS.error(
    "V501",
    "方案里没有的重点任务",
    "方案里没有编号“{value}”的重点任务。请改回模板里的编号，或换用新下发的模板。",
)
NOT_THEIR_TASK = TASKS.error(
    "V502",
    "不由本单位牵头的重点任务",
    "“{value} {name}”由{owner}牵头填报，不在{agency}的填报范围里。"
    "请删去这一行，或与专班办公室联系。",
)
TASK_TWICE = TASKS.error(
    "V503",
    "同一项重点任务填了两次",
    "“{value} {name}”在 {other} 已经填过。请只保留一处。",
)
TASK_MISSING = TASKS.warning(
    "V504",
    "缺少重点任务",
    "“{table}”表里没有 {missing}，按未报处理。请补填；表里没有的，请换用新下发的模板。",
)
TASK_BLANK = TASKS.warning(
    "V505",
    "重点任务没有填状态",
    "“{table}”表还有 {count} 项没有填状态（{missing}），按未报处理。请逐项选“{choices}”之一。",
)
TASK_CHANGED = TASKS.warning(
    "V506",
    "任务名称与方案不一致",
    "{code} 在方案里是“{suggestion}”，表里是“{value}”，已按方案的算。请核对填的是不是这项任务。",
)
TASK_STATE = TASKS.error(
    "V507",
    "任务状态写法不对",
    "“{header}”请从“{choices}”中选一个，现在填的是“{value}”。",
)
STATE_MISSING = TASKS.error(
    "V508",
    "写了进展没有选状态",
    "{code} {name} 写了进展情况或佐证材料，没有选“{header}”。请从“{choices}”中选一个。",
)
WORDS_MISSING = TASKS.warning(
    "V509",
    "没有写进展情况",
    "{code} {name} 填的是“{state}”，没有写明本期做了什么。请在“{header}”写一两句话。",
)
BLOCKED_WITHOUT_REASON = TASKS.error(
    "V510",
    "受阻没有说明",
    "{code} {name} 填的是“受阻”，{written}请在“{header}”写明卡在哪里、需要谁来解决。",
)
WORDS_REPEATED = TASKS.warning(
    "V511",
    "进展与上期一字不差",
    "{code} {name} 的“{header}”与{period}报的一字不差。"
    "请写明本期的新进展；确实没有进展的，也请写明。",
)
EVIDENCE_MISSING = TASKS.warning(
    "V512",
    "缺少佐证材料",
    "{code} {name} 要附佐证材料（{asked}），“{header}”里没有写。"
    "请随表附上，并在这一格写明附了什么，如“验收意见1份”。",
)
