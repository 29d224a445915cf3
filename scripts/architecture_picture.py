"""Draw docs/development/images/architecture.svg from the import graph that import-linter checks.

    python scripts/architecture_picture.py           write it
    python scripts/architecture_picture.py --check   only compare

One box per package, one row per layer of the contract in pyproject.toml; an arrow means that the
upper package imports the lower one. It shows no counts, so that it changes only when packages or
imports between them change.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from xml.sax.saxutils import escape

import grimp

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PICTURE = ROOT / "docs" / "development" / "images" / "architecture.svg"
PACKAGE = "qiyx_xl"

_WIDTH, _ROW, _TOP = 760, 110, 24
_BOX_WIDTH, _BOX_HEIGHT = 150, 44


def main() -> int:
    """Write or compare the picture."""
    drawn = picture()
    if "--check" in sys.argv[1:]:
        return 0 if PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn else 1
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(drawn, encoding="utf-8")
    return 0


def picture() -> str:
    """Return the SVG."""
    graph = grimp.build_graph(PACKAGE, exclude_type_checking_imports=True)
    layers = _layers()
    places = _places(layers)
    height = _TOP * 2 + _ROW * (len(layers) - 1) + _BOX_HEIGHT
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}">',
            '<g font-family="sans-serif" font-size="15">',
            "<title>The packages of qiyx_xl and their imports</title>",
            '<marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" orient="auto">',
            '<path d="M0 0L8 4L0 8z" fill="#777"/></marker>',
            f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
            *_arrows(graph, places),
            *(_box(name, place) for name, place in places.items()),
            "</g></svg>\n",
        ]
    )


def _layers() -> list[list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return [[name.strip() for name in layer.replace(":", "|").split("|")] for layer in layers]


def _places(layers: list[list[str]]) -> dict[str, tuple[float, float]]:
    """Return the centre of each package's box."""
    return {
        name: (_WIDTH * (column + 0.5) / len(layer), _TOP + _BOX_HEIGHT / 2 + _ROW * row)
        for row, layer in enumerate(layers)
        for column, name in enumerate(layer)
    }


def _arrows(graph: grimp.ImportGraph, places: dict[str, tuple[float, float]]) -> list[str]:
    return [
        f'<line x1="{x:.0f}" y1="{y + _BOX_HEIGHT / 2:.0f}" x2="{to_x:.0f}" '
        f'y2="{to_y - _BOX_HEIGHT / 2:.0f}" stroke="#999" marker-end="url(#tip)"/>'
        for upper, (x, y) in places.items()
        for lower, (to_x, to_y) in places.items()
        if to_y > y and _imports(graph, upper, lower)
    ]


def _imports(graph: grimp.ImportGraph, upper: str, lower: str) -> bool:
    """Whether a module of the upper package imports a module of the lower one."""
    inside, below = f"{PACKAGE}.{upper}", f"{PACKAGE}.{lower}"
    return any(
        found == below or found.startswith(f"{below}.")
        for module in {inside, *graph.find_descendants(inside)}
        for found in graph.find_modules_directly_imported_by(module)
    )


def _box(name: str, place: tuple[float, float]) -> str:
    x, y = place[0] - _BOX_WIDTH / 2, place[1] - _BOX_HEIGHT / 2
    return (
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{_BOX_WIDTH}" height="{_BOX_HEIGHT}" rx="6" '
        'fill="#fdf0ee" stroke="#b3322a"/>'
        f'<text x="{place[0]:.0f}" y="{place[1] + 5:.0f}" text-anchor="middle">'
        f"{escape(name)}</text>"
    )


if __name__ == "__main__":
    sys.exit(main())
