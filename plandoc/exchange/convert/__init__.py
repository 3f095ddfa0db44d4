"""Recipes of other programs: saved web pages, JSON-LD, Cooklang, Mealie and Tandoor, as plandoc's own table."""

from plandoc.exchange.convert.conversion import Conversion, ConvertedRecipe, convert_recipes, write_table

__all__ = ["Conversion", "ConvertedRecipe", "convert_recipes", "write_table"]
