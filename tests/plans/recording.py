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
def broken_catalog(folder, part, broken_part):
    """The catalog of a closed store as somebody broke it by hand; put right again at the end."""
    catalog = folder / "catalog.json"
    whole = catalog.read_bytes()
    assert part in whole
    catalog.write_bytes(whole.replace(part, broken_part))
    yield
    catalog.write_bytes(whole)
