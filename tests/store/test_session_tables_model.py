"""Any calls of TinyDB on a table of a session and on plain TinyDB: the same rows, or a refusal that changed nothing."""

from __future__ import annotations

import attrs
import tinydb
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tinydb import operations, where
from tinydb.storages import MemoryStorage
from tinydb.table import Document

import plandoc
from plandoc import codec, records
from plandoc.tables import BY_TYPE
from tests.effort import examples

NAMES = ["Rye", "Oat", "Spelt", "Corn"]
FIELDS = {
    "name": st.sampled_from(NAMES),
    "notes": st.sampled_from(["", "a", "r"]),
    "slug": st.sampled_from(["x", "y", "z", "rye", "oat"]),
}
fields = st.fixed_dictionaries({}, optional=FIELDS)
wrong = st.sampled_from([{"name": ""}, {"name": 5}, {"notes": None}, {"colour": "red"}, {"slug": "Not A Slug"}])
# Complete rows in half of all cases; some that break a rule.
OPTIONAL = {name: FIELDS[name] for name in ("notes", "slug")}
rows = st.one_of(st.fixed_dictionaries({"name": FIELDS["name"]}, optional=OPTIONAL), fields, wrong)
plain_fields = st.fixed_dictionaries({}, optional={name: FIELDS[name] for name in ("name", "notes")})
changes = st.one_of(
    plain_fields,
    fields,
    wrong,
    st.sampled_from(
        [
            operations.set("notes", "set"),
            operations.delete("notes"),
            operations.delete("colour"),
            operations.add("notes", "+"),
            operations.increment("notes"),
            lambda row: row.update(notes=row["name"]),
            lambda row: row.clear(),
        ]
    ),
)
queries = st.one_of(
    st.builds(lambda name: where("name") == name, FIELDS["name"]),
    st.builds(lambda slug: where("slug") == slug, FIELDS["slug"]),
    st.builds(lambda text: where("notes").search(text), st.sampled_from(["a", "r", "set"])),
    st.builds(lambda name: ~(where("name") == name) & where("notes").exists(), FIELDS["name"]),
    st.sampled_from(
        [lambda row: len(row["name"]) == 3, where("name").test(lambda name: "o" in name), where("none") == 1]
    ),
)
positions = st.lists(st.integers(0, 5), max_size=3, unique=True)


class TablesOfTwoKinds(RuleBasedStateMachine):
    """A table of a session and one of plain TinyDB, which get the same calls."""

    @initialize(kind=st.sampled_from([records.Recipe, records.Ingredient, records.Event]))
    def begin(self, kind):
        self.kind = kind
        self.store = plandoc.open_store(":memory:")
        self.block = self.store.session()
        self.table = self.block.__enter__().table(kind)
        self.plain = tinydb.TinyDB(storage=MemoryStorage).table(BY_TYPE[kind].name)
        self.insert_multiple([{"name": name, "notes": name[:1].lower()} for name in NAMES])

    def teardown(self):
        if hasattr(self, "block"):
            expected = self.table.all()
            self.block.__exit__(None, None, None)
            assert self.store.read(lambda session: session.table(self.kind).all()) == expected
            self.store.close()

    def call(self, method, on_table, on_plain):
        """Do the same on both, if the session does not refuse it; then plain TinyDB gets what plandoc fills in."""
        before = [(row.doc_id, row) for row in self.table]
        try:
            done = method(self.table, *on_table)
        except Exception:
            assert [(row.doc_id, row) for row in self.table] == before
            return
        known = [row.doc_id for row in self.plain]
        done_plainly = method(self.plain, *on_plain)
        ours, theirs = [row.doc_id for row in self.table], [row.doc_id for row in self.plain]
        assert len(ours) == len(theirs)
        if done is not None:
            ids = dict(zip([*(row_id for row_id, _ in before), *ours], [*known, *theirs], strict=True))
            assert [ids[row_id] for row_id in _list(done)] == _list(done_plainly)
        for row, row_id in zip(self.table, theirs, strict=True):
            self._fill_in(row, row_id)

    def _fill_in(self, row, row_id):
        given = self.plain.get(doc_id=row_id)
        slug = given.get("slug") or row["slug"]
        complete = codec.to_row(codec.from_row(self.kind, 1, {**given, "slug": slug}))
        self.plain.update(lambda one: (one.clear(), one.update(complete)), doc_ids=[row_id])

    def with_date(self, row):
        return {"event_date": "2026-12-25", **row} if self.kind is records.Event else row

    def ids_at(self, table, places):
        present = [row.doc_id for row in table]
        return [present[place] if place < len(present) else 1000 + place for place in places]

    @rule(row=rows)
    def insert(self, row):
        self.call(lambda table, given: table.insert(given), [self.with_date(row)], [self.with_date(row)])

    @rule(several=st.lists(rows, max_size=3))
    def insert_several(self, several):
        self.insert_multiple(several)

    def insert_multiple(self, several):
        given = [self.with_date(row) for row in several]
        self.call(lambda table, wanted: table.insert_multiple(wanted), [given], [given])

    @rule(change=changes, query=queries)
    def update(self, change, query):
        self.call(lambda table: table.update(change, query), [], [])

    @rule(change=changes)
    def update_all(self, change):
        self.call(lambda table: table.update(change), [], [])

    @rule(change=changes, places=positions)
    def update_by_id(self, change, places):
        self.call(
            lambda table, ids: table.update(change, doc_ids=ids),
            [self.ids_at(self.table, places)],
            [self.ids_at(self.plain, places)],
        )

    @rule(several=st.lists(st.tuples(changes, queries), max_size=3))
    def update_multiple(self, several):
        self.call(lambda table: table.update_multiple(several), [], [])

    @rule(row=rows, query=queries)
    def upsert(self, row, query):
        self.call(lambda table, given: table.upsert(given, query), [self.with_date(row)], [self.with_date(row)])

    @rule(row=fields, place=st.integers(0, 3))
    def upsert_by_id(self, row, place):
        self.call(
            lambda table, row_id: table.upsert(Document(row, row_id)),
            self.ids_at(self.table, [place]),
            self.ids_at(self.plain, [place]),
        )

    @rule(query=queries)
    def remove(self, query):
        self.call(lambda table: table.remove(query), [], [])

    @rule(places=positions)
    def remove_by_id(self, places):
        ids = self.ids_at(self.table, places), self.ids_at(self.plain, places)
        self.call(lambda table, wanted: table.remove(doc_ids=wanted), [ids[0]], [ids[1]])

    @rule()
    def empty_and_fill(self):
        self.call(lambda table: table.truncate(), [], [])
        self.insert_multiple([{"name": name} for name in NAMES])

    @rule(query=queries, places=positions)
    def look(self, query, places):
        for ask in (
            lambda table: table.search(query),
            lambda table: table.get(query),
            lambda table: (table.count(query), table.contains(query), len(table)),
            lambda table: table.get(doc_ids=self.ids_at(table, places)),
            lambda table: [table.contains(doc_id=row_id) for row_id in self.ids_at(table, places)],
        ):
            assert ask(self.table) == ask(self.plain)

    @rule()
    def change_a_record(self):
        """Records and rows are changed in turns."""
        session = self.block.session
        for record in session.find(self.kind)[:1]:
            session.replace(attrs.evolve(record, notes="by record"))
            self.plain.update({"notes": "by record"}, doc_ids=self.ids_at(self.plain, [0]))

    @invariant()
    def both_have_the_same_rows(self):
        if hasattr(self, "table"):
            assert self.table.all() == self.plain.all()


def _list(ids):
    return ids if isinstance(ids, list) else [ids]


TestTablesOfTwoKinds = TablesOfTwoKinds.TestCase
TestTablesOfTwoKinds.settings = settings(
    max_examples=examples(200), stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
