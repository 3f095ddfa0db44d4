"""Small exports made by hand, and the places of the real ones."""

import copy
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REAL = ROOT / "../shared/data"

SMALL = {
    "version": "4.1",
    "application": "bake-tracker",
    "exported_at": "2026-01-01T00:00:00Z",
    "ingredients": [
        {
            "slug": "flour_all_purpose",
            "display_name": "Flour",
            "category": "Baking",
            "density_volume_value": 1.0,
            "density_volume_unit": "cup",
            "density_weight_value": 4.42,
            "density_weight_unit": "oz",
        },
        {"slug": "butter", "display_name": "Butter", "category": "Dairy"},
    ],
    "products": [
        {"ingredient_slug": "butter", "brand": "Kirkland", "package_unit": "lb", "package_unit_quantity": 4.0}
    ],
    "inventory_items": [
        {"ingredient_slug": "butter", "product_brand": "Kirkland", "quantity": 1.1},
        {"ingredient_slug": "butter", "product_brand": "Kirkland", "quantity": 2.2},
        {"ingredient_slug": "butter", "product_brand": "Other", "package_unit": "oz", "quantity": 8},
    ],
    "recipes": [
        {
            "name": "Cookies",
            "slug": "cookies",
            "category": "Cookies",
            "ingredients": [
                {"ingredient_slug": "butter", "quantity": 0.67, "unit": "cup"},
                {"ingredient_slug": "butter", "quantity": 1.0, "unit": "tbsp", "notes": "for the tin"},
            ],
            "components": [{"recipe_name": "Icing", "quantity": 0.5, "notes": "half"}],
        },
        {"name": "Icing", "category": "Frostings", "ingredients": [], "components": []},
    ],
    "finished_units": [
        {
            "slug": "cookie",
            "display_name": "Cookie",
            "recipe_name": "Cookies",
            "yield_mode": "discrete_count",
            "items_per_batch": 24,
            "item_unit": "cookie",
        }
    ],
    "finished_goods": [{"slug": "cookie_box", "display_name": "Cookie Box", "assembly_type": "bundle"}],
    "compositions": [{"finished_good_slug": "cookie_box", "finished_unit_slug": "cookie", "component_quantity": 12.0}],
    "events": [{"name": "Christmas", "event_date": "2026-12-25", "year": 2026, "plan_state": "draft"}],
    "event_finished_goods": [{"event_name": "Christmas", "finished_good_slug": "cookie_box", "quantity": 5}],
}


def small(**tables):
    """The small export with some tables exchanged."""
    return {**copy.deepcopy(SMALL), **tables}


def written(folder, export, name="export.json"):
    """Write an export and return its path."""
    path = Path(folder) / name
    path.write_text(export if isinstance(export, str) else json.dumps(export), encoding="utf-8")
    return path


def real(name):
    """A real export; the test is skipped where it is absent."""
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is absent")
    return path


def bytes_of(folder):
    """Every byte of a data folder, but for the lock and the hint beside it."""
    return {
        str(path): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and ".plandoc" not in path.parts
    }
