"""The stock of a bake-tracker export."""

from __future__ import annotations

from fractions import Fraction

from plandoc.errors import shorten
from plandoc.exchange.bake_tracker.export_reader import ExportReader
from plandoc.exchange.bake_tracker.fields import Fields, refuse
from plandoc.records import IngredientId, StockItem

# Why a quantity is taken as it is, an amount in the package's unit, and not times the size of the package: the
# exports say so. "6 sticks remaining (1.5 lb)" has 1.5 where a package is 4 lb; "Half bag remaining" has 36 where one
# is 72 oz; "partial package (20%)" has 1.6 where one is 8 oz; nearly every "full package" has just the package's size.
# A few notes can be read the other way ("Unopened" beside 2.0 of flour in 25 lb bags), but no row proves it, and too
# little in stock is a trip to the shop, while too much is a cake that cannot be baked.

Products = dict[tuple[str, str], set[str]]


def stock(export: ExportReader) -> list[StockItem]:
    """Return how much of each ingredient is there, summed up per unit."""
    units: Products = {}
    export.each("products", lambda row: _product(export, row, units))
    sums: dict[tuple[IngredientId, str], Fraction] = {}
    export.each("inventory_items", lambda row: _item(export, row, units, sums))
    return [StockItem(ingredient, quantity, unit) for (ingredient, unit), quantity in sums.items()]


def _product(export: ExportReader, row: Fields, units: Products) -> None:
    ingredient = row.reference("ingredients", "ingredient_slug")
    export.number_of(ingredient)
    units.setdefault((ingredient.text, row.text("brand")), set()).add(row.text("package_unit"))


def _item(export: ExportReader, row: Fields, units: Products, sums: dict[tuple[IngredientId, str], Fraction]) -> None:
    ingredient = row.reference("ingredients", "ingredient_slug")
    brand = row.text("product_brand", "brand")
    unit = (row.text("package_unit") or _unit_of_product(ingredient.text, brand, units)).strip()
    key = export.number_of(ingredient), unit
    quantity = sums.get(key, Fraction(0)) + Fraction(row.amount("quantity"))
    # Made here once, so that a sum that breaks a rule fails where its place in the file is known.
    StockItem(key[0], quantity, unit)
    sums[key] = quantity


def _unit_of_product(ingredient: str, brand: str, units: Products) -> str:
    known = sorted(units.get((ingredient, brand), set()) - {""})
    if len(known) != 1:
        products = f"the products of {shorten(ingredient)} by {shorten(brand)}"
        shown = f"{products} have the units {', '.join(known)}" if known else f"there is no unit among {products}"
        raise refuse(f"wanted one unit, because the row names none; {shown}", "package_unit")
    return known[0]
