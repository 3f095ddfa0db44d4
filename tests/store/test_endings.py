"""How a session and a store end when something went wrong before."""

from __future__ import annotations

import warnings
from pathlib import Path

import attrs
import pytest

import plandoc
from plandoc.errors import Outcome, SessionError, StorageError, ValidationError
from plandoc.store.open_stores import OPEN_STORES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    plandoc.open_store(tmp_path / "data", create=True).close()
    return tmp_path / "data"


def breaking(store: plandoc.Store) -> None:
    """Let the closing of a store fail, as a full disk can."""

    def fail() -> None:
        raise StorageError("plandoc.json", "no space left on device", Outcome.SAVED)

    store._backend.close = fail


def test_what_failed_in_the_block_is_what_the_caller_hears_and_the_failed_closing_is_a_note(folder: Path) -> None:
    with pytest.raises(ValidationError, match="mine") as failure, plandoc.open_store(folder) as store:
        breaking(store)
        raise ValidationError("mine")

    (note,) = failure.value.__notes__
    assert "no space left on device: saved" in note


@pytest.mark.of_folder
def test_a_closing_that_fails_alone_is_heard(folder: Path) -> None:
    with pytest.raises(StorageError, match="no space left"), plandoc.open_store(folder) as store:
        breaking(store)


@pytest.mark.of_folder
def test_at_the_exit_of_a_program_every_store_is_closed_whatever_becomes_of_one(folder: Path, tmp_path: Path) -> None:
    first = plandoc.open_store(folder)
    second = plandoc.open_store(tmp_path / "other", create=True)
    breaking(first)

    with pytest.warns(RuntimeWarning, match="no space left on device"):
        OPEN_STORES.close_all()

    assert (first.is_closed, second.is_closed) == (True, True)


def test_a_change_that_was_refused_and_caught_writes_nothing(folder: Path) -> None:
    with plandoc.open_store(folder) as store:
        with store.session() as session:
            recipe = session.add(plandoc.Recipe(name="Bread"))
            other = session.add(plandoc.Recipe(name="Roll", sub_recipes=(plandoc.SubRecipe(recipe.id, 1),)))
        journal = (folder / "journal.jsonl").read_bytes()
        with store.session() as session:
            circle = attrs.evolve(recipe, sub_recipes=(plandoc.SubRecipe(other.id, 1),))
            with pytest.raises(ValidationError):
                session.replace(circle)

        assert (folder / "journal.jsonl").read_bytes() == journal


def test_what_a_caller_says_of_an_action_refuses_no_write(folder: Path) -> None:
    with plandoc.open_store(folder) as store, warnings.catch_warnings():
        warnings.simplefilter("error")
        with store.session("half a pair \ud800") as session:
            session.add(plandoc.Recipe(name="Bread"))

    with plandoc.open_store(folder):
        assert [recipe.name for recipe in plandoc.list_records(plandoc.Recipe)] == ["Bread"]
    assert plandoc.check(folder) == []


def test_a_store_that_is_closed_within_a_session_saves_nothing_of_it_and_says_why(folder: Path) -> None:
    store = plandoc.open_store(folder)
    with (
        pytest.raises(SessionError, match="was closed during this session; nothing was saved"),
        store.session() as session,
    ):
        session.add(plandoc.Recipe("Bread"))
        store.close()

    with plandoc.open_store(folder):
        assert plandoc.list_records(plandoc.Recipe) == []
    assert plandoc.check(folder) == []
