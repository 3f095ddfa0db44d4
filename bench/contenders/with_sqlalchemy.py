"""SQLAlchemy's ORM over SQLite, as its tutorial does it: mapped classes, eager loading, a session for each job."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import create_engine, event, func, insert, select, text
from sqlalchemy.orm import Session, joinedload, selectinload

from bench import forms, workload
from bench.contenders import relational, relational_tables
from bench.contenders import sqlalchemy_models as models
from bench.contenders.contract import AlreadyJson, now
from bench.workload import Catalog, Row

_CLASSES = {mapper.class_.__tablename__: mapper.class_ for mapper in models.Base.registry.mappers}
_WITH_RECIPES = selectinload(models.Event.recipes).joinedload(models.EventRecipe.recipe)
_WITH_LINES = _WITH_RECIPES.selectinload(models.Recipe.lines).joinedload(models.RecipeLine.ingredient)
_WITH_PARTS = _WITH_RECIPES.selectinload(models.Recipe.sub_recipes)
_WITH_GOODS = selectinload(models.Event.goods).joinedload(models.EventFinishedGood.good)
_WITH_COMPONENTS = _WITH_GOODS.selectinload(models.FinishedGood.components)
_WITH_UNITS = _WITH_COMPONENTS.joinedload(models.Component.unit)
_WITH_DECISIONS = selectinload(models.Event.decisions).joinedload(models.BatchDecision.unit)
_UNIT_OF_DECISION = joinedload(models.BatchDecision.unit)
_WITH_HISTORY = (joinedload(models.Event.snapshot), selectinload(models.Event.amendments))


class Contender(AlreadyJson):
    """A database."""

    NAME: ClassVar[str] = "SQLAlchemy ORM"
    PACKAGES: ClassVar[tuple[str, ...]] = ("SQLAlchemy", "SQLite")
    DURABILITY: ClassVar[str] = "all or nothing, on the disk when acknowledged: WAL, synchronous=FULL"
    USE: ClassVar[str] = (
        "mapped classes, get and select with selectinload and joinedload, one Session and one transaction for each job; "
        "bulk inserts by insert() with lists"
    )

    IMPORTED_ON_USE: ClassVar[tuple[str, ...]] = ("sqlalchemy.dialects.sqlite",)

    def __init__(self, folder: Path) -> None:
        self._engine = create_engine(f"sqlite:///{folder / 'sqlalchemy.db'}")
        event.listen(self._engine, "connect", _set_durable)

    @classmethod
    def build(cls, folder: Path, catalog: Catalog, event_ids: Iterable[int]) -> None:
        """Fill an empty folder."""
        contender = cls(folder)
        models.Base.metadata.create_all(contender._engine)
        with Session(contender._engine) as session, session.begin():
            _insert(session, catalog)
            for table, rows in relational_tables.event_tables(event_ids):
                session.execute(insert(_CLASSES[table]), rows)
        with contender._engine.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        contender.close()

    def start(self, event_id: int) -> None:
        """Start production."""
        options = (_WITH_LINES, _WITH_PARTS, _WITH_UNITS, _WITH_DECISIONS, joinedload(models.Event.snapshot))
        with Session(self._engine) as session, session.begin():
            found = session.get_one(models.Event, event_id, options=options)
            if found.plan_state != "locked" or found.snapshot is not None:
                raise ValueError(event_id)
            created_at = now()
            content = {"snapshot_data": _snapshot_data(found, created_at), "definitions": _definitions(found)}
            found.snapshot = models.PlanSnapshot(created_at=created_at, content=content, digest=forms.digest(content))
            found.plan_state = "in_production"

    def change_quantity(self, event_id: int, good_id: int, quantity: int, reason: str) -> None:
        """Amend a plan."""
        with Session(self._engine) as session, session.begin():
            if session.get_one(models.Event, event_id).plan_state != "in_production":
                raise ValueError(event_id)
            options = [joinedload(models.EventFinishedGood.good)]
            row = session.get_one(models.EventFinishedGood, (event_id, good_id), options=options)
            change = forms.change_of_quantity(good_id, row.good.name, row.quantity, quantity)
            query = select(func.max(models.PlanAmendment.sequence)).where(models.PlanAmendment.event_id == event_id)
            sequence = (session.scalar(query) or 0) + 1
            row.quantity = quantity
            session.add(
                models.PlanAmendment(
                    event_id=event_id, sequence=sequence, change=change, reason=reason, created_at=now()
                )
            )

    def decide(self, event_id: int, unit_id: int, batches: int) -> None:
        """Save a decision."""
        with Session(self._engine) as session, session.begin():
            if session.get_one(models.Event, event_id).plan_state != "locked":
                raise ValueError(event_id)
            options = [joinedload(models.FinishedUnit.recipe).selectinload(models.Recipe.lines)]
            unit = session.get_one(models.FinishedUnit, unit_id, options=options)
            session.get_one(models.EventRecipe, (event_id, unit.recipe_id))
            takes = (
                select(models.EventFinishedGood.quantity, models.Component.quantity)
                .join(models.Component, models.Component.good_id == models.EventFinishedGood.finished_good_id)
                .where(models.EventFinishedGood.event_id == event_id, models.Component.finished_unit_id == unit_id)
            )
            needed = sum(count * int(each) for count, each in session.execute(takes))
            fingerprint = workload.fingerprint({"lines": [_row(line) for line in unit.recipe.lines]})
            row = forms.decision(unit_id, _row(unit), batches, needed, fingerprint)
            session.merge(models.BatchDecision(event_id=event_id, **row))

    def bake(self, event_id: int, unit_id: int, batches: int) -> None:
        """Record what was baked."""
        with Session(self._engine) as session, session.begin():
            if session.get_one(models.Event, event_id).plan_state != "in_production":
                raise ValueError(event_id)
            decision = session.get_one(models.BatchDecision, (event_id, unit_id), options=[_UNIT_OF_DECISION])
            query = select(func.count()).where(models.PlanAmendment.event_id == event_id)
            amendments = session.scalar(query) or 0
            row = forms.production_run(unit_id, _row(decision.unit), batches, amendments, now())
            session.add(models.ProductionRun(event_id=event_id, **row))

    def add_event(self, number: int) -> None:
        """Add an event in its own transaction."""
        with Session(self._engine) as session, session.begin():
            session.add(models.Event(id=number, **workload.event(number, "draft")))

    def add_events(self, numbers: Iterable[int]) -> None:
        """Add events in one transaction."""
        with Session(self._engine) as session, session.begin():
            session.add_all(models.Event(id=number, **workload.event(number, "draft")) for number in numbers)

    def import_catalog(self, rows: Catalog, source: Path) -> None:
        """Store the rows."""
        with Session(self._engine) as session, session.begin():
            _insert(session, rows)

    def plan(self, event_id: int) -> Row:
        """Return everything about one plan."""
        options = (_WITH_RECIPES, _WITH_COMPONENTS, selectinload(models.Event.decisions), *_WITH_HISTORY)
        with Session(self._engine) as session:
            found = session.get_one(models.Event, event_id, options=options)
            return forms.plan(
                _row(found),
                {row.recipe_id: {"name": row.recipe.name, "slug": row.recipe.slug} for row in found.recipes},
                {row.finished_good_id: _good(row.good) for row in found.goods},
                {row.finished_good_id: row.quantity for row in found.goods},
                [_without(_row(row), "event_id") for row in found.decisions],
                found.snapshot and found.snapshot.content["snapshot_data"],
                [_without(_row(row), "event_id", "created_at") for row in found.amendments],
            )

    def events(self) -> list[models.Event]:
        """Return all events."""
        with Session(self._engine) as session:
            return list(session.scalars(select(models.Event).order_by(models.Event.id)))

    def events_as_json(self, found: list[models.Event]) -> Any:
        """Return their rows."""
        return [_row(one) for one in found]

    def comparison(self, event_id: int) -> Row:
        """Return what became of a plan."""
        options = (_WITH_RECIPES, _WITH_GOODS, _WITH_DECISIONS, *_WITH_HISTORY)
        with Session(self._engine) as session:
            found = session.get_one(models.Event, event_id, options=options)
            if found.snapshot is None:
                raise ValueError(event_id)
            return forms.comparison(
                found.snapshot.content["snapshot_data"],
                {row.finished_good_id: row.quantity for row in found.goods},
                {row.finished_unit_id: row.batches for row in found.decisions},
                [row.recipe_id for row in found.recipes],
                [_row(row) for row in found.amendments],
                {
                    "goods": {row.finished_good_id: row.good.name for row in found.goods},
                    "batches": {row.finished_unit_id: row.unit.name for row in found.decisions},
                    "recipes": {row.recipe_id: row.recipe.name for row in found.recipes},
                },
            )

    def check(self) -> list[str]:
        """Return what is wrong; such queries are written as SQL in an ORM too."""
        with self._engine.connect() as connection:
            return relational.problems(
                lambda query, parameters: connection.exec_driver_sql(query, tuple(parameters)).mappings()
            )

    def frozen(self, event_id: int) -> Any:
        """Return what was frozen."""
        with Session(self._engine) as session:
            return session.get_one(models.PlanSnapshot, event_id).content

    def runs(self, event_id: int) -> list[Row]:
        """Return what was baked."""
        query = select(models.ProductionRun).where(models.ProductionRun.event_id == event_id)
        with Session(self._engine) as session:
            found = session.scalars(query.order_by(models.ProductionRun.id))
            return [_without(_row(row), "id", "event_id", "produced_at") for row in found]

    def catalog(self) -> Catalog:
        """Return the rows of the catalog."""
        with Session(self._engine) as session:

            def rows(kind: Any, make: Any) -> dict[str, Row]:
                return {str(one.id): make(one) for one in session.scalars(select(kind).order_by(kind.id))}

            return {
                "ingredients": rows(models.Ingredient, _definition),
                "recipes": rows(models.Recipe, _recipe),
                "finished_units": rows(models.FinishedUnit, _definition),
                "finished_goods": rows(models.FinishedGood, _good),
                "stock": rows(models.StockItem, _definition),
            }

    def close(self) -> None:
        """Let go of the files."""
        self._engine.dispose()


def _set_durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _insert(session: Session, catalog: Catalog) -> None:
    for table, rows in relational_tables.catalog_tables(catalog):
        if not rows:
            continue
        if table == "ingredients":
            # The class makes JSON of it by itself.
            keys = catalog[table]
            rows = [
                {**row, **{name: keys[str(row["id"])][name] for name in ("density", "equivalents")}} for row in rows
            ]
        session.execute(insert(_CLASSES[table]), rows)


def _row(record: Any) -> Row:
    return {name: getattr(record, name) for name in record.__mapper__.column_attrs.keys()}  # noqa: SIM118


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _definition(record: Any) -> Row:
    return _without(_row(record), "id")


def _recipe(recipe: models.Recipe) -> Row:
    lines = [_without(_row(line), "id", "recipe_id") for line in recipe.lines]
    parts = [_without(_row(part), "id", "parent_id") for part in recipe.sub_recipes]
    return {**_definition(recipe), "lines": lines, "sub_recipes": parts}


def _good(good: models.FinishedGood) -> Row:
    parts = [_without(_row(part), "id", "good_id") for part in good.components]
    return {**_definition(good), "components": parts}


def _snapshot_data(found: models.Event, created_at: str) -> Row:
    return forms.snapshot_data(
        created_at,
        {row.recipe_id: {"name": row.recipe.name, "slug": row.recipe.slug} for row in found.recipes},
        {row.finished_good_id: {"name": row.good.name, "slug": row.good.slug} for row in found.goods},
        {row.finished_unit_id: {"slug": row.unit.slug} for row in found.decisions},
        {row.finished_good_id: row.quantity for row in found.goods},
        [_row(row) for row in found.decisions],
    )


def _definitions(found: models.Event) -> Catalog:
    recipes = [row.recipe for row in found.recipes]
    goods = [row.good for row in found.goods]
    units = {part.unit.id: part.unit for good in goods for part in good.components if part.unit}
    ingredients = {line.ingredient.id: line.ingredient for recipe in recipes for line in recipe.lines}
    return {
        "ingredients": {str(key): _definition(one) for key, one in sorted(ingredients.items())},
        "recipes": {str(one.id): _recipe(one) for one in recipes},
        "finished_units": {str(key): _definition(one) for key, one in sorted(units.items())},
        "finished_goods": {str(one.id): _good(one) for one in goods},
    }
