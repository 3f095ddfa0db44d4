"""What makes good files bad, by chance, and what watches the reader of them."""

from __future__ import annotations

import copy
import json
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

import plandoc
from plandoc import codec
from plandoc.records import PlanState
from plandoc.tables import TABLES
from tests.builders import EVENT_DATE, a_plan
from tests.effort import examples

ODD_PIECES = [
    *(b"{", b"}", b"[", b"]", b'"', b",", b":", b"\n", b"\r", b"\0", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b";"),
    *(b"null", b"true", b"NaN", b"-Infinity", b"1e999", b"-0", b"1.5", b"9" * 30, b"9" * 5000, b"\\ud800", b"\\u0000"),
    *(b'"id":1,', b'"__class__":"x",', b"../", b"\xe2\x80\xae", b"\x1b[2J", b"=1+1", b"[" * 3000, b'{"a":' * 3000),
    *("٧".encode(), "\u2028".encode(), "½".encode(), b"1 1/2", b"25%", b"-1", b"0", b"1e-400", b'""', b"''"),
]
ODD_TEXTS = [
    *("", " ", "\0", "\x1b[31m", "\u202e", "../../x", "/etc/passwd", "con", "=1+1", "a" * 201, "a" * 100_001),
    *("7", "٧", "1_000", "0x10", "1e3", "nan", "inf", "-1", "0.1", "1/0", "1/3", "9" * 400, "2026-02-30", "0000-00-00"),
    *("24:00", "2026-12-25T24:00:00+00:00", "9999-12-31", "0001-01-01", "0001-01-01T00:00:00+23:59", "True", "é"),
]
ODD_VALUES = st.one_of(
    st.sampled_from([None, True, False, 0, -1, 1, 2, 7, 3.9, 1e300, 10**12, 10**12 + 1, 2**53, 2**63, 2**64, -(2**63)]),
    st.sampled_from(ODD_TEXTS),
    st.sampled_from([[], {}, [None], [[]], {"": None}, [1, "1"], {"kind": "drop_fg", "data": {}}]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    st.integers(),
)

QUICK = settings(max_examples=examples(30), deadline=None, suppress_health_check=list(HealthCheck))


class Endless(BaseException):
    """Something took far too long; no plandoc error, so that nothing takes it for a refusal."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop what goes on for ever."""

    def stop(*_: object) -> None:
        raise Endless(f"was not done after {seconds} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@st.composite
def spoiled_bytes(draw: st.DrawFn, content: bytes) -> bytes:
    """Good bytes with one to three accidents."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 0, 1, 2, 5, 40, 10**6])))
        piece = draw(
            st.sampled_from(ODD_PIECES)
            | st.binary(max_size=4)
            | st.sampled_from([b"", content[start:end] * 2, b"\0" * (end - start)])
        )
        content = content[:start] + piece + content[end:]
    return content


def places_in(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of everything inside a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inner:
        yield (*path, key)
        yield from places_in(part, (*path, key))


@st.composite
def spoiled_json(draw: st.DrawFn, good: Any) -> Any:
    """A good JSON value in which one to three things are another, gone, doubled or have another name."""
    value = copy.deepcopy(good)
    for _ in range(draw(st.integers(1, 3))):
        places = list(places_in(value))
        if not places:
            break
        *way, key = draw(st.sampled_from(places))
        around = value
        for step in way:
            around = around[step]
        _spoil(draw, around, key)
    return value


def _spoil(draw: st.DrawFn, around: Any, key: Any) -> None:
    how = draw(st.sampled_from(["another", "another", "gone", "doubled", "renamed", "swapped"]))
    if how == "gone":
        del around[key]
    elif how == "doubled" and isinstance(around, list):
        around.append(copy.deepcopy(around[key]))
    elif how in {"doubled", "renamed"} and isinstance(around, dict):
        name = draw(st.sampled_from(ODD_TEXTS[:20]) | st.sampled_from(["1", "2", "01", "-1", "id", "quantity", "slug"]))
        around[name] = copy.deepcopy(around[key]) if how == "doubled" else around.pop(key)
    elif how == "swapped":
        other = draw(st.sampled_from(list(around) if isinstance(around, dict) else range(len(around))))
        around[key], around[other] = around[other], around[key]
    else:
        around[key] = copy.deepcopy(draw(ODD_VALUES))


def a_good_folder(folder: Path) -> Path:
    """Make a folder with a plan in production and another that is a draft."""
    with plandoc.open_store(folder, create=True) as store:
        a_plan(store, PlanState.IN_PRODUCTION)
        with store.session() as session:
            session.add(plandoc.Event("Easter", EVENT_DATE))
    return folder


def a_copy(folder: Path, target: Path) -> Path:
    """Put a fresh copy of a folder in the place of what stands there."""
    shutil.rmtree(target, ignore_errors=True)
    return Path(shutil.copytree(folder, target))


def records_in(folder: Path) -> dict[type, list[Any]]:
    """Return every record of a folder."""
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: {table.record_type: session.find(table.record_type) for table in TABLES})


def rows_as_read(folder: Path) -> dict[tuple[str, str, int | None], dict[str, Any]]:
    """Return the rows that the records of a folder would be written as, by table, id and event."""
    found = records_in(folder)
    return {
        (table.name, str(record.id), _event_of(record) if table.of_event else None): codec.to_row(record)
        for table in TABLES
        for record in found[table.record_type]
    }


def _event_of(record: Any) -> int:
    return int(getattr(record, "event_id", record.id))


def rows_in_files(folder: Path) -> dict[tuple[str, str, int | None], dict[str, Any]]:
    """Return the rows that stand in the files, read by nothing but the standard library."""
    rows = {}
    for file in [folder / "catalog.json", folder / "stock.json", *(folder / "events").glob("*.json")]:
        event = int(file.stem) if file.parent.name == "events" else None
        for table, inner in json.loads(file.read_bytes().decode("utf-8-sig")).items():
            rows.update({(table, key, event): row for key, row in inner.items() if table != "_plandoc"})
    return rows
