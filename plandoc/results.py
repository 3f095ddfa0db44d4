"""What operations return and write, for annotations and for distinguishing kinds of things.

>>> from plandoc.results import Amount, ShoppingRow, Standing
"""

from plandoc.domain.availability import Availability
from plandoc.domain.batches import BatchOption, BatchSuggestion, UnitOptions, UnitPlan
from plandoc.domain.definition_changes import DefinitionChange, DefinitionDifference
from plandoc.domain.feasibility import Feasibility, GoodFeasibility
from plandoc.domain.ingredient_needs import IngredientNeeds, NeedRow
from plandoc.domain.made_ahead import MadeAhead
from plandoc.domain.mapping_diff import Status
from plandoc.domain.measures import Amount
from plandoc.domain.plan_diff import Difference
from plandoc.domain.production_sheet import Boxes, GoodToPack, PackedPart, ProductionSheet, RecipeSheet, UnitToBake
from plandoc.domain.progress import GoodProgress, Overall, Progress, UnitProgress
from plandoc.domain.requirements import Requirement, Source
from plandoc.domain.scaled_recipes import RecipeScaling, ScaledLine, ScaledPart, ScaledRecipe, ScaledYield
from plandoc.domain.shopping import ShoppingItem, ShoppingList, ShoppingRow, Standing
from plandoc.domain.without_amount import WithoutAmount
from plandoc.engine.record_refs import EventRef, FinishedGoodRef, FinishedUnitRef, IngredientRef, RecipeRef
from plandoc.engine.store_change import StoreChange
from plandoc.exchange import ExportReport, ImportReport
from plandoc.exchange.convert import Conversion, ConvertedRecipe
from plandoc.maintenance.backups.backup_writer import BackupReport
from plandoc.maintenance.backups.restore import RestoreReport
from plandoc.maintenance.repairs import Fix, RepairAction, RepairReport
from plandoc.maintenance.transfers.agreement import TransferReport
from plandoc.records import (
    AddFinishedGood,
    AssemblyRun,
    BatchDecision,
    ChangeQuantity,
    DropFinishedGood,
    EventFinishedGood,
    EventRecipe,
    Finding,
    FindingKind,
    Loss,
    ModifyBatch,
    NotTaken,
    PlanAmendment,
    ProductionRun,
    ReviseFinishedGood,
    ReviseRecipe,
    Taken,
    VoidedRun,
)
from plandoc.workflow.comparison import PlanComparison
from plandoc.workflow.event_copy import EventCopy
from plandoc.workflow.ingredient_merge import IngredientMerge
from plandoc.workflow.overview import Plan
from plandoc.workflow.selection import GoodsSelection, QuantityChange, RecipeSelection

__all__ = [
    "AddFinishedGood",
    "Amount",
    "AssemblyRun",
    "Availability",
    "BackupReport",
    "BatchDecision",
    "BatchOption",
    "BatchSuggestion",
    "Boxes",
    "ChangeQuantity",
    "Conversion",
    "ConvertedRecipe",
    "DefinitionChange",
    "DefinitionDifference",
    "Difference",
    "DropFinishedGood",
    "EventCopy",
    "EventFinishedGood",
    "EventRecipe",
    "EventRef",
    "ExportReport",
    "Feasibility",
    "Finding",
    "FindingKind",
    "FinishedGoodRef",
    "FinishedUnitRef",
    "Fix",
    "GoodFeasibility",
    "GoodProgress",
    "GoodToPack",
    "GoodsSelection",
    "ImportReport",
    "IngredientMerge",
    "IngredientNeeds",
    "IngredientRef",
    "Loss",
    "MadeAhead",
    "ModifyBatch",
    "NeedRow",
    "NotTaken",
    "Overall",
    "PackedPart",
    "Plan",
    "PlanAmendment",
    "PlanComparison",
    "ProductionRun",
    "ProductionSheet",
    "Progress",
    "QuantityChange",
    "RecipeRef",
    "RecipeScaling",
    "RecipeSelection",
    "RecipeSheet",
    "RepairAction",
    "RepairReport",
    "Requirement",
    "RestoreReport",
    "ReviseFinishedGood",
    "ReviseRecipe",
    "ScaledLine",
    "ScaledPart",
    "ScaledRecipe",
    "ScaledYield",
    "ShoppingItem",
    "ShoppingList",
    "ShoppingRow",
    "Source",
    "Standing",
    "Status",
    "StoreChange",
    "Taken",
    "TransferReport",
    "UnitOptions",
    "UnitPlan",
    "UnitProgress",
    "UnitToBake",
    "VoidedRun",
    "WithoutAmount",
]
