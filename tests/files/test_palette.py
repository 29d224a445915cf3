"""Colours are the same in every paper, on pages, too, and can be told apart from their print."""

from __future__ import annotations

import re
from importlib.resources import files

import pytest

from qiyx_xl.core.rating.lamps import Light
from qiyx_xl.files.palette import (
    ERROR_FILL,
    LAMP_BARS,
    LAMP_FILLS,
    LAMP_INKS,
    argb,
    bare,
)


def sheet(name: str) -> dict[str, str]:
    """The variables of a style sheet."""
    css = (files("qiyx_xl") / "documents" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", css))


def luminance(colour: str) -> float:
    """As WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, pale = sorted((luminance(one), luminance(other)))
    return (pale + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("light", Light)
def test_a_page_has_the_lamps_of_the_workbooks(light: Light):
    assert sheet("scorecard.css")[light.value] == LAMP_FILLS[light].lower()


@pytest.mark.parametrize("light", Light)
def test_every_lamp_has_every_colour_and_its_word_can_be_read(light: Light):
    assert light in LAMP_BARS
    assert contrast(LAMP_FILLS[light], "#000000") > 7
    assert contrast(LAMP_FILLS[light], LAMP_INKS[light]) > 4.5


def test_the_page_of_a_check_has_the_colours_of_its_workbook():
    assert sheet("check_report.css")["red"] == ERROR_FILL.lower()


def test_colours_are_spelled_as_each_format_wants_them():
    assert (argb(ERROR_FILL), bare(ERROR_FILL)) == ("FFFFC9CF", "FFC9CF")
