"""Every finding about 重大项目 and 民生实事."""

from __future__ import annotations

from qiyx_xl.core.findings.model import Catalogue

PROJECTS = Catalogue("V4")

UNKNOWN_PROJECT = PROJECTS.error(
    "V401",
    "清单里没有的项目",
    "清单里没有编码“{value}”的项目、节点或实事。请改回模板里的编码，或换用新下发的模板。",
)
NOT_THEIR_PROJECT = PROJECTS.error(
    "V402",
    "不由本单位负责的项目",
    "“{value} {name}”由{owner}负责填报，不在{agency}的填报范围里。"
    "请删去这一行，或与专班办公室联系。",
)
PROJECT_TWICE = PROJECTS.error(
    "V403",
    "同一项目或节点填了两次",
    "“{value} {name}”在 {other} 已经填过。请只保留一处。",
)
PROJECT_MISSING = PROJECTS.warning(
    "V404",
    "缺少项目",
    "没有找到 {missing}，按未报处理。请在“{table}”表里补填；表里没有的，请换用新下发的模板。",
)
PROJECT_CHANGED = PROJECTS.warning(
    "V405",
    "与清单不一致",
    "{code} {name} 的“{header}”清单里是“{suggestion}”，表里是“{value}”，已按清单的算。"
    "请核对填的是不是这个项目；清单调整过的，下次请用新下发的模板。",
)
NOT_A_DAY = PROJECTS.error(
    "V406",
    "不是日期",
    "“{header}”应填完成的那一天，如 2026-06-28，现在填的是“{value}”{meant}。还没有完成的请留空。",
)
DAY_TOLERATED = PROJECTS.warning(
    "V407",
    "日期写法不规范",
    "“{header}”填的是“{value}”，已按 {suggestion} 读取。请核对。",
)
DAY_AFTER_PERIOD = PROJECTS.error(
    "V408",
    "完成日期在数据期以后",
    "{code} {name} 填的是 {value}，在数据期末 {last_day} 以后。"
    "本期还没有完成的请留空，到下期再填；日期填错的请改正。",
)
FAR_OVER_PLAN = PROJECTS.error(
    "V409",
    "远远超过年度计划",
    "{code} {name} 填的是 {value}{measure}，是{what}{planned}{measure}的 {times} 倍以上。"
    "请核对计量单位是不是“{measure}”；数确实没有错的，请专班办公室核对清单里的计划数。",
)
NOT_ASKED = PROJECTS.warning(
    "V410",
    "这一格不用填",
    "{code} {name} 这一行不用填“{header}”，现在填的“{value}”没有读取。请核对是不是填错了行。",
)
