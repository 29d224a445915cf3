"""Stands before the engine's Python in tests: it sets the day, and knows changed plans.

The extension starts ``python …`` with the code that the product gives it; here that code runs after
two facts of the test are put in place: the day on which blanks are judged, from a file; and for
workbooks of certain names a plan or rules that differ, as the rating suite asks for. Everything
else is the product's.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import date
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TESTS.parent))


def put_in_place(folder: Path) -> None:
    from qiyx_xl.shells import functions
    from qiyx_xl.shells.engine import answers

    day = folder / "day"
    functions._today = lambda: date.fromisoformat(day.read_text())
    whole = answers.OFFICES.functions_of
    variants = folder / "variants.json"

    def functions_of(workbook: str, plan_id: str):
        known = json.loads(variants.read_text()) if variants.exists() else {}
        given = known.get(Path(workbook).name)
        return whole(workbook, plan_id) if given is None else changed(given)

    answers.OFFICES.functions_of = functions_of


def changed(given):
    sys.path.insert(0, str(TESTS))
    from dataclasses import replace

    from support.rating_suite import changed as changed_item
    from support.rating_suite import rules_of

    from qiyx_xl.core.plan.timeline import Plans
    from qiyx_xl.core.rating.rate import effective_item
    from qiyx_xl.shells.functions import Functions, shipped

    base = shipped()
    plan = base.plan
    item = plan.find(given["item"])
    target = effective_item(plan, item)
    new = changed_item(target, given["change"])
    plan = replace(
        plan,
        indicators=tuple(new if each is target else each for each in plan.indicators),
        goals=tuple(new if each is target else each for each in plan.goals),
        milestones=tuple(new if each is target else each for each in plan.milestones),
    )
    return Functions(Plans.only(plan), rules_of(given["rules"], base.rules))


if __name__ == "__main__":
    # engine_for_tests.py FOLDER -P -B -c CODE ROOT [ACTION]
    put_in_place(Path(sys.argv[1]))
    code = sys.argv[sys.argv.index("-c") + 1]
    sys.argv = ["-c", *sys.argv[sys.argv.index("-c") + 2 :]]
    os.environ.pop("PYTHONPATH", None)
    exec(code)  # noqa: S102 - the product's own
