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
from plandoc.planning import (
    GoodsSelection,
    RecipeSelection,
    get_batch_decisions,
    get_event_fg_quantities,
    get_event_recipes,
    save_batch_decision,
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
    StockItem,
    SubRecipe,
    YieldMode,
)
from plandoc.sessions import Session
from plandoc.snapshots import create_plan_snapshot, get_plan_snapshot
from plandoc.storage.folder import RecoveryWarning
from plandoc.store import Store, open_store, use_store

if TYPE_CHECKING:
    from plandoc.checks import check
    from plandoc.exchange import ImportReport, import_file

__all__ = [
    "AddFinishedGood",
    "AssemblyRun",
    "AssemblyType",
    "BatchDecision",
    "ChangeQuantity",
    "Component",
    "ConflictError",
    "DamagedError",
    "Density",
    "DropFinishedGood",
    "Event",
    "EventFinishedGood",
    "EventRecipe",
    "FinishedGood",
    "FinishedUnit",
    "FolderNotFoundError",
    "GoodsSelection",
    "ImportRefusedError",
    "ImportReport",
    "Ingredient",
    "LockTimeout",
    "Loss",
    "ModifyBatch",
    "NewerFormatError",
    "NotFoundError",
    "Outcome",
    "PlanAmendment",
    "PlanSnapshot",
    "PlanState",
    "PlanStateError",
    "PlandocError",
    "Problem",
    "ProductionRun",
    "Recipe",
    "RecipeLine",
    "RecipeSelection",
    "RecoveryWarning",
    "Session",
    "SessionError",
    "StillUsedError",
    "StockItem",
    "StorageError",
    "Store",
    "StoreError",
    "SubRecipe",
    "ValidationError",
    "YieldMode",
    "check",
    "complete_production",
    "create_plan_snapshot",
    "find_by_key",
    "get_batch_decisions",
    "get_event_fg_quantities",
    "get_event_recipes",
    "get_plan_snapshot",
    "import_file",
    "list_records",
    "lock_plan",
    "open_store",
    "remove_event",
    "save_batch_decision",
    "set_event_finished_goods",
    "set_event_recipes",
    "start_production",
    "unlock_plan",
    "use_store",
    "where",
]


_ON_DEMAND = {"ImportReport": "plandoc.exchange", "import_file": "plandoc.exchange", "check": "plandoc.checks"}


def __getattr__(name: str) -> Any:
    # Most scripts neither import files nor check the folder, and should not wait for what does.
    if name in _ON_DEMAND:
        import importlib  # noqa: PLC0415

        return getattr(importlib.import_module(_ON_DEMAND[name]), name)
    raise AttributeError(f"module 'plandoc' has no attribute {name!r}")
