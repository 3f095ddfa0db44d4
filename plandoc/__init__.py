"""plandoc keeps a small bakery's production plans in a portable folder of JSON files.

Open a folder with `open_store`; change it in a `session`, all or nothing; read it without one.
"""

from plandoc.catalog import find_by_key, list_records, remove_event
from plandoc.checks import check
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
