"""What the tests of backups share: a bakery at work, and archives that no plandoc ever wrote."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterable

import attrs
import pytest

import plandoc
from plandoc.records import PlanState
from plandoc.storage import archive, documents, marker
from tests.builders import a_bakery, a_plan, folder_bytes, made_once
from tests.conftest import MOMENT

LINEAGE = "00000000-0000-4000-8000-00000000000b"


def fill(store):
    """Put two plans into a store."""
    bakery = a_bakery(store)
    a_plan(store, PlanState.DRAFT, bakery=bakery, name="Draft")
    a_plan(store, PlanState.IN_PRODUCTION, bakery=bakery, name="Started")


def add_event(folder, name):
    with plandoc.open_store(folder) as store, store.session("add") as session:
        return session.add(plandoc.Event(name, MOMENT.date()))


def names_of_events(folder):
    with plandoc.open_store(folder) as store:
        return [event.name for event in store.read(lambda session: session.find(plandoc.Event))]


def documents_of(folder):
    """The bytes of the documents of a folder, without what counts transactions."""
    return {
        name: content
        for name, content in folder_bytes(folder).items()
        if name not in {"plandoc.json", "journal.jsonl"} and not name.endswith(".plandoc-tmp")
    }


def marker_of(folder):
    return marker.parse((folder / "plandoc.json").read_bytes())


def names_in(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def contents(**events: bytes) -> dict[str, bytes]:
    """The documents of a small folder."""
    return {
        "plandoc.json": marker.render(marker.Marker(LINEAGE, 3, 9)),
        "catalog.json": documents.render("catalog.json", LINEAGE, {}, {}),
        **events,
    }


def manifest_of(present, **changes):
    return attrs.evolve(archive.describe(present, timestamp=MOMENT), **changes)


def archive_of(members: Iterable[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    """A sealed archive of any members at all, as a forger makes it."""
    target = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as made:
        # A name that occurs twice is what a forger may want.
        warnings.simplefilter("ignore", UserWarning)
        for name, content in members:
            made.writestr(name, content)
        made.comment = b"x" * archive._SEAL_SIZE
    return archive.seal(target.getvalue()[: -archive._SEAL_SIZE])


@pytest.fixture
def worked_in(folder):
    """A data folder with two plans, closed."""
    return made_once(folder, _with_two_plans)


def _with_two_plans(folder):
    with plandoc.open_store(folder, create=True, clock=lambda: MOMENT) as store:
        fill(store)
