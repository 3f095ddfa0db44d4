"""Recipes in the kinds that people have them in come in with at most one hand edit each, and with the right amounts."""

import csv
import io
import zipfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import attrs
import pytest

import plandoc
from plandoc import units
from plandoc.exchange.convert import convert_recipes, write_table
from plandoc.units.quantity_text import number_in

RECIPES = Path(__file__).with_name("recipes")


@attrs.frozen
class Wanted:
    """A recipe as it was worked out by hand.

    Attributes:
        makes: How many a batch makes; None where it is not said in pieces.
        amounts: Each line: ingredient, quantity, unit.
        edit: The one cell that has to be filled in: ingredient, column and text; None for none.
        parts: Sub-recipes, and how many batches of each.
    """

    makes: int | None
    amounts: list[tuple[str, str, str]]
    edit: tuple[str, dict[str, str]] | None = None
    parts: dict[str, str] = attrs.Factory(dict)


def lines(text):
    """Each line as "quantity unit ingredient"; a dash for no amount."""
    split = (line.strip().split(" ", 2) for line in text.strip().splitlines())
    return [(name, quantity, unit) for quantity, unit, name in split]


WANTED = {
    "Oat & Honey Biscuits": Wanted(
        30,
        lines("""
            1.5 cup rolled oats
            1.25 cup plain flour
            0.75 cup brown sugar
            1 stick unsalted butter
            3 tbsp runny honey
            1 each egg
            0.5 tsp bicarbonate of soda
            - - Flaky salt
        """),
    ),
    "Sandwich Sponge": Wanted(
        8,
        lines("""
            225 g butter
            225 g golden caster sugar
            4 each free-range eggs
            225 g self-raising flour
            2 tsp baking powder
            300 ml double cream
            0.5 each lemon
            - - strawberry jam
            - - icing sugar
        """),
    ),
    "Pumpkin Pie from the Tin": Wanted(
        1,
        lines("""
            1 can pumpkin puree
            1 can sweetened condensed milk
            2 each eggs
            1 each yolk
            1 cup all-purpose flour
            2 tbsp all-purpose flour
            1 stick cold butter
            0.25 tsp ground cloves
            1 tbsp ground cinnamon
            4 tbsp ice water
            - - Whipped cream
        """),
        edit=("ground cinnamon", {"quantity": "1", "unit": "tbsp"}),
    ),
    "Overnight Cinnamon Rolls": Wanted(
        12,
        lines("""
            500 g bread flour
            7 g instant yeast
            280 ml whole milk
            1 each egg
            75 g butter
            120 g light brown sugar
            1.5 tbsp ground cinnamon
            75 g butter
            200 g cream cheese
            2/3 cup icing sugar
        """),
    ),
    "Kirschkuchen vom Blech": Wanted(
        20,
        lines("""
            350 g Mehl
            1 Päckchen Backpulver
            4 each Eier
            200 g weiche Butter
            180 g Zucker
            1 pinch Salz
            5 EL Milch
            2 TL Zimt
            0.5 l Kirschsaft
            2 Glas Schattenmorellen
            - - Puderzucker
        """),
    ),
    "Madeleines au citron": Wanted(
        24,
        lines("""
            150 g farine
            130 g sucre
            3 each œufs
            125 g beurre doux
            2 càs lait
            0.5 sachet levure chimique
            1 pinch sel
            1 càc extrait de vanille
            1 each le zeste d'un citron
            - - sucre glace
        """),
        edit=("le zeste d'un citron", {"quantity": "1"}),
    ),
    "Olive oil cake": Wanted(
        10,
        lines("""
            3 each eggs
            200 g caster sugar
            1.25 cup olive oil
            0.25 l milk
            220 g plain flour
            2 tsp baking powder
            0.5 tsp fine salt
            2 each oranges
            - - icing sugar
        """),
    ),
    "Potato focaccia": Wanted(
        2,
        lines("""
            300 g floury potatoes
            12 g fresh yeast
            350 ml water
            1 kg strong flour
            20 g salt
            5 tbsp olive oil
            - - rosemary
            5 g salt
        """),
        parts={"Herb oil": "0.5"},
    ),
    "Herb oil": Wanted(
        300,
        lines("""
            250 ml olive oil
            2 bunch basil
            3 clove garlic
        """),
        edit=("", {"makes": "300", "of": "Herb oil", "unit": "ml"}),
    ),
    "Walnut Brownies": Wanted(
        16,
        lines("""
            200 g dark chocolate
            2/3 cup butter
            4/3 cup caster sugar
            3 each egg
            0.75 cup plain flour
            - - salt
            100 g walnuts
            2 tbsp cocoa nibs
        """),
    ),
    "Banana Bread": Wanted(
        1,
        lines("""
            3 each very ripe bananas
            0.5 cup butter
            1.5 cup flour
            2 each eggs
            0.75 cup Sugar
            1 pinch salt
            1 tsp baking soda
        """),
    ),
    "Rye Bread with Seeds": Wanted(
        2,
        lines("""
            150 g Rye sourdough
            300 g Rye flour
            4.5 dl Water
            1/3 cup Sunflower seeds
            2/3 cup Linseed
            2 each Eggs
            - - Salt
            2 tbsp Syrup
        """),
        edit=("Syrup", {"quantity": "2", "unit": "tbsp"}),
    ),
    "Cheese scones": Wanted(
        12,
        lines("""
            450 g self-raising flour
            1 tsp mustard powder
            1 pinch cayenne pepper
            100 g cold butter
            250 g mature cheddar
            250 ml buttermilk
            1 each egg
        """),
    ),
    "Kardemummabullar": Wanted(
        30,
        lines("""
            50 g jäst
            5 dl mjölk
            150 g smör
            1.5 dl socker
            0.5 tsk salt
            1 msk kardemummakärnor
            13 dl vetemjöl
            100 g smör
            1 dl socker
            2 tsk kanel
            1 each ägg
        """),
    ),
    "Lemon Bars": Wanted(
        24,
        lines("""
            1 cup unsalted butter
            2 cup flour
            2 tbsp flour
            0.5 cup granulated sugar
            0.25 tsp kosher salt
            6 each eggs
            2 cup granulated sugar
            4 each lemons
            6 tbsp flour
            - - Powdered sugar
        """),
    ),
}
ENOUGH = 13


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """The table of all of them at once; those of Mealie and of Tandoor as the archives that they come in."""
    folder = tmp_path_factory.mktemp("recipes")
    plain = {path for path in RECIPES.iterdir() if path.stem not in {"brownies", "banana-bread", "rye-bread"}}
    of_mealie, of_tandoor = folder / "mealie.zip", folder / "export.zip"
    with zipfile.ZipFile(of_mealie, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("brownies", "banana-bread"):
            archive.write(RECIPES / f"{name}.json", f"recipes/{name}/{name}.json")
            archive.writestr(f"recipes/{name}/images/original.webp", b"no picture")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.write(RECIPES / "rye-bread.json", "recipe.json")
        archive.writestr("image.png", b"no picture")
    with zipfile.ZipFile(of_tandoor, "w") as archive:
        archive.writestr("Rye_Bread_with_Seeds.zip", inner.getvalue())
    file = folder / "recipes.csv"
    write_table(convert_recipes([*sorted(plain), of_mealie, of_tandoor]), file)
    return file


def edited(table):
    """The table after at most one hand edit for each recipe."""
    with table.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for name, wanted in WANTED.items():
        if wanted.edit:
            ingredient, cells = wanted.edit
            row = next(row for row in rows if row["recipe"] == name and row["ingredient"] == ingredient)
            row.update(cells)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


@pytest.fixture
def imported(table, tmp_path, folder):
    """The recipes in a folder, after the edits."""
    file = tmp_path / "recipes.csv"
    file.write_text(edited(table), "utf-8-sig", newline="")
    with plandoc.open_store(folder, create=True):
        plandoc.import_recipes(file, add_ingredients=True)
        ingredients = {one.id: one.name for one in plandoc.list_records(plandoc.Ingredient)}
        recipes = plandoc.list_records(plandoc.Recipe)
        made = {one.recipe_id: one.items_per_batch for one in plandoc.list_records(plandoc.FinishedUnit)}
    assert plandoc.check(folder) == []
    return {one.name: (one, made.get(one.id), ingredients, {each.id: each.name for each in recipes}) for one in recipes}


def as_wanted(recipe, made, ingredients, recipes):
    amounts = sorted(
        (
            ingredients[line.ingredient_id].casefold(),
            None if line.quantity is None else Fraction(line.quantity),
            units.canonical(line.unit) if line.quantity is not None else "",
        )
        for line in recipe.lines
    )
    return made, amounts, {recipes[part.recipe_id]: Decimal(part.multiplier) for part in recipe.sub_recipes}


def as_worked_out(wanted):
    amounts = sorted(
        (
            name.casefold(),
            None if quantity == "-" else Fraction(quantity),
            units.canonical(unit) if quantity != "-" else "",
        )
        for name, quantity, unit in wanted.amounts
    )
    return wanted.makes, amounts, {name: Decimal(batches) for name, batches in wanted.parts.items()}


@pytest.mark.costly
def test_of_fifteen_recipes_at_least_thirteen_come_in_right_with_one_hand_edit_each(imported):
    assert len(WANTED) == 15
    wrong = {
        name: (as_wanted(*imported[name]), as_worked_out(wanted))
        for name, wanted in WANTED.items()
        if as_wanted(*imported[name]) != as_worked_out(wanted)
    }
    assert len(WANTED) - len(wrong) >= ENOUGH, wrong


@pytest.mark.costly
def test_no_amount_that_is_wrong_comes_in_without_a_remark(table):
    with table.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    for row in rows:
        if row["quantity"] and not row["remark"] and row["ingredient"]:
            read = row["ingredient"], Fraction(number_in(row["quantity"])), units.canonical(row["unit"])
            wanted = WANTED[row["recipe"]].amounts
            assert read in [
                (name, Fraction(quantity), units.canonical(unit)) for name, quantity, unit in wanted if quantity != "-"
            ]
