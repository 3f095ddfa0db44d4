"""An address that was mistyped is refused as one, on every way in, and its password is never shown."""

from __future__ import annotations

import os

import pytest

import plandoc
from plandoc import durable
from plandoc.cli import main
from plandoc.maintenance.transfers.push import push

SECRET = "hunter2"
MISTYPED = (
    f"postgres//anna:{SECRET}@host/x",
    f"postgresq://anna:{SECRET}@host/x",
    f"ostgresql://anna:{SECRET}@host/x",
    f"POSTGRESQL://anna:{SECRET}@host/x",
    f" postgresql://anna:{SECRET}@host/x",
    f"://anna:{SECRET}@host/x",
    f"//anna:{SECRET}@host/x",
    f"postgresql+psycopg://anna:{SECRET}@host/x",
    f"postgresql:/anna:{SECRET}@host/x",
    f"postgresql:anna:{SECRET}@host/x",
    f"postgresql:///x?password={SECRET}".replace("///", "/"),
    f"pgsql:host=host;password={SECRET}",
    f"host=host user=anna password = {SECRET}",
    f"mysql://anna:{SECRET}/a@host/x",
)
ADVICE = "wanted postgresql://USER@HOST/DATABASE"


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """A folder in which a path that was taken from an address would appear."""
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("place", MISTYPED)
@pytest.mark.parametrize(
    "use",
    [
        plandoc.open_store,
        lambda place: plandoc.open_store(place, create=True),
        plandoc.check,
        lambda place: plandoc.backup(place, "backup.zip"),
        lambda place: push(".", place),
        durable.TinyDB,
        durable.Folder,
    ],
)
def test_the_library_refuses_it(place, use):
    with pytest.raises(plandoc.StorageError, match=ADVICE) as refusal:
        use(place)

    assert SECRET not in f"{refusal.value} {refusal.value!r} {refusal.value.__cause__}"


@pytest.mark.parametrize("place", MISTYPED)
@pytest.mark.parametrize(
    "line", [("event", "list"), ("init",), ("check",), ("event", "add", "Tea", "--date", "2027-01-01")]
)
def test_the_command_refuses_it(place, line, capsys, monkeypatch):
    assert main(["--data", place, *line]) != 0
    monkeypatch.setenv("PLANDOC_DATA", place)
    assert main(line) != 0

    shown = capsys.readouterr()
    assert shown.err.count(ADVICE) == 2
    assert SECRET not in shown.out + shown.err


@pytest.mark.parametrize(
    "place",
    ["data", "./a:b@c", "a@b", "C:/data", "file:///tmp/nowhere", "postgres", "postgres/x", "passwords", "/a/b:c@d"],
)
def test_a_path_stays_a_path(place):
    with pytest.raises(plandoc.errors.StoreNotFoundError, match="not a plandoc folder") as refusal:
        plandoc.open_store(place)

    assert os.path.basename(place) in str(refusal.value)
