"""Run mutation tests on the core: change one place at a time, and check that a test fails.

    python scripts/mutation.py                    every mutant of qiyx_xl/core (hours)
    python scripts/mutation.py --sample 400       a random sample of them, the same each time
    python scripts/mutation.py --only periods     one module

Uses mutmut, configured in pyproject.toml, in the folder ``mutants/``. Prints by module the share of
mutants for which a test failed, and the names of the others; ``mutmut show NAME`` shows one.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
META = ROOT / "mutants" / "qiyx_xl" / "core"

# The exit codes that mutmut records for a mutant: pytest's, or that of a stopped process.
_SURVIVED, _NOT_RUN = 0, None
_NO_TESTS = 33


def main() -> int:
    """Make the mutants, run the chosen ones, and print the results."""
    options = _options()
    # With a name that matches no mutant, mutmut makes all mutants, records which tests cover
    # which, and stops.
    output = _mutmut("run", "--max-children", str(options.jobs), "nothing.so.named")
    if "nothing matches" not in output:
        print(output[-3000:])
        return 2
    names = sorted(name for names in _outcomes().values() for name in names)
    chosen = [name for name in names if f"core.{options.only}" in name]
    if options.sample is not None and options.sample < len(chosen):
        chosen = random.Random(options.seed).sample(chosen, options.sample)  # noqa: S311 - a sample
    output = _mutmut("run", "--max-children", str(options.jobs), *chosen)
    if not _report(set(chosen)):
        print(output[-3000:])
        return 1
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, help="how many mutants, drawn at random")
    parser.add_argument("--seed", type=int, default=2023)
    parser.add_argument("--only", default="", help="the beginning of a module's name")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


def _mutmut(*arguments: str) -> str:
    """Run mutmut and return its output."""
    command = [sys.executable, "-m", "mutmut", *arguments]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    return done.stdout + done.stderr


def _outcomes() -> dict[str, dict[str, int | None]]:
    return {
        path.name.removesuffix(".py.meta"): json.loads(path.read_text(encoding="utf-8"))[
            "exit_code_by_key"
        ]
        for path in sorted(META.glob("*.meta"))
    }


def _report(chosen: set[str]) -> bool:
    total: Counter[str] = Counter()
    survivors: list[str] = []
    for module, outcomes in _outcomes().items():
        run = {name: code for name, code in outcomes.items() if name in chosen}
        run = {name: code for name, code in run.items() if code is not _NOT_RUN}
        if not run:
            continue
        alive = [name for name, code in run.items() if code in (_SURVIVED, _NO_TESTS)]
        survivors += alive
        total.update(run=len(run), noticed=len(run) - len(alive))
        print(f"{module:24}{len(run) - len(alive):5} of {len(run):5}")
    if total["run"] == 0:
        print("no mutant was run")
        return False
    print(f"{'all':24}{total['noticed']:5} of {total['run']:5}", end="  ")
    print(f"{total['noticed'] / total['run']:.1%}")
    print(*sorted(survivors), sep="\n")
    return True


if __name__ == "__main__":
    sys.exit(main())
