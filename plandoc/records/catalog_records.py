"""The catalog: ingredients, recipes, what a batch yields, goods, and custom words for units."""

from __future__ import annotations

import enum
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs

from plandoc import units
from plandoc.errors import shorten
from plandoc.fields import converters, refusal, validator
from plandoc.fields.constraints import (
    instance_of,
    name_or_blank,
    non_blank_name,
    non_negative_int,
    one_of,
    or_none,
    positive_int,
    positive_quantity,
    storable_text,
    tuple_of,
    unit_of,
    valid_percentage,
    valid_slug,
)
from plandoc.frozen import frozen
from plandoc.records.ids import FinishedGoodId, FinishedUnitId, IngredientId, RecipeId


class YieldMode(enum.Enum):
    """How a batch turns into units."""

    DISCRETE_COUNT = "discrete_count"
    BATCH_PORTION = "batch_portion"


class AssemblyType(enum.Enum):
    """Whether a good is one unit as it is, or several things packed together."""

    BARE = "bare"
    BUNDLE = "bundle"


@frozen
class Density:
    """What a volume of an ingredient weighs ("1 cup = 120 g").

    Attributes:
        volume: How much of `volume_unit`.
        volume_unit: A unit of volume that plandoc knows, such as cup.
        weight: What that volume weighs, in `weight_unit`.
        weight_unit: A unit of weight that plandoc knows, such as g.
    """

    volume: Decimal | Fraction = attrs.field(converter=converters.quantity, validator=validator(positive_quantity))
    volume_unit: str = attrs.field(validator=validator(unit_of(units.Dimension.VOLUME, "cup")))
    weight: Decimal | Fraction = attrs.field(converter=converters.quantity, validator=validator(positive_quantity))
    weight_unit: str = attrs.field(validator=validator(unit_of(units.Dimension.WEIGHT, "g")))

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

    quantity: Decimal | Fraction = attrs.field(converter=converters.quantity, validator=validator(positive_quantity))
    unit: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    other_quantity: Decimal | Fraction = attrs.field(
        converter=converters.quantity, validator=validator(positive_quantity)
    )
    other_unit: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))

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

    name: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    category: str = attrs.field(default="", converter=converters.trimmed, validator=validator(storable_text))
    density: Density | None = attrs.field(default=None, validator=validator(or_none(instance_of(Density))))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    equivalents: tuple[Equivalent, ...] = attrs.field(
        default=(), converter=_once_each, validator=validator(tuple_of(Equivalent, most=100))
    )
    slug: str = attrs.field(default="", kw_only=True, validator=validator(valid_slug))
    id: IngredientId = attrs.field(default=IngredientId(0), kw_only=True, validator=validator(non_negative_int))

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

    ingredient_id: IngredientId = attrs.field(validator=validator(positive_int))
    quantity: Decimal | Fraction | None = attrs.field(
        converter=converters.quantity, validator=validator(or_none(positive_quantity))
    )
    unit: str = attrs.field(
        default=attrs.Factory(_pieces_where_counted, takes_self=True),
        converter=converters.trimmed,
        validator=validator(name_or_blank),
    )
    notes: str = attrs.field(default="", validator=validator(storable_text))

    def __attrs_post_init__(self) -> None:
        if (self.quantity is None) != (not self.unit):
            raise refusal(self, "unit", self._wrong_unit())

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

    recipe_id: RecipeId = attrs.field(validator=validator(positive_int))
    multiplier: Decimal | Fraction = attrs.field(
        default=Decimal(1), converter=converters.quantity, validator=validator(positive_quantity)
    )
    notes: str = attrs.field(default="", validator=validator(storable_text))


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

    name: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    category: str = attrs.field(default="", converter=converters.trimmed, validator=validator(storable_text))
    lines: tuple[RecipeLine, ...] = attrs.field(
        default=(), converter=converters.in_order, validator=validator(tuple_of(RecipeLine))
    )
    sub_recipes: tuple[SubRecipe, ...] = attrs.field(
        default=(), converter=converters.in_order, validator=validator(tuple_of(SubRecipe))
    )
    base_recipe_id: RecipeId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    variant_name: str = attrs.field(default="", converter=converters.trimmed, validator=validator(storable_text))
    method: str = attrs.field(default="", validator=validator(storable_text))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(valid_slug))
    id: RecipeId = attrs.field(default=RecipeId(0), kw_only=True, validator=validator(non_negative_int))

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

    name: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    recipe_id: RecipeId = attrs.field(validator=validator(positive_int))
    item_unit: str = attrs.field(default="piece", converter=converters.trimmed, validator=validator(non_blank_name))
    mode: YieldMode = attrs.field(default=YieldMode.DISCRETE_COUNT, validator=validator(one_of(YieldMode)))
    items_per_batch: int | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    batch_percentage: Decimal | Fraction | None = attrs.field(
        default=None,
        converter=converters.quantity,
        validator=validator(or_none(valid_percentage)),
    )
    notes: str = attrs.field(default="", validator=validator(storable_text))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(valid_slug))
    id: FinishedUnitId = attrs.field(default=FinishedUnitId(0), kw_only=True, validator=validator(non_negative_int))

    def __attrs_post_init__(self) -> None:
        counted = self.mode is YieldMode.DISCRETE_COUNT
        wanted, other = ("items_per_batch", "batch_percentage")[:: 1 if counted else -1]
        if getattr(self, wanted) is None:
            raise refusal(self, wanted, f"wanted a number because the mode is {self.mode.value}; found nothing")
        if getattr(self, other) is not None:
            raise refusal(
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

    finished_unit_id: FinishedUnitId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    finished_good_id: FinishedGoodId | None = attrs.field(default=None, validator=validator(or_none(positive_int)))
    quantity: Decimal | Fraction = attrs.field(
        default=Decimal(1), converter=converters.quantity, validator=validator(positive_quantity)
    )
    notes: str = attrs.field(default="", validator=validator(storable_text))

    def __attrs_post_init__(self) -> None:
        if (self.finished_unit_id is None) == (self.finished_good_id is None):
            raise refusal(self, "finished_unit_id", "wanted either finished_unit_id or finished_good_id")


@frozen
class FinishedGood:
    """What is handed out.

    Attributes:
        components: What one of it is made of; a bare good is exactly one unit.
        assembly_type: bundle, or bare when it is one unit as it is.
    """

    name: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    components: tuple[Component, ...] = attrs.field(
        default=(), converter=converters.in_order, validator=validator(tuple_of(Component))
    )
    assembly_type: AssemblyType = attrs.field(default=AssemblyType.BUNDLE, validator=validator(one_of(AssemblyType)))
    notes: str = attrs.field(default="", validator=validator(storable_text))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(valid_slug))
    id: FinishedGoodId = attrs.field(default=FinishedGoodId(0), kw_only=True, validator=validator(non_negative_int))

    def __attrs_post_init__(self) -> None:
        if self.assembly_type is AssemblyType.BARE and not self._is_one_unit():
            raise refusal(
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

    name: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    quantity: Decimal | Fraction = attrs.field(converter=converters.quantity, validator=validator(positive_quantity))
    unit: str = attrs.field(converter=converters.trimmed, validator=validator(non_blank_name))
    slug: str = attrs.field(default="", kw_only=True, validator=validator(valid_slug))
    id: int = attrs.field(default=0, kw_only=True, validator=validator(non_negative_int))

    @property
    def as_equivalent(self) -> Equivalent:
        """Its meaning, as an equivalent that every ingredient has."""
        return Equivalent(1, self.name, self.quantity, self.unit)

    def __str__(self) -> str:
        return f"{self.name} = {units.written(self.quantity)} {self.unit}"
