"""Recipes in saved web pages: as JSON-LD or microdata, with the headings of the ingredients where a known site or plugin has them.

The libraries of the extra `recipes` read the pages, so this module is imported by the first page and by nothing else.
"""

from __future__ import annotations

import contextlib
import json
import re
import warnings
from typing import Any

import bs4
import extruct  # type: ignore[import-untyped]
import recipe_scrapers

from plandoc.exchange.convert import schema_org
from plandoc.exchange.convert.loose_json import NotJson, parsed
from plandoc.exchange.convert.plain_text import one_line, texts
from plandoc.exchange.convert.recipe_drafts import RecipeDraft

_OPENING = re.compile(r"(?://)?\s*(?:<!\[CDATA\[|<!--)")
_CLOSINGS = ("]]>", "-->")
_NO_SITE = "https://page.invalid/"

Object = dict[str, Any]


def drafts_in(content: bytes) -> list[RecipeDraft]:
    """Return the drafts of all recipes of a page; none where it has none that can be read."""
    page = _Page(content)
    found = page.recipes()
    if not found:
        return []
    sections = page.sections(schema_org.ingredients_of(found[0]))
    return [schema_org.draft_of(one, sections if number == 0 else ()) for number, one in enumerate(found)]


class _Page:
    def __init__(self, content: bytes) -> None:
        # The encoding that a page states is not always the true one.
        self._html = bs4.UnicodeDammit(content, is_html=True).unicode_markup or content.decode("utf-8", "replace")
        self._soup = bs4.BeautifulSoup(self._html, "html.parser")

    def recipes(self) -> list[Object]:
        """Return the recipes of the page: as JSON-LD, else as microdata, else as a known site shows them."""
        return self._json_ld() or self._microdata() or self._of_known_site()

    def _json_ld(self) -> list[Object]:
        found: list[Object] = []
        for script in self._soup.find_all("script", type="application/ld+json"):
            # One of several scripts of a page may be broken, or not about a recipe.
            with contextlib.suppress(NotJson):
                found += schema_org.recipe_objects(parsed(_unwrapped(script.string or "")))
        return [one for one in found if schema_org.ingredients_of(one)]

    def _microdata(self) -> list[Object]:
        found = extruct.extract(self._html, syntaxes=["microdata"], uniform=True, errors="ignore")
        recipes = schema_org.recipe_objects(found.get("microdata", []))
        return [one for one in recipes if schema_org.ingredients_of(one)]

    def _of_known_site(self) -> list[Object]:
        scraper = self._scraper()
        if scraper is None:
            return []
        recipe: Object = {"@type": "Recipe"}
        for key, read in (
            ("name", "title"),
            ("recipeYield", "yields"),
            ("recipeIngredient", "ingredients"),
            ("recipeInstructions", "instructions_list"),
        ):
            # If a site has changed, its reader can fail in any way.
            with contextlib.suppress(Exception):
                recipe[key] = json.loads(json.dumps(getattr(scraper, read)()))
        return [recipe] if recipe.get("recipeIngredient") else []

    def sections(self, ingredients: list[Any]) -> tuple[str, ...]:
        """Return the heading above each ingredient, in the order of the page; empty where it is not known."""
        scraper = self._scraper()
        groups: list[tuple[str, str]] = []
        with contextlib.suppress(Exception):
            groups = [(group.purpose or "", one) for group in scraper.ingredient_groups() for one in group.ingredients]
        same = [one_line(text) for text in texts(ingredients)] == [one_line(text) for _, text in groups]
        return tuple(purpose for purpose, _ in groups) if same and len(ingredients) == len(groups) else ()

    def _scraper(self) -> Any:
        canonical = self._soup.find("link", rel="canonical", href=True)
        address = str(canonical["href"]) if canonical else _NO_SITE
        with warnings.catch_warnings(), contextlib.suppress(Exception):
            warnings.simplefilter("ignore")
            return recipe_scrapers.scrape_html(self._html, org_url=address, supported_only=False)
        return None


def _unwrapped(script: str) -> str:
    """Return the JSON of a script without the marks of a comment or of CDATA around it."""
    text = script.strip()
    opening = _OPENING.match(text)
    text = text[opening.end() :] if opening else text
    # Both kinds of mark have three characters.
    body = text.rstrip("; \t\r\n")
    return body[:-3].rstrip().removesuffix("//") if body.endswith(_CLOSINGS) else text
