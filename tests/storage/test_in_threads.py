"""Waiting for many answers of the system at once: each is asked for once, and what goes wrong is heard."""

from __future__ import annotations

import threading

import pytest

from plandoc.storage.in_threads import for_each


def test_each_of_many_things_is_taken_once_and_by_several_threads():
    before = threading.active_count()
    meeting = threading.Barrier(2, timeout=10)
    taken = []

    def take(number):
        taken.append(number)
        if number < 2:
            # Each waits here for the other.
            meeting.wait()

    for_each(take, range(100))

    assert sorted(taken) == [*range(100)]
    assert threading.active_count() == before


def test_few_things_are_taken_in_order_by_the_calling_thread():
    taken = []
    for_each(lambda number: taken.append((number, threading.current_thread())), range(7))

    assert taken == [(number, threading.current_thread()) for number in range(7)]


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), MemoryError(), KeyboardInterrupt()])
@pytest.mark.parametrize("number", [0, 50, 99])
def test_what_goes_wrong_with_one_thing_is_raised_when_all_threads_are_at_rest(error, number):
    before = threading.active_count()

    def take(present):
        if present == number:
            raise error

    with pytest.raises(type(error)) as raised:
        for_each(take, range(100))

    assert raised.value is error
    assert threading.active_count() == before


def test_what_was_not_begun_when_something_went_wrong_is_left_out():
    taken = []

    def take(number):
        taken.append(number)
        raise OSError

    with pytest.raises(OSError):
        for_each(take, range(1000))

    assert len(taken) <= 8


def test_where_no_thread_can_be_started_the_calling_one_takes_all(monkeypatch):
    def refused(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    taken = []
    for_each(taken.append, range(100))

    assert taken == [*range(100)]
