"""What the tests of baking, packing and voiding share."""

from __future__ import annotations

import contextlib


def messages(refused):
    """The messages of a refusal that pytest caught."""
    return [problem.message for problem in refused.value.problems]


def stored(store, record_type, event):
    """All records of a type that an event has."""
    return store.read(lambda session: session.find(record_type, event_id=event.id))


@contextlib.contextmanager
def broken_catalogue(folder, part, broken_part):
    """The catalogue of a closed store as somebody broke it by hand; put right again at the end."""
    catalogue = folder / "catalog.json"
    whole = catalogue.read_bytes()
    assert part in whole
    catalogue.write_bytes(whole.replace(part, broken_part))
    yield
    catalogue.write_bytes(whole)
