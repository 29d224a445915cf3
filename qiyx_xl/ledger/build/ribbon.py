"""How the ribbon is added to a workbook: as a part, and a relationship of the package to it."""

from __future__ import annotations

import zipfile
from io import BytesIO
from xml.sax.saxutils import quoteattr

from qiyx_xl.files.opc import ROOT_RELATIONS
from qiyx_xl.files.zip_writer import with_parts

RIBBON_PART = "customUI/customUI14.xml"
_RELATION = (
    '<Relationship Id="rIdQiyxRibbon"'
    ' Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"'
    f' Target="{RIBBON_PART}"/>'
)


_NAME = "{short_name}"  # what the ribbon's source has in place of the plan's short name


def ribbon_of(ribbon: str, short_name: str) -> bytes:
    """Return the ribbon's part: its source, with the tab called after the plan."""
    label = quoteattr(short_name, {'"': "&quot;"})[1:-1]
    return ribbon.replace(_NAME, label).encode()


def with_ribbon(package: bytes, ribbon: str, short_name: str) -> bytes:
    """Return a workbook's package with a custom ribbon, whose tab is called after the plan."""
    with zipfile.ZipFile(BytesIO(package)) as source:
        relations = source.read(ROOT_RELATIONS).decode()
    end = "</Relationships>"
    return with_parts(
        package,
        {
            ROOT_RELATIONS: relations.replace(end, _RELATION + end).encode(),
            RIBBON_PART: ribbon_of(ribbon, short_name),
        },
    )
