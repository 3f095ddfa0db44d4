"""Every field of every stored record, written out once more: its key in the file, its default, what it takes and refuses."""

from __future__ import annotations

from typing import Any

from plandoc import records
from tests.records.test_codec import MOMENT

REQUIRED = object()
LARGEST = 10**12
LONG, NAME_LENGTH = "x" * 100_000, "x" * 200

# Values as they stand in a file, by the kind of field: the outermost that pass, and the first that do not.
TAKES: dict[str, tuple[list[Any], list[Any]]] = {
    "text": (["", " ", LONG], [None, 3, LONG + "x"]),
    "name": (["x", " x ", NAME_LENGTH], [None, "", " ", NAME_LENGTH + "x"]),
    "slug": (["", "a-1", "a" * 120], [None, "A", "a" * 121, "nul"]),
    "reason": (["rain", LONG], [None, "", " rain", LONG + "x"]),
    "id": ([1, LARGEST], [None, 0, -1, True, 1.0, "1", LARGEST + 1]),
    "id or nothing": ([None, 1, LARGEST], [0, True, "1", LARGEST + 1]),
    "number": ([1, LARGEST], [None, 0, True, 1.0, "1", LARGEST + 1]),
    "number or zero": ([0, LARGEST], [None, -1, False, 0.0, "0", LARGEST + 1]),
    "number or nothing": ([None, 1, LARGEST], [0, True, "1", LARGEST + 1]),
    "number, zero or nothing": ([None, 0, LARGEST], [-1, False, "0", LARGEST + 1]),
    "amount": (["0", "0.00", "0.000000000001", "1000000000000"], [None, 1, 0.5, "-1", "1000000000001"]),
    "quantity": (
        ["0", "0.00", "0.000000000001", "1000000000000", "0/1", "1/3", "2/4", f"1/{'9' * 200}"],
        [None, 1, 0.5, "-1", "-1/3", "1/0", "1.5/3", " 1/3", "1000000000001", "1000000000001/1", f"1/{'9' * 201}"],
    ),
    "amount above zero": (
        ["0.000000000001", "1000000000000", "1/3", "1/999999999999999"],
        [None, 1, 0.5, "0", "0.00", "1000000000001", "0/1", "-1/3", "1/0", "1 1/3", "1/1000000000000000"],
    ),
    "amount above zero or nothing": (["0.000000000001", "1/3"], [1, 0.5, "", "0", "0/1", "1/1000000000000000"]),
    "percentage or nothing": (["0.000000000001", "100", "100/3"], [25, "0", "100.000000000001", "301/3"]),
    "yield": ([1, LARGEST, "1/999999999999999", "999999999999999/1000"], [None, 0, "0/1", "1", 0.5, "1000000000001/1"]),
    "exact number or zero": ([0, "0/1", 1, LARGEST, "1/3"], [None, -1, False, "0", 0.5, LARGEST + 1]),
    "flag": ([True, False], [None, 0, 1, "true"]),
    "day": (["0001-01-01", "9999-12-31"], [None, "2026-02-29", MOMENT, 0]),
    "moment": ([MOMENT, "0001-01-01T00:00:00+00:00"], [None, "2026-01-28", "2026-01-28T03:25:47", 0]),
    "digest": (["0123456789abcdef" * 4], [None, "", "0" * 63, "F" * 64]),
    "fingerprint": (["", "0123456789abcdef"], [None, "0" * 15, "F" * 16, "0" * 17]),
    "object": ([{}, {"a": [1, None]}], [None, [], "{}", {"a": 2**53}]),
    "unit of volume": (["cup", "Cups", "ml"], [None, "", "g", "piece", "cu"]),
    "unit of weight": (["g", "lb", "ounces"], [None, "", "cup", "piece", "gr."]),
}


def one_of(*names: str) -> tuple[list[Any], list[Any]]:
    return list(names), [None, names[0].upper(), "", 0]


def list_of(kind: type, most: int) -> tuple[list[Any], list[Any]]:
    item = SMALLEST[kind]
    return [[], [item], [item] * most], [None, {}, [3], [[item]], [item] * (most + 1)]


TAKES |= {
    "state": one_of("draft", "locked", "in_production", "completed"),
    "mode": (["discrete_count"], [None, "DISCRETE_COUNT", "batch_portion_", 0]),
    "assembly": (["bundle"], [None, "BUNDLE", "", 0]),
    "kind of run": one_of("production", "assembly"),
    "kind of finding": one_of("broken", "missing_recipe", "undecided", "short", "stale", "unneeded", "catalog_changed"),
    "recipe ids": ([[], [1], [1] * 1000], [None, {}, ["1"], [True], [1.0], [1] * 1001]),
}

FIELDS: dict[type, dict[str, tuple[str, Any]]] = {
    records.Density: {
        "volume": ("amount above zero", REQUIRED),
        "volume_unit": ("unit of volume", REQUIRED),
        "weight": ("amount above zero", REQUIRED),
        "weight_unit": ("unit of weight", REQUIRED),
    },
    records.Equivalent: {
        "quantity": ("amount above zero", REQUIRED),
        "unit": ("name", REQUIRED),
        "other_quantity": ("amount above zero", REQUIRED),
        "other_unit": ("name", REQUIRED),
    },
    records.Ingredient: {
        "name": ("name", REQUIRED),
        "category": ("text", ""),
        "density": ("a density or nothing", None),
        "notes": ("text", ""),
        "equivalents": ("equivalents", []),
        "slug": ("slug", ""),
    },
    records.RecipeLine: {
        "ingredient_id": ("id", REQUIRED),
        "quantity": ("amount above zero or nothing", REQUIRED),
        "unit": ("name", "each"),
        "notes": ("text", ""),
    },
    records.SubRecipe: {
        "recipe_id": ("id", REQUIRED),
        "multiplier": ("amount above zero", "1"),
        "notes": ("text", ""),
    },
    records.Recipe: {
        "name": ("name", REQUIRED),
        "category": ("text", ""),
        "lines": ("lines", []),
        "sub_recipes": ("sub-recipes", []),
        "base_recipe_id": ("id or nothing", None),
        "variant_name": ("text", ""),
        "method": ("text", ""),
        "notes": ("text", ""),
        "slug": ("slug", ""),
    },
    records.FinishedUnit: {
        "name": ("name", REQUIRED),
        "recipe_id": ("id", REQUIRED),
        "item_unit": ("name", "piece"),
        "mode": ("mode", "discrete_count"),
        "items_per_batch": ("number", None),
        "batch_percentage": ("percentage or nothing", None),
        "notes": ("text", ""),
        "slug": ("slug", ""),
    },
    records.Component: {
        "finished_unit_id": ("id", None),
        "finished_good_id": ("id or nothing", None),
        "quantity": ("amount above zero", "1"),
        "notes": ("text", ""),
    },
    records.FinishedGood: {
        "name": ("name", REQUIRED),
        "components": ("components", []),
        "assembly_type": ("assembly", "bundle"),
        "notes": ("text", ""),
        "slug": ("slug", ""),
    },
    records.UnitWord: {
        "name": ("name", REQUIRED),
        "quantity": ("amount above zero", REQUIRED),
        "unit": ("name", REQUIRED),
        "slug": ("slug", ""),
    },
    records.StockItem: {
        "ingredient_id": ("id", REQUIRED),
        "quantity": ("quantity", REQUIRED),
        "unit": ("name", "each"),
        "notes": ("text", ""),
        "recipe_id": ("id or nothing", None),
    },
    records.Event: {
        "name": ("name", REQUIRED),
        "event_date": ("day", REQUIRED),
        "expected_attendees": ("number or nothing", None),
        "notes": ("text", ""),
        "plan_state": ("state", "draft"),
        "slug": ("slug", ""),
    },
    records.EventRecipe: {"event_id": ("id", REQUIRED), "recipe_id": ("id", REQUIRED)},
    records.EventFinishedGood: {
        "event_id": ("id", REQUIRED),
        "finished_good_id": ("id", REQUIRED),
        "quantity": ("number", REQUIRED),
    },
    records.BatchDecision: {
        "event_id": ("id", REQUIRED),
        "finished_unit_id": ("id", REQUIRED),
        "recipe_id": ("id", REQUIRED),
        "batches": ("number", REQUIRED),
        "yield_per_batch": ("yield", REQUIRED),
        "units_needed": ("number or zero", 0),
        "shortfall_accepted": ("flag", False),
        "exact_need": ("exact number or zero", 0),
        "recipe_fingerprint": ("fingerprint", ""),
    },
    records.Finding: {
        "kind": ("kind of finding", REQUIRED),
        "what": ("text", REQUIRED),
        "message": ("text", REQUIRED),
        "way_out": ("text", REQUIRED),
        "finished_unit_id": ("id or nothing", None),
        "finished_good_id": ("id or nothing", None),
        "needed": ("number, zero or nothing", None),
        "made": ("number, zero or nothing", None),
    },
    records.PlanSnapshot: {
        "event_id": ("id", REQUIRED),
        "created_at": ("moment", REQUIRED),
        "snapshot_data": ("object", REQUIRED),
        "definitions": ("object", REQUIRED),
        "digest": ("digest", REQUIRED),
        "findings": ("findings", []),
    },
    records.DropFinishedGood: {
        "fg_id": ("id", REQUIRED),
        "fg_name": ("name", REQUIRED),
        "original_quantity": ("number", REQUIRED),
    },
    records.AddFinishedGood: {
        "fg_id": ("id", REQUIRED),
        "fg_name": ("name", REQUIRED),
        "quantity": ("number", REQUIRED),
    },
    records.ChangeQuantity: {
        "fg_id": ("id", REQUIRED),
        "fg_name": ("name", REQUIRED),
        "old_quantity": ("number", REQUIRED),
        "new_quantity": ("number", REQUIRED),
    },
    records.ModifyBatch: {
        "recipe_id": ("id", REQUIRED),
        "recipe_name": ("name", REQUIRED),
        "finished_unit_id": ("id", REQUIRED),
        "finished_unit_slug": ("slug", REQUIRED),
        "old_batches": ("number or zero", REQUIRED),
        "new_batches": ("number or zero", REQUIRED),
    },
    records.ReviseRecipe: {"recipe_id": ("id", REQUIRED), "recipe_name": ("name", REQUIRED)},
    records.ReviseFinishedGood: {"fg_id": ("id", REQUIRED), "fg_name": ("name", REQUIRED)},
    records.PlanAmendment: {
        "event_id": ("id", REQUIRED),
        "sequence": ("number", REQUIRED),
        "change": ("a change", REQUIRED),
        "reason": ("reason", REQUIRED),
        "created_at": ("moment", REQUIRED),
        "added_recipe_ids": ("recipe ids", []),
        "definitions": ("object", {}),
        "definitions_before": ("object", {}),
    },
    records.Loss: {"reason": ("reason", REQUIRED), "units": ("number", REQUIRED)},
    records.Taken: {
        "ingredient_id": ("id", REQUIRED),
        "quantity": ("quantity", REQUIRED),
        "unit": ("name", REQUIRED),
        "recipe_id": ("id or nothing", None),
    },
    records.NotTaken: {
        "ingredient": ("name", REQUIRED),
        "quantity": ("quantity", REQUIRED),
        "unit": ("name", REQUIRED),
    },
    records.ProductionRun: {
        "event_id": ("id", REQUIRED),
        "finished_unit_id": ("id", REQUIRED),
        "batches": ("number", REQUIRED),
        "units_expected": ("number or zero", REQUIRED),
        "units_made": ("number or zero", REQUIRED),
        "produced_at": ("moment", REQUIRED),
        "losses": ("losses", []),
        "notes": ("text", ""),
        "amendments_before": ("number, zero or nothing", None),
        "taken": ("taken", []),
        "not_taken": ("not taken", []),
    },
    records.AssemblyRun: {
        "event_id": ("id", REQUIRED),
        "finished_good_id": ("id", REQUIRED),
        "quantity": ("number", REQUIRED),
        "assembled_at": ("moment", REQUIRED),
        "notes": ("text", ""),
        "amendments_before": ("number, zero or nothing", None),
    },
    records.VoidedRun: {
        "event_id": ("id", REQUIRED),
        "kind": ("kind of run", REQUIRED),
        "run_id": ("id", REQUIRED),
        "reason": ("reason", REQUIRED),
        "voided_at": ("moment", REQUIRED),
    },
}

# The least that each record needs, as it stands in a file.
SMALLEST: dict[type, dict[str, Any]] = {
    records.Density: {"volume": "1", "volume_unit": "cup", "weight": "120", "weight_unit": "g"},
    records.Equivalent: {"quantity": "1", "unit": "stick", "other_quantity": "113", "other_unit": "g"},
    records.Ingredient: {"name": "Flour"},
    records.RecipeLine: {"ingredient_id": 1, "quantity": "1", "unit": "cup"},
    records.SubRecipe: {"recipe_id": 1},
    records.Recipe: {"name": "Cake"},
    records.FinishedUnit: {"name": "Cookie", "recipe_id": 1, "items_per_batch": 24},
    records.Component: {"finished_unit_id": 1},
    records.FinishedGood: {"name": "Box"},
    records.UnitWord: {"name": "Kelle", "quantity": "125", "unit": "ml"},
    records.StockItem: {"ingredient_id": 1, "quantity": "5", "unit": "kg"},
    records.Event: {"name": "Fair", "event_date": "2026-12-25"},
    records.EventRecipe: {"event_id": 7, "recipe_id": 1},
    records.EventFinishedGood: {"event_id": 7, "finished_good_id": 1, "quantity": 10},
    records.BatchDecision: {
        "event_id": 7,
        "finished_unit_id": 1,
        "recipe_id": 1,
        "batches": 5,
        "yield_per_batch": 24,
    },
    records.Finding: {"kind": "short", "what": "Cookie", "message": "is short", "way_out": "bake more"},
    records.PlanSnapshot: {
        "event_id": 7,
        "created_at": MOMENT,
        "snapshot_data": {},
        "definitions": {},
        "digest": "0" * 64,
    },
    records.DropFinishedGood: {"fg_id": 1, "fg_name": "Box", "original_quantity": 2},
    records.AddFinishedGood: {"fg_id": 1, "fg_name": "Box", "quantity": 2},
    records.ChangeQuantity: {"fg_id": 1, "fg_name": "Box", "old_quantity": 2, "new_quantity": 3},
    records.ModifyBatch: {
        "recipe_id": 1,
        "recipe_name": "Cookies",
        "finished_unit_id": 1,
        "finished_unit_slug": "cookie",
        "old_batches": 2,
        "new_batches": 3,
    },
    records.ReviseRecipe: {"recipe_id": 1, "recipe_name": "Cookies"},
    records.ReviseFinishedGood: {"fg_id": 1, "fg_name": "Box"},
    records.PlanAmendment: {
        "event_id": 7,
        "sequence": 1,
        "change": {"kind": "drop_fg", "data": {"fg_id": 1, "fg_name": "Box", "original_quantity": 2}},
        "reason": "rain",
        "created_at": MOMENT,
    },
    records.Loss: {"reason": "burnt", "units": 3},
    records.Taken: {"ingredient_id": 1, "quantity": "1/3", "unit": "kg"},
    records.NotTaken: {"ingredient": "Flour", "quantity": "0.5", "unit": "kg"},
    records.ProductionRun: {
        "event_id": 7,
        "finished_unit_id": 1,
        "batches": 1,
        "units_expected": 24,
        "units_made": 24,
        "produced_at": MOMENT,
    },
    records.AssemblyRun: {"event_id": 7, "finished_good_id": 1, "quantity": 3, "assembled_at": MOMENT},
    records.VoidedRun: {"event_id": 7, "kind": "production", "run_id": 1, "reason": "typo", "voided_at": MOMENT},
}
TAKES |= {
    "lines": list_of(records.RecipeLine, 1000),
    # Equal ones count once.
    "equivalents": ([[], [SMALLEST[records.Equivalent]]], [None, {}, [3], [[SMALLEST[records.Equivalent]]]]),
    "sub-recipes": list_of(records.SubRecipe, 1000),
    "components": list_of(records.Component, 1000),
    "findings": list_of(records.Finding, 10_000),
    "taken": list_of(records.Taken, 1000),
    "not taken": list_of(records.NotTaken, 1000),
    "losses": ([[]], [None, {}, [3], [[SMALLEST[records.Loss]]]]),
    "a density or nothing": ([None, SMALLEST[records.Density]], [3, [], {}]),
    "a change": (
        [
            {"kind": "drop_fg", "data": SMALLEST[records.DropFinishedGood]},
            {"kind": "add_fg", "data": SMALLEST[records.AddFinishedGood]},
            {"kind": "change_quantity", "data": SMALLEST[records.ChangeQuantity]},
            {"kind": "modify_batch", "data": SMALLEST[records.ModifyBatch]},
            {"kind": "revise_recipe", "data": SMALLEST[records.ReviseRecipe]},
            {"kind": "revise_fg", "data": SMALLEST[records.ReviseFinishedGood]},
        ],
        [None, {}, [], {"kind": "drop_fg", "data": None}],
    ),
}
KINDS_OF_CHANGES = {
    records.DropFinishedGood: "drop_fg",
    records.AddFinishedGood: "add_fg",
    records.ChangeQuantity: "change_quantity",
    records.ModifyBatch: "modify_batch",
    records.ReviseRecipe: "revise_recipe",
    records.ReviseFinishedGood: "revise_fg",
}
LISTS = {
    records.Equivalent: (records.Ingredient, "equivalents"),
    records.RecipeLine: (records.Recipe, "lines"),
    records.SubRecipe: (records.Recipe, "sub_recipes"),
    records.Component: (records.FinishedGood, "components"),
    records.Finding: (records.PlanSnapshot, "findings"),
    records.Loss: (records.ProductionRun, "losses"),
    records.Taken: (records.ProductionRun, "taken"),
    records.NotTaken: (records.ProductionRun, "not_taken"),
}
# Two fields say the same thing there, so that one cannot be changed alone.
BOUND = {
    (records.ProductionRun, "units_expected"): "units_made",
    (records.ProductionRun, "units_made"): "units_expected",
}
