"""The colours can be read on the backgrounds that they are for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from rich.color import Color as Colour
from rich.color import ColorSystem

import tui
from tui.themes import (
    COLOURLESS,
    THEMES,
    VARIABLES,
    Background,
    background_of,
    background_of_colour,
    theme_for,
)

BACKGROUNDS = {"cube": ("#000000", "#ffffff"), "cube-dark": ("#000000",), "cube-light": ("#ffffff",)}
CUBE = (0, 95, 135, 175, 215, 255)
"""The levels of the 6×6×6 cube that terminals with 256 colours have as 16 to 231."""
GREYS = [f"#{level:02x}{level:02x}{level:02x}" for level in range(8, 248, 10)]
"""The greys that they have as 232 to 255."""

LEAST_CONTRAST = 4.2
"""The ratio of WCAG 2.1; a colour that has more than 4.58 on black has less on white."""


def channels(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, "contrast ratio"."""

    def luminance(colour: str) -> float:
        parts = [c / 255 for c in channels(colour)]
        red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_text_has_contrast_on_each_background(name: str) -> None:
    variables = THEMES[name].variables
    text = {name: colour for name, colour in variables.items() if colour.startswith("#") and "hit" not in name}
    assert len(text) >= 10
    for background in BACKGROUNDS[name]:
        assert {what: colour for what, colour in text.items() if contrast(colour, background) < LEAST_CONTRAST} == {}
    assert contrast(variables["hit"], variables["hit-text"]) > 10


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_every_colour_is_one_of_the_cube(name: str) -> None:
    colours = [colour for colour in THEMES[name].variables.values() if colour.startswith("#")]
    assert all(set(channels(colour)) <= set(CUBE) or colour in GREYS for colour in colours)


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_quiet_text_is_a_grey_that_can_be_read(name: str) -> None:
    variables = THEMES[name].variables
    assert variables["quiet"] in GREYS
    assert variables["quiet-style"] == "not dim"
    assert all(contrast(variables["quiet"], background) >= 4.5 for background in BACKGROUNDS[name])


@pytest.mark.parametrize("name", BACKGROUNDS)
def test_with_256_colours_a_grey_stays_itself(name: str) -> None:
    grey = THEMES[name].variables["quiet"]
    number = Colour.parse(grey).downgrade(ColorSystem.EIGHT_BIT).number
    assert number == 232 + GREYS.index(grey)


def test_without_colours_and_with_sixteen_quiet_text_is_dim() -> None:
    for variables in (VARIABLES, THEMES["sixteen"].variables, COLOURLESS):
        assert (variables["quiet"], variables["quiet-style"]) == ("ansi_default", "dim")


def test_whatever_is_coloured_as_trouble_is_bold_without_colours() -> None:
    sheets = [sheet.read_text(encoding="utf-8") for sheet in Path(tui.__file__).parent.rglob("*.tcss")]
    rules = [rule for sheet in sheets for rule in re.findall(r"\{([^}]*)\}", sheet) if "$trouble" in rule]
    assert len(rules) > 8
    assert all(re.search(r"text-style: (\$trouble-style|bold)", rule) for rule in rules)


def test_with_sixteen_colours_text_is_in_the_foreground() -> None:
    variables = THEMES["sixteen"].variables
    coloured = {name for name, colour in variables.items() if colour.startswith("ansi_") and colour != "ansi_default"}
    assert coloured == {"bar-assistant", "trouble", "rule", "scrollbar", "border-blurred"}


@pytest.mark.parametrize("background", ["#000000", "#ffffff"])
def test_with_sixteen_colours_bars_and_trouble_can_be_seen_in_xterm(background: str) -> None:
    variables, in_xterm = THEMES["sixteen"].variables, {"ansi_magenta": "#cd00cd", "ansi_red": "#cd0000"}
    assert contrast(in_xterm[variables["bar-assistant"]], background) >= LEAST_CONTRAST
    assert in_xterm[variables["trouble"]] == "#cd0000"
    assert variables["trouble-style"] == "bold"
    bold = "#ff0000"  # on black it needs the brighter red that xterm has for bold text
    assert max(contrast(bold, background), contrast("#cd0000", background)) >= LEAST_CONTRAST
    assert contrast(bold, background) > 3.9


@pytest.mark.parametrize("name", THEMES)
def test_every_theme_names_the_same_and_marks_selections(name: str) -> None:
    variables = THEMES[name].variables
    assert set(VARIABLES) <= set(variables)
    assert variables["block-cursor-text-style"] == "reverse"
    assert variables["hit-style"] != variables["current-hit-style"]


@pytest.mark.parametrize(
    ("colours", "background", "name"),
    [
        ("standard", None, "sixteen"),
        (None, Background.DARK, "sixteen"),
        ("256", None, "cube"),
        ("truecolor", Background.DARK, "cube-dark"),
        ("256", Background.LIGHT, "cube-light"),
    ],
)
def test_the_theme_suits_the_terminal(colours: str | None, background: Background | None, name: str) -> None:
    assert theme_for(colours, background).name == name


@pytest.mark.parametrize(
    ("told", "background"),
    [("15;0", Background.DARK), ("0;default;15", Background.LIGHT), ("0;7", Background.LIGHT), ("7;8", Background.DARK)]
    + [(junk, None) for junk in ("", "0;default", "0;16", "0;-1", "0;²", "x")],
)
def test_colorfgbg_gives_the_background(told: str, background: Background | None) -> None:
    assert background_of({"COLORFGBG": told}) is background


@pytest.mark.parametrize(
    ("told", "background"),
    [
        ("rgb:0000/0000/0000", Background.DARK), ("rgb:ff/ff/ff", Background.LIGHT), ("rgb:f/f/f", Background.LIGHT),
        ("rgb:0000/2b2b/3636", Background.DARK), ("rgb:fdfd/f6f6/e3e3", Background.LIGHT),
        ("rgba:1e1e/1e1e/2e2e/ffff", Background.DARK), ("rgb:7f7f/0000/0000", Background.DARK),
        ("rgb:00/00", None), ("rgb:00000/0/0", None), ("rgb://", None), ("rgb:xx/00/00", None), ("", None),
    ],
)  # fmt: skip
def test_a_colour_gives_the_background(told: str, background: Background | None) -> None:
    assert background_of_colour(told) is background
