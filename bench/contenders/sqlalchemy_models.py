"""The tables as classes, in SQLAlchemy's declarative way. Constraints and indexes are those of `relational_tables.SCHEMA`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """All of them."""


class Ingredient(Base):
    __tablename__ = "ingredients"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    density: Mapped[Any] = mapped_column(JSON(none_as_null=True), nullable=True)
    equivalents: Mapped[Any] = mapped_column(JSON)
    notes: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)


class RecipeLine(Base):
    __tablename__ = "recipe_lines"
    id: Mapped[int] = mapped_column(primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"), index=True)
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("ingredients.id"))
    quantity: Mapped[str]
    unit: Mapped[str]
    notes: Mapped[str]
    ingredient: Mapped[Ingredient] = relationship()


class SubRecipe(Base):
    __tablename__ = "sub_recipes"
    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"), index=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    multiplier: Mapped[str]
    notes: Mapped[str]


class Recipe(Base):
    __tablename__ = "recipes"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    category: Mapped[str]
    base_recipe_id: Mapped[int | None] = mapped_column(ForeignKey("recipes.id"))
    variant_name: Mapped[str]
    method: Mapped[str]
    notes: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    lines: Mapped[list[RecipeLine]] = relationship(order_by=RecipeLine.id)
    sub_recipes: Mapped[list[SubRecipe]] = relationship(foreign_keys=SubRecipe.parent_id, order_by=SubRecipe.id)


class FinishedUnit(Base):
    __tablename__ = "finished_units"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    item_unit: Mapped[str | None]
    mode: Mapped[str]
    items_per_batch: Mapped[int | None]
    batch_percentage: Mapped[str | None]
    notes: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    recipe: Mapped[Recipe] = relationship()


class Component(Base):
    __tablename__ = "components"
    id: Mapped[int] = mapped_column(primary_key=True)
    good_id: Mapped[int] = mapped_column(ForeignKey("finished_goods.id"), index=True)
    finished_unit_id: Mapped[int | None] = mapped_column(ForeignKey("finished_units.id"))
    finished_good_id: Mapped[int | None] = mapped_column(ForeignKey("finished_goods.id"))
    quantity: Mapped[str]
    notes: Mapped[str]
    unit: Mapped[FinishedUnit | None] = relationship()


class FinishedGood(Base):
    __tablename__ = "finished_goods"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    assembly_type: Mapped[str]
    notes: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    components: Mapped[list[Component]] = relationship(foreign_keys=Component.good_id, order_by=Component.id)


class StockItem(Base):
    __tablename__ = "stock"
    id: Mapped[int] = mapped_column(primary_key=True)
    ingredient_id: Mapped[int] = mapped_column(ForeignKey("ingredients.id"))
    quantity: Mapped[str]
    unit: Mapped[str]
    notes: Mapped[str]


class EventRecipe(Base):
    __tablename__ = "event_recipes"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"), primary_key=True)
    recipe: Mapped[Recipe] = relationship()


class EventFinishedGood(Base):
    __tablename__ = "event_finished_goods"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    finished_good_id: Mapped[int] = mapped_column(ForeignKey("finished_goods.id"), primary_key=True)
    quantity: Mapped[int]
    good: Mapped[FinishedGood] = relationship()


class BatchDecision(Base):
    __tablename__ = "batch_decisions"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    finished_unit_id: Mapped[int] = mapped_column(ForeignKey("finished_units.id"), primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    batches: Mapped[int]
    yield_per_batch: Mapped[int]
    units_needed: Mapped[int]
    shortfall_accepted: Mapped[bool]
    exact_need: Mapped[int]
    recipe_fingerprint: Mapped[str]
    unit: Mapped[FinishedUnit] = relationship()


class PlanSnapshot(Base):
    __tablename__ = "plan_snapshots"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    created_at: Mapped[str]
    content: Mapped[Any] = mapped_column(JSON)
    digest: Mapped[str]


class PlanAmendment(Base):
    __tablename__ = "plan_amendments"
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[Any] = mapped_column(JSON)
    reason: Mapped[str]
    created_at: Mapped[str]


class ProductionRun(Base):
    __tablename__ = "production_runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    finished_unit_id: Mapped[int] = mapped_column(ForeignKey("finished_units.id"))
    batches: Mapped[int]
    units_expected: Mapped[int]
    units_made: Mapped[int]
    produced_at: Mapped[str]
    losses: Mapped[Any] = mapped_column(JSON)
    notes: Mapped[str]
    amendments_before: Mapped[int]
    taken: Mapped[Any] = mapped_column(JSON)
    not_taken: Mapped[Any] = mapped_column(JSON)


class Event(Base):
    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    event_date: Mapped[str]
    expected_attendees: Mapped[int | None]
    notes: Mapped[str]
    plan_state: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    recipes: Mapped[list[EventRecipe]] = relationship(order_by=EventRecipe.recipe_id)
    goods: Mapped[list[EventFinishedGood]] = relationship(order_by=EventFinishedGood.finished_good_id)
    decisions: Mapped[list[BatchDecision]] = relationship(order_by=BatchDecision.finished_unit_id)
    snapshot: Mapped[PlanSnapshot | None] = relationship()
    amendments: Mapped[list[PlanAmendment]] = relationship(order_by=PlanAmendment.sequence)
