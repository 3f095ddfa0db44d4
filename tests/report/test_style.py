"""The colours of the style sheet: every text can be read on every ground that it stands on."""

import re
from pathlib import Path

import pytest

import plandoc.report

TEMPLATES = Path(plandoc.report.__file__).parent / "templates"
CSS = "".join((TEMPLATES / f"{name}.css").read_text(encoding="utf-8") for name in ("page", "report", "sheet"))
PALETTES = [
    dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{(.*?)\}", CSS, re.S)
]
LIGHT, DARK, PRINT = PALETTES
TEXT_ON_GROUND = [
    (text, ground) for text in ("ink", "muted", "accent", "good", "bad") for ground in ("ground", "panel")
]
SHAPES = [("bar", "ground"), ("frame", "ground")]


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_sums_are_those_of_the_standard():
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("palette", [LIGHT, DARK, LIGHT | PRINT], ids=["light", "dark", "print"])
def test_every_text_has_a_contrast_of_at_least_four_and_a_half(palette):
    pairs = [*TEXT_ON_GROUND, ("on-badge", "badge")]
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in pairs}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("palette", [LIGHT, DARK, LIGHT | PRINT], ids=["light", "dark", "print"])
def test_every_shape_that_says_something_has_a_contrast_of_at_least_three(palette):
    weak = {pair: contrast(palette[pair[0]], palette[pair[1]]) for pair in SHAPES}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_every_colour_that_is_used_is_defined_for_light_and_for_dark():
    used = set(re.findall(r"var\(--([a-z-]+)\)", CSS))

    assert used == set(LIGHT) == set(DARK)
