"""plandoc keeps a small bakery's production plans in a portable folder of JSON files.

Open a folder with `open_store`; change it in a `session`, all or nothing; read it without one. What operations return and
write is described in `plandoc.results`, every error in `plandoc.errors`; the types of ids are in `plandoc.records`.
"""

import importlib

# Where each public name is; imported when it is first asked for. Type checkers read `__init__.pyi`.
_NAMES = {
    "plandoc.domain.flat_rows": "rows",
    "plandoc.engine.session": "Session",
    "plandoc.errors": (
        "ConflictError LockTimeout NotFoundError PlanStateError PlandocError StorageError ValidationError"
    ),
    "plandoc.exchange": "OnConflict export_file import_file",
    "plandoc.exchange.json_schema": "schema_of",
    "plandoc.exchange.convert.conversion": "convert_recipes",
    "plandoc.exchange.csv_export": "export_csv",
    "plandoc.exchange.tabular": "import_goods import_ingredients import_recipes import_stock",
    "plandoc.maintenance.backups.backup_writer": "backup",
    "plandoc.maintenance.backups.restore": "restore",
    "plandoc.maintenance.backups.verification": "verify_backup",
    "plandoc.maintenance.checks": "check",
    "plandoc.maintenance.repairs": "repair",
    "plandoc.maintenance.transfers.pull": "pull",
    "plandoc.maintenance.transfers.push": "push",
    "plandoc.records": (
        "AssemblyType Component Density Equivalent Event FinishedGood FinishedUnit Ingredient PlanSnapshot PlanState Recipe "
        "RecipeLine RunKind StockItem SubRecipe UnitWord YieldMode"
    ),
    "plandoc.report": "render_report write_report",
    "plandoc.snapshots": "create_plan_snapshot get_plan_snapshot",
    "plandoc.store": "Store open_store use_store",
    "plandoc.storage.version": "__version__",
    "plandoc.workflow.amendments": (
        "add_finished_good amend_enough change_quantity drop_finished_good get_amendments modify_batch_decision"
    ),
    "plandoc.workflow.catalog": "find_by_key remove_event remove_record rename_record",
    "plandoc.workflow.event_copy": "copy_event",
    "plandoc.workflow.ingredient_merge": "merge_ingredients",
    "plandoc.workflow.comparison": "get_plan_comparison",
    "plandoc.workflow.decisions": (
        "decide_enough delete_batch_decisions get_batch_decisions get_batch_options get_requirements "
        "save_batch_decision save_batch_decisions suggest_batches"
    ),
    "plandoc.workflow.lifecycle": "complete_production lock_plan start_production unlock_plan",
    "plandoc.workflow.overview": "get_plan",
    "plandoc.workflow.production": "get_progress record_assembly record_production void_run",
    "plandoc.workflow.review": "get_feasibility review_plan",
    "plandoc.workflow.record_lists": "list_records",
    "plandoc.workflow.revisions": "revise_finished_good revise_recipe",
    "plandoc.workflow.selection": (
        "change_event_finished_goods get_available_finished_goods get_event_fg_quantities get_event_recipes "
        "set_event_finished_goods set_event_recipes"
    ),
    "plandoc.workflow.sheets": "get_production_sheet scale_recipe",
    "plandoc.workflow.shopping": "get_ingredient_needs get_shopping_list receive_shopping",
    "plandoc.workflow.stock": "add_stock get_stock set_stock",
    "plandoc.workflow.unit_words": "add_unit_word remove_unit_word",
    "tinydb": "where",
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names.split()}

__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    if name in {"errors", "records", "results"}:
        return importlib.import_module(f"plandoc.{name}")
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module 'plandoc' has no attribute {name!r}")
    # Kept, so that this function is not called for it again.
    value = globals()[name] = getattr(importlib.import_module(module), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
