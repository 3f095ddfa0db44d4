"""Locking and starting a plan with something to review: it is shown, and somebody has to agree."""

import attrs
import pytest

import plandoc

from .conftest import contents
from .terminals import END_OF_INPUT, INTERRUPT, QUESTION, Terminal, needs_a_terminal


def _state(folder):
    with plandoc.open_store(folder) as store:
        return store.read(lambda session: session.get(plandoc.Event, 1).plan_state.name)


def _change(folder, change):
    with plandoc.open_store(folder) as store, store.session("change something") as session:
        change(session)


def _undecide(session, slug="rye-loaf"):
    unit = plandoc.find_by_key(plandoc.FinishedUnit, slug, session=session)
    plandoc.delete_batch_decisions(1, [unit.id], session=session)


@pytest.fixture
def doubtful(bakery):
    """The sample bakery; nothing is decided for the rye loaves of its event."""
    _change(bakery, _undecide)
    return bakery


@pytest.fixture
def locked(doubtful):
    _change(doubtful, lambda session: plandoc.lock_plan(1, session=session))
    return doubtful


@pytest.fixture
def terminal(bakery):
    return Terminal(bakery)


def test_without_findings_nothing_is_asked(call, bakery):
    locking, starting = call("lock", "1"), call("start", "1")

    assert (locking.status, starting.status) == (0, 0)
    assert "review" not in locking.out + starting.out
    assert _state(bakery) == "IN_PRODUCTION"


@pytest.mark.parametrize(("step", "fixture"), [("lock", "doubtful"), ("start", "locked")])
def test_without_a_terminal_it_is_refused_and_changes_no_byte(call, request, step, fixture):
    folder = request.getfixturevalue(fixture)
    before = contents(folder)
    ended = call(step, "1")

    assert (ended.status, ended.out) == (1, "")
    assert "1 finding to review" in ended.err
    assert "Rye loaf: 25 needed, no batches decided" in ended.err
    assert "'plandoc plan decide harbour-market --enough'" in ended.err
    assert "--yes" in ended.err
    assert contents(folder) == before


@pytest.mark.costly
def test_a_pipe_on_one_side_only_is_no_terminal(run, doubtful):
    ended = run("lock", "1")

    assert ended.status == 1
    assert QUESTION not in ended.out
    assert _state(doubtful) == "DRAFT"


def test_yes_goes_on_and_still_shows_what_there_is_to_review(call, doubtful):
    locking, starting = call("lock", "1", "--yes"), call("start", "1", "--yes")
    with plandoc.open_store(doubtful):
        taken = plandoc.get_plan_snapshot(1)

    assert (locking.status, starting.status) == (0, 0)
    assert "Rye loaf: 25 needed, no batches decided" in locking.out
    assert "Rye loaf: 25 needed, no batches decided" in starting.out
    assert [finding.kind for finding in taken.findings] == [plandoc.results.FindingKind.UNDECIDED]


def test_a_step_that_the_state_does_not_allow_is_refused_without_a_question(call, locked):
    again, yes = call("lock", "1"), call("lock", "1", "--yes")

    assert (again.status, yes.status) == (1, 1)
    assert "(event 1) is LOCKED" in again.err
    assert "review" not in again.err
    assert yes.err == again.err


@pytest.mark.sample(1)
@needs_a_terminal
@pytest.mark.parametrize("answer", ["y\n", "Yes\n", " YES \n"])
def test_who_agrees_gets_the_plan_locked(terminal, doubtful, answer):
    seen = terminal.run("lock", "1", answers=[answer])

    assert seen.status == 0
    assert "Rye loaf: 25 needed, no batches decided" in seen.text
    assert f"Lock it anyway? {QUESTION}" in seen.text
    assert _state(doubtful) == "LOCKED"


@pytest.mark.costly
@pytest.mark.sample(1)
@needs_a_terminal
@pytest.mark.parametrize("answer", ["n\n", "\n", "yep\n", "j\n", END_OF_INPUT])
def test_any_other_answer_changes_no_byte(terminal, doubtful, answer):
    before = contents(doubtful)
    seen = terminal.run("lock", "1", answers=[answer])

    assert seen.status == 1
    assert "nothing was changed" in seen.text
    assert contents(doubtful) == before


@pytest.mark.costly
@needs_a_terminal
def test_an_interrupt_at_the_question_changes_no_byte(terminal, locked):
    before = contents(locked)
    seen = terminal.run("start", "1", answers=[INTERRUPT])

    assert seen.status == 130
    assert f"Start it anyway? {QUESTION}" in seen.text
    assert "Traceback" not in seen.text
    assert contents(locked) == before


@pytest.mark.costly
@needs_a_terminal
def test_others_can_write_while_somebody_is_asked_and_what_is_new_is_asked_again(terminal, doubtful):
    def undecide_more():
        _change(doubtful, lambda session: _undecide(session, "cardamom-bun"))

    seen = terminal.run("lock", "1", answers=["y\n", "n\n"], before_answering=[undecide_more])
    first, second = seen.text.split("the plan was changed in the meantime")

    assert seen.status == 1
    assert "Cardamom bun" not in first
    assert "Cardamom bun: 60 needed, no batches decided" in second
    assert _state(doubtful) == "DRAFT"


@pytest.mark.costly
@needs_a_terminal
def test_who_agrees_again_to_what_is_new_gets_the_plan_locked(terminal, doubtful):
    def undecide_more():
        _change(doubtful, lambda session: _undecide(session, "cardamom-bun"))

    seen = terminal.run("lock", "1", answers=["y\n", "y\n"], before_answering=[undecide_more])

    assert seen.status == 0
    assert _state(doubtful) == "LOCKED"


@pytest.mark.costly
@needs_a_terminal
def test_a_finding_that_went_away_meanwhile_needs_no_new_answer(terminal, doubtful):
    def decide():
        _change(doubtful, lambda session: plandoc.decide_enough(1, session=session))

    seen = terminal.run("lock", "1", answers=["y\n"], before_answering=[decide])

    assert seen.status == 0
    assert _state(doubtful) == "LOCKED"


@pytest.mark.costly
@needs_a_terminal
def test_a_plan_locked_by_another_meanwhile_is_refused_by_its_state(terminal, doubtful):
    def lock():
        _change(doubtful, lambda session: plandoc.lock_plan(1, session=session))

    seen = terminal.run("lock", "1", answers=["y\n"], before_answering=[lock])

    assert seen.status == 1
    assert "(event 1) is LOCKED" in seen.text.replace("\n", " ")


@pytest.mark.costly
@needs_a_terminal
def test_a_name_in_a_finding_cannot_steer_the_terminal(terminal, doubtful):
    def rename(session):
        unit = plandoc.find_by_key(plandoc.FinishedUnit, "rye-loaf", session=session)
        session.replace(attrs.evolve(unit, name="Rye\x1b[2J\x07\u202e[red]loaf"))

    _change(doubtful, rename)
    seen = terminal.run("lock", "1", answers=["n\n"])

    assert "[red]loaf" in seen.text
    assert not {"\x1b[2J", "\x07", "\u202e"} & set(seen.screen)
    assert "\x1b[2J" not in seen.screen
    assert seen.widest <= 80
