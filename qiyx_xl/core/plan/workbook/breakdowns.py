"""Targets broken down to agencies: one for each entry in a plan file, a row of years in a workbook.

A row has ``targets`` by year as an indicator has, and ``target`` for the final one as a goal has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROWS = "breakdown rows"
"""What the rows are called in paths, to tell them from the entries of a plan file."""

_OF_THE_ITEM = ("name", "measure", "direction", "kind")


def items_by_code(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return indicators and goals by the number or code that people see."""
    return {
        str(entry.get("code", entry.get("number"))): entry
        for listing in ("indicators", "goals")
        for entry in document.get(listing, ())
    }


def rows_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the rows of a document's breakdowns: one for each item and agency."""
    items = items_by_code(document)
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in document.get("breakdowns", ()):
        item = items.get(entry["item"], {})
        row = rows.setdefault(
            (entry["item"], entry["agency"]),
            {"item": entry["item"], "agency": entry["agency"], "targets": {}}
            | {key: item[key] for key in _OF_THE_ITEM if key in item},
        )
        year = entry.get("year")
        if year is None:
            row["target"] = entry["target"]
        else:
            row["targets"][str(year)] = entry["target"]
    return list(rows.values())


def entries_of(row: Mapping[str, Any]) -> list[tuple[tuple[str, ...], dict[str, Any]]]:
    """Return a row's entries, each with the keys of its target in the row.

    A row without any target is an entry without one, for the checks to find.
    """
    head = {key: row[key] for key in ("item", "agency") if key in row}
    found: list[tuple[tuple[str, ...], dict[str, Any]]] = [
        (("targets", year), {**head, "year": int(year), "target": target})
        for year, target in row.get("targets", {}).items()
    ]
    if "target" in row or not found:
        last = {"target": row["target"]} if "target" in row else {}
        found.append((("target",), head | last))
    return found


def in_order(
    entries: Sequence[Mapping[str, Any]], document: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    """Return breakdowns in the one order of a plan: by item, agency and year."""
    items = {code: place for place, code in enumerate(items_by_code(document))}
    agencies = {entry["name"]: place for place, entry in enumerate(document["agencies"])}
    last = len(items) + len(agencies)
    return sorted(
        entries,
        key=lambda entry: (
            items.get(entry["item"], last),
            agencies.get(entry["agency"], last),
            entry.get("year") or 9999,
        ),
    )
