"""plandoc keeps a small bakery's production plans in a portable folder of JSON files.

Open a folder with `open_store`; change it in a `session`, all or nothing; read it without one.
"""

from typing import TYPE_CHECKING, Any

from plandoc.catalog import find_by_key, list_records, remove_event
from plandoc.errors import (
    ConflictError,
    DamagedError,
    FolderNotFoundError,
    ImportRefusedError,
    LockTimeout,
    NewerFormatError,
    NotFoundError,
    Outcome,
    PlandocError,
    PlanStateError,
    Problem,
    SessionError,
    StillUsedError,
    StorageError,
    StoreError,
    ValidationError,
)
from plandoc.lifecycle import complete_production, lock_plan, start_production, unlock_plan
from plandoc.planning.decisions import (
    decide_enough,
    delete_batch_decisions,
    get_batch_decisions,
    get_batch_options,
    get_requirements,
    save_batch_decision,
    save_batch_decisions,
    suggest_batches,
)
from plandoc.planning.reviewing import review_plan
from plandoc.planning.selection import (
    GoodsSelection,
    RecipeSelection,
    get_available_finished_goods,
    get_event_fg_quantities,
    get_event_recipes,
    set_event_finished_goods,
    set_event_recipes,
)
from plandoc.queries import where
from plandoc.records import (
    AddFinishedGood,
    AssemblyRun,
    AssemblyType,
    BatchDecision,
    ChangeQuantity,
    Component,
    Density,
    DropFinishedGood,
    Event,
    EventFinishedGood,
    EventRecipe,
    Finding,
    FindingKind,
    FinishedGood,
    FinishedUnit,
    Ingredient,
    Loss,
    ModifyBatch,
    PlanAmendment,
    PlanSnapshot,
    PlanState,
    ProductionRun,
    Recipe,
    RecipeLine,
    RunKind,
    StockItem,
    SubRecipe,
    VoidedRun,
    YieldMode,
)
from plandoc.sessions import Session
from plandoc.snapshots import create_plan_snapshot, get_plan_snapshot
from plandoc.storage.folder import RecoveryWarning
from plandoc.store import Store, open_store, use_store

if TYPE_CHECKING:
    from plandoc.amendments import (
        add_finished_good,
        change_quantity,
        drop_finished_good,
        get_amendments,
        modify_batch_decision,
    )
    from plandoc.arithmetic.availability import Availability
    from plandoc.arithmetic.batches import BatchOption, BatchSuggestion, UnitOptions, UnitPlan
    from plandoc.arithmetic.comparing import Difference
    from plandoc.arithmetic.differences import Status
    from plandoc.arithmetic.feasibility import Feasibility, GoodFeasibility
    from plandoc.arithmetic.ingredients import IngredientNeeds, NeedRow
    from plandoc.arithmetic.measures import Amount
    from plandoc.arithmetic.progress import GoodProgress, Overall, Progress, UnitProgress
    from plandoc.arithmetic.requirements import Requirement, Source
    from plandoc.arithmetic.shopping import ShoppingItem, ShoppingList, ShoppingRow, Standing
    from plandoc.checks import check
    from plandoc.comparison import PlanComparison, get_plan_comparison
    from plandoc.exchange import ImportReport, import_file
    from plandoc.exchange.handwritten import import_goods, import_ingredients, import_recipes, import_stock
    from plandoc.planning.overview import Plan, get_plan
    from plandoc.planning.packing import get_feasibility
    from plandoc.planning.provisions import get_ingredient_needs, get_shopping_list
    from plandoc.planning.stocktaking import get_stock, set_stock
    from plandoc.production import get_progress, record_assembly, record_production, void_run
    from plandoc.report import render_report, write_report

__all__ = [
    "AddFinishedGood",
    "Amount",
    "AssemblyRun",
    "AssemblyType",
    "Availability",
    "BatchDecision",
    "BatchOption",
    "BatchSuggestion",
    "ChangeQuantity",
    "Component",
    "ConflictError",
    "DamagedError",
    "Density",
    "Difference",
    "DropFinishedGood",
    "Event",
    "EventFinishedGood",
    "EventRecipe",
    "Feasibility",
    "Finding",
    "FindingKind",
    "FinishedGood",
    "FinishedUnit",
    "FolderNotFoundError",
    "GoodFeasibility",
    "GoodProgress",
    "GoodsSelection",
    "ImportRefusedError",
    "ImportReport",
    "Ingredient",
    "IngredientNeeds",
    "LockTimeout",
    "Loss",
    "ModifyBatch",
    "NeedRow",
    "NewerFormatError",
    "NotFoundError",
    "Outcome",
    "Overall",
    "Plan",
    "PlanAmendment",
    "PlanComparison",
    "PlanSnapshot",
    "PlanState",
    "PlanStateError",
    "PlandocError",
    "Problem",
    "ProductionRun",
    "Progress",
    "Recipe",
    "RecipeLine",
    "RecipeSelection",
    "RecoveryWarning",
    "Requirement",
    "RunKind",
    "Session",
    "SessionError",
    "ShoppingItem",
    "ShoppingList",
    "ShoppingRow",
    "Source",
    "Standing",
    "Status",
    "StillUsedError",
    "StockItem",
    "StorageError",
    "Store",
    "StoreError",
    "SubRecipe",
    "UnitOptions",
    "UnitPlan",
    "UnitProgress",
    "ValidationError",
    "VoidedRun",
    "YieldMode",
    "add_finished_good",
    "change_quantity",
    "check",
    "complete_production",
    "create_plan_snapshot",
    "decide_enough",
    "delete_batch_decisions",
    "drop_finished_good",
    "find_by_key",
    "get_amendments",
    "get_available_finished_goods",
    "get_batch_decisions",
    "get_batch_options",
    "get_event_fg_quantities",
    "get_event_recipes",
    "get_feasibility",
    "get_ingredient_needs",
    "get_plan",
    "get_plan_comparison",
    "get_plan_snapshot",
    "get_progress",
    "get_requirements",
    "get_shopping_list",
    "get_stock",
    "import_file",
    "import_goods",
    "import_ingredients",
    "import_recipes",
    "import_stock",
    "list_records",
    "lock_plan",
    "modify_batch_decision",
    "open_store",
    "record_assembly",
    "record_production",
    "remove_event",
    "render_report",
    "review_plan",
    "save_batch_decision",
    "save_batch_decisions",
    "set_event_finished_goods",
    "set_event_recipes",
    "set_stock",
    "start_production",
    "suggest_batches",
    "unlock_plan",
    "use_store",
    "void_run",
    "where",
    "write_report",
]


# Most scripts neither import files nor check the folder, and should not wait for what does.
_ON_DEMAND = {
    "Amount": "plandoc.arithmetic.measures",
    "Availability": "plandoc.arithmetic.availability",
    "BatchOption": "plandoc.arithmetic.batches",
    "BatchSuggestion": "plandoc.arithmetic.batches",
    "Difference": "plandoc.arithmetic.comparing",
    "Feasibility": "plandoc.arithmetic.feasibility",
    "GoodFeasibility": "plandoc.arithmetic.feasibility",
    "GoodProgress": "plandoc.arithmetic.progress",
    "ImportReport": "plandoc.exchange",
    "IngredientNeeds": "plandoc.arithmetic.ingredients",
    "NeedRow": "plandoc.arithmetic.ingredients",
    "Overall": "plandoc.arithmetic.progress",
    "Plan": "plandoc.planning.overview",
    "PlanComparison": "plandoc.comparison",
    "Progress": "plandoc.arithmetic.progress",
    "Requirement": "plandoc.arithmetic.requirements",
    "ShoppingItem": "plandoc.arithmetic.shopping",
    "ShoppingList": "plandoc.arithmetic.shopping",
    "ShoppingRow": "plandoc.arithmetic.shopping",
    "Source": "plandoc.arithmetic.requirements",
    "Standing": "plandoc.arithmetic.shopping",
    "Status": "plandoc.arithmetic.differences",
    "UnitOptions": "plandoc.arithmetic.batches",
    "UnitPlan": "plandoc.arithmetic.batches",
    "UnitProgress": "plandoc.arithmetic.progress",
    "add_finished_good": "plandoc.amendments",
    "change_quantity": "plandoc.amendments",
    "check": "plandoc.checks",
    "drop_finished_good": "plandoc.amendments",
    "get_amendments": "plandoc.amendments",
    "get_feasibility": "plandoc.planning.packing",
    "get_ingredient_needs": "plandoc.planning.provisions",
    "get_plan": "plandoc.planning.overview",
    "get_plan_comparison": "plandoc.comparison",
    "get_progress": "plandoc.production",
    "get_shopping_list": "plandoc.planning.provisions",
    "get_stock": "plandoc.planning.stocktaking",
    "import_file": "plandoc.exchange",
    "import_goods": "plandoc.exchange.handwritten",
    "import_ingredients": "plandoc.exchange.handwritten",
    "import_recipes": "plandoc.exchange.handwritten",
    "import_stock": "plandoc.exchange.handwritten",
    "modify_batch_decision": "plandoc.amendments",
    "record_assembly": "plandoc.production",
    "record_production": "plandoc.production",
    "render_report": "plandoc.report",
    "set_stock": "plandoc.planning.stocktaking",
    "void_run": "plandoc.production",
    "write_report": "plandoc.report",
}


def __getattr__(name: str) -> Any:
    if name in _ON_DEMAND:
        import importlib  # noqa: PLC0415

        return getattr(importlib.import_module(_ON_DEMAND[name]), name)
    raise AttributeError(f"module 'plandoc' has no attribute {name!r}")
