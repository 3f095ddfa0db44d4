"""Filling templates: everything from the data folder is escaped, and nothing in it can reverse or hide its surroundings.

Only the charts, which escape their own text, and the style sheets, which contain no data, are inserted as they are.
"""

from __future__ import annotations

import functools
from typing import Any

import jinja2
from markupsafe import Markup

from plandoc.domain.made_ahead import made_in_words
from plandoc.report import charts, labels, shopping_section


@functools.cache
def template(name: str) -> jinja2.Template:
    """Return a template by the name of its file."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("plandoc.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        # Optimizing takes longer than it saves for a page that is rendered once.
        optimized=False,
    )
    environment.globals |= {
        "draw_bar": charts.draw_bar,
        "names_of": shopping_section.names_of,
        "recipes_of": shopping_section.recipes_of,
        "STATES": labels.STATES,
        "HINTS": labels.HINTS,
    }
    for filter_function in (
        labels.amount_in_words,
        labels.counted,
        labels.format_timestamp,
        labels.grouped,
        labels.long_date,
        labels.shortened,
        labels.batches_in_words,
        made_in_words,
        css_text,
        labels.number_in_words,
    ):
        environment.filters[filter_function.__name__] = filter_function
    return environment.get_template(name)


def css_text(text: str) -> Markup:
    r"""Return text as a CSS string, in which nothing can end the string or the style sheet.

    >>> css_text('Fair </style>"')
    Markup('"Fair \\3c \\2f style\\3e \\22 "')
    """
    plain = labels.clean(text)
    # The blank belongs to the escape.
    escaped = (c if c == " " or (c.isascii() and c.isalnum()) else f"\\{ord(c):x} " for c in plain)
    return Markup(f'"{"".join(escaped)}"')  # noqa: S704  (letters, digits, blanks and escapes)


def _finished(value: Any) -> Any:
    """Spell out characters that could reverse text in everything put into the page."""
    return labels.clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
