"""Every stored record, frozen, with the rules for its own fields.

Rules that need other records (references, uniqueness, cycles, states) are in higher layers. The names of the attributes
are the JSON keys in the files, so renaming one changes the format.

An `id` of 0 and a `slug` of "" mean that the store assigns one when the record is added. Blanks around a name, a category
or a unit are removed: two records that differed by them alone would look the same in every list.
"""

from plandoc.records.amendment_records import (
    CHANGES,
    AddFinishedGood,
    Change,
    ChangeQuantity,
    DropFinishedGood,
    Effect,
    ModifyBatch,
    PlanAmendment,
    PlanSection,
    ReviseFinishedGood,
    ReviseRecipe,
    UnitName,
)
from plandoc.records.catalog_records import (
    AssemblyType,
    Component,
    Density,
    Equivalent,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    Recipe,
    RecipeLine,
    SubRecipe,
    UnitWord,
    YieldMode,
)
from plandoc.records.ids import EventId, FinishedGoodId, FinishedUnitId, IngredientId, RecipeId
from plandoc.records.plan_records import BatchDecision, Event, EventFinishedGood, EventRecipe, PlanState
from plandoc.records.run_records import AssemblyRun, Loss, ProductionRun, RunKind, VoidedRun
from plandoc.records.snapshot_records import Finding, FindingKind, PlanSnapshot
from plandoc.records.stock_records import NotTaken, StockItem, Taken

__all__ = [
    "CHANGES",
    "AddFinishedGood",
    "AssemblyRun",
    "AssemblyType",
    "BatchDecision",
    "Change",
    "ChangeQuantity",
    "Component",
    "Density",
    "DropFinishedGood",
    "Effect",
    "Equivalent",
    "Event",
    "EventFinishedGood",
    "EventId",
    "EventRecipe",
    "Finding",
    "FindingKind",
    "FinishedGood",
    "FinishedGoodId",
    "FinishedUnit",
    "FinishedUnitId",
    "Ingredient",
    "IngredientId",
    "Loss",
    "ModifyBatch",
    "NotTaken",
    "PlanAmendment",
    "PlanSection",
    "PlanSnapshot",
    "PlanState",
    "ProductionRun",
    "Recipe",
    "RecipeId",
    "RecipeLine",
    "ReviseFinishedGood",
    "ReviseRecipe",
    "RunKind",
    "StockItem",
    "SubRecipe",
    "Taken",
    "UnitName",
    "UnitWord",
    "VoidedRun",
    "YieldMode",
]
