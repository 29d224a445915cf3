"""jsonschema, which checks documents, and jsonschema-rs, which judges rows, agree on our schemas."""

from __future__ import annotations

import json
import random
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing import Registry, Resource
from support.examples import tried

from qiyx_xl.data import resource

SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted(resource("schemas").glob("*.schema.json"))
}
BY_ID = {schema["$id"]: schema for schema in SCHEMAS.values()}
REGISTRY: Registry = Registry().with_resources(
    (uri, Resource.from_contents(schema)) for uri, schema in BY_ID.items()
)
# What people or other programs write; the others describe what we print.
WRITTEN = {"submission", "plan", "rules", "projects", "calendar"}

# Where engines and languages differ: other digits, ends of lines, whole floats, empty things.
ODD = [
    "", " ", "2024", "２０２４Q3", "2024Q3", "2026-09", "2026-02-30", "١٢٣", "長", "é", "0", "-0", "1e5",
    "3.10", "a" * 64, "A1", "T1-1-01", "M07", "F101", "😀", "\x00", 0, -0.0, 1.0, 1, 1.5, -1, 10**20,
    True, False, None, [], {}, [1], {"a": 1}, [None, None],
]  # fmt: skip
ENDS = ["2024\n", "2024Q3\n", "1\n", "M07\n", "T1-1-01\n", "\n"]


def leaf(dice: random.Random) -> Any:
    return dice.choice(
        [
            dice.choice(ODD),
            dice.randint(-(10**18), 10**18),
            dice.uniform(-10, 3000),
            dice.choice("aé文２"),
        ]
    )


def made_for(rule: Any, root: dict[str, Any], dice: random.Random, depth: int = 0) -> Any:
    """Make a document that looks like what a schema wants, and now and then like something else."""
    if depth > 8 or not isinstance(rule, dict) or dice.random() < 0.05:
        return leaf(dice)
    if "$ref" in rule:
        uri, _, pointer = rule["$ref"].partition("#")
        target: Any = BY_ID[uri] if uri else root
        there = target
        for step in pointer.strip("/").split("/"):
            there = there[step]
        return made_for(there, target, dice, depth + 1)
    for choice in ("anyOf", "oneOf", "enum"):
        if choice in rule:
            chosen = dice.choice(rule[choice])
            return chosen if choice == "enum" else made_for(chosen, root, dice, depth + 1)
    if "const" in rule:
        return rule["const"]
    kinds = rule.get("type", "object" if "properties" in rule else "string")
    match dice.choice(kinds) if isinstance(kinds, list) else kinds:
        case "object":
            made = {
                key: made_for(about, root, dice, depth + 1)
                for key, about in rule.get("properties", {}).items()
                if dice.random() < 0.9
            }
            return made | (
                {dice.choice(["x", "2024", "T1"]): leaf(dice)} if dice.random() < 0.3 else {}
            )
        case "array":
            items = rule.get("items", {})
            return [made_for(items, root, dice, depth + 1) for _ in range(dice.randint(0, 2))]
        case "integer":
            return dice.randint(-3, 3000)
        case "number":
            return dice.uniform(-10, 3000)
        case "boolean":
            return dice.random() < 0.5
        case "null":
            return None
        case _:
            return dice.choice([odd for odd in ODD if isinstance(odd, str)])


@cache
def engines(name: str) -> tuple[Any, Any]:
    theirs = jsonschema.Draft202012Validator(SCHEMAS[name], registry=REGISTRY)
    known = jsonschema_rs.Registry(list(BY_ID.items()))
    return theirs, jsonschema_rs.Draft202012Validator(SCHEMAS[name], registry=known)


@pytest.mark.parametrize("name", SCHEMAS)
@tried(0.4)
@given(seed=st.integers(0, 2**32))
def test_both_engines_complain_of_the_same_places(name, seed):
    document = made_for(SCHEMAS[name], SCHEMAS[name], random.Random(seed))
    theirs, ours = engines(name)
    # Of a rule within a rule one names the inner, one the outer: but the place is the same.
    assert {tuple(map(str, error.instance_path)) for error in ours.iter_errors(document)} == {
        tuple(map(str, error.absolute_path)) for error in theirs.iter_errors(document)
    }
    assert ours.is_valid(document) == theirs.is_valid(document)


@pytest.mark.parametrize("name", sorted(WRITTEN))
@pytest.mark.parametrize("text", ENDS)
def test_a_line_s_end_in_what_people_write_makes_no_difference(name, text):
    """Python's ``$`` matches before a line's end, Rust's does not: our patterns keep clear of it."""

    def replaced(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: replaced(value) for key, value in node.items()}
        return [replaced(one) for one in node] if isinstance(node, list) else text

    document = {
        "plan": lambda: json.loads(resource("plan.json").read_text(encoding="utf-8")),
        "rules": lambda: json.loads(resource("rules.json").read_text(encoding="utf-8")),
    }.get(name, lambda: dict.fromkeys(SCHEMAS[name]["properties"], text))()
    theirs, ours = engines(name)
    assert ours.is_valid(document) == theirs.is_valid(document)
    assert ours.is_valid(replaced(document)) == theirs.is_valid(replaced(document))
