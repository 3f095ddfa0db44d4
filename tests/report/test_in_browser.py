"""The pages in a real browser: nothing sticks out, everything can be read, and paper works too."""

import re

import pytest

from .test_page import EVERY_PLAN
from .test_style import contrast

# Starting the browser is what costs.
pytestmark = pytest.mark.costly

WIDTHS = (360, 800, 1280)
# What of the text stands outside of the window, or is cut off by a box around it.
_OUTSIDE = """(() => {
  const outside = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const skipped = e => e.closest("caption, thead") || e.closest("title, desc, style");
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || skipped(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const box of range.getClientRects())
      if (box.left < -0.5 || box.right > innerWidth + 0.5 || box.width === 0)
        outside.push([node.data.slice(0, 40), box.left, box.right]);
  }
  return outside.slice(0, 5);
})()"""
_COLOURS = """(() => {
  const pairs = new Set(), walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement;
    if (!node.data.trim() || own.closest("title, desc, style")) continue;
    let ground = own;
    while (ground.parentElement && getComputedStyle(ground).backgroundColor === "rgba(0, 0, 0, 0)")
      ground = ground.parentElement;
    const style = getComputedStyle(own), is_svg = own instanceof SVGElement;
    pairs.add((is_svg ? style.fill : style.color) + "|" + getComputedStyle(ground).backgroundColor);
  }
  return [...pairs];
})()"""
_WIDTH = "document.documentElement.scrollWidth"


def hexadecimal(colour):
    channels = re.fullmatch(r"rgb\((\d+), (\d+), (\d+)\)", colour)
    assert channels, f"{colour} cannot be worked out"
    return "#" + "".join(f"{int(channel):02x}" for channel in channels.groups())


def pages_of(pdf):
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


@pytest.mark.sample(6)
@pytest.mark.parametrize("page", ["path", "sheet_path"])
@pytest.mark.parametrize("name", EVERY_PLAN)
def test_nothing_sticks_out_at_any_width(tab, made, name, page):
    tab.open(getattr(made(name), page), width=WIDTHS[0])
    for width in WIDTHS:
        tab.resize(width)

        assert tab.evaluate(_WIDTH) == width
        assert tab.evaluate(_OUTSIDE) == []


@pytest.mark.parametrize("name", ["typical", "nasty"])
def test_the_browser_runs_nothing_and_loads_nothing(tab, made, name):
    tab.open(made(name).path)

    assert tab.evaluate("document.scripts.length") == 0
    assert tab.evaluate("performance.getEntriesByType('resource').length") == 0
    assert tab.evaluate("document.compatMode") == "CSS1Compat"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["draft", "typical", "completed"])
def test_every_text_has_enough_contrast_as_the_browser_shows_it(tab, made, name, scheme):
    tab.open(made(name).path, scheme=scheme)
    pairs = [pair.split("|") for pair in tab.evaluate(_COLOURS)]

    weak = [pair for pair in pairs if contrast(*map(hexadecimal, pair)) < 4.5]
    assert len(pairs) > 4
    assert weak == []


@pytest.mark.parametrize("width", [360, 1280])
def test_who_cannot_see_the_page_is_told_the_same(tab, made, width):
    tab.open(made("typical").path, width=width)
    shown = tab.accessible()
    roles = [role for role, _ in shown]

    assert ("heading", "Christmas 2026") in shown
    assert ("image", "Cookie: 3 of 6 batches baked") in shown
    assert all(name for role, name in shown if role in {"image", "checkbox", "link", "heading"})
    # On a narrow screen rows are laid out as cards, and must stay rows.
    assert roles.count("table") == made("typical").html.count("<table")
    assert roles.count("rowheader") == made("typical").html.count('scope="row"')
    assert {"cell", "columnheader"} <= set(roles)


def test_the_ticks_can_be_ticked_by_keyboard_and_are_large_enough_for_a_finger(tab, made):
    tab.open(made("typical").path, width=360)
    tab.evaluate("document.querySelector('input').focus()")
    for kind in ("keyDown", "keyUp"):
        tab.call("Input.dispatchKeyEvent", type=kind, key=" ", code="Space", windowsVirtualKeyCode=32, text=" ")

    assert tab.evaluate("document.querySelector('input').checked") is True
    assert tab.evaluate("document.querySelector('.ticks li').getBoundingClientRect().height") >= 44


def test_on_paper_the_boxes_are_squares_and_the_bars_are_drawn_not_coloured_in(tab, made):
    tab.open(made("typical").path, width=690, media="print")
    box = "(s => [s.borderTopWidth, s.width, s.height])(getComputedStyle(document.querySelector('input')))"
    fills = tab.evaluate("[...document.querySelectorAll('rect.done')].map(e => getComputedStyle(e).fill)")
    border, width, height = tab.evaluate(box)

    assert float(border[:-2]) >= 1
    assert width == height
    assert set(fills) == {"rgb(181, 101, 29)"}
    assert tab.evaluate(_WIDTH) == 690
    assert tab.evaluate(_OUTSIDE) == []


@pytest.mark.sample(2)
@pytest.mark.parametrize(
    ("name", "most"), [("empty", 1), ("draft", 1), ("typical", 3), ("completed", 3), ("large", 120)]
)
def test_on_paper_it_takes_a_sensible_number_of_pages(tab, made, name, most):
    tab.open(made(name).path, media="")
    pages = pages_of(tab.pdf())

    assert 1 <= pages <= most


def test_on_paper_each_page_has_the_event_when_it_was_made_and_its_number(tab, made):
    tab.open(made("nasty").path, media="print")
    rules = tab.evaluate(
        "[...document.styleSheets[0].cssRules].filter(r => r instanceof CSSPageRule).map(r => r.cssText)"
    )
    margins = " ".join(rules)

    assert "@bottom-left" in margins
    assert "Made by plandoc on 2" in margins
    assert '"Page " counter(page) " of " counter(pages)' in margins
    # The name of the event is a string of the style sheet and nothing else.
    assert tab.evaluate("document.querySelectorAll('style').length") == 1
    assert r"<script>alert(\"1\")</script>" in margins


def test_on_paper_nothing_but_the_margin_is_repeated_and_the_footer_takes_no_page(tab, made):
    tab.open(made("typical").path, width=690, media="print")

    assert tab.evaluate("getComputedStyle(document.querySelector('footer')).display") == "none"
    assert tab.evaluate("getComputedStyle(document.querySelector('tbody tr')).breakInside") == "avoid"


def test_on_paper_a_dark_screen_does_not_matter(tab, made):
    tab.open(made("typical").path, media="print", scheme="dark")

    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert tab.evaluate("getComputedStyle(document.body).color") == "rgb(43, 33, 26)"
