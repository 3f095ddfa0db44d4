"""The ids of records as types of their own, so that a type checker sees a recipe's id where a unit's is wanted.

At run time, and in the files, each of them is a plain whole number.

>>> EventId(7)
7
"""

from typing import NewType

EventId = NewType("EventId", int)
FinishedGoodId = NewType("FinishedGoodId", int)
FinishedUnitId = NewType("FinishedUnitId", int)
IngredientId = NewType("IngredientId", int)
RecipeId = NewType("RecipeId", int)

IDS = (EventId, FinishedGoodId, FinishedUnitId, IngredientId, RecipeId)
