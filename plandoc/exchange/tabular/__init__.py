"""Ingredients, recipes, goods and stock from tables of a baker: CSV or JSON files."""

from plandoc.exchange.tabular.import_tables import import_goods, import_ingredients, import_recipes, import_stock

__all__ = ["import_goods", "import_ingredients", "import_recipes", "import_stock"]
