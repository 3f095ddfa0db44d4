"""Ingredients, recipes, goods and stock from files that a baker wrote by hand."""

from plandoc.exchange.tabular.import_tables import import_goods, import_ingredients, import_recipes, import_stock

__all__ = ["import_goods", "import_ingredients", "import_recipes", "import_stock"]
