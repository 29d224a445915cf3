"""``qiyx rate``: rate one value, with the reason."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import click

from qiyx_xl.shells.cli.common import (
    CLEAN,
    console,
    format_option,
    period_option,
    plan_options,
    plans_and_rules,
    say,
    say_json,
)
from qiyx_xl.shells.cli.help import Command

if TYPE_CHECKING:
    from pathlib import Path

    from qiyx_xl.core.plan.model import Item
    from qiyx_xl.core.primitives.periods import Period
    from qiyx_xl.core.rating.rate import Rating


@click.command(
    cls=Command,
    example="""
    qiyx rate --indicator 9 --period 2024Q2 --actual 3.3
    qiyx rate --indicator 15 --period 2026 --actual 63.2 --coverage-base 64.5
    qiyx rate --indicator T3-3-01 --period 2026Q3 --actual 32
    qiyx rate --target "<3.5" --rule ceiling --period 2026Q3 --actual 3.45
    """,
)
@click.option("--indicator", metavar="N", help="指标序号、任务目标编号或名称。")
@period_option(required=True)
@click.option("--actual", required=True, metavar="V", help="实际值，按指标自己的计量单位。")
@click.option("--previous", metavar="V", help="上年实际值（年底）。")
@click.option("--coverage-base", metavar="V", help="应覆盖人数（指标15）。")
@click.option("--base", metavar="V", help="基期值，或相对目标的参照值。")
@click.option("--target", metavar="V", help="改用这个目标值，如 <3.5、≥32。")
@click.option("--comparator", metavar="比较符", help="改用这个比较符：>=、>、<=、<、=。")
@click.option("--rule", metavar="规则", help="改用这条判灯规则，如 ratio、step、hold。")
@plan_options
@format_option
def rate(
    indicator: str | None,
    period: Period,
    actual: str,
    previous: str | None,
    coverage_base: str | None,
    base: str | None,
    target: str | None,
    comparator: str | None,
    rule: str | None,
    ledger: Path,
    store: Path | None,
    plan_file: Path | None,
    rules_file: Path | None,
    form: str,
) -> int:
    """算一个值的完成率、序时和红黄绿，并说明理由。"""
    from qiyx_xl import app
    from qiyx_xl.core.plan.model import item_json
    from qiyx_xl.core.rating.period_target import Override

    plans, rules = plans_and_rules(ledger, store, plan_file, rules_file)
    plan = plans.at(period)
    rating = app.rate(
        indicator,
        period,
        actual,
        previous=previous,
        second=coverage_base if coverage_base is not None else base,
        override=Override(target, comparator, rule),
        plan=plan,
        rules=rules,
    )
    item = None if indicator is None else app.find_item(plan, indicator)
    if form == "json":
        number = {} if item is None else {"indicator": item_json(item.printed_code)}
        say_json(rating.to_json() | number)
    else:
        _print_rating(item, rating)
    return CLEAN


def _print_rating(item: Item | None, rating: Rating) -> None:
    from qiyx_xl.core.primitives.values import plain, spell
    from qiyx_xl.core.rating.completion import fixed, percent
    from qiyx_xl.shells.cli.output import lamp

    name = "方案外的值" if item is None else f"{item.name}（{item.measure}）"
    say(f"{name}  {rating.period.label}")
    sign = rating.comparator.sign if rating.comparator is not None else ""
    target = rating.target_printed if rating.target is None else f"{sign}{plain(rating.target)}"
    say(f"  实际 {spell(rating.actual) or '未填'}，目标 {target or '未定'}")
    say(f"  完成率 {rating.display}")
    if rating.schedule_gap_pp is not None and rating.progress is not None:
        gap = Fraction(rating.schedule_gap_pp)
        scheduled = Fraction(rating.scheduled_progress or 0)
        say(
            f"  进度 {percent(Fraction(rating.progress))}，序时 {percent(scheduled)}，"
            f"{'超前' if gap >= 0 else '滞后'} {fixed(abs(gap), 1)} 个百分点"
        )
    flags = f"（{'、'.join(rating.flags)}）" if rating.flags else ""
    console().print(lamp(rating.light, f"  {rating.lamp}{flags}"))
    say(f"  {rating.reason}")
