"""A server that is not there, not as it should be, or refuses: one clear error each, nothing changed, no password shown."""

from __future__ import annotations

import re

import pytest

import plandoc
from plandoc.errors import NewerFormatError, Outcome, StoreNotFoundError
from plandoc.storage.postgres import connections
from plandoc.storage.postgres.connections import Address
from tests.builders import a_bakery
from tests.conftest import MOMENT

pytestmark = pytest.mark.postgres

SECRET = "hunter2"


@pytest.fixture
def schema(address):
    return address.rpartition("=")[2]


@pytest.fixture
def role(server):
    """Make a user who has only what is granted; it is gone at the end."""
    made = []

    def of(name, *grants):
        server.run(f"create role {name} login", *(grant.format(name=name) for grant in grants))
        made.append(name)
        return name

    yield of
    for name in made:
        server.run(f"drop owned by {name}", f"drop role {name}")


def table_of(server, schema):
    return server.run(f"select name, version, content from {schema}.document order by name")


def refused(place, kind, message, **wanted):
    with pytest.raises(kind, match=message) as error:
        plandoc.open_store(place, **wanted)
    assert SECRET not in str(error.value)
    assert SECRET not in repr(error.value)
    assert error.value.__cause__ is None or SECRET not in str(error.value.__cause__)
    return error.value


@pytest.mark.parametrize("create", [False, True])
def test_a_database_that_is_not_there(server, create):
    place = server.address("shop", database="nowhere").replace("baker@", f"baker:{SECRET}@")
    refused(
        place,
        StoreNotFoundError,
        'cannot connect to postgresql://baker@.*database "nowhere" does not exist',
        create=create,
    )


def test_a_server_that_is_not_there(tmp_path):
    refused(
        f"postgresql://anna:{SECRET}@localhost:1/bakery",
        StoreNotFoundError,
        "cannot connect to postgresql://anna@localhost:1/",
    )


def test_a_store_that_is_not_there(server):
    error = refused(
        server.address("nothing_here"), StoreNotFoundError, "there is no store in the schema nothing_here of"
    )
    assert "open_store(path, create=True)" in str(error)


@pytest.mark.parametrize(
    "place",
    [
        f"postgresql://anna:{SECRET}@host/bakery?shema=x",
        f"postgresql://anna:{SECRET}@host:port/bakery",
        f"postgresql://anna:{SECRET}@x@host/bakery",
        f"postgresql://anna:{SECRET}/x@host/bakery",
        f"postgresql://anna:{SECRET}@host/bakery?schema=pg_catalog",
        f"postgresql://anna:{SECRET}@host/bakery?schema=A-B",
        f"postgresql://anna:{SECRET}@host/bakery?schema=a&schema=b",
        f"postgresql://host/bakery?password={SECRET}&nonsense=1",
    ],
)
def test_an_address_that_means_nothing(place):
    refused(place, plandoc.StorageError, "wanted|an @ in a name or password is written %40")


def test_an_address_is_shown_without_its_password():
    place = Address.parse(f"postgresql://anna:{SECRET}@host:5433/bakery?schema=shop&password={SECRET}&sslmode=require")

    assert place.location == "postgresql://anna@host:5433/bakery?schema=shop"
    assert SECRET not in repr(place)
    assert place.parameters["password"] == SECRET
    assert place.parameters["sslmode"] == "require"


def test_the_variables_and_services_of_libpq_count(server, tmp_path, monkeypatch, schema):
    (tmp_path / "services").write_text(f"[shop]\nhost={server.folder}\nuser=baker\ndbname=postgres\n")
    monkeypatch.setenv("PGSERVICEFILE", str(tmp_path / "services"))
    with plandoc.open_store(f"postgresql://?service=shop&schema={schema}", create=True) as store:
        a_bakery(store)
        assert store.location == f"postgresql:///?service=shop&schema={schema}"
    monkeypatch.setenv("PGHOST", str(server.folder))
    monkeypatch.setenv("PGUSER", "baker")
    monkeypatch.setenv("PGDATABASE", "postgres")
    with plandoc.open_store(f"postgresql:///?schema={schema}") as store:
        assert len(store.read(lambda session: session.find(plandoc.Recipe))) == 3


def test_a_server_that_is_too_old(server, monkeypatch):
    monkeypatch.setattr(connections, "_OLDEST", 990000)
    refused(server.address("shop"), plandoc.StorageError, "wanted PostgreSQL 13 or newer, found 15")


def test_a_database_that_cannot_hold_all_characters(server):
    server.run("create database narrow encoding 'LATIN1' template template0 lc_collate 'C' lc_ctype 'C'")
    refused(
        server.address("shop", database="narrow"),
        plandoc.StorageError,
        "wanted a database with the encoding UTF8, found LATIN1",
    )
    server.run("drop database narrow")


def test_a_user_who_may_not_look(server, store, schema, role):
    role("stranger")
    refused(server.address(schema, user="stranger"), plandoc.StorageError, "this user has no permission for it")


def test_a_user_who_may_not_make_a_store(server, role):
    role("stranger")
    refused(server.address("of_stranger", user="stranger"), plandoc.StorageError, "no permission", create=True)


def test_a_user_who_may_only_look(server, store, schema, role, open_one):
    a_bakery(store)
    role("reader", f"grant usage on schema {schema} to {{name}}", f"grant select on {schema}.document to {{name}}")
    before = table_of(server, schema)
    reader = open_one(server.address(schema, user="reader"))

    assert len(reader.read(lambda session: session.find(plandoc.Recipe))) == 3
    with pytest.raises(plandoc.StorageError, match="no permission") as error, reader.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))
    assert error.value.outcome is Outcome.NOT_SAVED
    assert table_of(server, schema) == before


def test_the_least_rights_are_enough_to_work(server, store, schema, role, open_one):
    role(
        "worker",
        f"grant usage on schema {schema} to {{name}}",
        f"grant select, insert, update on {schema}.document to {{name}}",
    )
    worker = open_one(server.address(schema, user="worker"))
    with worker.session() as session:
        event = session.add(plandoc.Event("Fair", MOMENT.date()))
    with worker.session() as session:
        plandoc.remove_event(event.id, session=session)

    assert worker.read(lambda session: session.find(plandoc.Event)) == []


@pytest.mark.parametrize(
    "code, message",
    [
        ("25006", "the server accepts no changes"),
        ("53100", "the disk of the server is full"),
        ("53200", "out of memory"),
    ],
)
def test_a_server_that_refuses_a_change(server, store, schema, code, message):
    a_bakery(store)
    server.run(
        f"create function {schema}.refuse() returns trigger language plpgsql as "
        f"$$ begin raise exception 'so it is' using errcode = '{code}'; end $$",
        f"create trigger refuse before insert or update on {schema}.document for each row execute function {schema}.refuse()",
    )
    before = table_of(server, schema)
    with pytest.raises(plandoc.StorageError, match=re.escape(message)) as error, store.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))

    assert error.value.outcome is Outcome.NOT_SAVED
    assert table_of(server, schema) == before


def test_a_user_whose_transactions_are_read_only(server, store, schema, role, open_one):
    a_bakery(store)
    role(
        "careful",
        f"grant usage on schema {schema} to {{name}}",
        f"grant select, insert, update on {schema}.document to {{name}}",
        "alter role {name} set default_transaction_read_only = on",
    )
    careful = open_one(server.address(schema, user="careful"))
    with pytest.raises(plandoc.StorageError, match="the server accepts no changes"), careful.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))


def test_tables_that_somebody_has_dropped(server, store, schema):
    server.run(f"drop table {schema}.document")
    with pytest.raises(plandoc.StorageError, match="the tables of the store are not there"):
        plandoc.list_records(plandoc.Recipe)


def test_a_store_that_a_newer_plandoc_wrote(server, store, schema, address):
    change = "set content = replace(content, '\"format\": 2', '\"format\": 99'), version = version + 1"
    server.run(f"update {schema}.document {change} where name = 'plandoc.json'")

    refused(address, NewerFormatError, "has format 99")
    with pytest.raises(NewerFormatError), store.session() as session:
        session.add(plandoc.Recipe("Rye", category="Bread"))
    with pytest.raises(NewerFormatError):
        plandoc.list_records(plandoc.Recipe)


def test_a_store_that_was_replaced_by_another_one(server, store, schema):
    change = f"set content = replace(content, '{store._backend.store_id}', 'another'), version = version + 1"
    server.run(f"update {schema}.document {change} where name = 'plandoc.json'")

    with pytest.raises(plandoc.ConflictError, match="open it again"):
        plandoc.list_records(plandoc.Recipe)


def test_a_store_without_its_marker(server, store, schema, open_one):
    server.run(f"update {schema}.document set content = null, version = version + 1 where name = 'plandoc.json'")
    with pytest.raises(plandoc.errors.DamagedError, match="the file is missing"):
        plandoc.list_records(plandoc.Recipe)


def test_without_psycopg_the_way_out_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "plandoc.storage.postgres.backend", None)
    refused(
        f"postgresql://anna:{SECRET}@host/bakery", plandoc.StorageError, re.escape("pip install 'plandoc[postgres]'")
    )


def test_two_stores_in_one_database_know_nothing_of_each_other(server, store, open_one):
    a_bakery(store)
    other = plandoc.open_store(server.address("another_shop"), create=True)
    assert other.read(lambda session: session.find(plandoc.Recipe)) == []
    other.close()
    server.run("drop schema another_shop cascade")


def test_a_store_that_is_there_stays_as_it_is_when_it_is_made_again(store, open_one, address):
    a_bakery(store)
    with plandoc.open_store(address, create=True) as again:
        assert len(again.read(lambda session: session.find(plandoc.Recipe))) == 3


def test_making_one_store_at_the_same_moment_makes_one(server):
    from tests.postgres.test_side_by_side import by_threads

    place = server.address("made_at_once")
    opened = by_threads(6, lambda _: plandoc.open_store(place, create=True))
    ids = {store._backend.store_id for store in opened}
    for store in opened:
        store.close()
    server.run("drop schema made_at_once cascade")
    assert len(ids) == 1
