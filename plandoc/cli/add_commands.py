"""`plandoc ingredient add`, `recipe add` and `good add`: one thing of the catalog, from options or from answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from plandoc.cli import import_output
from plandoc.cli.arguments import Parameter, Text
from plandoc.cli.asked_catalog import Pair, asked_components, asked_name, asked_recipe
from plandoc.cli.asking import ask, is_interactive
from plandoc.cli.catalog_lookup import WORDS
from plandoc.cli.data_folder import Folder
from plandoc.cli.editor import edited
from plandoc.cli.messages import UsageError
from plandoc.engine.session import Session
from plandoc.errors import ValidationError
from plandoc.exchange.import_report import ImportReport
from plandoc.exchange.single_records import add_from_table, columns_of
from plandoc.records import FinishedGood, Ingredient, Recipe
from plandoc.text.escaping import csv_text

Name = Annotated[str | None, Parameter("NAME", words="TEXT")]
Row = dict[str, str]

_TEXTS = frozenset({"notes", "recipe_notes", "good_notes", "method"})


def add_ingredient(
    name: Name = None,
    /,
    *,
    category: Text = None,
    density: Text = None,
    notes: Text = None,
    folder: Folder,
) -> None:
    """Add an ingredient. Without a name, a terminal asks for everything.

    Args:
        name: The name of the ingredient.
        category: Anything to group by.
        density: What a volume or a piece of it weighs, such as '1 cup = 120 g; 1 stick = 113 g'.

    Examples:
        plandoc ingredient add Marzipan
        plandoc ingredient add 'Rye flour' --category Flour --density '1 cup = 102 g'
    """
    if name is None:
        name = asked_name(Ingredient, folder)
        category = category or ask("Category, if any")
        density = density or ask("What a volume or a piece of it weighs, such as 1 cup = 120 g, if known")
    row = {"name": name, "category": category or "", "density": density or "", "notes": notes or ""}
    _add(Ingredient, [row], folder)


def add_recipe(
    name: Name = None,
    /,
    *,
    ingredient: Annotated[list[str] | None, Parameter("--ingredient", words="INGREDIENT=AMOUNT")] = None,
    sub_recipe: Annotated[list[str] | None, Parameter("--sub-recipe", words="RECIPE=BATCHES")] = None,
    makes: Annotated[list[str] | None, Parameter("--makes", words="UNIT=NUMBER")] = None,
    category: Text = None,
    method: Text = None,
    notes: Text = None,
    add_ingredients: bool = False,
    folder: Folder,
) -> None:
    """Add a recipe. Where neither ingredients nor yields are given, a terminal asks for them.

    Args:
        name: The name of the recipe.
        ingredient: An ingredient and how much of it a batch takes, such as 'Flour=1 1/2 cup'; a name alone is an ingredient
            without an amount. Can be given several times.
        sub_recipe: A recipe that goes into it, and how many batches, such as Buttercream=1/2. Can be given several times.
        makes: What a batch gives, and how many, such as Cookie=24; or a percentage, the part of a batch that one takes, such as
            Slice=12.5%. Can be given several times.
        category: Anything to group by.
        method: How it is made.
        add_ingredients: Create ingredients that are not there yet.

    Examples:
        plandoc recipe add Meringue --ingredient 'Egg white=4' --ingredient 'Sugar=220 g' --makes Meringue=30 --add-ingredients
        plandoc recipe add
    """
    if name is None:
        name = asked_name(Recipe, folder)
    lines, parts, yields = map(_pairs, (ingredient, sub_recipe, makes))
    if not (lines or parts or yields):
        asked = asked_recipe(folder, adds_ingredients=add_ingredients)
        lines, parts, yields, add_ingredients = asked.lines, asked.parts, asked.yields, asked.adds_ingredients
    if not (lines or parts or yields):
        message = "a recipe needs at least one ingredient, one recipe in it or one thing that it makes"
        raise UsageError(f"{message}: --ingredient, --sub-recipe or --makes")
    rows = [
        *({"ingredient": one, "quantity": amount} for one, amount in lines),
        *({"sub_recipe": one, "quantity": batches or "1"} for one, batches in parts),
        *({"of": one, "makes": number} for one, number in yields),
    ]
    rows[0] |= {"category": category or "", "method": method or "", "recipe_notes": notes or ""}
    _add(Recipe, [{"recipe": name, **row} for row in rows], folder, add_ingredients=add_ingredients)


def add_good(
    name: Name = None,
    /,
    *components: Annotated[str, Parameter("COMPONENT=QUANTITY", words="UNIT=")],
    notes: Text = None,
    folder: Folder,
) -> None:
    """Add a good to hand out. Without components, a terminal asks for them.

    Args:
        name: The name of the good.
        components: The units and other goods in one of it, and how many of each; a name alone means one.

    Examples:
        plandoc good add 'Sablé tin' hazelnut-sable=20
        plandoc good add 'Family hamper' tea-box=1 rye-loaf=2
    """
    if name is None:
        name = asked_name(FinishedGood, folder)
    parts = _pairs(components) or asked_components(folder)
    if not parts:
        raise UsageError("a good needs at least one component, such as cookie=12")
    rows = [{"good": name, "component": one, "quantity": number or "1"} for one, number in parts]
    rows[0]["good_notes"] = notes or ""
    _add(FinishedGood, rows, folder)


def _add(record_type: type[Any], rows: Sequence[Row], folder: Folder, *, add_ingredients: bool = False) -> None:
    columns = columns_of(record_type)
    table = csv_text(columns, [[row.get(column, "") for column in columns] for row in rows], texts=_TEXTS)

    def apply(text: str) -> ImportReport:
        def work(session: Session) -> ImportReport:
            return add_from_table(record_type, text, session, add_ingredients=add_ingredients)

        return folder.change(f"add a {WORDS[record_type]}", work)

    try:
        report = apply(table)
    except ValidationError as error:
        if not is_interactive():
            raise
        # Nobody wants to answer all questions again.
        report = edited(table, f"new-{WORDS[record_type]}.csv", apply, after=error)
    import_output.print_rows(report)


def _pairs(given: Iterable[str] | None) -> list[Pair]:
    """Return names, each with the text behind its last equals sign."""
    pairs = []
    for text in given or ():
        name, equals, value = text.rpartition("=")
        pairs.append((name.strip(), value.strip()) if equals else (text.strip(), ""))
    return pairs
