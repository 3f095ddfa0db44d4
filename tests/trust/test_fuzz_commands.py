"""Command lines made by chance: each ends with 0, 1 or 2, says no more than text, and leaves a sound folder."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import plandoc
from tests.trust.evil import EVIL, NEVER_SHOWN, an_evil_bakery
from tests.trust.fuzzing import ODD_TEXTS, QUICK, a_copy, within
from tests.trust.test_security_output import CALLS, called

# Nothing that leads to a real place, for some commands write.
WORDS = [text for text in ODD_TEXTS if not text.startswith("/")] + [
    *EVIL,
    "1",
    "19",
    "flour",
    "-",
    "--",
    "--json",
    "--yes",
    "--help",
]
WORDS += [
    "-1",
    "1=1",
    "=",
    "a=b=c",
    "--data",
    "--data=other",
    "--reason",
    "--date",
    "--csv",
    "--dry-run",
    "-o",
    "here.html",
    ".",
]


@pytest.fixture(scope="module")
def bakery(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_evil_bakery(tmp_path_factory.mktemp("evil") / "data")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    deep = tmp_path / "outside" / "a" / "b" / "c"
    (deep / "tmp").mkdir(parents=True)
    monkeypatch.chdir(deep)
    monkeypatch.delenv("PLANDOC_DATA", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(deep / "tmp"))
    return deep


@st.composite
def command_lines(draw: st.DrawFn) -> tuple[str, ...]:
    words = list(draw(st.sampled_from([call for calls in CALLS.values() for call in calls])))
    words = [draw(st.sampled_from(WORDS)) if "{0}" in word else word for word in words]
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(words)))
        how = draw(st.sampled_from(["insert", "replace", "take away"]))
        words[at : at + (how != "insert")] = (
            [] if how == "take away" else [draw(st.sampled_from(WORDS) | st.text(max_size=8))]
        )
    return tuple(word for word in words if word != "--open")


@pytest.mark.costly
@QUICK
@given(words=command_lines())
@example(words=("demo", "e" + "\u0301" * 150))
@example(words=("demo", "x" * 300))
@example(words=("backup", "a\0b"))
@example(words=("event", "show", "\udcff"))
def test_a_command_line_by_chance_ends_as_a_command_does(bakery: Path, place: Path, words: tuple[str, ...]) -> None:
    folder = a_copy(bakery, place / "data")
    said = io.StringIO()
    with within(60):
        status = called(words, said)
    shown: Any = said.getvalue().replace("\r\n", "\n")

    assert status in {0, 1, 2}
    assert set(shown) & NEVER_SHOWN == set()
    assert plandoc.check(folder) == []
    assert status == 0 or shown.strip()
