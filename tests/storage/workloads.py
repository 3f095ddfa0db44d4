"""What the crash proofs do to a folder: every kind of transaction, done with real records.

To add one, write a function that takes a path and returns the `Life` of a folder there, and put it into `WORKLOADS`:
prepare the folder, `life.begin()`, then `life.do(...)` once for each transaction. Parts of plandoc that make their own
file layer are recorded too, while `do` runs.
"""

from __future__ import annotations

import functools
import json
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType

import attrs
from lives import Life, forget
from recorder import Killed, QuickFiles, clock, contents, make_folder, open_folder

import plandoc
from plandoc.records import Event, Ingredient, PlanState, Recipe, RunKind, StockItem
from plandoc.store import Store
from plandoc.workflow.amendments import add_finished_good, change_quantity, drop_finished_good, modify_batch_decision
from plandoc.workflow.production import record_assembly, record_production, void_run
from tests.builders import EVENT_DATE, a_bakery, a_plan
from tests.exchange.exports import SMALL

PLANNED = 1
COOKIE, SLICE = 1, 3
COOKIE_BOX, HAMPER = 3, 4


@functools.cache
def _model(state: PlanState | None) -> Mapping[str, bytes]:
    """Return the files of a folder with a bakery and, with a state, an event whose plan was brought there."""
    with tempfile.TemporaryDirectory(prefix="plandoc-model-") as top:
        root = make_folder(Path(top) / "data", QuickFiles())
        with Store(open_folder(root, QuickFiles()), clock=clock) as store:
            bakery = a_bakery(store)
            if state is not None:
                a_plan(store, state, bakery=bakery)
        return contents(root)


def with_plan(top: Path, state: PlanState | None) -> Life:
    """A life that begins with a closed folder."""
    life = Life(top)
    (life.root / "events").mkdir(parents=True)
    for name, content in _model(state).items():
        (life.root / name).write_bytes(content)
    return life


def rename(store: Store, name: str, recipe_id: int = 1) -> None:
    with store.session("rename") as session:
        session.replace(attrs.evolve(session.get(Recipe, recipe_id), name=name))


def add_ingredient(store: Store, name: str) -> None:
    with store.session("add an ingredient") as session:
        session.add(Ingredient(name, "Baking"))


def add_event(store: Store, name: str, **options: str) -> None:
    with store.session("add an event") as session:
        session.add(Event(name, EVENT_DATE, **options))


def change_everything(store: Store) -> None:
    """Change the catalog, the stock, two events and the marker in one transaction."""
    with store.session("change everything") as session:
        session.replace(attrs.evolve(session.get(Recipe, 1), name="Changed"))
        session.replace(attrs.evolve(session.get(StockItem, 1), quantity=3))
        session.replace(attrs.evolve(session.event(PLANNED), notes="changed"))
        session.add(Event("Easter", EVENT_DATE))
        session.add(Event("Market", EVENT_DATE))


def operated(store: Store, operation: Callable[..., object], *arguments: object, **options: object) -> None:
    with store.session(operation.__name__) as session:
        operation(*arguments, session=session, **options)


def creation(top: Path) -> Life:
    """The folder is made, two folders deep, filled for the first time and closed."""
    life = Life(top, place="below/data")
    life.create()
    store = life.open()
    life.do(lambda: add_ingredient(store, "Flour"))
    life.do(lambda: add_event(store, "First"))
    life.do(store.close)
    return life


def creation_killed(top: Path, operations: int) -> Life:
    """Who makes the folder is killed; another one makes it, or finishes it."""
    life = Life(top)
    life.files.die_after(operations)
    with suppress(Killed):
        life.create()
    life.files.die_after(None)
    life.create()
    return life


def one_document(top: Path) -> Life:
    """One document is changed, twice; in between somebody only looks."""
    life = with_plan(top, None)
    life.begin()
    store = life.open()
    life.do(lambda: rename(store, "Renamed"))
    life.do(lambda: operated(store, plandoc.list_records, Recipe))
    life.do(lambda: rename(store, "Renamed once more and much longer than before"))
    life.do(lambda: rename(store, "Short"))
    return life


def several_documents(top: Path) -> Life:
    """Five documents and the marker are changed at once; then one event is removed."""
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    store = life.open()
    life.do(lambda: change_everything(store))
    life.do(lambda: operated(store, plandoc.remove_event, 2))
    life.do(store.close)
    return life


def first_of_a_clone(top: Path) -> Life:
    """A folder as git gives it back, without the empty journal and the empty folder of events."""
    life = with_plan(top, None)
    (life.root / "journal.jsonl").unlink()
    (life.root / "events").rmdir()
    life.begin()
    store = life.open()
    life.do(lambda: add_event(store, "First"))
    life.do(lambda: add_event(store, "Second"))
    return life


def journal_made_by_another(top: Path) -> Life:
    """Who made the journal file left without a word."""
    life = with_plan(top, None)
    (life.root / "journal.jsonl").unlink()
    life.begin()
    open_folder(life.root, life.files).begin("look", timeout_seconds=0).release()
    store = life.open()
    life.do(lambda: add_event(store, "First"))
    return life


def checkpoints(top: Path) -> Life:
    """The journal is folded in while the store is open, and filled again with shorter lines."""
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    store = life.open(checkpoint_size=6000)
    life.do(lambda: change_everything(store))
    life.do(lambda: rename(store, "Before the checkpoint"))
    life.do(lambda: rename(store, "After"))
    life.do(lambda: add_event(store, "After the checkpoint", notes="long " * 1200))
    life.do(lambda: operated(store, plandoc.remove_event, 1))
    return life


def closed_and_opened(top: Path) -> Life:
    """Work, close, open, work, close."""
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    for number in range(2):
        store = life.open()
        life.do(functools.partial(rename, store, f"Round {number}"))
        life.do(functools.partial(add_event, store, f"Round {number}"))
        life.do(store.close)
    return life


def two_writers(top: Path) -> Life:
    """Two stores change the folder in turn; the one that closes first leaves the journal empty for the other."""
    life = with_plan(top, None)
    life.begin()
    one, other = life.open(), life.open()
    life.do(lambda: rename(one, "By the one"))
    life.do(lambda: rename(other, "By the other", recipe_id=2))
    life.do(one.close)
    life.do(lambda: add_event(other, "After the other closed"))
    return life


def planning(top: Path) -> Life:
    """A plan is made and locked."""
    life = with_plan(top, None)
    life.begin()
    store = life.open()
    life.do(lambda: add_event(store, "Planned"))
    goods = {COOKIE_BOX: 10, HAMPER: 2}
    life.do(lambda: operated(store, plandoc.set_event_finished_goods, PLANNED, goods, add_missing_recipes=True))
    life.do(lambda: operated(store, plandoc.decide_enough, PLANNED))
    life.do(lambda: operated(store, plandoc.lock_plan, PLANNED))
    return life


def start(top: Path) -> Life:
    """Production starts: the snapshot and the state, and nothing else."""
    life = with_plan(top, PlanState.LOCKED)
    life.begin()
    store = life.open()
    life.do(lambda: operated(store, plandoc.start_production, PLANNED))
    life.do(store.close)
    return life


def amendments(top: Path) -> Life:
    """A started plan is amended in all four ways."""
    life = with_plan(top, PlanState.IN_PRODUCTION)
    life.begin()
    store = life.open()
    life.do(lambda: operated(store, change_quantity, PLANNED, COOKIE_BOX, 12, "more guests"))
    life.do(lambda: operated(store, drop_finished_good, PLANNED, HAMPER, "no time"))
    life.do(lambda: operated(store, add_finished_good, PLANNED, HAMPER, 1, "time after all"))
    life.do(lambda: operated(store, modify_batch_decision, PLANNED, COOKIE, 7, "to be sure"))
    return life


def runs(top: Path) -> Life:
    """Something is baked, packed, voided, and the plan completed and removed."""
    life = with_plan(top, PlanState.IN_PRODUCTION)
    life.begin()
    store = life.open()
    life.do(lambda: operated(store, record_production, PLANNED, COOKIE, 6))
    life.do(lambda: operated(store, record_assembly, PLANNED, COOKIE_BOX, 3))
    life.do(lambda: operated(store, void_run, PLANNED, RunKind.ASSEMBLY, 1, "typed by mistake"))
    life.do(lambda: operated(store, plandoc.complete_production, PLANNED))
    life.do(lambda: operated(store, plandoc.remove_event, PLANNED, discard_history=True))
    return life


def baking(top: Path) -> Life:
    """What is bought goes into the stock, and what is baked out of it, each with its event in one line; then it is voided."""
    life = with_plan(top, PlanState.IN_PRODUCTION)
    life.begin()
    store = life.open(checkpoint_size=9000)
    life.do(lambda: operated(store, plandoc.receive_shopping, PLANNED))
    life.do(lambda: operated(store, record_production, PLANNED, COOKIE, 6))
    life.do(lambda: operated(store, record_production, PLANNED, SLICE, 1))
    life.do(lambda: operated(store, void_run, PLANNED, RunKind.PRODUCTION, 1, "typed by mistake"))
    life.do(store.close)
    return life


def baking_killed(top: Path, operations: int) -> Life:
    """Who records what was baked is killed after so many changes; event and stock are both as before, or both after."""
    life = with_plan(top, PlanState.IN_PRODUCTION)
    life.begin()
    store = life.open()
    life.do_killed(lambda: operated(store, record_production, PLANNED, COOKIE, 6), operations)
    store = life.open()
    life.do(lambda: operated(store, record_production, PLANNED, SLICE, 1))
    return life


def stocked(top: Path) -> Life:
    """What is there is counted, twice, and the journal folded in between."""
    life = with_plan(top, None)
    life.begin()
    store = life.open(checkpoint_size=1500)
    life.do(lambda: operated(store, plandoc.set_stock, 1, 7, "kg"))
    life.do(lambda: operated(store, plandoc.set_stock, 2, 3, "lb"))
    life.do(lambda: operated(store, plandoc.set_stock, 1, 2, "kg"))
    return life


def an_import(top: Path) -> Life:
    """Recipes and what belongs to them come in from a file."""
    life = with_plan(top, None)
    source = top.with_name(f"{top.name}-recipes.json")
    source.write_text(json.dumps(SMALL))
    life.begin()
    store = life.open()
    life.do(lambda: operated(store, plandoc.import_file, source))
    life.do(store.close)
    return life


def killed(top: Path, operations: int) -> Life:
    """A writer of several documents is killed after so many changes; the next one recovers, and goes on."""
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    store = life.open()
    life.do(lambda: add_event(store, "Before"))
    life.do_killed(lambda: change_everything(store), operations)
    store = life.open()
    life.do(lambda: rename(store, "After the recovery"))
    life.do(store.close)
    return life


def checkpoint_killed(top: Path, operations: int) -> Life:
    """A writer is killed while it folds the journal in; the next one recovers, and goes on with a shorter line."""
    life = with_plan(top, PlanState.DRAFT)
    life.begin()
    store = life.open()
    life.do(lambda: change_everything(store))
    life.do_killed(store.close, operations)
    store = life.open()
    life.do(lambda: rename(store, "After the recovery"))
    return life


def edited(top: Path) -> Life:
    """Somebody edits a document that a crash left, so that the recovery has two versions of it."""
    life = with_plan(top, PlanState.DRAFT)
    store = Store(open_folder(life.root, QuickFiles()), clock=clock)
    forget(store)
    change_everything(store)
    catalog = life.root / "catalog.json"
    catalog.write_bytes(catalog.read_bytes().replace(b"Changed", b"Edited by hand"))
    life.is_edited = True
    life.begin()
    store = life.open()
    life.do(lambda: rename(store, "After the recovery", recipe_id=2))
    life.do(store.close)
    return life


def fifty_documents(top: Path) -> Life:
    """Fifty events are changed at once, twice; there are more sets of lost renames than can be listed."""
    life = with_plan(top, None)
    store = Store(open_folder(life.root, QuickFiles()), clock=clock)
    with store.session("add many") as session:
        for number in range(50):
            session.add(Event(f"Event {number}", EVENT_DATE))
    store.close()
    life.begin()
    store = life.open()
    life.do(lambda: _change_all(store, "changed"))
    life.do(lambda: _change_all(store, "changed once more"))
    life.do(store.close)
    return life


def _change_all(store: Store, notes: str) -> None:
    with store.session("change all") as session:
        for number in range(1, 51):
            session.replace(attrs.evolve(session.event(number), notes=notes))


def _at(workload: Callable[[Path, int], Life], operations: int) -> Callable[[Path], Life]:
    return functools.partial(workload, operations=operations)


_PLAIN = (
    creation,
    one_document,
    several_documents,
    first_of_a_clone,
    journal_made_by_another,
    checkpoints,
    closed_and_opened,
    two_writers,
    planning,
    start,
    amendments,
    runs,
    baking,
    stocked,
    an_import,
    edited,
)
_KILLED = {
    **{f"creation_killed_at_{at}": _at(creation_killed, at) for at in range(1, 17, 2)},
    **{f"killed_at_{at}": _at(killed, at) for at in (1, 2, 3, 5, 7, 10)},
    **{f"baking_killed_at_{at}": _at(baking_killed, at) for at in (2, 4, 6)},
    **{f"checkpoint_killed_at_{at}": _at(checkpoint_killed, at) for at in (3, 8, 10)},
}

WORKLOADS: Mapping[str, Callable[[Path], Life]] = MappingProxyType(
    {workload.__name__: workload for workload in _PLAIN} | _KILLED
)
