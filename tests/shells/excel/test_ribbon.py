"""The ribbon tab 七优享: valid XML, and a macro behind every command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree
from support.paths import ROOT

from qiyx_xl.ledger.registry import CONTROLS
from qiyx_xl.shells.buttons import ACTIONS

RIBBON = (ROOT / "macros" / "customUI14.xml").read_bytes()
MACROS = (ROOT / "macros" / "Qiyx.bas").read_text(encoding="ascii")
UI = "{http://schemas.microsoft.com/office/2009/07/customui}"

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).with_name("ribbon.xsd")))


def test_the_ribbon_validates_against_its_schema():
    assert SCHEMA.validate(etree.fromstring(RIBBON)), SCHEMA.error_log


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'size="large"', b'size="huge"'),
        (b'id="qiyxRefresh"', b'id="qiyxStatic"'),
        (b"imageMso=", b"imagemso="),
        (b"<group ", b"<panel "),
        (b"2009/07", b"2006/01"),
        (b'label="{', b'caption="{'),
    ],
)
def test_the_schema_notices_a_mistake(good: bytes, bad: bytes):
    broken = RIBBON.replace(good, bad)
    if b"panel" in bad:
        broken = broken.replace(b"</group>", b"</panel>")
    assert broken != RIBBON
    assert not SCHEMA.validate(etree.fromstring(broken))


def test_every_command_has_a_macro_that_presses_its_button():
    commands = {
        button.get("onAction"): button.get("label")
        for button in etree.fromstring(RIBBON).iter(f"{UI}button")
    }
    assert commands == {f"Qiyx.{control.callback}": control.caption for control in CONTROLS}
    for control in CONTROLS:
        for sub, argument in ((control.callback, "ByVal control As Object"), (control.sub, "")):
            body = f'Public Sub {sub}({argument})\n    RunButton "{control.action}"\nEnd Sub\n'
            assert body in MACROS
    assert set(re.findall(r'RunButton "(\w+)"', MACROS)) == set(ACTIONS)
