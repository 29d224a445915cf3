"""Use cases: rate one value, of the plan or outside it, or every row of a frame."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qiyx_xl.app.errors import AppError
from qiyx_xl.core.forms.cell_parser import read_cell
from qiyx_xl.core.primitives.periods import Period
from qiyx_xl.core.rating.period_target import Override
from qiyx_xl.core.rating.rate import Rating, effective_item
from qiyx_xl.core.rating.rate import rate as rate_item
from qiyx_xl.intake.office_files.plan import load_plan
from qiyx_xl.intake.office_files.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pandas import DataFrame

    from qiyx_xl.core.plan.model import Item, Plan
    from qiyx_xl.core.plan.rules import Rules


def rate(
    indicator: str | int | None,
    period: str | Period,
    actual: str | Decimal | float,
    *,
    previous: Decimal | str | None = None,
    second: Decimal | str | None = None,
    due: bool = True,
    override: Override | None = None,
    plan: Plan | None = None,
    rules: Rules | None = None,
) -> Rating:
    """Rate one value: 完成率, 序时 and lamp, with the reason.

    Args:
        indicator: a number 1-21, a goal or milestone id, or an exact name; None for a value
            outside the plan, which then needs ``override``.
        period: ``2026``, ``2026Q3``, ``2026-09``, or a Chinese form such as 2026年三季度.
        actual: the value as written in a cell, in the item's own measure.
        previous: last year's actual, in the same measure.
        second: the second number that the item needs: 应覆盖人数, 参照值 or 基期值.
        due: whether a blank is overdue (未报) or not yet due (未到期).
        override: a target, comparator or status rule instead of the plan's.
        plan: the shipped plan if not given.
        rules: the shipped rules if not given.

    Raises:
        AppError: the plan has no such item, or a number cannot be read.
        OverrideError: a value of the override is invalid.
        PeriodError: ``period`` is not a period.
    """
    plan = load_plan() if plan is None else plan
    override = Override() if override is None else override
    period = period if isinstance(period, Period) else Period.parse(period)
    if indicator is None:
        item = override.outside_the_plan(period)
    else:
        item = override.applied_to(effective_item(plan, find_item(plan, str(indicator))), period)
    return rate_item(
        item,
        period,
        read_cell(actual, item).value,
        rules=load_rules() if rules is None else rules,
        previous=_decimal(previous, "上年实际值"),
        second=_decimal(second, "补充值"),
        due=due,
    )


def rate_frame(
    frame: DataFrame, *, today: date, plan: Plan | None = None, rules: Rules | None = None
) -> DataFrame:
    """Rate every row of a pandas frame at once; see ``qiyx_xl.vectorized.frame.rate_frame``.

    Args:
        frame: columns ``indicator``, ``period``, ``actual``; optionally ``previous``, ``second``
            and ``confirmed``.
        today: decides whether a blank is late.
        plan: the shipped plan if not given.
        rules: the shipped rules if not given.

    Raises:
        AppError: a column is missing, or a value in it cannot be read.
    """
    from qiyx_xl.vectorized import frame as bulk

    try:
        return bulk.rate_frame(
            frame,
            load_plan() if plan is None else plan,
            load_rules() if rules is None else rules,
            today=today,
        )
    except bulk.FrameError as error:
        raise AppError(str(error)) from error


def find_item(plan: Plan, key: str) -> Item:
    """Return the item with this number, id or exact name.

    Raises:
        AppError: the plan has no such item.
    """
    item = plan.find(key)
    if item is None:
        raise AppError(
            f"方案里没有“{key}”。请填{'、'.join(_codes_of(plan))}或完整名称；"
            "用 qiyx plan show 查看。"
        )
    return item


def _codes_of(plan: Plan) -> Iterator[str]:
    """Yield how the items of a plan are numbered, each kind with an example of its own."""
    if plan.indicators:
        numbers = [indicator.number for indicator in plan.indicators]
        yield f"指标序号 {min(numbers)}–{max(numbers)}"
    if plan.goals:
        yield f"任务目标编号（如 {plan.goals[0].code}）"
    if plan.milestones:
        yield f"里程碑编号（如 {plan.milestones[0].code}）"


def _decimal(value: Decimal | str | None, name: str) -> Decimal | None:
    if value is None or isinstance(value, Decimal):
        return value
    try:
        number = Decimal(value.strip())
    except ArithmeticError:
        number = Decimal("NaN")
    if not number.is_finite():
        raise AppError(f"{name}应是一个数，现在是“{value}”。请只写数字，如 66.5。")
    return number
