"""However a plan file is damaged, the answer is findings; it never breaks."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiyx_xl.core.findings.model import Severity
from qiyx_xl.core.plan.checks import check_sense
from qiyx_xl.core.plan.document import plan_from_document
from qiyx_xl.core.plan.written import document_of
from qiyx_xl.data import read_text
from qiyx_xl.intake.office_files.plan import PlanError, check_plan, load_plan
from qiyx_xl.papers.plan_tables import plan_rows

pytestmark = pytest.mark.slow

SHIPPED = json.loads(read_text("plan.json"), parse_float=Decimal)

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=12),
    st.sampled_from(["", "4", "2027", "text", ">=", "exact", "milestone", "全覆盖", "2023-13-01", "T9-9-99"]),
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


def places(node: Any, path: tuple = ()) -> list[tuple]:
    """Every path inside a document."""
    found = [path] if path else []
    children = (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    )
    for key, child in children:
        found += places(child, (*path, key))
    return found


PLACES = places(SHIPPED)


def to_json(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, default=float)


def holder_of(document: Any, path: tuple) -> Any:
    for key in path[:-1]:
        document = document[key]
    return document


@st.composite
def damaged(draw: st.DrawFn) -> Any:
    """The shipped document with up to three parts deleted, retyped, doubled or swapped."""
    document = copy.deepcopy(SHIPPED)
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(PLACES))
        other = draw(st.sampled_from(PLACES))
        try:
            holder, key = holder_of(document, path), path[-1]
            match draw(st.sampled_from(["delete", "retype", "swap", "double"])):
                case "delete":
                    del holder[key]
                case "retype":
                    holder[key] = draw(ANYTHING)
                case "swap":
                    there, here = holder_of(document, other)[other[-1]], holder[key]
                    holder[key] = copy.deepcopy(there)
                    holder_of(document, other)[other[-1]] = copy.deepcopy(here)
                case "double":
                    if isinstance(holder, list):
                        holder.append(copy.deepcopy(holder[key]))
        except (KeyError, IndexError, TypeError):
            continue  # an earlier blow took this place away
    return document


@settings(suppress_health_check=list(HealthCheck))
@given(document=damaged())
def test_a_damaged_plan_is_either_loaded_or_refused_with_findings(
    document: Any, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("plan") / "方案.json"
    path.write_text(to_json(document), encoding="utf-8")
    findings = check_plan(path)
    for finding in findings:
        assert "请" in str(finding)
        assert "\n" not in str(finding)
    if any(finding.severity is Severity.ERROR for finding in findings):
        with pytest.raises(PlanError) as refused:
            load_plan(path)
        assert refused.value.findings == findings
    else:
        plan = load_plan(path)
        again = json.loads(json.dumps(document_of(plan)), parse_float=Decimal)
        assert plan_from_document(again) == plan
        assert plan_rows(plan)


@given(document=damaged() | ANYTHING)
def test_the_sense_of_any_document_can_be_asked_about(document: Any) -> None:
    for finding in check_sense(document):
        str(finding).encode("utf-8")


@settings(suppress_health_check=list(HealthCheck))
@given(cut=st.integers(0, len(read_text("plan.json"))), junk=st.binary(max_size=8))
def test_a_file_broken_off_or_scribbled_on_has_findings(
    cut: int, junk: bytes, tmp_path_factory: Any
) -> None:
    path = tmp_path_factory.mktemp("plan") / "方案.json"
    path.write_bytes(read_text("plan.json")[:cut].rstrip().removesuffix("}").encode() + junk)
    assert check_plan(path)


def test_the_schema_engines_judge_damaged_plans_alike() -> None:
    import jsonschema
    import jsonschema_rs

    schema = json.loads(read_text("schemas/plan.schema.json"))
    slow, fast = jsonschema.Draft202012Validator(schema), jsonschema_rs.validator_for(schema)

    @given(document=damaged())
    def agree(document: Any) -> None:
        plain = json.loads(to_json(document))
        assert slow.is_valid(plain) == fast.is_valid(plain)

    agree()
    for path, value in (
        (("goals", 0, "code"), "T1-1-01\n"),
        (("goals", 6, "repeats"), "3\n"),
        (("milestones", 0, "due"), "2027-12-31\n"),
        (("version",), "２０２３"),
        (("plan_id",), "beilun\n"),
    ):
        document = copy.deepcopy(json.loads(to_json(SHIPPED)))
        holder_of(document, path)[path[-1]] = value
        assert not slow.is_valid(document)
        assert not fast.is_valid(document)


def test_a_path_of_any_spelling_is_answered() -> None:
    for name in ("", "a\0b", "\ud800", "x" * 5000):
        assert check_plan(Path(name))
