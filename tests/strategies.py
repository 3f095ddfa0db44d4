"""Valid records of every type, for Hypothesis."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from plandoc import records
from plandoc.fields import constraints

# Everything that is text at all: control characters and NUL too, but no half surrogate pairs.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
NAMES = TEXTS.filter(lambda text: bool(text.strip()))
REASONS = TEXTS.map(str.strip).filter(bool)
SLUGS = st.just("") | st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,3}", fullmatch=True).filter(
    lambda slug: constraints.valid_slug(slug) is None
)
IDS = st.integers(1, constraints.LARGEST_NUMBER)
WHOLE = st.integers(1, constraints.LARGEST_NUMBER)
WHOLE_OR_ZERO = st.integers(0, constraints.LARGEST_NUMBER)
DATES = st.dates()
MOMENTS = st.datetimes(
    timezones=st.integers(-1439, 1439).map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)))
)
FINGERPRINTS = st.just("") | st.text("0123456789abcdef", min_size=16, max_size=16)
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
JSON_OBJECTS = st.dictionaries(TEXTS, JSON, max_size=4)


def _decimal(digits: int, exponent: int) -> Decimal:
    return Decimal(digits).scaleb(exponent)


AMOUNTS = st.builds(_decimal, st.integers(0, 10**12), st.integers(-12, 0)) | st.builds(
    _decimal, st.integers(0, 9), st.integers(0, 11)
)
AMOUNTS_ABOVE_ZERO = AMOUNTS.filter(bool) | st.fractions(0, 10**6, max_denominator=10**6).filter(bool)
PERCENTAGES = (
    st.builds(_decimal, st.integers(1, 100 * 10**12), st.just(-12)).filter(
        lambda percentage: percentage > Decimal("0.001")
    )
    | st.integers(1, 100).map(Decimal)
    | st.fractions(1, 100, max_denominator=1000)
)
RATIOS = WHOLE | PERCENTAGES.map(
    lambda percentage: (
        records.FinishedUnit("a", 1, mode=records.YieldMode.BATCH_PORTION, batch_percentage=percentage).yield_per_batch
    )
)

DENSITIES = st.builds(
    records.Density,
    AMOUNTS_ABOVE_ZERO,
    st.sampled_from(["cup", "Cups", "fl. oz", "ml"]),
    AMOUNTS_ABOVE_ZERO,
    st.sampled_from(["g", "LB", "ounces"]),
)
# None contradicts another one of the same ingredient.
EQUIVALENTS = st.lists(
    st.builds(
        records.Equivalent,
        AMOUNTS_ABOVE_ZERO,
        st.sampled_from(["stick", "each", "knob"]),
        AMOUNTS_ABOVE_ZERO,
        st.just("g"),
    ),
    max_size=3,
    unique_by=lambda equivalent: equivalent.unit,
).map(tuple)
RECIPE_LINES = st.builds(records.RecipeLine, IDS, AMOUNTS_ABOVE_ZERO, NAMES, TEXTS) | st.builds(
    records.RecipeLine, IDS, st.none(), notes=TEXTS
)
SUB_RECIPES = st.builds(records.SubRecipe, IDS, AMOUNTS_ABOVE_ZERO, TEXTS)
UNIT_PARTS = st.builds(records.Component, IDS, st.none(), AMOUNTS_ABOVE_ZERO, TEXTS)
GOOD_PARTS = st.builds(records.Component, st.none(), IDS, AMOUNTS_ABOVE_ZERO, TEXTS)
CHANGES = st.one_of(
    st.builds(records.DropFinishedGood, IDS, NAMES, WHOLE),
    st.builds(records.AddFinishedGood, IDS, NAMES, WHOLE),
    st.builds(records.ChangeQuantity, IDS, NAMES, WHOLE, WHOLE),
    st.builds(records.ModifyBatch, IDS, NAMES, IDS, SLUGS, WHOLE_OR_ZERO, WHOLE_OR_ZERO),
)
QUANTITIES = AMOUNTS | st.fractions(min_value=0, max_value=10**6)
LOSSES = st.builds(records.Loss, REASONS, WHOLE)


def _several(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(kind, max_size=3).map(tuple)


FINDINGS = st.builds(
    records.Finding,
    st.sampled_from(records.FindingKind),
    TEXTS,
    TEXTS,
    TEXTS,
    st.none() | IDS,
    st.none() | IDS,
    st.none() | WHOLE_OR_ZERO,
    st.none() | WHOLE_OR_ZERO,
)

BATCHES_TAKEN = st.builds(records.Taken, st.none(), QUANTITIES, st.just("batch"), recipe_id=IDS)


@st.composite
def production_runs(draw: st.DrawFn) -> records.ProductionRun:
    """Runs whose made and lost units add up."""
    losses = draw(_several(st.builds(records.Loss, REASONS, st.integers(1, 1000))))
    made = draw(st.integers(0, 10**9))
    expected = made + sum(loss.units for loss in losses)
    return records.ProductionRun(
        draw(IDS),
        draw(IDS),
        draw(WHOLE),
        expected,
        made,
        draw(MOMENTS),
        losses,
        draw(TEXTS),
        taken=draw(_several(st.builds(records.Taken, IDS, QUANTITIES, NAMES) | BATCHES_TAKEN)),
        not_taken=draw(_several(st.builds(records.NotTaken, NAMES, QUANTITIES, NAMES))),
        id=draw(IDS),
    )


_UNITS_BY_COUNT = st.builds(
    records.FinishedUnit, NAMES, IDS, NAMES, items_per_batch=WHOLE, notes=TEXTS, slug=SLUGS, id=IDS
)
_UNITS_BY_PORTION = st.builds(
    records.FinishedUnit,
    NAMES,
    IDS,
    NAMES,
    st.just(records.YieldMode.BATCH_PORTION),
    batch_percentage=PERCENTAGES,
    notes=TEXTS,
    slug=SLUGS,
    id=IDS,
)
_BUNDLES = st.builds(records.FinishedGood, NAMES, _several(UNIT_PARTS | GOOD_PARTS), notes=TEXTS, slug=SLUGS, id=IDS)
_BARE_GOODS = st.builds(
    records.FinishedGood, NAMES, st.tuples(UNIT_PARTS), st.just(records.AssemblyType.BARE), slug=SLUGS, id=IDS
)

# One strategy for the record type of every table.
RECORDS: Mapping[type, st.SearchStrategy[Any]] = {
    records.Ingredient: st.builds(
        records.Ingredient, NAMES, TEXTS, st.none() | DENSITIES, TEXTS, EQUIVALENTS, slug=SLUGS, id=IDS
    ),
    records.UnitWord: st.builds(records.UnitWord, NAMES, AMOUNTS_ABOVE_ZERO, NAMES, slug=SLUGS, id=IDS),
    records.Recipe: st.builds(
        records.Recipe,
        NAMES,
        TEXTS,
        _several(RECIPE_LINES),
        _several(SUB_RECIPES),
        st.none() | IDS,
        TEXTS,
        TEXTS,
        slug=SLUGS,
        id=IDS,
    ),
    records.FinishedUnit: _UNITS_BY_COUNT | _UNITS_BY_PORTION,
    records.FinishedGood: _BUNDLES | _BARE_GOODS,
    records.StockItem: st.builds(records.StockItem, IDS, QUANTITIES, NAMES, TEXTS, id=IDS)
    | st.builds(records.StockItem, st.none(), QUANTITIES, st.just("batch"), TEXTS, recipe_id=IDS, id=IDS),
    records.Event: st.builds(
        records.Event,
        NAMES,
        DATES,
        st.none() | WHOLE,
        TEXTS,
        st.sampled_from(records.PlanState),
        slug=SLUGS,
        id=IDS,
    ),
    records.EventRecipe: st.builds(records.EventRecipe, IDS, IDS, id=IDS),
    records.EventFinishedGood: st.builds(records.EventFinishedGood, IDS, IDS, WHOLE, id=IDS),
    records.BatchDecision: st.builds(
        records.BatchDecision,
        IDS,
        IDS,
        IDS,
        WHOLE,
        RATIOS,
        WHOLE_OR_ZERO,
        st.booleans(),
        st.just(0) | RATIOS,
        FINGERPRINTS,
        id=IDS,
    ),
    records.PlanSnapshot: st.builds(
        records.PlanSnapshot, IDS, MOMENTS, JSON_OBJECTS, JSON_OBJECTS, DIGESTS, _several(FINDINGS), id=IDS
    ),
    records.PlanAmendment: st.builds(
        records.PlanAmendment, IDS, WHOLE, CHANGES, REASONS, MOMENTS, _several(IDS), id=IDS
    ),
    records.ProductionRun: production_runs(),
    records.VoidedRun: st.builds(
        records.VoidedRun, IDS, st.sampled_from(records.RunKind), IDS, REASONS, MOMENTS, id=IDS
    ),
    records.AssemblyRun: st.builds(records.AssemblyRun, IDS, IDS, WHOLE, MOMENTS, TEXTS, id=IDS),
}

ANY_RECORD = st.one_of(*RECORDS.values())
