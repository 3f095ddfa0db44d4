"""Every stored record, frozen, with the rules for its own fields.

Rules that need other records (references, uniqueness, cycles, states) are in higher layers. The names of the attributes
are the JSON keys in the files, so renaming one changes the format.

An `id` of 0 and a `slug` of "" mean that the store assigns one when the record is added. Blanks around a name, a category
or a unit are removed: two records that differed by them alone would look the same in every list.
"""

from __future__ import annotations

import abc
import datetime
import enum
import typing
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, ClassVar

import attrs

from plandoc import constraints, converters, units
from plandoc.constraints import validator
from plandoc.errors import Problem, ValidationError, shorten
from plandoc.frozen import frozen
from plandoc.ids import EventId, FinishedGoodId, FinishedUnitId, IngredientId, RecipeId


class PlanState(enum.Enum):
    """Where a plan is in its life; it moves one step at a time."""

    DRAFT = "draft"
    LOCKED = "locked"
    IN_PRODUCTION = "in_production"
    COMPLETED = "completed"


class YieldMode(enum.Enum):
    """How a batch turns into units."""

    DISCRETE_COUNT = "discrete_count"
    BATCH_PORTION = "batch_portion"


class RunKind(enum.Enum):
    """What was done in a run: baking batches, or packing goods."""

    PRODUCTION = "production"
    ASSEMBLY = "assembly"


class AssemblyType(enum.Enum):
    """Whether a good is one unit as it is, or several things packed together."""

    BARE = "bare"
    BUNDLE = "bundle"


class FindingKind(enum.Enum):
    """What is wrong or doubtful in a plan; the worst first."""

    BROKEN = "broken"
    MISSING_RECIPE = "missing_recipe"
    UNDECIDED = "undecided"
    SHORT = "short"
    STALE = "stale"
    UNNEEDED = "unneeded"
    CATALOG_CHANGED = "catalog_changed"


def _refuse(record: object, field: str, message: str) -> ValidationError:
    return ValidationError([Problem(f"{type(record).__name__}: {message}", field=field)])


def _unit_of(kind: units.Dimension, such_as: str) -> constraints.Check:
    # A name with a further rule, which JSON cannot say.
    @constraints.in_json(**constraints.json_form(constraints.non_blank_name))
    def unit(value: Any) -> str | None:
        wrong = constraints.non_blank_name(value)
        if wrong is not None or units.dimension_of(value) is kind:
            return wrong
        advice = units.advice(value, kind)
        wanted = f"wanted a unit of {kind.value} such as {such_as}, found {shorten(value)}"
        return wanted if advice is None else f"{wanted}; {advice}"

    return unit


@frozen
class Density:
    """What a volume of an ingredient weighs ("1 cup = 120 g").

    Attributes:
        volume: How much of `volume_unit`.
        volume_unit: A unit of volume that plandoc knows, such as cup.
        weight: What that volume weighs, in `weight_unit`.
        weight_unit: A unit of weight that plandoc knows, such as g.
    """

    volume: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    volume_unit: str = attrs.field(validator=validator(_unit_of(units.Dimension.VOLUME, "cup")))
    weight: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    weight_unit: str = attrs.field(validator=validator(_unit_of(units.Dimension.WEIGHT, "g")))

    @property
    def as_equivalent(self) -> Equivalent:
        """The density as the equivalent that it is."""
        return Equivalent(self.volume, self.volume_unit, self.weight, self.weight_unit)

    def __str__(self) -> str:
        return str(self.as_equivalent)


@frozen
class Equivalent:
    """So much of one unit of an ingredient is so much of another ("1 stick = 113 g").

    >>> str(Equivalent(1, "stick", 113, "g"))
    '1 stick = 113 g'

    Attributes:
        quantity: How much of `unit`.
        unit: Any unit: a measure, a container, or a word that means something for this ingredient alone, such as knob.
        other_quantity: The same amount in `other_unit`.
        other_unit: Another unit, of any kind.
    """

    quantity: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    unit: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    other_quantity: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    other_unit: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))

    def __str__(self) -> str:
        first, second = units.written(self.quantity), units.written(self.other_quantity)
        return f"{first} {self.unit} = {second} {self.other_unit}"


def _once_each(equivalents: Any) -> Any:
    given = converters.in_order(equivalents)
    # What is not an equivalent need not be hashable.
    is_sound = type(given) is tuple and all(isinstance(one, Equivalent) for one in given)
    return tuple(dict.fromkeys(given)) if is_sound else given


@frozen
class Ingredient:
    """Something that is bought and goes into recipes.

    >>> Ingredient(name="Flour", category="Baking").slug
    ''

    Attributes:
        name: What the baker calls it.
        category: Free text to group by; blank when there is none.
        density: What a volume of it weighs, one of its equivalents; None when unknown.
        notes: Free text.
        equivalents: What else is known of its units ("1 stick = 113 g"), through which needs and stock are converted. They
            contradict neither each other nor the density; equal ones count once.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    category: str = attrs.field(
        default="", converter=converters.trimmed, validator=validator(constraints.storable_text)
    )
    density: Density | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.instance_of(Density)))
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    equivalents: tuple[Equivalent, ...] = attrs.field(
        default=(), converter=_once_each, validator=validator(constraints.tuple_of(Equivalent, most=100))
    )
    slug: str = attrs.field(default="", kw_only=True, validator=validator(constraints.valid_slug))
    id: IngredientId = attrs.field(
        default=IngredientId(0), kw_only=True, validator=validator(constraints.non_negative_int)
    )

    @property
    def all_equivalents(self) -> tuple[Equivalent, ...]:
        """Everything that is known of its units: the density, then the equivalents."""
        if self.density is None:
            return self.equivalents
        return tuple(dict.fromkeys((self.density.as_equivalent, *self.equivalents)))


def _pieces_where_counted(line: RecipeLine) -> str:
    return "" if line.quantity is None else units.PIECES


@frozen
class RecipeLine:
    """One ingredient of a recipe; the same ingredient may be in several lines.

    >>> RecipeLine(1, "1 1/2", "cup").quantity, RecipeLine(2, "2/3", "cup").quantity
    (Decimal('1.5'), Fraction(2, 3))
    >>> RecipeLine(3, 2).unit, RecipeLine(4, None, notes="to taste").unit
    ('each', '')

    Attributes:
        quantity: For one batch, in `unit`: a number, or text such as "1 1/2", exactly; None when no amount is given. Such an
            ingredient is listed and never summed.
        unit: As the recipe says it ("cup"); converted only when a sum needs it. Left out, it is each, pieces; blank where
            there is no quantity.
    """

    ingredient_id: IngredientId = attrs.field(validator=validator(constraints.positive_int))
    quantity: Decimal | Fraction | None = attrs.field(
        converter=converters.quantity, validator=validator(constraints.or_none(constraints.positive_quantity))
    )
    unit: str = attrs.field(
        default=attrs.Factory(_pieces_where_counted, takes_self=True),
        converter=converters.trimmed,
        validator=validator(constraints.name_or_blank),
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))

    def __attrs_post_init__(self) -> None:
        if (self.quantity is None) != (not self.unit):
            raise _refuse(self, "unit", self._wrong_unit())

    def _wrong_unit(self) -> str:
        if self.quantity is None:
            found = f"found {shorten(self.unit)}; for one of it write 1 as the quantity"
            return f"wanted no unit, because there is no quantity; {found}"
        return f"wanted a unit, found nothing; leave it out or write {units.PIECES} for pieces"


@frozen
class SubRecipe:
    """A recipe that is part of another one.

    Attributes:
        multiplier: Batches of the sub-recipe that one batch of the recipe takes: a number, or text such as "1/3", exactly.
    """

    recipe_id: RecipeId = attrs.field(validator=validator(constraints.positive_int))
    multiplier: Decimal | Fraction = attrs.field(
        default=Decimal(1), converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))


@frozen
class Recipe:
    """How one batch is made.

    Attributes:
        lines: Ingredients of one batch.
        sub_recipes: Recipes that are part of one batch; without cycles, at most 10 deep.
        base_recipe_id: The recipe this is a variant of; None when it is not a variant.
        variant_name: How the variant is called; blank when it is not a variant.
        method: How it is made, step by step, as free text of any number of lines; blank when unknown.
        notes: Free text.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    category: str = attrs.field(
        default="", converter=converters.trimmed, validator=validator(constraints.storable_text)
    )
    lines: tuple[RecipeLine, ...] = attrs.field(
        default=(), converter=converters.in_order, validator=validator(constraints.tuple_of(RecipeLine))
    )
    sub_recipes: tuple[SubRecipe, ...] = attrs.field(
        default=(), converter=converters.in_order, validator=validator(constraints.tuple_of(SubRecipe))
    )
    base_recipe_id: RecipeId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    variant_name: str = attrs.field(
        default="", converter=converters.trimmed, validator=validator(constraints.storable_text)
    )
    method: str = attrs.field(default="", validator=validator(constraints.storable_text))
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(constraints.valid_slug))
    id: RecipeId = attrs.field(default=RecipeId(0), kw_only=True, validator=validator(constraints.non_negative_int))

    @property
    def sub_recipe_ids(self) -> tuple[RecipeId, ...]:
        """The recipes directly in this one."""
        return tuple(part.recipe_id for part in self.sub_recipes)


@frozen
class FinishedUnit:
    """One yield option of a recipe: what a batch gives, and how many of it.

    >>> FinishedUnit("Cookie", recipe_id=1, item_unit="piece", items_per_batch=24).yield_per_batch
    24
    >>> FinishedUnit("Quarter cake", recipe_id=2, mode=YieldMode.BATCH_PORTION, batch_percentage=25).yield_per_batch
    4

    Attributes:
        item_unit: What one of it is called ("piece").
        mode: Which of the next two holds the yield.
        items_per_batch: Pieces a batch, in mode discrete_count; else None.
        batch_percentage: Part of a batch that one portion takes, in mode batch_portion, such as 25 or "33 1/3"; else None.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    recipe_id: RecipeId = attrs.field(validator=validator(constraints.positive_int))
    item_unit: str = attrs.field(
        default="piece", converter=converters.trimmed, validator=validator(constraints.non_blank_name)
    )
    mode: YieldMode = attrs.field(default=YieldMode.DISCRETE_COUNT, validator=validator(constraints.one_of(YieldMode)))
    items_per_batch: int | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    batch_percentage: Decimal | Fraction | None = attrs.field(
        default=None,
        converter=converters.quantity,
        validator=validator(constraints.or_none(constraints.valid_percentage)),
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(constraints.valid_slug))
    id: FinishedUnitId = attrs.field(
        default=FinishedUnitId(0), kw_only=True, validator=validator(constraints.non_negative_int)
    )

    def __attrs_post_init__(self) -> None:
        counted = self.mode is YieldMode.DISCRETE_COUNT
        wanted, other = ("items_per_batch", "batch_percentage")[:: 1 if counted else -1]
        if getattr(self, wanted) is None:
            raise _refuse(self, wanted, f"wanted a number because the mode is {self.mode.value}; found nothing")
        if getattr(self, other) is not None:
            raise _refuse(
                self, other, f"wanted nothing because the mode is {self.mode.value}; found {getattr(self, other)}"
            )

    @property
    def yield_per_batch(self) -> int | Fraction:
        """Units a batch: exact, so a fraction where 100 is not a multiple of the percentage."""
        if self.items_per_batch is not None:
            return self.items_per_batch
        portions: int | Fraction = converters.whole_if_possible(100 / Fraction(self.batch_percentage or 100))
        return portions


@frozen
class Component:
    """A part of a good: so many of a finished unit, or of another good.

    Attributes:
        finished_unit_id: The unit; None when the part is a good.
        finished_good_id: The good; None when the part is a unit.
        quantity: How many of it one good takes: a number, or text such as "1/3", exactly.
    """

    finished_unit_id: FinishedUnitId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    finished_good_id: FinishedGoodId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    quantity: Decimal | Fraction = attrs.field(
        default=Decimal(1), converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))

    def __attrs_post_init__(self) -> None:
        if (self.finished_unit_id is None) == (self.finished_good_id is None):
            raise _refuse(self, "finished_unit_id", "wanted either finished_unit_id or finished_good_id")


@frozen
class FinishedGood:
    """What is handed out.

    Attributes:
        components: What one of it is made of; a bare good is exactly one unit.
        assembly_type: bundle, or bare when it is one unit as it is.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    components: tuple[Component, ...] = attrs.field(
        default=(), converter=converters.in_order, validator=validator(constraints.tuple_of(Component))
    )
    assembly_type: AssemblyType = attrs.field(
        default=AssemblyType.BUNDLE, validator=validator(constraints.one_of(AssemblyType))
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(constraints.valid_slug))
    id: FinishedGoodId = attrs.field(
        default=FinishedGoodId(0), kw_only=True, validator=validator(constraints.non_negative_int)
    )

    def __attrs_post_init__(self) -> None:
        if self.assembly_type is AssemblyType.BARE and not self._is_one_unit():
            raise _refuse(
                self,
                "components",
                "wanted exactly one finished unit because the good is bare; use bundle for anything else",
            )

    @property
    def inner_good_ids(self) -> tuple[FinishedGoodId, ...]:
        """The goods directly in this one."""
        return tuple(part.finished_good_id for part in self.components if part.finished_good_id is not None)

    def _is_one_unit(self) -> bool:
        return len(self.components) == 1 and self.components[0].finished_unit_id is not None


@frozen
class UnitWord:
    """A custom word for an amount ("Kelle = 125 ml"); it is a unit wherever units are read.

    >>> str(UnitWord("Kelle", 125, "ml"))
    'Kelle = 125 ml'

    Attributes:
        name: The word; its case, dots and blanks do not matter, except in a single letter.
        quantity: How much of `unit` one of it is.
        unit: A measure of fixed size, such as ml.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(constraints.positive_quantity)
    )
    unit: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(constraints.valid_slug))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))

    @property
    def as_equivalent(self) -> Equivalent:
        """Its meaning, as an equivalent that every ingredient has."""
        return Equivalent(1, self.name, self.quantity, self.unit)

    def __str__(self) -> str:
        return f"{self.name} = {units.written(self.quantity)} {self.unit}"


def _check_stocked(stocked: StockItem | Taken) -> None:
    """Refuse what is neither of an ingredient nor of a recipe, or of both, or a recipe in anything but batches."""
    if (stocked.ingredient_id is None) == (stocked.recipe_id is None):
        raise _refuse(stocked, "ingredient_id", "wanted either ingredient_id or recipe_id")
    if stocked.recipe_id is not None and stocked.unit != units.BATCH:
        message = f"wanted {units.BATCH}, because it is of a recipe; found {shorten(stocked.unit)}"
        raise _refuse(stocked, "unit", message)


@frozen
class StockItem:
    """How much of an ingredient is in the house, in one unit; or how many batches of a recipe are made already.

    There is one row for an ingredient and unit, and one for a recipe.

    >>> StockItem(None, "12 1/2", "batch", recipe_id=3).quantity
    Decimal('12.5')

    Attributes:
        ingredient_id: The ingredient; None for a recipe.
        quantity: How much: a number, or text such as "1 1/2", exactly.
        unit: Such as kg; left out, it is each, pieces; of a recipe always batch.
        recipe_id: The recipe that was made ahead; None for an ingredient.
    """

    ingredient_id: IngredientId | None = attrs.field(validator=validator(constraints.or_none(constraints.positive_int)))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(constraints.non_negative_quantity)
    )
    unit: str = attrs.field(
        default=units.PIECES, converter=converters.trimmed, validator=validator(constraints.non_blank_name)
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    recipe_id: RecipeId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))

    def __attrs_post_init__(self) -> None:
        _check_stocked(self)


@frozen
class Event:
    """What is planned for: a day on which goods are handed out.

    Attributes:
        expected_attendees: Whole number above 0; None when unknown.
        plan_state: Changed only by lock_plan, unlock_plan, start_production and complete_production.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(constraints.non_blank_name))
    event_date: datetime.date = attrs.field(validator=validator(constraints.calendar_date))
    expected_attendees: int | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    plan_state: PlanState = attrs.field(default=PlanState.DRAFT, validator=validator(constraints.one_of(PlanState)))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(constraints.valid_slug))
    id: EventId = attrs.field(default=EventId(0), kw_only=True, validator=validator(constraints.non_negative_int))

    @property
    def year(self) -> int:
        """The year of the event's date."""
        return self.event_date.year


@frozen
class EventRecipe:
    """A recipe selected for an event."""

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    recipe_id: RecipeId = attrs.field(validator=validator(constraints.positive_int))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))


@frozen
class EventFinishedGood:
    """A good to hand out at an event, and how many of it."""

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    finished_good_id: FinishedGoodId = attrs.field(validator=validator(constraints.positive_int))
    quantity: int = attrs.field(validator=validator(constraints.positive_int))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))


@frozen
class BatchDecision:
    """How many batches of a finished unit's recipe to bake.

    Attributes:
        yield_per_batch: Units a batch, as it was when decided.
        units_needed: Units the goods asked for when decided, rounded up.
        shortfall_accepted: Whether somebody agreed to bake less than needed.
        exact_need: `units_needed` before it was rounded up; 0 when nothing was needed, or when unknown.
        recipe_fingerprint: A digest of what went into the recipe when decided; blank when unknown.
    """

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    finished_unit_id: FinishedUnitId = attrs.field(validator=validator(constraints.positive_int))
    recipe_id: RecipeId = attrs.field(validator=validator(constraints.positive_int))
    batches: int = attrs.field(validator=validator(constraints.positive_int))
    yield_per_batch: int | Fraction = attrs.field(
        converter=converters.whole_if_possible, validator=validator(constraints.positive_ratio)
    )
    units_needed: int = attrs.field(default=0, validator=validator(constraints.non_negative_int))
    shortfall_accepted: bool = attrs.field(default=False, validator=validator(constraints.boolean))
    exact_need: int | Fraction = attrs.field(
        default=0, converter=converters.whole_if_possible, validator=validator(constraints.non_negative_ratio)
    )
    recipe_fingerprint: str = attrs.field(default="", validator=validator(constraints.short_fingerprint))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))


@frozen
class Finding:
    """Something in a plan that a person should look at before it is locked or started.

    Attributes:
        what: The name of the unit or good that it is about.
        message: What is wrong with it, with the numbers.
        hint: What can be done.
        finished_unit_id: The unit it is about; None when it is about a good.
        finished_good_id: The good it is about; None when it is about a unit.
        needed: Whole units needed; None where no number of units is the point.
        made: Whole units that the decided batches give; None as `needed`.
    """

    kind: FindingKind = attrs.field(validator=validator(constraints.one_of(FindingKind)))
    what: str = attrs.field(validator=validator(constraints.storable_text))
    message: str = attrs.field(validator=validator(constraints.storable_text))
    hint: str = attrs.field(validator=validator(constraints.storable_text))
    finished_unit_id: FinishedUnitId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    finished_good_id: FinishedGoodId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )
    needed: int | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.non_negative_int))
    )
    made: int | None = attrs.field(default=None, validator=validator(constraints.or_none(constraints.non_negative_int)))


def _ids(rows: Any) -> tuple[int, ...]:
    # A file that was changed by hand can hold anything here; `check` reports it.
    keys = rows if type(rows) is dict else ()
    return tuple(int(key) for key in keys if key.isascii() and key.isdigit() and key[0] != "0" and len(key) < 16)


class _Freezes:
    """What snapshots and amendments have in common: records of the catalog as they were, by table and id."""

    __slots__ = ()
    _definitions: Mapping[str, Any]

    @property
    def definitions(self) -> dict[str, Any]:
        """Goods, units, recipes and ingredients as they were frozen, from which the plan is worked out; a copy."""
        definitions: dict[str, Any] = constraints.copied(self._definitions)
        return definitions

    def ids_defined(self, table: str) -> tuple[int, ...]:
        """Return the ids of the records of a table that are among the definitions, if only as missing then."""
        return _ids(self._definitions.get(table))

    def defines(self, table: str, record_id: int) -> bool:
        """Whether a record is among the definitions, if only as one that was missing then."""
        rows = self._definitions.get(table)
        return type(rows) is dict and str(record_id) in rows

    def definition(self, table: str, record_id: int) -> dict[str, Any] | None:
        """Return one of the definitions, without the copy of all others; None for a record that was missing then.

        Args:
            table: Such as finished_units.
            record_id: The id of the record; `defines` says whether there is one.
        """
        row: dict[str, Any] | None = constraints.copied(self._definitions[table][str(record_id)])
        return row

    def is_defined_as(self, table: str, record_id: int, row: Mapping[str, Any] | None) -> bool:
        """Whether one of the definitions is just this row; `defines` says whether there is one."""
        return constraints.is_same_json(self._definitions[table][str(record_id)], row)


@frozen
class PlanSnapshot(_Freezes):
    """The plan as it was when production started; written once, never changed.

    Attributes:
        created_at: When it was taken.
        digest: SHA-256 of the canonical JSON of `snapshot_data`, `definitions` and `findings`, in hexadecimal.
        findings: What there was to look at in the plan at that moment; people started it all the same.
    """

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    created_at: datetime.datetime = attrs.field(validator=validator(constraints.aware_datetime))
    _snapshot_data: Mapping[str, Any] = attrs.field(
        converter=constraints.own_json, validator=validator(constraints.json_object)
    )
    _definitions: Mapping[str, Any] = attrs.field(
        converter=constraints.own_json, validator=validator(constraints.json_object)
    )
    digest: str = attrs.field(validator=validator(constraints.sha256_digest))
    findings: tuple[Finding, ...] = attrs.field(
        default=(), validator=validator(constraints.tuple_of(Finding, most=10_000))
    )
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))

    @property
    def snapshot_data(self) -> dict[str, Any]:
        """The plan in the format "1.0" of the contract; a copy that is the caller's own."""
        data: dict[str, Any] = constraints.copied(self._snapshot_data)
        return data


class PlanSection(enum.Enum):
    """What a plan consists of; the value is how a person calls one of it."""

    RECIPES = "recipe"
    GOODS = "finished good"
    BATCHES = "batches of finished unit"


@frozen
class Effect:
    """What a change does to one number of a plan; all kinds of change that touch a number come down to this.

    Attributes:
        section: Whether it is the number of a good, or of batches.
        key: Id of the good or of the finished unit.
        before: The number before; 0 when it was not in the plan.
        after: The number after; 0 when it is no longer in the plan.
    """

    section: PlanSection
    key: int
    before: int
    after: int


# Returns the name of a finished unit; None for one that is not known.
UnitName = Callable[[int], str | None]


class _Change(abc.ABC):
    """What every kind of change of a plan says of itself.

    Attributes:
        tag: What it is called in the files, by the program that this comes from; part of the format.
    """

    __slots__ = ()
    tag: ClassVar[str]

    @property
    @abc.abstractmethod
    def effect(self) -> Effect | None:
        """What it does to the numbers of a plan; None when it revises a definition."""

    @abc.abstractmethod
    def describe(self, unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""


@frozen
class DropFinishedGood(_Change):
    """A good was taken out of the plan.

    >>> DropFinishedGood(3, "Box", original_quantity=10).describe({}.get)
    'Box dropped, 10 were planned'
    """

    tag = "drop_fg"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(constraints.positive_int))
    finished_good_name: str = attrs.field(validator=validator(constraints.non_blank_name))
    original_quantity: int = attrs.field(validator=validator(constraints.positive_int))

    @property
    def effect(self) -> Effect:
        """The good is no longer in the plan."""
        return Effect(PlanSection.GOODS, self.finished_good_id, self.original_quantity, 0)

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} dropped, {self.original_quantity} were planned"


@frozen
class AddFinishedGood(_Change):
    """A good was added to the plan.

    >>> AddFinishedGood(3, "Box", quantity=10).describe({}.get)
    'Box added, 10 planned'
    """

    tag = "add_fg"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(constraints.positive_int))
    finished_good_name: str = attrs.field(validator=validator(constraints.non_blank_name))
    quantity: int = attrs.field(validator=validator(constraints.positive_int))

    @property
    def effect(self) -> Effect:
        """The good was not in the plan before."""
        return Effect(PlanSection.GOODS, self.finished_good_id, 0, self.quantity)

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} added, {self.quantity} planned"


@frozen
class ChangeQuantity(_Change):
    """The quantity of a good changes.

    >>> ChangeQuantity(3, "Box", old_quantity=10, new_quantity=12).describe({}.get)
    'Box from 10 to 12'
    """

    tag = "change_quantity"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(constraints.positive_int))
    finished_good_name: str = attrs.field(validator=validator(constraints.non_blank_name))
    old_quantity: int = attrs.field(validator=validator(constraints.positive_int))
    new_quantity: int = attrs.field(validator=validator(constraints.positive_int))

    @property
    def effect(self) -> Effect:
        """The good is planned with another number."""
        return Effect(PlanSection.GOODS, self.finished_good_id, self.old_quantity, self.new_quantity)

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} from {self.old_quantity} to {self.new_quantity}"


@frozen
class ModifyBatch(_Change):
    """The number of batches to bake changes; 0 means none.

    >>> ModifyBatch(1, "Cookies", 2, "cookie", old_batches=5, new_batches=6).describe({2: "Cookie"}.get)
    'batches of Cookie from 5 to 6'
    """

    tag = "modify_batch"

    recipe_id: RecipeId = attrs.field(validator=validator(constraints.positive_int))
    recipe_name: str = attrs.field(validator=validator(constraints.non_blank_name))
    finished_unit_id: FinishedUnitId = attrs.field(validator=validator(constraints.positive_int))
    finished_unit_slug: str = attrs.field(validator=validator(constraints.valid_slug))
    old_batches: int = attrs.field(validator=validator(constraints.non_negative_int))
    new_batches: int = attrs.field(validator=validator(constraints.non_negative_int))

    @property
    def effect(self) -> Effect:
        """Another number of batches is decided."""
        return Effect(PlanSection.BATCHES, self.finished_unit_id, self.old_batches, self.new_batches)

    def describe(self, unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        name = unit_name(self.finished_unit_id) or self.finished_unit_slug
        return f"batches of {name} from {self.old_batches} to {self.new_batches}"


@frozen
class ReviseRecipe(_Change):
    """What the catalog said of a recipe at that moment was taken over into the plan."""

    tag = "revise_recipe"

    recipe_id: RecipeId = attrs.field(validator=validator(constraints.positive_int))
    recipe_name: str = attrs.field(validator=validator(constraints.non_blank_name))

    @property
    def effect(self) -> None:
        """No number changes."""

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.recipe_name} as the catalog has it"


@frozen
class ReviseFinishedGood(_Change):
    """What the catalog said of a good at that moment was taken over into the plan."""

    tag = "revise_fg"

    finished_good_id: FinishedGoodId = attrs.field(validator=validator(constraints.positive_int))
    finished_good_name: str = attrs.field(validator=validator(constraints.non_blank_name))

    @property
    def effect(self) -> None:
        """No number changes."""

    def describe(self, _unit_name: UnitName) -> str:
        """Return what was changed, as a person reads it."""
        return f"{self.finished_good_name} as the catalog has it"


Change = DropFinishedGood | AddFinishedGood | ChangeQuantity | ModifyBatch | ReviseRecipe | ReviseFinishedGood
# The kinds of change, in the order in which messages and schemas name them.
CHANGES: tuple[type[Change], ...] = typing.get_args(Change)


@frozen
class PlanAmendment(_Freezes):
    """One change of a plan during production, with its reason; added, never altered.

    Attributes:
        sequence: 1, 2, 3, ... within the event; this is the order, not the clock.
        change: What was changed.
        reason: Why; never blank.
        added_recipe_ids: Recipes that came into the plan with it, so that the plan can be worked out again without
            the catalog of that day.
        definitions: What it froze, by table and id, as the snapshot's definitions: what it brought in and was not
            frozen yet, or what is in force since a revision; null for what there was not.
        definitions_before: Those frozen before that it replaced.
    """

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    sequence: int = attrs.field(validator=validator(constraints.positive_int))
    change: Change = attrs.field(validator=validator(constraints.instance_of(*CHANGES)))
    reason: str = attrs.field(validator=validator(constraints.stated_reason))
    created_at: datetime.datetime = attrs.field(validator=validator(constraints.aware_datetime))
    added_recipe_ids: tuple[RecipeId, ...] = attrs.field(
        default=(), validator=validator(constraints.tuple_of(int, each=constraints.positive_int))
    )
    _definitions: Mapping[str, Any] = attrs.field(
        default=constraints.OwnJson(), converter=constraints.own_json, validator=validator(constraints.json_object)
    )
    _definitions_before: Mapping[str, Any] = attrs.field(
        default=constraints.OwnJson(), converter=constraints.own_json, validator=validator(constraints.json_object)
    )
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))

    @property
    def definitions_before(self) -> dict[str, Any]:
        """Those frozen before that it replaced; a copy."""
        definitions: dict[str, Any] = constraints.copied(self._definitions_before)
        return definitions

    def ids_revised(self, table: str) -> tuple[int, ...]:
        """Return the ids of the records of a table whose definition it replaced."""
        return _ids(self._definitions_before.get(table))

    @property
    def freezes(self) -> bool:
        """Whether it froze anything."""
        return bool(self._definitions)

    @property
    def revises(self) -> bool:
        """Whether it replaced definitions."""
        return bool(self._definitions_before)


@frozen
class Loss:
    """Units that a production run did not give, and why."""

    reason: str = attrs.field(validator=validator(constraints.stated_reason))
    units: int = attrs.field(validator=validator(constraints.positive_int))


@frozen
class Taken:
    """What a production run took of the stock of an ingredient, in one unit, or of a recipe that was made ahead.

    Attributes:
        ingredient_id: The ingredient; None for a recipe.
        unit: Such as kg; of a recipe always batch.
        recipe_id: The recipe; None for an ingredient.
    """

    ingredient_id: IngredientId | None = attrs.field(validator=validator(constraints.or_none(constraints.positive_int)))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.exact_or_fraction, validator=validator(constraints.non_negative_quantity)
    )
    unit: str = attrs.field(validator=validator(constraints.non_blank_name))
    recipe_id: RecipeId | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.positive_int))
    )

    def __attrs_post_init__(self) -> None:
        _check_stocked(self)


@frozen
class NotTaken:
    """What a production run needed of an ingredient and the stock did not have, or not in a unit to compare it with.

    Attributes:
        ingredient: Its name, because it may no longer be in the catalog.
    """

    ingredient: str = attrs.field(validator=validator(constraints.non_blank_name))
    quantity: Decimal | Fraction = attrs.field(
        converter=converters.exact_or_fraction, validator=validator(constraints.non_negative_quantity)
    )
    unit: str = attrs.field(validator=validator(constraints.non_blank_name))


@frozen
class ProductionRun:
    """Batches that were baked.

    Attributes:
        units_expected: What the batches should have given; made and lost add up to it.
        produced_at: When.
        amendments_before: How many amendments the plan had, and so by which definitions it was baked; None for a
            run that plandoc 0.1 recorded, by whatever the catalog said then.
        taken: What it took of the stock, exactly; nothing where the stock was to be left alone.
        not_taken: What it needed beyond that.
    """

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    finished_unit_id: FinishedUnitId = attrs.field(validator=validator(constraints.positive_int))
    batches: int = attrs.field(validator=validator(constraints.positive_int))
    units_expected: int = attrs.field(validator=validator(constraints.non_negative_int))
    units_made: int = attrs.field(validator=validator(constraints.non_negative_int))
    produced_at: datetime.datetime = attrs.field(validator=validator(constraints.aware_datetime))
    losses: tuple[Loss, ...] = attrs.field(default=(), validator=validator(constraints.tuple_of(Loss)))
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    amendments_before: int | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.non_negative_int))
    )
    taken: tuple[Taken, ...] = attrs.field(default=(), validator=validator(constraints.tuple_of(Taken)))
    not_taken: tuple[NotTaken, ...] = attrs.field(default=(), validator=validator(constraints.tuple_of(NotTaken)))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))

    def __attrs_post_init__(self) -> None:
        lost = sum(loss.units for loss in self.losses)
        if self.units_made + lost != self.units_expected:
            raise _refuse(
                self,
                "units_made",
                f"wanted made and lost to add up to the {self.units_expected} expected, "
                f"found {self.units_made} made and {lost} lost",
            )


@frozen
class AssemblyRun:
    """Goods that were packed.

    Attributes:
        assembled_at: When.
        amendments_before: How many amendments the plan had, as for a production run: the pieces are made of what
            the good was defined as then.
    """

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    finished_good_id: FinishedGoodId = attrs.field(validator=validator(constraints.positive_int))
    quantity: int = attrs.field(validator=validator(constraints.positive_int))
    assembled_at: datetime.datetime = attrs.field(validator=validator(constraints.aware_datetime))
    notes: str = attrs.field(default="", validator=validator(constraints.storable_text))
    amendments_before: int | None = attrs.field(
        default=None, validator=validator(constraints.or_none(constraints.non_negative_int))
    )
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))


@frozen
class VoidedRun:
    """A production or assembly run that was recorded by mistake; the run itself stays where it is.

    Attributes:
        kind: Of which kind the run is; the two kinds are numbered apart.
        run_id: The id of the run within its event.
        reason: Why; never blank.
    """

    event_id: EventId = attrs.field(validator=validator(constraints.positive_int))
    kind: RunKind = attrs.field(validator=validator(constraints.one_of(RunKind)))
    run_id: int = attrs.field(validator=validator(constraints.positive_int))
    reason: str = attrs.field(validator=validator(constraints.stated_reason))
    voided_at: datetime.datetime = attrs.field(validator=validator(constraints.aware_datetime))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(constraints.non_negative_int))
